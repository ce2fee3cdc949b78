"""The transformer body that the models share: texts to token vectors, batches sorted by length."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

PREFIXES = {"query": "query: ", "passage": "passage: "}
LENGTH_STEP = 16
CODE_SUFFIXES = {".py", ".pkl", ".pickle", ".bin", ".pt", ".pth", ".ckpt", ".so"}

Ids = list[list[int]]


class Body:
    """A BERT-like encoder and its tokenizer, read from a sentence-transformers or transformers folder.

    Only folders of safetensors, JSON and text are read: no code and no pickle is ever loaded.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer
        from transformers import AutoModel

        refuse_code(folder)
        if not (folder / "tokenizer.json").is_file() or not (folder / "model.safetensors").is_file():
            raise ModelError(
                f"{folder} is no model folder: it needs tokenizer.json and model.safetensors.",
                remedy="Make one with `python -m ingest.training base --out DIR`.",
            )
        model = AutoModel.from_pretrained(
            folder, attn_implementation="eager", use_safetensors=True, add_pooling_layer=False
        )
        self._take(model, Tokenizer.from_file(str(folder / "tokenizer.json")))

    @classmethod
    def of(cls, model: Any, tokenizer: "Tokenizer") -> "Body":  # noqa: ANN401
        """A body of a model and a tokenizer in memory."""
        body = cls.__new__(cls)
        body._take(model, tokenizer)
        return body

    def _take(self, model: Any, tokenizer: Any) -> None:  # noqa: ANN401
        self.model, self.tokenizer = model.float(), tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.pad = int(tokenizer.token_to_id("<pad>"))
        for module in model.modules():
            if module.__class__.__name__ == "Dropout":
                module.p = 0.0  # few passes over the data, and dropout is slow on a CPU

    def tokens(self, texts: Sequence[str], *, max_tokens: int) -> Ids:
        """Piece ids of every text with the special tokens, cut at `max_tokens`."""
        self.tokenizer.enable_truncation(max_tokens)
        return [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]

    def states(self, ids: Ids, *, chunk: int = 32) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Token vectors (texts, longest, width) in float32 and their mask (texts, longest), in the order given.

        Texts of like length run together, `chunk` at a time, so that little is spent on padding.
        """
        import torch

        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        longest = len(ids[order[-1]])
        parts = []
        for start in range(0, len(order), chunk):
            batch, mask = padded([ids[i] for i in order[start : start + chunk]], self.pad)
            states = self.forward(batch, mask)
            parts.append(torch.nn.functional.pad(states, (0, 0, 0, longest - batch.shape[1])))
        place = torch.tensor(np.argsort(order))
        lengths = torch.tensor([len(row) for row in ids])
        return torch.cat(parts)[place], torch.arange(longest)[None, :] < lengths[:, None]

    def forward(self, ids: "torch.Tensor", mask: "torch.Tensor", *, exact: bool = False) -> "torch.Tensor":
        """Token vectors (texts, tokens, width) of one padded batch in float32, computed in bfloat16 unless `exact`."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not exact):
            states: torch.Tensor = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return states.float()

    def encode(
        self, texts: Sequence[str], *, role: str, max_tokens: int = 192, exact: bool = False
    ) -> npt.NDArray[np.float32]:
        """Unit vectors (texts, width) of `texts` in the role "query" or "passage"."""
        import torch

        rows = self.tokens([PREFIXES[role] + text for text in texts], max_tokens=max_tokens)
        vectors = np.zeros((len(rows), self.model.config.hidden_size), np.float32)
        with torch.inference_mode():
            for places in by_length(rows, chunk=64):
                batch, mask = padded([rows[i] for i in places], self.pad)
                vectors[places] = mean_pooled(self.forward(batch, mask, exact=exact), mask).numpy()
        return vectors


def refuse_code(folder: Path) -> None:
    """Raise `ModelError` when a model folder holds anything that could run."""
    found = sorted(path.name for path in folder.rglob("*") if path.suffix in CODE_SUFFIXES)
    if found:
        raise ModelError(
            f"{folder} holds code or pickles: {', '.join(found[:5])}.",
            remedy="Use a folder that holds safetensors, JSON and text only.",
        )


def by_length(rows: Ids, *, chunk: int) -> Iterator[list[int]]:
    """Places of rows of like length, `chunk` at a time, shortest first."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), chunk):
        yield order[start : start + chunk]


def padded(ids: Ids, pad: int) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Ids (texts, longest) and their boolean mask of the same shape.

    The longest is rounded up: the kernels that are compiled for a shape, and kept, serve again for the next batch.
    """
    import torch

    longest = -(-max(len(row) for row in ids) // LENGTH_STEP) * LENGTH_STEP
    batch = torch.tensor([row + [pad] * (longest - len(row)) for row in ids])
    lengths = torch.tensor([len(row) for row in ids])
    return batch, torch.arange(longest)[None, :] < lengths[:, None]


def mean_pooled(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """The unit vector (texts, width) of the mean of each text's token vectors."""
    import torch

    weights = mask[:, :, None].float()
    return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)
