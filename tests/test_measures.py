"""Measures against values computed by hand."""

import random

import pytest
from fake_systems import answer
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import Case, Nugget
from evals.measures import (
    agreement,
    area_under_risk,
    auroc,
    bootstrap,
    calibration_error,
    citation_precision,
    coverage_risk,
    fully_right,
    harmonic_mean,
    nugget_recall,
    nugget_score,
    per_query,
    percentile,
    quote_fidelity,
    randomisation_test,
    reliability,
    statements_carried,
    verdict_outcome,
    wilson,
)


def case(*nuggets, verdict=None, unanswerable=None):
    """A case with nuggets as (vital, segment, segment ...)."""
    return Case(
        id="c-en",
        twin="c",
        split="dev",
        scope="soc",
        kind="lookup",
        language="en",
        question="?",
        nuggets=tuple(Nugget(fact="f", vital=vital, segments=segments) for vital, *segments in nuggets),
        verdict=verdict,
        condition="if" if verdict == "conditional" else None,
        unanswerable=unanswerable,
    )


TWO_VITAL = case((True, "a", "b"), (True, "c"), (False, "d"))


@pytest.mark.parametrize(
    ("cited", "recall", "precision"),
    [
        ("", 0.0, 0.0),
        ("a", 0.5, 1.0),
        ("ab", 0.5, 1.0),
        ("ac", 1.0, 1.0),
        ("bc", 1.0, 1.0),
        ("abcd", 1.0, 1.0),
        ("d", 0.0, 1.0),
        ("acx", 1.0, 2 / 3),
        ("xy", 0.0, 0.0),
        ("axyz", 0.5, 0.25),
    ],
)
def test_recall_and_precision_of_citations(cited, recall, precision):
    assert nugget_recall(TWO_VITAL, frozenset(cited)) == recall
    assert citation_precision(TWO_VITAL, frozenset(cited)) == pytest.approx(precision)


def test_recall_without_vital_facts_is_whole():
    assert nugget_recall(case((False, "a")), frozenset()) == 1.0


@pytest.mark.parametrize(
    ("cited", "verdict", "abstained", "right"),
    [
        ("ac", None, False, True),
        ("acx", None, False, True),
        ("a", None, False, False),
        ("ac", None, True, False),
        ("", None, True, False),
    ],
)
def test_answerable_is_right_when_every_vital_fact_is_cited(cited, verdict, abstained, right):
    assert fully_right(TWO_VITAL, frozenset(cited), verdict, abstained=abstained) is right


@pytest.mark.parametrize(
    ("gold", "given_verdict", "right"),
    [
        ("no", "no", True),
        ("no", "yes", False),
        ("no", None, True),
        ("no", "conditional", False),
        (None, "yes", True),
        (None, None, True),
        ("conditional", "conditional", True),
    ],
)
def test_verdict_must_not_be_wrong(gold, given_verdict, right):
    assert fully_right(case((True, "a"), verdict=gold), frozenset("a"), given_verdict, abstained=False) is right


@pytest.mark.parametrize(("abstained", "right"), [(True, True), (False, False)])
def test_unanswerable_is_right_when_it_abstains(abstained, right):
    assert fully_right(case(unanswerable="nonsensical"), frozenset("a"), None, abstained=abstained) is right


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        # z^2 = 3.8415; upper end for 0 of 10: z^2 / (10 + z^2)
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        # middle .5, half = sqrt(z^2 / (4 * (10 + z^2))) = .2634
        (5, 10, 0.2366, 0.7634),
        # Newcombe 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval(successes, total, low, high):
    assert wilson(successes, total) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_interval_holds_the_share(numbers):
    successes, total = numbers
    low, high = wilson(successes, total)
    assert 0 <= low <= successes / total + 1e-12
    assert successes / total - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [
        ([], [], 0.5),
        ([1], [], 0.5),
        ([], [1], 0.5),
        ([2], [1], 1.0),
        ([1], [2], 0.0),
        ([1], [1], 0.5),
        ([3, 1], [2, 0], 0.75),
        ([1, 1, 1], [1, 1], 0.5),
        ([2, 1], [1, 0], 0.875),
        ([0.9, 0.8, 0.4], [0.8, 0.3], 4.5 / 6),
    ],
)
def test_auroc(positives, negatives, expected):
    assert auroc(positives, negatives) == pytest.approx(expected)


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12), st.lists(st.integers(-3, 3), min_size=1, max_size=12))
def test_auroc_is_the_share_of_pairs_in_order(positives, negatives):
    pairs = [(positive > negative) + (positive == negative) / 2 for positive in positives for negative in negatives]
    assert auroc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))


def test_bootstrap_of_nothing_and_of_one_value():
    assert bootstrap([]) == (0.0, 0.0)
    assert bootstrap([0.4] * 7) == (pytest.approx(0.4), pytest.approx(0.4))


def test_bootstrap_is_the_same_for_the_same_seed_and_holds_the_mean():
    values = [0.0, 1.0] * 20
    low, high = bootstrap(values)
    assert (low, high) == bootstrap(values)
    assert low < 0.5 < high
    # the deviation of a mean of 40 coins is .079: the interval is about .5 +- .155
    assert (low, high) == (pytest.approx(0.345, abs=0.035), pytest.approx(0.655, abs=0.035))


def test_bootstrap_takes_another_statistic_and_leaves_the_global_dice_alone():
    random.seed(1)
    before = random.getstate()
    low, high = bootstrap([1.0, 2.0, 9.0], statistic=max, rounds=200)
    assert low in (1.0, 2.0)
    assert high == 9.0
    assert random.getstate() == before


def test_weighted_score_counts_an_okay_fact_half():
    assert nugget_score(TWO_VITAL, frozenset("a")) == pytest.approx(1 / 2.5)
    assert nugget_score(TWO_VITAL, frozenset("ad")) == pytest.approx(1.5 / 2.5)
    assert nugget_score(TWO_VITAL, frozenset("acd")) == 1.0
    assert nugget_score(case(unanswerable="nonsensical"), frozenset()) == 1.0


def test_harmonic_mean():
    assert harmonic_mean(0.5, 1.0) == pytest.approx(2 / 3)
    assert harmonic_mean(0.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("gold", "said", "outcome"),
    [("no", "no", "right"), ("no", "yes", "wrong"), ("no", None, "missing"), (None, "yes", None), (None, None, None)],
)
def test_verdict_outcome_keeps_wrong_and_missing_apart(gold, said, outcome):
    assert verdict_outcome(case((True, "a"), verdict=gold), said) == outcome


TEXTS = {("d", "s"): ("한국어", "English"), ("d", "t"): ("", "Only English")}


@pytest.mark.parametrize(
    ("segments", "ko", "en", "faithful"),
    [
        (("s",), "한국어", "English", 2),
        (("s", "t"), "한국어", "English\nOnly English", 2),
        (("t", "s"), "한국어", "English\nOnly English", 1),
        (("s",), "한국어 ", "English", 1),
        (("s",), "한국어", "english", 1),
        (("s", "nowhere"), "한국어", "English", 0),
    ],
)
def test_quotes_are_faithful_byte_for_byte(segments, ko, en, faithful):
    assert quote_fidelity(answer(*segments, quote_ko=ko, quote_en=en), TEXTS) == (faithful, 2)


def test_quotes_of_another_document_or_of_none_are_not_faithful():
    assert quote_fidelity(answer("s", document="e", quote_ko="한국어", quote_en="English"), TEXTS) == (0, 2)
    assert quote_fidelity(answer(), TEXTS) == (0, 0)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("No. One line. [1]", (1, 1)),
        ("- 한 줄. [1]\n- Another. [1]", (1, 2)),
        ("In my own words [1]", (0, 1)),
        ("One line. [2]", (0, 1)),
        ("One line.", (0, 0)),
    ],
)
def test_statements_are_carried_by_what_their_citation_quotes(text, counted):
    assert statements_carried(answer("s", text=text, quote_en="One line.\nTwo.", quote_ko="한 줄.")) == counted


def test_coverage_and_risk_by_hand():
    # of 5 questions 4 were answered; by confidence: right, wrong and right together, wrong
    points = coverage_risk([(0.2, False), (0.9, True), (0.5, False), (0.5, True)], 5)
    assert points == [(0.2, 0.0), (0.6, pytest.approx(1 / 3)), (0.8, 0.5)]
    # trapezoids: .2 * 0, .4 * 1/6, .2 * 5/12, over .8
    assert area_under_risk(points) == pytest.approx((0.4 / 6 + 0.2 * 5 / 12) / 0.8)
    assert coverage_risk([], 3) == []
    assert area_under_risk([]) == 0.0


def test_calibration_by_hand():
    predictions = [(0.95, True), (1.0, False), (0.15, False), (0.1, False)]
    assert [(one.confidence, one.truth, one.count) for one in reliability(predictions)] == [
        (pytest.approx(0.125), 0.0, 2),
        (pytest.approx(0.975), 0.5, 2),
    ]
    assert calibration_error(predictions) == pytest.approx((0.125 + 0.475) / 2)
    assert calibration_error([]) == 0.0


def test_percentiles_are_values_of_the_sample():
    values = list(range(100, 0, -1))
    assert [percentile(values, part) for part in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.01) == 7.0
    assert percentile([], 0.5) == 0.0


def test_agreement_counts_equal_outcomes():
    assert agreement([((True, "no"), (True, "no")), ((True, None), (True, "no")), (1, 1)]) == (2, 3)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([1.0], 1.0),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 2 / 64),
        ([1.0, -1.0], 1.0),
        ([3.0, -1.0], 1.0),  # |sum| 2 or 4 in every assignment
        ([1.0, 1.0, 1.0, 0.0, 0.0], 2 / 8),
    ],
)
def test_randomisation_tries_every_sign_of_few(differences, p):
    assert randomisation_test(differences) == pytest.approx(p)


def test_randomisation_of_many_is_seeded_and_near_the_exact_value():
    differences = [1.0] * 14 + [-1.0] * 6  # binomial: P(|X - 10| >= 4) of 20 fair coins = .1153
    assert randomisation_test(differences) == randomisation_test(differences)
    assert randomisation_test(differences) == pytest.approx(0.1153, abs=0.01)


def test_ranking_measures_by_hand():
    gold = {"q": {"a": 1, "b": 1}, "missed": {"c": 1}}
    found = {"q": {"a": 0.5, "x": 0.9, "y": 0.1}, "stranger": {"a": 1.0}}
    values = per_query(gold, found, ["Success@1", "Success@3", "R@20", "RR", "nDCG@10"])
    assert values["Success@1"] == {"q": 0.0, "missed": 0.0}
    assert values["Success@3"] == {"q": 1.0, "missed": 0.0}
    assert values["R@20"] == {"q": 0.5, "missed": 0.0}
    assert values["RR"] == {"q": 0.5, "missed": 0.0}
    # one hit at 2 of an ideal of two at 1 and 2: (1 / log2 3) / (1 + 1 / log2 3)
    assert values["nDCG@10"]["q"] == pytest.approx(0.3869, abs=1e-4)
    assert per_query(gold, {}, ["RR"]) == {"RR": {"q": 0.0, "missed": 0.0}}
    with pytest.raises(ValueError, match="not all measures"):
        per_query(gold, found, ["Fame@3"])
