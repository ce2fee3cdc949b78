"""Tune the reader: (question, evidence) -> does it answer, and with which verdict.

A cross-encoder of all the layers of the tuned body (monoBERT, Nogueira & Cho 2019, arXiv 1901.04085), with one linear
layer of four logits: answerable, yes, no, conditional.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ingest.training.body import Body, Ids, by_length, padded
from ingest.training.data import TrainingData
from ingest.training.examples import (
    NO_VERDICT,
    VERDICTS,
    Example,
    Examples,
    dev_examples,
    heading_examples,
    mixed,
)
from ingest.training.export import Graph
from ingest.training.loop import ALONE, BEST, Budget, Outcome, Team, load_weights, train
from ingest.training.mining import mine
from ingest.training.polarity import polar_examples

if TYPE_CHECKING:
    import torch

RATE = 3e-4
TUNED = "tune-reader"
MAX_TOKENS = 256
MAX_QUESTION_TOKENS = 96
FROZEN_SHARE = 1 / 3
"""The word embeddings and this part of the layers stay as the embedder left them: a quarter less to compute."""
MIXTURE = (0.84, 0.04, 0.12)
"""Shares of the examples made of questions, headings and statements."""
LABELS = ("answerable", *VERDICTS)


def pair_ids(tokenizer: Any, questions: Sequence[str], evidences: Sequence[str]) -> Ids:  # noqa: ANN401
    """Ids of `<s> question </s> </s> evidence </s>`, no prefixes.

    The question is cut at 96 pieces, the evidence where the whole would pass 256.
    """
    tokenizer.no_truncation()
    start, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    asked = tokenizer.encode_batch(list(questions), add_special_tokens=False)
    there = tokenizer.encode_batch(list(evidences), add_special_tokens=False)
    rows = []
    for question, evidence in zip(asked, there, strict=True):
        first = question.ids[:MAX_QUESTION_TOKENS]
        rows.append([start, *first, end, end, *evidence.ids[: MAX_TOKENS - 4 - len(first)], end])
    return rows


def network(body: Body) -> "torch.nn.Module":
    """The reader's module: (input_ids, attention_mask), both (pairs, tokens) -> logits (pairs, 4).

    Its linear layer sees the first token's vector and the mean of all, side by side.
    """
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body.model
            self.head = torch.nn.Linear(2 * body.model.config.hidden_size, len(LABELS))
            torch.nn.init.normal_(self.head.weight, std=0.02)
            torch.nn.init.zeros_(self.head.bias)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.to(states.dtype)[:, :, None]
            mean = (states * weights).sum(1) / weights.sum(1)
            logits: torch.Tensor = self.head(torch.cat([states[:, 0], mean], dim=1))
            return logits

    return Network()


def logits_of(net: "torch.nn.Module", body: Body, examples: Sequence[Example]) -> npt.NDArray[np.float32]:
    """The logits (examples, 4) of a network in torch."""
    import torch

    rows = pair_ids(body.tokenizer, [e.question for e in examples], [e.evidence for e in examples])
    result = np.zeros((len(rows), len(LABELS)), np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for places in by_length(rows, chunk=32):
            ids, mask = padded([rows[i] for i in places], body.pad)
            result[places] = net(ids, mask.long()).float().numpy()
    return result


def loss_of(net: "torch.nn.Module", body: Body, examples: Sequence[Example]) -> "torch.Tensor":
    """Cross-entropy of answerability over all examples, plus that of the verdict over those that have one."""
    import torch
    import torch.nn.functional as F  # noqa: N812

    rows = pair_ids(body.tokenizer, [e.question for e in examples], [e.evidence for e in examples])
    parts, order = [], []
    for places in by_length(rows, chunk=4):
        ids, mask = padded([rows[i] for i in places], body.pad)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            parts.append(net(ids, mask.long()).float())
        order += places
    logits = torch.cat(parts)
    answers = torch.tensor([float(examples[i].answers) for i in order])
    verdicts = torch.tensor([examples[i].verdict for i in order])
    loss = F.binary_cross_entropy_with_logits(logits[:, 0], answers)
    if bool((verdicts != NO_VERDICT).any()):
        loss = loss + F.cross_entropy(logits[:, 1:], verdicts, ignore_index=NO_VERDICT)
    return loss


def graph_logits(graph: Graph, examples: Sequence[Example]) -> npt.NDArray[np.float32]:
    """The logits (examples, 4) of an exported reader."""
    rows = pair_ids(graph.tokenizer, [e.question for e in examples], [e.evidence for e in examples])
    result = np.zeros((len(rows), len(LABELS)), np.float32)
    for places in by_length(rows, chunk=16):
        result[places] = graph.run([rows[i] for i in places])
    return result


def joined_logits(logits: Mapping[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """The logits of all directions, one after the other."""
    return np.concatenate(list(logits.values()))


def tune(
    data: TrainingData, base_folder: Path, body_folder: Path, work: Path, *, budget: Budget, seed: int = 0,
    rate: float = RATE, resume: bool = False, weights: Path | None = None, size: int = 16, team: Team = ALONE,
) -> Outcome:  # fmt: skip
    """Tune a reader on the body in `body_folder`; negatives are mined with the base. All files go to `work`.

    `weights` are those of an earlier run to go on from, by a schedule of its own.
    """
    import torch

    mined = mine(data, Body(base_folder), cache=work / "cache")
    body = Body(body_folder)
    torch.manual_seed(seed)
    net = network(body)
    if weights:
        load_weights(net, weights)
    layers = body.model.encoder.layer
    for part in (body.model.embeddings, *layers[: int(len(layers) * FROZEN_SHARE)]):
        part.requires_grad_(requires_grad=False)
    fresh = seed + 1000 * team.rank + (100 if resume else 0)  # a resumed run draws new examples
    examples = mixed(
        (Examples(data, mined, seed=fresh), heading_examples(data, seed=fresh), polar_examples(data, seed=fresh)),
        MIXTURE, seed=fresh,
    )  # fmt: skip
    held = [example for direction in dev_examples(data).values() for example in direction[::2]]
    return train(
        net, lambda: loss_of(net, body, list(islice(examples, size))), folder=work / TUNED, budget=budget, rate=rate,
        check=lambda: -negative_log_likelihood(logits_of(net, body, held), held), resume=resume, team=team,
    )  # fmt: skip


def load_tuned(body_folder: Path, work: Path) -> tuple["torch.nn.Module", Body]:
    """The network with the best weights of the last run, and the body inside it."""
    body = Body(body_folder)
    net = network(body)
    load_weights(net, work / TUNED / BEST)
    return net, body


def negative_log_likelihood(logits: npt.NDArray[np.float32], examples: Sequence[Example]) -> float:
    """The loss of `loss_of` on given logits (examples, 4)."""
    answers = np.array([example.answers for example in examples])
    verdicts = np.array([example.verdict for example in examples])
    signed = np.where(answers, logits[:, 0], -logits[:, 0]).astype(np.float64)
    loss = float(np.logaddexp(0, -signed).mean())
    asked = verdicts != NO_VERDICT
    if not asked.any():
        return loss
    scores = logits[asked][:, 1:].astype(np.float64)
    chosen = scores[np.arange(len(scores)), verdicts[asked]]
    return loss + float((np.logaddexp.reduce(scores, axis=1) - chosen).mean())
