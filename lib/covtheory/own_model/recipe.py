"""Log-probabilities with Hugging Face transformers: the recipe behind ``covtheory profile``.

Needs ``pip install transformers torch`` for real models; anything with the same forward interface
(``model(input_ids=..., attention_mask=...).logits``) works, with NumPy alone. What to get right:

* draw the responses from the teacher at temperature 1 without top-k or top-p, or the log-probabilities are not those
  of the law that drew them;
* score the end-of-sequence token too: without it the number is the probability of a prefix;
* score token ids, not re-tokenised text; token KL needs one tokenizer for both models;
* score in evaluation mode (no dropout); single precision costs about 1e-6 nats a token, half precision about 1e-2.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from covtheory.own_model.scoring import scored_batch


def response_scores(teacher, model, prompt_ids, response_ids, *, as_batch=None) -> dict:
    """Scores of one response: see :func:`covtheory.own_model.scoring.scored_batch`.

    Parameters
    ----------
    teacher, model : callable
        ``transformers`` causal language models, or anything with their forward interface.
    prompt_ids, response_ids : sequence of int
    as_batch : callable, optional
        :func:`torch_batch` for transformers.

    Returns
    -------
    dict
        ``teacher_log_prob``, ``model_log_prob`` (nats), ``token_kl`` (list, nats), ``num_tokens``.
    """
    return scored_batch(teacher, model, [(prompt_ids, response_ids)], as_batch=as_batch)[0]


def write_scores(path: str | Path, teacher, model, triples: Iterable[tuple], *, as_batch=None, batch: int = 1) -> int:
    """Score ``(id, prompt_ids, response_ids)`` triples into a JSONL file for ``covtheory profile``; returns how many.

    The file appears under its name only when it is complete; until then its rows are in ``NAME.partial``, and the same
    call with the same triples goes on behind them. Every row has ``prompt``, a digest of the prompt's token ids, so
    that several responses of one prompt are recognised.

    Parameters
    ----------
    batch : int
        Responses a forward pass; similar lengths next to each other waste least.
    """
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    done = _complete_rows(partial)
    with partial.open("a", encoding="utf-8") as file:
        stream = (triple for triple in triples if str(triple[0]) not in done)
        while group := list(islice(stream, batch)):
            scores = scored_batch(teacher, model, [triple[1:] for triple in group], as_batch=as_batch)
            for (id, prompt_ids, _), row in zip(group, scores, strict=True):
                digest = hashlib.sha256(json.dumps(list(map(int, prompt_ids))).encode()).hexdigest()[:16]
                file.write(json.dumps({"id": str(id), "prompt": digest, "base": "nats", **row}) + "\n")
                done.add(str(id))
            file.flush()
    os.replace(partial, path)
    return len(done)


def _complete_rows(path: Path) -> set[str]:
    """Ids of the complete rows of an interrupted file; what follows them is cut off."""
    if not path.exists():
        return set()
    done, end = set(), 0
    with path.open("rb+") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            done.add(json.loads(line)["id"])
            end += len(line)
        file.truncate(end)
    return done


def draw_responses(
    teacher, tokenizer, prompts: Iterable[str], *, max_new_tokens: int, seed: int = 0
) -> Iterator[tuple]:
    """Yield ``(id, prompt_ids, response_ids)``: one response a prompt, drawn from the teacher itself.

    Temperature 1, no truncation of the law; what else the model's generation config asks for (a minimum length,
    suppressed tokens) must be switched off by hand. A response that reaches ``max_new_tokens`` is cut there: its
    probability is that of a prefix, for both models alike.
    """
    import torch

    torch.manual_seed(seed)
    for number, prompt in enumerate(prompts):
        ids = tokenizer(prompt, return_tensors="pt").input_ids.to(teacher.device)
        with torch.no_grad():
            out = teacher.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, num_beams=1,
                                   temperature=1.0, top_k=0, top_p=1.0, typical_p=1.0, repetition_penalty=1.0,
                                   max_new_tokens=max_new_tokens)
        yield number, ids[0].tolist(), out[0, ids.shape[1]:].tolist()


def torch_batch(device: str = "cpu"):
    """The ``as_batch`` of transformers models on this device."""
    import torch

    return lambda ids: torch.as_tensor(ids, device=device)
