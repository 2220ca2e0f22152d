"""Trees of partial responses with imperfect values: the examples of notebooks 14 and 25.

``V*`` is the true value. Unless said otherwise responses keep their exact reward.
"""

import numpy as np

from covtheory.samplers.backtracking import ValueTree, complete_tree
from covtheory.validation import count, in_range, threshold


def last_letter_tree(H: int, eps: float) -> ValueTree:
    """Letters a, b, c, uniform; ``c`` is forbidden; values of prefixes ending in ``a`` are ``1 + eps`` times too large.

    Our concrete form of the example that Rohatgi et al. (2025) call ABC; ``c`` is not listed (``tau = 0`` below it).

    Examples
    --------
    >>> round(last_letter_tree(3, 0.25).uniform_errors().kappa, 12)
    1.25
    """
    return _binary(H, float(threshold("eps", eps, least=0.0)) + 1, 1.0, third=True)


def two_sided_tree(H: int, kappa: float) -> ValueTree:
    """Two letters, all responses right; ``Vhat = kappa V*`` after ``a`` and ``V*/kappa`` after ``b``.

    Examples
    --------
    >>> two_sided_tree(3, 2).uniform_errors().kappa
    2.0
    """
    kappa = float(threshold("kappa", kappa))
    return _binary(H, kappa, 1 / kappa)


def delay_tree(H: int, s: float) -> ValueTree:
    """``tau = exp(s * number of ones)``, uniform bits; ``Vhat(y_1:h) = V*(y_1:h-1)``, ``h < H``, ignores the last bit.

    With reward ``mean(y)`` and regularisation ``beta`` this is ``s = 1/(beta H)``.

    Examples
    --------
    >>> bool(np.isclose(delay_tree(4, 1.0).uniform_errors().kappa, (1 + np.e) / 2))
    True
    """
    tree = complete_tree(2, H, lambda y: np.exp(s * y.sum(axis=1)))
    value = np.append(tree.true_value[0], tree.true_value[tree.parent[1:]])
    value[tree.leaves] = tree.tau
    return tree.with_value(value)


def needle_tree(H: int) -> ValueTree:
    """One right response among ``2^H``; delayed values ``Vhat(y_1:h) = V*(y_1:h-1)``, so every wrong turn is hidden.

    Only the spine and its wrong turns are listed.

    Examples
    --------
    >>> needle_tree(3).level_weights * 8
    array([1., 1., 1.])
    """
    H = count("H", H, least=2)
    spine = 2 * np.arange(H)  # node 2h is the spine at depth h, 2h - 1 the wrong turn
    parent = np.concatenate([[-1], np.repeat(np.concatenate([[0], spine[1:]]), 2)])
    depth = np.repeat(np.arange(1, H + 1), 2)
    value = np.append(2.0**-H, 2.0 ** -(H - depth + 1.0))
    value[-2:] = 0.0, 1.0
    return ValueTree(parent, np.full(2 * H + 1, 0.5), [0.0, 1.0], value, dead_ends=True)


def lonely_response_tree(H: int, kappa: float, share: float) -> ValueTree:
    """The extremal tree of the first-leaf bound (notebook 25, Theorem 1).

    At each node of a spine one child (conditional target probability ``share``) continues it and the other starts a
    chain without branches; values are ``kappa V*`` on the spine and ``V*/kappa`` on the chains. ``kappa < 1`` is
    allowed and exchanges the roles. The spine's response is the last one.

    Examples
    --------
    >>> len(lonely_response_tree(3, 2.0, 0.1))
    10
    """
    H, share = count("H", H), float(in_range("share", share, 0, 1, open_ends=True))
    # depth h holds h chain nodes (the chain that left at depth 1 first), then the spine
    start = np.cumsum(np.append(0, np.arange(1, H + 1)))
    parent, pi_ref, error = [-1], [1.0], [1.0]
    for h in range(1, H + 1):
        parent += [*range(start[h - 1], start[h - 1] + h - 1), *[start[h - 1] + h - 1] * 2]
        pi_ref += [1.0] * (h - 1) + [1 - share, share]
        error += [1 / kappa] * h + [kappa]
    return scaled(ValueTree(parent, pi_ref, np.ones(H + 1)), error)


def bottleneck_tree(H: int, share: float, kappa: float) -> ValueTree:
    """Two responses; the way to the second, of target probability ``share``, is wrong by ``kappa/share`` at every step.

    Its levels are under- and over-valued by that factor in turn, the other way has exact values. Both average errors
    stay near ``1 + kappa``, however small the share: they do not see what a uniform error would.

    Examples
    --------
    >>> errors = bottleneck_tree(4, 0.01, 3.0).average_errors()
    >>> bool(max(errors) < 4.01), round(bottleneck_tree(4, 0.01, 3.0).uniform_errors().kappa, 6)
    (True, 300.0)
    """
    H, share = count("H", H, least=2), float(in_range("share", share, 0, 1, open_ends=True))
    wrong = float(threshold("kappa", kappa)) / share
    parent = np.append([-1, 0, 0], np.arange(1, 2 * H - 1))
    pi_ref = np.append([1.0, 1 - share, share], np.ones(2 * H - 2))
    factor = np.ones(2 * H + 1)
    factor[2::2] = wrong ** -((-1.0) ** np.arange(H))
    return scaled(ValueTree(parent, pi_ref, np.ones(2)), factor)


def dead_end_tree(H: int, over: float, under: float) -> ValueTree:
    """One response at the end of a chain whose values are too small by ``under``, beside a chain that ends before it.

    The dead end's values bring every level below ``H`` to ``E_{pi_ref} Vhat = over Z``: the slowest first response of
    notebook 22, Theorem 2, up to a share that vanishes as ``over`` and ``under`` grow.

    Examples
    --------
    >>> dead_end_tree(4, 3.0, 2.0).average_errors()
    ValueErrors(over=3.0, under=2.0)
    """
    H, over, under = count("H", H, least=2), float(threshold("over", over)), float(threshold("under", under))
    parent = np.concatenate([[-1, 0, 0], np.arange(1, 2 * H - 3), [2 * H - 2]])
    pi_ref = np.append([1.0, 0.5, 0.5], np.ones(2 * H - 3))
    value = np.concatenate([[0.5], np.tile([over - 1 / under, 1 / under], H - 1), [1.0]])
    return ValueTree(parent, pi_ref, [1.0], value, dead_ends=True)


def scaled(tree: ValueTree, factor) -> ValueTree:
    """Values ``V* factor`` at partial responses, exact at responses; ``factor`` has shape (n,)."""
    value = tree.true_value * np.asarray(factor, dtype=float)
    value[tree.leaves] = tree.tau
    return tree.with_value(value)


def depth_only(tree: ValueTree, factor) -> ValueTree:
    """Values ``V* g(h)`` at depth ``h < H``; ``factor`` lists ``g(1), ..., g(H-1)``."""
    return scaled(tree, np.concatenate([[1.0], factor, [1.0]])[tree.depth])


def alternating(tree: ValueTree, kappa: float) -> ValueTree:
    """Levels over- and under-valued by ``kappa`` in turn, exact at responses: the slowest of the uniform errors.

    Examples
    --------
    >>> alternating(complete_tree(2, 4, np.ones(16)), 3).level_weights
    array([3. , 0.33333333, 3. , 1. ])
    """
    kappa = float(threshold("kappa", kappa))
    return depth_only(tree, kappa ** (-1.0) ** np.arange(tree.H - 1))


def noisy(tree: ValueTree, rng: np.random.Generator, kappa: float, kind: str = "uniform") -> ValueTree:
    """Multiply the true values by independent errors.

    ``kind`` is ``"uniform"`` (logarithm uniform in ``[-log kappa, log kappa]``), ``"signs"`` (``kappa`` or its inverse)
    or ``"normal"`` (logarithm normal with standard deviation ``log kappa``: no uniform bound).

    Examples
    --------
    >>> tree = noisy(complete_tree(2, 3, np.ones(8)), np.random.default_rng(0), 2.0, "signs")
    >>> tree.uniform_errors()
    ValueErrors(over=2.0, under=2.0)
    """
    size, spread = len(tree), np.log(float(threshold("kappa", kappa)))
    draws = {"uniform": lambda: rng.uniform(-1, 1, size), "signs": lambda: rng.choice([-1.0, 1.0], size),
             "normal": lambda: rng.normal(size=size)}
    if kind not in draws:
        raise ValueError(f"kind: got {kind!r}, expected one of {', '.join(draws)}")
    return scaled(tree, np.exp(spread * draws[kind]()))


def random_tree(rng: np.random.Generator, H: int, most_children: int = 3, most_nodes: int = 300) -> ValueTree:
    """Random branching (1 to ``most_children``), Dirichlet ``pi_ref``, exponential-squared ``tau`` with some zeros."""
    H = count("H", H)
    parent, pi_ref, level = [-1], [1.0], [0]
    for h in range(H):
        room = max(1, (most_nodes - len(parent)) // (len(level) * (H - h)))
        many = rng.integers(1, min(most_children, max(room, 2 if h == 0 else 1)) + 1, size=len(level))
        if h == 0:
            many = np.maximum(many, 2)
        start = len(parent)
        for node, k in zip(level, many, strict=True):
            parent += [node] * k
            pi_ref += list(rng.dirichlet(np.ones(k)))
        level = list(range(start, len(parent)))
    tau = rng.exponential(size=len(level)) ** 2 * (rng.random(len(level)) < 0.9)
    tau[rng.integers(len(tau))] = 1.0
    return ValueTree(parent, pi_ref, tau)


class LastLetter:
    """The walkers' model of :func:`last_letter_tree`, for any ``H``."""

    def __init__(self, H: int, eps: float):
        self.V, self.H = 2, count("H", H)
        self.factor = np.array([1.0 + float(threshold("eps", eps, least=0.0)), 1.0])

    def children(self, prefix, depth):
        """``pi_ref`` is 1/3 for each of a and b; true values are ``(2/3)^(H-h)``."""
        value = (2 / 3) ** (self.H - depth - 1.0)
        factor = np.where((depth < self.H - 1)[:, None], self.factor, 1.0)
        return np.full(factor.shape, 1 / 3), value[:, None] * factor


def _binary(H: int, after_a: float, after_b: float, third: bool = False) -> ValueTree:
    exact = complete_tree(2, H, np.ones(2 ** count("H", H)), np.full(2, 1 / 3 if third else 1 / 2))
    return scaled(exact, np.append(1.0, np.tile([after_a, after_b], (len(exact) - 1) // 2)))
