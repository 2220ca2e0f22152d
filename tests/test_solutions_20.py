"""Exercises of notebook 20: answers by a second route, and every diagnosis reachable."""

import math

import numpy as np
import pytest

from classroom.exercises import check
from classroom.solutions.notebook_20 import ENTRIES
from covtheory.instances.letters import ALPHABET, letter_law


def averaged_over_roll_outs():
    """Two letters, three roll-outs each: 2 (W_1 + W_2)/Z with W_1 = E[Vhat] 2/3, by listing the outcomes."""
    value = sum(math.comb(3, c) * (2 / 3) ** c * (1 / 3) ** (3 - c) * (c + 1) / 4 for c in range(4))
    return 2 * (2 / 3 * value + 4 / 9) / (4 / 9)


def inverse():
    return sum(math.comb(4, c) * 0.3**c * 0.7 ** (4 - c) * 0.3 * 5 / (c + 1) for c in range(5))


def enough_roll_outs():
    """Powers of the letter matrix without e, and a scan."""
    law = letter_law()
    law[:, ALPHABET.index("e")] = 0
    alive = [1.0]
    row = np.eye(27)[0]
    for _ in range(64):
        row = row @ law
        alive.append(row.sum())
    Z, letters = alive[-1], sum(alive[:-1]) / alive[-1]
    wasted = sum(a / Z - 1 for a in alive[1:-1])
    return next(n for n in range(1, 10_000) if 64 * (127 + 2 * wasted / (n + 1)) <= letters)


def needle():
    eta = 2.0**-10
    Z, found = eta + 2.0**-10 * (1 - eta), 0.5 * (1 - eta) + eta
    share = 2.0**-9 * found / Z
    return share * found / eta + 1 - share


SECOND_ROUTE = {"20-a": averaged_over_roll_outs, "20-b": inverse, "20-c": enough_roll_outs, "20-d": needle}


@pytest.mark.parametrize("name", ENTRIES)
def test_answer_by_a_second_route(name, capsys):
    assert ENTRIES[name][0]() == pytest.approx(SECOND_ROUTE[name](), rel=1e-9)
    check(name, ENTRIES[name][0]())
    assert "right" in capsys.readouterr().out
