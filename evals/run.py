"""Ask every case of every system and keep one row each, failures included."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.records import Answer
from corpus.errors import IndexMissingError, RunError
from evals.cases import Case, Scope, labelled_divergences
from evals.measures import (
    VerdictOutcome,
    divergences_shown,
    fully_right,
    nugget_recall,
    quote_fidelity,
    verdict_outcome,
)
from evals.systems import Place
from evals.worker import Worker
from ingest.embedder import open_embedder
from ingest.index import Generation, build_index, live_generation
from ingest.settings import Settings

TIMEOUT = 120.0
_ROOT = Path(__file__).resolve().parent.parent
_SAID = ("host", "port", "documents")


class Identity(BaseModel):
    """All that an answer depends on, beside the question: rows of equal identity need not be asked again.

    `code` is a SHA-256 over the project's code, data and weights, `documents` one over the indexed documents.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    documents: str
    embedder: str
    settings: dict[str, Any]


class Row(BaseModel):
    """What a system answered to one case, and how long it took: seconds in the system, and its memory's peak so far.

    `error` is set when it raised, hung, died or answered nonsense instead. `start_seconds` is what opening it took;
    `quotes` counts (faithful quotes, quotes).
    """

    model_config = ConfigDict(frozen=True)

    system: str
    seed: int
    identity: Identity
    case: Case
    answer: Answer | None
    error: str | None
    seconds: float
    start_seconds: float = 0.0
    peak_mib: float = 0.0
    quotes: tuple[int, int] = (0, 0)

    @property
    def cited(self) -> frozenset[str]:
        if self.answer is None:
            return frozenset()
        return frozenset(segment for citation in self.answer.citations for segment in citation.segment_ids)

    @property
    def shown(self) -> frozenset[tuple[str, str]]:
        """(document, segment) of the divergences that the answer shows."""
        return divergences_shown(self.answer) if self.answer else frozenset()

    @property
    def shown_in_error(self) -> bool:
        """Whether one of them is none, as far as the documents that were read whole can tell."""
        labelled = labelled_divergences()
        return any(segment not in labelled[document] for document, segment in self.shown if document in labelled)

    @property
    def abstained(self) -> bool:
        return self.answer is not None and self.answer.abstained

    @property
    def answered(self) -> bool:
        return self.answer is not None and not self.answer.abstained

    @property
    def right(self) -> bool:
        return self.answer is not None and fully_right(
            self.case,
            self.cited,
            self.answer.verdict,
            abstained=self.answer.abstained,
            shown={segment for _, segment in self.shown},
        )

    @property
    def recall(self) -> float:
        return nugget_recall(self.case, self.cited)

    @property
    def verdict(self) -> VerdictOutcome | None:
        return verdict_outcome(self.case, self.answer.verdict if self.answer else None)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which systems are asked, over which home each scope's cases, with which seed. `timeout` is seconds a question."""

    systems: tuple[str, ...]
    settings: Mapping[Scope, Settings]
    seed: int = 0
    timeout: float = TIMEOUT


def run(
    cases: Sequence[Case],
    plan: Plan,
    *,
    done: Iterable[Row] = (),
    on_row: Callable[[Row], object] = lambda _: None,
) -> list[Row]:
    """One row a case and system, by system and in the cases' order.

    What `done` already answers is not asked again: rows of the same system, case, seed and identity without an error.
    """
    known = {(row.system, row.case.id): row for row in done if row.error is None and row.seed == plan.seed}
    rows = []
    for system in plan.systems:
        for scope, settings in plan.settings.items():
            mine = [case for case in cases if case.scope == scope]
            if mine:
                for row in _asked(system, mine, settings, plan, known):
                    on_row(row)
                    rows.append(row)
    return rows


def _asked(
    system: str, cases: Sequence[Case], settings: Settings, plan: Plan, known: Mapping[tuple[str, str], Row]
) -> Iterator[Row]:
    generation = prepared(settings)
    who, texts = identity(settings, generation), texts_of(generation)
    with closing(Worker(system, Place(settings, plan.seed), timeout=plan.timeout)) as worker:
        for case in cases:
            before = known.get((system, case.id))
            if before and (before.case, before.identity) == (case, who):
                yield before
                continue
            reply = worker.ask(case.question, [turn.model_dump() for turn in case.history])
            yield Row(
                system=system,
                seed=plan.seed,
                identity=who,
                case=case,
                answer=reply.answer,
                error=reply.error,
                seconds=reply.seconds,
                start_seconds=worker.start_seconds,
                peak_mib=reply.peak_mib,
                quotes=quote_fidelity(reply.answer, texts) if reply.answer else (0, 0),
            )


def prepared(settings: Settings) -> Generation:
    """The live index of the settings' home; where there is none yet, it is built from the settings' documents."""
    try:
        return live_generation(settings.home)
    except IndexMissingError:
        embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
        build_index(settings.home, settings.documents, embedder)
        return live_generation(settings.home)


def texts_of(generation: Generation) -> dict[tuple[str, str], tuple[str, str]]:
    """(Korean, English) by (document, segment id)."""
    return {
        (document.id, segment.id): (segment.ko, segment.en)
        for document in generation.documents()
        for segment in document.segments()
    }


def identity(settings: Settings, generation: Generation) -> Identity:
    """What answers over this generation depend on."""
    manifest = generation.manifest()
    return Identity(
        code=_code(),
        documents=_digest(json.dumps(manifest.sources, sort_keys=True).encode()),
        embedder=f"{manifest.embedder_name} {manifest.embedder_sha256[:12]}",
        settings={name: value for name, value in settings.model_dump(mode="json").items() if name not in _SAID},
    )


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for room in ("corpus", "ingest", "assistant", "evals/systems"):
        for path in sorted((_ROOT / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def sample(cases: Sequence[Case], limit: int | None, *, seed: int = 0) -> list[Case]:
    """About `limit` of the cases, twins together, in their order; all of them without a limit."""
    if limit is None or limit >= len(cases):
        return list(cases)
    twins = sorted({case.twin for case in cases})
    random.Random(seed).shuffle(twins)  # noqa: S311  a sample, not secrets
    chosen: set[str] = set()
    count = 0
    for twin in twins:
        if count >= limit:
            break
        chosen.add(twin)
        count += sum(case.twin == twin for case in cases)
    return [case for case in cases if case.twin in chosen][:limit]


def read_rows(path: Path) -> list[Row]:
    """The rows of a run's file. A last line that a kill cut off is left out.

    Raises:
        RunError: the file cannot be read, or another line is no row.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(
            f"{path} cannot be read: {error}.", remedy="Name a file that `evals run --out` wrote."
        ) from error
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines):
                break
            raise RunError(
                f"{path}, line {number} is no row of a run: {error.errors()[0]['msg']!s}.",
                remedy="Name a file that `evals run --out` wrote.",
            ) from error
    return rows


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a run's file anew, at once."""
    pending = path.with_name(f"{path.name}.new")
    pending.write_text("".join(f"{row.model_dump_json()}\n" for row in rows), encoding="utf-8")
    pending.replace(path)
