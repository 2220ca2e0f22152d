"""The classical approximations approximate: against listed values of a law without a lattice, and their formulas."""

import numpy as np
import pytest
from scipy.stats import norm

from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.certificates.tail_approximations import tail_approximations

P, Q, H = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.35, 0.25]), 900


@pytest.mark.parametrize(("z", "off"), [(1.0, 0.6), (2.0, 0.2), (4.0, 0.07), (6.0, 0.05)])
def test_errors_against_listed_values(z, off):
    x = np.log(P / Q)
    mean, sd = H * float(P @ x), np.sqrt(H * float(P @ (x - P @ x) ** 2))
    near = np.linspace(-0.3, 0.3, 41)  # averaged over thresholds: jumps at atoms have size one over root H
    listed = np.array([enumerated_coverage(P, Q, H, mean + (z + d) * sd).lower for d in near])
    found = np.array([tail_approximations(P, Q, H, mean + (z + d) * sd) for d in near])
    normal, bahadur_rao, rice, chernoff = (found / listed[:, None]).mean(axis=0)
    assert rice == pytest.approx(1.0, abs=0.005)
    assert bahadur_rao == pytest.approx(1.0, abs=off)
    assert bahadur_rao > 1.0
    assert normal == pytest.approx(1.0, abs=0.1 if z < 3 else 0.7)
    assert chernoff > 2.0


def test_below_the_mean_and_the_chernoff_bound():
    x = np.log(P / Q)
    mean, sd = H * float(P @ x), np.sqrt(H * float(P @ (x - P @ x) ** 2))
    found = tail_approximations(P, Q, H, mean - 2 * sd)
    assert found.chernoff == 1.0
    assert np.isnan(found.bahadur_rao)
    assert found.normal == pytest.approx(norm.cdf(2.0), rel=1e-12)
    assert found.lugannani_rice == pytest.approx(enumerated_coverage(P, Q, H, mean - 2 * sd).lower, abs=2e-3)
    far = tail_approximations(P, Q, H, mean + 8 * sd)
    assert enumerated_coverage(P, Q, H, mean + 8 * sd).upper < far.chernoff < 40 * far.bahadur_rao


@pytest.mark.parametrize(("arguments", "message"), [
    ((P, Q, H, 1e6), "log_N: got 1000000"),
    (([0.5, 0.5], [1.0, 0.0], 5, 0.1), "q: zero where p is positive"),
])
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        tail_approximations(*arguments)
