"""Named sets of laws: coverage against a direct sum, extremal pairs, level sets of KL, the search family."""

import numpy as np
import pytest
from scipy.special import rel_entr

from covtheory.coverage import kl
from covtheory.instances.law_set import law_set, random_law_set, three_responses, two_point_law_set
from covtheory.instances.pair import Pair
from covtheory.instances.random_pairs import pairs_of_kl


def test_coverage_and_kl_of_random_laws_equal_direct_sums():
    chosen = random_law_set(np.random.default_rng(0), number=4)
    for pair, N, cov in zip(chosen.pairs, chosen.N, chosen.cov, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            r = np.where(pair.pi_D > 0, pair.pi_D / pair.pi, 0.0)
        direct = (pair.pi_D * (r >= N[:, None] * (1 - 1e-9))).sum(axis=1)
        np.testing.assert_allclose(cov, direct, atol=1e-12)
    direct = [rel_entr(*pair).sum() for pair in chosen.pairs]
    np.testing.assert_allclose(chosen.of(kl)[:, 0], direct, rtol=1e-7, atol=1e-12)


def test_thresholds_include_the_atoms_where_coverage_jumps():
    chosen = random_law_set(np.random.default_rng(1), number=2, sizes=(3,), kinds=("dirichlet",))
    for pair, N in zip(chosen.pairs, chosen.N, strict=True):
        for r in pair.pi_D / pair.pi:
            assert r <= 1 + 1e-6 or np.isclose(N, r, rtol=1e-12).any()


def test_two_point_set_has_the_coverage_it_is_named_after():
    a, N = [1e-6, 0.3, 1.0], [1.5, 64.0]
    extremal = two_point_law_set(a, N)
    np.testing.assert_allclose(extremal.cov[:, 0], a * 2, rtol=1e-12)
    assert extremal.where(4) == "a=0.3, N=64"


@pytest.mark.parametrize("R", [2, 4, 7])
@pytest.mark.parametrize("KL", [1e-3, 0.25, 1.9])
def test_pairs_of_kl_lie_on_the_level_set_and_differ(R, KL):
    p, q = pairs_of_kl(np.random.default_rng(2), 50, R, KL)
    np.testing.assert_allclose(rel_entr(p, q).sum(axis=1), KL, rtol=1e-9)
    assert np.unique(p[:, 0]).size == 50


def test_search_family_returns_valid_instances_everywhere_in_the_box():
    z = np.random.default_rng(3).uniform(-7, 7, (500, 4))
    p, q, N, cov = three_responses(z)
    assert (N >= 1.1).all()
    assert ((cov >= 0) & (cov <= 1)).all()
    found = law_set([Pair(*row) for row in zip(p, q, strict=True)], N[:, None], [str(i) for i in range(500)])
    np.testing.assert_allclose(found.cov[:, 0], cov, atol=1e-12)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match="z: shape"):
        three_responses(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="one row each"):
        law_set([Pair([0.5, 0.5], [0.5, 0.5])], [[2.0], [3.0]], ["one"])
    with pytest.raises(ValueError, match="KL"):
        pairs_of_kl(np.random.default_rng(0), 3, 3, 0.0)
