"""Evaluation questions with their gold evidence, checked against the documents before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.verdict import Verdict
from corpus.documents import Language
from corpus.errors import CaseError

Kind = Literal[
    "lookup", "yesno", "list", "link", "coverage", "followup", "false_premise", "divergence", "unanswerable"
]  # fmt: skip
Scope = Literal["soc", "collection"]
VariantName = Literal["typos", "unspaced", "casing", "mixed", "paraphrase", "polite"]
Unanswerable = Literal[
    "underspecified",
    "false_presupposition",
    "nonsensical",
    "modality_limited",
    "safety_concern",
    "out_of_database",
    "chitchat",
    "instruction",
    "opinion",
]
"""Why a question must be refused: the six classes of UAEval4RAG (Peng et al. 2024, arXiv 2412.12300), and three
kinds of talk that are no question to the documents."""


class Turn(BaseModel):
    """One turn of the conversation before the question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["user", "assistant"]
    content: str


class Nugget(BaseModel):
    """One fact of the right answer. Any one of `segments` states it; a complete answer needs the vital ones.

    After the nuggets of TREC's question answering track (Voorhees 2003; Pradeep et al. 2024, AutoNuggetizer).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    vital: bool
    segments: tuple[str, ...] = Field(min_length=1)


class Case(BaseModel):
    """One question. Twins ask the same in the other language; `scope` is the collection that it is asked over.

    `divergent` are gold segments whose languages disagree: a right answer shows that beside its citation. A variant
    (`evals.variants`) has the id of the case that it rewrites as `origin`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    twin: str = Field(min_length=1)
    split: Literal["dev", "test"]
    scope: Scope
    kind: Kind
    language: Language
    question: str = Field(min_length=1)
    history: tuple[Turn, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    verdict: Verdict | None = None
    condition: str | None = None
    unanswerable: Unanswerable | None = None
    standalone: str | None = None
    divergent: tuple[str, ...] = ()
    variant: VariantName | None = None
    origin: str | None = None

    @property
    def answerable(self) -> bool:
        return self.unanswerable is None

    @property
    def gold(self) -> frozenset[str]:
        """Ids of all segments that state one of the facts."""
        return frozenset(segment for nugget in self.nuggets for segment in nugget.segments)


_REMEDY = "Correct these lines; where only segments are missing, ask over what is indexed (--scope, --home)."


def bundled_cases() -> list[Path]:
    """The files of questions that ship with the project."""
    folder = Path(str(files("evals"))) / "data"
    return sorted(folder.glob("*.jsonl"))


@cache
def labelled_divergences() -> Mapping[str, frozenset[str]]:
    """The segments whose languages disagree, by document, of the documents that were read whole for them."""
    text = (files("evals") / "data" / "divergent.toml").read_text(encoding="utf-8")
    return {document: frozenset(chain(*labels.values())) for document, labels in tomllib.loads(text).items()}


def load_cases(paths: Sequence[Path], known_segments: Mapping[Scope, Collection[str]] | None = None) -> list[Case]:
    """Read and check cases. Every gold id must be among the `known_segments` of its case's scope, where it has any.

    Raises:
        CaseError: names every fault of every file, with its line; nothing is returned then.
    """
    known = {scope: frozenset(segments) for scope, segments in (known_segments or {}).items()}
    cases: list[Case] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        for line, case in _rows(path, faults):
            if case.id in seen:
                faults.append(f"{path}, line {line}: the id {case.id} occurs twice, first at {seen[case.id]}")
            seen.setdefault(case.id, f"{path}, line {line}")
            faults.extend(f"{path}, line {line}: {fault}" for fault in _faults(case, known.get(case.scope)))
            cases.append(case)
    if faults:
        raise CaseError(f"{len(faults)} faults in the cases:\n" + "\n".join(faults), remedy=f"\n{_REMEDY}")
    return cases


def _rows(path: Path, faults: list[str]) -> Iterator[tuple[int, Case]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines: U+2028 may stand inside a row
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path}: {error}")
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, Case.model_validate_json(line)
        except ValidationError as error:
            details = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors())
            faults.append(f"{path}, line {number}: {details}")


def _faults(case: Case, known: frozenset[str] | None) -> Iterator[str]:
    if case.answerable != bool(case.nuggets):
        yield f"{case.id} has {len(case.nuggets)} nuggets and unanswerable={case.unanswerable!r}"
    if case.kind == "unanswerable" and case.answerable:
        yield f"{case.id} is of the kind unanswerable and does not say why"
    if case.kind == "followup" and not case.history:
        yield f"{case.id} is a follow-up without a history"
    if (case.verdict == "conditional") != (case.condition is not None):
        yield f"{case.id} has the verdict {case.verdict!r} and the condition {case.condition!r}"
    if case.kind == "divergence" and not case.divergent:
        yield f"{case.id} is of the kind divergence and does not say in which segment the languages disagree"
    if strange := sorted(set(case.divergent) - case.gold):
        yield f"{case.id} has segments in `divergent` that state none of its facts: {', '.join(strange)}"
    if known is not None and (unknown := sorted(case.gold - known)):
        yield f"{case.id} names segments that the documents do not have: {', '.join(unknown)}"
