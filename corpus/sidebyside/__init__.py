"""Parser of Microsoft's side-by-side Markdown: each sentence as a Korean span, then a span with its English.

    <span data-ttu-id="ID">ko</span><span class="sxs-lookup"><span data-stu-id="ID">en</span></span>

Blocks and inline structure are CommonMark's, with GitHub's tables, as markdown-it-py reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from corpus.model import Document, Problem, Section, Segment
from corpus.sidebyside.blocks import BlockReader, Entry, SectionDraft
from corpus.sidebyside.drafts import unpaired
from corpus.sidebyside.frontmatter import split
from corpus.sidebyside.spans import SpanReader

__all__ = ["parse"]


def parse(text: str, *, id: str, path: str) -> Document:  # noqa: A002
    """The page as a document. Never fails: what is malformed is kept as far as it can be and reported.

    `id` becomes the document's id; `path` names the file in problems and, where the page has no title, titles it.
    """
    metadata, body, closed = split(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader = SpanReader(path)
    if not closed:
        reader.report("The front matter has no closing line. Add a line of --- after it.", 1)
    blocks = BlockReader(reader)
    blocks.read(body)
    sections, title = _sections(blocks.sections, metadata.get("title", ""))
    drafts = [entry.draft for section in blocks.sections for entry in (*section.heading, *section.entries)]
    problems = [*reader.problems, *unpaired(drafts, path)]
    if not drafts:
        problems.append(Problem(path, None, "There is no text to read. Remove the file, or add its text."))
    fallback = metadata.get("title") or PurePosixPath(path).stem or id
    return Document(
        id=id,
        title_ko=title[0] or fallback,
        title_en=title[1] or fallback,
        sections=sections,
        metadata=metadata,
        problems=tuple(sorted(problems, key=lambda problem: problem.line or 0)),
    )


def _sections(drafts: Sequence[SectionDraft], named: str) -> tuple[tuple[Section, ...], tuple[str, str]]:
    """The sections with their heading paths, and the title: the first H1's text."""
    titled = any(draft.level == 1 for draft in drafts)
    above: list[tuple[int, str, str]] = [] if titled or not named else [(0, named, named)]
    sections: list[Section] = []
    title = "", ""
    for draft in drafts:
        heading = tuple(map(_segment, draft.heading))
        if heading:
            while above and above[-1][0] >= draft.level:
                above.pop()
            ko, en = (" ".join(s.text(language) for s in heading) for language in ("ko", "en"))
            above.append((draft.level, ko, en))
            title = (ko, en) if draft.level == 1 and not title[0] else title
        if heading or draft.entries:
            ko_path, en_path = tuple(a[1] for a in above), tuple(a[2] for a in above)
            sections.append(Section(heading, draft.level, ko_path, en_path, tuple(map(_segment, draft.entries))))
    return tuple(sections), title


def _segment(entry: Entry) -> Segment:
    draft = entry.draft
    ko, en = draft.texts()
    return Segment(
        id=draft.id,
        ko=ko,
        en=en,
        links=draft.links(),
        kind=entry.kind,
        block=entry.block,
        level=entry.level,
        alert=entry.alert,
        aligned=draft.aligned,
    )
