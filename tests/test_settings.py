"""Every setting: its default, its variable, its limits, and what a wrong value is answered with."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from corpus.documents import bundled_path
from corpus.errors import AssistantError, ConfigurationError
from ingest.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """No variable of the machine, and nothing remembered before or after."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SOC_{name.upper()}", raising=False)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def test_without_any_variable_the_bundled_page_is_answered_from_on_loopback():
    found = load_settings()
    assert found.documents == (bundled_path(),)
    assert found.host == "127.0.0.1"
    assert found.home.is_absolute()
    assert found.home.name == "soc-assistant"


def test_every_setting_is_described():
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("home", "/tmp/elsewhere", Path("/tmp/elsewhere")),
        ("documents", '["/a", "/b.md"]', (Path("/a"), Path("/b.md"))),
        ("embedding_model", "intfloat/multilingual-e5-small", "intfloat/multilingual-e5-small"),
        ("bm25_weight", "0.25", 0.25),
        ("bm25_weight", "0", 0.0),
        ("bm25_weight", "1", 1.0),
        ("candidates", "7", 7),
        ("passages", "3", 3),
        ("max_question_characters", "99", 99),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "0", 0),
    ],
)
def test_variable_sets_its_setting(monkeypatch, name, text, value):
    monkeypatch.setenv(f"SOC_{name.upper()}", text)
    assert getattr(load_settings(), name) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SOC_BM25_WEIGHT", "1.1"),
        ("SOC_BM25_WEIGHT", "-0.1"),
        ("SOC_BM25_WEIGHT", "much"),
        ("SOC_CANDIDATES", "0"),
        ("SOC_CANDIDATES", "many"),
        ("SOC_PASSAGES", "0"),
        ("SOC_PORT", "65536"),
        ("SOC_PORT", "-1"),
        ("SOC_MAX_QUESTION_CHARACTERS", "0"),
        ("SOC_DOCUMENTS", "[1, 2]"),
    ],
)
def test_wrong_value_is_an_error_that_names_the_variable_and_the_remedy(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(ConfigurationError, match=variable) as caught:
        load_settings()
    assert isinstance(caught.value, AssistantError)
    assert "unset" in caught.value.remedy


def test_documents_may_be_plain_paths(monkeypatch):
    monkeypatch.setenv("SOC_DOCUMENTS", os.pathsep.join(["/home/me/documents", "page.md"]))
    assert load_settings().documents == (Path("/home/me/documents"), Path("page.md"))


@pytest.mark.parametrize("text", ["", " ", "[", "[1, 2]"])
def test_documents_that_name_nothing_are_a_configuration_error(monkeypatch, text):
    monkeypatch.setenv("SOC_DOCUMENTS", text)
    with pytest.raises(ConfigurationError, match="SOC_DOCUMENTS"):
        load_settings()


def test_all_wrong_values_are_named_at_once(monkeypatch):
    monkeypatch.setenv("SOC_PORT", "x")
    monkeypatch.setenv("SOC_CANDIDATES", "y")
    with pytest.raises(ConfigurationError, match=r"(?s)(SOC_PORT.*SOC_CANDIDATES|SOC_CANDIDATES.*SOC_PORT)"):
        load_settings()


def test_settings_are_frozen_and_strict_about_names():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="colour"):
        Settings(colour="red")  # type: ignore[call-arg]


def test_variables_of_others_do_not_disturb(monkeypatch):
    monkeypatch.setenv("SOC_SOMETHING_ELSE", "1")
    assert load_settings() == Settings()


def test_settings_are_read_once():
    assert load_settings() is load_settings()
