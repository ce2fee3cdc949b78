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
from corpus.divergence.words import compact, stems, syllable_pairs
from corpus.errors import TrainingDataError

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Entries = dict[str, tuple[str, float]]

RARE = 10  # sentences a word must stand in
MOST_COUNTERPARTS = 8
LIFT = 4.0  # how much more often than anywhere a counterpart must stand beside its word
RELIABLE = 0.7
GAIN = 0.3  # by how much a cover must beat chance
FOLDS = 5
OPPOSITES, CONFLICT, LOSS = 5.0, 3.0, 1.5  # prior log-odds of a signal: closed vocabularies contradict each other;
# both sides say another thing; one side says nothing
VARIANCE = 4.0  # of the weights around their prior
PRECISION = {"major": 0.78, "minor": 0.7}  # asked for on the folds when the thresholds are chosen

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


def learn_lexicon(sentences: Sequence[tuple[str, str]]) -> dict[str, Entries]:
    """Counterparts of the words of both languages, with the share of sentences that have one of them."""
    english = [sorted({part for _, part in stems(en)}) for en, _ in sentences]
    korean = [sorted(_sounds(ko)) for _, ko in sentences]
    within = [sorted({pair for _, pair in syllable_pairs(ko)}) for _, ko in sentences]
    return {"en": _counterparts(english, korean), "ko": _counterparts(within, english)}


def _sounds(text: str) -> set[str]:
    """The syllable pairs of a Korean text, those across blanks included, and its Latin words."""
    syllables = compact(text)
    pairs = {syllables[at : at + 2] for at in range(len(syllables) - 1)}
    return {pair for pair in pairs if " " not in pair} | set(re.findall(r"[a-z]{2,}", text.lower()))


def _counterparts(words: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> Entries:
    names, known = _incidence(words)
    other_names, other = _incidence(others)
    together = (known.T @ other).tocsr()
    sizes, rows, columns = np.asarray(other.sum(0)).ravel(), known.tocsc(), other.tocsc()
    found: Entries = {}
    for place, name in enumerate(names):
        where = rows.indices[rows.indptr[place] : rows.indptr[place + 1]]
        span = slice(together.indptr[place], together.indptr[place + 1])
        candidates = _associated(together.indices[span], together.data[span], sizes, len(where), len(words))
        texts = set(where.tolist())
        reach = {
            column: texts.intersection(columns.indices[columns.indptr[column] : columns.indptr[column + 1]].tolist())
            for column in candidates
        }
        chosen, covered, chance = _cover(texts, reach, sizes, len(words))
        reliability = (covered + 0.5) / (len(where) + 1)
        if chosen and reliability >= RELIABLE and reliability - chance > GAIN:
            found[name] = (" ".join(other_names[column] for column in chosen), round(min(reliability, 0.999), 3))
    return found


def _incidence(texts: Sequence[Sequence[str]]) -> tuple[list[str], Any]:
    """Which text has which word, as a sparse matrix, over the words that are not rare."""
    from scipy import sparse  # type: ignore[import-untyped]

    counts = Counter(word for text in texts for word in text)
    names = sorted(word for word, count in counts.items() if count >= RARE)
    index = {name: place for place, name in enumerate(names)}
    cells = [(row, index[word]) for row, text in enumerate(texts) for word in text if word in index]
    rows, columns = np.array(cells, dtype=np.int32).T
    shape = (len(texts), len(names))
    return names, sparse.csr_matrix((np.ones(len(cells), dtype=np.int32), (rows, columns)), shape=shape)


def _associated(columns: Integers, counts: Integers, sizes: Integers, size: int, total: int) -> list[int]:
    """The most telling companions of a word: often beside it, rarely elsewhere."""
    share = counts / size
    lift = share / (sizes[columns] / total)
    kept = (lift >= LIFT) & (counts >= max(3, 0.02 * size))
    order = np.argsort(-share[kept] * np.log(lift[kept]), kind="stable")[:40]
    return [int(column) for column in columns[kept][order]]


def _cover(texts: set[int], reach: dict[int, set[int]], sizes: Integers, total: int) -> tuple[list[int], int, float]:
    """Greedy: companions that together reach most of the word's texts; how many; how many by chance (a share)."""
    left, size, chance = set(texts), len(texts), 0.0
    chosen: list[int] = []
    while len(chosen) < MOST_COUNTERPARTS and reach:
        best = max(reach, key=lambda c: len(reach[c] & left) * log(total / sizes[c]))
        if len(reach[best] & left) < max(2, 0.012 * size):
            break
        chosen.append(best)
        chance = 1 - (1 - chance) * (1 - sizes[best] / total)
        left -= reach.pop(best)
    return chosen, size - len(left), chance


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
        held_out = _out_of_fold(matrix[split], target[split], names, train_pairs)
        threshold = choose_threshold(held_out, target[split], PRECISION[severity])
        model = _without_links(fit_logistic(matrix[split], target[split], names), severity)
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


def fit_logistic(matrix: Floats, target: Floats, names: Sequence[str], *, steps: int = 2000) -> Logistic:
    """Maximum a posteriori under a Gaussian prior around what the kind of signal suggests, weights kept >= 0.

    The prior speaks where training pairs are too few ("frequency_changed" stands in a handful); a signal can never
    speak against a divergence. Accelerated projected gradient (Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm", SIAM J. Imaging Sciences 2(1), 2009).
    """
    prior = np.array([_prior(name) for name in names])
    least = np.array([-9.0 if name in _FREE else 0.0 for name in names])
    rate = 1 / (0.25 * (float(np.linalg.norm(matrix, 2)) ** 2 + len(matrix)) + 1 / VARIANCE)
    weights, ahead, intercept, ahead_intercept, momentum = prior, prior, -3.0, -3.0, 1.0
    for _ in range(steps):
        error = _sigmoid(matrix @ ahead + ahead_intercept) - target
        new = np.maximum(least, ahead - rate * (matrix.T @ error + (ahead - prior) / VARIANCE))
        new_intercept = ahead_intercept - rate * float(error.sum())
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        pull = (momentum - 1) / following
        ahead, ahead_intercept = new + pull * (new - weights), new_intercept + pull * (new_intercept - intercept)
        weights, intercept, momentum = new, new_intercept, following
    return Logistic(tuple(names), weights, intercept)


def _prior(name: str) -> float:
    if _FORM.fullmatch(name):
        return 0.0
    if _OPPOSITES.fullmatch(name):
        return OPPOSITES
    return CONFLICT if _CONFLICT.fullmatch(name) else LOSS


def _without_links(model: Logistic, severity: str) -> Logistic:
    """Links decide nothing in the model of "major", and alone suffice in the other."""
    weight = 0.0 if severity == "major" else 5.0
    weights = [weight if name in _LINKS else known for name, known in zip(model.names, model.weights, strict=True)]
    return Logistic(model.names, np.array(weights), model.intercept)


def _out_of_fold(matrix: Floats, target: Floats, names: Sequence[str], pairs: Sequence[Labelled]) -> Floats:
    """Probabilities of models that did not see the pair's page."""
    pages = {page: place % FOLDS for place, page in enumerate(sorted({pair.page for pair in pairs}))}
    folds = np.array([pages[pair.page] for pair in pairs])
    found = np.zeros(len(pairs))
    for fold in range(FOLDS):
        inside = folds == fold
        found[inside] = fit_logistic(matrix[~inside], target[~inside], names).probabilities(matrix[inside])
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
