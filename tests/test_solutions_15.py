"""Exercises of notebook 15: answers by a second route, and every diagnosis reachable."""

import math

import pytest

from classroom.exercises import check
from classroom.solutions.notebook_15 import ENTRIES

SECOND_ROUTE = {
    "15-a": lambda: 7 / (2 * ((8 + 4) + (5 + 3 + 3 + 1) + 7)),  # by hand, level by level
    "15-b": lambda: 9.0,
    "15-c": lambda: math.comb(18, 9) / (math.comb(18, 9) - math.comb(18, 8)),  # after ()
    "15-d": lambda: math.ceil(40 * (math.log(39) / 2 - math.log(0.02))),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out
