"""Ball arithmetic proves the same bracket, inside the floating-point one."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from covtheory.coverage.ball_replay import ball_replay
from covtheory.coverage.certificate import certified_coverage
from covtheory.instances.long_sequences import token_pair

try:
    import flint
except ModuleNotFoundError:
    flint = None
needs_flint = pytest.mark.skipif(flint is None, reason="python-flint is not installed (requirements-proof.txt)")


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
    with pytest.raises(ModuleNotFoundError, match=r"covtheory\[proof\]"):
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
