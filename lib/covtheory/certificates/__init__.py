"""The certified tail: brackets that contain the coverage of long sequences, whatever rounding does.

One door for every kind of pair: :func:`certified_coverage` (independent tokens), :func:`certified_profile` (many
thresholds at once), :func:`certified_markov_coverage`, :func:`certified_automaton_coverage`,
:func:`composition_bracket` (any token laws, rounded to a grid).
"""

from covtheory.certificates.bracket import Bracket
from covtheory.certificates.certificate import certified_coverage, certified_profile
from covtheory.certificates.composition import composition_bracket
from covtheory.certificates.markov_certificate import certified_automaton_coverage, certified_markov_coverage

__all__ = [
    "Bracket", "certified_automaton_coverage", "certified_coverage", "certified_markov_coverage", "certified_profile",
    "composition_bracket",
]
