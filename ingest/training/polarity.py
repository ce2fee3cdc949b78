"""Yes/no questions made of statements: the aligned sentences teach the reader negation, permission and condition.

A statement whose verb a pattern knows is turned into the question it answers: "You can't move X." becomes "Can I
move X?" with the verdict `no`, in each language by its own patterns. The question is nearly the statement's words, so
only the polarity tells the verdict; and the same surroundings without the statement do not answer it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from random import Random

from ingest.training.batches import training_pairs
from ingest.training.data import LANGUAGES, Bilingual, Language, Segment, TrainingData
from ingest.training.examples import NO_VERDICT, VERDICTS, Example

SHORTEST, LONGEST = 20, 220
"""Characters of a statement that is turned into a question."""
ANSWERED = 0.75

Pattern = tuple[re.Pattern[str], str, str]


def _compiled(rows: Iterable[tuple[str, str, str]]) -> tuple[Pattern, ...]:
    return tuple((re.compile(pattern), question, verdict) for pattern, question, verdict in rows)


_OPENERS = "If|When|For|After|Before|To|In|On|At|While|Once|You|It|There|Do"
_SUBJECT = rf"(?P<subject>(?!(?:{_OPENERS})\b)[A-Z0-9][\w' -]{{2,60}}?)"
_ENGLISH: tuple[Pattern, ...] = _compiled(
    (
        (r"^If (?P<if>[^,]+), you can (?P<rest>.+)\.$", r"Can I \g<rest>?", "conditional"),
        (r"^You can (?P<rest>[^,]+?) (?:only )?(?:if|when|unless) .+\.$", r"Can I \g<rest>?", "conditional"),
        (r"^You (?:can't|cannot|can not|may not) (?P<rest>.+)\.$", r"Can I \g<rest>?", "no"),
        (r"^You (?:shouldn't|should not|must not) (?P<rest>.+)\.$", r"Should I \g<rest>?", "no"),
        (r"^You (?:don't|do not) (?:need|have) to (?P<rest>.+)\.$", r"Do I need to \g<rest>?", "no"),
        (r"^You (?:must|need to|have to) (?P<rest>.+)\.$", r"Do I have to \g<rest>?", "yes"),
        (r"^You can (?:also )?(?P<rest>.+)\.$", r"Can I \g<rest>?", "yes"),
        (rf"^{_SUBJECT} (?P<verb>is|are)(?: not|n't) (?P<rest>.+)\.$", r"\g<verb> \g<subject> \g<rest>?", "no"),
        (rf"^{_SUBJECT} (?:doesn't|does not) (?P<rest>.+)\.$", r"Does \g<subject> \g<rest>?", "no"),
        (rf"^{_SUBJECT} (?:can't|cannot) (?P<rest>.+)\.$", r"Can \g<subject> \g<rest>?", "no"),
        (rf"^{_SUBJECT} (?P<verb>is|are|can|will|must) (?P<rest>.+)\.$", r"\g<verb> \g<subject> \g<rest>?", "yes"),
    )
)
_KOREAN: tuple[Pattern, ...] = _compiled(
    (
        (r"^.+(?:경우에만|때만|경우|하려면|다면) (?P<rest>.+수) 있습니다\.$", r"\g<rest> 있나요?", "conditional"),
        (r"^(?P<rest>.+수) 없습니다\.$", r"\g<rest> 있나요?", "no"),
        (r"^(?P<rest>.+)(?:할 필요가 없습니다|하지 않아도 됩니다)\.$", r"\g<rest>해야 하나요?", "no"),
        (r"^(?P<rest>.+[하되])지 (?:않습니다|못합니다)\.$", r"\g<rest>나요?", "no"),
        (r"^(?P<rest>.+[가이은는]) 없습니다\.$", r"\g<rest> 있나요?", "no"),
        (r"^(?P<rest>.+) 아닙니다\.$", r"\g<rest> 맞나요?", "no"),
        (r"^(?P<rest>.+[수가이]) 있습니다\.$", r"\g<rest> 있나요?", "yes"),
        (r"^(?P<rest>.+)됩니다\.$", r"\g<rest>되나요?", "yes"),
        (r"^(?P<rest>.+)합니다\.$", r"\g<rest>하나요?", "yes"),
    )
)
_PATTERNS: dict[Language, tuple[Pattern, ...]] = {"en": _ENGLISH, "ko": _KOREAN}


def question_of(statement: str, language: Language) -> tuple[str, str] | None:
    """The yes/no question that a statement answers, and the verdict it gives; None where no pattern knows it."""
    if not SHORTEST <= len(statement) <= LONGEST:
        return None
    for pattern, question, verdict in _PATTERNS[language]:
        if found := pattern.match(statement):
            asked = found.expand(question)
            return asked[0].upper() + asked[1:], verdict
    return None


def polar_examples(data: TrainingData, *, seed: int) -> Iterator[Example]:
    """Endless examples made of statements, as many of each verdict, read among their neighbours or missing there."""
    random = Random(seed)  # noqa: S311
    pairs = training_pairs(data)
    pools: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        for language in LANGUAGES:
            if made := question_of(pair.text.of(language), language):
                pools[made[1]].append((place, made[0]))
    verdicts = sorted(pools)
    while verdicts:
        verdict = random.choice(verdicts)
        place, question = random.choice(pools[verdict])
        answers = random.random() < ANSWERED
        texts = _surroundings(pairs, place, random, include=answers)
        if texts:
            read = random.choice(LANGUAGES)
            evidence = " ".join(text.of(read) for text in texts)
            yield Example(question, evidence, answers, VERDICTS.index(verdict) if answers else NO_VERDICT)


def _surroundings(pairs: list[Segment], place: int, random: Random, *, include: bool) -> list[Bilingual]:
    """Up to two sentences of the page on each side of a place, with or without the sentence at it."""
    before, after = random.choice((0, 0, 1, 1, 2)), random.choice((0, 0, 1, 1, 2))
    around = range(max(0, place - before), min(len(pairs), place + after + 1))
    own = pairs[place]
    return [
        pairs[i].text
        for i in around
        if pairs[i].path == own.path and (include if i == place else not set(pairs[i].text) & set(own.text))
    ]
