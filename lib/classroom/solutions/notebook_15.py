"""Answers to the exercises of notebook 15, computed."""

from classroom.exercises import Entries
from covtheory.bounds import counting as bounds
from covtheory.bounds import walk_times
from covtheory.samplers.self_reducible import CountingWalk, Diagram, Dnf, Dyck


def _union():
    return CountingWalk(Diagram(Dnf(3, [(1,), (2,), (3,)])))


def _price(over: float, under: float) -> float:
    return float(bounds.spectral_gap(1, 1, 12) / bounds.spectral_gap(over, under, 12))


ENTRIES: Entries = {
    "15-a": (
        lambda: _union().leaf_mass,
        {
            "1/(2H) is right for exact counts only; these overcount.": lambda: 1 / (2 * _union().H),
            "That is the lower bound 1/(2 r H); the sum over all prefixes gives the mass itself.": lambda: float(
                bounds.solution_mass(_union().over, 3)
            ),
            "The crude count of the empty prefix is no edge: leave it out of the sum.": lambda: (
                1 / (1 / _union().leaf_mass + 2 * 12 / 7)
            ),
            "Each edge counts at both of its ends: the denominator is twice the sum.": lambda: 2 * _union().leaf_mass,
        },
    ),
    "15-b": (
        lambda: _price(3, 3),
        {
            "That is right for a one-sided counter; two sides cost r squared.": lambda: _price(3, 1),
            "The fourth power is what Cheeger's inequality would cost.": lambda: _price(9, 9),
            "The question asks by which factor it is smaller: take the reciprocal.": lambda: 1 / _price(3, 3),
        },
    ),
    "15-c": (
        lambda: CountingWalk(Diagram(Dyck(10))).over,
        {
            "That is the overcount at the empty prefix, which the walk does not use.": lambda: (
                Dyck(10).crude(0, 0) / Dyck(10).exact(0, 0)
            ),
            "That is the overcount after the first letter; look at prefixes that are balanced.": lambda: (
                Dyck(10).crude(1, 1) / Dyck(10).exact(1, 1)
            ),
        },
    ),
    "15-d": (
        lambda: float(walk_times.visits(1, 40, 0.01)),
        {
            "Overcounting does not enter: only the undercount does, and it is 1.": lambda: float(
                walk_times.visits(30, 40, 0.01)
            ),
            "Round up: one fewer falls just short.": lambda: float(walk_times.visits(1, 40, 0.01)) - 1,
            "That is the number of lazy steps of Theorem 3.": lambda: float(bounds.steps(30, 1, 40, 0.01)),
        },
    ),
}

WORKED = {
    "15-a":
        r"Crude counts add the sizes of the subcubes of the terms that are left. Level 1: $\hat N(1)=4+2+2=8$, "
        r"$\hat N(0)=2+2=4$. Level 2: $\hat N(11)=5$, $\hat N(10)=\hat N(01)=3$, $\hat N(00)=1$. Level 3: the 7 "
        r"solutions. $\tilde Z=2(12+12+7)=62$, and the solutions have $7/62=0.112903$.",
    "15-b":
        r"Theorem 1 divides by $r_+r_-$, and for exact counts it is an equality if the root branches. Within "
        r"factor 3 means $r_+=r_-=3$: $3\cdot3=9$.",
    "15-c":
        r"Proposition 1(b): the overcount is $\frac{\ell+j+2}{2(j+1)}$. It is largest at a balanced prefix, $j=0$, "
        r"with the most letters left. The walk never uses the empty prefix, so take two letters away, $\ell=18$: "
        r"$\frac{20}2=10$.",
    "15-d":
        r"Theorem 4: $k=\lceil S\ln\frac{\sqrt{S-1}}{2\delta}\rceil$ with $S=r_-(H-1)+1=40$; overcounting does not "
        r"enter. $40\ln(\sqrt{39}/0.02)=40\cdot5.743804=229.8$, so 230.",
}
"""The steps of every solution, Markdown; they end with the value."""
