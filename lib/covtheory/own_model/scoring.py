"""Scores of a few responses under two causal language models, a few positions at a time.

What is held at once is ``batch x positions x vocabulary`` numbers a model, on the model's device; sums are double.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import logsumexp

POSITIONS = 256
"""Positions whose next-token laws are held at once."""


def scored_batch(teacher, model, pairs: Sequence[tuple], *, as_batch=None, positions: int = POSITIONS) -> list[dict]:
    """Log-probabilities of responses under both models, and the KL of their next-token laws at every position.

    Vocabularies of different size are the same tokens and padding: each log-probability is that of the model's own
    law, token KL is that of both laws conditioned on the common tokens. A token that a model does not have is
    impossible there.

    Parameters
    ----------
    pairs : sequence of (prompt_ids, response_ids)
        Token ids, at least one each; the response ends with the end-of-sequence token.
    as_batch : callable, optional
        Turns an int array of shape (batch, length) into what the models take.
    positions : int
        See ``POSITIONS``.

    Returns
    -------
    list of dict
        ``teacher_log_prob``, ``model_log_prob`` (nats), ``token_kl`` (list, nats), ``num_tokens``; one a pair.

    Raises
    ------
    ValueError
        Empty prompt or response, a negative token id, or logits that are NaN.
    """
    pairs = [(list(map(int, prompt)), list(map(int, response))) for prompt, response in pairs]
    for prompt, response in pairs:
        if not prompt or not response:
            raise ValueError("prompt_ids, response_ids: expected at least one token each (a start token for no prompt)")
        if min(prompt + response) < 0:
            raise ValueError(f"token ids: got {min(prompt + response)}, expected ids of the vocabulary (-100 marks "
                             "padding)")
    length = max(len(prompt) + len(response) for prompt, response in pairs)
    ids, mask = np.zeros((len(pairs), length), dtype=np.int64), np.zeros((len(pairs), length), dtype=np.int64)
    for row, (prompt, response) in enumerate(pairs):  # padded on the right: earlier positions do not see it
        ids[row, :len(prompt) + len(response)] = prompt + response
        mask[row, :len(prompt) + len(response)] = 1
    outputs = [_logits(each, ids, mask, as_batch) for each in (teacher, model)]
    rows = []
    for row, (prompt, response) in enumerate(pairs):
        parts = [_chunk([take(row, len(prompt) - 1 + start, len(prompt) - 1 + stop) for take in outputs],
                        response[start:stop])
                 for start in range(0, len(response), positions)
                 for stop in [min(start + positions, len(response))]]
        sums = np.sum([part[:2] for part in parts], axis=0)
        if np.isnan(sums).any():
            raise ValueError("logits: got NaN; overflow in half precision?")
        rows.append({"teacher_log_prob": float(sums[0]), "model_log_prob": float(sums[1]),
                     "token_kl": [value for part in parts for value in part[2]], "num_tokens": len(response)})
    return rows


def _chunk(logits, tokens):
    """Sums of both models' log-probabilities of some tokens, and the token KL at each."""
    torch = hasattr(logits[0], "detach")
    laws = [_log_softmax(part, torch) for part in logits]
    sums, common = [], min(law.shape[1] for law in laws)
    for law in laws:
        inside = [i for i, token in enumerate(tokens) if token < law.shape[1]]
        values = law[inside, [tokens[i] for i in inside]]
        total = float(values.double().sum() if torch else np.sum(values))
        sums.append(total if len(inside) == len(tokens) else -np.inf)
    if laws[0].shape[1] != laws[1].shape[1]:
        laws = [_log_softmax(law[:, :common], torch) for law in laws]
    if torch:
        p = laws[0].exp()
        kl = (p * (laws[0] - laws[1])).nan_to_num(nan=0.0, posinf=float("inf")).double().sum(-1)
        return *sums, kl.clamp(min=0.0).cpu().tolist()
    p = np.exp(laws[0])
    with np.errstate(invalid="ignore"):
        kl = np.where(p > 0, p * (laws[0] - laws[1]), 0.0).sum(axis=1)
    return *sums, np.maximum(kl, 0.0).tolist()


def _log_softmax(logits, torch):
    return logits.float().log_softmax(-1) if torch else logits - logsumexp(logits, axis=1, keepdims=True)


def _logits(model, ids, mask, as_batch):
    """A function of ``(row, start, stop)`` that gives the logits of these positions.

    The output layer of a transformers model is applied to the positions that are asked for, if that gives the model's
    own logits at the last position: some models scale or cap theirs, and then all logits are computed at once.
    """
    size = getattr(getattr(model, "config", None), "vocab_size", None)
    ids = ids if size is None else np.where(ids < size, ids, 0)  # a token it does not have is impossible, not looked up
    batch, seen = (ids, mask) if as_batch is None else (as_batch(ids), as_batch(mask))
    if not hasattr(batch, "new_tensor"):
        logits = np.asarray(model(input_ids=batch, attention_mask=seen).logits)
        return lambda row, start, stop: logits[row, start:stop].astype(float)
    import torch

    with torch.no_grad():
        head, body = getattr(model, "get_output_embeddings", lambda: None)(), getattr(model, "base_model", None)
        if head is not None and body is not None and body is not model:
            hidden = body(input_ids=batch, attention_mask=seen).last_hidden_state
            short = min(8, batch.shape[1])
            own = model(input_ids=batch[:1, :short], attention_mask=seen[:1, :short]).logits[0, short - 1].float()
            first = body(input_ids=batch[:1, :short], attention_mask=seen[:1, :short]).last_hidden_state
            again = head(first[0, short - 1])
            if torch.allclose(own, again.float(), rtol=1e-3, atol=1e-3):
                return lambda row, start, stop: _without_gradient(head, hidden[row, start:stop])
        logits = model(input_ids=batch, attention_mask=seen).logits
    return lambda row, start, stop: logits[row, start:stop]


def _without_gradient(head, hidden):
    import torch

    with torch.no_grad():
        return head(hidden)
