"""Decoded signs: against all 2^H responses, against plain sampling, and on bad input."""

import itertools
import math

import numpy as np
import pytest

from covtheory.bounds import test_time as bound
from covtheory.instances.decoded_signs import decode, frozen_coverage, log_ratio_moment, sign_chain


def listed(H, steps, start):
    """Probability and log ratio of every response, in plain Python."""
    out = []
    for signs in itertools.product((1, -1), repeat=H):
        theta, p, ratio = start, 1.0, 0.0
        for y, eta in zip(signs, steps, strict=True):
            data, model = 1 / (1 + math.exp(-2 * y)), 1 / (1 + math.exp(-2 * y * theta))
            p, ratio = p * data, ratio + math.log(data / model)
            theta = min(1.0, max(-1.0, theta + eta * (y - math.tanh(theta))))
        out.append((p, ratio))
    return np.array(out).T


@pytest.mark.parametrize(("theta", "H", "N"), [(0.0, 7, 3.0), (-0.6, 9, 20.0), (0.4, 8, 1.5), (-1.0, 6, 1e5)])
def test_the_frozen_models_coverage_is_that_of_all_responses(theta, H, N):
    p, ratio = listed(H, [0.0] * H, theta)
    assert frozen_coverage(theta, H, N) == pytest.approx(p[ratio >= math.log(N)].sum(), abs=1e-12)


def test_the_true_parameter_is_covered_and_an_unreachable_threshold_too():
    assert frozen_coverage([1.0, 0.0], 5, 1e9).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("H", "eta", "start", "s"), [(6, 0.3, 0.0, 0.5), (9, 0.9, -0.7, 0.2), (8, 0.1, 1.0, 0.8)])
def test_the_moment_is_bracketed_from_above_and_closely(H, eta, start, s):
    p, ratio = listed(H, [eta] * H, start)
    exact = p @ np.exp(-s * ratio)
    assert exact <= log_ratio_moment(H, eta, [s], start)[0] * (1 + 1e-12) < exact * 1.002


def test_more_points_tighten_the_moment():
    values = [log_ratio_moment(50, 0.2, [0.5], points=n)[0] for n in (100, 400, 1600)]
    assert values[0] > values[1] > values[2]


def test_sampled_log_ratios_have_the_mean_of_the_certified_chain():
    steps = np.linspace(0.4, 0.1, 130)
    ratio, theta = decode(np.random.default_rng(1), steps, np.full(4000, -0.3))
    lower, upper = (v.sum() for v in sign_chain(130, steps, -0.3))
    assert lower - 5 * ratio.std() / 63 < ratio.mean() < upper + 5 * ratio.std() / 63
    assert 0.5 < theta.mean() < 1 >= theta.max()


def test_each_run_may_have_steps_of_its_own():
    steps = np.stack([np.zeros(40), np.full(40, 0.5)], axis=1)
    ratio, theta = decode(np.random.default_rng(2), steps, [0.0, 0.0])
    assert theta[0] == 0.0 != theta[1]
    assert ratio[0] > ratio[1]


def test_the_analytic_bound_holds_against_all_responses_where_it_is_below_one():
    p, ratio = listed(12, [0.25] * 12, -1.0)
    assert p @ np.exp(-ratio / 2) <= 2 * (1 - 0.25 / 256) ** 12
    assert 1 - frozen_coverage(0.0, 4096, 16) <= bound.sign_decoder_covered(0.25, 4096, 16) < 0.2
    assert bound.sign_decoder_covered(0.26, 10**6, 16) == np.inf


@pytest.mark.parametrize(("call", "names"), [
    (lambda: frozen_coverage(1.5, 4, 2), "theta"), (lambda: frozen_coverage(0.0, 0, 2), "H"),
    (lambda: frozen_coverage(0.0, 4, 1.0), "N"), (lambda: decode(np.random.default_rng(0), 2.0, [0.0], H=3), "steps"),
    (lambda: decode(np.random.default_rng(0), 0.5, 0.0, H=3), "starts"),
    (lambda: decode(np.random.default_rng(0), 0.5, [0.0]), "H"), (lambda: log_ratio_moment(4, 0.5, [1.0]), "s:"),
    (lambda: log_ratio_moment(4, 1.5, [0.5]), "eta"), (lambda: log_ratio_moment(4, 0.5, [0.5], 2.0), "start"),
])
def test_bad_input_is_refused_by_name(call, names):
    with pytest.raises((ValueError, TypeError), match=names):
        call()
