"""The pick of a tournament from a stream of log-probabilities: no teacher, no sampling, no reward."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from covtheory import validation
from covtheory.coverage.confidence import clopper_pearson
from covtheory.learners.pairwise_wins import wins
from covtheory.own_model.intervals import prompt_limits
from covtheory.own_model.prompts import PromptCounts


@dataclass(frozen=True, eq=False)
class TournamentEstimate:
    """Who was picked and how every checkpoint fared against its worst opponent.

    ``scores[i]`` is the largest share of responses that some other checkpoint finds at least N times likelier than
    checkpoint i; the pick has the least. ``responses`` are the numbers of responses of the prompts if some have
    several: limits are then those of independent prompts, and without it those of independent responses.
    """

    names: tuple[str, ...]
    N: float
    draws: int
    counts: np.ndarray
    mean_log_prob: np.ndarray
    false_alarm: float
    responses: np.ndarray | None = None

    @property
    def scores(self) -> np.ndarray:
        """Largest empirical coverage of each checkpoint against an opponent."""
        return self.counts.max(axis=0) / self.draws

    @property
    def pick(self) -> int:
        """Index of the least score; ties go to the larger mean log-probability, then to the earlier one."""
        order = np.lexsort((-self.mean_log_prob, self.scores))
        return int(order[0])

    @property
    def likeliest(self) -> int:
        """Index of the largest mean log-probability: the choice of cross-entropy."""
        return int(np.argmax(self.mean_log_prob))

    @property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of the population's scores, simultaneously (Bonferroni over ordered pairs).

        Both limits of a pair grow with its count, so that over prompts those of the largest count suffice.
        """
        models = len(self.names)
        each = self.false_alarm / (models * (models - 1))
        if self.responses is not None:
            return prompt_limits(self.scores, self.responses, each)
        lower, upper = clopper_pearson(self.counts, self.draws, each)
        off = ~np.eye(models, dtype=bool)
        return np.where(off, lower, 0.0).max(axis=0), np.where(off, upper, 0.0).max(axis=0)

    def guarantee(self, offset: float = 1.0) -> tuple[float, float]:
        """``(threshold, additive)``: Cov_threshold(pick) <= 5 min_i Cov_offset(i) + additive, against any data law.

        ``additive = 4 offset/N + (11/3) log(2 M / false_alarm)/n``. The minimum itself is not estimable without the
        teacher's probabilities.

        Over prompts, n is the number of responses divided by the most that a prompt has: with weights ``w_i <= w`` the
        products in notebook 11's Lemma 2 are ``prod_i (1 + p (e^(a w_i / w) - 1))``, at most
        ``(1 + p (e^a - 1))^(1/w)`` because the logarithm of a factor is convex in ``w_i`` and zero at zero.

        Source: this collection (sharpens Chen et al. 2025, arXiv 2510.15020v2, Thm 6.3); proof in notebook 11.
        """
        offset = float(validation.threshold("offset", offset))
        draws = self.draws if self.responses is None else self.draws / self.responses.max()
        additive = 4 * offset / self.N + 11 / 3 * np.log(2 * len(self.names) / self.false_alarm) / draws
        return self.N * offset, float(additive)


def tournament_estimate(
    names: Iterable[str], chunks: Iterable[np.ndarray], N: float, *, false_alarm: float = 0.05,
    prompts: PromptCounts | None = None,
) -> TournamentEstimate:
    """Count, over a stream, how often checkpoint j finds a response at least N times likelier than checkpoint i.

    Parameters
    ----------
    names : iterable of str
    chunks : iterable of ndarray, shape (M, rows)
        Log-probabilities in nats; ``-inf`` allowed (zero against zero does not count).
    N : float
        More than one.
    prompts : PromptCounts, optional
        How many responses the prompts have, counted while the stream is read.

    Examples
    --------
    >>> log_probs = np.log([[0.5, 0.5, 0.5, 0.5], [0.9, 0.9, 0.9, 0.01]])
    >>> estimate = tournament_estimate(["even", "bold"], [log_probs], N=10)
    >>> estimate.names[estimate.pick], estimate.scores
    ('even', array([0.  , 0.25]))
    """
    total = Wins(names, N)
    for chunk in chunks:
        total.add(chunk)
    return total.estimate(false_alarm, prompts)


class Wins:
    """What is kept of a stream: how often each checkpoint found a response N times likelier than another one."""

    def __init__(self, names: Iterable[str], N: float):
        self.names, self.N, self.draws = tuple(names), float(N), 0
        self.counts = np.zeros((len(self.names),) * 2, dtype=np.int64)
        self.total = np.zeros(len(self.names))

    def add(self, chunk: np.ndarray) -> None:
        """Log-probabilities (nats) of some more responses, of shape (M, rows)."""
        self.counts += wins(chunk, self.N)
        self.total += np.sum(chunk, axis=1)
        self.draws += np.shape(chunk)[1]

    def absorb(self, other: "Wins") -> None:
        """What another one has counted, for the same checkpoints and N."""
        self.counts, self.total = self.counts + other.counts, self.total + other.total
        self.draws += other.draws

    def estimate(self, false_alarm: float = 0.05, prompts: PromptCounts | None = None) -> TournamentEstimate:
        """The tournament of all responses so far."""
        draws = validation.count("responses", self.draws)
        responses = prompts.responses if prompts is not None and prompts.repeated else None
        return TournamentEstimate(self.names, self.N, draws, self.counts, self.total / draws, float(
            validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True)), responses)
