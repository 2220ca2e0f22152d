"""The pictures of the commands; importing this imports matplotlib."""

import numpy as np

from covtheory.figures import BLACK, BLUE, COLOURS, DASHES, GREEN, ORANGE, SKY, figure, label_line
from covtheory.own_model.problem import plain
from covtheory.own_model.profile_estimate import ProfileEstimate
from covtheory.own_model.report_many import few
from covtheory.own_model.tournament_estimate import TournamentEstimate


def profile_figure(estimate: ProfileEstimate, logarithmic: bool = False):
    """Coverage against log N with its band, and the mean log ratio; coverage on a logarithmic axis if wanted."""
    finite = estimate.values[(estimate.values > 0) & np.isfinite(estimate.values)]
    end = 1.1 * float(finite[-1]) if finite.size else 1.0
    log_N = np.linspace(0, end, 400)
    cover = estimate(np.exp(np.minimum(log_N, 700)))
    fig, ax = figure()
    ax.fill_between(log_N, cover.lower, cover.upper, color=SKY, alpha=0.35, linewidth=0, label="band")
    ax.plot(log_N, cover.value, color=BLUE, ls="-", drawstyle="steps-post", label="coverage")
    if 0 < estimate.kl < end:
        ax.axvline(estimate.kl, color=ORANGE, ls="--", lw=1)
        label_line(ax, "mean log ratio", estimate.kl, 0.95, colour=ORANGE)
    _probabilities(ax, logarithmic, 0.3 / estimate.draws)
    ax.set_xlabel("log N (nats)")
    ax.set_ylabel("coverage Cov_N")
    return fig


def many_figure(facts: dict, logarithmic: bool = False):
    """Coverage at a few N over the models in their order, above the cross-entropy over the same models."""
    parts = facts.get("models", facts.get("groups"))
    shown, x = few(parts[0]["profile"]), np.arange(len(parts))
    fig, (top, bottom) = figure(2, 1, height=5.4, sharex=True, gridspec_kw={"height_ratios": [2, 1]})
    for i, entry in enumerate(shown):
        rows = [next(e for e in part["profile"] if e["N"] == entry["N"]) for part in parts]
        low, value, high = (np.array([row[key] for row in rows]) for key in ("lower", "coverage", "upper"))
        top.fill_between(x, low, high, color=COLOURS[i], alpha=0.15, linewidth=0, label=f"limits at N = {entry['N']:g}")
        top.plot(x, value, color=COLOURS[i], ls=DASHES[i], marker="os^"[i], label=f"N = {entry['N']:g}")
        at = np.flatnonzero(value)[-1] if logarithmic and value.any() else -1  # zero is not on a logarithmic axis
        label_line(top, f"N = {entry['N']:g}", x[at], value[at], colour=COLOURS[i], xytext=(8, -4))
    _probabilities(top, logarithmic, 0.3 / max(part["responses"] for part in parts))
    top.set_ylabel("coverage Cov_N")
    bottom.plot(x, [part["cross_entropy"] for part in parts], "D-", color=BLACK, label="cross-entropy")
    bottom.set_ylabel("cross-entropy\n(nats a response)")
    bottom.set_xlabel("model" if "models" in facts else "group")
    bottom.set_xticks(x, [_label(part["name"]) for part in parts], rotation=30 if len(parts) > 4 else 0,
                      ha="right" if len(parts) > 4 else "center")
    bottom.set_xlim(-0.2, len(parts) - 1 + max(0.35, 0.13 * len(parts)))
    return fig


def tournament_figure(estimate: TournamentEstimate):
    """Score against mean log-probability, the pick marked."""
    fig, ax = figure()
    ax.plot(estimate.mean_log_prob, estimate.scores, "o", ls="", color=BLUE, label="checkpoints")
    x, y = estimate.mean_log_prob[estimate.pick], estimate.scores[estimate.pick]
    ax.plot([x], [y], "D", ls="", color=ORANGE, markersize=10, markerfacecolor="none", label="pick")
    label_line(ax, "pick", x, y, colour=ORANGE, xytext=(8, 6))
    ax.set_xlabel("mean log-probability of a response (nats)")
    ax.set_ylabel(f"worst empirical coverage at N = {estimate.N:g}")
    return fig


def pass_figure(facts: dict, logarithmic: bool = False, curve=()):
    """pass@k against k with its intervals, and the lower limit of the large-k limit; two models if there are two.

    ``curve`` holds the rows of a forecast between those that were asked for: its limits are no straight lines.
    """
    fig, ax = figure()
    if "difference" in facts:
        rows = facts["difference"]["rows"]
        k = np.array([row["k"] for row in rows])
        for i, name in enumerate(("first", "second")):
            value = [row[name] for row in rows]
            ax.plot(k, value, color=(BLUE, ORANGE)[i], ls=DASHES[i], marker="os"[i], label=name)
            label_line(ax, name, k[-1], value[-1], colour=(BLUE, ORANGE)[i], xytext=(8, -4))
        ax.set_xlim(k[0] / 1.1, k[-1] * 1.6)
    else:
        k, value, low, high = np.array([[r["k"], r["pass"], r["lower"], r["upper"]] for r in facts["pass_at_k"]]).T
        ax.fill_between(k, low, high, color=SKY, alpha=0.35, linewidth=0, label=f"{facts['method']} interval")
        ax.plot(k, value, "o-", color=BLUE, label="pass@k")
        ax.axhline(facts["limit"]["lower"], color=GREEN, ls="--", lw=1)
        label_line(ax, "the limit is at least this", k[0], facts["limit"]["lower"], colour=GREEN)
        if "forecast" in facts:
            _beyond(ax, curve, facts["forecast"]["rows"])
    ax.set_xscale("log", base=2)
    _probabilities(ax, logarithmic)
    ax.set_xlabel("draws k (log scale)")
    ax.set_ylabel("pass@k")
    return fig


def _beyond(ax, curve, rows):
    """The forecast's limits, with and without its condition, beyond the draws, and the line in print."""
    k, value, lower, upper, free_lower, free_upper = (np.array([row[key] for row in curve], dtype=float) for key in (
        "k", "pass", "lower", "upper", "free_lower", "free_upper"))
    ax.fill_between(k, free_lower, free_upper, color=BLACK, alpha=0.08, linewidth=0, label="whatever the tail")
    ax.fill_between(k, lower, upper, color=ORANGE, alpha=0.3, linewidth=0, label="if the tail is a power")
    asked = [float(row["k"]) for row in rows]
    ax.plot(k, value, "--", color=ORANGE, label="forecast")
    ax.plot(asked, [row["pass"] for row in rows], "s", color=ORANGE, label="forecast, asked for")
    names = [("grey: whatever the tail", BLACK), ("orange: if the tail is a power", ORANGE)]
    if rows[0]["least_squares"] is not None:
        ax.plot(asked, [row["least_squares"] for row in rows], "x", color=BLACK, ls="", label="least squares")
        names.insert(0, ("x least squares", BLACK))
    for i, (name, colour) in enumerate(names):
        label_line(ax, name, 0.98, 0.03 + 0.06 * i, colour=colour, xycoords="axes fraction", ha="right")


def _probabilities(ax, logarithmic, least=None):
    """The axis of probabilities: from 0 on, or logarithmic from the least one that the data show."""
    if logarithmic:
        ax.set_yscale("log")
    if least or not logarithmic:
        ax.set_ylim(*((least, 1.3) if logarithmic else (0, 1.02)))


def _label(name):
    return plain(name, 24).replace("$", r"\$")
