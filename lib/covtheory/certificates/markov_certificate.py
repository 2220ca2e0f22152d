"""Certified coverage of finite-state sequence models: Markov chains of tokens, and automata that emit tokens."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.certificates.ball_replay import LESS_ACCURATE, ball_state_certificate, in_balls
from covtheory.certificates.bracket import Bracket, accept
from covtheory.certificates.certificate import certified_coverage
from covtheory.certificates.state_model import StateModel, automaton_model, markov_model
from covtheory.coverage.rounding import functions_hold
from covtheory.policies.markov import Markov


def certified_markov_coverage(pi_D: Markov, pi: Markov, log_N: float, *, relative_gap: float = 1e-3) -> Bracket:
    """Two-sided certificate of ``Cov_N`` for two first-order Markov chains of tokens.

    See :func:`~covtheory.certificates.certificate.certified_coverage`; cost grows with ``V^3 log H``. As there, ball
    arithmetic (python-flint) takes over by itself where numpy's functions are less accurate than is assumed, and where
    no finite error budget comes out of floating point; such a bracket's ``method`` is ``ball arithmetic``.

    Parameters
    ----------
    pi_D, pi : Markov
        Data law and model, over the same tokens and length.
    log_N : float
        Threshold in nats.
    relative_gap : float
        Wanted ``(upper - lower) / lower``.

    Raises
    ------
    ValueError
        Shapes differ, tokens do not all reach each other by transitions that both chains allow, or the gap cannot be
        reached.
    ModuleNotFoundError
        If balls have to take over and python-flint is not installed.

    Examples
    --------
    >>> pi_D = Markov([0.5, 0.5], [[0.75, 0.25], [0.5, 0.5]], H=300)
    >>> pi = Markov([0.5, 0.5], [[0.7, 0.3], [0.4, 0.6]], H=300)
    >>> bool(certified_markov_coverage(pi_D, pi, 5.0).relative_gap < 1e-3)
    True
    """
    model = markov_model(pi_D, pi)
    if pi_D.H == 1:
        return certified_coverage(pi_D.initial, pi.initial, 1, log_N, relative_gap=relative_gap)
    return _certify(model, log_N, relative_gap)


def certified_automaton_coverage(
    p: ArrayLike, q: ArrayLike, next_state: ArrayLike, H: int, log_N: float, *, start: int = 0,
    relative_gap: float = 1e-3,
) -> Bracket:
    """Two-sided certificate of ``Cov_N`` for tokens whose law depends on the state of an automaton they drive.

    Balls take over as for :func:`certified_markov_coverage`.

    Parameters
    ----------
    p, q : array_like, shape (S, V)
        Token laws of the data and of the model in each state.
    next_state : array_like of int, shape (S, V)
        State after a token.
    H : int
        Number of tokens.
    log_N : float
        Threshold in nats.
    start : int
        First state.

    Raises
    ------
    ValueError, ModuleNotFoundError
        As for :func:`certified_markov_coverage`.

    Examples
    --------
    >>> p, q = [[0.5, 0.5], [0.9, 0.1]], [[0.4, 0.6], [0.8, 0.2]]
    >>> certified_automaton_coverage(p, q, [[0, 1], [1, 0]], 1, 0.1).contains(0.5)
    True
    """
    return _certify(automaton_model(p, q, next_state, H, start), log_N, relative_gap)


def _certify(model: StateModel, log_N: float, relative_gap: float) -> Bracket:
    gap = float(validation.in_range("relative_gap", relative_gap, 0.0, 1.0, open_ends=True))
    t, reasons = float(log_N), []
    if np.isnan(t):
        raise ValueError("log_N: got NaN, expected a number")
    hold = functions_hold()
    if hold and (sure := model.certain(t)) is not None:
        return sure
    few = model.p.shape[1] ** min(model.length, 64) <= 2**12 or not np.isfinite(t)
    for route in (model.listed, partial(_banded, model), model.listed)[0 if few else 1 :] if hold else (
            partial(in_balls, ball_state_certificate, LESS_ACCURATE, model),):
        try:
            bracket = route(t, gap)
        except (ValueError, ArithmeticError) as error:
            reasons.append(str(error))
            continue
        if accept(bracket, gap):
            return bracket
        reasons.append(f"{bracket.method}: [{bracket.lower:.6g}, {bracket.upper:.6g}] "
                       f"{bracket.detail.get('obstacle', '')}")
    raise ValueError(f"relative_gap: got {gap:.3g}, expected more at log_N = {t:.17g}; the best is "
                     f"{'; '.join(dict.fromkeys(reasons))}")


def _banded(model: StateModel, t: float, gap: float) -> Bracket:
    try:
        return model.banded(t, gap)
    except ArithmeticError as error:
        return in_balls(ball_state_certificate, str(error), model, t, gap)
