"""Coverage: the law of the log ratio, its tail, divergences, Monte Carlo."""

from covtheory.coverage.answers import buffered_coverage, push_forward, row_coverage
from covtheory.coverage.confidence import Estimate, binomial_verdict, clopper_pearson
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
from covtheory.coverage.monte_carlo import estimate_coverage, tilted_coverage
from covtheory.coverage.profile import CoverageProfile, coverage_profile

__all__ = [
    "CoverageProfile", "Estimate", "LogRatioLaw", "affinity", "binomial_verdict", "buffered_coverage", "chi_squared",
    "clopper_pearson", "coverage_profile", "estimate_coverage", "f_divergence", "hellinger_sq", "kl",
    "kl_positive_part", "law_from_atoms", "law_from_pmfs", "log_ratio_law", "push_forward", "renyi", "row_coverage",
    "tilted_coverage", "total_variation",
]
