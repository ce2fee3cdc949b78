"""Average tuned weights with those of the base, so that little of what the base can do is forgotten.

Weights of one origin can be averaged (WiSE-FT, Wortsman et al. 2022, arXiv 2109.01903): part of the tuning is given
back for robustness on documents of other kinds. Which part, the development questions and the guards decide.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.training.body import Body
from ingest.training.data import GUARDS, LANGUAGES, TrainingData
from ingest.training.retrieval import Encode, heading_ranks, question_ranks, reciprocal, twin_ranks

SHARES = (0.0, 0.3, 0.5, 0.7)
"""Parts of the base that are tried."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Mean reciprocal ranks with a part of the base: development questions and guards, and twins (first rank)."""

    base_share: float
    questions: float
    guard: float
    twins: float


def mixed(tuned: Body, base: Body, base_share: float) -> Body:
    """A body whose weights are `base_share` times those of the base and the rest of the tuned ones."""
    import copy

    model = copy.deepcopy(tuned.model)
    ours, theirs = model.state_dict(), base.model.state_dict()
    model.load_state_dict({name: (1 - base_share) * ours[name] + base_share * theirs[name] for name in ours})
    return Body.of(model, tuned.tokenizer)


def measure(encode: Encode, data: TrainingData, base_share: float, *, count: int) -> Trial:
    """The trial of one mixture, over `count` headings a guard and language and `count` twins."""
    questions = [reciprocal(ranks) for ranks in question_ranks(encode, data, whole_pages=False).values()]
    guards = [
        reciprocal(ranks)
        for guard in GUARDS
        for language in LANGUAGES
        if len(ranks := heading_ranks(encode, data, guard, language, count=count, longest=300))
    ]
    twins = [float((ranks == 1).mean()) for ranks in twin_ranks(encode, data, count=count, guard=True).values()]
    return Trial(base_share, *(sum(values) / max(1, len(values)) for values in (questions, guards, twins)))


def choose(trials: Sequence[Trial], base: Trial) -> Trial:
    """The mixture best on the questions among those that are not under the base on guards and twins.

    Where none is, the one that loses least there.
    """
    safe = [trial for trial in trials if trial.guard >= base.guard and trial.twins >= base.twins]
    if safe:
        return max(safe, key=lambda trial: trial.questions)
    return max(trials, key=lambda trial: min(trial.guard - base.guard, 0) + min(trial.twins - base.twins, 0))


def best_mixture(
    tuned: Body, base_folder: Path, data: TrainingData, *, count: int = 300
) -> tuple[Body, Trial, list[dict[str, float]]]:
    """The chosen mixture of tuned weights and base, its trial, and all trials (the base itself has share 1)."""
    base = Body(base_folder)

    def trial(body: Body, share: float) -> Trial:
        body.model.eval()
        return measure(lambda texts, role: body.encode(texts, role=role), data, share, count=count)

    untouched = trial(base, 1.0)
    trials = [trial(mixed(tuned, base, share), share) for share in SHARES]
    chosen = choose(trials, untouched)
    return mixed(tuned, base, chosen.base_share), chosen, [asdict(each) for each in (untouched, *trials)]
