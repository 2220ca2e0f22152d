"""Notebook 19: rays from the truth."""

from mpmath import log, mpf

from covtheory.bounds import rays
from identities.classical import phi_star
from identities.table import Row, least, plus
from identities.two_scale import log_inverse

ABOVE_ONE = "(1, inf)"


def ray(N, n, delta, rays):
    """The bound with probability ``1 - delta``, or on the expectation."""
    return plus(log(rays), log_inverse(delta)) / (n * phi_star(N))


ROWS = [
    Row(rays.ray_coverage, "19 Theorem R", ray,
        at={"N": [4.0, 1.3, 1e6], "n": [50, 9, 400], "delta": [0.05, 0.4, None], "rays": [3, 7, 5]}, scalar=("delta",),
        default={"rays": 2}, domain={"N": ABOVE_ONE, "n": "[1, inf)", "delta": "(0, 1)", "rays": "[1, inf)"},
        also={"N": [float("inf")]}, rtol=1e-10),
    Row(rays.ray_failure, "19 Theorem R, probability",
        lambda p, N, n, rays: least(mpf(1), rays * (1 - p * phi_star(N)) ** n),
        at={"p": [0.05, 0.3, 0.01], "N": [4.0, 1.3, 1e6], "n": [150, 9, 400], "rays": [3, 7, 5]}, default={"rays": 2},
        domain={"p": "[0, 1]", "N": ABOVE_ONE, "n": "[1, inf)", "rays": "[1, inf)"}, rtol=1e-10),
    Row(rays.product_coverage, "19 Theorem R, product families",
        lambda masses, N, n: sum(least(mu, (1 + log(2)) / (n * phi_star(N))) for mu in masses),
        at={"masses": [[0.9, 0.1], [0.7, 0.2, 0.1]], "N": [4.0, 1e6], "n": [30, 12]}, scalar=("masses",),
        domain={"N": ABOVE_ONE, "n": "[1, inf)"},
        refused=(("masses", {"masses": [0.5, 0.6]}),), rtol=1e-10),
]
