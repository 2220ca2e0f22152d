"""The bracket contains the truth, is narrow, and needs its tilt."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from covtheory.certificates import composition, composition_bracket
from covtheory.certificates.composition import _tail, _Tokens, grid_steps, weights_slack
from covtheory.coverage import coverage_profile
from covtheory.coverage.rounding import ENTRY, FUNCTION, UNIT
from covtheory.policies import Product

P = np.array([0.5, 0.3, 0.15, 0.05])
Q = np.array([0.4, 0.25, 0.05, 0.30])
PRINTED = {6: 9.665033e-1, 12: 7.215895e-1, 16: 3.788123e-1, 20: 1.017895e-1, 30: 3.407679e-5}


def _rational_law(p, q, H):
    """Exact law of the ratio: {ratio: mass} and the mass at infinity, by rational convolution."""
    law, p_inf = {Fraction(1): Fraction(1)}, Fraction(1)
    for _ in range(H):
        step = {}
        for ratio, mass in law.items():
            for a, b in zip(p, q, strict=True):
                if a > 0 and b > 0:
                    step[ratio * a / b] = step.get(ratio * a / b, Fraction(0)) + mass * a
        law = step
    return law, p_inf - sum(law.values())


def _random_pair(rng):
    V = int(rng.integers(2, 5))
    while True:
        a, b = rng.integers(0, 12, V), rng.integers(0, 12, V)
        if a.sum() and b.sum():
            return [Fraction(int(i), int(a.sum())) for i in a], [Fraction(int(i), int(b.sum())) for i in b]


def test_type_enumeration_reproduces_the_printed_table_and_brackets_contain_it():
    profile = coverage_profile(Product(P, H=60), Product(Q, H=60))
    bracket = composition_bracket(P, Q, 60, list(PRINTED))
    exact = profile.tail(list(PRINTED))
    np.testing.assert_allclose(exact, list(PRINTED.values()), rtol=2e-7)
    assert bracket.contains(exact).all()
    assert (bracket.relative_gap < 2e-2).all()
    assert profile.kl / 60 == pytest.approx(0.241472, abs=5e-7)


def test_rational_truth_is_inside_also_when_the_threshold_is_an_atom():
    rng = np.random.default_rng(20)
    atoms = infinite = 0
    for _ in range(110):
        p, q = _random_pair(rng)
        H = int(rng.integers(1, 9))
        law, p_inf = _rational_law(p, q, H)
        some = [list(law)[i] for i in rng.integers(0, len(law), 2)] if law else []
        for N in [*some, Fraction(7, 5)]:
            truth = p_inf + sum((m for r, m in law.items() if r >= N), Fraction(0))
            log_N = np.log(float(N))
            bracket = composition_bracket([float(a) for a in p], [float(b) for b in q], H, log_N, points=2**11)
            assert Fraction(bracket.lower) <= truth <= Fraction(bracket.upper), (p, q, H, N)
            exact = coverage_profile(Product([float(a) for a in p], H), Product([float(b) for b in q], H))
            assert exact.tail(log_N) == pytest.approx(float(truth), rel=1e-12, abs=1e-15)
        atoms, infinite = atoms + len(some), infinite + (0 < p_inf < 1)
    assert atoms > 100
    assert infinite > 10


def _rational_tail(log_N):
    """Exact tail of the pair P, Q at H = 60 by integer multinomials; log_N must not be near an atom."""
    x, total = np.log(P / Q), 0
    choose = [comb(60, i) for i in range(61)]
    for a in range(61):
        for b in range(61 - a):
            for c in range(61 - a - b):
                d = 60 - a - b - c
                gap = a * x[0] + b * x[1] + c * x[2] + d * x[3] - log_N
                assert abs(gap) > 1e-9
                if gap > 0:
                    total += choose[a] * comb(60 - a, b) * comb(60 - a - b, c) * 10**a * 6**b * 3**c
    return Fraction(total, 20**60)


@pytest.mark.parametrize(("log_N", "size"), [(40.5, 1e-12), (56.0, 1e-30)])
def test_small_tails_need_the_tilt(log_N, size):
    truth = _rational_tail(log_N)
    assert size / 2 < truth < size * 2
    tilted = composition_bracket(P, Q, 60, log_N, points=2**21)
    assert Fraction(tilted.lower) <= truth <= Fraction(tilted.upper)
    assert tilted.relative_gap < 0.06  # what is left is an atom close to the threshold
    for points in (2**16, 2**18):
        plain = composition_bracket(P, Q, 60, log_N, points=points, tilt=False)
        assert Fraction(plain.lower) <= truth <= Fraction(plain.upper)
        assert plain.lower == 0.0
        assert plain.detail["round_off"] > 100 * truth  # round-off alone drowns the tail
    assert tilted.detail["round_off"] < 1e-8  # and is relative once tilted


def test_positions_that_differ_agree_with_exact_convolution():
    rng = np.random.default_rng(8)
    p, q = rng.dirichlet(np.ones(3), 8), rng.dirichlet(np.ones(3), 8)
    q[2] = [0.5, 0.5, 0.0]
    profile = coverage_profile(Product(p), Product(q))
    t = np.linspace(-2, 12, 15)
    bracket = composition_bracket(p, q, None, t)
    assert bracket.contains(profile.tail(t)).all()
    assert np.median(bracket.relative_gap) < 1e-2


def test_repeated_positions_are_the_same_as_one_law():
    rows = composition_bracket(np.tile(P, (60, 1)), np.tile(Q, (60, 1)), None, 16.0)
    assert (rows.lower, rows.upper) == pytest.approx([composition_bracket(P, Q, 60, 16.0).lower, rows.upper], rel=1e-9)


def test_more_points_narrow_the_bracket_in_proportion():
    # a non-lattice pair: no atom sits at the threshold
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.ones(50)), rng.dirichlet(np.ones(50))
    gaps = [composition_bracket(p, q, 1000, 900.0, points=2**k).relative_gap for k in (18, 20, 22)]
    assert gaps[0] > 2.5 * gaps[1]
    assert gaps[1] > 3.5 * gaps[2]
    assert gaps[2] < 0.1


def test_ends_of_the_range_are_exact():
    top = 60 * np.log(3.0)
    assert composition_bracket(P, Q, 60, top + 1).upper == 0.0
    assert composition_bracket(P, Q, 60, -1e3).lower == pytest.approx(1.0, abs=1e-12)
    assert composition_bracket([0.5, 0.5], [1.0, 0.0], 3, np.inf).contains(0.875)
    assert composition_bracket([0.5, 0.5], [0.5, 0.5], 3, 0.0).contains(1.0)
    assert composition_bracket([1.0, 0.0], [0.0, 1.0], 3, 5.0).contains(1.0)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([0.5, 0.6], [0.5, 0.5], 2, 1.0), "p: row"),
        (([0.5, 0.5], [1.0], 2, 1.0), "shapes differ"),
        (([0.5, 0.5], [0.5, 0.5], 0, 1.0), "H: got 0"),
        (([[0.5, 0.5]], [[0.5, 0.5]], 2, 1.0), "H: got 2, expected 1"),
        (([0.5, 0.5], [0.5, 0.5], 2, np.nan), "log_N: got NaN"),
    ],
)
def test_bad_input_is_named(args, message):
    with pytest.raises(ValueError, match=message):
        composition_bracket(*args)


def test_too_few_frequencies_are_refused():
    with pytest.raises(ValueError, match="points"):
        composition_bracket([0.5, 0.5], [0.5, 0.5], 2, 1.0, points=4)


def test_at_an_atom_the_bracket_contains_the_coverage_with_and_without_it():
    for H, k in ((1, 1), (2, 1), (20, 13), (60, 40)):
        p, q, points = [0.5, 0.5], [0.25, 0.75], 2**12
        atom = k * np.log(2.0) + (H - k) * np.log(2 / 3)
        tail = [sum(comb(H, j) for j in range(j0, H + 1)) / 2**H for j0 in (k, k + 1)]
        for shift in (0.0, -0.9e-12, 0.9e-12):
            bracket = composition_bracket(p, q, H, atom + shift * max(1.0, abs(atom)), points=points)
            assert bracket.lower <= tail[1] * (1 + 1e-12)
            assert bracket.upper >= tail[0] * (1 - 1e-12)


def test_grid_steps_are_on_the_right_side_however_the_quotient_is_rounded():
    rng = np.random.default_rng(0)
    h = rng.uniform(1e-6, 1, 4000)
    n = rng.integers(-(10**9), 10**9, 4000).astype(float)
    wrong = 0
    for step, count in zip(h.tolist(), n.tolist(), strict=True):
        x = count * step
        down, up = (float(grid_steps(np.array(x), step, side)) for side in (True, False))
        assert Fraction(down) * Fraction(step) <= Fraction(x) <= Fraction(up) * Fraction(step)
        assert up - down <= 2
        naive = Fraction(float(np.floor(x / step))) * Fraction(step)
        wrong += naive > Fraction(x)
    assert wrong > 100  # without the guard it would be on the wrong side
    beside = grid_steps(np.array([-1e-16, 0.1 - 1e-16, 0.05]), 0.1, True, 1e-15)
    assert beside.tolist() == [0.0, 1.0, 0.0]
    assert grid_steps(np.array([1e-16, 0.1 + 2e-16, 0.05]), 0.1, False, 1e-15).tolist() == [0.0, 1.0, 1.0]


def test_ratios_that_round_off_has_put_beside_zero_cost_no_step_of_the_grid():
    p = np.array([0.3, 0.3, 0.2, 0.2])
    q = np.array([0.3, 0.3 * (1 + 4e-16), 0.25, 0.15])
    clean = composition_bracket(p, np.array([0.3, 0.3, 0.25, 0.15]), 300, 12.0, points=2**12)
    noisy = composition_bracket(p, q, 300, 12.0, points=2**12)
    assert noisy.lower == pytest.approx(clean.lower, rel=1e-6)
    assert noisy.upper == pytest.approx(clean.upper, rel=1e-6)
    tokens = _Tokens(p[None], q[None], np.array([300]))
    assert tokens.slip >= 2 * 300 * tokens.room.max() > 0


def test_mass_beyond_the_window_is_in_the_upper_end_and_out_of_the_lower_one():
    H = 40
    tokens = _Tokens(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]), np.array([H]))
    spacing, points = np.log(3.0), 2**12
    t = 16.5 * spacing + H * np.log(2 / 3)
    exact = sum(comb(H, j) for j in range(17, H + 1)) / 2**H
    for reach in (3, 6, 9):  # half a period, in atoms: most of the tail is beyond it
        low, _ = _tail(tokens, 0.0, t, 2 * reach * spacing, points, down=True)
        high, found = _tail(tokens, 0.0, t, 2 * reach * spacing, points, down=False)
        seen = sum(comb(H, j) for j in range(17, 17 + reach)) / 2**H
        assert low <= exact <= high
        assert found["wrap"] >= exact - seen
        if reach == 3:
            assert seen < 0.7 * exact


def test_weights_of_all_laws_that_are_meant_are_within_the_slack():
    for H in (10, 10**6):
        tokens = _Tokens(np.array([P]), np.array([Q]), np.array([H]))
        assert weights_slack(tokens, 2.0) >= H * (ENTRY + 2 * FUNCTION * UNIT)
        exponent = np.abs(np.log(P)).max() + 2 * np.abs(np.log(P / Q)).max()
        least = ENTRY + UNIT * (2 * FUNCTION + 7 + (FUNCTION + 4) * exponent)
        assert weights_slack(tokens, 2.0) >= H * least * (1 - 1e-9)
        assert weights_slack(tokens, 2.0) >= H * FUNCTION * UNIT * (np.log(20) + 2 * np.log(6) - 1)
        low, high = (_tail(tokens, 0.0, 0.3 * H, 2.0 * H, 2**12, down=side)[0] for side in (True, False))
        assert low < high


def test_rows_are_divided_by_their_sums_and_tiny_masses_go_up():
    off = composition_bracket(P * (1 + 9e-10), Q, 60, 12.0)
    assert off.lower == pytest.approx(composition_bracket(P, Q, 60, 12.0).lower, rel=1e-12)
    tokens = _Tokens(np.array([[1.0, 1e-290]]), np.array([[0.5, 0.5]]), np.array([3]))
    assert tokens.lost >= 3e-290
    assert composition_bracket([1.0, 1e-290], [0.5, 0.5], 3, 5.0).upper > 0


def test_slack_of_the_weights_moves_both_ends(monkeypatch):
    tokens = _Tokens(np.array([P]), np.array([Q]), np.array([20]))
    before = [_tail(tokens, 0.5, 6.0, 40.0, 2**12, down=side)[0] for side in (True, False)]
    monkeypatch.setattr(composition, "weights_slack", lambda tokens, theta: 0.1)
    after = [_tail(tokens, 0.5, 6.0, 40.0, 2**12, down=side)[0] for side in (True, False)]
    assert after == [pytest.approx(before[0] * np.exp(-0.1)), pytest.approx(before[1] * np.exp(0.1))]


def test_the_ends_are_those_of_thresholds_a_window_apart(monkeypatch):
    seen = {}

    def tail(tokens, theta, t, period, points, *, down):
        seen[down] = t
        return 0.5, {"wrap": 0.0, "round_off": 0.0}

    monkeypatch.setattr(composition, "_tail", tail)
    for t, H in ((1.0, 20), (20.0, 10**6)):
        composition_bracket(P, Q, H, t)
        window = 1e-12 * max(1, t) + 4 * UNIT * 2 * H
        assert seen[True] >= t + window
        assert seen[False] <= t - window


def test_a_grid_point_at_the_threshold_is_in_the_upper_end_only():
    tokens = _Tokens(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]), np.array([1]))
    tokens.x = np.array([[1.0, -1.0]])
    low, high = (_tail(tokens, 0.0, 1.0, 16.0, 2**8, down=side)[0] for side in (True, False))
    assert low <= 0.0
    assert high >= 0.5
