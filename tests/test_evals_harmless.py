"""Harmless rewritings: what they change, and that what is shown for it is counted."""

import pytest

from evals.harmless import REWRITERS, alarms, harmless
from ingest.training.divergence import Labelled


def pair(en="a", ko="b", label="none"):
    return Labelled(en, ko, label, "none", "repo/page", "random", "dev")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("no full stop in English", ("It ends.", "끝."), ("It ends", "끝.")),
        ("English numbers without commas", ("1,000 of 2,5", "1,000명"), ("1000 of 2,5", "1,000명")),
        ("a blank before a Korean counter", ("30", "30일 안에, 3일차"), ("30", "30 일 안에, 3일차")),
        ("Korean in the plain polite style", ("x", "보관합니다."), ("x", "보관해요.")),
        ("other quotation marks in English", ('the "log"', "x"), ("the \u201clog\u201d", "x")),
        ("other dashes", ("a - b", "1~2"), ("a \u2013 b", "1-2")),
        ("English begun in lower case", ("The log", "x"), ("the log", "x")),
        ("English begun in lower case", ("SOC 2", "x"), ("SOC 2", "x")),
    ],
)
def test_harmless_rewriting_by_eye(name, before, after):
    rewritten = REWRITERS[name](pair(*before))
    assert (rewritten.en, rewritten.ko) == after


def test_harmless_variants_are_of_agreeing_pairs_that_change():
    pairs = [pair("One."), pair("Two.", label="major"), pair("three")]
    assert [(name, one.en, other.en) for name, one, other in harmless(pairs)] == [
        ("no full stop in English", "One.", "One")
    ]


def test_harmless_alarms_count_what_was_silent_before():
    loud = {"One": "major", "Two": "minor", "Four.": "minor", "Four": "major"}
    found = alarms([pair("One."), pair("Two."), pair("Three."), pair("Four.")], lambda one: loud.get(one.en))
    major, some = found["no full stop in English"]
    assert (round(major.value, 3), major.n) == (0.333, 3)
    assert (round(some.value, 3), some.n) == (0.667, 3)
    assert found["other dashes"][0].n == 0
