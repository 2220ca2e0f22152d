"""Estimators: maximum likelihood, smoothed frequencies, Bayes mixtures; with exact laws of what they lose."""

from covtheory.learners.finite_class import FiniteClass, multinomial_types
from covtheory.learners.maximum_likelihood import maximum_likelihood

__all__ = ["FiniteClass", "maximum_likelihood", "multinomial_types"]
