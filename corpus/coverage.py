"""Which service the documents place in scope of which standard or report. "Not stated" is not "no"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from corpus.entities import entities
from corpus.inscope import IN_SCOPE, Entry, entries
from corpus.model import Document, Section
from corpus.services import aliases, canonical, canonical_names, spellings, suites, whole

__all__ = ["Coverage", "CoverageList", "Entry", "canonical", "canonical_names"]

_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?![a-z])")
_NUMBER = re.compile(r"\d+(?:[.-]\d+)*")
_GENERIC = frozenset({"us", "uk", "eu", "u.s", "iec", "office 365", "microsoft 365", "dynamics 365"})


@dataclass(frozen=True, slots=True, eq=False)
class CoverageList:
    """One in-scope list of a document, with the names of the standards or reports that it is about."""

    document: Document
    section: Section
    standards: frozenset[str]
    entries: tuple[Entry, ...]

    def joins(self, service: str, standard: str) -> bool:
        """Whether some sentence of the list's document names both the service and the standard."""
        named = re.compile(whole(service), re.IGNORECASE)
        return any(
            named.search(segment.en) and (standard in entities(segment.en) or standard in segment.en.lower())
            for segment in self.document.segments()
        )

    def naming(self, service: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if service in entry.services)


class Coverage:
    """The in-scope lists of a collection."""

    def __init__(self, documents: Iterable[Document]) -> None:
        found = [one for document in documents for one in _lists(document)]
        counts = Counter(name for one in found for name in {name for entry in one.entries for name in entry.names})
        meant = spellings(counts)
        self.lists = tuple(replace(one, entries=tuple(entry.mended(meant) for entry in one.entries)) for one in found)
        own = counts.keys() - meant.keys()
        self._names = {name: name for name in own if len(name) > 2}  # shorter names match by accident
        self._names |= {name: names[0] for name, names in meant.items() if len(names) == 1}
        self._names |= {other: name for name, others in aliases().items() for other in (name, *others)}
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
        names = [whole(name) for name in self._longest_first if name in lower]
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
        known = {suite for suite, members in suites().items() if service in members}
        tables = {
            entry.suite
            for found in self.lists
            for entry in found.entries
            if entry.suite and entry.suite != service and service in entry.services
        }
        return frozenset(known | tables)


def _lists(document: Document) -> Iterator[CoverageList]:
    for section in document.sections:
        if not section.heading_path_en or not IN_SCOPE.search(section.heading_path_en[-1]):
            continue
        lines = tuple(entries(section))
        if lines:
            yield CoverageList(document, section, _standards(document, section), lines)


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
