"""The tab that shows which service is in scope of which standard or report, and the sentences that say so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from assistant.app.markup import button, crumbs, failure_html, quotes
from assistant.app.parts import QUIET, Changes, Shared, file_to_save, guarded, i18n, language_of, text_of
from assistant.app.turns import ChatAssistant
from assistant.app.wording import failure_of, words
from corpus.documents import Document, Language, Segment
from corpus.errors import AssistantError
from corpus.matrix import Matrix, Standard, Standing

_PAGE = 40  # services that are shown at first, and more at a time
_SIGNS: dict[Standing, str] = {"in_scope": "●", "qualified": "◐", "not_listed": "–", "not_stated": "?"}
_STANDINGS = tuple(_SIGNS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageTab:
    """The components of the tab; `limit` is how many services show."""

    tab: gr.Tab
    search: gr.Textbox
    standards: gr.Dropdown
    standing: gr.Radio
    table: gr.HTML
    evidence: gr.HTML
    more: gr.Button
    csv: gr.Button
    xlsx: gr.Button
    limit: gr.State

    @property
    def filters(self) -> list[gr.components.Component]:
        return [self.search, self.standards, self.standing]


def lay_out_coverage(tab: gr.Tab) -> CoverageTab:
    """Place the components of the tab."""
    gr.HTML(i18n("coverage_intro"), elem_classes="intro")
    with gr.Row(elem_classes="filters"):
        search = gr.Textbox(label=i18n("service"), placeholder=i18n("service_hint"), elem_id="coverage-search")
        standards = gr.Dropdown(
            [], label=i18n("standards"), info=i18n("standards_hint"), multiselect=True, elem_id="coverage-standards"
        )
        standing = gr.Radio(
            [(i18n("all"), "all"), *((i18n(name), name) for name in _STANDINGS)],
            value="all",
            label=i18n("show"),
            elem_id="coverage-standing",
        )
    with gr.Row(elem_classes="tools"):
        save_csv = gr.Button(i18n("csv"), size="sm", scale=0, min_width=72, elem_id="coverage-csv")
        save_xlsx = gr.Button(i18n("xlsx"), size="sm", scale=0, min_width=72, elem_id="coverage-xlsx")
    with gr.Row(elem_classes="beside"):
        with gr.Column(scale=7, min_width=0):
            table = gr.HTML(i18n("loading"), elem_id="coverage-table")
            more = gr.Button(i18n("more"), size="sm", visible=False, elem_id="coverage-more")
        with gr.Column(scale=4, min_width=0):
            evidence = gr.HTML(i18n("evidence_hint"), elem_id="coverage-evidence")
    return CoverageTab(
        tab=tab,
        search=search,
        standards=standards,
        standing=standing,
        table=table,
        evidence=evidence,
        more=more,
        csv=save_csv,
        xlsx=save_xlsx,
        limit=gr.State(_PAGE),
    )


def wire_coverage(parts: CoverageTab, shared: Shared, assistant: ChatAssistant) -> None:
    """Fill the tab when it is opened, follow its filters, and bring up the evidence of a cell."""

    def fill(search: str, chosen: list[str], standing: str, limit: int, request: gr.Request) -> Changes:
        language = language_of(request)
        try:
            matrix = assistant.library.holdings().matrix
            chosen = [one for one in chosen if matrix.standard(one)]
            view = View.of(matrix, search, chosen, standing)
        except AssistantError as error:
            return {parts.table: failure_html(failure_of(error), language), parts.more: gr.update(visible=False)}
        return {
            parts.table: table_html(view, language, limit=limit),
            parts.standards: gr.update(
                choices=[(_choice(one, language), one.id) for one in matrix.standards], value=chosen
            ),
            parts.more: gr.update(visible=len(view.services) > limit),
        }

    def refill(search: str, chosen: list[str], standing: str, request: gr.Request) -> Changes:
        return {**fill(search, chosen, standing, _PAGE, request), parts.limit: _PAGE}

    def show_more(search: str, chosen: list[str], standing: str, limit: int, request: gr.Request) -> Changes:
        return {**fill(search, chosen, standing, limit + _PAGE, request), parts.limit: limit + _PAGE}

    @guarded
    def bring_up(event: gr.EventData, request: gr.Request) -> str:
        matrix = assistant.library.holdings().matrix
        return evidence_html(matrix, text_of(event, "standard"), text_of(event, "service"), language_of(request))

    @guarded
    def save_csv(search: str, chosen: list[str], standing: str, request: gr.Request) -> dict[str, object]:
        view = View.of(assistant.library.holdings().matrix, search, chosen, standing)
        # Excel takes UTF-8 for what it is only behind a byte-order mark.
        return file_to_save("coverage.csv", f"\ufeff{as_csv(view, language_of(request))}", type="text/csv")

    @guarded
    def save_xlsx(search: str, chosen: list[str], standing: str, request: gr.Request) -> dict[str, object]:
        view = View.of(assistant.library.holdings().matrix, search, chosen, standing)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return file_to_save("coverage.xlsx", as_xlsx(view, language_of(request)), type=kind)

    shown = [parts.table, parts.standards, parts.more]
    parts.tab.select(fill, [*parts.filters, parts.limit], shown, **QUIET)
    gr.on(
        [parts.search.change, parts.standards.input, parts.standing.input],
        refill,
        parts.filters,
        [*shown, parts.limit],
        trigger_mode="always_last",
        **QUIET,
    )
    parts.more.click(show_more, [*parts.filters, parts.limit], [*shown, parts.limit], **QUIET)
    shared.relay.expand(bring_up, None, parts.evidence, trigger_mode="always_last", **QUIET)
    parts.csv.click(save_csv, parts.filters, shared.download, **QUIET)
    parts.xlsx.click(save_xlsx, parts.filters, shared.download, **QUIET)


@dataclass(frozen=True, slots=True)
class View:
    """The part of a matrix that passes the filters."""

    matrix: Matrix
    standards: tuple[Standard, ...]
    services: tuple[str, ...]
    standing: str

    @classmethod
    def of(cls, matrix: Matrix, search: str, chosen: Sequence[str], standing: str) -> View:
        """Services one of whose names holds the text and that have a cell of this standing among the standards chosen.

        No standard chosen, or "all" standings, means all of them.
        """
        wanted = " ".join(search.lower().split())
        standards = tuple(one for one in matrix.standards if not chosen or one.id in chosen)
        services = tuple(
            service
            for service in matrix.services
            if any(wanted in name for name in matrix.called(service))
            and (standing == "all" or any(matrix.cell(one, service).standing == standing for one in standards))
        )
        if standing != "all":
            standards = tuple(
                one for one in standards if any(matrix.cell(one, service).standing == standing for service in services)
            )
        return cls(matrix, standards, services, standing)

    def rows(self) -> Iterator[tuple[str, list[Standing]]]:
        """Each service as the documents write it, with its standing under each standard."""
        for service in self.services:
            yield self.matrix.shown[service], [self.matrix.cell(one, service).standing for one in self.standards]


def table_html(view: View, language: Language, *, limit: int) -> str:
    """The matrix as a table whose cells open their evidence: its first `limit` services."""
    says, matrix = words(language), view.matrix
    if not matrix.standards:
        return f'<p class="empty">{says["coverage_none"]}</p>'
    if not view.services:
        return f'<p class="empty">{says["coverage_empty"]}</p>'
    head = "".join(
        f'<th scope="col" title="{escape(one.title(language))}"><span>{escape(one.label)}</span></th>'
        for one in view.standards
    )
    rows = []
    for service in view.services[:limit]:
        name = escape(matrix.shown[service])
        cells = []
        for one in view.standards:
            standing = matrix.cell(one, service).standing
            dimmed = "" if view.standing in ("all", standing) else " dimmed"
            cells.append(
                f'<td><button type="button" class="spot {standing}{dimmed}" data-do="expand" '
                f'data-standard="{escape(one.id)}" data-service="{escape(service)}" '
                f'aria-label="{name}, {escape(one.label)}: {says[standing]}">{_SIGNS[standing]}</button></td>'
            )
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>')
    legend = "".join(
        f'<li title="{says[f"{one}_means"]}"><span class="spot {one}" aria-hidden="true">{_SIGNS[one]}</span> '
        f"{says[one]}</li>"
        for one in _STANDINGS
    )
    count = says["coverage_count"].format(
        shown=min(limit, len(view.services)), total=len(matrix.services), standards=len(view.standards)
    )
    return (
        f'<ul class="legend">{legend}</ul><p class="count" role="status">{count}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{says["tab_coverage"]}">'
        f'<table class="matrix"><thead><tr><th scope="col">{says["service"]}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def evidence_html(matrix: Matrix, standard: str, service: str, language: Language) -> str:
    """The sentences that a cell rests on, by the standard's id and the service's canonical name."""
    says = words(language)
    one = matrix.standard(standard)
    if one is None or service not in matrix.shown:
        return f'<p class="empty">{says["evidence_hint"]}</p>'
    cell = matrix.cell(one, service)
    pieces = "".join(_evidence(one.document, segment, language) for segment in cell.evidence)
    return (
        f'<section class="cell-evidence" aria-live="polite" tabindex="-1"><h2>{escape(matrix.shown[service])} · '
        f"{escape(one.title(language))}</h2>"
        f'<p><span class="standing {cell.standing}">{_SIGNS[cell.standing]} {says[cell.standing]}</span> '
        f"{says[f'{cell.standing}_means']}</p>{pieces}</section>"
    )


def _evidence(document: Document, segment: Segment, language: Language) -> str:
    says = words(language)
    section = next((one for one in document.sections if segment in (*one.heading, *one.segments)), None)
    path = section.heading_path(language) if section else ()
    opening = button(says["open_in_document"], do="select", document=document.id, segment=segment.id)
    return (
        f'<article class="piece"><p class="path">{crumbs(path)}</p>{quotes(segment.ko, segment.en, language)}'
        f'<p class="origin"><code>{escape(segment.id)}</code>{opening}</p></article>'
    )


def as_csv(view: View, language: Language) -> str:
    """The view as CSV: a service a line, a standard a column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(_lines(view, language))
    return out.getvalue()


def as_xlsx(view: View, language: Language) -> bytes:
    """The view as an Excel file with its head in sight."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(words(language)["tab_coverage"])
    sheet.freeze_panes = "B2"
    for line in _lines(view, language):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(view: View, language: Language) -> Iterator[list[str]]:
    says = words(language)
    yield [says["service"], *(harmless(one.title(language)) for one in view.standards)]
    for service, standings in view.rows():
        yield [harmless(service), *(says[standing] for standing in standings)]


def harmless(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    text = "".join(c for c in text if c >= " " or c in "\n\t")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _choice(standard: Standard, language: Language) -> str:
    title = standard.title(language)
    return title if standard.label in title else f"{standard.label} · {title}"
