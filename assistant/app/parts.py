"""What all tabs share: the hidden components that join the page's own HTML to Gradio's events, and files to save."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from assistant.app.render import header_html, sources_html
from assistant.app.wording import LANGUAGES, explained, failure_of, interface_language, words
from corpus.documents import MAX_BYTES, SUFFIXES, Language
from corpus.errors import AssistantError

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False, "trigger_mode": "multiple"}
"""A step that takes effect at once, and also where the one before it is still under way."""

Changes = dict[Any, Any]
"""What a listener changes: new values by component, as Gradio takes them."""


# Gradio translates every value that is a key, a radio's and what was typed included: so no key is a word.
_PREFIX = "soc-page-"


def _translations(language: Language) -> dict[str, str]:
    """The words, and the pieces of HTML that never change."""
    says = words(language)
    hint = says["manage_hint"].format(suffixes=", ".join(SUFFIXES), limit=MAX_BYTES // 1_000_000)
    texts = {
        **says,
        "header_html": header_html(language),
        "welcome_html": f'<p class="welcome">{says["welcome"]}</p>',
        "sources_title_html": f'<h2 id="sources-title">{says["sources"]}</h2>',
        "no_sources_html": sources_html([], language),
        "manage_hint_html": f'<p id="upload-rule" data-limit="{MAX_BYTES}" data-suffixes="{",".join(SUFFIXES)}">'
        f"{escape(hint)}</p>",
    }
    return {f"{_PREFIX}{name}": text for name, text in texts.items()}


TRANSLATIONS = gr.I18n(**{language: _translations(language) for language in LANGUAGES})


def i18n(name: str) -> I18nData:
    """Words, or a piece of HTML, that the browser puts in the visitor's language."""
    return TRANSLATIONS(f"{_PREFIX}{name}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """The hidden components.

    `relay` has an event for each `data-do` of the page's own HTML; `memory` keeps the conversation in the browser;
    `download` hands a file to the visitor.
    """

    relay: gr.HTML
    memory: gr.HTML
    download: gr.HTML


def lay_out_shared() -> Shared:
    """Make the hidden components."""
    return Shared(relay=_scripted("relay"), memory=_scripted("memory"), download=_scripted("download"))


def _scripted(name: str) -> gr.HTML:
    return gr.HTML(None, html_template="", js_on_load=static(f"{name}.js"), elem_id=name, elem_classes="behind")


def static(name: str) -> str:
    """The text of a file that comes with the page."""
    return files("assistant.app").joinpath("static", name).read_text(encoding="utf-8")


def language_of(request: gr.Request) -> Language:
    """The language that the visitor reads the page in."""
    return interface_language(request.cookies, request.headers)


def text_of(event: gr.EventData, name: str) -> str:
    """What an event of the page's own HTML carries under a name; it comes from a browser and may be anything."""
    data: object = event._data
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def number_of(event: gr.EventData, name: str) -> int | None:
    """The same as a whole number of at most six digits, if it is one."""
    text = text_of(event, name)
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def file_to_save(name: str, content: str | bytes, *, type: str) -> dict[str, object]:  # noqa: A002
    """A value for `Shared.download`. Text is saved in UTF-8."""
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    # The time makes the same file another value, so that it can be saved twice.
    return {"name": name, "type": type, "content": base64.b64encode(data).decode(), "made": time.time_ns()}


def guarded(listener: Callable[..., Any]) -> Callable[..., Any]:
    """The listener, which tells an error in a passing note, and then changes nothing."""

    @wraps(listener)
    def guard(*arguments: object) -> object:
        try:
            return listener(*arguments)
        except AssistantError as error:
            [request] = [one for one in arguments if isinstance(one, gr.Request)]
            warn(error, language_of(request))
            return gr.skip()

    return guard


def warn(error: Exception, language: Language) -> None:
    """Say in a passing note what could not be done."""
    gr.Warning(escape(" ".join(filter(None, explained(failure_of(error), language)))), title="")
