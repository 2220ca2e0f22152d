"""Needles, the overfit budget's base, rays and online contexts: each exact law by a second route."""

import math
from itertools import product

import numpy as np
import pytest
from mpmath import log as mp_log
from mpmath import loggamma, mp, mpf

from covtheory.bounds.rays import ray_failure
from covtheory.instances.needle import Needle, log_upper_tail, needles
from covtheory.instances.online import late_contexts_average, one_context_rounds
from covtheory.instances.prompt_coins import PromptCoins
from covtheory.instances.rays import coin_tail, log_bent_ray_miss, segment_failure, segment_mle, two_rays_miss
from covtheory.instances.truncation import training_failure
from covtheory.instances.two_scale import OverfitBudget, some_rival_wins


def exact_log_tail(m, k):
    """In 30 digits, by summing ratios."""
    with mp.workdps(30):
        total, term, j = mpf(1), mpf(1), k
        while term > mpf(10) ** -25 and j < m:
            term *= mpf(m - j) / (j + 1)
            total, j = total + term, j + 1
        return float(loggamma(m + 1) - loggamma(k + 1) - loggamma(m - k + 1) - m * mp_log(2) + mp_log(total))


@pytest.mark.parametrize(("m", "k"), [(4, 3), (101, 95), (1000, 700), (10**4, 5200), (10**5, 50001), (10**6, 530_000),
                                      (10**9, 504 * 10**6), (10**12, 502_200 * 10**6), (20_000, 19_950),
                                      (10**12, 10**12 - 3)])
def test_upper_tail_of_fair_signs_far_beyond_floats(m, k):
    assert math.isclose(float(log_upper_tail(m, k)), exact_log_tail(m, k), rel_tol=1e-9)


def test_upper_tail_at_its_ends():
    assert log_upper_tail(5, [0, -3, 6]).tolist() == [0.0, 0.0, -np.inf]
    assert math.isclose(float(log_upper_tail(5, 5)), -5 * math.log(2), rel_tol=1e-12)


def listed_excess(n, d, choices, tilt, p, N, price, x):
    """P[some rival has sum -min(l, price) > x], listing every data set; ``choices`` are the tilted sign vectors."""
    rest, total = math.log1p(-p / N) - math.log1p(-p), 0.0
    for b in product([0, 1], repeat=n):
        S, m = sum(b), n - sum(b)
        for v in product([-1, 1], repeat=m * d):
            v = np.reshape(v, (m, d))
            best = max(np.log1p(tilt * (v * np.array(c))).sum() for c in choices)
            total += (best + m * rest - S * price > x + 1e-9) * p**S * (1 - p) ** m * 0.5 ** (m * d)
    return total


@pytest.mark.parametrize(("price", "x"), [(math.log(50.0), 0.0), (1.5, 0.3), (1.0, 0.9)])
def test_truncated_overfit_of_needles_and_budgets_by_listing_every_data_set(price, x):
    n, d, p, N = 3, 2, 0.2, 50.0
    needle = Needle(n, math.log(d), 0.4)
    direct = listed_excess(n, d, np.eye(d), 0.4, p, N, price, x)
    assert math.isclose(needle.excess_tail(p, N, price, x), direct, rel_tol=1e-9)
    budget = OverfitBudget(n, d, a=0.3 * math.sqrt(3))
    direct = listed_excess(n, d, list(product([-1, 1], repeat=d)), 0.3, p, N, price, x)
    assert math.isclose(budget.excess_tail(p, N, price, x), direct, rel_tol=1e-9)


def test_excess_quantile_inverts_its_tail_and_refuses_a_truncation_that_cuts_the_tilts():
    game = Needle(10**6, 100.0)
    x = game.excess_quantile(1e-6, 1e3, 0.5, 0.1)
    assert game.excess_tail(1e-6, 1e3, 0.5, x) <= 0.1 < game.excess_tail(1e-6, 1e3, 0.5, x * (1 - 1e-6))
    assert game.excess_quantile(0.01, 1e3, 5.0, 0.9) == 0.0
    with pytest.raises(ValueError, match="price"):
        game.excess_quantile(1e-6, 1e3, 0.5 * game.radius, 0.1)
    with pytest.raises(ValueError, match="price"):
        game.excess_tail(1e-6, 1e3, 7.0, 0.0)


def test_needles_lists_quantiles_in_order():
    rows = needles([50.0], [1e3, 1e6], [0.5])
    game = Needle(5 * 10**6, 50.0)
    assert rows.p.tolist() == [game.critical_p(1e3), game.critical_p(1e6)]
    assert rows.names == ["log K=5e+01, N=1e+03, delta=0.5", "log K=5e+01, N=1e+06, delta=0.5"]


def test_rivals_with_thresholds_of_their_own_against_listing_bits():
    n, p, N = 4, np.array([0.3, 0.2]), np.array([3.0, 20.0])
    total = 0.0
    for bits in product([0, 1], repeat=2 * n):
        S = np.reshape(bits, (n, 2)).sum(axis=0)
        wins = S * np.log(N) < (n - S) * (np.log1p(-p / N) - np.log1p(-p)) - 1e-12
        total += wins.any() * np.prod(p**S * (1 - p) ** (n - S))
    assert math.isclose(some_rival_wins(p, np.log(N), n), total, rel_tol=1e-12)


def test_one_coin_by_listing_every_data_set():
    family, n, mass, N = PromptCoins(H=2, d=2, B=1.5, theta=0.7), 2, 0.4, 1.5
    total = {0.1: 0.0, 0.3: 0.0}
    for visits in product([0, 1], repeat=n):
        t = sum(visits)
        for tosses in product([0, 1], repeat=2 * t):
            k = sum(tosses)
            chance = mass**t * (1 - mass) ** (n - t) * family.p**k * (1 - family.p) ** (2 * t - k)
            q = [family.floor, 1 - family.floor] if t == 0 else [min(max(k / (2 * t), family.floor), 1 - family.floor)]
            loss = mass * family.model_coverage(q, N).max()
            for level in total:
                total[level] += chance * (loss >= level)
    assert np.allclose(coin_tail(family, n, mass, [N], [[0.1], [0.3]]), list(total.values()), rtol=1e-12)


def test_segment_mle_beats_a_grid_and_its_failures_obey_one_ray():
    rng = np.random.default_rng(0)
    for _ in range(20):
        p, q = rng.dirichlet(np.ones(3), 2)
        counts = rng.multinomial(9, p, 5)
        u = segment_mle(p, q, counts)
        w = np.concatenate([u, np.linspace(0, 1, 501)])
        likelihood = counts @ np.log((1 - w) * p[:, None] + w * q[:, None])
        assert (np.diagonal(likelihood[:, :5]) >= likelihood.max(axis=1) - 1e-9).all()
        assert segment_failure(p, q, 9, [4.0], [0.2]) <= ray_failure(0.2, 4.0, 9, 1) + 1e-12


def test_two_rays_and_a_bent_one_by_the_likelihood():
    n, p = 5, 0.15
    law = [(a, b, math.comb(n, a) * math.comb(n - a, b) * p ** (a + b) * (1 - 2 * p) ** (n - a - b))
           for a in range(n + 1) for b in range(n + 1 - a)]
    assert math.isclose(float(two_rays_miss(n, p)), sum(w for a, b, w in law if 0 in (a, b)), rel_tol=1e-12)
    N, far = 6.0, 0.0
    for S in range(n + 1):
        gain = (n - S) * math.log((1 - p / N) / (1 - p)) - S * math.log(N)  # times u: the MLE is an end
        far += (gain > 0) * math.comb(n, S) * p**S * (1 - p) ** (n - S)
    assert math.isclose(math.exp(float(log_bent_ray_miss(n, p, N))), far, rel_tol=1e-12)


def test_online_quantiles_by_listing_first_shows():
    mu, n, delta = 0.3, 6, 0.05
    first = np.arange(1, n + 2)  # round in which the context first shows; n + 1: never
    chance = np.append(mu * (1 - mu) ** (first[:-1] - 1), (1 - mu) ** n)
    loss = mu * np.minimum(first, n) / n
    largest = max(v for v in loss if chance[loss >= v - 1e-12].sum() >= delta)
    assert math.isclose(one_context_rounds(mu, n, delta), largest, rel_tol=1e-12)
    labels, N = 50.0, 20.0
    seen = (first - 1 + (first <= n)) / labels + np.maximum(n - first, 0)  # n times what the average gives the label
    missed = mu * (seen / n <= 1 / N + 1e-12)
    largest = max(v for v in missed if chance[missed >= v].sum() >= delta)
    assert math.isclose(late_contexts_average(1, mu, labels, n, N, delta), largest, rel_tol=1e-12)


def test_training_failure_by_hand():
    # one sample, a model that gives one symbol all its mass: overfits by log 2 iff that symbol shows
    model, truth = [[1 - 1e-12, 1e-12]], [0.5, 0.5]
    assert math.isclose(training_failure(model, truth, 1, 0.69, 0.5), 0.5, rel_tol=1e-9)
    assert training_failure(model, truth, 1, 28.0, 0.5) == 0.0
