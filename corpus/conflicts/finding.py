"""What the finders hand over: two passages, what they disagree about, and why, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.conflicts.vocabulary import vocabulary
from corpus.model import Segment

Kind = Literal["report", "edition", "quantity", "date", "frequency", "bound", "negation", "obligation"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two segments of one document, `first` before `second`, that cannot both be right as they stand.

    `topic` is the service or standard, lower case, that they disagree about, where they also speak of others; else "".
    """

    kind: Kind
    first: Segment
    second: Segment
    explanation_en: str
    explanation_ko: str
    topic: str = ""


def conflict(
    kind: Kind,
    first: Segment,
    second: Segment,
    /,
    *,
    topic: str = "",
    ko: Mapping[str, str] | None = None,
    **words: str,
) -> Conflict:
    """A conflict with its explanation in both languages.

    `words` fill the places of the kind's sentence, in Korean those of `ko` where it has them.
    """
    says = vocabulary().explanations[kind]
    korean = says["ko"].format(**(words | dict(ko or {})))
    return Conflict(kind, first, second, says["en"].format(**words), korean, topic)
