"""The front door: loads documents from disk. The frozen model that they come in is offered here too."""

from __future__ import annotations

import codecs
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import CorpusError, DocumentError
from corpus.manifest import Manifest, read_manifest
from corpus.model import (
    LANGUAGES,
    OPENABLE_SCHEMES,
    SUFFIXES,
    Corpus,
    Document,
    Language,
    Link,
    Problem,
    Section,
    Segment,
    SegmentKind,
    in_context,
)
from corpus.sidebyside import parse

__all__ = [
    "LANGUAGES",
    "MAX_BYTES",
    "OPENABLE_SCHEMES",
    "SUFFIXES",
    "Corpus",
    "Document",
    "Language",
    "Link",
    "Problem",
    "Section",
    "Segment",
    "SegmentKind",
    "bundled_path",
    "document_id",
    "in_context",
    "load_corpus",
    "load_documents",
]

MAX_BYTES = 20_000_000
FAMILY_LINK_BASE = "https://learn.microsoft.com"

_LANGUAGE_ENDING = re.compile(r"\.(ko|en|[a-z]{2}-[a-z]{2})$", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def bundled_path() -> Path:
    """The folder of the documents that come with the package."""
    return Path(__file__).parent / "data"


def load_documents(path: Path) -> Corpus:
    """The Markdown pages of a folder, subfolders included, or one page.

    In a folder, a file that cannot be read is left out and becomes a problem of the corpus; hidden files and files
    that the manifest excludes are passed over. Raises CorpusError where there is no such path or no page in the folder,
    DocumentError where `path` is one file that cannot be read, and ManifestError for a wrong manifest.
    """
    return load_corpus([path])


def load_corpus(paths: Sequence[Path]) -> Corpus:
    """The pages of several folders and files, each file once, as `load_documents` reads them.

    Where two documents have the same id, the later one gets a number after its id, and a problem says so.
    """
    if not paths:
        raise CorpusError("No documents were named.", remedy="Give at least one file or folder.")
    documents: list[Document] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path in map(Path, paths):
        for source in _find(path, problems):
            resolved = source.path.resolve()
            if resolved in seen:
                continue
            seen.add(resolved)
            try:
                documents.append(_read(source))
            except DocumentError as error:
                if source.named:
                    raise
                problems.append(_problem(error))
    documents = _distinct(documents, problems)
    problems.extend(problem for document in documents for problem in document.problems)
    return Corpus(tuple(documents), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to read: `name` is its posix path below the loaded folder; `named`, whether it was named itself."""

    path: Path
    name: str
    manifest: Manifest
    named: bool


def _find(path: Path, problems: list[Problem]) -> Iterator[_Source]:
    try:
        folder, exists = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path!r} cannot be opened: {error}.", remedy="Check the path.") from error
    if not exists:
        raise CorpusError(f"{path} does not exist.", remedy="Check the path; it is read from the current folder.")
    if not folder:
        yield _Source(path, path.name, read_manifest(path.parent), named=True)
        return
    manifest = read_manifest(path)
    found = False
    for file in sorted(_walk(path, problems), key=lambda file: file.relative_to(path).as_posix()):
        name = file.relative_to(path).as_posix()
        if name not in manifest.exclude:
            found = True
            yield _Source(file, name, manifest, named=False)
    if not found:
        raise CorpusError(
            f"There are no documents in {path}.", remedy=f"Put Markdown files there ({', '.join(SUFFIXES)})."
        )


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        message = f"The folder cannot be opened: {error.strerror}. Check its permissions."
        problems.append(Problem(str(error.filename), None, message))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        pages = (name for name in files if not name.startswith(".") and name.lower().endswith(SUFFIXES))
        for name in (*folders, *pages):
            path = Path(place, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                message = "The link leads out of the folder and was not followed. Load its target by its own path."
                problems.append(Problem(str(path), None, message))
            elif name not in folders:
                yield path


def _read(source: _Source) -> Document:
    content = _content(source.path)
    sha256 = source.manifest.check(source.name, content)
    path = str(source.path)
    document = parse(_decoded(source.path, content), id=document_id(source.name), path=path)
    known = source.manifest.entry(source.name)
    family = any(key.startswith("ms.") for key in document.metadata)
    return replace(
        document,
        sha256=sha256,
        source_url=known.get("source_url"),
        licence=known.get("licence"),
        attribution=known.get("attribution"),
        link_base=known.get("link_base", FAMILY_LINK_BASE if family else None),
    )


def _content(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise DocumentError(path, "This is not a Markdown file.", remedy=f"Known endings: {', '.join(SUFFIXES)}.")
    try:
        if not path.is_file():
            raise DocumentError(path, "This is not a file.", remedy="Replace it by a Markdown file, or remove it.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            problem = f"The file has {size:,} bytes; the limit is {MAX_BYTES:,}."
            raise DocumentError(path, problem, remedy="Split it into several files.")
        return path.read_bytes()
    except OSError as error:
        problem = f"The file cannot be opened: {error.strerror}."
        raise DocumentError(path, problem, remedy="Check that it is there and its permissions.") from error


def _decoded(path: Path, content: bytes) -> str:
    if not content.strip():
        raise DocumentError(path, "The file is empty.", remedy="Remove it, or add its text.")
    if content.startswith(_UTF16):
        raise DocumentError(path, "The file is in UTF-16.", remedy="Save it in UTF-8.", line=1)
    nul = content.find(b"\0")
    if nul >= 0:
        problem = f"There is a NUL byte at offset {nul:,}: this is not a text file, or it is in UTF-16 or UTF-32."
        raise DocumentError(path, problem, remedy="Save it as Markdown in UTF-8.", line=_line(content, nul))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
        problem = f"The byte 0x{content[start]:02x} at offset {start:,} is not UTF-8."
        raise DocumentError(path, problem, remedy="Save the file in UTF-8.", line=_line(content, start)) from error


def _problem(error: DocumentError) -> Problem:
    """The error as a problem, which names file and line by itself."""
    path = str(error.path)
    bare = Problem(path, error.line, "")
    return Problem(path, error.line, str(error).removeprefix(str(bare)))


def _line(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


def document_id(name: str) -> str:
    """The id of the document in a file: its posix path below the loaded folder, without its endings."""
    path = Path(name).with_suffix("").as_posix()
    return _LANGUAGE_ENDING.sub("", path) or path


def _distinct(documents: Sequence[Document], problems: list[Problem]) -> list[Document]:
    taken = {document.id for document in documents}
    counts: Counter[str] = Counter()
    distinct: list[Document] = []
    for document in documents:
        counts[document.id] += 1
        if counts[document.id] > 1:
            name = f"{document.id}-{counts[document.id]}"
            while name in taken:
                name += "-2"
            taken.add(name)
            message = (
                f"Another document has the id {document.id} too; this one goes by {name}. Rename one of the files."
            )
            problems.append(Problem(name, None, message))
            document = replace(document, id=name)
        distinct.append(document)
    return distinct
