"""Other walks with the same law of the output: one value call per step (Metropolis), and momentum (non-reversible)."""

import numpy as np
import scipy.sparse as sparse

from covtheory.samplers.backtracking.value_tree import ValueTree
from covtheory.validation import in_range


def metropolis_walk(tree: ValueTree, stay: float = 0.5) -> tuple[sparse.csr_array, np.ndarray]:
    """Matrix and stationary law of the Metropolis form, for vocabularies too large to list.

    Propose the parent or a child drawn from ``pi_ref``, each with probability 1/2, and accept with probability
    ``min(1, Vhat(new)/Vhat(old))``; one value call per step. Then ``pi(v)`` is proportional to ``pi_ref(v) Vhat(v)``.
    The root needs a value: the mean ``sum_a pi_ref(a) Vhat(a)`` of its children is used. ``stay`` is extra laziness
    (without it the matrix need not be positive semidefinite). States are the nodes of the tree; those of value zero
    have stationary mass zero.

    Examples
    --------
    >>> from covtheory.samplers.backtracking import complete_tree
    >>> P, law = metropolis_walk(complete_tree(2, 3, lambda y: 1 + y[:, 0]))
    >>> bool(abs(law @ P - law).max() < 1e-15)
    True
    """
    stay = float(in_range("stay", stay, 0, 1))
    n, child, parent = len(tree), np.arange(1, len(tree)), tree.parent[1:]
    value = tree.value.copy()
    value[0] = tree.level_weights[0]
    up = np.minimum(1.0, np.divide(value[parent], value[child], out=np.ones(n - 1), where=value[child] > 0)) / 2
    down = np.minimum(1.0, np.divide(value[child], value[parent], out=np.ones(n - 1), where=value[parent] > 0)) / 2
    down *= tree.pi_ref[child]
    leave = np.bincount(child, up, minlength=n) + np.bincount(parent, down, minlength=n)
    rows, columns = np.concatenate([child, parent, np.arange(n)]), np.concatenate([parent, child, np.arange(n)])
    entries = np.concatenate([(1 - stay) * up, (1 - stay) * down, 1 - (1 - stay) * leave])
    matrix = sparse.coo_array((entries, (rows, columns)), shape=(n, n)).tocsr()
    mass = np.exp(tree.log_reach) * value
    return matrix, mass / mass.sum()


def momentum_walk(tree: ValueTree, chi: float = 1.0) -> tuple[sparse.csr_array, np.ndarray]:
    """Matrix and stationary law of the walk with a direction; states ``0..n-1`` point down, ``n..2n-1`` up.

    With ``U = Vhat(v)`` (zero at the root) and ``S = sum_a pi_ref(a|v) Vhat(va)`` (zero at leaves): pointing down, go
    to child ``a`` with weight ``pi_ref(a|v) Vhat(va)`` or turn up with weight ``U - chi min(U, S)``; pointing up, go to
    the parent with weight ``U`` or turn down with weight ``S - chi min(U, S)``. Each direction of ``v`` has stationary
    mass proportional to ``pi_ref(v) (U + S - chi min(U, S))``, so responses keep law ``pi*``. At ``chi = 1`` and exact
    values it descends and ascends without turning in between: period ``2H + 2``. No laziness is added.

    Raises
    ------
    ValueError
        Unless ``0 <= chi <= 1``.
    """
    chi = float(in_range("chi", chi, 0, 1))
    n, child, parent = len(tree), np.arange(1, len(tree)), tree.parent[1:]
    U = tree.value.copy()
    U[0] = 0.0
    part = tree.pi_ref[child] * tree.value[child]
    S = np.bincount(parent, part, minlength=n)
    total = U + S - chi * np.minimum(U, S)
    cut = total == 0  # value zero and nothing below: never entered
    S, total = np.where(cut, 1.0, S), np.where(cut, 1.0, total)
    nodes = np.arange(n)
    rows = np.concatenate([parent, nodes, n + child, n + nodes])
    columns = np.concatenate([child, n + nodes, n + parent, nodes])
    turn = chi * np.minimum(U, S)
    entries = np.concatenate([part / total[parent], (U - turn + cut) / total,
                              U[child] / total[child], (S - turn) / total])
    mass = np.exp(tree.log_reach) * np.where(cut, 0.0, total)
    matrix = sparse.coo_array((entries, (rows, columns)), shape=(2 * n, 2 * n)).tocsr()
    return matrix, np.concatenate([mass, mass]) / (2 * mass.sum())
