"""Policies: conditional laws of responses given prompts."""

from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.features import DecayedHistoryFeatures, FeatureMap, TokenFeatures
from covtheory.policies.finite_context import FiniteContextFeatures
from covtheory.policies.joint import Joint
from covtheory.policies.markov import Markov
from covtheory.policies.product import Product
from covtheory.policies.protocol import Policy
from covtheory.policies.tabular import Tabular

__all__ = [
    "AutoregressiveLinear", "DecayedHistoryFeatures", "FeatureMap", "FiniteContextFeatures", "Joint", "Markov",
    "Policy", "Product", "Tabular", "TokenFeatures",
]
