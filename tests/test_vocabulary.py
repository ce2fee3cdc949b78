"""The vocabularies and how their terms match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.vocabulary import Terms, named_terms, terms, vocabulary


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("nda", "without an NDA?"),
        ("nda", "NDA가 필요한가요"),
        ("nda", "우리NDA없이"),
        ("nda", "(nda)"),
        ("have to", "do I have  to sign"),
        ("can't", "I can’t see it"),
        ("can't", "I can't see it"),
        ("수 있", "볼 수  있나요"),
        ("없이", "계약없이도"),
    ],
)
def test_terms_match_as_people_type(term, text):
    assert text in Terms.of([term])


@pytest.mark.parametrize(
    ("term", "text"),
    [("nda", "agenda"), ("nda", "ndas"), ("can", "cannot"), ("no", "non-disclosure"), ("is", "this"), ("es", "está")],
)
def test_terms_of_latin_letters_match_whole_words_only(term, text):
    assert text not in Terms.of([term])


def test_terms_take_the_longest_match_first():
    found = Terms.of(["confidentiality", "confidentiality agreement"]).find("a confidentiality agreement")
    assert found is not None
    assert found.group() == "confidentiality agreement"


def test_terms_of_nothing_match_nothing():
    assert "anything" not in Terms.of([])


@given(st.text(min_size=1), st.text())
def test_terms_treat_any_text_as_letters_not_as_a_pattern(term, text):
    assert (text in Terms.of([term])) in (True, False)


def test_a_path_gathers_the_terms_of_everything_under_it():
    assert "예" in terms("answers")
    assert "yes" in terms("answers")
    assert "예" not in terms("answers", "no")


def test_named_terms_keep_the_order_of_the_file():
    assert list(named_terms("modality", "en")) == list(vocabulary()["modality"]["en"])
    assert next(iter(named_terms("modality", "ko"))) == "forbids"


def test_both_languages_have_the_same_tables():
    for table in ("kinds", "yes_no"):
        assert {"en", "ko"} <= set(vocabulary()["question"][table])
    assert set(vocabulary()["question"]["kinds"]["en"]) == set(vocabulary()["question"]["kinds"]["ko"])
    for table in ("frames", "modality", "coverage"):
        assert set(vocabulary()[table]["en"]) == set(vocabulary()[table]["ko"]), table


def test_no_term_is_empty():
    def leaves(entry):
        return entry if isinstance(entry, list) else [term for part in entry.values() for term in leaves(part)]

    assert all(term.strip() == term and term for term in leaves(dict(vocabulary())))


@pytest.mark.parametrize("name", sorted(vocabulary()["concepts"]))
def test_every_concept_is_named_in_both_languages(name):
    spellings = vocabulary()["concepts"][name]
    assert any(term.isascii() for term in spellings)
    assert any("가" <= letter <= "힣" for term in spellings for letter in term)
