"""Variants: the same question written differently, always in the same way."""

import pytest
from test_run import case

from evals.cases import bundled_cases, load_cases
from evals.variants import VARIANTS, _phrases, variants


def rewritten(question, name, *, language="en", seed=0):
    """The question as the variant has it; None where it leaves it as it is."""
    found = list(variants([case(question, "s", language=language)], [name], seed=seed))
    return found[0].question if found else None


@pytest.mark.parametrize(
    ("question", "language", "name", "expected"),
    [
        ("Is SOC 2 open?", "en", "unspaced", "Is SOC2 open?"),
        ("Is it open?", "en", "unspaced", None),
        ("SOC 2 보고서를 볼 수 있나요?", "ko", "unspaced", "SOC2보고서를볼수있나요?"),
        ("Is SOC 2 open?", "en", "casing", "is soc 2 open?"),
        ("is it open?", "en", "casing", "IS IT OPEN?"),
        ("볼 수 있나요?", "ko", "casing", None),
        ("who signs the audit reports?", "en", "mixed", "who signs the 감사 보고서?"),
        ("what is Customer Lockbox?", "en", "mixed", None),
        ("감사 보고서를 볼 수 있나요?", "ko", "mixed", "audit report를 볼 수 있나요?"),
        ("How often is it open?", "en", "paraphrase", "How frequently is it open?"),
        ("the log says how often", "en", "paraphrase", "the log says how frequently"),
        ("Is somehow often open?", "en", "paraphrase", None),
        ("SOC 3도 대상인가요?", "ko", "paraphrase", "SOC 3도 대상인지요?"),
        ("대상인가요라고 묻는다", "ko", "paraphrase", None),
        ("Open?", "en", "polite", "Hello, sorry to bother you. Open? Thank you very much in advance!"),
        ("뭐죠?", "ko", "polite", "안녕하세요, 바쁘신데 죄송합니다. 뭐죠? 미리 감사드립니다!"),
    ],
)
def test_variant_by_eye(question, language, name, expected):
    assert rewritten(question, name, language=language) == expected


def test_variant_typos_change_few_letters_and_no_name():
    question = "which auditors examine SOC2 at Microsoft every single quarter?"
    written = rewritten(question, "typos")
    assert sorted(written) == sorted(question)  # letters change places only
    assert written != question
    assert "SOC2" in written
    assert "Microsoft" in written
    changed = [(a, b) for a, b in zip(question.split(), written.split(), strict=True) if a != b]
    assert 1 <= len(changed) <= 2


def test_variant_typos_in_korean_take_a_vowel_for_its_like():
    question = "데이터센터 보고서를 어디에서 받을 수 있나요?"
    written = rewritten(question, "typos", language="ko")
    assert len(written) == len(question)
    assert 1 <= sum(a != b for a, b in zip(question, written, strict=True)) <= 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_variant_paraphrase_has_groups_of_frames_that_differ(language):
    groups = _phrases()["paraphrase"][language]
    assert all(len({frame.lower() for frame in group}) == len(group) >= 2 for group in groups)
    heads = [group[0] for group in groups]
    assert len(set(heads)) == len(heads)
    for group in groups:
        for frame in group:
            whole = f"감사{frame[1:]}" if frame.startswith("-") else frame
            assert rewritten(whole, "paraphrase", language=language) not in (None, whole), frame


def test_variants_are_the_same_for_the_same_seed_whichever_are_made():
    cases = load_cases(bundled_cases())[:60]
    everything = list(variants(cases))
    assert everything == list(variants(cases))
    typos = [one for one in everything if one.variant == "typos"]
    assert typos == list(variants(cases, ["typos"]))
    assert typos != list(variants(cases, ["typos"], seed=1))


def test_variants_keep_the_gold_and_name_their_origin():
    cases = {case.id: case for case in load_cases(bundled_cases())}
    made = list(variants(cases.values()))
    assert {one.variant for one in made} == set(VARIANTS)
    assert len({one.id for one in made} | set(cases)) == len(made) + len(cases)
    for one in made:
        origin = cases[one.origin]
        assert (one.gold, one.verdict, one.history, one.split) == (
            origin.gold, origin.verdict, origin.history, origin.split,
        )  # fmt: skip
        assert one.question != origin.question
        assert one.twin.startswith(f"{origin.twin}~")
