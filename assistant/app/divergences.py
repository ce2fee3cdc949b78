"""The tab that lists where the Korean and the English disagree, for a person to judge."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from assistant.app.coverage import harmless
from assistant.app.markup import button, failure_html, quotes
from assistant.app.parts import QUIET, Changes, Shared, file_to_save, guarded, i18n, language_of, text_of, warn
from assistant.app.turns import ChatAssistant
from assistant.app.wording import failure_of, words
from assistant.feedback import Finding, Status
from corpus.divergence import Divergence
from corpus.documents import Document, Language
from corpus.errors import AssistantError

_PAGE = 25
_SEVERITIES = ("major", "minor")
_STATUSES: tuple[Status, ...] = ("reviewed", "false_alarm")
_COLUMNS = ("document", "title", "segment_id", "severity", "kind", "status", "ko", "en", "explanation_ko",
            "explanation_en", "source_url")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One divergence, and what a reader thinks of it."""

    document: Document
    divergence: Divergence
    status: Status | None

    @property
    def finding(self) -> Finding:
        one = self.divergence
        return Finding(self.document.id, one.segment_id, one.en, one.ko)


@dataclass(frozen=True, kw_only=True, slots=True)
class DivergencesTab:
    """The components of the tab; `limit` is how many divergences show."""

    tab: gr.Tab
    severity: gr.Radio
    kind: gr.Dropdown
    status: gr.Radio
    table: gr.HTML
    more: gr.Button
    csv: gr.Button
    limit: gr.State

    @property
    def filters(self) -> list[gr.components.Component]:
        return [self.severity, self.kind, self.status]


def lay_out_divergences(tab: gr.Tab) -> DivergencesTab:
    """Place the components of the tab."""
    gr.HTML(i18n("divergences_intro"), elem_classes="intro")
    with gr.Row(elem_classes="filters"):
        severity = gr.Radio(
            [(i18n("all"), "all"), *((i18n(name), name) for name in _SEVERITIES)],
            value="all",
            label=i18n("severity"),
            elem_id="divergences-severity",
        )
        kind = gr.Dropdown([], label=i18n("kind"), multiselect=True, elem_id="divergences-kind")
        status = gr.Radio(
            [(i18n("all"), "all"), (i18n("open"), "open"), *((i18n(name), name) for name in _STATUSES)],
            value="all",
            label=i18n("status"),
            elem_id="divergences-status",
        )
    with gr.Row(elem_classes="tools"):
        save = gr.Button(i18n("csv"), size="sm", scale=0, min_width=72, elem_id="divergences-csv")
    table = gr.HTML(i18n("loading"), elem_id="divergences-table", min_height=64)
    more = gr.Button(i18n("more"), size="sm", visible=False, elem_id="divergences-more")
    return DivergencesTab(
        tab=tab,
        severity=severity,
        kind=kind,
        status=status,
        table=table,
        more=more,
        csv=save,
        limit=gr.State(_PAGE),
    )


def wire_divergences(parts: DivergencesTab, shared: Shared, assistant: ChatAssistant) -> None:
    """Compare the documents when the tab is opened, follow its filters, and store what a reader thinks."""

    def fill(
        severity: str,
        kinds: list[str],
        status: str,
        limit: int,
        request: gr.Request,
    ) -> Changes:
        language = language_of(request)
        try:
            rows = _rows(assistant.library.divergences(), assistant.feedback.reviews())
        except AssistantError as error:
            return {parts.table: failure_html(failure_of(error), language), parts.more: gr.update(visible=False)}
        kept = filtered(rows, severity, kinds, status)
        present = sorted({row.divergence.kind for row in rows})
        return {
            parts.table: table_html(kept, rows, language, limit=limit),
            parts.kind: gr.update(choices=[(_kind(kind, language), kind) for kind in present]),
            parts.more: gr.update(visible=len(kept) > limit),
            parts.limit: limit,
        }

    def refill(severity: str, kinds: list[str], status: str, request: gr.Request) -> Changes:
        return fill(severity, kinds, status, _PAGE, request)

    def show_more(severity: str, kinds: list[str], status: str, limit: int, request: gr.Request) -> Changes:
        return fill(severity, kinds, status, limit + _PAGE, request)

    def judge(
        severity: str, kinds: list[str], status: str, limit: int, event: gr.EventData, request: gr.Request
    ) -> Changes:
        try:
            _judge(assistant, event)
        except AssistantError as error:
            warn(error, language_of(request))
        return fill(severity, kinds, status, limit, request)

    @guarded
    def save(severity: str, kinds: list[str], status: str, request: gr.Request) -> dict[str, object]:
        rows = _rows(assistant.library.divergences(), assistant.feedback.reviews())
        text = as_csv(filtered(rows, severity, kinds, status), language_of(request))
        return file_to_save("divergences.csv", f"\ufeff{text}", type="text/csv")

    shown = [parts.table, parts.kind, parts.more, parts.limit]
    parts.tab.select(fill, [*parts.filters, parts.limit], shown, api_visibility="private", show_progress_on=parts.table)
    gr.on(
        [parts.severity.input, parts.kind.input, parts.status.input],
        refill,
        parts.filters,
        shown,
        trigger_mode="always_last",
        **QUIET,
    )
    parts.more.click(show_more, [*parts.filters, parts.limit], shown, **QUIET)
    shared.relay.apply(judge, [*parts.filters, parts.limit], shown, trigger_mode="multiple", **QUIET)
    parts.csv.click(save, parts.filters, shared.download, **QUIET)


def _judge(assistant: ChatAssistant, event: gr.EventData) -> None:
    """Store the status that a pressed button stands for, where its divergence is still there."""
    key = text_of(event, "document"), text_of(event, "segment")
    status = next((known for known in _STATUSES if known == text_of(event, "status")), None)
    for document, one in assistant.library.divergences():
        if (document.id, one.segment_id) == key:
            assistant.feedback.review(Row(document, one, None).finding, status)


def _rows(found: Sequence[tuple[Document, Divergence]], reviews: Mapping[tuple[str, str, str], Status]) -> list[Row]:
    """Every divergence with its status, major ones first, in document order."""
    rows = []
    for document, one in found:
        finding = Row(document, one, None).finding
        rows.append(Row(document, one, reviews.get((finding.document, finding.segment_id, finding.texts))))
    return sorted(rows, key=lambda row: row.divergence.severity != "major")


def filtered(rows: Sequence[Row], severity: str, kinds: Sequence[str], status: str) -> list[Row]:
    """The rows that pass: "all" or one severity, any of the kinds where some are chosen, "all", "open" or a status."""
    return [
        row
        for row in rows
        if severity in ("all", row.divergence.severity)
        and (not kinds or row.divergence.kind in kinds)
        and status in ("all", row.status or "open")
    ]


def table_html(rows: Sequence[Row], of: Sequence[Row], language: Language, *, limit: int) -> str:
    """The first `limit` of the rows that pass the filters, out of all of them."""
    says = words(language)
    if not rows:
        return f'<p class="empty" role="status">{says["divergences_empty" if of else "divergences_none"]}</p>'
    major = sum(row.divergence.severity == "major" for row in rows)
    count = says["divergences_count"].format(
        shown=min(limit, len(rows)), total=len(rows), major=major, minor=len(rows) - major
    )
    items = "".join(f"<li>{_row_html(row, language)}</li>" for row in rows[:limit])
    return f'<p class="count" role="status">{count}</p><ol class="divergences">{items}</ol>'


def _row_html(row: Row, language: Language) -> str:
    says, one, document = words(language), row.divergence, row.document
    explanation = one.explanation_ko if language == "ko" else one.explanation_en
    deeds = [button(says["open_in_document"], do="select", document=document.id, segment=one.segment_id)]
    for status in _STATUSES:
        on = row.status == status
        next_one = "" if on else status
        deeds.append(
            button(says[status], do="apply", pressed=on, document=document.id, segment=one.segment_id, status=next_one)
        )
    return (
        f'<article class="finding {one.severity} {row.status or "open"}"><header>'
        f'<span class="severity {one.severity}">{says[one.severity]}</span> '
        f'<span class="kind">{_kind(one.kind, language)}</span> '
        f"<h2>{escape(document.title(language) or document.id)}</h2> <code>{escape(one.segment_id)}</code></header>"
        f"{quotes(one.ko, one.en, language, differs=explanation)}"
        f'<p class="explanation">{escape(explanation)}</p><div class="deeds">{"".join(deeds)}</div></article>'
    )


def as_csv(rows: Sequence[Row], language: Language) -> str:
    """The rows as CSV with a header line; severity, kind and status in the language of the page."""
    says = words(language)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        one, document = row.divergence, row.document
        values = (document.id, document.title(language), one.segment_id, says[one.severity], _kind(one.kind, language),
                  says[row.status or "open"], one.ko, one.en, one.explanation_ko, one.explanation_en,
                  document.source_url or "")  # fmt: skip
        writer.writerow(map(harmless, values))
    return out.getvalue()


def _kind(kind: str, language: Language) -> str:
    return words(language).get(f"kind_{kind}", kind)
