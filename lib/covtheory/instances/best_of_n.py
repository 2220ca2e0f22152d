"""Instances of notebook 02: extremal families of the Best-of-N bounds, and random problems with ties."""

from typing import NamedTuple

import numpy as np

from covtheory.instances.pair import Pair
from covtheory.instances.profile import two_point_pair
from covtheory.instances.random_pairs import KINDS, random_pairs
from covtheory.validation import count, in_range, threshold


class BestOfNProblem(NamedTuple):
    """Comparator and model ``(P, R)``, a binary reward ``(P, R)`` and prompt weights ``(P,)``."""

    pi_T: np.ndarray
    pi_hat: np.ndarray
    reward: np.ndarray
    prompt_probs: np.ndarray


def sufficient_extremal(cov: float, M: float, gap: float = 1e-9) -> BestOfNProblem:
    """Average coverage ``cov`` at ``M`` whose regret tends to ``cov + (1 - cov)(1 - 1/M)^N`` for every N as gap -> 0.

    A prompt of weight ``cov`` whose target the model never draws, and one whose target has ratio ``M (1 - gap)``,
    just below ``M``. Reward: the target response.

    Examples
    --------
    >>> sufficient_extremal(0.25, 4.0, gap=0.5).pi_hat
    array([[0. , 1. ], [0.5, 0.5]])
    """
    cov, M = float(in_range("cov", cov, 0, 1)), float(threshold("M", M))
    gap = float(in_range("gap", gap, 0, 1 - 1 / M))
    hit = min(1.0, 1 / (M * (1 - gap)))
    return BestOfNProblem(
        np.array([[1.0, 0.0], [1.0, 0.0]]),
        np.array([[0.0, 1.0], [hit, 1 - hit]]),
        np.array([[1.0, 0.0], [1.0, 0.0]]),
        np.array([cov, 1 - cov]),
    )


def sufficient_extremal_per_prompt(cov: float, M: float, gap: float = 1e-9) -> Pair:
    """One prompt with coverage ``cov`` at ``M`` and worst regret tending to ``max{cov, (1 - (1 - cov)/M)^N}``.

    Responses: ``cov`` that the model never draws, ``1 - cov`` at ratio ``M (1 - gap)``, and the model's remaining mass.

    Examples
    --------
    >>> sufficient_extremal_per_prompt(0.5, 2.0, gap=0.0).pi
    array([0.  , 0.25, 0.75])
    """
    cov, M = float(in_range("cov", cov, 0, 1)), float(threshold("M", M))
    gap = float(in_range("gap", gap, 0, 1 - 1 / M))
    hit = min((1 - cov) / (M * (1 - gap)), 1.0)
    return Pair(np.array([cov, 1 - cov, 0.0]), np.array([0.0, hit, 1 - hit]))


def necessary_extremal(cov: float, c: float, N: float) -> Pair:
    """Two-point pair with ``Cov_{cN} = cov``: worst regret exactly ``cov - 1 + (1 - cov/(cN))^N``.

    Examples
    --------
    >>> necessary_extremal(0.5, 2, 2).pi
    array([0.125, 0.875])
    """
    return two_point_pair(cov, float(threshold("c", c)) * float(threshold("N", N)))


def conditioned_teachers(rng: np.random.Generator, number: int, R: int, P: int = 3) -> BestOfNProblem:
    """Problems whose comparator is, at each prompt, the model given that it is right: ``(number, P, R)`` arrays.

    The right answers are random sets; with one right answer the comparator is deterministic. The ratio is constant at a
    prompt and differs between prompts, so that the worst regret of N draws is ``sum_x mu_x (1 - pi_hat(A_x))^N``.

    Examples
    --------
    >>> problem = conditioned_teachers(np.random.default_rng(0), 5, 4)
    >>> problem.pi_T.shape, bool(np.allclose(problem.pi_T.sum(axis=-1), 1))
    ((5, 3, 4), True)
    """
    number, R, P = count("number", number), count("R", R, least=2), count("P", P)
    model = rng.dirichlet(np.full(R, 0.3), (number, P)) + 1e-6
    model /= model.sum(axis=-1, keepdims=True)
    right = (rng.random((number, P, R)) < 0.3) | (np.arange(R) == rng.integers(R, size=(number, P, 1)))
    teacher = np.where(right, model, 0.0)
    return BestOfNProblem(teacher / teacher.sum(axis=-1, keepdims=True), model, right.astype(float),
                          rng.dirichlet(np.ones(P), number))


def level_set_instances(rng: np.random.Generator, number: int, R: int) -> Pair:
    """Random pairs with small whole-number weights: many tied likelihood ratios and zeros on either side.

    Examples
    --------
    >>> level_set_instances(np.random.default_rng(0), 3, 4).pi_D.shape
    (3, 4)
    """
    number, R = count("number", number), count("R", R, least=2)
    weights = rng.integers(0, 4, size=(2, number, R)).astype(float)
    for side in weights:
        side[np.arange(number), rng.integers(R, size=number)] += 1.0
    return Pair(*(side / side.sum(axis=1, keepdims=True) for side in weights))


class PromptProblems(NamedTuple):
    """``G`` problems with ``P`` prompts: policies ``(G, P, R)``, weights ``(G, P)``, thresholds and draws ``(G,)``."""

    pi_T: np.ndarray
    pi_hat: np.ndarray
    prompt_probs: np.ndarray
    M: np.ndarray
    N: np.ndarray


def prompt_problems(rng: np.random.Generator, number: int, R: int, P: int = 3) -> PromptProblems:
    """``number`` problems of every kind of :func:`random_pairs` and of :func:`level_set_instances`.

    ``M`` is log-uniform on [1, 400], but for about half of the problems it equals a likelihood ratio that occurs;
    ``N`` is a whole number up to 1100.

    Examples
    --------
    >>> problems = prompt_problems(np.random.default_rng(0), 2, 4)
    >>> problems.pi_T.shape, problems.M.shape
    ((14, 3, 4), (14,))
    """
    number, R, P = count("number", number), count("R", R, least=2), count("P", P)
    found = [random_pairs(rng, P * number, R, kind) for kind in KINDS] + [level_set_instances(rng, P * number, R)]
    pi_T, pi_hat = (np.concatenate(side).reshape(-1, P, R) for side in zip(*found, strict=True))
    weights = rng.dirichlet(np.full(P, 0.7), len(pi_T))
    M = np.exp(rng.uniform(0, 6, len(pi_T)))
    N = np.floor(np.exp(rng.uniform(0, 7, len(pi_T))))
    top, bottom = pi_T[:, 0, 0], pi_hat[:, 0, 0]
    ratio = np.divide(top, bottom, out=np.ones_like(top), where=bottom > 0)
    tied = (ratio >= 1) & (rng.random(len(pi_T)) < 0.5)
    return PromptProblems(pi_T, pi_hat, weights, np.where(tied, ratio, M), N)


class PolicyTriple(NamedTuple):
    """Comparator, data policy and model ``(n, R)`` with the two ratios ``M1``, ``M2`` of the chain rule ``(n,)``."""

    pi_T: np.ndarray
    pi_D: np.ndarray
    pi_hat: np.ndarray
    M1: np.ndarray
    M2: np.ndarray


def tied_triples(rng: np.random.Generator, number: int, R: int) -> PolicyTriple:
    """Random policies with small whole-number weights; ``M1``, ``M2`` are ratios that occur, so that ties abound.

    Examples
    --------
    >>> triple = tied_triples(np.random.default_rng(0), 3, 4)
    >>> triple.pi_T.shape, triple.M1.shape
    ((3, 4), (3,))
    """
    number, R = count("number", number), count("R", R, least=2)
    weights = rng.integers(0, 4, size=(3, number, R)) + np.eye(R)[rng.integers(R, size=(3, number))]
    pi_T, pi_D, pi_hat = weights / weights.sum(axis=-1, keepdims=True)
    one = np.ones((number, R))
    overall = np.divide(pi_T, pi_hat, out=one.copy(), where=(pi_T > 0) & (pi_hat > 0))
    first = np.divide(pi_T, pi_D, out=one.copy(), where=(pi_T > 0) & (pi_D > 0))
    pick = rng.integers(R, size=number)
    return PolicyTriple(pi_T, pi_D, pi_hat, overall[np.arange(number), pick], first[np.arange(number), pick])
