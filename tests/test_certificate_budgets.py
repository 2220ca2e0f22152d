"""Each term of the certificate's error budget does its work: planted errors, not lucky values."""

import sys
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from covtheory.certificates import band_limited, band_limited_tail, banded, certificate, product_spectrum, state_model
from covtheory.certificates.band_limited_tail import Plan, Tail, certify_tail, noise_bound, plan_tail, tail_at
from covtheory.certificates.banded import UNDECIDED, band_limited_coverage, bracket_of_tail, positions, tokens_at
from covtheory.certificates.bracket import Bracket, accept, relative_gap_of
from covtheory.certificates.product_spectrum import Spectrum, logarithms, not_small, power
from covtheory.certificates.tilted_product import TokenSum
from covtheory.coverage.rounding import ENTRY, FUNCTION, INPUT, UNIT
from covtheory.policies import Markov


class PointMass:
    """All mass at ``z``: every quantity of the certificate is known; ``wrong`` is added to psi, ``error`` admits it."""

    log_scale, log_error, floor = 0.0, 0.0, 0.0

    def __init__(self, z, theta=0.5, window=0.0, wrong=None, error=0.0, seen=None, skipped=0.0):
        self.z, self.theta, self.window, self.mean, self.sd = z, theta, window, z, 1.0
        self.wrong, self.error, self.seen, self.skipped = wrong, error, seen, skipped

    def log_mgf(self, s):
        return np.asarray(s) * self.z

    def spectrum(self, step, K, kappa):
        k = np.arange(K if self.seen is None else self.seen)
        psi = np.exp(1j * k * step * self.z)
        if self.wrong is not None:
            psi = psi + self.wrong(k, step)
        return Spectrum(k, psi, np.full(len(k), self.error), self.skipped, 0.0)


PLAN = Plan(2 * np.pi / 40.0, 64, 0.25, 2.0)  # period 40, nodes 0.625 apart


def ends(measure, plan=PLAN):
    tail = tail_at(measure, plan, 30.0)
    return np.exp(tail.log_lower), np.exp(tail.log_upper), tail


def test_at_a_node_both_ends_are_sharp():
    for j in (1, 7, 20):
        z = 0.625 * j
        low, high, tail = ends(PointMass(z))
        assert low <= np.exp(-0.5 * z) <= high
        shift = np.exp(-0.5 * (z + 40.0))  # the next translate is part of the majorant
        assert high == pytest.approx(np.exp(-0.5 * z) + shift / (1 - np.exp(-20.0)), rel=1e-9)
        assert low >= np.exp(-0.5 * z) - tail.parts["alias"] - 1e-9


@pytest.mark.parametrize("sign", [-1, 1])
def test_errors_of_the_characteristic_function_are_paid_for_on_both_sides(sign):
    z, size, lam = 0.625 * 7, 1e-5, 0.5 * 40.0 / 64

    def wrong(k, step):  # the phase that moves the sum most
        return sign * size * np.exp(-1j * np.angle(band_limited.majorant_coefficients(k, 64, lam)))

    true = np.exp(-0.5 * z)
    low, high, tail = ends(PointMass(z, wrong=wrong, error=size))
    assert low <= true <= high
    low, high, _ = ends(PointMass(z, wrong=wrong, error=0.0))
    assert not low <= true - tail.parts["alias"] * (sign > 0) <= true <= high


def test_skipped_frequencies_are_paid_for():
    z = 0.625 * 7
    for seen in (1, 5, 40):
        low, high, tail = ends(PointMass(z, seen=seen, skipped=1.0))  # the moduli left out are one
        assert low <= np.exp(-0.5 * z) <= high
        everything = 2 * band_limited.coefficient_bound(np.arange(seen, 64), 64, 0.3125).sum()
        assert tail.parts["skipped"] >= everything
    low, high, _ = ends(PointMass(z, seen=5, skipped=0.0))
    assert not low <= np.exp(-0.5 * z) <= high


def test_the_window_is_counted_above_and_left_out_below():
    w = 3.0
    low, high, _ = ends(PointMass(-0.99 * w, window=w))
    assert high >= np.exp(0.5 * 0.99 * w)
    low, high, _ = ends(PointMass(0.8 * w, window=w))
    assert low <= 1e-6
    low, high, _ = ends(PointMass(2 * w, window=w))
    assert 0 < low <= np.exp(-0.5 * 2 * w) <= high


def test_measure_error_and_mass_left_out_widen_the_bracket():
    measure = PointMass(0.625)
    low, high, _ = ends(measure)
    measure.log_error = 0.1
    assert ends(measure)[0] <= low * np.exp(-0.1) * (1 + 1e-12)
    assert ends(measure)[1] >= high * np.exp(0.1) * (1 - 1e-12)
    measure.log_error, measure.floor = 0.0, 0.05
    assert ends(measure)[1] >= high + 0.05


def test_the_bound_on_other_translates_is_the_sum_of_two_geometric_series():
    for period, w in ((3.0, 0.0), (3.0, 0.2), (40.0, 0.0)):
        measure, plan = PointMass(0.7, window=w), Plan(2 * np.pi / period, 64, 0.25, 2.0)
        exact = np.exp(-0.25 * (0.7 - w)) / np.expm1(0.25 * period) + np.exp(2 * (0.7 + w)) / np.expm1(2 * period)
        found = np.exp(band_limited_tail._log_alias(measure, plan))
        assert exact <= found <= exact * (1 + 1e-6)


def test_noise_is_linear_in_error_and_in_round_off_of_the_coefficients():
    spectrum = Spectrum(np.arange(3), np.array([1.0, 1j, 0.5]), np.array([1e-9, 2e-9, 0.0]), 0.0, 0.0)
    size = np.array([1.0, 0.5, 0.25])
    assert noise_bound(spectrum, size, 0.0) >= 2e-9
    assert noise_bound(spectrum, size, 0.0) <= 2.1e-9
    spectrum.error[:] = 0.0
    assert noise_bound(spectrum, size, 0.0) >= (band_limited.COEFFICIENT + FUNCTION + 12) * UNIT * 1.625
    assert noise_bound(spectrum, size, 1e6) >= 4e6 * UNIT * 0.5


def test_error_of_a_coefficient_is_below_its_bound():
    rng = np.random.default_rng(0)
    for K in (1, 2, 17, 10**4, 10**7, 2**40):
        k = np.unique(np.concatenate([[0, 1, K // 2, K - 1, max(0, K - 2)], rng.integers(0, K, 12)]))
        for theta, step in ((0.3, 0.02), (1e-3, 1.7), (40.0, 1e-3)):
            lam = theta * (2 * np.pi / step) / K
            found, bound = band_limited.majorant_coefficients(k, K, lam), band_limited.coefficient_bound(k, K, lam)
            with mpmath.mp.workprec(200):
                exact_lam = mpmath.mpf(theta) * 2 * mpmath.pi / mpmath.mpf(step) / K
                for i, one in enumerate(k.tolist()):
                    z = mpmath.exp(-exact_lam - 2j * mpmath.pi * one / K)
                    value = (1 - mpmath.mpf(one) / K) / (1 - z)
                    if one:
                        value += (exact_lam / mpmath.expm1(exact_lam) - exact_lam * z / (1 - z)) / (2j * mpmath.pi)
                    off = abs(value / K - mpmath.mpc(complex(found[i])))
                    assert off <= band_limited.COEFFICIENT * UNIT * bound[i]
                    assert abs(value / K) <= bound[i] * (1 + 1e-12)


@pytest.mark.parametrize("count", [1.0, 40.0, 1e5])
@pytest.mark.parametrize(("modulus", "eps"), [(0.0, 1e-4), (3e-5, 1e-4), (0.3, 1e-6), (0.72, 1e-6), (1 - 1e-6, 1e-8)])
def test_power_error_bounds_every_value_within_eps_and_is_not_much_larger(count, modulus, eps):
    for angle in (0.0, 2.0, -3.1):
        near = modulus * np.exp(1j * angle)
        re, im = np.array([[near.real - 1]]), np.array([[near.imag]])
        psi, error = power(logarithms(np.array([count]), re, im, np.full((1, 1), eps), 1))
        truth = near + eps * np.exp(1j * np.linspace(0, 2 * np.pi, 60))
        off = np.abs(np.where(np.abs(truth) < 1.5, truth, 0) ** count - psi[0])
        assert off.max() <= error[0]
        if modulus > 100 * eps:  # elsewhere the modulus is raised first
            assert error[0] <= 4 * off.max() + 1e-290 + 1e-11 * count * abs(psi[0])


def test_rounding_of_modulus_and_phase_is_charged_row_by_row():
    for near, count in ((0.3 * np.exp(2j), 7.0), (0.999 * np.exp(-3j), 1e6)):
        re, im = np.array([[near.real - 1]] * 2).T, np.array([[near.imag]] * 2).T
        log_size, angle, _, wobble = logarithms(np.array([count, count]), re, im, np.full((1, 2), 1e-12), 30)
        assert log_size[0] == pytest.approx(2 * count * np.log(abs(near)))
        assert angle[0] == pytest.approx(2 * count * np.angle(near))
        size = abs(np.log(abs(near))) + abs(np.angle(near))
        assert wobble[0] >= 2 * count * UNIT * (30 + 4 + FUNCTION) * size
        assert power(np.array([[-1.0], [0.0], [0.0], [1e-3]]))[1][0] >= 1e-3 * np.exp(-1)


def test_moduli_near_a_zero_of_the_characteristic_function_are_within_their_error():
    p = np.array([[1 / 3, 2 / 3]])
    tokens = TokenSum(p, p[:, ::-1], np.array([3]), 0.0)
    measure = tokens.tilt(0.5)  # both tilted weights are one half: phi(u) = cos(u log 2)
    zero = np.pi / 2 / abs(measure.y[0, 0])
    with mpmath.mp.workprec(200):
        for step in (zero * (1 + d) for d in (0.0, 1e-15, 1e-12, 3e-8, 1e-4)):
            _, psi, error = product_spectrum._values(measure, np.array([1]), step)
            phi = sum(mpmath.mpf(float(w)) * mpmath.expj(mpmath.mpf(step) * mpmath.mpf(float(y)))
                      for w, y in zip(measure.w[0], measure.y[0], strict=True))
            assert abs(phi**3 - mpmath.mpc(complex(psi[0]))) <= error[0] < 1e-9
            psi, error = product_spectrum._all_values(measure, 1, 2, step)[1:]
            assert abs(phi**3 - mpmath.mpc(complex(psi[0]))) <= error[0] < 1e-9


def coins(rows):
    """Fair coins on +-1, which attain the Lipschitz constant of Lemma 3, as one row or as several."""
    tokens = TokenSum(np.tile([0.5, 0.5], (rows, 1)), np.tile([0.5, 0.5], (rows, 1)), np.full(rows, 12 // rows), 0.0)
    tokens.y = np.tile([-1.0, 1.0], (rows, 1))
    return tokens.tilt(0.0)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_cell_whose_middle_is_small_is_kept_if_a_peak_is_inside(rows):
    measure, kappa, step, size = coins(rows), 9.0, 1e-3, 256
    starts = np.arange(0, 6400, size)
    keep, _ = not_small(measure, starts, size, step, kappa, uniform=True)
    u = step * (starts[:, None] + np.arange(size))
    largest = (12 * np.log(np.maximum(np.abs(np.cos(u)), 1e-9))).max(axis=1)
    middle = 12 * np.log(np.abs(np.cos(u[:, size // 2])))
    assert not np.any(~keep & (largest > -kappa + 1e-9))
    assert np.any(keep & (middle < -kappa))  # the middle alone would have let the peak go
    assert not keep.all()
    sharp = 12 * np.log(np.maximum(np.abs(np.cos(u[:, [0, -1]])), 1e-9)).max(axis=1)
    np.testing.assert_array_equal(keep, sharp > -kappa)  # the constant is attained: nothing is kept in vain
    again, _ = not_small(measure, starts, size, step, kappa, uniform=False)
    np.testing.assert_array_equal(keep, again)


def test_a_planted_narrow_peak_is_evaluated():
    x = np.array([0.0, 1.0, 2.0, 5.0])  # a lattice: |phi| is one again at 2 pi, between middles of cells
    p = np.array([0.4, 0.3, 0.2, 0.1])
    tokens = TokenSum(p[None], p[None], np.array([400]), 0.0)
    tokens.y = x[None] - p @ x
    measure = tokens.tilt(0.0)
    for shift in np.linspace(0.37, 0.63, 9):
        K = 4096
        step = 2 * np.pi / (3000 + shift)
        found = measure.spectrum(step, K, 30.0)
        u = step * np.arange(K)
        size = 400 * np.log(np.abs(np.exp(1j * np.multiply.outer(u, x)) @ p))
        skipped = np.setdiff1d(np.arange(K), found.k)
        assert np.exp(size[skipped]).max() <= found.skipped
        assert {3000, 3001} <= set(found.k.tolist())


def perturbed(law, rng):
    """The law with every entry changed by 4 units of round-off, as mpmath numbers."""
    return [mpmath.mpf(float(v)) / mpmath.fsum(map(float, law)) * (1 + s * mpmath.mpf(INPUT))
            for v, s in zip(law, rng.choice([-1, 1], len(law)), strict=True)]


def test_window_and_measure_error_hold_for_all_laws_that_are_meant():
    rng = np.random.default_rng(2)
    for H, near in ((1, False), (1000, True), (10**6, False), (10**8, True)):
        p = rng.dirichlet(np.ones(4))
        q = p * np.exp(rng.normal(size=4) / (np.sqrt(H) if near else 1.0))
        q /= q.sum()
        t = 0.3 * np.sqrt(H)
        tokens = TokenSum(p[None], q[None], np.array([H]), t)
        measure, most = tokens.tilt(0.2), np.zeros(2)
        with mpmath.mp.workprec(200):
            for _ in range(40):
                a, b = perturbed(p, rng), perturbed(q, rng)
                y = [mpmath.log(u / v) - mpmath.mpf(t) / H for u, v in zip(a, b, strict=True)]
                moved = max(abs(v - mpmath.mpf(float(w))) for v, w in zip(y, tokens.y[0], strict=True))
                assert H * moved <= tokens.window
                weight = [u * mpmath.exp(mpmath.mpf(0.2) * mpmath.mpf(float(v)) - mpmath.mpf(measure.log_scale) / H)
                          for u, v in zip(a, tokens.y[0], strict=True)]
                off = max(abs(mpmath.log(u / mpmath.mpf(float(w)))) for u, w in zip(weight, measure.w[0], strict=True))
                assert H * off <= measure.log_error
                most = np.maximum(most, (H * float(moved), H * float(off)))
            assert measure.log_error >= H * (ENTRY + (FUNCTION + 4 * (1 + abs(measure.log_scale) / H)) * UNIT)
            assert np.all(most > (6 * UNIT * H, 2 * UNIT * H))  # the laws do differ


def test_log_mgf_is_an_upper_bound():
    rng = np.random.default_rng(3)
    for H in (1, 50, 10**6):
        p, q = rng.dirichlet(np.ones(5), 2)
        measure = TokenSum(p[None], q[None], np.array([H]), 0.1 * H).tilt(0.4)
        chain = state_model.StateModel((p, q), np.tile(p, (5, 1)), np.tile(q, (5, 1)),
                                              np.tile(np.arange(5), (5, 1)), H, True).chain(0.1 * H)
        tilted = state_model.TiltedChain(chain, 0.4)
        for s in (-0.7, 0.01, 2.0):
            with mpmath.mp.workprec(120):
                at = mpmath.mpf(s)
                exact = H * mpmath.log(mpmath.fsum(mpmath.mpf(float(w)) * mpmath.exp(at * mpmath.mpf(float(y)))
                                                   for w, y in zip(measure.w[0], measure.y[0], strict=True)))
                bound = measure.log_mgf(np.array([s]))[0]
                assert exact < bound <= exact + 1e-12 * H * 10 + 1e-12
                matrix = mpmath.zeros(5)
                for i, j, w, y in zip(chain.source, chain.target, tilted.w, chain.y, strict=True):
                    matrix[int(i), int(j)] += mpmath.mpf(float(w)) * mpmath.exp(mpmath.mpf(s) * mpmath.mpf(float(y)))
                vector = matrix**H * mpmath.matrix(tilted.end.tolist())
                exact = mpmath.log(mpmath.fsum(
                    mpmath.mpf(float(a)) * mpmath.exp(mpmath.mpf(s) * mpmath.mpf(float(y))) * vector[i]
                    for i, (a, y) in enumerate(zip(tilted.alpha, chain.start_y, strict=True))))
                assert exact < tilted.log_mgf(np.array([s]))[0] <= exact + 1e-9 * (2 + H)


def test_chain_values_are_within_their_error():
    rng = np.random.default_rng(4)
    P = rng.dirichlet(np.ones(3), 3)
    Q = P * np.exp(0.2 * rng.normal(size=P.shape))
    Q /= Q.sum(axis=1, keepdims=True)
    model = state_model.markov_model(Markov(P[0], P, 200), Markov(Q[1], Q, 200))
    chain = model.chain(1.0)
    measure = state_model.TiltedChain(chain, 0.3)
    step, K = 0.03, 300
    found = measure.spectrum(step, K, 25.0)
    assert 2 < len(found.k) < K
    seen = dict(zip(found.k.tolist(), zip(found.psi, found.error, strict=True), strict=True))
    with mpmath.mp.workprec(160):
        for k in range(0, K, 7):
            u, matrix = mpmath.mpf(step) * k, mpmath.zeros(3)
            for i, j, w, y in zip(chain.source, chain.target, measure.w, chain.y, strict=True):
                matrix[int(i), int(j)] += mpmath.mpf(float(w)) * mpmath.expj(u * mpmath.mpf(float(y)))
            vector = matrix ** chain.n * mpmath.matrix(measure.end.tolist())
            psi = mpmath.fsum(mpmath.mpf(float(a)) * mpmath.expj(u * mpmath.mpf(float(y))) * vector[i]
                              for i, (a, y) in enumerate(zip(measure.alpha, chain.start_y, strict=True)))
            if k in seen:
                assert abs(psi - mpmath.mpc(complex(seen[k][0]))) <= seen[k][1] < 1e-9
            else:
                assert abs(psi) <= found.skipped


def test_window_and_measure_error_of_a_chain_hold_what_they_are_for():
    P = np.array([[0.0, 1.0, 0.0], [0.3, 0.0, 0.7], [0.0, 1.0, 0.0]])  # period two
    Q = np.array([[0.0, 1.0, 0.0], [0.2, 0.0, 0.8], [0.0, 1.0, 0.0]])
    for H, t in ((30, 0.5), (10**6, 4e4)):
        model = state_model.markov_model(Markov([0.3, 0.3, 0.4], P, H), Markov([0.4, 0.4, 0.2], Q, H))
        chain = model.chain(t)
        assert chain.window >= H * 2 * INPUT / 2 + 1e-12 * max(1.0, t)  # every other step has equal laws, but not rows
        assert chain.window - 1e-12 * max(1.0, t) >= model.rounding >= (H - 1) * 2 * INPUT
        measure = state_model.TiltedChain(chain, 0.4)
        assert measure.log_error >= (H - 1) * (ENTRY + 2 * FUNCTION * UNIT)
        np.testing.assert_allclose(chain.matrix(measure.w).sum(axis=1), 1.0, atol=1e-9)  # Perron, whatever the period
        assert measure.norm <= 1 + 1e-9


def test_standard_deviations_of_rows_are_upper_bounds():
    rng = np.random.default_rng(8)
    for offset in (0.0, 1e3, -1e7):
        tokens = TokenSum(np.array([[0.5, 0.3, 0.2]]), np.array([[0.4, 0.35, 0.25]]), np.array([9]), 1.0)
        tokens.y = offset + rng.normal(size=(1, 3)) * (1.0 if offset > -1 else 1e-8)
        measure = tokens.tilt(0.0)
        w, y = ([Fraction(float(v)) for v in row] for row in (measure.w[0], measure.y[0]))
        mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
        variance = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True)) / sum(w)
        assert Fraction(float(measure.row_sd[0])) ** 2 >= variance


def test_the_first_plan_reaches_the_gap_for_a_nearly_normal_sum():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.35, 0.25])
    for t in (2.2e4, 2.4e4):
        tokens = TokenSum(p[None], q[None], np.array([10**6]), t)
        measure = tokens.tilt(tokens.saddle()[0])
        for gap in (1e-2, 1e-4):
            tail = tail_at(measure, plan_tail(measure, gap), 40.0)
            assert 0.5 * gap < np.expm1(tail.log_upper - tail.log_lower) <= 1.3 * gap


def parts(**changes):
    return {"alias": 0.0, "noise": 0.0, "skipped": 0.0, "kernel": 0.0, "value": 1.0, "work": 1.0, "log_error": 0.0,
            **changes}


@pytest.mark.parametrize("reflect", [False, True])
def test_ends_are_rounded_outward(reflect):
    for v in (-0.1, -1.0, -30.0):
        tail = Tail(v, v, v, PLAN, parts())
        bracket = bracket_of_tail(tail, (0.0, 0.0), reflect, False, 0.5, 1e-3)
        low, high = bracket.detail["complement"] if reflect else (bracket.lower, bracket.upper)
        with mpmath.mp.workprec(200):
            assert low <= mpmath.exp(v) * (1 - FUNCTION * UNIT)
            assert high >= mpmath.exp(v) * (1 + FUNCTION * UNIT)
        other = (bracket.lower, bracket.upper) if reflect else bracket.detail["complement"]
        assert Fraction(other[0]) < 1 - Fraction(high)
        assert Fraction(other[1]) > 1 - Fraction(low) or other[1] == 1.0
    deep = bracket_of_tail(Tail(-800.0, -800.0, -800.0, PLAN, parts()), (0.0, 0.0), False, False, 0.5, 1e-3)
    assert deep.lower == 0.0 < deep.upper < 1e-299


def test_mass_that_was_not_followed_is_in_the_upper_end():
    bracket = bracket_of_tail(Tail(-2.0, -2.0, -2.0, PLAN, parts()), (0.1, 0.2), False, False, 0.5, 1e-3, lost=0.05)
    assert bracket.upper >= 0.2 + np.exp(-2.0) + 0.05
    assert bracket.lower <= 0.1 + np.exp(-2.0)
    p = np.array([0.5, 0.5, 1e-281])
    assert TokenSum(p[None], p[None, ::-1], np.array([7]), 0.0).lost >= 7e-281


def test_the_tie_is_part_of_the_window():
    for t in (0.0, 2.5, -40.0):
        p, q = np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])
        plain = TokenSum(p, q, np.array([2]), t).window
        assert tokens_at(p, q, np.array([2]), t)[0].window >= plain + 1e-12 * max(1.0, abs(t))


def test_gap_is_relative_to_the_lower_end_and_to_the_smaller_of_both_events():
    wide = Bracket(0.1, 0.2, "example", {"complement": (0.8, 0.9)})
    assert relative_gap_of(wide) == pytest.approx(1.0)
    assert not accept(wide, 0.99)
    near_one = Bracket(0.8, 0.9, "example", {"complement": (0.1, 0.2)})
    assert relative_gap_of(near_one) == pytest.approx(1.0)
    assert relative_gap_of(Bracket(0.0, 1e-3, "example", {"complement": (0.9, 1.0)})) == np.inf
    assert relative_gap_of(Bracket(0.0, 1e-299, "example", {"complement": (0.9, 1.0)})) == 0.0


@pytest.mark.parametrize("complement", [(0.9, 0.8), (np.nan, 0.9), (0.8, np.nan), (-0.1, 0.9)])
def test_a_gap_of_nonsense_is_an_error_and_not_a_success(complement):
    with pytest.raises(ArithmeticError, match="not one of a probability"):
        accept(Bracket(0.9, 1.0, "example", {"complement": complement, "reflected": True}), 0.5)


@pytest.mark.parametrize("ends", [(0.2, 0.1), (np.nan, 1.0), (0.0, np.nan), ([0.1, 0.2], [0.3, 0.1])])
def test_an_empty_bracket_cannot_be_made(ends):
    with pytest.raises(ArithmeticError, match="empty or not a number"):
        Bracket(*map(np.asarray, ends), "example")


@pytest.mark.parametrize("name", ["log_scale", "log_error", "window", "floor", "error", "wrong"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_gives_no_tail(name, value):
    measure = PointMass(0.625, error=1e-9)
    setattr(measure, name, (lambda k, step: value) if name == "wrong" else value)
    with np.errstate(all="ignore"):
        assert tail_at(measure, PLAN, 30.0) is None
        assert certify_tail(measure, 0.1) is None


def test_an_infinite_bound_on_translates_leaves_the_upper_end_alone():
    measure = PointMass(0.625)
    measure.log_mgf = lambda s: np.full(len(s), np.inf)
    tail = tail_at(measure, PLAN, 30.0)
    assert tail.log_lower == -np.inf < tail.log_upper
    assert plan_tail(measure, 0.1) is None
    measure.log_mgf = lambda s: np.full(len(s), np.nan)
    assert tail_at(measure, PLAN, 30.0) is None
    assert plan_tail(measure, 0.1) is None


def test_an_end_below_the_other_gives_no_tail(monkeypatch):
    monkeypatch.setattr(band_limited_tail, "fejer_coefficients", lambda k, K: -np.ones(len(k)))
    assert tail_at(PointMass(0.625), PLAN, 30.0) is None  # negative bounds of noise
    monkeypatch.setattr(band_limited_tail, "fejer_coefficients",
                        lambda k, K: -0.4 * band_limited.fejer_coefficients(k, K))
    assert tail_at(PointMass(0.0), PLAN, 30.0) is None
    assert tail_at(PointMass(0.625), PLAN, 30.0) is not None  # F vanishes there


def test_without_a_finite_budget_the_bracket_is_everything_and_balls_or_a_refusal_follow(monkeypatch):
    monkeypatch.setattr(banded, "certify_tail", lambda *_: None)
    rows = positions([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 500)
    bracket = band_limited_coverage(*rows, 12.0, 1e-2)
    assert (bracket.lower, bracket.upper, bracket.method) == (0.0, 1.0, UNDECIDED)
    arguments = ([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 500, 12.0)
    with monkeypatch.context() as context:
        context.setitem(sys.modules, "flint", None)
        with pytest.raises(ModuleNotFoundError, match=r"no finite error budget.*python-flint"):
            certificate.certified_coverage(*arguments, relative_gap=0.05)
    pytest.importorskip("flint")
    found = certificate.certified_coverage(*arguments, relative_gap=0.05)
    assert found.method == "ball arithmetic"
    assert relative_gap_of(found) <= 0.05


def test_a_chain_that_is_no_contraction_is_refused():
    P = np.array([[0.7, 0.3], [0.6, 0.4]])
    model = state_model.markov_model(Markov(P[0], P, 50), Markov(P[1], P[::-1], 50))
    measure = state_model.TiltedChain(model.chain(1.0), 0.3)
    assert measure.spectrum(0.1, 20, 20.0) is not None
    measure.norm = 1.1
    assert measure.spectrum(0.1, 20, 20.0) is None
    measure.norm, measure.unit = 1.0, 1e-2
    assert measure.spectrum(0.1, 20, 20.0) is None  # errors of second order would matter


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_modulus_next_to_a_zero_is_relatively_accurate(size):
    re, im = size - 1.0, 0.75 * size
    found = logarithms(np.ones(1), np.array([[re]]), np.array([[im]]), np.full((1, 1), 1e-30), 1)[0, 0]
    exact = float(mpmath.log(mpmath.hypot(1 + mpmath.mpf(re), im)))
    assert found == pytest.approx(exact, abs=2 * FUNCTION * UNIT * (1 + abs(exact)))


def test_weights_that_underflow_are_in_the_floor():
    tokens = TokenSum(np.array([[1.0, 1e-279]]), np.array([[0.5, 0.5]]), np.array([5]), 0.0)
    measure = tokens.tilt(0.1)  # the second weight would be 1e-279 e^-64
    assert measure.w[0, 1] == 0
    assert measure.floor >= 5e-290
