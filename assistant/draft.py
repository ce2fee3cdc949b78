"""The seam for writers of answers: what goes in, what comes out before it is verified and becomes an Answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.question import Question
    from assistant.retrieve import Passage
    from assistant.verdict import Ruling
    from corpus.documents import Segment


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or link of an answer, and the segments of one passage that carry it."""

    text: str
    passage: Passage
    segments: tuple[Segment, ...]
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before verification. No statements means that the documents do not state it.

    `remark` is a sentence in the assistant's own words, where the evidence is what a list does not name, or where there
    is none and it can be said what is missing.
    """

    statements: tuple[Statement, ...]
    ruling: Ruling | None
    confidence: float
    remark: str | None = None


class Writer(Protocol):
    """Writes a draft from passages; `mode` names it in the answer."""

    @property
    def mode(self) -> str: ...
    def write(self, question: Question, passages: Sequence[Passage], history: Sequence[dict[str, str]]) -> Draft: ...
