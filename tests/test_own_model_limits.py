"""What is certain about a user's own model: every limit is its formula, and misses the truth as rarely as it says.

Formulas are written again here; miss counts are over seeded repetitions of exact small laws. A miss count is refused
only if a limit of the stated level would have it with probability below ``RARE``.
"""

import math

import numpy as np
import pytest
from identities.best_of_n import least_draws
from mpmath import mpf
from scipy.stats import beta, binom

from covtheory.own_model.intervals import chernoff_interval
from covtheory.own_model.passk import pass_estimate
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_sample import profile_estimate
from covtheory.own_model.scores import paired_log_probs
from covtheory.own_model.tail_band import TailBand
from covtheory.own_model.tournament_estimate import tournament_estimate
from covtheory.samplers.best_of_n import worst_case_regret

RARE = 1e-9
TEACHER = np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
MODEL = np.array([0.5, 0.26, 0.075, 0.05, 0.004, 0.001])  # the rest is never answered by the teacher
RATIOS = np.log(TEACHER / MODEL)
GRID = 1024


def drawn(n, seed, **options):
    """A profile estimate from n responses of the small teacher."""
    y = np.random.default_rng(seed).choice(6, p=TEACHER, size=n)
    return profile_estimate([(np.log(TEACHER)[y], np.log(MODEL)[y], None)], **options)


def spread(n, seed):
    """Log ratios without ties, a few beyond four nats."""
    return np.random.default_rng(seed).standard_normal(n) * 1.3 + 0.7


def allowed(repetitions, alpha):
    """The largest number of misses that is not too rare at level alpha."""
    return int(binom.isf(RARE, repetitions, alpha))


# ---- the band


def band_by_hand(n, alpha, hits, step=1.05):
    """Theorem 1 of notebook 17 with its two halves, one number of hits at a time."""
    ranks = {min(math.floor(step**i), n) for i in range(int(math.log(n) / math.log(step)) + 1)}
    ranks = sorted(ranks | {n + 1 - k for k in ranks})
    width = math.sqrt(math.log(4 / alpha) / (2 * n))
    each = alpha / 4 / len(ranks)
    below, above = [k for k in ranks if k <= hits], [k for k in ranks if k >= hits + 1]
    low = beta.ppf(each, below[-1], n - below[-1] + 1) if below else 0.0
    high = beta.isf(each, above[0], n - above[0] + 1) if above else 1.0
    return max(low, hits / n - width), min(high, hits / n + width)


@pytest.mark.parametrize(("n", "alpha"), [(1, 0.3), (40, 0.05), (1000, 1e-6), (1000, 0.05)])
def test_the_band_is_half_massart_half_beta_quantiles(n, alpha):
    band = TailBand(n, alpha)
    assert band.uniform_width == pytest.approx(math.sqrt(math.log(4 / alpha) / 2 / n), rel=1e-14)
    for hits in sorted({0, 1, n // 30, n // 3, n // 2, n - n // 20, n - 1, n}):
        assert (band.lower(hits), band.upper(hits)) == pytest.approx(band_by_hand(n, alpha, hits), rel=1e-9)


def test_the_band_is_not_absurdly_wide():
    for n in (10, 50, 100):
        assert 0.05 / 5 <= TailBand(n, 0.05).exact_false_alarm() <= 0.05
    for count, alpha in ((0, 0.5), (2.5, 0.5)):
        with pytest.raises(ValueError, match="draws: got"):
            TailBand(count, alpha)
    for alpha in (0.0, 1.0):
        with pytest.raises(ValueError, match="false_alarm: got"):
            TailBand(10, alpha)


def test_the_band_misses_no_more_often_than_it_says():
    N, repetitions, alpha = np.exp(np.concatenate([RATIOS, RATIOS + 1e-6, [0.0, 9.0]]).clip(0)), 600, 0.2
    truth = np.array([TEACHER[np.log(n) <= RATIOS + 1e-12].sum() for n in N])
    misses = sum(not drawn(60, [1, i], false_alarm=alpha)(N).contains(truth).all() for i in range(repetitions))
    assert misses <= allowed(repetitions, alpha)


def test_a_log_ratio_at_the_threshold_counts_and_one_below_does_not():
    for ratio in (math.log(3), 1.0, 0.7, 5.0):
        nudged = [ratio, math.nextafter(ratio, 0), ratio * (1 - 1e-14), ratio - 1e-11 * max(ratio, 1), ratio - 1e-6]
        e = profile_estimate([(np.zeros(5), -np.array(nudged), None)])
        assert e.hits(ratio) == 3
        assert e.hits([ratio + 1e-11 * max(ratio, 1), np.inf, -np.inf]).tolist() == [0, 0, 5]


# ---- beyond the capacity


def test_rounded_limits_are_those_of_the_grid_points_around_the_threshold():
    x = spread(3000, 2)
    e = profile_estimate([(np.zeros(100), -part, None) for part in np.split(x, 30)], capacity=50, false_alarm=0.1)
    assert e.rounded
    log_N = (np.arange(1, 3000) + 0.37) / GRID  # inside the cells
    below, above = np.floor(log_N * GRID) / GRID, np.ceil(log_N * GRID) / GRID
    lower = np.array([(x >= t).sum() for t in above])
    upper = np.array([(x >= t).sum() for t in below])
    assert (lower < upper).any()
    got = e(np.exp(log_N))
    np.testing.assert_allclose(got.lower, e.band.lower(lower), rtol=1e-13)
    np.testing.assert_allclose(got.upper, e.band.upper(upper), rtol=1e-13)
    np.testing.assert_allclose(got.value, upper / 3000, rtol=1e-13)


# ---- the budget


def budget_by_hand(x, alpha, target, shift=0.0):
    """Theorem 3 of notebook 02 at every threshold just above a log ratio, Theorem 4 at the log ratios."""
    n, band = len(x), TailBand(len(x), alpha)
    knots = [0.0, *np.unique(x[x >= 0])]
    M = [mpf((1 + 1e-9) * math.exp(0.0)), *(mpf((1 + 1e-9) * math.exp(t + shift)) for t in knots[1:])]
    above = [int((x > t).sum()) for t in knots]
    naive = min(least_draws(mpf(h / n), m, mpf(target)) for h, m in zip(above, M, strict=True))
    upper = min(least_draws(mpf(float(band.upper(h))), m, mpf(target)) for h, m in zip(above, M, strict=True))
    lower = 1.0
    for t in knots[1:]:
        C = float(band.lower(int((x >= t).sum())))
        if target < C:  # least N at which C - 1 + (1 - C/e^t)^N is at most the target
            lower = max(lower, math.ceil(math.log1p(target - C) / math.log1p(-C * math.exp(-t))))
    return float(naive), lower, float(upper)


@pytest.mark.parametrize("target", [0.5, 0.3, 0.1])
def test_the_budget_is_the_least_over_the_limits_of_the_band(target):
    x = np.round(spread(400, 3), 2) + 1.503
    e = profile_estimate([(np.zeros(400), -x, None)], false_alarm=0.1)
    got = e.budget(target)
    naive, lower, upper = budget_by_hand(x, 0.1, target)
    assert (got.value, got.lower, got.upper) == (naive, lower, upper)
    assert got.value < got.upper
    assert lower > 1


def test_the_budget_of_rounded_ratios_is_taken_above_their_cells():
    x = spread(1500, 4) + 6  # budgets of thousands: a cell of the grid counts
    exact = profile_estimate([(np.zeros(1500), -x, None)], false_alarm=0.1)
    coarse = profile_estimate([(np.zeros(50), -part, None) for part in np.split(x, 30)], capacity=40, false_alarm=0.1)
    floors = np.floor(x * GRID) / GRID
    for target in (0.4, 0.2, 0.1):
        _, lower, upper = budget_by_hand(floors, 0.1, target, shift=1 / GRID)
        assert (coarse.budget(target).lower, coarse.budget(target).upper) == (lower, upper)
        assert coarse.budget(target).upper >= exact.budget(target).upper
        assert coarse.budget(target).lower <= exact.budget(target).lower


def test_the_budget_brackets_the_true_need_as_often_as_it_says():
    p, q = np.append(TEACHER, 0.0), np.append(MODEL, 1 - MODEL.sum())
    repetitions, alpha = 300, 0.2
    for target in (0.3, 0.12):
        need = next(n for n in range(1, 10**4) if worst_case_regret(p, q, n)[0] <= target)
        budgets = [drawn(200, [5, i], false_alarm=alpha).budget(target) for i in range(repetitions)]
        misses = sum(not b.lower <= need <= b.upper for b in budgets)
        assert misses <= allowed(repetitions, alpha)
    tight = drawn(10**6, 6).budget(0.3)
    need = next(n for n in range(1, 10**4) if worst_case_regret(p, q, n)[0] <= 0.3)
    assert need / 4 <= tight.lower <= need <= tight.upper <= 4 * need


# ---- KL and stopped KL


def test_limits_of_kl_miss_no_more_often_than_they_say():
    kl, repetitions, alpha = float(TEACHER @ RATIOS), 300, 0.2
    limits = [drawn(100, [7, i], false_alarm=alpha).kl_limits(float(RATIOS.max())) for i in range(repetitions)]
    assert sum(not low <= kl <= high for low, high in limits) <= allowed(repetitions, alpha)
    low, high = drawn(10**6, 8).kl_limits(float(RATIOS.max()))
    assert 0.9 * kl <= low <= kl <= high <= 1.1 * kl


@pytest.mark.parametrize("N", [2.0, 16.0])
def test_stopped_kl_is_a_mean_of_numbers_up_to_log_N_with_the_interval_of_such(N):
    rng, repetitions, alpha, top = np.random.default_rng(9), 400, 0.2, math.log(N)
    values, law = np.array([0.0, 0.5 * top, 3 * top]), np.array([0.5, 0.3, 0.2])
    truth, misses = float(law @ np.minimum(values, top)), 0
    for _ in range(repetitions):
        kl = rng.choice(values, p=law, size=50)
        e = profile_estimate([(np.zeros(50), -np.ones(50), kl)], N=[N], false_alarm=alpha)
        got = e.stopped_kl(N)
        mean = np.minimum(kl, top).mean()
        low, high = chernoff_interval(mean / top, 50, alpha)
        assert got.value == pytest.approx(mean, rel=1e-13)
        assert (got.lower, got.upper) == pytest.approx((low * top, high * top), rel=1e-12)
        assert got.lower < got.value < got.upper <= top
        assert got.upper - got.lower <= 2 * top * math.sqrt(math.log(2 / alpha) / 100)  # Hoeffding's is wider
        misses += not got.contains(truth)
    assert misses <= allowed(repetitions, alpha)
    assert e.token_kl == pytest.approx(kl.mean())
    with pytest.raises(ValueError, match=r"N: got 3, expected one of \["):
        e.stopped_kl(3)


def test_chernoff_interval_misses_no_more_often_than_it_says_and_not_never():
    n, p, alpha = 40, 0.2, 0.1
    hits = np.arange(n + 1)
    inside = [low <= p <= high for low, high in (chernoff_interval(h / n, n, alpha) for h in hits)]
    assert alpha / 10 <= binom.pmf(hits, n, p)[~np.array(inside)].sum() <= alpha  # exact


# ---- the tournament


def test_tied_scores_go_to_the_larger_mean_log_probability_then_to_the_earlier():
    log_probs = np.log([[0.2, 0.2, 0.2, 0.2], [0.3, 0.3, 0.3, 0.3], [0.25] * 4, [0.3] * 4])
    e = tournament_estimate("abcd", [log_probs], N=10)
    assert e.scores.tolist() == [0] * 4
    assert e.pick == 1
    assert e.likeliest == 1
    worse = np.vstack([log_probs, np.log([0.9, 0.9, 0.9, 0.001])])
    e = tournament_estimate("abcde", [worse], N=10)
    assert e.scores[4] == 0.25
    assert e.names[e.pick] == "b"


def test_the_guarantee_is_that_of_notebook_11():
    log_probs = -np.random.default_rng(10).exponential(3, size=(3, 70))
    e = tournament_estimate("abc", [log_probs[:, :30], log_probs[:, 30:]], N=20, false_alarm=0.1)
    threshold, additive = e.guarantee(2.5)
    assert threshold == 50
    assert additive == pytest.approx(4 * 2.5 / 20 + 11 / 3 * math.log(2 * 3 / 0.1) / 70, rel=1e-13)
    assert e.guarantee() == e.guarantee(1.0)
    assert e.guarantee(1.0) != e.guarantee(2.5)
    np.testing.assert_allclose(e.mean_log_prob, log_probs.mean(1))
    with pytest.raises(ValueError, match="offset: got"):
        e.guarantee(0.9)


def test_limits_of_the_scores_are_clopper_pearson_over_ordered_pairs():
    log_probs = -np.random.default_rng(11).exponential(3, size=(3, 70))
    e = tournament_estimate("abc", [log_probs], N=4, false_alarm=0.1)
    lower, upper = e.limits
    for i in range(3):
        counts = [((log_probs[j] - log_probs[i]) >= math.log(4)).sum() for j in range(3) if j != i]
        assert lower[i] == pytest.approx(max(beta.ppf(0.1 / 12, k, 71 - k) for k in counts))
        assert upper[i] == pytest.approx(max(beta.isf(0.1 / 12, k + 1, 70 - k) for k in counts))


def test_limits_of_the_scores_miss_no_more_often_than_they_say():
    models = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.3, 0.3, 0.3], [0.6, 0.34, 0.05, 0.01]])
    law, N, repetitions, alpha = np.array([0.3, 0.3, 0.25, 0.15]), 2.9, 500, 0.2
    beaten = models[:, None] / models[None] >= N
    truth = (beaten * law).sum(-1).max(0)
    misses, rng = 0, np.random.default_rng(12)
    for _ in range(repetitions):
        y = rng.choice(4, p=law, size=40)
        lower, upper = tournament_estimate("abc", [np.log(models[:, y])], N, false_alarm=alpha).limits
        misses += not ((lower <= truth) & (truth <= upper)).all()
    assert misses <= allowed(repetitions, alpha)
    y = rng.choice(4, p=law, size=10**5)
    lower, upper = tournament_estimate("abc", [np.log(models[:, y])], N).limits
    assert (upper - lower < 0.02).all()


# ---- pass@k


def test_intervals_of_pass_at_k_and_of_its_limit_miss_no_more_often_than_they_say():
    rng, repetitions, alpha, k = np.random.default_rng(13), 300, 0.2, 3
    rates, law = np.array([0.0, 0.2, 0.9]), np.array([0.3, 0.4, 0.3])
    truth, solvable = float(law @ (1 - (1 - rates) ** k)), float(law @ (rates > 0))
    misses = np.zeros(3, dtype=int)
    for _ in range(repetitions):
        e = pass_estimate(np.full(40, 6), rng.binomial(6, rng.choice(rates, p=law, size=40)), false_alarm=alpha)
        one = pass_estimate(20, rng.binomial(20, 0.2), false_alarm=alpha).pass_at(k)
        misses += [not e.pass_at(k).contains(truth), not one.contains(1 - 0.8**k), not e.limit.contains(solvable)]
    assert (misses <= allowed(repetitions, alpha)).all()
    got = e.pass_at(k)
    assert (got.lower, got.upper) == pytest.approx(chernoff_interval(got.value, 40, alpha), rel=1e-12)


@pytest.mark.parametrize(("n", "prompts", "alpha"), [(16, 300, 0.05), (5, 1000, 0.3)])
def test_the_answer_profile_is_the_best_of_theorem_4(n, prompts, alpha):
    c = np.random.default_rng(14).binomial(n, np.random.default_rng(15).choice([0.02, 0.3, 0.8], size=prompts))
    for N in (1.0, 2.0, 7.5, 30.0):
        low, high = [0.0], [1.0]
        for s in range(n + 1):
            more = int((c > s).sum())
            below, above = 1 - TailBand(prompts, alpha).upper(more), 1 - TailBand(prompts, alpha).lower(more)
            B = binom.cdf(s, n, 1 / N)
            high += [above / B] if B > 0 else []
            low += [(below - B) / (1 - B)] if B < 1 else []
        got = pass_estimate(np.full(prompts, n), c, false_alarm=alpha).answer_profile(N)
        assert got.value == pytest.approx((c * N <= n * (1 + 1e-12)).mean())
        assert got.lower == pytest.approx(min(max(low), 1), rel=1e-9, abs=1e-14)
        assert got.upper == pytest.approx(min(high), rel=1e-9)


# ---- files that cannot be right


def scores(tmp_path, teacher, model):
    np.savez(tmp_path / "s.npz", teacher_log_prob=np.asarray(teacher, dtype=float),
             model_log_prob=np.asarray(model, dtype=float))
    return list(paired_log_probs(tmp_path / "s.npz"))


@pytest.mark.parametrize("level", [0.5, 1.0, 2.0, 5.0, 25.0])
def test_ratios_that_no_teacher_produces_are_refused_at_one_in_a_billion_over_five_levels(tmp_path, level):
    n, share = 300, math.exp(-level)
    hits = next(h for h in range(1, n + 1) if binom.sf(h - 1, n, share) < 1e-9 / 5)
    model = np.full(n, -30.0)
    ratio = np.zeros(n)
    ratio[:hits - 1] = -level - 1e-9
    for other in (0.5, 1.0, 2.0, 5.0, 25.0):  # the other levels must not be the ones that refuse
        if other < level:
            assert binom.sf(hits - 2, n, math.exp(-other)) >= 1e-9 / 5
    assert len(scores(tmp_path, model + ratio, model)) == 1
    ratio[:hits] = -level - 1e-9
    with pytest.raises(Problem, match=rf"{hits} of {n} responses are at least e\^{level:g} .* share e\^-{level:g} can"):
        scores(tmp_path, model + ratio, model)
    ratio[:hits] = -level + 1e-9
    if level == 0.5:
        assert len(scores(tmp_path, model + ratio, model)) == 1


@pytest.mark.parametrize(("factor", "text"), [(1 / math.log(2), "model in bits, teacher in nats"),
                                              (math.log(2), "teacher in bits, model in nats")])
def test_a_slope_near_the_ratio_of_bases_is_asked_about_and_others_are_not(tmp_path, factor, text):
    def pair(slope, n=40):
        teacher = -np.linspace(0.2, 1.2, n)
        return teacher, slope * teacher
    for slope in (factor * 1.019, factor / 1.019):
        with pytest.raises(Problem, match=text):
            scores(tmp_path, *pair(slope))
    for slope in (factor * 1.021, factor / 1.021, 1.0):
        assert len(scores(tmp_path, *pair(slope))) == 1
    with pytest.raises(Problem, match=text):
        scores(tmp_path, *pair(factor, 20))
    assert len(scores(tmp_path, *pair(factor, 19))) == 1
    teacher, model = pair(factor)
    for size, refused in ((0.10, True), (0.35, False)):  # cosines .994 and .935
        bent = model * (1 + size * (-1.0) ** np.arange(40))
        bent *= factor / ((bent @ teacher) / (teacher @ teacher))
        cosine = bent @ teacher / math.sqrt((bent @ bent) * (teacher @ teacher))
        assert (cosine > 0.98) == refused
        if refused:
            with pytest.raises(Problem, match=text):
                scores(tmp_path, teacher, bent)
        else:
            assert len(scores(tmp_path, teacher, bent)) == 1
