"""One model's side of a table: which columns hold its log-probabilities, in which unit, and what reading them found."""

import copy

import numpy as np

from covtheory.own_model.bases import BASES, Declared
from covtheory.own_model.chunk import Chunk
from covtheory.own_model.numbers import agree, log_probs, pieces_of, summed
from covtheory.own_model.reading import Table
from covtheory.own_model.sanity import sentinels

TOKENS = {
    "teacher_token_log_probs": ("teacher_token_log_probs", "teacher_token_logprobs", "old_log_probs", "old_logprobs",
                                "old_per_token_logps", "rollout_log_probs", "sampling_per_token_logps"),
    "model_token_log_probs": ("model_token_log_probs", "model_token_logprobs", "ref_log_probs", "ref_log_prob",
                              "ref_logprobs", "ref_per_token_logps"),
}
"""Columns of lists, and what rollouts of TRL and verl call them: the old policy drew, the reference is the model."""

ALONE = {"token": ("token_log_probs", "token_logprobs", "logprobs"), "sum": ("log_prob", "cumulative_logprob")}
MASKS = ("response_mask", "completion_mask", "loss_mask")
LENGTHS = ("num_tokens", "n_tokens", "completion_tokens", "response_length")


class Side:
    """One model's log-probabilities in a table: the column, its unit, and the mask over its tokens."""

    def __init__(self, table: Table, who: str, stated: str | None, alone: bool, by: str | None):
        self.table, self.who, self.stated = table, who, stated
        sums = (f"{who}_log_prob",)
        tokens = table.first(TOKENS[f"{who}_token_log_probs"] + (ALONE["token"] if alone else ()))
        totals = [name for name in (ALONE["sum"] + sums if alone else sums) if name in table.columns]
        if tokens is None and not totals:
            table.need(["log_prob"] if alone else [sums[0]],
                       "; several draws and a verdict are for covtheory passk" * ("n" in table.columns))
        self.column, self.checks = (tokens, totals) if tokens else (totals[0], totals[1:])
        if tokens in TOKENS[f"{who}_token_log_probs"][2:]:
            table.title = f"rollouts ({who}: {tokens})" if not table.title else f"{table.title[:-1]}, {who}: {tokens})"
        self.mask = table.first(MASKS) if tokens else None
        self.length = None if tokens else next((name for name in LENGTHS if name in table.columns and name != by), None)
        table.optional |= {self.length} - {None}
        self.bases = [Declared(name) for name in (f"{who}_base", "base") if name in table.columns]
        self.columns = [name for name in (self.column, *self.checks, self.mask, self.length) if name]
        table.lists |= {name for name in (tokens, self.mask) if name}
        table.truths |= {self.mask} - {None}
        table.texts |= {declared.name for declared in self.bases}
        self.dropped = self.sentinels = 0

    @property
    def base(self) -> str | None:
        """What the user states, or else the file declares for this column, or else for all columns."""
        return self.stated or next((declared.base for declared in self.bases if declared.base), None)

    def read(self, chunk: Chunk) -> tuple[np.ndarray, np.ndarray]:
        """Log-probabilities of some responses in nats, and their numbers of tokens (NaN if unknown)."""
        for declared in self.bases:
            declared.read(chunk)
        unit, lists = BASES[self.base or "nats"], self.column in self.table.lists
        self.sentinels += sentinels(chunk.columns[self.column][0] if lists else chunk.columns[self.column])
        if not lists:
            lengths = chunk.columns[self.length] if self.length else np.full(len(chunk.places), np.nan)
            values = log_probs(chunk, self.column)
        else:
            flat, offsets, dropped = pieces_of(chunk, self.column, self.mask)
            self.dropped += dropped
            values, lengths = summed(flat, offsets), np.diff(offsets).astype(float)
        for name in self.checks:
            agree(chunk, self.column, values, name, log_probs(chunk, name))
        return values * unit, lengths

    def emptied(self, table: Table, bases: bool) -> "Side":
        """The same side before its first row; with ``bases``, it keeps what is known of them."""
        fresh = copy.copy(self)
        fresh.table, fresh.dropped, fresh.sentinels = table, 0, 0
        fresh.bases = self.bases if bases else [Declared(each.name) for each in self.bases]
        return fresh

    def absorb(self, other: "Side") -> None:
        """What the same side has found in other rows."""
        self.dropped, self.sentinels = self.dropped + other.dropped, self.sentinels + other.sentinels
        for mine, its in zip(self.bases, other.bases, strict=True):
            mine.absorb(its, self.table.problem)
