"""How sure a figure is, and where values stand in a sample."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Z_95 = 1.959963984540054


def wilson(successes: float, total: int) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927); of a mean of values from 0 to 1 a wide one, for their sum."""
    if total == 0:
        return 0.0, 1.0
    share = successes / total
    scale = 1 + Z_95**2 / total
    middle = (share + Z_95**2 / (2 * total)) / scale
    half = Z_95 * math.sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def bootstrap(
    values: Sequence[T],
    *,
    statistic: Callable[[Sequence[T]], float] | Callable[[Sequence[Any]], float] = mean,
    rounds: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """95% percentile interval of a statistic, the mean by default (Efron 1979)."""
    if not values:
        return 0.0, 0.0
    draw = random.Random(seed)  # noqa: S311  resampling, not secrets
    found = sorted(statistic(draw.choices(values, k=len(values))) for _ in range(rounds))
    return found[int(0.025 * rounds)], found[int(0.975 * rounds) - 1]


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that `share` of the values do not exceed (nearest rank); 0 of nothing."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
