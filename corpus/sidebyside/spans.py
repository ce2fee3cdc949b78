"""The state machine over inline tokens: which text belongs to which id, in which language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from markdown_it.token import Token

from corpus.model import Language, Link, Problem, SegmentKind
from corpus.sidebyside.drafts import Draft
from corpus.sidebyside.markup import Tag, read_tag

_SPACING = re.compile(r"br|p|div|[uo]l|li|table|thead|tbody|t[rdh]|hr|h[1-6]|summary|details|d[tdl]")
_SILENT = re.compile(
    r"abbr|b|big|caption|center|cite|code|col|colgroup|del|dfn|em|font|i|iframe|ins|kbd|mark|nobr|pre|q|samp|section"
    r"|s|small|span|strike|strong|sub|sup|tt|u|var|video"
)
_BOLD = frozenset({"b", "strong"})
_BROKEN_ANCHOR = re.compile(r'<a name="[^<>]*>')
_STARS = "**"


@dataclass(slots=True)
class _Frame:
    """An open `<span>`: the language and the draft that its text belongs to, given by itself or by one around it."""

    language: Language = "ko"
    draft: Draft | None = None
    own: bool = False


@dataclass(slots=True)
class _OpenLink:
    url: str | None
    html: bool = False
    starts: dict[tuple[int, Language], tuple[Draft, int]] = field(default_factory=dict)


class SpanReader:
    """Reads the inline tokens of one block after another into drafts."""

    def __init__(self, path: str) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._line = 0
        self._block: list[Draft] = []
        self._frames: list[_Frame] = []
        self._links: list[_OpenLink] = []
        self._stray: Draft | None = None
        self._last: Draft | None = None  # the draft of the latest Korean span
        self._last_is_here = False  # in this block
        self._image = False
        self._previous = ""
        self._strays = count(1)
        self._bold = 0
        self._plain_text = self._bold_text = False

    def read(self, tokens: Iterable[Token], line: int) -> None:
        """Takes in the tokens of one block, or of one table cell. `line` is the block's first line, from 1."""
        self._line = line
        if any(frame.draft for frame in self._frames):
            self._put(" | ")  # the border that cut the span is a character of its text
        self._take(tokens)
        self._flush()

    def verbatim(self, text: str, kind: SegmentKind, line: int) -> None:
        """Takes in text as it stands, such as code."""
        self._line = line
        self._outside(kind).ko.pieces.append(text)
        self._flush()

    def end_block(self) -> list[Draft]:
        """The drafts of the block that ends here, in order. Spans that are still open are reported and closed."""
        self._flush()
        self._close_open_spans()
        self._links.clear()
        self._last_is_here = False
        self._bold = 0
        self._plain_text = self._bold_text = False
        block, self._block = self._block, []
        return block

    @property
    def wholly_bold(self) -> bool:
        """Whether the block has text, all of it bold."""
        return self._bold_text and not self._plain_text

    def report(self, message: str, line: int | None = None) -> None:
        """Notes something about the page that a person should look at."""
        self.problems.append(Problem(self._path, self._line if line is None else line, message))

    # tokens

    def _take(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            match token.type:
                case "text":
                    self._text(token.content)
                case "softbreak" | "hardbreak":
                    self._line += 1
                    self._put(" ")
                case "link_open":
                    self._links.append(_OpenLink(str(token.attrs.get("href", ""))))
                case "link_close":
                    self._close_link()
                case "strong_open" | "strong_close":
                    self._bold += token.nesting
                case "html_inline":
                    self._html(token.content)
                    self._line += token.content.count("\n")
                case "image":
                    self._take_image(token)
                case "include":
                    self._take_include(token)
                case _:
                    self._put(token.content)

    def _text(self, content: str) -> None:
        for number, part in enumerate(content.split(_STARS)):
            if number:
                self._put(_STARS, mark=True)
            if part:
                self._put(part)

    def _put(self, text: str, *, mark: bool = False) -> None:
        language, draft = self._place()
        if draft is None:
            if not text.strip():
                return
            draft = self._outside(None)
        side = draft.side(language)
        for link in self._links:
            link.starts.setdefault((id(draft), language), (draft, len(side.pieces)))
        if mark:
            side.marks.append(len(side.pieces))
        side.pieces.append(text)
        if any(map(str.isalnum, text)):
            bold = self._bold > 0 or len(side.marks) % 2 == 1
            self._bold_text, self._plain_text = self._bold_text or bold, self._plain_text or not bold

    def _place(self) -> tuple[Language, Draft | None]:
        if self._frames and self._frames[-1].draft:
            return self._frames[-1].language, self._frames[-1].draft
        return "ko", self._stray

    def _close_link(self) -> None:
        self._close_anchor()
        if self._links:
            self._end_link(self._links.pop())

    def _close_anchor(self) -> None:
        if self._links and self._links[-1].html:
            self._end_link(self._links.pop())

    @staticmethod
    def _end_link(link: _OpenLink) -> None:
        for (_, language), (draft, start) in link.starts.items():
            text = draft.side(language).text(start)
            if text and link.url:
                draft.found.append(Link(text, link.url, language))

    def _take_image(self, token: Token) -> None:
        if self._place()[1] is not None and not self._stray:
            self._take(token.children or ())
            return
        self._flush()
        self._image = True
        self._links.append(_OpenLink(str(token.attrs.get("src", ""))))
        self._take(token.children or ())
        self._close_link()
        self._flush()
        self._image = False

    def _take_include(self, token: Token) -> None:
        inside = self._place()[1] is not None and not self._stray
        if not inside:
            self._flush()
            self._outside("include")
        self._links.append(_OpenLink(str(token.attrs.get("href", ""))))
        self._put(token.content)
        self._close_link()
        if not inside:
            self._flush()

    # tags

    def _html(self, source: str) -> None:
        tag = read_tag(source)
        if tag is None:
            return
        if tag.name == "span":
            self._span(tag)
        elif tag.name == "a":
            self._anchor(tag)
        elif tag.name == "img":
            self._html_image(tag)
        elif _SPACING.fullmatch(tag.name):
            self._put(" ")
        elif not _SILENT.fullmatch(tag.name):
            self._put(source)  # a placeholder such as <DateTime>
        if tag.name in _BOLD:
            self._bold = max(0, self._bold + (-1 if tag.closing else 1))

    def _anchor(self, tag: Tag) -> None:
        self._close_anchor()
        if not tag.closing:
            self._links.append(_OpenLink(tag.attributes.get("href"), html=True))

    def _html_image(self, tag: Tag) -> None:
        children = [Token("text", "", 0, content=tag.attributes.get("alt", ""))]
        self._take_image(Token("image", "img", 0, attrs={"src": tag.attributes.get("src", "")}, children=children))

    def _span(self, tag: Tag) -> None:
        if tag.closing:
            if self._frames:
                self._frames.pop()
            return
        korean, english = tag.attributes.get("data-ttu-id"), tag.attributes.get("data-stu-id")
        if korean is not None:
            self._open_korean(korean, damaged=tag.damaged)
        elif english is not None:
            self._open_english(english, damaged=tag.damaged)
        else:
            around = self._frames[-1] if self._frames else _Frame()
            self._frames.append(_Frame(around.language, around.draft))

    def _open_korean(self, name: str, *, damaged: bool) -> None:
        self._flush()
        self._close_open_spans()
        if damaged:
            self.report(f"The span {name} has &quot; in place of quotes. Correct the quotes.")
        self._last, self._last_is_here = self._aligned(name, "ko", damaged=damaged), True

    def _open_english(self, name: str, *, damaged: bool) -> None:
        self._flush()
        self._close_open_spans()
        last = self._last
        if last and last.id == name and "en" not in last.has:
            last.has.add("en")
            self._frames.append(_Frame("en", last, own=True))
            return
        if last and self._last_is_here and "en" not in last.has:
            last.has.add("en")
            self.report(f"A pair has two ids, {last.id} (Korean) and {name} (English); both are kept. Give it one id.")
        else:
            self.report(f"The English span {name} has no Korean one. Add the Korean, or remove the span.")
        self._aligned(name, "en", damaged=damaged)

    def _aligned(self, name: str, language: Language, *, damaged: bool) -> Draft:
        draft = Draft(name, self._line, aligned=not damaged, kind="image" if self._image else None)
        draft.has.add(language)
        self._block.append(draft)
        self._frames.append(_Frame(language, draft, own=True))
        self._previous, self._strays = name, count(1)
        return draft

    def _close_open_spans(self) -> None:
        for frame in self._frames:
            if frame.own and frame.draft:
                self.report(f"The span {frame.draft.id} is not closed. Add </span> after its text.")
        self._frames.clear()

    # text outside spans

    def _outside(self, kind: SegmentKind | None) -> Draft:
        kind = "image" if self._image else kind
        self._stray = Draft("", self._line, aligned=False, stray=True, kind=kind)
        return self._stray

    def _flush(self) -> None:
        stray, self._stray = self._stray, None
        if stray and (stray.kind == "code" or _is_visible(stray.ko.text())):
            stray.id = f"{self._previous}~{next(self._strays)}"
            self._block.append(stray)


def _is_visible(text: str) -> bool:
    """Whether the text has a word; an anchor whose quotes are damaged is none."""
    return any(map(str.isalnum, text)) and not _BROKEN_ANCHOR.fullmatch(text)
