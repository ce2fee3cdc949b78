"""Markdown and HTML as tokens: block tokens, inline tokens, tags and their attributes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

MAX_NESTING = 100  # block quotes and lists within each other; the parser drops what is deeper
_INLINE_NESTING = 10  # brackets within each other; deeper ones stay text
MAX_PIECE = 20_000  # characters that the inline parser gets at once, so that its time stays linear in the text

_INCLUDE = re.compile(r"\[!INCLUDE\s{0,9}\[([^\]\n]{0,500})\]\s{0,9}\(([^)\n]{0,500})\)\s{0,9}\]", re.IGNORECASE)
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([A-Za-z_:][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\"'=<>`\s]+)")
_UNSEEN = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s*>", re.IGNORECASE)),
    (re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE)),
)
_PAIR_END = "</span></span> "


class _Markdown(MarkdownIt):
    """Keeps every link as the document has it; `Link.absolute` decides what can be opened."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _include(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = _INCLUDE.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("include", "", 0)
        token.content, token.attrs = match[1], {"href": match[2].strip()}
    state.pos = match.end()
    return True


def _escaped_end(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """A backslash before `</span>` is text: it stood at the end of a line before the spans were put in."""
    if not state.src.startswith("\\</span>", state.pos):
        return False
    if not silent:
        state.append_pending("\\")
    state.pos += 1
    return True


@cache
def _markdown(max_nesting: int) -> MarkdownIt:
    markdown = _Markdown("commonmark", {"maxNesting": max_nesting, "html": True})
    markdown.enable(["table", "strikethrough"])
    markdown.inline.ruler.before("link", "include", _include)
    markdown.inline.ruler.before("escape", "escaped_end", _escaped_end)
    return markdown


def block_tokens(text: str, env: EnvType) -> list[Token]:
    """The block structure of `text`; the content of its inline tokens is not parsed yet."""
    tokens: list[Token] = []
    markdown = _markdown(MAX_NESTING)
    markdown.block.parse(text, markdown, env, tokens)
    return tokens


def inline_tokens(content: str, env: EnvType) -> Iterator[Token]:
    """The inline structure of one block's content, links and emphasis resolved."""
    markdown = _markdown(_INLINE_NESTING)
    for piece in _pieces(content):
        tokens: list[Token] = []
        markdown.inline.parse(piece, markdown, env, tokens)
        yield from tokens


def _pieces(content: str) -> Iterator[str]:
    start = 0
    while len(content) - start > MAX_PIECE:
        limit = start + MAX_PIECE
        end = content.rfind(_PAIR_END, start, limit)
        end = end + len(_PAIR_END) if end > start else max(content.rfind(c, start, limit) for c in " \n") + 1
        if end <= start:
            end = limit
        yield content[start:end]
        start = end
    yield content[start:]


def without_unseen(html_block: str) -> str:
    """The block without comments, scripts and style sheets. One that is not closed stays."""
    for start, end in _UNSEEN:
        parts: list[str] = []
        position = 0
        for match in start.finditer(html_block):
            if match.start() < position:
                continue
            close = end.search(html_block, match.end())
            if not close:
                break
            parts.append(html_block[position : match.start()])
            position = close.end()
        html_block = " ".join([*parts, html_block[position:]])
    return html_block


@dataclass(frozen=True, slots=True)
class Tag:
    """One HTML tag. `damaged`: the quotes of an attribute were written as `&quot;`."""

    name: str
    closing: bool
    attributes: dict[str, str] = field(default_factory=dict)
    damaged: bool = False


def read_tag(source: str) -> Tag | None:
    """The tag that an `html_inline` token holds, or None for a comment or declaration."""
    match = _TAG_NAME.match(source)
    if not match:
        return None
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(source)}
    damaged = any(value.startswith("&quot;") for value in attributes.values())
    attributes = {name: html.unescape(value).strip("\"'") for name, value in attributes.items()}
    return Tag(match[2].lower(), bool(match[1]), attributes, damaged)
