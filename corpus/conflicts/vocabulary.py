"""The words that passages are compared by: `corpus/data/conflicts.toml`, read and compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.divergence.words import stem
from corpus.model import Language


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`ignored` are stems that do not say what a sentence is about; the rest is as the data file explains it."""

    parts: frozenset[str]
    types: re.Pattern[str]
    type_names: Mapping[str, str]
    pointing: Mapping[Language, re.Pattern[str]]
    ignored: frozenset[str]
    polar_ko: re.Pattern[str]
    explanations: Mapping[str, Mapping[Language, str]]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with the package."""
    data = tomllib.loads(files("corpus").joinpath("data/conflicts.toml").read_text(encoding="utf-8"))
    sentence = data["sentence"]
    pointing = "|".join(sentence["pointing"])
    words = (*sentence["function"], *sentence["modal"], *sentence["measure"])
    return Vocabulary(
        parts=frozenset(data["parts"]),
        types=re.compile(rf"(?<![A-Za-z])(?:{'|'.join(data['types'])})\s*(III|II|I|[1-9])(?![\w.])", re.IGNORECASE),
        type_names=data["type_name"],
        pointing={
            "en": re.compile(rf"\b(?:{pointing})\b", re.IGNORECASE),
            "ko": re.compile(rf"(?<![가-힣])(?:{pointing})(?=\s)"),
        },
        ignored=frozenset(part for word in words for part in (word, stem(word))),
        polar_ko=re.compile(sentence["polar_ko"]),
        explanations=data["explanation"],
    )
