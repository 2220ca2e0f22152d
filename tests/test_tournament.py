"""Tournaments: against a naive count, on counts and on data alike, ties, zeros and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covtheory.learners import pairwise_wins as module
from covtheory.learners.pairwise_wins import beaten, wins
from covtheory.learners.tournament import tournament, tournament_on_counts

LP = np.log([[0.3, 0.6, 0.1], [0.62, 0.377, 0.003], [0.02, 0.9, 0.08]])


def naive(lp, N):
    """Three loops and plain division in exact powers: no log, no blocks."""
    K, n = lp.shape
    count = np.zeros((K, K), dtype=int)
    for j in range(K):
        for k in range(K):
            for i in range(n):
                a, b = np.exp(lp[j, i]), np.exp(lp[k, i])
                count[j, k] += a > 0 and a >= N * b * (1 - 1e-12)
    return count


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.integers(1, 7), st.integers(1, 25), st.integers(0, 10**6), st.sampled_from([1.5, 2.0, 8.0]))
def test_wins_equals_the_naive_count(K, n, seed, N):
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore"):
        lp = np.log(rng.choice([0.0, 0.01, 0.125, 0.25, 0.5, 1.0], size=(K, n)))
    assert (wins(lp, N) == naive(lp, N)).all()


@pytest.mark.parametrize("n", [1, 7, 8, 9, 2039, 2040, 2041, 6000])
def test_blocks_and_counters_do_not_change_the_count(n):
    rng = np.random.default_rng(n)
    lp = -rng.exponential(size=(70, n))
    lp[3] = -np.inf
    expected = beaten(lp, 2.0).sum(axis=2)
    assert (wins(lp, 2.0) == expected).all()
    always = np.stack([np.zeros(n), np.full(n, -5.0)])  # every byte counter runs to the top
    assert wins(always, 2.0).tolist() == [[0, n], [0, 0]]


def test_thresholds_are_stacked():
    both = wins(LP, [2, 8])
    assert both.shape == (2, 3, 3)
    assert (both == np.stack([wins(LP, 2), wins(LP, 8)])).all()
    assert tournament(LP, [2, 8]).scores.shape == (2, 3)


def test_ties_at_the_threshold_are_wins_and_zero_over_zero_is_none():
    with np.errstate(divide="ignore"):
        lp = np.log([[0.8, 0.0, 0.2], [0.1, 0.0, 0.9], [0.1 * (1 + 1e-9), 0.5, 0.4]])
    assert wins(lp, 8).tolist() == [[0, 1, 0], [0, 0, 0], [1, 1, 0]]
    for N in (3.0, 7.0, 10.0, 1e6):  # products that floating point does not represent
        assert wins(np.log([[0.5], [0.5 / N]]), N)[0, 1] == 1


def test_magnitudes_of_long_sequences():
    lp = np.array([[-1000.0, -1200.0], [-1000.0 - np.log(4), -1200.0 - np.log(4) * 0.99]])
    assert wins(lp, 4).tolist() == [[0, 1], [0, 0]]


def test_counts_and_data_agree():
    rng = np.random.default_rng(2)
    z = rng.choice(3, size=50, p=[0.6, 0.3, 0.1])
    counts = np.bincount(z, minlength=3)
    for N in (2, 8):
        by_data, by_counts = tournament(LP[:, z], N), tournament_on_counts(LP, counts, N)
        assert by_data.choice == by_counts.choice
        assert np.allclose(by_data.scores, by_counts.scores)


def test_the_population_is_a_data_set_with_probabilities_for_counts():
    one = tournament_on_counts(LP, [60, 36, 4], 8)
    assert np.allclose(one.scores, tournament_on_counts(LP, [0.6, 0.36, 0.04], 8).scores)
    assert one.choice == 0


def test_offset_on_counts_is_a_loop_over_data_prompt_by_prompt():
    rng = np.random.default_rng(3)
    K, P, R, N, gamma = 4, 2, 5, 4.0, 1.2
    q = rng.dirichlet(np.full(R, 0.5), (K, P))
    x, y = rng.integers(P, size=60), rng.integers(R, size=60)
    counts = np.zeros((P, R))
    np.add.at(counts, (x, y), 1)
    scores = [max(np.mean([(q[j, i, a] >= N * q[k, i, a]) - 2 * gamma * q[k, i][q[j, i] >= N * q[k, i]].sum()
                           for i, a in zip(x, y, strict=True)]) for j in range(K)) for k in range(K)]
    assert np.allclose(tournament_on_counts(np.log(q), counts, N, gamma=gamma).scores, scores)


def test_preference_breaks_ties_only():
    lp = np.log([[0.5, 0.5], [0.4, 0.6], [0.001, 0.999]])
    assert tournament(lp, 8).choice == 0
    assert tournament(lp, 8, prefer=[0, 1, 2]).choice == 1


def test_a_model_alone_and_a_model_twice():
    assert tournament(LP[:1], 8).choice == 0
    assert tournament(LP[[0, 0]], 8).scores.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: wins(np.array([[0.1], [-1.0]]), 2), "0.1 for model 0, response 0; expected log-probabilities, at most 0"),
    (lambda: wins(np.array([[-1.0, np.nan]]), 2), "NaN for model 0, response 1"),
    (lambda: wins([[-1.0, -2.0], [-1.0]], 2), r"model 1 has shape \(1,\), model 0 \(2,\).*same held-out responses"),
    (lambda: wins(np.zeros((3, 0)), 2), r"shape \(3, 0\): the held-out set is empty"),
    (lambda: wins(np.zeros(3), 2), r"shape \(3,\), expected \(models, held-out responses\)"),
    (lambda: wins([], 2), r"expected \(models, held-out responses\)"),
    (lambda: wins(LP, 1), "N: got 1, expected N > 1"),
    (lambda: wins(LP, np.inf), "expected finite thresholds"),
    (lambda: tournament(LP, 8, prefer=[1, 2]), r"prefer: shape \(2,\), expected \(3,\)"),
    (lambda: tournament_on_counts(LP, [1, 2], 2), r"counts: shape \(2,\), expected \(..., 3\)"),
    (lambda: tournament_on_counts(LP, [0, 0, 0], 2), "an empty held-out set selects nothing"),
    (lambda: tournament_on_counts(LP, [1, -1, 0], 2), "finite non-negative counts"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_memory_is_bounded_by_the_blocks():
    """Differences of all pairs would be 500 x 500 x 20000 x 8 bytes = 40 GB; nothing near that may be allocated."""
    import tracemalloc

    lp = np.full((60, 20_000), -1.0)
    tracemalloc.start()
    wins(lp, 2.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * lp.nbytes + 16 * module._COLUMNS * 8 * len(lp)
