"""Tune the embedder on questions, headings and sentence pairs, without forgetting what the base can do."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from ingest.training.batches import Batch, QuestionBatches, heading_batches, pair_batches
from ingest.training.body import PREFIXES, Body, mean_pooled
from ingest.training.data import TrainingData
from ingest.training.loop import ALONE, BEST, Budget, Outcome, Team, load_weights, train
from ingest.training.mining import Mined, mine
from ingest.training.retrieval import question_ranks, reciprocal

if TYPE_CHECKING:
    import torch

RATE = 8e-5
TUNED = "tune"
SHARES = {"questions": 0.8, "headings": 0.1, "pairs": 0.1}
LATE_WIDTH = 128
"""Late interaction is trained on whole token vectors and on their first 128 numbers in turn, so that these alone rank
nearly as well (Matryoshka representations, Kusupati et al. 2022, arXiv 2205.13147)."""
LATE_WEIGHT = 0.5
LIKENESS_WEIGHT = 0.5


class Batches:
    """Batches of the three kinds, drawn by their shares."""

    def __init__(self, data: TrainingData, mined: Mined, *, seed: int, slices: int, rows: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.sources: dict[str, Iterator[Batch]] = {
            "questions": iter(QuestionBatches(data, mined, slices=slices, seed=seed)),
            "headings": heading_batches(data, size=rows, seed=seed),
            "pairs": pair_batches(data, size=2 * rows, seed=seed),
        }

    def __next__(self) -> Batch:
        kinds = list(self.sources)
        kind = self.random.choices(kinds, [SHARES[kind] for kind in kinds])[0]
        batch = next(self.sources[kind], None)
        if batch is None:  # too few rows of this kind for one batch
            del self.sources[kind]
            return next(self)
        return batch


class Objective:
    """The loss of one batch: contrast over mean vectors; for questions over token vectors as well; for headings and
    pairs likeness to the untouched base (knowledge distillation, Hinton et al. 2015, arXiv 1503.02531).
    """

    def __init__(self, body: Body, base: Body, *, seed: int) -> None:
        self.body, self.base, self.random = body, base, Random(seed)  # noqa: S311
        self.prefix = {
            role: len(body.tokenizer.encode(text, add_special_tokens=False).ids) for role, text in PREFIXES.items()
        }

    def __call__(self, batch: Batch) -> "torch.Tensor":
        """The loss of `batch`, a scalar."""
        import torch

        from ingest.training.losses import contrast, likeness

        asked = self.body.tokens(batch.queries, max_tokens=64 if batch.kind == "questions" else 96)
        there = self.body.tokens(batch.passages, max_tokens=112 if batch.kind == "questions" else 128)
        queries, query_mask = self.body.states(asked)
        passages, passage_mask = self.body.states(there)
        cosines = mean_pooled(queries, query_mask) @ mean_pooled(passages, passage_mask).T
        gold, ignored = torch.from_numpy(batch.gold), torch.from_numpy(batch.ignored)
        loss = contrast(cosines, gold, ignored)
        if batch.kind == "pairs":
            loss = (loss + contrast(cosines.T, gold.T, ignored.T)) / 2
        if batch.kind == "questions":
            late = self._late(asked, queries, query_mask, there, passages, passage_mask)
            return loss + LATE_WEIGHT * contrast(late, gold, ignored)
        with torch.inference_mode():
            sides = [mean_pooled(*self.base.states(ids)) for ids in (asked, there)]
            teacher = sides[0] @ sides[1].T
        return loss + LIKENESS_WEIGHT * likeness(cosines, teacher.clone())

    def _late(
        self,
        asked: list[list[int]],
        queries: "torch.Tensor",
        query_mask: "torch.Tensor",
        there: list[list[int]],
        passages: "torch.Tensor",
        passage_mask: "torch.Tensor",
    ) -> "torch.Tensor":
        from ingest.training.losses import late_interaction, words_only

        width = self.random.choice((queries.shape[-1], LATE_WIDTH))
        query_words = words_only(asked, query_mask, self.prefix["query"])
        passage_words = words_only(there, passage_mask, self.prefix["passage"])
        return late_interaction(queries[..., :width], query_words, passages[..., :width], passage_words)


def tune(
    data: TrainingData, base_folder: Path, work: Path, *, budget: Budget, seed: int = 0, rate: float = RATE,
    resume: bool = False, slices: int = 2, rows: int = 24, team: Team = ALONE,
) -> Outcome:  # fmt: skip
    """Tune a copy of the base; checkpoints, the best weights and the base's vectors go to `work`."""
    import torch

    base, body = Body(base_folder), Body(base_folder)
    mined = mine(data, base, cache=work / "cache")
    torch.manual_seed(seed)
    fresh = seed + 1000 * team.rank + (100 if resume else 0)  # a resumed run draws new batches
    batches = Batches(data, mined, seed=fresh, slices=slices, rows=rows)
    objective = Objective(body, base, seed=fresh)

    def check() -> float:
        ranks = question_ranks(lambda texts, role: body.encode(texts, role=role), data, whole_pages=False)
        return float(np.mean([reciprocal(direction) for direction in ranks.values()]))

    return train(
        body.model, lambda: objective(next(batches)), folder=work / TUNED, budget=budget, rate=rate, check=check,
        resume=resume, team=team,
    )  # fmt: skip


def load_tuned(base_folder: Path, work: Path) -> Body:
    """The base's body with the best weights of the last run."""
    body = Body(base_folder)
    load_weights(body.model, work / TUNED / BEST)
    return body
