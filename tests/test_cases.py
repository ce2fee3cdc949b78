"""Evaluation questions: every fault is named at once, and those that ship have none."""

import json
from collections import Counter, defaultdict
from typing import get_args

import pytest

from corpus.documents import bundled_path, load_documents
from corpus.errors import CaseError
from evals.cases import Case, Unanswerable, bundled_cases, labelled_divergences, load_cases

GOOD = {
    "id": "a-en",
    "twin": "a",
    "split": "dev",
    "scope": "soc",
    "kind": "lookup",
    "language": "en",
    "question": "What?",
    "nuggets": [{"fact": "f", "vital": True, "segments": ["s-1", "s-2"]}],
}


def write(folder, *rows, name="cases.jsonl"):
    path = folder / name
    lines = (row if isinstance(row, str) else json.dumps({**GOOD, **row}, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def faults(*paths, known=None):
    with pytest.raises(CaseError) as caught:
        load_cases(paths, known)
    return str(caught.value)


def test_good_cases_come_in_order_with_their_gold(tmp_path):
    path = write(tmp_path, {}, {"id": "a-ko", "language": "ko"})
    first, second = load_cases([path], {"soc": ["s-1", "s-2", "s-3"]})
    assert (first.id, second.id) == ("a-en", "a-ko")
    assert first.gold == {"s-1", "s-2"}
    assert first.answerable


def test_blank_lines_line_ends_and_separators_within_a_row_do_no_harm(tmp_path):
    path = tmp_path / "cases.jsonl"
    row = json.dumps({**GOOD, "question": "one\u2028two\x85three"}, ensure_ascii=False)
    path.write_bytes(f"\r\n{row}\r\n\n".encode())
    assert [case.question for case in load_cases([path])] == ["one\u2028two\x85three"]


def test_every_fault_of_every_file_is_named_with_its_line(tmp_path):
    first = write(
        tmp_path,
        {},
        "not json",
        {},
        {"id": "b", "nuggets": []},
        {"id": "c", "unanswerable": "nonsensical"},
        {"id": "d", "verdict": "conditional"},
        {"id": "e", "condition": "if"},
        {"id": "f", "verdict": "maybe"},
        {"id": "g", "colour": "red"},
    )
    second = write(
        tmp_path, {"id": "h", "nuggets": [{"fact": "f", "vital": True, "segments": ["s-9", "s-8"]}]}, {"id": "b"},
        name="more.jsonl",
    )  # fmt: skip
    missing = tmp_path / "missing.jsonl"
    message = faults(first, second, missing, known={"soc": ["s-1", "s-2"]})
    for fault in (
        f"{first}, line 2: row",
        f"{first}, line 3: the id a-en occurs twice, first at {first}, line 1",
        f"{first}, line 4: b has 0 nuggets",
        f"{first}, line 5: c has 1 nuggets and unanswerable='nonsensical'",
        f"{first}, line 6: d has the verdict 'conditional' and the condition None",
        f"{first}, line 7: e has the verdict None and the condition 'if'",
        f"{first}, line 8: verdict",
        f"{first}, line 9: colour",
        f"{second}, line 1: h names segments that the documents do not have: s-8, s-9",
        f"{second}, line 2: the id b occurs twice",
        f"{missing}: ",
    ):
        assert fault in message
    assert message.startswith("11 faults")
    assert "Correct these lines" in message


@pytest.mark.parametrize(
    "row",
    [
        {"language": "de"},
        {"kind": "riddle"},
        {"split": "train"},
        {"scope": "world"},
        {"question": None},
        {"history": [{"role": "system", "content": "x"}]},
        {"history": "x"},
        {"question": ""},
        {"nuggets": [{"fact": "f", "vital": True}]},
        {"nuggets": [{"fact": "f", "vital": True, "segments": []}]},
        {"kind": "followup"},
        {"kind": "unanswerable"},
        {"kind": "divergence"},
        {"divergent": ["s-3"]},
        {"nuggets": [], "unanswerable": "because"},
        "[]",
        "null",
        "{",
    ],
)
def test_row_of_another_form_is_a_fault(tmp_path, row):
    assert "line 1: " in faults(write(tmp_path, row))


def test_missing_field_is_named(tmp_path):
    row = {key: value for key, value in GOOD.items() if key != "twin"}
    assert "line 1: twin: Field required" in faults(write(tmp_path, json.dumps(row)))


def test_file_that_is_not_text_is_a_fault(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"\xff\xfe{}")
    assert str(path) in faults(path)


def test_no_files_no_cases(tmp_path):
    assert load_cases([]) == []
    assert load_cases([write(tmp_path)]) == []


def test_gold_ids_are_only_checked_against_known_segments(tmp_path):
    assert load_cases([write(tmp_path, {})])
    assert load_cases([write(tmp_path, {})], {"collection": []})
    assert "s-1, s-2" in faults(write(tmp_path, {}), known={"soc": []})


# Those that ship


@pytest.fixture(scope="module")
def shipped():
    return load_cases(bundled_cases())


def segments(path):
    return [segment.id for document in load_documents(path).documents for segment in document.segments()]


def of_scope(scope, tmp_path):
    rows = [
        line
        for path in bundled_cases()
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip() and json.loads(line)["scope"] == scope
    ]
    path = tmp_path / f"{scope}.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_shipped_cases_about_the_bundled_page_name_its_segments(tmp_path):
    assert load_cases([of_scope("soc", tmp_path)], {"soc": segments(bundled_path())})


def test_shipped_cases_about_the_collection_name_its_segments(tmp_path, collection):
    assert load_cases(
        [of_scope("collection", tmp_path)], {"collection": segments(bundled_path()) + segments(collection)}
    )


def test_shipped_cases_are_in_pairs_of_the_two_languages(shipped):
    twins = defaultdict(list)
    for case in shipped:
        twins[case.twin].append(case)
    for name, pair in twins.items():
        assert sorted(case.language for case in pair) == ["en", "ko"], name
        assert {case.id for case in pair} == {f"{name}-en", f"{name}-ko"}
        for field in ("split", "scope", "kind", "verdict", "gold", "answerable"):
            assert len({str(sorted(value) if isinstance(value := getattr(case, field), frozenset) else value) for case in pair}) == 1, (name, field)  # fmt: skip  # noqa: E501


def test_shipped_cases_are_of_every_kind_in_both_splits(shipped):
    counts = Counter((case.kind, case.split) for case in shipped)
    assert {kind for kind, _ in counts} == set(Case.model_fields["kind"].annotation.__args__)
    assert all(counts[kind, split] for kind, _ in counts for split in ("dev", "test"))


def test_shipped_questions_are_asked_once_and_say_something(shipped):
    asked = Counter((case.language, case.question.strip().lower(), case.history, case.scope) for case in shipped)
    assert [key for key, count in asked.items() if count > 1] == []
    assert all(case.question.strip() for case in shipped)


def test_shipped_follow_ups_have_a_conversation_and_a_whole_question(shipped):
    for case in shipped:
        if case.kind == "followup":
            assert case.history, case.id
            assert case.history[0].role == "user"
            assert case.standalone, case.id


def test_shipped_yes_no_cases_have_a_verdict(shipped):
    assert [case.id for case in shipped if case.kind == "yesno" and case.answerable and not case.verdict] == []


def test_shipped_unanswerable_cases_are_of_every_class_of_uaeval4rag(shipped):
    classes = {case.unanswerable for case in shipped if not case.answerable}
    assert classes >= set(get_args(Unanswerable)[:6])


def test_shipped_divergences_are_of_the_bundled_page_and_each_is_asked_in_both_splits(shipped):
    ((document, labelled),) = labelled_divergences().items()
    assert document == "offering-soc"
    assert labelled <= set(segments(bundled_path()))
    asked = {
        split: {segment for case in shipped if case.split == split for segment in case.divergent}
        for split in ("dev", "test")
    }
    assert asked["dev"] == asked["test"] == {"0fdff-118", "0fdff-173", "0fdff-174"}
    assert asked["dev"] <= labelled


def test_shipped_questions_are_understood_in_their_language(shipped):
    from assistant.question import understand

    wrong = [
        case.id
        for case in shipped
        if (asked := understand(case.question, max_characters=4000)).language != case.language or asked.foreign
    ]
    assert wrong == []
