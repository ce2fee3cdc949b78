"""Systems by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from corpus.errors import ConfigurationError
from evals.systems.protocol import Opener, Place, System

SYSTEMS = {
    "ours": "evals.systems.ours:as_it_ships",
    "without-fusion": "evals.systems.ours:without_fusion",
    "without-coverage": "evals.systems.ours:without_coverage",
    "without-verdicts": "evals.systems.ours:without_verdicts",
    "without-reader": "evals.systems.ours:without_reader",
    "bm25": "evals.systems.retrieval:Bm25",
    "dense": "evals.systems.retrieval:Dense",
    "tutorial": "evals.systems.tutorial:Tutorial",
    "random": "evals.systems.floors:Random",
    "abstain": "evals.systems.floors:Abstain",
}
"""Where each is opened. Nothing is imported before it is, so that a process has only its own system's packages."""


def open_system(name: str, place: Place) -> System:
    """Open a system: a name of SYSTEMS, with `=MODEL` behind it where it takes one, or `package.module:function`.

    Raises:
        ConfigurationError: there is none of that name.
        AssistantError: it cannot be opened.
    """
    known, _, argument = name.partition("=")
    if known not in SYSTEMS:
        known, argument = name, ""
    return _opener(known)(replace(place, argument=argument))


def check(names: Iterable[str]) -> None:
    """See that every name stands for a system.

    Raises:
        ConfigurationError: one does not.
    """
    for name in names:
        known = name.partition("=")[0]
        _opener(known if known in SYSTEMS else name)


def _opener(name: str) -> Opener:
    module, _, function = SYSTEMS.get(name, name).partition(":")
    try:
        return cast("Opener", getattr(importlib.import_module(module), function))
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"There is no system {name!r}: {error}.",
            remedy=f"Take one of {', '.join(SYSTEMS)}, dense=MODEL, tutorial=MODEL, or package.module:function.",
        ) from error
