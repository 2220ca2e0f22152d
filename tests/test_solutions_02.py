"""Exercises of notebook 02: every solution by a second route, every diagnosis reached."""

from itertools import product
from math import comb

import numpy as np
import pytest

from classroom.solutions.notebook_02 import ENTRIES
from covtheory.instances.best_of_n import tied_triples
from covtheory.randomness import generator


def test_number_of_draws_is_the_first_that_reaches_the_target():
    draws = int(ENTRIES["02-a"][0]())
    assert 0.98**draws <= 0.05 < 0.98 ** (draws - 1)


def test_worst_reward_by_listing_all_eight_sets():
    target, model = [0.6, 0.3, 0.1], [0.3, 0.02, 0.68]
    gains = [sum(t for t, b in zip(target, bits, strict=True) if b) - 1
             + (1 - sum(m for m, b in zip(model, bits, strict=True) if b)) ** 5 for bits in product([0, 1], repeat=3)]
    assert ENTRIES["02-b"][0]() == pytest.approx(max(gains), rel=1e-12)


def test_average_of_the_two_prompts_bounds():
    assert ENTRIES["02-c"][0]() == pytest.approx((0.95**40 + max(0.4, 0.97**40)) / 2, rel=1e-12)


def test_pass_at_five_by_binomial_coefficients():
    assert ENTRIES["02-d"][0]() == pytest.approx(1 - comb(17, 5) / comb(20, 5), rel=1e-12)


def test_chain_rule_with_the_largest_ratio_of_task_to_data():
    assert ENTRIES["02-e"][0]() == pytest.approx(0.01 / 0.2, rel=1e-12)


def test_tied_triples_have_ties_at_both_thresholds():
    T, D, hat, M1, M2 = tied_triples(generator(2, 99), 500, 4)
    overall = np.any((T > 0) & np.equal(T, M1[:, None] * hat), axis=1)
    first = np.any((T > 0) & np.equal(T, M2[:, None] * D), axis=1)
    assert overall.mean() > 0.3
    assert first.mean() > 0.3
    assert np.any(overall & first)
