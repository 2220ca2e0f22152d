"""Notebooks 14, 15, 20, 22 and 25: backtracking walks, counting by sampling and back, learned verifiers, walk times."""

from mpmath import ceil, cos, log, mpf, pi, sqrt

from covtheory.bounds import counting, learned_verifiers, verifiers, walk_times
from identities.table import Row, least, most, plus

ONE_UP, SHARE = "[1, inf)", "(0, 1]"
COUNTER = {"over": [3.5, 10.0], "under": [1.7, 2.0], "H": [9, 40]}
COUNTED = {"over": ONE_UP, "under": ONE_UP, "H": ONE_UP}
DELTA = {"delta": [0.03, 0.4]}
WALK = {"kappa": [1.7, 3.0], "H": [9, 40]}
WALKED = {"kappa": ONE_UP, "H": ONE_UP}


def part(table, *names):
    """Some entries of a table."""
    return {name: table[name] for name in names}


def odd(k):
    """The least odd number from k on."""
    return k if int(k) % 2 else k + 1


def steps(kappa, H, delta):
    """Notebook 14, Theorem 4 (a)."""
    return ceil(2 * kappa**2 * H**2 * log(sqrt(2) * kappa**2 * H ** mpf("1.5") / delta))


def first_leaf(kappa, H):
    """Notebook 25, Theorem 1: U_H at 1/kappa and at kappa."""
    def U(r):
        value = plus(1, r * (H - 1))
        for k in range(1, int(H)):
            value /= plus(1, 1 / (r * (1 + r * (k - 1))))
        return value
    return U(1 / kappa), U(kappa)


def slowest(over, under, H):
    """Notebook 22, Theorem 1: overvalued levels first, then undervalued ones, the best number of the former."""
    def time(m):
        g = [over] * m + [1 / under] * (int(H) - 1 - m) + [mpf(1)]
        return H + 2 * sum(g[i] / g[j] for j in range(int(H)) for i in range(j))
    return max(time(m) for m in range(int(H)))


def distance(over, H):
    """Notebook 22, Theorem 3: the largest mean number of moves between responses."""
    return 2 * plus(over * (H - 1), mpf(1))


ROWS = [
    Row(counting.spectral_gap, "15 Theorem 1", lambda over, under, H: (1 - cos(pi / (2 * H))) / (2 * over * under),
        at=COUNTER, domain=COUNTED),
    Row(counting.conductance, "15 Theorem 2", lambda over, under, H: 1 / plus(2, 4 * over * under * (H - 1)),
        at={"over": [1.5, 2.0], "under": [1.7, 1.2], "H": [3, 2]}, domain=COUNTED),
    Row(counting.solution_mass, "15 Proposition 1", lambda over, H: 1 / (2 * over * H), at=part(COUNTER, "over", "H"),
        domain=part(COUNTED, "over", "H")),
    Row(counting.steps, "15 Theorem 3",
        lambda over, under, H, delta:
        ceil(2 * over * under * H**2 * log(sqrt(2 * over * under) * over * H ** mpf("1.5") / delta)),
        at={**COUNTER, **DELTA}, domain={**COUNTED, "delta": SHARE}),
    Row(counting.reruns, "15 Theorem 3, runs until a solution",
        lambda over, H, delta: ceil(2 * over * H * log(1 / delta) / (1 - delta)),
        at={"over": [35.0, 200.0], "H": [90, 40], **DELTA}, domain={"over": ONE_UP, "H": ONE_UP, "delta": "(0, 1)"}),
    Row(counting.sampler_distance, "15 Theorem 5", lambda V, H, eps: eps / (8 * V * H),
        at={"V": [3, 7], "H": [9, 40], "eps": [0.3, 0.8]}, domain={"V": "[2, inf)", "H": ONE_UP, "eps": SHARE}),
    Row(counting.samples_per_level, "15 Theorem 5", lambda V, H, eps: ceil(51 * V * H / eps**2),
        at={"V": [3, 7], "H": [9, 40], "eps": [0.31, 0.8]}, domain={"V": "[2, inf)", "H": ONE_UP, "eps": SHARE}),
    Row(counting.pilot_per_level, "15 Theorem 5",
        lambda V, H, failure: ceil(mpf("10.6") * V * log(V * H / failure)),
        at={"V": [30, 700], "H": [9, 40], "failure": [0.3, 0.01]}, default={"failure": 1 / 12},
        domain={"V": "[2, inf)", "H": ONE_UP, "failure": SHARE}),
    Row(counting.repetitions, "15 Theorem 5, median", lambda alpha: odd(ceil(18 * log(1 / alpha))),
        at={"alpha": [1e-9, 1e-5, 0.05, 0.06, 0.9]}, domain={"alpha": "(0, 1)"}),

    Row(verifiers.spectral_gap, "14 Theorem 3", lambda kappa, H: (1 - cos(pi / (2 * H))) / (2 * kappa**2), at=WALK,
        domain=WALKED),
    Row(verifiers.leaf_mass, "14 Theorem 4", lambda kappa, H: 1 / (2 * kappa * H), at=WALK, domain=WALKED),
    Row(verifiers.steps_total_variation, "14 Theorem 4 (a)", steps, at={**WALK, **DELTA},
        domain={**WALKED, "delta": SHARE}),
    Row(verifiers.steps_kl, "14 Theorem 4 (b)",
        lambda kappa, H, delta: ceil(kappa**2 * H**2 * log(16 * kappa**3 * H**2 / delta)), at={**WALK, **DELTA},
        domain={**WALKED, "delta": SHARE}),
    Row(verifiers.cost_per_response, "14 Theorem 4 (c)",
        lambda kappa, H, delta: 2 * kappa * H / plus(1, -delta) * steps(kappa, H, delta),
        at={"kappa": [1.7, 3.0], "H": [9, 40], "delta": [0.3, 0.4]}, domain=WALKED,
        refused=(("delta", {"delta": 0.0}), ("delta", {"delta": 1.01}))),
    Row(verifiers.hitting_time, "14 Theorem 4 (d)",
        lambda kappa, H: plus(H, 2 * kappa * (H - 1), kappa**2 * (H - 1) * (H - 2)),
        at={"kappa": [1.7, 3.0], "H": [3, 9]}, domain=WALKED),
    Row(verifiers.average_error_steps, "25 Theorem 3",
        lambda over, under, H, delta, exact_leaves:
        ceil((64 if exact_leaves else 144) * over * under * H**2 / delta**2 * log(2 * over * under * H)),
        at={**COUNTER, **DELTA, "exact_leaves": [True, False]}, scalar=("exact_leaves",),
        default={"exact_leaves": True},
        domain={**COUNTED, "delta": SHARE}),
    Row(verifiers.average_error_ratio, "25 Theorem 3",
        lambda over, under, H, delta, exact_leaves: 8 * H * over if exact_leaves else 24 * H * over * under / delta,
        at={**COUNTER, **DELTA, "exact_leaves": [True, False]}, scalar=("exact_leaves",),
        default={"exact_leaves": True},
        domain={**COUNTED, "delta": SHARE}),
    Row(verifiers.first_leaf_factors, "25 Theorem 1", first_leaf, at={"kappa": [1.7, 3.0, 1.0], "H": [3, 9, 5]},
        scalar=("kappa", "H"), domain={"kappa": ONE_UP}, refused=(("H", {"H": 2.5}), ("H", {"H": 0}))),
    Row(verifiers.last_letter_distance, "14 Theorem 1 (a)",
        lambda eps, H: (least(mpf(1), eps * sqrt(H - 1)) / 14,
                        eps * sqrt((H - 1) / plus(1, eps)) / 4),
        at={"eps": [0.3, 0.9], "H": [5, 700]}, domain={"eps": "[0, 1]", "H": "[2, inf)"}),
    Row(walk_times.first_response, "22 Theorem 1, the largest over the number of overvalued levels", slowest,
        at={"over": [1.7, 3.0, 1.0], "under": [1.2, 2.0, 2.0], "H": [4, 9, 1]},
        domain=part(COUNTED, "over", "under"), refused=(("H", {"H": 2.5}), ("H", {"H": 0}))),
    Row(walk_times.first_response_average, "22 Theorem 2",
        lambda over, under, H: plus(H, 2 * over * under * (H - 1) ** 2, 2 * over * (H - 1)),
        at={"over": [1.5, 3.0], "under": [1.7, 2.0], "H": [3, 9]}, domain=COUNTED),
    Row(walk_times.trace_height, "22 Theorem 3", lambda under, H: plus(under * (H - 1), mpf(1)),
        at={"under": [1.7, 2.0], "H": [3, 9]}, domain=part(COUNTED, "under", "H")),
    Row(walk_times.visits, "22 Theorem 3",
        lambda under, H, delta: most(ceil(plus(under * (H - 1), mpf(1))
                                          * log(sqrt(under * (H - 1)) / (2 * delta))), mpf(0)),
        at={"under": [17.0, 200.0, 1.0, 1.5], "H": [90, 40, 2, 3], "delta": [0.03, 0.4, 0.9, 0.001]},
        domain={**part(COUNTED, "under", "H"), "delta": SHARE}),
    Row(walk_times.moves_to_response, "22 Theorem 3",
        lambda over, under, H, k: plus(distance(over, H) * k, distance(over, H), under * 2 * over * (H - 1) ** 2,
                                       -H, -(H - 1) * (H - 2)),
        at={"over": [1.5, 3.0], "under": [1.7, 2.0], "H": [3, 9], "k": [2, 7]},
        domain={**COUNTED, "k": "[0, inf)"}),
    Row(walk_times.bottleneck_steps, "22 Theorem 4",
        lambda p, kappa, H: plus((1 - p) * kappa**2 * (H - 1) ** 2 / (8 * plus(1, -p, kappa) * p**2),
                                 -(4 * H**2 - 1) / mpf(3)),
        at={"p": [0.2, 0.5], "kappa": [3.5, 20.0], "H": [9, 5]},
        domain={"p": SHARE, "kappa": ONE_UP}, refused=(("H", {"H": 4}), ("H", {"H": 1}), ("H", {"H": 3.5}))),
    Row(verifiers.round_one, "25 Theorem 1, round-off", lambda number: mpf(1) if abs(number - 1) < 1e-14 else number,
        at={"number": [1.5, 1 + 9e-15, 1 + 2e-14, 1 - 9e-15]}, scalar=("number",), rtol=1e-16),

    Row(learned_verifiers.first_response_moves, "20 Theorem 1",
        lambda over, under: plus(*under) * plus(2 * plus(*over), mpf(-1)),
        at={"over": [[0.7, 0.5, 1.0], [2.0, 1.0, 0.4]], "under": [[1.7, 2.0, 1.0], [0.5, 0.6, 1.0]]},
        domain={"over": "(0, inf)", "under": "(0, inf)"}),
    Row(learned_verifiers.learned_moves, "20 Theorem 2",
        lambda n, H, wasted, blind:
        plus(H, blind) * plus(2 * H, mpf(-1), 2 * wasted / plus(n, mpf(1))),
        at={"n": [3, 9], "H": [5, 4], "wasted": [35.0, 70.0], "blind": [2.5, 1.7]}, default={"blind": 0.0},
        domain={"n": ONE_UP, "H": ONE_UP, "wasted": "[0, inf)", "blind": "[0, inf)"}),
    Row(learned_verifiers.learned_moves_between, "20 Theorem 2",
        lambda n, H, wasted: plus(2 * H, 2 * wasted / plus(n, mpf(1))),
        at={"n": [3, 9], "H": [5, 4], "wasted": [35.0, 70.0]},
        domain={"n": ONE_UP, "H": ONE_UP, "wasted": "[0, inf)"}),
    Row(learned_verifiers.found_by_blind_search, "20 Theorem 3",
        lambda looks, candidates: plus(looks, mpf(1)) / candidates,
        at={"looks": [3.0, 9.0], "candidates": [64.0, 1000.0]}, domain={"looks": "[0, inf)", "candidates": ONE_UP}),
]
