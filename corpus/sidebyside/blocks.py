"""The walk over a page's blocks: headings, paragraphs, lists, tables, quotes, code."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from markdown_it.token import Token

from corpus.model import SegmentKind
from corpus.sidebyside.drafts import Draft
from corpus.sidebyside.markup import MAX_NESTING, block_tokens, inline_tokens, without_unseen
from corpus.sidebyside.spans import SpanReader

_ALERT = re.compile(r"\s*\[!([A-Za-z]+)\](?!\()")
_SPAN = re.compile(r"<span\s[^<>]{0,40}data-[ts]tu-id")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_MAX_REREADS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft and the block that it stands in."""

    draft: Draft
    kind: SegmentKind
    block: int
    level: int
    alert: str | None


@dataclass(slots=True)
class SectionDraft:
    """A heading and the entries under it; level 0 before the first heading."""

    level: int = 0
    heading: list[Entry] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class BlockReader:
    """Reads a page's body into section drafts."""

    def __init__(self, reader: SpanReader) -> None:
        self.sections = [SectionDraft()]
        self._reader = reader
        self._env: dict[str, object] = {}
        self._lines: list[str] = []
        self._offset = 1
        self._rereads = 0
        self._blocks = 0
        self._lists = 0
        self._heading = 0
        self._alerts: list[str | None] = []
        self._row: Token | None = None
        self._cells = 0
        self._steps: dict[str, Callable[[Token], None]] = {
            "inline": self._inline,
            "heading_open": self._open_heading,
            "heading_close": self._close_heading,
            "bullet_list_open": self._open_list,
            "ordered_list_open": self._open_list,
            "bullet_list_close": self._close_list,
            "ordered_list_close": self._close_list,
            "blockquote_open": self._open_quote,
            "blockquote_close": self._close_quote,
            "tr_open": self._open_row,
            "tr_close": self._close_row,
            "fence": self._code,
            "code_block": self._code,
            "html_block": self._html,
        }

    def read(self, text: str) -> None:
        """Takes in the body; its line numbers are the page's."""
        self._lines = text.split("\n")
        deepest = 0
        for token in block_tokens(text, self._env):
            deepest = max(deepest, token.level)
            step = self._steps.get(token.type)
            if step:
                step(token)
        if deepest >= MAX_NESTING - 1:
            self._reader.report(
                "Quotes or lists are nested too deeply and not wholly read. Flatten them.", self._offset
            )

    # structure

    def _open_heading(self, token: Token) -> None:
        self._heading = int(token.tag.removeprefix("h"))

    def _close_heading(self, _: Token) -> None:
        self._heading = 0

    def _open_list(self, _: Token) -> None:
        self._lists += 1

    def _close_list(self, _: Token) -> None:
        self._lists -= 1

    def _open_quote(self, _: Token) -> None:
        self._alerts.append(self._alerts[-1] if self._alerts else None)

    def _close_quote(self, _: Token) -> None:
        self._alerts.pop()

    def _open_row(self, token: Token) -> None:
        self._row, self._cells = token, 0

    def _close_row(self, _: Token) -> None:
        row, self._row = self._row, None
        if row and row.map:
            # cells beyond the header's: Markdown drops them, a reader of the page should not
            line = self._lines[row.map[0]].strip(" \t>").removeprefix("|").removesuffix("|")
            for cell in _CELL_BORDER.split(line)[self._cells :]:
                self._reader.read(inline_tokens(cell.strip(), self._env), self._line(row))
        self._emit("cell")

    # text

    def _inline(self, token: Token) -> None:
        if self._row:
            self._cells += 1
            self._reader.read(inline_tokens(token.content, self._env), self._line(token))
            return
        content, alert = token.content, self._alerts[-1] if self._alerts else None
        marker = _ALERT.match(content)
        if marker:
            alert, content = marker[1].lower(), content[marker.end() :]
            if self._alerts:
                self._alerts[-1] = alert
        self._reader.read(inline_tokens(content, self._env), self._line(token))
        self._emit("heading" if self._heading else self._kind(), alert=alert)

    def _code(self, token: Token) -> None:
        if self._rereads < _MAX_REREADS and _SPAN.search(token.content):
            self._reread(token)
        elif token.content.strip():
            self._reader.verbatim(textwrap.dedent(token.content), "code", self._line(token))
            self._emit("code")

    def _reread(self, token: Token) -> None:
        """Pairs in an indented block: text that Markdown takes for code and the page's author did not."""
        outer = self._lines, self._offset
        self._offset = self._line(token) + (token.type == "fence")
        self._rereads += 1
        self.read(textwrap.dedent(token.content))
        self._rereads -= 1
        self._lines, self._offset = outer

    def _html(self, token: Token) -> None:
        self._reader.read(inline_tokens(without_unseen(token.content), self._env), self._line(token))
        self._emit(self._kind())

    def _kind(self) -> SegmentKind:
        return "item" if self._lists else "paragraph"

    def _line(self, token: Token) -> int:
        return self._offset + (token.map[0] if token.map else 0)

    def _emit(self, kind: SegmentKind, *, alert: str | None = None) -> None:
        bold = self._reader.wholly_bold
        drafts = self._reader.end_block()
        if not drafts:
            return
        if bold and kind in {"item", "paragraph"} and _asks(drafts):
            kind = "question"
        self._blocks += 1
        alert = alert or (self._alerts[-1] if self._alerts else None)
        level = max(0, self._lists - 1)
        entries = [Entry(draft, draft.kind or kind, self._blocks, level, alert) for draft in drafts]
        if kind == "heading":
            self.sections.append(SectionDraft(self._heading, entries))
        else:
            self.sections[-1].entries.extend(entries)


def _asks(drafts: list[Draft]) -> bool:
    texts = zip(*(draft.texts() for draft in drafts), strict=True)
    return any("".join(side).rstrip().endswith(("?", "？")) for side in texts)
