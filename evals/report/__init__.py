"""What an evaluation found, as Markdown and as one HTML page."""

from evals.report.html import page
from evals.report.markdown import by_kind, markdown, table

__all__ = ["by_kind", "markdown", "page", "table"]
