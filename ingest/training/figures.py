"""The figures of the model cards: everything by direction, with counts and 95% bootstrap intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.training.calibrate import Calibration, Logits, calibration_error, reliability
from ingest.training.data import GUARDS, LANGUAGES, TrainingData
from ingest.training.examples import NO_VERDICT, VERDICTS, Example
from ingest.training.retrieval import Encode, Ranks, heading_ranks, interval, question_ranks, twin_ranks

Figures = dict[str, Any]


def mean(values: npt.ArrayLike) -> Figures:
    """A mean with its interval and count."""
    array = np.asarray(values, np.float64)
    low, high = interval(array)
    return {"mean": round(float(array.mean()), 4), "low": round(low, 4), "high": round(high, 4), "n": len(array)}


def ranking(ranks: Ranks) -> Figures:
    """R@1, R@5 and MRR of the ranks of the first right answer."""
    return {"R@1": mean(ranks == 1), "R@5": mean(ranks <= 5), "MRR": mean(1 / ranks)}


def embedder_figures(encode: Encode, data: TrainingData, *, guard_rows: int = 500, twins: int = 3000) -> Figures:
    """Development questions on their pages, headings in the guards, twins on held-out pages."""
    guards = {
        f"{guard} {language}": ranking(ranks)
        for guard in GUARDS
        for language in LANGUAGES
        if len(ranks := heading_ranks(encode, data, guard, language, count=guard_rows))
    }
    return {
        "questions": {name: ranking(ranks) for name, ranks in question_ranks(encode, data).items()},
        "guards": guards,
        "twins": {name: mean(ranks == 1) for name, ranks in twin_ranks(encode, data, count=twins).items()},
    }


def parity(one: Encode, other: Encode, texts: Sequence[str], questions: Sequence[str]) -> Figures:
    """How far two encoders agree: cosine of their passage vectors, and the part of equal first fives by questions."""
    there, there_too = one(texts, "passage"), other(texts, "passage")
    asked, asked_too = one(questions, "query"), other(questions, "query")
    firsts = [np.argsort(-(a @ b.T), axis=1)[:, :5] for a, b in ((asked, there), (asked_too, there_too))]
    shared = [len(set(a) & set(b)) / 5 for a, b in zip(*firsts, strict=True)]
    same_first = [a[0] == b[0] for a, b in zip(*firsts, strict=True)]
    cosines = (there * there_too).sum(axis=1)
    return {
        "cosine": {"mean": round(float(cosines.mean()), 5), "least": round(float(cosines.min()), 5), "n": len(texts)},
        "shared of the first five": mean(shared),
        "same five": mean(np.array(shared) == 1.0),
        "same first": mean(same_first),
    }


def area(scores: npt.NDArray[Any], positive: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]  # equal scores share the mean of their ranks
    count = int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(scores) - count)))


def area_figures(scores: npt.NDArray[Any], positive: npt.NDArray[np.bool_], *, draws: int = 500) -> Figures:
    """The area with its bootstrap interval."""
    generator = np.random.default_rng(0)
    samples = [generator.integers(0, len(scores), len(scores)) for _ in range(draws)]
    areas = [area(scores[s], positive[s]) for s in samples if 0 < positive[s].sum() < len(s)]
    low, high = np.quantile(areas, (0.025, 0.975))
    value = round(area(scores, positive), 4)
    return {"AUROC": value, "low": round(float(low), 4), "high": round(float(high), 4), "n": len(scores),
            "positive": int(positive.sum())}  # fmt: skip


def reader_figures(
    directions: Mapping[str, Sequence[Example]], logits: Mapping[str, Logits], calibration: Calibration
) -> Figures:
    """Answerability and verdict by direction and over all, and the reliability of both."""
    everything = {**directions, "all": [example for examples in directions.values() for example in examples]}
    given = {**logits, "all": np.concatenate(list(logits.values()))}
    answers = {name: np.array([example.answers for example in examples]) for name, examples in everything.items()}
    return {
        "answerable": {name: area_figures(given[name][:, 0], answers[name]) for name in everything},
        "verdict": {name: _verdicts(given[name], examples, calibration) for name, examples in everything.items()},
        "reliability": _reliabilities(given["all"], everything["all"], calibration),
    }


def agreement(one: Logits, other: Logits) -> Figures:
    """How far two runs of a reader agree: mean difference of the logits, part of equal verdicts and answers."""
    return {
        "mean difference of logits": round(float(np.abs(one - other).mean()), 4),
        "same verdict": mean(one[:, 1:].argmax(axis=1) == other[:, 1:].argmax(axis=1)),
        "same answerability": mean((one[:, 0] > 0) == (other[:, 0] > 0)),
    }


def _verdicts(logits: Logits, examples: Sequence[Example], calibration: Calibration) -> Figures:
    wanted = np.array([example.verdict for example in examples])
    asked = wanted != NO_VERDICT
    probabilities, wanted = calibration.verdicts(logits[asked]), wanted[asked]
    given, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = given == wanted
    surest = np.argsort(-sureness)[: (len(right) + 1) // 2]
    confusion = np.zeros((len(VERDICTS), len(VERDICTS)), int)
    np.add.at(confusion, (wanted, given), 1)
    majority = float(np.bincount(wanted, minlength=len(VERDICTS)).max() / max(1, len(wanted)))
    rows = {
        label: dict(zip(VERDICTS, map(int, row), strict=True)) for label, row in zip(VERDICTS, confusion, strict=True)
    }
    return {"accuracy": mean(right), "surest half": mean(right[surest]), "majority": round(majority, 4),
            "confusion (row: right, column: given)": rows}  # fmt: skip


def _reliabilities(logits: Logits, examples: Sequence[Example], calibration: Calibration) -> Figures:
    answers = np.array([example.answers for example in examples])
    verdicts = np.array([example.verdict for example in examples])
    asked = verdicts != NO_VERDICT
    given = calibration.verdicts(logits[asked])
    curves = {
        "answerable": reliability(calibration.answerable(logits), answers),
        "verdict": reliability(given.max(axis=1), given.argmax(axis=1) == verdicts[asked]),
    }
    return {
        name: {"curve": curve, "expected calibration error": round(calibration_error(curve), 4)}
        for name, curve in curves.items()
    }
