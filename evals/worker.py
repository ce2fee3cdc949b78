"""A system in a process of its own, so that a question that hangs, or a crash, costs one row and not the run."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from pydantic import ValidationError

from assistant.records import Answer
from evals.memory import peak_mib
from evals.systems import Place, System, open_system

OPENING_SECONDS = 3600.0
"""How long a system may take to open: a rival embeds the whole collection then."""


class WorkerError(Exception):
    """What went wrong in the other process, as it is told in a row."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question: an answer or an error. `seconds` are the system's own, `peak_mib` its memory's."""

    answer: Answer | None
    error: str | None
    seconds: float
    peak_mib: float = 0.0


class Worker:
    """Opens a system and asks it. After a question that hangs or kills it, it is opened anew for the next.

    A system that cannot be opened fails every question with the same words, without another try.
    """

    def __init__(self, name: str, place: Place, *, timeout: float) -> None:
        self.name = name
        self.start_seconds = 0.0
        self._place = place
        self._timeout = timeout
        self._connection: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._unusable: str | None = None

    def ask(self, question: str, history: Sequence[dict[str, str]]) -> Reply:
        """Never raises: whatever the system does is a reply."""
        began = time.perf_counter()
        try:
            connection = self._opened()
            began = time.perf_counter()
            connection.send((question, list(history)))
            kind, content, seconds, peak = self._received(connection, self._timeout)
        except WorkerError as error:
            self._unusable = self._unusable or (str(error) if self._connection is None else None)
            self.close()
            return Reply(None, str(error), time.perf_counter() - began)
        if kind == "error":
            return Reply(None, content, seconds, peak)
        try:
            return Reply(_checked(content), None, seconds, peak)
        except (ValidationError, ValueError) as error:
            return Reply(None, f"The answer is no answer: {str(error).splitlines()[0]}", seconds, peak)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._connection = self._process = None

    def _opened(self) -> Connection:
        if self._unusable:
            raise WorkerError(self._unusable)
        if self._connection is not None:
            return self._connection
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.name, self._place), daemon=True)
        self._process.start()
        theirs.close()
        kind, content, seconds, _ = self._received(ours, OPENING_SECONDS)
        if kind == "error":
            raise WorkerError(content)
        self.start_seconds = seconds
        self._connection = ours
        return ours

    def _received(self, connection: Connection, timeout: float) -> tuple[str, str, float, float]:
        try:
            if connection.poll(timeout):
                received: tuple[str, str, float, float] = connection.recv()
                return received
        except (EOFError, OSError):
            raise WorkerError(f"The system's process ended with status {self._status()}.") from None
        raise WorkerError(f"No answer within {timeout:g} seconds.")

    def _status(self) -> int | None:
        """How the process ended; negative: by which signal."""
        if self._process is None:
            return None
        self._process.join()
        return self._process.exitcode


def _checked(content: str) -> Answer:
    answer = Answer.model_validate_json(content)
    if not 0 <= answer.confidence <= 1:
        raise ValueError(f"its confidence is {answer.confidence}")
    return answer


def _serve(connection: Connection, name: str, place: Place) -> None:
    """The other process: open, then answer until the pipe closes."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody waits for an answer any more
        began = time.perf_counter()
        try:
            system = open_system(name, place)
        except BaseException as error:  # noqa: BLE001  a system under test may raise anything; that is a row, not a crash
            connection.send(("error", _told(error), time.perf_counter() - began, peak_mib()))
            return
        connection.send(("ready", "", time.perf_counter() - began, peak_mib()))
        while True:
            question, history = connection.recv()
            began = time.perf_counter()
            reply = _reply(system, question, history)
            connection.send((*reply, time.perf_counter() - began, peak_mib()))


def _reply(system: System, question: str, history: Sequence[dict[str, str]]) -> tuple[str, str]:
    try:
        return "answer", _as_json(system.answer(question, history))
    except Exception as error:  # noqa: BLE001  as above
        return "error", _told(error)


def _as_json(found: object) -> str:
    if not isinstance(found, Answer):
        raise TypeError(f"answered with a {type(found).__name__} instead of an Answer")
    return found.model_dump_json()


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
