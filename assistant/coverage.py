"""Answers from in-scope lists: is a service covered, which services are, by which standards, in both, only in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.draft import Draft, Statement
from assistant.messages import messages
from assistant.verdict import Ruling
from assistant.vocabulary import named_terms, terms, vocabulary
from corpus.entities import entities, without_entities
from ingest.lexical import names, tokens

if TYPE_CHECKING:
    from assistant.question import Question
    from assistant.retrieve import Passage
    from corpus.coverage import Coverage, CoverageList, Entry
    from corpus.documents import Language, Segment

_CONFIDENCE = 0.9
_MAX_LISTS = 8
# Stands where a name was taken out: a pronoun carries no content, and Korean particles need something to hold on to.
_NOTHING: dict[Language, str] = {"en": " ", "ko": " 거기"}
_JOINED = re.compile(r"\b(?:but|and) (?:have|has|are|is|in)\b|(?:지만|는데|고|며|,)\s")
_PARTS = re.compile(r"[,:;?？!()\n]|\.\s|(?<=[는은인]데)\s")


class CoverageWriter:
    """Writes a draft where a question asks about in-scope lists, and None where it asks something else.

    `locate` finds the passage that a segment stands in.
    """

    def __init__(self, coverage: Coverage, locate: Callable[[Segment], Passage]) -> None:
        self._coverage = coverage
        self._locate = locate
        self._standards = {word for one in coverage.lists for name in one.standards for word in name.split()}

    def write(self, question: Question) -> Draft | None:
        own_services, own_standards = self._coverage.services(question.own), self._coverage.about(question.own)
        if names(question.own) and not own_services and not own_standards:
            return None  # a follow-up about something that no list knows
        services = own_services or self._coverage.services(question.text)
        standards = own_standards or self._coverage.about(question.text)
        if question.concepts or not self._is_about_scope(question):
            return None
        if standards and services and question.kind == "yes_no":
            return None if question.negated else self._is_covered(question, services, standards)
        if len(standards) > 1 and not services and self._asks(question, "services", "without"):
            return self._only_in(question, standards)
        if standards and not services and self._asks(question, "services") and self._asks_for_all(question):
            return self._all_of(question, standards)
        if services and not standards and self._asks(question, "standards"):
            return self._standards_of(question, services[0])
        if len(services) == 1 and len(standards) > 1 and self._lets_choose(question):
            return self._which_of(question, services[0], standards)
        return None

    def _is_about_scope(self, question: Question) -> bool:
        """Whether the part of the question that speaks of scope asks for nothing beside service and standard, and what
        a follow-up adds to it neither.
        """
        if not set(self._beside(question, _without_opening(question.own))) <= _filler(question.language):
            return False
        scope = [terms("coverage", question.language, name) for name in ("scope", "holds")]
        parts = [part for part in _PARTS.split(question.text) if any(part in words for words in scope)]
        return any(set(self._beside(question, part)) <= _filler(question.language) for part in parts)

    def _beside(self, question: Question, part: str) -> list[str]:
        """The terms of a text that are no service, no standard and no word about lists."""
        nothing = _NOTHING[question.language]
        part = without_entities(self._coverage.without_services(part, nothing), nothing)
        for words in named_terms("coverage", question.language).values():
            part = words.pattern.sub(nothing, part)
        # Single syllables are mostly particles that lost their noun.
        return [term for term in tokens(part) if len(term) > 1 and term not in self._standards and not term.isdigit()]

    def _asks(self, question: Question, *names: str) -> bool:
        return all(question.text in terms("coverage", question.language, name) for name in names)

    def _lets_choose(self, question: Question) -> bool:
        """Whether a question asks which of the standards it names cover something, and not which do not."""
        return self._asks(question, "choice") and not question.negated and not self._asks(question, "without")

    def _asks_for_all(self, question: Question) -> bool:
        return question.kind in ("list", "which") or self._asks(question, "count")

    def _is_covered(
        self, question: Question, services: Sequence[str], standards: dict[str, tuple[CoverageList, ...]]
    ) -> Draft | None:
        """Yes with the lines that name the services; no where a list of every standard asked leaves one out."""
        found: list[tuple[CoverageList, Entry]] = []
        for service in services:
            for standard, lists in standards.items():
                naming = _naming(service, lists)
                if not naming:
                    return self._not_listed(question, service, standard, lists)
                found += naming
        qualified = next((entry for _, entry in found if entry.qualifier), None)
        if qualified and self._asks(question, "bundle"):
            return self._draft(found, Ruling("conditional", qualified.segment, qualified.qualifier), question)
        return self._draft(found, Ruling("yes", found[0][1].segment), question)

    def _not_listed(
        self, question: Question, service: str, standard: str, lists: Sequence[CoverageList]
    ) -> Draft | None:
        """A known service that no list names.

        Nothing is said where a list names its whole suite, or the document joins service and standard elsewhere.
        """
        suites = self._coverage.suites_of(service)
        if any(one.naming(suite) for one in lists for suite in suites):
            return None
        if any(one.joins(service, standard) for one in lists):
            return None
        one = lists[0]
        statement = self._list_statement(question, one)
        remark = messages(question.language)["not_listed"].format(service=_shown(question, service))
        ruling = Ruling("no", statement.segments[0])
        return Draft(statements=(statement,), ruling=ruling, confidence=_CONFIDENCE, remark=remark)

    def _list_statement(self, question: Question, one: CoverageList) -> Statement:
        segments = (*one.section.heading, *(entry.segment for entry in one.entries))
        return Statement(_heading(question, one), self._locate(one.entries[0].segment), segments)

    def _only_in(self, question: Question, standards: dict[str, tuple[CoverageList, ...]]) -> Draft | None:
        """Lines of the wanted standards' lists none of whose services those name that the question leaves out."""
        left_out = _left_out(question, frozenset(standards))
        wanted = [one for name, lists in standards.items() if name not in left_out for one in lists]
        named = {service for name in left_out for one in standards[name] for e in one.entries for service in e.services}
        found = [(one, e) for one in dict.fromkeys(wanted) for e in one.entries if not named & set(e.services)]
        return self._draft(found, None, question) if found else None

    def _all_of(self, question: Question, standards: dict[str, tuple[CoverageList, ...]]) -> Draft | None:
        lists = _each_once(standards)
        if len(standards) > 1 and self._asks(question, "both") and len(lists) > 1:
            shared = set.intersection(
                *({s for one in found for entry in one.entries for s in entry.services} for found in standards.values())
            )
            common = [(one, e) for one in lists for e in one.entries if shared & set(e.services)]
            return self._draft(common, None, question)
        entries = [(one, entry) for one in lists for entry in one.entries]
        remark = None
        if self._asks(question, "count"):
            heading = _heading(question, lists[0])
            remark = messages(question.language)["count"].format(count=len(entries), list=heading)
        return self._draft(entries, None, question, remark)

    def _which_of(
        self, question: Question, service: str, standards: dict[str, tuple[CoverageList, ...]]
    ) -> Draft | None:
        """The lines that name a service in the lists of the standards to choose from."""
        naming = _naming(service, _each_once(standards))
        return self._draft(naming, None, question) if naming else None

    def _standards_of(self, question: Question, service: str) -> Draft | None:
        naming = _naming(service, self._coverage.lists)[:_MAX_LISTS]
        statements = tuple(
            Statement(
                one.section.heading_path(question.language)[0],
                self._locate(entry.segment),
                (entry.segment,),
                is_item=True,
            )
            for one, entry in naming
        )
        return Draft(statements=statements, ruling=None, confidence=_CONFIDENCE) if statements else None

    def _draft(
        self,
        found: Sequence[tuple[CoverageList, Entry]],
        ruling: Ruling | None,
        question: Question,
        remark: str | None = None,
    ) -> Draft:
        """The lines that were found, below the names of their lists."""
        headings = " / ".join(dict.fromkeys(_heading(question, one) for one, _ in found))
        statements = tuple(
            Statement(segment.text(question.language), self._locate(segment), (segment,), is_item=True)
            for segment in dict.fromkeys(entry.segment for _, entry in found)
        )
        listed = messages(question.language)["listed"].format(list=headings)
        return Draft(statements=statements, ruling=ruling, confidence=_CONFIDENCE, remark=remark or listed)


def _heading(question: Question, one: CoverageList) -> str:
    return " ".join(segment.text(question.language) for segment in one.section.heading)


def _each_once(standards: Mapping[str, Sequence[CoverageList]]) -> list[CoverageList]:
    """The lists of several standards, those that they share once."""
    return list(dict.fromkeys(one for lists in standards.values() for one in lists))


def _naming(service: str, lists: Iterable[CoverageList]) -> list[tuple[CoverageList, Entry]]:
    """The lines of lists that name a service, each with its list."""
    return [(one, entry) for one in lists for entry in one.naming(service)]


def _without_opening(text: str) -> str:
    """A follow-up without the words that it opens with or, in English, ends with."""
    for name in (("openers",), ("endings", "en")):
        text = terms("followup", *name).pattern.sub(" ", text)
    return text


@cache
def _filler(language: Language) -> frozenset[str]:
    """The terms of the words that may stand beside service, standard and scope."""
    words = vocabulary()["coverage_filler"][language]
    return frozenset(term for word in words for term in (word, *tokens(word)))


def _left_out(question: Question, standards: frozenset[str]) -> frozenset[str]:
    """The standards that a question leaves out: English names them after "but not in", Korean before "에는 없는".

    Where that does not show, the one it names second.
    """
    found = list(terms("coverage", question.language, "without").pattern.finditer(question.text))[-1]
    if question.language == "en":
        beside = _JOINED.split(question.text[found.end() :])[0]
    else:
        beside = _JOINED.split(question.text[: found.start()])[-1]
    named = standards & entities(beside)
    if found.group() in terms("coverage", question.language, "alone"):
        named = standards - named
    in_order = sorted(standards, key=lambda name: _position(question.text, name))
    return named if named and named != standards else frozenset(in_order[1:2])


def _position(text: str, standard: str) -> int:
    """Where a text first names a standard; its end where only a shared number does."""
    compact = text.lower().replace(" ", "")
    place = compact.find(standard.replace(" ", ""))
    return place if place >= 0 else len(compact)


def _shown(question: Question, service: str) -> str:
    """The service as the question writes it, where it does, else its canonical name."""
    place = question.text.lower().find(service)
    return question.text[place : place + len(service)] if place >= 0 else service
