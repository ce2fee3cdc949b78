"""The page: its header, its tabs, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from assistant.app.chat import CONCURRENT_ANSWERS, lay_out_chat, wire_chat
from assistant.app.coverage import lay_out_coverage, wire_coverage
from assistant.app.divergences import lay_out_divergences, wire_divergences
from assistant.app.documents import lay_out_documents, wire_documents
from assistant.app.parts import i18n, lay_out_shared
from assistant.app.turns import ChatAssistant
from assistant.app.wording import TITLE

# Each question beside its twin in the other language.
DEFAULT_EXAMPLES = (
    "Can I get the SOC 2 report without an NDA?",
    "NDA 없이 SOC 2 보고서를 받을 수 있나요?",
    "How often are Azure SOC reports issued?",
    "Azure SOC 보고서는 얼마나 자주 발행되나요?",
)
# Seconds: how often files that were uploaded and never added are looked for, and how old they may be.
_FORGET_UPLOADS = (600, 3600)


def build_page(assistant: ChatAssistant, *, examples: Sequence[str] = DEFAULT_EXAMPLES) -> gr.Blocks:
    """The page over `assistant`, with `examples` as the questions to start from. `launch` shows it."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=_FORGET_UPLOADS)
    with page:
        gr.HTML(i18n("header_html"), elem_id="header")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab(i18n("tab_chat"), id="chat"):
                chat = lay_out_chat(examples)
            with gr.Tab(i18n("tab_coverage"), id="coverage") as tab:
                coverage = lay_out_coverage(tab)
            with gr.Tab(i18n("tab_documents"), id="documents") as tab:
                documents = lay_out_documents(tab)
            with gr.Tab(i18n("tab_divergences"), id="divergences") as tab:
                divergences = lay_out_divergences(tab)
        shared = lay_out_shared()
        wire_chat(chat, shared, assistant)
        wire_coverage(coverage, shared, assistant)
        wire_documents(documents, shared, assistant, tabs)
        wire_divergences(divergences, shared, assistant)
    page.queue(default_concurrency_limit=CONCURRENT_ANSWERS)
    return page
