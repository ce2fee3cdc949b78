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

Sort = Literal["money", "duration", "frequency", "date", "count", "address", "phone", "name", "code"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\w-])\d{3,}(?![\d-])")
_SUM = re.compile(
    r"[$€£¥₩]\s?\d|\d\s?[mk]?\s?[$€£¥₩]|\d\s*[천백십만억조]*\s*(?:달러|유로|파운드|[원엔](?=[은이을의에과입]|[^가-힣]|$))",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"\+\d{1,3}(?:[-. ]?\(?\d{1,4}\)?){3,5}|(?<![\d.])\(?0?\d{2,3}\)?[- ]\d{3,4}-\d{4}(?![\d.])"
    r"|(?<![\d-])1\d{3}-\d{4}(?!\d)|(?<!\d)1-\d{3}-\d{3}-\d{4}"
)
_CODE = re.compile(r"(?<![\w,.-])(?!(?:19|20)\d\d(?![\w-]))(?=[\w-]*\d{3})[A-Z\d][A-Z\d-]*(?![A-Za-z\d-]|[,.]\d)")
_WORD = re.compile(r"\w+")
_COUNTED: frozenset[Sort] = frozenset({"money", "duration", "frequency", "phone", "code"})
_KEPT = 4096
_INITIALS = 3


def sorts(question: Question) -> tuple[Sort, ...]:
    """The sorts of fact that a question asks for by name ("how many days", "얼마인가요"); most ask for none, those that
    want a yes or a no among them.

    What has a sort of its own is no mere number.
    """
    if question.kind == "yes_no":
        return ()
    found = [sort for sort in get_args(Sort) if question.text in terms("asked", sort, question.language)]
    return tuple(sort for sort in found if sort != "count" or not _COUNTED.intersection(found))


def states(segment: Segment, question: Question) -> bool:
    """Whether a segment, in either language, holds a fact of one of the sorts that a question asks for, and not only
    the facts that the question itself gives.
    """
    return any(_states(segment, sort, question) for sort in sorts(question))


def strangers(question: Question, passages: Iterable[Passage]) -> list[str]:
    """The names and long numbers in a question that nothing retrieved for it speaks of.

    A passage speaks of a name that it spells out, too, or that stands in its headings, the id of its document or the
    address of one of its links.
    """
    text = _without_known(question.text)
    found = [name for name in (*names(text), *_LONG_NUMBER.findall(text)) if name not in terms("concepts")]
    if not found:
        return []
    texts = [f"{said(passage)} {_addresses(passage)}" for passage in passages]
    return [name for name in found if not any(_speaks_of(text, name) for text in texts)]


def said(passage: Passage) -> str:
    """All that a passage says under its headings, in both languages, with its document's titles and id."""
    texts = [passage.chunk.text(language) for language in LANGUAGES]
    return " ".join((*texts, passage.document.title_en, passage.document.title_ko, passage.document.id))


def _addresses(passage: Passage) -> str:
    return " ".join(link.url for segment in passage.chunk.segments for link in segment.links)


def _without_known(text: str) -> str:
    """A text without standards, services, and the names that documents need not write."""
    return terms("known_names").pattern.sub(" ", without_aliases(without_entities(text)))


def _squeezed(text: str) -> str:
    """A text without its blanks, as Korean compounds are spaced at will."""
    return "".join(text.lower().split())


def _speaks_of(text: str, name: str) -> bool:
    if _squeezed(name) in _squeezed(text):
        return True
    return name.isupper() and len(name) >= _INITIALS and name in initials(text)


def vouches(passage: Passage, segment: Segment, question: Question) -> bool:
    """Whether a passage speaks of all that the question names, and the segment gives every number in it.

    A reader is easily led: it finds the false year as likely as the true one.
    """
    given = frozenset().union(*(_numbers(segment.text(language), language) for language in LANGUAGES))
    numbers = _numbers(question.text, question.language)
    return numbers <= given and speaks_of_all(passage, question)


def speaks_of_all(passage: Passage, question: Question) -> bool:
    """Whether a passage speaks of all that the question names."""
    return question.entities <= entities(said(passage)) and not strangers(question, [passage])


def _numbers(text: str, language: Language) -> frozenset[str]:
    """The numbers of a text, in digits or in words, that are no part of a name."""
    found = _quantities(text, language)
    return frozenset(found.numbers.keys() | found.words.keys()) - found.named


def is_beyond(question: Question) -> bool:
    """Whether a question asks for what no document gives: an opinion, a picture, help with a deceit, its own rules."""
    return question.text in terms("beyond", question.language)


def _states(segment: Segment, sort: Sort, question: Question) -> bool:
    if sort == "address":
        return bool(segment.links) or "@" in segment.en
    texts: dict[Language, str] = {"en": segment.en, "ko": segment.ko}
    if sort == "name":  # of something else than a standard or a service, and not as a sentence's first word
        asked = set(_WORD.findall(question.text.lower()))
        return any(name.lower() not in asked for text in texts.values() for name in names(_without_known(text)))
    if sort == "money":
        return any(_SUM.search(text) or text in terms("money") for text in texts.values())
    if sort == "phone":
        return any(_PHONE.search(text) for text in texts.values())
    if sort == "code":
        return any(set(_CODE.findall(text)) - set(_CODE.findall(question.text)) for text in texts.values())
    given = _quantities(question.text, question.language)
    return any(_counts(_quantities(text, language), given, sort) for language, text in texts.items())


def _counts(found: Quantities, given: Quantities, sort: Sort) -> bool:
    """Whether something is counted that is not given already."""
    known = given.numbers.keys() | given.words.keys()
    numbers = found.numbers.keys() - known
    if sort == "count":
        return bool(found.words.keys() - known or found.scaled.keys() - given.scaled.keys() or numbers - found.named)
    spans = bool(found.spans.keys() - given.spans.keys() or found.frequencies.keys() - given.frequencies.keys())
    if sort == "date":
        return spans or bool(found.dates.keys() - given.dates.keys()) or any(_is_date(key) for key in numbers)
    return spans


def _is_date(key: str) -> bool:
    return key.startswith("m") or bool(_YEAR.fullmatch(key))


@lru_cache(_KEPT)
def _quantities(text: str, language: Language) -> Quantities:
    return quantities(text, language)
