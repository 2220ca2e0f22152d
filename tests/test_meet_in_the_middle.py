"""Listed atoms: what rounding may have moved is on neither side for sure, sums have the error that is budgeted."""

from fractions import Fraction
from math import comb, fsum

import mpmath
import numpy as np
import pytest

from covtheory.certificates import certified_coverage, certified_markov_coverage
from covtheory.certificates.atoms import BLOCK, Atoms, bracket_of_atoms, convolution, partial_sums
from covtheory.certificates.meet_in_the_middle import enumerated_coverage, types
from covtheory.coverage.rounding import INPUT, UNIT, tie
from covtheory.policies import Markov


def test_an_atom_that_the_laws_meant_can_move_across_is_unsure():
    H, k = 900, 450
    p, q = np.array([0.4, 0.6]), np.array([0.35, 0.65])
    with mpmath.mp.workprec(200):
        x = [mpmath.log(mpmath.mpf(a) / mpmath.mpf(b)) for a, b in zip(p.tolist(), q.tolist(), strict=True)]
        value = k * x[0] + (H - k) * x[1]
        swing = H * 2 * INPUT
        t = float(value + mpmath.mpf(1e-12) * max(1, abs(value)))  # the atom is where counting ends
    mass = comb(H, k) * 0.4**k * 0.6 ** (H - k)
    for near in (-0.6 * swing, 0.0, 0.6 * swing):
        assert enumerated_coverage(p, q, H, t + near).width == pytest.approx(mass, rel=1e-6)
    for far in (-3e-11, 3e-11):
        assert enumerated_coverage(p, q, H, t + far).width < 1e-10


def test_atoms_just_below_the_tie_do_not_count():
    sure = certified_coverage([0.5, 0.5], [0.5, 0.5], 10**6, 1e-9)
    assert (sure.lower, sure.upper) == (0.0, 0.0)
    assert certified_coverage([0.5, 0.5], [0.5, 0.5], 10**8, 0.0).lower >= 1 - 4 * UNIT
    p, q = [2 / 3, 1 / 6, 1 / 6], [1 / 3, 1 / 3 - 2.0**-40, 1 / 3 + 2.0**-40]
    bracket = certified_coverage(p, q, 100, 2.73e-12, relative_gap=1e-6)
    assert bracket.detail["complement"][0] <= 3.215100604e-4 * (1 + 1e-9)
    assert bracket.detail["complement"][1] >= 3.215100604e-4 * (1 - 1e-9)


@pytest.mark.parametrize(("H", "log_N", "truth"), [(10**6, 0.0, 1.0), (10**6, 1e-9, 0.0), (10**4, 1e-10, 0.0),
                                                   (10**8, -1e-9, 1.0), (3, 2e-12, 0.0), (3, 0.5e-12, 1.0)])
def test_equal_chains_are_answered_at_once_at_any_length(H, log_N, truth):
    chain = Markov([0.5, 0.3, 0.2], [[0.1, 0.9, 0.0], [0.25, 0.25, 0.5], [1.0, 0.0, 0.0]], H)
    bracket = certified_markov_coverage(chain, chain, log_N)
    assert (bracket.lower, bracket.upper) == (truth, truth)


def test_close_values_are_merged_but_a_chain_of_them_does_not_drift():
    values = 1.0 + np.arange(4000) * 20 * UNIT
    mass = np.full(4000, 1 / 4000)
    merged = Atoms(values, mass, 0.0, 0.0).merged()
    assert len(merged.values) > 1000
    assert merged.moved <= 33 * UNIT
    assert merged.mass.sum() == pytest.approx(1.0, rel=1e-12)
    first = np.searchsorted(values, merged.values)
    group = np.repeat(merged.values, np.diff(first, append=4000))
    assert np.abs(values - group).max() <= merged.moved  # what is said to have moved is what moved
    assert merged.relative >= 1.01 * UNIT
    same = Atoms(np.zeros(5), np.full(5, 0.2), 0.0, 0.0).merged()
    assert same.mass.tolist() == [pytest.approx(1.0)]
    assert same.moved == 0.0
    assert same.relative >= 5 * UNIT


@pytest.mark.parametrize("n", [1, BLOCK, BLOCK + 1, 10 * BLOCK + 7])
def test_partial_sums_have_the_error_of_two_levels(n):
    mass = np.random.default_rng(n).exponential(size=n) ** 4
    sums = partial_sums(mass)
    for i in {0, 1, n // 2, n}:
        exact = fsum(mass[:i])
        assert abs(sums[i] - exact) <= (BLOCK + n / BLOCK) * UNIT * exact
    np.testing.assert_allclose(np.diff(sums), mass, rtol=1e-9, atol=1e-12 * sums[-1])


def test_millions_of_atoms_give_a_bracket_that_is_not_empty():
    rng = np.random.default_rng(1)
    H, V = 24, 3
    p = np.full((H, V), 1 / V)
    q = p * np.exp(0.3 * rng.normal(size=(H, V)))
    q /= q.sum(axis=1, keepdims=True)
    x = np.log(p / q)
    t = float(x.mean(axis=1).sum() - 3 * np.sqrt(x.var(axis=1).sum()))
    bracket = enumerated_coverage(p, q, None, t)
    halves = [np.zeros(1), np.zeros(1)]
    for h in range(H):
        halves[h % 2] = np.add.outer(halves[h % 2], x[h]).ravel()
    other = np.sort(halves[1])
    count = int((len(other) - np.searchsorted(other, t - halves[0])).sum())  # no value is closer than 1e-13 to t
    truth = Fraction(count, V**H)
    assert Fraction(bracket.lower) <= truth <= Fraction(bracket.upper)
    assert bracket.relative_gap < 1e-10


@pytest.mark.parametrize(("length", "V"), [(40, 3), (200, 3), (70000, 2), (10**6, 1)])
def test_masses_of_types_are_within_their_relative_error(length, V):
    p = np.array([0.5, 0.3, 0.2])[:V] / np.array([0.5, 0.3, 0.2])[:V].sum()
    x = np.array([-1.0, 0.5, 2.1234567])[:V]
    found = types(Atoms(x, p, 0.0, 4 * UNIT), length)
    assert found.relative < 1e-6
    rng = np.random.default_rng(length)
    exact_p = [Fraction(v) for v in p]
    for _ in range(8):
        c = rng.multinomial(length, p)
        i = int(np.argmin(np.abs(found.values - c @ x)))
        with mpmath.mp.workprec(120):
            exact = mpmath.loggamma(length + 1) + mpmath.fsum(
                int(k) * mpmath.log(mpmath.mpf(v.numerator) / v.denominator) - mpmath.loggamma(int(k) + 1)
                for k, v in zip(c, exact_p, strict=True))
            if found.mass[i] > 0:
                assert abs(mpmath.log(mpmath.mpf(float(found.mass[i]))) - exact) <= found.relative
            assert abs(float(found.values[i]) - float(c @ x)) <= found.moved
    assert found.mass.sum() == pytest.approx(1.0, abs=1e-6)


def test_budgets_of_a_convolution_grow_with_its_positions():
    coin = Atoms(np.array([-1.0, 1.0 + 2**-40]), np.array([0.5, 0.5]), 1e-15, 3 * UNIT)
    two, ten = convolution([coin] * 2, 2), convolution([coin] * 10, 10)
    assert ten.moved >= 10 * 1e-15
    assert ten.relative >= 10 * 3 * UNIT
    assert two.moved < ten.moved < 1e-13
    exact = [k * coin.values[1] + (10 - k) * coin.values[0] for k in range(11)]
    assert all(np.abs(ten.values - v).min() <= ten.moved for v in exact)


def test_the_errors_of_both_halves_are_in_the_bracket():
    coin = Atoms(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 1e-3, 1e-6)
    for parts in ([coin], [coin, coin]):
        top = float(len(parts))
        inside = bracket_of_atoms(parts, top + 0.9e-3 * len(parts), 2, (0.0, 0.0), 0.0)
        assert inside.lower == 0.0 < inside.upper  # the atom may be there
        below = bracket_of_atoms(parts, top - 1.1e-3 * len(parts), 2, (0.0, 0.0), 0.0)
        assert below.lower <= 0.5 ** len(parts) * (1 - 1e-6 * len(parts))
        assert below.upper >= 0.5 ** len(parts) * (1 + 1e-6 * len(parts))
    with_more = bracket_of_atoms([coin], 5.0, 2, (0.125, 0.25), 0.125)
    assert (with_more.lower, with_more.upper) == (pytest.approx(0.125), pytest.approx(0.25))
    assert with_more.detail["complement"][1] == 1.0


def test_sums_of_two_roundings_can_have_moved_by_as_much():
    coin = Atoms(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 0.0, 0.0)
    assert convolution([coin, coin], 2).moved >= 6 * UNIT  # two units of the largest partial sum, 1 and then 2


def test_an_atom_within_rounding_of_the_threshold_is_open_and_mass_not_followed_may_lie_on_either_side():
    t = 1000.0
    level = t - float(tie(t))
    for value in (np.nextafter(level, 0.0), level, np.nextafter(level, 2 * t)):
        bracket = bracket_of_atoms([Atoms(np.array([value]), np.ones(1), 0.0, 0.0)], t, 1, (0.0, 0.0), 0.0)
        assert (bracket.lower, bracket.upper) == (0.0, 1.0)
    bracket = bracket_of_atoms([Atoms(np.zeros(1), np.full(1, 0.5), 0.0, 0.0)], 1.0, 1, (0.0, 0.0), 1e-3)
    assert bracket.detail["complement"][1] >= 0.501
