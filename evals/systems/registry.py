"""Systems by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from typing import cast

from corpus.errors import ConfigurationError, MissingExtraError
from evals.systems.protocol import Opener, Place, System

SYSTEMS = {
    "ours": "evals.systems.ours:as_it_ships",
    "without-fusion": "evals.systems.ours:without_fusion",
    "without-headings": "evals.systems.ours:without_headings",
    "without-coverage": "evals.systems.ours:without_coverage",
    "without-verdicts": "evals.systems.ours:without_verdicts",
    "without-reader": "evals.systems.ours:without_reader",
    "bm25": "evals.systems.retrieval:Bm25",
    "dense": "evals.systems.retrieval:Dense",
    "tutorial": "evals.systems.tutorial:Tutorial",
    "haystack": "evals.systems.haystack:lexical",
    "haystack-dense": "evals.systems.haystack:dense",
    "random": "evals.systems.floors:Random",
    "abstain": "evals.systems.floors:Abstain",
}
"""Where each is opened. Nothing is imported before it is, so that a process has only its own system's packages."""
EXTRAS = {"haystack": ("haystack", "rivals"), "haystack-dense": ("haystack", "rivals")}
"""The package, and the extra that brings it, of the systems that need one beyond `evals`."""


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


def installed(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The systems whose packages are there; and of each other one, a line that says why it is left out."""
    present, absent = [], []
    for name in names:
        package, extra = EXTRAS.get(name.partition("=")[0], ("", ""))
        if not package or find_spec(package):
            present.append(name)
        else:
            absent.append(f"{name} is left out: {MissingExtraError(package, extra=extra)}")
    return present, absent


def _opener(name: str) -> Opener:
    module, _, function = SYSTEMS.get(name, name).partition(":")
    try:
        return cast("Opener", getattr(importlib.import_module(module), function))
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"There is no system {name!r}: {error}.",
            remedy=f"Take one of {', '.join(SYSTEMS)}, NAME=MODEL, or package.module:function.",
        ) from error
