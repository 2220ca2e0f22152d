"""KL that no learner can avoid, proper or not, on a product class of signs behind a rare prompt (notebook 06).

Prompt "+" has mass ``mu``; after it position h is ``s_h`` with probability ``q = 1/(1 + e^{-2u})``, else ``-s_h``; the
H signs are unknown. KL and coverage are those of the whole problem: prompt "-" adds nothing.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, gammaln, xlogy

from covtheory.validation import count, threshold


def sign_information(m: int, u: ArrayLike) -> np.ndarray:
    """Bayes KL of the next token at a position seen m times, the sign uniform; nats, shape of ``u > 0``.

    The mutual information of the sign and the next token given the m tokens: ``E H(predictive) - H(q)``. It decreases
    in m; at ``m = 0`` it is ``log 2 - H(q)``.

    Source: this collection (notebook 06).

    Examples
    --------
    >>> round(float(sign_information(0, 1.0)), 6), round(float(sign_information(1, 1.0)), 6)
    (0.327813, 0.148606)
    """
    m, u = count("m", m, least=0), threshold("u", u, least=0.0, strict=True)[..., None]
    k, q = np.arange(m + 1), expit(2 * u)
    log_choose = gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1)
    chance = np.exp(log_choose + k * np.log(q) + (m - k) * np.log1p(-q))  # pluses seen if the sign is plus
    right = expit(2 * u * (2 * k - m))  # posterior probability of that sign
    plus = right * q + (1 - right) * (1 - q)
    return (chance * (xlogy(q, q) - xlogy(q, plus) + xlogy(1 - q, 1 - q) - xlogy(1 - q, 1 - plus))).sum(axis=-1)


def kl_every_learner(H: ArrayLike, n: int, u: float, sightings: float = 1.0) -> np.ndarray:
    """Least, over all learners, of the largest ``E KL`` over the signs, from n samples: at least this; linear in H.

    ``mu H sum_m Bin(n, mu)(m) sign_information(m, u)`` with ``mu = sightings / n``: the Bayes risk of uniform signs,
    which the posterior mixture attains.

    Parameters
    ----------
    H : array_like
        Tokens of a response, at least one.
    n : int
    u : float
        Positive; with ``u = 1`` features and parameters are those of Prop 3.2.
    sightings : float
        How often prompt "+" is seen on average, in (0, n].

    Source: this collection (notebook 06).

    Examples
    --------
    >>> round(float(kl_every_learner(1000, 1000, 1.0)), 4)
    0.1953
    """
    n, H = count("n", n), threshold("H", H)
    mu = float(threshold("sightings", sightings, least=0.0, strict=True)) / n
    if mu > 1:
        raise ValueError(f"sightings: got {sightings:g}, expected at most n = {n}")
    seen = np.arange(min(n, int(sightings + 40 * np.sqrt(sightings) + 40)) + 1)  # more have a chance below 1e-30
    log_choose = gammaln(n + 1) - gammaln(seen + 1) - gammaln(n - seen + 1)
    chance = np.exp(log_choose + xlogy(seen, mu) + xlogy(n - seen, 1 - mu))
    return mu * H * (chance @ [sign_information(int(m), u) for m in seen])
