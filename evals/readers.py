"""The reader by itself: can it tell evidence that answers from evidence that does not, and read the verdict off it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.figures import LANGUAGES, Figure, share
from evals.measures import Bin, auroc, bootstrap, calibration_error, reliability

if TYPE_CHECKING:
    from assistant.reader import Reader
    from evals.cases import Case
    from evals.models import Bench

_SUREST = 0.5
_BINS = 5


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
    """AUROC and calibration of answerability, accuracy and calibration of verdicts, (gold, said) -> count.

    `reliability` and `verdict_reliability` are their curves: of what was said with a probability, how much is true.
    """

    answerability: Figure
    calibration_error: float
    reliability: list[Bin]
    verdicts: Figure
    surest_half: Figure
    verdict_error: float
    verdict_reliability: list[Bin]
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
    verdicts = [(one.sure, one.verdict == one.case.verdict) for one in judged]
    return ReaderFigures(
        answerability=Figure(_area(pairs), *bootstrap(pairs, statistic=_area, rounds=500), len(pairs)),
        calibration_error=calibration_error(pairs),
        reliability=reliability(pairs, bins=_BINS),
        verdicts=share(sum(right for _, right in verdicts), len(judged)),
        surest_half=share(sum(one.verdict == one.case.verdict for one in surest), len(surest)),
        verdict_error=calibration_error(verdicts),
        verdict_reliability=reliability(verdicts, bins=_BINS),
        confusion=Counter((str(one.case.verdict), str(one.verdict)) for one in judged),
    )


def _area(pairs: Sequence[tuple[float, bool]]) -> float:
    return auroc([score for score, truth in pairs if truth], [score for score, truth in pairs if not truth])


def reader_table(found: Sequence[Reading]) -> str:
    """By the question's language and over both; the verdicts' confusion; and the two curves, as Markdown."""
    from evals.report.markdown import as_table

    columns = {
        title: reader_figures([one for one in found if one.case.language == code]) for code, title in LANGUAGES.items()
    }
    columns["both"] = both = reader_figures(found)
    lines: dict[str, list[object]] = {
        "AUROC of answerability": [one.answerability for one in columns.values()],
        "its calibration error": [f"{one.calibration_error:.3f}" for one in columns.values()],
        "verdicts right, given the evidence": [one.verdicts for one in columns.values()],
        "of the half it is surest of": [one.surest_half for one in columns.values()],
        "their calibration error": [f"{one.verdict_error:.3f}" for one in columns.values()],
    }
    names = ("yes", "no", "conditional")
    confusion = {gold: [both.confusion[gold, said] for said in names] for gold in names}
    curves = {"answerable": _curve(both.reliability), "verdict": _curve(both.verdict_reliability)}
    return "\n\n".join(
        [
            as_table("reader", lines, list(columns)),
            as_table("gold / read", confusion, names),
            as_table("said -> true", curves, [f"{low / _BINS:.1f} to {(low + 1) / _BINS:.1f}" for low in range(_BINS)]),
        ]
    )


def _curve(bins: Sequence[Bin]) -> list[str]:
    """The bins in their places, empty ones blank."""
    told = {min(_BINS - 1, int(one.confidence * _BINS)): one for one in bins}
    return [
        f"{one.confidence:.2f} -> {one.truth:.2f} (n {one.count})" if (one := told.get(place)) else ""
        for place in range(_BINS)
    ]
