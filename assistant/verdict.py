"""Yes, no or under a condition: what rules over the evidence's own words say to a yes/no question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.question import Question, concepts
from assistant.vocabulary import named_terms, terms
from corpus.documents import Language, Segment
from corpus.entities import entities

Verdict = Literal["yes", "no", "conditional"]
Modality = Literal["forbids", "opens", "restricts", "requires", "permits"]

_CLAUSE_BORDER = re.compile(
    r"(?<=[;:])\s+|(?<=고),\s+|(?<=며),\s+|(?<=지만)[,\s]+|,\s+(?:but|while|whereas)\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with the clause of the evidence that gives it; `condition` is set with "conditional"."""

    verdict: Verdict
    segment: Segment
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    modality: Modality
    concepts: frozenset[str]


def rule(question: Question, evidence: Sequence[Segment]) -> Ruling | None:
    """The verdict that the evidence gives, best evidence first; None where no rule is sure.

    English is the source of the documents and decides wherever it is present.
    """
    if question.kind != "yes_no":
        return None
    for segment in evidence:
        language: Language = "en" if segment.en else "ko"
        for clause in _clauses(segment.text(language), language, question):
            verdict = _judge(question, clause)
            if verdict:
                condition = segment.text(question.language) if verdict == "conditional" else None
                return Ruling(verdict, segment, condition)
    return None


def _clauses(text: str, language: Language, question: Question) -> list[_Clause]:
    """The clauses of a text that speak of what the question names, each with its modality."""
    parts = [part for part in _CLAUSE_BORDER.split(text) if part]
    named = [entities(part) for part in parts]
    clauses = []
    for part, names in zip(parts, named, strict=True):
        applies = not question.entities or bool(names & question.entities) or not any(named)
        modality = next((name for name, words in named_terms("modality", language).items() if part in words), None)
        if applies and modality:
            clauses.append(_Clause(part, modality, concepts(part)))  # type: ignore[arg-type]
    return clauses


def _judge(question: Question, clause: _Clause) -> Verdict | None:
    """One clause against the side from which the question asks."""
    shared = bool(question.concepts & clause.concepts)
    foreign = bool(question.concepts - clause.concepts)
    if clause.modality == "restricts":
        return _judge_restriction(question, shared=shared, foreign=foreign)
    if clause.modality == "opens":
        if question.without or "requirement" not in question.frames:
            return "yes" if "open_to_all" in question.frames or "permission" in question.frames else None
        return "no"
    return None


def _judge_restriction(question: Question, *, shared: bool, foreign: bool) -> Verdict | None:
    """A clause that keeps something to those who meet a condition."""
    if "open_to_all" in question.frames:
        return "no"
    if shared and question.without:
        return "no"
    if shared and "requirement" in question.frames:
        return "yes"
    if foreign or question.without or "permission" not in question.frames:
        return None
    return "yes" if shared else "conditional"


def says_yes_or_no(text: str) -> Literal["yes", "no"] | None:
    """Whether a text is nothing but a yes or a no, as the first sentence of a FAQ's answer."""
    word = text.strip(" .!,").lower()
    for answer in ("yes", "no"):
        found = terms("answers", answer).find(word)
        if found and found.group() == word:
            return answer
    return None
