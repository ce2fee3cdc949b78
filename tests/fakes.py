"""Doubles that a reader can predict by eye, and pages to feed them.

Run as a script it is a process of its own that ingests on request, so that tests can kill it, fill its disk or
take its rights away: `Ingester` talks to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120
"""Seconds after which an ingest in a process apart has failed, so that no test waits for ever."""

CONCEPTS = """
access 접근 · account 계정 · agreement 계약 · answer 답변 · attack 공격 · audit 감사 · backup 백업 · bank 은행
border 국경 · browser 브라우저 · building 건물 · certificate 인증서 · city 도시 · cloud 클라우드 · contract 약정
country 국가 · customer 고객 · data 데이터 · date 날짜 · device 장치 · door 출입문 · employee 직원 · encryption 암호화
error 오류 · fee 요금 · file 파일 · fire 화재 · health 보건 · hospital 병원 · key 열쇠 · law 법률 · letter 서신
license 면허 · list 목록 · mail 우편 · member 회원 · month 매월 · network 네트워크 · office 사무실 · owner 소유자
partner 협력사 · password 암호문 · patient 환자 · payment 결제 · phone 전화 · picture 그림 · price 가격 · privacy 사생활
question 질문 · record 기록 · region 지역 · report 보고서 · risk 위험 · school 학교 · server 서버 · signature 서명
storage 저장소 · student 학생 · table 도표 · tax 세금 · teacher 교사 · water 용수 · year 매년
"""


class WordCounter:
    """An embedder: a text's vector counts the words of `CONCEPTS` in it, one axis a concept, and has unit length.

    A word counts that begins with the English or the Korean one, so `reports` and `보고서를` fall on one axis. A text
    without any of them has the value 1 on the last axis and 0 elsewhere. `embedded` keeps the documents' texts that
    were asked for, in order. Counters of different names stand for different models.
    """

    axes = tuple(tuple(concept.split()) for concept in CONCEPTS.replace("\n", "·").split("·") if concept.strip())
    dimension = len(axes) + 1

    def __init__(self, name: str = "word-counter") -> None:
        self.name = name
        self.sha256 = hashlib.sha256(name.encode()).hexdigest()
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded.extend(texts)
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
        counts = [float(sum(word.startswith(names) for word in words)) for names in self.axes]
        counts.append(0.0 if any(counts) else 1.0)
        length = sum(count * count for count in counts) ** 0.5
        return [count / length for count in counts]


class InterruptedCounter(WordCounter):
    """A word counter that is interrupted (as by Ctrl+C) once it has embedded `after` texts."""

    def __init__(self, after: int, name: str = "word-counter") -> None:
        super().__init__(name)
        self._after = after

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if len(self.embedded) >= self._after:
            raise KeyboardInterrupt
        return super().embed_documents(texts)


class BrokenCounter(WordCounter):
    """An embedder out of order: it gives every document a vector of zeros."""

    def _vector(self, text: str) -> list[float]:
        return [0.0] * self.dimension


Pair = tuple[str, str]
"""Korean and English."""


class Page:
    """Writes a side-by-side page, block by block. Its pairs have the ids `<name>-1`, `<name>-2` ..."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._blocks: list[str] = []
        self._pairs = 0

    def heading(self, ko: str, en: str, *, level: int = 1) -> Page:
        return self._add(f"{'#' * level} {self._pair((ko, en))}")

    def paragraph(self, *pairs: Pair) -> Page:
        return self._add(" ".join(map(self._pair, pairs)))

    def question(self, ko: str, en: str) -> Page:
        return self._add(self._pair((f"**{ko}**", f"**{en}**")))

    def items(self, *pairs: Pair) -> Page:
        return self._add("\n".join(f"- {self._pair(pair)}" for pair in pairs))

    def table(self, header: Sequence[Pair], *rows: Sequence[Pair]) -> Page:
        lines = [f"| {' | '.join(map(self._pair, row))} |" for row in (header, *rows)]
        lines.insert(1, "|---" * len(header) + "|")
        return self._add("\n".join(lines))

    def include(self, name: str) -> Page:
        return self._add(f"[!INCLUDE [{name}](../includes/{name}.md)]")

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.ko-kr.md"
        path.write_text(self.text, encoding="utf-8")
        return path

    @property
    def text(self) -> str:
        return "\n\n".join(self._blocks) + "\n"

    def _add(self, block: str) -> Page:
        self._blocks.append(block)
        return self

    def _pair(self, pair: Pair) -> str:
        self._pairs += 1
        name, (ko, en) = f"{self.name}-{self._pairs}", pair
        return (
            f'<span data-ttu-id="{name}">{ko}</span>'
            f'<span class="sxs-lookup"><span data-stu-id="{name}">{en}</span></span>'
        )


def reports_page(*, agreement: Pair = ("고객은 계약을 맺습니다.", "Customers enter into an agreement.")) -> Page:
    """A page about reports: 9 segments under their headings, in 3 chunks. `agreement` is segment `reports-3`."""
    return (
        Page("reports")
        .heading("보고서", "Reports")
        .paragraph(("감사 보고서는 매년 나옵니다.", "Audit reports appear every year."), agreement)
        .items(("은행 서신", "Bank letters"), ("세금 기록", "Tax records"))
        .heading("자주 하는 질문", "Questions", level=2)
        .question("보고서는 어디에 있나요?", "Where are the reports?")
        .paragraph(("저장소에 있습니다.", "They are in the storage."))
        .question("요금이 있나요?", "Is there a fee?")
        .paragraph(("아니요.", "No."), ("회원은 무료입니다.", "Members do not pay."))
    )


def health_page() -> Page:
    """A page about hospitals: 4 segments under its heading, in 2 chunks."""
    return (
        Page("health")
        .heading("병원", "Hospitals")
        .paragraph(("환자 기록은 사생활입니다.", "Patient records are a matter of privacy."))
        .paragraph(("학교 학생", "School students"), ("전화 요금", "Phone fees"), ("건물 화재", "Building fires"))
    )


def write_pages(folder: Path) -> Path:
    """The folder, with the page about reports and the one about hospitals in it."""
    reports_page().write(folder)
    health_page().write(folder)
    return folder


class Ingester:
    """A process apart that ingests with a `WordCounter`, or answers, when it is asked to: each time in a fork."""

    def __init__(self, *prefix: str) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **request: object) -> dict[str, Any]:
        """Ask for an ingest, or with `questions` for answers, and wait for what came of it: see `_fork`."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        print(json.dumps(request, default=str), file=stdin, flush=True)
        return json.loads(stdout.readline())  # type: ignore[no-any-return]

    def close(self) -> None:
        self._process.communicate()


@contextmanager
def ingester(*prefix: str) -> Iterator[Ingester]:
    """An `Ingester`, closed at the end. `prefix` is the command that runs the command."""
    process = Ingester(*prefix)
    try:
        yield process
    finally:
        process.close()


def _serve() -> None:
    """Answer requests, one JSON line each, until the input ends."""
    import bm25s  # noqa: F401
    import chromadb  # noqa: F401

    from ingest import lexical

    lexical.warm_up()
    for line in sys.stdin:
        print(json.dumps(_fork(**json.loads(line))), flush=True)


def _fork(*, kill_after: float | None = None, **request: Any) -> dict[str, Any]:
    """Do as `_build` or `_answer` says, in a fork, which is killed `kill_after` seconds from its start.

    The answer has the `seconds` it took, and what the function returned, which is nothing where the fork was killed.
    """
    began = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        with os.fdopen(writing, "w") as pipe:
            json.dump(_answer(**request) if "questions" in request else _build(**request), pipe)
        os._exit(0)
    os.setpgid(child, child)
    os.close(writing)
    if not select.select([reading], [], [], PATIENCE if kill_after is None else kill_after)[0]:
        os.killpg(child, signal.SIGKILL)  # with the process that verifies
    with os.fdopen(reading) as pipe:
        result = json.loads(pipe.read() or "{}")
    os.waitpid(child, 0)
    return {**result, "seconds": time.monotonic() - began}


def _build(
    *, home: str, documents: str, kill_at: Sequence[object] | None = None, file_limit: int | None = None
) -> dict[str, Any]:
    """Ingest. Returns the `generation` and whether it `changed`, or the `error` and its `message`.

    The process kills itself at the step `kill_at` that the build reports. `file_limit` is the most bytes that it may
    have in one file, as on a disk that is full.
    """
    from ingest.index import build_index

    def report(name: str, done: int, _: int) -> None:
        if kill_at == [name, done]:
            os.kill(os.getpid(), signal.SIGKILL)

    if file_limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, resource.RLIM_INFINITY))
    try:
        summary = build_index(Path(home), [Path(documents)], WordCounter(), on_progress=report)
    except BaseException as error:  # noqa: BLE001
        return {"error": type(error).__name__, "message": str(error)}
    return {"generation": summary.generation, "changed": summary.changed}


def _answer(home: str, questions: Sequence[str]) -> dict[str, Any]:
    """What the live index finds: the `answers`."""
    return {"answers": answers(Path(home), questions)}


def answers(home: Path, questions: Sequence[str]) -> list[list[Any]]:
    """All that the live index has to say to some questions: every segment with its scores."""
    from ingest.index import Index

    index = Index.open(home, WordCounter())
    try:
        return [
            [scores.segment.id, scores.dense_ko, scores.dense_en, scores.bm25]
            for question in questions
            for hit in index.search(question, k=10**6)
            for scores in hit.segments
        ]
    finally:
        index.close()


if __name__ == "__main__":
    _serve()
