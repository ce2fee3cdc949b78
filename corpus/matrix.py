"""Standards and reports against services: what each in-scope list says about each service that it could name.

"Not listed" means that a list is there and does not name the service. "Not stated" means that the documents leave it
open: the list names the suite that the service belongs to, or some sentence of the page joins service and standard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from corpus.coverage import Coverage, CoverageList, Entry
from corpus.entities import entities
from corpus.model import Document, Language, Segment
from corpus.services import aliases

Standing = Literal["in_scope", "qualified", "not_listed", "not_stated"]

_SHORT = 28  # characters: a title of this length labels its own column
_ACRONYMS = re.compile(r"(?<=\s)\(([A-Z][^()]{1,23})\)")


@dataclass(frozen=True, eq=False)
class Standard:
    """A standard or report: the lists of one document that are about the same names."""

    document: Document
    names: frozenset[str]
    lists: tuple[CoverageList, ...]
    alone: bool

    @property
    def id(self) -> str:
        """The document's id, and the names where the document is about several standards."""
        return self.document.id if self.alone else f"{self.document.id}#{'+'.join(sorted(self.names))}"

    @property
    def label(self) -> str:
        """A short name for a column: the title, or its acronyms, or its numbered names."""
        title = self.document.title_en or self.document.title_ko
        if not self.alone:
            return _shown(self.names)
        if len(title) <= _SHORT:
            return title
        acronyms = _ACRONYMS.findall(title)
        numbered = [name for name in self.names if any(name.startswith(f"{one.lower()} ") for one in acronyms)]
        if numbered or not acronyms:
            return _shown(numbered or entities(title) & self.names) or title
        return ", ".join(acronyms)

    def title(self, language: Language) -> str:
        """The document's title, with the names where it is about several standards."""
        title = self.document.title(language) or self.label
        return title if self.alone else f"{title}: {self.label}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one standard's lists say about a service, and the segments that it rests on, best first.

    "not_listed" rests on the headings of the lists that leave the service out.
    """

    standing: Standing
    evidence: tuple[Segment, ...]


class Matrix:
    """The lists of a collection by standard and service. `services` are canonical names.

    `shown` has each service as most lists write it; the services are in the order of that.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._coverage = Coverage(documents)
        self.standards = _standards(self._coverage.lists)
        self._by_id = {standard.id: standard for standard in self.standards}
        self._entries = {standard.id: _by_service(standard.lists) for standard in self.standards}
        self._joined: dict[str, Mapping[str, Segment]] = {}
        self.shown = _written(self._entries.values())
        self.services = tuple(sorted(self.shown, key=lambda service: self.shown[service].lower()))

    @cached_property
    def _suites(self) -> Mapping[str, Sequence[str]]:
        return {service: sorted(self._coverage.suites_of(service)) for service in self.services}

    def called(self, service: str) -> tuple[str, ...]:
        """All names that people and lists call a service by, in lower case."""
        return (self.shown[service].lower(), service, *aliases().get(service, ()))

    def standard(self, id: str) -> Standard | None:  # noqa: A002
        """The standard of an id."""
        return self._by_id.get(id)

    def cell(self, standard: Standard, service: str) -> Cell:
        """What the standard's lists say about a service."""
        entries = self._entries[standard.id]
        naming = entries.get(service, ())
        if naming:
            qualified = any(entry.qualifier for entry in naming)
            return Cell("qualified" if qualified else "in_scope", tuple(entry.segment for entry in naming))
        suites = [entry for suite in self._suites[service] for entry in entries.get(suite, ())]
        joined = self._joining(standard).get(service)
        evidence = [*(entry.segment for entry in suites), *([joined] if joined else [])]
        if evidence:
            return Cell("not_stated", tuple(dict.fromkeys(evidence)))
        return Cell("not_listed", tuple(segment for one in standard.lists for segment in one.section.heading))

    def _joining(self, standard: Standard) -> Mapping[str, Segment]:
        """The first sentence of the standard's page that names it together with a service, by service."""
        if standard.id not in self._joined:
            found: dict[str, Segment] = {}
            for segment in standard.document.segments():
                if _names_any(segment.en, standard.names):
                    for service in self._coverage.services(segment.en):
                        found.setdefault(service, segment)
            self._joined[standard.id] = found
        return self._joined[standard.id]


def _standards(lists: Sequence[CoverageList]) -> tuple[Standard, ...]:
    grouped: dict[tuple[str, frozenset[str]], list[CoverageList]] = {}
    for one in lists:
        grouped.setdefault((one.document.id, one.standards), []).append(one)
    per_document = [document for document, _ in grouped]
    return tuple(
        Standard(found[0].document, names, tuple(found), alone=per_document.count(document) == 1)
        for (document, names), found in grouped.items()
    )


def _by_service(lists: Iterable[CoverageList]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, tuple[Entry, ...]] = {}
    for one in lists:
        for entry in one.entries:
            for service in entry.services:
                found[service] = (*found.get(service, ()), entry)
    return found


def _written(lists: Iterable[Mapping[str, Sequence[Entry]]]) -> Mapping[str, str]:
    """Each service as most lines write it, by its canonical name."""
    written: dict[str, Counter[str]] = {}
    for entries in lists:
        for service, found in entries.items():
            written.setdefault(service, Counter()).update(filter(None, (entry.names[service] for entry in found)))
    return {service: max(counts, key=counts.__getitem__, default=service) for service, counts in written.items()}


def _names_any(text: str, names: frozenset[str]) -> bool:
    lower = text.lower()
    return any(name in lower for name in names) or bool(names & entities(text))


def _shown(names: Iterable[str]) -> str:
    return ", ".join(name.upper() for name in sorted(names))
