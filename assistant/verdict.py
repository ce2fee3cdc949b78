"""Yes, no or under a condition: what rules over the evidence's own words say to a yes/no question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.question import Question, concepts, understand
from assistant.vocabulary import named_terms, terms
from corpus.documents import Language, Segment
from corpus.entities import entities
from ingest.lexical import tokens

if TYPE_CHECKING:
    from assistant.judgement import Judgement
    from assistant.reader import Reading

Verdict = Literal["yes", "no", "conditional"]
Modality = Literal["forbids", "opens", "waives", "restricts", "requires", "permits"]

_OPENING = re.compile(r"\w+(?=[.,;:!])")
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
    modality: Modality
    concepts: frozenset[str]
    about_access: bool


def reconcile(
    question: Question,
    evidence: Sequence[Segment],
    reading: Reading | None,
    judgement: Judgement,
    answered: Ruling | None = None,
) -> Ruling | None:
    """The verdict of the two witnesses: the rules over the evidence's words, and the reader over all of it.

    `answered` is what a FAQ says to the same question; it counts as a rule.

    Where one is silent the other must be sure; a very sure reader silences a rule that says otherwise. How sure is
    fitted on development questions.
    """
    if question.kind != "yes_no" or not evidence:
        return None
    ruled = rule(question, evidence)
    if ruled and answered and ruled.verdict != answered.verdict:
        return None
    ruled = answered or ruled
    if reading is None:
        return ruled
    probability = reading.verdicts[reading.verdict]
    if ruled:
        opposed = reading.verdict != ruled.verdict and probability >= judgement.veto
        return None if opposed else ruled
    if probability < judgement.verdict:
        return None
    if reading.verdict != "conditional":
        return Ruling(reading.verdict, evidence[0])
    return Ruling("conditional", evidence[0], evidence[0].text(question.language)) if _limits(evidence[0]) else None


def rule(question: Question, evidence: Sequence[Segment]) -> Ruling | None:
    """The verdict that the evidence, best segment first, gives; None where no rule is sure or two rule differently.

    A condition counts only where the best segment states it, or it is one that the question names.

    English is the source of the documents and decides wherever it is present.
    """
    if question.kind != "yes_no":
        return None
    rulings = [
        ruling
        for segment in evidence
        if (ruling := _rule_segment(question, segment))
        and (ruling.verdict != "conditional" or segment is evidence[0] or _names_concept(question, segment))
    ]
    return rulings[0] if len({ruling.verdict for ruling in rulings}) == 1 else None


def _limits(segment: Segment) -> bool:
    """Whether a segment, in its source where it is there, has a word that limits what it says."""
    language: Language = "en" if segment.en else "ko"
    return any(segment.text(language) in terms(name, language) for name in ("conditions", "limits"))


def rule_of_faq(question: Question, asked: Segment, answer: Segment) -> Ruling | None:
    """The verdict that a FAQ's answer opens with, where its question asks from the same side; None elsewhere."""
    language: Language = "en" if asked.en and answer.en else "ko"
    opening = opens_with(answer.text(language))
    if not opening:
        return None
    same = understand(asked.text(language), max_characters=len(asked.text(language)))
    alike = question.frames & same.frames or set(tokens(question.text)) == set(tokens(asked.text(question.language)))
    if not alike:
        return None
    if (question.without, question.negated) != (same.without, same.negated):
        return None
    if opening == "yes" and answer.text(language) in terms("conditions", language):
        return Ruling("conditional", answer, answer.text(question.language))
    return None if _limits(answer) else Ruling(opening, answer)


def _rule_segment(question: Question, segment: Segment) -> Ruling | None:
    language: Language = "en" if segment.en else "ko"
    clauses = _clauses(segment.text(language), language, question)
    if any(clause.modality == "forbids" for clause in clauses):
        return None  # what it forbids, and to whom, no rule knows yet
    verdicts = {verdict for clause in clauses if (verdict := _judge(question, clause))}
    if len(verdicts) == 1 and verdicts != {"conditional"}:
        return Ruling(verdicts.pop(), segment)
    if verdicts:  # clauses that differ by what they speak of: it depends on which the asker means
        return Ruling("conditional", segment, segment.text(question.language))
    return None


def _names_concept(question: Question, segment: Segment) -> bool:
    return bool(question.concepts & concepts(f"{segment.en} {segment.ko}"))


def _clauses(text: str, language: Language, question: Question) -> list[_Clause]:
    """The clauses of a text that speak of what the question names, each with its modality."""
    parts = [part for part in _CLAUSE_BORDER.split(text) if part]
    named = [entities(part) for part in parts]
    clauses = []
    for part, names in zip(parts, named, strict=True):
        applies = not question.entities or bool(names & question.entities) or not any(named)
        modality = _modality(part, language)
        if applies and modality:
            clauses.append(_Clause(modality, concepts(part), part in terms("access", language)))
    return clauses


def _modality(clause: str, language: Language) -> Modality | None:
    """How a clause restricts, opens, requires or forbids; None where a negation beside that may turn it round."""
    for name, words in named_terms("modality", language).items():
        found = words.find(clause)
        if found:
            beside = clause[: found.start()] + clause[found.end() :]
            return None if beside in terms("negation", language) else name  # type: ignore[return-value]
    return None


def _judge(question: Question, clause: _Clause) -> Verdict | None:
    """One clause against the side from which the question asks."""
    if question.negated:
        return None
    shared, lacking = bool(question.concepts & clause.concepts), bool(question.lacks & clause.concepts)
    if clause.modality == "waives":
        return _judge_waiver(question, lacking=lacking) if shared else None
    if not clause.about_access or not _asks_about_access(question):
        return None
    if clause.modality == "restricts":
        foreign = bool(question.concepts - clause.concepts)
        return _judge_restriction(question, shared=shared, lacking=lacking, foreign=foreign)
    if clause.modality == "opens":
        return _judge_opening(question)
    return None


def _asks_about_access(question: Question) -> bool:
    """Whether a question is about having or seeing something, or names what that hangs on."""
    return bool(question.concepts or question.frames & {"permission", "open_to_all"})


def _judge_opening(question: Question) -> Verdict | None:
    """A clause that opens something to all."""
    if _asks_if_exclusive(question):
        return "no"
    if "requirement" in question.frames and not question.without:
        return "no" if question.concepts else None
    return "yes" if question.frames & {"open_to_all", "permission"} else None


def _asks_if_exclusive(question: Question) -> bool:
    """Whether a question asks if something is kept to some: "only to customers", "고객에게만"."""
    return question.text in terms("exclusive", question.language)


def _judge_waiver(question: Question, *, lacking: bool) -> Verdict | None:
    """A clause that says that what the question names is not needed."""
    if "requirement" in question.frames and not question.without:
        return "no"
    return "yes" if lacking else None


def _judge_restriction(question: Question, *, shared: bool, lacking: bool, foreign: bool) -> Verdict | None:
    """A clause that keeps something to those who meet a condition."""
    if _asks_if_exclusive(question):
        return "yes" if bool(question.concepts) and not foreign else None
    if "open_to_all" in question.frames:
        return "no"
    if lacking:
        return "no"
    if shared and not question.without and "requirement" in question.frames:
        return "yes"
    if foreign or question.without or "permission" not in question.frames:
        return None
    return "yes" if shared else "conditional"


def opens_with(text: str) -> Literal["yes", "no"] | None:
    """The yes or no that a text opens with, as a FAQ's answer does: "Yes, if ...", "No. However ..."."""
    opening = _OPENING.match(text)
    return says_yes_or_no(opening[0]) if opening else None


def says_yes_or_no(text: str) -> Literal["yes", "no"] | None:
    """Whether a text is nothing but a yes or a no, as the first sentence of a FAQ's answer."""
    word = text.strip(" .!,").lower()
    for answer in ("yes", "no"):
        found = terms("answers", answer).find(word)
        if found and found.group() == word:
            return answer
    return None
