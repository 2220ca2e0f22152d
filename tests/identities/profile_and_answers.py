"""Notebooks 01 and 16: hockey-stick divergence, tests, answers, interventions."""

from mpmath import exp, mpf

from covtheory.bounds import answers, interventions, profile
from identities.table import Row, most, plus

UNIT = "[0, 1]"

ROWS = [
    Row(profile.coverage_from_hockey_stick, "01 Theorem 2", lambda E_gamma, gamma, N: N * E_gamma / (N - gamma),
        at={"E_gamma": [0.2, 0.375, 1.0], "gamma": [0.5, 2.0, 0.0], "N": [3.0, 8.0, 1.0]},
        domain={"E_gamma": UNIT, "gamma": "[0, inf)", "N": "[1, inf)"},
        refused=(("gamma", {"gamma": 3.0}), ("gamma", {"gamma": 9.0}))),
    Row(profile.hockey_stick_lower, "01 section 2 (E_gamma <= Cov + (1 - gamma/N)(1 - Cov))",
        lambda E_gamma, gamma, N: E_gamma if gamma >= N else most(1 - N / gamma * (1 - E_gamma), mpf(0)),
        at={"E_gamma": [0.7, 0.7, 0.7, 0.1], "gamma": [8.0, 4.0, 3.0, 2.0], "N": 4.0},
        domain={"E_gamma": UNIT, "gamma": "[1, inf)", "N": "[1, inf)"}),
    Row(profile.np_beta_lower, "01 Theorem 4 (i)", lambda alpha, cov_gamma, gamma: most(alpha - cov_gamma, 0) / gamma,
        at={"alpha": [0.5, 0.1], "cov_gamma": [0.2, 0.3], "gamma": [4.0, 1.5]},
        domain={"alpha": UNIT, "cov_gamma": UNIT, "gamma": "(0, inf)"}),
    Row(profile.np_beta_upper, "01 Theorem 4 (ii)", lambda gamma, alpha: alpha / gamma,
        at={"gamma": [4.0, 1.5], "alpha": [0.2, 0.9]}, default={"alpha": 1.0},
        domain={"gamma": "(0, inf)", "alpha": UNIT}),

    Row(answers.answer_coverage, "16 Theorem 1 (b)", lambda cov, c: c * cov / (c - 1),
        at={"cov": [0.1, 0.7], "c": [2.5, 1.25]}, domain={"cov": UNIT, "c": "(1, inf)"}),
    Row(answers.ensemble_coverage, "16 Theorem 6 (b)",
        lambda E_gamma, gamma, N: sum(E_gamma) / len(E_gamma) / (1 - gamma / N),
        at={"E_gamma": [[0.9, 0.1, 0.15], [0.3, 0.6, 0.0]], "gamma": [0.5, 2.0], "N": [3.0, 9.0]},
        domain={"gamma": "[0, inf)", "N": "[1, inf)"},
        refused=(("E_gamma", {"E_gamma": [0.5, 1.1]}), ("E_gamma", {"E_gamma": [-0.1, 0.5]}), ("gamma",
                 {"gamma": 3.0}))),
    Row(answers.rl_value_bound, "16 Theorem 4", lambda success, rollouts: 1 - (1 - success) ** (rollouts + 1),
        at={"success": [0.2, 1e-6], "rollouts": [3, 10**5]}, domain={"success": UNIT, "rollouts": "[0, inf)"}),

    Row(interventions.mixing_threshold, "16 section 5 (table)", lambda N, weight: weight * N,
        at={"N": [10.0, 3.0], "weight": [0.3, 0.9]}, domain={"N": "[1, inf)", "weight": UNIT}),
    Row(interventions.token_smoothing_threshold, "16 Theorem 7 (a)",
        lambda N, smoothing, H: N * (1 - smoothing) ** H,
        at={"N": [100.0, 7.0], "smoothing": [0.01, 0.2], "H": [130, 4]},
        domain={"N": "[1, inf)", "smoothing": UNIT, "H": "[1, inf)"}),
    Row(interventions.temperature_threshold, "16 Theorem 7 (b)", lambda N, T, log_Z: (N / exp(log_Z)) ** T,
        at={"N": [8.0, 50.0], "T": [2.5, 1.3], "log_Z": [0.7, 1.9]}, domain={"N": "[1, inf)", "T": "[1, inf)"}),
    Row(interventions.training_threshold, "16 Theorem 8",
        lambda N, steps, eta: N * exp(-steps * plus(eta / 2, eta**2 / 2)),
        at={"N": [100.0, 5.0], "steps": [10, 3], "eta": [0.1, 0.8]},
        domain={"N": "[1, inf)", "steps": "[0, inf)", "eta": "[0, inf)"}),
    Row(interventions.token_temperature_threshold, "23 Theorem 3",
        lambda N, T, V, H: N * V ** (-abs(1 - 1 / T) * (H - 1)),
        at={"N": [64.0, 9.0], "T": [0.4, 3.0], "V": [3, 7], "H": [4, 6]},
        domain={"N": "[1, inf)", "T": "(0, inf)", "V": "[1, inf)", "H": "[1, inf)"}),
    Row(interventions.success_training_threshold, "23 Theorem 1 (a)",
        lambda N, steps, eta, slope: N + 2 * slope * eta * steps,
        at={"N": [100.0, 3.0], "steps": [50, 7], "eta": [0.1, 0.7], "slope": [16.0, 0.3]}, default={"slope": 1.0},
        domain={"N": "[1, inf)", "steps": "[0, inf)", "eta": "[0, inf)", "slope": "[0, inf)"}),
    Row(interventions.log_loss_training_threshold, "23 Theorem 1 (b)",
        lambda N, steps, eta: 1 + (N - 1) * exp(2 * eta * steps),
        at={"N": [100.0, 3.0], "steps": [50, 7], "eta": [0.01, 0.2]},
        domain={"N": "[1, inf)", "steps": "[0, inf)", "eta": "[0, inf)"}),
    Row(interventions.budget_ratio, "23 Theorem 2 (b)",
        lambda p, K: (1 - (1 - p) ** K) / (p * (1 + (K - 1) * (1 - p) ** K)),
        at={"p": [0.3, 0.02], "K": [5, 64]}, domain={"p": "(0, 1)", "K": "[1, inf)"}),
]
