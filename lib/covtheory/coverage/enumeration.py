"""Exact enumeration of (log ratio, data mass, model mass): by token counts, by convolution, by expanding prefixes.

Every function returns ``(values, p, q, q_only)``; the atoms are unsorted and may repeat.
"""

from concurrent.futures import ThreadPoolExecutor
from math import comb
from typing import Any, NamedTuple

import numpy as np
from scipy.special import gammaln

from covtheory.policies.joint import Joint
from covtheory.policies.sequences import LARGEST_ENUMERATION, SequencePolicyBase, check_size

BLOCK = 2**18
"""Leaves expanded at a time by one thread."""

SORT_BLOCK = 2**18
"""Atoms sorted at a time by one thread."""

Atoms = tuple[np.ndarray, np.ndarray, np.ndarray, float]


def lump(values: np.ndarray, p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort atoms and add up those whose values agree within 16 ulp of the largest finite value.

    Examples
    --------
    >>> lump(np.array([1.0, 0.0, 1.0]), np.array([0.2, 0.5, 0.3]), np.zeros(3))[1]
    array([0.5, 0.5])
    """
    values, p, q = _sorted(values, p, q)
    k = np.searchsorted(values, np.inf)
    close = 16 * np.finfo(float).eps * max(abs(values[0]), abs(values[k - 1])) if k else 0.0
    with np.errstate(invalid="ignore"):
        new = np.diff(values) > close
    if new.all():
        return values, p, q
    starts = np.flatnonzero(np.concatenate(([True], new)))
    return values[starts], np.add.reduceat(p, starts), np.add.reduceat(q, starts)


def _sorted(*arrays: np.ndarray, threads: int = 2) -> tuple[np.ndarray, ...]:
    """Arrays in the order of the first, by a sample sort: blocks, then ranges of values, each sorted in cache."""

    def sort(part: list[np.ndarray]) -> list[np.ndarray]:
        order = np.argsort(part[0])
        return [a[order] for a in part]

    n = len(arrays[0])
    if n <= SORT_BLOCK:
        return tuple(sort(list(arrays)))
    with ThreadPoolExecutor(threads) as pool:
        runs = list(pool.map(sort, [[a[i : i + SORT_BLOCK] for a in arrays] for i in range(0, n, SORT_BLOCK)]))
        sample = np.sort(np.concatenate([run[0][:: max(1, SORT_BLOCK // 1024)] for run in runs]))
        pivots = sample[np.linspace(0, len(sample) - 1, len(runs) + 1).astype(int)[1:-1]]
        ends = [np.concatenate(([0], np.searchsorted(run[0], pivots), [len(run[0])])) for run in runs]

        def gather(bucket: int) -> list[np.ndarray]:
            pieces = [[a[e[bucket] : e[bucket + 1]] for a in run] for run, e in zip(runs, ends, strict=True)]
            return sort([np.concatenate(column) for column in zip(*pieces, strict=True)])

        return tuple(np.concatenate(column) for column in zip(*pool.map(gather, range(len(runs))), strict=True))


def types(x: np.ndarray, p: np.ndarray, q: np.ndarray, H: int) -> Atoms:
    """Law of a sum of ``H`` i.i.d. token log ratios by enumerating token counts (types).

    Tokens with the same log ratio are merged first, so the number of types is ``comb(H + k - 1, k - 1)`` with ``k``
    distinct finite ratios. Multinomial masses are computed in log space: relative error about ``1e-16 * H log H``.

    Examples
    --------
    >>> types(np.log([2.0, 0.5]), np.array([2, 1]) / 3, np.array([1, 2]) / 3, 2)[1].round(4)
    array([0.4444, 0.4444, 0.1111])
    """
    x, p, q, p_inf, q_only = _split(x[None], p[None], q[None], repeats=H)
    values, log_p, log_q = np.zeros(0), np.zeros(0), np.zeros(0)
    if x[0].size:
        x, p, q = lump(x[0], p[0], q[0])
        k = len(x)
        if comb(H + k - 1, k - 1) > LARGEST_ENUMERATION:
            raise ValueError(
                f"enumeration: {comb(H + k - 1, k - 1)} types of {H} tokens, expected at most {LARGEST_ENUMERATION}"
            )
        log_factorial = gammaln(np.arange(H + 1) + 1.0)
        left = np.array([H])
        values, log_p = np.zeros(1), np.full(1, log_factorial[H])
        log_q = log_p
        for i in range(k):
            last = i == k - 1
            width = np.ones_like(left) if last else left + 1
            parent = np.repeat(np.arange(len(left)), width)
            c = left if last else np.arange(len(parent)) - np.repeat(np.cumsum(width) - width, width)
            values = values[parent] + c * x[i]
            log_p = log_p[parent] + c * np.log(p[i]) - log_factorial[c]
            log_q = log_q[parent] + c * np.log(q[i]) - log_factorial[c]
            left = left[parent] - c
    return _join(values, np.exp(log_p), np.exp(log_q), p_inf, q_only)


def convolution(x: np.ndarray, p: np.ndarray, q: np.ndarray) -> Atoms:
    """Law of a sum of independent token log ratios, rows of shape (H, V), by convolving distinct atoms.

    Examples
    --------
    >>> x = np.log([[2.0, 0.5], [2.0, 0.5]])
    >>> p = np.array([[2, 1], [2, 1]]) / 3
    >>> convolution(x, p, p[:, ::-1])[1].round(4)
    array([0.1111, 0.4444, 0.4444])
    """
    x, p, q, p_inf, q_only = _split(x, p, q)
    values, mass_p, mass_q = np.zeros(1), np.ones(1), np.ones(1)
    for x_h, p_h, q_h in zip(x, p, q, strict=True):
        if len(values) * len(x_h) > LARGEST_ENUMERATION:
            raise ValueError(
                f"enumeration: {len(values) * len(x_h)} atoms of the convolution, expected at most "
                f"{LARGEST_ENUMERATION}; composition_bracket needs no enumeration"
            )
        if len(x_h) == 0:
            values = mass_p = mass_q = np.zeros(0)
            break
        values, mass_p, mass_q = lump(
            np.add.outer(x_h, values).ravel(), np.outer(p_h, mass_p).ravel(), np.outer(q_h, mass_q).ravel()
        )
    return _join(values, mass_p, mass_q, p_inf, q_only)


def prefix_tree(pi_D: SequencePolicyBase, pi: SequencePolicyBase, prompt_probs: np.ndarray, threads: int = 2) -> Atoms:
    """All sequences of two sequence policies, expanded prefix by prefix with running log ratio and log mass.

    The top of the tree is expanded once; below it, blocks of prefixes with at most ``BLOCK`` leaves each are
    expanded by ``threads`` threads. No prefix is visited twice. A prefix that ``pi_D`` never produces is cut, and its
    model mass goes to ``q_only``.
    """
    joint = Joint([pi_D, pi])
    V, H = joint.V, joint.H
    on = np.flatnonzero(prompt_probs > 0)
    check_size(V, H, len(on))
    log_mu = np.log(prompt_probs[on])
    top = Prefixes(joint.start(on), log_mu, np.zeros(len(on)), log_mu)
    h, cut = 0, 0.0
    while h < H and len(top.log_p) * V ** (H - h) > BLOCK and len(top.log_p) < BLOCK // V:
        top, lost = _expand(joint, top, last=h == H - 1)
        h, cut = h + 1, cut + lost
    rows = max(1, BLOCK // V ** (H - h))
    blocks = [np.arange(i, min(i + rows, len(top.log_p))) for i in range(0, len(top.log_p), rows)]

    def leaves(index: np.ndarray) -> Atoms:
        state = None if h == H else joint.take(top.state, index)
        part = Prefixes(state, *(a[index] for a in top[1:]))
        lost_here = 0.0
        for level in range(h, H):
            part, lost = _expand(joint, part, last=level == H - 1)
            lost_here += lost
        return part.ratio, np.exp(part.log_p), np.exp(part.log_q), lost_here

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(leaves, blocks))
    values, p, q = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return values, p, q, cut + sum(part[3] for part in parts)


class Prefixes(NamedTuple):
    """Prefixes with their policy states, log data mass, log ratio and log model mass."""

    state: Any
    log_p: np.ndarray
    ratio: np.ndarray
    log_q: np.ndarray


def _expand(joint: Joint, prefixes: Prefixes, *, last: bool) -> tuple[Prefixes, float]:
    """Children of all prefixes that ``pi_D`` can produce, and the model mass of those it cannot."""
    n, V = len(prefixes.log_p), joint.V
    log_p, log_q = joint.log_probs(prefixes.state)
    with np.errstate(invalid="ignore"):
        ratio = (prefixes.ratio[:, None] + (log_p - log_q)).ravel()
    log_p = (prefixes.log_p[:, None] + log_p).ravel()
    log_q = (prefixes.log_q[:, None] + log_q).ravel()
    keep, lost = slice(None), 0.0
    if not np.isfinite(log_p).all():
        keep = np.flatnonzero(log_p > -np.inf)
        lost = float(np.exp(log_q[log_p == -np.inf]).sum())
    children = Prefixes(None, log_p[keep], ratio[keep], log_q[keep])
    if last:
        return children, lost
    index = np.arange(n * V)[keep]
    return children._replace(state=joint.advance(joint.take(prefixes.state, index // V), index % V)), lost


def _split(x, p, q, repeats=1):
    """Finite part of each position, mass of a sequence with an infinite ratio, model mass where the data law is 0."""
    on, finite = p > 0, np.isfinite(x)
    with np.errstate(divide="ignore"):
        p_inf = 0.0 - np.expm1(repeats * np.log1p(-np.minimum(np.where(on & ~finite, p, 0.0).sum(axis=1), 1.0)).sum())
        q_only = 0.0 - np.expm1(repeats * np.log1p(-np.minimum(np.where(on, 0.0, q).sum(axis=1), 1.0)).sum())
    keep = on & finite
    rows = range(len(x))
    return [x[h][keep[h]] for h in rows], [p[h][keep[h]] for h in rows], [q[h][keep[h]] for h in rows], p_inf, q_only


def _join(values, p, q, p_inf, q_only) -> Atoms:
    if p_inf > 0:
        values, p, q = np.append(values, np.inf), np.append(p, p_inf), np.append(q, 0.0)
    return values, p, q, float(q_only)
