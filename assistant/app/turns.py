"""The conversation: questions, and what became of each."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Condition, Thread
from typing import Literal, Protocol

from pydantic import TypeAdapter, ValidationError

from assistant.app.wording import Failure, failure_of
from assistant.feedback import Feedback
from assistant.library import Library
from assistant.records import Answer
from corpus.errors import AssistantError

logger = logging.getLogger(__name__)

# What a browser may bring back: more is dropped, oldest first, and a longer text is not read at all.
_KEPT_TURNS = 50
_KEPT_CHARACTERS = 4_000_000


class ChatAssistant(Protocol):
    """What the page needs of an assistant. `history` holds {"role": "user" | "assistant", "content": str}."""

    @property
    def library(self) -> Library:
        """The documents behind the answers."""
        ...

    @property
    def feedback(self) -> Feedback:
        """Where readers' judgements are kept."""
        ...

    def stream(self, question: str, history: list[dict[str, str]]) -> Iterator[Answer]:
        """Yield the answer in steps, the last of them complete. May raise AssistantError."""
        ...

    def answer(self, question: str, history: list[dict[str, str]]) -> Answer:
        """Give the complete answer. May raise AssistantError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """A reader's judgement of an answer."""

    liked: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One question and its answer so far. `answer` is None while waiting and after a failure; `id` is for ever."""

    question: str
    answer: Answer | None = None
    failure: Failure | None = None
    state: Literal["running", "done", "stopped"] = "running"
    rating: Rating | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


_TURNS = TypeAdapter(list[Turn])


def history_of(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The completed questions and answers, oldest first, as the assistant takes them."""
    history: list[dict[str, str]] = []
    for turn in turns:
        if turn.answer is not None and turn.state == "done":
            history.append({"role": "user", "content": turn.question})
            history.append({"role": "assistant", "content": turn.answer.text})
    return history


def take_turn(assistant: ChatAssistant, turn: Turn, earlier: Sequence[Turn]) -> Iterator[Turn]:
    """Ask the turn's question, and yield the turn each time it changes; the last one is done. Never raises.

    An error of the project's tree is shown as it is. Any other is a defect: it goes to the log, whole, and the user is
    told only that it happened.
    """
    try:
        for answer in assistant.stream(turn.question, history_of(earlier)):
            turn = replace(turn, answer=answer)
            yield turn
    except AssistantError as error:
        turn = replace(turn, answer=None, failure=failure_of(error))
    except Exception as error:
        logger.exception("A question could not be answered.")
        turn = replace(turn, answer=None, failure=failure_of(error))
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

    def ask(self, assistant: ChatAssistant, question: str, *, at: int | None = None) -> Iterator[list[Turn]]:
        """Take a turn, and yield the conversation as it changes, while the answer is in the making.

        With `at`, the question takes the place of that turn, and what came after it is dropped. A consumer that is
        slower than the assistant skips steps. One that leaves stops the answer.
        """
        asked, turn = object(), Turn(question=question)
        with self._changed:
            self._end()
            earlier = self._turns[:at]
            self._asked, self._turns = asked, [*earlier, turn]
            shown = self._turns
        Thread(target=self._follow, args=(asked, assistant, turn, earlier), daemon=True).start()
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

    def rate(self, position: int, rating: Rating) -> Turn | None:
        """Remember a judgement of a complete answer, and give its turn; None where there is no such answer."""
        with self._changed:
            if not 0 <= position < len(self._turns) or not is_answered(self._turns[position]):
                return None
            rated = replace(self._turns[position], rating=rating)
            self._turns = [*self._turns[:position], rated, *self._turns[position + 1 :]]
            self._changed.notify_all()
            return rated

    def dump(self) -> str:
        """The conversation as a text for the visitor's browser to keep."""
        return _TURNS.dump_json(self._turns[-_KEPT_TURNS:]).decode()

    def restore(self, text: str) -> None:
        """Go on with what a browser kept, unless the conversation has begun. A text that is not of ours is ignored.

        An answer that was in the making when the page went away counts as stopped.
        """
        if not text or len(text) > _KEPT_CHARACTERS:
            return
        try:
            kept = _TURNS.validate_json(text)
        except ValidationError:
            logger.warning("A browser brought back a conversation that cannot be read; it was ignored.")
            return
        with self._changed:
            if not self._turns:
                self._turns = [stopped(turn) if turn.state == "running" else turn for turn in kept[-_KEPT_TURNS:]]
                self._changed.notify_all()

    def _end(self) -> None:
        if self._asked is not None:
            self._asked, self._turns = None, [*self._turns[:-1], stopped(self._turns[-1])]
            self._changed.notify_all()

    def _follow(self, asked: object, assistant: ChatAssistant, turn: Turn, earlier: list[Turn]) -> None:
        for step in take_turn(assistant, turn, earlier):
            with self._changed:
                if self._asked is not asked:
                    return
                # A judgement of an earlier answer may have come in meanwhile.
                self._turns = [*self._turns[:-1], step]
                self._asked = asked if step.state == "running" else None
                self._changed.notify_all()


def is_answered(turn: Turn) -> bool:
    """Whether the turn has an answer that is complete."""
    return turn.answer is not None and turn.state == "done"
