"""Measures against values computed by hand."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import Case, Nugget
from evals.measures import auroc, bootstrap, citation_precision, fully_right, nugget_recall, wilson


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
    assert fully_right(case(unanswerable="not stated"), frozenset("a"), None, abstained=abstained) is right


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
