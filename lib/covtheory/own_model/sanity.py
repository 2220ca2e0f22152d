"""Plain facts about scored responses, and what looks wrong with them: printed with every profile."""

import math

import numpy as np

from covtheory.own_model.intervals import chernoff_interval, prompt_limits

CAP = 8.0
"""``exp(-L)`` is cut here for its lower limit."""

KEPT = 4096
MANY_CUT = 0.1
"""Share of responses that were cut off from which on it is a warning."""

SENTINELS = (-100.0, -999.0, -9999.0, -10000.0, -65504.0, -1e9, -1e10, -3.4028234663852886e38)
"""Numbers that engines write for a log-probability they do not have (or clamp at)."""


def sentinels(numbers: np.ndarray) -> int:
    """How many of these are no log-probabilities, but stand for one that is missing, as they are in the file."""
    return int(np.isin(numbers, SENTINELS).sum()) if numbers.size and numbers.min() <= -100 else 0


class Sanity:
    """What is counted over a stream of responses; medians are those of a sample of about one in 64 of a large file."""

    def __init__(self):
        self.n = self.zero = self.sentinel = self.certain = self.truncated = self.known_ends = self.first_null = 0
        self.exp_sum = self.capped_sum = 0.0
        self.kl_moments = np.zeros(3)
        self.sample = []

    def add(self, teacher: np.ndarray, model: np.ndarray, kl: np.ndarray | None = None,
            tokens: np.ndarray | None = None, truncated: np.ndarray | None = None) -> None:
        """Some more responses, in nats."""
        ratio = teacher - model
        self.n += len(ratio)
        self.zero += int(np.isneginf(model).sum())
        self.certain += int(((teacher == 0) & (model == 0)).sum())
        with np.errstate(over="ignore"):
            surplus = np.exp(-ratio)
        self.exp_sum += float(surplus.sum())
        self.capped_sum += float(np.minimum(surplus, CAP).sum())
        if truncated is not None:
            self.truncated, self.known_ends = self.truncated + int(truncated.sum()), self.known_ends + len(truncated)
        if kl is not None:
            gap = (kl - ratio)[np.isfinite(ratio) & np.isfinite(kl)]
            self.kl_moments += [len(gap), gap.sum(), gap @ gap]
        step = slice(None, None, max(1, len(ratio) // KEPT))
        lengths = np.full(len(ratio), np.nan) if tokens is None else np.asarray(tokens, dtype=float)
        self.sample.append(tuple(part[step].copy() for part in (teacher, model, lengths)))  # a view keeps all of it

    def absorb(self, other: "Sanity") -> None:
        """What another one has counted."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def facts(self, responses_of_prompts: np.ndarray | None, false_alarm: float) -> dict:
        """The facts as plain values, ``warnings`` among them."""
        teacher, model, tokens = (np.concatenate(part) for part in zip(*self.sample, strict=True))
        cut = min(self.capped_sum / self.n / CAP, 1.0)
        if responses_of_prompts is None:
            least = chernoff_interval(cut, self.n, false_alarm)[0]
        else:
            least = float(prompt_limits(cut, responses_of_prompts, false_alarm)[0])
        known = tokens[np.isfinite(tokens)]
        median_tokens = float(np.median(known)) if known.size else None
        ratio = (teacher - model)[np.isfinite(model)]
        with np.errstate(over="ignore", invalid="ignore"):  # numbers near the largest float
            noise = _noise(teacher[np.isfinite(model)], ratio)
        found = {
            "median_tokens": median_tokens, "median_log_prob": float(np.median(teacher)),
            "model_zero": self.zero, "sentinels": self.sentinel, "first_tokens_dropped": self.first_null,
            "exp_minus_log_ratio": {"mean": self.exp_sum / self.n, "lower": CAP * least, "must_not_exceed": 1.0},
            "noise_floor": noise,
            "truncated_share": self.truncated / self.known_ends if self.known_ends else None,
        }
        return found | {"warnings": self._warnings(found, teacher, model, ratio, tokens)}

    def _warnings(self, found, teacher, model, ratio, tokens):
        said = []
        if found["exp_minus_log_ratio"]["lower"] > 1:
            said.append(f"E exp(-log ratio) is at least {found['exp_minus_log_ratio']['lower']:.3g}, and cannot exceed "
                        "1 for responses drawn from the teacher")
        if normalised := _looks_normalised(self.n, teacher, model, tokens):
            said.append(f"looks length-normalised ({normalised}): per-token means? sums over the response are needed")
        if found["noise_floor"] is not None:
            said.append("looks like the same model scored by two engines: log ratios scatter by "
                        f"{found['noise_floor']:.3g} nats around nearly zero; coverage below that noise floor is "
                        "numerical, not lost")
        if ratio.size > 5 and np.ptp(ratio) <= 1e-9 * max(1.0, abs(ratio[0])):
            said.append(f"every log ratio is {ratio[0]:.6g}: "
                        + ("the same scores twice?" if ratio[0] == 0 else "scores of responses, or of prompts?"))
        if self.sentinel:
            said.append(f"{self.sentinel:,} values are numbers that engines write for missing ones (-100, -9999, ...)")
        if self.zero:
            said.append(f"{self.zero:,} responses have probability zero under the model: KL is infinite; really, or "
                        "cut by top-k?")
        if (cut := found["truncated_share"]) is not None and cut >= MANY_CUT:
            said.append(f"a share {cut:.3g} of the responses was cut off: what is measured is the law of their "
                        "beginnings")
        if self.certain:
            said.append(f"{self.certain:,} responses have log-probability exactly 0 under both: missing responses?")
        count, total, square = self.kl_moments
        if count > 1:
            error = math.sqrt(max(square - total * total / count, 0.0) / (count - 1) / count)
            if abs(total / count) > 6 * error + 0.01 * max(1.0, abs(float(np.mean(ratio)) if ratio.size else 1.0)):
                said.append(f"token KL exceeds the log ratio by {total / count:.4g} nats on average, {error:.2g} "
                            "expected: they estimate the same number, so that one of them is wrong")
        return said


def _noise(teacher, ratio):
    """Scatter of the log ratios if they look like rounding around the same numbers; else None."""
    if len(ratio) < 20 or not np.any(ratio):
        return None
    scatter, size = float(np.std(ratio)), float(np.median(np.abs(teacher)))
    centred = abs(float(np.mean(ratio))) < max(4 * scatter / math.sqrt(len(ratio)), 0.1 * scatter)
    symmetric = 0.3 < float(np.mean(ratio > 0)) < 0.7
    return scatter if 0 < scatter < 0.02 * size and centred and symmetric else None


def _looks_normalised(n, teacher, model, tokens):
    """Why the numbers look like means over tokens; empty if they do not."""
    finite = [x[np.isfinite(x)] for x in (teacher, model)]
    sizes = [float(np.median(np.abs(x))) if x.size else math.inf for x in finite]
    known = np.isfinite(tokens)
    if known.any() and n >= 20 and np.median(tokens[known]) >= 8:
        length = tokens[known]
        for name, x in (("teacher", teacher[known]), ("model", model[known])):
            on = np.isfinite(x)
            varied = on.sum() > 2 and np.std(length[on]) > 0.2 * np.mean(length[on]) and np.std(x[on]) > 0
            if varied and abs(np.corrcoef(length[on], x[on])[0, 1]) < 0.3 and np.median(np.abs(x[on])) < 5:
                return f"the {name}'s log-probabilities do not grow with the number of tokens"
        return ""
    if n <= 50 or min(sizes) >= 5:
        return ""
    if max(sizes) > 8 * min(sizes):
        return f"median |log p| is {sizes[0]:.3g} for the teacher and {sizes[1]:.3g} for the model"
    return f"median |log p| of a response is {min(sizes):.3g} nats"
