"""What the documents say: bilingual documents, read without loss."""

from corpus.documents import (
    Corpus,
    Document,
    Language,
    Link,
    Problem,
    Section,
    Segment,
    load_corpus,
    load_documents,
)

__all__ = [
    "Corpus",
    "Document",
    "Language",
    "Link",
    "Problem",
    "Section",
    "Segment",
    "load_corpus",
    "load_documents",
]
