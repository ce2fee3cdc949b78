"""Where two passages of one document disagree: it names different reports of a service in two places, judges one
report by two editions of a standard, or says nearly the same sentence twice with another number, date or "not".

Precision before recall: what the headings, a table's row or a third passage may explain is left alone.
"""

from __future__ import annotations

from itertools import chain

from corpus.conflicts.finding import Conflict, Kind
from corpus.conflicts.reports import editions, reports
from corpus.conflicts.sentences import sentences
from corpus.coverage import Coverage
from corpus.model import Document, Segment

__all__ = ["Conflict", "Conflicts", "Kind", "conflicts"]


def conflicts(document: Document, coverage: Coverage) -> tuple[Conflict, ...]:
    """The conflicts of a document, in its order; `coverage` knows what services are called."""
    place = {segment.id: number for number, segment in enumerate(document.segments())}
    found = chain(reports(document, coverage), editions(document, coverage), sentences(document, coverage))
    return tuple(sorted(found, key=lambda one: (place[one.first.id], place[one.second.id])))


class Conflicts:
    """The conflicts of documents, found when one is first asked about."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._found: dict[str, tuple[Conflict, ...]] = {}

    def of(self, document: Document, segment: Segment) -> tuple[Conflict, ...]:
        """What a segment of a document is one side of."""
        if document.id not in self._found:
            self._found[document.id] = conflicts(document, self._coverage)
        return tuple(one for one in self._found[document.id] if segment.id in (one.first.id, one.second.id))
