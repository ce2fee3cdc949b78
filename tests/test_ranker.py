import json

import pytest
from fakes import WordCounter
from test_signals import hit, scored

from assistant.ranker import FILE, Ranker
from corpus.errors import ModelError
from ingest.onnx import write_manifest

WEIGHTS = {"own cosine": 1.0, "bm25": 0.5}


@pytest.fixture
def folder(tmp_path):
    """A ranker's folder, as the recipe writes it."""
    write(tmp_path, json.dumps({"embedder": WordCounter().sha256, "weights": WEIGHTS}))
    return tmp_path


def write(folder, content):
    (folder / FILE).write_text(content, encoding="utf-8")
    write_manifest(folder)


def test_ranker_scores_are_the_weighted_signals_standardised():
    hits = [hit(scored("a", bm25=1.0), scored("b", bm25=3.0)), hit(scored("c", bm25=5.0))]
    # z: -1.2247, 0, 1.2247; the weight only turns them round, for the scores are standardised
    found = Ranker(embedder="", weights={"bm25": -7.0}).scores("what", hits)
    assert found == pytest.approx([1.2247, 0, -1.2247], abs=1e-3)


def test_ranker_adds_signals_by_weight():
    hits = [hit(scored("a", cosine=(0.9, 0.9), bm25=1.0)), hit(scored("b", cosine=(0.1, 0.1), bm25=3.0))]
    dense, lexical = (
        Ranker(embedder="", weights={"own cosine": cosine, "bm25": bm25}).scores("what", hits)
        for cosine, bm25 in ((2, 1), (1, 2))
    )
    assert dense[0] > dense[1]
    assert lexical[0] < lexical[1]


def test_ranker_of_nothing_and_of_one():
    ranker = Ranker(embedder="", weights=WEIGHTS)
    assert ranker.scores("what", []) == []
    assert ranker.scores("what", [hit(scored("a"))]) == [0.0]


def test_ranker_is_read_from_its_folder(folder):
    assert Ranker.load(folder, WordCounter()).weights == WEIGHTS


def test_ranker_of_another_embedder_is_an_error_that_names_both(folder):
    with pytest.raises(ModelError, match=r"another embedder .* than other .*SOC_RANKER"):
        Ranker.load(folder, WordCounter("other"))


@pytest.mark.parametrize("content", ["", "{", "{}", '{"embedder": "", "weights": {"bm25": "x"}}', "[1]"])
def test_ranker_that_cannot_be_read_is_an_error(folder, content):
    write(folder, content)
    with pytest.raises(ModelError, match=r"ranker\.json cannot be read"):
        Ranker.load(folder, WordCounter())


def test_ranker_of_unknown_signals_is_an_error_that_names_the_command(folder):
    write(folder, json.dumps({"embedder": "", "weights": {"bm25": 1.0, "moon": 1.0}}))
    with pytest.raises(ModelError, match=r"moon.*python -m ingest\.training ranker"):
        Ranker.load(folder, WordCounter())


def test_ranker_of_another_hash_or_missing_is_an_error(folder):
    (folder / FILE).write_text((folder / FILE).read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ModelError, match="SHA-256"):
        Ranker.load(folder, WordCounter())
    (folder / FILE).unlink()
    with pytest.raises(ModelError, match="missing"):
        Ranker.load(folder, WordCounter())
