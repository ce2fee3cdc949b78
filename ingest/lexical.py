"""BM25 over Korean morphemes and English word stems (Robertson and Zaragoza 2009; Lucene's variant, by bm25s)."""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import IndexCorruptError

if TYPE_CHECKING:
    import bm25s
    import numpy as np
    from kiwipiepy import Kiwi
    from Stemmer import Stemmer

# Nouns, verbs, adjectives, roots, numerals, foreign words: the parts of speech that carry content (Sejong tag set).
_CONTENT_TAGS = frozenset({"NNG", "NNP", "NNB", "NR", "VV", "VA", "XR", "MAG", "SL", "SN", "SH"})
_WORDS = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|[가-힣ㄱ-ㆎ]+")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+-]+")
_NON = re.compile(r"\bnon-", re.IGNORECASE)
_CAPITALISED = re.compile(r"[A-Z][A-Za-z]*|[a-z]+")
_SMALL = frozenset({"of", "and", "the", "for", "in", "on", "to"})
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_STOP = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "and", "or"}
    | {"is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "will", "would", "shall"}
    | {"i", "you", "we", "they", "he", "she", "it", "its", "my", "your", "our", "their", "me", "us", "them"}
    | {"this", "that", "these", "those"}
)
_DEMONSTRATIVES = frozenset(
    {"그", "그런", "그거", "그것", "거기", "그곳", "이거", "이것", "그때", "이런", "저거", "그쪽"}
)
_GUESSED = 64  # Kiwi numbers the words of its dictionary behind its tags; a word that it guesses has its tag's number
_lock = threading.Lock()


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


@cache
def _stemmer() -> Stemmer:
    from Stemmer import Stemmer

    return Stemmer("english")


def warm_up() -> None:
    """Load the morpheme analyser, which takes seconds, before the first question."""
    tokens("보고서를 볼 수 있나요")


def tokens(text: str) -> list[str]:
    """The terms of a text in either language or both: Korean morphemes, English stems, numbers."""
    text = unicodedata.normalize("NFKC", text).lower()
    found = [word for word in _WORDS.findall(text) if not _HANGUL.search(word)]
    latin = [_stemmer().stemWord(word) for word in found if word not in _STOP]
    if not _HANGUL.search(text):
        return latin
    with _lock:
        analysed = _kiwi().tokenize(text, normalize_coda=True)
    korean = [token.form for token in analysed if token.tag in _CONTENT_TAGS and _HANGUL.search(token.form)]
    return latin + korean


def names(text: str) -> list[str]:
    """The proper names of a text, as written: Korean ones, and Latin words with a capital that is not a sentence's.

    Where all is in capitals none shows. A Korean word that the analyser does not know is no name: most are loan words.
    """
    text = _NON.sub(" ", unicodedata.normalize("NFKC", text))
    found = []
    if text != text.upper() or _HANGUL.search(text):
        found = [match[0] for match in _LATIN_NAME.finditer(text) if _is_name(match)]
    if _HANGUL.search(text):
        with _lock:
            analysed = _kiwi().tokenize(text, normalize_coda=True)
        for before, token in zip([None, *analysed], analysed, strict=False):
            tail = before is not None and before.tag == "NNG" and before.start + before.len == token.start
            if token.tag == "NNP" and len(token.form) > 1 and token.id >= _GUESSED and not tail:
                found.append(token.form)
    return list(dict.fromkeys(found))


def initials(text: str) -> str:
    """The first letters of capitalised words, with a blank where others come between: "Business Associate" -> "BA"."""
    words = (word for word in _CAPITALISED.findall(text) if word not in _SMALL)
    return "".join(word[0] if word[0].isupper() else " " for word in words)


def _is_name(match: re.Match[str]) -> bool:
    word, before = match[0], match.string[: match.start()].rstrip()
    inner = word[1:] != word[1:].lower()
    return inner or (word[0].isupper() and bool(before) and before[-1] not in ".?!:")


def demonstratives(text: str) -> list[str]:
    """The Korean words of a text that point at something said before: "그", "그런", "그거", "거기"."""
    if not _HANGUL.search(text):
        return []
    with _lock:
        analysed = _kiwi().tokenize(text, normalize_coda=True)
    return [token.form for token in analysed if token.tag in ("MM", "NP") and token.form in _DEMONSTRATIVES]


class LexicalIndex:
    """BM25 scores of a fixed list of texts."""

    def __init__(self, model: bm25s.BM25) -> None:
        self._model = model

    @classmethod
    def build(cls, texts: Sequence[tuple[str, str]]) -> LexicalIndex:
        """Index one row a text; each is a pair (Korean, English), whose terms count together."""
        import bm25s

        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        model.index([_row(ko, en) for ko, en in texts] or [[""]], show_progress=False)
        return cls(model)

    def save(self, folder: Path) -> None:
        self._model.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        import bm25s

        try:
            return cls(bm25s.BM25.load(folder, mmap=True, show_progress=False))
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise IndexCorruptError(
                f"The lexical index {folder} cannot be read: {error}.", remedy="Rebuild it: python -m ingest."
            ) from error

    @property
    def rows(self) -> int:
        return int(self._model.scores["num_docs"])

    def scores(self, query: str) -> np.ndarray:
        """BM25 of every row for the query, shape (rows,)."""
        import numpy as np

        terms = [term for term in tokens(query) if term in self._model.vocab_dict]
        if not terms:
            return np.zeros(self.rows, np.float32)
        scores: np.ndarray = self._model.get_scores(terms)
        return scores

    def coverage(self, query: str) -> np.ndarray:
        """How much of the query each row holds, shape (rows,), 0 to 1: its terms, weighed by how rare they are.

        A term that no row holds weighs as much as the rarest (the idf of Robertson and Sparck Jones 1976).
        """
        import numpy as np

        held, total = np.zeros(self.rows, np.float32), 0.0
        starts, rows = self._model.scores["indptr"], self._model.scores["indices"]
        for term in set(tokens(query)):
            place = self._model.vocab_dict.get(term)
            found = rows[starts[place] : starts[place + 1]] if place is not None else rows[:0]
            weight = math.log(1 + (self.rows - len(found) + 0.5) / (len(found) + 0.5))
            held[found] += weight
            total += weight
        return held / total if total else held


def _row(ko: str, en: str) -> list[str]:
    english = tokens(en)
    names = {term for term in english if not _HANGUL.search(term)}
    korean = [term for term in tokens(ko) if term not in names]
    return english + korean or [""]
