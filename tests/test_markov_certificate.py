"""Brackets for chains and automata against enumeration of all sequences."""

import numpy as np
import pytest

from covtheory.coverage import CoverageProfile, log_ratio_law
from covtheory.coverage.certificate import certified_coverage
from covtheory.coverage.markov_certificate import certified_automaton_coverage, certified_markov_coverage
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


def test_chain_brackets_contain_the_enumerated_value(monkeypatch):
    import covtheory.coverage.markov_certificate as module

    monkeypatch.setattr(module, "_listed", lambda *_: None)
    reached = 0
    for i, (rng, pi_D, pi) in enumerate(pairs(60, seed=1)):
        if pi_D.V**pi_D.H <= 2**12 and i % 2:
            continue
        law = log_ratio_law(pi_D, pi)
        values = law.finite[0]
        middle = rng.integers(0, len(values) - 1)
        log_N = float((values[middle] + values[middle + 1]) / 2)
        truth = float(CoverageProfile(law).tail(log_N))
        chain = module._chain  # the band-limited route alone
        monkeypatch.setattr(module, "accept", lambda bracket, gap: bracket is not None)
        bracket = certified_markov_coverage(pi_D, pi, log_N, relative_gap=1e-2)
        assert bracket.method == "band-limited majorant"
        assert bracket.lower <= truth * (1 + 1e-13)
        assert bracket.upper >= truth * (1 - 1e-13)
        assert chain is module._chain
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
    with pytest.raises(ValueError, match="reducible chain"):
        certified_markov_coverage(pi_D, pi_D, 1.0)


def test_other_bad_input_is_named():
    pi = Markov([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 5)
    with pytest.raises(ValueError, match="expected V=2, H=5"):
        certified_markov_coverage(pi, Markov([0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], 6), 1.0)
    with pytest.raises(ValueError, match="next_state"):
        certified_automaton_coverage([[0.5, 0.5]], [[0.5, 0.5]], [[0, 1]], 5, 1.0)
    with pytest.raises(ValueError, match="sums to"):
        certified_automaton_coverage([[0.5, 0.5 + 2e-9]], [[0.5, 0.5]], [[0, 0]], 5, 1.0)
