"""Numbered names, in whichever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.entities import entities, rename, without_entities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SOC 2", {"soc 2"}),
        ("SOC2", {"soc 2"}),
        ("soc-2", {"soc 2"}),
        ("Soc 2 Type 2", {"soc 2", "type 2"}),
        ("SOC 1, 2, and 3 reports", {"soc 1", "soc 2", "soc 3"}),
        ("SOC 1, 2 및 3 보고서", {"soc 1", "soc 2", "soc 3"}),
        ("SOC1/2", {"soc 1", "soc 2"}),
        ("SOC 1 & 2", {"soc 1", "soc 2"}),
        ("SOC 1 or 2", {"soc 1", "soc 2"}),
        ("SOC 1과 2를", {"soc 1", "soc 2"}),
        ("SOC 1, 2는 되고 3은요", {"soc 1", "soc 2"}),
        ("SOC 1·2·3", {"soc 1", "soc 2", "soc 3"}),
        ("SOC 1 또는 2", {"soc 1", "soc 2"}),
        ("SOC2보고서", {"soc 2"}),
        ("우리SOC2보고서", {"soc 2"}),
        ("ISO/IEC 27001", {"iso 27001"}),
        ("ISO 27001:2013", {"iso 27001"}),
        ("ISO-27001", {"iso 27001"}),
        ("ISAE(3402)", set()),
        ("ISAE 3402", {"isae 3402"}),
        ("SSAE18", {"ssae 18"}),
        ("NIST 800-171", {"nist 800-171"}),
        ("version 3.2.1", {"version 3.2.1"}),
        ("Office 365 and Dynamics 365", {"office 365", "dynamics 365"}),
        ("Service Organization Controls (SOC) 2", {"soc 2"}),
        ("no number here", set()),
        ("12 months", set()),
        ("", set()),
    ],
)
def test_entities_are_found_in_every_spelling(text, expected):
    assert entities(text) == expected


@pytest.mark.parametrize(
    "text", ["SOC 1 and 20% of the rest", "SOC 1 및 2018년", "SOC 1과 2가지 조건", "SOC 1, 12개월", "SOC 1 and 2nd"]
)
def test_entities_do_not_take_an_amount_for_a_further_number(text):
    assert entities(text) == {"soc 1"}


@pytest.mark.parametrize("text", ["within 30 days", "in 2019", "for 12 months", "March 31 and May 2018", "at least 3"])
def test_entities_do_not_take_amounts_and_dates_for_names(text):
    assert entities(text) == set()


@given(st.text())
def test_entities_are_lower_case_pairs_of_name_and_number(text):
    for entity in entities(text):
        name, number = entity.rsplit(" ", 1)
        assert name == name.lower()
        assert number[0].isdigit()


@pytest.mark.parametrize(
    ("text", "newer", "expected"),
    [
        ("is Intune covered by SOC 2?", "and SOC 3?", "is Intune covered by SOC 3?"),
        ("is Intune covered by soc2?", "SOC 3?", "is Intune covered by soc3?"),
        ("Intune은 SOC 2 대상인가요?", "SOC 1은요?", "Intune은 SOC 1 대상인가요?"),
        ("is Intune covered by SOC 2?", "and Power BI?", "is Intune covered by SOC 2?"),
        ("is Intune covered by SOC 2?", "and ISO 27001?", "is Intune covered by SOC 2?"),
        ("is it in SOC 1 or SOC 2?", "and SOC 3?", "is it in SOC 1 or SOC 2?"),
        ("is it in SOC 2?", "SOC 2?", "is it in SOC 2?"),
    ],
)
def test_rename_replaces_a_namesake_and_nothing_else(text, newer, expected):
    assert rename(text, newer) == expected


@pytest.mark.parametrize("text", ["kept 90 days", "Azure 99.9%", "retained 30 working days", "in 2018"])
def test_entities_are_no_numbers_of_something(text):
    assert entities(text) == frozenset()
    assert without_entities(text) == text


def test_rename_leaves_a_longer_number_alone():
    assert rename("ISO 27001 and SOC 2", "SOC 3") == "ISO 27001 and SOC 3"
    assert rename("SOC 2 of ISO 27002", "SOC 1") == "SOC 1 of ISO 27002"


@given(st.text(max_size=60), st.text(max_size=60))
def test_rename_never_raises(text, newer):
    rename(text, newer)
