"""Two runs over the same questions: what got better, what broke, and whether chance would do the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.errors import RunError
from evals.figures import Figure, by_twin, mean_difference
from evals.measures import citation_precision, randomisation_test
from evals.run import Row

SIGNIFICANT = 0.05
_RIGHT = "fully right answers"
_MEASURES: dict[str, Callable[[Row], float | None]] = {
    _RIGHT: lambda row: float(row.right),
    "citation recall": lambda row: row.recall if row.case.answerable else None,
    "citation precision": lambda row: citation_precision(row.case, row.cited) if row.case.answerable else None,
    "wrong verdicts": lambda row: -float(row.verdict == "wrong") if row.verdict else None,
    "unanswerable refused": lambda row: None if row.case.answerable else float(row.abstained),
    "answerable answered": lambda row: float(row.answered) if row.case.answerable else None,
    "no failure": lambda row: float(row.error is None),
}
"""More is better in each."""


@dataclass(frozen=True, slots=True)
class Change:
    """A measure before and after: means, their difference with its interval over twins, and its p."""

    before: float
    after: float
    difference: Figure
    p: float

    @property
    def is_worse(self) -> bool:
        return self.difference.value < 0 and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed over the cases that both runs asked, by measure; ids of the answers that were mended or broken."""

    changes: dict[str, Change]
    mended: tuple[str, ...]
    broken: tuple[str, ...]
    cases: int

    @property
    def is_worse(self) -> bool:
        return any(change.is_worse for change in self.changes.values())


def compare(before: Sequence[Row], after: Sequence[Row]) -> Comparison:
    """Compare two systems' rows, case by case.

    The p is of a paired randomisation test over twins, uncorrected for the number of measures.

    Raises:
        RunError: they have no question in common.
    """
    pairs = _paired(before, after)
    return Comparison(
        changes={name: _change(pairs, measure) for name, measure in _MEASURES.items()},
        mended=tuple(new.case.id for old, new in pairs if new.right and not old.right),
        broken=tuple(new.case.id for old, new in pairs if old.right and not new.right),
        cases=len(pairs),
    )


def lead(mine: Sequence[Row], theirs: Sequence[Row]) -> Change:
    """By how much more of one system's answers are fully right than of another's, on the questions of both.

    Raises:
        RunError: they have no question in common.
    """
    return _change(_paired(theirs, mine), _MEASURES[_RIGHT])


def _paired(before: Sequence[Row], after: Sequence[Row]) -> list[tuple[Row, Row]]:
    first = {row.case.id: row for row in before}
    pairs = [(first[row.case.id], row) for row in after if row.case.id in first]
    if not pairs:
        raise RunError("The two runs have no question in common.", remedy="Run both over the same cases.")
    return pairs


def _change(pairs: Sequence[tuple[Row, Row]], measure: Callable[[Row], float | None]) -> Change:
    found = [
        (old.case.twin, a, b)
        for old, new in pairs
        if (a := measure(old)) is not None
        if (b := measure(new)) is not None
    ]
    differences = by_twin((twin for twin, _, _ in found), [b - a for _, a, b in found])
    count = max(1, len(found))
    return Change(
        before=sum(a for _, a, _ in found) / count,
        after=sum(b for _, _, b in found) / count,
        difference=mean_difference(differences),
        p=randomisation_test(differences),
    )


def only(rows: Sequence[Row], system: str | None) -> list[Row]:
    """The rows of one system; of the only one, where none is named.

    Raises:
        RunError: it is not among them, or several are and none was named.
    """
    systems = list(dict.fromkeys(row.system for row in rows))
    if system is None and len(systems) == 1:
        return list(rows)
    if system not in systems:
        said = "No system was named" if system is None else f"There is no system {system!r}"
        raise RunError(f"{said}; the run has {', '.join(systems) or 'none'}.", remedy="Name one with --systems.")
    return [row for row in rows if row.system == system]


def describe(found: Comparison) -> str:
    """The comparison as Markdown."""
    from evals.report.markdown import as_table

    lines = {
        name: [f"{abs(change.before):.3f}", f"{abs(change.after):.3f}", change.difference, f"{change.p:.3f}"]
        for name, change in found.changes.items()
    }
    return "\n\n".join(
        [
            f"{found.cases} questions in both.",
            as_table("", lines, ["before", "after", "difference (up is better)", "p"]),
            f"mended ({len(found.mended)}): {', '.join(found.mended) or 'none'}",
            f"broken ({len(found.broken)}): {', '.join(found.broken) or 'none'}",
        ]
    )
