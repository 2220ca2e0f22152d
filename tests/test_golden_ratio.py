"""The law of notebook 05, its theorem, ladder and learners: each headline number by a second route."""

import math
from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import chi2, norm

from covtheory.bounds import golden_ratio, visited_prompts
from covtheory.instances.ladder import RUNGS, Ladder
from covtheory.instances.prompt_coins import PromptCoins
from covtheory.instances.token_positions import TokenPositions
from covtheory.learners import token_logits


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_times_k_plus_one_samples_give_the_power_k(k):
    N = np.array([1.5, 10.0, 1e4])
    want = (k + 1) / (2 * k + 1) / N**k
    np.testing.assert_allclose(golden_ratio.expected_coverage(k * (k + 1), N), want, rtol=1e-12)


@pytest.mark.parametrize(("n", "N", "d"), [(1, 4.0, 1), (5, 4.0, 2), (12, 2.0, 3), (3, 100.0, 6)])
def test_law_is_the_integral_over_the_error_of_the_mean(n, N, d):
    def inner(w):
        return chi2.pdf(w, d) * norm.sf((math.log(N) - w / (2 * n)) / math.sqrt(w / n))

    value = sum(quad(inner, *ends, epsabs=0, epsrel=1e-11)[0] for ends in ((0, 1), (1, 10), (10, 60), (60, 500)))
    assert float(golden_ratio.expected_coverage(n, N, d)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("d", [2, 4, 10, 40, 200])
def test_quadrature_for_odd_d_agrees_with_the_finite_sum_for_even_d(d):
    n, L = np.array([0.01, 0.3, 1, 5, 100, 1e4])[:, None], np.log([1.001, 1.1, 2, 100, 1e4, 1e12, 1e100])
    exact = golden_ratio.expected_coverage(n, np.exp(L), d)
    seen = exact > 1e-280
    np.testing.assert_allclose(golden_ratio._integral(n, L, d / 2)[seen], exact[seen], rtol=2e-12)


def test_coverage_falls_in_n_and_the_rate_grows_with_N():
    n = np.arange(1, 400)
    for d in (1, 2, 5):
        law = golden_ratio.expected_coverage(n[:, None], np.array([2.0, 4, 16, 256]), d)
        assert (np.diff(law, axis=0) < 0).all()
        halved = law[0::2][:150] / law[1::2][:150]
        assert (np.diff(halved, axis=1) > 0).all()


def test_theorem_on_visited_prompts_covers_the_law_and_needs_its_factor():
    t, N = np.arange(1, 60)[:, None], np.array([1.5, 4.0, 1e3, 1e9])
    bound = visited_prompts.visited_coverage(t, N)
    assert (golden_ratio.expected_coverage(t, N, 1) <= bound).all()
    assert (visited_prompts.visited_coverage(t, N, c=3.0) >= bound).all()
    free = np.array([visited_prompts.visited_coverage(t, N, 2.0, s) for s in (0.1, 0.5, 0.9)])
    assert (visited_prompts.visited_coverage(t, N, 2.0) <= free.min(axis=0) * (1 + 1e-3)).all()


def test_unvisited_kl_is_the_part_of_kl_from_unvisited_prompts():
    coins = PromptCoins(16, d=6)
    n = np.array([10, 100, 1000])
    assert (coins.kl_unvisited(n) <= coins.kl(n).upper).all()
    part = coins.kl(n).lower - coins.kl(n).fine
    np.testing.assert_allclose(coins.kl_unvisited(n), part, rtol=1e-9, atol=1e-15)


def test_all_fitted_coins_give_the_windowed_coverage():
    coins = PromptCoins(16)
    fitted, weight = coins.exact_fits(3)
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    N = [2.0, 64.0]
    np.testing.assert_allclose(weight @ coins.model_coverage(fitted, N), coins.visited_coverage(3, N), atol=2e-12)


def _listed(n, share, exponents, base, a):
    """Probability that a rival of a ladder with one sign wins, by listing every data set."""
    ladder, g = Ladder(n, 1, share, exponents, base, a), a / math.sqrt(n)
    L, p = ladder.step * ladder.exponents, ladder.p
    moved = math.log1p(-(p * np.exp(-L)).sum()) - math.log1p(-p.sum())
    symbols = [(-1, (1 - p.sum()) / 2), (1, (1 - p.sum()) / 2), *((k + 2, mass) for k, mass in enumerate(p))]
    total = 0.0
    for data in product(symbols, repeat=n):
        signs = np.array([v for v, _ in data if v < 2])
        gain = max(np.log1p(g * s * signs).sum() for s in (1, -1)) + signs.size * moved
        paid = sum(L[v - 2] for v, _ in data if v >= 2)
        total += (gain > paid + 1e-9) * math.prod(mass for _, mass in data)
    return ladder.rival_probability(), total


@pytest.mark.parametrize("case", [(3, 0.3, [1, 2], 2.0, 0.8), (4, 0.2, [1, 2, 5], 1.5, 1.2),
                                  (5, 0.2, [1, 3], 1.4, 1.5)])
def test_ladder_probability_by_listing_all_data_sets(case):
    got, listed = _listed(*case)
    assert 0 < listed < 1
    assert got == pytest.approx(listed, rel=1e-11)


def test_ladder_profile_area_and_refusals():
    ladder = Ladder(10**5, 400, 0.0688)
    N = 10.0 ** np.array(RUNGS)
    np.testing.assert_allclose(ladder.coverage(N) * np.log(N) * 250, 0.0688, rtol=1e-12)
    assert ladder.coverage(3e2) == ladder.coverage(1e3)  # between two rungs the upper one counts
    assert float(ladder.coverage(1e61)) == 0
    blocks = ladder.p @ (ladder.step * ladder.exponents)
    assert ladder.area == pytest.approx(250 * blocks, rel=1e-12)
    assert ladder.p.sum() == pytest.approx(ladder.tails[0], rel=1e-12)
    with pytest.raises(ValueError, match="radius"):
        ladder.coverage(2.0)
    with pytest.raises(ValueError, match=r"exponents.*increasing"):
        Ladder(100, 2, 0.1, [2, 2])
    with pytest.raises(ValueError, match="share"):
        Ladder(100, 90, 5.0, [1])


def test_token_coverage_by_listing_all_responses():
    tokens = TokenPositions([0.4, -1.0, 0.2], m=2)
    fitted = np.array([[0.1, -0.3, 0.9], [0.4, -1.0, 0.2]])
    N = np.array([1.0, 1.3, 3.0])
    want, kl = np.zeros((2, 3)), np.zeros(2)
    for response in product([0, 1], repeat=6):
        ones = np.reshape(response, (3, 2)).sum(axis=1)
        log_p = (ones * tokens.logits - 2 * np.logaddexp(0, tokens.logits)).sum()
        log_q = (ones * fitted - 2 * np.logaddexp(0, fitted)).sum(axis=1)
        want += math.exp(log_p) * ((log_p - log_q)[:, None] >= np.log(N) - 1e-9)
        kl += math.exp(log_p) * (log_p - log_q)
    np.testing.assert_allclose(tokens.coverage(fitted, N), want, rtol=1e-12)
    np.testing.assert_allclose(tokens.kl(fitted), kl, atol=1e-13)
    for bad in ([[1.0, 2.0]], [[1.0, 2.0, np.inf]]):
        with pytest.raises(ValueError, match="fitted"):
            tokens.coverage(bad, 2.0)


@pytest.mark.parametrize(("model", "weights"), [(token_logits.network([-1.0, 0.2, 1.0], 2), 7),
                                                (token_logits.linear([[1.0, 2.0], [0.5, -1.0], [1.0, 1.0]]), 2)])
def test_jacobian_is_the_derivative(model, weights):
    w = np.random.default_rng(0).normal(size=(1, weights))
    _, jacobian = model(w)
    for i in range(weights):
        step = np.zeros_like(w)
        step[0, i] = 1e-6
        slope = (model(w + step)[0] - model(w - step)[0])[0] / 2e-6
        np.testing.assert_allclose(jacobian[0, :, i], slope, atol=1e-8)


def test_training_reaches_the_maximum_and_never_falls():
    rng = np.random.default_rng(1)
    place = np.linspace(-1, 1, 5)
    tokens = TokenPositions(0.3 + 0.8 * place, 16)
    ones = tokens.sample(rng, 4, 30)
    line = token_logits.linear(np.stack([np.ones(5), place], axis=1))
    fitted = token_logits.fit(line, ones, 64, np.zeros((30, 2)))
    assert (fitted.gradient <= 1e-6).all()  # the likelihood is concave: this is the maximum
    wide = token_logits.train(token_logits.network(place, 4), ones, 64, 13, rng)
    assert (wide.deficit < 1e-4).all()  # five free logits
    np.testing.assert_allclose(expit(wide.logits), ones / 64, atol=2e-3)
    one = token_logits.fit(token_logits.network(place, 2), ones, 64, rng.normal(size=(30, 7)), steps=3)
    more = token_logits.fit(token_logits.network(place, 2), ones, 64, one.weights, steps=3)
    assert (more.deficit <= one.deficit + 1e-12).all()
    with pytest.raises(ValueError, match="ones, start"):
        token_logits.fit(line, ones, 10, np.zeros((30, 2)))
