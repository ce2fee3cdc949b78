"""One answer against its case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from assistant.records import Answer, Citation
    from evals.cases import Case

VerdictOutcome = Literal["right", "wrong", "missing"]
_OKAY_WEIGHT = 0.5
_MARK = re.compile(r"\[(\d+)\]")


def nugget_recall(case: Case, cited: frozenset[str]) -> float:
    """Share of the vital facts that a cited segment states, 0 to 1.

    Citation recall with segment ids as gold: AutoNuggetizer's strict vital score (Pradeep et al. 2024, arXiv
    2411.09607) where ALCE (Gao et al. 2023, arXiv 2305.14627) would ask a model whether the citation entails the fact.
    """
    vital = [nugget for nugget in case.nuggets if nugget.vital]
    if not vital:
        return 1.0
    return sum(bool(cited & set(nugget.segments)) for nugget in vital) / len(vital)


def nugget_score(case: Case, cited: frozenset[str]) -> float:
    """All facts, a vital one counting 1 and an okay one 1/2 (AutoNuggetizer's strict weighted score), 0 to 1."""
    weights = [(1.0 if nugget.vital else _OKAY_WEIGHT, nugget.segments) for nugget in case.nuggets]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, segments in weights if cited & set(segments)) / total if total else 1.0


def citation_precision(case: Case, cited: frozenset[str]) -> float:
    """Share of the cited segments that state one of the facts (ALCE, Gao et al. 2023, with segment ids as gold)."""
    return len(cited & case.gold) / len(cited) if cited else 0.0


def harmonic_mean(precision: float, recall: float) -> float:
    """F1 of the two (van Rijsbergen 1979); 0 where both are."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def fully_right(
    case: Case, cited: frozenset[str], verdict: str | None, *, abstained: bool, shown: Set[str] = frozenset()
) -> bool:
    """Whether an answer can be acted on as it is.

    Unanswerable: it abstains. Answerable: it does not, every vital fact is cited, a verdict, if the answer gives one,
    is the gold one, and where a case's point is that the languages disagree the answer says so: `shown` are the
    segments beside whose citation it does.
    """
    if not case.answerable:
        return abstained
    complete = not abstained and nugget_recall(case, cited) == 1.0 and shown >= set(case.divergent)
    return complete and (verdict is None or case.verdict is None or verdict == case.verdict)


def verdict_outcome(case: Case, verdict: str | None) -> VerdictOutcome | None:
    """How a verdict stands to the gold one; a wrong verdict and none at all are different faults. None without gold."""
    if case.verdict is None:
        return None
    if verdict is None:
        return "missing"
    return "right" if verdict == case.verdict else "wrong"


def divergences_shown(answer: Answer) -> frozenset[tuple[str, str]]:
    """(document, segment) of every citation beside which the answer says that its two languages disagree."""
    return frozenset(
        (citation.document, divergence.segment_id)
        for citation in answer.citations
        for divergence in citation.divergences
        if divergence.segment_id in citation.segment_ids
    )


def quote_fidelity(answer: Answer, texts: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[int, int]:
    """(quotes that are byte for byte what their segments say, quotes); a citation has one in each language.

    `texts` maps (document, segment id) to its (Korean, English). A quote is its segments' texts, one a line. What
    names a segment that does not exist is no faithful quote.
    """
    faithful = 0
    for citation in answer.citations:
        found = [texts.get((citation.document, segment)) for segment in citation.segment_ids]
        for number, quote in enumerate((citation.quote_ko, citation.quote_en)):
            said = "\n".join(pair[number] for pair in found if pair and pair[number])
            faithful += None not in found and quote == said
    return faithful, 2 * len(answer.citations)


def statements_carried(answer: Answer) -> tuple[int, int]:
    """(statements that their citation carries, statements): ALCE's citation recall within the answer.

    A statement is what stands before a citation's number. It is carried when a quoted line, in either language, or
    the heading that the evidence stands under, closes it byte for byte: the strictest judge of entailment, right for
    quoted answers; for answers in a model's own words a judge that reads is needed in its place.
    """
    cited = {citation.number: citation for citation in answer.citations}
    pieces = _MARK.split(answer.text)
    statements = list(zip(pieces[::2], pieces[1::2], strict=False))
    carried = sum(_carries(cited.get(int(number)), statement.strip()) for statement, number in statements)
    return carried, len(statements)


def _carries(citation: Citation | None, statement: str) -> bool:
    if citation is None or not statement:
        return False
    headings = (*citation.heading_path_en, *citation.heading_path_ko)
    lines = [line.strip() for line in (*citation.quote_en.split("\n"), *citation.quote_ko.split("\n"), *headings)]
    return any(line and statement.endswith(line) for line in lines)
