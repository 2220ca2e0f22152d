"""The law of the log ratio is exact: against brute force, rationals, and across its three ways of enumerating."""

from fractions import Fraction

import numpy as np
import pytest
from slow_routes import PrefixFeatures

from covtheory.coverage import (
    CoverageProfile,
    LogRatioLaw,
    coverage_profile,
    enumeration,
    kl,
    law_from_pmfs,
    log_ratio_law,
)
from covtheory.policies import (
    AutoregressiveLinear,
    DecayedHistoryFeatures,
    Markov,
    Product,
    Tabular,
)

THRESHOLDS = np.linspace(-6, 8, 57)


def _tables(pi_D, pi):
    rows = [[policy.enumerate(x)[1] for x in range(policy.n_prompts)] for policy in (pi_D, pi)]
    return tuple(Tabular(np.exp(row)) for row in rows)


def _pairs():
    rng = np.random.default_rng(6)
    decayed = DecayedHistoryFeatures(
        rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), 0.5, prompt_embedding=rng.normal(size=(2, 5))
    )
    prefix = PrefixFeatures(lambda x, y: np.cos(np.arange(8.0).reshape(4, 2) + y.sum(axis=1)[:, None, None]), 4, 2, 2)
    sparse = [[0.5, 0.5, 0.0, 0.0], [0.0, 0.3, 0.7, 0.0], [0.0, 0.0, 0.5, 0.5], [0.25] * 4]
    dense = rng.dirichlet(np.ones(4), 4)
    return {
        "decayed": tuple(AutoregressiveLinear(rng.normal(size=5), decayed, H=5) for _ in range(2)),
        "maps that differ": (
            AutoregressiveLinear(rng.normal(size=5), decayed, H=4),
            AutoregressiveLinear([1.0, -1.0], prefix, H=4),
        ),
        "model with holes": (Markov([0.25] * 4, dense, H=5), Markov([0.5, 0.0, 0.5, 0.0], sparse, H=5)),
        "data with holes": (Markov([0.5, 0.0, 0.5, 0.0], sparse, H=5), Markov([0.25] * 4, dense, H=5)),
        "both with holes": (Markov([0.5, 0.0, 0.5, 0.0], sparse, H=5), Product([0.5, 0.25, 0.0, 0.25], H=5)),
        "types": (Product([0.5, 0.3, 0.2, 0.0], H=5), Product([0.25, 0.0, 0.25, 0.5], H=5)),
        "convolution": (Product(dense), Product([[0.25] * 4, [0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4], [0.25] * 4])),
    }


@pytest.mark.parametrize("name", sorted(_pairs()))
def test_sequence_laws_equal_brute_force_over_the_table(name):
    pi_D, pi = _pairs()[name]
    mu = None if pi_D.n_prompts == 1 else [0.3, 0.7]
    fast, slow = log_ratio_law(pi_D, pi, mu), log_ratio_law(*_tables(pi_D, pi), mu)
    assert fast.p_inf == pytest.approx(slow.p_inf, abs=1e-13)
    assert fast.q_only == pytest.approx(slow.q_only, abs=1e-13)
    a, b = CoverageProfile(fast), CoverageProfile(slow)
    np.testing.assert_allclose(a.tail(THRESHOLDS), b.tail(THRESHOLDS), atol=1e-13)
    np.testing.assert_allclose(a.hockey_stick(np.exp(THRESHOLDS)), b.hockey_stick(np.exp(THRESHOLDS)), atol=1e-13)
    assert a.kl == pytest.approx(b.kl, rel=1e-12)


def test_rational_laws_are_reproduced_at_every_atom():
    rng = np.random.default_rng(1)
    for _ in range(200):
        n = int(rng.integers(1, 8))
        while True:
            a, b = rng.integers(0, 9, n), rng.integers(0, 9, n)
            if a.sum() and b.sum():
                break
        p, q = ([Fraction(int(i), int(v.sum())) for i in v] for v in (a, b))
        profile = coverage_profile(Tabular([float(i) for i in p]), Tabular([float(i) for i in q]))
        ratios = {i / j for i, j in zip(p, q, strict=True) if i > 0 and j > 0}
        for N in ratios | {Fraction(1), Fraction(3, 2)}:
            if N >= 1:
                truth = sum((i for i, j in zip(p, q, strict=True) if i > 0 and i >= N * j), Fraction(0))
                assert float(profile(float(N))) == pytest.approx(float(truth), abs=1e-15)
        infinite = sum((i for i, j in zip(p, q, strict=True) if j == 0), Fraction(0))
        assert float(profile(np.inf)) == pytest.approx(float(infinite), abs=1e-15)


def test_blocks_of_the_prefix_tree_and_of_the_sort_do_not_matter(monkeypatch):
    pi_D, pi = _pairs()["data with holes"]
    whole = log_ratio_law(pi_D, pi)
    for block in (1, 8, 64):
        monkeypatch.setattr(enumeration, "BLOCK", block)
        monkeypatch.setattr(enumeration, "SORT_BLOCK", 16 * block)
        law = log_ratio_law(pi_D, pi)
        np.testing.assert_allclose(law.values, whole.values, atol=1e-13)
        np.testing.assert_allclose(law.p, whole.p, atol=1e-15)


def test_the_sample_sort_sorts(monkeypatch):
    monkeypatch.setattr(enumeration, "SORT_BLOCK", 100)
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=700), np.zeros(300), [np.inf] * 50])
    rng.shuffle(values)
    ordered, follower = enumeration._sorted(values, np.exp(-values))
    np.testing.assert_array_equal(ordered, np.sort(values))
    np.testing.assert_array_equal(follower, np.exp(-ordered))


def test_equal_types_are_lumped_and_distinct_ones_are_not():
    assert len(log_ratio_law(Product([0.5, 0.25, 0.25], H=6), Product([0.25, 0.375, 0.375], H=6)).values) == 7
    near = law_from_pmfs([0.5 + 1e-12, 0.5 - 1e-12], [0.5, 0.5])
    assert len(near.values) == 2


def test_identical_policies_have_one_atom_at_zero():
    law = log_ratio_law(Product([0.2, 0.8], H=10), Product([0.2, 0.8], H=10))
    assert law.values.tolist() == [0.0]
    assert kl(law) == pytest.approx(0.0, abs=1e-13)


def test_underflowing_probabilities_keep_their_ratio():
    pi_D = Tabular.from_log_probs([0.0, -2000.0])
    law = log_ratio_law(pi_D, Tabular.from_log_probs([0.0, -2010.0]))
    np.testing.assert_allclose(law.values, [0.0, 10.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogRatioLaw([1.0, 0.0], [0.5, 0.5]), "values: expected distinct ascending"),
        (lambda: LogRatioLaw([0.0, 0.0], [0.5, 0.5]), "values: expected distinct ascending"),
        (lambda: LogRatioLaw([np.nan], [1.0]), "values"),
        (lambda: LogRatioLaw([-np.inf, 0.0], [0.5, 0.5]), "values"),
        (lambda: LogRatioLaw([0.0], [0.5]), "p: row"),
        (lambda: LogRatioLaw([], []), "empty support"),
        (lambda: LogRatioLaw([0.0, 1.0], [1.0]), "shapes differ"),
        (lambda: LogRatioLaw([1.0], [1.0]), "q: model mass"),
        (lambda: LogRatioLaw([0.0], [1.0], [-1.0]), "q: expected non-negative"),
        (lambda: LogRatioLaw([0.0], [1.0], q_only=-0.5), "q_only: got -0.5"),
        (lambda: law_from_pmfs([0.5, 0.5], [1.0]), "shapes differ"),
        (lambda: law_from_pmfs([0.5, 0.5], [0.5, 0.5], [0.5, 0.5]), r"prompt_probs: shape \(2,\)"),
        (lambda: log_ratio_law(Tabular([1.0]), Product([1.0], H=1)), "policy 0: got Tabular"),
        (lambda: log_ratio_law(Product([0.5, 0.5], H=1), Product([0.5, 0.5], H=2)), "H: policy 0 has 1"),
        (lambda: log_ratio_law(Markov([0.5, 0.5], np.eye(2), H=26), Product([0.5, 0.5], H=26)), r"2\*\*26"),
        (lambda: log_ratio_law(Product(np.arange(1, 51) / 1275, H=20), Product([0.02] * 50, H=20)), "types of 20"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_convolutions_that_are_too_large_are_refused():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(400), 3), rng.dirichlet(np.ones(400), 3)
    with pytest.raises(ValueError, match="atoms of the convolution"):
        log_ratio_law(Product(p), Product(q))
