"""Run the project's own models: a tokenizer and an ONNX graph from one folder, on the CPU."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MANIFEST = "manifest.json"
_BATCH_TOKENS = 2048
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of encodings as the graphs take them. `rows` says which texts they are."""

    rows: list[int]
    input_ids: np.ndarray
    attention_mask: np.ndarray


class OnnxModel:
    """One session a process and model; safe to share between threads."""

    def __init__(self, folder: Path, graph: str) -> None:
        self.folder = folder
        self.sha256 = check_manifest(folder)[graph]
        self.tokenizer = _open_tokenizer(folder / "tokenizer.json")
        self._session = _open_session(folder / graph)
        self._padding = self.tokenizer.token_to_id("<pad>")

    def batches(self, encodings: Sequence[Encoding]) -> Iterator[Encoded]:
        """Encodings of like length together, so that little is padded; no batch over `_BATCH_TOKENS` tokens."""
        import numpy as np

        order = sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and len(encodings[order[end]].ids) * (end + 1 - start) <= _BATCH_TOKENS:
                end += 1
            rows = order[start:end]
            width = len(encodings[rows[-1]].ids)
            ids = np.full((len(rows), width), self._padding, np.int64)
            mask = np.zeros((len(rows), width), np.int64)
            for place, row in enumerate(rows):
                length = len(encodings[row].ids)
                ids[place, :length] = encodings[row].ids
                mask[place, :length] = 1
            yield Encoded(rows, ids, mask)
            start = end

    def run(self, batch: Encoded) -> np.ndarray:
        """The graph's first output for a batch."""
        feeds = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
        output: np.ndarray = self._session.run(None, feeds)[0]
        return output


def check_manifest(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that a model folder's manifest names, after comparing each.

    Raises:
        ModelError: the manifest is missing, or a file is missing, truncated or another one.
    """
    try:
        expected: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model folder {folder} has no readable {MANIFEST}: {error}.", remedy="Restore the folder."
        ) from error
    for name, digest in expected.items():
        path = folder / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        if found != digest:
            raise ModelError(
                f"{path} is not the file that belongs there: SHA-256 {found[:12]} instead of {digest[:12]}.",
                remedy="Restore it from the repository.",
            )
    return expected


def _open_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _open_session(path: Path) -> InferenceSession:
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidGraph, InvalidProtobuf) as error:
        raise ModelError(f"The model {path} cannot be loaded: {error}.", remedy="Restore it.") from error
