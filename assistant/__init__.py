"""A question in, a cited answer out."""

from assistant.answer import Assistant, answer
from assistant.records import Answer, Citation, CitedLink, Divergence

__all__ = ["Answer", "Assistant", "Citation", "CitedLink", "Divergence", "answer"]
