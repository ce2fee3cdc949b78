"""The seam: anything that answers questions as our assistant does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.records import Answer
    from corpus.documents import Document
    from ingest.settings import Settings


class System(Protocol):
    """Anything that answers questions as our assistant does. May raise: that is a failure of its own."""

    def answer(self, question: str, history: Sequence[dict[str, str]] = ()) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a system is opened: over the documents of `settings.home`'s live index, with a seed for its dice.

    `argument` is what stood behind `=` in the system's name: the model of a rival.
    """

    settings: Settings
    seed: int = 0
    argument: str = ""

    def documents(self) -> tuple[Document, ...]:
        """The documents of the live index."""
        from ingest.index import live_generation

        return live_generation(self.settings.home).documents()

    def scratch(self, name: str) -> Path:
        """A folder in the home that a rival may keep its own index in."""
        safe = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-")
        return self.settings.home / "rivals" / safe


Opener = Callable[[Place], System]
