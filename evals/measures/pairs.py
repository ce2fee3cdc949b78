"""Answers two by two: twins in two languages, a question and its variant, two systems on one question."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

_EXACT = 12


def agreement(pairs: Iterable[tuple[Hashable, Hashable]]) -> tuple[int, int]:
    """(pairs of equal outcomes, pairs): cross-language agreement, when a pair is the outcomes of two twins."""
    found = list(pairs)
    return sum(first == second for first, second in found), len(found)


def randomisation_test(differences: Sequence[float], *, rounds: int = 10_000, seed: int = 0) -> float:
    """Two-sided p of a mean difference: how often random signs give one as large (Fisher 1935; Smucker et al. 2007).

    A difference is of one independent unit: of a question, or the mean over its twins. With up to 12 that are not 0
    every assignment of signs is tried, else `rounds` random ones; the observed one counts among them.
    """
    import numpy as np

    moved = np.array([difference for difference in differences if difference], dtype=np.float64)
    if not len(moved):
        return 1.0
    observed = abs(moved.sum()) - 1e-9
    if len(moved) <= _EXACT:
        patterns = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1
        return float((np.abs((2 * patterns - 1) @ moved) >= observed).mean())
    signs = np.random.default_rng(seed).integers(0, 2, (rounds, len(moved))) * 2 - 1
    return float((1 + (np.abs(signs @ moved) >= observed).sum()) / (1 + rounds))
