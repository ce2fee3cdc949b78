"""The frozen model of a bilingual document. Import it from `corpus.documents`, the front door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin, urlsplit

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, Language] = ("ko", "en")
SegmentKind = Literal["heading", "question", "paragraph", "item", "cell", "code", "image", "include"]

SUFFIXES = (".md", ".markdown")
OPENABLE_SCHEMES = frozenset({"http", "https", "mailto"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a segment, in the language whose text carries it. `url` stands as the document has it."""

    text: str
    url: str
    language: Language

    def absolute(self, base: str | None) -> str | None:
        """The address a reader can open (http, https or mailto), or None where there is none.

        `base` is the address of the site that links from its root ("/path") belong to. A link relative to the
        page itself leads nowhere without the page's place in its repository.
        """
        url = urljoin(base, self.url) if base and self.url.startswith("/") else self.url
        try:
            scheme = urlsplit(url).scheme.lower()
        except ValueError:
            return None
        return url if scheme in OPENABLE_SCHEMES else None


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest aligned unit: one id, its Korean and its English, its links.

    `aligned` is False for text that stands outside any span (code, picture captions, stray text): it has a
    made-up id (`<id of the segment before>~<number>`). `block` numbers the paragraph, list item or table row
    it stands in, within the document; `level` is the nesting depth of a list item, `alert` the kind of note
    or warning around it.
    """

    id: str
    ko: str
    en: str
    links: tuple[Link, ...] = ()
    kind: SegmentKind = "paragraph"
    block: int = 0
    level: int = 0
    alert: str | None = None
    aligned: bool = True

    def text(self, language: Language) -> str:
        """The text in one language; the other one's where that is missing."""
        return (self.ko or self.en) if language == "ko" else (self.en or self.ko)

    @property
    def missing(self) -> Language | None:
        """The language whose text is missing, if any."""
        if not self.ko:
            return "ko"
        if not self.en:
            return "en"
        return None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    `heading` is empty for text before the first heading. `level` is 0 there, else 1 to 6. `heading_path_*`
    runs from the document's title down to this heading.
    """

    heading: tuple[Segment, ...]
    level: int
    heading_path_ko: tuple[str, ...]
    heading_path_en: tuple[str, ...]
    segments: tuple[Segment, ...]

    def heading_path(self, language: Language) -> tuple[str, ...]:
        """The headings from the title down to this one."""
        return self.heading_path_ko if language == "ko" else self.heading_path_en


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that a person should look at; the text was kept as far as it could be."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.line is None else f"{self.path}, line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """One side-by-side page. `id` is its path below the loaded folder, without the language and file endings."""

    id: str
    title_ko: str
    title_en: str
    sections: tuple[Section, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    source_url: str | None = None
    link_base: str | None = None
    licence: str | None = None
    attribution: str | None = None
    problems: tuple[Problem, ...] = ()

    def segments(self) -> Iterator[Segment]:
        """Every segment in document order, headings included."""
        for section in self.sections:
            yield from section.heading
            yield from section.segments

    def title(self, language: Language) -> str:
        """The title in one language."""
        return self.title_ko if language == "ko" else self.title_en


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents and what went wrong while loading them."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def in_context(heading_path: Sequence[str], text: str) -> str:
    """The text as models read it: behind the headings that it stands under."""
    return f"{' > '.join(heading_path)}: {text}" if heading_path else text
