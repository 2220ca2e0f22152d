"""Truncated gradients: the weights, the gradient against a plain loop, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covtheory.instances.test_time import random_tree
from covtheory.learners.distillation import distill, truncated_gradient, truncation_weights
from covtheory.learners.token_sgd import token_sgd
from covtheory.policies import AutoregressiveLinear, Product, TokenFeatures

SIGNS = TokenFeatures([[-1.0], [1.0]])


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=1, max_size=8), st.floats(0.01, 10))
def test_weights_fill_the_level_and_are_predictable(eps, A):
    alpha = truncation_weights(eps, A)
    assert ((alpha >= 0) & (alpha <= 1)).all()
    assert alpha @ eps == pytest.approx(min(A, sum(eps)), abs=1e-9)
    for h in range(1, len(eps)):
        assert truncation_weights(eps[:h], A) == pytest.approx(alpha[:h])
    full = np.cumsum(eps) <= A
    assert (alpha[full] == 1).all()


def test_weights_by_hand():
    assert truncation_weights([1.0, 2.0, 0.5, 3.0], 2.5).tolist() == [1.0, 0.75, 0.0, 0.0]
    assert truncation_weights([0.0, 0.0], 1.0).tolist() == [1.0, 1.0]
    assert truncation_weights([[3.0, 0.0]], 1.0).tolist() == [[1 / 3, 0.0]]
    assert truncation_weights([3.0, 7.0], np.inf).tolist() == [1.0, 1.0]


def finite_difference(case, theta, y, step=1e-6):
    """Gradient of each token's log probability at a fixed parameter, (H, d), by central differences."""
    rows = []
    for h in range(len(y)):
        def token(parameter, h=h):
            policy = AutoregressiveLinear(parameter, case.pi_D.features, case.pi_D.H)
            return policy.next_token_log_probs(y[None, :h])[0, y[h]]
        rows.append([(token(theta + step * e) - token(theta - step * e)) / (2 * step) for e in np.eye(len(theta))])
    return np.array(rows)


@pytest.mark.parametrize("A", [0.05, 0.5, np.inf])
def test_gradient_is_the_weighted_sum_of_token_gradients(A):
    case = random_tree(np.random.default_rng(2), H=4, B=3.0, V=2, d=2)
    y = np.array([0, 1, 1, 0])
    student = AutoregressiveLinear(case.start, case.pi_D.features, 4)
    eps = []
    for h in range(4):
        p, q = (np.exp(policy.next_token_log_probs(y[None, :h]))[0] for policy in (case.pi_D, student))
        eps.append((p * np.log(p / q)).sum())
    gradient, stopped = truncated_gradient(case.pi_D.features, case.start, case.pi_D, y[None], A)
    expected = truncation_weights(eps, A) @ finite_difference(case, case.start, y)
    assert gradient[0] == pytest.approx(expected, abs=1e-7)
    assert stopped[0] == pytest.approx(min(A, sum(eps)), rel=1e-10)


def test_without_truncation_one_token_is_token_level_sgd():
    case = random_tree(np.random.default_rng(5), H=1, B=2.0)
    y = case.pi_D.sample(np.random.default_rng(6), 30).reshape(10, 3, 1)
    ours = distill(case.pi_D.features, case.start, case.pi_D, y, 0.2, np.inf).thetas
    assert ours == pytest.approx(token_sgd(case.pi_D.features, case.start, y, 0.2).thetas, abs=1e-12)


def test_a_teacher_outside_the_class_with_zeros_is_welcome():
    teacher = Product([0.0, 1.0], H=3)
    with np.errstate(divide="ignore"):
        run = distill(SIGNS, [0.0], teacher, np.ones((40, 1, 3), int), 0.2, 1.0)
    assert run.stopped_kl[0, 0] == 1.0
    assert run.thetas[-1, 0, 0] == 1.0
    assert (np.diff(run.stopped_kl[:, 0]) <= 1e-12).all()


def test_squared_norm_is_that_of_the_gradient_used():
    case = random_tree(np.random.default_rng(7), H=3, B=2.0)
    y = case.pi_D.sample(np.random.default_rng(8), 4).reshape(1, 4, 3)
    run = distill(case.pi_D.features, case.start, case.pi_D, y, 1e-3, 0.1)
    moved = ((run.thetas[1] - run.thetas[0]) ** 2).sum(axis=1) / 1e-6
    assert run.squared_norm[0] == pytest.approx(moved, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"A": 0.0}, "A: got 0, expected A > 0"),
        ({"A": np.nan}, "A: got nan"),
        ({"eta": -1.0}, "eta: got -1"),
        ({"theta": [3.0]}, "theta: norm 3"),
        ({"y": [[0, 1]]}, "y: shape"),
        ({"y": [[[0, 3]]]}, "y: got 3"),
        ({"x": [[2]]}, "x: got 2"),
        ({"teacher": Product([0.2, 0.3, 0.5], H=2)}, "teacher: V = 3, expected 2"),
    ],
)
def test_bad_input(arguments, message):
    good = {"theta": [0.0], "teacher": AutoregressiveLinear([1.0], SIGNS, H=2), "y": [[[0, 1]]], "eta": 0.1, "A": 1.0}
    with pytest.raises(ValueError, match=message):
        distill(SIGNS, **(good | arguments))


def test_negative_divergences_are_refused():
    with pytest.raises(ValueError, match="eps"):
        truncation_weights([-0.1], 1.0)
