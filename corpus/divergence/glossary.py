"""The bilingual glossary of compliance terms: `corpus/data/glossary.toml`, read and compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.model import Language

_BETWEEN = re.compile(r"(?<=[가-힣0-9])\s+(?=[가-힣])|(?<=[가-힣])\s+(?=\d+\s*[회번])")
_NEVER = re.compile(r"(?!)")


def squeezed(text: str) -> str:
    """Korean text, lower case, without the blanks before a syllable: machine translation puts them at will."""
    return _BETWEEN.sub("", text).lower()


@dataclass(frozen=True, slots=True)
class Term:
    """A meaning with the patterns that express it in each language; `ko` is matched against `squeezed` text.

    `kind` is the kind of divergence that its loss is, where the data file tells.
    """

    en: re.Pattern[str]
    ko: re.Pattern[str]
    key: str = ""
    kind: str = ""

    def pattern(self, language: Language) -> re.Pattern[str]:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Opposites:
    """Two meanings that exclude each other."""

    positive: Term
    negative: Term


@dataclass(frozen=True, slots=True)
class Party:
    """A party. `strict` and `ko` name it outright; `en` and `loose` also hold what may stand for it."""

    strict: re.Pattern[str]
    en: re.Pattern[str]
    ko: re.Pattern[str]
    loose: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: `factor` in the unit of its dimension."""

    dimension: str
    factor: Decimal
    en: tuple[str, ...]
    ko: tuple[str, ...]

    def patterns(self, language: Language) -> tuple[str, ...]:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms. `terms` holds bounds, modality, restriction and negation by dotted name, such as "bound.upper"."""

    frequencies: tuple[Term, ...]
    polarities: tuple[Opposites, ...]
    parties: tuple[Party, ...]
    clauses: tuple[Term, ...]
    spans: tuple[Term, ...]
    units: tuple[Unit, ...]
    terms: Mapping[str, Term]


@cache
def glossary() -> Glossary:
    """The glossary that comes with the package."""
    data = tomllib.loads((files("corpus") / "data" / "glossary.toml").read_text(encoding="utf-8"))
    return Glossary(
        frequencies=tuple(_term(row, key=f"{row['per_year']}") for row in data["frequency"]),
        polarities=tuple(
            Opposites(_term(row["positive"]), _term(row["negative"])) for row in data["polarity"]
        ),
        parties=tuple(
            Party(
                _compiled(row["en"], whole_words=True),
                _compiled((*row["en"], *row.get("en_loose", ())), whole_words=True),
                _compiled(row["ko"], whole_words=False),
                _compiled((*row["ko"], *row.get("ko_loose", ())), whole_words=False),
            )
            for row in data["party"]
        ),
        clauses=tuple(_term(row, key=name, kind=row["kind"]) for name, row in data["clause"].items()),
        spans=tuple(_term(row, kind=row.get("kind", "date")) for row in data["span"]),
        units=tuple(
            Unit(row["dimension"], Decimal(str(row["factor"])), tuple(row["en"]), tuple(row["ko"]))
            for row in data["unit"]
        ),
        terms={f"{group}.{name}": _term(row) for group in ("idiom", "bound", "modality", "negation", "restriction")
               for name, row in data[group].items()},
    )  # fmt: skip


def _term(row: Mapping[str, Any], *, key: str = "", kind: str = "") -> Term:
    return Term(_compiled(row["en"], whole_words=True), _compiled(row["ko"], whole_words=False), key, kind)


def _compiled(patterns: Sequence[str], *, whole_words: bool) -> re.Pattern[str]:
    if not patterns:
        return _NEVER
    joined = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w])" if whole_words else joined, re.IGNORECASE)
