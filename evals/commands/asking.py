"""What several commands share: the chosen cases, the homes, a run with a progress bar that keeps its rows."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import get_args

from tqdm import tqdm

from corpus.errors import ConfigurationError
from evals.cases import Case, Scope, load_cases
from evals.run import Plan, Row, prepared, read_rows, run, texts_of, write_rows
from ingest.settings import Settings, load_settings

SCOPES: tuple[Scope, ...] = get_args(Scope)


def by_scope(words: Sequence[str], what: str) -> dict[Scope, str]:
    """`SCOPE=SOMETHING` words as a mapping.

    Raises:
        ConfigurationError: a word is not of that form.
    """
    found: dict[Scope, str] = {}
    for word in words:
        name, _, value = word.partition("=")
        scope = next((scope for scope in SCOPES if scope == name), None)
        if scope is None or not value:
            raise ConfigurationError(f"{word!r} is not SCOPE={what}.", remedy=f"The scopes are {', '.join(SCOPES)}.")
        found[scope] = value
    return found


def homes(words: Sequence[str], scope: str | None) -> dict[Scope, Settings]:
    """The settings by scope, from `SCOPE=HOME` words; a scope that none names has the environment's."""
    settings, named = load_settings(), by_scope(words, "HOME")
    return {
        one: settings.model_copy(update={"home": Path(named[one])}) if one in named else settings
        for one in SCOPES
        if scope in (None, one)
    }


def known_segments(settings: Mapping[Scope, Settings]) -> dict[Scope, frozenset[str]]:
    """The ids that each scope's index holds."""
    return {scope: frozenset(segment for _, segment in texts_of(prepared(one))) for scope, one in settings.items()}


def chosen(
    paths: Sequence[Path],
    scope: str | None,
    split: str | None,
    known: Mapping[Scope, Collection[str]] | None = None,
) -> list[Case]:
    """The cases of some files that are asked over this scope and belong to this split; all files are checked whole."""
    cases = load_cases(paths, known)
    return [case for case in cases if scope in (None, case.scope) and split in (None, case.split)]


def kept(cases: Sequence[Case], plan: Plan, out: Path | None) -> list[Row]:
    """Run with a progress bar; with `out`, go on from the rows in it, and keep each new one at once."""
    done = read_rows(out) if out and out.exists() else []
    if out:
        write_rows(out, done)  # without a line that a kill cut off
    already = {id(row) for row in done}
    with tqdm(None, total=len(cases) * len(plan.systems), desc="questions", file=sys.stderr, leave=False) as bar:

        def keep(row: Row) -> None:
            bar.set_postfix_str(row.system, refresh=False)
            bar.update()
            if out and id(row) not in already:
                with out.open("a", encoding="utf-8") as file:
                    file.write(f"{row.model_dump_json()}\n")

        rows = run(cases, plan, done=done, on_row=keep)
    if out:
        write_rows(out, rows)
    return rows
