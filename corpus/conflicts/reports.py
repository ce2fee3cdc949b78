"""Which reports a document says a service has, and by which edition of a standard a report is made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from corpus.conflicts.finding import Conflict, conflict
from corpus.conflicts.vocabulary import vocabulary
from corpus.coverage import Coverage
from corpus.entities import entities
from corpus.model import Document, Section, Segment

Typed = tuple[str, str]
"""A report and its type: ("soc 1", "2")."""
_Places = dict[str, list[tuple[int, Segment]]]

_CLAUSE = re.compile(r"[;。]\s*|\.\s+")
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}
_NAME = r"[A-Za-z][A-Za-z/-]*[A-Za-z]"
# A numbered name right before another one: "SOC 1 (SSAE 18", "SOC 1 SSAE 16".
_BY = re.compile(
    rf"(?<![A-Za-z])(?P<report>(?P<series>{_NAME})[\s-]?\d+)"
    rf"(?=\s*\(?\s*(?P<standard>{_NAME})(?:\s+No\.)?[\s-]?(?P<edition>\d+(?:[.-]\d+)*))"
)


@dataclass(frozen=True, slots=True)
class _Claims:
    """What one section says about the reports of one service, segment by segment."""

    scope: frozenset[str]
    made: list[tuple[Segment, frozenset[Typed]]] = field(default_factory=list)

    def within(self, scope: frozenset[str]) -> frozenset[Typed]:
        """The reports that a section of that scope would have to name too."""
        named = frozenset[Typed]().union(*(typed for _, typed in self.made))
        return frozenset((name, number) for name, number in named if not scope or name in scope)


def reports(document: Document, coverage: Coverage) -> Iterator[Conflict]:
    """A service whose typed reports in one section are none of those in another that also names some.

    Sections that share a report are compatible, and so are sections whose headings restrict them to other standards.
    """
    for service, sections in _claims(document, coverage).items():
        for one, other in combinations(sections, 2):
            here, there = one.within(other.scope), other.within(one.scope)
            if not here or not there or here & there:
                continue
            for (first, mine), (second, theirs) in product(one.made, other.made):
                if mine & here and theirs & there:
                    subject = _written(service, first)
                    en, ko = ({"first": _named(here, of), "second": _named(there, of)} for of in ("en", "ko"))
                    yield conflict("report", first, second, topic=service, subject=subject, ko=ko, **en)


def _claims(document: Document, coverage: Coverage) -> dict[str, list[_Claims]]:
    found: defaultdict[str, list[_Claims]] = defaultdict(list)
    for section in document.sections:
        here: dict[str, _Claims] = {}
        for segment in section.segments:
            for clause in _CLAUSE.split(segment.text("en")) if vocabulary().types.search(segment.text("en")) else ():
                typed = _typed(coverage.without_services(clause, ". "))
                for service in coverage.services(clause) if typed else ():
                    here.setdefault(service, _Claims(_scope(section, coverage))).made.append((segment, typed))
        for service, claims in here.items():
            found[service].append(claims)
    return found


def _scope(section: Section, coverage: Coverage) -> frozenset[str]:
    """The standards and reports of a section's own heading: it need not speak of any other."""
    heading = " ".join(segment.text("en") for segment in section.heading)
    return entities(coverage.without_services(heading, ". "))


def _typed(clause: str) -> frozenset[Typed]:
    """The reports of a clause whose type it gives; "SOC 1 and SOC 2 Type 2" gives it for both.

    >>> sorted(_typed("SOC 1 Type 2, SOC 2 AT 101 Type II, and SOC 3 reports"))
    [('soc 1', '2'), ('soc 2', '2')]
    """
    found: set[Typed] = set()
    start = 0
    for match in vocabulary().types.finditer(clause):
        number = match[1].lower()
        found.update((name, _ROMAN.get(number, number)) for name in entities(clause[start : match.start()]))
        start = match.end()
    return frozenset(found)


def editions(document: Document, coverage: Coverage) -> Iterator[Conflict]:
    """A report that is named together with one edition of a standard here and with another one there.

    Where any passage names both editions, the document itself explains the difference.
    """
    for (report, standard), places in _by_standard(document, coverage).items():
        for (number, here), (another, there) in combinations(places.items(), 2):
            if number.startswith(another) or another.startswith(number):  # 27001 and 27001-2013
                continue
            if _together(document, f"{standard} {number}", f"{standard} {another}"):
                continue
            for (first_at, first), (second_at, second) in product(here, there):
                if first_at != second_at:
                    yield _edition(report, standard, (number, first), (another, second))


def _edition(report: str, standard: str, here: tuple[str, Segment], there: tuple[str, Segment]) -> Conflict:
    (number, first), (another, second) = here, there
    return conflict(
        "edition", first, second, topic=standard, subject=report.upper(),
        first=f"{standard.upper()} {number}", second=f"{standard.upper()} {another}",
    )  # fmt: skip


def _together(document: Document, *names: str) -> bool:
    return any(entities(segment.text("en")).issuperset(names) for segment in document.segments())


def _by_standard(document: Document, coverage: Coverage) -> dict[tuple[str, str], _Places]:
    """For each report and standard: the editions, with the numbers of the sections and the segments that name them."""
    found: defaultdict[tuple[str, str], _Places] = defaultdict(lambda: defaultdict(list))
    parts = vocabulary().parts
    for number, section in enumerate(document.sections):
        for segment in section.segments:
            for match in _BY.finditer(segment.text("en")):
                series, standard = match["series"].lower(), match["standard"].lower()
                if parts & {series, standard} or series == standard or coverage.services(match["report"]):
                    continue
                report = " ".join(entities(match["report"])) or match["report"].lower()
                found[report, standard][match["edition"]].append((number, segment))
    return found


def _named(typed: Iterable[Typed], language: str) -> str:
    word = vocabulary().type_names[language]
    return ", ".join(f"{name.upper()} {word} {number}" for name, number in sorted(typed))


def _written(service: str, segment: Segment) -> str:
    """The service as the segment writes it, where it does."""
    match = re.search(re.escape(service), segment.text("en"), re.IGNORECASE)
    return match[0] if match else service
