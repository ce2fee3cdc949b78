"""Systems for evaluations, whose answers a reader can predict: they do as the question says."""

from __future__ import annotations

import os
import time

from assistant.records import Answer, Citation, Divergence


def answer(*segments, verdict=None, confidence=0.8, text="t", document="d", diverging=(), **quotes):
    """An answer with one citation of the segments, said to diverge in those of `diverging`; without any it abstains."""
    divergences = tuple(
        Divergence(segment_id=one, kind="k", severity="major", en="", ko="", explanation_en="", explanation_ko="")
        for one in diverging
    )
    citation = Citation(
        number=1, document=document, title="D", source_url=None, heading_path_en=(), heading_path_ko=(),
        segment_ids=segments, quote_en=quotes.get("quote_en", ""), quote_ko=quotes.get("quote_ko", ""),
        divergences=divergences,
    )  # fmt: skip
    return Answer(
        question="?", text=text, language="en", verdict=verdict, condition="if" if verdict == "conditional" else None,
        abstained=not segments, confidence=confidence, citations=(citation,) if segments else (), mode="obedient",
        index="i",
    )  # fmt: skip


class Obedient:
    """Understands "cite s-1 s-2", "say no s-1", "refuse", "raise", "hang", "die", "leave", "jest", "doubt"."""

    def __init__(self, place):
        self.place = place

    def answer(self, question, history=()):
        word, *rest = question.split()
        if word == "cite":
            return answer(*rest, confidence=0.9)
        if word == "say":
            return answer(*rest[1:], verdict=rest[0])
        if word == "refuse":
            return answer(confidence=0.1)
        if word == "recall":
            return answer(text=f"{len(history)} turns, seed {self.place.seed}")
        if word == "raise":
            raise ValueError("boom")
        if word == "hang":
            time.sleep(600)
        if word == "die":
            os.abort()
        if word == "leave":
            raise SystemExit(3)
        if word == "doubt":
            return answer("s", confidence=float("nan"))
        return "a jest"


def closed(place):
    """A system that cannot be opened."""
    raise RuntimeError(f"closed at {place.seed}")
