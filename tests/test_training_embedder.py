import json
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

NEEDED = ("torch", "sentence_transformers", "onnxruntime", "onnxscript")
MISSING = [name for name in NEEDED if find_spec(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs the extra train: {', '.join(MISSING)}"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """The folder of the toy data and that of the toy base."""
    from ingest.training.toy import make_toy_base, write_toy_data

    folder = tmp_path_factory.mktemp("toy")
    write_toy_data(folder / "data")
    make_toy_base(folder / "base", folder / "data")
    return folder / "data", folder / "base"


@pytest.fixture(scope="module")
def trained(toy, tmp_path_factory):
    """The job of an embedder trained on the toy data, and its figures."""
    from ingest.training.loop import Budget
    from ingest.training.recipe import Job, run_embedder

    data, base = toy
    job = Job(
        data=data, out=tmp_path_factory.mktemp("models") / "embedder", base=base, budget=Budget(steps=40), rate=2e-3
    )
    return job, run_embedder(job)


def test_the_loss_falls(trained):
    job, _ = trained
    losses = json.loads((job.work / "tune" / "state.json").read_text(encoding="utf-8"))["losses"]
    assert len(losses) == 40
    assert np.mean(losses[-8:]) < 0.7 * np.mean(losses[:8])


def test_the_ranking_of_held_out_pages_rises(trained):
    _, figures = trained
    ours, base = figures["ours"]["questions"], figures["base"]["questions"]
    assert set(ours) == {"en>en", "en>ko", "ko>en", "ko>ko"}
    assert np.mean([row["MRR"]["mean"] for row in ours.values()]) > 0.1 + np.mean(
        [row["MRR"]["mean"] for row in base.values()]
    )


def test_the_folder_is_a_standard_one_and_its_twin_agrees(trained):
    from sentence_transformers import SentenceTransformer

    from ingest.training.body import Body
    from ingest.training.export import INT8, Graph

    job, figures = trained
    texts = ["Audit happens each 4 months.", "감사"]
    body = Body(job.out)
    model = SentenceTransformer(str(job.out), device="cpu").float()
    assert model.prompts["query"] == "query: "
    exact = body.encode(texts, role="passage", exact=True)
    assert np.allclose(model.encode(texts, prompt_name="passage"), exact, atol=1e-4)
    twin = Graph(job.out / INT8, body.tokenizer).encode(texts, "passage")
    assert (exact * twin).sum(axis=1).min() > 0.98
    assert figures["parity of int8 and float32"]["cosine"]["mean"] > 0.99
    assert not [path.name for path in job.out.rglob("*") if path.suffix in {".bin", ".pt", ".py", ".pkl"}]


def test_the_graph_gives_token_vectors_for_any_shape(trained):
    import onnxruntime

    job, _ = trained
    session = onnxruntime.InferenceSession(job.out / "onnx" / "model_int8.onnx", providers=["CPUExecutionProvider"])
    assert {given.name for given in session.get_inputs()} == {"input_ids", "attention_mask"}
    assert [output.name for output in session.get_outputs()] == ["token_embeddings"]
    for shape in ((1, 3), (5, 17)):
        ones = np.ones(shape, np.int64)
        assert session.run(None, {"input_ids": ones, "attention_mask": ones})[0].shape == (*shape, 64)


def test_a_run_goes_on_from_its_last_checkpoint(toy, tmp_path):
    from ingest.training.data import load
    from ingest.training.embedder import tune
    from ingest.training.loop import Budget

    folder, base = toy
    data = load(folder)
    tune(data, base, tmp_path, budget=Budget(steps=4), rate=1e-3)
    outcome = tune(data, base, tmp_path, budget=Budget(steps=6), rate=1e-3, resume=True)
    assert outcome.steps == 6
    assert len(outcome.losses) == 6


def test_two_processes_train_together(toy, tmp_path):
    from ingest.training.loop import Budget
    from ingest.training.recipe import Job, _together, _tune_embedder

    data, base = toy
    job = Job(data=data, out=tmp_path / "embedder", base=base, budget=Budget(steps=3), processes=2)
    _together(_tune_embedder, job)
    state = json.loads((job.work / "tune" / "state.json").read_text(encoding="utf-8"))
    assert state["steps"] == 3


def test_the_same_seed_and_steps_give_the_same_losses(toy, tmp_path):
    from ingest.training.data import load
    from ingest.training.embedder import tune
    from ingest.training.loop import Budget

    folder, base = toy
    runs = [tune(load(folder), base, tmp_path / str(i), budget=Budget(steps=3)).losses for i in range(2)]
    assert runs[0] == pytest.approx(runs[1], rel=1e-3)


def test_every_segment_of_a_slice_is_labelled_in_its_batch(toy, tmp_path):
    from ingest.training.batches import QuestionBatches
    from ingest.training.body import Body
    from ingest.training.data import load
    from ingest.training.mining import mine

    folder, base = toy
    data = load(folder)
    mined = mine(data, Body(base), cache=tmp_path)
    for batch in islice(QuestionBatches(data, mined, slices=2, seed=0), 5):
        assert batch.gold.shape == (len(batch.queries), len(batch.passages))
        assert (batch.gold.sum(axis=1) == 1).all()
        assert not (batch.gold & batch.ignored).any()


def test_contrast_is_small_only_where_gold_is_nearest():
    import torch

    from ingest.training.losses import contrast

    gold = torch.eye(3, dtype=torch.bool)
    none = torch.zeros_like(gold)
    assert contrast(torch.eye(3), gold, none) < 0.01
    assert contrast(1 - torch.eye(3), gold, none) > 10
    assert contrast(1 - torch.eye(3), gold, ~gold) < 0.01  # nothing left to compete with


def test_late_interaction_is_the_mean_of_the_best_cosines():
    import torch

    from ingest.training.losses import late_interaction

    queries = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    passages = torch.tensor([[[3.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 9.0]]])
    mask = torch.tensor([[True, True], [True, False]])
    found = late_interaction(queries, mask[:1], passages, mask)
    assert torch.allclose(found, torch.tensor([[1.0, 0.5]]), atol=1e-2)


def test_the_chosen_mixture_is_the_best_that_forgets_nothing():
    from ingest.training.average import Trial, choose

    base = Trial(1.0, 0.5, 0.8, 0.9)
    tuned, half, most = Trial(0.0, 0.9, 0.7, 0.95), Trial(0.5, 0.8, 0.81, 0.95), Trial(0.7, 0.7, 0.85, 0.95)
    assert choose([tuned, half, most], base) is half
    assert choose([tuned], base) is tuned


def test_the_command_says_what_is_wrong_with_the_data(tmp_path, capsys):
    from ingest.training.__main__ import main

    arguments = ["embedder", "--data", str(tmp_path), "--out", str(tmp_path / "out"), "--base", str(Path(tmp_path))]
    assert main(arguments) == 1
    assert "heading_passages" in capsys.readouterr().err


def test_the_card_tells_the_figures_and_where_the_questions_come_from(trained):
    job, figures = trained
    card = (job.out / "README.md").read_text(encoding="utf-8")
    assert "written by a language model" in card
    assert "CC-BY-4.0" in card
    assert f"{figures['ours']['questions']['ko>en']['MRR']['mean']:.3f}" in card
    assert str(job.out) not in card
    assert json.loads((job.out / "figures.json").read_text(encoding="utf-8")) == json.loads(json.dumps(figures))
