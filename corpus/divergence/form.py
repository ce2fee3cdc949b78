"""Signals of the whole: lengths, sentences, words without a counterpart in the other text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log

from corpus.divergence.lexicon import Coverage
from corpus.divergence.reading import Reading, Signal, join


def _lengths(reading: Reading) -> Iterator[Signal]:
    en, ko = len(reading.pair.en), len(re.sub(r"\s", "", reading.pair.ko))
    ratio = log((ko + 6) / (0.45 * en + 6))
    if ratio < -0.15:
        yield Signal("shorter", "omission", -ratio)
    if ratio > 0.15:
        yield Signal("longer", "addition", ratio)


def _words(reading: Reading) -> Iterator[Signal]:
    pair, lexicon = reading.pair, reading.lexicon
    omitted, added = lexicon.in_korean(pair.en, pair.ko), lexicon.in_english(pair.en, pair.ko)
    yield from _uncovered("omission", omitted)
    yield from _uncovered("addition", added)
    if omitted.excess and added.excess:
        yield Signal("replaced", "term", min(omitted.excess, added.excess), _strongest(omitted), _strongest(added))


def _uncovered(kind: str, coverage: Coverage) -> Iterator[Signal]:
    """What the words without counterpart add up to: all of them, the strongest, the longest run of them."""
    if not coverage.missing:
        return
    words = _strongest(coverage)
    en, ko = (words, "") if kind == "omission" else ("", words)
    run = longest = 0.0
    last = -9
    for word in coverage.missing:
        run = run + word.surprise if word.place - last <= 2 else word.surprise
        longest, last = max(longest, run), word.place
    yield Signal(f"{kind}_excess", kind, coverage.excess, en, ko)
    yield Signal(f"{kind}_words", kind, sum(word.surprise for word in coverage.missing), en, ko)
    yield Signal(f"{kind}_strongest", kind, max(word.surprise for word in coverage.missing), en, ko)
    yield Signal(f"{kind}_run", kind, longest, en, ko)


def _strongest(coverage: Coverage) -> str:
    """The four words that are missed most, in the order of the text."""
    chosen = sorted(coverage.missing, key=lambda word: -word.surprise)[:4]
    return join(word.word for word in sorted(chosen, key=lambda word: word.place))


def _form(reading: Reading) -> Iterator[Signal]:
    en, ko = reading.pair.en.strip(), reading.pair.ko.strip()
    if ("?" in en) != ("?" in ko):
        yield Signal("question", "other", 1, en[-12:], ko[-12:])
    sentences_en, sentences_ko = (len(re.findall(r"[.!?](?:\s|$)", text)) for text in (en, ko))
    if sentences_ko > sentences_en:
        yield Signal("sentences_more", "addition", sentences_ko - sentences_en)
    if sentences_en > sentences_ko:
        yield Signal("sentences_fewer", "omission", sentences_en - sentences_ko)
    yield Signal(
        "spacing",
        "other",
        len(re.findall(r"(?<![가-힣])[가-힣] [가-힣](?![가-힣])|하 [여고는지게]|되 [어고는지]", ko))
        / (len(ko) + 20)
        * 50,
    )
    yield Signal("length", "other", log(len(en) + 1))


FINDERS = (_lengths, _words, _form)
