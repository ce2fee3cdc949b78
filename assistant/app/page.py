"""The components of the page and their events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from assistant.app import wording
from assistant.app.render import question_html, reply_html, sources_html
from assistant.app.turns import ChatAssistant, Conversation, Turn

# Each question beside its twin in the other language.
DEFAULT_EXAMPLES = (
    "Can I get the SOC 2 report without an NDA?",
    "NDA 없이 SOC 2 보고서를 받을 수 있나요?",
    "How often are Azure SOC reports issued?",
    "Azure SOC 보고서는 얼마나 자주 발행되나요?",
)
# Answers that may be in the making at once; Gradio's own default is one.
_CONCURRENT_ANSWERS = 8
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# A step that takes effect at once, and also where the one before it is still under way.
_AT_ONCE: dict[str, Any] = {**_QUIET, "queue": False, "trigger_mode": "multiple"}

# What a listener changes: new values by component, as Gradio takes them.
_Changes = dict[Any, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parts:
    """The components that events read and change.

    Two are the session's and not shown: the `conversation`, and the question `asked` in the box last.
    """

    conversation: gr.State
    asked: gr.State
    chat: gr.Chatbot
    sources: gr.HTML
    box: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    clear: gr.Button

    def busy(self) -> _Changes:
        """While an answer is in the making, Stop stands where Ask does."""
        return {self.ask: gr.update(visible=False), self.stop: gr.update(visible=True)}

    def idle(self) -> _Changes:
        """Ready for the next question."""
        return {self.ask: gr.update(visible=True), self.stop: gr.update(visible=False)}

    def shows(self, turns: list[Turn]) -> _Changes:
        """The conversation wherever it shows."""
        return {self.chat: _messages(turns), self.sources: sources_html(turns)}


def build_page(assistant: ChatAssistant, *, examples: Sequence[str] = DEFAULT_EXAMPLES) -> gr.Blocks:
    """The chat page over `assistant`, with `examples` as the questions to start from. `serve` shows it."""
    page = gr.Blocks(title=wording.TITLE, analytics_enabled=False, fill_width=True)
    with page:
        parts = _lay_out(examples)
        _wire_answering(parts, assistant)
    page.queue(default_concurrency_limit=_CONCURRENT_ANSWERS)
    return page


def _lay_out(examples: Sequence[str]) -> _Parts:
    gr.HTML(_header_html(), elem_id="header")
    with gr.Row(elem_id="room", equal_height=False):
        with gr.Column(scale=6, elem_id="dialogue"):
            chat = gr.Chatbot(
                label=wording.CONVERSATION,
                show_label=False,
                elem_id="chat",
                height=None,
                layout="bubble",
                buttons=[],
                feedback_options=None,
                placeholder=_welcome_html(),
                examples=[{"text": example} for example in examples],
            )
            with gr.Row(elem_id="entry", equal_height=True):
                box = gr.Textbox(
                    label=wording.QUESTION,
                    placeholder=wording.QUESTION_HINT,
                    container=False,
                    autofocus=True,
                    max_lines=6,
                    scale=1,
                    elem_id="question",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                ask = gr.Button(wording.ASK, variant="primary", scale=0, min_width=112, elem_id="ask")
                stop = gr.Button(wording.STOP, variant="stop", scale=0, min_width=112, elem_id="stop", visible=False)
                clear = gr.Button(wording.CLEAR, scale=0, min_width=112, elem_id="clear")
        with gr.Column(scale=5, elem_id="evidence"):
            gr.HTML(f'<h2 id="sources-title">{wording.SOURCES}</h2>')
            sources = gr.HTML(sources_html([]), elem_id="sources")
    return _Parts(
        conversation=gr.State(Conversation()),
        asked=gr.State(""),
        chat=chat,
        sources=sources,
        box=box,
        ask=ask,
        stop=stop,
        clear=clear,
    )


def _wire_answering(parts: _Parts, assistant: ChatAssistant) -> None:
    """Ask from the box, an example or a suggestion; stop; clear. One answer at a time in a session.

    Stop and Clear end the answer in the conversation, and never by Gradio's `cancels`: a browser that still waits for a
    cancelled event drops the next question. For the same reason nothing invites the next question, Ask or a suggestion,
    before the event that answers has ended: `rest` shows them, after it.
    """

    def respond(typed: str, conversation: Conversation, event: gr.EventData) -> Iterator[_Changes]:
        chosen = _chosen_question(event)
        start = {parts.box: "", parts.asked: typed} if chosen is None else {parts.asked: ""}
        changes = {**parts.busy(), **start}
        for turns in conversation.ask(assistant, typed if chosen is None else chosen):
            yield {**changes, **parts.shows(turns)}
            changes = {}

    def rest(typed: str, asked: str, conversation: Conversation) -> _Changes:
        turns = conversation.turns
        changes = {**parts.shows(turns), **parts.idle()}
        # After a failure the question returns to the box, unless something new was typed meanwhile.
        if asked and not typed and turns and turns[-1].failure is not None:
            changes[parts.box] = asked
        return changes

    def start_over(conversation: Conversation) -> _Changes:
        conversation.clear()
        return parts.shows(conversation.turns)

    shown = [parts.chat, parts.sources, parts.ask, parts.stop, parts.box]
    answering = gr.on(
        [parts.box.submit, parts.ask.click, parts.chat.example_select, parts.chat.option_select],
        respond,
        [parts.box, parts.conversation],
        [*shown, parts.asked],
        trigger_mode="once",
        concurrency_limit=_CONCURRENT_ANSWERS,
        **_QUIET,
    )
    answering.then(rest, [parts.box, parts.asked, parts.conversation], shown, **_AT_ONCE)
    parts.stop.click(Conversation.stop, parts.conversation, None, **_AT_ONCE)
    gr.on(
        [parts.clear.click, parts.chat.clear], start_over, parts.conversation, [parts.chat, parts.sources], **_AT_ONCE
    )


def _header_html() -> str:
    lines = "".join(f'<p lang="{language}">{escape(text)}</p>' for language, text in wording.PURPOSE.items())
    return f"<h1>{wording.TITLE}</h1>{lines}"


def _welcome_html() -> str:
    return "".join(f'<p class="welcome" lang="{language}">{text}</p>' for language, text in wording.WELCOME.items())


def _chosen_question(event: gr.EventData) -> str | None:
    """The question of the example or suggestion that was clicked; None where the question box was used."""
    data: object = event._data
    chosen = data.get("value") if isinstance(data, dict) else None
    if isinstance(chosen, dict):
        chosen = chosen.get("text")
    return chosen if isinstance(chosen, str) else None


def _messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The conversation as Gradio takes it. As components, because Gradio reads HTML in plain-text messages too."""
    messages: list[dict[str, Any]] = []
    for position, turn in enumerate(turns):
        latest = position == len(turns) - 1
        reply = gr.HTML(reply_html(turn, position=position, latest=latest))
        messages.append({"role": "user", "content": gr.HTML(question_html(turn))})
        messages.append({"role": "assistant", "content": reply, "options": _options(turn) if latest else []})
    return messages


def _options(turn: Turn) -> list[dict[str, str]]:
    if turn.answer is None or turn.state != "done":
        return []
    return [{"value": suggestion, "label": suggestion} for suggestion in turn.answer.suggestions]
