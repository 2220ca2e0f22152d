"""Instances of notebook 10: random token trees with all their data paths; the rare prompt, decoded adaptively."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from scipy.stats import binom

from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.features import TokenFeatures
from covtheory.policies.finite_context import FiniteContextFeatures, inherent_variance
from covtheory.policies.sequences import all_sequences, check_size
from covtheory.validation import count, in_range, threshold


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


def sign_kl(theta: ArrayLike, theta_star: float = 1.0) -> np.ndarray:
    """KL per sign, nats, of the model ``theta`` from the data parameter ``theta_star`` (features +-1).

    Examples
    --------
    >>> round(float(sign_kl(0.0)), 5)
    0.32781
    """
    theta = np.asarray(theta, dtype=float)
    log_cosh = np.logaddexp(theta, -theta) - np.logaddexp(theta_star, -theta_star)
    return np.maximum(log_cosh - (theta - theta_star) * np.tanh(theta_star), 0.0)


def sign_chain(
    H: int, steps: ArrayLike, start: float = 0.0, points: int = 20_000, *, both: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Certified bracket of the expected KL of each of ``H`` signs, decoded with updates; data parameter 1.

    The update ``clip(theta + eta (y - tanh theta))`` increases with ``theta`` for ``eta <= 1`` and the KL decreases on
    [-1, 1], in one direction and (``both``) summed over both. So rounding the parameter down to a grid after every
    update bounds the KL from above, rounding up bounds it from below, along every path; the law of a rounded parameter
    is a vector. The grid is ``1 - 2 u^2``, fine near the data parameter. Certified up to floating-point round-off,
    about ``H`` times 1e-15.

    Parameters
    ----------
    H : int
    steps : array_like, shape () or (H,)
        Step sizes in (0, 1].
    start : float
    both : bool
        Bracket ``KL + reverse KL = (1 - theta)(tanh 1 - tanh theta)`` instead.

    Returns
    -------
    lower, upper : ndarray, shape (H,)
        Nats, before each of the tokens 1..H.

    Examples
    --------
    >>> lower, upper = sign_chain(3, 0.5, points=2000)
    >>> bool((lower <= upper).all()), round(float(upper[0]), 5)
    (True, 0.32781)
    """
    H, points = count("H", H), count("points", points)
    steps = np.broadcast_to(in_range("steps", steps, 0.0, 1.0), (H,))
    in_range("start", start, -1.0, 1.0)
    grid = 1.0 - 2.0 * np.linspace(1.0, 0.0, points + 1) ** 2

    def cost(theta):
        return (1.0 - theta) * (np.tanh(1.0) - np.tanh(theta)) if both else sign_kl(theta)

    slope, loss, plus = np.tanh(grid), cost(grid), float(expit(2.0))
    laws = [np.zeros(points + 1) for _ in range(2)]  # rounded down, rounded up

    def place(theta):  # floor is the grid point below, ceil the one above
        return (1.0 - np.sqrt((1.0 - theta) / 2.0)) * points

    laws[0][int(np.floor(place(start)))] = laws[1][int(np.ceil(place(start)))] = 1.0
    out, moves, current = np.empty((2, H)), None, None
    for h in range(H):
        out[:, h] = laws[1] @ loss, laws[0] @ loss
        if steps[h] != current:
            current = steps[h]
            targets = [np.clip(grid + current * (y - slope), -1.0, 1.0) for y in (1.0, -1.0)]
            places = [place(target) for target in targets]
            moves = [[r(p).astype(np.intp) for p in places] for r in (np.floor, np.ceil)]
        laws = [np.bincount(up, plus * law, points + 1) + np.bincount(down, (1 - plus) * law, points + 1)
                for law, (up, down) in zip(laws, moves, strict=True)]
    out[:, 0] = cost(start)
    return out[0], out[1]


def after_training(token_kl: ArrayLike, H: int, n: int, mass: float) -> float:
    """Expected KL (nats) of the decoder after ``n`` samples, over all samples: ``mass sum_k P(k visits) S_k``.

    Only the rare prompt moves the parameter, and the decoder continues the very chain that training ran: after ``k``
    visits its expected KL on that prompt is the sum ``S_k`` of tokens ``kH + 1 .. (k+1)H`` of one uninterrupted chain.

    Parameters
    ----------
    token_kl : array_like, shape ((n + 1) H,)
        Expected KL of each sign of that chain (or either end of :func:`sign_chain`).
    mass : float
        Of the rare prompt.

    Examples
    --------
    >>> round(after_training([1.0, 0.5], H=1, n=1, mass=0.5), 12)
    0.375
    """
    H, n = count("H", H), count("n", n, least=0)
    token_kl = threshold("token_kl", token_kl, least=0.0)
    if token_kl.shape != ((n + 1) * H,):
        raise ValueError(f"token_kl: shape {token_kl.shape}, expected {((n + 1) * H,)}")
    visits = binom.pmf(np.arange(n + 1), n, in_range("mass", mass, 0.0, 1.0))
    return float(mass * (visits @ token_kl.reshape(n + 1, H).sum(axis=1)))
