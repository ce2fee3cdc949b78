"""The same retrieval as a LangChain retriever. A module of its own, as LangChain takes long to import and no answer
needs it.
"""

from __future__ import annotations

from collections.abc import Callable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.retrieve import Passage


class HybridRetriever(BaseRetriever):
    """One LangChain document a passage, both languages in its metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Callable[[str], list[Passage]]

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                id=passage.chunk.id,
                page_content=passage.chunk.text("en"),
                metadata={
                    "document": passage.document.id,
                    "text_ko": passage.chunk.text("ko"),
                    "segment_ids": [ranked.segment.id for ranked in passage.ranked],
                    "score": passage.score,
                },
            )
            for passage in self.search(query)
        ]
