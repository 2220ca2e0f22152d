"""Merged trees against the trees they stand for, learned values, letter texts, brackets, bounds of notebook 20."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from covtheory.bounds import learned_verifiers as bounds
from covtheory.instances.brackets import Brackets
from covtheory.instances.learned_verifiers import abc, parity, unseen_needle
from covtheory.instances.letters import ALPHABET, avoiding, containing, letter_law, letter_pairs
from covtheory.learners.survival import blindness, success_of_seen, survival_frequencies
from covtheory.samplers.backtracking import action_level_law, first_leaf_law, leaf_trace
from covtheory.samplers.backtracking import hitting_time as tree_hitting_time
from covtheory.samplers.merged import (
    MergedTree,
    action_level_steps,
    average_errors,
    first_response_steps,
    hitting_time,
    kl_to,
    marginals,
    moves_per_response,
    rejection_letters,
    target_steps,
    trace_chi_square,
    wasted_letters,
)


def random_merged(seed):
    """Three states, some steps missing, some rewards zero, values wrong and some of them positive at dead ends."""
    rng = np.random.default_rng(seed)
    H = int(rng.integers(1, 6))
    step = rng.dirichlet(np.ones(4), size=(H, 3))[:, :, :3] * (rng.random((H, 3, 3)) < 0.9)
    tau = rng.random(3) * np.append(1, rng.random(2) < 0.7)
    step[:, :, 0] = np.maximum(step[:, :, 0], 0.01) * 0.9
    tree = MergedTree(step, tau)
    value = tree.true_value * np.exp(rng.normal(size=tree.true_value.shape)) + 0.05 * (seed % 2)
    value[-1] = tau
    return tree.with_value(value)


@pytest.mark.parametrize("seed", range(12))
def test_states_and_the_unfolded_tree_agree(seed):
    merged = random_merged(seed)
    tree = merged.unfold()
    walk, alive = tree.walk(), tree.tau > 0
    target = tree.target()[alive]
    assert pytest.approx(tree.Z, rel=1e-12) == merged.Z
    for steps, law in ((action_level_steps, action_level_law(tree)[alive]),
                       (first_response_steps, first_leaf_law(walk))):
        assert kl_to(merged, steps(merged)) == pytest.approx(float(target @ np.log(target / law)), abs=1e-10)
    assert kl_to(merged, target_steps(merged)) == pytest.approx(0, abs=1e-12)
    assert hitting_time(merged) == pytest.approx(tree_hitting_time(walk), rel=1e-10)
    assert moves_per_response(merged) == pytest.approx(1 / walk.leaf_mass, rel=1e-10)
    over, under = average_errors(merged)
    errors = tree.average_errors()
    assert (max(1, over.max()), max(1, under.max())) == pytest.approx((errors.over, errors.under), rel=1e-10)
    assert marginals(merged, target_steps(merged))[-1].sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(0, 12, 2))
def test_trace_of_the_states_is_that_of_the_tree(seed):
    merged = random_merged(seed)
    walk = merged.unfold().walk()
    trace, law, expected = leaf_trace(walk), first_leaf_law(walk), []
    for _ in range(5):
        expected.append((law**2 / walk.target).sum() - 1)
        law = law @ trace
    np.testing.assert_allclose(trace_chi_square(merged, 5), expected, atol=1e-11)


def test_first_response_by_hand():
    tree = abc(2).with_value([[1, 1], [1, 0.5], [1, 1]])
    assert hitting_time(tree) == pytest.approx(4.375)
    assert first_response_steps(tree)[0, 0] == pytest.approx([7 / 12, 5 / 12])
    assert action_level_steps(tree)[0, 0] == pytest.approx([2 / 3, 1 / 3])
    assert rejection_letters(abc(2)) == pytest.approx((1 + 2 / 3) / (4 / 9))
    assert wasted_letters(abc(2)) == pytest.approx(0.5)


def test_an_undervalued_level_and_the_bound_on_the_first_response():
    tree = MergedTree([[1.0]], [1.0], H=6)
    value = tree.true_value.copy()
    value[1] = 1e8
    found = tree.with_value(value)
    over, under = average_errors(found)
    assert hitting_time(found) == pytest.approx(float(bounds.first_response_moves(over, under)), rel=1e-6)
    assert hitting_time(found) == pytest.approx(6 + 2 * (5e8 + 10))


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize(("H", "n"), [(2, 1), (2, 4), (3, 2)])
def test_averages_over_all_outcomes_of_the_roll_outs(H, n, blind):
    rng = np.random.default_rng(H + n)
    tree = MergedTree(rng.dirichlet(np.ones(3), size=(H, 2))[:, :, :2], [1.0, 0.0])
    seen = np.zeros((H + 1, 2), dtype=int) if blind else np.tile([0, 1], (H + 1, 1))
    success, classes = success_of_seen(tree, seen), [(h, k) for h in range(1, H) for k in np.unique(seen[h])]
    first = between = 0.0
    for outcome in itertools.product(range(n + 1), repeat=len(classes)):
        value, mass = tree.true_value.copy(), 1.0
        for (h, k), c in zip(classes, outcome, strict=True):
            at = seen[h] == k
            mass *= binom.pmf(c, n, success[h, at][0])
            value[h, at] = (c + 1) / (n + 1)
        first += mass * hitting_time(tree.with_value(value))
        between += mass * moves_per_response(tree.with_value(value))
    wasted, beyond = wasted_letters(tree), (blindness(tree, seen)[:-1] - 1).sum()
    assert blind == (beyond > 1e-9)
    assert between == pytest.approx(float(bounds.learned_moves_between(n, H, wasted)), rel=1e-12)
    assert 0.25 < first / float(bounds.learned_moves(n, H, wasted, beyond)) < 1


def test_frequencies_have_the_law_of_the_roll_outs():
    tree, rng = abc(3), np.random.default_rng(0)
    values = np.array([survival_frequencies(tree, 8, rng).value[1, 0] for _ in range(4000)])
    assert set(np.round(values * 9)) <= set(range(1, 10))
    assert values.mean() == pytest.approx((8 * 4 / 9 + 1) / 9, abs=4 * 0.16 / 63)
    assert (1 / values).mean() == pytest.approx(9 / 4 * (1 - (5 / 9) ** 9), rel=0.03)


def test_classes_share_one_estimate_and_states_that_cannot_be_reached_keep_theirs():
    tree, seen = parity(2, 3)
    learned = survival_frequencies(tree, 50, np.random.default_rng(1), seen)
    assert (learned.value[1, :2] == learned.value[1, 0]).all()
    assert learned.value[1, 2] == tree.true_value[1, 2]  # no broken block yet
    assert (learned.value[4, :3] == learned.value[4, 0]).all()
    assert success_of_seen(tree, seen)[4, 0] == pytest.approx(0.5 / 2)
    assert blindness(tree, seen)[3] == pytest.approx(2.0)


def test_parity_by_hand():
    tree, _ = parity(3, 4)
    assert tree.true_value[4] == pytest.approx([1 / 4, 1 / 4, 0])
    assert tree.reach[8] == pytest.approx([1 / 4, 0, 1 / 4])
    assert tree.reach[12] == pytest.approx([1 / 8, 0, 1 / 8])


def test_an_unseen_needle_by_hand():
    tree = unseen_needle(2, 2, odds=1.0, blind=1)
    assert pytest.approx(7 / 16) == tree.Z
    assert average_errors(tree)[1][0] == pytest.approx((5 / 7) * 2.5 + 2 / 7)
    late = unseen_needle(10, 8, odds=0.0, blind=6, guess=0.01)
    assert np.abs(late.value - late.true_value)[1:].max() == pytest.approx(0.01)
    assert (late.value[7:] == late.true_value[7:]).all()


def test_letters_follow_the_text():
    pairs = letter_pairs()
    assert pairs.shape == (27, 27)
    assert pairs[:, ALPHABET.index("q")].sum() == pairs[ALPHABET.index("q")].sum() > 0
    assert letter_law().sum(axis=1) == pytest.approx(np.ones(27))
    law = letter_law()
    assert pytest.approx(1 - (1 - law[0, 17]) * (1 - law[:, 17]) @ np.where(
        np.arange(27) == 17, 0, law[0]) / (1 - law[0, 17])) == containing(2, "q").Z
    assert pytest.approx((law[0] * (1 - law[:, 20]))[np.arange(27) != 20].sum()) == avoiding(2, "t").Z


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"step: got shape \(3, 2, 2\), expected \(3, 3, 3\)"):
        MergedTree(np.zeros((2, 2)), np.ones(3), H=3)
    with pytest.raises(ValueError, match="a row sums to 1"):
        MergedTree([[1.5]], [1.0], H=2)
    with pytest.raises(ValueError, match="no response"):
        MergedTree([[0.5]], [0.0], H=2)
    with pytest.raises(ValueError, match="expected a state below 1"):
        MergedTree([[0.5]], [1.0], H=2, start=1)
    with pytest.raises(ValueError, match="hides responses"):
        abc(2).with_value([[1, 1], [0, 1], [1, 1]])
    with pytest.raises(ValueError, match="differs from tau"):
        abc(2).with_value([[1, 1], [1, 1], [1, 0.5]])
    with pytest.raises(ValueError, match="shapes differ"):
        abc(2).with_value([[1, 1]])
    with pytest.raises(ValueError, match=">= 0"):
        abc(2).with_value([[1, 1], [-1, 1], [1, 1]])
    with pytest.raises(ValueError, match="more than"):
        abc(30).unfold()
    with pytest.raises(ValueError, match="rewards 0 and 1"):
        survival_frequencies(MergedTree([[1.0]], [0.5], H=2), 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="letter: got"):
        avoiding(3, "ab")
    with pytest.raises(ValueError, match="blind: got 4"):
        unseen_needle(2, 4, 1.0, 4)


def test_brackets_by_hand_and_by_enumeration():
    words = Brackets(3)
    everything = np.array(list(itertools.product(range(4), repeat=6)))
    assert words.right(everything).sum() == 5 * 8  # Catalan number times kinds
    assert words.alive([[0, 1, 2]]).tolist() == [False]
    assert words.alive([[0, 0, 0, 0]]).tolist() == [False]  # four open, two letters left
    drawn = words.sample(np.random.default_rng(0), 500, 0.6, 0.7)
    assert words.right(drawn).all()
    assert (drawn[:, 0] == 0).mean() == pytest.approx(0.7, abs=0.08)
    begun = words.sample(np.random.default_rng(0), 3, 0.5, 0.5, [[0, 1]] * 3)
    assert words.right(begun).all()
    assert (begun[:, :2] == [0, 1]).all()
    for bad, said in (([[0, 3]], "beginnings"), ([[3, 0]], "beginnings")):
        with pytest.raises(ValueError, match=said):
            words.sample(np.random.default_rng(0), 1, 0.5, 0.5, bad)
    with pytest.raises(ValueError, match="letters 0 to 4"):
        words.alive([[0, 4]])
    with pytest.raises(ValueError, match=r"expected \(m, 6\)"):
        words.right([[0, 2]])
    with pytest.raises(ValueError, match="expected"):
        words.alive([0, 2])
