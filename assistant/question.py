"""What a question asks: its language, its kind, what it is about, and from which side it asks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from assistant.vocabulary import named_terms, terms, vocabulary
from corpus.documents import Language
from corpus.entities import entities, rename, without_entities
from corpus.errors import EmptyQuestionError, QuestionError, QuestionTooLongError
from corpus.services import canonical_names
from ingest.lexical import demonstratives, names, tokens

Kind = Literal["yes_no", "where", "when", "who", "list", "why", "how", "which", "other"]
Frame = Literal["permission", "requirement", "open_to_all"]

_BORROWED_KINDS = ("other", "yes_no", "which")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLAUSE = re.compile(r"[,;:.?!]\s+|\s[-–—]\s|\s(?:and|but|so|then)\s")
_BORDER = re.compile(
    rf"{_CLAUSE.pattern}|\s(?:if|when|since|because|as|though)\s|(?<=[고며데면후])\s|(?<=지만)\s", re.IGNORECASE
)
_REQUEST = re.compile(
    r"(?:(?:can|could|would|will) you (?:please )?(?:tell|show|explain|list|name|say|let)|do you know|any idea)"
    r"(?: (?:to )?(?:me|us))?(?: know)?\s*(?P<whether>(?:if|whether)\b)?",
    re.IGNORECASE,
)
# "When" and "where" also open clauses that ask nothing: "When a customer leaves, is the data deleted?"
_ASKS_FOR_A_THING = re.compile(
    r"(?:(?:in|for|to|under|from|by|at|on)\s+)?(?:what|which|how|who|whom|whose|why)\b(?!\s+(?:about|if)\b)",
    re.IGNORECASE,
)
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA")
_FOREIGN_WORDS = 2
_FRAGMENT_TERMS = 2
_ELLIPSIS_TERMS = 4
_OWN_TERMS = 2
_ASKING = frozenset({"where", "when", "who", "list"})
_UNNAMED = 2
_DANGLING_TERMS = 4
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_TRAILING = " ?？!.~ㅋㅎㅠ"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    `language` is the one to answer in; `foreign` is True when the question is in neither language and this is
    only the nearest. `frames` says whether it asks for permission, for a requirement, or whether something is
    open to all; `without` whether it asks about lacking something, `lacks` which concepts that is, `negated` whether it
    asks for the opposite ("is it not ..."). `dangling` is True when it refers to something ("it", "그거") and names
    nothing itself. `own` is what the asker typed, where `text` is a follow-up made whole.
    """

    text: str
    language: Language
    foreign: bool
    kind: Kind
    frames: frozenset[Frame]
    without: bool
    negated: bool
    entities: frozenset[str]
    concepts: frozenset[str]
    lacks: frozenset[str] = frozenset()
    dangling: bool = False
    own: str = ""

    def within(self, whole: Question) -> Question:
        """What a follow-up asks when it is read as the whole question: its own language, and its own kind if it asks
        for a thing of its own ("why?", "the link").
        """
        kind = whole.kind if self.kind in _BORROWED_KINDS else self.kind
        return replace(whole, language=self.language, foreign=self.foreign, kind=kind, own=self.text)


def understand(text: str, *, max_characters: int) -> Question:
    """Read a question.

    Raises:
        EmptyQuestionError: nothing is left without blanks, control characters and punctuation.
        QuestionTooLongError: over `max_characters`.
    """
    if not isinstance(text, str):
        raise QuestionError(f"The question is of type {type(text).__name__}.", remedy="Pass it as text.")
    if len(text) > max_characters:
        raise QuestionTooLongError(
            f"The question has {len(text):,} characters; at most {max_characters:,} are read.",
            remedy="Ask in a sentence or two.",
        )
    cleaned = clean(text)
    if not any(character.isalnum() for character in cleaned):
        raise EmptyQuestionError("The question is empty.", remedy="Type a question about the documents.")
    language, foreign = _language(cleaned)
    return Question(
        text=cleaned,
        language=language,
        foreign=foreign,
        kind=_kind(cleaned, language),
        frames=frozenset(
            frame
            for frame in ("permission", "requirement", "open_to_all")
            if cleaned in terms("frames", language, frame)
        ),
        without=cleaned in terms("frames", language, "without"),
        negated=_is_negated(cleaned, language),
        entities=entities(cleaned),
        concepts=concepts(cleaned),
        lacks=_lacks(cleaned, language),
        dangling=_dangles(cleaned),
    )


def clean(text: str) -> str:
    """One line, full-width letters as plain ones, no control characters.

    NFKC as a whole would take single Korean letters ("ㅋㅋ") apart from the others.
    """
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)).split())


def make_whole(text: str, history: Sequence[Mapping[str, str]]) -> str:
    """A follow-up joined with what it refers to; a question that stands by itself comes back unchanged.

    A numbered name of the follow-up ("SOC 3") takes the place of its namesake in the question before it; otherwise
    both questions are read together. One that names a thing of its own leaves out follow-ups that came before it.
    """
    asked = _asked(history)
    if not asked or not _depends_on_history(text):
        return text
    last, earlier = asked
    before = _topic(last, earlier) if _named(text) else make_whole(last, earlier)
    renamed = rename(before, text)
    return renamed if renamed != before else f"{before} {_without_no(text)}"


def _topic(text: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question that a conversation last turned on, without the follow-ups to it."""
    asked = _asked(history)
    if not asked or not _depends_on_history(text):
        return text
    return rename(_topic(*asked), text)


def _asked(history: Sequence[Mapping[str, str]]) -> tuple[str, Sequence[Mapping[str, str]]] | None:
    """The last question of a history and the turns before it; None where it has none."""
    for number in range(len(history) - 1, -1, -1):
        if history[number]["role"] == "user" and (text := clean(history[number]["content"])):
            return text, history[:number]
    return None


def _without_no(text: str) -> str:
    """A correction without the "no" it opens with, which is said of the question before and asks for nothing."""
    found = terms("followup", "refusals").find(text)
    return text[found.end() :].lstrip(" ,.!") or text if found and found.start() == 0 else text


def _depends_on_history(text: str) -> bool:
    """Whether a question is a follow-up: by how it opens or ends, by what it refers to, or for want of words."""
    opening = terms("followup", "openers").find(text)
    first = " ".join(text.split()[:1]).rstrip(",.!~").lower()
    interjection = first in vocabulary()["followup"]["interjections"]
    opens = opening is not None and opening.start() == 0
    if _stands_alone(text[opening.end() :].strip(" ,") if opening and opens else text):
        return False
    if interjection or opens:
        return True
    content = len(tokens(without_entities(text)))
    if content <= _FRAGMENT_TERMS or _refers_back(text):
        return True
    return content <= _ELLIPSIS_TERMS and (_trails_off(text) or _asks_nothing(text))


def _stands_alone(text: str) -> bool:
    """Whether a text, behind whatever it opens with, names two things to be related, or asks what a thing is or who,
    when and where something is done with it.
    """
    if not _named(text) or _refers_back(text) or _trails_off(text):
        return False
    language = _language(text)[0]
    kind, beside = _kind(text, language), without_entities(text)
    proper = names(beside)
    if entities(text) and (proper or canonical_names(beside)) and kind != "other":
        return True
    if text in terms("followup", "definitions", language):
        return True
    content = len(tokens(beside)) - len(proper)
    return bool(entities(text)) and kind in _ASKING and content >= _OWN_TERMS


def _named(text: str) -> bool:
    """Whether a text names something: a numbered name, a service, a proper name."""
    return bool(entities(text) or canonical_names(text) or names(text))


def _trails_off(text: str) -> bool:
    """Whether a text ends as what is left of a question does: "guest accounts too?", "게스트 계정은요?"."""
    stem = text.rstrip(_TRAILING)
    found = terms("followup", "endings", "en").pattern.finditer(stem)
    korean = stem.endswith(tuple(vocabulary()["followup"]["endings"]["ko"]))
    return korean or any(match.end() == len(stem) for match in found)


def _refers_back(text: str) -> bool:
    """Whether a word points back at something that the words before it do not name."""
    return bool(demonstratives(text)) or _points_back(text, unnamed=_UNNAMED)


def _points_back(text: str, *, unnamed: int) -> bool:
    """Whether a word of reference comes after `unnamed` words or fewer that it could stand for."""
    for phrases in (terms("followup", "expletives"), terms("question", "kinds", "en", "when")):
        text = phrases.pattern.sub(" ", text)
    found = terms("followup", "references").find(text)
    return found is not None and len(_named_words(text[: found.start()])) <= unnamed


def _asks_nothing(text: str) -> bool:
    """Whether an English text has no word that makes it a question of its own."""
    return not _HANGUL.search(text) and len(_named_words(text)) == len(_WORD.findall(text))


def _named_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in terms_in_english_questions() | {"i", "we"}]


def _dangles(text: str) -> bool:
    if entities(text) or canonical_names(text):
        return False
    bare = terms("followup", "references").pattern.sub(" ", text)
    refers = bool(demonstratives(text)) or _points_back(text, unnamed=0)
    return refers and len(tokens(bare)) <= _DANGLING_TERMS


def concepts(text: str) -> frozenset[str]:
    """The vocabulary's concepts that a text names, in either language."""
    return frozenset(name for name, words in named_terms("concepts").items() if text in words)


def _lacks(text: str, language: Language) -> frozenset[str]:
    """The concepts that stand in one clause with a word of lacking: behind it in English ("without an NDA"; also before
    "not signed"), before it in Korean ("NDA 없이").
    """
    beside: list[str] = []
    for match in terms("frames", language, "without").pattern.finditer(text):
        before, after = _BORDER.split(text[: match.start()])[-1], _BORDER.split(text[match.end() :])[0]
        beside += [after] * (language == "en") + [before] * (language == "ko" or match[0].lower().startswith("not"))
    return frozenset().union(*map(concepts, beside))


def synonyms(text: str) -> str:
    """What documents may call the concepts and services that a text names otherwise, for the lexical search."""
    named = concepts(text)
    entries = vocabulary()["concepts"]
    found = [entries[name][0] for name in sorted(named)]
    found += [next(term for term in entries[name] if _HANGUL.search(term)) for name in sorted(named)]
    return " ".join([*found, *canonical_names(text)])


def _language(text: str) -> tuple[Language, bool]:
    """The language to answer in, and whether the question is in another one."""
    if _HANGUL.search(text):
        return "ko", False
    letters = [character for character in text if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    if letters and latin * 2 < len(letters):
        eastern = sum(unicodedata.name(letter, "").startswith(_EAST_ASIAN) for letter in letters)
        return ("ko" if eastern * 2 > len(letters) else "en"), True
    words = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in terms_in_english_questions() for word in words)
    foreign = max(sum(word in known for word in words) for known in vocabulary()["other_languages"].values())
    return "en", foreign >= _FOREIGN_WORDS and foreign > english


@cache
def terms_in_english_questions() -> frozenset[str]:
    """Single words that show that a question is English."""
    tables = (
        vocabulary()["question"]["kinds"]["en"],
        vocabulary()["question"]["yes_no"]["en"],
        vocabulary()["frames"]["en"],
    )
    return frozenset(term for table in tables for entry in table.values() for term in entry) | {
        "the",
        "of",
        "for",
        "to",
    }


def _kind(text: str, language: Language) -> Kind:
    text = terms("followup", "proposals").pattern.sub(" ", text)
    if _asks_yes_no(text, language):
        return "yes_no"
    for kind, words in named_terms("question", "kinds", language).items():
        if text in words:
            return kind  # type: ignore[return-value]
    return "yes_no" if language == "ko" and _ends_as_question(text) else "other"


def _asks_yes_no(text: str, language: Language) -> bool:
    if text in terms("question", "alternatives", language):
        return False
    asks_for_a_thing = language == "ko" and text in terms("interrogatives", "ko")
    if text in terms("question", "yes_no", language, "tags") and not asks_for_a_thing:
        return True
    if language == "ko":
        return _ends_as_question(text) and not asks_for_a_thing and not _wants_a_thing(text)
    asked = [clause.strip() for clause in _CLAUSE.split(f" {text}")]
    clauses = [_REQUEST.sub("", clause) for clause in asked]
    wants_an_address = any(text in terms("asked", sort, "en") for sort in ("address", "phone"))
    if wants_an_address or any(_ASKS_FOR_A_THING.match(clause) for clause in clauses):
        return False
    if any((request := _REQUEST.match(clause)) and request["whether"] for clause in asked):
        return True
    openers = terms("question", "yes_no", "en", "openers")
    opening = any((found := openers.find(clause)) and found.start() == 0 for clause in clauses)
    return opening and not _starts_with_question_word(text)


def _starts_with_question_word(text: str) -> bool:
    found = terms("question", "kinds", "en", "which").find(text) or terms("question", "kinds", "en", "how").find(text)
    return found is not None and found.start() == 0


def _ends_as_question(text: str) -> bool:
    """Whether the text, or a sentence of it that has a question mark, ends as Korean questions do."""
    endings = tuple(vocabulary()["question"]["yes_no"]["ko"]["endings"])
    requests = tuple(vocabulary()["question"]["yes_no"]["ko"]["requests"])
    if text.rstrip(_TRAILING).endswith(requests):
        return False
    return bool(re.search(r"\S\s*[?？]", text)) or text.rstrip(_TRAILING).endswith(endings)


def _wants_a_thing(text: str) -> bool:
    """Whether a Korean question names a link or an address as what it wants, rather than asking if one may."""
    return text in terms("question", "kinds", "ko", "where") and text not in terms("frames", "ko", "permission")


def _is_negated(text: str, language: Language) -> bool:
    """Whether a question asks for the opposite; what it says about lacking something is no such negation."""
    return terms("frames", language, "without").pattern.sub(" ", text) in terms("negation", language)
