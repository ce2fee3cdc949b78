"""What a word of one language usually becomes in the other, learned from aligned sentences.

An entry says: where this English stem stands, at least one of these Korean syllable pairs stands in the translation
with probability `reliability`; so where none does, the word's translation is missing. The same holds from Korean to
English. The sets come from a greedy cover of the sentences by associated features, an old idea of bilingual lexicon
induction (Melamed, "Models of translational equivalence among words", Computational Linguistics 26(2), 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from corpus.divergence.words import compact, stems, syllable_pairs

Entries = Mapping[str, tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A word without a counterpart; `surprise` is how unlikely that is, in nats; `place` counts words."""

    word: str
    surprise: float
    place: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The words without a counterpart, in order, and by how much they exceed what is usual: standard deviations of
    the summed surprise above its expectation, were every known word missing as often as it was in training."""

    missing: tuple[Missing, ...]
    excess: float


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Counterparts of English stems and of Korean syllable pairs, each with their reliability."""

    english: Entries
    korean: Entries

    def in_korean(self, en: str, ko: str) -> Coverage:
        """How the Korean text renders the English words."""
        text = f"{compact(ko)} {ko.lower()}"
        known = {
            part: (word, *self.english[part], place)
            for place, (word, part) in enumerate(stems(en)) if part in self.english
        }  # fmt: skip

        def rendered(word: str, parts: tuple[str, ...]) -> bool:
            return word.lower() in text or any(part in text for part in parts)

        return _coverage(known.values(), rendered)

    def in_english(self, en: str, ko: str) -> Coverage:
        """What the English text has for the Korean words."""
        known = {part for _, part in stems(en)}
        best: dict[str, tuple[str, tuple[str, ...], float, int]] = {}
        for place, (word, pair) in enumerate(syllable_pairs(ko)):
            counterparts, reliability = self.korean.get(pair, ((), 0.0))
            if counterparts and (word not in best or best[word][2] < reliability):
                best[word] = (word, counterparts, reliability, place)
        return _coverage(best.values(), lambda _, parts: not known.isdisjoint(parts))


def _coverage(
    known: Iterable[tuple[str, tuple[str, ...], float, int]], rendered: Callable[[str, tuple[str, ...]], bool]
) -> Coverage:
    missing: list[Missing] = []
    total = expected = variance = 0.0
    for word, counterparts, reliability, place in known:
        surprise = -log(1 - reliability)
        expected += surprise * (1 - reliability)
        variance += surprise**2 * reliability * (1 - reliability)
        if not rendered(word, counterparts):
            total += surprise
            missing.append(Missing(word, surprise, place))
    return Coverage(tuple(missing), max(0.0, (total - expected) / sqrt(variance + 1)))


def from_data(data: Mapping[str, Mapping[str, Sequence[object]]]) -> Lexicon:
    """The lexicon as the data file has it: word -> [counterparts separated by a blank, reliability]."""
    english, korean = (
        {word: (tuple(str(row[0]).split()), float(str(row[1]))) for word, row in data[side].items()}
        for side in ("en", "ko")
    )
    return Lexicon(english, korean)
