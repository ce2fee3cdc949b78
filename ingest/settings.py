"""Every setting of the project, read from the environment (prefix `SOC_`)."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from corpus.documents import SUFFIXES, bundled_path
from corpus.errors import ConfigurationError


class Settings(BaseSettings):
    """Where things are and how far the assistant goes. Field `home` is the variable `SOC_HOME`, and so on."""

    model_config = SettingsConfigDict(env_prefix="SOC_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_data_path("soc-assistant"),
        description="Folder of the index and the embedding cache.",
    )
    documents: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=lambda: (bundled_path(),),
        description="Files or folders of documents: paths with `:` (`;` on Windows) between them, or a JSON list.",
    )
    embedding_model: str = Field(
        default="",
        description="A sentence-transformers name or folder. Empty: the built-in bilingual model.",
    )
    embedding_backend: Literal["onnx", "torch"] = Field(
        default="onnx", description="How the built-in model runs: in 8 bits by onnxruntime, or whole by torch."
    )
    reader: Literal["shipped", "none"] | Path = Field(
        default="shipped",
        description="What judges the evidence: `shipped`, `none` (the ranking alone decides), or the folder of a "
        "reader (`python -m ingest.training reader`).",
    )
    ranker: Path | None = Field(
        default=None,
        description="Folder of a ranker of the candidates (`python -m ingest.training ranker`). "
        "None: the fusion rule ranks.",
    )
    bm25_weight: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Weight of BM25 beside the dense scores in the fusion rule, after standardising both.",
    )
    candidates: int = Field(default=50, ge=1, le=500, description="Segments that each retrieval arm may propose.")
    passages: int = Field(default=8, ge=1, le=50, description="Passages that evidence is chosen from.")
    max_question_characters: int = Field(default=4000, ge=1, description="Longer questions are refused.")
    host: str = Field(default="127.0.0.1", description="Address the chat page listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port of the chat page; 0 takes a free one.")

    @property
    def added(self) -> Path:
        """The folder of the documents that were added on the chat page."""
        return self.home / "added"

    @property
    def sources(self) -> tuple[Path, ...]:
        """What is ingested where nothing is named: `documents`, and what was added on the chat page."""
        added = any(path.suffix.lower() in SUFFIXES for path in self.added.rglob("*"))
        return (*self.documents, self.added) if added else self.documents

    @field_validator("documents", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        paths = [path for path in value.split(os.pathsep) if path.strip()]
        if not paths:
            raise ValueError("it names no file or folder")
        return paths


@cache
def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: a variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"SOC_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            f"A setting cannot be used: {faults}.", remedy="Correct the environment variable or unset it."
        ) from error
