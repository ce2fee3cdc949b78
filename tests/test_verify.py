import shutil
import subprocess
import sys
from itertools import product, starmap
from pathlib import Path

import numpy as np
import pytest
from fakes import Page, WordCounter, write_pages

import ingest
from corpus.documents import LANGUAGES
from ingest.index import build_index, live_generation
from ingest.index.generations import Generation
from ingest.index.store import DenseStore
from ingest.index.verify import faults, main
from ingest.lexical import LexicalIndex

ROOT = Path(ingest.__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A generation of two small pages, to be read only."""
    folder = tmp_path_factory.mktemp("small")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    return live_generation(folder / "home")


@pytest.fixture
def generation(whole, tmp_path):
    """A copy of it, to damage."""
    shutil.copytree(whole.folder, tmp_path / whole.id)
    return Generation(tmp_path / whole.id)


def verify(generation, monkeypatch, capsys):
    """(exit status, output) of the command."""
    monkeypatch.setattr(sys, "argv", ["verify", str(generation.folder)])
    status = main()
    return status, capsys.readouterr().out.strip()


def edit_manifest(generation, **changes):
    generation.write_manifest(generation.manifest().model_copy(update=changes))


def cut_short(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def overwrite_pages(path):
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def drop_document(generation):
    generation.write_documents(generation.documents()[:1])


def turn_vectors(generation):
    vectors = np.load(generation.vectors)
    np.save(generation.vectors, np.roll(vectors, 20, axis=2))


def lexical_of_one_row(generation):
    shutil.rmtree(generation.lexical)
    LexicalIndex.build([("가", "a")]).save(generation.lexical)


def store_of_one_row(generation):
    shutil.rmtree(generation.chroma)
    with DenseStore(generation.chroma, create=True) as store:
        for language in LANGUAGES:
            store.add(language, ["page#1"], ["text"], np.eye(1, 64, dtype=np.float32))


def divergences_of_one_document(generation):
    generation.write_divergences({"reports": ()})
    edit_manifest(generation, sizes={})


DAMAGE = {
    "divergences cut short": (lambda g: cut_short(g.folder / "divergences.json"), "divergences.json"),
    "divergences of other documents": (divergences_of_one_document, "not those of the manifest's documents"),
    "vectors cut short": (lambda g: cut_short(g.vectors), "vectors.npy cannot be read"),
    "vectors empty": (lambda g: g.vectors.write_bytes(b""), "vectors.npy cannot be read"),
    "vectors missing": (lambda g: g.vectors.unlink(), "vectors.npy cannot be read"),
    "vectors of another shape": (lambda g: np.save(g.vectors, np.zeros((13, 2, 8), np.float16)), "(13, 2, 8)"),
    "vectors of other texts": (turn_vectors, "ko vectors do not find themselves"),
    "database missing": (lambda g: (g.chroma / "chroma.sqlite3").unlink(), "chroma.sqlite3 is missing"),
    "database cut short": (lambda g: cut_short(g.chroma / "chroma.sqlite3"), "quick_check"),
    "database overwritten": (lambda g: overwrite_pages(g.chroma / "chroma.sqlite3"), "quick_check"),
    "too few vectors in the database": (store_of_one_row, "files are missing or of another size: chroma"),
    "too few words": (lexical_of_one_row, "1 rows instead of 13"),
    "words cut short": (lambda g: cut_short(g.lexical / "data.csc.index.npy"), "lexical index"),
    "vocabulary cut short": (lambda g: cut_short(g.lexical / "vocab.index.json"), "lexical index"),
    "words empty": (lambda g: (g.lexical / "indices.csc.index.npy").write_bytes(b""), "lexical index"),
    "words missing": (lambda g: shutil.rmtree(g.lexical), "lexical index"),
    "documents cut short": (lambda g: cut_short(g.folder / "documents.json"), "documents.json cannot be read"),
    "document missing": (drop_document, "2 chunks are not the manifest's 5"),
    "manifest cut short": (lambda g: cut_short(g.folder / "manifest.json"), "manifest.json cannot be read"),
    "another layout": (lambda g: edit_manifest(g, layout="0" * 64), "layout"),
    "another number of chunks": (lambda g: edit_manifest(g, chunks=6), "5 chunks are not the manifest's 6"),
    "another number of segments": (lambda g: edit_manifest(g, segments=14), "instead of (14, 2, 64)"),
    "nothing there": (lambda g: shutil.rmtree(g.folder), "chroma.sqlite3 is missing"),
}


def test_verify_finds_nothing_wrong_with_a_whole_generation(whole, monkeypatch, capsys):
    assert list(faults(whole)) == []
    assert verify(whole, monkeypatch, capsys) == (0, "")


@pytest.mark.parametrize(("damage", "expected"), DAMAGE.values(), ids=DAMAGE)
def test_verify_finds_each_damage(generation, monkeypatch, capsys, damage, expected):
    damage(generation)
    status, output = verify(generation, monkeypatch, capsys)
    assert status == 1
    assert expected in output


def test_verify_says_the_same_as_a_process(whole, tmp_path):
    processes = [start(whole.folder), start(tmp_path / "nothing")]
    outputs = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 1]
    assert outputs == ["", "SQLite quick_check: chroma.sqlite3 is missing"]


def start(folder):
    command = [sys.executable, "-m", "ingest.index.verify", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# an index large enough for Chroma to keep its graph in files of its own


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    words = [names[0] for names in WordCounter.axes]
    texts = list(starmap("{} {} {}".format, product(words[:20], words[20:40], words[40:43])))
    page = Page("large").heading("title", "title").items(*((text, text) for text in texts))
    build_index(folder / "home", [page.write(folder)], WordCounter())
    return live_generation(folder / "home")


GRAPH_DAMAGE = {
    "vectors missing": lambda folder: (folder / "data_level0.bin").unlink(),
    "vectors cut short": lambda folder: cut_short(folder / "data_level0.bin"),
    "ids missing": lambda folder: (folder / "index_metadata.pickle").unlink(),
}


def test_verify_finds_damage_to_the_graph_even_if_chroma_dies_of_it(large, tmp_path):
    processes = {}
    for number, (name, damage) in enumerate(GRAPH_DAMAGE.items()):
        copy = Generation(Path(shutil.copytree(large.folder, tmp_path / str(number))))
        graphs = [path.parent for path in copy.chroma.glob("*/data_level0.bin")]
        assert len(graphs) == len(LANGUAGES)
        damage(graphs[0])
        processes[name] = start(copy.folder)
    for process in processes.values():
        process.communicate()
    assert {name: process.returncode != 0 for name, process in processes.items()} == dict.fromkeys(GRAPH_DAMAGE, True)
