"""Replay of the certificate in ball arithmetic: the bracket becomes a proof, up to the correctness of Arb.

Nothing is taken over from floating point except choices that need no justification: the tilt, the spacing and number of
frequencies, two Chernoff exponents, the scaling of a chain. Models are those of :mod:`~.ball_models` and
:mod:`~.ball_chain`. Needs python-flint: ``pip install python-flint``.
"""

import numpy as np
from numpy.typing import ArrayLike

from covtheory.certificates.ball_chain import BallChain
from covtheory.certificates.ball_models import BallProduct, counted, library, total
from covtheory.certificates.band_limited_tail import Plan, plan_tail
from covtheory.certificates.banded import band_limited_coverage, positions, tokens_at
from covtheory.certificates.bracket import Bracket, accept, one_minus, relative_gap_of
from covtheory.certificates.state_model import StateModel, automaton_model, markov_model
from covtheory.coverage.rounding import INPUT, tie
from covtheory.policies.markov import Markov

FINER = (1.2, 8.0, 64.0)
"""Plans for so many times the precision are tried one after the other."""

LESS_ACCURATE = "functions of this numpy are less accurate than is assumed"


def ball_replay(
    p: ArrayLike, q: ArrayLike, H: int | None, log_N: float, *, relative_gap: float = 1e-3, precision: int = 128
) -> Bracket:
    """Certificate of ``Cov_N`` in ball arithmetic, with the choices of the floating-point engine.

    Parameters
    ----------
    p, q, H, log_N, relative_gap
        As for :func:`~covtheory.certificates.certificate.certified_coverage`.
    precision : int
        Bits of the balls' midpoints.

    Returns
    -------
    Bracket
        For the laws given and the exact rule ``log ratio >= log_N``. ``detail["log_tail"]`` is the bracket of the tail
        in logarithms and ``detail["float"]`` the floating-point bracket with the same choices, which must contain this
        one.

    Raises
    ------
    ModuleNotFoundError
        If python-flint is not installed.
    ValueError
        As for ``certified_coverage``, or if the floating-point engine needed no frequencies.
    """
    library()
    p, q, counts = positions(p, q, H)
    t = float(log_N)
    coarse = band_limited_coverage(p, q, counts, t, relative_gap)
    plan, theta, sign = _choices(coarse, t)
    return _in_precision(precision, lambda: ball_bracket(BallProduct(p, q, counts, t, theta, sign), theta, plan,
                                                         sign < 0, coarse=coarse))


def ball_markov_replay(
    pi_D: Markov, pi: Markov, log_N: float, *, relative_gap: float = 1e-2, precision: int = 128
) -> Bracket:
    """The same for two Markov chains: :func:`~covtheory.certificates.markov_certificate.certified_markov_coverage`."""
    return _replay_states(markov_model(pi_D, pi), float(log_N), relative_gap, precision)


def ball_automaton_replay(
    p: ArrayLike, q: ArrayLike, next_state: ArrayLike, H: int, log_N: float, *, start: int = 0,
    relative_gap: float = 1e-2, precision: int = 128,
) -> Bracket:
    """The same for tokens that drive an automaton: ``certified_automaton_coverage``."""
    return _replay_states(automaton_model(p, q, next_state, H, start), float(log_N), relative_gap, precision)


def _replay_states(model: StateModel, t: float, gap: float, precision: int) -> Bracket:
    library()
    coarse = model.banded(t, gap)
    plan, theta, sign = _choices(coarse, t)
    measure = model.tilted(t)[0]
    return _in_precision(precision, lambda: ball_bracket(
        BallChain(*model.given, t, theta, sign, (measure.log_rho, 1 / measure.end)), theta, plan, sign < 0,
        coarse=coarse))


def _choices(coarse: Bracket, t: float) -> tuple[Plan, float, int]:
    if "plan" not in coarse.detail:
        raise ValueError(f"log_N: got {t!r}, where the answer needs no certificate ({coarse.method})")
    return coarse.detail["plan"], abs(coarse.detail["theta"]), -1 if coarse.detail["reflected"] else 1


def ball_certificate(p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, gap: float) -> Bracket:
    """What ``certified_coverage`` falls back on: all laws that are meant, and all thresholds tied with ``t``.

    Raises
    ------
    ModuleNotFoundError
        If python-flint is not installed.
    ArithmeticError
        If even the choices cannot be made in floating point, or if it takes too many frequencies.
    """
    def measure() -> tuple[object, bool]:
        tokens, _, reflect = tokens_at(p, q, counts, t)
        return tokens.tilt(tokens.saddle()[0]), reflect

    moved = int(counts[np.any(p != q, axis=1)].sum())
    return _certificate(lambda at, _, *choice: BallProduct(p, q, counts, at, *choice), measure, int(counts.sum()),
                        moved, t, gap)


def ball_state_certificate(model: StateModel, t: float, gap: float) -> Bracket:
    """The same for chains and automata.

    Raises
    ------
    ModuleNotFoundError, ArithmeticError
        As for :func:`ball_certificate`.
    ValueError
        A reducible chain.
    """
    def build(at: float, measure, *choice) -> BallChain:
        scaling = (measure.log_rho, 1 / measure.end) if measure else (0.0, np.ones(model.S))
        return BallChain(*model.given, at, *choice, scaling)

    (start_p, start_q), p, q, _, n, emits = model.given
    moved = n * bool(np.any(p != q)) + bool(emits and np.any(start_p != start_q))
    return _certificate(build, lambda: model.tilted(t)[:2], model.length, moved, t, gap)


def in_balls(certificate, why: str, *arguments) -> Bracket:
    """A certificate of this module, with the reason for it in the error if python-flint is not installed."""
    try:
        return certificate(*arguments)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{why}: {error}", name="flint") from None


def _certificate(build, measure, length: int, moved: int, t: float, gap: float) -> Bracket:
    """Bracket for a model to ``build`` at a threshold, from a measure in floats, a tilt and a sign; ``moved`` of its
    tokens have a log ratio that differs between the laws that are meant."""
    arb = library().arb

    def bracket() -> Bracket:
        tied, slip = arb(float(tie(t))), 2.02 * arb(INPUT) * moved
        window = tied + slip
        error = 1.01 * arb(INPUT) * length
        plain = build(t if np.isfinite(t) else 0.0, None, 0.0, 1)
        low, high = plain.ends()
        if t == -np.inf or (t < np.inf and plain.possible and low > slip - tied):
            return Bracket(1.0, 1.0, "ball arithmetic", {"complement": (0.0, 0.0)})
        if t == np.inf or not plain.possible or high < -window:
            ends = max(0.0, floor(plain.infinite / error.exp())), min(1.0, ceil(plain.infinite * error.exp()))
            return Bracket(*ends, "ball arithmetic", {"complement": one_minus(*ends)})
        tilted, reflect = measure()
        model, best = build(t, tilted, tilted.theta, -1 if reflect else 1), None
        for finer in FINER:
            plan = plan_tail(tilted, gap / finer)
            if plan is None:
                raise ArithmeticError(f"no plan at tilt {tilted.theta:.3g}")
            try:
                found = ball_bracket(model, tilted.theta, plan, reflect, window=window, error=error)
            except ArithmeticError:
                if best is None:
                    raise
                return best
            if best is not None and not relative_gap_of(found) < 0.6 * relative_gap_of(best):
                return best  # an atom at the threshold: more frequencies do not help
            best = found
            if accept(best, gap):
                break
        return best

    return _in_precision(128, bracket)


def _in_precision(bits: int, work) -> Bracket:
    flint = library()
    old, flint.ctx.prec = flint.ctx.prec, bits
    try:
        return work()
    finally:
        flint.ctx.prec = old


def ball_bracket(model, theta: float, plan: Plan, reflected: bool, *, window=0, error=0, coarse=None) -> Bracket:
    """Bracket of the coverage for thresholds within ``window`` and probabilities within the factor ``e^{+-error}``."""
    arb = library().arb
    window, error = arb(window), arb(error)
    upper, lower, values = integral(model, theta, plan, window)
    below = lower - alias(model, plan, window)
    grown = (arb(theta) * window + error).exp()
    low, high = model.log_scale.exp() * below / grown, model.log_scale.exp() * upper * grown
    low = low if low > 0 else arb(0)
    infinite, wide = model.infinite, error.exp()
    ends = (1 - high, 1 - low) if reflected else (infinite / wide + low, infinite * wide + high)
    smallest, largest = max(0.0, floor(ends[0])), min(1.0, ceil(ends[1]))
    log_tail = (floor(low.log()) if low > 0 else -np.inf, ceil(high.log()) if high > 0 else np.inf)
    tail = max(0.0, floor(low)), min(1.0, ceil(high))
    return Bracket(smallest, largest, "ball arithmetic", {
        "log_tail": log_tail, "values": values, "float": coarse, "reflected": reflected, "plan": plan,
        "theta": -theta if reflected else theta, "radius": float((model.log_scale.exp() * upper).rad()),
        "complement": tail if reflected else (max(0.0, floor(1 - ends[1])), min(1.0, ceil(1 - ends[0])))})


def integral(model, theta: float, plan: Plan, window) -> tuple[object, object, int]:
    """Balls for the integrals of majorant, at ``-window``, and of minorant, at ``window``, and how many values."""
    flint = library()
    arb, acb, K = flint.arb, flint.acb, plan.K
    h, kappa = arb(plan.step), 14 + 2 * np.log(1e3 * max(1.0, K**0.5))
    lam = arb(theta) * 2 * arb.pi() / h / K
    decay, loss = (-lam).exp(), 1 - (-lam).exp()
    upper, lower, fejer, count = arb(0), arb(0), arb(0), 0
    for k, psi in counted(model.frequencies(plan, kappa)):
        count += 1
        tau, twice, angle = arb(k) / K, 2 if k else 1, h * k * window
        turn = (acb(0, -2) * arb.pi() * tau).exp()
        value = (1 - tau) / (1 - decay * turn)
        if k:
            value += lam * decay * (1 - turn) / (loss * (1 - decay * turn)) / (acb(0, 2) * arb.pi())
        wave = acb(angle.cos(), angle.sin())
        upper += twice * (value * psi * wave).real
        lower += twice * (value * psi * wave.conjugate()).real
        fejer += twice * (1 - tau) * (psi * wave.conjugate()).real
    skipped = arb(-kappa).exp() * (arb(3) / loss + 2) if count < K else arb(0)
    return upper / K + skipped, (lower - fejer) / K - skipped, count


def alias(model, plan: Plan, window) -> object:
    """Bound of all other translates."""
    arb = library().arb
    terms = []
    for rate, sign in ((arb(plan.down), -1), (arb(plan.up), 1)):
        shrink = (-rate * 2 * arb.pi() / arb(plan.step)).exp()
        terms.append((model.log_mgf(sign * rate) + rate * window).exp() * shrink / (1 - shrink))
    return total(terms)


def floor(ball) -> float:
    """Largest convenient float below a ball."""
    return float(np.nextafter(float(ball.lower()), -np.inf))


def ceil(ball) -> float:
    """Smallest convenient float above a ball."""
    return float(np.nextafter(float(ball.upper()), np.inf))
