"""Sum of independent token log ratios under an exponential tilt: a measure made of floats, and how far it is from P.

Position h has tokens with log ratios ``x``, centred as ``y = x - t/H``, and weights ``w = p e^{theta y - c}`` with a
float ``c`` per position. The floats ``y`` and ``w`` are rounded once and then *define* the measure W that is
integrated; whatever rounding did is charged as follows (``u``, ``ENTRY``, ``FUNCTION`` of
:mod:`~covtheory.coverage.rounding`).

* ``window``: the sum of the true centred log ratios differs from that of the floats y by at most the sum over
  positions of the largest ``slip`` of :func:`~covtheory.coverage.rounding.token_laws` plus ``u (|t/H| + |y|)`` for the
  quotient and the difference.
* ``log_error``: the logarithm of ``w`` differs from that of ``p e^{theta y - c}`` by at most ``ENTRY`` (p), ``u |theta
  y| + u |theta y - c|`` (the argument), ``FUNCTION u`` (exp), ``u`` (product); ``log_scale``, the sum of the c, is off
  by ``2u |c|`` a position.
* ``lost``: tokens with ``p < LEAST`` are left out. A sequence has one with at most the probability ``lost``.
* ``floor``: tilted weights below 1e-290 are set to zero, since an underflow has no relative error. Sequences with such
  a token have W-mass at most ``floor``, and the integrand is at most one.
"""

from math import fsum

import numpy as np
from scipy.optimize import brentq

from covtheory.certificates import product_spectrum
from covtheory.coverage.rounding import ENTRY, FUNCTION, LEAST, UNIT, mass_at_infinity, token_laws

MOST_TOKENS = 2**36
"""Longest sequence: up to it, the errors of all positions together stay small enough for the bounds used."""


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
    whole : ndarray, shape (R, V), optional
        Whole numbers that are added up instead of the log ratios: a :mod:`~.lattice`.

    Raises
    ------
    ValueError
        More than ``MOST_TOKENS`` tokens.
    """

    def __init__(self, p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, sign: int = 1,
                 whole: np.ndarray | None = None):
        self.counts, self.H, self.sign = counts.astype(float), int(counts.sum()), sign
        if self.H > MOST_TOKENS:
            raise ValueError(f"H: got {self.H}, expected at most {MOST_TOKENS} tokens")
        law, x, slip = token_laws(p, q)
        on = (law >= LEAST) & np.isfinite(x)
        if whole is not None:
            x, slip = np.where(on, whole, x), np.zeros(x.shape)
        y = np.where(on, x - t / self.H, 0.0)
        slip = np.where(on, slip + UNIT * (np.abs(t / self.H) + np.abs(y)), 0.0)
        self.y, self.p, self.on = sign * y, np.where(on, law, 0.0), on
        self.window = float(counts @ slip.max(axis=1)) * 1.01 + 4 * UNIT * abs(t)
        self.p_inf = mass_at_infinity(law, (law >= LEAST) & ~np.isfinite(x), self.counts)
        self.lost = 1.01 * float(self.counts @ np.where(law < LEAST, law, 0.0).sum(axis=1))
        self.possible = bool(on.any(axis=1).all())
        self.low = float(self.counts @ np.where(on, self.y, np.inf).min(axis=1)) if self.possible else np.inf
        self.high = float(self.counts @ np.where(on, self.y, -np.inf).max(axis=1)) if self.possible else -np.inf

    def moments(self, theta: float) -> tuple[float, float, float]:
        """Cumulant function of the sum at ``theta`` and its first two derivatives: for choices, not for bounds."""
        with np.errstate(divide="ignore"):
            score = np.where(self.on, np.log(self.p) + theta * self.y, -np.inf)
        peak = score.max(axis=1, keepdims=True)
        weight = np.exp(score - peak)
        total = weight.sum(axis=1, keepdims=True)
        with np.errstate(over="ignore"):  # thresholds like 1e300, which need no variance
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
    """Measure with token weights ``p e^{theta y - c}``: what the certificate integrates."""

    def __init__(self, tokens: TokenSum, theta: float):
        self.theta, self.y, self.counts, self.H = theta, tokens.y, tokens.counts, tokens.H
        self.window, self.V = tokens.window, tokens.y.shape[1]
        exponent = theta * tokens.y
        with np.errstate(divide="ignore"):
            score = np.where(tokens.on, np.log(tokens.p) + exponent, -np.inf)
        peak = score.max(axis=1, keepdims=True)
        scale = (peak + np.log(np.exp(score - peak).sum(axis=1, keepdims=True)))[:, 0]
        w = np.where(tokens.on, tokens.p * np.exp(np.where(tokens.on, exponent - scale[:, None], 0.0)), 0.0)
        self.w = np.where(w < 1e-290, 0.0, w)
        self.floor = 2e-290 * float(tokens.counts @ (tokens.on & (w < 1e-290)).sum(axis=1))
        self.log_scale = float(fsum(self.counts * scale))
        size = np.abs(scale) + np.abs(exponent).max(axis=1)
        self.log_error = 1.01 * float(self.counts @ (1.01 * ENTRY + UNIT * (FUNCTION + 4 + 4 * size))) + 16 * UNIT
        self.excess = np.array([fsum([*row, -1.0]) for row in self.w])  # total mass of a row minus one
        self.mean_abs = (self.w * np.abs(self.y)).sum(axis=1)
        mean = (self.w * self.y).sum(axis=1)
        self.mean = float(self.counts @ mean)
        # about any centre the second moment is at least the variance: only this sum's rounding, V + 4 units, matters
        self.row_sd = np.sqrt((self.w * (self.y - mean[:, None]) ** 2).sum(axis=1)) * (1 + 1e-9) + 1e-150
        self.sd = max(float(np.sqrt(self.counts @ self.row_sd**2)), 1e-4 * float(np.ptp(self.y, axis=1).max()), 1e-9)

    def log_mgf(self, s: np.ndarray) -> np.ndarray:
        """Upper bounds of ``log E_W e^{s S}`` for an array ``s``.

        In a row: ``u |s y|`` twice for the exponents, ``FUNCTION u`` each for exp and log, ``V + 1`` units for the sum;
        over rows, one unit a row of the sum of moduli.
        """
        out = np.empty(len(s))
        for i, one in enumerate(s):
            exponent = np.where(self.w > 0, one * self.y, -np.inf)
            peak = exponent.max(axis=1)
            log_row = np.log((np.exp(exponent - peak[:, None]) * self.w).sum(axis=1))
            size = (FUNCTION + len(peak) + 4) * (np.abs(one * self.y).max(axis=1) + np.abs(log_row))
            out[i] = self.counts @ (peak + log_row + 1.01 * UNIT * (self.V + 2 * FUNCTION + size))
        return out

    def spectrum(self, step: float, K: int, kappa: float) -> product_spectrum.Spectrum | None:
        """Characteristic function of the sum at ``k step``, ``0 <= k < K``: :func:`~.product_spectrum.spectrum`."""
        return product_spectrum.spectrum(self, step, K, kappa)
