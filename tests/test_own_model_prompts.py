"""Several responses a prompt: limits over prompts are their formula, and miss the truth as rarely as they say.

Miss counts are over seeded repetitions; a count is refused only if limits of the stated level would have it with
probability below ``RARE``.
"""

import json
import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom, norm

from covtheory.__main__ import main
from covtheory.own_model.compare import CoverageDifference, difference_interval, pass_differences
from covtheory.own_model.intervals import _weights, betting_interval, chernoff_interval, prompt_limits
from covtheory.own_model.profile_sample import ProfileSample
from covtheory.own_model.prompts import PromptBand, PromptCounts, threshold_grid
from covtheory.own_model.tournament_estimate import tournament_estimate

RARE = 1e-9
N = (2.0, 4.0, 16.0, 64.0, 256.0)


def allowed(repetitions, alpha):
    return int(binom.isf(RARE, repetitions, alpha))


# ---- the interval


@pytest.mark.parametrize("share", [0.0, 0.003, 0.4, 0.97, 1.0])
def test_equal_prompts_have_the_interval_of_as_many_draws(share):
    got = [float(limit) for limit in prompt_limits(share, np.full(40, 9), 0.02)]
    assert got == pytest.approx(chernoff_interval(share, 40, 0.02), rel=1e-9, abs=1e-12)


def test_limits_solve_chernoffs_equation_for_unequal_prompts():
    sizes, x, alpha = np.repeat([1, 4, 10], [30, 10, 3]), 0.35, 0.1
    w = sizes / sizes.sum()
    low, high = (float(limit) for limit in prompt_limits(x, sizes, alpha))

    def exponent(x, p):
        value = minimize_scalar(
            lambda t: np.log1p(p * np.expm1(t * w)).sum() - t * x,
            bounds=(0, 900),
            method="bounded",
            options={"xatol": 1e-9},
        )
        return -value.fun

    assert exponent(x, low) == pytest.approx(math.log(2 / alpha), rel=1e-6)
    assert exponent(1 - x, 1 - high) == pytest.approx(math.log(2 / alpha), rel=1e-6)


def test_many_different_sizes_give_wider_limits_that_still_cover():
    sizes = np.arange(1, 61)
    w, alpha = sizes / sizes.sum(), 0.05
    low, high = prompt_limits([0.2, 0.5], sizes, alpha)
    worst = [chernoff_interval(x, int(1 / w.max()), alpha) for x in (0.2, 0.5)]
    assert (low >= [a for a, _ in worst]).all()
    assert (high <= [b for _, b in worst]).all()
    assert (low < [0.2, 0.5]).all()
    assert (high > [0.2, 0.5]).all()


def test_limits_are_those_of_the_fewest_prompts_that_could_be_meant():
    low, high = prompt_limits(0.5, [10_000, 1, 1], 0.05)
    assert (float(low), float(high)) == pytest.approx(chernoff_interval(0.5, 1, 0.05), rel=1e-2)
    with pytest.raises(ValueError, match="share: got"):
        prompt_limits(1.5, [1, 1], 0.05)


def test_the_betting_interval_covers_and_is_narrow_where_little_varies():
    rng, misses, repetitions, alpha = np.random.default_rng(1), 0, 400, 0.2
    law, values = np.array([0.05, 0.9, 0.05]), np.array([0.0, 0.5, 1.0])
    for _ in range(repetitions):
        low, high = betting_interval(values, rng.multinomial(60, law), alpha)
        misses += not low <= 0.5 <= high
    assert misses <= allowed(repetitions, alpha)
    low, high = betting_interval(values, [50, 900, 50], 0.05)
    wide = chernoff_interval(0.5, 1000, 0.05)
    assert high - low < 0.5 * (wide[1] - wide[0])
    assert betting_interval([1.0], [30], 0.05)[1] == 1.0
    assert betting_interval([0.0], [30], 0.05)[0] == 0.0


def test_the_betting_limits_are_where_the_capital_is_enough():
    values, counts, alpha = np.array([0.1, 0.4, 0.9]), np.array([5, 20, 9]), 0.1
    stakes = [2.0**-j for j in range(1, 25)] + [1 - 2.0**-j for j in range(2, 12)]

    def capital(x, m):
        return np.mean([np.prod((1 - r + r * x / m) ** counts) for r in stakes])

    low, high = betting_interval(values, counts, alpha)
    assert capital(values, low) == pytest.approx(2 / alpha, rel=1e-6)
    assert capital(1 - values, 1 - high) == pytest.approx(2 / alpha, rel=1e-6)


def test_weights_on_the_ladder_sum_to_one():
    weights, numbers = _weights(np.arange(1.0, 61) / np.arange(1, 61).sum())
    assert len(weights) <= 16
    assert weights @ numbers == pytest.approx(1)
    assert weights[-1] == pytest.approx(60 / 1830)


# ---- the profile over prompts


def clustered(rng, prompts, each):
    """Log ratios of responses to prompts of two kinds, a fifth badly covered; which prompt each answers."""
    bad = rng.random(prompts) < 0.2
    sizes = np.full(prompts, each) if np.isscalar(each) else rng.choice(each, size=prompts)
    kind = np.repeat(bad, sizes)
    ratio = np.where(kind, rng.normal(6, 12**0.5, kind.size), rng.normal(0.05, 0.1**0.5, kind.size))
    return ratio, [str(i) for i in np.repeat(np.arange(prompts), sizes)]


def tail(log_N):
    return 0.2 * norm.sf(log_N, 6, 12**0.5) + 0.8 * norm.sf(log_N, 0.05, 0.1**0.5)


KL = 0.2 * 6 + 0.8 * 0.05


def estimated(ratio, prompts, alpha):
    sample = ProfileSample(N)
    sample.add(np.zeros(len(ratio)), -ratio, None, prompts)
    return sample.estimate(alpha)


@pytest.mark.parametrize(
    ("prompts", "each"),
    [(1000, 1), (200, 5), (50, 20), (20, 50), (10, 100), (40, (1, 5, 80)), (60, tuple(range(1, 40)))],
)
def test_limits_over_prompts_miss_no_more_often_than_they_say(prompts, each):
    rng, repetitions, alpha = np.random.default_rng([2, prompts]), 60 if np.isscalar(each) else 15, 0.05
    misses, above, at = 0, 0, np.exp(np.linspace(0.0, 12, 25))
    for _ in range(repetitions):
        ratio, names = clustered(rng, prompts, each)
        estimate = estimated(ratio, names, alpha)
        assert (estimate.by_prompt is None) == (each == 1)
        cover, truth = estimate(at), tail(np.log(at))
        misses += bool(((cover.lower > truth) | (cover.upper < truth)).any())
        above += estimate.kl_limits()[0] > KL
    assert misses <= allowed(repetitions, alpha)
    assert above <= allowed(repetitions, alpha)


def test_rows_taken_as_independent_would_miss_and_that_is_what_the_column_prevents():
    rng, misses = np.random.default_rng(3), 0
    for _ in range(60):
        ratio, _ = clustered(rng, 20, 50)
        cover = estimated(ratio, None, 0.05)(np.array(N))
        misses += bool(((cover.lower > tail(np.log(N))) | (cover.upper < tail(np.log(N)))).any())
    assert misses > allowed(60, 0.05)


def test_limits_between_grid_points_are_the_neighbours():
    band = PromptBand(np.full(30, 4), np.array([0.0, 1.0, 2.0]), np.array([90, 40, 10]), 0.1)
    low, high = prompt_limits(np.array([90, 40, 10]) / 120, np.full(30, 4), 0.1 / 3)
    np.testing.assert_allclose(band.lower([0.0, 0.5, 1.0, 1.5, 2.5]), [low[0], low[1], low[1], low[2], 0])
    np.testing.assert_allclose(band.upper([-1.0, 0.0, 0.5, 1.0, 2.5]), [1, high[0], high[0], high[1], high[2]])


def test_the_grid_has_the_wanted_thresholds_and_hits_are_counted_at_ties():
    grid = threshold_grid([3.0, 2.0])
    assert np.isin(np.log([2, 3]), grid).all()
    sample = ProfileSample([3.0])
    ratio = np.array([math.log(3), math.log(3) - 1e-6, np.inf, -5.0])
    sample.add(np.zeros(4), -ratio, None, ["a", "a", "b", "b"])
    band = sample.estimate(0.1).by_prompt
    at = int(np.searchsorted(band.grid, math.log(3) - 1e-9))
    assert band.shares[at] == 0.5
    assert band.shares[0] == 0.75


def test_prompts_are_counted_in_any_order():
    counts = PromptCounts()
    counts.add(["a", "b"])
    assert not counts.repeated
    counts.add(["c", "a", "a"])
    assert counts.repeated
    assert sorted(counts.responses) == [1, 1, 3]


def test_stopped_kl_and_budget_over_prompts_use_prompts():
    ratio, names = clustered(np.random.default_rng(4), 50, 20)
    kl = np.maximum(ratio, 0)
    sample = ProfileSample([16.0])
    sample.add(np.zeros(1000), -ratio, kl, names)
    over_prompts = sample.estimate(0.05)
    alone = ProfileSample([16.0])
    alone.add(np.zeros(1000), -ratio, kl)
    rows = alone.estimate(0.05)
    a, b = over_prompts.stopped_kl(16.0), rows.stopped_kl(16.0)
    assert a.value == b.value
    assert (a.lower, a.upper) == pytest.approx(
        [math.log(16) * v for v in chernoff_interval(a.value / math.log(16), 50, 0.05)]
    )
    assert over_prompts.budget(0.3).upper >= rows.budget(0.3).upper
    assert over_prompts.kl_limits()[0] < rows.kl_limits()[0]
    low, high = over_prompts.kl_limits(40.0)
    assert low < KL < high


# ---- the tournament over prompts


def test_tournament_limits_over_prompts_miss_no_more_often_than_they_say():
    rng, repetitions, alpha = np.random.default_rng(5), 100, 0.1
    truth, misses, rowwise = np.array([0.3, 0.7]), 0, 0
    for _ in range(repetitions):
        wins = np.repeat(rng.random(20) < 0.3, 50)  # model b beats a on whole prompts
        log_probs = np.stack([np.where(wins, -9.0, -1.0), np.where(wins, -1.0, -9.0)])
        names = PromptCounts()
        names.add(np.repeat(np.arange(20), 50).astype(str))
        for prompts in (names, None):
            estimate = tournament_estimate("ab", [log_probs], 16, false_alarm=alpha, prompts=prompts)
            lower, upper = estimate.limits
            missed = not ((lower <= truth) & (truth <= upper)).all()
            misses, rowwise = misses + (missed and prompts is not None), rowwise + (missed and prompts is None)
    assert misses <= allowed(repetitions, alpha)
    assert rowwise > allowed(repetitions, alpha)
    clustered_bound = tournament_estimate("ab", [log_probs], 16, prompts=names).guarantee()[1]
    assert clustered_bound - 4 / 16 == pytest.approx(11 / 3 * math.log(2 * 2 / 0.05) / 20)


# ---- two models


def test_differences_of_coverage_cover_with_and_without_prompts():
    rng, repetitions, alpha = np.random.default_rng(6), 100, 0.1
    misses = np.zeros(2, dtype=int)
    for _ in range(repetitions):
        bad = np.repeat(rng.random(25) < 0.4, 8)
        first, second = np.where(bad, 5.0, 0.0), np.where(bad & (rng.random(200) < 0.5), 5.0, 0.0)
        for k, names in enumerate((None, np.repeat(np.arange(25), 8).astype(str).tolist())):
            difference = CoverageDifference([2.0, 16.0])
            difference.add(first[:90], second[:90], names and names[:90])
            difference.add(first[90:], second[90:], names and names[90:])
            assert difference.units == (25 if k else 200)
            rows = difference.rows(alpha)
            misses[k] += any(not row["lower"] <= -0.2 <= row["upper"] for row in rows)
    assert misses[1] <= allowed(repetitions, alpha)
    means = (1 * (second >= 1) - 1 * (first >= 1)).reshape(25, 8).mean(axis=1)
    row = difference.rows(alpha)[1]
    assert (row["lower"], row["upper"]) == pytest.approx(difference_interval(means, alpha / 2))
    assert difference.rows(alpha)[0]["difference"] == pytest.approx((second >= 1).mean() - (first >= 1).mean())


def test_crossing_of_pass_at_k_is_found_and_bracketed():
    rng, m, n = np.random.default_rng(7), 500, 64
    base_p, tuned_p = np.full(m, 0.08), np.where(rng.random(m) < 0.4, 0.6, 0.0)  # sharper, but loses 60 % for good
    ks, truth = [1, 2, 4, 8, 16, 32, 64], 0
    for k in range(1, 65):
        if 0.4 * (1 - 0.4**k) > 1 - 0.92**k:
            truth = k
    misses = 0
    for _ in range(20):
        found = pass_differences(
            (np.full(m, n), rng.binomial(n, base_p)), (np.full(m, n), rng.binomial(n, tuned_p)), ks, 0.05
        )
        misses += not (found["ahead_until"] <= truth and found["behind_from"] > truth)
        assert found["ahead_until"] <= found["crossing"] <= found["behind_from"]
    assert misses <= allowed(20, 0.05)


def test_difference_interval_is_twice_that_of_the_half():
    low, high = difference_interval([-1.0, 1.0], 0.1, [3, 40])
    half = betting_interval([0.0, 1.0], [3, 40], 0.1)
    assert (low, high) == (2 * half[0] - 1, 2 * half[1] - 1)


# ---- what the commands say


def test_the_commands_say_for_whom_limits_hold(tmp_path, capsys):
    ratio, names = clustered(np.random.default_rng(8), 12, 10)
    teacher = -np.random.default_rng(9).gamma(40, 1, 120)
    path = tmp_path / "s.jsonl"
    model = np.minimum(teacher - ratio, 0)
    path.write_text(
        "".join(
            json.dumps({"doc_id": p, "teacher_log_prob": t, "model_log_prob": m, "group": int(p) % 2}) + "\n"
            for p, t, m in zip(names, teacher, model, strict=True)
        )
    )
    assert main(["profile", str(path)]) == 0
    assert "12 independent prompts" in capsys.readouterr().out
    assert main(["profile", str(path), "--json", "--by", "group"]) == 0
    groups = json.loads(capsys.readouterr().out)["groups"]
    assert [(g["name"], g["clusters"], g["responses"]) for g in groups] == [("0", 6, 60), ("1", 6, 60)]
    path.write_text(
        "".join(
            json.dumps({"teacher_log_prob": t, "model_log_prob": m}) + "\n" for t, m in zip(teacher, model, strict=True)
        )
    )
    assert main(["profile", str(path)]) == 0
    assert "rows taken as independent" in capsys.readouterr().out
    (tmp_path / "c.csv").write_text("n,c\n16,4\n")
    assert main(["passk", str(tmp_path / "c.csv"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert "this prompt alone" in facts["speaks_for"]
    assert facts["pass_at_k"][0]["method"] == "Clopper-Pearson, one prompt"
