import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import write_pages

import ingest
from corpus.documents import Problem
from ingest.__main__ import ProgressBar, describe, main
from ingest.index import BuildSummary, live_generation
from ingest.settings import load_settings

ROOT = Path(ingest.__file__).resolve().parent.parent
SUMMARY = (
    r"(new index|index unchanged) \S+: (\d+) documents, (\d+) segments, (\d+) chunks; "
    r"(\d+) texts embedded, (\d+) reused; \d+\.\d s; (\d+) problems"
)


def ingested(capsys):
    """(state, documents, segments, chunks, embedded, reused, problems) of the summary line, and the lines after it."""
    first, *others = capsys.readouterr().out.splitlines()
    state, *numbers = re.fullmatch(SUMMARY, first).groups()
    return (state, *map(int, numbers)), others


@pytest.fixture
def home(home, monkeypatch):
    """The home that SOC_HOME names; no other setting is made."""
    for name in [name for name in os.environ if name.startswith("SOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOC_HOME", str(home))
    load_settings.cache_clear()
    yield home
    load_settings.cache_clear()


def test_ingest_main_builds_the_index_and_sums_up(home, tmp_path, capsys):
    pages = write_pages(tmp_path / "pages")
    (pages / "broken.md").write_bytes(b"\xff\xfe")
    assert main([str(pages)]) == 0
    built, others = ingested(capsys)
    assert built[:4] == ("new index", 2, 16, 5)
    assert built[4] > 0
    assert built[5:] == (0, 1)
    assert len(others) == 1
    assert others[0].startswith(f"  problem: {pages / 'broken.md'}")
    assert live_generation(home).manifest().chunks == 5

    (pages / "broken.md").unlink()
    assert main([str(pages)]) == 0
    again, others = ingested(capsys)
    assert again == ("index unchanged", 2, 16, 5, 0, built[4], 0)
    assert others == []


def test_ingest_main_without_paths_takes_the_documents_of_the_settings(home, tmp_path, capsys, monkeypatch):
    pages = write_pages(tmp_path / "pages")
    monkeypatch.setenv("SOC_DOCUMENTS", f'["{pages / "health.ko-kr.md"}"]')
    assert main([]) == 0
    assert ingested(capsys)[0][:2] == ("new index", 1)
    assert set(live_generation(home).manifest().sources) == {"health"}


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("SOC_EMBEDDING_MODEL", "/no/such/model", "/no/such/model"),
        ("SOC_PORT", "seven", "SOC_PORT"),
        ("SOC_HOME", "/dev/null/home", "/dev/null/home"),
    ],
)
def test_ingest_main_says_in_one_line_what_is_wrong_with_a_setting(
    home, tmp_path, capsys, monkeypatch, setting, value, expected
):
    monkeypatch.setenv(setting, value)
    assert main([str(write_pages(tmp_path / "pages"))]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert line.startswith("error: ")
    assert expected in line
    assert printed.out == ""
    assert not home.exists()


def test_ingest_main_says_in_one_line_what_is_wrong_with_a_path(home, tmp_path):
    command = [sys.executable, "-m", "ingest", str(tmp_path / "nowhere")]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stdout == ""
    (line,) = finished.stderr.splitlines()
    assert line.startswith(f"error: {tmp_path / 'nowhere'} does not exist.")
    assert not home.exists()


def test_ingest_main_explains_itself(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "python -m ingest" in capsys.readouterr().out


def test_ingest_main_refuses_unknown_options(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--unknown"])
    assert caught.value.code == 2
    assert "--unknown" in capsys.readouterr().err


def test_ingest_main_describes_a_build():
    summary = BuildSummary(
        generation="20260101T000000Z-abcdef",
        documents=3,
        segments=40,
        chunks=12,
        embedded=70,
        reused=10,
        seconds=1.25,
        changed=True,
        problems=(Problem("a.md", 7, "The file is odd. Change it."), Problem("b.md", None, "Gone.")),
    )
    assert describe(summary).splitlines() == [
        "new index 20260101T000000Z-abcdef: 3 documents, 40 segments, 12 chunks; "
        "70 texts embedded, 10 reused; 1.2 s; 2 problems",
        "  problem: a.md, line 7: The file is odd. Change it.",
        "  problem: b.md: Gone.",
    ]


def test_ingest_main_shows_each_step_on_the_error_stream(capsys):
    with ProgressBar() as bar:
        for step in (("embed", 0, 10), ("embed", 10, 10), ("index", 0, 2), ("index", 2, 2)):
            bar.show(*step)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "embed" in printed.err
    assert "index" in printed.err
    assert "10/10" in printed.err or "0/10" in printed.err
