"""Divergences against labelled pairs: what is shown is right how often, what is there is found how often, by kind.

The rival is pofilter of the translate-toolkit: the checks that translators run over their files. It joins where the
package is installed (`pip install translate-toolkit`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from corpus.divergence import Divergence, divergences
from corpus.model import Document, Section, Segment
from evals.harmless import alarms
from evals.measures import bootstrap, harmonic_mean, wilson
from ingest.training.divergence import Labelled, read_labelled

TARGETS = {"material": frozenset({"major"}), "any": frozenset({"major", "minor"})}
TELLING = 1.5  # times the base rate: how precise a check of the rival has to be on the training split to be let in


@dataclass(frozen=True, slots=True)
class Detector:
    """A system by name, what it is after (a key of `TARGETS`), and which of the pairs it shows, in their order."""

    name: str
    target: str
    shown: tuple[bool, ...]


def report(data: Path, *, split: str = "dev") -> str:
    """Markdown tables for the pairs of `data/divergences.jsonl.gz` in one split ("train" or "dev").

    The signals and the glossary were written while reading the training split, so only "dev" is held out.

    Raises:
        TrainingDataError: the file is missing or has a broken line.
    """
    labelled = read_labelled(data / "divergences.jsonl.gz")
    chosen = [pair for pair in labelled if pair.split == split]
    detectors = list(ours(chosen))
    if find_spec("translate"):
        detectors += rival(chosen, [pair for pair in labelled if pair.split == "train"])
    lines = (
        *table(detectors, chosen),
        "",
        *by_kind(detectors, chosen),
        "",
        *told_kinds(chosen),
        "",
        *_harmless(chosen),
    )
    return "\n".join(lines)


def ours(pairs: Sequence[Labelled]) -> Iterator[Detector]:
    """What the project shows as major, and what it shows at all."""
    severities = [severity(pair) for pair in pairs]
    yield Detector("ours, major", "material", tuple(shown == "major" for shown in severities))
    yield Detector("ours, major and minor", "any", tuple(shown is not None for shown in severities))


def severity(pair: Labelled) -> str | None:
    """How grave the project finds what a pair that stands alone on its page says otherwise; None: nothing."""
    found = _divergence(pair)
    return found.severity if found else None


def _divergence(pair: Labelled) -> Divergence | None:
    page = Document("pair", "", "", (Section((), 0, (), (), (Segment("pair", pair.ko, pair.en),)),))
    return next(iter(divergences(page)), None)


def rival(pairs: Sequence[Labelled], training: Sequence[Labelled]) -> Iterator[Detector]:
    """Pofilter with all its checks, and with those alone that tell something on the training split."""
    failed, failed_training = [failures(pair) for pair in pairs], [failures(pair) for pair in training]
    for target, labels in TARGETS.items():
        yield Detector("pofilter, all checks", target, tuple(map(bool, failed)))
        telling = telling_checks(failed_training, [pair.label in labels for pair in training])
        yield Detector("pofilter, telling checks", target, tuple(not telling.isdisjoint(names) for names in failed))


def failures(pair: Labelled) -> frozenset[str]:
    """The checks of pofilter's standard set that a pair fails, with Korean as the target language."""
    from translate.filters.checks import CheckerConfig, StandardChecker
    from translate.storage.base import TranslationUnit

    unit = TranslationUnit(pair.en)
    unit.target = pair.ko
    return frozenset(StandardChecker(checkerconfig=CheckerConfig(targetlanguage="ko")).run_filters(unit))


def telling_checks(failed: Sequence[frozenset[str]], wanted: Sequence[bool]) -> frozenset[str]:
    """The checks that fail on wanted pairs at `TELLING` times the rate of wanted pairs at least."""
    all_of, right = Counter[str](), Counter[str]()
    for names, is_wanted in zip(failed, wanted, strict=True):
        all_of.update(names)
        right.update(names if is_wanted else ())
    base = sum(wanted) / max(1, len(wanted))
    return frozenset(name for name, count in all_of.items() if right[name] >= TELLING * base * count)


def table(detectors: Iterable[Detector], pairs: Sequence[Labelled]) -> Iterator[str]:
    """One row a system: precision, recall and F1 with 95% intervals, alarms per 1,000 pairs drawn at random."""
    yield "| system | after | precision | recall | F1 | alarms per 1,000 random pairs |"
    yield "|---|---|---|---|---|---|"
    for detector in detectors:
        wanted = [pair.label in TARGETS[detector.target] for pair in pairs]
        right = sum(map(min, detector.shown, wanted))
        random = [shown for shown, pair in zip(detector.shown, pairs, strict=True) if pair.stratum == "random"]
        cells = (
            detector.name,
            detector.target,
            _share(right, sum(detector.shown)),
            _share(right, sum(wanted)),
            _f1(detector.shown, wanted),
            f"{1000 * sum(random) / max(1, len(random)):.1f} (n {len(random)})",
        )
        yield f"| {' | '.join(cells)} |"


def by_kind(detectors: Iterable[Detector], pairs: Sequence[Labelled]) -> Iterator[str]:
    """Recall of each kind of labelled divergence, one column a system."""
    detectors = list(detectors)
    yield f"| kind | {' | '.join(f'{one.name} ({one.target})' for one in detectors)} |"
    yield f"|---|{'---|' * len(detectors)}"
    for kind in sorted({pair.kind for pair in pairs if pair.label != "none"}):
        cells = []
        for detector in detectors:
            there = [
                shown for shown, pair in zip(detector.shown, pairs, strict=True)
                if pair.kind == kind and pair.label in TARGETS[detector.target]
            ]  # fmt: skip
            cells.append(f"{sum(there)} of {len(there)}")
        yield f"| {kind} | {' | '.join(cells)} |"


def told_kinds(pairs: Sequence[Labelled]) -> Iterator[str]:
    """What the project says the divergences are: by kind, how many of those told are one, of those labelled are told.

    A kind's precision counts the shown ones of that kind that are labelled as divergent at all; its recall the labelled
    ones of that kind that are shown, as whatever; F1 is of the two.
    """
    shown = [(pair, found) for pair in pairs if (found := _divergence(pair))]
    told, labelled = Counter(found.kind for _, found in shown), Counter(p.kind for p in pairs if p.label != "none")
    right = Counter(found.kind for pair, found in shown if pair.label != "none")
    caught = Counter(pair.kind for pair, _ in shown if pair.label != "none")
    yield "| kind, major and minor | precision | recall | F1 |"
    yield "|---|---|---|---|"
    for kind in sorted(told | labelled):
        precision, recall = right[kind] / max(1, told[kind]), caught[kind] / max(1, labelled[kind])
        f1 = f"{harmonic_mean(precision, recall):.3f}" if told[kind] and labelled[kind] else ""
        yield f"| {kind} | {_share(right[kind], told[kind])} | {_share(caught[kind], labelled[kind])} | {f1} |"


def _harmless(pairs: Sequence[Labelled]) -> Iterator[str]:
    yield "| agreeing pairs, rewritten | shown as major | shown at all |"
    yield "|---|---|---|"
    for name, (major, some) in alarms(pairs, severity).items():
        yield f"| {name} | {major} | {some} |"


def _share(right: int, total: int) -> str:
    low, high = wilson(right, total)
    return f"{right / max(1, total):.3f} [{low:.2f}, {high:.2f}] n {total}"


def _f1(shown: Sequence[bool], wanted: Sequence[bool]) -> str:
    def f1(outcomes: Sequence[float]) -> float:
        counts = Counter(outcomes)
        return 2 * counts[3.0] / max(1, 2 * counts[3.0] + counts[2.0] + counts[1.0])

    outcomes = [2.0 * is_shown + is_wanted for is_shown, is_wanted in zip(shown, wanted, strict=True)]
    low, high = bootstrap(outcomes, statistic=f1)
    return f"{f1(outcomes):.3f} [{low:.2f}, {high:.2f}]"
