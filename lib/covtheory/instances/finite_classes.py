"""Small finite classes of notebook 04: extremal pairs, and random ones to attack with."""

import numpy as np

from covtheory.learners.finite_class import FiniteClass
from covtheory.validation import count, in_range


def answered_by_truth(a: float) -> FiniteClass:
    """The pair P = (a, 1-a) and ``P(. | A^c)`` = (0, 1): maximum likelihood errs with probability ``(1-a)^n``.

    Examples
    --------
    >>> answered_by_truth(0.25).selection_law(2).round(12).tolist()
    [0.4375, 0.5625]
    """
    a = float(in_range("a", a, 0, 1, open_ends=True))
    return FiniteClass.from_probs([a, 1 - a], [[a, 1 - a], [0.0, 1.0]])


def mirrored_coins(gap: float) -> FiniteClass:
    """Coins of bias ``1/2 + gap`` (the data law) and ``1/2 - gap``: the extremal pair of the Hellinger bound.

    Examples
    --------
    >>> mirrored_coins(0.25).selection_law(1).tolist()
    [0.75, 0.25]
    """
    g = float(in_range("gap", gap, 0, 0.5, open_ends=True))
    return FiniteClass.from_probs([0.5 + g, 0.5 - g], [[0.5 + g, 0.5 - g], [0.5 - g, 0.5 + g]])


def covered_on_support_only(M: int, n: int) -> tuple[float, float]:
    """Hellinger loss of a maximum-likelihood rule where one function covers the class on the support of ``pi_D`` only.

    ``pi_D`` is uniform on M symbols. Model S keeps ``1/M`` on a set S and puts the rest on one symbol that ``pi_D``
    never shows. On the support all lie below ``pi_D``: a cover of size one. The model of the seen symbols is as
    likely as any, and at most ``n`` symbols were seen.

    Returns
    -------
    least, mean : float
        Smallest possible and expected ``D_H^2 = 2 (1 - seen/M)`` of the model of the seen symbols.

    Examples
    --------
    >>> least, mean = covered_on_support_only(1000, 20)
    >>> round(least, 2), round(mean, 4)
    (1.96, 1.9604)
    """
    M, n = count("M", M, least=2), count("n", n)
    return 2 * (1 - min(n, M) / M), 2 * (1 - 1 / M) ** n


def random_finite_classes(rng: np.random.Generator, number: int) -> list[FiniteClass]:
    """Random classes with the truth first: unrelated laws, close ones, laws with zeros; 2 to 4 outcomes, 2 to 6 models.

    Examples
    --------
    >>> [c.truth for c in random_finite_classes(np.random.default_rng(0), 3)]
    [0, 0, 0]
    """
    classes = []
    for i in range(count("number", number)):
        R, M = int(rng.integers(2, 5)), int(rng.integers(1, 6))
        P = rng.dirichlet(np.full(R, 0.7))
        if i % 3 == 0:
            others = rng.dirichlet(np.ones(R), M)
        elif i % 3 == 1:
            others = P * np.exp(rng.normal(scale=0.7, size=(M, R)))
        else:
            others = P * (rng.random((M, R)) < 0.7) + 0.02 * rng.random((M, 1)) * np.eye(R)[rng.integers(R, size=M)]
        others = np.maximum(others, 1e-12 * (others > 0))
        classes.append(FiniteClass.from_probs(P, np.vstack([P, others / others.sum(axis=1, keepdims=True)])))
    return classes
