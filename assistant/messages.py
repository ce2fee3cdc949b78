"""What the assistant says in its own words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from corpus.documents import Language


def messages(language: Language) -> Mapping[str, str]:
    """The assistant's own words in one language, by name."""
    return cast("Mapping[str, str]", _table()[language])


def facts(language: Language) -> Mapping[str, str]:
    """What the sorts of fact are called in one language."""
    return cast("Mapping[str, str]", _table()[language]["facts"])


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("assistant").joinpath("data/messages.toml").read_text(encoding="utf-8"))
