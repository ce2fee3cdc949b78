"""How fast and how large: beside the tutorial pipeline, under many users, and as the documents grow."""

from evals.speed.beside import measure
from evals.speed.growth import SIZES, Size, exponent, grown, growth_page, growth_table

__all__ = ["SIZES", "Size", "exponent", "grown", "growth_page", "growth_table", "measure"]
