"""The ranker's recipe, end to end on toy pages that a word counter embeds."""

import json

import numpy as np
import pytest
from fakes import WordCounter

from assistant.ranker import Ranker
from corpus.errors import TrainingDataError
from ingest.signals import SIGNALS
from ingest.training.data import load
from ingest.training.ranker import Example, documents_of, fit, run
from ingest.training.toy import write_toy_data

PENALTY = 1e-3


def examples(count, *, informative):
    """Ten candidates a question; evidence is higher by 3 in one column, the others are noise."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(count):
        matrix, gold = random.normal(size=(10, 4)), np.arange(10) == random.integers(10)
        matrix[gold, informative] += 3
        found.append(Example(matrix, gold))
    return found


def mrr(found, weights):
    return np.mean([1 / one.rank(weights) for one in found])


def test_fit_finds_the_signal_that_tells():
    train, held = examples(150, informative=2)[:100], examples(150, informative=2)[100:]
    weights = fit(train, PENALTY)
    assert int(np.argmax(np.abs(weights))) == 2
    assert weights[2] > 1
    assert mrr(held, weights) > 0.85 > 0.5 > mrr(held, np.eye(4)[0])


def test_fit_weighs_less_under_a_penalty():
    found = examples(100, informative=0)
    assert np.abs(fit(found, 1.0)).max() < np.abs(fit(found, PENALTY)).max()


def test_rank_counts_a_tie_against_the_evidence():
    example = Example(np.zeros((3, 1)), np.array([False, True, False]))
    assert example.rank(np.ones(1)) == 3


def test_documents_keep_the_segments_under_their_headings(tmp_path):
    write_toy_data(tmp_path)
    data = load(tmp_path)
    (page,) = documents_of(data, ["service3.md"])
    assert [segment.id for segment in page.segments()] == [f"s3-{number}" for number in range(6)]
    assert {section.heading_path_ko[0] for section in page.sections} == {"서비스 3"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a ranker fitted on the toy data, and its figures."""
    folder = tmp_path_factory.mktemp("toy")
    write_toy_data(folder / "data")
    return folder, run(folder / "data", folder / "ranker", WordCounter(), work=folder / "work", pages=8)


def test_the_recipe_ranks_better_than_chance_and_single_signals(trained):
    _, figures = trained
    ranker = figures["dev"].pop("ranker")["MRR"]["mean"]
    assert ranker > max(other["MRR"]["mean"] for other in figures["dev"].values())
    assert figures["questions"] == {"train": 48, "dev": 24}
    assert figures["candidates hold the evidence"] == 1.0


def test_the_recipe_writes_what_the_assistant_loads(trained):
    folder, figures = trained
    ranker = Ranker.load(folder / "ranker", WordCounter())
    assert ranker.embedder == WordCounter().sha256
    assert set(ranker.weights) == set(SIGNALS) == set(figures["worth"])
    assert json.loads((folder / "ranker" / "figures.json").read_text(encoding="utf-8"))["pages"] == 8
    card = (folder / "ranker" / "README.md").read_text(encoding="utf-8")
    assert "written by a language model" in card
    assert all(f"| {name} |" in card for name in SIGNALS)


def test_the_recipe_embeds_nothing_twice_and_repeats_exactly(trained):
    folder, _ = trained
    embedder = WordCounter()
    run(folder / "data", folder / "again", embedder, work=folder / "work", pages=8)
    assert embedder.embedded == []
    first, second = (Ranker.load(folder / name, WordCounter()) for name in ("ranker", "again"))
    assert first == second


def test_questions_without_found_evidence_are_an_error(tmp_path):
    write_toy_data(tmp_path / "data")
    with pytest.raises(TrainingDataError, match="No evidence"):
        run(tmp_path / "data", tmp_path / "out", WordCounter(), work=tmp_path / "work", pages=0)
