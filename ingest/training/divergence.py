"""Re-make `corpus/data/divergence.json`: the bilingual lexicon from aligned sentences, the weights from labelled pairs.

The pages of the development split are kept out of everything that is fitted or chosen.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.divergence.lexicon import Lexicon, from_data
from corpus.divergence.signals import NAMES, Pair, signals
from corpus.divergence.weights import features
from corpus.errors import TrainingDataError
from ingest.training.lexicon import learn_lexicon

Floats = NDArray[np.float64]

FOLDS = 5
OPPOSITES, CONFLICT, LOSS = 5.0, 3.0, 1.5  # prior log-odds of a signal: closed vocabularies contradict each other;
# both sides say another thing; one side says nothing
VARIANCE = 4.0  # of the weights around their prior
REST = 4.0  # log-odds against a material divergence where no signal of a closed vocabulary speaks
PRECISION = {"major": 0.85, "minor": 0.7}  # asked for on the folds when the thresholds are chosen

# What signals are worth where nobody wrote them for: of their firings on 80,000 sentences of the pairs (without the
# labelled texts and the development pages) some were read by a language model; how many were material, of how many.
# What a change of the glossary has silenced since is not counted.
READ = {
    "advice_added": (8, 19), "before_missing": (4, 19), "command_changed": (24, 24), "evidence_missing": (0, 2),
    "frequency_missing": (3, 14), "if_missing": (2, 13), "lower_bound_missing": (1, 19), "may_became_must": (6, 11),
    "must_became_may": (3, 10), "must_missing": (12, 38), "name_changed": (5, 14), "named_number_missing": (2, 12),
    "negation_added": (7, 17), "negation_missing": (14, 27), "negation_resolved": (9, 15), "number_added": (7, 22),
    "number_changed": (7, 11), "number_missing": (17, 30), "only_missing": (17, 40), "party_changed": (10, 20),
    "party_missing": (4, 20), "polarity": (15, 18), "span_changed": (3, 4), "span_missing": (4, 12),
    "unit_missing": (7, 18), "until_missing": (2, 6), "upper_bound_missing": (3, 19), "word_number_missing": (2, 12),
}  # fmt: skip

_FORM = re.compile(r"length|spacing|shorter|longer|replaced|sentences_.*|omission_.*|addition_.*")
_OPPOSITES = re.compile(r"polarity|(?:frequency|bound|date|span)_changed")
_CONFLICT = re.compile(r".*_changed|.*_became_.*")
_LINKS = ("link_changed", "link_missing", "link_added")  # the labelled pairs have no links: shown, but never as major
_FREE = frozenset({"length"})  # weights that may be negative


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled pair."""

    en: str
    ko: str
    label: str
    kind: str
    page: str
    stratum: str
    split: str


@dataclass(frozen=True, slots=True)
class Prior:
    """A Gaussian prior of a weight, in log-odds."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic regression over named features."""

    names: tuple[str, ...]
    weights: Floats
    intercept: float

    def probabilities(self, matrix: Floats) -> Floats:
        return _sigmoid(matrix @ self.weights + self.intercept)


def train(data: Path, out: Path, *, log_to: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Fit everything on the files of `data`, write `out`, return the figures (also written).

    `data` holds `pairs.jsonl.gz` and `divergences.jsonl.gz`. Takes a few minutes and about 2 GB on one core.
    """
    labelled = read_labelled(data / "divergences.jsonl.gz")
    lexicon = learn_lexicon(_sentences(data / "pairs.jsonl.gz", labelled))
    log_to(f"lexicon: {len(lexicon['en'])} English stems, {len(lexicon['ko'])} Korean syllable pairs")
    fitted = fit(labelled, from_data(lexicon))
    content = {"lexicon": lexicon, **fitted}
    out.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    figures: dict[str, Any] = fitted["figures"]
    return figures


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled pairs of a file.

    Raises:
        TrainingDataError: the file cannot be read, or a line of it is not such a pair.
    """
    try:
        return [
            Labelled(
                row["en"], row["ko"], row["label"], row["kind"] or "none", f"{row['repo']}/{row['path']}",
                row["stratum"], row["split"],
            )
            for row in _rows(path)
        ]  # fmt: skip
    except (KeyError, TypeError) as error:
        raise TrainingDataError(
            f"A line of {path} is no labelled pair: {error!r}.", remedy="Name a folder of labelled pairs."
        ) from error


def _rows(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)
    except (OSError, EOFError, ValueError) as error:
        raise TrainingDataError(
            f"{path} cannot be read: {error}.", remedy="Name a folder whose files are gzipped JSON lines."
        ) from error


def _sentences(path: Path, labelled: Iterable[Labelled]) -> list[tuple[str, str]]:
    """Unflagged aligned sentences, each once, without the development pages and the labelled texts."""
    held = {pair.page for pair in labelled if pair.split == "dev"}
    texts = {pair.en for pair in labelled}
    found = {
        (row["en"], row["ko"]): None for row in _rows(path)
        if not row["flags"] and f"{row['repo']}/{row['path']}" not in held and row["en"] not in texts
    }  # fmt: skip
    return list(found)


def fit(labelled: Sequence[Labelled], lexicon: Lexicon) -> dict[str, Any]:
    """Both models with thresholds chosen on the folds of the training split, and their figures on both splits.

    The figures on the folds are optimistic: signals and glossary were written while reading the training split.
    Those on the development split are not.
    """
    found = [features(signals(Pair(pair.en, pair.ko), lexicon)) for pair in labelled]
    split = np.array([pair.split == "train" for pair in labelled])
    names = tuple(sorted(NAMES))
    matrix = _matrix(found, names)
    train_pairs = [pair for pair in labelled if pair.split == "train"]
    dev_pairs = [pair for pair in labelled if pair.split == "dev"]
    content: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for severity, labels in (("major", {"major"}), ("minor", {"major", "minor"})):
        target = np.array([float(pair.label in labels) for pair in labelled])
        priors = [prior(name, severity) for name in names]
        held_out = _out_of_fold(matrix[split], target[split], names, priors, train_pairs)
        threshold = choose_threshold(held_out, target[split], PRECISION[severity])
        model = _without_links(fit_logistic(matrix[split], target[split], names, priors), severity)
        content[severity] = {
            "weights": {name: round(float(weight), 4) for name, weight in zip(names, model.weights, strict=True)},
            "intercept": round(model.intercept, 4),
            "threshold": round(threshold, 4),
        }
        figures[severity] = {
            "folds": measure(train_pairs, held_out, threshold, labels),
            "dev": measure(dev_pairs, model.probabilities(matrix[~split]), threshold, labels),
        }
    return {**content, "figures": figures}


def _matrix(found: Sequence[Mapping[str, float]], names: Sequence[str]) -> Floats:
    return np.array([[row.get(name, 0.0) for name in names] for row in found], dtype=np.float64)


def fit_logistic(
    matrix: Floats, target: Floats, names: Sequence[str], priors: Sequence[Prior], *, steps: int = 2000
) -> Logistic:
    """Maximum a posteriori under a Gaussian prior of each weight, weights kept >= 0.

    The prior speaks where training pairs are too few ("frequency_changed" stands in a handful); a signal can never
    speak against a divergence. Accelerated projected gradient (Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm", SIAM J. Imaging Sciences 2(1), 2009).
    """
    means, variances = np.array([(prior.mean, prior.variance) for prior in priors]).T
    least = np.array([-9.0 if name in _FREE else 0.0 for name in names])
    rate = 1 / (0.25 * (float(np.linalg.norm(matrix, 2)) ** 2 + len(matrix)) + 1 / float(variances.min()))
    weights, ahead, intercept, ahead_intercept, momentum = means, means, -3.0, -3.0, 1.0
    for _ in range(steps):
        error = _sigmoid(matrix @ ahead + ahead_intercept) - target
        new = np.maximum(least, ahead - rate * (matrix.T @ error + (ahead - means) / variances))
        new_intercept = ahead_intercept - rate * float(error.sum())
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        pull = (momentum - 1) / following
        ahead, ahead_intercept = new + pull * (new - weights), new_intercept + pull * (new_intercept - intercept)
        weights, intercept, momentum = new, new_intercept, following
    return Logistic(tuple(names), weights, intercept)


def prior(name: str, severity: str) -> Prior:
    """What is known of a weight before the labelled pairs speak: what reading found, else what the kind suggests.

    A share read on n firings is worth what n labelled pairs are: variances add up as their inverses.
    """
    if severity == "major" and name in READ:
        material, read = READ[name]
        share = (material + 1) / (read + 2)
        return Prior(log(share / (1 - share)) + REST, 1 / (1 / VARIANCE + read * share * (1 - share)))
    if _FORM.fullmatch(name):
        return Prior(0.0, VARIANCE)
    if _OPPOSITES.fullmatch(name):
        return Prior(OPPOSITES, VARIANCE)
    return Prior(CONFLICT if _CONFLICT.fullmatch(name) else LOSS, VARIANCE)


def _without_links(model: Logistic, severity: str) -> Logistic:
    """Links decide nothing in the model of "major", and alone suffice in the other."""
    weight = 0.0 if severity == "major" else 5.0
    weights = [weight if name in _LINKS else known for name, known in zip(model.names, model.weights, strict=True)]
    return Logistic(model.names, np.array(weights), model.intercept)


def _out_of_fold(
    matrix: Floats, target: Floats, names: Sequence[str], priors: Sequence[Prior], pairs: Sequence[Labelled]
) -> Floats:
    """Probabilities of models that did not see the pair's page."""
    pages = {page: place % FOLDS for place, page in enumerate(sorted({pair.page for pair in pairs}))}
    folds = np.array([pages[pair.page] for pair in pairs])
    found = np.zeros(len(pairs))
    for fold in range(FOLDS):
        inside = folds == fold
        found[inside] = fit_logistic(matrix[~inside], target[~inside], names, priors).probabilities(matrix[inside])
    return found


def choose_threshold(probabilities: Floats, target: Floats, precision: float) -> float:
    """The lowest probability from which on at least this share is right; the highest one where there is none."""
    order = np.argsort(-probabilities, kind="stable")
    right = np.cumsum(target[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(right >= precision)
    return float(probabilities[order[reached[-1] if len(reached) else 0]])


def measure(pairs: Sequence[Labelled], probabilities: Floats, threshold: float, labels: set[str]) -> dict[str, Any]:
    """Precision and recall at the threshold, alarms per 1,000 random segments, recall by kind, calibration."""
    shown = [(pair, bool(p >= threshold)) for pair, p in zip(pairs, probabilities, strict=True)]
    alarms = [pair for pair, is_shown in shown if is_shown]
    wanted = [pair for pair in pairs if pair.label in labels]
    right = [pair for pair in alarms if pair.label in labels]
    random = [is_shown for pair, is_shown in shown if pair.stratum == "random"]
    kinds = Counter(pair.kind for pair in wanted)
    return {
        "n": len(pairs),
        "wanted": len(wanted),
        "alarms": len(alarms),
        "right": len(right),
        "diverging_at_all": sum(pair.label != "none" for pair in alarms),
        "precision": round(len(right) / max(1, len(alarms)), 3),
        "recall": round(len(right) / max(1, len(wanted)), 3),
        "random": len(random),
        "alarms_per_1000_random": round(1000 * sum(random) / max(1, len(random)), 1),
        "average_precision": average_precision(probabilities, [pair.label in labels for pair in pairs]),
        "by_kind": {kind: [sum(pair.kind == kind for pair in right), n] for kind, n in sorted(kinds.items())},
        "mean_probability": round(float(probabilities.mean()), 4),
        "share": round(len(wanted) / max(1, len(pairs)), 4),
    }


def average_precision(probabilities: Floats, wanted: Sequence[bool]) -> float:
    """The mean, over what is wanted, of the precision down to it in the order of probability."""
    order = np.argsort(-probabilities, kind="stable")
    hits = np.array(wanted, dtype=np.float64)[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return round(float((precision * hits).sum() / max(1.0, hits.sum())), 3)


def _sigmoid(scores: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
