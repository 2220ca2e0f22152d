"""Value-guided sampling with backtracking: the walk on the tree of partial responses, exactly and by simulation."""

from covtheory.samplers.backtracking.baselines import (
    action_coverage,
    action_level_law,
    block_best_of_n_law,
    block_rejection_law,
    sequence_coverage,
)
from covtheory.samplers.backtracking.electricity import (
    conductance_to_leaves,
    first_leaf_law,
    hitting_time,
    leaf_trace,
    response_lead,
)
from covtheory.samplers.backtracking.spectrum import (
    eigenvalues_above,
    exact_value_spectrum,
    level_gap,
    spectral_gap,
    spectrum,
)
from covtheory.samplers.backtracking.value_tree import ValueErrors, ValueTree, complete_tree
from covtheory.samplers.backtracking.variants import metropolis_walk, momentum_walk
from covtheory.samplers.backtracking.walk import BacktrackingWalk
from covtheory.samplers.backtracking.walkers import PrefixModel, Walkers, action_level_sample

__all__ = [
    "BacktrackingWalk", "PrefixModel", "ValueErrors", "ValueTree", "Walkers", "action_coverage", "action_level_law",
    "action_level_sample", "block_best_of_n_law", "block_rejection_law", "complete_tree", "conductance_to_leaves",
    "eigenvalues_above", "exact_value_spectrum", "first_leaf_law", "hitting_time", "leaf_trace", "level_gap",
    "metropolis_walk", "momentum_walk", "response_lead", "sequence_coverage", "spectral_gap", "spectrum",
]
