"""The conversation: questions, and what became of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Condition, Thread
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


def stopped(turn: Turn) -> Turn:
    """The turn as it is when the user stops it: what was already said is kept."""
    return replace(turn, state="stopped")


class Conversation:
    """One visitor's turns. Asking, Stop and Clear come from threads of their own and take effect at once.

    A step of the assistant may last long and cannot be broken off: what it says after Stop or Clear is dropped.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []  # replaced by each change, never changed itself
        self._asked: object | None = None  # stands for the question whose answer is in the making
        self._changed = Condition()

    def __deepcopy__(self, memo: object) -> Conversation:
        """Gradio gives each visitor a copy of the first conversation."""
        return Conversation()

    @property
    def turns(self) -> list[Turn]:
        """The conversation as it stands."""
        return self._turns

    def ask(self, assistant: ChatAssistant, question: str) -> Iterator[list[Turn]]:
        """Take a turn, and yield the conversation as it changes, while the answer is in the making.

        A consumer that is slower than the assistant skips steps. One that leaves stops the answer.
        """
        asked = object()
        with self._changed:
            self._end()
            earlier = self._turns
            self._asked, self._turns = asked, [*earlier, Turn(question=question)]
            shown = self._turns
        Thread(target=self._follow, args=(asked, assistant, question, earlier), daemon=True).start()
        try:
            while True:
                yield shown
                with self._changed:
                    while self._turns is shown:
                        self._changed.wait()
                    if self._asked is not asked:
                        return
                    shown = self._turns
        finally:
            with self._changed:
                if self._asked is asked:
                    self._end()

    def stop(self) -> None:
        """End the answer in the making, if there is one; what was already said is kept."""
        with self._changed:
            self._end()

    def clear(self) -> None:
        """Start over, without the answer in the making."""
        with self._changed:
            self._asked, self._turns = None, []
            self._changed.notify_all()

    def _end(self) -> None:
        if self._asked is not None:
            self._asked, self._turns = None, [*self._turns[:-1], stopped(self._turns[-1])]
            self._changed.notify_all()

    def _follow(self, asked: object, assistant: ChatAssistant, question: str, earlier: list[Turn]) -> None:
        for turn in take_turn(assistant, question, earlier):
            with self._changed:
                if self._asked is not asked:
                    return
                self._turns = [*earlier, turn]
                self._asked = asked if turn.state == "running" else None
                self._changed.notify_all()
