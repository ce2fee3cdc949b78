from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from corpus.errors import IndexCorruptError
from ingest.lexical import LexicalIndex, tokens

TEXTS = [
    ("감사 보고서는 매년 발행됩니다.", "Audit reports are issued every year."),
    ("고객은 계약을 체결합니다.", "Customers sign a contract."),
    ("Azure 저장소는 암호화됩니다.", "Azure storage is encrypted."),
]


@pytest.fixture(scope="module")
def index():
    return LexicalIndex.build(TEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The reports of reporting", ["report", "report"]),
        ("Do you have it?", ["have"]),
        ("SOC 2, ISO/IEC 27001:2013", ["soc", "2", "iso", "iec", "27001", "2013"]),
        ("1,000.5 users", ["1,000.5", "user"]),
        ("ＳＯＣ ２", ["soc", "2"]),
        ("보고서를 보고서가 보고서의", ["보고서", "보고서", "보고서"]),
        ("SOC 보고서", ["soc", "보고서"]),
        ("", []),
        ("!?\x00\n", []),
    ],
)
def test_lexical_tokens(text, expected):
    assert tokens(text) == expected


def test_lexical_tokens_of_korean_leave_particles_and_endings_out():
    assert tokens("고객은 계약을 체결했습니다") == tokens("고객이 계약의 체결")


def test_lexical_tokens_are_the_same_from_any_thread():
    texts = [f"고객 {n}명이 보고서를 받습니다" for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tokens, texts)) == [tokens(text) for text in texts]


@pytest.mark.parametrize(
    ("query", "row"),
    [("reported by auditors of an audit", 0), ("감사는 매년?", 0), ("contracts", 1), ("고객의 계약", 1), ("azure", 2)],
)
def test_lexical_finds_a_text_in_either_language(index, query, row):
    scores = index.scores(query)
    assert scores.shape == (3,)
    assert int(np.argmax(scores)) == row
    assert scores[row] > 0


def test_lexical_scores_of_unknown_words_are_zero(index):
    np.testing.assert_array_equal(index.scores("zebra 얼룩말"), np.zeros(3))
    np.testing.assert_array_equal(index.scores(""), np.zeros(3))


def test_lexical_scores_a_rarer_word_higher():
    index = LexicalIndex.build([("", "common rare"), ("", "common other"), ("", "common third")])
    assert index.scores("rare")[0] > index.scores("common")[0] > 0


def test_lexical_counts_a_name_that_both_languages_share_once():
    shared, once = LexicalIndex.build([("Azure", "Azure"), ("", "x")]), LexicalIndex.build([("", "Azure"), ("", "x")])
    np.testing.assert_array_equal(shared.scores("azure"), once.scores("azure"))


def test_lexical_holds_a_row_for_every_text():
    index = LexicalIndex.build([("", ""), ("", "the"), ("", "audit")])
    assert index.rows == 3
    assert list(index.scores("audit") > 0) == [False, False, True]


def test_lexical_scores_the_same_when_read_back(index, tmp_path):
    index.save(tmp_path / "lexical")
    back = LexicalIndex.load(tmp_path / "lexical")
    assert back.rows == index.rows
    for query in ("audit report", "고객의 계약"):
        np.testing.assert_array_equal(back.scores(query), index.scores(query))


def test_lexical_index_that_is_not_there_is_corrupt(tmp_path):
    with pytest.raises(IndexCorruptError, match="python -m ingest"):
        LexicalIndex.load(tmp_path / "lexical")


@pytest.mark.parametrize("keep", [0, 0.5], ids=["empty", "cut short"])
def test_lexical_index_with_a_damaged_file_is_corrupt(index, tmp_path, keep):
    index.save(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) >= 4
    for file in files:
        whole = file.read_bytes()
        file.write_bytes(whole[: int(len(whole) * keep)])
        with pytest.raises(IndexCorruptError) as caught:
            LexicalIndex.load(tmp_path)
        assert str(tmp_path) in str(caught.value)
        file.write_bytes(whole)


# how much of a question a text holds


def test_lexical_coverage_is_whole_where_every_term_is_held(index):
    np.testing.assert_allclose(index.coverage("audit reports"), [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(index.coverage("고객의 계약"), [0, 1, 0], atol=1e-6)


def test_lexical_coverage_counts_terms_that_no_text_holds():
    index = LexicalIndex.build([("", "audit"), ("", "audit bank"), ("", "tax")])
    coverage = index.coverage("bank zebra")
    assert 0 < coverage[1] < 1
    np.testing.assert_array_equal(coverage[[0, 2]], [0, 0])


def test_lexical_coverage_weighs_rare_terms_more():
    index = LexicalIndex.build([("", "audit bank"), ("", "audit"), ("", "audit tax")])
    coverage = index.coverage("audit bank")
    assert coverage[0] == pytest.approx(1)
    assert coverage[1] == coverage[2]
    assert 0 < coverage[1] < 0.5


def test_lexical_coverage_does_not_count_a_repeated_term_twice(index):
    np.testing.assert_array_equal(index.coverage("audit zebra audit"), index.coverage("zebra audit"))


@pytest.mark.parametrize("query", ["", "?!", "zebra 얼룩말"])
def test_lexical_coverage_of_nothing_known_is_zero(index, query):
    np.testing.assert_array_equal(index.coverage(query), np.zeros(3))
