"""The decoder that keeps taking the steps of token-level SGD while it reads its own response (dynamic evaluation)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.learners.sequence_gradient import parameters
from covtheory.learners.sgd import project_ball
from covtheory.learners.token_sgd import row_log_probs, token_gradient
from covtheory.policies import sequences
from covtheory.policies.features import FeatureMap


class TestTimeTraining(sequences.SequencePolicyBase):
    """The improper policy ``pi(y_h | x, y_<h) = pi_{vartheta(x, y_<h; theta)}(y_h | x, y_<h)``.

    ``vartheta`` starts at ``theta`` for every response and takes one step per token of the prefix; ``eta = 0`` freezes.

    Parameters
    ----------
    theta : array_like, shape (d,)
        In the ball.
    eta : float
        Step size, the one used in training.
    radius : float
        Parameters are projected onto the centred ball of this radius.

    Raises
    ------
    ValueError
        ``theta`` outside the ball or not finite; ``eta < 0``; later, a gradient that is not finite.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eqs. (22)-(23).

    Examples
    --------
    >>> from covtheory.policies import TokenFeatures
    >>> decoder = TestTimeTraining([0.0], TokenFeatures([[-1.0], [1.0]]), H=2, eta=0.5)
    >>> np.exp(decoder.log_prob([[1, 1], [1, 0]])).round(4)  # after a plus, theta = 0.5
    array([0.3655, 0.1345])
    """

    __test__ = False  # not a test, in spite of its name

    def __init__(self, theta: ArrayLike, features: FeatureMap, H: int, eta: float, radius: float = 1.0):
        self.radius = float(validation.threshold("radius", radius, least=0.0, strict=True))
        if np.ndim(theta) != 1:
            raise ValueError(f"theta: shape {np.shape(theta)}, expected ({features.d},)")
        (self.theta,) = parameters("theta", theta, features.d, self.radius)
        self.eta = float(validation.threshold("eta", eta, least=0.0))
        self.features, self.H = features, validation.count("H", H)
        self.V, self.n_prompts = features.V, features.n_prompts

    @property
    def in_range(self) -> bool:
        """Whether ``eta < 2/B^2``, the range of the theorem."""
        return self.eta * self.features.bound**2 < 2.0

    def start(self, x: np.ndarray) -> tuple[Any, np.ndarray]:
        """State of the feature map, and one copy of ``theta`` per response."""
        return self.features.start(x), np.tile(self.theta, (len(x), 1))

    def step_log_probs(self, state: tuple[Any, np.ndarray]) -> np.ndarray:
        """Log probabilities (n, V) of the next token."""
        return row_log_probs(self.features.phi(state[0]), state[1])

    def advance(self, state: tuple[Any, np.ndarray], y: np.ndarray) -> tuple[Any, np.ndarray]:
        """State after one more token: the features move on and the parameter takes its step."""
        inner, theta = state
        phi = self.features.phi(inner)
        theta = project_ball(theta + self.eta * token_gradient(phi, row_log_probs(phi, theta), y), self.radius)
        return self.features.advance(inner, y), theta

    def take(self, state: tuple[Any, np.ndarray], index: np.ndarray) -> tuple[Any, np.ndarray]:
        """State of the rows ``index``."""
        return self.features.take(state[0], index), state[1][index]

    def __repr__(self) -> str:
        return f"TestTimeTraining(H={self.H}, V={self.V}, d={self.features.d}, eta={self.eta:g})"
