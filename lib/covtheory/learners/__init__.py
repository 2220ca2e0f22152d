"""Estimators: maximum likelihood, smoothed frequencies, Bayes mixtures; with exact laws of what they lose."""

from covtheory.learners.finite_class import FiniteClass, maximum_likelihood, multinomial_types

__all__ = ["FiniteClass", "maximum_likelihood", "multinomial_types"]
