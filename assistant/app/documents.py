"""The tab to read a document in both languages side by side, and to add and remove documents."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.app.markup import anchor, failure_html
from assistant.app.parts import QUIET, Changes, Shared, guarded, i18n, language_of, text_of
from assistant.app.phrases import told
from assistant.app.turns import ChatAssistant
from assistant.app.wording import LANGUAGE_NAMES, LANGUAGES, failure_of, words
from assistant.library import Change, Holdings, Progress
from corpus.documents import SUFFIXES, Document, Language, Problem, Section, Segment
from corpus.errors import AssistantError

_SHOWN_PROBLEMS = 200
_SLASH = "\N{DIVISION SLASH}"  # what page.js puts for the one between folders
_DATES = ("ms.date", "date", "ms.lasthandoff")


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentsTab:
    """The components of the tab.

    `place` is the session's: the ids of the document that is open and of the segment that is pointed out.
    """

    tab: gr.Tab
    count: gr.HTML
    choice: gr.Dropdown
    place: gr.State
    reader: gr.HTML
    problems: gr.HTML
    files: gr.File
    folder: gr.File
    add: gr.Button
    outcome: gr.HTML
    remove: gr.Button
    sure: gr.Row
    question: gr.HTML
    yes: gr.Button
    no: gr.Button


def lay_out_documents(tab: gr.Tab) -> DocumentsTab:
    """Place the components of the tab."""
    count = gr.HTML(i18n("loading"), elem_id="documents-count", elem_classes="intro")
    choice = gr.Dropdown([], label=i18n("document"), info=i18n("document_hint"), elem_id="documents-choice")
    with gr.Accordion(i18n("manage"), open=False, elem_id="manage"):
        gr.HTML(i18n("manage_hint_html"))
        with gr.Row():
            files = gr.File(
                label=i18n("upload"),
                file_count="multiple",
                file_types=list(SUFFIXES),
                height=140,
                elem_id="upload",
            )
            folder = gr.File(label=i18n("upload_folder"), file_count="directory", height=140, elem_id="upload-folder")
        with gr.Row(elem_classes="tools"):
            add = gr.Button(i18n("add"), variant="primary", size="sm", scale=0, min_width=140, elem_id="add")
            remove = gr.Button(i18n("remove"), size="sm", scale=0, min_width=140, elem_id="remove")
        with gr.Row(visible=False, elem_id="sure") as sure:
            question = gr.HTML("", elem_id="sure-question")
            yes = gr.Button(i18n("remove_yes"), variant="stop", size="sm", scale=0, min_width=120, elem_id="remove-yes")
            no = gr.Button(i18n("cancel"), size="sm", scale=0, min_width=88, elem_id="remove-no")
        outcome = gr.HTML("", elem_id="outcome", min_height=48)
        problems = gr.HTML("", elem_id="problems")
    reader = gr.HTML("", elem_id="reader")
    return DocumentsTab(
        tab=tab,
        count=count,
        choice=choice,
        place=gr.State(("", "")),
        reader=reader,
        problems=problems,
        files=files,
        folder=folder,
        add=add,
        outcome=outcome,
        remove=remove,
        sure=sure,
        question=question,
        yes=yes,
        no=no,
    )


def wire_documents(parts: DocumentsTab, shared: Shared, assistant: ChatAssistant, tabs: gr.Tabs) -> None:
    """Fill the tab when it is opened, show the document that is chosen or led to, and carry out changes."""

    def fill(place: tuple[str, str], request: gr.Request) -> Changes:
        return _filled(parts, assistant, *place, language_of(request))

    def choose(chosen: str | None, request: gr.Request) -> Changes:
        # Whether to remove a document was asked about the one before.
        filled = _filled(parts, assistant, chosen or "", "", language_of(request))
        return {parts.sure: gr.update(visible=False), **filled}

    def lead(event: gr.EventData, request: gr.Request) -> Changes:
        document, segment = text_of(event, "document"), text_of(event, "segment")
        filled = _filled(parts, assistant, document, segment, language_of(request))
        return {tabs: gr.Tabs(selected="documents"), **filled}

    shown = [parts.count, parts.choice, parts.reader, parts.problems, parts.place]
    parts.tab.select(fill, parts.place, shown, **QUIET)
    parts.choice.input(choose, parts.choice, [parts.sure, *shown], **QUIET)
    shared.relay.select(lead, None, [tabs, *shown], trigger_mode="always_last", **QUIET)
    _wire_adding(parts, assistant, shown)
    _wire_removing(parts, assistant, shown)


# One change at a time; answers have their own places in the queue.
_CHANGING: dict[str, Any] = {"api_visibility": "private", "concurrency_id": "changes", "concurrency_limit": 1}


def _wire_adding(parts: DocumentsTab, assistant: ChatAssistant, shown: Sequence[gr.components.Component]) -> None:
    def add(
        files: list[str] | None,
        folder: list[str] | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008  Gradio's way to ask for it
    ) -> Changes:
        language = language_of(request)
        uploads = _uploads(files or [], folder or [])
        if problem := _refusal(request, language) or ("" if uploads else words(language)["nothing_chosen"]):
            return {parts.outcome: _said(problem)}
        try:
            change = assistant.library.add(uploads, on_progress=_shows(progress, language))
        except AssistantError as error:  # the files stay chosen, for another try
            return {parts.outcome: failure_html(failure_of(error), language)}
        for path in uploads.values():
            path.unlink(missing_ok=True)  # who knows its address could fetch it from Gradio's folder
        return {
            parts.outcome: _change_html(change, "added", language),
            parts.files: None,
            parts.folder: None,
            **_filled(parts, assistant, change.documents[0], "", language),
        }

    parts.add.click(
        add,
        [parts.files, parts.folder],
        [parts.outcome, parts.files, parts.folder, *shown],
        show_progress_on=parts.outcome,
        **_CHANGING,
    )


def _wire_removing(parts: DocumentsTab, assistant: ChatAssistant, shown: Sequence[gr.components.Component]) -> None:
    @guarded
    def ask(chosen: str | None, request: gr.Request) -> Changes:
        language = language_of(request)
        document = assistant.library.holdings().by_id.get(chosen or "")
        if problem := _refusal(request, language) or ("" if document else words(language)["gone_document"]):
            return {parts.outcome: _said(problem)}
        title = document.title(language) or document.id if document else ""
        return {
            parts.sure: gr.update(visible=True),
            parts.question: f"<p>{escape(words(language)['remove_sure'].format(title=title))}</p>",
        }

    def remove(
        chosen: str | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Changes:
        language = language_of(request)
        if problem := _refusal(request, language):
            return {parts.outcome: _said(problem)}
        try:
            change = assistant.library.remove([chosen or ""], on_progress=_shows(progress, language))
        except AssistantError as error:
            return {parts.outcome: failure_html(failure_of(error), language)}
        return {
            parts.outcome: _change_html(change, "removed", language),
            **_filled(parts, assistant, "", "", language),
        }

    def settle() -> Changes:
        return {parts.sure: gr.update(visible=False)}

    parts.remove.click(ask, parts.choice, [parts.outcome, parts.sure, parts.question], **QUIET)
    parts.no.click(settle, None, [parts.sure], **QUIET)
    parts.yes.click(settle, None, [parts.sure], **QUIET).then(
        remove, parts.choice, [parts.outcome, *shown], show_progress_on=parts.outcome, **_CHANGING
    )


def _filled(parts: DocumentsTab, assistant: ChatAssistant, chosen: str, segment: str, language: Language) -> Changes:
    """The tab's contents, with a document open: the one of this id, or the first where none is given."""
    try:
        held = assistant.library.holdings()
    except AssistantError as error:
        return {parts.reader: failure_html(failure_of(error), language)}
    document = held.by_id.get(chosen) if chosen else held.documents[0]
    gone = f'<p class="empty" role="alert">{words(language)["gone_document"]}</p>'
    return {
        parts.count: _count(held, language),
        parts.choice: gr.update(
            choices=[(_choice(one, language), one.id) for one in held.documents],
            value=document.id if document else None,
        ),
        parts.reader: document_html(document, held, language, segment=segment) if document else gone,
        parts.problems: problems_html(held.problems, language),
        parts.place: (chosen, segment),
    }


def document_html(document: Document, held: Holdings, language: Language, *, segment: str = "") -> str:
    """A document in both languages side by side, below what is known about it; one segment may be pointed out."""
    says = words(language)
    body = "".join(_section_html(section, segment) for section in document.sections)
    heads = "".join(f'<span lang="{of}">{LANGUAGE_NAMES[of]}</span>' for of in LANGUAGES)
    return (
        f'<article class="document"><h2 lang="ko">{escape(document.title_ko or document.title_en)}</h2>'
        f'<p class="twin" lang="en">{escape(document.title_en)}</p>'
        f'<details class="about"><summary>{says["metadata"]}</summary><dl>{_metadata(document, held, language)}</dl>'
        f'</details><div class="pair heads" aria-hidden="true">{heads}</div>{body}</article>'
    )


def _section_html(section: Section, shown: str) -> str:
    level = min(section.level + 1, 6)
    heading = "".join(_pair(one, shown, f"h{level}") for one in section.heading)
    return f"<section>{heading}{''.join(_pair(one, shown, 'div') for one in section.segments)}</section>"


def _pair(segment: Segment, shown: str, tag: str) -> str:
    """One segment: its Korean beside its English."""
    kind = f"pair {segment.kind}" + (f" level-{min(segment.level, 4)}" if segment.kind == "item" else "")
    if segment.id == shown:
        kind += " shown"
    texts = "".join(
        f'<{tag} class="text" lang="{of}">{escape(text)}</{tag}>' if text else '<div class="text missing">–</div>'
        for of, text in (("ko", segment.ko), ("en", segment.en))
    )
    focus = ' tabindex="-1"' if segment.id == shown else ""
    return f'<div class="{kind}" data-segment="{escape(segment.id)}" title="{escape(segment.id)}"{focus}>{texts}</div>'


def _metadata(document: Document, held: Holdings, language: Language) -> str:
    says = words(language)
    date = next((document.metadata[name] for name in _DATES if document.metadata.get(name)), "")
    translation = document.metadata.get("ms.translationtype", "")
    rows = {
        "meta_id": escape(document.id),
        "source_page": anchor(document.source_url or "", document.source_url or ""),
        "meta_date": escape(date),
        "meta_licence": escape(document.licence or ""),
        "meta_attribution": escape(document.attribution or ""),
        "meta_translation": escape(says.get(f"meta_{translation}", translation)),
        "meta_generation": escape(f"{held.generation} · {_time(held.created)}"),
        "meta_sha256": f"<code>{escape(document.sha256[:16])}</code>" if document.sha256 else "",
    }
    return "".join(
        f"<div><dt>{says[name]}</dt><dd>{value or says['meta_unknown']}</dd></div>" for name, value in rows.items()
    )


def problems_html(problems: Sequence[Problem], language: Language) -> str:
    """What a person should look at in the documents."""
    says = words(language)
    if not problems:
        return f'<p class="empty">{says["no_problems"]}</p>'
    lines = "".join(f"<li>{escape(told(_placed(problem), language))}</li>" for problem in problems[:_SHOWN_PROBLEMS])
    rest = f"<li>… {len(problems) - _SHOWN_PROBLEMS}</li>" if len(problems) > _SHOWN_PROBLEMS else ""
    summary = escape(says["problems"].format(count=len(problems)))
    return f'<details><summary>{summary}</summary><ul class="problems">{lines}{rest}</ul></details>'


def _placed(problem: Problem) -> str:
    """The problem with its file's name; where the file lies on this machine is nobody's business."""
    return str(problem).replace(problem.path, Path(problem.path).name, 1)


def _change_html(change: Change, name: str, language: Language) -> str:
    says, summary = words(language), change.summary
    text = says["unchanged"]
    if summary.changed:
        documents = ", ".join(change.documents[:10]) + (" …" if len(change.documents) > 10 else "")
        text = says[name].format(documents=documents, total=summary.documents, seconds=f"{summary.seconds:.1f}")
    problems = problems_html(change.problems, language) if change.problems else ""
    return f'<div class="done" role="status"><p>{escape(text)}</p>{problems}</div>'


def _said(text: str) -> str:
    return f'<div class="failure" role="alert"><p class="problem">{escape(text)}</p></div>'


def _count(held: Holdings, language: Language) -> str:
    return escape(
        words(language)["documents_count"].format(
            documents=f"{len(held.documents):,}",
            segments=f"{held.segments:,}",
            generation=held.generation,
            created=_time(held.created),
        )
    )


def _time(iso: str) -> str:
    """A time in ISO 8601, to the minute, as people write it."""
    with suppress(ValueError):
        return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return iso


def _choice(document: Document, language: Language) -> str:
    return f"{document.title(language) or document.id} · {document.id}"


def _refusal(request: gr.Request, language: Language) -> str:
    """Why this visitor may not change documents, if so: only the machine itself may."""
    with suppress(ValueError):
        if ipaddress.ip_address(request.client.host).is_loopback:
            return ""
    return words(language)["only_here"]


def _uploads(files: Iterable[str], folder: Iterable[str]) -> dict[str, Path]:
    """Where each upload lies, by its name with its folders. Of a folder only what may be a document.

    Namesakes, of a folder that was dropped without its structure, are numbered.
    """
    uploads: dict[str, Path] = {}
    pages = (path for path in folder if path.lower().endswith(SUFFIXES))
    for path in dict.fromkeys(map(Path, (*files, *pages))):
        name, number = path.name.replace(_SLASH, "/"), 1
        stem = name.removesuffix(path.suffix)
        while name in uploads:
            number += 1
            name = f"{stem}-{number}{path.suffix}"
        uploads[name] = path
    return uploads


def _shows(progress: gr.Progress, language: Language) -> Progress:
    says = words(language)

    def show(step: str, done: int, total: int) -> None:
        progress((done, total), desc=says.get(f"progress_{step}", step))

    return show
