"""Value-guided sampling with backtracking: the walk on the tree of partial responses, exactly and by simulation."""

from covtheory.samplers.backtracking.electricity import (
    conductance_to_leaves,
    first_leaf_law,
    hitting_time,
    leaf_trace,
)
from covtheory.samplers.backtracking.spectrum import (
    eigenvalues_above,
    exact_value_spectrum,
    level_spectrum,
    spectral_gap,
    spectrum,
)
from covtheory.samplers.backtracking.value_tree import ValueErrors, ValueTree, complete_tree
from covtheory.samplers.backtracking.variants import metropolis_walk, momentum_walk
from covtheory.samplers.backtracking.walk import BacktrackingWalk

__all__ = [
    "BacktrackingWalk",
    "ValueErrors",
    "ValueTree",
    "complete_tree",
    "conductance_to_leaves",
    "eigenvalues_above",
    "exact_value_spectrum",
    "first_leaf_law",
    "hitting_time",
    "leaf_trace",
    "level_spectrum",
    "metropolis_walk",
    "momentum_walk",
    "spectral_gap",
    "spectrum",
]
