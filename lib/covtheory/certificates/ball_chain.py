"""Tilted sums along a chain of states in balls; :mod:`~.ball_models` has those of independent tokens."""

from collections.abc import Iterator

import numpy as np

from covtheory.certificates import ball_models
from covtheory.certificates.ball_models import extremes, laws, library, total
from covtheory.certificates.band_limited_tail import Plan


class BallChain:
    """Paths of a chain: start state, then ``n`` steps, tilted by ``theta``, scaled by floats ``rho`` and ``r``."""

    def __init__(self, start, p, q, target, n: int, emits: bool, t: float, theta: float, sign: int, scaling):
        flint = library()
        arb, S, self.n = flint.arb, len(p), n
        self.S, shift = S, arb(t) / (n + emits)
        log_rho, r = arb(scaling[0]), [arb(float(v)) for v in scaling[1]]
        self.steps, lost = [], flint.arb_mat(S + 1, S + 1)
        lost[S, S] = arb(1)
        for s in range(S):
            law, x, on = laws(p[s], q[s])
            for a, v, token in zip(law, x, on, strict=True):
                y, to = (v - shift) * sign, int(target[s, token])
                self.steps.append((s, to, a * (arb(theta) * y - log_rho).exp() * r[to] / r[s], y))
                lost[s, to] += a
            lost[s, S] = 1 - total(law) if np.any((p[s] > 0) & (q[s] == 0)) else arb(0)
        law, x, on = laws(*start)
        first = [(s, a, (v - shift) * sign if emits else arb(0)) for a, v, s in zip(law, x, on, strict=True)]
        self.alpha = [(s, a * (arb(theta) * y).exp() * r[s], y) for s, a, y in first]
        self.end = [1 / v for v in r]
        self.log_scale, begin = log_rho * n, flint.arb_mat(1, S + 1)
        for s, a, _ in first:
            begin[0, s] = a
        begin[0, S] = 1 - total(law) if np.any((start[0] > 0) & (start[1] == 0)) else arb(0)
        self.infinite = (begin * matrix_power(lost, n))[0, S]

    @property
    def possible(self) -> bool:
        """Whether there is a step with a finite log ratio; if not, all paths have an infinite one."""
        return bool(self.alpha and self.steps)

    def ends(self) -> tuple[object, object]:
        """Bounds of the sum, whether or not the extreme steps can follow each other."""
        steps, start = extremes(y for *_, y in self.steps), extremes(y for *_, y in self.alpha)
        return tuple(a + self.n * b for a, b in zip(start, steps, strict=True))

    def psi(self, u, kappa: float = np.inf) -> object | None:
        """Characteristic function of the sum; None once a power shows that it is below ``e^-kappa``."""
        flint, n, done = library(), self.n, 1
        power, vector = flint.acb_mat(self.S, self.S), flint.acb_mat(self.S, 1, [flint.acb(v) for v in self.end])
        waves = [(u * y).sin_cos() for *_, y in self.steps]
        for (s, to, w, _), (sine, cosine) in zip(self.steps, waves, strict=True):
            power[s, to] += flint.acb(w * cosine, w * sine)
        size = total(a for _, a, _ in self.alpha) * max(float(v.upper()) for v in self.end)
        while n:
            if n & 1:
                vector = power * vector
            n >>= 1
            if n:
                power, done = power * power, 2 * done
                norm = max(float(total(abs(power[i, j]).upper() for j in range(self.S)).upper())
                           for i in range(self.S)) * (1 + 1e-9)
                if 0 < norm < 1 and kappa < np.inf and self.n % done * self.log_norm < 1:
                    bound = size.log() + (self.n // done) * flint.arb(norm).log() + self.n % done * self.log_norm
                    if bound < -kappa:
                        return None
        return sum((flint.acb(a * (u * y).cos(), a * (u * y).sin()) * vector[s, 0] for s, a, y in self.alpha),
                   flint.acb(0))

    @property
    def log_norm(self) -> float:
        """Upper end of the logarithm of the largest row sum, at least zero."""
        sums = [total(w for s, _, w, _ in self.steps if s == i) for i in range(self.S)]
        return max(0.0, max(float(v.log().upper()) * (1 + 1e-9) + 1e-15 for v in sums if v > 0))

    def log_mgf(self, s) -> object:
        """``log E e^{s S}`` under the tilted measure."""
        flint = library()
        matrix, vector = flint.arb_mat(self.S, self.S), flint.arb_mat(self.S, 1, self.end)
        for i, j, w, y in self.steps:
            matrix[i, j] += w * (s * y).exp()
        vector = matrix_power(matrix, self.n) * vector
        return total(a * (s * y).exp() * vector[i, 0] for i, a, y in self.alpha).log()

    def frequencies(self, plan: Plan, kappa: float) -> Iterator[tuple[int, object]]:
        """Pairs ``k, psi(k h)``; all others below K have been shown to be below ``e^-kappa``."""
        h = library().arb(plan.step)
        if plan.K > ball_models.MOST_VALUES:
            raise ArithmeticError(f"{plan.K} values of a characteristic function in balls")
        for k in range(plan.K):
            value = self.psi(h * k, kappa if k else np.inf)
            if value is not None:
                yield k, value


def matrix_power(matrix, n: int) -> object:
    """``matrix ** n`` by squaring."""
    out = type(matrix)(matrix.nrows(), matrix.ncols(), [int(i == j) for i in range(matrix.nrows())
                                                        for j in range(matrix.ncols())])
    while n:
        if n & 1:
            out = out * matrix
        n >>= 1
        if n:
            matrix = matrix * matrix
    return out
