"""Signals of how something is stated: opposites, restrictions, negation, obligation, conditions, who."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.divergence.glossary import glossary
from corpus.divergence.reading import Reading, Signal, changed, join, said
from corpus.model import Language

_NOT_UNTIL = re.compile(r"\b(?:until|unless|before)\b", re.IGNORECASE)
_ONLY_THEN = re.compile("[해어여아]야")  # "not until it is done" is "only once it is done"
_COPIED = re.compile(r"\b(?:Do )?(?:not?|none|never|without|cannot)[ -]\w+", re.IGNORECASE)  # a name left in English


def _polarity(reading: Reading) -> Iterator[Signal]:
    for opposites in glossary().polarities:
        for one, other in ((opposites.positive, opposites.negative), (opposites.negative, opposites.positive)):
            en, ko = one.en.search(reading.pair.en), other.ko.search(reading.korean)
            if en and ko and not other.en.search(reading.pair.en) and not one.ko.search(reading.korean):
                yield Signal("polarity", "negation", 1, en[0], ko[0])


def _restriction(reading: Reading) -> Iterator[Signal]:
    en, ko = said("restriction.strict", "en", reading), said("restriction.only", "ko", reading)
    if en and not ko:
        yield Signal("only_missing", "scope", 1, en)
    ko = said("restriction.strict", "ko", reading)
    if ko and not said("restriction.only", "en", reading) and not said("negation.implied", "en", reading):
        yield Signal("only_added", "scope", 1, "", ko)


def _negation(reading: Reading) -> Iterator[Signal]:
    terms = glossary().terms
    en = terms["negation.neutral"].en.sub(" ", reading.pair.en)
    ko = terms["negation.neutral"].ko.sub(" ", reading.korean)
    en = _COPIED.sub(lambda match: " " if match[0].lower() in reading.korean else match[0], en)
    plain_en, plain_ko = terms["negation.plain"].en.findall(en), terms["negation.plain"].ko.findall(ko)
    implied_en = terms["negation.implied"].en.findall(reading.pair.en)
    implied_ko = terms["negation.implied"].ko.findall(ko)
    if plain_en and not plain_ko and not (_NOT_UNTIL.search(en) and _ONLY_THEN.search(ko)):
        name = "negation_weakened" if implied_ko else "negation_missing"
        if re.search(r"\b(?:until|unless|before|sure|limited to|longer|only)\b", en, re.IGNORECASE):
            name = "negation_resolved"
        yield Signal(name, "negation", len(plain_en), join(plain_en))
    if plain_ko and not plain_en:
        name = "negation_rephrased" if implied_en else "negation_added"
        yield Signal(name, "negation", len(plain_ko), "", join(plain_ko))
    if plain_en and plain_ko:
        if len(plain_en) > len(plain_ko) + len(implied_ko):
            yield Signal("negation_fewer", "negation", len(plain_en) - len(plain_ko), join(plain_en), join(plain_ko))
        if len(plain_ko) > len(plain_en) + len(implied_en):
            yield Signal("negation_more", "negation", len(plain_ko) - len(plain_en), join(plain_en), join(plain_ko))


def _modality(reading: Reading) -> Iterator[Signal]:
    terms = glossary().terms
    texts = {
        "en": terms["modality.neutral"].en.sub(" ", reading.pair.en),
        "ko": terms["modality.neutral"].ko.sub(" ", reading.korean),
    }

    def heard(name: str, language: Language, *, all_of_it: bool = False) -> str:
        text = texts[language] if not all_of_it else reading.pair.en if language == "en" else reading.korean
        match = terms[f"modality.{name}"].pattern(language).search(text)
        return match[0] if match else ""

    hard, possible = heard("hard", "en"), heard("possible", "en", all_of_it=True)
    became_may = hard if not possible and not heard("hard", "ko") and heard("possible", "ko") else ""
    if became_may:
        yield Signal("must_became_may", "obligation", 1, hard, heard("possible", "ko"))
    for name, en, ko in (
        ("must_missing", "" if became_may else hard, heard("hard", "ko", all_of_it=True)),
        ("may_missing", heard("possible", "en"), heard("possible", "ko", all_of_it=True)),
        ("advice_missing", heard("advice", "en"), heard("advice", "ko", all_of_it=True)),
    ):
        if en and not ko:
            yield Signal(name, "obligation", 1, en)
    for name, en, ko in (
        ("must_added", heard("must", "en", all_of_it=True), heard("must", "ko")),
        ("may_added", heard("may", "en", all_of_it=True), heard("may", "ko")),
        ("advice_added", heard("recommend", "en", all_of_it=True), heard("recommend", "ko")),
    ):
        if ko and not en:
            yield Signal(name, "obligation", 1, "", ko)
    if possible and not heard("must", "en") and heard("duty", "ko") and not heard("possible", "ko", all_of_it=True):
        yield Signal("may_became_must", "obligation", 1, possible, heard("duty", "ko"))


def _clauses(reading: Reading) -> Iterator[Signal]:
    """Words that tie a clause to the rest, or open it, without a counterpart."""
    for term in glossary().clauses:
        en = term.en.search(reading.pair.en)
        if en and not term.ko.search(reading.korean) and en[0].lower() not in reading.korean:
            yield Signal(f"{term.key}_missing", term.kind, 1, en[0])


def _parties(reading: Reading) -> Iterator[Signal]:
    missing, added = [], []
    for party in glossary().parties:
        en, ko = party.strict.search(reading.pair.en), party.ko.search(reading.korean)
        if en and not party.loose.search(reading.korean) and en[0].lower() not in reading.korean:
            missing.append(en[0])
        elif ko and not party.en.search(reading.pair.en):
            added.append(ko[0])
    yield from changed("party", "party", missing, added)


FINDERS = (_polarity, _restriction, _negation, _modality, _clauses, _parties)
