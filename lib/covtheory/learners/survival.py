"""A verifier learned from roll-outs: how often texts that begin so came out right, by depth and by what is seen."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.samplers.merged import MergedTree
from covtheory.validation import count, same_shape


def survival_frequencies(tree: MergedTree, n: int, rng: np.random.Generator,
                         seen: ArrayLike | None = None) -> MergedTree:
    """Give a tree with rewards 0 and 1 the values ``(c + 1)/(n + 1)``, ``c`` of ``n`` roll-outs right.

    Responses keep their exact reward. Averaged over the roll-outs, one over the value is at most one over the success
    probability of what is seen (notebook 20, Theorem 2).

    Parameters
    ----------
    seen : int array_like, shape (H + 1, S), optional
        What the verifier sees of a prefix beside its depth: prefixes of one depth with one number share ``n``
        roll-outs, which start from such prefixes as ``pi_ref`` draws them. Default: the state, all there is to see.

    Raises
    ------
    ValueError
        If a reward is neither 0 nor 1.

    Examples
    --------
    >>> tree = MergedTree([[0.5]], [1.0], H=3)
    >>> survival_frequencies(tree, 9, np.random.default_rng(0)).value[:, 0]
    array([0.125, 0.4  , 0.5  , 1.   ])
    """
    if not np.isin(tree.tau, (0.0, 1.0)).all():
        raise ValueError("tree.tau: expected rewards 0 and 1")
    success, value = success_of_seen(tree, seen), tree.true_value.copy()
    seen = _seen(tree, seen)
    for h in range(1, tree.H):
        live = tree.reach[h] > 0
        _, at, kind = np.unique(seen[h, live], return_index=True, return_inverse=True)
        value[h, live] = ((rng.binomial(count("n", n), success[h, live][at]) + 1) / (n + 1))[kind]
    return tree.with_value(value)


def success_of_seen(tree: MergedTree, seen: ArrayLike | None = None) -> np.ndarray:
    """Probability that a roll-out from what is seen comes out right, by depth and state, shape (H + 1, S)."""
    seen, success = _seen(tree, seen), tree.true_value.copy()
    for h in range(1, tree.H):
        same = (seen[h][:, None] == seen[h]) * tree.reach[h]
        total = same.sum(axis=1)
        success[h] = np.divide(same @ tree.true_value[h], total, out=success[h].copy(), where=total > 0)
    return np.minimum(success, 1.0)


def blindness(tree: MergedTree, seen: ArrayLike | None = None) -> np.ndarray:
    """``E_{pi*}[V*/p]`` for ``h = 1..H``, ``p`` the success probability of what is seen: one if all states are.

    Examples
    --------
    >>> blindness(MergedTree([[0.5, 0.5], [0.0, 0.5]], [1.0, 0.0], H=2), np.zeros((3, 2)))
    array([2., 1.])
    """
    success = success_of_seen(tree, seen)
    mass = tree.reach * tree.true_value / tree.Z
    ratio = np.divide(tree.true_value, success, out=np.zeros_like(mass), where=mass > 0)
    return np.maximum((mass * ratio).sum(axis=1)[1:], 1.0)  # at least one by Jensen's inequality


def _seen(tree, seen):
    if seen is None:
        return np.broadcast_to(np.arange(tree.S), (tree.H + 1, tree.S))
    seen = np.asarray(seen)
    same_shape(seen=seen, value=tree.value)
    return seen
