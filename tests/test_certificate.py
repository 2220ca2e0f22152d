"""The certificate contains the truth: exact rationals, atoms at the threshold, long double, enumeration, any length."""

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from exact_laws import iid_coverage, product_coverage

from covtheory.certificates import band_limited, certificate
from covtheory.certificates.banded import band_limited_coverage, positions
from covtheory.certificates.certificate import certified_coverage, certified_profile
from covtheory.certificates.composition import composition_bracket
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.certificates.rational import rational_cases, rational_coverage
from covtheory.certificates.tilted_product import TokenSum


def floats(p, q):
    return np.array([float(v) for v in p]), np.array([float(v) for v in q])


def test_bracket_contains_exact_rational_value_most_with_threshold_at_an_atom():
    widths = []
    for p, q, H, N in rational_cases(320, np.random.default_rng(1)):
        truth, log_N = rational_coverage(p, q, H, N), log(N.numerator) - log(N.denominator)
        rows = positions(*floats(p, q), H)
        for bracket in (band_limited_coverage(*rows, log_N, 0.2),
                        certified_coverage(*floats(p, q), H, log_N, relative_gap=1e-9)):
            assert Fraction(bracket.lower) <= truth <= Fraction(bracket.upper), (p, q, H, N, bracket)
        widths.append(bracket.upper - bracket.lower)
    assert max(widths) < 1e-9


def test_majorant_and_minorant_enclose_and_interpolate():
    rng = np.random.default_rng(2)
    for K in (2, 3, 8, 33):
        for lam in (1e-4, 0.05, 0.7, 6.0):
            x = np.concatenate([rng.uniform(0, K, 500), np.arange(K), np.arange(1, K) - 1e-6])
            G, size = band_limited.repeated_exponential(x, K, lam), 1 / -np.expm1(-lam * K)
            above, below = band_limited.majorant(x, K, lam), band_limited.minorant(x, K, lam)
            assert np.all(above >= G - 1e-13 * K * size)
            assert np.all(below <= G + 1e-13 * K * size)
            nodes = np.arange(1, K)
            np.testing.assert_allclose(band_limited.minorant(nodes, K, lam),
                                       band_limited.majorant(nodes, K, lam), rtol=1e-10, atol=1e-12 * size)
            assert band_limited.minorant(0.0, K, lam) == pytest.approx(size * np.exp(-lam * K), abs=1e-12 * size)


@pytest.mark.parametrize("H", [3, 80, 2000])
def test_skipped_frequencies_are_small_and_errors_are_bounds(H):
    rng = np.random.default_rng(H)
    p, q = rng.dirichlet(np.ones(12), 2)
    tokens = TokenSum(p[None], q[None], np.array([H]), 0.9 * H * float(p @ np.log(p / q)) + 3.0)
    measure = tokens.tilt(tokens.saddle()[0])
    step, K, kappa = 0.45 / measure.sd, 60_000, 30.0
    found = measure.spectrum(step, K, kappa)
    u = np.arange(K, dtype=np.longdouble) * np.longdouble(step)
    angle = u[:, None] * measure.y[0].astype(np.longdouble)
    w = measure.w[0].astype(np.longdouble)
    re, im = (np.cos(angle) @ w), (np.sin(angle) @ w)
    log_abs, phase = H * np.log(np.hypot(re, im)), H * np.arctan2(im, re)
    truth_re, truth_im = np.exp(log_abs) * np.cos(phase), np.exp(log_abs) * np.sin(phase)
    skipped = np.ones(K, dtype=bool)
    skipped[found.k] = False
    assert np.all(np.exp(log_abs[skipped]) <= found.skipped)
    assert skipped.any() == (H > 3)
    off = np.hypot(found.psi.real - truth_re[found.k], found.psi.imag - truth_im[found.k])
    assert np.all(off <= found.error)


def test_meet_in_the_middle_at_fifty_tokens():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(50))
    q = p * np.exp(0.8 * rng.normal(size=50))
    q /= q.sum()
    x = np.log(p / q)
    exact = enumerated_coverage(p, q, 10, 8.0)
    bracket = certified_coverage(p, q, 10, 8.0)
    assert exact.method == "meet in the middle"
    assert bracket.method == "band-limited majorant"
    assert bracket.lower <= exact.lower <= exact.upper <= bracket.upper
    a, b = np.argsort(p)[-2:]
    at_atom = certified_coverage(p, q, 10, 7 * x[a] + 3 * x[b], relative_gap=1e-9)
    assert at_atom.method == "meet in the middle"
    assert at_atom.detail["tied"] >= comb(10, 3) * p[a] ** 7 * p[b] ** 3 * (1 - 1e-5)


def laws(H, V=50, kl=4.0, seed=4):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(V))
    q = p * np.exp(rng.normal(size=V) * np.sqrt(2 * kl / H))
    q /= q.sum()
    x = np.log(p / q)
    return p, q, H * float(p @ x), np.sqrt(H * float(p @ (x - p @ x) ** 2))


@pytest.mark.parametrize("H", [1000, 10**5, 10**6])
@pytest.mark.parametrize("z", [-3.0, 1.0, 7.0, 11.3])
def test_gap_is_reached_at_any_length_and_depth_and_finer_brackets_are_inside(H, z):
    p, q, mean, sd = laws(H)
    coarse = certified_coverage(p, q, H, mean + z * sd)
    fine = certified_coverage(p, q, H, mean + z * sd, relative_gap=1e-6)
    assert coarse.lower <= fine.lower <= fine.upper <= coarse.upper
    assert fine.relative_gap <= 1e-6
    assert coarse.detail["work_for_tenth_gap"] > coarse.detail["work"]


def test_agrees_with_the_other_route_for_positions_that_differ():
    rng = np.random.default_rng(5)
    p = rng.dirichlet(np.ones(6), size=24)
    q = p * np.exp(0.3 * rng.normal(size=p.shape))
    q /= q.sum(axis=1, keepdims=True)
    for log_N in (2.0, 8.0, 20.0):
        ours = certified_coverage(p, q, None, log_N, relative_gap=1e-4)
        other = composition_bracket(p, q, None, log_N)
        assert max(ours.lower, other.lower) <= min(ours.upper, other.upper)
    repeated = certified_coverage(np.tile(p[0], (200, 1)), np.tile(q[0], (200, 1)), None, 5.0)
    alone = certified_coverage(p[0], q[0], 200, 5.0)
    assert repeated.lower == pytest.approx(alone.lower, rel=2e-4)


def test_infinite_ratios_and_the_ends_of_the_range():
    p, q = np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.5, 0.3, 0.2, 0.0])
    bracket = certified_coverage(p, q, 400, 100.0)
    assert bracket.contains(1 - 0.95**400)
    rng = np.random.default_rng(6)
    p, q = rng.dirichlet(np.ones(30), 2)
    x = np.log(p / q)
    assert certified_coverage(p, q, 50, 50 * x.max() + 1).upper < 1e-290
    assert certified_coverage(p, q, 50, 50 * x.min() - 1).lower == 1.0
    assert certified_coverage(p, q, 50, np.inf).upper == 0.0
    assert certified_coverage(p, q, 50, -np.inf).lower == 1.0


def test_curve_is_monotone_and_equals_the_points():
    p, q, mean, sd = laws(10**5)
    log_Ns = mean + sd * np.linspace(-4, 8, 25)
    curve = certified_profile(p, q, 10**5, log_Ns)
    assert np.all(np.diff(curve.upper) <= 0)
    assert np.all(np.diff(curve.lower) <= 0)
    one = certified_coverage(p, q, 10**5, float(log_Ns[20]), relative_gap=1e-6)
    assert curve.lower[20] <= one.lower <= one.upper <= curve.upper[20]


def test_floats_that_do_not_quite_sum_to_one_mean_the_normalised_law():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.35, 0.25])
    for scale_p, scale_q in ((1 + 8e-10, 1), (1, 1 - 8e-10)):
        off = certified_coverage(p * scale_p, q * scale_q, 10**6, 2e4, relative_gap=1e-6)
        clean = certified_coverage(p, q, 10**6, 2e4, relative_gap=1e-6)
        assert off.lower == pytest.approx(clean.lower, rel=1e-8)
        few = certified_coverage(p * scale_p, q * scale_q, 60, 1.5, relative_gap=1e-9)
        assert few.lower == pytest.approx(certified_coverage(p, q, 60, 1.5, relative_gap=1e-9).lower, rel=1e-11)
    rows = positions(p * (1 + 8e-10), q, 60)
    listed, banded = enumerated_coverage(p * (1 + 8e-10), q, 60, 1.5), band_limited_coverage(*rows, 1.5, 1e-2)
    assert banded.lower <= listed.lower <= listed.upper <= banded.upper


@pytest.mark.parametrize(("arguments", "message"), [
    (([0.5, 0.5 + 2e-9], [0.5, 0.5], 10, 1.0), "p: row"),
    (([0.5, 0.5], [0.5, 0.5], 10, np.nan), "log_N"),
    (([0.5, 0.5], [[0.5, 0.5]], 10, 1.0), "shapes differ"),
    (([0.5, 0.5], [0.5, 0.5], 0, 1.0), "H: got 0"),
])
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        certified_coverage(*arguments)


def test_gap_that_double_precision_cannot_reach_is_refused():
    p, q, mean, sd = laws(10**6)
    with pytest.raises(ValueError, match=r"relative_gap.*round-off"):
        certified_coverage(p, q, 10**6, mean + sd, relative_gap=1e-10)


def test_tilt_that_would_overflow_is_refused_unless_the_types_can_be_listed():
    p, q = np.append(0.9, np.full(30, 0.1 / 30)), np.append(0.5, np.linspace(1, 2, 30) / 90)
    top = 1000 * float(np.log(0.9 / 0.5))
    with pytest.raises(ValueError, match=r"tilt .* would overflow"):
        certified_coverage(p, q, 1000, top, relative_gap=1e-2)
    assert certified_coverage(p, q, 4, 4 * float(np.log(0.9 / 0.5)), relative_gap=1e-6).contains(0.9**4)


def test_threshold_on_a_lattice_with_too_many_types_is_refused():
    p, q = np.full(30, 1 / 30), np.repeat([2.0, 1.0, 0.5], 10) / 35.0
    q = q * np.linspace(1, 1 + 1e-11, 30)  # all but equal ratios: too many to merge, too close to tell apart
    q /= q.sum()
    with pytest.raises(ValueError, match="relative_gap"):
        certified_coverage(p, q, 3000, 1000 * float(np.log(p / q).sum() / 10), relative_gap=1e-4)


def coins(*sides):
    p = np.ones(1)
    for a in sides:
        p = np.outer(p, [a, 1 - a]).ravel()
    return p


@pytest.mark.parametrize("gap", [1e-3, 3e-5, 1e-5])
@pytest.mark.parametrize(("sides", "H", "truth"), [((0.38, 0.28, 0.21), 13, 0.998610992839), ((0.4, 0.3), 46, None),
                                                   ((0.45, 0.31, 0.12), 12, None)])
def test_products_of_coins_against_their_mirror_image(sides, H, truth, gap):
    """The characteristic function has zeros there; once the answer was [1 - 1e-16, 1]."""
    p = coins(*sides)
    exact = product_coverage([([a, 1 - a], [1 - a, a], H) for a in (Fraction(str(s)) for s in sides)], 0.0)
    bracket = certified_coverage(p, p[::-1], H, 0.0, relative_gap=gap)
    assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)
    assert bracket.upper < 1.0
    banded = band_limited_coverage(*positions(p, p[::-1], H), 0.0, gap)
    assert Fraction(banded.lower) <= exact <= Fraction(banded.upper)
    if truth:
        assert bracket.contains(truth)


def test_forty_distinct_coins_against_their_mirror_images():
    p = np.array([[0.5 - a, 0.5 + a] for a in np.random.default_rng(1).uniform(0.01, 0.3, 40)])
    bracket = certified_coverage(p, p[:, ::-1], None, 0.0, relative_gap=1e-4)
    other = composition_bracket(p, p[:, ::-1], None, 0.0, points=2**14)
    assert max(bracket.lower, other.lower) <= min(bracket.upper, other.upper)
    assert bracket.detail["complement"][1] <= 1.1 * bracket.detail["complement"][0]


def test_deep_tail_of_mirrored_powers_is_not_called_impossible():
    p = coins(0.38, 0.28)
    q = p**3 / (p**3).sum()
    x = np.log(p / q)
    for H in (12, 29):
        t = H * float(x.min() + x.max()) / 2
        exact = iid_coverage(p, q, H, t)
        for bracket in (certified_coverage(p, q, H, t, relative_gap=1e-5),
                        band_limited_coverage(*positions(p, q, H), t, 1e-4)):
            assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)


@pytest.mark.parametrize("H", [1, 3, 40])
def test_subnormal_and_extreme_masses(H):
    for p, q in (([1.0, 5e-324], [0.5, 0.5]), ([0.5, 0.5], [1.0, 5e-324]), ([0.5, 0.5], [1.0, 1e-300]),
                 ([1.0, 1e-20], [1e-20, 1.0]), ([1.0, 3e-310, 0.0], [0.5, 0.25, 0.25])):
        for t in (0.0, 0.6 * H, 30.0, 700.0):
            exact = iid_coverage(p, q, H, t)
            bracket = band_limited_coverage(*positions(p, q, H), t, 1e-2)
            assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)
            listed = enumerated_coverage(p, q, H, t)
            assert Fraction(listed.lower) <= exact <= Fraction(listed.upper)


def test_sequences_too_long_for_the_error_bounds_are_refused():
    with pytest.raises(ValueError, match="expected at most 68719476736"):
        certified_coverage([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 2**37, 1.0)


def test_an_engine_that_fails_is_passed_over(monkeypatch):
    def broken(*_):
        raise ArithmeticError("bracket: [0.2, 0.1] by nonsense is empty or not a number")

    arguments = ([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 50, 2.0)
    good = certified_coverage(*arguments)
    monkeypatch.setattr(certificate, "enumerated_coverage", broken)
    banded = certified_coverage(*arguments, relative_gap=1e-2)
    assert banded.lower <= good.lower <= good.upper <= banded.upper
    monkeypatch.setattr(certificate, "band_limited_coverage", broken)
    with pytest.raises(ValueError, match=r"value in \[0, 1\].*empty or not a number"):
        certified_coverage(*arguments)
