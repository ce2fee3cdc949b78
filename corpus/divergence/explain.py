"""Why a segment is shown: the signals that weighed most, put into words in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.divergence.signals import Signal
from corpus.divergence.weights import Model
from corpus.model import Segment

_SHOWN = 3
_SHARE = 0.35  # of the strongest contribution, for a further signal to be mentioned
_KINDS = {
    "number": ("Number", "숫자"),
    "date": ("Date or period", "날짜·기간"),
    "frequency": ("Frequency", "빈도"),
    "bound": ("Bound", "한도"),
    "negation": ("Negation or polarity", "부정·반대"),
    "obligation": ("Obligation", "의무"),
    "party": ("Party", "주체"),
    "entity": ("Name", "명칭"),
    "scope": ("Scope", "범위"),
    "condition": ("Condition", "조건"),
    "omission": ("Omission", "누락"),
    "addition": ("Addition", "추가"),
    "term": ("Wording", "용어"),
    "link": ("Link", "링크"),
    "other": ("Form", "형식"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The kind of the signal that decided, and sentences in both languages."""

    kind: str
    en: str
    ko: str


def explain(found: Sequence[Signal], model: Model, segment: Segment) -> Explanation:
    """Sentences for the signals that weigh most, strongest first; signals without words to show stay unsaid."""
    weighed = sorted(
        ((model.contribution(signal), place, signal) for place, signal in enumerate(found) if signal.en or signal.ko),
        key=lambda row: (-row[0], row[1]),
    )
    if not weighed:
        return Explanation("other", "The texts differ in form and length.", "두 글의 형식과 길이가 다릅니다.")
    strongest = weighed[0][0]
    chosen: list[Signal] = []
    for weight, _, signal in weighed:
        if weight >= _SHARE * strongest and not any(_covers(other, signal) for other in chosen):
            chosen.append(signal)
    chosen = chosen[:_SHOWN]
    sentences = [_sentences(signal, segment) for signal in chosen]
    return Explanation(chosen[0].kind, " ".join(en for en, _ in sentences), " ".join(ko for _, ko in sentences))


def _covers(said: Signal, signal: Signal) -> bool:
    """Whether a signal that is already explained shows the same words."""
    return _parts(signal.en) <= _parts(said.en) and _parts(signal.ko) <= _parts(said.ko)


def _parts(words: str) -> set[str]:
    return set(filter(None, words.split(", ")))


def _sentences(signal: Signal, segment: Segment) -> tuple[str, str]:
    en, ko = _as_written(signal.en, segment.en), _as_written(signal.ko, segment.ko)
    name_en, name_ko = _KINDS.get(signal.kind, _KINDS["other"])
    if en and ko:
        return (
            f'{name_en}: English says "{en}", Korean says "{ko}".',
            f'{name_ko}: 영어는 "{en}", 한국어는 "{ko}"입니다.',
        )
    if en:
        return (
            f'{name_en}: the Korean has no counterpart for the English "{en}".',
            f'{name_ko}: 영어의 "{en}"에 해당하는 말이 한국어에 없습니다.',
        )
    return (
        f'{name_en}: the English has no counterpart for the Korean "{ko}".',
        f'{name_ko}: 한국어의 "{ko}"에 해당하는 말이 영어에 없습니다.',
    )


def _as_written(words: str, text: str) -> str:
    """The words with the blanks and capitals that they have in the text."""
    return ", ".join(_find(word, text) for word in words.split(", ") if word)


def _find(word: str, text: str) -> str:
    match = re.search(r"\s*".join(map(re.escape, re.sub(r"\s", "", word))), text, re.IGNORECASE)
    return match[0] if match else word
