"""Ask every case and keep one row each, failures included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assistant.records import Answer
from evals.cases import Case
from evals.measures import auroc, citation_precision, fully_right, nugget_recall, wilson


class System(Protocol):
    """Anything that answers questions as our assistant does."""

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer: ...


class Row(BaseModel):
    """What a system answered to one case, and how long it took. `error` is set when it raised instead."""

    model_config = ConfigDict(frozen=True)

    case: Case
    answer: Answer | None
    error: str | None
    seconds: float

    @property
    def cited(self) -> frozenset[str]:
        if self.answer is None:
            return frozenset()
        return frozenset(segment for citation in self.answer.citations for segment in citation.segment_ids)

    @property
    def right(self) -> bool:
        return self.answer is not None and fully_right(
            self.case, self.cited, self.answer.verdict, abstained=self.answer.abstained
        )


def run(system: System, cases: Iterable[Case], *, on_row: Callable[[Row], object] = lambda _: None) -> list[Row]:
    """One row a case, in order."""
    rows = []
    for case in cases:
        row = _ask(system, case)
        on_row(row)
        rows.append(row)
    return rows


def _ask(system: System, case: Case) -> Row:
    began = time.perf_counter()
    try:
        found: Answer | None = system.answer(case.question, [turn.model_dump() for turn in case.history])
        error = None
    except Exception as raised:  # noqa: BLE001  a system under test may raise anything; that is a row, not a crash
        found, error = None, f"{type(raised).__name__}: {raised}"
    return Row(case=case, answer=found, error=error, seconds=time.perf_counter() - began)


def summarise(rows: Sequence[Row]) -> dict[str, str]:
    """The main figures of some rows, each with its 95% interval and n."""
    answerable = [row for row in rows if row.case.answerable]
    unanswerable = [row for row in rows if not row.case.answerable]
    answered = [row for row in answerable if row.answer and not row.answer.abstained]
    asked_yes_no = [row for row in answerable if row.case.verdict]
    wrong = [row for row in asked_yes_no if row.answer and row.answer.verdict not in (None, row.case.verdict)]
    given = [row for row in asked_yes_no if row.answer and row.answer.verdict]
    confidences = [[row.answer.confidence for row in part if row.answer] for part in (answerable, unanswerable)]
    return {
        "fully right": _share(sum(row.right for row in rows), len(rows)),
        "right, answerable": _share(sum(row.right for row in answerable), len(answerable)),
        "citation recall": _mean([nugget_recall(row.case, row.cited) for row in answered]),
        "citation precision": _mean([citation_precision(row.case, row.cited) for row in answered]),
        "verdict wrong": _share(len(wrong), len(asked_yes_no)),
        "verdict given": _share(len(given), len(asked_yes_no)),
        "unanswerable refused": _share(
            sum(bool(row.answer and row.answer.abstained) for row in unanswerable), len(unanswerable)
        ),
        "answerable refused": _share(len(answerable) - len(answered), len(answerable)),
        "AUROC of confidence": f"{auroc(*confidences):.3f}",
        "failures": str(sum(row.error is not None for row in rows)),
    }


def _share(count: int, total: int) -> str:
    low, high = wilson(count, total)
    return f"{count / total:.3f} [{low:.2f}, {high:.2f}] n={total}" if total else "n=0"


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3f} n={len(values)}" if values else "n=0"
