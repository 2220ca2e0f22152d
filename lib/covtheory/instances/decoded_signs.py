"""The rare prompt of notebook 10: signs with ``P(+) = sigmoid(2)``, read by a parameter that moves as it reads."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc, expit

from covtheory import binom
from covtheory.validation import count, in_range, threshold


def sign_kl(theta: ArrayLike, theta_star: float = 1.0) -> np.ndarray:
    """KL per sign, nats, of the model ``theta`` from the data parameter ``theta_star`` (features +-1).

    Examples
    --------
    >>> round(float(sign_kl(0.0)), 5)
    0.32781
    """
    theta = np.asarray(theta, dtype=float)
    return np.maximum(_log_cosh(theta) - _log_cosh(theta_star) - (theta - theta_star) * np.tanh(theta_star), 0.0)


def sign_chain(
    H: int, steps: ArrayLike, start: float = 0.0, points: int = 20_000, *, both: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Certified bracket of the expected KL of each of ``H`` signs, decoded with updates; data parameter 1.

    The update ``clip(theta + eta (y - tanh theta))`` increases with ``theta`` for ``eta <= 1`` and the KL decreases on
    [-1, 1], in one direction and (``both``) summed over both. So rounding the parameter down to a grid after every
    update bounds the KL from above, rounding up bounds it from below, along every path; the law of a rounded parameter
    is a vector. The grid is ``1 - 2 u^2``, fine near the data parameter. Certified up to floating-point round-off,
    about ``H`` times 1e-15.

    Parameters
    ----------
    steps : array_like, shape () or (H,)
        Step sizes in (0, 1].
    both : bool
        Bracket ``KL + reverse KL = (1 - theta)(tanh 1 - tanh theta)`` instead.

    Returns
    -------
    lower, upper : ndarray, shape (H,)
        Nats, before each of the tokens 1..H.

    Examples
    --------
    >>> lower, upper = sign_chain(3, 0.5, points=2000)
    >>> bool((lower <= upper).all()), round(float(upper[0]), 5)
    (True, 0.32781)
    """
    H, points = count("H", H), count("points", points)
    steps = np.broadcast_to(in_range("steps", steps, 0.0, 1.0), (H,))
    in_range("start", start, -1.0, 1.0)
    grid = _grid(points)

    def cost(theta):
        return (1.0 - theta) * (np.tanh(1.0) - np.tanh(theta)) if both else sign_kl(theta)

    slope, loss, plus = np.tanh(grid), cost(grid), float(expit(2.0))
    laws, at = np.zeros((2, points + 1)), _place(start, points)  # rounded down, rounded up
    laws[0][int(np.floor(at))] = laws[1][int(np.ceil(at))] = 1.0
    out, moves, current = np.empty((2, H)), None, None
    for h in range(H):
        out[:, h] = laws[1] @ loss, laws[0] @ loss
        if steps[h] != current:
            current = steps[h]
            targets = [np.clip(grid + current * (y - slope), -1.0, 1.0) for y in (1.0, -1.0)]
            moves = [[r(_place(t, points)).astype(np.intp) for t in targets] for r in (np.floor, np.ceil)]
        laws = [np.bincount(up, plus * law, points + 1) + np.bincount(down, (1 - plus) * law, points + 1)
                for law, (up, down) in zip(laws, moves, strict=True)]
    out[:, 0] = cost(start)
    return out[0], out[1]


def after_training(token_kl: ArrayLike, H: int, n: int, mass: float) -> float:
    """Expected KL (nats) of the decoder after ``n`` samples, over all samples: ``mass sum_k P(k visits) S_k``.

    Only the rare prompt moves the parameter, and the decoder continues the very chain that training ran: after ``k``
    visits its expected KL on that prompt is the sum ``S_k`` of tokens ``kH + 1 .. (k+1)H`` of one uninterrupted chain.

    Parameters
    ----------
    token_kl : array_like, shape ((n + 1) H,)
        Expected KL of each sign of that chain (or either end of :func:`sign_chain`).
    mass : float
        Of the rare prompt.

    Examples
    --------
    >>> round(after_training([1.0, 0.5], H=1, n=1, mass=0.5), 12)
    0.375
    """
    H, n = count("H", H), count("n", n, least=0)
    token_kl = threshold("token_kl", token_kl, least=0.0)
    if token_kl.shape != ((n + 1) * H,):
        raise ValueError(f"token_kl: shape {token_kl.shape}, expected {((n + 1) * H,)}")
    visits = binom.pmf(np.arange(n + 1), n, in_range("mass", mass, 0.0, 1.0))
    return float(mass * (visits @ token_kl.reshape(n + 1, H).sum(axis=1)))


def frozen_coverage(theta: ArrayLike, H: int, N: float) -> np.ndarray:
    """``Cov_N`` of the member ``theta`` of the class on ``H`` signs, data parameter 1: a binomial tail, exact.

    The log ratio is ``(1 - theta) S - H (log cosh 1 - log cosh theta)``, S the sum of the signs. Shape of ``theta``.

    Parameters
    ----------
    theta : array_like
        In [-1, 1].
    N : float
        More than 1.

    Examples
    --------
    >>> frozen_coverage([0.0, 1.0], H=64, N=1000).round(3).tolist()
    [0.993, 0.0]
    """
    theta, H = in_range("theta", theta, -1.0, 1.0), count("H", H)
    log_N = float(np.log(threshold("N", N, strict=True)))
    away = theta < 1.0
    gap = np.where(away, 1.0 - theta, 1.0)
    least = (log_N + H * (_log_cosh(1.0) - _log_cosh(theta))) / gap  # uncovered from this sum of signs on
    plus = np.clip(np.ceil((H + least) / 2 - 1e-9), 0, H + 1)
    return np.where(away & (plus <= H), bdtrc(np.minimum(plus, H) - 1, H, float(expit(2.0))), 0.0)


def decode(
    rng: np.random.Generator, steps: ArrayLike, starts: ArrayLike, H: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Draw responses of the data law (parameter 1) and read them with updates.

    Parameters
    ----------
    steps : array_like, shape () or (H,) or (H, n)
        Step sizes before each token's update, in [0, 1].
    starts : array_like, shape (n,)
        Parameter of each run before its response, in [-1, 1].
    H : int, optional
        Length, where ``steps`` does not give it.

    Returns
    -------
    log_ratio, theta : ndarray, shape (n,)
        ``log pi_D/pi`` of each response under its decoder, nats; the parameter after the response.

    Examples
    --------
    >>> log_ratio, theta = decode(np.random.default_rng(0), 0.0, [1.0, 1.0], H=5)
    >>> log_ratio.round(9).tolist(), theta.tolist()
    ([0.0, 0.0], [1.0, 1.0])
    """
    steps = in_range("steps", steps, 0.0, 1.0)
    if H is None and not steps.ndim:
        raise ValueError("H: expected the length, as one step is given for all tokens")
    H = count("H", len(steps) if H is None else H)
    theta = np.array(in_range("starts", starts, -1.0, 1.0))
    if theta.ndim != 1 or not theta.size:
        raise ValueError(f"starts: shape {theta.shape}, expected (n,) with n >= 1")
    steps = np.broadcast_to(steps[:, None] if steps.ndim == 1 else steps, (H, len(theta)))
    signs = np.where(rng.random((H, len(theta))) < expit(2.0), 2.0, -2.0)
    log_ratio = -np.logaddexp(0.0, -signs).sum(axis=0)
    product = np.ones(len(theta))  # of 1/pi, emptied into the sum before it could overflow
    for h in range(H):
        odds = np.exp(-signs[h] * theta)
        wrong = odds / (1.0 + odds)
        product *= 1.0 + odds
        if h % 64 == 63:
            log_ratio, product = log_ratio + np.log(product), np.ones(len(theta))
        theta = np.clip(theta + steps[h] * signs[h] * wrong, -1.0, 1.0)
    return log_ratio + np.log(product), theta


def log_ratio_moment(H: int, eta: float, s: ArrayLike, start: float = 0.0, points: int = 2000) -> np.ndarray:
    """Certified upper end of ``E exp(-s L)``, 0 < s < 1, L the log ratio of ``H`` signs decoded with step ``eta``.

    By Markov's inequality ``1 - Cov_N = P[L < log N] <= N^s E exp(-s L)``. The moment obeys, backwards from 1,
    ``V(theta) = sum_y p(y)^(1-s) q_theta(y)^s V(theta after y)`` and increases with ``theta`` for ``eta <= 1``
    (notebook 10), so rounding the parameter up to a grid can only raise it. Certified up to floating-point round-off.

    Parameters
    ----------
    eta : float
        In (0, 1].
    s : array_like, shape (k,)
    start : float
        In [-1, 1].
    points : int
        Of the grid ``1 - 2 u^2``.

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> bool((log_ratio_moment(64, 0.1, [0.5]) < 1).all())
    True
    """
    H, points, eta = count("H", H), count("points", points), float(in_range("eta", eta, 0.0, 1.0))
    s = in_range("s", s, 0.0, 1.0, open_ends=True)[:, None]
    grid = _grid(points)
    weights, moves = [], []
    for y in (1.0, -1.0):
        log_p, log_q = y - _log_cosh(1.0), y * grid - _log_cosh(grid)
        weights.append(np.exp((1 - s) * log_p + s * log_q) / 2.0)
        target = np.clip(grid + eta * (y - np.tanh(grid)), -1.0, 1.0)
        moves.append(np.ceil(_place(target, points)).astype(np.intp))
    value = np.ones((len(s), points + 1))
    for _ in range(H):
        value = weights[0] * value[:, moves[0]] + weights[1] * value[:, moves[1]]
    return value[:, int(np.ceil(_place(float(in_range("start", start, -1.0, 1.0)), points)))]


def _grid(points):
    return 1.0 - 2.0 * np.linspace(1.0, 0.0, points + 1) ** 2


def _place(theta, points):
    """Where a parameter stands on the grid: the floor is the grid point below, the ceiling the one above."""
    return (1.0 - np.sqrt((1.0 - theta) / 2.0)) * points


def _log_cosh(theta):
    return np.logaddexp(theta, -theta) - np.log(2.0)
