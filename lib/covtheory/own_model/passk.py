"""pass@k from (draws, successes) of prompts, its intervals and its limit, and the answer-level coverage profile.

Prompts are i.i.d. from the task's law; one draw solves prompt x with probability ``p_x``, and ``c ~ Bin(n, p_x)``. A
verifier is enough: no probabilities are needed. ``pass@k = E[1 - (1 - p_x)^k]``.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincc

from covtheory import validation
from covtheory.coverage.confidence import Estimate, clopper_pearson
from covtheory.own_model.intervals import chernoff_interval
from covtheory.own_model.tail_band import TailBand
from covtheory.samplers.best_of_n import pass_at_k

METHODS, RESAMPLES = ("exact", "bootstrap"), 2000
FEW = 20
"""Prompts below which no bootstrap is made: its measured misses are then up to ten times nominal."""


@dataclass(frozen=True, eq=False)
class PassEstimate:
    """Everything that (n, c) pairs say about pass@k; ``pairs`` are distinct, ``prompts`` counts how many have each.

    Build it with :func:`pass_estimate`.
    """

    n: np.ndarray
    c: np.ndarray
    prompts: np.ndarray
    false_alarm: float

    @cached_property
    def total(self) -> int:
        """Number of prompts."""
        return int(self.prompts.sum())

    @property
    def largest_k(self) -> int:
        """Largest k with an unbiased estimate: the fewest draws of any prompt.

        Beyond it there is none: the expectation of any function of ``c ~ Bin(n, p)`` is a polynomial in p of degree at
        most n, and ``1 - (1 - p)^k`` has degree k.
        """
        return int(self.n.min())

    def pass_at(self, k: int, *, method: str = "exact") -> Estimate:
        """Unbiased estimate of pass@k, with an interval for the prompts' law and for these prompts alike.

        Hoeffding's inequality holds for independent numbers in [0, 1] whatever their laws (his Theorem 1 bounds the
        mean of different ones by equal ones), so that the interval over prompts covers the mean over exactly these
        prompts too. A single prompt speaks for itself only.

        Parameters
        ----------
        k : int
            Between 1 and ``largest_k``.
        method : {"exact", "bootstrap"}
            "exact": valid at every sample size; Hoeffding's interval over prompts, or for a single prompt the image of
            the Clopper-Pearson limits of p, and for this prompt alone. "bootstrap": percentiles over resampled prompts;
            narrower, its level is nominal; refused below ``FEW`` prompts and where its width is zero.

        Raises
        ------
        ValueError
            ``k`` out of range, unknown method.

        Examples
        --------
        >>> estimate = pass_estimate([10, 10], [1, 0]).pass_at(5)
        >>> float(estimate.value), estimate.method
        (0.25, 'Hoeffding 1963 over prompts')
        """
        k = validation.count("k", k)
        if k > self.largest_k:
            raise ValueError(f"k: got {k}, expected k <= {self.largest_k}, the fewest draws of a prompt: beyond it no "
                             "unbiased estimate exists")
        if method not in METHODS:
            raise ValueError(f"method: got {method!r}, expected one of {', '.join(METHODS)}")
        each = pass_at_k(self.n, self.c, k)
        value = float(self.prompts @ each / self.total)
        if method == "bootstrap":
            rng = np.random.default_rng(0)
            resampled = rng.multinomial(self.total, self.prompts / self.total, size=RESAMPLES) @ each / self.total
            low, high = np.quantile(resampled, [self.false_alarm / 2, 1 - self.false_alarm / 2])
            if self.total < FEW or low == high:
                raise ValueError(f"method: the bootstrap says nothing about {self.total} prompts"
                                 + ("" if self.total < FEW else f" that agree at k = {k}") + "; use the exact interval")
            return Estimate(value, float(low), float(high), self.total, self.false_alarm, "bootstrap over prompts")
        if self.total == 1:
            p = np.array(clopper_pearson(self.c[0], int(self.n[0]), self.false_alarm))
            with np.errstate(divide="ignore"):
                low, high = -np.expm1(k * np.log1p(-p))
            return Estimate(value, float(low), float(high), 1, self.false_alarm, "Clopper-Pearson, one prompt")
        low, high = chernoff_interval(value, self.total, self.false_alarm)
        return Estimate(value, low, high, self.total, self.false_alarm, "Hoeffding 1963 over prompts")

    @property
    def limit(self) -> Estimate:
        """Limits for ``lim pass@k = P[p_x > 0]``; ``value`` is the share of prompts solved at least once.

        The value underestimates. Only a lower limit exists: prompts without a success may have any small ``p_x > 0``.
        """
        solved = int(self.prompts[self.c > 0].sum())
        low = clopper_pearson(solved, self.total, min(2 * self.false_alarm, 1 - 1e-12))[0]
        return Estimate(solved / self.total, float(low), 1.0, self.total, self.false_alarm, "one-sided Clopper-Pearson")

    def answer_profile(self, N: ArrayLike) -> Estimate:
        """Answer-level coverage ``P_x[p_x <= 1/N]`` of the always-right comparator, simultaneous limits over N.

        The limits are those of :func:`answer_bounds`, with a band for the law of c; ``value`` is the naive share of
        prompts with ``c/n <= 1/N``.

        Raises
        ------
        ValueError
            Unless all prompts have the same number of draws.

        Source: this collection (notebook 17, Theorem 4).
        """
        if (self.n != self.n[0]).any():
            raise ValueError("n: the answer-level profile needs the same number of draws for every prompt")
        n, N = int(self.n[0]), validation.threshold("N", N)
        seen = np.unique(self.c).astype(np.int64)
        # P[c <= s] is constant between two seen counts: the first quotient is least at the end, the second at the start
        s = np.unique(np.concatenate([[0], seen, seen - 1, [n - 1]]))
        s = s[(s >= 0) & (s < n)]
        order = np.argsort(self.c, kind="stable")
        solved = np.concatenate([[0], np.cumsum(self.prompts[order])])
        more = self.total - solved[np.searchsorted(self.c[order], s, side="right")]  # prompts with c > s
        band = TailBand(self.total, self.false_alarm)
        covered, uncovered = answer_bounds(1.0 - band.lower(more), band.upper(more), N, n=n, s=s)
        naive = np.floor(n / N * (1 + 1e-12))
        value = solved[np.searchsorted(self.c[order], naive, side="right")] / self.total
        return Estimate(value, 1.0 - uncovered, covered, self.total, self.false_alarm,
                        "band for the law of c")


def answer_bounds(at_most: ArrayLike, above: ArrayLike, N: ArrayLike, *, n: int | None = None,
                  s: ArrayLike | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Upper bounds of the coverage ``P[p <= 1/N]`` and of its complement, from the law of ``c ~ Bin(n, p)``.

    ``P[p <= 1/N] <= P[c <= s] / P[Bin(n, 1/N) <= s]`` and ``P[p > 1/N] <= P[c > s] / P[Bin(n, 1/N) > s]`` for every
    ``s < n``, since ``P[Bin(n, p) > s]`` increases in p; both are minimised over s and cut at one. Tails on both sides
    of each quotient: nothing cancels when a tail is small.

    Parameters
    ----------
    at_most, above : array_like, shape (n,)
        ``P[c <= s]`` and ``P[c > s]`` for ``s = 0, ..., n - 1``, or upper limits of them.
    N : array_like
        ``N >= 1``; shape of the two results.
    n, s : optional
        Number of draws and some of the s: where the law of c has no mass the best s are known (below).

    Source: this collection (notebook 17, Theorem 4).

    Examples
    --------
    >>> covered, uncovered = answer_bounds([0.5, 0.875], [0.5, 0.125], 2)  # two draws; at s = 0 and at s = 1
    >>> round(float(covered), 12), round(float(uncovered), 12)
    (1.0, 0.5)
    """
    at_most = np.atleast_1d(validation.in_range("at_most", at_most, 0, 1))
    above = np.atleast_1d(validation.in_range("above", above, 0, 1))
    validation.same_shape(at_most=at_most, above=above)
    N = validation.threshold("N", N)
    n = at_most.size if n is None else validation.count("n", n)
    s = np.arange(n) if s is None else np.asarray(s)
    tiny, share = np.finfo(float).tiny, 1.0 / N[..., None]  # a tail below tiny has lost its digits, and bounds nothing
    bounds = []
    for mass, tail in ((at_most, betaincc(s + 1, n - s, share)), (above, betainc(s + 1, n - s, share))):
        with np.errstate(over="ignore"):
            quotient = np.divide(mass, tail, out=np.ones(tail.shape), where=tail >= tiny)
        bounds.append(np.minimum(quotient.min(axis=-1), 1.0))
    return bounds[0], bounds[1]


def pass_estimate(n: ArrayLike, c: ArrayLike, *, false_alarm: float = 0.05) -> PassEstimate:
    """Collect (draws, successes) pairs, one a prompt.

    Raises
    ------
    ValueError
        Unless whole numbers with ``0 <= c <= n``, ``n >= 1``, at least one pair.

    Examples
    --------
    >>> estimate = pass_estimate([4, 4, 4], [0, 2, 4])
    >>> float(estimate.pass_at(1).value), float(estimate.limit.value)
    (0.5, 0.6666666666666666)
    """
    n, c = np.atleast_1d(validation.threshold("n", n)), np.atleast_1d(validation.threshold("c", c, least=0.0))
    validation.same_shape(n=n, c=c)
    validation.count("prompts", n.size)
    pass_at_k(n, c, 1)  # checks whole numbers and c <= n
    pairs, prompts = np.unique(np.stack([n, c]), axis=1, return_counts=True)
    return PassEstimate(pairs[0], pairs[1], prompts,
                        float(validation.in_range("false_alarm", false_alarm, 0, 1, open_ends=True)))
