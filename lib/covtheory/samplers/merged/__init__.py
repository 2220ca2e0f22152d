"""Trees of partial responses whose equal subtrees are one state: everything exact with more leaves than atoms."""

from covtheory.samplers.merged.search import (
    action_level_steps,
    average_errors,
    first_response_steps,
    hitting_time,
    kl_to,
    marginals,
    moves_per_response,
    rejection_letters,
    target_steps,
    wasted_letters,
)
from covtheory.samplers.merged.trace import trace_chi_square
from covtheory.samplers.merged.tree import MergedTree

__all__ = [
    "MergedTree", "action_level_steps", "average_errors", "first_response_steps", "hitting_time", "kl_to",
    "marginals", "moves_per_response", "rejection_letters", "target_steps", "trace_chi_square", "wasted_letters",
]
