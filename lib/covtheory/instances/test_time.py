"""Instances of notebook 10 whose data paths can all be listed: random token trees, one coin."""

from dataclasses import dataclass

import numpy as np

from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.features import TokenFeatures
from covtheory.policies.finite_context import FiniteContextFeatures, inherent_variance
from covtheory.policies.sequences import all_sequences, check_size
from covtheory.validation import count


@dataclass(frozen=True)
class OnePass:
    """A data law of the class, and a start: what a one-pass learner is run on.

    Examples
    --------
    >>> case = random_tree(np.random.default_rng(0), H=2, B=1.0)
    >>> x, y, weights = case.data_paths(2)
    >>> x.shape, y.shape, round(float(weights.sum()), 12)
    ((2, 16), (2, 16, 2), 1.0)
    """

    pi_D: AutoregressiveLinear
    start: np.ndarray
    prompt_probs: np.ndarray

    @property
    def B(self) -> float:
        """Bound on the features."""
        return self.pi_D.features.bound

    @property
    def distance(self) -> float:
        """From the start to the parameter of the data law."""
        return float(np.linalg.norm(self.start - self.pi_D.theta))

    @property
    def inherent_variance(self) -> float:
        """``sigma_star^2``, exact."""
        return inherent_variance(self.pi_D, self.prompt_probs)

    def responses(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every prompt and response: x (R,), y (R, H), probabilities (R,)."""
        laws = [self.pi_D.enumerate(x) for x in range(self.pi_D.n_prompts)]
        y = np.concatenate([law[0] for law in laws]).astype(np.intp)
        weights = np.concatenate([m * np.exp(law[1]) for m, law in zip(self.prompt_probs, laws, strict=True)])
        return np.repeat(np.arange(len(laws)), len(laws[0][0])), y, weights

    def data_paths(self, T: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every ordered sample of ``T`` prompts and responses: x (T, n), y (T, n, H), probabilities (n,).

        Raises
        ------
        ValueError
            If there are more than 2**25.
        """
        x, y, weights = self.responses()
        check_size(len(weights), count("T", T))
        pick = all_sequences(len(weights), T).T
        return x[pick], y[pick], weights[pick].prod(axis=0)


def random_tree(
    rng: np.random.Generator, H: int, B: float, *, V: int = 2, d: int = 2, n_prompts: int = 1
) -> OnePass:
    """Random features of norm 0.3 B to B in every prefix of a token tree; random data parameter and start in the ball.

    Examples
    --------
    >>> random_tree(np.random.default_rng(1), H=3, B=2.0).pi_D
    AutoregressiveLinear(H=3, V=2, d=2)
    """
    nodes = (V ** count("H", H) - 1) // (V - 1)
    table = rng.normal(size=(n_prompts * nodes, V, d))
    table *= B * rng.uniform(0.3, 1.0, size=table.shape[:2])[..., None] / np.linalg.norm(table, axis=-1, keepdims=True)
    child = np.arange(nodes)[:, None] * V + 1 + np.arange(V)  # heap order; leaves are never entered
    child = np.where(child < nodes, child, 0)
    following = np.concatenate([child + p * nodes for p in range(n_prompts)])
    features = FiniteContextFeatures(table, following, np.arange(n_prompts) * nodes)
    star, start = in_ball(rng, d, 2)
    return OnePass(AutoregressiveLinear(star, features, H), start, rng.dirichlet(np.ones(n_prompts)))


def in_ball(rng: np.random.Generator, d: int, size: int) -> np.ndarray:
    """Uniform points of the unit ball, shape (size, d).

    Examples
    --------
    >>> bool((np.linalg.norm(in_ball(np.random.default_rng(0), 3, 9), axis=1) <= 1).all())
    True
    """
    points = rng.normal(size=(size, d))
    return points / np.linalg.norm(points, axis=1, keepdims=True) * rng.random((size, 1)) ** (1 / d)


def coin(theta_star: float, start: float, H: int, B: float = 1.0) -> OnePass:
    """One prompt, ``H`` signs with ``P(+) = sigmoid(2 B theta)``.

    Examples
    --------
    >>> coin(0.0, 1.0, H=3).inherent_variance
    3.0
    """
    pi_D = AutoregressiveLinear([theta_star], TokenFeatures([[-B], [B]]), H)
    return OnePass(pi_D, np.array([float(start)]), np.ones(1))
