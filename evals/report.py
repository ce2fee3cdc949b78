"""Tables of an evaluation, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from evals.measures import auroc, bootstrap, citation_precision, nugget_recall, wilson
from evals.run import Row

LANGUAGES = {"en": "English", "ko": "Korean"}


def table(rows: Sequence[Row]) -> str:
    """The main figures by the question's language, each with its 95% interval and n."""
    columns = {title: figures([row for row in rows if row.case.language == code]) for code, title in LANGUAGES.items()}
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for name in next(iter(columns.values())):
        lines.append(f"| {name} | {' | '.join(column[name] for column in columns.values())} |")
    return "\n".join(lines)


def figures(rows: Sequence[Row]) -> dict[str, str]:
    """The main figures of some rows."""
    answerable = [row for row in rows if row.case.answerable]
    unanswerable = [row for row in rows if not row.case.answerable]
    answered = [row for row in answerable if row.answer and not row.answer.abstained]
    yes_no = [row for row in answerable if row.case.verdict]
    given = [row for row in yes_no if row.answer and row.answer.verdict]
    wrong = [row for row in given if row.answer and row.answer.verdict != row.case.verdict]
    refused = [row for row in unanswerable if row.answer and row.answer.abstained]
    confidences = [[row.answer.confidence for row in part if row.answer] for part in (answerable, unanswerable)]
    return {
        "fully right answers": _share(sum(row.right for row in rows), len(rows)),
        "of the answerable": _share(sum(row.right for row in answerable), len(answerable)),
        "citation recall": _mean([nugget_recall(row.case, row.cited) for row in answerable]),
        "citation precision": _mean([citation_precision(row.case, row.cited) for row in answered]),
        "wrong verdicts": _share(len(wrong), len(yes_no)),
        "verdicts given": _share(len(given), len(yes_no)),
        "unanswerable refused": _share(len(refused), len(unanswerable)),
        "answerable refused": _share(len(answerable) - len(answered), len(answerable)),
        "AUROC of the confidence": f"{auroc(*confidences):.3f}",
        "failures": str(sum(row.error is not None for row in rows)),
    }


def by_kind(rows: Sequence[Row]) -> str:
    """Fully right answers by the kind of question and its language."""
    kinds = sorted({row.case.kind for row in rows})
    lines = [f"| kind | {' | '.join(LANGUAGES.values())} |", f"|---|{'---|' * len(LANGUAGES)}"]
    for kind in kinds:
        cells = []
        for code in LANGUAGES:
            part = [row for row in rows if row.case.kind == kind and row.case.language == code]
            cells.append(_share(sum(row.right for row in part), len(part)))
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def agreement(rows: Sequence[Row]) -> str:
    """Share of twins whose two answers are both right or both wrong, and give the same verdict."""
    pairs: dict[str, list[Row]] = {}
    for row in rows:
        pairs.setdefault(row.case.twin, []).append(row)
    twins = [pair for pair in pairs.values() if len(pair) == len(LANGUAGES)]
    agreeing = sum(first.right == second.right and _verdict(first) == _verdict(second) for first, second in twins)
    return _share(agreeing, len(twins))


def _verdict(row: Row) -> str | None:
    return row.answer.verdict if row.answer else None


def _share(count: int, total: int) -> str:
    if not total:
        return "n 0"
    low, high = wilson(count, total)
    return f"{count / total:.3f} [{low:.2f}, {high:.2f}] n {total}"


def _mean(values: Sequence[float]) -> str:
    if not values:
        return "n 0"
    low, high = bootstrap(values)
    return f"{sum(values) / len(values):.3f} [{low:.2f}, {high:.2f}] n {len(values)}"
