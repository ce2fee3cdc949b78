"""The training data: questions over slices of pages, headings with their passages, aligned sentences.

Every file is JSON lines, plain or gzipped. Lines that cannot be used are counted in a `Tally`, by file and reason, and
skipped; a file that holds no usable line at all is an error.
"""

import gzip
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpus.errors import TrainingDataError

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, Language] = ("en", "ko")
DIRECTIONS: tuple[tuple[Language, Language], ...] = tuple((q, p) for q in LANGUAGES for p in LANGUAGES)
GUARDS = ("mixed-reality", "mdop")
"""Repositories whose name contains one of these take part in no training: forgetting is measured on them."""
OWN = Path(__file__).parents[1] / "data" / "training"
"""Where the project's own training questions are: over slices of the same pages, asked from the other side, or nearly
answerable. They name segments and hold no text of them."""


class Bilingual(NamedTuple):
    """One text in both languages."""

    en: str
    ko: str

    def of(self, language: Language) -> str:
        """The text in `language`."""
        return self.en if language == "en" else self.ko


EMPTY = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest aligned unit of a page, with the title and the heading it stands under (empty when unknown)."""

    repo: str
    path: str
    id: str
    text: Bilingual
    title: Bilingual = EMPTY
    heading: Bilingual = EMPTY

    def in_context(self, language: Language, *, depth: int = 2) -> str:
        """The text as the index embeds it: `title > heading: text`, with at most `depth` levels of the path."""
        levels = [level.of(language) for level in (self.title, self.heading) if level.of(language)]
        path = " > ".join(dict.fromkeys(levels[:depth]))
        return f"{path}: {self.text.of(language)}" if path else self.text.of(language)


@dataclass(frozen=True, slots=True)
class Question:
    """A question over one slice of a page; `evidence` and `near` (looks like evidence, is not) are segment ids."""

    id: str
    split: str
    repo: str
    path: str
    slice: tuple[str, ...]
    kind: str
    text: Bilingual
    verdict: str | None
    evidence: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadedPassage:
    """A heading and the passage under it."""

    repo: str
    path: str
    title: Bilingual
    heading: Bilingual
    passage: Bilingual


@dataclass(slots=True)
class Tally:
    """What was read and what was skipped, by file."""

    used: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = []
        for name, count in self.used.items():
            reasons = [f"{n} {reason}" for (file, reason), n in sorted(self.skipped.items()) if file == name]
            lines.append(f"{name}: {count} used" + (f", skipped: {', '.join(reasons)}" if reasons else ""))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """All the data, joined.

    `pages` holds, in document order, the segments of every page that has a question; `pairs` the aligned sentences of
    all pages that read well in both languages, with their repository and path.
    """

    questions: tuple[Question, ...]
    pages: dict[str, tuple[Segment, ...]]
    headings: tuple[HeadedPassage, ...]
    pairs: tuple[Segment, ...]
    tally: Tally

    def segment(self, path: str) -> dict[str, Segment]:
        """The segments of a page by their id."""
        return {segment.id: segment for segment in self.pages[path]}


def is_guard(repo: str) -> bool:
    """Whether a repository is kept out of training, to measure forgetting on."""
    return any(name in repo for name in GUARDS)


def normalised(text: str) -> str:
    """A text reduced to its letters and digits, for comparing."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text).casefold())


def load(folder: Path) -> TrainingData:
    """Read and join the files of `folder`: questions, pairs and heading_passages, each `.jsonl` or `.jsonl.gz`.

    The project's own questions join those whose pages are there.

    Raises:
        TrainingDataError: a file is missing or holds no usable line.
    """
    tally = Tally()
    headings = tuple(_headings(folder, tally))
    rows = list(_pair_rows(folder, tally))
    questions = list(_questions(folder, tally))
    own = list(_questions(OWN, tally, name="own_questions"))
    pages = _pages(rows, headings, {question.path for question in (*questions, *own)})
    kept = (
        *_answerable_from(questions, pages, tally),
        *_answerable_from(own, pages, tally, name="own_questions"),
    )
    pairs = tuple(
        Segment(row["repo"], row["path"], row["id"], Bilingual(row["en"], row["ko"]))
        for row in rows
        if not row.get("flags")
    )
    return TrainingData(kept, pages, headings, pairs, tally)


def read_sentences(folder: Path) -> list[str]:
    """Every sentence of the pairs in `folder`, in both languages, whatever its flags."""
    return [row[language] for row in _pair_rows(folder, Tally()) for language in LANGUAGES]


def _rows(folder: Path, name: str, required: tuple[str, ...], tally: Tally) -> Iterator[dict[str, Any]]:
    """The usable objects of one file: valid JSON with every required field."""
    path = next((p for p in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl") if p.is_file()), None)
    if path is None:
        raise TrainingDataError(
            f"{folder} has no {name}.jsonl or {name}.jsonl.gz.",
            remedy="Point --data at the folder with the data files.",
        )
    tally.used[name] = 0
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:  # JSONDecodeError and UnicodeDecodeError
                tally.skipped[name, "broken"] += 1
                continue
            if not isinstance(row, dict) or any(key not in row for key in required):
                tally.skipped[name, "incomplete"] += 1
                continue
            yield row
    if not tally.used[name]:
        raise TrainingDataError(
            f"{path.name} holds no usable line ({tally}).", remedy="Compare its fields with those the module names."
        )


def _sides(row: dict[str, Any], field_name: str, name: str, tally: Tally) -> Bilingual | None:
    """Both languages of a field, or None (counted) when one is no text, empty, or equal to the other."""
    en, ko = (row[f"{field_name}{language}"] for language in LANGUAGES)
    if not isinstance(en, str) or not isinstance(ko, str):
        tally.skipped[name, "not text"] += 1
    elif not en.strip() or not ko.strip():
        tally.skipped[name, "empty"] += 1
    elif en.strip() == ko.strip():
        tally.skipped[name, "equal"] += 1
    else:
        return Bilingual(en.strip(), ko.strip())
    return None


def _headings(folder: Path, tally: Tally) -> Iterator[HeadedPassage]:
    name = "heading_passages"
    fields = tuple(f"{part}_{language}" for part in ("title", "heading", "passage") for language in LANGUAGES)
    for row in _rows(folder, name, ("repo", "path", *fields), tally):
        passage = _sides(row, "passage_", name, tally)
        if passage is None:
            continue
        title, heading = (Bilingual(str(row[f"{p}_en"] or ""), str(row[f"{p}_ko"] or "")) for p in ("title", "heading"))
        if not heading.en.strip() or not heading.ko.strip():
            tally.skipped[name, "empty"] += 1
            continue
        tally.used[name] += 1
        yield HeadedPassage(row["repo"], row["path"], title, heading, passage)


def _pair_rows(folder: Path, tally: Tally) -> Iterator[dict[str, Any]]:
    for row in _rows(folder, "pairs", ("repo", "path", "id", "ko", "en"), tally):
        sides = _sides(row, "", "pairs", tally)
        if sides is not None:
            tally.used["pairs"] += 1
            yield row | {"en": sides.en, "ko": sides.ko}


def _questions(folder: Path, tally: Tally, *, name: str = "questions") -> Iterator[Question]:
    required = ("id", "split", "repo", "path", "slice", "kind", "q_en", "q_ko", "verdict", "evidence", "near")
    for row in _rows(folder, name, required, tally):
        text = _sides(row, "q_", name, tally)
        if text is None:
            continue
        tally.used[name] += 1
        yield Question(
            row["id"], row["split"], row["repo"], row["path"], tuple(row["slice"]), row["kind"], text,
            row["verdict"], tuple(row["evidence"]), tuple(row["near"]),
        )  # fmt: skip


def _pages(
    rows: list[dict[str, Any]], headings: tuple[HeadedPassage, ...], wanted: set[str]
) -> dict[str, tuple[Segment, ...]]:
    """The segments of the wanted pages; a segment stands under the last heading above it on its page."""
    titles = {row.path: row.title for row in headings}
    known = {(row.path, row.heading.en): row.heading for row in headings}
    pages: defaultdict[str, list[Segment]] = defaultdict(list)
    above: dict[str, Bilingual] = {}
    for row in rows:
        path = row["path"]
        if path not in wanted:
            continue
        above[path] = known.get((path, row["en"]), above.get(path, EMPTY))
        text = Bilingual(row["en"], row["ko"])
        heading = EMPTY if above[path].en == text.en else above[path]
        pages[path].append(Segment(row["repo"], path, row["id"], text, titles.get(path, EMPTY), heading))
    return {path: tuple(segments) for path, segments in pages.items()}


def _answerable_from(
    questions: list[Question], pages: dict[str, tuple[Segment, ...]], tally: Tally, *, name: str = "questions"
) -> Iterator[Question]:
    """The questions whose evidence and slice are among the pages' segments; the others are counted."""
    ids = {path: {segment.id for segment in segments} for path, segments in pages.items()}
    for question in questions:
        there = ids.get(question.path, set())
        if there and there.issuperset(question.evidence) and there.issuperset(question.slice):
            yield question
        else:
            tally.used[name] -= 1
            tally.skipped[name, "without their segments"] += 1
