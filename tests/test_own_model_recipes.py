"""The two recipes of references/measuring.md as they stand there, run against models whose answers are known.

vLLM is played by a stand-in with the layout of its objects; transformers, if installed, by tiny random models.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from covtheory.__main__ import main
from covtheory.own_model.recipe import draw_responses, response_scores, torch_batch, write_scores

PAGE = Path(__file__).parents[1] / "references" / "measuring.md"


class Bigram:
    """Next-token logits that depend on the last token, with the interface of a causal language model."""

    def __init__(self, table):
        self.table = np.asarray(table, dtype=float)

    def __call__(self, input_ids, attention_mask):
        return type("Output", (), {"logits": self.table[input_ids]})


TABLES = np.random.default_rng(0).normal(size=(2, 6, 6))
MODELS = {"TEACHER": Bigram(TABLES[0]), "MODEL": Bigram(TABLES[1])}
TRIPLES = [(f"r{i}", [1, 2 + i % 3], np.random.default_rng(i).integers(0, 6, 3 + i % 4).tolist()) for i in range(12)]


# ---- vLLM


@dataclass
class Logprob:
    logprob: float
    rank: int | None = None
    decoded_token: str | None = None


class Flat(list):
    """vLLM's flat container: a position without log-probabilities comes back as an empty dictionary."""

    def __iter__(self):
        return (entry or {} for entry in super().__iter__())


def stand_in(container):
    """A module with the part of vLLM's offline interface that the recipe uses."""

    @dataclass
    class SamplingParams:
        max_tokens: int = 16
        temperature: float = 1.0
        prompt_logprobs: int | None = None

    class LLM:
        def __init__(self, model):
            self.model = MODELS[model]

        def generate(self, prompts, sampling):
            assert (sampling.max_tokens, sampling.temperature, sampling.prompt_logprobs) == (1, 1.0, 0)
            return [self._output(number, each["prompt_token_ids"]) for number, each in enumerate(prompts)]

        def _output(self, number, ids):
            logits = self.model.table[ids[:-1]]
            laws = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
            at = [{int(t): Logprob(float(row[t]), 1)} for row, t in zip(laws, ids[1:], strict=True)]
            return type("RequestOutput", (), {
                "request_id": str(number), "prompt_token_ids": ids, "prompt_logprobs": container([None, *at]),
            })

    module = ModuleType("vllm")
    module.LLM, module.SamplingParams = LLM, SamplingParams
    return module


@pytest.mark.parametrize("container", [list, Flat])
def test_the_vllm_example_scores_what_it_says(container, tmp_path, capsys, monkeypatch):
    code = next(block for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S) if "from vllm" in block)
    monkeypatch.setitem(sys.modules, "vllm", stand_in(container))
    monkeypatch.chdir(tmp_path)
    for who in MODELS:
        exec(code.replace("model.jsonl", f"{who}.jsonl"), {"MODEL": who, "triples": TRIPLES})
    assert main(["profile", "TEACHER.jsonl", "--model", "MODEL.jsonl", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    rows = [response_scores(*MODELS.values(), prompt, response) for _, prompt, response in TRIPLES]
    gap = np.mean([row["teacher_log_prob"] - row["model_log_prob"] for row in rows])
    assert facts["kl"]["mean_log_ratio"] == pytest.approx(gap, abs=1e-12)
    assert (facts["responses"], facts["clusters"]) == (12, 3)
    assert facts["sanity"]["median_tokens"] == np.median([len(response) for *_, response in TRIPLES])


# ---- transformers


def tiny(kind, vocabulary, seed):
    """A random model of a real architecture, and the same one a little moved."""
    transformers = pytest.importorskip("transformers", reason="optional: requirements/transformers.txt")
    import torch

    config = {"GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}}.get(kind, {
        "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "max_position_embeddings": 64, "head_dim": 8})
    more = {"final_logit_softcapping": 5.0} if kind == "Gemma2" else {}
    torch.manual_seed(seed)
    shape = getattr(transformers, f"{kind}Config")(
        vocab_size=vocabulary, eos_token_id=60, bos_token_id=60, pad_token_id=60, initializer_range=0.15, **config,
        **more)
    return getattr(transformers, f"{kind}{'LMHeadModel' if kind == 'GPT2' else 'ForCausalLM'}")(shape).eval()


def in_double(model, prompt, response):
    """Log laws at the response's positions, by one pass in double precision: an independent route."""
    import copy

    import torch

    ids = torch.tensor([[token if token < model.config.vocab_size else 0 for token in prompt + response]])
    with torch.no_grad():
        logits = copy.deepcopy(model).double()(input_ids=ids).logits[0].numpy()[len(prompt) - 1:-1]
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


class Words:
    """A tokenizer: words are numbers."""

    def __call__(self, text, return_tensors):
        import torch

        return type("Encoded", (), {"input_ids": torch.tensor([[int(word) for word in text.split()]])})


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "sizes"), [("GPT2", (64, 64)), ("Llama", (72, 64)), ("Qwen2", (64, 80)),
                                             ("Gemma2", (64, 64))])
def test_the_transformers_recipe_scores_real_architectures(kind, sizes, tmp_path):
    teacher, model = (tiny(kind, size, seed) for seed, size in enumerate(sizes))
    prompts = [" ".join(map(str, np.random.default_rng(i).integers(0, 60, 3 + i % 4))) for i in range(8)]
    triples = list(draw_responses(teacher, Words(), prompts, max_new_tokens=12, seed=1))
    assert write_scores(tmp_path / "a.jsonl", teacher, model, triples, as_batch=torch_batch(), batch=3) == 8
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    for (_, prompt, response), row in zip(triples, rows, strict=True):
        laws, common = [in_double(each, prompt, response) for each in (teacher, model)], min(sizes)
        for law, name in zip(laws, ("teacher_log_prob", "model_log_prob"), strict=True):
            exact = sum(law[i, t] if t < law.shape[1] else -np.inf for i, t in enumerate(response))
            assert row[name] == pytest.approx(exact, abs=1e-5 * len(response))
        laws = [law[:, :common] - np.log(np.exp(law[:, :common]).sum(axis=1, keepdims=True)) for law in laws]
        np.testing.assert_allclose(row["token_kl"], (np.exp(laws[0]) * (laws[0] - laws[1])).sum(axis=1), atol=1e-5)

    def interrupted():
        yield from triples[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scores(tmp_path / "b.jsonl", teacher, model, interrupted(), as_batch=torch_batch(), batch=3)
    assert not (tmp_path / "b.jsonl").exists()
    write_scores(tmp_path / "b.jsonl", teacher, model, triples, as_batch=torch_batch(), batch=3)
    again = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert [row["id"] for row in again] == [row["id"] for row in rows]
    np.testing.assert_allclose([row["model_log_prob"] for row in again], [row["model_log_prob"] for row in rows],
                               atol=1e-4)
