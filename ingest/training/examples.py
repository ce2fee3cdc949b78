"""Examples for the reader: a question, a text that may be its evidence, whether it is, and with which verdict."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from ingest.training.data import (
    DIRECTIONS,
    LANGUAGES,
    HeadedPassage,
    Language,
    Question,
    Segment,
    TrainingData,
    is_guard,
)
from ingest.training.mining import Mined, trainable

VERDICTS = ("yes", "no", "conditional")
WEIGHTS = {"yes": 3.0, "no": 3.0, "conditional": 6.0}
UNANSWERABLE_WEIGHT = 4.0
"""How often a question with this verdict, or one without evidence, is drawn beside one that asks for a fact."""
GOLD_SHARE = 0.6
EXCHANGED_SHARE = 0.25
"""How often a number that question and evidence share is exchanged in the question, where there is one."""
TRIES = 10
NO_VERDICT = -1
_NUMBER = re.compile(r"(?<![\w.,/:-])(?<![A-Z][a-z] )\d+(?:[.,]\d+)*(?![A-Za-z\d_/:-])")  # of no date, name or code


@dataclass(frozen=True, slots=True)
class Example:
    """`verdict` is a place in `VERDICTS`, or `NO_VERDICT` where none is asked or the evidence is not gold."""

    question: str
    evidence: str
    answers: bool
    verdict: int


def joined(segments: Sequence[Segment], language: Language, *, depth: int = 2) -> str:
    """Segments as one evidence text, in document order: the context of the first, then all their texts.

    `title > heading: first text second text ...`; the reader is always given its evidence in this form.
    """
    first, *rest = segments
    return " ".join([first.in_context(language, depth=depth), *(segment.text.of(language) for segment in rest)])


def verdict_of(question: Question) -> int:
    """The place of the question's verdict in `VERDICTS`, or `NO_VERDICT`."""
    return VERDICTS.index(question.verdict) if question.verdict in VERDICTS else NO_VERDICT


class Examples:
    """Endless training examples, in all four directions.

    Three in five of the answerable draws get their gold evidence, often with neighbouring segments around it; the
    others a segment that looks like it: marked near by the writer, near in the slice by the embedder, or mined
    elsewhere. Of those that ask for no verdict and share a number with their evidence, a quarter have it exchanged.
    """

    def __init__(self, data: TrainingData, mined: Mined, *, seed: int) -> None:
        self.data, self.mined, self.random = data, mined, Random(seed)  # noqa: S311
        self.questions = trainable(data)
        self.weights = [_weight(question) for question in self.questions]

    def __iter__(self) -> Iterator[Example]:
        while True:
            question = self.random.choices(self.questions, self.weights)[0]
            answers = bool(question.evidence) and self.random.random() < GOLD_SHARE
            places = self._around(question) if answers else self._mistaken(question)
            if not places:
                continue
            asked, read = self.random.choice(DIRECTIONS)
            depth = self.random.choices((0, 1, 2), (0.25, 0.15, 0.6))[0]
            evidence = joined([self.mined.segments[place] for place in places], read, depth=depth)
            verdict = verdict_of(question) if answers else NO_VERDICT
            example = Example(question.text.of(asked), evidence, answers, verdict)
            if self.random.random() < EXCHANGED_SHARE:
                example = with_number_exchanged(example, self.random) or example
            yield example

    def _around(self, question: Question) -> list[int]:
        """The gold evidence, in two of five cases with one or two of the segments next to it."""
        gold = self.mined.places(question, question.evidence)
        places = set(gold)
        if self.random.random() < 0.4:
            beside = [
                place for place in (min(gold) - 1, max(gold) + 1, max(gold) + 2) if self._same_page(place, gold[0])
            ]
            places.update(self.random.sample(beside, min(len(beside), self.random.choice((1, 1, 2)))))
        return sorted(places)

    def _same_page(self, place: int, other: int) -> bool:
        segments = self.mined.segments
        return 0 <= place < len(segments) and segments[place].path == segments[other].path

    def _mistaken(self, question: Question) -> list[int]:
        """One to three segments of one page that do not answer the question, though they look like it."""
        gold = self.mined.places(question, question.evidence)
        kinds = [self.mined.places(question, question.near), self._slice(question)]
        if gold:  # unanswerable means: by this slice; another page may answer
            kinds.append(list(self.mined.negatives[question.id]))
        kinds = [kind for kind in kinds if kind]
        if not kinds:
            return []
        pool = self.random.choice(kinds)
        first = self.random.choice(pool)
        others = [place for place in pool if place != first and self._same_page(place, first)]
        chosen = [first, *self.random.sample(others, min(len(others), self.random.choice((0, 0, 1, 2))))]
        same = self.mined.same_as(gold, chosen)
        return sorted(place for place, is_same in zip(chosen, same, strict=True) if not is_same and place not in gold)

    def _slice(self, question: Question) -> list[int]:
        """The six segments of the slice that are nearest to the question and not its evidence."""
        gold = set(self.mined.places(question, question.evidence))
        places = [place for place in self.mined.places(question, question.slice) if place not in gold]
        scores = self.mined.vectors[places] @ self.mined.question_vectors[question.id]
        return [places[i] for i in np.argsort(-scores)[:6]]


def with_number_exchanged(example: Example, random: Random) -> Example | None:
    """The example with another number in place of one that its question shares with its evidence: of the new number
    the evidence says nothing. None where there is no such number, or where a verdict is asked for, which may turn
    instead.
    """
    if not example.answers or example.verdict != NO_VERDICT:
        return None
    given = set(_NUMBER.findall(example.evidence))
    shared = [match for match in _NUMBER.finditer(example.question) if match[0] in given]
    if not shared:
        return None
    match = random.choice(shared)
    others = (_another_number(match[0], random) for _ in range(TRIES))
    other = next((number for number in others if number not in given), None)
    if other is None:
        return None
    question = example.question[: match.start()] + other + example.question[match.end() :]
    return Example(question, example.evidence, answers=False, verdict=NO_VERDICT)


def _another_number(number: str, random: Random) -> str:
    """A number near a whole one, or one of the same form."""
    if number.isdigit() and (len(number) in (1, 4) or random.random() < 0.5):
        return str(max(1, int(number) + random.choice((-3, -2, -1, 1, 2, 3))))
    return re.sub(r"\d", lambda _: random.choice("123456789"), number)


def _weight(question: Question) -> float:
    return WEIGHTS.get(question.verdict or "", 1.0 if question.evidence else UNANSWERABLE_WEIGHT)


def heading_examples(data: TrainingData, *, seed: int) -> Iterator[Example]:
    """Endless examples of a heading asked as a question: its passage, or another passage of the same page."""
    random = Random(seed)  # noqa: S311
    by_page: defaultdict[str, list[HeadedPassage]] = defaultdict(list)
    held = {question.path for question in data.questions if question.split != "train"}
    for row in data.headings:
        if not is_guard(row.repo) and row.path not in held:
            by_page[row.path].append(row)
    pages = [rows for rows in by_page.values() if len(rows) > 1]
    while pages:
        asked, other = random.sample(random.choice(pages), 2)
        answers = random.random() < 0.5 or asked.heading == other.heading
        question, read = random.choice(DIRECTIONS)
        title = f"{asked.title.of(question)}: " if random.random() < 0.5 else ""
        passage = (asked if answers else other).passage.of(read)
        yield Example(title + asked.heading.of(question), passage, answers, NO_VERDICT)


def mixed(sources: Sequence[Iterable[Example]], shares: Sequence[float], *, seed: int) -> Iterator[Example]:
    """Endless examples drawn from endless sources by their shares; a source that has none is left out."""
    random = Random(seed)  # noqa: S311
    running = [iter(source) for source in sources]
    weights = list(shares)
    while any(weights):
        (place,) = random.choices(range(len(running)), weights)
        if example := next(running[place], None):
            yield example
        else:
            weights[place] = 0.0


def dev_examples(data: TrainingData, *, seed: int = 0) -> dict[str, list[Example]]:
    """For each direction the development examples: gold evidence, and what may be mistaken for it.

    Each answerable question gives its gold evidence and, where the writer marked any, its near segments; each
    unanswerable one its near segments, or else three segments of its slice.
    """
    random = Random(seed)  # noqa: S311
    chosen: list[tuple[Question, list[Segment], bool]] = []
    for question in data.questions:
        if question.split != "dev":
            continue
        page = data.segment(question.path)
        order = {id_: i for i, id_ in enumerate(page)}
        gold = sorted(question.evidence, key=order.__getitem__)
        near = sorted(set(question.near) - set(gold), key=order.__getitem__)
        if gold:
            chosen.append((question, [page[id_] for id_ in gold], True))
        if not gold and not near:
            start = random.randrange(max(1, len(question.slice) - 2))
            near = list(question.slice[start : start + 3])
        if near:
            chosen.append((question, [page[id_] for id_ in near], False))
    return {
        f"{asked}>{read}": [
            Example(question.text.of(asked), joined(segments, read), answers, verdict_of(question) if answers else -1)
            for question, segments, answers in chosen
        ]
        for asked in LANGUAGES
        for read in LANGUAGES
    }
