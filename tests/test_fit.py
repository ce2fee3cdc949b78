"""Fitting the judges' numbers: on samples that one signal tells apart, and with a reader whose verdicts are wrong."""

from dataclasses import replace

import pytest
from fakes import reports_page
from test_extract import WordReader, passages

from assistant.extract import Candidate, ExtractiveWriter
from assistant.question import understand
from evals.cases import Case, Nugget
from evals.fit import UNFITTED, Sample, fit

QUESTION = understand("Do reports appear every year?", max_characters=200)


def case(number, *, answerable, verdict=None):
    nuggets = (Nugget(fact="every year", vital=True, segments=("reports-2",)),) if answerable else ()
    return Case(
        id=f"c{number}", twin=f"c{number}", split="dev", scope="soc", kind="yesno" if answerable else "unanswerable",
        language="en", question=QUESTION.text, nuggets=nuggets, verdict=verdict if answerable else None,
        unanswerable=None if answerable else "out_of_database",
    )  # fmt: skip


def sample(number, *, answerable, verdict=None, reader=None):
    found = passages(reports_page(), s2=1.0)
    (one,) = ExtractiveWriter(UNFITTED.model_copy(update={"read": 1}), reader).candidates(QUESTION, found)
    cosine = (0.8 if answerable else 0.6) + number % 5 / 100
    candidate: Candidate = replace(one, ranked=replace(one.ranked, cosine=cosine))
    return Sample(case(number, answerable=answerable, verdict=verdict), QUESTION, (candidate,), strangers=0)


def samples(count=40, **options):
    return [sample(number, answerable=number % 2 == 0, **options) for number in range(count)]


def test_fit_finds_the_signal_that_tells_answers_from_the_rest():
    found = samples()
    judgement = fit(found, UNFITTED, None)
    refused = {
        one.case.answerable
        for one in found
        if judgement.confidence(one.question, one.candidates, one.strangers) < judgement.threshold
    }
    assert judgement.weights["cosine"] > 0
    assert False in refused
    kept = [one for one in found if one.case.answerable]
    below = [judgement.confidence(one.question, one.candidates, 0) < judgement.threshold for one in kept]
    assert sum(below) <= 0.2 * len(kept)


@pytest.mark.parametrize(("gold", "count", "trusted"), [("yes", 80, True), ("yes", 20, False), ("no", 80, False)])
def test_fit_trusts_a_readers_verdicts_only_where_they_are_surely_right(gold, count, trusted):
    reader = WordReader("every year", verdict="yes", sure=0.92)
    judgement = fit(samples(count, verdict=gold, reader=reader), UNFITTED, reader)
    assert (judgement.verdict <= 0.92) is trusted
