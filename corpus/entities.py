"""Numbered names in a text: SOC 2, ISO/IEC 27001, SSAE 18, Office 365, in whichever way they are written."""

from __future__ import annotations

import re

# A name, its number, and further numbers that share the name: "SOC 1, 2, and 3", "SOC 1 및 2", "SOC1/2".
_NUMBERED = re.compile(
    r"(?<![A-Za-z])(?P<name>[A-Za-z][A-Za-z/-]*[A-Za-z])\)?[\s-]?(?P<first>\d+(?:[.-]\d+)*)"
    r"(?![\d.-]*\s*(?:%|(?:business |calendar |working )?(?:second|minute|hour|day|week|month|year|percent|time)s?\b))"
    r"(?P<more>(?:\s*(?:,|/|&|·|and|or|및|와|과|또는|이나|,\s*and|,\s*or|,\s*및)\s*\d+(?:[.-]\d+)*"
    r"(?![A-Za-z\d_%]|년|월|일|개|가지|회|번|명|곳|시|분|주|퍼센트))*)",
)
_NUMBER = re.compile(r"\d+(?:[.-]\d+)*")
# Words that numbers follow without being named by them: "within 30 days", "May 2018".
_NOT_NAMES = frozenset(
    {"a", "an", "the", "and", "or", "of", "in", "on", "at", "by", "for", "from", "to", "with", "within", "over"}
    | {"under", "than", "about", "per", "after", "before", "until", "since", "every", "last", "next", "past", "between"}
    | {"is", "are", "was", "were", "be", "has", "have", "only", "least", "most", "all", "these", "those", "through"}
    | {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"}
    | {"december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)


def entities(text: str) -> frozenset[str]:
    """The numbered names of a text, lower case, name and number joined by a blank.

    >>> sorted(entities("SOC 1, 2 및 3 보고서, ISO/IEC 27001"))
    ['iso 27001', 'soc 1', 'soc 2', 'soc 3']
    """
    found: set[str] = set()
    for match in _NUMBERED.finditer(text):
        name = match["name"].lower().split("/")[0]
        if name in _NOT_NAMES:
            continue
        found.add(f"{name} {match['first']}")
        found.update(f"{name} {number}" for number in _NUMBER.findall(match["more"]))
    return frozenset(found)


def without_entities(text: str, instead: str = " ") -> str:
    """The text with other words instead of its numbered names."""
    return _NUMBERED.sub(lambda match: match[0] if match["name"].lower() in _NOT_NAMES else instead, text)


def rename(text: str, newer: str) -> str:
    """The text with its numbered names replaced by namesakes of another text that have another number.

    >>> rename("is Intune covered by SOC 2?", "and SOC 3?")
    'is Intune covered by SOC 3?'
    """
    for entity in sorted(entities(newer) - entities(text)):
        name, number = entity.rsplit(" ", 1)
        own = [known for known in entities(text) if known.rsplit(" ", 1)[0] == name]
        if len(own) == 1:
            pattern = rf"(?i)(?<![a-z])({re.escape(name)}[\s-]?){re.escape(own[0].rsplit(' ', 1)[1])}(?![\d])"
            text = re.sub(pattern, rf"\g<1>{number}", text, count=1)
    return text
