"""Nearly the same sentence twice in a document, with another number, date, frequency, bound or duty, or with a "not".

Nearly the same: the same words, once function words and what may differ are taken out. Of the 502 pairs of segments in
168 compliance pages that share three quarters of their words without being equal, none that also differs in a content
word contradicts its twin: the two speak of different things.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.conflicts.finding import Conflict, conflict
from corpus.conflicts.stated import Difference, difference, stated
from corpus.conflicts.vocabulary import vocabulary
from corpus.coverage import Coverage
from corpus.divergence.glossary import glossary
from corpus.divergence.words import stem
from corpus.entities import entities
from corpus.model import Document, Language, Section, Segment

_SHORTEST = {"paragraph": 3, "item": 5}
"""Content words that a segment has at least. A cell speaks of its row, a short item of what leads its list in."""
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_KOREAN_WORD = re.compile(r"[가-힣A-Za-z]+")
_KOREAN_QUANTITY = re.compile(r"\d[\d,.]*\s?[가-힣]*")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A segment in the language that it is compared in: English, Korean where that is missing."""

    segment: Segment
    section: Section
    language: Language

    @property
    def text(self) -> str:
        return self.segment.text(self.language)


def sentences(document: Document, coverage: Coverage) -> Iterator[Conflict]:
    """The pairs of nearly the same sentence that say incompatible things of the same subject."""
    groups = _alike(document)
    pointing = vocabulary().pointing
    for group in groups:
        if len({one.text for one in group}) == 1 or any(pointing[one.language].search(one.text) for one in group):
            continue
        for first, second in combinations(group, 2):
            if not _of_one_template(first.section, second.section, groups) and (
                _named(first, coverage) == _named(second, coverage)
            ):
                yield from _compared(first, second)


def _compared(first: _Sentence, second: _Sentence) -> Iterator[Conflict]:
    found = difference(stated(first.text, first.language), stated(second.text, second.language))
    if not found:
        return
    korean = difference(stated(first.segment.ko, "ko"), stated(second.segment.ko, "ko"))
    ko = _words(korean) if korean and korean[0] == found[0] else None
    yield conflict(found[0], first.segment, second.segment, ko=ko, **_words(found))


def _words(found: Difference) -> dict[str, str]:
    _, here, there = found
    return {"first": here, "second": there, "word": here or there}


def _alike(document: Document) -> list[list[_Sentence]]:
    """The sentences of a document that have their content in common."""
    found: defaultdict[tuple[str, ...], list[_Sentence]] = defaultdict(list)
    for section in document.sections:
        for segment in section.segments:
            if segment.kind in _SHORTEST:
                one = _Sentence(segment, section, "en" if segment.en else "ko")
                content = _content(one)
                if len(content) >= _SHORTEST[segment.kind]:
                    found[content].append(one)
    return [group for group in found.values() if len(group) > 1]


def _of_one_template(one: Section, other: Section, groups: Sequence[Sequence[_Sentence]]) -> bool:
    """Whether two sections share several sentences: then each speaks of a subject of its own."""
    if one is other:
        return False
    held = ({id(sentence.section) for sentence in group} for group in groups)
    return sum({id(one), id(other)} <= sections for sections in held) > 1


def _content(sentence: _Sentence) -> tuple[str, ...]:
    """The words that say what a sentence is about, in no order."""
    ignored = vocabulary().ignored
    if sentence.language == "en":
        stems = (part for word in _WORD.findall(sentence.text.lower()) for part in stem(word).split())
        return tuple(sorted(part for part in stems if part not in ignored))
    text = _KOREAN_QUANTITY.sub(" ", sentence.text)
    for frequency in glossary().frequencies:
        text = frequency.ko.sub(" ", text)
    words = (vocabulary().polar_ko.sub("", word) for word in _KOREAN_WORD.findall(text))
    return tuple(sorted(filter(None, words)))


def _named(sentence: _Sentence, coverage: Coverage) -> tuple[frozenset[str], ...]:
    """The services and numbered names that the headings of a sentence, and the sentence itself, speak of."""
    headings, text = ". ".join(sentence.section.heading_path(sentence.language)), sentence.text
    names = (name for name in entities(text) if _is_capital(name.split()[0], text))
    return (
        entities(headings) | frozenset(coverage.services(headings)),
        frozenset(names) | frozenset(coverage.services(text)),
    )


def _is_capital(name: str, text: str) -> bool:
    return name.upper() in text or name.capitalize() in text
