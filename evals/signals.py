"""What each ranking signal is worth: a linear ranker fitted with all of them, and without each in turn."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.question import synonyms
from evals.figures import Figure, average, by_twin, mean_difference
from evals.measures import randomisation_test
from ingest.signals import SIGNALS, signals

if TYPE_CHECKING:
    import numpy as np

    from evals.cases import Case
    from evals.models import Bench
    from ingest.training.ranker import Example

FOLDS = 5
PENALTY = 1e-3
"""On the weights' squares: of those that the recipe tries (`ingest.training.ranker`), the one in the middle."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """A case with the signals of what the index proposes for it; None where no evidence is among that."""

    case: Case
    example: Example | None


@dataclass(frozen=True, slots=True)
class Worth:
    """A signal's weight in the whole ranker, and the mean reciprocal rank that is lost without it, over twins."""

    weight: float
    lost: Figure
    p: float


def candidates(bench: Bench, cases: Sequence[Case]) -> list[Candidates]:
    """What the index proposes for each case; a FAQ's question is no evidence."""
    import numpy as np

    from ingest.training.ranker import Example

    found = []
    for case in cases:
        asked = bench.assistant.understand(case.standalone or case.question)
        hits = bench.index.search(asked.text, k=bench.settings.candidates, synonyms=synonyms(asked.text))
        there = [scores.segment for hit in hits for scores in hit.segments]
        kept = np.array([segment.kind != "question" for segment in there], dtype=bool)
        vital = {segment for nugget in case.nuggets if nugget.vital for segment in nugget.segments}
        gold = np.array([segment.id in vital for segment in there], dtype=bool) & kept
        example = Example(signals(asked.text, hits)[kept], gold[kept]) if gold.any() else None
        found.append(Candidates(case, example))
    return found


def worths(found: Sequence[Candidates], *, seed: int = 0) -> tuple[Figure, dict[str, Worth]]:
    """The mean reciprocal rank of the first evidence, ranked by all signals; and what each signal adds to it.

    Every case is ranked by weights that neither it nor its twin was fitted on. Evidence that no arm proposes counts 0.
    """
    import numpy as np

    from ingest.training.ranker import fit

    whole = _reciprocals(found, list(range(len(SIGNALS))), seed)
    weights = fit([one.example for one in found if one.example], PENALTY)
    twins = [one.case.twin for one in found]
    result = {}
    for number, name in enumerate(SIGNALS):
        rest = _reciprocals(found, [other for other in range(len(SIGNALS)) if other != number], seed)
        differences = by_twin(twins, list(np.subtract(whole, rest)))
        result[name] = Worth(float(weights[number]), mean_difference(differences), randomisation_test(differences))
    return average(by_twin(twins, whole)), result


def _reciprocals(found: Sequence[Candidates], columns: list[int], seed: int) -> list[float]:
    """Reciprocal rank of each case, by some of the signals, cross-validated by twins."""
    from ingest.training.ranker import fit

    fold = _folds(found, seed)
    chosen = [_only(one.example, columns) if one.example else None for one in found]
    weights = {
        number: fit([one for one, at in zip(chosen, fold, strict=True) if one and at != number], PENALTY)
        for number in set(fold)
    }
    return [1 / one.rank(weights[at]) if one else 0.0 for one, at in zip(chosen, fold, strict=True)]


def _only(example: Example, columns: list[int]) -> Example:
    from ingest.training.ranker import Example

    chosen: np.ndarray = example.signals[:, columns]
    return Example(chosen, example.gold)


def _folds(found: Sequence[Candidates], seed: int) -> list[int]:
    """Which fold each case is left out with: the same for twins."""
    twins = sorted({one.case.twin for one in found})
    random.Random(seed).shuffle(twins)  # noqa: S311  a partition, not secrets
    places = {twin: place % FOLDS for place, twin in enumerate(twins)}
    return [places[one.case.twin] for one in found]


def worth_table(whole: Figure, found: Mapping[str, Worth]) -> str:
    """One line a signal, what is worth most first."""
    from evals.report.markdown import as_table

    ordered = sorted(found.items(), key=lambda pair: -pair[1].lost.value)
    lines: dict[str, list[object]] = {
        name: [
            f"{one.weight:+.2f}",
            f"{one.lost.value:+.4f} [{one.lost.low:+.3f}, {one.lost.high:+.3f}]",
            f"{one.p:.3f}",
        ]
        for name, one in ordered
    }
    columns = ["weight", "reciprocal rank lost without it", "p"]
    return f"{as_table('signal', lines, columns)}\n\nMean reciprocal rank by all signals: {whole} twins"
