"""The same question as others would write it: what a case's answer must not depend on."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from corpus.documents import Language
from evals.cases import Case, VariantName

VARIANTS: tuple[VariantName, ...] = get_args(VariantName)
_TYPO_SHARE = 0.2
_SYLLABLES, _FIRST, _VOWELS, _FINALS = 11_172, 0xAC00, 21, 28
_ENDING = "-"
"""Begins a frame that is no word of its own but the end of one."""
_CONFUSED = {1: 5, 5: 1, 0: 4, 4: 0, 8: 13, 13: 8, 10: 15, 15: 10}
"""Vowels that fingers and ears confuse: ㅐ ㅔ, ㅏ ㅓ, ㅗ ㅜ, ㅙ ㅞ."""


def variants(cases: Iterable[Case], names: Sequence[VariantName] = VARIANTS, *, seed: int = 0) -> Iterator[Case]:
    """The cases' variants of these names, next to each other by case; none where a rewriting changes nothing.

    Everything is drawn from `seed`, the case's id and the variant's name, so that a variant never depends on which
    others are made. Conversations are left as they are: only the last question is rewritten.
    """
    for case in cases:
        for name in names:
            draw = random.Random(f"{seed}:{case.id}:{name}")  # noqa: S311  rewriting, not secrets
            question = _REWRITERS[name](case, draw)
            if question != case.question:
                yield case.model_copy(
                    update={
                        "id": f"{case.id}~{name}",
                        "twin": f"{case.twin}~{name}",
                        "question": question,
                        "variant": name,
                        "origin": case.id,
                    }
                )


def _with_typos(case: Case, draw: random.Random) -> str:
    """One long word in five gets two neighbouring letters exchanged or, in Korean, a vowel taken for its like.

    Names stay: what has a digit or a capital letter in it.
    """
    words = case.question.split(" ")
    long = [number for number, word in enumerate(words) if _mistyped(word, draw) != word]
    for number in draw.sample(long, min(len(long), max(1, round(_TYPO_SHARE * len(words))))):
        words[number] = _mistyped(words[number], draw)
    return " ".join(words)


def _mistyped(word: str, draw: random.Random) -> str:
    if re.fullmatch(r"[a-z]{5,}\W*", word):
        place = draw.randrange(1, len(word.rstrip("?.,!")) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    places = [place for place, letter in enumerate(word) if _confused(letter) != letter]
    if len(word) < 3 or not places or re.search("[A-Za-z0-9]", word):
        return word
    place = draw.choice(places)
    return word[:place] + _confused(word[place]) + word[place + 1 :]


def _confused(letter: str) -> str:
    """A Hangul syllable with its vowel taken for another; any other letter as it is."""
    place = ord(letter) - _FIRST
    if not 0 <= place < _SYLLABLES:
        return letter
    first, rest = divmod(place, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    return chr(_FIRST + (first * _VOWELS + _CONFUSED.get(vowel, vowel)) * _FINALS + final)


def _unspaced(case: Case, _: random.Random) -> str:
    """Korean without blanks; English without those before a number ("SOC2")."""
    return case.question.replace(" ", "") if case.language == "ko" else re.sub(r" (?=\d)", "", case.question)


def _recased(case: Case, _: random.Random) -> str:
    """Without capitals, or in capitals only where there were none."""
    lowered = case.question.lower()
    return lowered if lowered != case.question else case.question.upper()


def _mixed(case: Case, _: random.Random) -> str:
    """Every listed term in the other language; capitals begin names, which stay."""
    text = case.question
    for en, ko in _phrases()["mixed"]:
        here, there = (rf"\b{en}s?\b", ko) if case.language == "en" else (rf"(?<![가-힣]){ko}", en)
        text = re.sub(here, there, text)
    return text


def _paraphrased(case: Case, draw: random.Random) -> str:
    """Every question frame that is listed, exchanged for another of its group."""
    pattern, groups = _frames(case.language)

    def equal(found: re.Match[str]) -> str:
        said = found[0].lower()
        chosen = draw.choice([frame for frame in groups[said] if frame.lower() != said])
        return chosen[0].upper() + chosen[1:] if found[0][0].isupper() else chosen

    return pattern.sub(equal, case.question)


@cache
def _frames(language: Language) -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """A pattern of all frames of a language, the longest first, and each frame's group by its lower case."""
    listed: list[list[str]] = _phrases()["paraphrase"][language]
    groups = {frame.removeprefix(_ENDING).lower(): [one.removeprefix(_ENDING) for one in group]
              for group in listed for frame in group}  # fmt: skip
    frames = sorted((frame for group in listed for frame in group), key=len, reverse=True)
    alternatives = "|".join(
        re.escape(frame.removeprefix(_ENDING)) if frame.startswith(_ENDING) else rf"(?<!\w){re.escape(frame)}"
        for frame in frames
    )
    return re.compile(rf"(?:{alternatives})(?!\w)", re.IGNORECASE), groups


def _polite(case: Case, _: random.Random) -> str:
    """Between a greeting and thanks."""
    greeting, thanks = _phrases()["polite"][case.language]
    return f"{greeting} {case.question} {thanks}"


_REWRITERS: dict[VariantName, Callable[[Case, random.Random], str]] = {
    "typos": _with_typos,
    "unspaced": _unspaced,
    "casing": _recased,
    "mixed": _mixed,
    "paraphrase": _paraphrased,
    "polite": _polite,
}


@cache
def _phrases() -> dict[str, Any]:
    return tomllib.loads((files("evals") / "data" / "variants.toml").read_text(encoding="utf-8"))
