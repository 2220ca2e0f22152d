"""The backtracking walk: every closed form against linear algebra, every bad input refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_routes import level_spectrum

from covtheory.instances.verifiers import (
    alternating,
    bottleneck_tree,
    depth_only,
    last_letter_tree,
    needle_tree,
    noisy,
    random_tree,
    two_sided_tree,
)
from covtheory.samplers.backtracking import (
    BacktrackingWalk,
    ValueTree,
    complete_tree,
    conductance_to_leaves,
    eigenvalues_above,
    exact_value_spectrum,
    first_leaf_law,
    hitting_time,
    leaf_trace,
    level_gap,
    metropolis_walk,
    momentum_walk,
    spectral_gap,
    spectrum,
)

seeds = st.integers(0, 10**6)
few = settings(max_examples=25, deadline=None, derandomize=True)


def _case(seed, kind="uniform"):
    rng = np.random.default_rng(seed)
    return noisy(random_tree(rng, int(rng.integers(1, 7)), most_nodes=120), rng, float(np.exp(rng.uniform(0, 3))), kind)


def _killed(walk):
    inner = np.flatnonzero(walk.depth < walk.H)
    P = walk.transition(stay=0.0).toarray()
    return np.eye(len(inner)) - P[np.ix_(inner, inner)], P[np.ix_(inner, walk.leaves)]


@few
@given(seeds)
def test_rows_sum_to_one_and_detailed_balance(seed):
    walk = _case(seed).walk()
    P = walk.transition().toarray()
    flow = walk.stationary[:, None] * P
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-14)
    np.testing.assert_allclose(flow, flow.T, atol=1e-15)


@few
@given(seeds)
def test_walk_follows_its_definition_at_every_node(seed):
    tree = _case(seed)
    walk = tree.walk()
    P = walk.transition().toarray()
    rng = np.random.default_rng(seed)
    for v in rng.integers(len(walk), size=8):
        node = walk.nodes[v]
        weights = np.where(tree.parent[walk.nodes] == node, tree.pi_ref[walk.nodes] * tree.value[walk.nodes], 0.0)
        if v:
            weights[walk.parent[v]] = tree.value[node]
        expected = weights / weights.sum() / 2
        expected[v] += 0.5
        np.testing.assert_allclose(P[v], expected, atol=1e-13)


@few
@given(seeds)
def test_true_values_and_target_by_enumeration(seed):
    tree = _case(seed)
    reach = np.exp(tree.log_reach[tree.leaves])
    for node in (0, len(tree) // 3):
        ancestors = tree.leaves.copy()
        for _ in range(tree.H - tree.depth[node]):
            ancestors = tree.parent[ancestors]
        below = ancestors == node
        expected = (reach * tree.tau)[below].sum() / np.exp(tree.log_reach[node])
        assert tree.true_value[node] == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(tree.target(), reach * tree.tau / (reach @ tree.tau), atol=1e-15)


@few
@given(seeds)
def test_gap_and_counts_against_dense_eigenvalues(seed):
    walk = _case(seed, "signs").walk()
    lam = np.sort(np.linalg.eigvals(walk.transition(stay=0.0).toarray()).real)[::-1]
    assert spectral_gap(walk) == pytest.approx((1 - lam[1]) / 2, rel=1e-7)
    np.testing.assert_allclose(spectrum(walk), lam, atol=1e-10)
    for s in np.random.default_rng(seed).uniform(0, 2, 5):
        assert eigenvalues_above(walk, s) == (lam > 1 - s).sum()


def test_gap_stays_accurate_when_it_is_tiny():
    walk = BacktrackingWalk([-1, 0, 1, 2], [0, 1.0, 1e-14, 1.0])  # two heavy ends, one weak link
    assert spectral_gap(walk) == pytest.approx(1e-14 / 2, rel=1e-12)  # W/2 (1/2 + 1/2): masses 2 + and 2


@few
@given(seeds)
def test_laws_by_eigenvectors_and_step_by_step(seed):
    walk = _case(seed).walk()
    P, mu, total = walk.transition().toarray(), np.eye(len(walk))[0], np.zeros(len(walk))
    for _ in range(40):
        total, mu = total + mu, mu @ P
    np.testing.assert_allclose(walk.law(40), mu, atol=1e-12)
    np.testing.assert_allclose(walk.mean_law(40), total / 40, atol=1e-12)
    assert walk.law(np.array([0, 3, 40])).shape == (3, len(walk))


def test_large_trees_go_step_by_step_with_the_same_law(monkeypatch):
    tree = last_letter_tree(6, 1.0)
    dense = tree.walk()
    expected, mean = dense.law([0, 5, 30]), dense.mean_law(30)
    monkeypatch.setattr("covtheory.samplers.backtracking.walk.MOST_DENSE", 10)
    np.testing.assert_allclose(tree.walk().law([0, 5, 30]), expected, atol=1e-13)
    np.testing.assert_allclose(tree.walk().mean_law(30), mean, atol=1e-13)
    with pytest.raises(ValueError, match="127 nodes, expected at most 10"):
        spectrum(tree.walk())


def test_gap_of_levels_is_that_of_the_whole_spectrum():
    rng = np.random.default_rng(0)
    for H in (1, 2, 7, 40):
        total = np.exp(2 * rng.normal(size=H))
        lam, _ = level_spectrum(total, np.full(H, 2))
        assert level_gap(total) == pytest.approx((1 - np.sort(lam)[-2]) / 2, rel=1e-8)


@few
@given(seeds)
def test_first_leaf_and_hitting_time_by_linear_equations(seed):
    walk = _case(seed).walk()
    K, out = _killed(walk)
    np.testing.assert_allclose(first_leaf_law(walk), np.linalg.solve(K, out)[0], atol=1e-12)
    assert hitting_time(walk) == pytest.approx(np.linalg.solve(K, np.ones(len(K)))[0], rel=1e-9)
    assert conductance_to_leaves(walk)[0] > 0


def test_needle_takes_its_closed_form():
    for H in (2, 5, 40, 300):
        assert hitting_time(needle_tree(H).walk()) == pytest.approx(2 * H**2 - H, rel=1e-10)


@few
@given(seeds)
def test_trace_on_leaves_is_reversible_for_the_target(seed):
    walk = _case(seed).walk()
    trace = leaf_trace(walk)
    np.testing.assert_allclose(trace.sum(axis=1), 1, atol=1e-12)
    flow = walk.target[:, None] * trace
    np.testing.assert_allclose(flow, flow.T, atol=1e-12)


@few
@given(seeds)
def test_conductance_is_the_best_of_all_sets(seed):
    rng = np.random.default_rng(seed)
    walk = noisy(complete_tree(2, 2, rng.uniform(0.1, 1, 4)), rng, 5.0).walk()
    Q = walk.stationary[:, None] * walk.transition().toarray()
    best = np.inf
    for bits in range(1, 2 ** len(walk) - 1):
        inside = (bits >> np.arange(len(walk))) & 1 == 1
        mass = walk.stationary[inside].sum()
        best = min(best, Q[np.ix_(inside, ~inside)].sum() / min(mass, 1 - mass))
    assert walk.conductance()[0] == pytest.approx(best, rel=1e-10)


def test_cheeger_brackets_the_gap():
    for seed in range(20):
        walk = _case(seed, "normal").walk()
        phi, gap = walk.conductance()[0], spectral_gap(walk)
        assert phi**2 / 2 <= gap * (1 + 1e-12)
        assert gap <= 2 * phi * (1 + 1e-12)


def test_mixing_time_is_the_first_time():
    walk = last_letter_tree(4, 1.0).walk()
    t = walk.mixing_time(0.01)
    gaps = [np.abs(walk.law(s) - walk.stationary).sum() / 2 for s in (t - 1, t)]
    assert gaps[1] <= 0.01 < gaps[0]


def test_spectrum_formula_and_level_chains_agree_with_dense():
    for seed in range(10):
        exact = random_tree(np.random.default_rng(seed), 5).walk()
        np.testing.assert_allclose(spectrum(exact), exact_value_spectrum(exact), atol=1e-12)
    tree = alternating(complete_tree(3, 4, np.ones(81)), 5.0)
    lam, many = level_spectrum(tree.level_weights, [3, 3, 3, 3])
    np.testing.assert_allclose(np.sort(np.repeat(lam, many.astype(int)))[::-1], spectrum(tree.walk()), atol=1e-12)


@few
@given(seeds, st.floats(0, 1))
def test_variants_are_stationary_with_the_target_at_responses(seed, chi):
    tree = _case(seed)
    for P, law in (metropolis_walk(tree), metropolis_walk(tree, stay=0.0), momentum_walk(tree, chi)):
        np.testing.assert_allclose(np.asarray(P.sum(axis=1)).ravel(), 1, atol=1e-12)
        assert P.toarray().min() >= -1e-15
        np.testing.assert_allclose(law @ P, law, atol=1e-14)
        mass = law[tree.leaves]
        np.testing.assert_allclose(mass / mass.sum(), tree.target(), atol=1e-12)


def test_momentum_at_one_never_turns_inside_and_has_its_period():
    tree = complete_tree(2, 4, np.ones(16))
    P = momentum_walk(tree, 1.0)[0].toarray()
    n = len(tree)
    inner = np.flatnonzero((tree.depth > 0) & (tree.depth < 4))
    assert P[inner, n + inner].max() == pytest.approx(0, abs=1e-15)
    mu = np.eye(2 * n)[0] @ np.linalg.matrix_power(P, 2 * 4 + 2)
    assert mu[0] == pytest.approx(1)
    assert (np.eye(2 * n)[0] @ np.linalg.matrix_power(P, 4))[tree.leaves] == pytest.approx(tree.target())


def test_errors_are_reported_per_side_and_on_average():
    assert two_sided_tree(4, 3.0).uniform_errors() == pytest.approx((3, 3))
    assert last_letter_tree(4, 0.5).uniform_errors() == pytest.approx((1.5, 1))
    assert depth_only(complete_tree(2, 3, np.ones(8)), [2, 0.5]).average_errors() == pytest.approx((2, 2))
    assert needle_tree(6).average_errors() == pytest.approx((1, 2))
    wild = bottleneck_tree(6, 0.01, 2.0)
    assert wild.uniform_errors().kappa == pytest.approx(200)
    assert max(wild.average_errors()) < 3


def test_unlisted_mass_and_dead_branches_are_pruned():
    tree = complete_tree(2, 2, [1, 1, 0, 0])
    assert len(tree.walk()) == 4  # root, a, aa, ab
    np.testing.assert_array_equal(tree.walk().nodes, [0, 1, 3, 4])
    assert tree.prefix(4) == (0, 1)
    assert repr(tree.walk()) == "BacktrackingWalk(nodes=4, H=2, responses=2)"


BAD = {
    "negative": ({"value": [1, -1, 1]}, "value: got -1 at index 1"),
    "NaN": ({"value": [1, np.nan, 1]}, "value: got nan at index 1"),
    "infinite": ({"tau": [np.inf, 1]}, "tau: got inf at index 0"),
    "leaf": ({"value": [1, 1, 3]}, r"value: 3 at response \(1,\), expected tau = 1"),
    "shape": ({"value": [1, 1]}, r"value: got shape \(2,\), expected \(3,\)"),
    "sum": ({"pi_ref": [1, 0.7, 0.7]}, "children of node 0 sum to 1.4"),
    "nothing": ({"tau": [0, 0]}, "no response with pi_ref > 0 has tau > 0"),
    "order": ({"parent": [-1, 0, 2]}, "breadth-first"),
    "root": ({"parent": [0, 0, 0]}, "-1 first"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_trees_are_refused(name):
    changed, message = BAD[name]
    arguments = {"parent": [-1, 0, 0], "pi_ref": [1, 0.5, 0.5], "tau": [1.0, 1.0], "value": None} | changed
    with pytest.raises(ValueError, match=message):
        ValueTree(**arguments)


def test_traps_and_hidden_responses_are_refused():
    shape = ([-1, 0, 0, 1, 2], [1, 0.5, 0.5, 1, 1])
    with pytest.raises(ValueError, match=r"0.3 at \(1,\) hides a dead end"):
        ValueTree(*shape, [1.0, 0.0], [1, 1, 0.3, 1, 0])
    trap = ValueTree(*shape, [1.0, 0.0], [1, 1, 0.3, 1, 0], dead_ends=True)
    with pytest.raises(ValueError, match="uniform error is infinite"):
        trap.uniform_errors()
    assert first_leaf_law(trap.walk()) == pytest.approx([1.0])
    with pytest.raises(ValueError, match=r"0 at \(1,\) hides responses with tau > 0"):
        ValueTree(*shape, [1.0, 1.0], [1, 1, 0, 1, 1])
    with pytest.raises(ValueError, match="at node 1, expected finite and > 0"):
        BacktrackingWalk([-1, 0], [0, 0.0])


def test_bad_arguments_of_the_walk():
    walk = last_letter_tree(3, 0.5).walk()
    for call in (lambda: walk.law(-1), lambda: walk.law(1.5), lambda: walk.mean_law(0), lambda: walk.mixing_time(0),
                 lambda: walk.transition(1.5), lambda: momentum_walk(last_letter_tree(3, 0.5), 1.5),
                 lambda: complete_tree(2, 30, np.ones(2)), lambda: level_spectrum([1, 0], [2, 2])):
        with pytest.raises(ValueError, match="expected"):
            call()
