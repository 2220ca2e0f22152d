"""A short piece of the attack on the certificates: no bracket without the exact value, and planted faults are found."""

import numpy as np
import pytest
from attack_certificates import KINDS, QUICK, attack, cases

from covtheory.certificates import atoms, band_limited_tail, lattice, product_spectrum, tilted_product
from covtheory.certificates.lattice import Lattice, find_lattice
from covtheory.certificates.state_model import StateModel


def verdicts(start, n, kind=None, seed=7):
    return [(i, case, *found) for i, case in cases(start, n, seed, kind) for found in attack(case)]


@pytest.mark.slow
@pytest.mark.parametrize("piece", range(4))
def test_no_bracket_is_false(piece, monkeypatch):
    for limit in QUICK:
        monkeypatch.setattr(*limit)
    found = verdicts(150 * piece, 150)
    false = [(i, case.kind, engine, words, case.words) for i, case, engine, said, words in found if said == "FALSE"]
    assert false == []
    refused = sum(verdict == "refused" for *_, verdict, _ in found)
    assert len(found) > 300
    assert refused < 0.12 * len(found)


def test_all_kinds_of_cases_are_drawn():
    kinds = {case.kind for _, case in cases(0, 400, 7)}
    assert len(kinds) >= len(KINDS) + 8  # ten kinds of floats are one name


def nothing_is_large(measure, start, size, step, kappa, uniform):
    """A skipping rule that skips everything it may look at."""
    return np.zeros(len(start), dtype=bool), 0.0


def no_error(*arguments):
    """A lattice whose errors are not counted: any threshold at an atom counts as decided."""
    found = find_lattice(*arguments)
    return found and Lattice(found.whole, found.step, found.offset - 1e-6, 0 * found.given, 0 * found.meant)


FAULTS = {
    "rationals": (atoms, "tie", lambda t: -np.maximum(1e-12, 1e-12 * np.abs(t))),
    "long_coin": (product_spectrum, "not_small", nothing_is_large),
    "nearly_lattice": (band_limited_tail, "fejer_coefficients", lambda k, K: np.zeros(len(k))),
    "floating": (tilted_product, "mass_at_infinity", lambda *_: (0.0, 0.0)),
    "long_lattice": (lattice, "find_lattice", no_error),
    "distinct": (atoms, "UNIT", 0.0),
    "lattices": (lattice, "tie", lambda t: -1e-12 * np.maximum(1.0, np.abs(t))),
    "mirrored": (band_limited_tail, "fejer_coefficients", lambda k, K: np.zeros(len(k))),
    "states": (StateModel, "_mass_at_infinity", lambda self: (0.0, 0.0)),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_found(kind, monkeypatch):
    monkeypatch.setattr(*FAULTS[kind])
    for start in range(0, 2000, 50):
        if any(verdict == "FALSE" for *_, verdict, _ in verdicts(start, 50, kind)):
            return
    pytest.fail("2000 cases and no false bracket")
