"""Make the reader's logits into probabilities, fitted on the development examples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.training.examples import NO_VERDICT, Example

Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`answerable = sigmoid(slope * logit + offset)` (Platt 1999); `verdicts = softmax(logits / temperature)` (Guo et
    al. 2017, arXiv 1706.04599).
    """

    slope: float
    offset: float
    temperature: float

    def answerable(self, logits: Logits) -> npt.NDArray[np.float64]:
        """The probability that the evidence answers the question, (n,) from logits (n, 4)."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * logits[:, 0].astype(np.float64) + self.offset))))

    def verdicts(self, logits: Logits) -> npt.NDArray[np.float64]:
        """The probabilities of yes, no, conditional, (n, 3) from logits (n, 4)."""
        scaled = logits[:, 1:].astype(np.float64) / self.temperature
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit(logits: Logits, examples: Sequence[Example]) -> Calibration:
    """The calibration that makes the examples likeliest, both classes of answerability weighing the same."""
    answers = np.array([example.answers for example in examples])
    verdicts = np.array([example.verdict for example in examples])
    asked = verdicts != NO_VERDICT
    slope, offset = _platt(logits[:, 0].astype(np.float64), answers)
    temperature = _temperature(logits[asked][:, 1:].astype(np.float64), verdicts[asked]) if asked.any() else 1.0
    return Calibration(round(slope, 4), round(offset, 4), round(temperature, 4))


def _platt(scores: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of a logistic regression on one score, by Newton's method with halved steps."""
    weights = np.where(right, 0.5 / max(1, right.sum()), 0.5 / max(1, (~right).sum()))
    signs = np.where(right, 1.0, -1.0)
    inputs = np.stack([scores, np.ones_like(scores)], axis=1)
    prior = np.array([1.0, 0.0])

    def loss(point: npt.NDArray[np.float64]) -> float:
        faint = 1e-4 * float(((point - prior) ** 2).sum()) / 2  # keeps separable scores finite
        return float((weights * np.logaddexp(0, -signs * (inputs @ point))).sum()) + faint

    found = np.zeros(2)
    for _ in range(30):
        given = 1 / (1 + np.exp(-(inputs @ found)))
        gradient = inputs.T @ (weights * (given - right)) + 1e-4 * (found - prior)
        curvature = (inputs * (weights * given * (1 - given))[:, None]).T @ inputs + 1e-4 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-9:
            step /= 2
        found = found - step
    return float(found[0]), float(found[1])


def _temperature(scores: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64]) -> float:
    """The temperature with the smallest cross-entropy, among 400 between 0.2 and 5."""

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(wanted)), wanted]).mean())

    return float(min(np.geomspace(0.2, 5.0, 400), key=loss))


def reliability(
    probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], *, bins: int = 10
) -> list[dict[str, float]]:
    """The reliability curve: for each bin of equal width its count, mean probability and share that is right."""
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    rows = []
    for i in range(bins):
        inside = places == i
        if inside.any():
            mean, share = float(probabilities[inside].mean()), float(right[inside].mean())
            rows.append({"n": int(inside.sum()), "probability": round(mean, 4), "right": round(share, 4)})
    return rows


def calibration_error(rows: list[dict[str, float]]) -> float:
    """Expected calibration error of a reliability curve: the mean gap, weighted by count."""
    total = sum(row["n"] for row in rows)
    return sum(row["n"] * abs(row["probability"] - row["right"]) for row in rows) / max(1, total)
