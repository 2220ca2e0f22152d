"""How long the walk takes: identities and bounds of notebook 22 against linear equations on random trees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covtheory.bounds import verifiers, walk_times
from covtheory.instances.verifiers import bottleneck_tree, dead_end_tree, depth_only, noisy, random_tree, scaled
from covtheory.samplers.backtracking import (
    complete_tree,
    first_leaf_law,
    hitting_time,
    leaf_trace,
    response_lead,
)

few = settings(max_examples=25, deadline=None, derandomize=True)


def _case(seed):
    rng = np.random.default_rng(seed)
    return noisy(random_tree(rng, int(rng.integers(1, 8)), most_nodes=120), rng, float(np.exp(rng.uniform(0, 3))),
                 ("uniform", "signs", "normal")[seed % 3])


def _returns(walk):
    """Mean moves from each response to the next, by linear equations."""
    inner = np.flatnonzero(walk.depth < walk.H)
    P, time = walk.transition(stay=0.0).toarray(), np.zeros(len(walk))
    time[inner] = np.linalg.solve(np.eye(len(inner)) - P[np.ix_(inner, inner)], np.ones(len(inner)))
    return time[0], 1 + time[walk.parent[walk.leaves]]


@few
@given(st.integers(0, 10**6))
def test_times_and_trace_keep_their_bounds(seed):
    tree = _case(seed)
    walk, (over, under), H = tree.walk(), tree.uniform_errors(), tree.H
    first, back = _returns(walk)
    law, trace, S = first_leaf_law(walk), leaf_trace(walk), walk_times.trace_height(under, H)
    assert first <= walk_times.first_response(over, under, H) * (1 + 1e-9)
    assert first <= walk_times.first_response_average(*tree.average_errors(), H) * (1 + 1e-9)
    assert walk_times.first_response(over, under, H) <= verifiers.hitting_time(max(over, under), H) * (1 + 1e-12)
    assert (law / walk.target).max() <= S * (1 + 1e-9)
    half = np.sqrt(walk.target)
    lam = np.linalg.eigvalsh(half[:, None] * trace / half)
    assert len(lam) == 1 or (1 - lam[-2]) * S >= 1 - 1e-9
    k, lead, total = int(walk_times.visits(under, H, 0.05)), response_lead(walk), first
    for i in range(k):
        if i < 40:
            assert total == pytest.approx(i / walk.leaf_mass + law @ lead, rel=1e-8)
            assert total <= walk_times.moves_to_response(over, under, H, i) * (1 + 1e-9)
        total, law = total + law @ back, law @ trace
    assert np.abs(law - walk.target).sum() / 2 <= 0.05


def test_slowest_errors_of_a_tree_are_overvalued_levels_first():
    for H, over, under in ((1, 2.0, 3.0), (2, 4.0, 1.0), (5, 3.0, 2.0), (8, 1.0, 9.0), (9, 5.0, 5.0)):
        m = H // 2
        tree = depth_only(random_tree(np.random.default_rng(H), H), [over] * m + [1 / under] * (H - 1 - m))
        assert hitting_time(tree.walk()) == pytest.approx(walk_times.first_response(over, under, H), rel=1e-10)


def test_trace_gap_is_attained_by_undervalued_prefixes():
    tree = complete_tree(2, 4, np.arange(1.0, 17.0))
    walk = scaled(tree, np.full(len(tree), 1 / 3)).walk()
    half = np.sqrt(walk.target)
    lam = np.linalg.eigvalsh(half[:, None] * leaf_trace(walk) / half)
    assert 1 - lam[-2] == pytest.approx(1 / walk_times.trace_height(3.0, 4), rel=1e-10)
    exact = tree.walk()
    for k in (0, 3):
        assert k / exact.leaf_mass + exact.target @ response_lead(exact) == pytest.approx(
            walk_times.moves_to_response(1.0, 1.0, 4, k), rel=1e-10)


def test_the_narrow_way_is_not_covered_before_its_time():
    for H, p, kappa in ((3, 0.02, 1.0), (9, 0.05, 8.0), (9, 0.01, 2.0)):
        tree = bottleneck_tree(H, p, kappa)
        walk, (over, under) = tree.walk(), tree.average_errors()
        assert (over, under) == pytest.approx((1 - p + kappa, 1 - p + kappa))
        T = int(walk_times.bottleneck_steps(p, kappa, H))
        assert T > H**2
        share = verifiers.average_error_ratio(over, under, H, p)
        laws = [walk.mean_law(t)[walk.leaves[-1]] for t in np.unique(np.geomspace(1, T, 60).astype(int))]
        assert max(laws) * share < p
        assert walk.mean_law(20 * T)[walk.leaves[-1]] * share > p


def test_a_dead_end_takes_nearly_all_the_time_that_average_errors_allow():
    for H, over, under in ((2, 3.0, 2.0), (6, 30.0, 40.0)):
        tree = dead_end_tree(H, over, under)
        R = under * (H - 1) + 1  # resistance to the response, per 1/Z
        live = 2 / under * sum(under * (H - h - 1) + 1 for h in range(1, H))
        time = hitting_time(tree.walk())
        assert time == pytest.approx(H + 2 * (over - 1 / under) * (H - 1) * R + live, rel=1e-10)
        assert tree.average_errors() == pytest.approx((over, under))
        assert 0.7 < time / walk_times.first_response_average(over, under, H) <= 1
