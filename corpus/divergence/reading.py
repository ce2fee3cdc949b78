"""A pair of texts as the finders read it, and the signals that they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.divergence.glossary import glossary
from corpus.divergence.lexicon import Lexicon
from corpus.divergence.quantities import Quantities
from corpus.model import Language


@dataclass(frozen=True, slots=True)
class Pair:
    """The two texts of a segment, with their quantities; link addresses by language."""

    en: str
    ko: str
    links_en: tuple[str, ...] = ()
    links_ko: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One difference: `name` is what the model weighs, `kind` what a reader is told, `en` and `ko` the words."""

    name: str
    kind: str
    strength: float
    en: str = ""
    ko: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair with everything the finders look at."""

    pair: Pair
    en: Quantities
    ko: Quantities
    korean: str
    lexicon: Lexicon


Finder = Callable[[Reading], Iterator[Signal]]


def changed(name: str, kind: str, missing: Sequence[str], added: Sequence[str]) -> Iterator[Signal]:
    """One signal for what only the English has, only the Korean has, or each has another of."""
    if missing and added:
        yield Signal(f"{name}_changed", kind, len(missing) + len(added), join(missing), join(added))
    elif missing:
        yield Signal(f"{name}_missing", kind, len(missing), join(missing))
    elif added:
        yield Signal(f"{name}_added", kind, len(added), "", join(added))


def said(name: str, language: Language, reading: Reading) -> str:
    """The first words of a text that express a term of the glossary, or nothing."""
    text = reading.korean if language == "ko" else reading.pair.en
    match = glossary().terms[name].pattern(language).search(text)
    return match[0] if match else ""


def join(words: Iterable[str]) -> str:
    """Words as one text, each once."""
    return ", ".join(dict.fromkeys(words))
