"""What floats mean, what is tied, and what is assumed of library functions: the assumptions are measured."""

import os
import sys
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from covtheory.certificates import certificate as certificate_module
from covtheory.certificates import certified_coverage, composition_bracket
from covtheory.certificates.banded import band_limited_coverage, positions
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.coverage import CoverageProfile, law_from_pmfs, log_ratio_law
from covtheory.coverage.rounding import (
    ENTRY,
    FUNCTION,
    INPUT,
    UNIT,
    function_errors,
    functions_hold,
    mass_at_infinity,
    normalised,
    tie,
    token_laws,
    token_log_ratios,
)
from covtheory.policies import Product

POINTS = int(os.environ.get("COVTHEORY_FUNCTION_POINTS", "10000"))
"""Weekly: 100000."""


def test_library_functions_are_as_accurate_as_is_assumed():
    errors = function_errors(POINTS, np.random.default_rng(POINTS))
    assert len(errors) == 14
    assert max(errors.values()) <= FUNCTION, errors
    assert min(errors.values()) > 0.1  # something was measured


def test_a_less_accurate_function_is_noticed(monkeypatch):
    exp, functions = np.exp, function_errors(200, np.random.default_rng(0))
    monkeypatch.setattr(np, "exp", lambda x: exp(x) * (1 + 40 * UNIT))
    worse = function_errors(200, np.random.default_rng(0))
    assert functions["exp"] <= FUNCTION < worse["exp"]


ARGUMENTS = ([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 40, 2.5)


def test_without_accurate_functions_balls_take_over(monkeypatch):
    pytest.importorskip("flint")
    monkeypatch.setattr(certificate_module, "functions_hold", lambda: False)
    bracket = certified_coverage(*ARGUMENTS, relative_gap=0.05)
    assert bracket.method == "ball arithmetic"
    listed = enumerated_coverage(*ARGUMENTS)
    assert bracket.lower <= listed.lower <= listed.upper <= bracket.upper


def test_without_accurate_functions_and_balls_the_certificate_is_refused(monkeypatch):
    monkeypatch.setattr(certificate_module, "functions_hold", lambda: False)
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ModuleNotFoundError, match=r"less accurate than is assumed: .*python-flint"):
        certified_coverage(*ARGUMENTS, relative_gap=0.05)


def test_the_few_points_are_looked_at():
    assert functions_hold()


def test_tie_is_relative_beyond_one_and_absolute_within():
    np.testing.assert_array_equal(tie([0.0, 1.0, -4.0, np.inf, -np.inf]), [1e-12, 1e-12, 4e-12, 0.0, 0.0])


@pytest.mark.parametrize("offset", [-0.5, 0.5])
def test_all_routes_have_one_rule_for_ties(offset):
    p, q, H = np.array([0.5, 0.3, 0.2]), np.array([0.25, 0.35, 0.4]), 3
    atom = 3 * np.log(2.0)
    t = atom + (1 + offset) * 1e-12 * max(1.0, atom)  # half a tie inside or outside of the rule
    counted = 0.125 if offset < 0 else 0.0
    profile = CoverageProfile(log_ratio_law(Product(p, H), Product(q, H)))
    assert profile.tail(t) == pytest.approx(counted, rel=1e-12, abs=0)
    assert enumerated_coverage(p, q, H, t).contains(counted)
    assert enumerated_coverage(p, q, H, t).width < 1e-12
    assert band_limited_coverage(*positions(p, q, H), t, 0.1).contains([0.0, counted]).all()
    assert composition_bracket(p, q, H, t).contains([0.0, counted] if offset < 0 else [counted]).all()


def test_rows_are_divided_by_their_exact_sums_everywhere():
    p, q = np.array([0.5, 0.3, 0.2]) * (1 + 8e-10), np.array([0.25, 0.35, 0.4])
    clean = CoverageProfile(log_ratio_law(Product(p / (1 + 8e-10), 30), Product(q, 30)))
    for law in (log_ratio_law(Product(p, 30), Product(q, 30)), log_ratio_law(Product(np.tile(p, (30, 1))),
                                                                            Product(np.tile(q, (30, 1))))):
        assert CoverageProfile(law).tail(9.0) == pytest.approx(float(clean.tail(9.0)), rel=1e-12)
    assert law_from_pmfs(p, q).p.sum() == pytest.approx(1.0, abs=1e-15)
    assert normalised(p).sum() == pytest.approx(1.0, abs=1e-15)


def exact_log_ratio(p, q, v):
    with mpmath.mp.workprec(200):
        P, Q = (mpmath.fsum(map(mpmath.mpf, row.tolist())) for row in (p, q))
        return mpmath.log(mpmath.mpf(float(p[v])) / P * Q / mpmath.mpf(float(q[v])))


def laws():
    rng = np.random.default_rng(5)
    for scale in (1e-13, 1e-9, 1e-3, 0.3, 3.0):
        for V in (2, 5):
            p = rng.dirichlet(np.ones(V))
            q = p * np.exp(scale * rng.normal(size=V))
            yield p, q / q.sum()
    yield np.array([0.25, 0.75]), np.array([35e-324, 1 - 9e-10])


def test_slip_bounds_the_error_of_log_ratios_and_what_the_laws_meant_may_differ():
    for p, q in laws():
        law, x, slip = (row[0] for row in token_laws(p[None], q[None]))
        for v in range(len(p)):
            off = abs(exact_log_ratio(p, q, v) - mpmath.mpf(float(x[v])))
            assert off + 2 * INPUT <= slip[v]
            assert slip[v] <= 40 * FUNCTION * UNIT * (1 + abs(np.log(law[v])) + abs(x[v]))
    same = token_laws(np.array([[0.3, 0.7]]), np.array([[0.3, 0.7]]))
    assert not same[1].any()
    assert not same[2].any()
    assert ENTRY >= INPUT + 3 * UNIT


def test_log_ratios_keep_their_relative_accuracy_where_laws_are_close():
    for p, q in list(laws())[:-1]:
        p, q = normalised(p), normalised(q)
        for v, x in enumerate(token_log_ratios(p, q)):
            with mpmath.mp.workprec(200):
                truth = mpmath.log(mpmath.mpf(float(p[v])) / mpmath.mpf(float(q[v])))
                assert abs(mpmath.mpf(float(x)) - truth) <= 2e-15 * abs(truth)


def test_mass_at_infinity_is_enclosed_whatever_its_size():
    rng = np.random.default_rng(6)
    for largest in (1e-18, 1e-6, 0.3, 0.9, 1 - 1e-9):
        for _ in range(20):
            counts = rng.integers(1, 40, 3)
            inside = rng.uniform(0, largest, 3)
            law = np.stack([inside, 1 - inside], axis=1)
            law = law / law.sum(axis=1, keepdims=True)
            low, high = mass_at_infinity(law, np.array([[True, False]] * 3), counts)
            exact = Fraction(1)
            for row, count in zip(law, counts.tolist(), strict=True):
                exact *= (1 - Fraction(row[0]) / (Fraction(row[0]) + Fraction(row[1]))) ** count
            assert Fraction(low) < 1 - exact < Fraction(high) or high == 1.0
            assert high - low <= 1e-12 * high
    tiny = np.array([[1.0, 1e-20]])
    low, high = mass_at_infinity(tiny, np.array([[True, False]]), np.array([1]))
    assert low < 1.0 == high  # a token of mass 1e-20 is finite
    assert mass_at_infinity(tiny, np.array([[True, True]]), np.array([1])) == (1.0, 1.0)
