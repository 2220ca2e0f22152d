"""Samplers that use a model at test time."""
