"""pass@k beyond the draws: validity of each piece by exact enumeration, limits that no file may cross, and refusals."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
from scipy.stats import beta, binom

from covtheory.__main__ import main
from covtheory.bounds import scaling
from covtheory.instances.solve_rates import PowerMixture, PowerTail, Staircase, twin_laws
from covtheory.own_model import forecast as module
from covtheory.own_model.forecast import forecast, published_power_law
from covtheory.own_model.passk import pass_estimate
from covtheory.samplers.best_of_n import pass_at_k

LAW = PowerTail(b=0.4, u0=0.25, hard=0.7)


def a_file(prompts=300, n=32, seed=0):
    rng = np.random.default_rng(seed)
    return pass_estimate(np.full(prompts, n), rng.binomial(n, LAW.sample(rng, prompts)))


@pytest.mark.parametrize("law", [LAW, PowerMixture([0.3, 0.7], [0.2, 1.4]), Staircase(0.7, 3.0)], ids=["a", "b", "c"])
def test_fail_at_k_is_the_weighted_profile_by_quadrature(law):
    u = (np.arange(200_000) + 0.5) / 200_000
    for k in (1.0, 3.0, 17.0):
        integral = (k * (1 - u) ** (k - 1) * law.coverage(1 / u)).mean()
        assert float(law.fail(k)) == pytest.approx(integral, rel=1e-4)


@pytest.mark.parametrize("law", [LAW, PowerMixture([0.3, 0.7], [0.2, 1.4])], ids=["a", "b"])
def test_samples_have_the_law(law):
    p = law.sample(np.random.default_rng(1), 40_000)
    for N in (1.5, 4.0, 30.0):
        assert (p <= 1 / N).mean() == pytest.approx(float(law.coverage(N)), abs=0.012)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_twins_have_one_law_of_the_file_and_two_of_pass_at_k(n):
    p, even, odd = twin_laws(n)
    law = binom.pmf(np.arange(n + 1)[:, None], n, p)
    np.testing.assert_allclose(law @ even, law @ odd, atol=1e-14)
    assert abs((even - odd) @ (1 - p) ** (n + 1)) == pytest.approx(4.0**-n, rel=1e-9)


@pytest.mark.parametrize("b", [0.0, 0.2, 1.0])
def test_no_bet_has_a_positive_mean_under_its_hypothesis(b):
    n, j, u0 = 16, 4, 0.25
    law = PowerTail(b=b, u0=u0, hard=0.7) if b else None
    fail = law.fail if law else lambda k: 0.3 + 0.7 * (1 - 0.9) ** np.asarray(k)  # a third hopeless, the rest easy
    r = float(scaling.growth_factor(b, j, n, u0))
    assert float(fail(j) - fail(n) / r) <= (1 - u0) ** j + 1e-12
    assert float(fail(n) - r * fail(j)) <= 1e-12


def capital(gain, prompts, share, false_alarm):
    """One capital, written out."""
    stakes = np.sqrt(2 * np.log(1 / false_alarm) / prompts.sum()) * module.STAKES
    return np.mean([np.prod((1 + s * gain) ** prompts) if s * share < 1 else 0.0 for s in stakes])


def test_exponents_are_those_that_the_capital_refutes():
    e, n, j, u0, alarm = a_file(), 32, 8, 0.5, 0.0125
    fail_n, fail_j = (1 - pass_at_k(e.n, e.c, k) for k in (n, j))
    least, most = module._exponents(fail_j, fail_n, e.prompts, j, n, u0, alarm)
    for b, refuted in ((least, True), (least * 1.03, False)):
        r = float(scaling.growth_factor(b, j, n, u0))
        gain, worst = fail_j - fail_n / r - (1 - u0) ** j, max(1 / r - 1, 0) + (1 - u0) ** j
        assert bool(capital(gain, e.prompts, worst, alarm) > 1 / alarm) is refuted
    for b, refuted in ((most, True), (most / 1.03, False)):
        r = float(scaling.growth_factor(b, j, n, u0))
        gain, worst = fail_n - r * fail_j, r
        assert bool(capital(gain, e.prompts, worst, alarm) > 1 / alarm) is refuted


@pytest.mark.parametrize("drift", [0.0, 0.1])
def test_the_level_is_split_into_four_and_the_drift_is_paid_on_both_sides(drift):
    e, alpha, n, u0 = a_file(), 0.05, 32, 0.5
    fail_n, fail_j = (1 - pass_at_k(e.n, e.c, k) for k in (n, 8))
    least, most = module._exponents(fail_j, fail_n, e.prompts, 8, n, u0, alpha / 4)
    never = int(e.prompts[e.c == 0].sum())
    low, high = beta.ppf(alpha / 4, never, 301 - never), beta.ppf(1 - alpha / 4, never + 1, 300 - never)
    upper = high * float(scaling.growth_factor(least - drift, n, 9999, u0))
    lower = (low - (1 - u0) ** n) * float(scaling.growth_factor(most + drift, n, 9999, u0))
    f = forecast(e, 9999, drift=drift)
    assert (1 - f.lower, 1 - f.upper) == (pytest.approx(upper, rel=1e-9), pytest.approx(lower, rel=1e-9))
    assert f.exponent == (pytest.approx(least - drift), pytest.approx(most + drift))
    low, high = beta.ppf(alpha / 2, never, 301 - never), beta.ppf(1 - alpha / 2, never + 1, 300 - never)
    assert (1 - f.free_lower, 1 - f.free_upper) == (pytest.approx(high), pytest.approx(low ** (9999 / n), abs=1e-12))


def test_the_interval_misses_no_more_than_it_says():
    truth, missed, runs = 1 - float(LAW.fail(3000)), 0, 100
    for seed in range(runs):
        f = forecast(a_file(120, 32, seed), 3000)
        missed += not f.lower <= truth <= f.upper
        assert f.free_lower <= truth <= f.free_upper
    assert missed <= 6


def test_a_wrong_condition_is_wrong():
    rng, missed = np.random.default_rng(3), 0
    for _ in range(20):  # three prompts in a hundred are hopeless
        p = np.where(rng.random(800) < 0.03, 0, PowerTail(b=0.6).sample(rng, 800))
        e = pass_estimate(np.full(800, 64), rng.binomial(64, p))
        truth = 0.97 * (1 - float(PowerTail(b=0.6).fail(10_000)))
        strict, loose = (forecast(e, 10_000, drift=d) for d in (0.0, 0.6))
        missed += not strict.lower <= truth <= strict.upper
        assert loose.lower <= truth <= loose.upper
    assert missed >= 5


def test_limits_move_as_they_must():
    e = a_file()
    near, far = forecast(e, 100), forecast(e, 10_000)
    assert near.lower < far.lower
    assert near.upper < far.upper
    wide = forecast(e, 10_000, drift=0.2)
    assert wide.lower < far.lower < far.upper < wide.upper
    narrow = forecast(pass_estimate(e.n.repeat(e.prompts), e.c.repeat(e.prompts), false_alarm=0.5), 10_000)
    assert far.lower < narrow.lower < narrow.upper < far.upper
    late = forecast(e, 10_000, tail_from=1e6)
    assert late.lower <= late.free_lower
    assert late.upper == pytest.approx(1.0, abs=1e-6)


def test_unequal_draws_use_the_fewest_and_hoeffding():
    e = a_file()
    n, c = e.n.repeat(e.prompts), e.c.repeat(e.prompts)
    more = forecast(pass_estimate(n + np.arange(n.size) % 2, c), 1000)
    assert more.draws == 32
    assert abs(more.value - forecast(e, 1000).value) < 0.02
    assert more.free_lower < forecast(e, 1000).free_lower


def test_one_prompt_needs_no_condition():
    f = forecast(pass_estimate([10], [3]), 50)
    assert (f.lower, f.upper) == (f.free_lower, f.free_upper)
    assert f.lower == pytest.approx(1 - (1 - 0.06673951) ** 50, rel=1e-6)
    assert forecast(pass_estimate([10], [0]), 50).lower == 0
    assert forecast(pass_estimate([10], [10]), 50).upper == 1


@pytest.mark.parametrize(("n", "c"), [(16, 0), (16, 16), (64, 0), (64, 64)])
def test_files_without_any_information_say_so(n, c):
    f = forecast(pass_estimate(np.full(50, n), np.full(50, c)), 1000)
    assert np.isnan(f.value)
    assert f.free_lower <= f.lower + 0.03
    assert f.free_upper >= max(f.upper, 0.68)
    assert 0 <= f.lower <= f.upper <= 1


@pytest.mark.parametrize(("k", "options", "said"), [
    (32, {}, "expected more than the 32 draws"), (0, {}, "k: got 0"), (100, {"tail_from": 0.5}, "tail_from: got 0.5"),
    (100, {"tail_from": 1e12}, r"tail_from: got 1e\+12"),
    (100, {"drift": -0.1}, "drift: got -0.1"), (100, {"drift": np.inf}, "drift: got inf"),
])
def test_what_cannot_be_meant_is_refused(k, options, said):
    with pytest.raises(ValueError, match=said):
        forecast(a_file(), k, **options)


def test_one_draw_a_prompt_is_refused():
    with pytest.raises(ValueError, match="one draw a prompt"):
        forecast(pass_estimate([1, 1], [0, 1]), 5)


def test_the_line_in_print_is_least_squares():
    ks = np.array([1.0, 2, 4, 8, 16])
    passed = np.exp(-0.7 * ks**-0.4) * (1 + 0.01 * np.sin(ks))
    slope, height = np.polyfit(np.log(ks), np.log(-np.log(passed)), 1)
    assert float(published_power_law(passed, ks, 500)) == pytest.approx(np.exp(-np.exp(height) * 500**slope))
    for bad, said in (([1.0, 0.5], "passed: got 1"), ([0.5], "a line needs two")):
        with pytest.raises(ValueError, match=said):
            published_power_law(bad, np.arange(1, len(bad) + 1), 9)


def command(tmp_path, *options, n=32, c=None):
    e = a_file()
    path = tmp_path / "counts.csv"
    counts = e.c.repeat(e.prompts).astype(int) if c is None else c
    path.write_text("n,c\n" + "".join(f"{n},{v}\n" for v in counts))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["passk", str(path), *options])
    return status, out.getvalue(), err.getvalue()


def test_command_prints_what_the_library_says(tmp_path):
    status, out, _ = command(tmp_path, "--forecast", "1000,10000", "--tail-from", "4", "--tail-drift", "0.1")
    assert status == 0
    f = forecast(a_file(), 10_000, tail_from=4, drift=0.1)
    assert f"   10000 {f.value:9.5f} {f.lower:9.5f} {f.upper:9.5f}   {f.free_lower:9.5f} {f.free_upper:9.5f}" in out
    assert "from N = 4 on" in out
    assert "moves by at most 0.1" in out
    assert "for the law that the prompts came from" in out
    _, out, _ = command(tmp_path, "--forecast", "10000", "--json")
    assert json.loads(out)["forecast"]["rows"][0]["lower"] == forecast(a_file(), 10_000).lower
    assert "Forecast" not in command(tmp_path)[1]


def test_command_draws_the_forecast(tmp_path):
    for scale in ((), ("--log",)):
        picture = tmp_path / "forecast.svg"
        assert command(tmp_path, "--forecast", "10000,100", "--plot", str(picture), *scale)[0] == 0
        assert picture.read_text().count("<path") > 20


def test_the_picture_is_certified_between_the_k_that_were_asked_for(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr("covtheory.own_model.pictures._beyond", lambda ax, curve, rows: kept.append((curve, rows)))
    assert command(tmp_path, "--k", "1,4", "--forecast", "10000", "--plot", str(tmp_path / "f.svg"))[0] == 0
    curve, rows = kept[0]
    assert [row["k"] for row in rows] == [10_000]
    assert (curve[0]["k"], curve[-1]["k"]) == (33, 10_000)
    for row in curve[::8]:
        assert row["free_upper"] == forecast(a_file(), row["k"]).free_upper


def test_csv_has_the_forecast_too(tmp_path):
    status, out, _ = command(tmp_path, "--k", "1,4", "--forecast", "1000", "--csv")
    assert status == 0
    header, *lines = out.splitlines()
    row = dict(zip(header.split(","), lines[-1].split(","), strict=True))
    assert (row["k"], float(row["free_lower"])) == ("1000", forecast(a_file(), 1000).free_lower)
    assert len(lines) == 3


def test_command_says_when_there_is_nothing_to_fit(tmp_path):
    status, out, _ = command(tmp_path, "--forecast", "100", c=[32, 32, 32])
    assert status == 0
    assert "is at least 0.000" in out
    _, out, _ = command(tmp_path, "--forecast", "100", c=[2])
    assert "for this prompt alone" in out
    assert "need no condition" in out


@pytest.mark.parametrize(("options", "said"), [
    (("--forecast", "16"), "expected more than the 32 draws"),
    (("--forecast", "99.5"), "--forecast: got 99.5"),
    (("--tail-from", "4"), "--tail-from, --tail-drift"),
    (("--tail-drift", "0.1"), "--tail-from, --tail-drift"),
    (("--forecast", "100", "--against", "other.csv"), "one model at a time"),
])
def test_command_refuses_in_one_sentence(tmp_path, options, said):
    status, out, err = command(tmp_path, *options)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
