"""Exercises of notebook 07: every solution by a second route, every diagnosis reached."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import rel_entr

from classroom.solutions.notebook_07 import ENTRIES
from covtheory.coverage import coverage_profile
from covtheory.instances.misspecified import MisspecifiedPair
from covtheory.learners.mixture import mixture_mle


def test_uncovered_mass_from_the_profile_of_the_chosen_model():
    kappa = rel_entr([0.5, 0.5], [np.exp(-1) / 2, 1 - np.exp(-1) / 2]).sum()
    pair = MisspecifiedPair(1.0, np.log(1e4), kappa / (kappa + np.log(1e4)))
    profile = coverage_profile(pair.pi_D, pair.pi_2, pair.prompt_probs)
    assert ENTRIES["07-a"][0]() == pytest.approx(float(profile(1000)), rel=1e-9)


def test_three_samples_by_listing_all_64_data_sets_in_exact_arithmetic():
    mass = [Fraction(31, 64), Fraction(31, 64), Fraction(1, 64), Fraction(1, 64)]
    ratio = [Fraction(2), Fraction(2, 3), Fraction(127, 64), Fraction(1, 64)]  # pi_2 / pi_1
    total = sum(mass[i] * mass[j] * mass[k] for i, j, k in product(range(4), repeat=3)
                if ratio[i] * ratio[j] * ratio[k] > 1)
    assert ENTRIES["07-b"][0]() == pytest.approx(float(total), rel=1e-12)


def test_guarantee_from_kl_alone_inverts_the_price():
    cov = ENTRIES["07-c"][0]()
    assert cov * (np.log(20) - 1 + 0.05) == pytest.approx(0.2, rel=1e-12)


def test_training_fraction_is_respected_by_an_early_stopped_fit():
    rows, counts = np.array([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8]]), np.array([7, 2, 4])
    fit = mixture_mle(rows, counts, tol=0.01)
    assert fit.gap <= 0.01
    assert ENTRIES["07-d"][0]() == pytest.approx((1 + 0.01) / 50)
    for row in rows:
        assert counts / 13 @ (row / fit.probs) <= 1.01


def test_largest_ratio_at_equal_divergence():
    def difference(log_M):
        kl = MisspecifiedPair(1.0, log_M, 0.01).kl
        return kl[0] - kl[1]
    assert ENTRIES["07-e"][0]() == pytest.approx(brentq(difference, 2, 500), rel=1e-9)
