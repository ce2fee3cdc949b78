"""Speed: what is measured adds up; collections grow with text that still parses, and vectors near real ones."""

import threading
import time

import numpy as np
import pytest
from fakes import WordCounter, write_pages

from corpus.documents import load_documents
from evals.speed import Size, exponent, growth_page, growth_table
from evals.speed.growth import Drawn, recombined
from evals.speed.users import at_once, questions, timed
from ingest.index import Index, build_index


def test_questions_are_of_both_languages():
    asked = questions(20)
    assert len(asked) == 20
    assert any(one.isascii() for one in asked)
    assert not all(one.isascii() for one in asked)


def test_users_ask_at_once_and_every_answer_is_timed():
    most, now, lock = 0, 0, threading.Lock()

    def call(_):
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1

    spent, rate = at_once(call, 4, ["a", "b"])
    assert len(spent) == 12
    assert most == 4
    assert min(spent) >= 20
    assert rate > 50  # four at once, 20 ms each, less what a busy machine takes
    assert len(timed(call, ["a"] * 3)) == 3


@pytest.mark.parametrize(("power", "factor"), [(1.0, 3.0), (0.5, 10.0), (0.0, 7.0)])
def test_exponent_of_a_power_law(power, factor):
    assert exponent([(x, factor * x**power) for x in (10, 50, 200)]) == pytest.approx(power)


def test_exponent_of_one_point_is_flat():
    assert exponent([(10, 3)]) == exponent([]) == 0.0


def test_recombined_pages_parse_to_about_the_size_with_new_ids(tmp_path):
    pages = write_pages(tmp_path / "pages")
    folder = recombined([pages], tmp_path / "grown", 60)
    corpus = load_documents(folder)
    assert corpus.problems == ()
    ids = [segment.id for document in corpus.documents for segment in document.segments()]
    assert 60 <= len(ids) <= 60 + 14
    assert len(set(ids)) == len(ids)
    real = {segment.en for document in load_documents(pages).documents for segment in document.segments()}
    assert {segment.en for document in corpus.documents for segment in document.segments()} == real


def test_drawn_vectors_lie_near_real_ones_and_an_index_of_them_answers(tmp_path):
    real = WordCounter()
    texts = ["audit report", "patient record", "bank letter"]
    vectors = np.asarray(real.embed_documents(texts), np.float16)[:, None, :]
    drawn = Drawn(real, vectors)
    found = np.asarray(drawn.embed_documents([f"text {n}" for n in range(50)]))
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0)
    assert (found @ vectors[:, 0].astype(float).T).max(axis=1) == pytest.approx(0.9, abs=0.2)
    assert drawn.embed_documents(["text 7"]) == [list(found[7])]
    assert drawn.embed_query("audit report") == real.embed_query("audit report")
    build_index(tmp_path / "home", [write_pages(tmp_path / "pages")], drawn)
    index = Index.open(tmp_path / "home", drawn)
    assert index.search("audit report", k=5)
    index.close()


def test_growth_is_told_with_its_exponents():
    sizes = [Size(n, n / 100, n * 1000, n**0.5, n**0.5 * 2, 500.0, n / 50, n**0.5) for n in (10_000, 40_000)]
    lines = growth_table(sizes).split("\n")
    assert lines[2] == "| 10,000 | 100 s (0.50x) | 10 MiB | 100.0 ms (1.00x) | 200.0 ms | 500 MiB |"
    assert lines[-1] == "| exponent | 1.00 | 1.00 | 0.50 | 0.50 | 0.00 |"
    page = growth_page(sizes)
    assert page.count("<svg") == 2
    assert "exponent 0.50" in page
