"""A toy base and toy data, small enough to see the whole recipe at work in seconds: what the tests train on.

Twenty-four services each have a page of six rules; the questions ask for one rule, or for one that is not there.
"""

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

RULES = (
    ("Backup", "백업", "copies stay {n} days", "사본 {n}일 보관"),
    ("Audit", "감사", "happens each {n} months", "{n}개월마다 진행"),
    ("Encryption", "암호화", "uses keys with {n} bits", "{n}비트 키를 사용"),
    ("Access", "접근", "was forbidden to guests ({n})", "손님에게 금지됨 ({n})"),
    ("Export", "내보내기", "may be done by owners ({n})", "소유자는 가능 ({n})"),
    ("Report", "보고서", "only once form {n} got signed", "서식 {n} 서명 후에만"),
)
VERDICTS = {"Access": "no", "Export": "yes", "Report": "conditional"}
SERVICES = 24


def write_toy_data(folder: Path, *, seed: int = 0) -> None:
    """Write questions, pairs and heading_passages (gzipped JSON lines) to `folder`, about 190 questions."""
    random = Random(seed)  # noqa: S311
    rows: dict[str, list[dict[str, Any]]] = {"questions": [], "pairs": [], "heading_passages": []}
    for service in range(SERVICES):
        place = {"repo": "toy/docs", "path": f"service{service}.md"}
        ids = [f"s{service}-{i}" for i in range(len(RULES))]
        sentences = [_sentences(rule, random.randrange(2, 99)) for rule in RULES]
        title = {"title_en": f"service {service}", "title_ko": f"서비스 {service}"}
        for id_, (en, ko) in zip(ids, sentences, strict=True):
            rows["pairs"].append({**place, "id": id_, "en": en, "ko": ko, "tt": "HT", "flags": []})
            heading = {"heading_en": en.split()[0], "heading_ko": ko.split()[0]}
            passage = {"passage_en": en, "passage_ko": ko}
            rows["heading_passages"].append({**place, **title, **heading, "question": False, **passage})
        split = "dev" if service >= SERVICES - 4 else "train"
        for kind, asked in _asked(service):
            at = asked.pop("rule")
            number = f"q{len(rows['questions'])}"
            evidence = [ids[at]] if kind != "unanswerable" else []
            near = [ids[(at + 1) % len(ids)]]
            rows["questions"].append(
                {"id": number, "split": split, **place, "slice": ids, "kind": kind, **asked, "condition_en": None,
                 "evidence": evidence, "near": near}
            )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in rows.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _sentences(rule: tuple[str, str, str, str], number: int) -> tuple[str, str]:
    name, named, en, ko = rule
    return f"{name} {en.format(n=number)}.", f"{named} {ko.format(n=number)}."


def _asked(service: int) -> list[tuple[str, dict[str, Any]]]:
    """Kind and fields of a service's questions."""
    asked: list[tuple[str, dict[str, Any]]] = []
    for at, (name, named, _, _) in enumerate(RULES):
        verdict = VERDICTS.get(name)
        en = f"Is {name} allowed?" if verdict else f"What do the rules say about {name}?"
        ko = f"{named} 허용되나요?" if verdict else f"{named} 규칙은 무엇인가요?"
        kind = "yesno" if verdict else "lookup"
        asked.append((kind, {"rule": at, "q_en": en, "q_ko": ko, "verdict": verdict}))
    missing = {"q_en": f"Who painted the door {service}?", "q_ko": f"문 {service} 누가 칠했나요?", "verdict": None}
    return [*asked, ("unanswerable", {"rule": service % len(RULES), **missing})]


def make_toy_base(folder: Path, data: Path, *, seed: int = 0) -> None:
    """Write a base of two layers with random weights, whose vocabulary is learnt from the toy data."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel

    from ingest.training.body import Body
    from ingest.training.data import read_sentences
    from ingest.training.export import save_embedder
    from ingest.training.vocabulary import SPECIAL

    tokenizer: Any = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    asked = "query: passage: allowed? rules say about 허용되나요? 무엇인가요? 누가 칠했나요 Who painted the door"
    trainer = trainers.UnigramTrainer(
        vocab_size=400,
        special_tokens=list(SPECIAL),
        unk_token=SPECIAL[-1],
        show_progress=False,
    )
    tokenizer.train_from_iterator([*read_sentences(data), *[asked] * 50], trainer)
    ends = [(name, tokenizer.token_to_id(name)) for name in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=128, max_position_embeddings=512, pad_token_id=tokenizer.token_to_id("<pad>"),
    )  # fmt: skip
    model: Any = BertModel(config, add_pooling_layer=False)
    model.embeddings.word_embeddings.weight.data *= 25  # so that texts of other words lie apart, as after training
    save_embedder(Body.of(model, tokenizer), folder)
