"""What errors and problems say in Korean: every sentence that a visitor of the page can meet is known."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.app.markup import failure_html
from assistant.app.phrases import told
from assistant.app.wording import failure_of
from corpus.documents import load_documents
from corpus.errors import CorpusError, IndexLockedError, QuestionTooLongError, StorageError

ROOT = Path(__file__).resolve().parent.parent
PLACES = [
    *(ROOT / "assistant" / f"{name}.py" for name in ("answer", "feedback", "library", "question")),
    *sorted((ROOT / "corpus" / "sidebyside").glob("*.py")),
    *sorted((ROOT / "ingest" / "index").glob("*.py")),
    ROOT / "corpus" / "documents.py",
    ROOT / "ingest" / "cache.py",
    ROOT / "ingest" / "lexical.py",
]


TEXTS = ("problem", "message", "remedy", "REBUILD")


def said(node: ast.expr | None) -> str:
    """A string as it stands in the code, 7 for each value; empty where it is no string."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return ""


def sentences(path: Path) -> Iterator[str]:
    """What the errors and problems of a module say, and the variables that hold such a text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if (name.endswith("Error") and name[0].isupper()) or name in ("Problem", "report"):
                found = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "remedy")]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in TEXTS:
            found = [node.value]
        yield from (text for text in map(said, found) if text.endswith((".", "7")) and " " in text)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_phrases_know_what_is_said(path):
    unknown = [text for text in sentences(path) if any(word.isalpha() and word.isascii() and len(word) > 3
               for word in told(text, "ko").replace("python -m ingest", "").split() if word != "Markdown")]  # fmt: skip
    assert unknown == []


def test_phrases_sentences_are_found_where_errors_are_raised():
    assert len({text for path in PLACES for text in sentences(path)}) > 60


def test_phrases_leave_english_and_the_unknown_as_they_are():
    text = "The question is empty. Nobody knows this. Type a question about the documents."
    assert told(text, "en") == text
    assert told(text, "ko") == "질문에 글자나 숫자가 없습니다. Nobody knows this. 문서에 대한 질문을 입력해 주세요."


def test_phrases_keep_values_of_any_text():
    text = "There is no index in /a b/{0}/\\1."
    assert told(text, "ko") == "색인이 아직 없습니다: /a b/{0}/\\1."


def test_phrases_tell_the_problems_of_a_file(tmp_path):
    (tmp_path / "bad.md").write_bytes(b"x\n\xbc")
    (tmp_path / "good.md").write_text("# A\n\nB\n", encoding="utf-8")
    [problem] = load_documents(tmp_path).problems
    told_so = told(str(problem).replace(f"{tmp_path}/", ""), "ko")
    assert told_so == "bad.md, 2행: 2번째 위치의 바이트 0xbc: UTF-8이 아닙니다. 파일을 UTF-8로 저장하세요."


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (QuestionTooLongError("The question has 5000 characters; at most 4000 are read.", remedy="Split it."),
         ("질문이 5000자입니다. 최대 4000자까지", "Split it.")),
        (IndexLockedError("Another process is ingesting into /home/x.", remedy="Wait until it has finished, then "
                          "try again."), ("다른 작업이 색인을 바꾸고 있습니다: /home/x.", "기다렸다가")),
        (CorpusError("Nothing could be added. There was no file.", remedy="Choose side-by-side Markdown files in "
                     "UTF-8."), ("추가한 문서가 없습니다. 파일이 없습니다.", "UTF-8로 저장한")),
        (StorageError("Odd.", remedy="Mend it."), ("디스크에 저장하지 못했습니다.", 'lang="en">Odd. Mend it.')),
    ],
)  # fmt: skip
def test_phrases_stand_in_what_a_korean_visitor_is_shown(error, parts):
    shown = failure_html(failure_of(error), "ko")
    assert all(part in shown for part in parts)
    assert error.problem in failure_html(failure_of(error), "en")
