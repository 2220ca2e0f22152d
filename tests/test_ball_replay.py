"""Ball arithmetic proves the same bracket, inside the floating-point one."""

import csv
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from exact_laws import iid_coverage, product_coverage, states_coverage

from covtheory.certificates import ball_models, certified_markov_coverage
from covtheory.certificates import ball_replay as ball_replay_module
from covtheory.certificates.ball_replay import (
    ball_automaton_replay,
    ball_certificate,
    ball_markov_replay,
    ball_replay,
    ball_state_certificate,
)
from covtheory.certificates.band_limited import majorant_coefficients
from covtheory.certificates.band_limited_tail import Plan
from covtheory.certificates.banded import band_limited_coverage, positions
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.certificate import certified_coverage
from covtheory.certificates.meet_in_the_middle import enumerated_coverage
from covtheory.certificates.state_model import markov_model
from covtheory.coverage.rounding import INPUT
from covtheory.instances.long_sequences import token_pair
from covtheory.policies import Markov

try:
    import flint
except ModuleNotFoundError:
    flint = None
needs_flint = pytest.mark.skipif(flint is None, reason="python-flint is not installed (requirements/proof.txt)")


def laws(H, V):
    rng = np.random.default_rng(7)
    p = rng.dirichlet(np.ones(V))
    q = p * np.exp(rng.normal(size=V) * np.sqrt(8 / H))
    q /= q.sum()
    x = np.log(p / q)
    return p, q, H * float(p @ x), np.sqrt(H * float(p @ (x - p @ x) ** 2))


@needs_flint
@pytest.mark.parametrize("H", [40, 1000, 10**6])
@pytest.mark.parametrize("z", [-2.0, 1.0, 7.0])
def test_ball_bracket_is_inside_the_float_bracket(H, z):
    p, q, mean, sd = laws(H, 50)
    ball = ball_replay(p, q, H, mean + z * sd, relative_gap=1e-2)
    outer, inner = ball.detail["float"].detail["log_tail"], ball.detail["log_tail"]
    assert outer[0] <= inner[0] <= inner[1] <= outer[1]
    assert inner[0] - outer[0] < 1e-6
    fine = certified_coverage(p, q, H, mean + z * sd, relative_gap=1e-4)
    assert ball.lower <= fine.lower <= fine.upper <= ball.upper


@needs_flint
def test_a_million_tokens_at_gap_one_in_a_million():
    p, q, mean, sd = laws(10**6, 50)
    ball = ball_replay(p, q, 10**6, mean + sd, relative_gap=1e-6)
    assert ball.relative_gap < 1e-6
    assert ball.detail["float"].contains([ball.lower, ball.upper]).all()


@needs_flint
def test_infinite_ratios_and_positions_that_differ():
    p = np.tile([[0.5, 0.3, 0.2 - 1e-4, 1e-4], [0.4, 0.4, 0.1, 0.1]], (30, 1))
    q = np.tile([[0.4, 0.4, 0.2, 0.0], [0.5, 0.2, 0.2, 0.1]], (30, 1))
    p[:, 0] += np.linspace(0, 0.02, 60)
    p[:, 1] -= np.linspace(0, 0.02, 60)
    ball = ball_replay(p, q, None, 9.0, relative_gap=0.1)
    assert ball.lower <= ball.upper
    assert ball.detail["float"].lower <= ball.lower * (1 + 1e-12)
    assert ball.detail["float"].upper >= ball.upper * (1 - 1e-12)


def test_missing_library_is_said_clearly(monkeypatch):
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(ModuleNotFoundError, match=r"python-flint"):
        ball_replay([0.5, 0.5], [0.4, 0.6], 10, 1.0)


@needs_flint
def test_recorded_brackets_are_what_ball_arithmetic_gives():
    path = Path(__file__).parents[1] / "references" / "ball_brackets.csv"
    with path.open(newline="") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    assert {row["H"] for row in rows} == {1e3, 1e5, 1e6}
    for row in rows:
        if row["H"] == 1000 or row["z"] > 10:
            continue  # seconds to half a minute each
        H = int(row["H"])
        ball = ball_replay(*token_pair(H), H, row["log_N"], relative_gap=1e-5)
        assert (ball.lower, ball.upper) == pytest.approx((row["lower"], row["upper"]), rel=1e-9)


@needs_flint
def test_ends_of_balls_are_rounded_outward():
    ball = flint.arb(1, 0.125)
    assert ball_replay_module.floor(ball) <= 0.875
    assert ball_replay_module.ceil(ball) >= 1.125
    third = flint.arb(1) / 3
    assert Fraction(ball_replay_module.floor(third)) < Fraction(1, 3) < Fraction(ball_replay_module.ceil(third))


@needs_flint
def test_a_cell_is_small_only_if_all_of_it_is():
    """A fair coin on -1, 1: the modulus is |cos u|, and the Lipschitz constant is attained."""
    half = flint.arb(1) / 2
    row = ball_models.BallRow([half, half], [flint.arb(-1), flint.arb(1)], flint.arb(1), 12)
    for middle in np.linspace(0.05, 3.1, 40):
        for radius in (0.0, 0.1, 0.4):
            inside = np.abs(np.cos(middle + radius * np.linspace(-1, 1, 401))).max()
            small = ball_models.is_small([row], flint.arb(middle), flint.arb(radius), flint.arb(-9.0))
            assert not small or 12 * np.log(max(inside, 1e-9)) < -9 + 1e-9
            at_ends = np.abs(np.cos(middle + radius * np.array([-1, 0, 1]))).max()
            if 12 * np.log(max(at_ends, 1e-9)) < -9.1 and abs(middle - np.pi / 2) + radius < np.pi / 2:
                assert small


class Fixed:
    """A model whose characteristic function is given; those beyond ``seen`` are left out."""

    def __init__(self, psi, seen):
        self.psi, self.seen = psi, seen

    def frequencies(self, plan, kappa):
        self.kappa = kappa
        return ((k, flint.acb(self.psi(k))) for k in range(self.seen))

    def log_mgf(self, s):
        return s * flint.arb(0.7)


@needs_flint
def test_integrals_pay_for_the_frequencies_that_are_left_out():
    plan, theta = Plan(2 * np.pi / 40.0, 16, 0.25, 2.0), 0.5
    zero = flint.arb(0)
    for sign in (-1, 1):  # everything beyond the first is as large as may be left out, with the worst phase
        model = Fixed(lambda k: 1.0, 1)
        upper, lower, count = ball_replay_module.integral(model, theta, plan, zero)
        left = np.exp(-model.kappa)
        lam = 0.5 * 40.0 / 16
        phase = np.exp(-1j * np.angle(majorant_coefficients(np.arange(16), 16, lam)))
        worst = [1.0, *(complex(v) for v in sign * left * phase[1:])]
        full = Fixed(worst.__getitem__, 16)
        other_upper, other_lower, _ = ball_replay_module.integral(full, theta, plan, zero)
        assert count == 1
        assert upper > other_upper
        assert lower < other_lower
    everything = ball_replay_module.integral(Fixed(lambda k: 1.0, 16), theta, plan, zero)
    assert everything[0] - everything[1] < 1.0 + 1e-9  # nothing is added where nothing is left out
    assert everything[0] > 1.0 - 1e-9


@needs_flint
def test_other_translates_are_two_geometric_series():
    for period in (3.0, 40.0):
        plan = Plan(2 * np.pi / period, 16, 0.25, 2.0)
        found = float(ball_replay_module.alias(Fixed(None, 0), plan, flint.arb(0.125)).mid())
        exact = np.exp(-0.25 * (0.7 - 0.125)) / np.expm1(0.25 * period) + np.exp(2 * 0.825) / np.expm1(2 * period)
        assert found == pytest.approx(exact, rel=1e-12)


@needs_flint
def test_window_and_error_move_both_ends():
    p, q, counts = positions([0.5, 0.3, 0.2], [0.4, 0.35, 0.25], 60)
    coarse = band_limited_coverage(p, q, counts, 4.0, 0.05)
    plan, theta = coarse.detail["plan"], abs(coarse.detail["theta"])
    model = ball_models.BallProduct(p, q, counts, 4.0, theta, 1)
    plain = ball_replay_module.ball_bracket(model, theta, plan, False)
    wide = ball_replay_module.ball_bracket(model, theta, plan, False, window=0.3)
    scaled = ball_replay_module.ball_bracket(model, theta, plan, False, error=0.1)
    for t in (3.71, 4.29):
        listed = enumerated_coverage(p[0], q[0], 60, t)
        assert wide.lower <= listed.lower <= listed.upper <= wide.upper
        assert not plain.contains(listed.lower)
    assert scaled.lower == pytest.approx(plain.lower * np.exp(-0.1), rel=1e-12)
    assert scaled.upper == pytest.approx(plain.upper * np.exp(0.1), rel=1e-12)


@needs_flint
def test_certificate_in_balls_holds_for_all_laws_that_are_meant():
    rows = positions([0.5, 0.3, 0.2], [0.25, 0.35, 0.4], 8)
    atom = 8 * np.log(2.0)
    ball = ball_certificate(*rows, atom, 0.1)  # with and without the atom, which is tied
    assert ball.contains([0.0, 0.5**8]).all()
    between = ball_certificate(*rows, atom - 0.3, 1e-3)
    assert between.contains(0.5**8)
    assert between.detail["complement"][0] <= 1 - 0.5**8 <= between.detail["complement"][1]
    assert between.relative_gap < 1e-3


def sample(rng):
    """Random models: products, rows that differ, mirrored coins, chains, automata; a threshold near the middle."""
    kind = rng.choice(["product", "rows", "mirrored", "chain", "automaton"])
    S, V, H = 2, int(rng.integers(2, 4)), int(rng.integers(2, 9))
    p = rng.dirichlet(np.ones(V), S)
    q = p[:, ::-1].copy() if kind == "mirrored" else p * np.exp(0.4 * rng.normal(size=(S, V)))
    if rng.random() < 0.3 and kind != "mirrored":
        q[0, 0] = 0.0
    q /= q.sum(axis=1, keepdims=True)
    t = float(0.0 if kind == "mirrored" else rng.normal())
    if kind in ("product", "mirrored"):
        return kind, ball_replay(p[0], q[0], H, t, relative_gap=0.2), iid_coverage(p[0], q[0], H, t, tied=False)
    if kind == "rows":
        rows = [(p[0], q[0], H), (p[1], q[1], 2)]
        whole = [np.repeat(law, [H, 2], axis=0) for law in (p, q)]
        return kind, ball_replay(*whole, None, t, relative_gap=0.2), product_coverage(rows, t, tied=False)
    if kind == "automaton":
        target = np.array([[0, 1, 1][:V], [1, 0, 0][:V]])
        start = np.eye(2)[0]
        return kind, ball_automaton_replay(p, q, target, H, t, relative_gap=0.2), states_coverage(
            (start, start), p, q, target, H, False, t, tied=False)
    P, Q = (rng.dirichlet(np.full(V, 3.0), V) for _ in range(2))
    replay = ball_markov_replay(Markov(p[0], P, H), Markov(q[0], Q, H), t, relative_gap=0.2)
    return kind, replay, states_coverage((p[0], q[0]), P, Q, [range(V)] * V, H - 1, True, t, tied=False)


@needs_flint
def test_on_a_random_sample_exact_values_are_in_the_balls_and_the_balls_in_the_float_brackets():
    rng, seen, done, refused = np.random.default_rng(20), set(), 0, 0
    while done < 40:
        try:
            kind, ball, exact = sample(rng)
        except ValueError:  # no certificate needed, or a reducible chain
            refused += 1
            continue
        coarse = ball.detail["float"]
        assert Fraction(ball.lower) <= exact <= Fraction(ball.upper), (kind, ball)
        outer, inner = coarse.detail["log_tail"], ball.detail["log_tail"]
        assert outer[0] <= inner[0] <= inner[1] <= outer[1]
        assert coarse.lower <= ball.lower * (1 + 1e-15)
        assert coarse.upper >= ball.upper * (1 - 1e-15)
        done += 1
        seen.add(kind)
    assert len(seen) == 5
    assert refused < 10


@needs_flint
def test_long_chains_in_balls():
    P = np.array([[0.7, 0.3], [0.4, 0.6]])
    Q = np.array([[0.71, 0.29], [0.39, 0.61]])
    for H in (300, 10**5):
        pi_D, pi = Markov([0.5, 0.5], P, H), Markov([0.5, 0.5], Q, H)
        t = 3e-4 * H + 0.5
        ball = ball_markov_replay(pi_D, pi, t, relative_gap=0.05)
        fine = certified_markov_coverage(pi_D, pi, t, relative_gap=1e-3)
        assert ball.lower <= fine.lower <= fine.upper <= ball.upper
        assert ball.detail["values"] < ball.detail["plan"].K  # some frequencies were shown to be small


@needs_flint
def test_certificate_in_balls_asks_for_the_window_of_ties_and_laws(monkeypatch):
    seen, done = {}, Bracket(0.5, 0.5, "done", {"complement": (0.5, 0.5)})

    def bracket(*_, window, error):
        seen.update(window=float(window.mid()), error=float(error.mid()))
        return done

    monkeypatch.setattr(ball_replay_module, "ball_bracket", bracket)
    assert ball_certificate(*positions([0.5, 0.3, 0.2], [0.25, 0.35, 0.4], 1000), 30.0, 1e-2) is done
    assert seen["window"] >= 30e-12 + 2 * INPUT * 1000
    assert seen["error"] >= INPUT * 1000


@needs_flint
def test_certificate_of_states_in_balls_asks_for_the_window_of_the_steps_that_laws_move(monkeypatch):
    seen, done = {}, Bracket(0.5, 0.5, "done", {"complement": (0.5, 0.5)})

    def bracket(*_, window, error):
        seen.update(window=float(window.mid()) / INPUT, error=float(error.mid()) / INPUT)
        return done

    monkeypatch.setattr(ball_replay_module, "ball_bracket", bracket)
    monkeypatch.setattr(ball_replay_module, "tie", lambda t: 0.0)
    P, Q = [[0.7, 0.3], [0.4, 0.6]], [[0.6, 0.4], [0.45, 0.55]]
    for start, model, moved in (([0.5, 0.5], Q, 99), ([0.25, 0.75], Q, 100), ([0.25, 0.75], P, 1)):
        chain = markov_model(Markov([0.5, 0.5], P, 100), Markov(start, model, 100))
        assert ball_state_certificate(chain, 0.3, 1e-2) is done
        assert seen == pytest.approx({"window": 2.02 * moved, "error": 101.0}, rel=1e-9)


@needs_flint
def test_mass_at_infinity_is_scaled_by_the_error_too():
    p, q, counts = positions([0.5, 0.375, 0.125], [0.5, 0.5, 0.0], 4)
    plan, theta = Plan(2 * np.pi / 40.0, 64, 0.25, 2.0), 0.5
    model = ball_models.BallProduct(p, q, counts, 2.0, theta, 1)  # above all finite log ratios
    plain, scaled = (ball_replay_module.ball_bracket(model, theta, plan, False, error=error) for error in (0, 0.1))
    infinite = 1 - 0.875**4
    assert plain.lower == pytest.approx(infinite, rel=1e-12)
    assert scaled.lower == pytest.approx(infinite * np.exp(-0.1), rel=1e-12)
    assert scaled.upper >= infinite * np.exp(0.1)


@needs_flint
def test_what_laws_within_round_off_decide_is_left_open():
    p, q = [0.5, 0.5], [0.5 - 2.0**-50, 0.5 + 2.0**-50]  # the least log ratio is -2^-49, laws move it by half of that
    assert ball_certificate(*positions(p, q, 100), 0.0, 1e-2).lower == 1.0  # within the tie in any case
    with pytest.raises(ArithmeticError, match="cells"):  # above the tie for some of them: not certain
        ball_certificate(*positions(p, q, 700), 0.0, 1e-2)


@needs_flint
def test_mass_at_infinity_alone_holds_for_all_laws_that_are_meant():
    bracket = ball_certificate(*positions([0.5, 0.375, 0.125], [0.5, 0.5, 0.0], 4), np.inf, 1e-2)
    for factor in (1 - 4 * INPUT, 1 + 4 * INPUT):
        assert bracket.contains((1 - 0.875**4) * factor)
    assert bracket.relative_gap < 20 * INPUT


def test_too_many_values_in_balls_are_refused(monkeypatch):
    monkeypatch.setattr(ball_models, "MOST_VALUES", 3)
    assert list(ball_models.counted(iter([(0, 1.0)] * 3))) == [(0, 1.0)] * 3
    with pytest.raises(ArithmeticError, match="more than 3 values"):
        list(ball_models.counted(iter([(0, 1.0)] * 4)))
