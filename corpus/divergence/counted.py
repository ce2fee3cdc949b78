"""Signals of what can be counted: numbers, dates, spans of time, frequencies, bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.divergence.glossary import glossary
from corpus.divergence.quantities import Quantities, names_month, quantities
from corpus.divergence.reading import Reading, Signal, changed, join

_NEGATED = re.compile(r"(?:\bnot|n['’]t|\bnever|\bcannot)\b[^.,;]{0,25}$", re.IGNORECASE)


def _numbers(reading: Reading) -> Iterator[Signal]:
    en, ko = reading.en, reading.ko
    missing = {key: word for key, word in en.numbers.items() if not _has(key, ko, reading.pair.ko)}
    added = {key: word for key, word in ko.numbers.items() if not _has(key, en, reading.pair.en)}
    missing.update((key, word) for key, word in en.scaled.items() if not _has_scaled(key, word, ko, reading.pair.ko))
    added.update((key, word) for key, word in ko.scaled.items() if not _has_scaled(key, word, en, reading.pair.en))
    for key in en.spans.keys() & ko.spans.keys():  # "12 months" and "1년" are the same
        missing = {number: word for number, word in missing.items() if not _stands_in(number, en.spans[key])}
        added = {number: word for number, word in added.items() if not _stands_in(number, ko.spans[key])}
    kind = "date" if any(key.startswith("m") for key in (*missing, *added)) else "number"
    for prefix, names_en, names_ko in (("named_", en.named, ko.named), ("", en.numbers, ko.numbers)):
        lost = [missing.pop(key) for key in list(missing) if not prefix or key in names_en]
        won = [added.pop(key) for key in list(added) if not prefix or key in names_ko]
        yield from changed(f"{prefix}number", "entity" if prefix else kind, lost, won)
    lost = [word for key, word in en.words.items() if key not in {"0", "1"} and key not in {*ko.words, *ko.numbers}]
    won = [word for key, word in ko.words.items() if key not in {"0", "1"} and key not in {*en.words, *en.numbers}]
    yield from changed("word_number", "number", lost, won)


def _has(key: str, other: Quantities, text: str) -> bool:
    """Whether the other side has this number as digits, in words, or inside a longer name."""
    if key in {"0", "1"} and other.numbers.get(key) is None:
        return key == "1" or key in other.words or "0" in text
    if key.startswith("m"):
        return key in other.numbers or key[1:] in other.numbers or names_month(key, text)
    return key in {**other.numbers, **other.words, **other.scaled} or _stands_in(key, text)


def _stands_in(number: str, text: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text.replace(",", "")) is not None


def _has_scaled(key: str, word: str, other: Quantities, text: str) -> bool:
    """The same for a number with a scale; "365만" may also be "only 365"."""
    if key in other.scaled or key in other.numbers:
        return True
    digits = re.sub(r"[^\d.]", "", word)
    return key[0] in "123456789" and _stands_in(digits, text)


def _dates(reading: Reading) -> Iterator[Signal]:
    en, ko = reading.en.dates, reading.ko.dates
    missing, added = [en[key] for key in en if key not in ko], [ko[key] for key in ko if key not in en]
    if missing and added:
        yield Signal("date_changed", "date", len(missing), join(missing), join(added))


def _spans(reading: Reading) -> Iterator[Signal]:
    en, ko = reading.en.spans, reading.ko.spans
    missing, added = {key: en[key] for key in en if key not in ko}, {key: ko[key] for key in ko if key not in en}
    if missing and added:
        yield Signal("span_changed", "date", len(missing), join(missing.values()), join(added.values()))
    elif missing:
        yield Signal("span_missing", "date", len(missing), join(missing.values()))


def _frequency(reading: Reading) -> Iterator[Signal]:
    en, ko = reading.en.frequencies, reading.ko.frequencies
    missing, added = [en[key] for key in en if key not in ko], [ko[key] for key in ko if key not in en]
    if missing and added:
        yield Signal("frequency_changed", "frequency", 1, join(missing), join(added))
    elif missing:
        yield Signal("frequency_missing", "frequency", 1, join(missing))
    elif added and not reading.en.spans:
        yield Signal("frequency_added", "frequency", 1, "", join(added))


def _units(reading: Reading) -> Iterator[Signal]:
    """Words for spans of time and sizes of data without a counterpart, counted or not."""
    if reading.en.spans.keys() & reading.ko.spans.keys():
        return
    for unit in glossary().spans:
        en = unit.en.search(reading.pair.en)
        if en and not unit.ko.search(reading.korean):
            yield Signal("unit_missing", unit.kind, 1, en[0])


def _bounds(reading: Reading) -> Iterator[Signal]:
    texts = (reading.pair.en, reading.korean)
    found = {
        side: tuple(pattern.search(text) for pattern, text in zip(_bound_patterns(side), texts, strict=True))
        for side in ("upper", "lower")
    }
    for side, other in (("upper", "lower"), ("lower", "upper")):
        (en, ko), (other_en, contrary) = found[side], found[other]
        if en and not ko and not other_en and not _NEGATED.search(reading.pair.en[: en.start()]):
            if not contrary:
                yield Signal(f"{side}_bound_missing", "bound", 1, en[0])
            elif _same_number(en[0], contrary[0]):
                yield Signal("bound_changed", "bound", 1, en[0], contrary[0])
        elif ko and not en and not other_en:
            yield Signal("bound_added", "bound", 1, "", ko[0])


@cache
def _bound_patterns(side: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A bound with its number, in English and in squeezed Korean."""
    terms = glossary().terms
    before, after = ("before", "fewer") if side == "upper" else ("least", "more")
    words = "one|two|three|four|five|six|seven|eighth?|nine|ten|twelve|first"
    number = rf"(?:the |a |an |about )?(?:\d[\d,.]*|(?:{words})\b)"
    en = (
        rf"{terms[f'bound.{side}'].en.pattern}\s+{number}"
        rf"|\d[\d,.]*[\w-]*(?: \w+)?\s+{terms[f'bound.{after}'].en.pattern}"
    )
    counted = "하나|[한두세네](?=달|개월|주|시간|번|개|차례|해|명|가지|대|곳)"
    ko = (
        rf"(?:\d[\d,.]*|{counted})[^\d.,]{{0,6}}?(?:{terms[f'bound.{side}'].ko.pattern})"
        rf"|(?:{terms[f'bound.{before}'].ko.pattern})[^\d.,]{{0,4}}?(?:\d[\d,.]*|{counted})"
    )
    return re.compile(en, re.IGNORECASE), re.compile(ko)


def _same_number(en: str, ko: str) -> bool:
    counted_en, counted_ko = quantities(en, "en"), quantities(ko, "ko")
    return not {*counted_en.numbers, *counted_en.words}.isdisjoint({*counted_ko.numbers, *counted_ko.words})


FINDERS = (_numbers, _dates, _spans, _frequency, _units, _bounds)
