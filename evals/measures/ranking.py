"""Ranked lists, by ir-measures (MacAvaney et al. 2022), the field's common front to trec_eval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.errors import MissingExtraError

RANKING = ("Success@1", "Success@3", "Success@5", "R@20", "R@50", "nDCG@10", "RR")
"""Whether a gold item is among the first k; the share of the gold items that is; nDCG (Järvelin and Kekäläinen 2002);
the reciprocal rank of the first."""


def per_query(
    gold: Mapping[str, Mapping[str, int]],
    found: Mapping[str, Mapping[str, float]],
    names: Sequence[str] = RANKING,
) -> dict[str, dict[str, float]]:
    """Value by measure and query; a query of the gold that was not answered scores 0.

    `gold` maps query -> item -> grade, `found` query -> item -> score.

    Raises:
        MissingExtraError: ir-measures is not installed.
        ValueError: a measure's name is not one of ir-measures'.
    """
    try:
        import ir_measures
    except ImportError:
        raise MissingExtraError("ir-measures", extra="evals") from None
    try:
        measures = [ir_measures.parse_measure(name) for name in names]
    except (NameError, ValueError) as error:
        raise ValueError(f"{', '.join(names)} are not all measures of ir-measures: {error}.") from error
    values = {name: dict.fromkeys(gold, 0.0) for name in names}
    of_measure = dict(zip(measures, names, strict=True))
    asked = {query: dict(items) for query, items in found.items() if query in gold and items}
    if asked:
        for one in ir_measures.iter_calc(measures, {query: dict(items) for query, items in gold.items()}, asked):
            values[of_measure[one.measure]][one.query_id] = one.value
    return values
