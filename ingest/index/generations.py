"""Generations on disk: their files, the pointer to the live one, the lock of the one writer."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from corpus.divergence import Divergence
from corpus.documents import Document
from corpus.errors import IndexCorruptError, IndexingError, IndexLockedError, IndexMissingError, StorageError

FORMAT = 1
REBUILD = "Rebuild it: python -m ingest."
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_DIVERGENCES = TypeAdapter(dict[str, tuple[Divergence, ...]])


class Manifest(BaseModel):
    """What built a generation and how much is in it.

    `layout` is a SHA-256 over all chunk and segment ids, `texts` one over all texts that were embedded, `divergences`
    what found the divergences (empty: nothing looked for them), `sizes` the bytes of each file that readers do not
    change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    generation: str
    created: str
    embedder_name: str
    embedder_sha256: str
    dimension: int
    sources: dict[str, str]
    layout: str
    texts: str
    segments: int
    chunks: int
    divergences: str = ""
    sizes: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Generation:
    """The folder of one build."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def chroma(self) -> Path:
        return self.folder / "chroma"

    @property
    def lexical(self) -> Path:
        return self.folder / "lexical"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors.npy"

    def sizes(self) -> dict[str, int]:
        """The bytes of each file but the manifest and Chroma's database, which SQLite may write to on opening."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): path.stat().st_size
            for path in files
            if path.name != "manifest.json" and not path.name.startswith("chroma.sqlite3")
        }

    def write_documents(self, documents: tuple[Document, ...]) -> None:
        (self.folder / "documents.json").write_bytes(_DOCUMENTS.dump_json(documents))

    def documents(self) -> tuple[Document, ...]:
        path = self.folder / "documents.json"
        try:
            return _DOCUMENTS.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexCorruptError(f"{path} cannot be read: {_first_line(error)}.", remedy=REBUILD) from error

    def write_divergences(self, found: Mapping[str, tuple[Divergence, ...]]) -> None:
        """Keep the divergences of every document, by its id."""
        (self.folder / "divergences.json").write_bytes(_DIVERGENCES.dump_json(dict(found)))

    def divergences(self) -> dict[str, tuple[Divergence, ...]]:
        """The divergences of every document, by its id; empty where the build did not look for any."""
        if not self.manifest().divergences:
            return {}
        path = self.folder / "divergences.json"
        try:
            return _DIVERGENCES.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexCorruptError(f"{path} cannot be read: {_first_line(error)}.", remedy=REBUILD) from error

    def write_manifest(self, manifest: Manifest) -> None:
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")

    def manifest(self) -> Manifest:
        path = self.folder / "manifest.json"
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexCorruptError(f"{path} cannot be read: {_first_line(error)}.", remedy=REBUILD) from error
        if manifest.format != FORMAT:
            raise IndexCorruptError(
                f"The index {self.id} has format {manifest.format}; this version reads format {FORMAT}.", remedy=REBUILD
            )
        return manifest


def live_generation(home: Path) -> Generation:
    """The generation that answers now.

    Raises:
        IndexMissingError: nothing has been built in this home yet.
        IndexCorruptError: the pointer names a generation that is not there.
    """
    pointer = home / "current"
    try:
        names = _pointed(home)
    except FileNotFoundError:
        raise IndexMissingError(f"There is no index in {home}.", remedy="Build it: python -m ingest.") from None
    except (OSError, ValueError) as error:
        raise IndexCorruptError(f"{pointer} cannot be read: {error}.", remedy=REBUILD) from error
    name = names[0] if names else ""
    generation = Generation(home / "generations" / name)
    if not name or not generation.folder.is_dir():
        raise IndexCorruptError(f"{pointer} names the generation {name!r}, which is not there.", remedy=REBUILD)
    return generation


def _pointed(home: Path) -> list[str]:
    """The ids that the pointer holds: of the live generation, then of the one before it."""
    return (home / "current").read_text(encoding="utf-8").split()


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Hold the home's only writing lock. The system releases it even when the process is killed.

    Raises:
        IndexLockedError: another process is writing.
        StorageError: the home cannot be written.
    """
    with storage_errors(home):
        (home / "generations").mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise IndexLockedError(
                f"Another process is ingesting into {home}.", remedy="Wait until it has finished, then try again."
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def storage_errors(home: Path) -> Iterator[None]:
    """Turn the system's errors about files into ours; the live generation is never touched by a failed write."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The index folder {home} cannot be written: {error.strerror or error}.",
            remedy="Free some disk space or set SOC_HOME to a folder you can write; the index in use is unchanged.",
        ) from error


def new_generation(home: Path) -> Generation:
    """An empty folder for a build, with an id that sorts by time."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"
    generation = Generation(home / "generations" / name)
    generation.folder.mkdir()
    return generation


def publish(home: Path, generation: Generation) -> None:
    """Make a complete generation the live one: everything on disk first, then one atomic replacement."""
    for path in sorted(generation.folder.rglob("*"), reverse=True):
        _fsync(path)
    _fsync(generation.folder)
    _fsync(generation.folder.parent)
    pending = home / "current.new"
    pending.write_text("\n".join((generation.id, *_live_id(home))), encoding="utf-8")
    _fsync(pending)
    pending.replace(home / "current")
    _fsync(home)


def _live_id(home: Path) -> list[str]:
    try:
        return [live_generation(home).id]
    except IndexingError:
        return []


def remove_old(home: Path) -> None:
    """Drop unfinished builds and all generations but the live one and the one before, which readers may still use."""
    keep = _pointed(home)
    for path in (home / "generations").iterdir():
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
