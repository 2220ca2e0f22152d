"""Characteristic function of a tilted product on a grid of frequencies, with absolute errors.

For one position, ``phi = sum w e^{iuy}`` with floats w, y; with a = u |y| / 2, ``phi - 1 = excess - 2 sum w sin^2(uy/2)
+ 2i sum w sin(uy/2) cos(uy/2)``: no cancellation near u = 0. Rounding, in units u of rounding:

* the frequency ``k step`` and half the angle: 2 relative; so, with ``F = FUNCTION``, the sine is off by ``2a + F min(1,
  a)``, the cosine by ``2a + F``, and the summands by at most ``[16a + (8F + 20) min(1, a)] w`` together;
* sums of V terms: ``(V + 4)`` times the sum of moduli, which is at most ``|re| + |excess| + 2 sum w min(1, a)``.

So at frequency v, with ``m = sum w |y|``, ``eps = u [8 v m + (8F + 28 + 2V) min(1, v m / 2) + (V + 4)(|re| +
|excess|)]``. By products of blocks (many frequencies, no smallness near 0 needed) it is ``u (2V + 6F + 20 + 8 v
max|y|)``: arguments of 4 and 2 roundings, two exponentials, three products, a sum of 2V real terms.

*Powers.* If ``|phi~ - phi| <= eps`` then ``|prod phi^c - prod phi~^c| <= prod (|phi~| + eps)^c - prod |phi~|^c``,
whether phi is near zero or not. Where its square is above one half, the modulus is computed as ``log1p(2 re + re^2 +
im^2) / 2``, with error ``3u (2|re| + re^2 + im^2) + F u |log|``; elsewhere as the logarithm of ``hypot(1 + re, im)``,
with error ``(F + 3) u + F u |log|``. A modulus below eps is raised to eps, which doubles the distance. The phase is off
by ``(F + 3) u`` of itself. Sums over R rows add ``(R + 4) u`` of the moduli.
"""

from dataclasses import dataclass

import numpy as np

from covtheory.coverage.rounding import FUNCTION, UNIT

CHUNK = 2**19
"""Complex numbers held at a time."""

MOST_VALUES = 2**22
"""Values of a characteristic function in one bracket."""


@dataclass(frozen=True)
class Spectrum:
    """Values ``psi`` of a characteristic function at frequency indices ``k``, with absolute errors.

    At all other indices below the number asked for, the modulus is at most ``skipped``. ``work`` counts the token
    factors ``e^{iuy}`` that were needed.
    """

    k: np.ndarray
    psi: np.ndarray
    error: np.ndarray
    skipped: float
    work: float


def spectrum(measure, step: float, K: int, kappa: float) -> Spectrum | None:
    """Characteristic function of the sum at ``k step``, ``0 <= k < K``; moduli below ``e^-kappa`` may be skipped.

    The first indices, where a normal law of the same standard deviation would be larger, are all evaluated. The
    rest is cut into cells, and a cell is skipped if its middle shows that the modulus is small in all of it:
    ``arccos |phi_h(u)|`` is Lipschitz in u with constant ``sd_h`` (notebook 18), and |phi_h| <= 1 for all other h.
    None if that takes more than ``MOST_VALUES`` values.
    """
    factors = float(measure.y.size)
    head = min(K, int(min(np.sqrt(2 * kappa) / (measure.sd * step) * 1.1, 2.0**40)) + 2)
    reach = 1.15 - np.arccos(np.exp(-kappa / measure.H))
    size = 1
    if reach > 0.05:
        size = 4 ** min(15, int(np.log(max(1.0, 2 * reach / (measure.row_sd.max() * step))) / np.log(4)))
    if (K - head) / size > (MOST_VALUES if size == 1 else 16 * MOST_VALUES) or head > MOST_VALUES:
        return None
    if size == 1:
        parts = [_values(measure, np.arange(head), step), _all_values(measure, head, K, step)]
        return Spectrum(*(np.concatenate(a) for a in zip(*parts, strict=True)), 0.0, K * factors)
    block, work, kept = 2**20 * size, 0.0, []
    for first in range(head, K, block):
        start = np.arange(first, min(first + block, K), size)
        keep, cost = not_small(measure, start, size, step, kappa, uniform=True)
        kept.append(start[keep])
        work += cost
    start = np.concatenate(kept) if kept else np.zeros(0, dtype=int)
    while size > 1:
        size //= 4
        start = (start[:, None] + size * np.arange(4)).ravel()
        start = start[start < K]
        if start.size > MOST_VALUES:
            return None
        if size > 1:
            keep, cost = not_small(measure, start, size, step, kappa, uniform=False)
            start, work = start[keep], work + cost
    k = np.concatenate((np.arange(head), start))
    return Spectrum(*_values(measure, k, step), float(np.exp(-kappa)) * 1.01, work + k.size * factors)


def not_small(measure, start, size, step, kappa, uniform) -> tuple[np.ndarray, float]:
    """Which cells ``start <= k < start + size`` could hold a modulus above ``e^-kappa``, and the work that took.

    A row of mass M has ``|phi| <= M cos(arccos(m / M) - radius sd)``, m the modulus in the middle, and this is ``m
    cos(radius sd) + sqrt(M^2 - m^2) sin(radius sd)``: at most its value for M = 1 if ``M <= 1``, and at most M times
    that if not. ``slop`` bounds the error of m; logarithms, all between log 1e-3 and 0, are off by ``8 FUNCTION u`` a
    position, which the factor 1.01 of ``skipped`` covers. For a single row the condition is solved for m once.
    """
    middle, radius = (start + (size - 1) / 2) * step, (size - 1) / 2 * step * (1 + 1e-12)
    first = float(measure.counts @ np.maximum(measure.excess, 0.0)) + UNIT * measure.H
    if len(measure.y) == 1:
        small = np.exp((-kappa - first) / measure.counts[0]) * (1 - 2 * FUNCTION * UNIT)
        turn = np.arccos(small) + radius * measure.row_sd[0]
        most = np.cos(min(turn, np.pi)) - 8 * FUNCTION * UNIT
        keep, reach = np.empty(len(start), dtype=bool), float(np.abs(measure.y).max())
        for part, modulus in _moduli(middle, measure.y, measure.w, step * size if uniform else None):
            slop = UNIT * (2 * measure.V + 6 * FUNCTION + 24 + 12 * reach * middle[part])
            keep[part] = ~(modulus[:, 0] + slop <= most)
        return keep, float(keep.size) * measure.y.size
    bound = np.full(len(start), first)
    alive, row, rows, work = np.arange(len(start)), 0, 64, 0.0
    while row < len(measure.y) and alive.size:
        chunk, v = slice(row, row + rows), middle[alive]
        counts, y, w = measure.counts[chunk], measure.y[chunk], measure.w[chunk]
        work += float(alive.size) * y.size
        for part, modulus in _moduli(v, y, w, step * size if uniform and row == 0 else None):
            slop = UNIT * (2 * measure.V + 6 * FUNCTION + 24 + 12 * np.multiply.outer(v[part], np.abs(y).max(axis=1)))
            beta = np.arccos(np.minimum(1.0, modulus + slop)) - 2 * FUNCTION * UNIT
            beta -= radius * measure.row_sd[chunk]
            cosine = np.cos(np.maximum(beta, 0.0)) + 2 * FUNCTION * UNIT
            bound[alive[part]] += np.log(np.clip(cosine, 1e-3, 1.0)) @ counts
        alive = alive[~(bound[alive] <= -kappa)]
        row, rows = row + rows, rows * 2
    keep = np.zeros(len(start), dtype=bool)
    keep[alive] = True
    return keep, work


def _moduli(v, y, w, spacing):
    """Blocks of ``|phi_h(v)|``, shape (block, rows); by matrix products if the frequencies have a ``spacing``."""
    if spacing is None:
        for part in _blocks(len(v), y.size):
            angle = np.multiply.outer(v[part], y)
            yield part, np.hypot(*(np.einsum("nrv,rv->nr", f(angle), w) for f in (np.cos, np.sin)))
        return
    for part in _blocks(len(v), len(y)):
        first, n = v[part][0], len(v[part])
        yield part, np.stack([np.abs(_uniform(first, spacing, n, *row)) for row in zip(y, w, strict=True)], axis=1)


def _values(measure, k: np.ndarray, step: float):
    """``psi`` at indices k with ``phi - 1`` computed without cancellation."""
    sums, V, R = np.zeros((4, len(k))), measure.V, len(measure.y)
    rows = max(1, CHUNK // (16 * V))
    for row in range(0, R, rows):
        chunk = slice(row, row + rows)
        y, w, excess, m1 = measure.y[chunk], measure.w[chunk], measure.excess[chunk], measure.mean_abs[chunk]
        for part in _blocks(len(k), y.size):
            v = (k[part] * step)[:, None]
            half = np.multiply.outer(v[:, 0], y / 2)
            sine = np.sin(half)
            re = excess - 2 * np.einsum("nrv,nrv,rv->nr", sine, sine, w)
            im = 2 * np.einsum("nrv,nrv,rv->nr", sine, np.cos(half), w)
            eps = UNIT * (8 * v * m1 + (8 * FUNCTION + 28 + 2 * V) * np.minimum(1.0, v * m1 / 2)
                          + (V + 4) * (np.abs(re) + np.abs(excess))) * 1.01
            sums[:, part] += logarithms(measure.counts[chunk], re, im, eps, R)
    return (k, *power(sums))


def _all_values(measure, first: int, last: int, step: float):
    """``psi`` at all indices from ``first`` to ``last``, by matrix products."""
    k, R = np.arange(first, last), len(measure.y)
    sums = np.zeros((4, len(k)))
    for y, w, c in zip(measure.y, measure.w, measure.counts, strict=True):
        phi = _uniform(first * step, step, len(k), y, w)[:, None]
        eps = UNIT * (2 * measure.V + 6 * FUNCTION + 20 + 8 * k * step * np.abs(y).max())[:, None] * 1.01
        sums += logarithms(np.array([c]), phi.real - 1, phi.imag, eps, R)
    return (k, *power(sums))


def logarithms(counts: np.ndarray, re: np.ndarray, im: np.ndarray, eps: np.ndarray, R: int) -> np.ndarray:
    """Sums over rows of count times: log modulus, phase, log growth of the modulus within eps, error of the first two.

    For ``phi~ = 1 + re + i im`` within eps of phi; arrays (n, rows); R is the number of rows in all.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> logarithms(np.ones(1), -0.5 * one, 0 * one, 1e-9 * one, 1)[0].round(6)
    array([-0.693147])
    """
    change = 2 * re + re * re + im * im
    near = change > -0.5
    modulus = np.hypot(1 + re, im)
    raised = np.maximum(modulus, eps)
    log_phi = np.where(near, 0.5 * np.log1p(np.where(near, change, 0.0)), np.log(np.where(near, 1.0, raised)))
    angle = np.arctan2(im, 1 + re)
    growth = np.log1p(np.where(modulus < eps, 2, 1) * eps / raised) * (1 + 4 * FUNCTION * UNIT)
    wobble = UNIT * (np.where(near, 3 * (2 * np.abs(re) + re * re + im * im), FUNCTION + 3.0)
                     + (FUNCTION + 7 + R) * (np.abs(log_phi) + np.abs(angle)))
    return np.stack([part @ counts for part in (log_phi, angle, growth, wobble)])


def power(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The product ``e^{L + iA}`` and its absolute error ``e^{L + U} - e^L + e^L (e^{wobble} - 1)``, with rounding."""
    log_size, angle, growth, wobble = sums
    size = np.exp(log_size)
    largest = np.exp(np.minimum(log_size + growth, 700.0))
    error = largest * -np.expm1(-1.01 * growth) + size * (np.expm1(1.01 * wobble) + 4 * FUNCTION * UNIT)
    return size * np.exp(1j * angle), 1.01 * np.exp(np.minimum(1.01 * wobble, 700.0)) * error + 1e-300


def _uniform(first: float, step: float, n: int, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """``sum_v w_v e^{i u y_v}`` at ``u = first + j step``, j < n, as products of blocks: 2 sqrt(n) exponentials."""
    width = max(1, int(np.sqrt(n)))
    inner = np.exp(1j * np.multiply.outer(y, step * np.arange(width)))
    out = np.empty((-(-n // width), width), dtype=complex)
    rows = max(1, CHUNK // width)
    for i in range(0, len(out), rows):
        starts = first + step * width * np.arange(i, min(i + rows, len(out)))
        np.matmul(np.exp(1j * np.multiply.outer(starts, y)) * w, inner, out=out[i : i + rows])
    return out.ravel()[:n]


def _blocks(n: int, width: int) -> list[slice]:
    rows = max(1, CHUNK // width)
    return [slice(i, min(i + rows, n)) for i in range(0, n, rows)]
