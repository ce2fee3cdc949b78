"""What is measured, as pure functions. Missing answers score zero; nothing is left out of a denominator."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from evals.cases import Case

Z_95 = 1.959963984540054


def nugget_recall(case: Case, cited: frozenset[str]) -> float:
    """Share of the vital facts that a cited segment states (AutoNuggetizer's strict vital score, by segment ids)."""
    vital = [nugget for nugget in case.nuggets if nugget.vital]
    if not vital:
        return 1.0
    return sum(bool(cited & set(nugget.segments)) for nugget in vital) / len(vital)


def citation_precision(case: Case, cited: frozenset[str]) -> float:
    """Share of the cited segments that state one of the facts (ALCE, Gao et al. 2023, with segment ids as gold)."""
    return len(cited & case.gold) / len(cited) if cited else 0.0


def fully_right(case: Case, cited: frozenset[str], verdict: str | None, *, abstained: bool) -> bool:
    """Whether an answer can be acted on as it is.

    Unanswerable: it abstains. Answerable: it does not, every vital fact is cited, and a verdict, if the answer
    gives one, is the gold one.
    """
    if not case.answerable:
        return abstained
    complete = not abstained and nugget_recall(case, cited) == 1.0
    return complete and (verdict is None or case.verdict is None or verdict == case.verdict)


def wilson(successes: int, total: int) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927)."""
    if total == 0:
        return 0.0, 1.0
    share = successes / total
    scale = 1 + Z_95**2 / total
    middle = (share + Z_95**2 / (2 * total)) / scale
    half = Z_95 * math.sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    values: Sequence[float],
    *,
    statistic: Callable[[Sequence[float]], float] = lambda sample: sum(sample) / len(sample),
    rounds: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """95% percentile interval of a statistic, the mean by default (Efron 1979)."""
    if not values:
        return 0.0, 0.0
    draw = random.Random(seed)  # noqa: S311  resampling, not secrets
    found = sorted(statistic(draw.choices(values, k=len(values))) for _ in range(rounds))
    return found[int(0.025 * rounds)], found[int(0.975 * rounds) - 1]


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties counting half (Hanley and McNeil 1982)."""
    if not positives or not negatives:
        return 0.5
    ordered = sorted([(score, 1) for score in positives] + [(score, 0) for score in negatives])
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        ranks += sum(label for _, label in ordered[start:end]) * (start + 1 + end) / 2
        start = end
    count = len(positives)
    return (ranks - count * (count + 1) / 2) / (count * len(negatives))
