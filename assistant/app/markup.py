"""Pieces of HTML that every part of the page is made of. All text of users and documents passes through `escape`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from assistant.app.wording import LANGUAGE_NAMES, Failure, explained, words
from corpus.documents import Language

_SCHEMES = frozenset({"http", "https", "mailto"})
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_QUOTED = re.compile(r'"([^"]+)"')


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


def anchor(url: str, text: str) -> str:
    """A link that opens beside the page; nothing where the address is none to open."""
    address = safe_url(url)
    if address is None:
        return ""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def button(text: str, /, *, do: str, kind: str = "quiet", pressed: bool | None = None, **data: object) -> str:
    """A button whose click the page's script passes on as the event `do`, with `data`."""
    carried = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return f'<button type="button" class="{kind}" data-do="{do}"{carried}{state}>{escape(text)}</button>'


def crumbs(path: Iterable[str]) -> str:
    """A heading path."""
    return '<span class="crumb"> › </span>'.join(escape(heading) for heading in path)


def quotes(ko: str, en: str, language: Language, *, differs: str = "") -> str:
    """Both texts beside each other. The words that `differs` (an explanation) quotes are marked where they stand."""
    return f'<div class="quotes">{_quote(ko, "ko", language, differs)}{_quote(en, "en", language, differs)}</div>'


def _quote(text: str, of: Language, language: Language, differs: str) -> str:
    missing = f'<p class="missing" lang="{language}">{words(language)["missing_text"]}</p>'
    body = f'<blockquote lang="{of}">{marked(text, differs)}</blockquote>' if text else missing
    return f'<div class="quote {of}"><p class="named" lang="{of}">{LANGUAGE_NAMES[of]}</p>{body}</div>'


def marked(text: str, explanation: str) -> str:
    """The text with a mark around each word or phrase that the explanation quotes and that stands in it."""
    phrases = {part for quoted in _QUOTED.findall(explanation) for part in (quoted, *quoted.split(", ")) if part}
    found = sorted((phrase for phrase in phrases if phrase in text), key=len, reverse=True)
    if not found:
        return escape(text)
    pieces = re.split(f"({'|'.join(map(re.escape, found))})", text)
    return "".join(
        f"<mark>{escape(piece)}</mark>" if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def failure_html(failure: Failure, language: Language) -> str:
    """What went wrong and what to do, in the visitor's language; in English below what no words are known for."""
    problem, remedy, detail = explained(failure, language)
    below = f'<p class="detail" lang="en">{escape(detail)}</p>' if detail else ""
    return (
        f'<div class="failure" role="alert"><p class="problem">{escape(problem)}</p>'
        f'<p class="remedy">{escape(remedy)}</p>{below}</div>'
    )
