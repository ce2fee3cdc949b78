"""Measures of an embedder on held-out data: questions on their pages, headings in the guards, sentence twins."""

from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import numpy.typing as npt

from ingest.training.batches import held_out
from ingest.training.data import (
    DIRECTIONS,
    GUARDS,
    LANGUAGES,
    Bilingual,
    HeadedPassage,
    Language,
    Question,
    TrainingData,
    normalised,
)

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str], str], Vectors]
"""Texts and a role ("query" or "passage") -> unit vectors (texts, width)."""
Ranks = npt.NDArray[np.int64]


def question_ranks(encode: Encode, data: TrainingData, *, whole_pages: bool = True) -> dict[str, Ranks]:
    """For each direction ("en>ko": English question, Korean passages) the rank of the first evidence, from 1.

    Candidates of a development question are all segments of its page, or of the slices read on it.
    """
    questions = [question for question in data.questions if question.split == "dev" and question.evidence]
    pages = candidates(data, questions, whole_pages=whole_pages)
    keys = [(path, id_) for path, ids in pages.items() for id_ in ids]
    place = {key: i for i, key in enumerate(keys)}
    segments = {path: data.segment(path) for path in pages}
    asked = {side: encode([question.text.of(side) for question in questions], "query") for side in LANGUAGES}
    there = {
        side: encode([segments[path][id_].in_context(side) for path, id_ in keys], "passage") for side in LANGUAGES
    }
    result: dict[str, Ranks] = {}
    for query_side, passage_side in DIRECTIONS:
        ranks = []
        for i, question in enumerate(questions):
            ids = pages[question.path]
            columns = [place[question.path, id_] for id_ in ids]
            scores = there[passage_side][columns] @ asked[query_side][i]
            gold = np.isin(ids, question.evidence)
            ranks.append(1 + int((scores > scores[gold].max()).sum()))
        result[f"{query_side}>{passage_side}"] = np.array(ranks)
    return result


def candidates(data: TrainingData, questions: list[Question], *, whole_pages: bool) -> dict[str, list[str]]:
    """The candidate ids of each question's page."""
    pages: dict[str, list[str]] = {}
    for question in questions:
        everything = [segment.id for segment in data.pages[question.path]]
        ids = everything if whole_pages else [*pages.get(question.path, []), *question.slice]
        pages[question.path] = list(dict.fromkeys(ids))
    return pages


def heading_ranks(
    encode: Encode, data: TrainingData, guard: str, language: Language, *, count: int = 500, longest: int = 400
) -> Ranks:
    """The rank of each heading's own passage among those of a guard repository, in one language.

    `count` rows with a heading of their own are drawn with a fixed seed; passages are cut at `longest` characters.
    """
    rows = [row for row in data.headings if guard in row.repo]
    Random(0).shuffle(rows)  # noqa: S311
    seen: set[str] = set()
    chosen: list[HeadedPassage] = []
    for row in rows:
        names = {normalised(row.heading.of(language)), normalised(row.passage.of(language))[:200]}
        if not names & seen and len(chosen) < count:
            chosen.append(row)
        seen |= names
    if not chosen:
        return np.zeros(0, np.int64)
    asked = encode([row.heading.of(language) for row in chosen], "query")
    scores = asked @ encode([row.passage.of(language)[:longest] for row in chosen], "passage").T
    return np.asarray(1 + (scores > np.diag(scores)[:, None]).sum(axis=1), np.int64)


def twin_ranks(encode: Encode, data: TrainingData, *, count: int = 3000, guard: bool = False) -> dict[str, Ranks]:
    """The rank of each sentence's translation among `count` sentences, both ways, role "query" on both sides.

    The sentences stand on held-out pages, or in the guard repositories; none repeats another.
    """
    pool = [
        pair
        for pair in data.pairs
        if (any(name in pair.repo for name in GUARDS) if guard else _held(pair.repo, pair.path))
        and min(len(pair.text.en), 2 * len(pair.text.ko)) >= 24
    ]
    Random(0).shuffle(pool)  # noqa: S311
    seen: set[str] = set()
    chosen: list[Bilingual] = []
    for pair in pool:
        names = {normalised(text) for text in pair.text}
        if not names & seen and len(chosen) < count:
            chosen.append(pair.text)
        seen |= names
    if not chosen:
        return {}
    english, korean = (encode([text.of(side) for text in chosen], "query") for side in LANGUAGES)
    scores = english @ korean.T
    own = np.diag(scores)
    return {"en>ko": 1 + (scores > own[:, None]).sum(axis=1), "ko>en": 1 + (scores > own[None, :]).sum(axis=0)}


def _held(repo: str, path: str) -> bool:
    return held_out(path) and not any(name in repo for name in GUARDS)


def reciprocal(ranks: Ranks) -> float:
    """Mean reciprocal rank."""
    return float((1 / ranks).mean())


def interval(values: npt.ArrayLike, *, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95% bootstrap interval of a mean (percentile method, Efron 1979)."""
    array = np.asarray(values, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(array), (draws, len(array)))
    low, high = np.quantile(array[chosen].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)
