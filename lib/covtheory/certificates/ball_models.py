"""Tilted sums of independent tokens in balls, and what they share with :mod:`~.ball_chain`.

Both are integrated by :mod:`~.ball_replay`.

Everything here is a ball that contains the exact quantity of the laws given, floats read as the real numbers they are
and rows divided by their exact sums. Only choices are floats: the tilt, the weights' scaling, where cells are cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from covtheory.certificates.band_limited_tail import Plan

MOST_VALUES = 2**18
"""Values of a characteristic function, or cells looked at, in one bracket: minutes."""


def library():
    """The module ``flint``, or an error that says how to get it."""
    try:
        import flint
    except ModuleNotFoundError:
        raise ModuleNotFoundError("ball replay needs python-flint: pip install python-flint", name="flint") from None
    return flint


def laws(p_h: np.ndarray, q_h: np.ndarray) -> tuple[list, list, list]:
    """Probabilities, log ratios and indices of the tokens of one row that both laws allow."""
    arb = library().arb
    total_p, total_q = (sum(map(arb, row.tolist()), arb(0)) for row in (p_h, q_h))
    on = [v for v in range(len(p_h)) if p_h[v] > 0 and q_h[v] > 0]
    p = [arb(float(p_h[v])) / total_p for v in on]
    same = bool(np.all(p_h == q_h))
    x = [arb(0) if same else (a / (arb(float(q_h[v])) / total_q)).log() for a, v in zip(p, on, strict=True)]
    return p, x, on


def total(terms) -> object:
    """Sum of balls."""
    return sum(terms, library().arb(0))


def extremes(balls) -> tuple[object, object]:
    """Bounds of all of the balls; both zero if there is none."""
    balls = list(balls) or [library().arb(0)]
    return min(ball.lower() for ball in balls), max(ball.upper() for ball in balls)


def counted(pairs: Iterator[tuple[int, object]]) -> Iterator[tuple[int, object]]:
    """The same pairs, up to ``MOST_VALUES`` of them.

    Raises
    ------
    ArithmeticError
        More values are asked for.
    """
    for count, pair in enumerate(pairs):
        if count == MOST_VALUES:
            raise ArithmeticError(f"more than {MOST_VALUES} values of a characteristic function in balls")
        yield pair


@dataclass(frozen=True)
class BallRow:
    """One position: tilted weights, centred log ratios, standard deviation, multiplicity."""

    w: list
    y: list
    sd: object
    count: int


class BallProduct:
    """Independent tokens with counts, tilted by ``theta`` and centred at ``t``; ``sign = -1`` reflects the sum."""

    def __init__(self, p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, theta: float, sign: int):
        arb = library().arb
        shift, self.rows = arb(t) / int(counts.sum()), []
        self.log_scale, finite = arb(0), arb(1)
        for p_h, q_h, count in zip(p, q, counts, strict=True):
            law, x, _ = laws(p_h, q_h)
            y = [(v - shift) * sign for v in x]
            kernel = [a * (arb(theta) * v).exp() for a, v in zip(law, y, strict=True)]
            w = [k / total(kernel) for k in kernel]
            mean = total(a * v for a, v in zip(w, y, strict=True))
            variance = total(a * (v - mean) ** 2 for a, v in zip(w, y, strict=True))
            largest = variance.upper()
            self.rows.append(BallRow(w, y, largest.sqrt() if largest > 0 else arb(0), int(count)))
            self.log_scale += total(kernel).log() * int(count)
            finite *= total(law) ** int(count) if np.any((p_h > 0) & (q_h == 0)) else arb(1)
        self.infinite, self.H = 1 - finite, int(counts.sum())

    @property
    def possible(self) -> bool:
        """Whether there is a sequence with a finite log ratio."""
        return all(row.w for row in self.rows)

    def ends(self) -> tuple[object, object]:
        """Bounds of the sum."""
        ends = [(extremes(row.y), row.count) for row in self.rows]
        return total(low * count for (low, _), count in ends), total(high * count for (_, high), count in ends)

    def psi(self, u) -> object:
        """Characteristic function of the sum."""
        out = library().acb(1)
        for row in self.rows:
            out *= phi(row, u) ** row.count
        return out

    def log_mgf(self, s) -> object:
        """``log E e^{s S}`` under the tilted law."""
        return total(total(w * (s * y).exp() for w, y in zip(row.w, row.y, strict=True)).log() * row.count
                     for row in self.rows)

    def frequencies(self, plan: Plan, kappa: float) -> Iterator[tuple[int, object]]:
        """Pairs ``k, psi(k h)``; all others below K have been shown to be below ``e^-kappa``, in cells."""
        arb, K = library().arb, plan.K
        h, sd = arb(plan.step), float(total(row.sd**2 * row.count for row in self.rows).mid()) ** 0.5
        head = min(K, int(min(np.sqrt(2 * kappa) / (max(sd, 1e-9) * plan.step) * 1.1, 2**40)) + 2)
        reach = 1.15 - np.arccos(np.exp(-kappa / self.H))
        widest = max(max(float(row.sd.mid()) for row in self.rows), 1e-9)
        size = 4 ** min(15, int(np.log(max(1.0, 2 * reach / (widest * plan.step))) / np.log(4))) if reach > 0.05 else 1
        if head + (K - head) / size > MOST_VALUES:
            raise ArithmeticError(f"{head + (K - head) / size:.3g} cells of a characteristic function in balls")
        for k in range(head):
            yield k, self.psi(h * k)
        stack = [(k, size) for k in range(head, K, size)]
        while stack:
            k, width = stack.pop()
            if width == 1:
                yield k, self.psi(h * k)
            elif not is_small(self.rows, h * (2 * k + width - 1) / 2, h * (width - 1) / 2, arb(-kappa)):
                stack += [(k + i * width // 4, width // 4) for i in range(4) if k + i * width // 4 < K]


def phi(row: BallRow, u) -> object:
    """Characteristic function of one position."""
    flint = library()
    re, im = flint.arb(0), flint.arb(0)
    for w, y in zip(row.w, row.y, strict=True):
        s, c = (u * y).sin_cos()
        re, im = re + w * c, im + w * s
    return flint.acb(re, im)


def is_small(rows: list[BallRow], middle, radius, limit) -> bool:
    """Whether the characteristic function is below ``exp(limit)`` within ``radius`` of ``middle``: arccos|phi_h| is
    Lipschitz with constant the standard deviation of position h (notebook 18)."""
    log_size = library().arb(0)
    for row in rows:
        modulus = abs(phi(row, middle)).upper()
        if not modulus < 1:
            continue
        beta = modulus.acos() - row.sd * radius
        if beta > 0:
            log_size += row.count * beta.cos().upper().log()
        if log_size < limit:
            return True
    return False
