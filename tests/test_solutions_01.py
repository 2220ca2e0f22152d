"""Solutions of notebook 01 by a second route, in rational arithmetic; every diagnosis is reached."""

from fractions import Fraction as F
from math import log

import pytest

from classroom.solutions.notebook_01 import ENTRIES

P, Q = (F(1, 2), F(1, 4), F(1, 4)), (F(1, 4), F(3, 4), F(0))
ANSWERS = {
    "01-a": sum(p for p, q in zip(P, Q, strict=True) if p >= 2 * q),
    "01-b": sum(max(p - F(3, 2) * q, 0) for p, q in zip(P, Q, strict=True)),
    "01-c": F(3, 10) / (1 - F(2, 8)),
    "01-d": F(1, 5) / 16,
    "01-e": (log(4) + log(4 / 7)) / 2,
}


@pytest.mark.parametrize("exercise", ENTRIES)
def test_solution_agrees_with_hand_computation(exercise):
    assert ENTRIES[exercise][0]() == pytest.approx(float(ANSWERS[exercise]), rel=1e-12)
