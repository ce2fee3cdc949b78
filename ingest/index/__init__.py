"""The index: built beside the live one, verified, then swapped in; opened and searched by the assistant.

A home folder holds `generations/<id>/` (each complete and immutable), `current` (the pointer: the id of the
live generation, then of the one before it), `lock` (one writer at a time) and `cache/` (embeddings).
"""

from ingest.index.build import BuildSummary, build_index, update_index
from ingest.index.generations import Generation, live_generation
from ingest.index.search import Hit, Index, SegmentScores

__all__ = [
    "BuildSummary",
    "Generation",
    "Hit",
    "Index",
    "SegmentScores",
    "build_index",
    "live_generation",
    "update_index",
]
