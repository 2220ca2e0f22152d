"""How a simulated frequency is held against a bound on a probability, and what such a simulation would detect."""

import numpy as np

from claimcheck.arguments import count, in_range
from claimcheck.outcome import NEGLIGIBLE, Outcome, made, name_of


def frequency_at_most(
    label: str, hits: int, draws: int, bound: float, *, false_alarm: float, alternative: float | None = None,
    where=None, route: str = "monte_carlo", twin: bool = False,
) -> Outcome:
    """Compare a simulated frequency with ``P <= bound``: violated only if the exact binomial lower limit is above it.

    If the statement is true, this says "violated" with probability at most ``false_alarm`` (Clopper-Pearson). The
    ratio is that lower limit over the bound. ``power`` says with which probability it would say so if the truth were
    ``alternative`` (default: twice the bound, at most half-way from it to one), or that it has none: then it is no
    instance that says something.

    Raises
    ------
    ValueError
        If no outcome could refute the statement: even ``draws`` hits leave the limit below the bound; or if an
        alternative is given that would more often be missed than found.

    Examples
    --------
    >>> frequency_at_most("failures", 40, 1000, 0.05, false_alarm=1e-9).ok
    True
    >>> frequency_at_most("failures", 400, 1000, 0.05, false_alarm=1e-9).ok
    False
    """
    from scipy.special import betaincinv  # here: importing it costs every kernel that simulates nothing

    draws, hits = count("draws", draws), count("hits", hits, least=0)
    in_range("false_alarm", false_alarm, 0, 1e-6, open_ends=False)
    if route not in ("monte_carlo", "experiment"):
        raise ValueError(f"{label}: route is {route!r}, expected monte_carlo or experiment")
    if false_alarm ** (1 / draws) <= bound:
        raise ValueError(f"{label}: {draws} hits of {draws} draws would not refute P <= {bound:.6g} at false alarm "
                         f"{false_alarm:g}: a check that cannot fail; take more draws or drop it")
    inputs = {"hits": hits, "draws": draws, "bound": bound, "false_alarm": false_alarm,
              "alternative": alternative, "where": where}
    truth = min(2 * bound, (1 + bound) / 2) if alternative is None else in_range("alternative", alternative, 0, 1)
    chance = power(draws, float(bound), false_alarm, truth)
    if chance < 0.5 and alternative is not None and not twin:
        raise ValueError(f"{label}: {draws} draws would tell {alternative:.6g} from {bound:.6g} with probability "
                         f"{chance:.3g}, expected at least one half: take more draws, or name what they would find")
    detects = f"{'no power: ' * (chance < 0.5)}detects {truth:.3g} with probability {chance:.2f}"
    lower = 0.0 if hits == 0 else float(betaincinv(hits, draws - hits + 1, false_alarm))
    ratio = lower / bound if bound > 0 else (np.inf if lower > 0 else 0.0)
    name = name_of(where, 0, f"{hits} of {draws} draws")
    ratio = 0.0 if ratio < NEGLIGIBLE else float(ratio)
    ok, value, bound = bool(lower <= bound), hits / draws, float(bound)
    return made(Outcome(
        "frequency_at_most", label, route, ok, 1, int(chance >= 0.5), value, bound, ratio, name, False, draws,
        false_alarm, margin=1 - ratio if ok else None, power=detects, again=frequency_at_most, inputs=inputs))


def power(draws: int, bound: float, false_alarm: float, truth: float) -> float:
    """Return the probability that ``draws`` draws refute ``P <= bound`` at a false alarm, if the truth is ``truth``.

    Examples
    --------
    >>> round(power(2000, 0.05, 1e-9, 0.1), 3), round(power(40, 0.05, 1e-9, 0.1), 3)
    (0.997, 0.0)
    """
    from scipy.special import bdtrc

    refuting = bdtrc(np.arange(draws), draws, bound) < false_alarm  # [k]: k + 1 hits refute
    return float(bdtrc(int(refuting.argmax()), draws, truth)) if refuting.any() else 0.0
