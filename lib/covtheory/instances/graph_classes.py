"""Classes of layered graphs: how many layers are ambiguous, which rule the data policy follows, what is hidden."""

from dataclasses import dataclass

from covtheory.validation import count

RULES = ("parity", "opposite", "uniform", "xor")


@dataclass(frozen=True)
class GraphClass:
    """One class of graphs and the rule by which the data policy walks through its ambiguous layers.

    Parameters
    ----------
    ambiguous : int
        Layers with two passable nodes, one even and one odd; all other layers have one.
    rule : str
        At an ambiguous layer i the data policy takes the passable node v with ``p(v) = p(i)`` (``parity``), with
        ``p(v) != p(i)`` (``opposite``), either with probability 1/2 (``uniform``), or the one with ``p(v) = p(i) +
        sum of p over all passable nodes`` modulo 2 (``xor``); p is the parity, layers are numbered from 2.
    hidden_bit : int, optional
        Parity of the number of odd nodes of the graph that lie in the hidden half; None leaves it free.

    Examples
    --------
    >>> GraphClass(2, "parity", 1).rule
    'parity'
    """

    ambiguous: int
    rule: str
    hidden_bit: int | None = None

    def __post_init__(self):
        count("ambiguous", self.ambiguous, least=0)
        if self.rule not in RULES:
            raise ValueError(f"rule: got {self.rule!r}, expected one of {', '.join(RULES)}")
        if self.hidden_bit not in (None, 0, 1):
            raise ValueError(f"hidden_bit: got {self.hidden_bit!r}, expected 0, 1 or None")


FIGURE_1 = (GraphClass(2, "parity", 1), GraphClass(2, "opposite", 0), GraphClass(2, "uniform"))
"""Majority, minority, and the third class of pre-training (App. C.2 of Chen et al. 2025)."""


def figure_2(H: int) -> tuple[GraphClass, ...]:
    """Return the three classes of App. C.3: one path; H/2 ambiguous layers and a parity rule; 4, walked uniformly.

    Examples
    --------
    >>> [c.ambiguous for c in figure_2(16)]
    [0, 8, 4]
    """
    if count("H", H, least=4) % 2:
        raise ValueError(f"H: got {H}, expected an even number >= 4")
    return GraphClass(0, "parity"), GraphClass(H // 2, "xor"), GraphClass(4, "uniform")
