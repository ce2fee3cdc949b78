"""Signals of what is named: products, standards, commands and other Latin words, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from corpus.divergence.glossary import glossary
from corpus.divergence.reading import Reading, Signal, changed, join

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.&][A-Za-z0-9]+)*")

_NAME = re.compile(r"(?!I+V?$|VI*$|IX$)[A-Z].*[A-Z0-9]|.*[a-z][A-Z]|.*\d")

_COMMAND = re.compile(r"([A-Za-z]+)-([A-Za-z][A-Za-z0-9]{5,})")

_LONG = 5  # letters: of shorter names, each tells ("GCC", "GCCH")
_ALIKE = 0.75  # of the letters of two names, from which on one is the other misspelt

_SELF = frozenset({"microsoft"})  # the author of the documents, who may speak as "we"

_WE = re.compile(r"\b(?:we|our|us)\b|\bwe['’]")

_LOCALE = re.compile(r"/[a-z]{2}-[a-z]{2}(?=/|$)")


def _names(reading: Reading) -> Iterator[Signal]:
    idiom = glossary().terms["idiom.counted"]
    text_en, text_ko = idiom.en.sub(" ", reading.pair.en), idiom.ko.sub(" ", reading.pair.ko)
    if text_en.isupper():
        return
    en, ko = reading.pair.en.lower(), re.sub(r"\s+", " ", reading.pair.ko.lower())
    joined_en, joined_ko = re.sub(r"[^a-z0-9]", "", en), re.sub(r"[^a-z0-9]", "", ko)
    words_en, words_ko = _LATIN.findall(text_en), _LATIN.findall(text_ko)
    written_out = glossary().terms["idiom.abbreviated"].en
    missing = [
        word
        for word in words_en
        if _NAME.match(word) and _bare(word).removesuffix("s") not in joined_ko and not written_out.fullmatch(word)
    ]
    added = [word for word in words_ko if len(word) > 1 and _bare(word).removesuffix("s") not in joined_en]
    won_names = [word for word in added if _NAME.match(word)]
    yield from changed("name", "entity", *(
        [word for word in words if not any(_misspelt(word, other) for other in others)]
        for words, others in ((missing, won_names), (won_names, missing))
    ))  # fmt: skip
    others = [word for word in added if not _NAME.match(word) and not (_bare(word) in _SELF and _WE.search(en))]
    if others:
        yield Signal("latin_added", "entity", len(others), "", join(others))
    lost, won = _commands(words_en, joined_ko), _commands(words_ko, joined_en)
    for noun in (noun for noun in lost if noun in won):
        yield Signal("command_changed", "entity", 1, lost[noun], won[noun])


def _misspelt(word: str, other: str) -> bool:
    """Whether a name is another one with a letter or two wrong; a wrong digit makes another name."""
    if len(word) < _LONG or abs(len(word) - len(other)) > 1 or re.sub(r"\D", "", word) != re.sub(r"\D", "", other):
        return False
    return SequenceMatcher(None, word.lower(), other.lower()).ratio() >= _ALIKE


def _commands(words: Iterable[str], other: str) -> dict[str, str]:
    """Command names of the form verb-noun that the other side lacks, by their noun: a wrong verb does another thing."""
    found = ((match[2].lower(), word) for word in words if (match := _COMMAND.fullmatch(word)))
    return {noun: word for noun, word in found if _bare(word) not in other}


def _bare(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _links(reading: Reading) -> Iterator[Signal]:
    en, ko = ({_address(url): url for url in urls} for urls in (reading.pair.links_en, reading.pair.links_ko))
    missing, added = [en[key] for key in en if key not in ko], [ko[key] for key in ko if key not in en]
    yield from changed("link", "link", missing, added)


def _address(url: str) -> str:
    """An address without what may differ by language: scheme, locale, case, the closing slash."""
    url = re.sub(r"^https?://(?:www\.)?", "", url.strip().lower())
    return _LOCALE.sub("", url).rstrip("/#")


FINDERS = (_names, _links)
