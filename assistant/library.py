"""The documents behind the answers: what the live index holds, what follows from it, and changes to it."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from corpus.divergence import Divergence
from corpus.documents import SUFFIXES, Corpus, Document, Problem, document_id, load_documents
from corpus.errors import CorpusError, IndexCorruptError, IndexLockedError, IndexMissingError
from corpus.matrix import Matrix
from ingest.embedder import Embedder
from ingest.index import BuildSummary, build_index, live_generation, update_index
from ingest.index.generations import storage_errors
from ingest.settings import Settings

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_MAX_NAME_BYTES = 120


@dataclass(frozen=True)
class Holdings:
    """What one generation holds."""

    generation: str
    created: str
    documents: tuple[Document, ...]
    divergences: Mapping[str, tuple[Divergence, ...]]

    @cached_property
    def by_id(self) -> Mapping[str, Document]:
        return {document.id: document for document in self.documents}

    @cached_property
    def matrix(self) -> Matrix:
        """Standards against services."""
        return Matrix(self.documents)

    @cached_property
    def segments(self) -> int:
        """How many segments there are, headings included."""
        return sum(1 for document in self.documents for _ in document.segments())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a person should look at, document by document."""
        return tuple(problem for document in self.documents for problem in document.problems)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a change did: the ids of the documents it was about, the build's summary, and what was left out and why."""

    documents: tuple[str, ...]
    summary: BuildSummary
    problems: tuple[Problem, ...] = ()


class Library:
    """The documents of a home's live index. Safe to share between threads; questions are answered meanwhile."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._reading = threading.Lock()
        self._held: Holdings | None = None

    @property
    def home(self) -> Path:
        return self._settings.home

    def holdings(self) -> Holdings:
        """What the live index holds now.

        Raises:
            IndexMissingError, IndexCorruptError: each names the remedy.
        """
        live = live_generation(self.home)
        with self._reading:
            if self._held is None or self._held.generation != live.id:
                self._held = Holdings(live.id, live.manifest().created, live.documents(), live.divergences())
            return self._held

    def bring_up_to_date(self, *, on_progress: Progress = lambda *_: None) -> None:
        """Leave what the live index holds, made anew where another version of the code or another model made it.

        With no index that can be read, one is built from the settings' documents and what was added.

        Raises:
            CorpusError, StorageError, IndexCorruptError: the index could not be made.
        """
        try:
            update_index(self.home, self._embedder, on_progress=on_progress)
        except IndexLockedError:
            logger.warning("Another process is ingesting into %s: its index will be used.", self.home)
        except (IndexMissingError, IndexCorruptError) as error:
            logger.warning("%s Building the index from the documents.", error.problem)
            build_index(self.home, self._settings.sources, self._embedder, on_progress=on_progress)

    def divergences(self) -> tuple[tuple[Document, Divergence], ...]:
        """Where the languages of the documents disagree, as the last ingest found it, document by document."""
        held = self.holdings()
        return tuple(
            (document, found) for document in held.documents for found in held.divergences.get(document.id, ())
        )

    def add(self, files: Mapping[str, Path], *, on_progress: Progress = lambda *_: None) -> Change:
        """Add files to the live index, each under the name a person gave it; a document of the same id gives way.

        The names may have folders in them and are made safe. What cannot be read is left out and told as a problem.

        Raises:
            CorpusError: none of the files can be read.
            IndexLockedError, StorageError, IndexCorruptError: nothing was changed.
        """
        with storage_errors(self.home), tempfile.TemporaryDirectory(dir=self.home, prefix="adding-") as folder:
            staged, refused = _stage(files, Path(folder))
            corpus = _read(Path(folder)) if staged else Corpus((), ())
            problems = (*refused, *corpus.problems)
            if not corpus.documents:
                told = " ".join(map(str, problems)) or "There was no file."
                raise CorpusError(
                    f"Nothing could be added. {told}", remedy="Choose side-by-side Markdown files in UTF-8."
                )
            summary = update_index(self.home, self._embedder, add=corpus, on_progress=on_progress)
            added = {document.id for document in corpus.documents}
            for name in staged:
                if document_id(name) in added:
                    kept = self._settings.added / name
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    (Path(folder) / name).replace(kept)
        return Change(documents=tuple(sorted(added)), summary=summary, problems=problems)

    def remove(self, ids: Collection[str], *, on_progress: Progress = lambda *_: None) -> Change:
        """Take documents out of the live index, and with them the files that were added for them.

        Raises:
            CorpusError: no document would be left, or the index holds none of these.
            IndexLockedError, StorageError, IndexCorruptError: nothing was changed.
        """
        known = [name for name in ids if name in self.holdings().by_id]
        if not known:
            raise CorpusError(
                f"The index holds no document {', '.join(ids) or 'of that name'}.", remedy="Choose one that it holds."
            )
        summary = update_index(self.home, self._embedder, remove=known, on_progress=on_progress)
        with storage_errors(self.home):
            for path in _files(self._settings.added):
                if document_id(path.relative_to(self._settings.added).as_posix()) in known:
                    path.unlink(missing_ok=True)
        return Change(documents=tuple(known), summary=summary)


def safe_name(name: str) -> str | None:
    """A file's name as it can be stored below a folder: no way out of it, nothing a file system refuses.

    Folders in the name are kept. None where nothing of it is left.
    """
    parts = []
    for part in unicodedata.normalize("NFC", name).replace("\\", "/").split("/"):
        part = _UNSAFE.sub("", part).strip().lstrip(".").strip()
        if part:
            parts.append(_cut(part))
    return "/".join(parts) or None


def _cut(part: str) -> str:
    """The part of a name, with its ending, in no more bytes than file systems take."""
    ending = Path(part).suffix
    stem = part.removesuffix(ending).encode("utf-8", "replace")[: _MAX_NAME_BYTES - len(ending.encode())]
    return stem.decode("utf-8", "ignore") + ending


def _stage(files: Mapping[str, Path], folder: Path) -> tuple[list[str], list[Problem]]:
    """Copy the Markdown files below a folder; gives their safe names there, and what was refused."""
    staged: dict[str, None] = {}
    refused = []
    for name, path in files.items():
        safe = safe_name(name)
        if safe is None or not safe.lower().endswith(SUFFIXES):
            message = f"This is not a Markdown file and was left out. Known endings: {', '.join(SUFFIXES)}."
            refused.append(Problem(safe or name[:_MAX_NAME_BYTES], None, message))
            continue
        target = folder / safe
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        staged[safe] = None
    return list(staged), refused


def _read(folder: Path) -> Corpus:
    """The documents of a staged folder; their problems name the files as they are called, not where they are staged."""
    corpus = load_documents(folder)

    def named(problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(replace(one, path=one.path.removeprefix(f"{folder}/")) for one in problems)

    documents = tuple(replace(document, problems=named(document.problems)) for document in corpus.documents)
    return Corpus(documents, named(corpus.problems))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
