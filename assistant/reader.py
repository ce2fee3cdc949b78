"""The reader: reads (question, evidence) and says whether it answers, and with which verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Literal

from assistant.verdict import Verdict
from corpus.documents import Language, Segment, in_context
from corpus.errors import ModelError
from ingest.chunks import join
from ingest.onnx import OnnxModel

SHIPPED = Path(__file__).parent / "data" / "reader"
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class Reading:
    """Calibrated probabilities: that the evidence answers the question, and of each verdict if it is a yes/no one."""

    answers: float
    verdicts: dict[Verdict, float]

    @property
    def verdict(self) -> Verdict:
        return max(self.verdicts, key=lambda verdict: self.verdicts[verdict])

    @classmethod
    def pooled(cls, readings: Sequence[Reading]) -> Reading:
        """Readings of the same evidence as one: their log-odds averaged (a logarithmic opinion pool, Genest and Zidek
        1986), which on development questions was right more often than either language read alone.
        """
        answers = _sigmoid(fmean(log_odds(reading.answers) for reading in readings))
        pools = {
            verdict: math.exp(fmean(math.log(max(_FLOOR, reading.verdicts[verdict])) for reading in readings))
            for verdict in readings[0].verdicts
        }
        return cls(answers, {verdict: pool / sum(pools.values()) for verdict, pool in pools.items()})


class Reader:
    """A cross-encoder of the embedder's size (after monoBERT, Nogueira and Cho 2019, arXiv 1901.04085)."""

    def __init__(self, folder: Path) -> None:
        self._model = OnnxModel(folder, "model_int8.onnx")
        self._card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))

    @property
    def sha256(self) -> str:
        return self._model.sha256

    def read(
        self, question: str, segments: Sequence[Segment], *, language: Language, heading_path: Sequence[str] = ()
    ) -> Reading:
        """Read segments, in document order, as one evidence; too long a text is cut at its end."""
        return self.read_texts(question, [evidence_text(heading_path, join(segments, language))])[0]

    def read_texts(self, question: str, evidences: Sequence[str]) -> list[Reading]:
        """One reading an evidence text."""
        readings: list[Reading] = [Reading(0.0, {})] * len(evidences)
        for places, logits, _ in self._model.run(self._pairs(question, evidences)):
            for place, row in zip(places, logits, strict=True):
                readings[place] = self._reading([float(logit) for logit in row])
        return readings

    def _pairs(self, question: str, evidences: Sequence[str]) -> list[list[int]]:
        """Token ids of `<s> question </s> </s> evidence </s>`."""
        tokenizer = self._model.tokenizer
        start, end = self._ends
        asked = tokenizer.encode(question, add_special_tokens=False).ids[: self._card["max_question_tokens"]]
        room = self._card["max_tokens"] - 4 - len(asked)
        return [
            [start, *asked, end, end, *encoding.ids[:room], end]
            for encoding in tokenizer.encode_batch(list(evidences), add_special_tokens=False)
        ]

    @cached_property
    def _ends(self) -> tuple[int, int]:
        start, end = (self._model.tokenizer.token_to_id(piece) for piece in ("<s>", "</s>"))
        if start is None or end is None:
            raise ModelError("The reader's tokenizer has no <s> and </s>.", remedy="Restore its folder.")
        return start, end

    def _reading(self, logits: Sequence[float]) -> Reading:
        """Probabilities by Platt scaling (answers) and a temperature (verdicts; Guo et al. 2017, arXiv 1706.04599)."""
        calibration = self._card["calibration"]
        answerable, *others = logits
        answers = _sigmoid(calibration["slope"] * answerable + calibration["offset"])
        scaled = [logit / calibration["temperature"] for logit in others]
        top = max(scaled)
        weights = [math.exp(logit - top) for logit in scaled]
        names: list[Verdict] = self._card["labels"][1:]
        return Reading(answers, {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)})


def reader_folder(name: Path | Literal["shipped", "none"]) -> Path | None:
    """The folder of the reader that a setting names; None for no reader."""
    if name == "none":
        return None
    return SHIPPED if name == "shipped" else Path(name)


def evidence_text(heading_path: Sequence[str], text: str) -> str:
    """Evidence as the reader was trained on it: `title > heading: text`."""
    ends = heading_path if len(heading_path) < 3 else (heading_path[0], heading_path[-1])
    return in_context(ends, text)


def log_odds(probability: float) -> float:
    """The logit of a probability, kept away from infinity."""
    kept = min(1 - _FLOOR, max(_FLOOR, probability))
    return math.log(kept / (1 - kept))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
