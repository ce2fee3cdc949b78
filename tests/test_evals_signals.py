"""What signals are worth: one that alone tells the evidence is worth much, noise is worth nothing."""

import numpy as np
import pytest
from test_models import CASES, bench  # noqa: F401
from test_run import case

from evals.signals import Candidates, candidates, worth_table, worths
from ingest.signals import SIGNALS
from ingest.training.ranker import Example

TELLING = list(SIGNALS).index("bm25")


def made(count):
    """Pairs of twins, each with five candidates of which `bm25` alone tells the evidence; the rest is noise."""
    draw = np.random.default_rng(0)
    found = []
    for number in range(count):
        gold = np.arange(5) == draw.integers(5)
        for language in ("en", "ko"):
            values = draw.normal(size=(5, len(SIGNALS)))
            values[:, TELLING] = gold + 0.1 * draw.normal(size=5)
            asked = case(f"{number}-{language}", "s", language=language, twin=str(number))
            found.append(Candidates(asked, Example(values, gold)))
    return found


def test_signal_that_tells_the_evidence_is_worth_what_is_lost_without_it():
    whole, found = worths(made(20))
    assert (whole.value, whole.n) == (1.0, 20)
    assert list(found) == list(SIGNALS)
    best = found.pop("bm25")
    assert best.weight > 1
    assert 0.3 < best.lost.value < 0.7  # of five in any order the first evidence has .457
    assert best.p < 0.001
    assert all(one.lost.value == 0.0 and one.p == 1.0 for one in found.values())


def test_evidence_that_is_not_proposed_counts_as_zero():
    missed = Candidates(case("missed", "s"), None)
    whole, _ = worths([*made(9), missed])
    assert whole.value == pytest.approx(0.9)


def test_candidates_are_the_index_s_proposals_without_a_faq_s_question(bench):  # noqa: F811
    asked = [*CASES, case("Where are the reports?", "reports-8"), case("Nobody?", "nowhere")]
    *answered, faq, missed = candidates(bench, asked)
    assert all(one.example.gold.sum() == 1 for one in (*answered, faq))
    assert missed.example is None
    whole = bench.index.search("Where are the reports?", k=bench.settings.candidates)
    proposed = [scores.segment for hit in whole for scores in hit.segments]
    assert len(faq.example.gold) == sum(segment.kind != "question" for segment in proposed) < len(proposed)


def test_worth_table_puts_the_worthiest_first():
    lines = worth_table(*worths(made(20))).split("\n")
    assert lines[2].startswith("| bm25 | +")
    assert len(lines) == 2 + len(SIGNALS) + 2
    assert lines[-1].startswith("Mean reciprocal rank by all signals: 1.000 [")
