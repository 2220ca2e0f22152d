"""Sum of independent token log ratios under an exponential tilt: exact measure, characteristic function, its errors.

The tilted token weights ``w_v = p_v e^{theta y_v - Lam}``, with ``y_v = x_v - t/H``, are rounded once and then
*define* the measure W that is integrated, whatever its total mass; what rounding did to ``p`` and to ``y`` is charged
once, in ``log_error`` (a factor on probabilities) and ``window`` (a shift of the threshold). Elementary functions are
taken to be correct within 8 units of round-off, arithmetic within one.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
from scipy.optimize import brentq

from covtheory.coverage.log_ratio import token_log_ratios

UNIT = 2.0**-53
INPUT = 4 * UNIT
"""The laws meant may differ from the given floats by this relative amount, entry by entry (after normalising)."""

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


class TokenSum:
    """Distinct positions (rows) with multiplicities, centred at the threshold ``t``; ``sign = -1`` reflects the sum.

    Parameters
    ----------
    p, q : ndarray, shape (R, V)
        Rows of distinct positions.
    counts : ndarray of int, shape (R,)
    t : float
        Threshold in nats.
    sign : 1 or -1
        With -1 the event is ``-(S - t) >= 0``.
    """

    def __init__(self, p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, sign: int = 1):
        p, q = normalised(p), normalised(q)
        x = token_log_ratios(p, q)
        self.counts, self.H, self.sign = counts.astype(float), int(counts.sum()), sign
        on = (p > 0) & np.isfinite(x)
        if np.any(p[on] < 1e-280) or np.any(q[on] < 1e-280):
            raise ValueError("p, q: a positive probability below 1e-280, expected larger or zero")
        with np.errstate(divide="ignore", invalid="ignore"):
            log_size = np.where(np.abs(p - q) < 0.5 * q, 0.0, np.abs(np.log(p)) + np.abs(np.log(q)))
        y = np.where(on, x - t / self.H, 0.0)
        slip = np.where(on, 2 * INPUT + UNIT * (8 * np.abs(x) + 8 * log_size + np.abs(t / self.H) + np.abs(y)), 0.0)
        self.y, self.p, self.on = sign * y, np.where(on, p, 0.0), on
        self.window = float(counts @ slip.max(axis=1)) * 1.01 + 4 * UNIT * (abs(t) + 1)
        self.p_inf = _mass_at_infinity(np.where(on, 0.0, p), self.counts)
        self.possible = bool(on.any(axis=1).all())
        self.low = float(self.counts @ np.where(on, self.y, np.inf).min(axis=1)) if self.possible else np.inf
        self.high = float(self.counts @ np.where(on, self.y, -np.inf).max(axis=1)) if self.possible else -np.inf

    def moments(self, theta: float) -> tuple[float, float, float]:
        """Cumulant function of the sum at ``theta`` and its first two derivatives."""
        with np.errstate(divide="ignore"):
            score = np.where(self.on, np.log(self.p) + theta * self.y, -np.inf)
        peak = score.max(axis=1, keepdims=True)
        weight = np.exp(score - peak)
        total = weight.sum(axis=1, keepdims=True)
        mean = (weight * self.y).sum(axis=1) / total[:, 0]
        variance = (weight * (self.y - mean[:, None]) ** 2).sum(axis=1) / total[:, 0]
        return (float(self.counts @ (peak + np.log(total))[:, 0]), float(self.counts @ mean),
                float(self.counts @ variance))

    def saddle(self, floor: float = 0.3) -> tuple[float, bool]:
        """Tilt that puts the mean at the threshold, at least ``floor`` standard deviations; whether it was capped."""
        span = float(np.ptp(self.y, axis=1).max()) or 1.0
        smallest = float(np.log(self.p[self.on].min()))
        cap = (680.0 + smallest) / span
        least = min(floor / max(np.sqrt(self.moments(0.0)[2]), 1e-150), cap)
        if self.moments(least)[1] >= 0:
            return least, False
        if self.moments(cap)[1] <= 0:
            return cap, True
        return float(brentq(lambda theta: self.moments(theta)[1], least, cap, xtol=1e-8 * least, rtol=1e-8)), False

    def tilt(self, theta: float) -> "TiltedProduct":
        """Tilted measure."""
        return TiltedProduct(self, theta)


class TiltedProduct:
    """Measure with token weights ``p e^{theta y - Lam}``: what the certificate integrates."""

    def __init__(self, tokens: TokenSum, theta: float):
        self.theta, self.y, self.counts, self.H = theta, tokens.y, tokens.counts, tokens.H
        self.window = tokens.window
        exponent = theta * tokens.y
        with np.errstate(divide="ignore"):
            score = np.where(tokens.on, np.log(tokens.p) + exponent, -np.inf)
        peak = score.max(axis=1, keepdims=True)
        self.row_scale = (peak + np.log(np.exp(score - peak).sum(axis=1, keepdims=True)))[:, 0]
        self.w = np.where(tokens.on, tokens.p * np.exp(np.where(tokens.on, exponent - self.row_scale[:, None], 0.0)), 0)
        self.log_scale = float(fsum(self.counts * self.row_scale))
        size = np.abs(self.row_scale) + np.abs(exponent).max(axis=1)
        self.log_error = 1.01 * float(self.counts @ (1.01 * INPUT + UNIT * (20 + 4 * size))) + 16 * UNIT
        self.excess = np.array([fsum([*row, -1.0]) for row in self.w])  # total mass of a row minus one
        self.mean_abs = (self.w * np.abs(self.y)).sum(axis=1)
        mean = (self.w * self.y).sum(axis=1)
        self.mean = float(self.counts @ mean)
        self.row_sd = np.sqrt((self.w * (self.y - mean[:, None]) ** 2).sum(axis=1)) * (1 + 1e-9) + 1e-300
        self.sd = max(float(np.sqrt(self.counts @ self.row_sd**2)), 1e-4 * float(np.ptp(self.y, axis=1).max()), 1e-9)
        self.V = tokens.y.shape[1]

    def log_mgf(self, s: np.ndarray) -> np.ndarray:
        """Upper bounds of ``log E_W e^{s S}`` for an array ``s``."""
        out = np.empty(len(s))
        for i, one in enumerate(s):
            exponent = np.where(self.w > 0, one * self.y, -np.inf)
            peak = exponent.max(axis=1)
            total = (np.exp(exponent - peak[:, None]) * self.w).sum(axis=1)
            size = np.abs(one * self.y).max(axis=1)
            out[i] = self.counts @ (peak + np.log(total) + UNIT * (self.V + 40 + 8 * size))
        return out

    def spectrum(self, step: float, K: int, kappa: float) -> Spectrum | None:
        """Characteristic function of the sum at ``k step``, ``0 <= k < K``; moduli below ``e^-kappa`` may be skipped.

        The first indices, where a normal law of the same standard deviation would be larger, are all evaluated. The
        rest is cut into cells, and a cell is skipped if its middle shows that the modulus is small in all of it:
        ``arccos |phi_h(u)|`` is Lipschitz in u with constant ``sd_h`` (notebook 18), and |phi_h| <= 1 for all other h.
        None if that takes more than ``MOST_VALUES`` values.
        """
        factors = float(len(self.y) * self.V)
        head = min(K, int(np.sqrt(2 * kappa) / (self.sd * step) * 1.1) + 2)
        reach = 1.15 - np.arccos(np.exp(-kappa / self.H))
        size = 1
        if reach > 0.05:
            size = 4 ** min(15, int(np.log(max(1.0, 2 * reach / (self.row_sd.max() * step))) / np.log(4)))
        if (K - head) / size > (MOST_VALUES if size == 1 else 16 * MOST_VALUES) or head > MOST_VALUES:
            return None
        if size == 1:
            parts = [self._values(np.arange(head), step), self._all_values(head, K, step)]
            return Spectrum(*(np.concatenate(a) for a in zip(*parts, strict=True)), 0.0, K * factors)
        block, work, kept = 2**20 * size, 0.0, []
        for first in range(head, K, block):
            start = np.arange(first, min(first + block, K), size)
            keep, cost = self._not_small(start, size, step, kappa, uniform=True)
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
                keep, cost = self._not_small(start, size, step, kappa, uniform=False)
                start, work = start[keep], work + cost
        k = np.concatenate((np.arange(head), start))
        return Spectrum(*self._values(k, step), float(np.exp(-kappa)) * 1.01, work + k.size * factors)

    def _not_small(self, start, size, step, kappa, uniform):
        """Which cells ``start <= k < start + size`` could hold a modulus above ``e^-kappa``, and the work that took."""
        middle, radius = (start + (size - 1) / 2) * step, (size - 1) / 2 * step * (1 + 1e-12)
        bound = np.full(len(start), np.abs(self.counts @ self.excess) + UNIT * self.H)
        alive, row, rows, work = np.arange(len(start)), 0, 64, 0.0
        while row < len(self.y) and alive.size:
            chunk, u = slice(row, row + rows), middle[alive]
            counts, y, w = self.counts[chunk], self.y[chunk], self.w[chunk]
            work += float(alive.size) * y.size
            for part, modulus in self._moduli(u, y, w, step * size if uniform and row == 0 else None):
                slop = UNIT * (self.V + 60 + 12 * np.multiply.outer(u[part], np.abs(y).max(axis=1)))
                slop += 2 * np.abs(self.excess[chunk])
                beta = np.arccos(np.minimum(1.0, modulus + slop)) - 8 * UNIT
                beta -= radius * self.row_sd[chunk]
                cosine = np.cos(np.maximum(beta, 0.0)) + 8 * UNIT
                bound[alive[part]] += np.log(np.clip(cosine, 1e-3, 1.0)) @ counts
            alive = alive[bound[alive] > -kappa]
            row, rows = row + rows, rows * 2
        keep = np.zeros(len(start), dtype=bool)
        keep[alive] = True
        return keep, work

    def _moduli(self, u, y, w, spacing):
        """Blocks of ``|phi_h(u)|``, shape (block, rows); by matrix products if the frequencies have a ``spacing``."""
        if spacing is None:
            for part in _blocks(len(u), y.size):
                angle = np.multiply.outer(u[part], y)
                yield part, np.hypot(*(np.einsum("nrv,rv->nr", f(angle), w) for f in (np.cos, np.sin)))
            return
        for part in _blocks(len(u), len(y)):
            first, n = u[part][0], len(u[part])
            phi = np.stack([_uniform(first, spacing, n, *row) for row in zip(y, w, strict=True)], axis=1)
            yield part, np.abs(phi)

    def _values(self, k: np.ndarray, step: float):
        """``psi`` at indices k with ``phi - 1`` computed without cancellation."""
        sums = np.zeros((4, len(k)))
        rows = max(1, CHUNK // (16 * self.V))
        for row in range(0, len(self.y), rows):
            chunk = slice(row, row + rows)
            y, w = self.y[chunk], self.w[chunk]
            for part in _blocks(len(k), y.size):
                u = (k[part] * step)[:, None]
                half = np.multiply.outer(u[:, 0], y / 2)
                sine = np.sin(half)
                re = self.excess[chunk] - 2 * np.einsum("nrv,nrv,rv->nr", sine, sine, w)
                im = 2 * np.einsum("nrv,nrv,rv->nr", sine, np.cos(half), w)
                m1 = self.mean_abs[chunk]
                eps = UNIT * ((self.V + 60) * (np.abs(re) + np.minimum(1.0, u * m1)) + 6 * u * m1)
                sums[:, part] += _logs(self.counts[chunk], re, im, eps)
        return (k, *_power(sums))

    def _all_values(self, first: int, last: int, step: float):
        """``psi`` at all indices from ``first`` to ``last``, by matrix products."""
        k = np.arange(first, last)
        sums = np.zeros((4, len(k)))
        for y, w, c in zip(self.y, self.w, self.counts, strict=True):
            phi = _uniform(first * step, step, len(k), y, w)[:, None]
            eps = UNIT * (self.V + 60 + 12 * k * step * np.abs(y).max())[:, None]
            sums += _logs(np.array([c]), phi.real - 1, phi.imag, eps)
        return (k, *_power(sums))


def normalised(probs: np.ndarray) -> np.ndarray:
    """Rows divided by their exactly summed total: within 2 units of round-off of the law that is meant.

    Examples
    --------
    >>> normalised(np.array([0.2, 0.2]))
    array([0.5, 0.5])
    """
    totals = np.array([fsum(row) for row in np.atleast_2d(probs)])
    return probs / (totals[:, None] if probs.ndim == 2 else totals)


def _blocks(n: int, width: int) -> list[slice]:
    rows = max(1, CHUNK // width)
    return [slice(i, min(i + rows, n)) for i in range(0, n, rows)]


def _logs(counts: np.ndarray, re: np.ndarray, im: np.ndarray, eps: np.ndarray) -> np.ndarray:
    """Sums of ``count log phi`` for ``phi = 1 + re + i im`` known within ``eps``: log modulus, phase, error, cap."""
    squared = np.maximum(2 * re + re * re + im * im, -1 + 4 * eps**2)  # a modulus below 2 eps is raised to that
    log_phi, angle = 0.5 * np.log1p(squared), np.arctan2(im, 1 + re)
    modulus = np.exp(log_phi)
    error = 1.5 * eps / np.maximum(modulus - eps, eps / 2) + 12 * UNIT * (np.abs(log_phi) + np.abs(angle))
    return np.stack([part @ counts for part in (log_phi, angle, error, np.log(modulus + 3 * eps))])


def _power(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The product and its absolute error: relative where that is small, else its size and that of the truth."""
    size = np.exp(sums[0])
    relative = np.expm1(np.minimum(1.01 * sums[2], 50.0)) + 32 * UNIT * (1 + np.abs(sums[0]))
    return size * np.exp(1j * sums[1]), np.minimum(relative * size, 1.01 * (size + np.exp(sums[3])))


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


def _mass_at_infinity(p: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Bounds of the probability that some position has an infinite log ratio."""
    mass = np.minimum([fsum(row) for row in p], 1.0)
    if mass.max() == 0.0:
        return 0.0, 0.0
    if mass.max() >= 1.0 - 1e-12:
        return float(mass.max() == 1.0), 1.0
    slack = mass / (1 - mass) * (1.01 * INPUT + 4 * UNIT) + 8 * UNIT * np.abs(np.log1p(-mass))
    total = counts @ np.log1p(-mass)
    error = 1.01 * (counts @ slack) + len(counts) * UNIT * abs(total)
    low, high = -np.expm1(total + error) * (1 - 8 * UNIT), -np.expm1(total - error) * (1 + 8 * UNIT)
    return max(0.0, float(low)), min(1.0, float(high))
