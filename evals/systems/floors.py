"""Sanity floors: what chance and silence reach."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evals.systems.quoting import QUOTED, quoted, sources_of

if TYPE_CHECKING:
    from assistant.records import Answer
    from evals.systems.protocol import Place


class Random:
    """Quotes segments that the dice choose, and is as sure of them as the dice say."""

    def __init__(self, place: Place) -> None:
        self._sources = sources_of(place.documents())
        self._seed = place.seed

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        """The same for the same question and seed, whatever was asked before."""
        draw = random.Random(f"{self._seed}:{question}")  # noqa: S311
        return quoted(question, draw.sample(self._sources, QUOTED), confidence=draw.random(), mode="random")


class Abstain:
    """Never answers."""

    def __init__(self, place: Place) -> None:
        del place

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer:  # noqa: ARG002
        return quoted(question, [], confidence=0.0, mode="abstain")
