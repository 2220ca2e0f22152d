"""Answers to the exercises of notebook 10, computed."""

import math

import numpy as np

from classroom.exercises import Entries
from covtheory.bounds import test_time as bound
from covtheory.bounds.sequences import KL_SIGN
from covtheory.coverage import kl, log_ratio_law
from covtheory.instances.decoded_signs import sign_kl
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
            "You forgot to divide by 2 - ηB².": lambda: 1 / (0.01 * 1e4) + 0.01 * 9.0,
            "σ⋆² is 9, not its square.": lambda: float(bound.decoder_jeffreys(0.01, 1e4, 81.0, 2.0, 1.0)),
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
            "That is the sum of α_h ε_h; the question asks for the sum of the α_h.": lambda: float(
                _weights() @ [1.0, 2.0, 0.5, 3.0]
            ),
            "Once A is full nothing is added: the third token has weight 0.": lambda: float(_weights().sum() + 1.0),
        },
    ),
    "10-d": (
        lambda: _first_length(_printed),
        {
            "One token fewer is just short: the bound is still above κH.": lambda: _first_length(_printed) - 1,
            "That is Theorem 2 with its own constants, for any start.": lambda: _first_length(
                lambda H: bound.decoder_best(1, bound.CURVATURE * H, 1.0, 2.0)
            ),
            "That is Theorem 2 with its own constants, for the start 0.": lambda: _first_length(
                lambda H: bound.decoder_best(1, bound.CURVATURE * H, 1.0, 1.0)
            ),
        },
    ),
}

WORKED = {
    "10-a":
        r"Theorem 1 with $D=1$: $\frac{D^2}{\eta T}=0.01$, $\eta\sigma_\star^2=0.09$, and $2-\eta "
        r"B^2=2-0.04=1.96$. $(0.01+0.09)/1.96=0.0510204$.",
    "10-b":
        r"The first token costs $k(0)=0.327813$. With $\eta=1$ a plus leads to $\theta=1$, the truth, where the "
        r"next token costs nothing; a minus (probability 0.119203) leads to $\theta=-1$, where "
        r"$k(-1)=2\tanh1=1.523188$. Together $0.327813+0.119203\cdot1.523188=0.509382$.",
    "10-c":
        r"The first token fills 1 of 2.5 nats, weight 1. The second would fill 3, so it gets the fraction "
        r"$(2.5-1)/2=0.75$. $A$ is full, the others get 0. The weights add up to 1.75.",
    "10-d":
        r"If $\mu H\ge8$ the best step $\sqrt{2/(\mu H)}$ is admissible and $\frac4\eta+2\eta\mu H=4\sqrt{2\mu "
        r"H}$. This is below $\kappa H$ when $H>32\mu/\kappa^2=32\cdot0.41997/0.107462=125.06$; smaller $H$, with "
        r"$\eta=\frac12$, do not reach it either. The first whole length is 126.",
}
"""The steps of every solution, Markdown; they end with the value."""
