"""Notebooks 13 and 24: tilting by a reward, pass@k, policy gradients."""

from mpmath import exp, inf, log, mpf, quad, sqrt

from covtheory.bounds import policy_gradient, tilting
from identities.table import Row, most, plus

UNIT, OPEN = "[0, 1]", "(0, 1)"
RATES = {"p": [[0.0, 0.3, 0.5, 0.02], [0.1, 1.0, 0.4, 0.4], [0.25, 0.125, 0.75], [0.25, 0.5, 0.75, 1.0]],
         "prompt_probs": [[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.3, 0.2], None, None]}
RATES_REFUSED = (("p", {"p": [0.1, 1.1, 0.2, 0.3]}), ("p", {"p": [[0.1, 0.2]]}),
                 ("prompt_probs", {"prompt_probs": [1.2, -0.2]}), ("shapes", {"prompt_probs": [0.5, 0.5]}))


def weights(p, prompt_probs):
    """The prompts' law; uniform if none is given."""
    return prompt_probs or [mpf(1) / len(p)] * len(p)


def pass_at_k(p, k, prompt_probs):
    """The definition."""
    miss = [mpf(p_x < 1) if k == 0 else (mpf(p_x == 0) if k == inf else (1 - p_x) ** k) for p_x in p]
    return sum(w * (1 - q) for w, q in zip(weights(p, prompt_probs), miss, strict=True))


def profile(p, N, prompt_probs):
    """``P_x[p(x) <= 1/N]`` up to the library's tie of 1e-12."""
    slack = 1 + mpf(10) ** -12
    return sum(w for w, p_x in zip(weights(p, prompt_probs), p, strict=True) if p_x == 0 or p_x * N <= slack)


def quantile(p, eps, prompt_probs):
    """Where the distribution function of the rates first exceeds eps."""
    pairs, mass = sorted(zip(p, weights(p, prompt_probs), strict=True)), mpf(0)
    for p_x, w in pairs:
        mass += w
        if mass > eps * (1 + mpf(10) ** -12) and eps < 1:
            return p_x
    return mpf(1)


def sigma(u):
    """Logistic function."""
    return 1 / (1 + exp(-u))


def time(p0, p1, speed):
    """``int du / speed(p)`` over the log odds, by quadrature."""
    return quad(lambda u: 1 / speed(sigma(u)), [log(p0 / (1 - p0)), log(p1 / (1 - p1))])


def flow_time(p0, p1, kind):
    """Theorem 2 of notebook 24: du/dt of two responses."""
    return time(p0, p1, {"reward": lambda p: 2 * p * (1 - p), "normalised": lambda p: 2 * sqrt(p * (1 - p)),
                         "log_reward": lambda p: 2 * (1 - p), "natural": lambda p: mpf(1)}[kind])


def group_time(p0, p1, m):
    """Theorem 3 of notebook 24: du/dt is at most twice each of the two bounds on g_m."""
    return most(time(p0, p1, lambda p: 2 * p * (1 - p) * sqrt(m - 1)), time(p0, p1,
    lambda p: 2 * sqrt((m - 1) / m * p * (1 - p))))


ROWS = [
    Row(tilting.tilt_log_factor, "13 Theorem 1", lambda beta: 1 / beta, at={"beta": [0.3, 4.0]},
        domain={"beta": "(0, inf)"}),
    Row(tilting.normaliser_log_factor, "13 Theorem 2", lambda J, beta: log(plus(1, J * plus(exp(1 / beta), mpf(-1)))),
        at={"J": [0.3, 0.9], "beta": [0.7, 2.0]}, domain={"J": UNIT, "beta": "(0, inf)"}),
    Row(tilting.tilted_success, "13 Theorem 3",
        lambda p, beta: exp(1 / beta) * p / plus(1, -p, exp(1 / beta) * p), at={"p": [0.3, 0.9], "beta": [0.7, 2.0]},
        domain={"p": UNIT, "beta": "(0, inf)"}),
    Row(tilting.powered_success, "13 Theorem 6 (b)", lambda p, gamma: p**gamma / plus(p**gamma, (1 - p) ** gamma),
        at={"p": [0.3, 0.6], "gamma": [1.7, 0.4]}, domain={"p": UNIT, "gamma": "[0, inf)"}),
    Row(tilting.pass_at_k_of_rates, "13, definition", pass_at_k, at={**RATES, "k": [3, 0.5, float("inf"), 40]},
        scalar=("p", "prompt_probs"), default={"prompt_probs": None}, domain={"k": "(0, inf)"}, refused=RATES_REFUSED),
    Row(tilting.all_or_nothing_crossover, "13 Theorem 6 (a)", lambda p, a: log(1 - a) / log(1 - p),
        at={"p": [0.3, 1e-6], "a": [0.875, 0.2]}, domain={"p": OPEN, "a": OPEN}),
    Row(tilting.coverage_to_rates, "13 Theorem 4", profile, at={**RATES, "N": [2.0, 2.6, 4.0, float("inf")]},
        scalar=("p", "prompt_probs"), default={"prompt_probs": None}, domain={"N": "[1, inf)"}, refused=RATES_REFUSED,
        also={"N": [50.0, 50.01, 3.0, 10 / 3, float("inf")]}),
    Row(tilting.likelihood_quantile, "13 Theorem 4 (b)", quantile,
        at={"p": [*RATES["p"], [0.3, 0.5], [0.1, 0.3, 0.7]],
            "prompt_probs": [*RATES["prompt_probs"], [0.5, 0.5 + 5e-10], [0.0, 0.4, 0.6]],
            "eps": [0.55, 0.5, 2 / 3, 0.745, 1.0, 0.0]},
        scalar=("p", "prompt_probs"), default={"prompt_probs": None}, domain={"eps": UNIT}, refused=RATES_REFUSED,
        also={"eps": [0.05, 0.1, 0.3, 0.5, 0.7, 0.69, 0.71, 0.999]}),

    Row(policy_gradient.success_seen, "24 Theorem 1", lambda p, draws: 1 - (1 - p) ** draws,
        at={"p": [0.3, 1e-6, 1.0, 0.3], "draws": [3.0, 5e5, 0.0, 0.5]}, domain={"p": UNIT, "draws": "[0, inf)"}),
    Row(policy_gradient.needle_seen, "24 Theorem 1 (needle)", lambda R, draws: min(draws / R, mpf(1)),
        at={"R": [8.0, 5.0], "draws": [3.0, 12.0]}, domain={"R": "[1, inf)", "draws": "[0, inf)"}),
    Row(policy_gradient.flow_time, "24 Theorem 2", flow_time,
        at={"p0": [0.2, 0.2, 0.1, 0.3], "p1": [0.6, 0.6, 0.5, 0.9],
            "kind": ["normalised", "log_reward", "natural", "reward"]},
        scalar=("kind",), default={"kind": "reward"}, domain={"p0": OPEN, "p1": OPEN},
        refused=(("kind", {"kind": "adam"}),)),
    Row(policy_gradient.group_time_lower, "24 Theorem 3", group_time,
        at={"p0": [0.01, 0.2, 0.3], "p1": [0.5, 0.9, 0.7], "m": [5, 64, 2]},
        domain={"p0": OPEN, "p1": OPEN, "m": "[2, inf)"}),
]
