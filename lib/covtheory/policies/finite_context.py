"""Autoregressive linear models whose features see the past only through finitely many contexts: exact functionals."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.policies.autoregressive_linear import AutoregressiveLinear, log_softmax
from covtheory.policies.features import FeatureMap, TableFeatures, TokenFeatures
from covtheory.policies.sequences import whole_numbers


class FiniteContextFeatures(TableFeatures):
    """Features ``phi(context, v)``; each token moves the context to ``following[context, v]``.

    A context can be the prompt, the position, the last k tokens, or the state of any finite automaton.

    Parameters
    ----------
    table : array_like, shape (C, V, d)
        Features of each token in each context.
    following : array_like of int, shape (C, V)
        Context after each token.
    first : array_like of int, shape (P,)
        Context of each prompt before its first token.

    Raises
    ------
    ValueError
        Shapes that do not fit, numbers that are not finite, contexts outside ``0 .. C-1``.

    Examples
    --------
    >>> features = FiniteContextFeatures([[[0.0], [1.0]], [[1.0], [0.0]]], [[0, 1], [0, 1]], [0])
    >>> features.logits(features.advance(features.start(np.zeros(1, int)), np.array([1])), np.array([2.0]))
    array([[2., 0.]])
    """

    def __init__(self, table: ArrayLike, following: ArrayLike, first: ArrayLike = (0,)):
        self.table = np.array(table, dtype=float)
        if self.table.ndim != 3 or self.table.size == 0 or not np.isfinite(self.table).all():
            raise ValueError(f"table: shape {self.table.shape}, expected (C, V, d), finite, not empty")
        self.contexts, self.V, self.d = self.table.shape
        self.following = np.array(whole_numbers("following", following, self.contexts), dtype=np.intp)
        if self.following.shape != (self.contexts, self.V):
            raise ValueError(f"following: shape {self.following.shape}, expected {(self.contexts, self.V)}")
        self.first = np.array(whole_numbers("first", first, self.contexts), dtype=np.intp)
        if self.first.ndim != 1 or self.first.size == 0:
            raise ValueError(f"first: shape {self.first.shape}, expected (P,), not empty")
        self.n_prompts = len(self.first)
        self.bound = float(np.linalg.norm(self.table, axis=-1).max())

    def start(self, x: np.ndarray) -> np.ndarray:
        """Contexts of the prompts."""
        return self.first[x]

    def advance(self, state: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Contexts after one more token."""
        return self.following[state, y]


def last_tokens(V: int, k: int) -> np.ndarray:
    """The automaton that remembers the last ``k`` tokens: ``following`` (V**k, V); context 0 is k zeros.

    Examples
    --------
    >>> last_tokens(2, 2).tolist()
    [[0, 1], [2, 3], [0, 1], [2, 3]]
    """
    size = validation.count("V", V) ** validation.count("k", k)
    return (np.arange(size)[:, None] * V + np.arange(V)) % size


def finite_context(features: FeatureMap) -> FiniteContextFeatures | None:
    """The same map as contexts (prompts are the contexts of :class:`TokenFeatures`), or None if it has none."""
    if isinstance(features, FiniteContextFeatures):
        return features
    if isinstance(features, TokenFeatures):
        contexts = np.arange(features.n_prompts)
        return FiniteContextFeatures(features.table, np.repeat(contexts[:, None], features.V, axis=1), contexts)
    return None


def expected_visits(policy: AutoregressiveLinear, prompt_probs: ArrayLike | None = None) -> np.ndarray:
    """Expected number of tokens emitted in each context by one sequence, shape (C,); sums to ``H``.

    Examples
    --------
    >>> features = FiniteContextFeatures(np.zeros((2, 2, 1)), last_tokens(2, 1))
    >>> expected_visits(AutoregressiveLinear([0.0], features, H=3))
    array([2., 1.])
    """
    features, law = _features(policy), _start(policy, prompt_probs)
    probs = np.exp(log_softmax(features.table @ policy.theta))
    total = np.zeros(features.contexts)
    for _ in range(policy.H):
        total += law
        law = np.bincount(features.following.ravel(), (law[:, None] * probs).ravel(), features.contexts)
    return total


def inherent_variance(policy: AutoregressiveLinear, prompt_probs: ArrayLike | None = None) -> float:
    """``sigma_star^2 = E sum_h || phi(x, y_1..h) - E[phi | x, y_<h] ||^2`` under the policy itself, exact.

    Source: Chen et al. 2025, arXiv 2510.15020v2, Eq. (8).

    Examples
    --------
    >>> features = TokenFeatures([[[1.0], [-1.0]]])
    >>> round(inherent_variance(AutoregressiveLinear([0.0], features, H=5)), 12)
    5.0
    """
    table = _features(policy).table
    return float(expected_visits(policy, prompt_probs) @ token_variance(table, policy.theta))


def token_variance(table: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """``E || phi - E phi ||^2`` of the next token's features in each row of ``table`` (..., V, d).

    Examples
    --------
    >>> token_variance(np.array([[[3.0], [-3.0]]]), np.zeros(1))
    array([9.])
    """
    probs = np.exp(log_softmax(table @ theta))
    centred = table - np.einsum("...v,...vd->...d", probs, table)[..., None, :]
    return np.einsum("...v,...vd,...vd->...", probs, centred, centred)


def context_kl(features: FeatureMap, theta_star: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """``KL(pi_theta_star || pi_theta)`` of the next token in each context, nats, shape (C,).

    Examples
    --------
    >>> context_kl(TokenFeatures([[1.0], [-1.0]]), np.zeros(1), np.zeros(1))
    array([0.])
    """
    contexts = finite_context(features)
    if contexts is None:
        raise ValueError(f"features: {type(features).__name__} has no finite contexts")
    log_p, log_q = (log_softmax(contexts.table @ np.asarray(t, dtype=float)) for t in (theta_star, theta))
    return np.maximum((np.exp(log_p) * (log_p - log_q)).sum(axis=1), 0.0)


def sequence_kl(
    pi_D: AutoregressiveLinear, pi: AutoregressiveLinear, prompt_probs: ArrayLike | None = None
) -> float:
    """Exact ``KL(pi_D || pi)`` of whole sequences, nats, for two models that share a feature map.

    Examples
    --------
    >>> features = TokenFeatures([[1.0], [-1.0]])
    >>> pair = [AutoregressiveLinear([t], features, H=2) for t in (1.0, 0.0)]
    >>> round(sequence_kl(*pair), 6)
    0.655627
    """
    if pi_D.features is not pi.features or pi_D.H != pi.H:
        raise ValueError("pi_D, pi: expected one feature map object and one length")
    return float(expected_visits(pi_D, prompt_probs) @ context_kl(pi.features, pi_D.theta, pi.theta))


def sample_counts(
    policy: AutoregressiveLinear, n: int, rng: np.random.Generator, prompt_probs: ArrayLike | None = None
) -> np.ndarray:
    """Token counts (C, V) of ``n`` independent sequences, drawn without drawing the sequences.

    Given how many sequences are in a context, their next tokens are multinomial: ``H`` multinomial draws have exactly
    the law of the counts of ``n`` sampled sequences, at a cost that does not depend on ``n``.

    Examples
    --------
    >>> policy = AutoregressiveLinear([0.0], TokenFeatures([[1.0], [-1.0]]), H=3)
    >>> int(sample_counts(policy, 10, np.random.default_rng(0)).sum())
    30
    """
    features = _features(policy)
    probs = np.exp(log_softmax(features.table @ policy.theta))
    probs /= probs.sum(axis=1, keepdims=True)
    start = _start(policy, prompt_probs)
    here = _multinomial(rng, validation.count("n", n), start / start.sum())
    total = np.zeros((features.contexts, features.V), dtype=np.int64)
    for _ in range(policy.H):
        step = _multinomial(rng, here, probs)
        total += step
        here = np.bincount(features.following.ravel(), step.ravel(), features.contexts).astype(np.int64)
    return total


def _multinomial(rng: np.random.Generator, n: ArrayLike, probs: np.ndarray) -> np.ndarray:
    """Multinomial draws whose use of random numbers no last digit decides: one and one half are where it could.

    The likeliest outcome is left for last, so that none is drawn with a probability near one; probabilities are
    rounded to 46 bits, a relative change of at most 2e-14.
    """
    mantissa, exponent = np.frexp(probs)
    probs = np.ldexp(np.round(mantissa * 2.0**46) / 2.0**46, exponent)
    likeliest = (probs >= probs.max(axis=-1, keepdims=True) * (1 - 1e-9)).argmax(axis=-1)
    order = np.argsort(np.arange(probs.shape[-1]) == likeliest[..., None], axis=-1, kind="stable")
    drawn = rng.multinomial(n, np.take_along_axis(probs, order, axis=-1))
    out = np.empty_like(drawn)
    np.put_along_axis(out, order, drawn, axis=-1)
    return out


def _features(policy: AutoregressiveLinear) -> FiniteContextFeatures:
    features = finite_context(policy.features)
    if features is None:
        raise ValueError(f"policy: {type(policy.features).__name__} has no finite contexts")
    return features


def _start(policy: AutoregressiveLinear, prompt_probs: ArrayLike | None) -> np.ndarray:
    features = _features(policy)
    mu = np.full(features.n_prompts, 1.0 / features.n_prompts)
    if prompt_probs is not None:
        mu = validation.probabilities("prompt_probs", prompt_probs, ndim=1)
    if mu.shape != (features.n_prompts,):
        raise ValueError(f"prompt_probs: shape {mu.shape}, expected ({features.n_prompts},)")
    return np.bincount(features.first, mu, features.contexts)
