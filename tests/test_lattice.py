"""Atoms at N on a lattice: the threshold is moved between two atoms, or the answer is refused."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from exact_laws import binomial_tail, iid_coverage, product_coverage

from covtheory.certificates import lattice
from covtheory.certificates.certificate import certified_coverage
from covtheory.certificates.lattice import find_lattice, lattice_coverage, whole_numbers
from covtheory.coverage.rounding import INPUT

COIN = np.array([[0.625, 0.375]])


def found(p, q, counts):
    with mpmath.mp.workprec(160):
        return find_lattice(np.asarray(p), np.asarray(q), np.asarray(counts))


@pytest.mark.parametrize("H", [1500, 20_000, 10**6])
def test_n_equal_to_one_has_no_longest_sequence(H):
    a, p = Fraction(1025, 2048), np.array([1025, 1023]) / 2048
    low, high = binomial_tail(H, a, -(-H // 2))  # as many of one side as of the other count
    bracket = certified_coverage(p, p[::-1], H, 0.0, relative_gap=1e-4)
    assert bracket.method.endswith("on a lattice")
    assert Fraction(bracket.lower) <= low <= high <= Fraction(bracket.upper)
    assert bracket.detail["laws"].startswith("those with ratios that are the same powers")
    assert bracket.detail["lattice"] == pytest.approx(np.log(1025 / 1023), rel=1e-12)


def test_atoms_far_from_one_hold_for_all_laws_that_are_meant():
    p, q, H = np.array([[0.75, 0.25]]), np.array([[0.5, 0.5]]), 10**5
    for k in (75_000, 75_321):
        t = k * np.log(1.5) - (H - k) * np.log(2.0)
        low, high = binomial_tail(H, Fraction(3, 4), k)
        bracket = lattice_coverage(p, q, np.array([H]), t, 1e-4)
        assert Fraction(bracket.lower) <= low <= high <= Fraction(bracket.upper)
        assert bracket.relative_gap < 1e-4
        assert bracket.detail["laws"] == "all that are meant"


def test_theta_is_the_tilt_of_log_ratios():
    H, p = 10**6, np.array([[0.5 + 2.0**-12, 0.5 - 2.0**-12]])
    t, counts = 0.5 * np.log(p[0, 0] / p[0, 1]), np.array([H])  # in the middle between two atoms
    ours = lattice_coverage(p, p[:, ::-1], counts, t, 1e-3)
    plain = certified_coverage(p[0], p[0, ::-1], H, t, relative_gap=1e-3)
    assert ours.method == "band-limited majorant on a lattice"
    assert plain.method == "band-limited majorant"
    assert ours.detail["theta"] == pytest.approx(plain.detail["theta"], rel=1e-6)
    assert max(ours.lower, plain.lower) <= min(ours.upper, plain.upper)


def test_positions_that_differ_share_the_lattice():
    p = np.array([[0.5, 0.25, 0.25], [0.125, 0.25, 0.625], [0.25, 0.5, 0.25]])
    q = np.array([[0.25, 0.5, 0.25], [0.25, 0.125, 0.625], [0.25, 0.5, 0.25]])
    counts = np.array([5, 4, 3])
    for t in (0.0, 2 * np.log(2.0), -1e-13, 1.0):
        bracket = lattice_coverage(p, q, counts, t, 1e-3)
        exact = product_coverage(list(zip(p, q, counts.tolist(), strict=True)), t)
        assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)
        assert bracket.relative_gap < 1e-3
    q[1] = [0.3125, 0.0625, 0.625]  # ratios 0.4, 4, 1
    with pytest.raises(ValueError, match="no lattice"):
        lattice_coverage(p, q, counts, 0.0, 1e-3)


def test_a_token_without_model_mass_counts():
    p, q = np.array([[0.5, 0.25, 0.1875, 0.0625]]), np.array([[0.25, 0.5, 0.25, 0.0]])
    with pytest.raises(ValueError, match="no lattice"):
        lattice_coverage(p, q, np.array([12]), 0.0, 1e-3)
    p, q = np.array([[0.5, 0.25, 0.125, 0.125]]), np.array([[0.25, 0.5, 0.25, 0.0]])
    bracket = lattice_coverage(p, q, np.array([12]), 0.0, 1e-3)
    exact = iid_coverage(p[0], q[0], 12, 0.0)
    assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)
    assert bracket.lower > 1 - 0.875**12


def test_errors_are_those_of_the_laws_meant_and_of_the_lattice():
    one = found(COIN, COIN[:, ::-1], [1000])
    assert one.whole.tolist() == [[1.0, -1.0]]
    assert float(one.step) == pytest.approx(np.log(5 / 3), rel=1e-15)
    assert one.offset == 0
    assert 0 < float(one.given) < 1e-26
    assert float(one.meant - one.given) == pytest.approx(2.02 * INPUT * 1000, rel=1e-12, abs=0)
    rows = np.vstack([COIN, [[0.5, 0.5]]])
    both = found(rows, np.vstack([COIN[:, ::-1], [[0.5, 0.5]]]), [10, 1000])
    assert float(both.meant - both.given) == pytest.approx(2.02 * INPUT * 10, rel=1e-9, abs=0)  # equal rows: no
    near = np.array([[0.625, 0.375 * (1 - 2e-12), 0.75e-12]])
    off = found(near, near[:, [1, 0, 2]], [3000])
    assert float(off.given) < 1e-26  # mirrored to the bit
    shifted = found([[0.5, 0.25, 0.25]], [[0.25, 0.5 + 2.0**-41, 0.25 - 2.0**-41]], [3000])
    assert float(shifted.given) == pytest.approx(3000 * 2.0**-39, rel=1e-3, abs=0)  # log(1 - 2^-39), and half of it
    offset = found([[0.75, 0.25]], [[0.5, 0.5]], [8])
    assert offset.whole.tolist() == [[0.0, -1.0]]
    assert float(offset.offset) == pytest.approx(8 * np.log(1.5), rel=1e-15)


def test_atoms_within_the_error_are_refused_and_those_within_the_tie_count():
    q = np.array([[0.25, 0.5 + 2.0**-41, 0.25 - 2.0**-41]])
    p = np.array([[0.5, 0.25, 0.25]])
    with pytest.raises(ValueError, match=r"move an atom by 5\.5e-09 nats, across the threshold"):
        lattice_coverage(p, q, np.array([3000]), 0.0, 1e-3)  # ratios that are powers only nearly
    H = np.array([100])
    at, above, below = (lattice_coverage(COIN, COIN[:, ::-1], H, t, 1e-6) for t in (0.9e-12, 1.2e-12, -0.9e-12))
    assert at.lower == below.lower == pytest.approx(float(iid_coverage(COIN[0], COIN[0, ::-1], 100, 0.0)), rel=1e-9)
    assert above.upper < at.lower
    for t in (1.05e-12, 0.95e-12):  # 100 tokens move an atom by 9e-14
        with pytest.raises(ValueError, match="across the threshold"):
            lattice_coverage(COIN, COIN[:, ::-1], H, t, 1e-6)


def test_one_is_special_only_where_all_ratios_are_powers():
    with pytest.raises(ValueError, match="across the threshold"):  # an atom, but not at N = 1
        lattice_coverage(COIN, COIN[:, ::-1], np.array([10**5]), float(np.log(5 / 3)), 1e-3)
    p, q = np.array([[2 / 3, 1 / 3]]), np.array([[1 / 3, 2 / 3]])  # mirrored, with an offset that is zero only together
    assert lattice_coverage(p, q, np.array([10**4]), 0.0, 1e-3).lower > 0.99
    with pytest.raises(ValueError, match="no lattice"):
        lattice_coverage(p, q, np.array([10]), np.inf, 1e-3)


def test_whole_numbers_are_found_or_not():
    assert whole_numbers(np.array([[0.3, -0.5], [0.0, 0.2]])).tolist() == [[3.0, -5.0], [0.0, 2.0]]
    assert whole_numbers(np.array([6.0, 10.0, 15.0])).tolist() == [6.0, 10.0, 15.0]
    assert whole_numbers(np.zeros(3)) is None
    assert whole_numbers(np.array([1.0, 2**0.5, 3**0.5])) is None
    assert whole_numbers(np.array([1.0, 1.0 + 1e-8])) is None  # finer than any lattice of use
    assert whole_numbers(np.array([1e5, 1.0])).tolist() == [1e5, 1.0]


def test_too_many_tokens_or_too_large_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(lattice, "MOST_TOKENS", 1)
    with pytest.raises(ValueError, match="no lattice"):
        lattice_coverage(COIN, COIN[:, ::-1], np.array([10]), 0.0, 1e-3)
    monkeypatch.setattr(lattice, "MOST_TOKENS", 2)
    assert lattice_coverage(COIN, COIN[:, ::-1], np.array([10]), 0.0, 1e-3).lower > 0.5
    with pytest.raises(ValueError, match="too long for whole numbers"):
        lattice_coverage(COIN, COIN[:, ::-1], np.array([2**51]), 0.0, 1e-3)


def test_without_a_budget_the_lattice_is_refused(monkeypatch):
    monkeypatch.setattr(lattice, "MOST_TYPES", 0)
    monkeypatch.setattr("covtheory.certificates.banded.certify_tail", lambda *_: None)
    with pytest.raises(ValueError, match="no finite error budget"):
        lattice_coverage(COIN, COIN[:, ::-1], np.array([100]), 0.0, 1e-3)
