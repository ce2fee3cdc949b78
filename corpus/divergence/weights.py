"""Two calibrated logistic regressions over the signals: does the pair diverge at all, and does it so materially."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log2
from typing import Any, Literal

from corpus.divergence.lexicon import Lexicon, from_data
from corpus.divergence.signals import Signal

Severity = Literal["minor", "major"]


def features(signals: Iterable[Signal]) -> dict[str, float]:
    """The signals as the models see them: damped strengths by name, the strongest of each name."""
    found: dict[str, float] = {}
    for signal in signals:
        found[signal.name] = max(found.get(signal.name, 0.0), log2(1 + signal.strength))
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: weights of features, intercept, and the probability from which on a pair is shown."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, found: Mapping[str, float]) -> float:
        score = self.intercept + sum(self.weights.get(name, 0.0) * value for name, value in found.items())
        return 1 / (1 + exp(-max(-30.0, min(30.0, score))))

    def contribution(self, signal: Signal) -> float:
        """What one signal adds to the score."""
        return self.weights.get(signal.name, 0.0) * log2(1 + signal.strength)


@dataclass(frozen=True, slots=True)
class Judge:
    """The lexicon and both models, as the data file has them."""

    lexicon: Lexicon
    major: Model
    minor: Model


@cache
def judge() -> Judge:
    """The judge that comes with the package."""
    return judge_from(json.loads((files("corpus") / "data" / "divergence.json").read_text(encoding="utf-8")))


def judge_from(data: Mapping[str, Any]) -> Judge:
    """The judge of a data file: {"lexicon": ..., "major": {weights, intercept, threshold}, "minor": ...}."""
    major, minor = (
        Model(data[severity]["weights"], data[severity]["intercept"], data[severity]["threshold"])
        for severity in ("major", "minor")
    )
    return Judge(from_data(data["lexicon"]), major, minor)
