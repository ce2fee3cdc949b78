"""The words of the page, in both languages, and which of them a visitor reads. `words.toml` holds them all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast, get_args

from assistant.app.phrases import told
from corpus.documents import Language
from corpus.errors import AssistantError

TITLE = "SOC Assistant"
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_NAMES: dict[Language, str] = {"ko": "한국어", "en": "English"}
COOKIE = "soc_language"
"""The cookie that holds the language a visitor chose; without it the page follows the browser."""


@cache
def words(language: Language) -> Mapping[str, str]:
    """The words of the page in one language, by name."""
    table = tomllib.loads(files("assistant.app").joinpath("words.toml").read_text(encoding="utf-8"))
    return cast("Mapping[str, str]", table[language])


def interface_language(cookies: Mapping[str, str], headers: Mapping[str, str]) -> Language:
    """The language that a request's sender reads the page in: the one chosen, else the browser's first."""
    chosen = cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return "ko" if headers.get("accept-language", "").lower().startswith("ko") else "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why something could not be done: what happened, and what to do about it.

    `name` is the key of the page's own words for it. `problem` and `remedy` hold the error's own, with the values; for
    a defect there are none that a visitor could use.
    """

    name: str
    problem: str = ""
    remedy: str = ""


def failure_of(error: Exception) -> Failure:
    """The failure that an error is shown as: by its nearest class that the page has words for."""
    if not isinstance(error, AssistantError):
        return Failure(name="unexpected")
    names = (kind.__name__ for kind in type(error).__mro__)
    name = next(name for name in names if f"{name}_problem" in words("ko"))
    return Failure(name=name, problem=error.problem, remedy=error.remedy)


def explained(failure: Failure, language: Language) -> tuple[str, str, str]:
    """What happened, what to do about it, and details that are told in English only; any of them may be empty.

    The error's own words are told where they are known in the language, else the page's words for its kind.
    """
    says = words(language)
    problem, remedy = told(failure.problem, language), told(failure.remedy, language)
    kind = says.get(f"{failure.name}_problem"), says.get(f"{failure.name}_remedy")
    if not kind[0] or problem != failure.problem:
        return problem, remedy, ""
    return kind[0], kind[1] or "", f"{failure.problem} {failure.remedy}".strip()
