"""The exact law of the log ratio ``log(pi_D / pi)`` under ``pi_D``: what every coverage quantity is a functional of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.coverage import enumeration
from covtheory.coverage.rounding import normalised, token_log_ratios
from covtheory.policies.joint import Joint
from covtheory.policies.product import Product
from covtheory.policies.protocol import Policy
from covtheory.policies.tabular import Tabular


@dataclass(frozen=True, eq=False)
class LogRatioLaw:
    """Finite law of ``L = log(pi_D(y|x) / pi(y|x))`` with ``x ~ mu``, ``y ~ pi_D(.|x)``.

    Parameters
    ----------
    values : array_like, shape (k,)
        Distinct values of L in nats, ascending; the last may be ``+inf`` (``pi = 0 < pi_D``).
    p : array_like, shape (k,)
        Mass of each value under ``pi_D``; sums to one within 1e-9.
    q : array_like, shape (k,), optional
        Mass of each value under the model, by default ``p * exp(-values)``.
    q_only : float
        Model mass where ``pi_D = 0``; ``q.sum() + q_only`` must be one within 1e-9.

    Raises
    ------
    ValueError
        Values unsorted, repeated, NaN or ``-inf``; masses negative or not summing to one.

    Examples
    --------
    >>> law = LogRatioLaw([np.log(0.5), np.log(2)], [1 / 3, 2 / 3])
    >>> law.q.round(3)
    array([0.667, 0.333])
    """

    values: np.ndarray
    p: np.ndarray
    q: np.ndarray | None = None
    q_only: float = 0.0

    def __post_init__(self):
        p = validation.probabilities("p", self.p, ndim=1)
        values = np.asarray(self.values, dtype=float)
        validation.same_shape(values=values, p=p)
        if np.isnan(values).any() or values[0] == -np.inf or not np.all(values[1:] > values[:-1]):
            raise ValueError("values: expected distinct ascending numbers above -inf (+inf allowed last)")
        q_only = float(validation.in_range("q_only", self.q_only, 0.0, 1.0 + validation.SUM_TOLERANCE))
        if self.q is None:
            with np.errstate(divide="ignore", over="ignore"):
                q = np.exp(np.log(p) - values)
        else:
            q = np.asarray(self.q, dtype=float)
        validation.same_shape(values=values, q=q)
        if not np.all(q >= 0):
            raise ValueError("q: expected non-negative masses without NaN")
        total = q.sum() + q_only
        if not abs(total - 1.0) <= validation.SUM_TOLERANCE:
            raise ValueError(f"q: model mass {q.sum():.12g} plus q_only {q_only:.12g} is {total:.12g}, expected 1")
        for name, array in (("values", values), ("p", p), ("q", q), ("q_only", q_only)):
            object.__setattr__(self, name, array)

    @property
    def p_inf(self) -> float:
        """Mass under ``pi_D`` of responses that the model cannot produce."""
        return float(self.p[-1]) if self.values[-1] == np.inf else 0.0

    @property
    def finite(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``(values, p, q)`` without the atom at ``+inf``."""
        k = len(self.values) - int(self.values[-1] == np.inf)
        return self.values[:k], self.p[:k], self.q[:k]

    def __repr__(self) -> str:
        return f"LogRatioLaw(atoms={len(self.values)}, p_inf={self.p_inf:.4g}, q_only={self.q_only:.4g})"


def law_from_atoms(values: np.ndarray, p: np.ndarray, q: np.ndarray, q_only: float = 0.0) -> LogRatioLaw:
    """Law from unsorted atoms; atoms equal up to round-off (16 ulp of the largest finite value) are lumped.

    Examples
    --------
    >>> law_from_atoms(np.zeros(2), np.array([0.5, 0.5]), np.array([0.5, 0.5])).p
    array([1.])
    """
    return LogRatioLaw(*enumeration.lump(values, p, q), q_only)


def law_from_pmfs(p: ArrayLike, q: ArrayLike, prompt_probs: ArrayLike | None = None) -> LogRatioLaw:
    """Law of ``log(p/q)`` under ``p`` for two tables of probabilities.

    Parameters
    ----------
    p, q : array_like, shape (R,) or (P, R)
        The data law and the model, one row per prompt.
    prompt_probs : array_like, shape (P,), optional
        Law of the prompt, uniform by default.

    Examples
    --------
    >>> law = law_from_pmfs([0.5, 0.5, 0.0], [0.5, 0.0, 0.5])
    >>> law.values, law.q_only
    (array([ 0., inf]), 0.5)
    """
    return _law_of_tables(Tabular(p), Tabular(q), prompt_probs)


def log_ratio_law(pi_D: Policy, pi: Policy, prompt_probs: ArrayLike | None = None) -> LogRatioLaw:
    """Exact law of ``log(pi_D/pi)`` under ``pi_D``, by enumeration.

    Two :class:`Tabular` are read off; two :class:`Product` with identical positions are enumerated by token counts,
    with different positions convolved atom by atom; any other pair of sequence policies is expanded prefix by prefix.

    Parameters
    ----------
    pi_D, pi : Policy
        Policies over the same responses and prompts.
    prompt_probs : array_like, shape (P,), optional
        Law of the prompt, uniform by default.

    Raises
    ------
    ValueError
        Shapes differ, or there are too many atoms to list.

    Examples
    --------
    >>> law = log_ratio_law(Product([0.5, 0.5], H=2), Product([0.25, 0.75], H=2))
    >>> law.p
    array([0.25, 0.5 , 0.25])
    """
    if isinstance(pi_D, Tabular) and isinstance(pi, Tabular):
        return _law_of_tables(pi_D, pi, prompt_probs)
    Joint([pi_D, pi])
    mu = _prompt_law(pi_D, prompt_probs)
    if isinstance(pi_D, Product) and isinstance(pi, Product):
        p, q = _divided(pi_D.token_probs), _divided(pi.token_probs)
        x = token_log_ratios(p, q)
        if pi_D.identical and pi.identical:
            return law_from_atoms(*enumeration.types(x[0], p[0], q[0], pi_D.H))
        return law_from_atoms(*enumeration.convolution(x, p, q))
    return law_from_atoms(*enumeration.prefix_tree(pi_D, pi, mu))


def _law_of_tables(pi_D: Tabular, pi: Tabular, prompt_probs: ArrayLike | None) -> LogRatioLaw:
    validation.same_shape(pi_D=pi_D.probs, pi=pi.probs)
    mu = _prompt_law(pi_D, prompt_probs)[:, None]
    law, model = _divided(pi_D.probs), _divided(pi.probs)
    values = token_log_ratios(law, model)
    tiny = np.minimum(pi_D.probs, pi.probs) < np.finfo(float).tiny
    with np.errstate(invalid="ignore"):
        values[tiny] = (pi_D.log_probs - pi.log_probs)[tiny]
    on = (pi_D.log_probs > -np.inf) & (mu > 0)
    p, q = mu * law, mu * model
    return law_from_atoms(values[on], p[on], q[on], float(q[~on].sum()))


def _divided(probs: np.ndarray) -> np.ndarray:
    """Rows divided by their sums; those that sum to one up to round-off are left as they are."""
    return probs if np.all(np.abs(probs.sum(axis=-1) - 1.0) <= 1e-15) else normalised(probs)


def _prompt_law(pi_D: Policy, prompt_probs: ArrayLike | None) -> np.ndarray:
    P = pi_D.n_prompts
    mu = np.full(P, 1.0 / P) if prompt_probs is None else validation.probabilities("prompt_probs", prompt_probs, ndim=1)
    if mu.shape != (P,):
        raise ValueError(f"prompt_probs: shape {mu.shape}, expected ({P},)")
    return mu
