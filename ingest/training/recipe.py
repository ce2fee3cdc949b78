"""The three commands as plain functions: base, embedder, reader. `__main__` parses and prints."""

import hashlib
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus.errors import MissingExtraError, ModelError
from ingest.onnx import write_manifest
from ingest.training import average, cards, embedder, figures, reader
from ingest.training.base import make_base
from ingest.training.body import Body
from ingest.training.calibrate import fit
from ingest.training.data import LANGUAGES, TrainingData, load, read_sentences
from ingest.training.examples import dev_examples
from ingest.training.export import INT8, Graph, export_int8, save_embedder, save_tokenizer, token_vectors
from ingest.training.loop import Budget, Outcome, Team

READER_GRAPH = Path("model_int8.onnx")


EXTRA = ("torch", "transformers", "sentence_transformers", "safetensors", "onnx", "onnxruntime", "onnxscript")


@dataclass(frozen=True, slots=True)
class Job:
    """What to train on, where to write, and for how long.

    `base` is the untouched base, by which negatives are mined; `body` is what the reader starts from (else the
    base), `weights` those of an earlier run to go on from.
    """

    data: Path
    out: Path
    base: Path
    budget: Budget
    body: Path | None = None
    seed: int = 0
    rate: float | None = None
    resume: bool = False
    processes: int = 1
    weights: Path | None = None

    @property
    def work(self) -> Path:
        """The folder of checkpoints and caches, beside the output; it can be deleted when all is done."""
        return self.out.parent / "work"


def require_extra() -> None:
    """Raise `MissingExtraError` when a package of the extra `train` is not installed."""
    for package in EXTRA:
        if find_spec(package) is None:
            raise MissingExtraError(package, extra="train")


def run_base(out: Path, *, data: Path | None = None, source: Path | None = None) -> int:
    """Make the base, its vocabulary cut to what the sentence pairs of `data` use; returns the number of pieces."""
    return make_base(out, source=source, texts=read_sentences(data) if data else ())


def run_embedder(job: Job) -> dict[str, Any]:
    """Tune the embedder, then finish it; returns its figures."""
    _together(_tune_embedder, job)
    return finish_embedder(job)


def run_reader(job: Job) -> dict[str, Any]:
    """Tune the reader, then finish it; returns its figures."""
    _together(_tune_reader, job)
    return finish_reader(job)


def finish_embedder(job: Job) -> dict[str, Any]:
    """Average the tuned weights with the base, export and measure; writes `figures.json` and the card as well.

    The tuned weights before averaging go to `work / "tuned"`: the reader starts from them.
    """
    data = load(job.data)
    tuned = embedder.load_tuned(job.base, job.work)
    save_embedder(tuned, job.work / "tuned")
    body, trial, trials = average.best_mixture(tuned, job.base, data)
    save_embedder(body, job.out)
    export_int8(token_vectors(body), "token_embeddings", job.out / INT8)
    chosen = {"run": _run_of(job, embedder.TUNED), "base share": trial.base_share, "trials": trials}
    measured = chosen | measure_embedder(job, data)
    return _write(job.out, measured, cards.embedder_card(measured))


def measure_embedder(job: Job, data: TrainingData) -> dict[str, Any]:
    """The figures of a finished embedder and of the base, both in 8 bits, and the parity of both twins of ours."""
    body = Body(job.out)
    graph = Graph(job.out / INT8, body.tokenizer)
    held = [question for question in data.questions if question.split == "dev"]
    pages = sorted({question.path for question in held})[:4]
    texts = [segment.in_context(side) for path in pages for segment in data.pages[path] for side in LANGUAGES]
    asked = [question.text.of(side) for question in held if question.path in pages for side in LANGUAGES]
    base = Body(job.base)
    untouched = job.work / "base_int8.onnx"
    if not untouched.is_file():
        export_int8(token_vectors(base), "token_embeddings", untouched)
    return {
        "ours": figures.embedder_figures(graph.encode, data),
        "base": figures.embedder_figures(Graph(untouched, base.tokenizer).encode, data),
        "parity of int8 and float32": figures.parity(
            lambda texts, role: body.encode(texts, role=role, exact=True), graph.encode, texts, asked
        ),
    }


def finish_reader(job: Job) -> dict[str, Any]:
    """Export, calibrate and measure the reader; writes `reader.json`, which tells the runtime all it needs."""
    data = load(job.data)
    net, body = reader.load_tuned(job.body or job.base, job.work)
    job.out.mkdir(parents=True, exist_ok=True)
    save_tokenizer(body.tokenizer, job.out / "tokenizer.json")
    export_int8(net, "logits", job.out / READER_GRAPH)
    graph = Graph(job.out / READER_GRAPH, body.tokenizer)
    examples = dev_examples(data)
    logits = {name: reader.graph_logits(graph, some) for name, some in examples.items()}
    calibration = fit(reader.joined_logits(logits), [example for some in examples.values() for example in some])
    description = {
        "labels": reader.LABELS,
        "pair": " ".join((reader.pair_ids.__doc__ or "").split()),
        "max_tokens": reader.MAX_TOKENS,
        "max_question_tokens": reader.MAX_QUESTION_TOKENS,
        "calibration": asdict(calibration),
        "sha256": {str(name): sha256(job.out / name) for name in (READER_GRAPH, Path("tokenizer.json"))},
    }
    (job.out / "reader.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    measured = {"run": _run_of(job, reader.TUNED), "calibration": asdict(calibration)}
    measured |= figures.reader_figures(examples, logits, calibration)
    crossed = "ko>en"
    exact = reader.logits_of(net, body, examples[crossed])
    measured["parity of int8 and torch"] = figures.agreement(logits[crossed], exact)
    return _write(job.out, measured, cards.reader_card(measured, str(description["pair"])))


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run_of(job: Job, folder: str) -> dict[str, Any]:
    """What a card says of a training run."""
    state = json.loads((job.work / folder / "state.json").read_text(encoding="utf-8"))
    losses = state["losses"]
    tenth = max(1, len(losses) // 10)
    ends = {"first loss": sum(losses[:tenth]) / tenth, "last loss": sum(losses[-tenth:]) / tenth}
    return {key: state[key] for key in ("steps", "seconds", "checks")} | ends | {
        "processes": job.processes, "seed": job.seed
    }  # fmt: skip


def _write(folder: Path, measured: dict[str, Any], card: str) -> dict[str, Any]:
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / "figures.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    write_manifest(folder)
    return measured


def _tune_embedder(job: Job, team: Team) -> Outcome:
    return embedder.tune(
        load(job.data), job.base, job.work, budget=job.budget, seed=job.seed, rate=job.rate or embedder.RATE,
        resume=job.resume, team=team,
    )  # fmt: skip


def _tune_reader(job: Job, team: Team) -> Outcome:
    return reader.tune(
        load(job.data), job.base, job.body or job.base, job.work, budget=job.budget, seed=job.seed,
        rate=job.rate or reader.RATE, resume=job.resume, weights=job.weights, team=team,
    )  # fmt: skip


def _together(tune: Callable[[Job, Team], Outcome], job: Job) -> None:
    """Run `tune` in the job's number of processes."""
    if job.processes == 1:
        tune(job, Team())
        return
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        arguments = [(rank, tune, job, Path(folder, "meeting")) for rank in range(job.processes)]
        members = [context.Process(target=_member, args=each) for each in arguments]
        for member in members:
            member.start()
        for member in members:
            member.join()
    if any(member.exitcode for member in members):
        raise ModelError("A training process ended early.", remedy="See its message above; then go on with --resume.")


def _member(rank: int, tune: Callable[[Job, Team], Outcome], job: Job, meeting: Path) -> None:
    team = Team(rank, job.processes)
    team.join(meeting)
    tune(job, team)
