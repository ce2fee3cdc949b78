"""The tab to ask in: the conversation beside its sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.app.export import markdown, printable
from assistant.app.parts import (
    AT_ONCE,
    QUIET,
    Changes,
    Shared,
    file_to_save,
    i18n,
    language_of,
    number_of,
    text_of,
    warn,
)
from assistant.app.render import question_html, reply_html, sources_html
from assistant.app.turns import ChatAssistant, Conversation, Rating, Turn, history_of, is_answered
from corpus.documents import Language
from corpus.errors import AssistantError

# Answers that may be in the making at once; Gradio's own default is one.
CONCURRENT_ANSWERS = 8
_MAX_REASON = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """The components that events read and change.

    Three are the session's and not shown: the `conversation`, the question `asked` in the box last, and the place of
    the question that is being `edited`.
    """

    conversation: gr.State
    asked: gr.State
    edited: gr.State
    chat: gr.Chatbot
    sources: gr.HTML
    editing: gr.Row
    cancel: gr.Button
    box: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    clear: gr.Button
    save_markdown: gr.Button
    save_html: gr.Button

    def busy(self) -> Changes:
        """While an answer is in the making, Stop stands where Ask does."""
        return {self.ask: gr.update(visible=False), self.stop: gr.update(visible=True)}

    def idle(self) -> Changes:
        """Ready for the next question."""
        return {self.ask: gr.update(visible=True), self.stop: gr.update(visible=False)}

    def edits_nothing(self) -> Changes:
        """The next question is a new one."""
        return {self.edited: None, self.editing: gr.update(visible=False)}

    def shows(self, turns: list[Turn], language: Language) -> Changes:
        """The conversation wherever it shows."""
        return {self.chat: _messages(turns, language), self.sources: sources_html(turns, language)}


def lay_out_chat(examples: Sequence[str]) -> Chat:
    """Place the components of the tab."""
    with gr.Row(elem_id="room", equal_height=False):
        with gr.Column(scale=6, elem_id="dialogue"):
            chat = gr.Chatbot(
                label=i18n("conversation"),
                show_label=False,
                elem_id="chat",
                height=None,
                layout="bubble",
                buttons=[],
                feedback_options=None,
                placeholder=str(i18n("welcome_html")),
                examples=[{"text": example} for example in examples],
            )
            with gr.Row(elem_id="editing", visible=False) as editing:
                gr.HTML(i18n("editing"), elem_id="editing-note")
                cancel = gr.Button(i18n("cancel"), size="sm", scale=0, min_width=88, elem_id="cancel")
            with gr.Row(elem_id="entry", equal_height=True):
                box = gr.Textbox(
                    label=i18n("question"),
                    placeholder=i18n("question_hint"),
                    show_label=False,
                    container=False,
                    autofocus=True,
                    max_lines=6,
                    scale=1,
                    elem_id="question",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                ask = gr.Button(i18n("ask"), variant="primary", scale=0, min_width=104, elem_id="ask")
                stop = gr.Button(i18n("stop"), variant="stop", scale=0, min_width=104, elem_id="stop", visible=False)
            with gr.Row(elem_id="tools"):
                clear = gr.Button(i18n("clear"), size="sm", scale=0, min_width=72, elem_id="clear")
                save_markdown = gr.Button(
                    i18n("export_markdown"), size="sm", scale=0, min_width=72, elem_id="save-markdown"
                )
                save_html = gr.Button(i18n("export_html"), size="sm", scale=0, min_width=72, elem_id="save-html")
        with gr.Column(scale=5, elem_id="evidence"):
            gr.HTML(i18n("sources_title_html"))
            sources = gr.HTML(i18n("no_sources_html"), elem_id="sources")
    return Chat(
        conversation=gr.State(Conversation()),
        asked=gr.State(""),
        edited=gr.State(None),
        chat=chat,
        sources=sources,
        editing=editing,
        cancel=cancel,
        box=box,
        ask=ask,
        stop=stop,
        clear=clear,
        save_markdown=save_markdown,
        save_html=save_html,
    )


def wire_chat(parts: Chat, shared: Shared, assistant: ChatAssistant) -> None:
    """Join the tab's components, the relay and the memory with the assistant."""
    _wire_answering(parts, shared, assistant)
    _wire_editing(parts, shared)
    _wire_rating(parts, shared, assistant)
    _wire_saving(parts, shared)


@dataclass(frozen=True, slots=True)
class _Answering:
    """What happens to the conversation. One answer at a time in a session.

    Stop and Clear end the answer in the conversation, and never by Gradio's `cancels`: a browser that still waits for a
    cancelled event drops the next question. For the same reason nothing invites the next question, Ask or a suggestion,
    before the event that answers has ended: `rest` shows them, after it.
    """

    parts: Chat
    shared: Shared
    assistant: ChatAssistant

    def respond(
        self, typed: str, conversation: Conversation, edited: int | None, event: gr.EventData, request: gr.Request
    ) -> Iterator[Changes]:
        parts, memory, language = self.parts, self.shared.memory, language_of(request)
        if event.target is memory:
            conversation.restore(text_of(event, "kept"))
        asked = _question(event, self.shared, conversation)
        if asked is None:
            yield parts.shows(conversation.turns, language)
            return
        changes: Changes = {parts.asked: ""}
        if asked is _IN_THE_BOX:
            changes = {parts.box: "", parts.asked: typed, **parts.edits_nothing()}
            asked = _Asked(typed, edited)
        changes |= parts.busy()
        for turns in conversation.ask(self.assistant, asked.question, at=asked.at):
            if changes:  # from here on a reload finds the question
                changes[memory] = conversation.dump()
            yield {**changes, **parts.shows(turns, language)}
            changes = {}

    def rest(self, typed: str, asked: str, conversation: Conversation, request: gr.Request) -> Changes:
        parts, turns = self.parts, conversation.turns
        kept = {self.shared.memory: conversation.dump()}
        changes = {**parts.shows(turns, language_of(request)), **parts.idle(), **kept}
        # After a failure the question returns to the box, unless something new was typed meanwhile.
        if asked and not typed and turns and turns[-1].failure is not None:
            changes[parts.box] = asked
        return changes

    def start_over(self, conversation: Conversation, request: gr.Request) -> Changes:
        conversation.clear()
        shown = self.parts.shows(conversation.turns, language_of(request))
        return {**shown, self.shared.memory: "", **self.parts.edits_nothing()}


def _wire_answering(parts: Chat, shared: Shared, assistant: ChatAssistant) -> None:
    """Ask from the box, an example, a suggestion or a link, and again; stop; clear."""
    answering = _Answering(parts, shared, assistant)
    shown = [parts.chat, parts.sources, parts.ask, parts.stop, parts.box, shared.memory]
    asks = [
        parts.box.submit,
        parts.ask.click,
        parts.chat.example_select,
        parts.chat.option_select,
        shared.relay.retry,
        shared.memory.submit,
    ]
    gr.on(
        asks,
        answering.respond,
        [parts.box, parts.conversation, parts.edited],
        [*shown, parts.asked, parts.edited, parts.editing],
        trigger_mode="once",
        concurrency_limit=CONCURRENT_ANSWERS,
        **QUIET,
    ).then(answering.rest, [parts.box, parts.asked, parts.conversation], shown, **AT_ONCE)
    parts.stop.click(Conversation.stop, parts.conversation, None, **AT_ONCE)
    gr.on(
        [parts.clear.click, parts.chat.clear],
        answering.start_over,
        parts.conversation,
        [parts.chat, parts.sources, shared.memory, parts.edited, parts.editing],
        **AT_ONCE,
    )


def _wire_editing(parts: Chat, shared: Shared) -> None:
    """An earlier question comes back into the box; the next one asked takes its place."""

    def edit(conversation: Conversation, event: gr.EventData) -> Changes:
        place = _turn(event, conversation)
        if place is None:
            return {parts.edited: None}
        return {
            parts.box: conversation.turns[place].question,
            parts.edited: place,
            parts.editing: gr.update(visible=True),
        }

    def cancel() -> Changes:
        return {parts.box: "", **parts.edits_nothing()}

    changed = [parts.box, parts.edited, parts.editing]
    shared.relay.edit(edit, parts.conversation, changed, **AT_ONCE)
    parts.cancel.click(cancel, None, changed, **AT_ONCE)


def _wire_rating(parts: Chat, shared: Shared, assistant: ChatAssistant) -> None:
    """A judgement is stored first and shown then, so that what shows is stored."""

    def rate(conversation: Conversation, event: gr.EventData, request: gr.Request) -> Changes:
        place, turns = _turn(event, conversation), conversation.turns
        answer = None if place is None or not is_answered(turns[place]) else turns[place].answer
        if place is not None and answer is not None:
            rating = Rating(liked=text_of(event, "liked") == "1", reason=text_of(event, "reason")[:_MAX_REASON].strip())
            try:
                assistant.feedback.rate(
                    turns[place].id,
                    liked=rating.liked,
                    reason=rating.reason,
                    question=turns[place].question,
                    history=history_of(turns[:place]),
                    answer=answer,
                )
                conversation.rate(place, rating)
            except AssistantError as error:
                warn(error, language_of(request))
        return {
            parts.chat: _messages(conversation.turns, language_of(request)),
            shared.memory: conversation.dump(),
        }

    shared.relay.like(rate, parts.conversation, [parts.chat, shared.memory], **AT_ONCE)


def _wire_saving(parts: Chat, shared: Shared) -> None:
    def save_markdown(conversation: Conversation, request: gr.Request) -> dict[str, object]:
        text = markdown(conversation.turns, language_of(request))
        return file_to_save("soc-assistant.md", text, type="text/markdown")

    def save_html(conversation: Conversation, request: gr.Request) -> dict[str, object]:
        text = printable(conversation.turns, language_of(request))
        return file_to_save("soc-assistant.html", text, type="text/html")

    parts.save_markdown.click(save_markdown, parts.conversation, shared.download, **AT_ONCE)
    parts.save_html.click(save_html, parts.conversation, shared.download, **AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, and the place of the turn that it replaces."""

    question: str
    at: int | None = None


_IN_THE_BOX = _Asked("")


def _question(event: gr.EventData, shared: Shared, conversation: Conversation) -> _Asked | None:
    """What the event asks: a turn once more, the question of a link, the example or suggestion that was pressed, or
    else what stands in the box. None where there is nothing to ask.
    """
    if event.target is shared.relay:
        place = _turn(event, conversation)
        return None if place is None else _Asked(conversation.turns[place].question, place)
    if event.target is shared.memory:
        question = text_of(event, "question")
        return _Asked(question) if question else None
    data: object = event._data
    chosen = data.get("value") if isinstance(data, dict) else None
    if isinstance(chosen, dict):
        chosen = chosen.get("text")
    return _Asked(chosen) if isinstance(chosen, str) else _IN_THE_BOX


def _turn(event: gr.EventData, conversation: Conversation) -> int | None:
    """The place of the turn that a button of the page's own HTML belongs to, if there is one still."""
    place = number_of(event, "turn")
    return place if place is not None and place < len(conversation.turns) else None


def _messages(turns: Sequence[Turn], language: Language) -> list[dict[str, Any]]:
    """The conversation as Gradio takes it. As components, because Gradio reads HTML in plain-text messages too."""
    messages: list[dict[str, Any]] = []
    for position, turn in enumerate(turns):
        latest = position == len(turns) - 1
        reply = gr.HTML(reply_html(turn, language, position=position, latest=latest))
        messages.append({"role": "user", "content": gr.HTML(question_html(turn, language, position=position))})
        messages.append({"role": "assistant", "content": reply, "options": _options(turn) if latest else []})
    return messages


def _options(turn: Turn) -> list[dict[str, str]]:
    if turn.answer is None or turn.state != "done":
        return []
    return [{"value": suggestion, "label": suggestion} for suggestion in turn.answer.suggestions]
