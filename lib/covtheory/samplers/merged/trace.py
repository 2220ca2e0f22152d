"""The walk watched at responses: chi-square divergence of the k-th response from the target, on any merged tree.

From a response ``y`` the walk climbs to a prefix ``y_1:j`` and comes down to the next response. It climbs past ``v``
with probability ``u(v) = Vhat/(Vhat + s)``, ``s`` the conductance from ``v`` down to the responses, and from where it
turns it comes down like a first response. So for a function ``f`` of responses

    (P f)(y) = sum_j (1 - u(y_1:j)) prod_{i=j+1}^{H-1} u(y_1:i) E[f | begins with y_1:j],    u(root) = 0.

If ``f`` is computed along ``y`` by a vector that is multiplied by a matrix at every letter, then so is ``P f``, with
one entry more. The density ``f_0 = nu/pi*`` of the first response is a product over letters (one entry); by
reversibility the density of response ``k + 1`` is ``P`` applied to that of response ``k``.
"""

import numpy as np

from covtheory.samplers.merged.search import conductance, first_response_steps, marginals, target_steps
from covtheory.samplers.merged.tree import MergedTree
from covtheory.validation import count


def trace_chi_square(tree: MergedTree, most: int) -> np.ndarray:
    """``chi^2(law of response k || pi*) = E_{pi*}[(law/pi*)^2] - 1`` for ``k = 1..most``; KL is at most ``log(1 + .)``.

    Time of order ``H S^2 most^3``. The subtraction costs digits: below 1e-12 the result is rounding.

    Examples
    --------
    >>> tree = MergedTree([[0.5, 0.5], [0.5, 0.5]], [1, 1], H=2, value=[[1, 1], [2, 1], [1, 1]])
    >>> round(float(49 * trace_chi_square(tree, 1)[0]), 9)  # the first response: 4/14, 4/14, 3/14, 3/14
    1.0
    """
    most = count("most", most)
    down, target = first_response_steps(tree), target_steps(tree)
    ratio = np.divide(down, target, out=np.zeros_like(down), where=target > 0)
    below = np.einsum("hst,ht->hs", tree.step, conductance(tree)[1:])
    total = tree.value[:-1] + below
    climb = np.divide(tree.value[:-1], total, out=np.zeros_like(total), where=total > 0)  # (H, S)
    climb[0] = 0.0
    turn, x = _turns(tree, down, down * ratio, climb, most)
    live = (marginals(tree, target) > 0)[..., None, None]
    second = np.zeros((tree.S, most, most))  # E_{pi*}[x x^T; state] of the vector x along a response
    second[tree.start] = np.outer(x, x)
    for h in range(1, tree.H + 1):
        step, again = target[h - 1].T, (down[h - 1] * ratio[h - 1]).T  # target times the ratio's square
        moved = (step @ second.reshape(tree.S, -1)).reshape(second.shape)
        moved[:, 0, :] = moved[:, :, 0] = down[h - 1].T @ second[:, 0]  # target times ratio: the first entry takes it
        moved[:, 0, 0] = again @ second[:, 0, 0]
        if h < tree.H:
            moved = turn[h] @ moved @ turn[h].transpose(0, 2, 1)
        second = np.where(live[h], moved, 0.0)
    return np.einsum("sii->i", second) - 1


def _turns(tree, down, twice, climb, most):
    """What a prefix does to the vector, by depth and state, (H, S, most, most), and the vector at the root.

    Entry k + 1 becomes ``u x_(k+1) + (1 - u) E[f_k | prefix]``. Going up the tree, ``ahead`` gives that mean as a
    functional of the vector at a prefix, (H + 1, S, most); it needs the rows 0..k only, so they are built in turn.
    """
    turn, x = np.zeros((tree.H, tree.S, most, most)), np.zeros(most)
    turn[:, :, 0, 0] = x[0] = 1.0
    for k in range(most - 1):
        ahead = np.zeros((tree.H + 1, tree.S, most))
        ahead[-1, :, k] = 1.0
        for h in range(tree.H - 1, -1, -1):
            after = ahead[h + 1]
            if h + 1 < tree.H:  # the vector at depth h + 1 has been turned there
                after = (after[:, None] @ turn[h + 1])[:, 0]
            ahead[h] = down[h] @ after
            ahead[h, :, 0] = twice[h] @ after[:, 0]  # coming down the first entry is multiplied by the ratio
        turn[:, :, k + 1] = (1 - climb)[..., None] * (ahead[:-1, :, None] @ turn)[:, :, 0]
        turn[:, :, k + 1, k + 1] += climb
        x[k + 1] = x @ ahead[0, tree.start]
    return turn, x
