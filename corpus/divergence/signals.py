"""What may tell that two texts differ: named signals, each with a kind, a strength and the words that show it."""

from __future__ import annotations

from functools import lru_cache

from corpus.divergence import counted, form, named, stated
from corpus.divergence.glossary import squeezed
from corpus.divergence.lexicon import Lexicon
from corpus.divergence.quantities import quantities
from corpus.divergence.reading import Finder, Pair, Reading, Signal

__all__ = ["NAMES", "Pair", "Signal", "signals"]

NAMES = frozenset(
    {f"{name}_{how}" for name in ("number", "named_number", "word_number", "party", "name", "link", "frequency")
     for how in ("changed", "missing", "added")}
    | {f"{kind}_{what}" for kind in ("omission", "addition") for what in ("excess", "words", "strongest", "run")}
    | {f"negation_{how}" for how in ("missing", "weakened", "resolved", "added", "rephrased", "fewer", "more")}
    | {f"{name}_{how}" for name in ("must", "may", "advice", "bound", "only") for how in ("missing", "added")}
    | {f"{name}_missing" for name in ("evidence", "if", "unless", "before", "after", "until", "less", "because")}
    | {f"{name}_missing" for name in ("instead", "most", "all", "unit", "span", "upper_bound", "lower_bound")}
    | {"date_changed", "span_changed", "bound_changed", "command_changed", "must_became_may", "may_became_must"}
    | {"polarity", "latin_added", "replaced", "shorter", "longer", "question", "spacing", "length"}
    | {"sentences_more", "sentences_fewer"}
) - {"bound_missing"}  # fmt: skip

_FINDERS: tuple[Finder, ...] = (*counted.FINDERS, *stated.FINDERS, *named.FINDERS, *form.FINDERS)


@lru_cache(maxsize=4096)  # pages repeat their sentences
def signals(pair: Pair, lexicon: Lexicon) -> tuple[Signal, ...]:
    """Every signal of a pair; none for a text that is missing on one side."""
    reading = Reading(pair, quantities(pair.en, "en"), quantities(pair.ko, "ko"), squeezed(pair.ko), lexicon)
    return tuple(signal for finder in _FINDERS for signal in finder(reading))
