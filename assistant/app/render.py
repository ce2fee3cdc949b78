"""Turns as HTML. All text of users and documents passes through `html.escape`, all addresses through `safe_url`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from assistant.app.turns import Failure, Turn
from assistant.app.wording import LANGUAGE_NAMES, NO_SOURCES, STOPPED, WAITING, WORDS
from assistant.records import Answer, Citation, CitedLink
from corpus.documents import Language

_SCHEMES = frozenset({"http", "https", "mailto"})
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_MARKER = re.compile(r"\[(\d{1,4})\]")
_LIST_ITEM = re.compile(r"[-*•]\s+")
_WAITING_HTML = f'<div class="waiting" role="status" aria-label="{WAITING}"><i></i><i></i><i></i></div>'


def safe_url(url: str) -> str | None:
    """The address, if it is one a reader may open (http, https, mailto); None otherwise."""
    url = url.strip()
    if _UNSAFE_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or not (parts.netloc or parts.scheme.lower() == "mailto"):
        return None
    return url


def question_html(turn: Turn) -> str:
    """The user's message, as typed."""
    return f'<div class="question">{escape(turn.question)}</div>'


def reply_html(turn: Turn, *, position: int, latest: bool) -> str:
    """What stands under a question: dots while waiting, the answer, or why there is none.

    `position` is the turn's place in the conversation, from 0; a citation leads to the source of the same position.
    Only the `latest` turn has its suggestions as buttons; an earlier abstention names its nearest sections in its text.
    """
    stopped = f'<p class="stopped">{escape(STOPPED)}</p>' if turn.state == "stopped" else ""
    if turn.failure is not None:
        return _failure_html(turn.failure)
    if turn.answer is None:
        return stopped or _WAITING_HTML
    announce = latest and turn.state == "done"
    return _answer_html(turn.answer, position=position, announce=announce) + stopped


def sources_html(turns: Sequence[Turn]) -> str:
    """The sources of every answer, those of the latest one in view; citations bring up the others."""
    answered = [(position, turn.question, turn.answer) for position, turn in enumerate(turns) if turn.answer]
    if not answered:
        lines = "".join(f'<p lang="{language}">{escape(text)}</p>' for language, text in NO_SOURCES.items())
        return f'<div class="no-sources">{lines}</div>'
    latest = answered[-1][0]
    sections = []
    for position, question, answer in answered:
        running = turns[position].state == "running"
        sections.append(_sources_of(answer, question, position=position, running=running, shown=position == latest))
    return "".join(sections)


def _failure_html(failure: Failure) -> str:
    return (
        '<div class="failure" role="alert">'
        f'<p class="problem">{escape(failure.problem)}</p><p class="remedy">{escape(failure.remedy)}</p></div>'
    )


def _answer_html(answer: Answer, *, position: int, announce: bool) -> str:
    words = WORDS[answer.language]
    parts = [_badge(answer)]
    if answer.notice:
        parts.append(f'<p class="notice"><b>{words.notice}</b> {escape(answer.notice)}</p>')
    numbers = {citation.number for citation in answer.citations}
    parts.append(f'<div class="text">{_paragraphs(answer.text, position=position, numbers=numbers)}</div>')
    if answer.suggestions and (announce or answer.abstained):
        parts.append(f'<p class="next">{words.nearest if answer.abstained else words.ask_next}</p>')
    if answer.abstained and not announce:
        parts.append("".join(f'<p class="near">{escape(section)}</p>' for section in answer.suggestions))
    kind = "answer abstained" if answer.abstained else "answer"
    return f'<div class="{kind}" lang="{answer.language}">{"".join(parts)}</div>'


def _badge(answer: Answer) -> str:
    words = WORDS[answer.language]
    if answer.abstained:
        return f'<p class="verdict-line"><span class="verdict not-stated">{words.not_stated}</span></p>'
    if answer.verdict is None:
        return ""
    badge = f'<span class="verdict {answer.verdict}">{words.verdicts[answer.verdict]}</span>'
    if answer.condition:
        badge += f' <span class="condition"><b>{words.condition}</b> {escape(answer.condition)}</span>'
    return f'<p class="verdict-line">{badge}</p>'


def _paragraphs(text: str, *, position: int, numbers: Collection[int]) -> str:
    """Plain text as paragraphs and lists: a blank line ends a paragraph, a line led by a dash or bullet is an item."""

    def cite(marker: re.Match[str]) -> str:
        number = int(marker[1])
        if number not in numbers:
            return marker[0]
        return f'<a class="cite" href="#{_source_id(position, number)}" data-number="{number}">[{number}]</a>'

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


def _source_id(position: int, number: int) -> str:
    return f"source-{position}-{number}"


def _sources_of(answer: Answer, question: str, *, position: int, running: bool, shown: bool) -> str:
    words = WORDS[answer.language]
    sources = "".join(_source(citation, position=position, language=answer.language) for citation in answer.citations)
    if not sources and not running:
        sources = f'<p class="none">{words.no_citations}</p>'
    return (
        f'<section data-turn="{position}" lang="{answer.language}"{"" if shown else " hidden"}>'
        f'<p class="sources-of"><span>{words.sources_of}</span> {escape(question)}</p>{sources}</section>'
    )


def _source(citation: Citation, *, position: int, language: Language) -> str:
    words = WORDS[language]
    paths: dict[Language, tuple[str, ...]] = {"en": citation.heading_path_en, "ko": citation.heading_path_ko}
    other: Language = "ko" if language == "en" else "en"
    path = paths[language] or paths[other]
    quotes = _quote(citation.quote_ko, "ko", language) + _quote(citation.quote_en, "en", language)
    if path and path[0] == citation.title:
        path = path[1:]
    crumbs = '<span class="crumb"> › </span>'.join(escape(heading) for heading in path)
    return (
        f'<article class="source" id="{_source_id(position, citation.number)}" tabindex="-1" '
        f'aria-label="{words.source} {citation.number}">'
        f'<header><span class="number">{citation.number}</span><div><h3>{escape(citation.title)}</h3>'
        f'<p class="path">{crumbs}</p></div></header>'
        f'<div class="quotes">{quotes}</div>'
        f'<div class="foot">{_links(citation.links, language)}{_segments(citation, language)}</div></article>'
    )


def _quote(quote: str, language: Language, answer_language: Language) -> str:
    missing = f'<p class="missing" lang="{answer_language}">{WORDS[answer_language].missing_text}</p>'
    text = f'<blockquote lang="{language}">{escape(quote)}</blockquote>' if quote else missing
    return f'<div class="quote {language}"><h4 lang="{language}">{LANGUAGE_NAMES[language]}</h4>{text}</div>'


def _links(links: Iterable[CitedLink], language: Language) -> str:
    items = "".join(f"<li>{html}</li>" for link in links if (html := _anchor(link.url, link.text or link.url)))
    return f'<ul class="links" aria-label="{WORDS[language].links}">{items}</ul>' if items else ""


def _segments(citation: Citation, language: Language) -> str:
    words = WORDS[language]
    ids = " ".join(f"<code>{escape(segment_id)}</code>" for segment_id in citation.segment_ids)
    page = _anchor(citation.source_url, words.source_page) if citation.source_url else ""
    return f'<p class="origin"><span class="segments" aria-label="{words.segments}">{ids}</span>{page}</p>'


def _anchor(url: str, text: str) -> str:
    address = safe_url(url)
    if address is None:
        return ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'
