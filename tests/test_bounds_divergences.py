"""Divergence bounds: random pairs with every kind of zero, extremal families, sabotaged twins, precision."""

import mpmath
import numpy as np
import pytest

from covtheory.bounds import divergences as bound
from covtheory.bounds import sequences
from covtheory.bounds.two_point import binary_divergence, coverage_from_divergence
from covtheory.instances.divergences import prop_3_2, weak_converse_pair
from covtheory.instances.profile import two_point_pair
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.instances.token_trees import gated_chain, gated_tree, random_token_trees

THRESHOLDS = (1.02, 1.5, 2.0, 4.0, 16.0, 1000.0)
ORDERS = (0.1, 0.5, 0.9)


def cov(pair, N):
    return np.clip((pair.pi_D * (pair.log_ratio >= np.log(N) - 1e-12)).sum(axis=-1), 0, 1)


def divergences(pair):
    """kl, hellinger, tv, chi2 and 1 - affinity at each order, +inf off absolute continuity."""
    p, q, l = pair.pi_D, pair.pi, pair.log_ratio
    finite = np.where(p > 0, l, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        kl = np.where(p > 0, p * finite, 0.0).sum(-1)
        chi2 = np.where((p == 0) & (q == 0), 0.0, (p - q) ** 2 / q).sum(-1)
    out = {"kl": np.maximum(kl, 0), "hellinger": np.clip(((np.sqrt(p) - np.sqrt(q)) ** 2).sum(-1), 0, 2)}
    out |= {"tv": np.clip(np.abs(p - q).sum(-1) / 2, 0, 1), "chi2": chi2}
    for s in ORDERS:
        out[s] = np.clip(1 - (p ** (1 - s) * q**s).sum(-1), 0, 1)
    return out


def linear_bounds(D, N):
    yield "kl", bound.kl_to_coverage(D["kl"], N)
    yield "hellinger", bound.hellinger_to_coverage(D["hellinger"], N)
    yield "hellinger paper", bound.hellinger_to_coverage_paper(D["hellinger"] / 2, N)
    yield "tv", bound.tv_to_coverage(D["tv"], N)
    yield "chi2", bound.chi_squared_to_coverage(D["chi2"], N)
    yield "renyi", bound.renyi_to_coverage(np.log1p(D["chi2"]), 2.0, N)
    for s in ORDERS:
        yield s, bound.chernoff_to_coverage(1 - D[s], s, N)
    if np.e < N:
        yield "simple", bound.kl_to_coverage_simple(D["kl"], N)


@pytest.mark.parametrize("kind", KINDS)
def test_every_linear_and_every_sharp_bound_holds(kind):
    pair = random_pairs(np.random.default_rng(9), 300, 4, kind)
    D = divergences(pair)
    for N in THRESHOLDS:
        C = cov(pair, N)
        for name, value in linear_bounds(D, N):
            assert np.all(value * (1 + 1e-9) + 1e-11 >= C), name
        for name in ("kl", "hellinger", "tv", "chi2"):
            assert np.all(coverage_from_divergence(D[name] + 1e-15, N, name) + 1e-9 >= C), name
        for s in ORDERS:
            assert np.all(coverage_from_divergence(D[s] + 1e-15, N, "order", s) + 1e-9 >= C), s


@pytest.mark.parametrize("kind", ["kl", "hellinger", "tv", "chi2", "order"])
@pytest.mark.parametrize("N", [1.001, 2.0, 64.0, 1e9])
def test_sharp_inversion_is_attained_for_every_coverage_and_rounds_up(kind, N):
    a = np.array([1e-12, 1e-4, 0.1, 0.5, 0.999])
    s = 0.3 if kind == "order" else None
    D = binary_divergence(kind, a, a / N, s)
    recovered = coverage_from_divergence(D, N, kind, s)
    assert np.all(recovered >= a)
    np.testing.assert_allclose(recovered, a, rtol=1e-6 if N < 1.01 else 1e-11)
    shrunk = coverage_from_divergence(0.99 * D, N, kind, s)
    assert np.all(shrunk < a), "sabotaged twin: 0.99 of the divergence"


def test_sharp_inversion_never_exceeds_the_linear_bound_and_saturates():
    D = np.geomspace(1e-10, 0.3, 40)
    for N in (2.0, 16.0):
        assert np.all(coverage_from_divergence(D, N, "kl") <= bound.kl_to_coverage(D, N) * (1 + 1e-10))
        assert np.all(coverage_from_divergence(D, N, "hellinger") <= bound.hellinger_to_coverage(D, N) * (1 + 1e-10))
    np.testing.assert_array_equal(coverage_from_divergence([0.0, np.inf], 4.0, "kl"), [0.0, 1.0])
    assert coverage_from_divergence(0.5, np.inf, "kl") < 1e-290, "ratio inf on any mass costs infinite KL"
    tiny = coverage_from_divergence(1e-200, 1e150, "kl")
    assert tiny == pytest.approx(float(bound.kl_to_coverage(1e-200, 1e150)), rel=1e-10)


def test_a_user_supplied_f_agrees_with_the_named_divergence():
    def squared_root_gap(t):
        return (np.sqrt(t) - 1) ** 2

    D = np.array([0.01, 0.2])
    np.testing.assert_allclose(
        coverage_from_divergence(D, 8.0, squared_root_gap), coverage_from_divergence(D, 8.0, "hellinger"), rtol=1e-10
    )


def test_linear_bounds_are_tangent_at_zero_coverage():
    for N in (1.5, 8.0, 1000.0):
        D = divergences(two_point_pair(1e-7, N))
        assert bound.kl_to_coverage(D["kl"], N) == pytest.approx(1e-7, rel=1e-5)
        assert bound.hellinger_to_coverage(D["hellinger"], N) == pytest.approx(1e-7, rel=1e-5)
        assert bound.chernoff_to_coverage(1 - D[0.5], 0.5, N) == pytest.approx(1e-7, rel=1e-5)
        assert bound.tv_to_coverage(D["tv"], N) == pytest.approx(1e-7, rel=1e-9)
        assert 0.99 * bound.kl_to_coverage(D["kl"], N) < 1e-7, "sabotaged twin: 0.99 of the constant"


def test_tempting_wrong_formulas_are_refuted():
    D = divergences(two_point_pair(0.1, 4.0))
    assert D["kl"] / np.log(4) < 0.1 <= bound.kl_to_coverage(D["kl"], 4.0), "KL / log N"
    half = D["hellinger"] / 2
    assert bound.hellinger_to_coverage(half, 4.0) < 0.1, "half-normalised distance in the unnormalised form"


def test_tightness_pair_of_the_paper():
    for p in (1e-6, 0.1, 0.5):
        for N in (2.0, 8.0, 1e4):
            kl = divergences(two_point_pair(p, N))["kl"]
            assert p >= kl / (np.log(N) - 0.5 + 0.5 / N)
    assert divergences(two_point_pair(0.01, 8.0))["kl"] / 0.01 == pytest.approx(1.2083, abs=1e-4)


def test_price_and_phi_keep_their_digits_near_one():
    for N in (1 + 1e-12, 1 + 1e-6, 1.09, 1.2, 3.0, 1e8):
        with mpmath.workdps(60):
            x = mpmath.mpf(N)
            g = mpmath.log(x) - 1 + 1 / x
            half = (1 - x ** mpmath.mpf(-0.5)) ** 2 / 2
        assert bound.kl_price(N) == pytest.approx(float(g), rel=2e-14)
        assert bound.phi_s(0.5, N) == pytest.approx(float(half), rel=1e-13)
    assert bound.phi_s(0.25, np.inf) == 0.75
    assert bound.phi_s(1e-7, 5.0) / 1e-7 == pytest.approx(float(bound.kl_price(5.0)), rel=1e-5)


@pytest.mark.parametrize("kind", ["dirichlet", "heavy", "near", "data_zeros"])
def test_converses_from_coverage_and_hellinger_to_kl(kind):
    pair = random_pairs(np.random.default_rng(10), 300, 5, kind)
    D = divergences(pair)
    for p, l, kl, h2 in zip(pair.pi_D, pair.log_ratio, D["kl"], D["hellinger"], strict=True):
        top = max(l.max(), 0.0)
        C = max((p[l >= v].sum() * v for v in l if v > 0), default=0.0)
        assert kl <= bound.kl_weak_converse(C, np.exp(top)) + 1e-12
        assert kl <= bound.kl_by_hellinger_sharp(h2, np.exp(top)) * (1 + 1e-9) + 1e-15


def test_weak_converse_is_approached_and_needs_its_logarithm():
    C, W = 0.5, 1e20
    kl = divergences(weak_converse_pair(C, W, 20000))["kl"]
    value = bound.kl_weak_converse(C, W)
    assert 0.999 * value < kl <= value
    assert kl > C, "sabotaged twin: KL <= C"


def test_kl_by_hellinger_constant_two_is_needed():
    pair = two_point_pair(1e-3, 1.0001)
    D = divergences(pair)
    assert D["kl"] == pytest.approx(float(bound.kl_by_hellinger(D["hellinger"], 1.0001)), rel=1e-3)
    wide = divergences(two_point_pair(1e-4, 1e8))
    assert wide["kl"] > (1 + 0.5 * np.log(1e8)) * wide["hellinger"], "sabotaged twin: half the constant"


def stopped(trees, N):
    mass = np.exp(trees.log_probs)
    C = (mass * (trees.log_ratio >= np.log(N) - 1e-12)).sum(-1)
    return C, (mass * np.minimum(np.log(N), trees.stepwise_kl)).sum(-1)


def test_stopped_kl_bounds_hold_on_random_trees():
    rng = np.random.default_rng(11)
    for H, V in ((1, 3), (5, 2), (8, 2), (4, 4)):
        trees = random_token_trees(rng, 150, H, V)
        for N in (1.2, 2.0, 3.0, 16.0, 100.0):
            C, D = stopped(trees, N)
            sharp, best = sequences.stopped_kl_to_coverage_sharp(D, N), sequences.stopped_kl_to_coverage_best(D, N)
            assert np.all(best + 1e-12 >= C)
            assert np.all(best <= sharp * (1 + 1e-12))
            if np.e < N:
                assert np.all(sharp <= sequences.stopped_kl_to_coverage(D, N) + 1e-12)


def test_stopped_kl_is_strained_by_the_gated_chain_and_one_term_is_not_enough():
    for N in (1.5, 16.0, 1e12):
        C, D = stopped(gated_tree(N, 10), N)
        assert gated_chain(N, 10) == pytest.approx((C[0], D[0]), rel=1e-9)
    assert pytest.approx(1.0) == C[0]
    assert C[0] > bound.kl_to_coverage(D, N)[0], "sabotaged twin: D_seq / g(N)"
    for N, reached in ((4.0, 0.79), (1e6, 0.98), (1e200, 0.999)):
        C, D = gated_chain(N, 1000)
        assert reached * sequences.stopped_kl_to_coverage_best(D, N) < C <= sequences.stopped_kl_to_coverage_best(D, N)
    limit = float(sequences.stopped_kl_to_coverage_best(1.0, 1e300)) * np.log(1e300)
    assert limit == pytest.approx(np.e / (np.e - 1), rel=2e-3)


def test_kl_by_hellinger_sharp_is_approached_below_the_old_factor_and_increases():
    V = np.geomspace(1, 1e12, 400)
    K = bound.kl_by_hellinger_sharp(1.0, V)
    assert np.all(np.diff(K) > 0)
    assert np.all(bound.kl_by_hellinger(1.0, V) >= K)
    for v in (1.01, 2.0, 100.0, 1e6):
        D = divergences(two_point_pair(1e-9, v))
        assert D["kl"] == pytest.approx(float(bound.kl_by_hellinger_sharp(D["hellinger"], v)), rel=1e-5)


def test_stopped_hellinger_converse_holds_and_its_threshold_has_teeth():
    rng = np.random.default_rng(12)
    active = broken = 0
    for H, V in ((8, 2), (10, 2), (5, 4)):
        trees = random_token_trees(rng, 150, H, V)
        mass, half, log_aff = np.exp(trees.log_probs), trees.stepwise_hellinger / 2, trees.stepwise_neg_log_affinity
        assert np.all(log_aff >= half - 1e-12)
        for N in (1.0, 1.5, 2.0, 4.0):
            C, _ = stopped(trees, N)
            for delta in (0.05, 0.3, 0.7):
                tau = sequences.stopped_hellinger_threshold(N, delta)
                assert tau <= sequences.stopped_hellinger_threshold_paper(N, delta)
                lower = (mass * (half >= tau)).sum(-1) - delta
                sharper = (mass * (log_aff >= tau)).sum(-1) - delta
                active += int((sharper > 0).sum())
                assert np.all(lower - 1e-12 <= C)
                assert np.all(sharper - 1e-12 <= C)
                broken += int(((mass * (half >= 0.25 * tau)).sum(-1) - delta - 1e-9 > C).sum())
    assert active > 0
    assert broken > 0, "sabotaged twin: a quarter of the threshold"


def test_kl_grows_with_length_at_the_corrected_constant():
    for variant, constant in (("paper", 0.1639), ("best", 0.2195)):
        for H in (1, 16, 256):
            lower = sequences.kl_growth_lower(H, 10, variant)
            assert lower * 10 / H == pytest.approx(constant, abs=5e-5)
            # every theta is at least this bad for one of the two signs, and theta = 0 exactly this bad for both
            for theta in np.linspace(-1, 1, 41):
                assert max(prop_3_2(10, H, z, theta, variant).kl for z in (-1.0, 1.0)) >= lower * (1 - 1e-12)
            assert prop_3_2(10, H, 1.0, 0.0, variant).kl == pytest.approx(float(lower), rel=1e-12)
            assert lower < H / 40, "the printed H/(4n) is not reached by theta = 0"
            assert (1 - sequences.rare_prompt_mass(10, variant)) ** 10 >= 0.5 - 1e-12


def test_scaling_law_budget_explodes_where_coverage_does_not():
    budgets = [float(sequences.scaling_law_budget(prop_3_2(10, H).kl, 0.1)) for H in (1, 10, 100)]
    assert budgets[2] > 1e6 * budgets[0]
    assert all(prop_3_2(10, H).coverage(2.0) <= 0.05 for H in (1, 10, 100))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: bound.kl_to_coverage(-1, 4), "KL"),
        (lambda: bound.kl_to_coverage(1, 1), "N"),
        (lambda: bound.kl_to_coverage_simple(1, 2), "N"),
        (lambda: bound.hellinger_to_coverage(2.1, 4), "D_H2"),
        (lambda: bound.hellinger_to_coverage_paper(1.1, 4), "half_D_H2"),
        (lambda: bound.chernoff_to_coverage(0.5, 1.0, 4), "s"),
        (lambda: bound.renyi_to_coverage(1, 1, 4), "alpha"),
        (lambda: bound.kl_weak_converse(3.0, np.e), "C"),
        (lambda: sequences.stopped_hellinger_threshold(4, 0), "delta"),
        (lambda: sequences.rare_prompt_mass(3, "other"), "variant"),
        (lambda: coverage_from_divergence(0.1, 1.0, "kl"), "N"),
        (lambda: coverage_from_divergence(0.1, 4.0, "kld"), "kind"),
        (lambda: coverage_from_divergence(0.1, 4.0, "order"), "s"),
    ],
)
def test_bad_inputs_name_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()
