import ast
import inspect
import re
from pathlib import Path

import pytest

from corpus import errors
from corpus.errors import AssistantError, DocumentError, MissingExtraError

ROOT = Path(errors.__file__).resolve().parent.parent
PACKAGES = ("corpus", "ingest", "assistant", "evals")


def real_tree():
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, AssistantError)]
    return {cls.__name__: cls.__bases__[0].__name__ for cls in classes}


def drawn_tree():
    tree, path = {}, ["Exception"]
    for line in inspect.getdoc(errors).splitlines():
        match = re.match(r"(?P<indent>[ |`-]*)(?P<name>[A-Z]\w+Error)\b", line)
        if match and (match["indent"] or not tree):
            depth = len(match["indent"].removeprefix("    ")) // 4 + 1
            tree[match["name"]] = path[depth - 1]
            path[depth:] = [match["name"]]
    return tree


def example(cls):
    if cls is MissingExtraError:
        return cls("gradio", extra="app")
    if cls is DocumentError:
        return cls(Path("a.md"), "It is empty.", remedy="Fill it.", line=3)
    return cls("It is empty.", remedy="Fill it.")


def raised_calls():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in real_tree():
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", name, {word.arg for word in node.keywords}


def test_errors_tree_in_the_docstring_is_the_real_one():
    assert drawn_tree() == real_tree()


@pytest.mark.parametrize("name", sorted(real_tree()))
def test_errors_message_ends_with_its_remedy(name):
    error = example(getattr(errors, name))
    assert error.remedy
    assert str(error) == f"{error.problem} {error.remedy}"


def test_errors_are_raised_with_a_remedy_everywhere():
    without = [
        f"{place}: {name}"
        for place, name, words in raised_calls()
        if "remedy" in inspect.signature(getattr(errors, name)).parameters and not words & {"remedy", None}
    ]
    assert without == []


def test_errors_document_error_names_file_and_line():
    error = DocumentError(Path("folder/a.md"), "It is empty.", remedy="Fill it.", line=3)
    assert str(error) == "folder/a.md, line 3: It is empty. Fill it."
    assert str(DocumentError(Path("a.md"), "It is empty.", remedy="Fill it.")) == "a.md: It is empty. Fill it."
