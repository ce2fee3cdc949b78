"""How services are called: one name for each, whichever way a document or a person writes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

_TRIMMED = re.compile(r"^(?:microsoft|ms)\s+(?!\d)|\s+(?:cloud )?services?$|\s+online services$")
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
# A name that a single list writes is a slip of one that many write where hardly a letter differs.
_MANY = 5
_ALIKE = 0.95


def canonical(name: str) -> str:
    """A service's name as it is compared: lower case, without the maker and the word "service", by its first alias."""
    name = " ".join(name.lower().split()).strip(" .*:")
    while (trimmed := _TRIMMED.sub("", name).strip(" :")) != name:
        name = trimmed
    return next((known for known, others in aliases().items() if name in others), name)


def canonical_names(text: str) -> tuple[str, ...]:
    """The names that documents use for services that a text names by another one."""
    found = []
    for name, others in aliases().items():
        if any(re.search(whole(other), text, re.IGNORECASE) for other in others):
            found.append(name)
    return tuple(found)


def without_aliases(text: str) -> str:
    """The text without the other names that users have for services."""
    others = sorted((other for names in aliases().values() for other in names), key=len, reverse=True)
    return re.sub("|".join(map(whole, others)), " ", text, flags=re.IGNORECASE)


def whole(name: str) -> str:
    """A pattern for the name where it is no part of a longer word; blanks may be of any length."""
    return rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])".replace(r"\ ", r"\s+")


def aliases() -> Mapping[str, Sequence[str]]:
    """Other names of services, by their canonical name."""
    return _table()["names"]


def suites() -> Mapping[str, Sequence[str]]:
    """The services that belong to a suite, by the suite's canonical name."""
    return _table()["suites"]


def spellings(lists: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """What a name stands for where it is another spelling of a name that more lists have, or several run together.

    `lists` tells how many lists have each canonical name. "to- do" stands for "to-do", "bookings" for "booking" or the
    other way round, a slip of the pen for the name that it is a slip of, "azure & contoso" for both.
    """
    common = {name: count for name, count in sorted(lists.items()) if count >= _MANY}
    most_used: dict[str, str] = {}
    for name in sorted(lists, key=lambda name: (-lists[name], name)):
        most_used.setdefault(_letters(name), name)
    found: dict[str, tuple[str, ...]] = {}
    for name, count in lists.items():
        meant: tuple[str, ...] = (most_used[_letters(name)],)
        if meant == (name,) and count == 1:
            meant = _slip(name, common) or _run_together(name, lists) or meant
        if meant != (name,):
            found[name] = meant
    return found


def _letters(name: str) -> str:
    """What two spellings of a name share: letters and digits, without the plural."""
    return "".join(word.removesuffix("s") for word in _WORDS.findall(name))


def _slip(name: str, common: Mapping[str, int]) -> tuple[str, ...]:
    near = get_close_matches(name, common, n=1, cutoff=_ALIKE)
    return tuple(near) if near and _DIGITS.findall(near[0]) == _DIGITS.findall(name) else ()


def _run_together(name: str, lists: Mapping[str, int]) -> tuple[str, ...]:
    """The two names that other lists have and that this one joins."""
    words = name.split()
    for place in range(1, len(words)):
        parts = canonical(" ".join(words[:place]).removesuffix(" &")), canonical(" ".join(words[place:]))
        if all(lists.get(part, 0) > 1 for part in parts):
            return parts
    return ()


@cache
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("corpus").joinpath("data/services.toml").read_text(encoding="utf-8"))
