"""The table of notebook 01 against values computed independently of this library (seven digits, another program)."""

import numpy as np
import pytest

from covtheory.certificates import composition_bracket
from covtheory.coverage import coverage_profile
from covtheory.instances.profile import reference_tokens
from covtheory.policies import Product

LOG_N = [6, 12, 16, 20, 30]
COVERAGE = [9.665033e-1, 7.215895e-1, 3.788123e-1, 1.017895e-1, 3.407679e-5]


def test_reference_sentence_has_the_tabulated_coverage():
    p, q = reference_tokens()
    assert coverage_profile(Product(p, H=60), Product(q, H=60)).tail(LOG_N) == pytest.approx(COVERAGE, rel=2e-7)


def test_certified_bracket_contains_the_tabulated_coverage():
    p, q = reference_tokens()
    bracket = composition_bracket(p, q, 60, LOG_N)
    assert np.all(bracket.lower <= np.array(COVERAGE) * (1 + 2e-7))
    assert np.all(np.array(COVERAGE) <= bracket.upper * (1 + 2e-7))
    assert np.all(bracket.relative_gap < 0.05)


def test_hockey_stick_of_the_reference_sentence_lies_in_an_independent_privacy_bracket():
    p, q = reference_tokens()
    profile = coverage_profile(Product(p, H=60), Product(q, H=60))
    assert 0.8862 <= profile.hockey_stick(np.exp(8)) <= 0.8884 < profile.tail(8) == pytest.approx(0.9235, abs=5e-5)
