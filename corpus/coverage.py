"""Which service the documents place in scope of which standard or report. "Not stated" is not "no"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.entities import entities
from corpus.model import Document, Section, Segment

_IN_SCOPE = re.compile(
    r"\bin[- ]scope\b|\bcovered services\b|\bservices covered\b|\bservices in scope\b", re.IGNORECASE
)
_QUALIFIER = re.compile(
    r"\s*\(?\b(?:either as|as a standalone|as included in|when included|as part of)\b.*", re.IGNORECASE
)
_FORMERLY = re.compile(r"\((?:formerly|previously)\s+(?P<name>[^)]+)\)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)")
_TRIMMED = re.compile(r"^(?:microsoft|ms)\s+(?!\d)|\s+(?:cloud )?services?$|\s+online services$")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?![a-z])")
_NUMBER = re.compile(r"\d+(?:[.-]\d+)*")
_GENERIC = frozenset({"us", "uk", "eu", "u.s", "iec", "office 365", "microsoft 365", "dynamics 365"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an in-scope list: the services it names, and under which condition, if any.

    `suite` is the suite that the line's services belong to, where a table says so.
    """

    services: tuple[str, ...]
    qualifier: str | None
    suite: str | None
    segment: Segment


@dataclass(frozen=True, slots=True, eq=False)
class CoverageList:
    """One in-scope list of a document, with the names of the standards or reports that it is about."""

    document: Document
    section: Section
    standards: frozenset[str]
    entries: tuple[Entry, ...]

    def joins(self, service: str, standard: str) -> bool:
        """Whether some sentence of the list's document names both the service and the standard."""
        named = re.compile(_whole(service), re.IGNORECASE)
        return any(
            named.search(segment.en) and (standard in entities(segment.en) or standard in segment.en.lower())
            for segment in self.document.segments()
        )

    def naming(self, service: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if service in entry.services)


class Coverage:
    """The in-scope lists of a collection."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.lists = tuple(found for document in documents for found in _lists(document))
        aliases = _aliases()
        named = {service for found in self.lists for entry in found.entries for service in entry.services}
        self._names = {name: name for name in named if len(name) > 2}  # shorter names match by accident
        self._names |= {other: name for name, others in aliases.items() for other in (name, *others)}
        self._longest_first = sorted(self._names, key=len, reverse=True)

    def services(self, text: str) -> tuple[str, ...]:
        """The known services that a text names, in order, each by the name that lists give it."""
        pattern = self._pattern(text)
        found = (self._names[" ".join(match.group().lower().split())] for match in pattern.finditer(text))
        return tuple(dict.fromkeys(found))

    def without_services(self, text: str, instead: str) -> str:
        """The text with other words instead of the services that it names."""
        return self._pattern(text).sub(instead, text)

    def _pattern(self, text: str) -> re.Pattern[str]:
        """Matches the names that a text may hold: trying all of them at each place is far slower."""
        lower = " ".join(text.lower().split())
        names = [_whole(name) for name in self._longest_first if name in lower]
        return re.compile("|".join(names) or r"(?!)", re.IGNORECASE)

    def about(self, text: str) -> dict[str, tuple[CoverageList, ...]]:
        """The lists of each standard that a text names: standard -> its lists."""
        numbered = entities(text)
        acronyms = {word.lower() for word in re.findall(r"[A-Za-z][A-Za-z.]+", text)}
        numbers = set(_NUMBER.findall(text))
        found: dict[str, list[tuple[int, CoverageList]]] = {}
        for one in self.lists:
            for standard in one.standards:
                exact = standard in numbered
                if exact or (" " not in standard and standard in acronyms):
                    closeness = 2 * exact + bool(numbers & set(_NUMBER.findall(one.document.title_en)))
                    found.setdefault(standard, []).append((closeness, one))
        best = max((score for ranked in found.values() for score, _ in ranked), default=0)
        kept = {name: tuple(one for score, one in ranked if score == best) for name, ranked in found.items()}
        return {name: lists for name, lists in kept.items() if lists}

    def suites_of(self, service: str) -> frozenset[str]:
        """The suites that the vocabulary or some table places a service in."""
        known = {suite for suite, members in _services()["suites"].items() if service in members}
        tables = {
            entry.suite
            for found in self.lists
            for entry in found.entries
            if entry.suite and entry.suite != service and service in entry.services
        }
        return frozenset(known | tables)


def _whole(name: str) -> str:
    return rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])".replace(r"\ ", r"\s+")


@cache
def _services() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("corpus").joinpath("data/services.toml").read_text(encoding="utf-8"))


def _aliases() -> Mapping[str, Sequence[str]]:
    return _services()["names"]


def canonical(name: str) -> str:
    """A service's name as it is compared: lower case, without the maker and the word "service", by its first alias."""
    name = " ".join(name.lower().split()).strip(" .*")
    while (trimmed := _TRIMMED.sub("", name)) != name:
        name = trimmed
    return next((known for known, others in _aliases().items() if name in others), name)


def canonical_names(text: str) -> tuple[str, ...]:
    """The names that documents use for services that a text names by another one."""
    found = []
    for name, others in _aliases().items():
        if any(re.search(_whole(other), text, re.IGNORECASE) for other in others):
            found.append(name)
    return tuple(found)


def without_aliases(text: str) -> str:
    """The text without the other names that users have for services."""
    others = sorted((other for names in _aliases().values() for other in names), key=len, reverse=True)
    return re.sub("|".join(map(_whole, others)), " ", text, flags=re.IGNORECASE)


def _lists(document: Document) -> Iterator[CoverageList]:
    for section in document.sections:
        if not section.heading_path_en or not _IN_SCOPE.search(section.heading_path_en[-1]):
            continue
        entries = tuple(_entries(section))
        if entries:
            yield CoverageList(document, section, _standards(document, section), entries)


def _standards(document: Document, section: Section) -> frozenset[str]:
    """What a list is about: the numbered names of its heading, else the names in the document's title."""
    numbered = entities(section.heading_path_en[-1]) - _GENERIC
    if numbered:
        return numbered
    title = document.title_en
    numbered = entities(title) - _GENERIC
    parts = {name.rsplit(" ", 1)[0] for name in numbered}
    acronyms = {word.lower() for word in _ACRONYM.findall(title)} - _GENERIC - parts
    return numbered | acronyms


def _entries(section: Section) -> Iterator[Entry]:
    """The lines of a list, or the cells of a table's last column with its first column as the suite."""
    suite: str | None = None
    row = -1
    for segment in section.segments:
        if segment.kind == "item":
            yield _entry(segment, r",\s*(?:and\s+)?|\s+and\s+", suite=None)
        elif segment.kind == "cell":
            if segment.block != row:
                row, suite = segment.block, canonical(segment.en)
            elif not _IN_SCOPE.search(segment.en):
                yield _entry(segment, r",\s*", suite=suite)


def _entry(segment: Segment, border: str, *, suite: str | None) -> Entry:
    text = segment.en.split(";")[0]
    for link in segment.links:
        if link.language == "en" and text.endswith(link.text) and text != link.text:
            text = text.removesuffix(link.text)
    qualifier = _QUALIFIER.search(text)
    formerly = [match["name"] for match in _FORMERLY.finditer(text)]
    plain = _BRACKETS.sub("", _QUALIFIER.sub("", text))
    names = [canonical(name) for name in (*re.split(border, plain), *formerly) if name.strip(" .")]
    return Entry(
        services=tuple(dict.fromkeys(names)),
        qualifier=qualifier.group().strip(" ()") if qualifier else None,
        suite=suite,
        segment=segment,
    )
