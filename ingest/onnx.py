"""Run the project's own models: a tokenizer and an ONNX graph from one folder, on the CPU."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MANIFEST = "manifest.json"
_DESCRIBING = frozenset({MANIFEST, "README.md", "figures.json", "judgement.json"})
_BATCH_TOKENS = 2048
_THREADS = 2


class OnnxModel:
    """A tokenizer and a graph: (input_ids, attention_mask) -> one tensor. Safe to share between threads."""

    def __init__(self, folder: Path, graph: str) -> None:
        self.sha256 = check_manifest(folder)[graph]
        self.tokenizer = _open_tokenizer(folder / "tokenizer.json")
        self._session = _open_session(folder / graph)
        self._padding = self.tokenizer.token_to_id("<pad>")

    def run(self, rows: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Run texts given as token ids, those of like length together, so that little is padded.

        Yields (which texts, the graph's output for them, their attention mask).
        """
        import numpy as np

        for places in _batches([len(row) for row in rows]):
            width = len(rows[places[-1]])
            ids = np.full((len(places), width), self._padding, np.int64)
            mask = np.zeros((len(places), width), np.int64)
            for number, place in enumerate(places):
                ids[number, : len(rows[place])] = rows[place]
                mask[number, : len(rows[place])] = 1
            output: np.ndarray = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            yield places, output, mask


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places in order of length, cut into batches of at most `_BATCH_TOKENS` tokens, padding included."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and lengths[place] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def write_manifest(folder: Path) -> None:
    """Write down the SHA-256 of a model's files; what only describes the model stays out."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _DESCRIBING)
    digests = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


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
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidGraph, InvalidProtobuf) as error:
        raise ModelError(f"The model {path} cannot be loaded: {error}.", remedy="Restore it.") from error
