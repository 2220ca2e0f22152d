"""The binomial law against rational sums, against scipy.stats, and at its edges."""

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from scipy import stats

from covtheory import binom


@pytest.mark.parametrize(("n", "p"), [(1, Fraction(1, 3)), (7, Fraction(1, 2)), (30, Fraction(2, 7)),
                                      (31, Fraction(9, 10)), (60, Fraction(1, 1000)), (200, Fraction(1, 4))])
def test_masses_and_tails_are_the_rational_ones(n, p):
    mass = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    below = np.cumsum(np.array(mass, dtype=object))
    k, chance = np.arange(n + 1), float(p)
    np.testing.assert_allclose(binom.pmf(k, n, chance), [float(m) for m in mass], rtol=3e-13)
    np.testing.assert_allclose(binom.cdf(k, n, chance), [float(b) for b in below], rtol=3e-13)
    np.testing.assert_allclose(binom.sf(k, n, chance), [float(1 - b) for b in below], rtol=3e-13)
    logs = [log(b) if b < Fraction(1, 2) else -float(1 - b) - float((1 - b) ** 2) / 2 for b in below]
    close = [b < Fraction(1, 2) or 1 - b < Fraction(1, 10**5) for b in below]
    np.testing.assert_allclose(binom.logcdf(k, n, chance)[close], np.array(logs)[close], rtol=3e-10)


@pytest.mark.parametrize("n", [1000, 10**5, 10**7])
@pytest.mark.parametrize("p", [1e-5, 0.03, 0.5, 0.999])
def test_many_trials_agree_with_scipy(n, p):
    k = np.unique(np.clip(np.round(n * p + np.linspace(-8, 8, 33) * np.sqrt(n * p * (1 - p))), 0, n))
    for name, rtol in (("pmf", 3e-15 * n + 1e-12), ("cdf", 1e-9), ("sf", 1e-9)):
        np.testing.assert_allclose(getattr(binom, name)(k, n, p), getattr(stats.binom, name)(k, n, p), rtol=rtol)


def test_certain_outcomes_no_trials_and_values_outside():
    assert binom.pmf([-1, 0, 1, 4], 3, 0.0).tolist() == [0, 1, 0, 0]
    assert binom.pmf([2, 3, 4], 3, 1.0).tolist() == [0, 1, 0]
    assert (binom.pmf(0, 0, 0.3), binom.cdf(0, 0, 0.3), binom.sf(0, 0, 0.3)) == (1, 1, 0)
    assert (binom.cdf(-1, 5, 0.3), binom.cdf(2.7, 5, 0.3)) == (0, binom.cdf(2, 5, 0.3))
    assert binom.logcdf(-1, 5, 0.3) == -np.inf
    assert binom.pmf(np.arange(3)[:, None], [2, 3], 0.5).shape == (3, 2)


@pytest.mark.parametrize(("n", "p"), [(0, 0.3), (5, 0.0), (5, 1.0), (9, 0.4), (10**6, 1e-3)])
def test_the_law_has_all_the_mass(n, p):
    k, mass = binom.law(n, p)
    assert mass.sum() == pytest.approx(1, abs=1e-11)
    assert mass @ k == pytest.approx(n * p, rel=1e-10)
