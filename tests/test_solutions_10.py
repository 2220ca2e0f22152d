"""Exercises of notebook 10: answers by a second route, and every diagnosis reachable."""

import math

import pytest

from classroom.exercises import check
from classroom.solutions.notebook_10 import ENTRIES


def token_cost(theta):
    """KL of a sign with P(+) = sigmoid(2) against one with P(+) = sigmoid(2 theta)."""
    p, q = 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-2 * theta))
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


def two_tokens():
    p = 1 / (1 + math.exp(-2))
    return token_cost(0) + p * token_cost(1.0) + (1 - p) * token_cost(-1.0)


def first_length():
    """Closed form: 2 sqrt(8 mu H) < kappa H, where the best step sqrt(2/(mu H)) is below 1/2."""
    mu = 1 / math.cosh(1) ** 2
    return float(math.floor(32 * mu / token_cost(0) ** 2) + 1)


SECOND_ROUTE = {
    "10-a": lambda: (1 / (0.01 * 10_000) + 0.01 * 9) / (2 - 0.04),
    "10-b": two_tokens,
    "10-c": lambda: 1 + (2.5 - 1) / 2,
    "10-d": first_length,
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out
