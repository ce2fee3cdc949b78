"""The probabilities that come with answers: do they order them, and do they mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


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


def coverage_risk(answered: Sequence[tuple[float, bool]], total: int) -> list[tuple[float, float]]:
    """(coverage, risk) when only the answers of the highest confidence are given (El-Yaniv and Wiener 2010).

    `answered` holds (confidence, right) of the questions that were answered, of `total` asked. Coverage is the share
    of all questions that is answered, risk the share of wrong ones among those. Answers of one confidence come and
    go together. The last point is the system as it is.
    """
    ordered = sorted(answered, key=lambda pair: pair[0], reverse=True)
    points, wrong = [], 0
    for count, (confidence, right) in enumerate(ordered, 1):
        wrong += not right
        if count == len(ordered) or ordered[count][0] != confidence:
            points.append((count / total, wrong / count))
    return points


def area_under_risk(points: Sequence[tuple[float, float]]) -> float:
    """Mean risk over the coverages reached (the AURC of Geifman et al. 2019, by trapezoids); 0 without points."""
    if not points:
        return 0.0
    path = [(0.0, points[0][1]), *points]
    area = sum((right - left) * (a + b) / 2 for (left, a), (right, b) in pairwise(path))
    return area / points[-1][0]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about one confidence: its mean, the share that came true, and how many they are."""

    confidence: float
    truth: float
    count: int


def reliability(predictions: Sequence[tuple[float, bool]], *, bins: int = 10) -> list[Bin]:
    """Predictions (confidence, came true) in bins of equal width from 0 to 1, empty ones left out."""
    found: dict[int, list[tuple[float, bool]]] = {}
    for confidence, truth in predictions:
        found.setdefault(min(bins - 1, int(confidence * bins)), []).append((confidence, truth))
    return [
        Bin(
            sum(confidence for confidence, _ in members) / len(members),
            sum(truth for _, truth in members) / len(members),
            len(members),
        )
        for _, members in sorted(found.items())
    ]


def calibration_error(predictions: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599); 0 of nothing."""
    found = reliability(predictions, bins=bins)
    return sum(one.count * abs(one.confidence - one.truth) for one in found) / len(predictions) if found else 0.0
