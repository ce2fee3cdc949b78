"""What a sentence states beside its subject: how many, when, how often, within which bounds, whether it must or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.conflicts.finding import Kind
from corpus.conflicts.vocabulary import vocabulary
from corpus.divergence.glossary import glossary, squeezed
from corpus.divergence.quantities import quantities
from corpus.model import Language

Difference = tuple[Kind, str, str]
"""The kind, and the words of either sentence; one side has none where only the other is negated."""

_CARDINALS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNTS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"(?:(?P<before>[A-Za-z-]+)\s+)?(?<![\w.,/(\[-])(?P<number>\d[\d,]*(?:\.\d+)?|{_CARDINALS})(?=\s+[a-z])"
    ),
    "ko": re.compile(
        r"(?:(?P<before>[A-Za-z-]+)\s*)?(?<![\w.,/])(?P<number>\d[\d,]*)(?=\s*(?:개|명|회|번|가지|곳|건))"
    ),
}
_BOUNDS = {"upper": ("upper", "fewer", "before"), "lower": ("lower", "more", "least")}


@dataclass(frozen=True, slots=True)
class Stated:
    """`counted` holds values with the words that express them, by kind and dimension; `bounds` the words of upper and
    lower bounds; `negated`, `obliged` and `allowed` the words that say so, or nothing."""

    counted: Mapping[tuple[Kind, str], Mapping[str, str]]
    bounds: Mapping[str, str]
    negated: str
    obliged: str
    allowed: str


def stated(text: str, language: Language) -> Stated:
    """What a sentence states. Of Korean sentences duties are not told apart."""
    read = squeezed(text) if language == "ko" else text
    bounds = {name: found for name, terms in _BOUNDS.items() if (found := _heard(terms, read, language))}
    terms = glossary().terms
    plain = terms["negation.neutral"].pattern(language).sub(" ", read)
    for name in ("bound.upper", "bound.lower"):  # "no later than" negates nothing
        plain = terms[name].pattern(language).sub(" ", plain)
    negated = terms["negation.plain"].pattern(language).search(plain)
    obliged = terms["modality.hard"].en.search(text) if language == "en" else None
    allowed = terms["modality.possible"].en.search(text) if language == "en" else None
    return Stated(
        counted=_counted(text, language),
        bounds=bounds,
        negated=negated[0] if negated else "",
        obliged=obliged[0] if obliged else "",
        allowed=allowed[0] if allowed and not obliged else "",
    )


def difference(one: Stated, other: Stated) -> Difference | None:
    """What makes two statements of the same subject incompatible.

    A bound or a negation on one side only may make up for another number: then nothing is said.
    """
    counts = _disjoint(one, other)
    if bool(one.negated) != bool(other.negated):
        return None if counts else ("negation", one.negated, other.negated)
    if one.obliged and other.allowed:
        return "obligation", one.obliged, other.allowed
    if one.allowed and other.obliged:
        return "obligation", one.allowed, other.obliged
    if counts:
        return counts if one.bounds.keys() == other.bounds.keys() else None
    opposite = len(one.bounds) == len(other.bounds) == 1 and one.bounds.keys() != other.bounds.keys()
    if opposite and any(kind in ("quantity", "date") for kind, _ in one.counted):
        return "bound", next(iter(one.bounds.values())), next(iter(other.bounds.values()))
    return None


def _disjoint(one: Stated, other: Stated) -> Difference | None:
    for key, mine in one.counted.items():
        theirs = other.counted.get(key, {})
        if theirs and mine.keys().isdisjoint(theirs):
            return key[0], ", ".join(mine.values()), ", ".join(theirs.values())
    return None


def _counted(text: str, language: Language) -> dict[tuple[Kind, str], Mapping[str, str]]:
    found = quantities(text, language)
    spans: dict[str, dict[str, str]] = {}
    for (dimension, value), words in found.spans.items():
        spans.setdefault(dimension, {})[str(value)] = words
    counted: dict[tuple[Kind, str], Mapping[str, str]] = {("quantity", name): values for name, values in spans.items()}
    counted["date", ""] = found.dates
    counted["frequency", ""] = found.frequencies
    counted["quantity", "scaled"] = found.scaled
    if not spans:
        counted["quantity", "count"] = _counts(text, language)
    return {key: values for key, values in counted.items() if values}


def _counts(text: str, language: Language) -> dict[str, str]:
    """The numbers of things, not those that belong to a name or number a part: "113 services", not "Step 4"."""
    parts = vocabulary().parts
    found = {}
    for match in _COUNTS[language].finditer(text):
        before = match["before"] or ""
        if before.lower().removesuffix("s") not in parts and (not before[:1].isupper() or match.start() == 0):
            found[match["number"]] = match["number"]
    return found


def _heard(names: tuple[str, ...], text: str, language: Language) -> str:
    for name in names:
        match = glossary().terms[f"bound.{name}"].pattern(language).search(text)
        if match:
            return match[0]
    return ""
