"""Files as tools write them, of the same scored responses: what each test writes and what must come out."""

import gzip
import json

import numpy as np

RNG = np.random.default_rng(17)
LENGTHS = RNG.integers(4, 40, size=48)
TEACHER = [np.round(-RNG.exponential(1.0, size=n), 6).tolist() for n in LENGTHS]
MODEL = [np.round(np.array(t) - np.abs(RNG.normal(0.05, 0.05, size=len(t))), 6).tolist() for t in TEACHER]
SUMS = np.array([sum(t) for t in TEACHER]), np.array([sum(m) for m in MODEL])
MEAN = float((SUMS[0] - SUMS[1]).mean())
"""Mean log ratio of the responses, nats."""

IDS = [f"r{i}" for i in range(len(TEACHER))]


def lines(path, rows):
    """JSON lines; compressed if the name says so."""
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def vllm(path, tokens, **more):
    """``prompt_logprobs``: a null first, the token that is there beside a likelier one."""
    rows = []
    for i, values in enumerate(tokens):
        ids = [1, *range(100, 100 + len(values))]
        at = [
            None,
            *(
                {"7": {"logprob": v / 2, "rank": 1}, str(t): {"logprob": v, "rank": 2}}
                for t, v in zip(ids[1:], values, strict=True)
            ),
        ]
        rows.append({"request_id": IDS[i], "prompt_token_ids": ids, "prompt_logprobs": at, **more})
    return lines(path, rows)


def vllm_drawn(path, tokens):
    """``outputs``: two responses a prompt."""

    def output(k, values):
        ids = list(range(50, 50 + len(values)))
        return {
            "index": k,
            "token_ids": ids,
            "finish_reason": "length" if k else "stop",
            "logprobs": [{str(t): {"logprob": v}, "3": {"logprob": v / 3}} for t, v in zip(ids, values, strict=True)],
        }

    pairs = zip(tokens[::2], tokens[1::2], strict=True)
    return lines(
        path,
        [
            {
                "request_id": IDS[i],
                "prompt": f"question {i}",
                "prompt_logprobs": None,
                "outputs": [output(k, values) for k, values in enumerate(pair)],
            }
            for i, pair in enumerate(pairs)
        ],
    )


def completion(values, **more):
    """A response of the completions interface."""
    return {
        "choices": [
            {
                "index": 0,
                "text": "x",
                "finish_reason": "stop",
                "logprobs": {"tokens": ["x"] * len(values), "token_logprobs": values, "top_logprobs": None},
            }
        ],
        **more,
    }


def chat(values):
    """A response of the chat interface."""
    content = [{"token": "x", "logprob": v, "bytes": None, "top_logprobs": []} for v in values]
    return {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "x"},
                "finish_reason": "stop",
                "logprobs": {"content": content, "refusal": None},
            }
        ]
    }


def batch(path, tokens, order):
    """Results of a batch, in any order."""
    return lines(
        path,
        [
            {
                "id": f"b{i}",
                "custom_id": IDS[i],
                "error": None,
                "response": {"status_code": 200, "body": chat(tokens[i])},
            }
            for i in order
        ],
    )


def lm_eval_scored(path, sums):
    """Samples of a loglikelihood task."""
    return lines(
        path,
        [
            {
                "doc_id": i,
                "target": "",
                "resps": [[[float(v), False]]],
                "filtered_resps": [[float(v), False]],
                "filter": "none",
                "metrics": ["acc"],
                "acc": 0.0,
            }
            for i, v in enumerate(sums)
        ],
    )


def lm_eval_drawn(path, filters=("strict", "flexible"), matches=True, docs=9, repeats=6):
    """Samples of a generation task with repeats: every document once a filter; document i has i % 4 right draws."""
    rows = []
    for i in range(docs):
        drawn = [str(i) if k < i % 4 else "?" for k in range(repeats)]
        score = float(drawn[0] == str(i)) if matches else float(i % 2)
        rows += [
            {
                "doc_id": i,
                "target": str(i),
                "resps": [drawn],
                "filtered_resps": [drawn[0]],
                "filter": name,
                "metrics": ["exact_match"],
                "exact_match": score,
            }
            for name in filters
        ]
    return lines(path, rows)


def evalplus(path, tasks=7, draws=5):
    """``eval_results.json``: task i passes its base tests i times, the plus tests once less."""

    def draw(i, k):
        base, plus = k < i % draws, k < i % draws - 1
        return {
            "task_id": f"T/{i}",
            "solution": "",
            "base_status": "pass" if base else "fail",
            "plus_status": "pass" if plus else "fail" if base else None,
        }

    held = {f"T/{i}": [draw(i, k) for k in range(draws)] for i in range(tasks)}
    path.write_text(json.dumps({"date": "today", "hash": "0", "eval": held, "pass_at_k": {}}))
    return path
