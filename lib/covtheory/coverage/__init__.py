"""Coverage: the law of the log ratio, its tail, divergences, certified composition, Monte Carlo."""

from covtheory.coverage.answers import buffered_coverage, push_forward, row_coverage
from covtheory.coverage.certificate import certified_coverage, certified_profile, point_coverage
from covtheory.coverage.composition import Bracket, composition_bracket
from covtheory.coverage.divergences import (
    affinity,
    chi_squared,
    f_divergence,
    hellinger_sq,
    kl,
    kl_positive_part,
    renyi,
    total_variation,
)
from covtheory.coverage.log_ratio import LogRatioLaw, law_from_atoms, law_from_pmfs, log_ratio_law
from covtheory.coverage.markov_certificate import certified_automaton_coverage, certified_markov_coverage
from covtheory.coverage.monte_carlo import (
    Estimate,
    binomial_verdict,
    clopper_pearson,
    estimate_coverage,
    tilted_coverage,
)
from covtheory.coverage.profile import CoverageProfile, coverage_profile

__all__ = [
    "Bracket",
    "CoverageProfile",
    "Estimate",
    "LogRatioLaw",
    "affinity",
    "binomial_verdict",
    "buffered_coverage",
    "certified_automaton_coverage",
    "certified_coverage",
    "certified_markov_coverage",
    "certified_profile",
    "chi_squared",
    "clopper_pearson",
    "composition_bracket",
    "coverage_profile",
    "estimate_coverage",
    "f_divergence",
    "hellinger_sq",
    "kl",
    "kl_positive_part",
    "law_from_atoms",
    "law_from_pmfs",
    "log_ratio_law",
    "point_coverage",
    "push_forward",
    "renyi",
    "row_coverage",
    "tilted_coverage",
    "total_variation",
]
