"""The plain LangChain tutorial pipeline on the same packages: split by characters, embed, similarity search."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ingest.embedder import Embedder, open_embedder
from ingest.settings import load_settings

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200


def build(paths: list[Path], folder: Path, embedder: Embedder) -> Chroma:
    """Index the files' raw text as the tutorial does; returns the vector store."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS)
    pages = [
        Document(page_content=file.read_text(encoding="utf-8"), metadata={"source": str(file)})
        for path in paths
        for file in (sorted(path.rglob("*.md")) if path.is_dir() else [path])
    ]
    return Chroma.from_documents(
        splitter.split_documents(pages), cast("Embeddings", embedder), persist_directory=str(folder)
    )


if __name__ == "__main__":
    build([Path(path) for path in sys.argv[2:]], Path(sys.argv[1]), open_embedder(load_settings().embedding_model))
