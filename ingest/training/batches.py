"""Batches for the embedder: whole slices with their questions, headings with passages, sentence pairs.

A question batch holds a few slices on like subjects (topic-aware batching, Hofstätter et al. 2021, arXiv 2104.06967):
every segment of a slice was read for its questions, so all of them are labelled, and all questions of the batch share
all its segments as candidates. Mined negatives are added to them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from ingest.training.data import LANGUAGES, Language, Segment, TrainingData, is_guard
from ingest.training.mining import Mined, trainable

ONE_LANGUAGE = 0.8
"""Part of the question batches whose passages are all in one language, as the index holds them apart."""

Matrix = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Queries, passages, and for each query (rows) which passages (columns) are gold and which are left out.

    `queries` and `passages` carry their prefixes. `kind` is "questions", "headings" or "pairs".
    """

    kind: str
    queries: tuple[str, ...]
    passages: tuple[str, ...]
    gold: Matrix
    ignored: Matrix


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a page: the places of its segments and the questions that have evidence in it."""

    places: tuple[int, ...]
    questions: tuple[int, ...]


class QuestionBatches:
    """Endless batches of slices with their questions, all in both languages, over the segments in one or both."""

    def __init__(self, data: TrainingData, mined: Mined, *, slices: int, seed: int) -> None:
        self.mined, self.count, self.random = mined, slices, Random(seed)  # noqa: S311
        self.questions = [question for question in trainable(data) if question.evidence]
        grouped: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        for i, question in enumerate(self.questions):
            grouped[question.path, question.slice].append(i)
        self.slices = [
            Slice(tuple(mined.place[path, id_] for id_ in ids), tuple(members))
            for (path, ids), members in grouped.items()
        ]
        centres = np.stack([mined.vectors[list(part.places)].mean(axis=0) for part in self.slices])
        self.centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    def __iter__(self) -> Iterator[Batch]:
        while True:
            left = list(range(len(self.slices)))
            self.random.shuffle(left)
            while len(left) >= self.count:
                first = left.pop()
                pool = left[-60:]
                nearest = sorted(pool, key=lambda i: -float(self.centres[i] @ self.centres[first]))[: self.count - 1]
                left = [i for i in left if i not in nearest]
                yield self.batch([first, *nearest])

    def batch(self, chosen: list[int]) -> Batch:
        """The batch of the chosen slices."""
        members = [i for part in chosen for i in self.slices[part].questions]
        candidates = dict.fromkeys(place for part in chosen for place in self.slices[part].places)
        for i in members:
            mined = self.mined.negatives[self.questions[i].id]
            candidates.update(dict.fromkeys(self.random.sample(mined, min(1, len(mined)))))
        places = list(candidates)
        gold, ignored = self._labels(members, places)
        queries = [f"query: {self.questions[i].text.of(language)}" for language in LANGUAGES for i in members]
        passages = self._passages(places)
        doubled = (np.concatenate([gold, gold]), np.concatenate([ignored, ignored]))
        return Batch("questions", tuple(queries), tuple(passages), *doubled)

    def _labels(self, members: list[int], places: list[int]) -> tuple[Matrix, Matrix]:
        gold = np.zeros((len(members), len(places)), np.bool_)
        ignored = np.zeros_like(gold)
        for row, i in enumerate(members):
            question = self.questions[i]
            evidence = self.mined.places(question, question.evidence)
            read = set(self.mined.places(question, question.slice))
            gold[row] = np.isin(places, evidence)
            unread = np.array([place not in read for place in places])
            ignored[row] = self.mined.same_as(evidence, places) | unread & self.mined.above(question, evidence, places)
            ignored[row] &= ~gold[row]
        return gold, ignored

    def _passages(self, places: list[int]) -> list[str]:
        """The segments as the index gives them: mostly under title and heading, sometimes the title alone, or bare."""
        depth = self.random.choices((0, 1, 2), (0.3, 0.2, 0.5))[0]
        sides: list[Language] = [self.random.choice(LANGUAGES) for _ in places]
        if self.random.random() < ONE_LANGUAGE:
            sides = [sides[0]] * len(places)
        segments = [self.mined.segments[i] for i in places]
        return [f"passage: {s.in_context(side, depth=depth)}" for s, side in zip(segments, sides, strict=True)]


def heading_batches(data: TrainingData, *, size: int, seed: int) -> Iterator[Batch]:
    """Endless batches heading -> passage in all four directions, each of one repository (so negatives are related)."""
    random = Random(seed)  # noqa: S311
    held = {question.path for question in data.questions if question.split != "train"}
    by_repo: defaultdict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(data.headings):
        if not is_guard(row.repo) and row.path not in held:
            by_repo[row.repo].append(i)
    repos = [repo for repo, rows in by_repo.items() if len(rows) >= size]
    weights = [len(by_repo[repo]) ** 0.5 for repo in repos]
    while repos:
        rows = [data.headings[i] for i in random.sample(by_repo[random.choices(repos, weights)[0]], size)]
        language = random.choice(LANGUAGES)
        queries = []
        for row in rows:
            asked = random.choice(LANGUAGES)
            title = f"{row.title.of(asked)}: " if random.random() < 0.5 and row.title != row.heading else ""
            queries.append(f"query: {title}{row.heading.of(asked)}")
        gold = np.array(
            [[row.heading == other.heading or row.passage == other.passage for other in rows] for row in rows]
        )
        own = np.eye(size, dtype=np.bool_)
        passages = tuple(f"passage: {row.passage.of(language)}" for row in rows)
        yield Batch("headings", tuple(queries), passages, own, gold & ~own)


def pair_batches(data: TrainingData, *, size: int, seed: int) -> Iterator[Batch]:
    """Endless batches Korean -> English and English -> Korean of aligned sentences, one prefix on both sides."""
    random = Random(seed)  # noqa: S311
    pairs = training_pairs(data)
    while len(pairs) >= size:
        rows = random.sample(pairs, size)
        prefix = random.choice(("query: ", "passage: "))
        source: Language = random.choice(LANGUAGES)
        target: Language = "ko" if source == "en" else "en"
        own = np.eye(size, dtype=np.bool_)
        same = np.array([[bool(set(row.text) & set(other.text)) for other in rows] for row in rows])
        sides = [tuple(prefix + row.text.of(side) for row in rows) for side in (source, target)]
        yield Batch("pairs", sides[0], sides[1], own, same & ~own)


def training_pairs(data: TrainingData) -> list[Segment]:
    """The pairs outside the guard repositories, the held-out pages and the pages of the development questions."""
    held = {question.path for question in data.questions if question.split != "train"}
    return [
        pair for pair in data.pairs if not is_guard(pair.repo) and pair.path not in held and not held_out(pair.path)
    ]


def held_out(path: str) -> bool:
    """Whether a page's sentence pairs are kept for measuring twins: one page in sixteen, by its name."""
    return sum(path.encode()) % 16 == 0
