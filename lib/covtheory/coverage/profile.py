"""The coverage profile ``Cov_N = P_{pi_D}[pi_D/pi >= N]`` as a function of ``N``, and what it determines."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage import divergences
from covtheory.coverage.log_ratio import LogRatioLaw, log_ratio_law
from covtheory.coverage.rounding import TIE, tie
from covtheory.policies.protocol import Policy


class CoverageProfile:
    """Tail of the log ratio: ``profile(N) = P_{pi_D}[pi_D(y|x)/pi(y|x) >= N]``.

    Ties count: an atom belongs to the event if ``log r >= log N - tie`` with ``tie = self.tie * max(1, |log N|)``,
    so that a threshold that equals an atom up to round-off is treated as equal; the rule is that of
    :mod:`~covtheory.coverage.rounding`. Tail sums are taken from the top in two levels; their relative error is below
    1e-12 for up to 2**25 atoms.

    Parameters
    ----------
    law : LogRatioLaw
        Law of the log ratio.
    tie : float
        Relative width (in nats) within which a threshold counts as tied with an atom.

    Examples
    --------
    >>> from covtheory.coverage import law_from_pmfs
    >>> profile = CoverageProfile(law_from_pmfs([0.5, 0.5], [0.25, 0.75]))
    >>> profile([1, 2, 2.5])
    array([0.5, 0.5, 0. ])
    """

    def __init__(self, law: LogRatioLaw, tie: float = TIE):
        self.law = law
        self.tie = float(tie)
        self._tail_p = np.minimum(_tail_sums(law.p), 1.0)  # masses may add up to one ulp more
        self._tail_q = _tail_sums(law.q)

    def __call__(self, N: ArrayLike) -> np.ndarray:
        """Coverage at ``N >= 1`` (``N = inf`` gives ``P[r = inf]``); shape of ``N``."""
        return self.tail(np.log(validation.threshold("N", N)))

    def tail(self, log_N: ArrayLike) -> np.ndarray:
        """Coverage at thresholds given by their logarithm (any sign; nats)."""
        log_N = np.asarray(log_N, dtype=float)
        if np.isnan(log_N).any():
            raise ValueError("log_N: got NaN, expected numbers")
        return self._tail_p[np.searchsorted(self.law.values, log_N - self.tie / TIE * tie(log_N))]

    def log_tail(self, log_N: ArrayLike) -> np.ndarray:
        """Log of the coverage at thresholds given by their logarithm (nats); ``-inf`` beyond the largest ratio."""
        with np.errstate(divide="ignore"):
            return np.log(self.tail(log_N))

    @property
    def kl(self) -> float:
        """``KL(pi_D || pi)``, the mean log ratio, in nats."""
        return divergences.kl(self.law)

    def log_quantile(self, eps: ArrayLike) -> np.ndarray:
        """``log quantile(eps)``, which does not overflow."""
        eps = validation.in_range("eps", eps, 0.0, 1.0)
        least = np.searchsorted(-self._tail_p, -eps * (1 + 1e-12))
        return np.where(least > 0, np.maximum(self.law.values[np.maximum(least - 1, 0)], 0.0), 0.0)

    def quantile(self, eps: ArrayLike) -> np.ndarray:
        """Least threshold for a target: ``inf{N >= 1 : Cov_N <= eps}``, ``inf`` if ``P[r = inf] > eps``.

        The infimum is an atom, where the coverage still exceeds ``eps`` (ties count); just above it, it does not.
        """
        with np.errstate(over="ignore"):
            return np.exp(self.log_quantile(eps))

    def hockey_stick(self, gamma: ArrayLike) -> np.ndarray:
        """``E_gamma = sum_y (pi_D - gamma pi)_+`` for ``gamma >= 0``; absolute error about 1e-15 times the coverage."""
        gamma = validation.threshold("gamma", gamma, least=0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            above = np.searchsorted(self.law.values, np.log(gamma), side="right")
            excess = self._tail_p[above] - gamma * self._tail_q[above]
        return np.where(gamma == np.inf, self.law.p_inf, np.clip(excess, 0.0, 1.0))

    def beta(self, alpha: ArrayLike) -> np.ndarray:
        """Neyman-Pearson trade-off: least model mass of a randomised test that has ``pi_D`` mass ``alpha``."""
        alpha = validation.in_range("alpha", alpha, 0.0, 1.0)
        return np.interp(alpha, self._tail_p[::-1], self._tail_q[::-1])

    def plot(self, ax=None, label: str | None = None, mark_mean: bool = True):
        """Draw coverage against ``log N`` as a step curve, a dot at ``N = exp(KL)``; returns the axes."""
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.figure().add_subplot()
        finite = self.law.finite[0]
        positive = finite[finite > 0]
        end = 1.1 * positive[-1] if positive.size else 1.0
        knots = np.concatenate(([0.0], positive, [end]))
        after = np.append(self.tail(knots[1:]), self.law.p_inf)
        (line,) = ax.step(knots, np.append(self.tail(knots[:1]), after[:-1]), where="pre", label=label)
        if mark_mean and np.isfinite(self.kl):
            ax.plot([self.kl], [self.tail(self.kl)], "o", color=line.get_color())
        ax.set_xlabel("log N (nats)")
        ax.set_ylabel("coverage Cov_N")
        return ax

    def __repr__(self) -> str:
        return f"CoverageProfile({self.law!r})"


def coverage_profile(pi_D: Policy, pi: Policy, prompt_probs: ArrayLike | None = None) -> CoverageProfile:
    """Exact coverage profile of ``pi`` against the data law ``pi_D``; see :func:`log_ratio_law`.

    Examples
    --------
    >>> from covtheory.policies import Product
    >>> float(coverage_profile(Product([0.5, 0.5], H=2), Product([0.25, 0.75], H=2))(4))
    0.25
    """
    return CoverageProfile(log_ratio_law(pi_D, pi, prompt_probs))


def _tail_sums(mass: np.ndarray, block: int = 4096) -> np.ndarray:
    """``out[i] = mass[i:].sum()`` with ``out[k] = 0``, summed from the top inside blocks, then over blocks."""
    k = len(mass)
    padded = np.zeros(-(-k // block) * block)
    padded[:k] = mass[::-1]
    rows = np.cumsum(padded.reshape(-1, block), axis=1)
    rows[1:] += np.cumsum(rows[:-1, -1])[:, None]
    out = np.zeros(k + 1)
    out[:k] = rows.ravel()[:k][::-1]
    return out
