"""Words of both languages as the bilingual lexicon knows them: English stems, pairs of Korean syllables."""

from __future__ import annotations

import re
from functools import lru_cache

_ENGLISH = re.compile(r"[A-Za-z]+(?:['’]t)?")
_HANGUL = re.compile(r"[가-힣]+")
_NOT_HANGUL = re.compile(r"[^가-힣]+")
_BETWEEN = re.compile(r"(?<=[가-힣])\s+(?=[가-힣])")
_ENDINGS = ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
_SHORTEST = 3


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """An English word without its commonest endings, lower case.

    >>> [stem(word) for word in ("Services", "audited", "policies", "using", "can't")]
    ['servic', 'audit', 'polic', 'using', 'can not']
    """
    word = word.lower().replace("’", "'")
    if word.endswith("n't"):
        return {"can't": "can not", "won't": "will not"}.get(word, f"{word[:-3]} not")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORTEST:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > _SHORTEST and word[-1] in "ey" else word


def stems(text: str) -> list[tuple[str, str]]:
    """The English words of a text with their stems, in order: (word, stem)."""
    return [(word, part) for word in _ENGLISH.findall(text) for part in stem(word).split()]


def compact(text: str) -> str:
    """The Korean of a text without blanks between syllables: machine translation puts them at will ("대 한")."""
    return _NOT_HANGUL.sub(" ", _BETWEEN.sub("", text))


def syllable_pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of neighbouring Korean syllables within words: (word, pair), in order."""
    return [(word, word[at : at + 2]) for word in _HANGUL.findall(text) for at in range(len(word) - 1)]
