"""Log-probabilities with Hugging Face transformers: the recipe behind ``covtheory profile``.

Needs ``pip install 'covtheory[transformers]'`` for real models; the arithmetic is NumPy's, so that anything with the
same forward interface (``model(input_ids=..., attention_mask=...).logits``) works. What to get right:

* draw the responses from the teacher at temperature 1 without top-k or top-p, or the log-probabilities are not those
  of the law that drew them;
* score the end-of-sequence token too: without it the number is the probability of a prefix;
* score token ids, not re-tokenised text; token KL needs one tokenizer for both models;
* score in evaluation mode (no dropout); single precision costs about 1e-6 nats a token, half precision about 1e-2.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.special import logsumexp, xlogy


def response_scores(teacher, model, prompt_ids, response_ids, *, as_batch=None) -> dict:
    """Log-probabilities of one response under two causal language models, and the KL of their next-token laws.

    Parameters
    ----------
    teacher, model : callable
        ``transformers`` causal language models, or anything with their forward interface.
    prompt_ids, response_ids : sequence of int
        Token ids, at least one each; the response ends with the end-of-sequence token.
    as_batch : callable, optional
        Turns an int array of shape (1, length) into what the models take; :func:`torch_batch` for transformers.

    Returns
    -------
    dict
        ``teacher_log_prob``, ``model_log_prob`` (nats), ``token_kl`` (list, nats).

    Raises
    ------
    ValueError
        Empty prompt or response, or vocabularies of different size.
    """
    prompt, response = list(map(int, prompt_ids)), list(map(int, response_ids))
    if not prompt or not response:
        raise ValueError("prompt_ids, response_ids: expected at least one token each (a start token for no prompt)")
    ids = np.array([prompt + response], dtype=np.int64)
    laws = [_next_token_log_probs(each, ids, len(prompt), as_batch) for each in (teacher, model)]
    if laws[0].shape != laws[1].shape:
        raise ValueError(f"vocabularies of size {laws[0].shape[1]} and {laws[1].shape[1]}: token KL is not defined")
    at = np.arange(len(response)), np.array(response)
    p = np.exp(laws[0])
    with np.errstate(invalid="ignore"):
        kl = (xlogy(p, p) - np.where(p > 0, p * laws[1], 0.0)).sum(axis=1)
    return {"teacher_log_prob": float(laws[0][at].sum()), "model_log_prob": float(laws[1][at].sum()),
            "token_kl": np.maximum(kl, 0.0).tolist()}


def write_scores(path: str | Path, teacher, model, pairs: Iterable[tuple], *, as_batch=None) -> int:
    """Score ``(id, prompt_ids, response_ids)`` triples into a JSONL file for ``covtheory profile``; returns how many.

    The file appears under its name only when it is complete.
    """
    path, written = Path(path), 0
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            for id, prompt_ids, response_ids in pairs:
                row = {"id": str(id), "base": "nats",
                       **response_scores(teacher, model, prompt_ids, response_ids, as_batch=as_batch)}
                file.write(json.dumps(row) + "\n")
                written += 1
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return written


def draw_responses(teacher, tokenizer, prompts: Iterable[str], *, max_new_tokens: int, seed: int = 0):
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


def _next_token_log_probs(model, ids, prompt_length, as_batch) -> np.ndarray:
    """``(response length, V)`` log-probabilities of the token at each response position, double precision."""
    batch = ids if as_batch is None else as_batch(ids)
    ones = np.ones_like(ids)
    mask = ones if as_batch is None else as_batch(ones)
    logits = _without_gradient(model, batch, mask).logits
    if hasattr(logits, "detach"):
        logits = logits.detach().float().cpu().numpy()
    rows = np.asarray(logits)[0, prompt_length - 1:-1].astype(float)
    return rows - logsumexp(rows, axis=1, keepdims=True)


def _without_gradient(model, batch, mask):
    if hasattr(batch, "new_tensor"):  # a torch tensor
        import torch

        with torch.no_grad():
            return model(input_ids=batch, attention_mask=mask)
    return model(input_ids=batch, attention_mask=mask)
