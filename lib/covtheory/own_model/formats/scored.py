"""Rows of tools that hold log-probabilities, as ``id, prompt`` and ``token_log_probs`` or ``log_prob``.

A tool has ``name``, ``title``, ``unit`` (what a prompt is called there), ``recognises(row)`` and ``rows(row)``, which
returns standard rows and raises ``ValueError`` with what is wrong; ``notes`` counts what was left out or decided.
"""

from collections import Counter

ONE_TOKEN = "a scored text or one drawn token? 'response_start' in the row says where the response begins in it; " \
            "if it was drawn, leave out the log-probabilities of the prompt, or for a scored text 'outputs'"


class Tool:
    """What all readers of one tool's rows have; ``chosen`` is the user's choice of a filter, if any."""

    name, title, unit = "plain", "", "prompt"

    def __init__(self, chosen: str | None = None):
        self.chosen, self.notes, self.place, self._unnamed = chosen, Counter(), "", 0

    def request(self, name):
        """The name of a request; one without a name is taken for a request of its own."""
        if name is None:
            self._unnamed += 1
        return f"unnamed {self._unnamed} of {self.place}" if name is None else name


class OpenAI(Tool):
    """Completions and chat completions of OpenAI's interface, and results of its batches."""

    name, title, unit = "openai", "OpenAI completions", "request"

    @staticmethod
    def recognises(row: dict) -> bool:
        """Whether this is a response of that interface."""
        return isinstance(row.get("choices"), list) or ("custom_id" in row and "response" in row)

    def rows(self, row: dict) -> list[dict]:
        """One standard row a choice; failed requests of a batch give none and are counted."""
        request = row.get("id")
        if "custom_id" in row and "response" in row:
            self.title, request = "results of an OpenAI batch", row["custom_id"]
            answer = row["response"] if isinstance(row["response"], dict) else {}
            start, row = row.get("response_start"), answer.get("body")
            if answer.get("status_code", 200) != 200 or not isinstance(row, dict):
                self.notes["failed requests left out"] += 1
                return []
            row = {"response_start": start} | row
        choices = row.get("choices")
        if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
            raise ValueError("no 'choices' in the response")
        usage = row.get("usage") if isinstance(row.get("usage"), dict) else {}
        lengths = [usage.get(name) if type(usage.get(name)) is int and len(choices) == 1 else None
                   for name in ("prompt_tokens", "completion_tokens")]
        prompt, made = self.request(request), []
        for choice, name in zip(choices, numbered(request, choices), strict=True):
            start = choice.get("response_start", row.get("response_start"))
            made.append({"id": name, "prompt": prompt, "token_log_probs": self._response(choice, start, *lengths),
                         "finish_reason": choice.get("finish_reason")})
        return made

    def _response(self, choice, start, before, behind):
        """Log-probabilities of the response's tokens: drawn ones, or those of a scored text from ``start`` on.

        ``before`` and ``behind`` are the numbers of tokens in the prompt and drawn behind it, if known.
        """
        held, scored, drawn = choice.get("logprobs"), choice.get("prompt_logprobs"), None
        if isinstance(held, dict):
            drawn = held.get("token_logprobs")
            if isinstance(held.get("content"), list):
                drawn = [entry.get("logprob") if isinstance(entry, dict) else entry for entry in held["content"]]
        if isinstance(scored, list):
            if isinstance(drawn, list) and type(start) is not int:
                if len(drawn) == 1:
                    raise ValueError(ONE_TOKEN)
                return drawn
            return self._from(start, picked(scored, choice.get("prompt_token_ids")))
        if not isinstance(drawn, list):
            raise ValueError("no log-probabilities in this choice: ask for them with logprobs")
        if not drawn or drawn[0] is not None:
            return drawn
        told = None not in (before, behind) and before + behind == len(drawn)  # echoed: the prompt is in front
        if type(start) is int:
            return self._from(start, drawn[:before] if told else drawn)
        if told and behind == 1:
            raise ValueError(ONE_TOKEN)
        if told and behind:
            self.notes["echoed prompts left out (their tokens by usage.prompt_tokens)"] += 1
            return drawn[before:]
        return self._from(None, drawn)

    def _from(self, start, tokens):
        known = type(start) is int
        self.notes["scored texts counted " + ("without their prompts" if known else
                   "with their prompts (response_start in the row leaves them out)")] += 1
        return tokens[start:] if known else tokens


class VLLM(Tool):
    """Request outputs of vLLM: ``prompt_logprobs`` when a text was scored, ``outputs`` when one was drawn."""

    name, title = "vllm", "vLLM outputs"

    @staticmethod
    def recognises(row: dict) -> bool:
        """Whether this is a request output."""
        outputs = row.get("outputs")
        return "prompt_logprobs" in row or (isinstance(outputs, list) and bool(outputs) and isinstance(outputs[0], dict)
                                            and not {"logprobs", "cumulative_logprob"}.isdisjoint(outputs[0]))

    def rows(self, row: dict) -> list[dict]:
        """One standard row a scored text or an output."""
        request, outputs = row.get("request_id", row.get("id")), row.get("outputs") or []
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise ValueError("'outputs' is no list of objects")
        start = next((row[name] for name in ("response_start", "prompt_length", "num_prompt_tokens")
                      if type(row.get(name)) is int), 0)
        listed = [output for output in outputs if isinstance(output.get("logprobs"), list)]
        drawn = [output for output in outputs if len(output.get("token_ids") or [None]) > 1] or listed
        if isinstance(row.get("prompt_logprobs"), list) and (start or not drawn):
            self.title = "vLLM prompt_logprobs (the token that is there)"
            tokens = picked(row["prompt_logprobs"], row.get("prompt_token_ids"))
            said = "without" if start else "with"
            said += " their prompts" + " (num_prompt_tokens in the row leaves them out)" * (not start)
            self.notes[f"scored texts counted {said}"] += 1
            prompt = self.request(row.get("prompt_id", request))
            return [{"id": request, "prompt": prompt, "token_log_probs": tokens[start:], "finish_reason": None}]
        if not outputs:
            raise ValueError("neither prompt_logprobs nor outputs: ask vLLM for logprobs")
        if isinstance(row.get("prompt_logprobs"), list) and len(outputs) == 1 and len(listed) == 1 == len(
                listed[0]["logprobs"]):
            raise ValueError(ONE_TOKEN)
        self.title, prompt = "vLLM outputs (drawn)", row.get("prompt") or row.get("prompt_token_ids")
        prompt = prompt or self.request(request)
        names = numbered(request, outputs)
        return [self._output(output, name, prompt) for output, name in zip(outputs, names, strict=True)]

    def _output(self, output, id, prompt):
        made = {"id": id, "prompt": prompt, "finish_reason": output.get("finish_reason")}
        if isinstance(output.get("logprobs"), list):
            return made | {"token_log_probs": picked(output["logprobs"], output.get("token_ids"))}
        if type(output.get("cumulative_logprob")) in (int, float):
            number = len(output["token_ids"]) if isinstance(output.get("token_ids"), list) else None
            return made | {"log_prob": output["cumulative_logprob"], "num_tokens": number}
        raise ValueError("an output without logprobs: ask vLLM for logprobs=0")


class LmEvalScored(Tool):
    """``samples_*.jsonl`` of lm-eval for tasks that score a text (loglikelihood)."""

    name, title, unit = "lm-eval", "lm-eval samples (loglikelihood)", "document"

    @staticmethod
    def recognises(row: dict) -> bool:
        """Whether this is a sample whose response is ``[log-probability, is greedy]``."""
        return "doc_id" in row and scored_pair(row.get("resps"))

    def rows(self, row: dict) -> list[dict]:
        """One standard row; other filters of the same document give none."""
        if not kept_filter(self, row):
            return []
        options = row["resps"]
        if len(options) != 1:
            raise ValueError(f"{len(options)} answer options a document: options are not responses that a teacher drew")
        response = options[0][0] if isinstance(options[0][0], list) else options[0]
        return [{"id": document(row), "prompt": document(row), "log_prob": float(response[0])}]


def scored_pair(response) -> bool:
    """Whether lm-eval's response is ``[log-probability, is greedy]``; it writes both as strings, or as they are.

    Examples
    --------
    >>> scored_pair([[["-3.5", "False"]]]), scored_pair([[-3.5, True]]), scored_pair([["-3.5", "7"]])
    (True, True, False)
    """
    while isinstance(response, list) and response and isinstance(response[0], list):
        response = response[0]
    if not isinstance(response, list) or not response:
        return False
    return type(response[0]) in (float, int) or (len(response) == 2 and str(response[1]) in ("True", "False"))


def numbered(request, drawn: list[dict]) -> list:
    """Names of the responses to one request; None if it has none itself."""
    if request is None or len(drawn) == 1:
        return [request] * len(drawn)
    return [f"{request}/{each.get('index', number)}" for number, each in enumerate(drawn)]


def picked(positions: list, ids: list | None) -> list:
    """The log-probability of the token that is there at every position, ``None`` where the engine gives none.

    Parameters
    ----------
    positions : list
        At each position ``None``, a number, or a dictionary from token id to a number or to ``{"logprob": number}``.
    ids : list of int or None
        The tokens that are there; needed where a position lists several.

    Raises
    ------
    ValueError
        Lengths that differ, or a token without its log-probability.

    Examples
    --------
    >>> picked([None, {"7": {"logprob": -0.1}, "5": {"logprob": -2.0}}], [1, 5])
    [None, -2.0]
    """
    if isinstance(ids, list) and len(ids) != len(positions):
        raise ValueError(f"{len(positions)} positions but {len(ids)} token ids")
    return [_picked(entry, ids[i] if isinstance(ids, list) else None, i) for i, entry in enumerate(positions)]


def _picked(entry, token, position):
    if entry == {}:  # how vLLM's flat container gives a position without log-probabilities
        return None
    if isinstance(entry, dict) and "logprob" not in entry:
        if token is None and len(entry) != 1:
            raise ValueError(f"position {position + 1} lists {len(entry)} tokens, and no token ids say which is there")
        key = str(token) if token is not None else next(iter(entry))
        if key not in entry:
            raise ValueError(f"position {position + 1} has no log-probability of its own token {key}")
        entry = entry[key]
    return entry.get("logprob") if isinstance(entry, dict) else entry


def document(row: dict) -> str:
    """A name for lm-eval's document that tells tasks apart."""
    task = row.get("task_name", row.get("task"))
    return f"{task}/{row['doc_id']}" if isinstance(task, str) else str(row["doc_id"])


def kept_filter(tool: Tool, row: dict) -> bool:
    """Whether the row is of the chosen filter, the first one met if the user chose none."""
    name = str(row.get("filter", "none"))
    if tool.chosen is None:
        tool.chosen = name
    tool.notes[f"rows of filter {name!r} " + ("used" if name == tool.chosen else "left out (--filter)")] += 1
    return name == tool.chosen
