"""Where the Korean and the English of one segment say materially different things.

Named signals (quantities, bounds, negation, obligation, parties, names, links, words without a counterpart) are weighed
by two small calibrated models. What the neighbouring segments of the same paragraph explain, because a sentence was cut
at another place, stays silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.divergence.explain import Explanation, explain
from corpus.divergence.signals import Pair, Signal, signals
from corpus.divergence.weights import Judge, Model, Severity, features, judge
from corpus.model import Document, Language, Segment

__all__ = ["Divergence", "Severity", "divergences", "fingerprint"]

_RUNNING = frozenset({"paragraph", "item", "question"})  # where a sentence may be cut
_SILENT = frozenset({"code", "image", "include"})


@dataclass(frozen=True, slots=True)
class Divergence:
    """A segment whose languages disagree: what decided, both texts, and why, in both languages.

    `probability` is the calibrated probability of what `severity` says: that the disagreement is material for
    "major", that there is one at all for "minor".
    """

    segment_id: str
    kind: str
    severity: Severity
    en: str
    ko: str
    explanation_en: str
    explanation_ko: str
    probability: float


def divergences(document: Document) -> tuple[Divergence, ...]:
    """The divergences of a document, in its order, one per segment at most."""
    segments = [segment for segment in document.segments() if segment.aligned and segment.kind not in _SILENT]
    return tuple(_divergences(segments, judge()))


@cache
def fingerprint() -> str:
    """A SHA-256 of everything that decides what `divergences` finds: this package and its data files."""
    data = (files("corpus") / "data" / name for name in ("divergence.json", "glossary.toml"))
    code = (path for path in files("corpus.divergence").iterdir() if path.name.endswith(".py"))
    digest = hashlib.sha256()
    for path in (*data, *sorted(code, key=lambda path: path.name)):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _divergences(segments: Sequence[Segment], judge: Judge) -> Iterator[Divergence]:
    for place, segment in enumerate(segments):
        if not segment.ko or not segment.en or segment.ko == segment.en:
            continue
        found = signals(_pair([segment]), judge.lexicon)
        if _severity(found, judge) is None:
            continue
        if segment.kind in _RUNNING:
            for at in (place - 1, place + 1):
                if 0 <= at < len(segments) and segments[at].block == segment.block:
                    found = _not_cut(found, segment, segments[at], judge, first=at > place)
        severity = _severity(found, judge)
        if severity:
            yield _divergence(segment, found, severity, judge)


def _pair(segments: Sequence[Segment]) -> Pair:
    """The texts of consecutive segments of a paragraph as one pair."""

    def addresses(language: Language) -> tuple[str, ...]:
        return tuple(link.url for segment in segments for link in segment.links if link.language == language)

    en, ko = (" ".join(segment.en for segment in segments), " ".join(segment.ko for segment in segments))
    return Pair(en, ko, addresses("en"), addresses("ko"))


def _not_cut(
    found: tuple[Signal, ...], segment: Segment, neighbour: Segment, judge: Judge, *, first: bool
) -> tuple[Signal, ...]:
    """The signals that reading the segment together with its neighbour does not explain.

    A sentence cut at another place shows on both sides of the cut: something vanishes here and there once the two
    are read together. Where nothing vanishes in the neighbour, the signals stand.
    """
    together = signals(_pair([segment, neighbour] if first else [neighbour, segment]), judge.lexicon)
    there = signals(_pair([neighbour]), judge.lexicon)
    if not _vanished(found, together) or not _vanished(there, together):
        return found
    strengths = {signal.name: signal.strength for signal in together}
    gone = {id(signal) for signal in _vanished(found, together)}
    return tuple(
        signal for signal in found if id(signal) not in gone and strengths.get(signal.name, 0.0) >= signal.strength / 2
    )


def _vanished(here: Sequence[Signal], together: Sequence[Signal]) -> list[Signal]:
    """The signals of one segment, with words to show, that are not there when it is read with its neighbour."""
    said = {word for signal in together for word in (*signal.en.split(", "), *signal.ko.split(", "))}
    return [
        signal for signal in here if (signal.en or signal.ko)
        and not said.issuperset(word for word in (*signal.en.split(", "), *signal.ko.split(", ")) if word)
    ]  # fmt: skip


def _severity(found: Sequence[Signal], judge: Judge) -> Severity | None:
    seen = features(found)
    if judge.major.probability(seen) >= judge.major.threshold:
        return "major"
    return "minor" if judge.minor.probability(seen) >= judge.minor.threshold else None


def _divergence(segment: Segment, found: Sequence[Signal], severity: Severity, judge: Judge) -> Divergence:
    model: Model = judge.major if severity == "major" else judge.minor
    explanation: Explanation = explain(found, model, segment)
    return Divergence(
        segment_id=segment.id,
        kind=explanation.kind,
        severity=severity,
        en=segment.en,
        ko=segment.ko,
        explanation_en=explanation.en,
        explanation_ko=explanation.ko,
        probability=round(model.probability(features(found)), 3),
    )
