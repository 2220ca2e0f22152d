"""How long policy gradients need, against the success rate ``p0`` of the base policy (notebook 24)."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from covtheory.validation import in_range, threshold


def success_seen(p: ArrayLike, draws: ArrayLike) -> np.ndarray:
    """Probability ``1 - (1 - p)^draws`` that a learner which stands still until its first success ever sees one.

    Source: notebook 24, Theorem 1.

    Examples
    --------
    >>> success_seen([0.0, 0.5, 1.0], 2)
    array([0.  , 0.75, 1.  ])
    """
    p, draws = in_range("p", p, 0, 1), threshold("draws", draws, least=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_miss = np.where(draws > 0, draws * np.log1p(-p), 0.0)
    return -np.expm1(log_miss)


def needle_seen(R: ArrayLike, draws: ArrayLike) -> np.ndarray:
    """Largest average probability ``min(1, draws/R)`` of finding one right answer at a uniformly random place among R.

    Source: notebook 24, Theorem 1.

    Examples
    --------
    >>> needle_seen(8, [2, 20])
    array([0.25, 1.  ])
    """
    return np.minimum(1.0, threshold("draws", draws, least=0.0) / threshold("R", R))


def flow_time(p0: ArrayLike, p1: ArrayLike, kind: str = "reward") -> np.ndarray:
    """Least time from success rate ``p0`` to ``p1 >= p0`` of the softmax flow; exact for two responses.

    ``reward``: gradient of p. ``normalised``: divided by ``sqrt(p(1-p))``. ``log_reward``: gradient of log p.
    ``natural``: Fisher-preconditioned gradient of p (exact for every number of responses).

    Raises
    ------
    ValueError
        Unknown kind, or rates outside (0, 1).

    Source: notebook 24, Theorem 2.

    Examples
    --------
    >>> round(float(flow_time(0.2, 0.8, "natural") / np.log(4)), 9)
    2.0
    """
    p0, p1 = (in_range(name, p, 0, 1, open_ends=True) for name, p in (("p0", p0), ("p1", p1)))
    if kind not in _PRIMITIVES:
        raise ValueError(f"kind: got {kind!r}, expected one of {tuple(_PRIMITIVES)}")
    return _PRIMITIVES[kind](logit(p1)) - _PRIMITIVES[kind](logit(p0))


def group_time_lower(p0: ArrayLike, p1: ArrayLike, m: ArrayLike) -> np.ndarray:
    """Least time of the expected group-normalised flow with ``m`` samples per group, any number of responses.

    The larger of the plain flow's time over ``sqrt(m-1)``, exact for ``m`` = 2 and 3 and two responses, and
    ``sqrt(m/(m-1))`` times the time with exact normalisation.

    Source: notebook 24, Theorem 3.

    Examples
    --------
    >>> float(group_time_lower(1e-6, 0.5, 5).round(1))
    250006.7
    """
    m = threshold("m", m, least=2.0)
    plain = flow_time(p0, p1, "reward") / np.sqrt(m - 1)
    return np.maximum(plain, np.sqrt(m / (m - 1)) * flow_time(p0, p1, "normalised"))


_PRIMITIVES = {  # antiderivatives, in u = logit p, of 1 / (du/dt) for two responses
    "reward": lambda u: u + np.sinh(u),
    "normalised": lambda u: 2 * np.sinh(u / 2),
    "log_reward": lambda u: (u + np.exp(u)) / 2,
    "natural": lambda u: u,
}
