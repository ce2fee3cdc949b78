"""What the assistant says in its own words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

from corpus.documents import Language


@cache
def messages(language: Language) -> Mapping[str, str]:
    """The assistant's own words in one language, by name."""
    table = tomllib.loads(files("assistant").joinpath("data/messages.toml").read_text(encoding="utf-8"))
    return cast("Mapping[str, str]", table[language])
