"""The records of the front door: an Answer and what it is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.verdict import Verdict
from corpus.documents import Language


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CitedLink(_Record):
    """A link of the cited text that a reader can open (http, https or mailto)."""

    text: str
    url: str


class Divergence(_Record):
    """Where the Korean and the English of one segment say materially different things."""

    segment_id: str
    kind: str
    severity: Literal["minor", "major"]
    en: str
    ko: str
    explanation_en: str
    explanation_ko: str

    def explanation(self, language: Language) -> str:
        return self.explanation_ko if language == "ko" else self.explanation_en


class Citation(_Record):
    """Numbered evidence: where it stands and what it says, byte for byte, in both languages.

    `quote_en` and `quote_ko` are the texts of `segment_ids`, one a line; empty where the document has none.
    """

    number: int
    document: str
    title: str
    source_url: str | None
    heading_path_en: tuple[str, ...]
    heading_path_ko: tuple[str, ...]
    segment_ids: tuple[str, ...]
    quote_en: str
    quote_ko: str
    links: tuple[CitedLink, ...] = ()
    divergences: tuple[Divergence, ...] = ()


class ConflictSide(_Record):
    """One of two passages that disagree; `citation` is the number of the citation that quotes it."""

    citation: int
    segment_id: str
    en: str
    ko: str

    def text(self, language: Language) -> str:
        """The text in one language; the other one's where that is missing."""
        return (self.ko or self.en) if language == "ko" else (self.en or self.ko)


class Conflict(_Record):
    """Where two passages of one document cannot both be right. An answer that quotes one of them cites both.

    `kind` is report, edition, quantity, date, frequency, bound, negation or obligation (`corpus/conflicts`).
    """

    document: str
    kind: str
    first: ConflictSide
    second: ConflictSide
    explanation_en: str
    explanation_ko: str

    @property
    def sides(self) -> tuple[ConflictSide, ConflictSide]:
        return self.first, self.second

    def explanation(self, language: Language) -> str:
        return self.explanation_ko if language == "ko" else self.explanation_en


class Answer(_Record):
    """What the assistant says, and on which evidence.

    `text` is in `language`, with citation numbers in square brackets. `confidence` is the probability that the
    evidence answers the question. With `abstained`, `text` says what the documents do not state and
    `suggestions` names the nearest sections; otherwise they are questions to ask next. `question` is the
    question that was answered, after reading it together with the history.
    """

    question: str
    text: str
    language: Language
    verdict: Verdict | None = None
    condition: str | None = None
    abstained: bool = False
    confidence: float
    citations: tuple[Citation, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    suggestions: tuple[str, ...] = ()
    notice: str | None = None
    mode: str
    index: str
