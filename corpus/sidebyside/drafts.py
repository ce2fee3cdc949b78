"""Segments in the making: the pieces of text and the links that the reader of spans has found so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.model import Language, Link, Problem, SegmentKind

_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")


@dataclass(slots=True)
class Side:
    """One language of a segment in the making. `marks` are the pieces that are `**` and closed nothing."""

    pieces: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    def text(self, start: int = 0) -> str:
        """The visible text from piece `start` on. Pairs of `**` that Markdown left standing are dropped."""
        marks = [mark for mark in self.marks if mark >= start]
        dropped = set(marks[: len(marks) // 2 * 2])
        return " ".join("".join(p for n, p in enumerate(self.pieces[start:], start) if n not in dropped).split())


@dataclass(slots=True)
class Draft:
    """A segment in the making. `stray` text stands outside spans: it is in `ko` until `texts` tells its language."""

    id: str
    line: int
    aligned: bool = True
    stray: bool = False
    kind: SegmentKind | None = None
    ko: Side = field(default_factory=Side)
    en: Side = field(default_factory=Side)
    has: set[Language] = field(default_factory=set)
    found: list[Link] = field(default_factory=list)

    def side(self, language: Language) -> Side:
        """The side of one language."""
        return self.ko if language == "ko" else self.en

    def texts(self) -> tuple[str, str]:
        """The Korean and the English. Stray text is on the Korean side only if it has Hangul, else on both."""
        if not self.stray:
            return self.ko.text(), self.en.text()
        text = "".join(self.ko.pieces).strip("\n") if self.kind == "code" else self.ko.text()
        return text, "" if _HANGUL.search(text) else text

    def links(self) -> tuple[Link, ...]:
        """The links, each in its language; those of stray text in the languages that the text stands in."""
        if self.stray and self.texts()[1]:
            return (*self.found, *(Link(link.text, link.url, "en") for link in self.found))
        return tuple(self.found)


def unpaired(drafts: Iterable[Draft], path: str) -> Iterator[Problem]:
    """Reports the Korean spans without an English one, and the ids that a page has twice."""
    seen: set[str] = set()
    for draft in drafts:
        if not draft.stray:
            if "en" not in draft.has:
                remedy = "Add the English, or remove the span."
                yield Problem(path, draft.line, f"The Korean span {draft.id} has no English one. {remedy}")
            if draft.id in seen:
                yield Problem(
                    path, draft.line, f"The id {draft.id} stands for a second time. Give each pair its own id."
                )
            seen.add(draft.id)
