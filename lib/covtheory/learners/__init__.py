"""Estimators: maximum likelihood, smoothed frequencies, Bayes mixtures; with exact laws of what they lose."""
