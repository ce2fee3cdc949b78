"""How long answers take when many ask at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from assistant.answer import Assistant
from evals.cases import bundled_cases, load_cases
from evals.measures import percentile
from ingest.settings import Settings

USERS = (1, 4, 16, 64)
QUESTIONS = 40
_EACH = 3


def questions(count: int = QUESTIONS) -> list[str]:
    """Questions of every kind and in both languages."""
    return [case.question for case in load_cases(bundled_cases()) if not case.history][::3][:count]


def timed(call: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Milliseconds of each call."""
    spent = []
    for question in asked:
        began = time.perf_counter()
        call(question)
        spent.append(1000 * (time.perf_counter() - began))
    return spent


def at_once(call: Callable[[str], object], users: int, asked: Sequence[str]) -> tuple[list[float], float]:
    """(milliseconds of each answer, answers a second) when `users` ask all the time, each for the next question."""
    count = max(len(asked), _EACH * users)
    began = time.perf_counter()
    with ThreadPoolExecutor(users) as pool:
        spent = list(pool.map(lambda question: timed(call, [question])[0], islice(cycle(asked), count)))
    return spent, count / (time.perf_counter() - began)


def crowded(home: Path) -> Iterator[str]:
    """Lines of a report: latencies of one assistant under 1, 4, 16 and 64 users."""
    assistant = Assistant.open(Settings(home=home))
    asked = questions()
    assistant.answer(asked[0])
    for users in USERS:
        spent, rate = at_once(assistant.answer, users, asked)
        p50, p95, p99 = (percentile(spent, part) for part in (0.5, 0.95, 0.99))
        yield (
            f"{users:2d} users                 p50 {p50:8.1f} ms   p95 {p95:.1f}   p99 {p99:.1f}   "
            f"{rate:.1f} answers a second   n={len(spent)}"
        )
