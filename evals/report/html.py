"""One self-contained HTML page: tables with intervals, plots, and the failures side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from evals.cases import Case
from evals.compare import lead
from evals.figures import (
    LANGUAGES,
    Figure,
    figures,
    given,
    performance,
    predictions,
    right_over_twins,
    robustness,
    share,
    twins_agree,
)
from evals.measures import coverage_risk, reliability
from evals.report import plots
from evals.report.markdown import SCOPES, by
from evals.run import Row

_CURVES = 6
_CURVE_FROM = 0.05  # below, each answer more is a jump
_ABLATION = "without-"  # their curves lie on ours
_RIGHT = "fully right answers"
_SYSTEM_COLUMNS = (
    _RIGHT,
    "citation recall",
    "citation precision",
    "citation F1",
    "wrong verdicts",
    "divergences shown",
    "unanswerable refused",
    "answerable refused",
    "AUROC of the confidence",
    "failures",
)


def page(rows: Sequence[Row]) -> str:
    """The whole report of a run."""
    sections = [_section(scope, here) for scope, here in by(rows, "scope").items()]
    return _rendered("page.html", sections=sections, rows=len(rows), languages=list(LANGUAGES.values()))


def plots_page(title: str, drawn: Mapping[str, str]) -> str:
    """A page of nothing but plots, by their titles."""
    return _rendered("plots.html", title=title, drawn=drawn)


def _rendered(name: str, **values: object) -> str:
    from jinja2 import Environment, StrictUndefined

    folder = files("evals.report")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / name).read_text(encoding="utf-8"))
    return template.render(style=(folder / "plots.css").read_text(encoding="utf-8"), **values)


def _section(scope: str, rows: Sequence[Row]) -> dict[str, Any]:
    systems = by(rows, "system")
    asked = {name: [row for row in members if row.case.variant is None] for name, members in systems.items()}
    first, mine = next(iter(asked.items()))
    return {
        "title": SCOPES.get(scope, scope),
        "scope": scope,
        "first": first,
        "identity": mine[0].identity if mine else None,
        "cases": len(mine),
        "splits": sorted({row.case.split for row in mine}),
        "figures": _by_language(mine),
        "twins": twins_agree(mine),
        "systems": {name: _system_line(members) for name, members in asked.items()},
        "rival": _nearest_rival(asked, first),
        "leads": {name: lead(mine, members) for name, members in asked.items() if name != first},
        "system_columns": [*_SYSTEM_COLUMNS, "p50"],
        "performance": {name: performance(members) for name, members in asked.items()},
        "drops": robustness(systems[first]),
        "plots": _plots(asked, mine),
        "failures": [_failure(row) for row in mine if not row.right and row.case.split == "dev"],
    }


def _nearest_rival(asked: Mapping[str, Sequence[Row]], first: str) -> str | None:
    """The system with the most fully right answers that is neither the first nor it without a part."""
    rivals = [name for name in asked if name != first and not name.startswith(_ABLATION)]
    return max(rivals, key=lambda name: right_over_twins(asked[name]).value, default=None)


def _by_language(rows: Sequence[Row]) -> dict[str, list[Figure]]:
    columns = [figures([row for row in rows if row.case.language == code]) for code in LANGUAGES]
    return {name: [column[name] for column in columns] for name in columns[0]}


def _system_line(rows: Sequence[Row]) -> list[Figure]:
    found = {**figures(rows), _RIGHT: right_over_twins(rows)}
    return [*(found[name] for name in _SYSTEM_COLUMNS), performance(rows)["p50"]]


def _rights(rows: Sequence[Row]) -> list[Figure]:
    found = ([row.right for row in rows if row.case.language == code] for code in LANGUAGES)
    return [share(sum(rights), len(rights)) for rights in found]


def _plots(asked: Mapping[str, Sequence[Row]], mine: Sequence[Row]) -> dict[str, str]:
    languages = list(LANGUAGES.values())
    kinds = {kind: _rights(members) for kind, members in sorted(by(mine, "kind").items())}
    reasons = by([row for row in mine if not row.case.answerable], "unanswerable")
    curves = {
        name: [point for point in coverage_risk(given(rows), len(rows)) if point[0] >= _CURVE_FROM]
        for name, rows in asked.items()
    }
    curves = {name: line for name, line in curves.items() if line and not name.startswith(_ABLATION)}
    bins = reliability(predictions(mine))
    times = {name: [performance(rows)[part] for part in ("p50", "p95", "p99")] for name, rows in asked.items()}
    slowest = max((figure.value for line in times.values() for figure in line), default=0.0) or 1.0
    found = {
        "Fully right answers, by system": plots.bars({name: _rights(rows) for name, rows in asked.items()}, languages),
        "Fully right answers, by kind of question": plots.bars(kinds, languages),
        "Risk of a wrong answer, by the share of questions answered": plots.curves(
            dict(list(curves.items())[:_CURVES]), x="share of the questions answered", y="share wrong among them"
        ),
        "Does the confidence mean what it says?": plots.curves(
            {"answers": [(one.confidence, one.truth) for one in bins]},
            x="confidence",
            y="share that cites a vital fact",
            diagonal=True,
            dots=True,
        ),
        "Milliseconds an answer": plots.bars(times, ["p50", "p95", "p99"], unit="ms", top=slowest),
    }
    if reasons:
        refused = {reason: _rights(members) for reason, members in sorted(reasons.items())}
        found["Unanswerable questions refused, by why they are"] = plots.bars(refused, languages)
    return found


def _failure(row: Row) -> dict[str, Any]:
    """One failed case as it is shown. The test split's are never: they are not for learning from."""
    answer = row.answer
    return {
        "id": row.case.id,
        "kind": row.case.kind,
        "language": row.case.language,
        "fault": _fault(row),
        "case": row.case,
        "gold": _gold(row.case),
        "answer": answer,
        "error": row.error,
        "cited": sorted(row.cited),
        "hits": row.cited & row.case.gold,
    }


def _fault(row: Row) -> str:
    if row.error is not None:
        return "failed"
    if not row.case.answerable:
        return "answered what must be refused"
    if row.abstained:
        return "refused"
    if row.verdict == "wrong":
        return "wrong verdict"
    return "facts missing" if row.recall else "other evidence"


def _gold(case: Case) -> list[dict[str, Any]]:
    return [{"fact": nugget.fact, "vital": nugget.vital, "segments": list(nugget.segments)} for nugget in case.nuggets]
