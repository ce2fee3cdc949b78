import json
from importlib.util import find_spec
from itertools import islice

import numpy as np
import pytest

NEEDED = ("torch", "sentence_transformers", "onnxruntime", "onnxscript")
MISSING = [name for name in NEEDED if find_spec(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"needs the extra train: {', '.join(MISSING)}"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The job of a reader trained on the toy data, and its figures."""
    from ingest.training.loop import Budget
    from ingest.training.recipe import Job, run_reader
    from ingest.training.toy import make_toy_base, write_toy_data

    folder = tmp_path_factory.mktemp("toy")
    write_toy_data(folder / "data")
    make_toy_base(folder / "base", folder / "data")
    job = Job(data=folder / "data", out=folder / "reader", base=folder / "base", budget=Budget(steps=80), rate=2e-3)
    return job, run_reader(job)


def test_the_loss_falls(trained):
    job, _ = trained
    losses = json.loads((job.work / "tune-reader" / "state.json").read_text(encoding="utf-8"))["losses"]
    assert np.mean(losses[-15:]) < 0.8 * np.mean(losses[:15])


def test_it_finds_the_verdict_in_every_direction(trained):
    _, figures = trained
    assert 0.0 <= figures["answerable"]["all"]["AUROC"] <= 1.0
    assert figures["verdict"]["all"]["accuracy"]["mean"] > figures["verdict"]["all"]["majority"] + 0.15
    assert set(figures["verdict"]) == {"en>en", "en>ko", "ko>en", "ko>ko", "all"}


def test_what_the_runtime_needs_is_in_reader_json(trained):
    from ingest.training.recipe import sha256

    job, figures = trained
    told = json.loads((job.out / "reader.json").read_text(encoding="utf-8"))
    assert told["labels"] == ["answerable", "yes", "no", "conditional"]
    assert told["calibration"] == figures["calibration"]
    assert "<s> question </s> </s> evidence </s>" in told["pair"]
    assert all(sha256(job.out / name) == digest for name, digest in told["sha256"].items())
    assert set(told["sha256"]) == {"model_int8.onnx", "tokenizer.json"}


def test_the_exported_reader_agrees_with_the_trained_one(trained):
    _, figures = trained
    assert figures["parity of int8 and torch"]["same verdict"]["mean"] > 0.9


def test_the_runtime_reads_with_the_exported_reader(trained):
    from assistant.reader import Reader
    from corpus.documents import Segment

    job, _ = trained
    reader = Reader(job.out)
    readings = reader.read_texts("Is Access allowed?", ["Access was forbidden to guests.", "", "질문 " * 900])
    for reading in readings:
        assert 0 <= reading.answers <= 1
        assert sum(reading.verdicts.values()) == pytest.approx(1)
    segments = [Segment("a-1", "", "Access was forbidden"), Segment("a-2", "", "to guests.")]
    joined = reader.read("Is Access allowed?", segments, language="en")
    assert joined.answers == pytest.approx(readings[0].answers, abs=0.05)
    assert reader.read_texts("?", []) == []


def test_a_reader_without_fitted_numbers_is_a_model_error(trained):
    from assistant.judgement import Judgement
    from corpus.errors import ModelError

    job, _ = trained
    with pytest.raises(ModelError, match=r"evals fit"):
        Judgement.load(job.out)


def test_texts_of_any_length_are_cut_on_the_evidence_side(trained):
    from tokenizers import Tokenizer

    from ingest.training.reader import MAX_QUESTION_TOKENS, MAX_TOKENS, pair_ids

    job, _ = trained
    tokenizer = Tokenizer.from_file(str(job.out / "tokenizer.json"))
    long = "backup audit " * 400
    short, both = pair_ids(tokenizer, ["audit?", long], [long, long])
    start, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    question = tokenizer.encode("audit?", add_special_tokens=False).ids
    assert short[: len(question) + 3] == [start, *question, end, end]
    assert len(short) == len(both) == MAX_TOKENS
    assert both[MAX_QUESTION_TOKENS + 1 : MAX_QUESTION_TOKENS + 3] == [end, end]
    assert both[-1] == end
    assert len(pair_ids(tokenizer, ["", "?"], ["", ""])) == 2


def test_a_run_goes_on_from_the_weights_of_an_earlier_one(trained, tmp_path):
    from ingest.training.data import load
    from ingest.training.loop import BEST, Budget
    from ingest.training.reader import TUNED, tune

    job, _ = trained

    def first_loss(weights):
        outcome = tune(load(job.data), job.base, job.base, tmp_path, budget=Budget(steps=1), rate=1e-9, weights=weights)
        return outcome.losses[0]

    assert first_loss(job.work / TUNED / BEST) < 0.8 * first_loss(None)


def test_no_example_takes_the_evidence_for_a_mistake(trained, tmp_path):
    from ingest.training.body import Body
    from ingest.training.data import load
    from ingest.training.examples import NO_VERDICT, Examples
    from ingest.training.mining import mine

    job, _ = trained
    data = load(job.data)
    mined = mine(data, Body(job.base), cache=tmp_path)
    drawn = list(islice(Examples(data, mined, seed=3), 300))
    assert 0.3 < np.mean([example.answers for example in drawn]) < 0.8
    assert all(example.verdict == NO_VERDICT for example in drawn if not example.answers)
    draws = Examples(data, mined, seed=4)
    for question in draws.questions:
        gold = set(mined.places(question, question.evidence))
        assert not any(gold & set(draws._mistaken(question)) for _ in range(10))


def test_calibration_makes_probabilities_of_logits():
    from ingest.training.calibrate import calibration_error, fit, reliability
    from ingest.training.examples import Example

    generator = np.random.default_rng(0)
    truth = generator.random(4000)
    answers = generator.random(4000) < truth
    sharp = 3 * np.log(truth / (1 - truth))  # three times too sure
    logits = np.stack([sharp, *np.zeros((3, 4000))], axis=1).astype(np.float32)
    examples = [Example("q", "e", bool(answer), -1) for answer in answers]
    calibration = fit(logits, examples)
    assert calibration.slope == pytest.approx(1 / 3, rel=0.15)
    assert calibration_error(reliability(calibration.answerable(logits), answers)) < 0.03
    assert np.allclose(calibration.verdicts(logits).sum(axis=1), 1)


def test_the_area_counts_pairs_in_the_right_order():
    from ingest.training.figures import area

    assert area(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True])) == 1.0
    assert area(np.array([1.0, 1.0]), np.array([False, True])) == 0.5
