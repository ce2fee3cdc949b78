"""Learning to rank: one score for each candidate segment, from the signals of `ingest.signals`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import ModelError
from ingest.onnx import check_manifest
from ingest.signals import SIGNALS, signals, standardised

if TYPE_CHECKING:
    from ingest.embedder import Embedder
    from ingest.index import Hit

FILE = "ranker.json"
_REFIT = "fit it anew: python -m ingest.training ranker."


class Ranker(BaseModel):
    """A weighted sum of named signals, fitted on questions with their evidence (`python -m ingest.training ranker`).

    `embedder` is the SHA-256 of the embedder on whose scores it was fitted; it ranks those of no other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedder: str
    weights: dict[str, float]

    @classmethod
    def load(cls, folder: Path, embedder: Embedder) -> Ranker:
        """The ranker of a folder.

        Raises:
            ModelError: a file is missing or another one than the manifest names, or it weighs signals that are not
                ours, or it was fitted on another embedder.
        """
        check_manifest(folder)
        try:
            ranker = cls.model_validate_json((folder / FILE).read_bytes())
        except (OSError, ValidationError) as error:
            raise ModelError(
                f"{folder / FILE} cannot be read: {str(error).splitlines()[0]}.", remedy=f"Restore it, or {_REFIT}"
            ) from error
        if unknown := sorted(set(ranker.weights) - set(SIGNALS)):
            raise ModelError(
                f"{folder / FILE} weighs signals that do not exist: {', '.join(unknown)}.",
                remedy=f"Update the assistant, or {_REFIT}",
            )
        if ranker.embedder != embedder.sha256:
            raise ModelError(
                f"The ranker {folder} was fitted on another embedder ({ranker.embedder[:12]}) than {embedder.name} "
                f"({embedder.sha256[:12]}).",
                remedy=f"Unset SOC_RANKER, or {_REFIT}",
            )
        return ranker

    def scores(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Scores of all segments of the hits, in order, standardised among them."""
        weights = [self.weights.get(name, 0.0) for name in SIGNALS]
        return standardised(signals(question, hits) @ weights).tolist() if hits else []
