"""What is measured, as pure functions, each with its source. A missing answer scores zero and stays in the denominator.

`answers` judges one answer against its case, `confidence` judges the probabilities that come with many answers,
`pairs` compares answers two by two (twins, variants, systems), `ranking` judges ranked lists, `intervals` says how
sure a figure is.
"""

from evals.measures.answers import (
    VerdictOutcome,
    citation_precision,
    divergences_shown,
    fully_right,
    harmonic_mean,
    nugget_recall,
    nugget_score,
    quote_fidelity,
    statements_carried,
    verdict_outcome,
)
from evals.measures.confidence import Bin, area_under_risk, auroc, calibration_error, coverage_risk, reliability
from evals.measures.intervals import bootstrap, percentile, wilson
from evals.measures.pairs import agreement, randomisation_test
from evals.measures.ranking import RANKING, per_query

__all__ = [
    "RANKING",
    "Bin",
    "VerdictOutcome",
    "agreement",
    "area_under_risk",
    "auroc",
    "bootstrap",
    "calibration_error",
    "citation_precision",
    "coverage_risk",
    "divergences_shown",
    "fully_right",
    "harmonic_mean",
    "nugget_recall",
    "nugget_score",
    "per_query",
    "percentile",
    "quote_fidelity",
    "randomisation_test",
    "reliability",
    "statements_carried",
    "verdict_outcome",
    "wilson",
]
