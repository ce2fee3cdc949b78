"""The conversation: questions, and what became of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from assistant.app import wording
from assistant.records import Answer
from corpus.errors import AssistantError

logger = logging.getLogger(__name__)


class ChatAssistant(Protocol):
    """What the page needs of an assistant. `history` holds {"role": "user" | "assistant", "content": str}."""

    def stream(self, question: str, history: list[dict[str, str]]) -> Iterator[Answer]:
        """Yield the answer in steps, the last of them complete. May raise AssistantError."""
        ...

    def answer(self, question: str, history: list[dict[str, str]]) -> Answer:
        """Give the complete answer. May raise AssistantError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a question got no answer: what happened, and what to do about it."""

    problem: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One question and its answer so far. `answer` is None while waiting and after a failure."""

    question: str
    answer: Answer | None = None
    failure: Failure | None = None
    state: Literal["running", "done", "stopped"] = "running"


def history_of(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The completed questions and answers, oldest first, as the assistant takes them."""
    history: list[dict[str, str]] = []
    for turn in turns:
        if turn.answer is not None and turn.state == "done":
            history.append({"role": "user", "content": turn.question})
            history.append({"role": "assistant", "content": turn.answer.text})
    return history


def take_turn(assistant: ChatAssistant, question: str, earlier: Sequence[Turn]) -> Iterator[Turn]:
    """Ask, and yield the turn each time it changes; the last one is done. Never raises for a failed answer.

    An error of the project's tree is shown as it is. Any other is a defect: it goes to the log, whole, and the user is
    told only that it happened.
    """
    turn = Turn(question=question)
    yield turn
    try:
        for answer in assistant.stream(question, history_of(earlier)):
            turn = replace(turn, answer=answer)
            yield turn
    except AssistantError as error:
        turn = Turn(question=question, failure=Failure(problem=error.problem, remedy=error.remedy))
    except Exception:
        logger.exception("A question could not be answered.")
        failure = Failure(problem=wording.UNEXPECTED_PROBLEM, remedy=wording.UNEXPECTED_REMEDY)
        turn = Turn(question=question, failure=failure)
    yield replace(turn, state="done")


def stop(turns: Sequence[Turn]) -> list[Turn]:
    """The same conversation with its running turn stopped; what was already said is kept."""
    return [replace(turn, state="stopped") if turn.state == "running" else turn for turn in turns]
