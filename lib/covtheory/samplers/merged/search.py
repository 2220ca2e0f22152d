"""Laws and times of the samplers on a merged tree, by recursion over depth and state; sums of non-negative terms only.

A law of responses that weighs actions by a function of the state is given by its *steps*, shape (H, S, S): the
conditional probability of every next state. Several actions that lead to one state share it as ``pi_ref`` does under
all laws here, so divergences between steps are those between laws of responses.
"""

import numpy as np
from scipy.special import kl_div

from covtheory.samplers.merged.tree import MergedTree


def target_steps(tree: MergedTree) -> np.ndarray:
    """Steps of the target ``pi*``: the next state in proportion to ``pi_ref V*``.

    Examples
    --------
    >>> target_steps(MergedTree([[0.5, 0.5], [0.0, 0.5]], [1.0, 1.0], H=2))[0, 0].round(4)
    array([0.6667, 0.3333])
    """
    return _normalised(tree, tree.true_value)


def action_level_steps(tree: MergedTree) -> np.ndarray:
    """Steps of the sampler that goes forward only: in proportion to ``pi_ref Vhat``."""
    return _normalised(tree, tree.value)


def conductance(tree: MergedTree) -> np.ndarray:
    """Conductance from the parent of a prefix through it to the responses, per unit of reference mass, (H + 1, S).

    ``1/c = 1/Vhat + 1/sum_a pi_ref(a) c(va)``; row 0 is the sum over the root's children.
    """
    through = np.empty((tree.H + 1, tree.S))
    through[-1] = tree.tau
    for h in range(tree.H - 1, -1, -1):
        below, own = tree.step[h] @ through[h + 1], tree.value[h]
        through[h] = np.divide(own * below, own + below, out=np.zeros(tree.S), where=below > 0) if h else below
    return through


def first_response_steps(tree: MergedTree) -> np.ndarray:
    """Steps of the first response that the backtracking walk meets (harmonic measure of the tree).

    Examples
    --------
    >>> law = first_response_steps(MergedTree([[0.5, 0.5], [0.5, 0.5]], [1, 1], H=2, value=[[1, 1], [2, 1], [1, 1]]))
    >>> (7 * law[0, 0]).round(9)
    array([4., 3.])
    """
    return _normalised(tree, conductance(tree))


def kl_to(tree: MergedTree, steps: np.ndarray) -> float:
    """``KL(pi* || law with these steps)``, nats: the sum over depths of the mean divergence of one step.

    Examples
    --------
    >>> tree = MergedTree([[0.5, 0.5], [0.5, 0.5]], [1, 1], H=2, value=[[1, 1], [2, 1], [1, 1]])
    >>> round(kl_to(tree, action_level_steps(tree)), 9) == round(float(np.log(9 / 8) / 2), 9)
    True
    """
    target = target_steps(tree)
    mass, each = marginals(tree, target)[:-1], kl_div(target, steps).sum(axis=2)
    return float((mass * np.where(mass > 0, each, 0.0)).sum())


def average_errors(tree: MergedTree) -> tuple[np.ndarray, np.ndarray]:
    """``a_h = E_{pi_ref} Vhat(y_1:h)/Z`` and ``b_h = E_{pi*}[V*/Vhat]`` for ``h = 1..H``; both one for true values.

    Their largest entries are the average errors of notebook 25, Theorem 3. ``2 sum a`` is the mean number of moves
    between two visits of responses (:func:`moves_per_response`), and the mean number of moves before the first one is
    at most ``sum b (2 sum a - 1)`` (notebook 20, Theorem 1).
    """
    over = (tree.reach * tree.value).sum(axis=1) / tree.Z
    mass = tree.reach * tree.true_value / tree.Z
    ratio = np.divide(tree.true_value, tree.value, out=np.zeros_like(mass), where=mass > 0)
    return over[1:], (mass * ratio).sum(axis=1)[1:]


def rejection_letters(tree: MergedTree) -> float:
    """Letters that outcome-level rejection draws per response, stopping a draw where the tree ends: ``sum_h A_h/Z``.

    ``A_h`` is the reference mass of the listed prefixes of length ``h = 0..H-1``; rewards are 0 or 1.

    Examples
    --------
    >>> rejection_letters(MergedTree([[0.5]], [1.0], H=2))  # a wrong first letter is seen at once
    6.0
    """
    return float(tree.reach[:-1].sum() / tree.Z)


def wasted_letters(tree: MergedTree) -> float:
    """``sum_{h=1}^{H-1} (A_h/Z - 1)``: of those letters the ones in vain, the first of every draw not counted.

    Examples
    --------
    >>> wasted_letters(MergedTree([[0.5]], [1.0], H=2))
    1.0
    """
    return float((tree.reach[1:-1].sum(axis=1) / tree.Z - 1).sum())


def moves_per_response(tree: MergedTree) -> float:
    """Mean number of non-lazy moves between visits of responses, in the long run: ``2 sum_h E_{pi_ref} Vhat/Z``.

    Examples
    --------
    >>> round(moves_per_response(MergedTree([[0.5, 0.25], [0.5, 0.0]], [1.0, 1.0], H=3)), 9)
    6.0
    """
    return float(2 * average_errors(tree)[0].sum())


def hitting_time(tree: MergedTree) -> float:
    """Mean number of non-lazy moves from the root to the first response.

    Examples
    --------
    >>> round(hitting_time(MergedTree([[0.5, 0.25], [0.5, 0.0]], [1.0, 1.0], H=8)), 9)  # true values: H^2
    64.0
    """
    through, cost = conductance(tree), np.zeros(tree.S)  # moves made below a prefix, before its parent is seen again
    for h in range(tree.H - 1, -1, -1):
        edges = tree.step[h] @ (tree.value[h + 1] * (1 + cost))
        shared = tree.step[h] @ through[h + 1]
        if h == 0:
            return float(edges[tree.start] / shared[tree.start])
        total = tree.value[h] + edges
        cost = np.divide(total, tree.value[h] + shared, out=np.zeros(tree.S), where=total > 0)
    raise AssertionError("H is at least one")


def _normalised(tree, weight):
    part = tree.step * weight[1:, None, :]
    total = part.sum(axis=2, keepdims=True)
    return np.divide(part, total, out=np.zeros_like(part), where=total > 0)


def marginals(tree, steps):
    """Probability of each state at each depth under a law with these steps, shape (H + 1, S).

    Examples
    --------
    >>> tree = MergedTree([[0.5, 0.5], [0.0, 0.5]], [1.0, 0.0], H=2)
    >>> marginals(tree, action_level_steps(tree))[-1]
    array([1., 0.])
    """
    mass = np.zeros((tree.H + 1, tree.S))
    mass[0, tree.start] = 1.0
    for h in range(tree.H):
        mass[h + 1] = mass[h] @ steps[h]
    return mass
