"""The recipe of the models: the base, the embedder and the reader, re-made from data by one command each.

    python -m ingest.training base     --out DIR
    python -m ingest.training embedder --data DIR --out DIR --base DIR
    python -m ingest.training reader   --data DIR --out DIR --base DIR

The heavy libraries (torch, transformers, onnx) come with the extra `train` and are imported only by the functions that
need them.
"""
