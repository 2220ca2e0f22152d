"""Sum of log ratios along a finite-state chain under an exponential tilt, for the certificate of the tail.

A path is a start state, then ``n`` steps; each step is an atom: from a state, to a state, probability, log ratio.
With any positive vector r, the weights ``w = p e^{theta y} r_to / (rho r_from)`` telescope along a path, and as in
:mod:`~covtheory.certificates.tilted_product` the rounded weights define the measure W. If r is the Perron vector of the
tilted matrix, rows sum to one, all powers are contractions in the maximum norm, and so are those of ``P(u)_ij = sum w
e^{iuy}``; its characteristic function is ``alpha P(u)^n e``.

Rounding (``u``, ``F = FUNCTION``, ``ENTRY`` of :mod:`~covtheory.coverage.rounding`):

* a weight: ``ENTRY``; exp of ``theta y - shift`` and of ``log rho``, ``F u`` each and one unit of each argument; five
  products and quotients. Start and end: the same once. ``log_scale``: two units of ``n (|shift| + |log rho|)``.
* an entry of ``P(u)``: arguments ``8u k step |y|``, two exponentials, products: ``(4F + 20) u w``, and as many units as
  a row has atoms. With ``one`` the sum over a row, errors of contractions add up: ``n one norm^n``; a product of S by S
  matrices adds ``(2S + 4) u``. The factor 1.2 is for terms of second order, which need ``n one < 0.1``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from covtheory.certificates.product_spectrum import CHUNK, MOST_VALUES, Spectrum
from covtheory.coverage.rounding import ENTRY, FUNCTION, UNIT


@dataclass(frozen=True)
class Chain:
    """Atoms of a chain, sorted by (source, target), centred at the threshold; ``S`` states, ``n`` steps."""

    S: int
    n: int
    start_p: np.ndarray
    start_y: np.ndarray
    source: np.ndarray
    target: np.ndarray
    p: np.ndarray
    y: np.ndarray
    window: float

    def reflected(self) -> "Chain":
        """The same with all log ratios negated."""
        return Chain(self.S, self.n, self.start_p, -self.start_y, self.source, self.target, self.p, -self.y,
                     self.window)

    def matrix(self, weights: np.ndarray) -> np.ndarray:
        """Sum of atom weights by (source, target)."""
        out = np.zeros((self.S, self.S), dtype=weights.dtype)
        np.add.at(out, (self.source, self.target), weights)
        return out

    def start(self, theta: float) -> tuple[np.ndarray, float]:
        """``start_p e^{theta start_y - shift}`` and the shift, the largest exponent."""
        exponent = np.where(self.start_p > 0, theta * self.start_y, -np.inf)
        shift = float(exponent.max())
        return self.start_p * np.exp(exponent - shift), shift

    def cumulant(self, theta: float) -> float:
        """``log E e^{theta S}``."""
        shift = float((theta * self.y).max())
        start, start_shift = self.start(theta)
        return self.n * shift + start_shift + log_power(
            start, self.matrix(self.p * np.exp(theta * self.y - shift)), np.ones(self.S), self.n)

    def moments(self, theta: float) -> tuple[float, float]:
        """Mean and variance of the tilted sum, by differences: good enough to plan with."""
        largest = 1e-3 * max(float(np.abs(self.y).max()), float(np.abs(self.start_y).max()) / np.sqrt(self.n + 1.0))
        spread = np.sqrt(self.n + 1.0) * max(float(self.y.std()), largest, 1e-9)
        d = 0.05 / spread
        low, middle, high = (self.cumulant(theta + k * d) for k in (-1, 0, 1))
        return (high - low) / (2 * d), max((high - 2 * middle + low) / d**2, (1e-4 * spread) ** 2)

    def saddle(self, floor: float = 0.3) -> tuple[float, bool]:
        """Tilt that puts the mean at the threshold, at least ``floor`` standard deviations; whether it was capped."""
        span = max(float(np.ptp(self.y)), float(np.ptp(self.start_y)), 1e-9)
        cap = min(300.0, 600.0 + float(np.log(self.p.min()))) / span
        least = min(floor / np.sqrt(self.moments(0.0)[1]), cap)
        if self.moments(least)[0] >= 0:
            return least, False
        found = minimize_scalar(self.cumulant, bounds=(least, cap), method="bounded", options={"xatol": 1e-5 * least})
        return float(found.x), bool(found.x > 0.99 * cap)


def log_power(start: np.ndarray, matrix: np.ndarray, end: np.ndarray, n: int) -> float:
    """``log(start M^n end)`` for non-negative arguments, by squaring with rescaling.

    Examples
    --------
    >>> log_power(np.ones(1), np.array([[1.0]]), np.ones(1), 3)
    0.0
    """
    log_scale, log_power_scale, vector = 0.0, 0.0, end.astype(float)
    while n:
        size = matrix.max()
        if not 0 < size < np.inf:
            return -np.inf if size == 0 else np.nan
        matrix, log_power_scale = matrix / size, log_power_scale + np.log(size)
        if n & 1:
            vector = matrix @ vector
            peak = vector.max()
            if not 0 < peak < np.inf:
                return -np.inf if peak == 0 else np.nan
            vector, log_scale = vector / peak, log_scale + log_power_scale + np.log(peak)
        matrix, log_power_scale, n = matrix @ matrix, 2 * log_power_scale, n >> 1
    with np.errstate(divide="ignore"):
        return float(np.log(start @ vector) + log_scale)


class TiltedChain:
    """Measure on paths with weights ``p e^{theta y} r_to / (rho r_from)``."""

    def __init__(self, chain: Chain, theta: float):
        self.theta, self.chain, self.window, self.floor = theta, chain, chain.window, 0.0
        kernel = chain.p * np.exp(theta * chain.y - (shift := float((theta * chain.y).max())))
        matrix = chain.matrix(kernel)
        power = matrix / matrix.max() + np.eye(chain.S)  # the same Perron vector, and no period
        for _ in range(40):
            power = power @ power
            power /= power.max()
        r = np.maximum(power @ np.ones(chain.S), 1e-30)
        r /= r.max()
        log_rho = float(np.log(((matrix @ r) / r).max()))
        self.log_rho = shift + log_rho
        self.w = kernel * np.exp(-log_rho) * (r[chain.target] / r[chain.source])
        start, start_shift = chain.start(theta)
        self.end = 1.0 / r
        log_total = log_power(start * r, chain.matrix(self.w), self.end, chain.n)
        self.alpha = start * r * np.exp(-log_total)
        self.log_scale = chain.n * (shift + log_rho) + log_total + start_shift
        size = np.abs(theta * chain.y).max() + abs(shift) + abs(log_rho)
        exponent = np.abs(theta * chain.start_y).max()
        self.log_error = 1.01 * (chain.n * (1.01 * ENTRY + UNIT * (2 * FUNCTION + 10 + 6 * size)) + ENTRY
                                 + UNIT * (2 * FUNCTION + 32 + 6 * exponent + 4 * abs(log_total)))
        self.norm = max(1.0, float(chain.matrix(self.w).sum(axis=1).max()) * (1 + 1e-12))
        self.size = float(self.alpha.sum() * self.end.max()) * (1 + 1e-12)
        atoms = float(np.bincount(chain.source).max())
        self.reach = max(np.abs(chain.y).max(), np.abs(chain.start_y).max())
        self.unit = UNIT * (atoms + 4 * chain.S + 4 * FUNCTION + 24)
        self.mean, variance = chain.moments(theta)
        self.sd = float(np.sqrt(variance))

    def log_mgf(self, s: np.ndarray) -> np.ndarray:
        """Upper bounds of ``log E_W e^{s S}`` for an array ``s``.

        A step: ``2u |s y|`` for its exponents, ``FUNCTION u``, as many units as a row has atoms and a matrix has rows;
        rescaling by m adds ``FUNCTION u |log m|``, and the j-th squaring counts for ``n / 2^j`` steps.
        """
        chain, out = self.chain, np.empty(len(s))
        for i, one in enumerate(s):
            shift = float((one * chain.y).max())
            start, start_shift = self._start(one)
            matrix = chain.matrix(self.w * np.exp(one * chain.y - shift))
            out[i] = chain.n * shift + start_shift + log_power(start, matrix, self.end, chain.n)
            size = np.abs(one) * self.reach + abs(shift) + abs(start_shift)
            logs = 4 * FUNCTION * (1 + np.abs(np.log(matrix[matrix > 0])).max())
            out[i] += 1.01 * UNIT * (chain.n + 1) * (8 * chain.S + len(chain.y) + 60 + logs + 8 * size) + 1e-9
        return out

    def _start(self, s: float) -> tuple[np.ndarray, float]:
        exponent = np.where(self.alpha > 0, s * self.chain.start_y, -np.inf)
        return self.alpha * np.exp(exponent - (shift := float(exponent.max()))), shift

    def spectrum(self, step: float, K: int, kappa: float) -> Spectrum | None:
        """Characteristic function at ``k step``, ``0 <= k < K``; a frequency is dropped once a power shows it small."""
        chain, parts = self.chain, []
        largest = (chain.n + 64) * (self.unit + 8 * UNIT * K * step * self.reach)
        if K > MOST_VALUES or not largest < 0.1 or not chain.n * np.log(self.norm) < 1:
            return None
        rows = max(1, CHUNK // max(chain.S**2, len(chain.y)))
        for first in range(0, K, rows):
            parts.append(self._block(first, min(first + rows, K), step, kappa))
        k, psi, error = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Spectrum(k, psi, error, float(np.exp(-kappa)) * 1.01, float(K) * len(chain.y))

    def _block(self, first: int, last: int, step: float, kappa: float):
        chain, k = self.chain, np.arange(first, last)
        width = max(1, int(np.sqrt(len(k))))
        coarse = np.exp(1j * np.multiply.outer(step * np.arange(first, last, width), chain.y)) * self.w
        fine = np.exp(1j * np.multiply.outer(step * np.arange(width), chain.y))
        waves = (coarse[:, None, :] * fine[None, :, :]).reshape(-1, len(chain.y))[: len(k)]
        cells = chain.source * chain.S + chain.target
        starts = np.flatnonzero(np.diff(cells, prepend=-1))
        power = np.zeros((len(k), chain.S**2), dtype=complex)
        power[:, cells[starts]] = np.add.reduceat(waves, starts, axis=1)
        power = power.reshape(-1, chain.S, chain.S)
        vector = np.tile(self.end.astype(complex), (len(k), 1))
        n, done, log_size = chain.n, 1, np.log(self.size)
        while n:
            if n & 1:
                vector = (power @ vector[:, :, None])[:, :, 0]
            n >>= 1
            if n:
                power = power @ power
                done *= 2
                norm = np.abs(power).sum(axis=2).max(axis=1) * (1 + 1e-12) + self.round_off(k, step, done)
                bound = log_size + (chain.n // done) * np.log(norm) + (chain.n % done) * np.log(self.norm)
                alive = ~(bound <= -kappa) | (k == 0)
                k, power, vector = k[alive], power[alive], vector[alive]
        start = self.alpha * np.exp(1j * np.multiply.outer(k * step, chain.start_y))
        error = self.size * (self.round_off(k, step, chain.n + 64)) + 1e-300
        return k, (start * vector).sum(axis=1), error

    def round_off(self, k: np.ndarray, step: float, n: int) -> np.ndarray:
        """Bound on the norm of the error of the n-th power: errors of factors add up since all are contractions."""
        return 1.2 * n * (self.unit + 8 * UNIT * k * step * self.reach) * self.norm ** (n + 1)
