"""Public retrieval sets in BEIR's layout (Thakur et al. 2021, arXiv 2104.08663): our arms among published numbers.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels/<split>.tsv`
(query, item and grade under a line of headings).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CaseError
from evals.figures import Figure, average
from evals.measures import per_query
from ingest.cache import EmbeddingCache
from ingest.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np

    from ingest.embedder import Embedder

MEASURES = ("nDCG@10", "R@10", "R@100", "RR@10", "Success@1")
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Items to find, queries, and query -> item -> grade (0: not relevant)."""

    name: str
    items: Mapping[str, str]
    queries: Mapping[str, str]
    gold: Mapping[str, Mapping[str, int]]


def load_beir(folder: Path, split: str = "test") -> RetrievalSet:
    """Read a set; of the queries those that the split's qrels grade.

    Raises:
        CaseError: names every fault of the three files, with its line.
    """
    faults: list[str] = []
    items = {
        row["_id"]: f"{row.get('title') or ''} {row['text']}".strip() for row in _rows(folder / "corpus.jsonl", faults)
    }
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl", faults)}
    gold: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / f"{split}.tsv"
    for number, (query, item, grade) in _judgements(path, faults):
        if query not in queries or item not in items:
            missing = f"query {query!r}" if query not in queries else f"item {item!r}"
            faults.append(f"{path}, line {number}: there is no {missing} in the set")
        gold.setdefault(query, {})[item] = grade
    if not gold and not faults:
        faults.append(f"{path}: there is no judgement in it")
    if faults:
        raise CaseError(f"{len(faults)} faults in {folder}:\n" + "\n".join(faults), remedy="\nCorrect these lines.")
    return RetrievalSet(folder.name, items, {query: queries[query] for query in gold}, gold)


def _rows(path: Path, faults: list[str]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for number, line in _lines(path, faults):
        try:
            row = json.loads(line)
        except ValueError as error:
            faults.append(f"{path}, line {number}: {error}")
            continue
        if not (isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("_id", "text"))):
            faults.append(f"{path}, line {number}: it has no _id and text")
        elif row["_id"] in seen:
            faults.append(f"{path}, line {number}: the id {row['_id']!r} occurs twice")
        else:
            seen.add(row["_id"])
            yield row


def _judgements(path: Path, faults: list[str]) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for number, line in _lines(path, faults):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue  # the line of headings
        try:
            query, item, grade = cells
            yield number, (query, item, int(grade))
        except ValueError:
            faults.append(f"{path}, line {number}: it is not query, item and a whole number, with tabs between")


def _lines(path: Path, faults: list[str]) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from ((number, line.rstrip("\r\n")) for number, line in enumerate(file, 1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path}: {error}")


def measure_beir(
    found: RetrievalSet,
    embedder: Embedder,
    cache: Path,
    *,
    bm25_weight: float,
    on_progress: Callable[[int], None] = lambda _: None,
) -> dict[str, dict[str, Figure]]:
    """Figures by arm: BM25, the embedder, both by standardised scores. `on_progress` receives texts newly embedded."""
    import numpy as np

    ids, texts = list(found.items), list(found.items.values())
    lexical = LexicalIndex.build([("", text) for text in texts])
    store = EmbeddingCache(cache / "embeddings.sqlite3")
    try:
        vectors, _ = store.embed(texts, embedder, on_progress=on_progress)
    finally:
        store.close()
    runs: dict[str, dict[str, dict[str, float]]] = {"BM25": {}, "dense": {}, "both": {}}
    for query, text in found.queries.items():
        bm25 = lexical.scores(text)
        dense = vectors @ np.asarray(embedder.embed_query(text), dtype=np.float32)
        both = (1 - bm25_weight) * _standardised(dense) + bm25_weight * _standardised(bm25)
        for arm, scores in (("BM25", bm25), ("dense", dense), ("both", both)):
            best = np.argsort(-scores, kind="stable")[:_DEPTH]
            runs[arm][query] = {ids[row]: float(scores[row]) for row in best}
    return {arm: summarised(found.gold, run, MEASURES) for arm, run in runs.items()}


def summarised(
    gold: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]], names: Sequence[str]
) -> dict[str, Figure]:
    """Mean by measure over all queries, with its bootstrap interval."""
    return {name: average(list(values.values())) for name, values in per_query(gold, run, names).items()}


def _standardised(scores: np.ndarray) -> np.ndarray:
    deviation = float(scores.std())
    return (scores - scores.mean()) / deviation if deviation else scores * 0.0
