"""Learn the bilingual lexicon of the divergences from aligned sentences: see `corpus.divergence.lexicon`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.divergence.words import compact, stems, syllable_pairs

Integers = NDArray[np.int32]
Entries = dict[str, tuple[str, float]]

RARE = 10  # sentences a word must stand in
MOST_COUNTERPARTS = 8
LIFT = 4.0  # how much more often than anywhere a counterpart must stand beside its word
RELIABLE = 0.7
GAIN = 0.3  # by how much a cover must beat chance


def learn_lexicon(sentences: Sequence[tuple[str, str]]) -> dict[str, Entries]:
    """Counterparts of the words of both languages, with the share of sentences that have one of them."""
    english = [sorted({part for _, part in stems(en)}) for en, _ in sentences]
    korean = [sorted(_sounds(ko)) for _, ko in sentences]
    within = [sorted({pair for _, pair in syllable_pairs(ko)}) for _, ko in sentences]
    return {"en": _counterparts(english, korean), "ko": _counterparts(within, english)}


def _sounds(text: str) -> set[str]:
    """The syllable pairs of a Korean text, those across blanks included, and its Latin words."""
    syllables = compact(text)
    pairs = {syllables[at : at + 2] for at in range(len(syllables) - 1)}
    return {pair for pair in pairs if " " not in pair} | set(re.findall(r"[a-z]{2,}", text.lower()))


def _counterparts(words: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> Entries:
    names, known = _incidence(words)
    other_names, other = _incidence(others)
    together = (known.T @ other).tocsr()
    sizes, rows, columns = np.asarray(other.sum(0)).ravel(), known.tocsc(), other.tocsc()
    found: Entries = {}
    for place, name in enumerate(names):
        where = rows.indices[rows.indptr[place] : rows.indptr[place + 1]]
        span = slice(together.indptr[place], together.indptr[place + 1])
        candidates = _associated(together.indices[span], together.data[span], sizes, len(where), len(words))
        texts = set(where.tolist())
        reach = {
            column: texts.intersection(columns.indices[columns.indptr[column] : columns.indptr[column + 1]].tolist())
            for column in candidates
        }
        chosen, covered, chance = _cover(texts, reach, sizes, len(words))
        reliability = (covered + 0.5) / (len(where) + 1)
        if chosen and reliability >= RELIABLE and reliability - chance > GAIN:
            found[name] = (" ".join(other_names[column] for column in chosen), round(min(reliability, 0.999), 3))
    return found


def _incidence(texts: Sequence[Sequence[str]]) -> tuple[list[str], Any]:
    """Which text has which word, as a sparse matrix, over the words that are not rare."""
    from scipy import sparse  # type: ignore[import-untyped]

    counts = Counter(word for text in texts for word in text)
    names = sorted(word for word, count in counts.items() if count >= RARE)
    index = {name: place for place, name in enumerate(names)}
    cells = [(row, index[word]) for row, text in enumerate(texts) for word in text if word in index]
    rows, columns = np.array(cells, dtype=np.int32).T
    shape = (len(texts), len(names))
    return names, sparse.csr_matrix((np.ones(len(cells), dtype=np.int32), (rows, columns)), shape=shape)


def _associated(columns: Integers, counts: Integers, sizes: Integers, size: int, total: int) -> list[int]:
    """The most telling companions of a word: often beside it, rarely elsewhere."""
    share = counts / size
    lift = share / (sizes[columns] / total)
    kept = (lift >= LIFT) & (counts >= max(3, 0.02 * size))
    order = np.argsort(-share[kept] * np.log(lift[kept]), kind="stable")[:40]
    return [int(column) for column in columns[kept][order]]


def _cover(texts: set[int], reach: dict[int, set[int]], sizes: Integers, total: int) -> tuple[list[int], int, float]:
    """Greedy: companions that together reach most of the word's texts; how many; how many by chance (a share)."""
    left, size, chance = set(texts), len(texts), 0.0
    chosen: list[int] = []
    while len(chosen) < MOST_COUNTERPARTS and reach:
        best = max(reach, key=lambda c: len(reach[c] & left) * log(total / sizes[c]))
        if len(reach[best] & left) < max(2, 0.012 * size):
            break
        chosen.append(best)
        chance = 1 - (1 - chance) * (1 - sizes[best] / total)
        left -= reach.pop(best)
    return chosen, size - len(left), chance
