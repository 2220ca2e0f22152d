"""Divergences agree with their definitions, with each other, and with high precision where laws nearly agree."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from covtheory.coverage import (
    LogRatioLaw,
    affinity,
    chi_squared,
    f_divergence,
    hellinger_sq,
    kl,
    kl_positive_part,
    law_from_pmfs,
    renyi,
    total_variation,
)


@st.composite
def pairs(draw):
    n = draw(st.integers(1, 6))
    weights = st.lists(st.integers(0, 20), min_size=n, max_size=n).filter(any)
    a, b = np.array(draw(weights), dtype=float), np.array(draw(weights), dtype=float)
    return a / a.sum(), b / b.sum()


@given(pairs())
def test_divergences_equal_their_definitions(pair):
    p, q = pair
    law = law_from_pmfs(p, q)
    on = p > 0
    infinite = bool(np.any(on & (q == 0)))
    assert hellinger_sq(law) == pytest.approx(((np.sqrt(p) - np.sqrt(q)) ** 2).sum(), abs=1e-14)
    assert total_variation(law) == pytest.approx(np.abs(p - q).sum() / 2, abs=1e-14)
    for value, terms in (
        (kl(law), lambda: p[on] * np.log(p[on] / q[on])),
        (kl_positive_part(law), lambda: p[on] * np.maximum(np.log(p[on] / q[on]), 0)),
        (chi_squared(law), lambda: (p - q)[q > 0] ** 2 / q[q > 0]),
        (renyi(law, 2.0), lambda: [np.log((p[on] ** 2 / q[on]).sum())]),
    ):
        assert value == np.inf if infinite else value == pytest.approx(np.sum(terms()), abs=1e-13)


@given(pairs())
def test_order_relations(pair):
    law = law_from_pmfs(*pair)
    assert 0 <= kl(law) <= kl_positive_part(law) + 1e-14
    assert renyi(law, 0.5) == pytest.approx(-2 * np.log(affinity(law, 0.5))) if affinity(law, 0.5) > 0 else True
    assert affinity(law, 0.5) == pytest.approx(1 - hellinger_sq(law) / 2, abs=1e-14)
    assert hellinger_sq(law) / 2 <= total_variation(law) + 1e-14
    assert renyi(law, 0.5) <= renyi(law, 0.9) + 1e-12
    assert renyi(law, 0.9) <= kl(law) + 1e-12
    assert kl(law) <= renyi(law, 1.5) + 1e-12
    assert affinity(law, 1.0) <= 1 + 1e-14
    assert affinity(law, 0.0) == pytest.approx(1.0)


@given(pairs())
def test_f_divergences_reproduce_the_named_ones(pair):
    law = law_from_pmfs(*pair)
    assert f_divergence(law, lambda r: r * np.log(r), f_at_zero=0.0, slope_at_infinity=np.inf) == pytest.approx(
        kl(law), abs=1e-13
    )
    assert f_divergence(law, lambda r: (r - 1) ** 2, f_at_zero=1.0, slope_at_infinity=np.inf) == pytest.approx(
        chi_squared(law), abs=1e-12
    )
    assert f_divergence(law, lambda r: (np.sqrt(r) - 1) ** 2, f_at_zero=1.0, slope_at_infinity=1.0) == pytest.approx(
        hellinger_sq(law), abs=1e-13
    )


@pytest.mark.parametrize("step", [1e-2, 1e-5, 1e-9, 1e-13])
def test_nearly_equal_laws_lose_no_digits(step):
    q = np.array([0.25, 0.5, 0.25])
    p = np.array([0.25 + step, 0.5, 0.25 - step])  # 0.25 +- step is rounded: the oracle uses the rounded numbers
    law = law_from_pmfs(p, q)
    with mpmath.workdps(60):
        P, Q = [mpmath.mpf(float(v)) for v in p], [mpmath.mpf(float(v)) for v in q]
        pairs = list(zip(P, Q, strict=True))
        gap = sum(P) - sum(Q)  # what rounding left of the normalisation
        oracle = {
            kl: sum(a * mpmath.log(a / b) for a, b in pairs) - gap,
            hellinger_sq: sum((mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2 for a, b in pairs),
            chi_squared: sum((a - b) ** 2 / b for a, b in pairs),
            total_variation: sum(max(a - b, 0) for a, b in pairs),
        }
    for divergence, value in oracle.items():
        assert divergence(law) == pytest.approx(float(value), rel=1e-13), divergence.__name__


def test_the_textbook_sum_would_lose_them():
    step = 1e-9
    p, q = np.array([0.3 + step, 0.7 - step]), np.array([0.3, 0.7])
    truth = kl(law_from_pmfs(p, q))
    assert truth == pytest.approx(step**2 / (2 * 0.21), rel=1e-6)
    assert abs(np.sum(p * np.log(p / q)) / truth - 1) > 1e-3


def test_off_absolute_continuity():
    singular = law_from_pmfs([1.0, 0.0], [0.0, 1.0])
    assert (kl(singular), chi_squared(singular), renyi(singular, 0.5), renyi(singular, 2.0)) == (np.inf,) * 4
    assert (hellinger_sq(singular), total_variation(singular), affinity(singular, 0.5)) == (2.0, 1.0, 0.0)
    narrow = law_from_pmfs([1.0, 0.0], [0.5, 0.5])
    assert kl(narrow) == pytest.approx(np.log(2))
    assert chi_squared(narrow) == pytest.approx(1.0)
    assert affinity(law_from_pmfs([0.5, 0.5], [1.0, 0.0]), -1.0) == np.inf
    assert f_divergence(narrow, lambda r: r * np.log(r), f_at_zero=0.0, slope_at_infinity=np.inf) < np.inf


def test_extreme_ratios_do_not_overflow_early():
    law = LogRatioLaw([-1e-3, 800.0], [1 - 1e-200, 1e-200], [1.0, 0.0])
    assert np.isfinite(kl(law))
    assert np.log(chi_squared(law)) == pytest.approx(800 - 200 * np.log(10))
    assert renyi(law, 2.0) == pytest.approx(800 - 200 * np.log(10))


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, np.inf, np.nan])
def test_renyi_orders_outside_the_range_are_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        renyi(law_from_pmfs([1.0], [1.0]), alpha)
