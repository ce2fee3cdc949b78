"""Hard negatives for the questions, and what must not be taken for a negative.

The base finds, for every question, the segments that look most like an answer and are not labelled as one: on the
rest of its page and on the other pages of its repository. Pages repeat one another, so a segment that says nearly the
same as the evidence is no negative, and outside the slice that was read for a question only segments that the base
puts below the evidence count (the positive-aware margin of NV-Retriever, Moreira et al. 2024, arXiv 2407.15831).
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.training.body import Body
from ingest.training.data import Question, Segment, TrainingData, is_guard, normalised

NEAR_DUPLICATE = 0.965
"""Cosine of the base above which two segments say the same. Its cosines lie between .7 and 1."""
MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class Mined:
    """The segments of all pages used, their vectors by the untouched base (n, width) and their texts reduced to letters
    and digits; the vectors of the questions, and their negatives (places in `segments`), by question id.
    """

    segments: tuple[Segment, ...]
    vectors: npt.NDArray[np.float32]
    place: dict[tuple[str, str], int]
    question_vectors: dict[str, npt.NDArray[np.float32]]
    bare: tuple[frozenset[str], ...]
    negatives: dict[str, tuple[int, ...]]

    def places(self, question: Question, ids: tuple[str, ...]) -> list[int]:
        """Places in `segments` of ids of the question's page."""
        return [self.place[question.path, id_] for id_ in ids]

    def same_as(self, gold: list[int], candidates: list[int]) -> npt.NDArray[np.bool_]:
        """Which candidates (n,) say nearly the same as one of the gold segments."""
        if not gold or not candidates:
            return np.zeros(len(candidates), np.bool_)
        close = (self.vectors[candidates] @ self.vectors[gold].T).max(axis=1) >= NEAR_DUPLICATE
        texts = frozenset().union(*(self.bare[place] for place in gold))
        equal = [bool(texts & self.bare[place]) for place in candidates]
        return np.asarray(close | np.array(equal), np.bool_)

    def above(self, question: Question, gold: list[int], candidates: list[int]) -> npt.NDArray[np.bool_]:
        """Which candidates (n,) the base finds about as near to the question as its best evidence, or nearer."""
        vector = self.question_vectors[question.id]
        bar = (self.vectors[gold] @ vector).max() - MARGIN
        return np.asarray(self.vectors[candidates] @ vector > bar, np.bool_)


def trainable(data: TrainingData) -> list[Question]:
    """The training questions outside the guard repositories."""
    return [question for question in data.questions if question.split == "train" and not is_guard(question.repo)]


def mine(data: TrainingData, base: Body, *, cache: Path, page: int = 6, repo: int = 6) -> Mined:
    """Up to `page` + `repo` hard negatives for each training question, by the English vectors of `base`.

    The vectors are kept in `cache`, so that a resumed run does not compute them again.
    """
    questions = trainable(data)
    paths = sorted({question.path for question in questions})
    segments = tuple(segment for path in paths for segment in data.pages[path])
    vectors = _cached(cache / "segments.npy", base, [segment.text.en for segment in segments], "passage")
    asked = _cached(cache / "questions.npy", base, [question.text.en for question in questions], "query")
    place = {(segment.path, segment.id): i for i, segment in enumerate(segments)}
    bare = tuple(frozenset(normalised(text) for text in segment.text) for segment in segments)
    mined = Mined(segments, vectors, place, dict(zip((q.id for q in questions), asked, strict=True)), bare, {})
    by_repo: defaultdict[str, list[int]] = defaultdict(list)
    for i, segment in enumerate(segments):
        by_repo[segment.repo].append(i)
    for question in questions:
        read = set(mined.places(question, question.slice))
        gold = mined.places(question, question.evidence)
        own = [i for i in mined.places(question, tuple(data.segment(question.path))) if i not in read]
        there = set(own) | read
        others = [i for i in by_repo[question.repo] if i not in there]
        mined.negatives[question.id] = (
            *_nearest(mined, question, gold, own, page),
            *_nearest(mined, question, gold, others, repo),
        )
    return mined


def _nearest(mined: Mined, question: Question, gold: list[int], candidates: list[int], count: int) -> list[int]:
    """The candidates nearest to the question that may count as negatives."""
    scores = mined.vectors[candidates] @ mined.question_vectors[question.id]
    ranked = [candidates[i] for i in np.argsort(-scores)[: 8 * count]]
    if gold and ranked:
        bad = mined.same_as(gold, ranked) | mined.above(question, gold, ranked)
        ranked = [i for i, excluded in zip(ranked, bad, strict=True) if not excluded]
    return ranked[:count]


def _cached(path: Path, base: Body, texts: list[str], role: str) -> npt.NDArray[np.float32]:
    if path.is_file():
        vectors: npt.NDArray[np.float32] = np.load(path, allow_pickle=False)
        if len(vectors) == len(texts):
            return vectors
    vectors = base.encode(texts, role=role, max_tokens=96)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors, allow_pickle=False)
    return vectors
