"""Turns as HTML: what stands in the conversation, and the sources beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape

from assistant.app.markup import anchor, button, crumbs, failure_html, marked, quotes
from assistant.app.turns import Turn, is_answered
from assistant.app.wording import LANGUAGE_NAMES, LANGUAGES, TITLE, words
from assistant.records import Answer, Citation, CitedLink, Conflict, Divergence
from corpus.documents import Language

_MARKER = re.compile(r"\[(\d{1,4})\]")
_LIST_ITEM = re.compile(r"[-*•]\s+")


def header_html(language: Language) -> str:
    """The page's name and purpose, and the choice of its language and of dark or light."""
    says = words(language)
    choices = "".join(
        f'<button type="button" lang="{one}" data-language="{one}" aria-pressed="{str(one == language).lower()}">'
        f"{LANGUAGE_NAMES[one]}</button>"
        for one in LANGUAGES
    )
    return (
        f'<a class="skip" href="#question">{says["skip"]}</a><div class="titles"><h1>{TITLE}</h1>'
        f'<p>{says["purpose"]}</p></div><div class="choices"><button type="button" class="theme" data-theme '
        f'aria-pressed="false">{says["dark"]}</button><div class="languages" role="group" '
        f'aria-label="{says["language"]}">{choices}</div></div>'
    )


def question_html(turn: Turn, language: Language, *, position: int) -> str:
    """The user's message, as typed, and the way to change it."""
    edit = button(words(language)["edit"], do="edit", turn=position)
    return f'<div class="question">{escape(turn.question)}</div><div class="deeds">{edit}</div>'


def reply_html(turn: Turn, language: Language, *, position: int, latest: bool) -> str:
    """What stands under a question: dots while waiting, the answer, or why there is none.

    `position` is the turn's place in the conversation, from 0; a citation leads to the source of the same position.
    Only the `latest` turn has its suggestions as buttons; an earlier abstention names its nearest sections in its text.
    """
    says = words(language)
    if turn.failure is not None:
        body = failure_html(turn.failure, language)
    elif turn.answer is not None:
        body = _answer_html(turn.answer, position=position)
    elif turn.state == "running":
        return f'<div class="waiting" role="status" aria-label="{says["waiting"]}"><i></i><i></i><i></i></div>'
    else:
        body = ""
    if turn.state == "stopped":
        body += f'<p class="stopped">{says["stopped"]}</p>'
    return body + _deeds(turn, language, position=position, latest=latest) + _next(turn, latest=latest)


def sources_html(turns: Sequence[Turn], language: Language) -> str:
    """The sources of every answer, those of the latest one in view; citations bring up the others."""
    answered = [(position, turn.question, turn.answer) for position, turn in enumerate(turns) if turn.answer]
    if not answered:
        return f'<div class="no-sources"><p>{words(language)["no_sources"]}</p></div>'
    latest = answered[-1][0]
    sections = []
    for position, question, answer in answered:
        running = turns[position].state == "running"
        sections.append(_sources_of(answer, question, position=position, running=running, shown=position == latest))
    return "".join(sections)


def citation_text(citation: Citation, language: Language) -> str:
    """A citation to paste elsewhere: the quote, where it stands, its segments and its address."""
    quote = (citation.quote_ko or citation.quote_en) if language == "ko" else (citation.quote_en or citation.quote_ko)
    place = " › ".join(_path(citation, language))
    parts = [citation.title, place, " ".join(citation.segment_ids), citation.source_url or ""]
    return f"“{quote}” — {', '.join(filter(None, parts))}"


def _path(citation: Citation, language: Language) -> tuple[str, ...]:
    """The headings below the title."""
    own, other = citation.heading_path_en, citation.heading_path_ko
    path = (other or own) if language == "ko" else (own or other)
    return path[1:] if path and path[0] == citation.title else path


def _deeds(turn: Turn, language: Language, *, position: int, latest: bool) -> str:
    """What a reader can do with a reply that will not change any more: judge it, and ask again."""
    says = words(language)
    deeds = []
    if is_answered(turn):
        rating = turn.rating
        deeds += [
            button(says["helpful"], do="like", turn=position, liked=1, pressed=bool(rating and rating.liked)),
            button(says["unhelpful"], do="like", turn=position, liked=0, pressed=bool(rating and not rating.liked)),
        ]
    if latest and turn.state != "running":
        deeds.append(button(says["retry"], do="retry", turn=position))
    row = f'<div class="deeds">{"".join(deeds)}</div>' if deeds else ""
    return row + _reasons(turn, language, position=position)


def _reasons(turn: Turn, language: Language, *, position: int) -> str:
    """Thanks for a judgement, and room for its reason."""
    if turn.rating is None:
        return ""
    says = words(language)
    chips = ""
    if not turn.rating.liked:
        names = ("reason_wrong", "reason_source", "reason_incomplete", "reason_abstained")
        chips = "".join(
            button(says[name], do="like", kind="chip", turn=position, liked=0, reason=says[name],
                   pressed=turn.rating.reason == says[name])
            for name in names
        )  # fmt: skip
    field = (
        f'<form class="why" data-do="like" data-turn="{position}" data-liked="{int(turn.rating.liked)}">'
        f'<input name="reason" maxlength="1000" autocomplete="off" aria-label="{says["why"]}" '
        f'placeholder="{says["why"]}" value="{escape(turn.rating.reason)}">'
        f'<button class="quiet">{says["send"]}</button></form>'
    )
    return f'<div class="rated"><p role="status">{says["rated"]}</p><div class="deeds">{chips}</div>{field}</div>'


def _next(turn: Turn, *, latest: bool) -> str:
    """The line above the suggestions, which are buttons below the latest turn; earlier nearest sections are named."""
    answer = turn.answer
    announce = latest and turn.state == "done"
    if answer is None or not answer.suggestions or not (announce or answer.abstained):
        return ""
    says = words(answer.language)
    line = f'<p class="next">{says["nearest"] if answer.abstained else says["ask_next"]}</p>'
    near = "" if announce else "".join(f'<p class="near">{escape(section)}</p>' for section in answer.suggestions)
    return f'<div lang="{answer.language}">{line}{near}</div>'


def _answer_html(answer: Answer, *, position: int) -> str:
    says = words(answer.language)
    parts = [_badge(answer)]
    if answer.notice:
        parts.append(f'<p class="notice"><b>{says["notice"]}</b> {escape(answer.notice)}</p>')
    numbers = {citation.number for citation in answer.citations}
    parts.append(f'<div class="text">{_paragraphs(answer.text, position=position, numbers=numbers)}</div>')
    parts += [divergence_html(divergence, answer.language) for divergence in answer.divergences]
    parts += [_conflict_html(conflict, answer.language, position=position) for conflict in answer.conflicts]
    kind = "answer abstained" if answer.abstained else "answer"
    return f'<div class="{kind}" lang="{answer.language}">{"".join(parts)}</div>'


def divergence_html(divergence: Divergence, language: Language) -> str:
    """A notice that the languages disagree: both readings, with what differs marked, and why."""
    says = words(language)
    explanation = divergence.explanation(language)
    readings: dict[Language, str] = {"ko": divergence.ko, "en": divergence.en}
    shown = "".join(
        f'<p class="reading" lang="{of}"><b>{LANGUAGE_NAMES[of]}</b> {marked(text, explanation)}</p>'
        for of, text in readings.items()
    )
    return (
        f'<aside class="divergence {divergence.severity}" aria-label="{says["divergence_title"]}">'
        f'<p class="title"><b>{says["divergence_title"]}</b> <code>{escape(divergence.segment_id)}</code></p>'
        f'{shown}<p class="explanation">{escape(explanation)} {says["divergence_hint"]}</p></aside>'
    )


def _conflict_html(conflict: Conflict, language: Language, *, position: int) -> str:
    """A notice that a document disagrees with itself: both passages with their citations, and why."""
    says = words(language)
    explanation = conflict.explanation(language)
    shown = "".join(
        f'<p class="reading">{_cite(position, side.citation)} {marked(side.text(language), explanation)} '
        f"<code>{escape(side.segment_id)}</code></p>"
        for side in conflict.sides
    )
    return (
        f'<aside class="divergence conflict" aria-label="{says["conflict_title"]}">'
        f'<p class="title"><b>{says["conflict_title"]}</b></p>'
        f'{shown}<p class="explanation">{escape(explanation)} {says["conflict_hint"]}</p></aside>'
    )


def _badge(answer: Answer) -> str:
    says = words(answer.language)
    if answer.abstained:
        return f'<p class="verdict-line"><span class="verdict not-stated">{says["not_stated"]}</span></p>'
    if answer.verdict is None:
        return ""
    badge = f'<span class="verdict {answer.verdict}">{says[answer.verdict]}</span>'
    if answer.condition:
        badge += f' <span class="condition"><b>{says["condition"]}</b> {escape(answer.condition)}</span>'
    return f'<p class="verdict-line">{badge}</p>'


def _paragraphs(text: str, *, position: int, numbers: Collection[int]) -> str:
    """Plain text as paragraphs and lists: a blank line ends a paragraph, a line led by a dash or bullet is an item."""

    def cite(marker: re.Match[str]) -> str:
        number = int(marker[1])
        if number not in numbers:
            return marker[0]
        return _cite(position, number)

    html: list[str] = []
    is_list = False
    for line in (line.strip() for line in text.splitlines()):
        item = _LIST_ITEM.match(line)
        if is_list and item is None:
            html.append("</ul>")
        if item is not None and not is_list:
            html.append("<ul>")
        is_list = item is not None
        if line:
            content = _MARKER.sub(cite, escape(line[item.end() :] if item else line))
            html.append(f"<li>{content}</li>" if item else f"<p>{content}</p>")
    return "".join([*html, "</ul>"] if is_list else html)


def _cite(position: int, number: int) -> str:
    return f'<a class="cite" href="#{_source_id(position, number)}" data-number="{number}">[{number}]</a>'


def _source_id(position: int, number: int) -> str:
    return f"source-{position}-{number}"


def _sources_of(answer: Answer, question: str, *, position: int, running: bool, shown: bool) -> str:
    says = words(answer.language)
    sources = "".join(_source(citation, position=position, language=answer.language) for citation in answer.citations)
    if not sources and not running:
        sources = f'<p class="none">{says["no_citations"]}</p>'
    return (
        f'<section data-turn="{position}" lang="{answer.language}"{"" if shown else " hidden"}>'
        f'<p class="sources-of"><span>{says["sources_of"]}</span> {escape(question)}</p>{sources}</section>'
    )


def _source(citation: Citation, *, position: int, language: Language) -> str:
    says = words(language)
    differs = " ".join(one.explanation_en for one in citation.divergences)
    first = (citation.segment_ids or ("",))[0]
    text = citation_text(citation, language)
    deeds = button(says["copy_citation"], do="copy", text=text, said=says["copied"], failed=says["copy_failed"])
    deeds += button(says["open_in_document"], do="select", document=citation.document, segment=first)
    return (
        f'<article class="source" id="{_source_id(position, citation.number)}" tabindex="-1" '
        f'aria-label="{says["source"]} {citation.number}">'
        f'<header><span class="number">{citation.number}</span><div><h3>{escape(citation.title)}</h3>'
        f'<p class="path">{crumbs(_path(citation, language))}</p></div></header>'
        f"{quotes(citation.quote_ko, citation.quote_en, language, differs=differs)}"
        f'<div class="foot">{_links(citation.links, language)}{_segments(citation, language)}'
        f'<div class="deeds">{deeds}</div></div></article>'
    )


def _links(links: Iterable[CitedLink], language: Language) -> str:
    items = "".join(f"<li>{html}</li>" for link in links if (html := anchor(link.url, link.text or link.url)))
    return f'<ul class="links" aria-label="{words(language)["links"]}">{items}</ul>' if items else ""


def _segments(citation: Citation, language: Language) -> str:
    says = words(language)
    ids = " ".join(f"<code>{escape(segment_id)}</code>" for segment_id in citation.segment_ids)
    page = anchor(citation.source_url, says["source_page"]) if citation.source_url else ""
    return f'<p class="origin"><span class="segments" title="{says["segments"]}">{ids}</span>{page}</p>'
