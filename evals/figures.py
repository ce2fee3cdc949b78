"""The figures of an evaluation, each with its 95% interval and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from evals.cases import VariantName, labelled_divergences
from evals.measures import (
    agreement,
    area_under_risk,
    auroc,
    bootstrap,
    calibration_error,
    citation_precision,
    coverage_risk,
    harmonic_mean,
    nugget_score,
    percentile,
    randomisation_test,
    statements_carried,
    wilson,
)
from evals.run import Row

Better = Literal["higher", "lower", "neither"]
LANGUAGES = {"en": "English", "ko": "Korean"}
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval, over `n` rows; `better` says which way is up. Of nothing, `n` is 0."""

    value: float
    low: float
    high: float
    n: int
    better: Better = "higher"
    unit: str = ""

    def __str__(self) -> str:
        if not self.n:
            return "n 0"
        if self.unit:
            return f"{self.value:.0f} {self.unit} n {self.n}"
        return f"{self.value:.3f} [{self.low:.2f}, {self.high:.2f}] n {self.n}"


def share(count: int, total: int, better: Better = "higher") -> Figure:
    """A proportion with Wilson's interval."""
    return Figure(count / total if total else 0.0, *wilson(count, total), total, better)


def average(values: Sequence[float], better: Better = "higher") -> Figure:
    """A mean of values from 0 to 1 with its bootstrap interval."""
    value = fmean(values) if values else 0.0
    return Figure(value, *_spread(value, bootstrap(values), len(values)), len(values), better)


def mean_difference(values: Sequence[float]) -> Figure:
    """A mean of differences with its bootstrap interval."""
    return Figure(fmean(values) if values else 0.0, *bootstrap(values), len(values))


def _spread(value: float, resampled: tuple[float, float], n: int) -> tuple[float, float]:
    """A bootstrap interval; where resampling shows no spread, as of values that are all 1, Wilson's in its place."""
    low, high = resampled
    return wilson(value * n, n) if low == high else (low, high)


def figures(rows: Sequence[Row]) -> dict[str, Figure]:
    """The main figures of one system's rows, by name. Failures count as wrong and stay in every denominator."""
    answerable = [row for row in rows if row.case.answerable]
    unanswerable = [row for row in rows if not row.case.answerable]
    answered = [row for row in answerable if row.answered]
    precisions = [citation_precision(row.case, row.cited) for row in answered]
    return {
        "fully right answers": share(sum(row.right for row in rows), len(rows)),
        "of the answerable": share(sum(row.right for row in answerable), len(answerable)),
        "citation recall": average([row.recall for row in answerable]),
        "citation precision": average(precisions),
        "citation F1": average([_f1(row) for row in answerable]),
        "facts, okay ones too": average([nugget_score(row.case, row.cited) for row in answerable]),
        **_quotes(rows),
        **_verdicts(answerable),
        **_divergences(rows),
        "unanswerable refused": share(sum(row.abstained for row in unanswerable), len(unanswerable)),
        "answerable refused": share(len(answerable) - len(answered), len(answerable), "lower"),
        **_confidence(answerable, unanswerable),
        "failures": share(sum(row.error is not None for row in rows), len(rows), "lower"),
    }


def _f1(row: Row) -> float:
    return harmonic_mean(citation_precision(row.case, row.cited), row.recall)


def _quotes(rows: Sequence[Row]) -> dict[str, Figure]:
    faithful, quotes = (sum(row.quotes[place] for row in rows) for place in (0, 1))
    counted = [statements_carried(row.answer) for row in rows if row.answer]
    carried, statements = (sum(pair[place] for pair in counted) for place in (0, 1))
    return {"quotes byte for byte": share(faithful, quotes), "statements carried": share(carried, statements)}


def _verdicts(answerable: Sequence[Row]) -> dict[str, Figure]:
    outcomes = [row.verdict for row in answerable if row.verdict]
    return {
        "verdicts right": share(outcomes.count("right"), len(outcomes)),
        "wrong verdicts": share(outcomes.count("wrong"), len(outcomes), "lower"),
        "verdicts missing": share(outcomes.count("missing"), len(outcomes), "lower"),
    }


def _divergences(rows: Sequence[Row]) -> dict[str, Figure]:
    """Disagreements of the languages that must be shown and are; and answers over pages read whole that show another.

    Over further documents nobody knows all that are there, so only what is shown on the read pages can be in error.
    """
    wanted = [row for row in rows if row.case.divergent]
    found = sum({segment for _, segment in row.shown} >= set(row.case.divergent) for row in wanted)
    told = [row for row in rows if row.answered and _cites_read_page(row)]
    return {
        "divergences shown": share(found, len(wanted)),
        "divergences shown in error": share(sum(row.shown_in_error for row in told), len(told), "lower"),
    }


def _cites_read_page(row: Row) -> bool:
    return row.answer is not None and any(one.document in labelled_divergences() for one in row.answer.citations)


def predictions(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """(confidence, whether the cited segments state a vital fact) of the answers that were given."""
    return [
        (row.answer.confidence, row.case.answerable and row.recall > 0) for row in rows if row.answer and row.answered
    ]


def given(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """(confidence, fully right) of the answers that were given."""
    return [(row.answer.confidence, row.right) for row in rows if row.answer and row.answered]


def _confidence(answerable: Sequence[Row], unanswerable: Sequence[Row]) -> dict[str, Figure]:
    rows = [*answerable, *unanswerable]
    labelled = [(row.answer.confidence if row.answer else 0.0, row.case.answerable) for row in rows]
    total = len(rows)
    return {
        "AUROC of the confidence": _of(labelled, _auroc, "higher"),
        "area under risk and coverage": _of(
            given(rows), lambda pairs: area_under_risk(coverage_risk(pairs, total)), "lower"
        ),
        "calibration error": _of(predictions(rows), calibration_error, "lower"),
    }


def _auroc(pairs: Sequence[tuple[float, bool]]) -> float:
    return auroc([score for score, positive in pairs if positive], [score for score, positive in pairs if not positive])


def _of(
    pairs: Sequence[tuple[float, bool]], statistic: Callable[[Sequence[tuple[float, bool]]], float], better: Better
) -> Figure:
    value = statistic(pairs)
    resampled = bootstrap(pairs, statistic=statistic, rounds=_ROUNDS)
    return Figure(value, *_spread(value, resampled, len(pairs)), len(pairs), better)


def performance(rows: Sequence[Row]) -> dict[str, Figure]:
    """Milliseconds of the answers, seconds of opening, memory: of one system, as this machine had them."""
    spent = [1000 * row.seconds for row in rows if row.error is None]
    found = {f"p{round(100 * part)}": percentile(spent, part) for part in (0.5, 0.95, 0.99)}
    times = {name: Figure(value, value, value, len(spent), "lower", "ms") for name, value in found.items()}
    start = 1000 * max((row.start_seconds for row in rows), default=0.0)
    peak = max((row.peak_mib for row in rows), default=0.0)
    return {
        **times,
        "start": Figure(start, start, start, min(1, len(rows)), "lower", "ms"),
        "peak memory": Figure(peak, peak, peak, min(1, len(rows)), "lower", "MiB"),
    }


def twins_agree(rows: Sequence[Row]) -> Figure:
    """Share of twins whose two answers are both right or both wrong, and give the same verdict."""
    pairs: dict[str, list[Row]] = {}
    for row in rows:
        pairs.setdefault(row.case.twin, []).append(row)
    twins = (pair for pair in pairs.values() if {row.case.language for row in pair} == set(LANGUAGES))
    return share(*agreement((_outcome(first), _outcome(second)) for first, second in twins))


def _outcome(row: Row) -> tuple[bool, str | None]:
    return row.right, row.answer.verdict if row.answer else None


@dataclass(frozen=True, slots=True)
class Drop:
    """How many fully right answers a way of writing costs: shares before and after, their difference, its p."""

    before: float
    after: float
    difference: Figure
    p: float


def robustness(rows: Sequence[Row]) -> dict[VariantName, Drop]:
    """The drop by variant, over the variants whose original was asked too."""
    originals = {row.case.id: row for row in rows if row.case.variant is None}
    found: dict[VariantName, list[tuple[Row, Row]]] = {}
    for row in rows:
        if row.case.variant and row.case.origin in originals:
            found.setdefault(row.case.variant, []).append((originals[row.case.origin], row))
    return {name: _drop(pairs) for name, pairs in found.items()}


def _drop(pairs: Sequence[tuple[Row, Row]]) -> Drop:
    differences = [float(after.right) - before.right for before, after in pairs]
    return Drop(
        before=fmean(before.right for before, _ in pairs),
        after=fmean(after.right for _, after in pairs),
        difference=mean_difference(differences),
        p=randomisation_test(by_twin((before.case.twin for before, _ in pairs), differences)),
    )


def right_over_twins(rows: Sequence[Row]) -> Figure:
    """Fully right answers of both languages together: the interval is over twins, which ask the same."""
    return average(by_twin((row.case.twin for row in rows), [float(row.right) for row in rows]))


def by_twin(twins: Iterable[str], differences: Sequence[float]) -> list[float]:
    """The mean difference of each pair of twins: they ask the same, so they are one unit of a test."""
    found: dict[str, list[float]] = {}
    for twin, difference in zip(twins, differences, strict=True):
        found.setdefault(twin, []).append(difference)
    return [fmean(values) for values in found.values()]
