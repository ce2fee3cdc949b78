"""What an answer says of its draft: the text with its citations' numbers, the citations, and what to ask next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.draft import Draft, Statement
from assistant.records import Citation, CitedLink, Divergence
from assistant.verdict import Ruling, opens_with
from corpus.documents import Document, Language, Section, Segment

if TYPE_CHECKING:
    from assistant.conflicts import Beside
    from assistant.question import Question
    from assistant.retrieve import Passage
    from ingest.index import Index

_SUGGESTIONS = 3


def text_of(
    draft: Draft, beside: Beside, says: Mapping[str, str], citations: Sequence[Citation], language: Language
) -> str:
    """The verdict in a word, then the statements with their citations' numbers; list items on lines of their own.

    Behind a citation whose languages disagree stands how; at the end, what the document says elsewhere against it.
    """
    said = bool(draft.statements) and opens_with(draft.statements[0].text)  # a FAQ's own "No." is not said twice
    opening = [says[draft.ruling.verdict] if draft.ruling and not said else "", draft.remark or ""]
    text = " ".join(filter(None, opening))
    numbers = _numbers((*draft.statements, *beside.statements))

    def quoted(statement: Statement) -> str:
        number = numbers[statement.passage.chunk.id]
        notes = _notes(statement, citations[number - 1], says, language)
        return " ".join((statement.text, f"[{number}]", *notes))

    for statement in draft.statements:
        if statement.is_item and (text or len(draft.statements) > 1):
            text += f"\n- {quoted(statement)}"
        else:
            text += f"{_joint(text)}{quoted(statement)}"
    if beside.found:
        note = says["conflicts" if beside.statements else "conflicts_cited"]
        text += "\n" + note.format(how=" ".join(beside.explanations(language)))
        text += "".join(f"\n- {quoted(statement)}" for statement in beside.statements)
    return text.strip()


def _notes(statement: Statement, citation: Citation, says: Mapping[str, str], language: Language) -> Iterator[str]:
    """How the languages of a statement's segments disagree, in the language of the answer."""
    ids = {segment.id for segment in statement.segments}
    for one in citation.divergences:
        if one.segment_id in ids:
            yield says["diverges"].format(how=one.explanation(language))


def condition_of(ruling: Ruling, divergences: Sequence[Divergence]) -> str | None:
    """The condition in the question's language; in English, the documents' source, where the two disagree."""
    disputed = ruling.segment.id in {one.segment_id for one in divergences}
    return ruling.segment.en if ruling.condition and disputed else ruling.condition


def _joint(text: str) -> str:
    """What stands between a text and the sentence after it."""
    if not text:
        return ""
    return "\n" if text.rsplit("\n", 1)[-1].startswith("- ") else " "


def _numbers(statements: Sequence[Statement]) -> dict[str, int]:
    """Citation numbers by chunk, in order of first use."""
    chunks = dict.fromkeys(statement.passage.chunk.id for statement in statements)
    return {chunk: number for number, chunk in enumerate(chunks, 1)}


def citations_of(statements: Sequence[Statement], language: Language, index: Index) -> tuple[Citation, ...]:
    """One citation a passage: the segments of all statements that rest on it."""
    citations = []
    for chunk_id, number in _numbers(statements).items():
        mine = [statement for statement in statements if statement.passage.chunk.id == chunk_id]
        passage = mine[0].passage
        segments = list(dict.fromkeys(segment for statement in mine for segment in statement.segments))
        cited = citation_of(number, passage.document, passage.chunk.section, segments)
        links = _links(segments, passage.document, language)
        divergences = _divergences(segments, passage.document, index)
        citations.append(cited.model_copy(update={"links": links, "divergences": divergences}))
    return tuple(citations)


def citation_of(number: int, document: Document, section: Section, segments: Sequence[Segment]) -> Citation:
    """Segments of one section as a numbered citation, quoted in both languages; no links, no divergences."""
    return Citation(
        number=number,
        document=document.id,
        title=document.title_en or document.title_ko,
        source_url=document.source_url,
        heading_path_en=section.heading_path_en,
        heading_path_ko=section.heading_path_ko,
        segment_ids=tuple(segment.id for segment in segments),
        quote_en="\n".join(segment.en for segment in segments if segment.en),
        quote_ko="\n".join(segment.ko for segment in segments if segment.ko),
    )


def _divergences(segments: Sequence[Segment], document: Document, index: Index) -> tuple[Divergence, ...]:
    """Where the languages of the segments materially disagree."""
    found = (index.divergence_of(document, segment) for segment in segments)
    return tuple(
        Divergence(
            segment_id=one.segment_id, kind=one.kind, severity=one.severity, en=one.en, ko=one.ko,
            explanation_en=one.explanation_en, explanation_ko=one.explanation_ko,
        )
        for one in found if one and one.severity == "major"
    )  # fmt: skip


def _links(segments: Sequence[Segment], document: Document, language: Language) -> tuple[CitedLink, ...]:
    """The links that a reader can open, each address once, named as in the question's language where it is there."""
    ordered = sorted((link for one in segments for link in one.links), key=lambda link: link.language != language)
    named: dict[str, str] = {}
    for link in ordered:
        if url := link.absolute(document.link_base):
            named.setdefault(url, link.text)
    return tuple(CitedLink(text=text, url=url) for url, text in named.items())


def suggestions_for(question: Question, draft: Draft, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The nearest sections when the answer abstains, else the documents' own questions nearby."""
    if not draft.statements:
        paths = (" > ".join(passage.chunk.section.heading_path(question.language)) for passage in passages)
        return tuple(dict.fromkeys(filter(None, paths)))[:_SUGGESTIONS]
    used = {statement.passage.chunk.id for statement in draft.statements}
    asked = (
        passage.chunk.lead[0].text(question.language)
        for passage in passages
        if passage.chunk.id not in used and passage.chunk.lead and passage.chunk.lead[0].kind == "question"
    )
    return tuple(dict.fromkeys(asked))[:_SUGGESTIONS]
