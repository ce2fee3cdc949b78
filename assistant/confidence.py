"""How likely it is that the best evidence answers the question: a small calibrated model over named signals."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus.entities import entities
from ingest.lexical import tokens

if TYPE_CHECKING:
    from assistant.question import Question
    from assistant.retrieve import Passage

_DEPTH = 5


class Confidence:
    """Logistic regression over `signals`; its weights and threshold were fitted on the development questions."""

    def __init__(self, weights: Mapping[str, float], threshold: float) -> None:
        self._weights = dict(weights)
        self.threshold = threshold

    @classmethod
    def load(cls) -> Confidence:
        fitted = json.loads(files("assistant").joinpath("data/confidence.json").read_text(encoding="utf-8"))
        return cls(fitted["weights"], fitted["threshold"])

    def of(self, question: Question, passages: Sequence[Passage]) -> float:
        """Probability that the passages answer the question, 0 to 1; 0 without passages."""
        if not passages:
            return 0.0
        found = signals(question, passages)
        total = self._weights["intercept"] + sum(self._weights[name] * value for name, value in found.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def signals(question: Question, passages: Sequence[Passage]) -> dict[str, float]:
    """What the confidence is computed from. None depends on the size of the collection.

    cosine      the best segment's cosine, in the better language
    depth       mean cosine of the five best passages' best segments
    coverage    share of the question's terms that the best passage holds, headings included
    names       1 if the best passage names every numbered name of the question, else 0
    """
    best = passages[0]
    text = f"{best.chunk.text('en')} {best.chunk.text('ko')}"
    asked, held = set(tokens(question.text)), set(tokens(text))
    top = [max(ranked.cosine for ranked in passage.ranked) for passage in passages[:_DEPTH]]
    return {
        "cosine": best.best.cosine,
        "depth": sum(top) / len(top),
        "coverage": len(asked & held) / len(asked) if asked else 0.0,
        "names": float(question.entities <= entities(text)),
    }
