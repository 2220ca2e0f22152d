"""Policies: conditional laws of responses given prompts."""

from covtheory.policies.product import Product
from covtheory.policies.protocol import Policy, SequencePolicy
from covtheory.policies.tabular import Tabular

__all__ = ["Policy", "Product", "SequencePolicy", "Tabular"]
