"""Numbers, dates, spans of time and frequencies, in one notation for both languages.

`3.5 million` and `350만` are both `3500000`; `October 1`, `10/1` and `10월 1일` are month `m10`, day `1`, date `10/1`;
`12 months` and `1년` are 12 in the dimension "months".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from corpus.divergence.glossary import glossary, squeezed
from corpus.model import Language

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\S+\.(?:com|net|us|org|aspx|md)\b\S*", re.IGNORECASE)
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*"
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), start=1
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_CERTAIN_MONTH = re.compile(
    r"\b(?:January|February|April|June|July|August|September|October|November|December)\b|(?<=\bin )(?:March|May)\b"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH_DATES = (
    re.compile(rf"\b{_MONTH}\s+{_DAY}(?![\d:.]*\d)", re.IGNORECASE),
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?![a-z])", re.IGNORECASE),
)
_SLASHED = re.compile(r"(?<![\d/.])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\d/]|\s*[%x])")
_DOTTED = re.compile(r"(?<![\d/.])(?P<month>\d{1,2})\.(?P<day>\d{1,2})\.(?P<year>20\d{2}|19\d{2})(?!\d)")
_KOREAN_DATE = re.compile(r"(?<!\d)(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일?(?![\d년월개])")
_KOREAN_MONTH = re.compile(r"(?<!\d)(?P<month>1[0-2]|[1-9])월(?!간)")
_ENGLISH_SCALE = re.compile(
    rf"(?:(?P<number>{_NUMBER})\s*(?P<scale>thousand|million|billion|trillion)"
    rf"|(?<=[€$£])(?P<sum>{_NUMBER})\s?(?P<short>m|bn)|(?P<many>{_NUMBER})(?-i:(?P<k>K)))\b",
    re.IGNORECASE,
)
_SCALES = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "k": 10**3, "m": 10**6, "bn": 10**9,
}  # fmt: skip
_KOREAN_SCALED = re.compile(rf"(?:(?:{_NUMBER})\s*(?:천만|백만|십만|천억|백억|십억|[천만억조])\s*)+")
_KOREAN_STEP = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<scale>천만|백만|십만|천억|백억|십억|[천만억조])")
_KOREAN_SCALES = {
    "천": 10**3, "만": 10**4, "십만": 10**5, "백만": 10**6, "천만": 10**7, "억": 10**8, "십억": 10**9, "백억": 10**10,
    "천억": 10**11, "조": 10**12,
}  # fmt: skip
_DIGITS = re.compile(rf"(?<![A-Za-z_\d])(?:{_NUMBER})")
_NAMED = re.compile(rf"\b[A-Z][A-Za-z]+[ -](?P<number>{_NUMBER})(?![\d%])")
_CARDINALS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety"
_COUNTED_EN = re.compile(rf"\d|\b(?:{_CARDINALS})\b", re.IGNORECASE)
_GROUPED = re.compile(r"(?<=\d), (?=\d{3}(?!\d))")
_PARTED = re.compile(r"(?<=\d) \. (?=\d)")
_NEXT_DAY = re.compile(r"다음\s*날|하루(?!\s*에)|익일")
_WORKING = re.compile(r"(영업일|근무일)([^\d.]{0,12})(\d+)\s*일")
_WHOLE_HOUR = re.compile(r"(?<=\d):00(?!\d|:)")
_ENGLISH_WORDS = {
    word: number
    for number, words in {
        1: "one first once single", 2: "two second twice", 3: "three third",
        4: "four fourth", 5: "five fifth", 6: "six sixth", 7: "seven seventh", 8: "eight eighth", 9: "nine ninth",
        10: "ten tenth", 11: "eleven eleventh", 12: "twelve twelfth dozen", 15: "fifteen", 20: "twenty",
        24: "twenty-four", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 90: "ninety", 0: "zero",
    }.items()
    for word in words.split()
}  # fmt: skip
_ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_ENGLISH_WORDS, key=len, reverse=True))})\b", re.IGNORECASE)
_ROMAN = re.compile(r"\b(?:II|III|IV)\b")
_ROMANS = {"II": "2", "III": "3", "IV": "4"}
_COUNTERS = (
    "번|개|가지|명|달|대|곳|단계|차례|배|사람|시간|주|해|쪽|문자|자리|종류|건|줄|부분|유형|옵션|방법|페이지|항목|범주"
)
_KOREAN_WORDS = {
    "하나": 1, "첫": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9, "열": 10, "열두": 12, "스무": 20, "둘째": 2, "셋째": 3, "넷째": 4,
}  # fmt: skip
_KOREAN_WORD = re.compile(
    rf"(?<![가-힣])(?:(?P<counted>{'|'.join(sorted(_KOREAN_WORDS, key=len, reverse=True))})\s*(?={_COUNTERS})|"
    r"(?P<alone>둘째|셋째|넷째|하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|두|세|네)(?=\s|이상|[은는이가을를의로과와,.)]))"
)
_COUNTED_KO = re.compile(rf"\d|(?<![가-힣])(?:{'|'.join(_KOREAN_WORDS)})")


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a text counts: digits, numbers with a scale, those that belong to a name ("SOC 2"), numerals in words,
    month/day dates, spans by dimension, times per year.

    The keys are in the common notation, the values are the words of the text.
    """

    numbers: Mapping[str, str] = field(default_factory=dict)
    scaled: Mapping[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[tuple[str, Decimal], str] = field(default_factory=dict)
    frequencies: Mapping[str, str] = field(default_factory=dict)


def quantities(text: str, language: Language) -> Quantities:
    """The quantities of a text."""
    text = _WHOLE_HOUR.sub("", _PARTED.sub(".", _GROUPED.sub(",", _ADDRESS.sub(" ", text))))
    text = glossary().terms["idiom.counted"].pattern(language).sub(" ", text)
    if language == "ko":
        text = _NEXT_DAY.sub(" 1일 ", text)
        text = _WORKING.sub(r"\2\3\1", re.sub(r"(?<=\d)\s+(?=[년월일시분초개주조억만천번명])", "", text))
    dates, rest = _dates(text, language)
    numbers, spans = dict[str, str](), dict[tuple[str, Decimal], str]()
    for key in dates:
        month, day = key.split("/")
        numbers[f"m{month}"] = numbers[day] = dates[key]
    spans.update(_spans(rest, language))
    numbers.update(_months(rest, language))
    rest = (_KOREAN_MONTH if language == "ko" else _CERTAIN_MONTH).sub(" ", rest)
    scaled, plain = dict[str, str](), {_canonical(word): word for word in _DIGITS.findall(rest)}
    for value, word in _scaled(rest, language):
        scaled[value] = word
        for number in _DIGITS.findall(word):
            plain.pop(_canonical(number), None)
    named = {_canonical(match["number"]) for match in _NAMED.finditer(rest)}
    return Quantities(
        numbers | plain, scaled, frozenset(named), _in_words(text, language), dates, spans, _frequencies(text, language)
    )


def _dates(text: str, language: Language) -> tuple[dict[str, str], str]:
    found: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name = match["month"].lower()
        month = _MONTHS.get(name) or int(name)
        if match["month"] == "may" or not (1 <= month <= 12 and 1 <= int(match["day"]) <= 31):
            return match[0]
        found[f"{month}/{int(match['day'])}"] = match[0].strip()
        return f" {match['year']} " if "year" in match.re.groupindex and match["year"] else " "

    for pattern in (*((_KOREAN_DATE,) if language == "ko" else ()), *_ENGLISH_DATES, _SLASHED, _DOTTED):
        text = pattern.sub(take, text)
    return found, text


def _months(text: str, language: Language) -> Iterator[tuple[str, str]]:
    if language == "ko":
        for match in _KOREAN_MONTH.finditer(text):
            yield f"m{int(match['month'])}", match[0]
    for match in _CERTAIN_MONTH.finditer(text):
        yield f"m{_MONTHS[match[0].lower()]}", match[0]


def _scaled(text: str, language: Language) -> Iterator[tuple[str, str]]:
    if language == "en":
        for match in _ENGLISH_SCALE.finditer(text):
            number = match["number"] or match["sum"] or match["many"]
            scale = match["scale"] or match["short"] or match["k"]
            value = _decimal(number) * _SCALES[scale.lower()]
            yield _plain(value), match[0]
        return
    for match in _KOREAN_SCALED.finditer(text):
        steps = _KOREAN_STEP.finditer(match[0])
        value = sum((_decimal(step["number"]) * _KOREAN_SCALES[step["scale"]] for step in steps), Decimal(0))
        yield _plain(value), match[0].strip()


@cache
def _span_patterns(language: Language) -> tuple[tuple[str, Decimal, re.Pattern[str]], ...]:
    number = rf"(?<![\d.,])(?P<number>{_NUMBER})"
    if language == "en":
        number = rf"(?:{number}|\b(?P<word>{_CARDINALS})\b)"
    else:
        number = rf"(?:{number}|(?<![가-힣])(?P<word>{'|'.join(_KOREAN_WORDS)}))"
    return tuple(
        (unit.dimension, unit.factor, re.compile(rf"{number}[\s-]*(?:{'|'.join(unit.patterns(language))})"
                                                 + (r"(?![a-z])" if language == "en" else ""), re.IGNORECASE))
        for unit in glossary().units
    )  # fmt: skip


def _spans(text: str, language: Language) -> Iterator[tuple[tuple[str, Decimal], str]]:
    words = _ENGLISH_WORDS if language == "en" else _KOREAN_WORDS
    if not (_COUNTED_EN if language == "en" else _COUNTED_KO).search(text):
        return
    for dimension, factor, pattern in _span_patterns(language):
        for match in pattern.finditer(text):
            number = _decimal(match["number"]) if match["number"] else Decimal(words[match["word"].lower()])
            if dimension == "months" and number > 1000:  # a calendar year
                continue
            yield (dimension, round(number * factor, 3).normalize()), match[0]


def _in_words(text: str, language: Language) -> dict[str, str]:
    found = {_ROMANS[word]: word for word in _ROMAN.findall(text)}
    if language == "en":
        return found | {str(_ENGLISH_WORDS[match[0].lower()]): match[0] for match in _ENGLISH_WORD.finditer(text)}
    for match in _KOREAN_WORD.finditer(text):
        word = match["counted"] or match["alone"]
        found[str(_KOREAN_WORDS[word])] = match[0].strip()
    return found


def _frequencies(text: str, language: Language) -> dict[str, str]:
    if language == "ko":
        text = squeezed(text)
    found = {}
    for frequency in glossary().frequencies:
        match = frequency.pattern(language).search(text)
        if match:
            found[frequency.key] = match[0]
            text = frequency.pattern(language).sub(" ", text)
    return found


def names_month(key: str, text: str) -> bool:
    """Whether a text has the English name of the month `m1` to `m12`."""
    names = [name for name, number in _MONTHS.items() if f"m{number}" == key]
    return any(re.search(rf"\b{name.capitalize()}\b", text) for name in names)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:  # 1.2.3
        return Decimal(0)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _canonical(text: str) -> str:
    text = text.replace(",", "")
    if text.count(".") > 1:
        return text
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{fraction}" if fraction else whole.lstrip("0") or "0"
