"""The lines of in-scope lists: which services a line or a table's cell names, and under which condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.model import Section, Segment
from corpus.services import canonical

IN_SCOPE = re.compile(r"\bin[- ]scope\b|\bcovered services\b|\bservices covered\b|\bservices in scope\b", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\s*\(?\b(?:either as|as a standalone|as included in|when included|as part of|for the following)\b.*",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\((?P<condition>not in scope\b[^)]*|[^)]*\bonly|version[^)]*)\)", re.IGNORECASE)
_OTHERS = re.compile(
    r"\((?:(?:formerly|previously)|including(?:,? but not limited to)?)\s+(?P<names>[^)]+)\)", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^)]*\)")
_COMMA = r",\s*"
_ITEM_BORDER = rf"{_COMMA}(?:and\s+)?|\s+and\s+"
_REFERENCE = re.compile(r"see\b", re.IGNORECASE)
_NO_NAME = re.compile(r"[a-z]+(?![\w.-])")  # such as "other online services"
_LONGEST = 8  # words of a name: more are a sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an in-scope list: the services it names, and under which condition, if any.

    `names` has the services as the line writes them, by canonical name; a name that was mended is empty. `suite` is the
    suite that the line's services belong to, where a table says so.
    """

    names: Mapping[str, str]
    qualifier: str | None
    suite: str | None
    segment: Segment

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self.names)

    def mended(self, meant: Mapping[str, tuple[str, ...]]) -> Entry:
        """The line with the names that some of its own stand for."""
        if self.names.keys().isdisjoint(meant):
            return self
        names: dict[str, str] = {}
        for service, written in self.names.items():
            for name in meant.get(service, (service,)):
                names[name] = names.get(name) or (written if name == service else "")
        return replace(self, names=names)


def entries(section: Section) -> Iterator[Entry]:
    """The lines of a list, or the cells of a table's last column with its first column as the suite.

    A line that names no service, such as a sentence about the list or a reference to another page, gives none.
    """
    suite: str | None = None
    row = -1
    for segment in section.segments:
        if segment.kind == "item":
            yield from _entry(segment, _ITEM_BORDER, suite=None)
        elif segment.kind == "cell":
            if segment.block != row:
                row, suite = segment.block, canonical(segment.en)
            elif not IN_SCOPE.search(segment.en):
                yield from _entry(segment, _COMMA, suite=suite)


def _entry(segment: Segment, border: str, *, suite: str | None) -> Iterator[Entry]:
    text = segment.en.split(";")[0]
    for link in segment.links:
        if link.language == "en" and text.endswith(link.text) and text != link.text:
            text = text.removesuffix(link.text)
    plain, _, narrowed = _BRACKETS.sub("", _QUALIFIER.sub("", text)).partition(":")
    pieces = re.split(border, plain)
    if _REFERENCE.match(text) or any(len(piece.split()) > _LONGEST for piece in pieces):
        return
    others = [name for match in _OTHERS.finditer(text) for name in re.split(_COMMA, match["names"])]
    names: dict[str, str] = {}
    for piece in map(_tidy, (*pieces, *others)):
        if piece and not _NO_NAME.match(piece):
            names.setdefault(canonical(piece), piece)
    if names:
        yield Entry(names, _condition(text, narrowed), suite, segment)


def _condition(text: str, narrowed: str) -> str | None:
    """The words that say under which condition the line's services are in scope; `narrowed` stands behind a colon."""
    if qualifier := _QUALIFIER.search(text):
        return qualifier.group().strip(" ()")
    if bracket := _CONDITION.search(text):
        return bracket["condition"]
    return narrowed.strip(" .") or None


def _tidy(name: str) -> str:
    """A name as a list writes it, without what is no part of it."""
    return re.sub(r"\s+cloud services?$", "", " ".join(name.split()).strip(" .*:"), flags=re.IGNORECASE)
