"""Readers' judgements: of answers, with the record that replays them, and of divergences. One SQLite file of a home."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from assistant.records import Answer
from corpus.errors import StorageError

Status = Literal["reviewed", "false_alarm"]

MAX_REASON_CHARACTERS = 2000
_PATIENCE_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS ratings (
    id TEXT PRIMARY KEY, time TEXT NOT NULL, liked INTEGER NOT NULL, reason TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reviews (
    document TEXT, segment_id TEXT, texts TEXT, status TEXT NOT NULL, time TEXT NOT NULL,
    PRIMARY KEY (document, segment_id, texts)
);
"""


class RatedAnswer(BaseModel):
    """A judgement, and all that is needed to ask again: the question as typed, the history, and what was answered."""

    model_config = ConfigDict(frozen=True)

    id: str
    time: str
    liked: bool
    reason: str
    question: str
    history: tuple[dict[str, str], ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review is about: the two texts of a segment. Other texts under the same id are another finding."""

    document: str
    segment_id: str
    en: str
    ko: str

    @property
    def texts(self) -> str:
        """A SHA-256 over both texts."""
        return hashlib.sha256(f"{self.en}\0{self.ko}".encode("utf-8", "surrogatepass")).hexdigest()


class Feedback:
    """The judgements in one file, made when the first one comes. Safe to share between threads and processes.

    Every method raises StorageError where the file cannot be read or written; what was kept stays as it was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, home: Path) -> Feedback:
        """The judgements of a home."""
        return cls(home / "feedback.sqlite3")

    def rate(
        self,
        id: str,  # noqa: A002
        *,
        liked: bool,
        reason: str,
        question: str,
        history: Sequence[Mapping[str, str]],
        answer: Answer,
    ) -> None:
        """Keep a judgement; a later one of the same `id` takes its place. A reason is cut at 2,000 characters."""
        record = json.dumps(
            {"question": question, "history": list(history), "answer": answer.model_dump(mode="json")},
            ensure_ascii=False,
        )
        with self._database() as database:
            database.execute(
                "INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?)",
                (id, _now(), liked, _storable(reason[:MAX_REASON_CHARACTERS]), _storable(record)),
            )

    def ratings(self) -> list[RatedAnswer]:
        """All judgements of answers, oldest first."""
        with self._database() as database:
            rows = database.execute("SELECT id, time, liked, reason, record FROM ratings ORDER BY time, id").fetchall()
        return [_rated(*row) for row in rows]

    def review(self, finding: Finding, status: Status | None) -> None:
        """Keep what a reader thinks of a divergence; None opens it again."""
        key = (finding.document, finding.segment_id, finding.texts)
        with self._database() as database:
            if status is None:
                database.execute("DELETE FROM reviews WHERE document = ? AND segment_id = ? AND texts = ?", key)
            else:
                database.execute("INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?)", (*key, status, _now()))

    def reviews(self) -> dict[tuple[str, str, str], Status]:
        """The status of every divergence that was reviewed, by document, segment and the digest of its texts."""
        with self._database() as database:
            rows = database.execute("SELECT document, segment_id, texts, status FROM reviews").fetchall()
        return {(document, segment_id, texts): cast("Status", status) for document, segment_id, texts, status in rows}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own with one transaction on it: taken back if anything fails inside."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)) as database:
                database.executescript(_SCHEMA)
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"The readers' judgements in {self._path} cannot be kept or read: {error}.",
                remedy="Free some disk space, make the file writable, or move a damaged one away.",
            ) from error


def _rated(id: str, time: str, liked: int, reason: str, record: str) -> RatedAnswer:  # noqa: A002
    return RatedAnswer(id=id, time=time, liked=bool(liked), reason=reason, **json.loads(record))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _storable(text: str) -> str:
    """The text without lone surrogates, which SQLite refuses."""
    return text.encode("utf-8", "replace").decode()
