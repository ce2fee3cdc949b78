"""What the embedder is tuned by: contrast over the mean vector and over token vectors, and staying like the base."""

import torch
import torch.nn.functional as F  # noqa: N812

TEMPERATURE = 0.02
IGNORED = -1e4


def contrast(similarity: torch.Tensor, gold: torch.Tensor, ignored: torch.Tensor) -> torch.Tensor:
    """InfoNCE with several gold passages a query (van den Oord et al. 2018, arXiv 1807.03748).

    `similarity`, `gold` and `ignored` are (queries, passages). Each gold passage competes with the passages that are
    neither gold nor ignored; the mean over a query's gold passages, then over the queries that have one.
    """
    logits = similarity / TEMPERATURE
    negatives = logits.masked_fill(gold | ignored, IGNORED).logsumexp(dim=1, keepdim=True)
    losses = F.softplus(negatives - logits) * gold
    counts = gold.sum(dim=1)
    return (losses.sum(dim=1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


def late_interaction(
    queries: torch.Tensor, query_mask: torch.Tensor, passages: torch.Tensor, passage_mask: torch.Tensor
) -> torch.Tensor:
    """Mean over a query's tokens of the best cosine to a passage's tokens (ColBERT, Khattab & Zaharia 2020).

    Shapes: (queries, tokens, width), (queries, tokens), (passages, tokens, width), (passages, tokens) ->
    (queries, passages). Trained beside the mean vector as in BGE-M3 (Chen et al. 2024, arXiv 2402.03216).
    """
    queries = F.normalize(queries, dim=-1).bfloat16()
    passages = F.normalize(passages, dim=-1).bfloat16().masked_fill(~passage_mask[:, :, None], 0.0)
    flat = queries.flatten(0, 1) @ passages.flatten(0, 1).T
    cosines = flat.view(*queries.shape[:2], *passages.shape[:2])
    cosines = cosines.masked_fill(~passage_mask[None, None], -1.0)
    best = cosines.amax(dim=3).float() * query_mask[:, :, None]
    return best.sum(dim=1) / query_mask.sum(dim=1, keepdim=True)


def likeness(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """KL divergence between the rankings of teacher and student, both cosines (queries, passages)."""
    wanted = F.log_softmax(teacher / TEMPERATURE, dim=1)
    given = F.log_softmax(student / TEMPERATURE, dim=1)
    return F.kl_div(given, wanted, log_target=True, reduction="batchmean")


def words_only(ids: list[list[int]], mask: torch.Tensor, prefix: int) -> torch.Tensor:
    """`mask` (texts, longest) without the special tokens and the `prefix` first pieces after the opening one."""
    lengths = torch.tensor([len(row) for row in ids])[:, None]
    places = torch.arange(mask.shape[1])[None, :]
    return mask & (places > prefix) & (places < lengths - 1)
