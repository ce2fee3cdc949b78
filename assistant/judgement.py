"""How the judges' opinions are weighed: a few numbers, fitted on the development questions and kept as data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.asked import is_beyond, said, sorts, speaks_of_all
from assistant.reader import log_odds
from assistant.verdict import rule
from corpus.entities import entities
from corpus.errors import ModelError
from ingest.lexical import tokens

if TYPE_CHECKING:
    from assistant.extract import Candidate
    from assistant.question import Question
    from assistant.reader import Reading
    from assistant.retrieve import RankedSegment

FILE = "judgement.json"
_DEPTH = 5
_NEAR = 3


class Judgement(BaseModel):
    """The fitted numbers.

    read           how many of the best-ranked segments the reader reads
    reading        weight of the reader's log-odds beside the ranking's score
    fact           what a segment gains that holds a fact of the sort asked for
    margin         how far below the best segment's score a further sentence of the answer may lie
    sentences      how many sentences an answer has at the most
    weights        of the logistic regression over `signals`, with its intercept
    threshold      answers of a lower confidence are not given
    verdict        probability from which the reader's verdict counts where no rule speaks; 1: never
    veto           probability from which the reader's verdict silences a rule's other one; 1: never
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: int
    reading: float
    fact: float
    margin: float
    sentences: int
    weights: dict[str, float]
    threshold: float
    verdict: float
    veto: float

    @classmethod
    def load(cls, reader: Path | None = None) -> Judgement:
        """The numbers fitted for a reader's folder, or those for no reader.

        Raises:
            ModelError: the reader's folder has none yet.
        """
        path = reader / FILE if reader else files("assistant").joinpath("data", FILE)
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise ModelError(
                f"{path} cannot be read: {str(error).splitlines()[0]}.",
                remedy="Fit the numbers for this reader: python -m evals fit --out FILE.",
            ) from error

    def score(self, ranked: RankedSegment, reading: Reading | None, *, fact: bool) -> float:
        read = self.reading * log_odds(reading.answers) if reading else 0.0
        return ranked.score + read + self.fact * fact

    def confidence(self, question: Question, candidates: Sequence[Candidate], strangers: int) -> float:
        """Probability that the best candidates answer the question, 0 to 1; 0 without candidates."""
        if not candidates:
            return 0.0
        found = signals(question, candidates, strangers)
        total = self.weights["intercept"] + sum(self.weights.get(name, 0.0) * value for name, value in found.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def signals(question: Question, candidates: Sequence[Candidate], strangers: int) -> dict[str, float]:
    """What the confidence is computed from. None depends on the size of the collection.

    answers     log-odds of the best candidate's reading in both languages (0 without a reader)
    most        the highest log-odds among all candidates
    several     mean log-odds of the three best candidates
    cosine      the best candidate's cosine
    depth       mean cosine of the five best candidates
    coverage    share of the question's terms, weighed by rarity, that the best candidate holds within its context
    covered     the highest such share among all candidates
    spoken_of   share of the question's terms that the best candidate's passage says in either language
    length      logarithm of how many terms the question has: of a long one less is said
    names       1 if the best candidate's passage has every numbered name of the question, else 0
    strangers   how many names of the question nothing that was retrieved speaks of, at most 2
    wanted      1 if a sort of fact is asked for by name
    missing     1 if it is and the best candidate holds none, or its passage does not speak of all that is named
    beyond      1 if the question asks for what no document gives
    yes_no      1 if yes or no is asked for
    ruled       1 if the rules read a verdict off the best candidates
    dangling    1 if the question refers to something that has not been said
    """
    best = candidates[0]
    wanted = bool(sorts(question))
    spoken = said(best.passage)
    top = [one.ranked.cosine for one in candidates[:_DEPTH]]
    odds = [log_odds(one.reading.answers) if one.reading else 0.0 for one in candidates]
    stated = frozenset(tokens(question.text))
    return {
        "answers": log_odds(best.both.answers) if best.both else 0.0,
        "most": max(odds),
        "several": fmean(odds[:_NEAR]),
        "cosine": best.ranked.cosine,
        "depth": fmean(top),
        "coverage": best.ranked.coverage,
        "covered": max(one.ranked.coverage for one in candidates),
        "spoken_of": len(stated & frozenset(tokens(spoken))) / max(1, len(stated)),
        "length": math.log1p(len(stated)),
        "names": float(question.entities <= entities(spoken)),
        "strangers": float(min(strangers, 2)),
        "wanted": float(wanted),
        "missing": float(wanted and not (best.fact and speaks_of_all(best.passage, question))),
        "beyond": float(is_beyond(question)),
        "yes_no": float(question.kind == "yes_no"),
        "ruled": float(rule(question, [one.segment for one in candidates[:_NEAR]]) is not None),
        "dangling": float(question.dangling),
    }
