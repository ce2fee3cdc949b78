"""The gate as it is called: over the bundled page, with the assistant that ships and with one made worse."""

import pytest

from assistant.answer import Assistant, open_writer
from evals.__main__ import main
from evals.gate import Baseline
from ingest.embedder import open_embedder
from ingest.settings import load_settings


class Forgetful:
    """A writer that never sees the best passage."""

    mode = "extractive"

    def __init__(self, writer):
        self._writer = writer

    def write(self, question, passages, history):
        return self._writer.write(question, passages[1:], history)


def worsened(place):
    return Assistant(place.settings, open_embedder(), Forgetful(open_writer(place.settings)))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


def test_gate_catches_a_worsened_system_and_lets_the_shipped_one_through(home, capsys):
    baseline = str(home / "baseline.json")
    assert main(["gate", "--baseline", baseline]) == 1
    assert "Record one" in capsys.readouterr().err
    assert main(["gate", "--baseline", baseline, "--record", "as it ships"]) == 0
    assert [entry.why for entry in Baseline.load(home / "baseline.json").history] == ["as it ships"]
    assert main(["gate", "--baseline", baseline]) == 0
    printed = capsys.readouterr()
    assert "| fully right answers, English | " in printed.out
    assert "worse" not in printed.err
    assert main(["gate", "--baseline", baseline, "--system", "test_gate_command:worsened"]) == 1
    assert "worse: fully right answers, English is " in capsys.readouterr().err
