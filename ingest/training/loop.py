"""The training loop of embedder and reader: a budget in steps or minutes, a schedule, checkpoints, the best kept.

Several processes of one thread each train together and average their gradients at every step. On a computer that has
other work to do this is much faster than one process of several threads, which wait for one another in every operation.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError, TrainingDataError

if TYPE_CHECKING:
    import torch

WARM_UP = 0.06
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0
BEST = "best.safetensors"


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to train: `steps` when given (a repeatable run), else `minutes` by the clock."""

    minutes: float = 40.0
    steps: int | None = None

    def spent(self, *, step: int, seconds: float) -> float:
        """The part of the budget that is spent, 0 to 1."""
        return step / self.steps if self.steps else seconds / 60 / self.minutes


@dataclass(frozen=True, slots=True)
class Team:
    """One process among the `size` that train together; alone by default."""

    rank: int = 0
    size: int = 1

    def join(self, meeting: Path) -> None:
        """Set this process to one thread and find the others by the file `meeting`, which must be new."""
        import torch
        import torch.distributed

        if self.size > 1:
            torch.set_num_threads(1)
            torch.distributed.init_process_group(
                "gloo", init_method=f"file://{meeting.absolute()}", rank=self.rank, world_size=self.size
            )

    def average(self, tensor: "torch.Tensor") -> None:
        """Replace `tensor` by its mean over the team."""
        import torch.distributed

        if self.size > 1:
            torch.distributed.all_reduce(tensor)
            tensor /= self.size


ALONE = Team()


@dataclass(slots=True)
class Outcome:
    """What a run did: its losses by step and the scores of its checks, by the part of the budget spent."""

    losses: list[float]
    checks: list[tuple[float, float]]
    steps: int
    seconds: float


def train(
    model: "torch.nn.Module",
    loss: Callable[[], "torch.Tensor"],
    *,
    folder: Path,
    budget: Budget,
    rate: float,
    check: Callable[[], float],
    checks: int = 3,
    resume: bool = False,
    team: Team = ALONE,
) -> Outcome:
    """Minimise `loss()` (one batch a call) by AdamW; the weights of the best `check()` are left in `folder`.

    The learning rate rises over the first 6% of the budget and then falls along a cosine. `checks` times on the way the
    model is scored and written to `folder`; `resume` goes on from the last of these points.

    Raises:
        TrainingDataError: a loss is not a number.
    """
    run = _Run(model, folder, rate, team)
    outcome = run.resumed() if resume else Outcome([], [], 0, 0.0)
    start = time.monotonic() - outcome.seconds
    model.train()
    with _bar() as bar:
        spent = budget.spent(step=outcome.steps, seconds=outcome.seconds)
        while spent < 1.0:
            value, seconds = run.step(loss, spent, time.monotonic() - start)
            if not math.isfinite(value):
                raise TrainingDataError(
                    f"The loss of step {outcome.steps} is {value}.", remedy="Lower the learning rate with --rate."
                )
            outcome.losses.append(value)
            outcome.steps, outcome.seconds = outcome.steps + 1, seconds
            before, spent = spent, min(1.0, budget.spent(step=outcome.steps, seconds=outcome.seconds))
            bar.set_postfix_str(
                f"step {outcome.steps}, loss {sum(outcome.losses[-50:]) / len(outcome.losses[-50:]):.3f}"
            )
            bar.update(round(100 * spent, 2) - bar.n)
            if int(spent * checks) > int(before * checks):
                model.eval()
                run.checkpoint(outcome, spent, check() if team.rank == 0 else 0.0)
    return outcome


class _Run:
    """The optimiser's state and the files of one run."""

    def __init__(self, model: "torch.nn.Module", folder: Path, rate: float, team: Team) -> None:
        import torch

        folder.mkdir(parents=True, exist_ok=True)
        self.model, self.folder, self.rate, self.team = model, folder, rate, team
        decayed = [p for p in model.parameters() if p.ndim > 1]
        plain = [p for p in model.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=rate)

    def step(self, loss: Callable[[], "torch.Tensor"], spent: float, seconds: float) -> tuple[float, float]:
        """One update; returns the loss and the seconds since the start, both averaged over the team."""
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * schedule(spent)
        value = loss()
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        shared = torch.tensor([float(value.detach()), seconds], dtype=torch.float64)
        self._share([p for p in self.model.parameters() if p.requires_grad], shared)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        return float(shared[0]), float(shared[1])

    def _share(self, parameters: list["torch.nn.Parameter"], shared: "torch.Tensor") -> None:
        import torch

        if self.team.size == 1:
            return
        self.team.average(shared)
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        self.team.average(flat)
        for parameter, mean in zip(parameters, torch.split(flat, [p.numel() for p in parameters]), strict=True):
            parameter.grad = mean.view_as(parameter)

    def checkpoint(self, outcome: Outcome, spent: float, score: float) -> None:
        import torch
        from safetensors.torch import save_model

        best = max((before for _, before in outcome.checks), default=-math.inf)
        outcome.checks.append((spent, score))
        self.model.train()
        if self.team.rank:
            return
        if score >= best:
            save_model(self.model, str(self.folder / BEST))
        save_model(self.model, str(self.folder / "last.safetensors"))
        torch.save(self.optimiser.state_dict(), self.folder / "optimiser.pt")
        state = {name: getattr(outcome, name) for name in ("losses", "checks", "steps", "seconds")}
        (self.folder / "state.json").write_text(json.dumps(state), encoding="utf-8")

    def resumed(self) -> Outcome:
        import torch
        from safetensors.torch import load_model

        path = self.folder / "state.json"
        if not path.is_file():
            return Outcome([], [], 0, 0.0)
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        load_model(self.model, str(self.folder / "last.safetensors"))
        self.optimiser.load_state_dict(torch.load(self.folder / "optimiser.pt", weights_only=True))
        checks = [(float(spent), float(score)) for spent, score in state["checks"]]
        return Outcome(state["losses"], checks, state["steps"], state["seconds"])


def load_weights(model: "torch.nn.Module", path: Path) -> None:
    """Load the weights that a run wrote.

    Raises:
        ModelError: there are none, or they belong to another model.
    """
    from safetensors.torch import load_model

    if not path.is_file():
        raise ModelError(f"{path} is missing.", remedy="Train first, or give the --out of the earlier run.")
    try:
        load_model(model, str(path))
    except RuntimeError as error:
        raise ModelError(f"{path} belongs to another model.", remedy="Give the --base it was trained on.") from error
    model.eval()


def schedule(spent: float) -> float:
    """The factor of the learning rate when a part of the budget is spent: linear warm-up, then half a cosine."""
    if spent < WARM_UP:
        return (spent + 0.01) / (WARM_UP + 0.01)
    return 0.5 * (1 + math.cos(math.pi * (spent - WARM_UP) / (1 - WARM_UP)))


def _bar() -> Any:  # noqa: ANN401
    from tqdm import tqdm

    return tqdm(total=100.0, unit="%", bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}", mininterval=5)
