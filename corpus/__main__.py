"""Reports on bilingual documents: `python -m corpus divergences | conflicts [PATH ...]`."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from corpus.conflicts import Conflict, conflicts
from corpus.coverage import Coverage
from corpus.divergence import Divergence, divergences
from corpus.documents import Document, bundled_path, load_corpus
from corpus.errors import AssistantError

Row = tuple[Document, Divergence]
Pair = tuple[Document, Conflict]
Record = dict[str, object]
_COLUMNS = (
    "document", "title", "segment_id", "severity", "kind", "probability", "en", "ko", "explanation_en",
    "explanation_ko", "source_url",
)  # fmt: skip
_PAIR_COLUMNS = (
    "document", "title", "kind", "first_id", "second_id", "first_en", "second_en", "first_ko", "second_ko",
    "explanation_en", "explanation_ko", "source_url",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, list, print; 1 and one line on stderr when documents cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        corpus = load_corpus(options.paths or [bundled_path()])
    except AssistantError as error:
        print("error:", *str(error).split(), file=sys.stderr)
        return 1
    for problem in corpus.problems:
        print("note:", *str(problem).split(), file=sys.stderr)
    try:
        if options.command == "conflicts":
            pairs = list(disagreeing(corpus.documents))
            _print(options, _PAIR_COLUMNS, map(_pair_record, pairs), conflict_report(pairs, corpus.documents))
        else:
            rows = list(listed(corpus.documents, severity=options.severity))
            _print(options, _COLUMNS, map(_record, rows), report(rows, corpus.documents))
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def _print(options: argparse.Namespace, columns: Sequence[str], records: Iterable[Record], text: str) -> None:
    """The findings in the form that the options ask for."""
    if options.json:
        print(json.dumps(list(records), ensure_ascii=False, indent=1))
    elif options.csv:
        writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        print(text)


def listed(documents: Iterable[Document], *, severity: str | None = None) -> Iterable[Row]:
    """The divergences of the documents, in their order; of one severity, if one is given."""
    for document in documents:
        for divergence in divergences(document):
            if severity in {None, divergence.severity}:
                yield document, divergence


def report(rows: Sequence[Row], documents: Sequence[Document]) -> str:
    """A report to work through: per document its divergences with both texts and what differs."""
    told = (
        (
            document,
            [
                f"[{divergence.severity}] {divergence.segment_id}  {divergence.kind}  {divergence.probability:.2f}",
                f"  en  {divergence.en}",
                f"  ko  {divergence.ko}",
                f"  {divergence.explanation_en}",
                f"  {divergence.explanation_ko}",
            ],
        )
        for document, divergence in rows
    )
    major = sum(divergence.severity == "major" for _, divergence in rows)
    segments = sum(1 for document in documents for segment in document.segments() if segment.en and segment.ko)
    summary = f"{major} major and {len(rows) - major} minor in {segments:,} segments of {len(documents)} documents."
    return "\n".join([*_under_documents(told), summary])


def _under_documents(findings: Iterable[tuple[Document, list[str]]]) -> Iterable[str]:
    """The lines of findings, each with a blank line behind it, under the titles of their documents."""
    current = None
    for document, lines in findings:
        if document is not current:
            current = document
            yield from (f"# {document.id}: {document.title_en} / {document.title_ko}", "")
        yield from (*lines, "")


def disagreeing(documents: Sequence[Document]) -> Iterable[Pair]:
    """The conflicts within the documents, in their order."""
    coverage = Coverage(documents)
    for document in documents:
        for conflict in conflicts(document, coverage):
            yield document, conflict


def conflict_report(pairs: Sequence[Pair], documents: Sequence[Document]) -> str:
    """A report to work through: per document its conflicts with both passages in both languages."""
    told = (
        (
            document,
            [
                f"{one.first.id} / {one.second.id}  {one.kind}",
                *(line for side in (one.first, one.second) for line in (f"  en  {side.en}", f"  ko  {side.ko}")),
                f"  {one.explanation_en}",
                f"  {one.explanation_ko}",
            ],
        )
        for document, one in pairs
    )
    return "\n".join([*_under_documents(told), f"{len(pairs)} conflicts within {len(documents)} documents."])


def _pair_record(pair: Pair) -> Record:
    document, conflict = pair
    first, second = conflict.first, conflict.second
    return {
        "document": document.id, "title": document.title_en, "kind": conflict.kind, "first_id": first.id,
        "second_id": second.id, "first_en": first.en, "second_en": second.en, "first_ko": first.ko,
        "second_ko": second.ko, "explanation_en": conflict.explanation_en, "explanation_ko": conflict.explanation_ko,
        "source_url": document.source_url or "",
    }  # fmt: skip


def _record(row: Row) -> Record:
    document, divergence = row
    values = {"document": document.id, "title": document.title_en, "source_url": document.source_url or ""}
    values |= asdict(divergence)
    return {column: values[column] for column in _COLUMNS}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    diverging = commands.add_parser(
        "divergences", help="where the Korean and the English of a segment say different things"
    )
    diverging.add_argument("--severity", choices=("major", "minor"), help="list only these")
    conflicting = commands.add_parser("conflicts", help="where two passages of one document disagree")
    for command in (diverging, conflicting):
        command.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: the bundled page)"
        )
        form = command.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="as a JSON array")
        form.add_argument("--csv", action="store_true", help="as CSV with a header line")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
