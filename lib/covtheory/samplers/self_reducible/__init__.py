"""Self-reducible problems: exact counts, the Sinclair-Jerrum walk, and counting with a sampler."""

from covtheory.samplers.self_reducible.cnf import Cnf
from covtheory.samplers.self_reducible.dnf import Dnf, random_dnf
from covtheory.samplers.self_reducible.dyck import Dyck
from covtheory.samplers.self_reducible.graphs import IndependentSets, grid_edges, matchings, random_tree_edges
from covtheory.samplers.self_reducible.problem import Diagram, SelfReducible, log_numbers
from covtheory.samplers.self_reducible.round_trip import (
    CountEstimate,
    count_by_sampling,
    exact_draw,
    stopped_walk_draw,
    walk_letter_law,
    walkers_draw,
)
from covtheory.samplers.self_reducible.walk import CountingWalk, alternating_counter, noisy_counter
from covtheory.samplers.self_reducible.walkers import CounterModel, CountingWalkers

__all__ = [
    "Cnf", "CountEstimate", "CounterModel", "CountingWalk", "CountingWalkers", "Diagram", "Dnf", "Dyck",
    "IndependentSets", "SelfReducible", "alternating_counter", "count_by_sampling", "exact_draw", "grid_edges",
    "log_numbers", "matchings", "noisy_counter", "random_dnf", "random_tree_edges", "stopped_walk_draw",
    "walk_letter_law", "walkers_draw",
]
