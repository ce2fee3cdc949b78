"""Ask every case and keep one row each, failures included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assistant.records import Answer
from evals.cases import Case
from evals.measures import fully_right


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
        if not isinstance(found, Answer):
            raise TypeError(f"answered with a {type(found).__name__} instead of an Answer")
        error = None
    except Exception as raised:  # noqa: BLE001  a system under test may raise anything; that is a row, not a crash
        found, error = None, f"{type(raised).__name__}: {raised}"
    return Row(case=case, answer=found, error=error, seconds=time.perf_counter() - began)
