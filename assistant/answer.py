"""The front door: a question in, a cited answer out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.compose import citations_of, condition_of, suggestions_for, text_of
from assistant.conflicts import ConflictFinder
from assistant.coverage import CoverageWriter
from assistant.draft import Draft, Writer
from assistant.extract import ExtractiveWriter
from assistant.feedback import Feedback
from assistant.judgement import Judgement
from assistant.library import Library
from assistant.messages import messages
from assistant.question import Question, make_whole, synonyms, understand
from assistant.ranker import Ranker
from assistant.reader import Reader, reader_folder
from assistant.records import Answer
from assistant.retrieve import Passage, locate, retrieve
from corpus.conflicts import Conflicts
from corpus.coverage import Coverage
from corpus.documents import Document, Segment
from corpus.errors import HistoryError, IndexMissingError
from ingest.embedder import Embedder, open_embedder
from ingest.index import Index, build_index, live_generation
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.retriever import HybridRetriever

logger = logging.getLogger(__name__)

_HISTORY_TURNS = 20


class Assistant:
    """Answers questions over the live index of a home. Safe to share between threads."""

    def __init__(self, settings: Settings, embedder: Embedder, writer: Writer) -> None:
        self._settings = settings
        self._embedder = embedder
        self._writer = writer
        self._ranker = Ranker.load(settings.ranker, embedder) if settings.ranker else None
        self._opening = threading.Lock()
        self._notice_documents = 0
        self._index = self._open_or_build()
        self.library = Library(settings, embedder)
        self.feedback = Feedback.of(settings.home)
        self._coverage, self._conflicts = self._facts_of(self._index, self._index.documents)

    @classmethod
    def open(cls, settings: Settings | None = None) -> Assistant:
        """The assistant for these settings (by default the environment's).

        With no index yet, one is built from the settings' documents, and the first answer says so.

        Raises:
            AssistantError: the index, the model or a setting cannot be used; the message names the remedy.
        """
        settings = settings or load_settings()
        embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
        return cls(settings, embedder, open_writer(settings))

    @property
    def retriever(self) -> HybridRetriever:
        """The passages behind the answers, as a LangChain retriever."""
        from assistant.retriever import HybridRetriever

        return HybridRetriever(search=self._search)

    def answer(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """Answer a question, read together with the conversation so far.

        `history` holds turns {"role": "user" | "assistant", "content": str}, oldest first.

        Raises:
            QuestionError: the question is empty or too long, or the history is not of that form.
        """
        turns = _checked(history)
        asked = self.understand(question, turns)
        index = self._live_index()
        passages = self._search(asked.text, index)
        draft = self._coverage.write(asked) or self._writer.write(asked, passages, turns)
        return self._finished(asked, draft, passages, index)

    def understand(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """The question as it is answered: made whole from the history, with what it asks for.

        Raises:
            QuestionError: it is empty or too long.
        """
        limit = self._settings.max_question_characters
        alone = understand(question, max_characters=limit)
        whole = make_whole(alone.text, history)
        return alone if whole == alone.text else alone.within(understand(whole[-limit:], max_characters=limit))

    def passages(self, question: Question) -> list[Passage]:
        """The passages that a question is answered from, best first."""
        return self._search(question.text)

    def stream(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Iterator[Answer]:
        """The same answer in steps: each adds a line to the text, the last one is complete."""
        whole = self.answer(question, history)
        lines = whole.text.splitlines(keepends=True)
        for count in range(1, len(lines)):
            yield whole.model_copy(update={"text": "".join(lines[:count]).rstrip(), "suggestions": ()})
        yield whole

    def _search(self, query: str, index: Index | None = None) -> list[Passage]:
        return retrieve(
            index or self._live_index(),
            query,
            candidates=self._settings.candidates,
            bm25_weight=self._settings.bm25_weight,
            limit=self._settings.passages,
            synonyms=synonyms(query),
            ranker=self._ranker,
        )

    def _open_or_build(self) -> Index:
        home = self._settings.home
        try:
            return Index.open(home, self._embedder)
        except IndexMissingError:
            logger.warning("There is no index in %s yet: building it.", home)
        summary = build_index(home, self._settings.sources, self._embedder)
        self._notice_documents = summary.documents
        return Index.open(home, self._embedder)

    def _live_index(self) -> Index:
        """The open index; a newer generation is picked up as soon as it is live."""
        live = live_generation(self._settings.home)
        if live.id == self._index.generation.id:
            return self._index
        with self._opening:
            if live.id != self._index.generation.id:
                index = Index(live, self._embedder)
                self._coverage, self._conflicts = self._facts_of(index, index.documents)
                self._index = index
            return self._index

    def _facts_of(self, index: Index, documents: Sequence[Document]) -> tuple[CoverageWriter, ConflictFinder]:
        """What follows from the documents of an index: their lists, and where they disagree with themselves."""
        coverage = Coverage(documents)

        def place(segment: Segment) -> Passage:
            return locate(index, segment)

        return CoverageWriter(coverage, place), ConflictFinder(Conflicts(coverage), coverage, place)

    def _finished(self, question: Question, draft: Draft, passages: Sequence[Passage], index: Index) -> Answer:
        verdict = draft.ruling.verdict if draft.ruling else None
        says = messages(question.language)
        beside = self._conflicts.beside(question, draft.statements)
        citations = citations_of((*draft.statements, *beside.statements), question.language, index)
        divergences = tuple(one for citation in citations for one in citation.divergences)
        if draft.statements:
            text = text_of(draft, beside, says, citations, question.language)
        else:
            missing = draft.remark or says["not_stated"]
            text = f"{missing} {says['nearest']}" if passages else missing
        return Answer(
            question=question.text,
            text=text,
            language=question.language,
            verdict=verdict,
            condition=condition_of(draft.ruling, divergences) if draft.ruling else None,
            abstained=not draft.statements,
            confidence=draft.confidence,
            citations=citations,
            divergences=divergences,
            conflicts=beside.records(citations),
            suggestions=suggestions_for(question, draft, passages),
            notice=self._notice(question, says),
            mode=self._writer.mode,
            index=index.generation.id,
        )

    def _notice(self, question: Question, says: Mapping[str, str]) -> str | None:
        built, self._notice_documents = self._notice_documents, 0
        parts = [
            says["built"].format(documents=built) if built else "",
            says["foreign"] if question.foreign else "",
        ]
        return " ".join(filter(None, parts)) or None


def open_writer(settings: Settings, kind: type[ExtractiveWriter] = ExtractiveWriter) -> ExtractiveWriter:
    """The extractive writer of these settings, with the reader that they name."""
    folder = reader_folder(settings.reader)
    return kind(Judgement.load(folder), Reader(folder) if folder else None)


@cache
def _shared_assistant() -> Assistant:
    return Assistant.open()


def answer(question: str, history: Sequence[Mapping[str, str]] = ()) -> Answer:
    """Answer a question with the environment's settings; see `Assistant.answer`."""
    return _shared_assistant().answer(question, history)


def _checked(history: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The last turns of a history.

    Raises:
        HistoryError: a turn is not {"role": "user" | "assistant", "content": str}.
    """
    if not isinstance(history, Sequence) or isinstance(history, str):
        raise HistoryError(
            f"The history is a {type(history).__name__}.", remedy='Pass a list of {"role", "content"} turns.'
        )
    turns = []
    first = max(0, len(history) - _HISTORY_TURNS)
    for number, turn in enumerate(list(history)[first:], first):
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else (None, None)
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise HistoryError(
                f"Turn {number} of the history has role {role!r} and content of type {type(content).__name__}.",
                remedy='Each turn is {"role": "user" or "assistant", "content": text}.',
            )
        turns.append({"role": role, "content": content})
    return turns
