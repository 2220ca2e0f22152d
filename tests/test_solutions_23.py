"""Exercises of notebook 23: answers by a second route, and every diagnosis reachable."""

from fractions import Fraction

import pytest
from scipy.special import expit, logit

from classroom.exercises import check
from classroom.solutions.notebook_23 import ENTRIES


def after_one_step():
    """Two logits, moved by the gradient of log p."""
    p = 0.1
    return 1 / expit(logit(p) + 0.5 * (1 - p) + 0.5 * p * (1 - p) / p)


def taught():
    """At the optimum the slopes p f'(3/4) and (1 - p) f'(1/4) are equal, f(q) = log(1 - (1 - q)^2), in fractions."""
    likely, rare = (2 * (1 - q) / (1 - (1 - q) ** 2) for q in (Fraction(3, 4), Fraction(1, 4)))
    return float(rare / (likely + rare))


SECOND_ROUTE = {
    "23-a": lambda: 1000 - sum(2 * 0.1 for _ in range(500)),
    "23-b": after_one_step,
    "23-c": taught,
    "23-d": lambda: (1 + 1 / 16) / 2,  # mean of W over W at the certain text: W is 1 or 2^-4, half each
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out
