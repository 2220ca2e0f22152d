"""Coverage: the law of the log ratio, its tail, divergences, certified composition, Monte Carlo."""

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
from covtheory.coverage.profile import CoverageProfile, coverage_profile

__all__ = [
    "CoverageProfile",
    "LogRatioLaw",
    "affinity",
    "chi_squared",
    "coverage_profile",
    "f_divergence",
    "hellinger_sq",
    "kl",
    "kl_positive_part",
    "law_from_atoms",
    "law_from_pmfs",
    "log_ratio_law",
    "renyi",
    "total_variation",
]
