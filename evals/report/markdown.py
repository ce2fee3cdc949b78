"""Tables of an evaluation, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.compare import lead
from evals.figures import LANGUAGES, Figure, figures, performance, right_over_twins, robustness, share, twins_agree
from evals.run import Row

SCOPES = {"soc": "the SOC page", "collection": "the whole collection"}
_COMPARED = (
    "citation recall",
    "citation precision",
    "wrong verdicts",
    "unanswerable refused",
    "AUROC of the confidence",
    "failures",
)


def markdown(rows: Sequence[Row]) -> str:
    """Everything worth printing: of each scope the first system by language and kind, then the systems beside it."""
    parts: list[str] = []
    for scope, here in by(rows, "scope").items():
        systems = by(here, "system")
        first, mine = next(iter(systems.items()))
        asked = [row for row in mine if row.case.variant is None]
        parts += [f"## Over {SCOPES.get(scope, scope)}, {first}", table(asked), by_kind(asked)]
        parts.append(f"Twins agree: {twins_agree(asked)}")
        if any(row.case.variant for row in mine):
            parts.append(variants_table(mine))
        if len(systems) > 1:
            parts.append(systems_table(here))
    return "\n\n".join(parts)


def by(rows: Sequence[Row], what: str) -> dict[str, list[Row]]:
    """Rows by system, or by scope, kind, language of their case; in order of first appearance."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.system if what == "system" else getattr(row.case, what), []).append(row)
    return found


def table(rows: Sequence[Row]) -> str:
    """The main figures by the question's language, each with its 95% interval and n."""
    columns = {title: figures([row for row in rows if row.case.language == code]) for code, title in LANGUAGES.items()}
    return as_table("", {name: [column[name] for column in columns.values()] for name in figures([])}, list(columns))


def by_kind(rows: Sequence[Row]) -> str:
    """Fully right answers by the kind of question and its language; of the unanswerable ones by why."""
    lines: dict[str, list[Figure]] = {}
    for kind, members in sorted(by(rows, "kind").items()):
        lines[kind] = _right_by_language(members)
        if kind == "unanswerable":
            for reason, some in sorted(by(members, "unanswerable").items()):
                lines[f"- {reason}"] = _right_by_language(some)
    return as_table("kind", lines, list(LANGUAGES.values()))


def _right_by_language(rows: Sequence[Row]) -> list[Figure]:
    found = ([row.right for row in rows if row.case.language == code] for code in LANGUAGES)
    return [share(sum(rights), len(rights)) for rights in found]


def systems_table(rows: Sequence[Row]) -> str:
    """The systems of a run side by side, over both languages; intervals are over twins, which ask the same."""
    lines: dict[str, list[object]] = {}
    systems = {
        name: [row for row in members if row.case.variant is None] for name, members in by(rows, "system").items()
    }
    first = next(iter(systems))
    for system, asked in systems.items():
        found = figures(asked)
        milliseconds = f"{performance(asked)['p50'].value:.0f} ms"
        lines[system] = [
            right_over_twins(asked),
            "" if system == first else led(systems[first], asked),
            *(f"{found[name].value:.3f}" if found[name].n else "" for name in _COMPARED),
            milliseconds,
        ]
    return as_table("system", lines, ["fully right answers", f"{first} is ahead by", *_COMPARED, "p50"])


def led(mine: Sequence[Row], theirs: Sequence[Row]) -> str:
    """By how much the first system is ahead in fully right answers, with the p of the paired test over twins."""
    ahead = lead(mine, theirs)
    return f"{ahead.difference.value:+.3f} [{ahead.difference.low:.2f}, {ahead.difference.high:.2f}] p {ahead.p:.3f}"


def variants_table(rows: Sequence[Row]) -> str:
    """What ways of writing the questions cost, in fully right answers."""
    lines: dict[str, Sequence[object]] = {
        name: [f"{drop.before:.3f}", f"{drop.after:.3f}", drop.difference, f"{drop.p:.3f}"]
        for name, drop in robustness(rows).items()
    }
    return as_table("written with", lines, ["as it is", "rewritten", "difference", "p"])


def as_table(corner: str, lines: Mapping[str, Sequence[object]], columns: Sequence[str]) -> str:
    """A Markdown table: one line a name, one cell a column."""
    rows = [f"| {corner} | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    rows += [f"| {name} | {' | '.join(map(str, cells))} |" for name, cells in lines.items()]
    return "\n".join(rows)
