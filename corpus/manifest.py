"""The manifest of a documents folder: where its pages come from and under which licence.

exclude = ["NOTES.md"]          # files of the folder that are not documents

[defaults]                      # for every page of the folder
licence = "CC-BY-4.0"
attribution = "Who wrote it"
link_base = "https://example.org"

[documents."folder/page.md"]    # for one page: any of the above, and
source_url = "https://example.org/page"
sha256 = "..."
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import ManifestError

NAME = "manifest.toml"

_SHARED_KEYS = frozenset({"licence", "attribution", "link_base"})
_PAGE_KEYS = _SHARED_KEYS | {"source_url", "sha256"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder's manifest says; empty where there is none."""

    path: Path
    exclude: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def entry(self, name: str) -> dict[str, str]:
        """What is known about the page at `name`, a posix path below the folder; without its checksum."""
        known = {**self.defaults, **self.documents.get(name, {})}
        known.pop("sha256", None)
        return known

    def check(self, name: str, content: bytes) -> str:
        """The content's SHA-256. Raises ManifestError if the manifest has another one for this page."""
        actual = hashlib.sha256(content).hexdigest()
        expected = self.documents.get(name, {}).get("sha256", actual)
        if actual != expected:
            raise ManifestError(
                f"{self.path}: {name} has the SHA-256 {actual}, the manifest says {expected}.",
                remedy="Restore the file, or write the new checksum into the manifest if the change is wanted.",
            )
        return actual


def read_manifest(folder: Path) -> Manifest:
    """The folder's manifest, or an empty one. Raises ManifestError if it cannot be read or names missing files."""
    path = folder / NAME
    if not path.is_file():
        return Manifest(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(f"{path} cannot be read: {error}.", remedy="Correct it; it is a TOML file.") from error
    _check_keys(path, "the manifest", content, frozenset({"exclude", "defaults", "documents"}))
    exclude = content.get("exclude", [])
    if not isinstance(exclude, list) or not all(isinstance(name, str) for name in exclude):
        raise ManifestError(f"{path}: exclude is {exclude!r}.", remedy='Write a list of file names: ["NOTES.md"].')
    documents = {
        name: _strings(path, f'documents."{name}"', entry, _PAGE_KEYS)
        for name, entry in _table(path, "documents", content.get("documents", {})).items()
    }
    for name, entry in documents.items():
        _check_page(path, name, entry)
    defaults = _strings(path, "defaults", content.get("defaults", {}), _SHARED_KEYS)
    return Manifest(path, frozenset(exclude), defaults, documents)


def _check_page(path: Path, name: str, entry: Mapping[str, str]) -> None:
    if not (path.parent / name).is_file():
        raise ManifestError(f"{path} lists {name}, which is not there.", remedy="Restore the file, or drop its entry.")
    if "sha256" in entry and not _SHA256.fullmatch(entry["sha256"]):
        raise ManifestError(
            f"{path}: the sha256 of {name} is {entry['sha256']!r}.",
            remedy="Write 64 hexadecimal digits in lower case, as `sha256sum` prints them.",
        )


def _table(path: Path, name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ManifestError(f"{path}: {name} is {value!r}.", remedy=f"Write it as a table: [{name}].")
    return value


def _strings(path: Path, name: str, value: object, allowed: frozenset[str]) -> dict[str, str]:
    table = _table(path, name, value)
    _check_keys(path, name, table, allowed)
    for key, text in table.items():
        if not isinstance(text, str):
            raise ManifestError(f"{path}: {key} in {name} is {text!r}.", remedy="Write it as text in quotes.")
    return table


def _check_keys(path: Path, name: str, table: Mapping[str, object], allowed: frozenset[str]) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise ManifestError(
            f"{path}: {name} has the unknown key {', '.join(unknown)}.",
            remedy=f"Known keys: {', '.join(sorted(allowed))}.",
        )
