"""Signals of what is named: products, standards, commands and other Latin words, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.divergence.glossary import glossary
from corpus.divergence.reading import Reading, Signal, changed, join

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.&][A-Za-z0-9]+)*")

_NAME = re.compile(r"(?!I+V?$|VI*$|IX$)[A-Z].*[A-Z0-9]|.*[a-z][A-Z]|.*\d")

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
    yield from changed("name", "entity", missing, [word for word in added if _NAME.match(word)])
    others = [word for word in added if not _NAME.match(word) and not (_bare(word) in _SELF and _WE.search(en))]
    if others:
        yield Signal("latin_added", "entity", len(others), "", join(others))
    lost, won = _commands(words_en, joined_ko), _commands(words_ko, joined_en)
    if lost and won:
        yield Signal("command_changed", "entity", 1, join(lost), join(won))


def _commands(words: Iterable[str], other: str) -> list[str]:
    """Command names of the form verb-noun that the other side lacks."""
    return [word for word in words if re.fullmatch(r"[A-Za-z]+-[A-Za-z]{6,}", word) and _bare(word) not in other
            and re.search(r"[a-z]-[A-Z]|^(?:get|set|new|remove|import|add|grant)-", word)]  # fmt: skip


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
