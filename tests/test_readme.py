"""What the README promises: its Python runs, and its table names every setting."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8") if README.is_file() else ""
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(not TEXT, reason="there is no README.md yet")


def test_there_is_python_to_try():
    assert BLOCKS


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {number}" for number in range(1, len(BLOCKS) + 1)])
def test_python_runs_and_prints_what_its_comments_say(block, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    environment |= {"SOC_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    finished = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    printed = finished.stdout.splitlines()
    for comment in re.findall(r"^print\(.*\)\s+# (.*)$", block, re.MULTILINE):
        if comment.endswith("...") or " " not in comment:  # else it describes the line in prose
            assert any(line.startswith(comment.removesuffix("...").strip()) for line in printed), comment


def test_table_of_settings_names_every_setting_with_its_meaning():
    rows = dict(re.findall(r"^\| `(SOC_\w+)` \|.*?\| (.+?) \|$", TEXT, re.MULTILINE))
    expected = {f"SOC_{name.upper()}": field.description for name, field in Settings.model_fields.items()}
    assert set(rows) == set(expected)
    assert rows == expected


@pytest.mark.parametrize("name", [name for name, field in Settings.model_fields.items() if not field.default_factory])
def test_table_of_settings_has_the_defaults(name):
    (shown,) = re.findall(rf"^\| `SOC_{name.upper()}` \| (.+?) \|", TEXT, re.MULTILINE)
    assert shown == (str(Settings.model_fields[name].default) or "empty")


def test_make_targets_that_it_names_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)", TEXT):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_files_that_it_links_to_exist():
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", TEXT)
    assert [link for link in links if not (ROOT / link).exists()] == []
