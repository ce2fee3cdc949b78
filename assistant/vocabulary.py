"""The vocabularies of `assistant/data/vocabulary.toml`, ready for matching."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_HANGUL = re.compile(r"[가-힣]")
_LATIN = "[A-Za-zÀ-ɏ0-9_-]"


@dataclass(frozen=True, slots=True)
class Terms:
    """A set of terms as one pattern: Latin terms match whole words (Korean may touch them), Korean terms anywhere."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, terms: Iterable[str]) -> Terms:
        longest_first = sorted(terms, key=len, reverse=True)
        return cls(re.compile("|".join(map(_pattern, longest_first)) or r"(?!)", re.IGNORECASE))

    def find(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text)

    def __contains__(self, text: str) -> bool:
        """Whether the text holds one of the terms."""
        return self.find(text) is not None


def _pattern(term: str) -> str:
    escaped = re.escape(term).replace(r"\ ", r"\s+").replace("'", "['’]")
    return escaped if _HANGUL.search(term) else f"(?<!{_LATIN}){escaped}(?!{_LATIN})"


@cache
def vocabulary() -> Mapping[str, Any]:
    """The whole file, as tables."""
    return tomllib.loads(files("assistant").joinpath("data/vocabulary.toml").read_text(encoding="utf-8"))


@cache
def terms(*path: str) -> Terms:
    """The terms under a path of tables; of all languages together where the path ends at a table."""
    return Terms.of(_leaves(_table(path)))


@cache
def named_terms(*path: str) -> Mapping[str, Terms]:
    """The terms of each entry under a table, in the file's order."""
    return {name: Terms.of(_leaves(entry)) for name, entry in _table(path).items()}


def _table(path: tuple[str, ...]) -> Any:  # noqa: ANN401
    table: Any = vocabulary()
    for name in path:
        table = table[name]
    return table


def _leaves(entry: list[str] | dict[str, Any]) -> Iterable[str]:
    if isinstance(entry, list):
        return entry
    return [term for part in entry.values() for term in _leaves(part)]
