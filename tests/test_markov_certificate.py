"""Brackets for chains and automata against enumeration of all sequences."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from exact_laws import states_coverage
from scipy.special import ndtr

from covtheory.certificates import markov_certificate, state_model
from covtheory.certificates.bracket import Bracket
from covtheory.certificates.certificate import certified_coverage
from covtheory.certificates.markov_certificate import certified_automaton_coverage, certified_markov_coverage
from covtheory.certificates.state_model import StateModel, markov_model
from covtheory.coverage import CoverageProfile, log_ratio_law
from covtheory.policies import Markov


def pairs(n, seed):
    rng = np.random.default_rng(seed)
    for i in range(n):
        V, H = int(rng.integers(2, 4)), int(rng.integers(2, 10))
        a, b = rng.dirichlet(np.ones(V), 2)
        P, Q = rng.dirichlet(np.ones(V), V), rng.dirichlet(np.ones(V), V)
        if i % 4 == 0:
            b = np.where(np.arange(V) == 0, 0.0, b)
            b /= b.sum()
        yield rng, Markov(a, P, H), Markov(b, Q, H)


def test_chain_brackets_contain_the_enumerated_value():
    reached = 0
    for rng, pi_D, pi in pairs(60, seed=1):
        law = log_ratio_law(pi_D, pi)
        values = law.finite[0]
        middle = rng.integers(0, len(values) - 1)
        log_N = float((values[middle] + values[middle + 1]) / 2)
        truth = float(CoverageProfile(law).tail(log_N))
        bracket = markov_model(pi_D, pi).banded(log_N, 1e-2)  # the band-limited route alone
        assert bracket.method == "band-limited majorant"
        assert bracket.lower <= truth * (1 + 1e-13)
        assert bracket.upper >= truth * (1 - 1e-13)
        reached += bracket.relative_gap < 1e-2
    assert reached > 25


def test_atoms_at_the_threshold_are_listed():
    for _, pi_D, pi in pairs(20, seed=2):
        law = log_ratio_law(pi_D, pi)
        atom = float(law.finite[0][len(law.finite[0]) // 2])
        bracket = certified_markov_coverage(pi_D, pi, atom, relative_gap=1e-9)
        truth = float(CoverageProfile(law).tail(atom))
        assert bracket.lower <= truth * (1 + 1e-12)
        assert bracket.upper >= truth * (1 - 1e-12)


def test_automaton_of_one_state_is_a_product():
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.ones(8), 2)
    chain = certified_automaton_coverage(p[None], q[None], np.zeros((1, 8), dtype=int), 500, 200.0)
    product = certified_coverage(p, q, 500, 200.0)
    assert max(chain.lower, product.lower) <= min(chain.upper, product.upper)
    assert chain.relative_gap < 1e-3


def test_chain_with_equal_rows_is_a_product_of_a_hundred_thousand_tokens():
    rng = np.random.default_rng(4)
    p = rng.dirichlet(np.ones(4))
    q = p * np.exp(0.01 * rng.normal(size=4))
    q /= q.sum()
    H = 10**5
    x = np.log(p / q)
    log_N = H * float(p @ x) + 2 * np.sqrt(H * float(p @ x**2))
    chain = certified_markov_coverage(Markov(p, np.tile(p, (4, 1)), H), Markov(q, np.tile(q, (4, 1)), H), log_N)
    product = certified_coverage(p, q, H, log_N)
    assert max(chain.lower, product.lower) <= min(chain.upper, product.upper)
    assert chain.relative_gap < 1e-3


def test_infinite_ratio_is_absorption():
    P = np.array([[0.7, 0.3], [0.6, 0.4]])
    Q = np.array([[0.7, 0.3], [1.0, 0.0]])
    pi_D, pi = Markov([0.5, 0.5], P, 10), Markov([0.5, 0.5], Q, 10)
    bracket = certified_markov_coverage(pi_D, pi, 30.0)
    assert bracket.contains(float(log_ratio_law(pi_D, pi).p_inf))


def test_reducible_chain_is_refused():
    pi_D = Markov([0.5, 0.5], [[0.5, 0.5], [0.0, 1.0]], 100)
    pi = Markov([0.5, 0.5], [[0.4, 0.6], [0.1, 0.9]], 100)
    with pytest.raises(ValueError, match="reducible chain"):
        markov_model(pi_D, pi).banded(1.0, 1e-2)
    bracket = certified_markov_coverage(pi_D, pi, 1.0)  # one path a length of stay: listed
    exact = states_coverage((pi_D.initial, pi.initial), pi_D.transition, pi.transition, [[0, 1]] * 2, 99, True, 1.0)
    assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper)


def test_chains_with_a_period_and_with_laws_that_nearly_agree():
    P = np.array([[0.0, 1.0, 0.0], [0.3, 0.0, 0.7], [0.0, 1.0, 0.0]])  # period two
    Q = np.array([[0.0, 1.0, 0.0], [0.25, 0.0, 0.75], [0.0, 1.0, 0.0]])
    pi_D, pi = Markov([0.5, 0.5, 0.0], P, 400), Markov([0.5, 0.5, 0.0], Q, 400)
    for log_N in (-1.0, 2.0, 6.0):
        bracket = markov_model(pi_D, pi).banded(log_N, 1e-2)
        assert bracket.method == "band-limited majorant"
        listed = certified_markov_coverage(pi_D, pi, log_N, relative_gap=1e-9)
        assert listed.method == "enumeration of a chain"
        assert bracket.lower <= listed.lower <= listed.upper <= bracket.upper


def test_certain_answers_need_no_frequencies():
    P, Q = [[0.5, 0.5], [0.5, 0.5]], [[0.25, 0.75], [0.25, 0.75]]
    pi_D, pi = Markov([0.5, 0.5], P, 10**6), Markov([0.25, 0.75], Q, 10**6)
    for log_N, truth in ((10**6 * np.log(2.0) * 1.001, 0.0), (10**6 * np.log(2 / 3) * 1.001, 1.0), (np.inf, 0.0)):
        bracket = certified_markov_coverage(pi_D, pi, log_N)
        assert (bracket.lower, bracket.upper) == (truth, truth)
    at_top = markov_model(pi_D, pi).certain(10**6 * np.log(2.0))
    assert at_top is None  # the largest value is an atom: what rounding moves decides


def test_mass_that_a_chain_does_not_follow_is_in_the_upper_end():
    P = np.array([[1.0, 1e-250], [0.5, 0.5]])
    model = markov_model(Markov([1.0, 0.0], P, 50), Markov([1.0, 0.0], [[0.5, 0.5], [0.5, 0.5]], 50))
    assert model.lost >= 49e-250
    assert model.certain(1e9).upper >= 49e-250


COIN_CHAIN = [[0.7, 0.3], [0.4, 0.6]], [[0.6, 0.4], [0.45, 0.55]]


def fallback_cases():
    """Chains and automata: finite and infinite ratios, thresholds in the middle, at an atom, beyond both ends."""
    P, Q = (np.array(law) for law in COIN_CHAIN)
    never = np.array([[0.6, 0.4], [1.0, 0.0]])
    for model in (Q, never, P):
        for t in (0.3, 0.0, 50.0, -50.0, np.inf, -np.inf):
            yield [0.5, 0.5], [0.25, 0.75], P, model, t


def both(start_p, start_q, P, Q, t, gap):
    """Brackets of a chain and of an automaton of eight tokens, each with the exact value."""
    chain, bar = [Markov(a, A, 8) for a, A in ((start_p, P), (start_q, Q))], float(np.clip(t, -1e6, 1e6))
    target, at = [[0, 1], [0, 1]], [1.0, 0.0]
    yield certified_markov_coverage(*chain, t, relative_gap=gap), states_coverage(
        (start_p, start_q), P, Q, target, 7, True, bar)
    yield certified_automaton_coverage(P, Q, target, 8, t, relative_gap=gap), states_coverage(
        (at, at), P, Q, target, 8, False, bar)


@pytest.mark.parametrize("why", ["functions", "budget"])
def test_balls_take_over_for_chains_and_automata(why, monkeypatch):
    pytest.importorskip("flint")
    if why == "functions":
        monkeypatch.setattr(markov_certificate, "functions_hold", lambda: False)
    else:
        monkeypatch.setattr(state_model, "certify_tail", lambda *_: None)
        monkeypatch.setattr(StateModel, "listed", lambda *_: Bracket(0.0, 1.0, "none", {"complement": (0.0, 1.0)}))
    in_balls = 0
    for *laws, t in fallback_cases():
        for bracket, exact in both(*laws, t, 0.2):
            in_balls += bracket.method == "ball arithmetic"
            assert Fraction(bracket.lower) <= exact <= Fraction(bracket.upper), (laws, t, bracket)
            assert bracket.detail["complement"][0] <= float(1 - exact) * (1 + 1e-15) + 1e-300
            assert bracket.detail["complement"][1] >= float(1 - exact) * (1 - 1e-15)
    assert in_balls > (30 if why == "functions" else 3)


def test_without_balls_and_accurate_functions_chains_are_refused(monkeypatch):
    monkeypatch.setattr(markov_certificate, "functions_hold", lambda: False)
    monkeypatch.setitem(sys.modules, "flint", None)
    pi = Markov([0.5, 0.5], [[0.5, 0.5], [0.4, 0.6]], 5)
    with pytest.raises(ModuleNotFoundError, match=r"less accurate than is assumed: .*python-flint"):
        certified_markov_coverage(pi, pi, 1.0)


def test_a_chain_too_long_for_floats_is_certified_in_balls():
    """Contraction cannot be shown in floats beyond 10^12 steps; the steps of this chain are independent coins."""
    pytest.importorskip("flint")
    P, Q = np.array([[0.5, 0.5]] * 2), np.array([[0.5 - 2e-7, 0.5 + 2e-7]] * 2)
    H = 3 * 10**12
    pi_D, pi = Markov(P[0], P, H), Markov(Q[0], Q, H)
    with pytest.raises(ArithmeticError, match="no finite error budget"):
        markov_model(pi_D, pi).banded(0.5, 0.2)
    bracket = certified_markov_coverage(pi_D, pi, 0.5, relative_gap=0.2)
    assert bracket.method == "ball arithmetic"
    mean, sd = -H * 0.5 * np.log1p(-((4e-7) ** 2)), 0.5 * np.sqrt(H) * np.log((0.5 + 2e-7) / (0.5 - 2e-7))
    assert bracket.contains(ndtr((mean - 0.5) / sd))  # Berry-Esseen: within 1e-6


def test_a_gap_that_balls_do_not_reach_is_refused(monkeypatch):
    pytest.importorskip("flint")
    monkeypatch.setattr(markov_certificate, "functions_hold", lambda: False)
    half, skew = [[0.5, 0.5]] * 2, [[0.25, 0.75]] * 2
    with pytest.raises(ValueError, match="ball arithmetic"):  # the threshold is an atom
        certified_markov_coverage(Markov(half[0], half, 6), Markov(skew[0], skew, 6), 6 * np.log(2.0), relative_gap=0.1)


def test_other_bad_input_is_named():
    pi = Markov([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 5)
    with pytest.raises(ValueError, match="expected V=2, H=5"):
        certified_markov_coverage(pi, Markov([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 6), 1.0)
    with pytest.raises(ValueError, match="next_state"):
        certified_automaton_coverage([[0.5, 0.5]], [[0.5, 0.5]], [[0, 1]], 5, 1.0)
    with pytest.raises(ValueError, match="sums to"):
        certified_automaton_coverage([[0.5, 0.5 + 2e-9]], [[0.5, 0.5]], [[0, 0]], 5, 1.0)
