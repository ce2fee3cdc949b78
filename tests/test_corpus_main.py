"""`python -m corpus divergences` and `conflicts`: reports to work through, in three forms."""

import csv
import io
import json

import pytest

from corpus.__main__ import main

FIELDS = {
    "document", "title", "segment_id", "severity", "kind", "probability", "en", "ko", "explanation_en",
    "explanation_ko", "source_url",
}  # fmt: skip


def run(capsys, *arguments):
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def test_corpus_main_reports_the_bundled_page(capsys):
    status, out, err = run(capsys, "divergences")
    assert (status, err) == (0, "")
    assert out.startswith("# offering-soc: ")
    assert "[major] 0fdff-173" in out
    assert out.splitlines()[-1].endswith("in 93 segments of 1 documents.")


def test_corpus_main_json(capsys):
    status, out, _ = run(capsys, "divergences", "--json", "--severity", "major")
    rows = json.loads(out)
    assert status == 0
    assert all(set(row) == FIELDS and row["severity"] == "major" for row in rows)
    assert [row["segment_id"] for row in rows if row["kind"] == "negation"] == ["0fdff-118"]


def test_corpus_main_csv(capsys):
    status, out, _ = run(capsys, "divergences", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert set(rows[0]) == FIELDS
    assert "부적격" in next(row["ko"] for row in rows if row["segment_id"] == "0fdff-118")


def test_corpus_main_severity_minor_lists_no_major(capsys):
    _, out, _ = run(capsys, "divergences", "--severity", "minor")
    assert "[major]" not in out


def test_corpus_main_without_findings(capsys, tmp_path):
    page = tmp_path / "a.md"
    page.write_text("# Heading\n\nOne language only.\n", encoding="utf-8")
    status, out, _ = run(capsys, "divergences", str(page))
    assert status == 0
    assert out == "0 major and 0 minor in 2 segments of 1 documents.\n"
    assert run(capsys, "divergences", str(page), "--json")[1] == "[]\n"


CONFLICT_FIELDS = {
    "document", "title", "kind", "first_id", "second_id", "first_en", "second_en", "first_ko", "second_ko",
    "explanation_en", "explanation_ko", "source_url",
}  # fmt: skip


def test_corpus_main_conflicts_of_the_bundled_page(capsys):
    status, out, err = run(capsys, "conflicts")
    assert (status, err) == (0, "")
    assert out.startswith("# offering-soc: ")
    assert "0fdff-133 / 0fdff-164  report" in out
    assert "  ko  Yammer SOC 2 AT 101 유형 I 감사 보고서" in out
    assert out.splitlines()[-1] == "4 conflicts within 1 documents."


def test_corpus_main_conflicts_json_and_csv(capsys):
    rows = json.loads(run(capsys, "conflicts", "--json")[1])
    assert all(set(row) == CONFLICT_FIELDS for row in rows)
    assert ("0fdff-133", "0fdff-164", "report") in {(row["first_id"], row["second_id"], row["kind"]) for row in rows}
    assert list(csv.DictReader(io.StringIO(run(capsys, "conflicts", "--csv")[1]))) == rows


def test_corpus_main_conflicts_without_findings(capsys, tmp_path):
    page = tmp_path / "a.md"
    page.write_text("# Heading\n\nOne language only.\n", encoding="utf-8")
    assert run(capsys, "conflicts", str(page)) == (0, "0 conflicts within 1 documents.\n", "")
    assert run(capsys, "conflicts", str(page), "--json")[1] == "[]\n"


@pytest.mark.parametrize("command", ["divergences", "conflicts"])
@pytest.mark.parametrize("name", ["missing.md", "empty.md"])
def test_corpus_main_errors_are_one_line(capsys, tmp_path, name, command):
    (tmp_path / "empty.md").touch()
    status, out, err = run(capsys, command, str(tmp_path / name))
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["divergences", "--json", "--csv"], ["divergences", "--severity", "huge"]])
def test_corpus_main_wrong_usage(arguments):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
