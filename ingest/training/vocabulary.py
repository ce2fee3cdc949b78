"""The tokenizer of the base, and cutting it to the pieces that two languages use."""

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.training.body import PREFIXES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from ingest.training.packed import Packed

HANGUL = re.compile("[\uac00-\ud7a3]")
KEPT_CHARACTERS = re.compile("[\u2581\x21-\x7e\uac00-\ud7a3\u3131-\u318e·…“”‘’–—•※→←±×÷°§©®™]+")
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")


def from_packed(packed: "Packed") -> "Tokenizer":
    """The package's SentencePiece vocabulary (unigram) as a Hugging Face tokenizer, pairs as XLM-R writes them."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    pieces = list(zip(packed.pieces, (float(score) for score in packed.scores), strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=packed.unk))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", packed.bos), ("</s>", packed.eos)],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def pieces_to_keep(tokenizer: "Tokenizer", texts: Iterable[str], *, min_count: int) -> list[int]:
    """Ids of the pieces with Hangul, of single characters, of the prefixes, and those `texts` use `min_count` times.

    A piece that holds a character of another script is left out.
    """
    pieces = [piece for piece, _ in json.loads(tokenizer.to_str())["model"]["vocab"]]
    seen = np.zeros(len(pieces), np.int64)
    lines = list(texts)
    for start in range(0, len(lines), 5000):
        for encoding in tokenizer.encode_batch(lines[start : start + 5000], add_special_tokens=False):
            np.add.at(seen, np.array(encoding.ids, np.int64), 1)
    always = {tokenizer.token_to_id(name) for name in SPECIAL}
    for encoding in tokenizer.encode_batch(list(PREFIXES.values()), add_special_tokens=False):
        always.update(encoding.ids)  # rare in documents, yet in front of every text

    def wanted(i: int, piece: str) -> bool:
        if i in always:
            return True
        if not KEPT_CHARACTERS.fullmatch(piece):
            return False
        return bool(seen[i] >= min_count or HANGUL.search(piece) or len(piece.lstrip("\u2581")) <= 1)

    return [i for i, piece in enumerate(pieces) if wanted(i, piece)]


def cut(tokenizer: "Tokenizer", kept: list[int]) -> "Tokenizer":
    """The tokenizer with only the pieces `kept` (ids, rising), which get the ids 0, 1, 2, ..."""
    from tokenizers import Tokenizer

    place = {old: new for new, old in enumerate(kept)}
    layout: dict[str, Any] = json.loads(tokenizer.to_str())
    vocabulary = layout["model"]["vocab"]
    layout["model"]["vocab"] = [vocabulary[i] for i in kept]
    layout["model"]["unk_id"] = place[layout["model"]["unk_id"]]
    added = [entry for entry in layout["added_tokens"] if entry["id"] in place]
    layout["added_tokens"] = [entry | {"id": place[entry["id"]]} for entry in added]
    for special in layout["post_processor"]["special_tokens"].values():
        special["ids"] = [place[i] for i in special["ids"]]
    return Tokenizer.from_str(json.dumps(layout))
