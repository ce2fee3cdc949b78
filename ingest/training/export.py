"""Write models as others read them: a sentence-transformers folder, and ONNX graphs in 8 bits."""

import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ingest.training.body import PREFIXES, Body, by_length

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

MAX_TOKENS = 512
INT8 = Path("onnx", "model_int8.onnx")


def save_embedder(body: Body, folder: Path) -> None:
    """Write `body` as a sentence-transformers folder: float16 safetensors, mean pooling, unit vectors, both prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import PreTrainedTokenizerFast

    body.tokenizer.no_truncation()
    make: Any = PreTrainedTokenizerFast
    fast = make(
        tokenizer_object=body.tokenizer, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",  # noqa: S106
        pad_token="<pad>", unk_token="<unk>", model_max_length=MAX_TOKENS,  # noqa: S106
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as plain:
        body.model.save_pretrained(plain)
        fast.save_pretrained(plain)
        transformer = Transformer(plain, max_seq_length=MAX_TOKENS)
    transformer.auto_model.pooler = None  # a layer of BERT that the mean of the token vectors does not use
    prompts = {**PREFIXES, "document": PREFIXES["passage"]}
    modules = [transformer, Pooling(body.model.config.hidden_size, "mean"), Normalize()]
    model = SentenceTransformer(modules=modules, prompts=prompts, device="cpu").half()
    model.save(str(folder), create_model_card=False)
    save_tokenizer(body.tokenizer, folder / "tokenizer.json")


def export_int8(model: "torch.nn.Module", output: str, path: Path) -> None:
    """Write a graph (input_ids, attention_mask, both int64 (texts, tokens)) -> `output`, its weights in 8 bits.

    Dynamic quantisation by onnxruntime, one scale a channel, word embeddings included. `model` takes the two inputs
    and gives one tensor.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path.parent.mkdir(parents=True, exist_ok=True)
    texts, tokens = torch.export.Dim("texts"), torch.export.Dim("tokens", max=MAX_TOKENS)
    shape = {0: texts, 1: tokens}
    example = (torch.ones((2, 16), dtype=torch.int64), torch.ones((2, 16), dtype=torch.int64))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(folder, "model.onnx")
        torch.onnx.export(
            model.eval(), example, str(whole), input_names=["input_ids", "attention_mask"], output_names=[output],
            dynamic_shapes=(shape, shape), dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
        quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QInt8)
    _strip(path)


def _strip(path: Path) -> None:
    """Take the exporter's notes on its own source lines out of a graph: a megabyte, and names of local folders."""
    import onnx

    graph = onnx.load(path)
    del graph.metadata_props[:], graph.graph.metadata_props[:], graph.graph.value_info[:]
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.save(graph, path)


def save_tokenizer(tokenizer: "Tokenizer", path: Path) -> None:
    """Write `tokenizer.json` without blanks (half the size), without truncation and padding."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    compact = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    path.write_text(compact, encoding="utf-8")


def token_vectors(body: Body) -> "torch.nn.Module":
    """A module (input_ids, attention_mask) -> token vectors (texts, tokens, width), token types inside as zeros."""
    import torch

    class TokenVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body.model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:  # noqa: ANN401
            return self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    return TokenVectors()


class Graph:
    """An exported graph and its tokenizer, run as the runtime runs them: tokenizers and onnxruntime alone."""

    def __init__(self, path: Path, tokenizer: Any, *, threads: int = 1) -> None:  # noqa: ANN401
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.tokenizer = tokenizer
        self.pad = tokenizer.token_to_id("<pad>")

    def run(self, ids: list[list[int]]) -> npt.NDArray[np.float32]:
        """The output for one padded batch of `ids`."""
        longest = max(len(row) for row in ids)
        batch = np.array([row + [self.pad] * (longest - len(row)) for row in ids], np.int64)
        mask = np.array([[1] * len(row) + [0] * (longest - len(row)) for row in ids], np.int64)
        output: npt.NDArray[np.float32] = self.session.run(None, {"input_ids": batch, "attention_mask": mask})[0]
        return output

    def encode(self, texts: Sequence[str], role: str, *, max_tokens: int = 192) -> npt.NDArray[np.float32]:
        """Unit mean vectors (texts, width) of `texts` in the role "query" or "passage"."""
        self.tokenizer.enable_truncation(max_tokens)
        rows = [encoding.ids for encoding in self.tokenizer.encode_batch([PREFIXES[role] + text for text in texts])]
        vectors: dict[int, npt.NDArray[np.float32]] = {}
        for places in by_length(rows, chunk=32):
            states = self.run([rows[i] for i in places])
            for i, state in zip(places, states, strict=True):
                mean = state[: len(rows[i])].mean(axis=0)
                vectors[i] = mean / np.linalg.norm(mean)
        return np.stack([vectors[i] for i in range(len(rows))])
