"""The systems that are evaluated, over two small pages and an embedder that counts words."""

from importlib.util import find_spec

import pytest
from fakes import WordCounter, write_pages

from corpus.errors import ConfigurationError, MissingExtraError
from evals.measures import quote_fidelity
from evals.run import texts_of
from evals.systems import SYSTEMS, Place, check, installed, open_system, registry
from ingest.index import build_index, live_generation
from ingest.settings import Settings

QUESTION = "When do audit reports appear?"  # segment reports-2


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("systems")
    build_index(folder / "home", [write_pages(folder / "pages")], WordCounter())
    return Settings(home=folder / "home")


def cited(answer):
    return [segment for citation in answer.citations for segment in citation.segment_ids]


DENSE, TUTORIAL = "dense=fakes:WordCounter", "tutorial=fakes:WordCounter"
HAYSTACK, HAYSTACK_DENSE = (
    pytest.param(name, marks=pytest.mark.skipif(not find_spec("haystack"), reason="haystack-ai is not installed"))
    for name in ("haystack", "haystack-dense=fakes:WordCounter")
)


@pytest.mark.parametrize("name", ["bm25", DENSE, TUTORIAL, HAYSTACK, HAYSTACK_DENSE, "random", "abstain"])
def test_system_answers_in_both_languages_with_faithful_quotes(name, settings):
    system = open_system(name, Place(settings))
    texts = texts_of(live_generation(settings.home))
    for question, language in ((QUESTION, "en"), ("감사 보고서는 언제 나오나요?", "ko")):
        found = system.answer(question)
        faithful, quotes = quote_fidelity(found, texts)
        assert faithful == quotes == 2 * len(found.citations)
        assert (found.language, found.abstained) == (language, not found.citations)
        assert 0 <= found.confidence <= 1
        assert found == system.answer(question)


@pytest.mark.parametrize("name", ["bm25", DENSE])
def test_arm_alone_quotes_its_three_best_segments(name, settings):
    found = open_system(name, Place(settings)).answer(QUESTION)
    assert cited(found)[0] == "reports-2"
    assert len(found.citations) <= 3


def test_bm25_abstains_where_no_word_is_shared(settings):
    found = open_system("bm25", Place(settings)).answer("Zebra?")
    assert (found.abstained, found.confidence) == (True, 0.0)


def test_tutorial_quotes_the_segments_of_its_nearest_chunk_and_keeps_its_index(settings):
    system = open_system(TUTORIAL, Place(settings))
    found = system.answer("Are patient records private?")
    assert {"health-2", "health-3"} <= set(cited(found))
    assert not {one for one in cited(found) if one.startswith("reports")}
    folders = list((settings.home / "rivals").iterdir())
    again = open_system(TUTORIAL, Place(settings))
    assert again.answer(QUESTION) == system.answer(QUESTION)
    assert list((settings.home / "rivals").iterdir()) == folders


@pytest.mark.parametrize("name", [HAYSTACK, HAYSTACK_DENSE])
def test_haystack_quotes_the_segments_of_its_first_chunk(name, settings):
    found = cited(open_system(name, Place(settings)).answer("Are patient records private?"))
    assert {"health-2", "health-3"} <= set(found)
    assert not {one for one in found if one.startswith("reports")}


def test_system_whose_package_is_missing_is_left_out_with_a_line(monkeypatch, settings):
    monkeypatch.setitem(registry.EXTRAS, "haystack", ("no_such_package", "rivals"))
    present, (line,) = installed(["ours", "haystack", "dense=model"])
    assert present == ["ours", "dense=model"]
    assert line.startswith("haystack is left out: ")
    assert 'pip install "soc-assistant[rivals]"' in line


@pytest.mark.skipif(bool(find_spec("haystack")), reason="haystack-ai is installed")
@pytest.mark.parametrize("name", ["haystack", "haystack-dense"])
def test_haystack_without_its_package_is_a_clear_error(name, settings):
    with pytest.raises(MissingExtraError, match="haystack-ai"):
        open_system(name, Place(settings))


def test_random_depends_on_the_seed_and_the_question_alone(settings):
    first, second = (open_system("random", Place(settings, seed=seed)) for seed in (0, 1))
    assert first.answer(QUESTION) == open_system("random", Place(settings)).answer(QUESTION)
    assert first.answer(QUESTION) != second.answer(QUESTION)
    assert len(cited(first.answer("Other?"))) == 3


def test_systems_are_found_by_name_or_by_module():
    check([*SYSTEMS, "dense=model", "tutorial=minilm", "fake_systems:Obedient"])
    for name in ("nobody", "fake_systems:nobody", "no.module:function", ":", "oursx=1"):
        with pytest.raises(ConfigurationError, match="There is no system"):
            check([name])


# Ours, over the bundled page


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    from corpus.documents import bundled_path
    from ingest.embedder import open_embedder

    home = tmp_path_factory.mktemp("bundled") / "home"
    build_index(home, [bundled_path()], open_embedder())
    return Settings(home=home)


NDA = "Can I get the SOC 2 report without an NDA?"
COVERED = "Which services are in scope of SOC 3?"


def test_ablations_lack_their_part_and_nothing_else(bundled):
    whole, bare, mute, unfused, plain = (
        open_system(name, Place(bundled))
        for name in ("ours", "without-coverage", "without-verdicts", "without-fusion", "without-headings")
    )
    assert whole.answer(NDA).verdict == "no"
    assert bare.answer(NDA) == whole.answer(NDA)
    assert mute.answer(NDA).verdict is None
    assert set(cited(whole.answer(NDA))) <= set(cited(mute.answer(NDA)))
    assert mute.answer(COVERED) == whole.answer(COVERED)
    assert "Covered services for SOC 3" in whole.answer(COVERED).text
    assert "Covered services for SOC 3" not in bare.answer(COVERED).text
    assert "Covered services for SOC 3" in plain.answer(COVERED).text
    assert cited(plain.answer(NDA))[0] == cited(whole.answer(NDA))[0]
    assert {path for one in plain.answer(NDA).citations for path in one.heading_path_en} == set()
    assert [one.score for one in unfused.passages(unfused.understand(NDA))] != [
        one.score for one in whole.passages(whole.understand(NDA))
    ]
