"""The embedder seam, and the embedders behind it."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from corpus.errors import ModelError
from ingest.onnx import OnnxModel

if TYPE_CHECKING:
    import numpy as np
    from sentence_transformers import SentenceTransformer

BUILT_IN = Path(__file__).parent / "data" / "embedder"
_UNREAD = ".pooler."
"""Weights that no sentence vector depends on; drawn anew at each load where a model folder leaves them out."""
_WHOLE = {"dtype": "float32"}  # kept in half precision, a model takes three times as long on a CPU
SAFE_SUFFIXES = frozenset({".json", ".safetensors", ".txt", ".md", ".onnx", ".model", ""})


class Embedder(Protocol):
    """Turns texts into unit vectors; the two methods have LangChain's signature.

    `sha256` identifies the weights: vectors are cached under it, and an index remembers it.
    """

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages: `len(texts)` rows of `dimension` floats."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """Vector of one question: `dimension` floats."""
        ...


def open_embedder(model: str = "", backend: Literal["onnx", "torch"] = "onnx") -> Embedder:
    """The embedder for a sentence-transformers name or folder; the built-in bilingual one for an empty name.

    `backend` says how the built-in one runs: as ONNX in 8 bits, or whole in torch by sentence-transformers.
    """
    if model:
        return SentenceTransformersEmbedder(model)
    return SentenceTransformersEmbedder(str(BUILT_IN)) if backend == "torch" else BuiltInEmbedder()


class BuiltInEmbedder:
    """The project's own bilingual model as an ONNX graph in 8 bits; needs neither torch nor sentence-transformers."""

    GRAPH = "onnx/model_int8.onnx"
    MAX_TOKENS = 512

    def __init__(self, folder: Path = BUILT_IN) -> None:
        self.name = f"built-in:{folder.name}"
        self._model = OnnxModel(folder, self.GRAPH)
        settings = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
        self._prompts: dict[str, str] = settings["prompts"]
        self.sha256 = self._model.sha256
        self.dimension: int = json.loads((folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))[
            "embedding_dimension"
        ]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embed([self._prompts["passage"] + text for text in texts]).tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        return self._embed([self._prompts["query"] + text])[0].tolist()  # type: ignore[no-any-return]

    def _embed(self, texts: list[str]) -> np.ndarray:
        """Mean of the token vectors, brought to unit length: shape (texts, dimension)."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        rows = [encoding.ids[: self.MAX_TOKENS] for encoding in self._model.tokenizer.encode_batch(texts)]
        for places, tokens, mask in self._model.run(rows):
            mean = (tokens * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            vectors[places] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors


class SentenceTransformersEmbedder:
    """Any sentence-transformers model, with the query and passage prompts that it declares or its family needs."""

    def __init__(self, model: str) -> None:
        self.name = model
        folder = Path(model).expanduser()
        if folder.is_dir():
            _refuse_code(folder)
            model = str(folder)
        self._model: SentenceTransformer = _load_sentence_transformer(model)
        self.dimension: int = self._model.get_embedding_dimension() or 0
        prompts = self._model.prompts or {}
        is_e5 = "e5" in self.name.lower()
        self._query = prompts.get("query") or ("query: " if is_e5 else "")
        self._passage = prompts.get("passage") or prompts.get("document") or ("passage: " if is_e5 else "")

    @cached_property
    def sha256(self) -> str:
        digest = hashlib.sha256(f"{self._query}\n{self._passage}\n".encode())
        weights = ((name, tensor) for name, tensor in self._model.state_dict().items() if _UNREAD not in name)
        for name, tensor in sorted(weights):
            digest.update(name.encode())
            digest.update(tensor.float().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._encode([self._passage + text for text in texts]).tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        return self._encode([self._query + text])[0].tolist()  # type: ignore[no-any-return]

    def _encode(self, texts: list[str]) -> np.ndarray:
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)


def _load_sentence_transformer(model: str) -> SentenceTransformer:
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu", trust_remote_code=False, model_kwargs=_WHOLE)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"The embedding model {model!r} cannot be loaded: {error}.",
            remedy="Set SOC_EMBEDDING_MODEL to a sentence-transformers folder or name, or unset it.",
        ) from error


def _refuse_code(folder: Path) -> None:
    """A model folder may hold weights and settings only: code in it would run when it is loaded."""
    strange = sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in SAFE_SUFFIXES
    )
    if strange:
        raise ModelError(
            f"The model folder {folder} holds files that could run code: {', '.join(strange[:5])}.",
            remedy="Keep only safetensors, onnx, json and txt files in it.",
        )
