"""Pairs that agree, written in another way that changes nothing they say: nothing may be called a divergence for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evals.figures import Figure, share
from ingest.training.divergence import Labelled

Rewriter = Callable[[Labelled], Labelled]


def _stopped(pair: Labelled) -> Labelled:
    return replace(pair, en=pair.en.removesuffix("."))


def _thousands(pair: Labelled) -> Labelled:
    return replace(pair, en=re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", pair.en))


def _spaced(pair: Labelled) -> Labelled:
    return replace(pair, ko=re.sub(r"(?<=\d)(?=(?:일|개월|년|시간|분|개|명|회)(?![가-힣]))", " ", pair.ko))


def _plain(pair: Labelled) -> Labelled:
    return replace(pair, ko=re.sub(r"합니다(?=\.?$)", "해요", re.sub(r"습니다(?=\.?$)", "어요", pair.ko)))


def _curled(pair: Labelled) -> Labelled:
    curly = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", pair.en.replace("'", "\u2019"))
    return replace(pair, en=curly if curly != pair.en else pair.en.replace("\u2019", "'"))


def _dashed(pair: Labelled) -> Labelled:
    return replace(pair, en=re.sub(" - | \u2014 ", " \u2013 ", pair.en), ko=pair.ko.replace("~", "-"))


def _lowered(pair: Labelled) -> Labelled:
    return replace(pair, en=re.sub(r"^[A-Z](?=[a-z]+ )", lambda found: found[0].lower(), pair.en))


REWRITERS: Mapping[str, Rewriter] = {
    "no full stop in English": _stopped,
    "English numbers without commas": _thousands,
    "a blank before a Korean counter": _spaced,
    "Korean in the plain polite style": _plain,
    "other quotation marks in English": _curled,
    "other dashes": _dashed,
    "English begun in lower case": _lowered,
}


def harmless(pairs: Sequence[Labelled]) -> Iterator[tuple[str, Labelled, Labelled]]:
    """(rewriting, pair, rewritten) for every pair labelled as agreeing that a rewriting changes."""
    for name, rewriter in REWRITERS.items():
        for pair in pairs:
            if pair.label == "none" and (rewritten := rewriter(pair)) != pair:
                yield name, pair, rewritten


def alarms(pairs: Sequence[Labelled], severity: Callable[[Labelled], str | None]) -> dict[str, tuple[Figure, Figure]]:
    """By rewriting, the shares of pairs that were silent before and are shown as major, and at all, after it."""
    before: dict[Labelled, str | None] = {}
    found: dict[str, list[str | None]] = {name: [] for name in REWRITERS}
    for name, pair, rewritten in harmless(pairs):
        if pair not in before:
            before[pair] = severity(pair)
        if before[pair] is None:
            found[name].append(severity(rewritten))
    return {
        name: (
            share(sum(one == "major" for one in told), len(told), "lower"),
            share(sum(one is not None for one in told), len(told), "lower"),
        )
        for name, told in found.items()
    }
