"""Tilts and pass@k of success rates: optimality, limits, and clear errors."""

import numpy as np
import pytest

from covtheory.bounds import tilting as bounds
from covtheory.learners.tilted import conditioned_on_success, log_normaliser, tilt
from covtheory.randomness import generator


def test_tilt_maximises_reward_minus_beta_kl():
    rng = generator(13, 90)
    pi, r, beta = rng.dirichlet(np.ones(5)), rng.random(5), 0.3

    def objective(q):
        return q @ r - beta * (q @ np.log(q / pi))

    best = objective(tilt(pi, r, beta))
    assert best == pytest.approx(beta * float(log_normaliser(pi, r, beta)), rel=1e-12)
    assert max(objective(q) for q in rng.dirichlet(np.ones(5), 2000)) < best


def test_tilt_survives_a_temperature_at_which_the_factor_overflows():
    assert tilt([1e-300, 1.0], [1, 0], 1e-4) == pytest.approx([1.0, 0.0])
    assert tilt([0.25, 0.75], [1, 0], np.inf) == pytest.approx([0.25, 0.75])


def test_no_success_stays_without_success():
    assert tilt([0.0, 1.0], [1, 0], 1e-6) == pytest.approx([0, 1])
    assert conditioned_on_success([0.0, 1.0], [1, 0]) == pytest.approx([0, 1])


def test_small_success_rates_keep_their_relative_accuracy():
    assert float(bounds.tilted_success(1e-200, 0.1)) == pytest.approx(1e-200 * np.exp(10), rel=1e-12)
    assert float(bounds.pass_at_k_of_rates([1e-200], 1e5)) == pytest.approx(1e-195, rel=1e-12)


def test_pass_at_k_against_plain_powers_with_weights_zeros_and_ones():
    p, w, k = np.array([0.0, 0.3, 1.0]), np.array([0.2, 0.5, 0.3]), np.array([1.0, 2, 7])
    assert bounds.pass_at_k_of_rates(p, k, w) == pytest.approx([w @ (1 - (1 - p) ** n) for n in k], rel=1e-13)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: tilt([0.5, 0.5], [1, 2], 1), "reward"),
    (lambda: tilt([0.5, 0.5], [1, 0], 0), "beta"),
    (lambda: tilt([0.5, 0.5], [1, 0], np.nan), "beta"),
    (lambda: tilt([0.5, 0.6], [1, 0], 1), "pi_hat"),
    (lambda: tilt([0.5, 0.5], [1, 0, 0], 1), "shapes"),
    (lambda: conditioned_on_success([0.5, 0.5], [0.5, 0]), "reward"),
    (lambda: bounds.tilt_log_factor(0.0), "beta"),
    (lambda: bounds.normaliser_log_factor(1.1, 1.0), "J"),
    (lambda: bounds.tilted_success(-0.1, 1.0), "p"),
    (lambda: bounds.powered_success(0.1, -1.0), "gamma"),
    (lambda: bounds.pass_at_k_of_rates([0.5], 0), "k"),
    (lambda: bounds.pass_at_k_of_rates([[0.5]], 1), "one success rate per prompt"),
    (lambda: bounds.pass_at_k_of_rates([0.5, 0.5], 1, [0.5, 0.6]), "prompt_probs"),
    (lambda: bounds.likelihood_quantile([0.5, 0.5], 0.5, [1.0]), "shapes"),
    (lambda: bounds.likelihood_quantile([0.5, np.nan], 0.5), "p"),
    (lambda: bounds.coverage_to_rates([0.5], 0.5), "N"),
    (lambda: bounds.all_or_nothing_crossover(0.0, 0.5), "p"),
])
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
