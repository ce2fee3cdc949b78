"""What sort of fact a question asks for, whether a text can state one, which of its names nothing retrieved speaks of,
and what no document can give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from assistant.vocabulary import terms
from corpus.divergence.quantities import Quantities, quantities
from corpus.documents import LANGUAGES, Language, Segment
from corpus.entities import entities, without_entities
from corpus.services import without_aliases
from ingest.lexical import initials, names

if TYPE_CHECKING:
    from assistant.question import Question
    from assistant.retrieve import Passage

Sort = Literal["money", "duration", "frequency", "date", "count", "address"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\w-])\d{3,}(?![\d-])")
_KEPT = 4096
_INITIALS = 3


def sorts(question: Question) -> tuple[Sort, ...]:
    """The sorts of fact that a question asks for by name ("how many days", "얼마인가요"); most ask for none."""
    return tuple(sort for sort in get_args(Sort) if question.text in terms("asked", sort, question.language))


def states(segment: Segment, wanted: Iterable[Sort]) -> bool:
    """Whether a segment, in either language, holds a fact of one of the sorts."""
    return any(_states(segment, sort) for sort in wanted)


def strangers(question: Question, passages: Iterable[Passage]) -> list[str]:
    """The names and long numbers in a question that nothing retrieved for it speaks of.

    A passage speaks of a name that it spells out, too, or that stands in its headings or the address of one of its
    links.
    """
    text = terms("known_names").pattern.sub(" ", without_aliases(without_entities(question.text)))
    found = [name for name in (*names(text), *_LONG_NUMBER.findall(text)) if name not in terms("concepts")]
    if not found:
        return []
    texts = [_said(passage) for passage in passages]
    return [name for name in found if not any(_speaks_of(text, name) for text in texts)]


def _said(passage: Passage) -> str:
    chunk = passage.chunk
    texts = [chunk.text(language) for language in LANGUAGES]
    headings = (*chunk.section.heading_path_en, *chunk.section.heading_path_ko)
    addresses = (link.url for segment in chunk.segments for link in segment.links)
    return " ".join((*texts, *headings, passage.document.title_en, *addresses))


def _speaks_of(text: str, name: str) -> bool:
    if "".join(name.lower().split()) in "".join(text.lower().split()):  # Korean compounds are spaced at will
        return True
    return name.isupper() and len(name) >= _INITIALS and name in initials(text)


def vouches(passage: Passage, segment: Segment, question: Question) -> bool:
    """Whether a passage speaks of all that the question names, and the segment gives every number in it.

    A reader is easily led: it finds the false year as likely as the true one.
    """
    given = frozenset().union(*(_numbers(segment.text(language), language) for language in LANGUAGES))
    numbers = _numbers(question.text, question.language)
    return question.entities <= entities(_said(passage)) and numbers <= given and not strangers(question, [passage])


def _numbers(text: str, language: Language) -> frozenset[str]:
    """The numbers of a text, in digits or in words, that are no part of a name."""
    found = _quantities(text, language)
    return frozenset(found.numbers.keys() | found.words.keys()) - found.named


def is_beyond(question: Question) -> bool:
    """Whether a question asks for what no document gives: an opinion, a picture, help with a deceit, its own rules."""
    return question.text in terms("beyond", question.language)


def _states(segment: Segment, sort: Sort) -> bool:
    if sort == "address":
        return bool(segment.links) or "@" in segment.en
    if sort == "money":
        return any(segment.text(language) in terms("money", language) for language in LANGUAGES)
    return any(_counts(_quantities(segment.text(language), language), sort) for language in LANGUAGES)


def _counts(found: Quantities, sort: Sort) -> bool:
    if sort == "count":
        return bool(found.words or found.scaled or found.numbers.keys() - found.named)
    spans = bool(found.spans or found.frequencies)
    if sort == "date":
        return spans or bool(found.dates) or any(_is_date(key) for key in found.numbers)
    return spans


def _is_date(key: str) -> bool:
    return key.startswith("m") or bool(_YEAR.fullmatch(key))


@lru_cache(_KEPT)
def _quantities(text: str, language: Language) -> Quantities:
    return quantities(text, language)
