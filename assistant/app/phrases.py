"""What errors and problems say, in the language of the page. They are raised in English; `phrases.toml` translates."""

from __future__ import annotations

import re
import tomllib
from functools import cache, partial
from importlib.resources import files

from corpus.documents import Language

_PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")
_VALUE = r"(?P<\1>(?:(?!\\.\\s).)+?)"  # a value holds no end of a sentence


def told(text: str, language: Language) -> str:
    """The text with each sentence that is known in the language of the page; any other stays as it is."""
    if language == "en":
        return text
    for pattern, korean in _phrases():
        text = pattern.sub(partial(_filled, korean), text)
    return text


def _filled(korean: str, match: re.Match[str]) -> str:
    return korean.format_map(match.groupdict())


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of English sentences, each with its Korean; those that begin with a value come last."""
    table = tomllib.loads(files("assistant.app").joinpath("phrases.toml").read_text(encoding="utf-8"))
    ordered = sorted(table.items(), key=lambda phrase: phrase[0].startswith("{"))
    return tuple((_pattern(english), korean) for english, korean in ordered)


def _pattern(english: str) -> re.Pattern[str]:
    """Matches the sentence as a whole, between the beginning or a blank and a blank or the end."""
    begins = "" if english.startswith(",") else r"(?<!\S)"
    return re.compile(f"{begins}{_PLACEHOLDER.sub(_VALUE, re.escape(english))}(?!\\S)")
