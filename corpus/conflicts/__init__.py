"""Where two passages of one document disagree: it names different reports of a service in two places, judges one
report by two editions of a standard, or says nearly the same sentence twice with another number, date or "not".

Precision before recall: what the headings, a table's row or a third passage may explain is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    """The conflicts of a collection, by either side."""

    def __init__(self, documents: Iterable[Document], coverage: Coverage) -> None:
        self._found: dict[tuple[str, str], tuple[Conflict, ...]] = {}
        for document in documents:
            for one in conflicts(document, coverage):
                for side in (one.first, one.second):
                    key = document.id, side.id
                    self._found[key] = (*self._found.get(key, ()), one)

    def of(self, document: Document, segment: Segment) -> tuple[Conflict, ...]:
        """What a segment of a document is one side of."""
        return self._found.get((document.id, segment.id), ())
