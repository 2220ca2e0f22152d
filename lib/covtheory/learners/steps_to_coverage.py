"""How many steps of one pass until both prompts of one law are covered, for many steps side by side (notebook 09)."""

from collections.abc import Callable

import numpy as np

from covtheory.instances.one_law import OneLaw
from covtheory.learners import updates
from covtheory.learners.updates import Update
from covtheory.validation import count

BLOCK = 512
"""Sequences drawn ahead."""


def learners(law: OneLaw) -> dict[str, Callable[[np.ndarray], Update]]:
    """The learners that are compared: name to ``make(step sizes)``; vanilla steps are in units of ``1/(H B)``.

    ``clipping`` cuts gradients to ``B log N``; ``normalising`` has ``lambda = 2 B log N`` as in the theorem,
    ``normalising, small lambda`` an eighth of it.
    """
    edge = law.B * law.log_N
    return {"vanilla": lambda eta: updates.vanilla(eta / (law.H * law.B)),
            "clipping": lambda eta: updates.clipped(eta, edge),
            "normalising": lambda eta: updates.normalised(eta, 2 * edge),
            "normalising, small lambda": lambda eta: updates.normalised(eta, edge / 4),
            "sign": updates.sign,
            "Adam": updates.adam,
            "Adam, beta2 = 0.95": lambda eta: updates.adam(eta, beta2=0.95)}


def steps_to_coverage(law: OneLaw, make: Callable[[np.ndarray], Update], etas: np.ndarray, seed: int, most: int,
                      hold: int = 20) -> np.ndarray:
    """First step of ``hold`` in a row at which ``00...0`` and ``11...1`` have ratio below N; -1: not within ``most``.

    All steps see the same data, drawn from the law with ``seed``. Covered here means that all data but a share
    ``2 - zeros - ones`` are.

    Parameters
    ----------
    make : callable
        Takes step sizes, shape (S,), to an update of S runs side by side.
    etas : ndarray, shape (S,)

    Returns
    -------
    ndarray of int, shape (S,)

    Examples
    --------
    >>> law = OneLaw(H=16, B=40.0, B_plus=40.0, N=16.0)
    >>> steps_to_coverage(law, learners(law)["vanilla"], np.array([1.0, 8.0]), seed=0, most=300).tolist()
    [2, -1]
    """
    rng, update = np.random.default_rng(seed), make(np.asarray(etas, dtype=float))
    theta = np.tile(law.start, (len(etas), 1))
    first, row = np.full(len(etas), -1), np.zeros(len(etas), dtype=int)
    for t in range(count("most", most) + hold):
        covered = (law.log_ratios(theta) < law.log_N).all(axis=1)
        row = np.where(covered, row + 1, 0)
        first = np.where((row == hold) & (first < 0), t - hold + 1, first)
        if (first >= 0).all():
            break
        if t % BLOCK == 0:
            plus, counts = law.draw(rng, BLOCK)
        i = t % BLOCK
        g = law.gradient(theta, np.repeat(plus[i], len(etas)), counts[[i]])
        theta = law.project(update(theta, g, t))
    return first


def exact_ratios(law: OneLaw, make: Callable[[np.ndarray], Update], etas: np.ndarray, plus: bool, visits: int,
                 start: np.ndarray | None = None) -> np.ndarray:
    """Log ratio of ``11...1`` (``plus``) or ``00...0`` before each of its visits, nats, shape (visits + 1, S).

    Exact dynamics where every sequence is that one response to that one prompt; the other prompt moves other
    coordinates. ``start``, shape (S, 3), replaces the law's own.

    Examples
    --------
    >>> law = OneLaw(H=64, B=60.0, B_plus=7.0, N=16.0)
    >>> exact_ratios(law, learners(law)["vanilla"], np.array([8.0]), False, 2).round(1).ravel().tolist()
    [1645.7, 1645.7, 1645.7]
    """
    update, runs = make(np.asarray(etas, dtype=float)), len(etas)
    theta = np.tile(law.start, (runs, 1)) if start is None else np.asarray(start, dtype=float)
    prompt, counts = np.full(runs, plus), np.array([[0.0, law.H, 0.0] if plus else [law.H, 0.0, 0.0]])
    kept = [law.log_ratios(theta)[:, int(plus)]]
    for t in range(count("visits", visits, least=0)):
        theta = law.project(update(theta, law.gradient(theta, prompt, counts), t))
        kept.append(law.log_ratios(theta)[:, int(plus)])
    return np.array(kept)


def visits_needed(ratios: np.ndarray, log_N: float) -> np.ndarray:
    """Visits after which :func:`exact_ratios` stay below ``log_N`` to the end, shape (S,); -1 where they never do.

    Examples
    --------
    >>> visits_needed(np.array([[5.0, 0.0, 9.0], [1.0, 0.0, 9.0], [0.5, 0.0, 9.0]]), 2.0).tolist()
    [1, 0, -1]
    """
    lost = ratios >= log_N
    last = len(lost) - np.argmax(lost[::-1], axis=0)
    return np.where(lost[-1], -1, np.where(lost.any(axis=0), last, 0))
