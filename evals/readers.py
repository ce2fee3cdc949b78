"""The reader by itself: can it tell evidence that answers from evidence that does not, and read the verdict off it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.figures import Figure, share
from evals.measures import Bin, auroc, bootstrap, calibration_error, reliability

if TYPE_CHECKING:
    from assistant.reader import Reader
    from evals.cases import Case
    from evals.models import Bench

_SUREST = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader said of a question's evidence. `answers` is its probability; `truth` whether it does answer."""

    case: Case
    answers: float
    truth: bool
    verdict: str | None
    sure: float


@dataclass(frozen=True, slots=True)
class ReaderFigures:
    """AUROC and calibration of answerability, accuracy of verdicts, (gold, said) -> count."""

    answerability: Figure
    calibration_error: float
    reliability: list[Bin]
    verdicts: Figure
    surest_half: Figure
    confusion: Counter[tuple[str, str]]


def readings(
    reader: Reader, bench: Bench, cases: Sequence[Case], *, on_case: Callable[[Case], object] = lambda _: None
) -> list[Reading]:
    """An answerable question is read with its gold evidence, an unanswerable one with the passage that ranks first."""
    sections = {
        segment.id: (segment, chunk.section)
        for chunk in bench.index.chunks
        for segment in (*chunk.section.heading, *chunk.segments)
    }
    found = []
    for case in cases:
        asked = bench.assistant.understand(case.standalone or case.question)
        if case.answerable:
            stated = [sections[nugget.segments[0]] for nugget in case.nuggets if nugget.segments[0] in sections]
        else:
            first = bench.assistant.passages(asked)[0]
            stated = [(first.best.segment, first.chunk.section)]
        if stated:
            evidence = list(dict.fromkeys(segment for segment, _ in stated))
            path = stated[0][1].heading_path(case.language)
            read = reader.read(asked.text, evidence, language=case.language, heading_path=path)
            verdict = read.verdict if case.verdict else None
            found.append(Reading(case, read.answers, case.answerable, verdict, max(read.verdicts.values())))
        on_case(case)
    return found


def reader_figures(found: Sequence[Reading]) -> ReaderFigures:
    """All figures of some readings."""
    pairs = [(one.answers, one.truth) for one in found]
    judged = [one for one in found if one.case.verdict]
    surest = sorted(judged, key=lambda one: one.sure, reverse=True)[: round(_SUREST * len(judged))]
    return ReaderFigures(
        answerability=Figure(_area(pairs), *bootstrap(pairs, statistic=_area, rounds=500), len(pairs)),
        calibration_error=calibration_error(pairs),
        reliability=reliability(pairs),
        verdicts=share(sum(one.verdict == one.case.verdict for one in judged), len(judged)),
        surest_half=share(sum(one.verdict == one.case.verdict for one in surest), len(surest)),
        confusion=Counter((str(one.case.verdict), str(one.verdict)) for one in judged),
    )


def _area(pairs: Sequence[tuple[float, bool]]) -> float:
    return auroc([score for score, truth in pairs if truth], [score for score, truth in pairs if not truth])


def reader_table(found: ReaderFigures) -> str:
    """The figures as Markdown."""
    from evals.report.markdown import as_table

    lines: dict[str, list[object]] = {
        "AUROC of answerability": [found.answerability],
        "calibration error": [f"{found.calibration_error:.3f}"],
        "verdicts right, given the evidence": [found.verdicts],
        "of the half it is surest of": [found.surest_half],
    }
    names = ("yes", "no", "conditional")
    confusion = {gold: [found.confusion[gold, said] for said in names] for gold in names}
    return "\n\n".join([as_table("reader", lines, [""]), as_table("gold / read", confusion, names)])
