"""Replay of the certificate in ball arithmetic: the bracket becomes a proof, up to the correctness of Arb.

Nothing is taken over from floating point except choices that need no justification: the tilt, the spacing and number of
frequencies, two Chernoff exponents. The floats ``p``, ``q`` and ``log_N`` are exact inputs (rows are divided by their
exact sums). Needs python-flint: ``pip install "covtheory[proof]"``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from covtheory.coverage.band_limited_tail import Plan
from covtheory.coverage.certificate import band_limited_coverage, positions
from covtheory.coverage.composition import Bracket


def ball_replay(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: float, *, relative_gap: float = 1e-3, precision: int = 128
) -> Bracket:
    """Certificate of ``Cov_N`` in ball arithmetic, with the choices of the floating-point engine.

    Parameters
    ----------
    p, q, H, log_N, relative_gap
        As for :func:`~covtheory.coverage.certificate.certified_coverage`.
    precision : int
        Bits of the balls' midpoints.

    Returns
    -------
    Bracket
        For the exact tie rule ``log ratio >= log_N``. ``detail["log_tail"]`` is the bracket of the tail in logarithms
        and ``detail["float"]`` the floating-point bracket with the same choices, which must contain this one.

    Raises
    ------
    ModuleNotFoundError
        If python-flint is not installed.
    ValueError
        As for ``certified_coverage``, or if the floating-point engine needed no frequencies.
    """
    flint = _flint()
    p, q, counts = positions(p, q, H)
    coarse = band_limited_coverage(p, q, counts, float(log_N), relative_gap)
    if "plan" not in coarse.detail:
        raise ValueError(f"log_N: got {log_N!r}, where the answer needs no certificate ({coarse.method})")
    old, flint.ctx.prec = flint.ctx.prec, precision
    try:
        return _replay(flint, p, q, counts, float(log_N), coarse)
    finally:
        flint.ctx.prec = old


def _flint():
    try:
        import flint
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            'ball replay needs python-flint: pip install "covtheory[proof]"', name="flint"
        ) from None
    return flint


@dataclass(frozen=True)
class _Row:
    """One position in balls: tilted weights, centred log ratios, standard deviation, multiplicity."""

    w: list
    y: list
    sd: object
    count: int


def _replay(flint, p, q, counts, t, coarse: Bracket) -> Bracket:
    arb, detail = flint.arb, coarse.detail
    plan: Plan = detail["plan"]
    sign, theta = (-1 if detail["reflected"] else 1), arb(abs(detail["theta"]))
    shift, rows = arb(t) / int(counts.sum()), []
    log_scale, no_infinite = arb(0), arb(1)
    for p_h, q_h, count in zip(p, q, counts, strict=True):
        total_p, total_q = sum(map(arb, p_h.tolist()), arb(0)), sum(map(arb, q_h.tolist()), arb(0))
        pairs = [(arb(a) / total_p, arb(b) / total_q) for a, b in zip(p_h.tolist(), q_h.tolist(), strict=True)
                 if a > 0 and b > 0]
        y = [((a / b).log() - shift) * sign for a, b in pairs]
        kernel = [a * (theta * v).exp() for (a, _), v in zip(pairs, y, strict=True)]
        mass = sum(kernel, arb(0))
        w = [k / mass for k in kernel]
        mean = sum((a * v for a, v in zip(w, y, strict=True)), arb(0))
        variance = sum((a * (v - mean) ** 2 for a, v in zip(w, y, strict=True)), arb(0))
        rows.append(_Row(w, y, variance.sqrt(), int(count)))
        log_scale += mass.log() * int(count)
        lost = np.any((p_h > 0) & (q_h == 0))
        no_infinite *= sum((a for a, _ in pairs), arb(0)) ** int(count) if lost else arb(1)
    upper, lower, cells, values = _integral(flint, rows, theta, plan, detail)
    alias = _alias(flint, rows, plan)
    scale = log_scale.exp()
    low, high = scale * (lower - alias), scale * upper
    infinite = 1 - no_infinite
    ends = (1 - high, 1 - low) if detail["reflected"] else (infinite + low, infinite + high)
    smallest, largest = max(0.0, _floor(ends[0])), min(1.0, _ceil(ends[1]))
    log_tail = (_floor((low).log()) if low > 0 else -np.inf, _ceil(high.log()))
    return Bracket(smallest, largest, "ball arithmetic",
                   {"log_tail": log_tail, "cells": cells, "values": values, "float": coarse,
                    "radius": float((scale * upper).rad())})


def _integral(flint, rows, theta, plan: Plan, detail):
    """Balls for the integrals of majorant and of minorant: frequencies one by one, or cells shown to be small."""
    arb, acb, K = flint.arb, flint.acb, plan.K
    h, sd = arb(plan.step), sum((row.sd**2 * row.count for row in rows), arb(0)).sqrt()
    lam = theta * 2 * arb.pi() / h / K
    decay, loss = (-lam).exp(), 1 - (-lam).exp()
    H = sum(row.count for row in rows)
    kappa = 14 + 2 * np.log(1e3 * max(1.0, K**0.5))
    wanted = list(range(min(K, int(np.sqrt(2 * kappa) / (float(sd.mid()) * plan.step) * 1.1) + 2)))
    reach = 1.15 - np.arccos(np.exp(-kappa / H))
    widest = max(float(row.sd.mid()) for row in rows)
    size = 4 ** min(15, int(np.log(max(1.0, 2 * reach / (widest * plan.step))) / np.log(4))) if reach > 0.05 else 1
    stack, cells = [(k, size) for k in range(len(wanted), K, size)], 0
    limit = arb(-kappa)
    while stack:
        k, width = stack.pop()
        if width == 1:
            wanted.append(k)
            continue
        cells += 1
        if not _is_small(flint, rows, h * (2 * k + width - 1) / 2, h * (width - 1) / 2, limit):
            stack += [(k + i * width // 4, width // 4) for i in range(4) if k + i * width // 4 < K]
    upper, fejer = acb(0), arb(0)
    for k in wanted:
        psi = acb(1)
        for row in rows:
            psi *= _phi(flint, row, h * k) ** row.count
        tau = arb(k) / K
        turn = (acb(0, -2) * arb.pi() * tau).exp()
        value = (1 - tau) / (1 - decay * turn)
        if k:
            value += lam * decay * (1 - turn) / (loss * (1 - decay * turn)) / (acb(0, 2) * arb.pi())
        upper += (2 if k else 1) * value * psi
        fejer += (2 if k else 1) * (1 - tau) * psi.real
    skipped = limit.exp() * (arb(3) / loss + 2) if len(wanted) < K else arb(0)
    majorant, fejer = upper.real / K, fejer / K
    return majorant + skipped, majorant - fejer - skipped, cells, len(wanted)


def _phi(flint, row: _Row, u):
    re, im = flint.arb(0), flint.arb(0)
    for w, y in zip(row.w, row.y, strict=True):
        s, c = (u * y).sin_cos()
        re, im = re + w * c, im + w * s
    return flint.acb(re, im)


def _is_small(flint, rows, middle, radius, limit) -> bool:
    """Whether the characteristic function is below ``exp(limit)`` within ``radius`` of ``middle``."""
    total = flint.arb(0)
    for row in rows:
        modulus = abs(_phi(flint, row, middle)).upper()
        if not modulus < 1:
            continue
        beta = modulus.acos() - row.sd * radius
        if beta > 0:
            total += row.count * beta.cos().upper().log()
        if total < limit:
            return True
    return False


def _alias(flint, rows, plan: Plan):
    arb, total = flint.arb, flint.arb(0)
    for rate, sign in ((arb(plan.down), -1), (arb(plan.up), 1)):
        log_sum = arb(0)
        for row in rows:
            mgf = sum((w * (sign * rate * y).exp() for w, y in zip(row.w, row.y, strict=True)), arb(0))
            log_sum += mgf.log() * row.count
        shrink = (-rate * 2 * arb.pi() / arb(plan.step)).exp()
        total += log_sum.exp() * shrink / (1 - shrink)
    return total


def _floor(ball) -> float:
    return float(np.nextafter(float(ball.lower()), -np.inf))


def _ceil(ball) -> float:
    return float(np.nextafter(float(ball.upper()), np.inf))
