"""Answers to the exercises of notebook 10, computed."""

import math

import numpy as np

from covtheory.bounds import test_time as bound
from covtheory.bounds.sequences import KL_SIGN
from covtheory.coverage import kl, log_ratio_law
from covtheory.exercises import Entries
from covtheory.instances.test_time import sign_kl
from covtheory.learners.distillation import truncation_weights
from covtheory.learners.test_time_training import TestTimeTraining
from covtheory.policies import AutoregressiveLinear, TokenFeatures

_SIGNS = TokenFeatures([[-1.0], [1.0]])


def _two_tokens(eta: float) -> float:
    """KL of the decoder started at 0 on two signs with data parameter 1."""
    data = AutoregressiveLinear([1.0], _SIGNS, H=2)
    return float(kl(log_ratio_law(data, TestTimeTraining([0.0], _SIGNS, H=2, eta=eta))))


def _weights(A: float = 2.5) -> np.ndarray:
    return truncation_weights([1.0, 2.0, 0.5, 3.0], A)


def _first_length(guarantee) -> float:
    """First ``H`` from which ``guarantee(H) < kappa H`` up to 1000."""
    H = np.arange(1, 1001)
    return float(H[guarantee(H) >= KL_SIGN * H].max() + 1)


def _printed(H: np.ndarray) -> np.ndarray:
    """``min over eta <= 1/2 of 4/eta + 2 eta mu H``."""
    variance = bound.CURVATURE * H
    eta = np.minimum(0.5, np.sqrt(2.0 / variance))
    return bound.decoder_kl_paper(eta, 1, variance, 1.0)


ENTRIES: Entries = {
    "10-a": (
        lambda: float(bound.decoder_jeffreys(0.01, 1e4, 9.0, 2.0, 1.0)),
        {
            "Those are the printed constants; Theorem 1 is sharper.": lambda: float(
                bound.decoder_kl_paper(0.01, 1e4, 9.0, 2.0)
            ),
            "You took D = 2, the diameter of the ball; the start is at distance 1.": lambda: float(
                bound.decoder_jeffreys(0.01, 1e4, 9.0, 2.0, 2.0)
            ),
            "You forgot to divide by 2 - eta B^2.": lambda: 1 / (0.01 * 1e4) + 0.01 * 9.0,
            "sigma_star^2 is 9, not its square.": lambda: float(bound.decoder_jeffreys(0.01, 1e4, 81.0, 2.0, 1.0)),
        },
    ),
    "10-b": (
        lambda: _two_tokens(1.0),
        {
            "That is the model that stays at 0.": lambda: 2 * KL_SIGN,
            "That is the step 1/2 of the example.": lambda: _two_tokens(0.5),
            "The second token was charged as if the first were always a plus.": lambda: float(
                KL_SIGN + sign_kl(1.0 - math.tanh(0.0))
            ),
            "The first token costs something too.": lambda: _two_tokens(1.0) - KL_SIGN,
            "A minus comes first with probability 0.1192, not 1/2.": lambda: float(
                KL_SIGN + (sign_kl(1.0) + sign_kl(-1.0)) / 2
            ),
        },
    ),
    "10-c": (
        lambda: float(_weights().sum()),
        {
            "The token that crosses A gets the fraction that fills A, not weight 1.": lambda: 2.0,
            "The token that crosses A gets the fraction that fills A, not weight 0.": lambda: 1.0,
            "That is the sum of alpha_h eps_h; the question asks for the sum of alpha_h.": lambda: float(
                _weights() @ [1.0, 2.0, 0.5, 3.0]
            ),
            "Once A is full nothing is added: the third token has weight 0.": lambda: float(_weights().sum() + 1.0),
        },
    ),
    "10-d": (
        lambda: _first_length(_printed),
        {
            "That is Theorem 2 with its own constants, for any start.": lambda: _first_length(
                lambda H: bound.decoder_best(1, bound.CURVATURE * H, 1.0, 2.0)
            ),
            "That is Theorem 2 with its own constants, for the start 0.": lambda: _first_length(
                lambda H: bound.decoder_best(1, bound.CURVATURE * H, 1.0, 1.0)
            ),
        },
    ),
}
