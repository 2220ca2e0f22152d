"""Interval proofs of scalar inequalities on unbounded ranges: true ones are proved, false variants are not."""

import pytest
import sympy as sp

from claimcheck import Tail, Touch, certify_inequality

t = sp.Symbol("t", positive=True)
LOG_EXCESS = t - 1 + sp.exp(-t)
"""``log N - 1 + 1/N`` at ``N = e^t``."""

TRUE = {
    "quadratic over linear": (LOG_EXCESS * (2 + t) - t**2, Touch(3, 0.5), 1 / t),
    "half the square of 1 - 1/N": (LOG_EXCESS - (1 - sp.exp(-t)) ** 2 / 2, Touch(3, 0.5), 1 / t),
    "exponential above its Taylor polynomial": (sp.exp(t) - 1 - t - t**2 / 2, Touch(3, 0.5), sp.exp(-t)),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_inequalities_are_proved_over_the_half_line(name):
    expression, touch, factor = TRUE[name]
    assert certify_inequality(expression, t, 0, touch=touch, tail=Tail(50.0, factor)).proved


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("loss", [t**2, t**3, t**3 / (1 + t**4)])
def test_false_variants_are_rejected(name, loss):
    expression, touch, factor = TRUE[name]
    at_touch = expression.diff(t, 3).subs(t, 0)
    worse = sp.expand(expression - (at_touch / 6 + sp.Rational(1, 10**6)) * loss)
    verdict = certify_inequality(worse, t, 0, touch=touch, tail=Tail(50.0, factor))
    assert not verdict.proved
    assert verdict.boxes < 1000


def test_failure_in_the_middle_and_in_the_tail_are_found():
    bump = 1 - 3 * t**2 / (1 + t**4)
    assert not certify_inequality(bump, t, 0, tail=Tail(10.0)).proved
    late = 1 - t / 10**4
    verdict = certify_inequality(late, t, 0, tail=Tail(10.0, 1 / t))
    assert not verdict.proved
    assert "u = 1/t" in verdict.summary


def test_touching_is_shown_by_algebra():
    verdict = certify_inequality(t**2 + sp.Rational(1, 10**30), t, 0, 1, touch=Touch(2, 0.5))
    assert not verdict.proved
    assert "not 0" in verdict.summary


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="floats"):
        certify_inequality(t - 0.1, t, 1, 2)
    with pytest.raises(ValueError, match="unbounded"):
        certify_inequality(t, t, 1)
    with pytest.raises(ValueError, match="sin"):
        certify_inequality(sp.sin(t), t, 1, 2)
