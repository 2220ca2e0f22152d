"""Self-reducible problems: counts by several routes, walks on diagrams against trees written out, the round trip."""

from itertools import combinations, product

import numpy as np
import pytest
from slow_routes import FromTree

from covtheory.bounds import counting as bounds
from covtheory.bounds import verifiers, walk_times
from covtheory.samplers.backtracking import Walkers, first_leaf_law, leaf_trace, spectral_gap
from covtheory.samplers.self_reducible import (
    Cnf,
    CounterModel,
    CountingWalk,
    CountingWalkers,
    Diagram,
    Dnf,
    Dyck,
    IndependentSets,
    alternating_counter,
    count_by_sampling,
    exact_draw,
    grid_edges,
    matchings,
    noisy_counter,
    random_dnf,
    random_tree_edges,
    stopped_walk_draw,
    walk_letter_law,
    walkers_draw,
)


def assignments(n):
    return np.array(list(product([0, 1], repeat=n)))


def random_clauses(rng, n, m):
    return [(rng.permutation(n)[:3] + 1) * rng.choice([-1, 1], 3) for _ in range(m)]


def edges_of(rng, n):
    return [e for e in combinations(range(n), 2) if rng.random() < 0.4]


@pytest.mark.parametrize("seed", range(6))
def test_dnf_count_by_enumeration_diagram_and_inclusion_exclusion(seed):
    rng = np.random.default_rng(seed)
    formula = random_dnf(rng, 8, int(rng.integers(1, 9)), int(rng.integers(1, 5)))
    true = formula.satisfied(assignments(8))
    assert int((true > 0).sum()) == formula.count() == Diagram(formula).counts[0]
    assert true.max() == formula.overlap()


@pytest.mark.parametrize("seed", range(6))
def test_cnf_count_by_enumeration_diagram_and_components(seed):
    rng = np.random.default_rng(seed)
    clauses = random_clauses(rng, 9, 14)
    x = assignments(9)
    brute = int(np.all([np.any([x[:, abs(v) - 1] == (v > 0) for v in c], axis=0) for c in clauses], axis=0).sum())
    assert brute == Cnf(9, clauses).count() == Diagram(Cnf(9, clauses)).counts[0]


def test_cnf_counts_unused_variables_tautologies_and_contradictions():
    assert Cnf(5, [(1, -1)]).count() == 32
    assert Cnf(5, [(2,), (-2, 4)]).count() == 8
    assert Cnf(2, [(1,), (-1,)]).count() == 0
    assert Cnf(2, [()]).count() == 0


@pytest.mark.parametrize(("n", "k"), [(1, 1), (4, 1), (3, 3), (30, 2)])
def test_balanced_words_closed_form_at_every_state(n, k):
    word, diagram = Dyck(n, k), Diagram(Dyck(n, k))
    assert [word.exact(s, int(d)) for s, d in zip(diagram.states, diagram.depth, strict=True)] == diagram.counts


@pytest.mark.parametrize("seed", range(5))
def test_independent_sets_by_enumeration_diagram_and_components(seed):
    rng = np.random.default_rng(seed)
    edges = edges_of(rng, 8)
    x = assignments(8)
    brute = int(np.all([x[:, u] * x[:, v] == 0 for u, v in edges] or [np.ones(256, bool)], axis=0).sum())
    assert brute == IndependentSets(8, edges).count() == Diagram(IndependentSets(8, edges)).counts[0]


def test_matchings_of_a_path_are_fibonacci_and_of_a_grid_known():
    assert [matchings([(i, i + 1) for i in range(m)]).count() for m in (1, 2, 3, 4, 5)] == [2, 3, 5, 8, 13]
    assert Diagram(matchings(grid_edges(3, 3))).counts[0] == matchings(grid_edges(3, 3)).count() == 131


def walks():
    rng = np.random.default_rng(7)
    bases = [Diagram(random_dnf(rng, 7, 6, 3)), Diagram(Dyck(4, 2)), Diagram(Dyck(5)),
             Diagram(IndependentSets(7, random_tree_edges(rng, 7), [])), Diagram(matchings(grid_edges(2, 4), [(0, 1)]))]
    out = [CountingWalk(d) for d in bases]
    out += [CountingWalk(d, noisy_counter(d, rng, 5.0)) for d in bases]
    out += [CountingWalk(d, alternating_counter(d, 3.0)) for d in bases]
    cnf = Diagram(Cnf(8, [(1, 2, 3), (-1, 4), (-4, 5, -6), (7, 8), (-7, -2)]))
    return [*out, CountingWalk(cnf, dead_ends=True)]


@pytest.mark.parametrize("walk", walks(), ids=lambda w: type(w.diagram.problem).__name__)
def test_diagram_quantities_equal_those_of_the_tree_written_out(walk):
    chain = walk.tree().walk()
    assert len(chain) == walk.copies.sum()
    assert walk.gap() == pytest.approx(spectral_gap(chain), rel=1e-9)
    assert walk.conductance() == pytest.approx(chain.conductance()[0], rel=1e-9)
    assert walk.leaf_mass == pytest.approx(chain.leaf_mass, rel=1e-9)
    assert walk.trace_gap() == pytest.approx(1 - np.linalg.eigvalsh(leaf_trace(chain))[-2], rel=1e-9)
    assert np.allclose(chain.target, 1 / walk.diagram.counts[0])


@pytest.mark.parametrize("walk", walks()[:-1], ids=lambda w: type(w.diagram.problem).__name__)
def test_theorems_hold_and_errors_agree_with_the_tree(walk):
    errors = walk.tree().uniform_errors()
    assert (walk.over, walk.under) == pytest.approx((errors.over, errors.under))
    assert walk.gap() >= bounds.spectral_gap(walk.over, walk.under, walk.H) * (1 - 1e-9)
    height = walk_times.trace_height(walk.under, walk.H)
    assert walk.trace_gap() * height >= 1 - 1e-9
    assert walk.conductance() >= bounds.conductance(walk.over, walk.under, walk.H) * (1 - 1e-9)
    first = first_leaf_law(walk.tree().walk())
    assert first.max() * len(first) <= height * (1 + 1e-9)


def test_gap_where_no_tree_fits():
    walk = CountingWalk(Diagram(Dnf(300, [(1,), (-1,)])))  # exact counts, 2^301 nodes
    assert walk.copies.sum() == pytest.approx(2.0**301)
    assert walk.trace_gap() == pytest.approx(1 / 300, rel=1e-9)
    assert walk.gap() == pytest.approx(float(bounds.spectral_gap(1, 1, 300)), rel=1e-9)


def test_simulated_walk_has_the_exact_law():
    walk = CountingWalk(Diagram(Dnf(3, [(1, 2), (-1, 3), (2, 3)])))
    walkers = CountingWalkers(walk, 40_000, np.random.default_rng(0))
    walkers.run(7)
    depth = np.bincount(walkers.depth, minlength=4) / 40_000
    chain = walk.tree().walk()
    exact = np.bincount(chain.depth, chain.law(7))
    assert np.abs(depth - exact).max() < 4 / np.sqrt(40_000)


def test_walkers_remember_letters_where_states_merge():
    diagram = Diagram(Dyck(3, 2))
    walkers = CountingWalkers(CountingWalk(diagram), 8000, np.random.default_rng(1))
    walkers.visit(15)
    words, many = np.unique(walkers.words(), axis=0, return_counts=True)
    assert len(words) == diagram.counts[0] == 40
    assert many.min() > 120  # 200 expected, standard deviation 14
    assert many.max() < 290


def test_walkers_that_ask_the_counter_walk_like_those_on_the_tree():
    problem = Dnf(5, [(1, 2), (-1, 3), (4, 5)])
    tree = CountingWalk(Diagram(problem)).tree()
    ours = Walkers(CounterModel(problem), 50, np.random.default_rng(5))
    theirs = Walkers(FromTree(tree), 50, np.random.default_rng(5))
    for walkers in (ours, theirs):
        walkers.move(200)
    assert (ours.depth == theirs.depth).all()


def test_counter_is_asked_once_per_state_and_only_solutions_are_reached():
    problem = random_dnf(np.random.default_rng(6), 60, 12, 8)
    model = CounterModel(problem)
    walkers = Walkers(model, 4, np.random.default_rng(7))
    walkers.run_to_leaf(50_000)
    assert len(walkers.at_leaf()) == 4
    assert (problem.satisfied(walkers.at_leaf()) > 0).all()
    assert len(model) <= walkers.calls


def test_walkers_below_a_prefix_stay_there():
    diagram = Diagram(Dnf(6, [(1, 2), (-1, 3), (4, 5)]))
    node = diagram.node((1, 0))
    assert diagram.prefix(node) == (1, 0)
    walkers = CountingWalkers(CountingWalk(diagram), 200, np.random.default_rng(2), node)
    walkers.move(300)
    walkers.visit(1)
    words = np.hstack([np.tile([1, 0], (200, 1)), walkers.words()])
    assert (diagram.problem.satisfied(words) > 0).all()


def test_letter_law_of_the_stopped_walk_tends_to_the_exact_shares():
    diagram = Diagram(Dyck(4, 2))
    walk = CountingWalk(diagram)
    child = diagram.child[0]
    share = np.where(child >= 0, np.exp(diagram.log_counts[child] - diagram.log_counts[0]), 0)
    assert walk_letter_law(walk, 0, 5000) == pytest.approx(share, abs=1e-9)
    node = int(child[0])
    shares = np.exp(diagram.log_counts[diagram.child[node]] - diagram.log_counts[node])
    assert walk_letter_law(walk, node, 5000) == pytest.approx(shares, abs=1e-9)
    T = int(bounds.steps(walk.over, 1, 8, 0.01))
    assert np.abs(walk_letter_law(walk, 0, T) - share).sum() / 2 <= 0.01


@pytest.mark.parametrize("sampler", ["exact", "stopped", "walkers"])
def test_round_trip_finds_the_count(sampler):
    diagram = Diagram(random_dnf(np.random.default_rng(3), 7, 5, 3))
    walk = CountingWalk(diagram)
    draw = {"exact": exact_draw(diagram), "stopped": stopped_walk_draw(walk, lambda left: 300 * left),
            "walkers": walkers_draw(walk, lambda left: int(walk_times.visits(1, left, 0.01)) + 1)}[sampler]
    found = count_by_sampling(diagram, draw, 1500, 50, np.random.default_rng(4))
    assert abs(found.log_count - diagram.log_counts[0]) < 0.2
    assert diagram.counts[diagram.node(found.word)] == 1


def test_round_trip_towards_a_rare_letter_is_infinite():
    diagram = Diagram(Dnf(20, [(-1,), tuple(range(1, 21))]))
    found = count_by_sampling(diagram, exact_draw(diagram), 100, 10, np.random.default_rng(0), choose=lambda seen: 1)
    assert found.log_count == np.inf


def test_bounds_agree_with_those_of_imperfect_verifiers():
    assert bounds.spectral_gap(3, 3, 7) == pytest.approx(verifiers.spectral_gap(3, 7))
    assert bounds.steps(3, 3, 7, 0.1) == verifiers.steps_total_variation(3, 7, 0.1)
    assert bounds.solution_mass(3, 7) == verifiers.leaf_mass(3, 7)


@pytest.mark.parametrize(("V", "H", "eps"), [(2, 1, 1.0), (2, 9, 0.5), (5, 40, 0.05), (3, 300, 1.0)])
def test_error_budget_of_the_round_trip_adds_up(V, H, eps):
    s, pilot = bounds.samples_per_level(V, H, eps), bounds.pilot_per_level(V, H)
    distance = bounds.sampler_distance(V, H, eps)
    least = 1 / (2 * V) - distance
    assert np.expm1(H * np.log1p((1 - least) / (s * least))) * 4 / eps**2 <= 1 / 4
    rare = 1 / (2 * V) + distance
    ratio = 1 / V / rare
    assert ratio >= 1.6
    assert V * H * np.exp(-(ratio * np.log(ratio) - ratio + 1) * rare * pilot) <= 1 / 12
    assert (1 - eps / 4) * (1 - eps / 2) >= 1 - eps
    assert np.exp(eps / 4) * (1 + eps / 2) <= 1 + eps


SMALL = Diagram(Dnf(2, [(1,), (2,)]))


class Negative(Dnf):
    def crude(self, state, depth):
        return -1.0


@pytest.mark.parametrize(("attempt", "message"), [
    (lambda: CountingWalk(SMALL, np.where(SMALL.depth == 1, -np.inf, SMALL.log_counts)), "solutions begin so"),
    (lambda: CountingWalk(SMALL, np.full(len(SMALL), np.nan)), "less than infinity"),
    (lambda: CountingWalk(SMALL, SMALL.log_counts + 1.0), "at a solution"),
    (lambda: CountingWalk(SMALL, [0.0]), "shape"),
    (lambda: CountingWalk(Diagram(Negative(2, [(1,)]))), "expected a finite number >= 0"),
    (lambda: CountingWalk(Diagram(Cnf(3, [(1, 2), (1, -2), (-1, 3)]))), "trap"),
    (lambda: Diagram(Cnf(1, [(1,), (-1,)])), "no solution"),
    (lambda: Diagram(Dyck(100), most=50), "more than 50 states"),
    (lambda: Dnf(2, [(3,)]), "between 1 and 2"), (lambda: Dnf(2, [(1, -1)]), "distinct variables"),
    (lambda: Dnf(2, []), "at least one"), (lambda: Cnf(2, [(5,)]), "between 1 and 2"),
    (lambda: IndependentSets(2, [(0, 0)]), "two different vertices"),
    (lambda: IndependentSets(3, [(0, 1)], [(1, 2)]), "edges of the graph"),
    (lambda: random_dnf(np.random.default_rng(0), 3, 2, 4), "width"),
    (lambda: noisy_counter(SMALL, np.random.default_rng(0), 0.5), "r >= 1"),
    (lambda: alternating_counter(SMALL, 0.5), "r >= 1"),
    (lambda: bounds.spectral_gap(0.5, 1, 4), "over >= 1"), (lambda: walk_times.trace_height(0.9, 4), "under >= 1"),
    (lambda: bounds.steps(1, 1, 4, 0.0), "delta"), (lambda: walk_times.visits(1, 4, 2.0), "delta"),
    (lambda: CountingWalkers(CountingWalk(SMALL), 3, np.random.default_rng(0), len(SMALL) - 1), "is a solution"),
    (lambda: CountingWalkers(CountingWalk(SMALL), 3, np.random.default_rng(0)).visit(5, most=2), "lack visits"),
    (lambda: SMALL.node((0, 0)), "beginning of no solution"),
    (lambda: CountingWalk(Diagram(Dyck(30))).tree(), "more than"),
])
def test_bad_input_is_refused_with_a_clear_message(attempt, message):
    with pytest.raises(ValueError, match=message):
        attempt()
