"""Front matter: the simple `key: value` lines and lists between two `---` lines at the top of a page."""

from __future__ import annotations

import re

_KEY = re.compile(r"([A-Za-z_][\w.-]*)\s*:(?:\s+(.*))?$")
_BLOCK_SCALARS = frozenset({"|", "|-", "|+", ">", ">-", ">+"})


def split(text: str) -> tuple[dict[str, str], str, bool]:
    """(metadata, body, closed). The body keeps the page's line numbers: front matter becomes empty lines."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return {}, text, True
    for number in range(1, len(lines)):
        if lines[number].rstrip() in {"---", "..."}:
            body = "\n" * (number + 1) + "\n".join(lines[number + 1 :])
            return _metadata(lines[1:number]), body, True
    return {}, text, False


def _metadata(lines: list[str]) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    lists: set[str] = set()
    key = ""
    for line in lines:
        text = line.strip()
        match = _KEY.match(line)
        if match:
            key = match[1]
            value = (match[2] or "").strip()
            values[key] = [] if value in _BLOCK_SCALARS else _items(value)
            lists.discard(key)
        elif key and text and not text.startswith("#"):
            if text.startswith("- "):
                lists.add(key)
            values[key].append(_unquoted(text.removeprefix("- ").strip()))
    return {key: (", " if key in lists else " ").join(parts) for key, parts in values.items()}


def _items(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [", ".join(_unquoted(part.strip()) for part in value[1:-1].split(",") if part.strip())]
    return [_unquoted(value)] if value else []


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        inner = value[1:-1]
        return inner.replace('\\"', '"') if value[0] == '"' else inner.replace("''", "'")
    return value
