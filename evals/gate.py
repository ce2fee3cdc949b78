"""The gate: a fast slice of the questions, held against figures that stand in the repository.

The slice is the development questions over the bundled page, which every checkout has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import RunError
from evals.cases import Case
from evals.compare import SIGNIFICANT
from evals.figures import LANGUAGES, Better, Figure, by_twin, figures
from evals.measures import randomisation_test
from evals.run import Row

BASELINE = Path(str(files("evals"))) / "data" / "baseline.json"
_HELD = (
    "fully right answers",
    "citation recall",
    "citation precision",
    "wrong verdicts",
    "verdicts missing",
    "divergences shown",
    "divergences shown in error",
    "unanswerable refused",
    "answerable refused",
    "AUROC of the confidence",
)


class Held(BaseModel):
    """A figure that must not get worse than the worse end of its interval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
    n: int
    better: Better

    def holds(self, figure: Figure) -> bool:
        return figure.value >= self.low if self.better == "higher" else figure.value <= self.high


class Entry(BaseModel):
    """Why the baseline was moved, when, and the figures that it was moved to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str
    date: str
    values: dict[str, float]


class Baseline(BaseModel):
    """The figures to hold, by language and name; the cases that were fully right; and how it came to these.

    `cases` is a SHA-256 over the questions: figures of other questions say nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: str
    figures: dict[str, Held]
    right: tuple[str, ...]
    history: tuple[Entry, ...]

    @classmethod
    def load(cls, path: Path = BASELINE) -> Baseline:
        """Read a baseline.

        Raises:
            RunError: there is none, or it cannot be read.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise RunError(
                f"The baseline {path} cannot be read: {str(error).splitlines()[0]}.",
                remedy='Record one: python -m evals gate --record "why".',
            ) from error

    def save(self, path: Path = BASELINE) -> None:
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def record(rows: Sequence[Row], why: str, before: Baseline | None) -> Baseline:
    """The baseline that these rows are, with the reason added to its history.

    Raises:
        RunError: no reason is given, or a question failed.
    """
    if not why.strip():
        raise RunError("A baseline is not moved without a reason.", remedy='Say why: --record "why".')
    if failed := [row.case.id for row in rows if row.error is not None]:
        raise RunError(f"{len(failed)} questions failed: {', '.join(failed[:5])}.", remedy="Mend that first.")
    found = _figures(rows)
    entry = Entry(
        why=why.strip(),
        date=date.today().isoformat(),
        values={name: round(figure.value, 4) for name, figure in found.items()},
    )
    return Baseline(
        cases=digest([row.case for row in rows]),
        figures={
            name: Held(
                value=round(figure.value, 4),
                low=round(figure.low, 4),
                high=round(figure.high, 4),
                n=figure.n,
                better=figure.better,
            )
            for name, figure in found.items()
        },
        right=tuple(row.case.id for row in rows if row.right),
        history=(*(before.history if before else ()), entry),
    )


def faults(rows: Sequence[Row], baseline: Baseline) -> Iterator[str]:
    """What is worse than the baseline: a figure beyond its interval, or more broken than chance would break.

    A failure and a quote that is not what its segment says need no comparison.

    Raises:
        RunError: the rows are of other questions than the baseline.
    """
    if digest([row.case for row in rows]) != baseline.cases:
        raise RunError(
            "The baseline was recorded on other questions.",
            remedy='Record it anew: python -m evals gate --record "why".',
        )
    for row in rows:
        if row.error is not None:
            yield f"{row.case.id} failed: {row.error}"
        elif row.quotes[0] != row.quotes[1]:
            yield f"{row.case.id} has {row.quotes[1] - row.quotes[0]} quotes that are not what their segments say"
    found = _figures(rows)
    for name, held in baseline.figures.items():
        if not held.holds(found[name]):
            border = held.low if held.better == "higher" else held.high
            yield f"{name} is {found[name].value:.3f}, beyond {border:.3f} (baseline {held.value:.3f}, n {held.n})"
    yield from _broken(rows, baseline)


def _broken(rows: Sequence[Row], baseline: Baseline) -> Iterator[str]:
    """One fault where significantly more questions broke than were mended; intervals alone would miss it."""
    right = frozenset(baseline.right)
    differences = by_twin((row.case.twin for row in rows), [float(row.right) - (row.case.id in right) for row in rows])
    p = randomisation_test(differences)
    if sum(differences) < 0 and p < SIGNIFICANT:
        broken = [row.case.id for row in rows if row.case.id in right and not row.right]
        yield f"{len(broken)} answers that were right no longer are (p {p:.3f}): {', '.join(broken)}"


def described(rows: Sequence[Row], baseline: Baseline) -> str:
    """Baseline and present figures side by side, as Markdown."""
    from evals.report.markdown import as_table

    found = _figures(rows)
    lines = {
        name: [f"{held.value:.3f} [{held.low:.2f}, {held.high:.2f}] n {held.n}", f"{found[name].value:.3f}"]
        for name, held in baseline.figures.items()
    }
    return as_table("", lines, ["baseline", "now"])


def _figures(rows: Sequence[Row]) -> Mapping[str, Figure]:
    return {
        f"{name}, {title}": figure
        for code, title in LANGUAGES.items()
        for name, figure in figures([row for row in rows if row.case.language == code]).items()
        if name in _HELD and figure.n
    }


def digest(cases: Sequence[Case]) -> str:
    """A SHA-256 over the cases, whatever their order."""
    lines = sorted(case.model_dump_json() for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
