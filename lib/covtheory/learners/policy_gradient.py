"""Policy gradients on a finite softmax policy: exact expected flows, group-normalised updates, the pair chain."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp
from scipy.special import expit, logit, softmax

from covtheory import binom
from covtheory.validation import count, in_range, probabilities, same_shape

KINDS = ("reward", "normalised", "log_reward", "natural", "group")


def group_speed(p: ArrayLike, m: int) -> np.ndarray:
    """``E sqrt(c (m - c)) / m`` with ``c ~ Bin(m, p)``: expected advantage mass of a normalised group of ``m``.

    Examples
    --------
    >>> group_speed([0.0, 0.5, 1.0], 2)
    array([0.  , 0.25, 0.  ])
    """
    p, m = in_range("p", p, 0, 1), count("m", m, least=2)
    c = np.arange(1, m)
    return binom.pmf(c, m, p[..., None]) @ np.sqrt(c * (m - c)) / m


def expected_update(pi: ArrayLike, reward: ArrayLike, kind: str, m: int = 2) -> np.ndarray:
    """Expected direction of the logits for a binary reward; shape (R,).

    ``reward`` is the gradient of ``p``; ``normalised`` and ``log_reward`` divide it by ``sqrt(p(1-p))`` and ``p``;
    ``natural`` is the advantage itself; ``group`` is the mean of ``sum_i A_i grad log pi(y_i) / m`` with advantages
    centred and scaled by the group's own mean and standard deviation (zero if all rewards agree).

    Raises
    ------
    ValueError
        ``pi`` no distribution, rewards other than 0 and 1, shapes that differ, unknown kind.

    Examples
    --------
    >>> expected_update([0.25, 0.75], [1, 0], "reward")
    array([ 0.1875, -0.1875])
    """
    pi, reward = probabilities("pi", pi, ndim=1), np.asarray(reward, dtype=float)
    same_shape(pi=pi, reward=reward)
    if not np.isin(reward, (0.0, 1.0)).all():
        raise ValueError("reward: expected only 0 and 1")
    if kind not in KINDS:
        raise ValueError(f"kind: got {kind!r}, expected one of {KINDS}")
    return _update(pi, reward, kind, m)


def _update(pi, reward, kind, m):
    """:func:`expected_update` of checked arguments."""
    p, fail = pi @ reward, pi @ (1 - reward)
    if p == 0 or fail == 0:
        return np.zeros_like(pi)
    if kind == "natural":
        return reward - p
    scale = {"reward": 1.0, "normalised": (p * fail) ** -0.5, "log_reward": 1 / p}
    weight = group_speed(min(p, 1.0), m) / (p * fail) if kind == "group" else scale[kind]
    return weight * pi * np.where(reward == 1, fail, -p)


def flow_time_numerical(pi: ArrayLike, reward: ArrayLike, target: float, kind: str, m: int = 2) -> float:
    """Time at which the flow ``d theta/dt = expected_update`` reaches success rate ``target``, by integration.

    An adaptive Runge-Kutta integration of all ``R`` logits (relative tolerance 1e-10), with ``log p - log(1-p)`` as
    the clock: ``dt/du`` is integrated along, so that the end is hit exactly.

    Raises
    ------
    ValueError
        A start without success, or beyond the target.

    Examples
    --------
    >>> round(flow_time_numerical([0.2, 0.8], [1, 0], 0.5, "natural"), 9) == round(float(np.log(4)), 9)
    True
    """
    pi, reward = probabilities("pi", pi, ndim=1), np.asarray(reward, dtype=float)
    target = float(in_range("target", target, 0, 1, open_ends=True))
    p0 = float(pi @ reward)
    expected_update(pi, reward, kind, m)  # checks the arguments once
    if not 0 < p0 < target:
        raise ValueError(f"pi: success rate {p0:.6g}, expected a rate in (0, target = {target:.6g})")

    def speed(_, z):
        policy = np.exp(z[:-1] - z[:-1].max())
        policy /= policy.sum()
        step = _update(policy, reward, kind, m)
        p = policy @ reward
        right, wrong = policy * reward / p, policy * (1 - reward) / (1 - p)
        du = right @ step - wrong @ step  # d logit p / dt
        return np.append(step, 1.0) / du

    with np.errstate(divide="ignore"):
        start = np.append(np.maximum(np.log(pi), -700.0), 0.0)
    found = solve_ivp(speed, (float(logit(p0)), float(logit(target))), start, method="DOP853", rtol=1e-10, atol=1e-10)
    return float(found.y[-1, -1])


def group_time(p0: float, p1: float, m: int) -> float:
    """Time of the expected group flow for two responses: ``int du / (2 g_m)`` from ``logit p0`` to ``logit p1``.

    Gauss-Legendre with 20 points on panels of at most half a nat.

    Examples
    --------
    >>> from covtheory.bounds.policy_gradient import flow_time
    >>> bool(np.isclose(group_time(1e-4, 0.5, 2), flow_time(1e-4, 0.5, "reward"), rtol=1e-12))
    True
    """
    low, high = (float(logit(in_range(name, p, 0, 1, open_ends=True))) for name, p in (("p0", p0), ("p1", p1)))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(low, high, max(2, int(np.ceil(2 * abs(high - low))) + 1))
    half = np.diff(edges)[:, None] / 2
    u = edges[:-1, None] + half * (1 + nodes)
    return float((half * weights / (2 * group_speed(expit(u), m))).sum())


class PairChain:
    """Group-normalised updates with groups of two on two responses, exactly: a pure birth chain of the log odds.

    A group of one success and one failure (probability ``q = 2 p (1-p)``) adds ``eta`` to the log odds; any other
    group changes nothing. State ``j`` has log odds ``logit p0 + j eta``.

    Parameters
    ----------
    p0 : float
        Success rate at the start, in (0, 1).
    eta : float
        Step size, > 0.

    Examples
    --------
    >>> PairChain(0.2, np.log(2)).rates(3).round(4)
    array([0.2   , 0.3333, 0.5   ])
    """

    def __init__(self, p0: float, eta: float):
        self.p0 = float(in_range("p0", p0, 0, 1, open_ends=True))
        if not 0 < eta < np.inf:
            raise ValueError(f"eta: got {eta!r}, expected a finite step > 0")
        self.eta = float(eta)

    def rates(self, states: int) -> np.ndarray:
        """Success rates of the first ``states`` states."""
        return expit(logit(self.p0) + self.eta * np.arange(count("states", states)))

    def births(self, target: float) -> int:
        """Number of informative groups until the success rate is at least ``target``."""
        gap = float(logit(in_range("target", target, 0, 1, open_ends=True)) - logit(self.p0))
        return max(0, int(np.ceil(gap / self.eta * (1 - 1e-12))))

    def mean_time(self, target: float) -> float:
        """Expected number of groups until the success rate is at least ``target``."""
        p = self.rates(self.births(target) + 1)[:-1]
        return float((0.5 / (p * (1 - p))).sum())

    def law_after(self, groups: int) -> tuple[np.ndarray, np.ndarray]:
        """Success rates of the states that can be reached in ``groups`` groups, and their probabilities."""
        groups = count("groups", groups, least=0)
        p = self.rates(groups + 1)
        move = 2 * p * (1 - p)
        law = np.zeros(groups + 1)
        law[0] = 1.0
        for _ in range(groups):
            flow = law * move
            law = law - flow
            law[1:] += flow[:-1]
        return p, law

    def reached(self, target: float, groups: int) -> float:
        """Probability that the success rate is at least ``target`` after ``groups`` groups."""
        _, law = self.law_after(groups)
        return float(law[self.births(target):].sum())


def sample_group_updates(
    pi: ArrayLike, reward: ArrayLike, m: int, eta: float, groups: int, runs: int, rng: np.random.Generator
) -> np.ndarray:
    """Success rates of ``runs`` independent sampled learners after each of ``groups`` group-normalised updates.

    Each update draws ``m`` responses from the current softmax policy and adds ``eta * sum_i A_i grad log pi(y_i) / m``.

    Returns
    -------
    ndarray, shape (groups + 1, runs)

    Examples
    --------
    >>> sample_group_updates([0.5, 0.5], [1, 0], 4, 0.1, 3, 5, np.random.default_rng(0)).shape
    (4, 5)
    """
    pi, reward = probabilities("pi", pi, ndim=1), np.asarray(reward, dtype=float)
    same_shape(pi=pi, reward=reward)
    m, groups, runs = count("m", m, least=2), count("groups", groups, least=0), count("runs", runs)
    with np.errstate(divide="ignore"):
        theta = np.tile(np.log(pi), (runs, 1))
    rates = [np.full(runs, pi @ reward)]
    for _ in range(groups):
        policy = softmax(theta, axis=1)
        uniforms = rng.random((runs, m, 1)) * policy.sum(axis=1)[:, None, None]
        y = np.minimum((uniforms > np.cumsum(policy, axis=1)[:, None, :]).sum(axis=2), pi.size - 1)
        r = reward[y]
        centred = r - r.mean(axis=1, keepdims=True)
        spread = r.std(axis=1, keepdims=True)
        advantage = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
        hits = (y[:, :, None] == np.arange(pi.size)) * advantage[:, :, None]
        theta = theta + eta * (hits.sum(axis=1) - advantage.sum(axis=1, keepdims=True) * policy) / m
        rates.append(softmax(theta, axis=1) @ reward)
    return np.array(rates)
