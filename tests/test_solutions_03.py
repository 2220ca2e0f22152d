"""Exercises of notebook 03: answers by a second route, and every diagnosis reachable."""

import math

import pytest
from scipy.optimize import brentq
from scipy.special import expit, rel_entr

from classroom.exercises import check
from classroom.solutions.notebook_03 import ENTRIES


def kl_of_coins(a, b):
    return float(rel_entr([a, 1 - a], [b, 1 - b]).sum())


SECOND_ROUTE = {
    "03-a": lambda: brentq(lambda a: kl_of_coins(a, a / 16) - 0.1, 1e-9, 1, xtol=1e-14),
    "03-b": lambda: 0.02 / 0.75**2,
    "03-c": lambda: math.log(10) + math.log(20),
    "03-d": lambda: 100 * kl_of_coins(expit(2.0), 0.5) / math.log(10),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out
