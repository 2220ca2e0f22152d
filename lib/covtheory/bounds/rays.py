"""Coverage of the MLE on rays from the truth: no cover, no length, no bound on the parameters (notebook 19).

A *ray* is a family ``pi_u``, ``u`` in an interval that starts at 0, with ``pi_0 = pi_D`` and ``u -> log pi_u(y|x)``
concave outside one null set. One real parameter with a concave log-likelihood is two rays, one on each side of the
truth: exponential families, logistic regression on one feature, segments of mixtures.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.bounds.classical import phi_star
from covtheory.validation import in_range, probabilities, threshold


def ray_coverage(N: ArrayLike, n: ArrayLike, delta: ArrayLike | None, rays: ArrayLike = 2) -> np.ndarray:
    """``log(rays/delta) / (n phi*(N))``: with probability ``1 - delta`` above ``Cov_N(pihat)`` for ALL ``N > 1``.

    Parameters
    ----------
    delta : array_like or None
        None bounds the expectation: ``(1 + log rays) / (n phi*(N))``.
    rays : array_like
        How many rays the class consists of; 2 for one real parameter, 1 if the truth is its end.

    Source: this collection, notebook 19, Theorem R.

    Examples
    --------
    >>> round(float(ray_coverage(1e6, 1000, 0.05)), 6)
    0.005001
    """
    confidence = 1.0 if delta is None else -np.log(in_range("delta", delta, 0, 1, open_ends=True))
    return (np.log(threshold("rays", rays)) + confidence) / (threshold("n", n) * phi_star(N))


def ray_failure(p: ArrayLike, N: ArrayLike, n: ArrayLike, rays: ArrayLike = 2) -> np.ndarray:
    """``min(1, rays (1 - p phi*(N))^n)``, at least ``P[Cov_N(pihat) >= p]``.

    Source: this collection, notebook 19, Theorem R.

    Examples
    --------
    >>> round(float(ray_failure(0.01, 1e6, 1000)), 6)
    0.001219
    """
    exponent = threshold("n", n) * np.log1p(-in_range("p", p, 0, 1) * phi_star(N))
    return np.minimum(1.0, threshold("rays", rays) * np.exp(exponent))


def product_coverage(masses: ArrayLike, N: ArrayLike, n: ArrayLike) -> np.ndarray:
    """``sum_x min(mu_x, (1 + log 2)/(n phi*(N)))``: above ``E Cov_N`` if each prompt has one parameter of its own.

    Parameters
    ----------
    masses : array_like, shape (prompts,)
        Probabilities of the prompts.
    N, n : array_like
        Broadcast against each other; the shape of the result.

    Source: this collection, notebook 19, Theorem R, product families.

    Examples
    --------
    >>> round(float(product_coverage([0.5, 0.3, 0.2], 1e6, 1000)), 6)
    0.006887
    """
    masses = probabilities("masses", masses, ndim=1)
    return np.minimum(masses, ray_coverage(N, n, None)[..., None]).sum(axis=-1)
