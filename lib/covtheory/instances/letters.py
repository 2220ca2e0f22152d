"""A letter model of English, and constraints on texts of ``H`` letters.

The pair counts are those of ``english.txt``: some 2,200 words of this collection's page of non-claims as it stood when
notebook 20 was written, without formulas, lower case, letters and spaces only (text under CC BY 4.0, like the page).
"""

from functools import cache
from pathlib import Path

import numpy as np

from covtheory.samplers.merged import MergedTree
from covtheory.validation import threshold

ALPHABET = " abcdefghijklmnopqrstuvwxyz"
"""Letters by number; a text begins after a space."""


@cache
def letter_pairs() -> np.ndarray:
    """How often each letter follows each, shape (27, 27).

    Examples
    --------
    >>> pairs = letter_pairs()
    >>> int(pairs.sum()) > 10_000, ALPHABET[pairs[ALPHABET.index("q")].argmax()]
    (True, 'u')
    """
    text = " ".join(Path(__file__).with_name("english.txt").read_text(encoding="ascii").split())
    letters = np.array([ALPHABET.index(letter) for letter in text])
    pairs = np.zeros((27, 27), dtype=np.int64)
    np.add.at(pairs, (letters[:-1], letters[1:]), 1)
    return pairs


def letter_law(smoothing: float = 0.05) -> np.ndarray:
    """Probability of the next letter given the last one, ``smoothing`` added to each count, shape (27, 27)."""
    counts = letter_pairs() + float(threshold("smoothing", smoothing, least=0.0, strict=True))
    return counts / counts.sum(axis=1, keepdims=True)


def avoiding(H: int, letter: str = "e") -> MergedTree:
    """Texts of ``H`` letters without one of them; a state is the last letter.

    Examples
    --------
    >>> avoiding(2), round(avoiding(1).Z + float(letter_law()[0, ALPHABET.index("e")]), 9)
    (MergedTree(H=2, states=27), 1.0)
    """
    law = letter_law()
    law[:, _number(letter)] = 0.0
    return MergedTree(law, np.ones(27), H)


def containing(H: int, letter: str = "z") -> MergedTree:
    """Texts of ``H`` letters with a given one somewhere; states ``27..53`` are the last letters after it has come.

    Examples
    --------
    >>> bool(containing(4).Z < containing(8).Z < 0.02)
    True
    """
    law, place, step = letter_law(), _number(letter), np.zeros((54, 54))
    step[:27, :27] = step[27:, 27:] = law
    step[:27, 27 + place], step[:27, place] = law[:, place], 0.0
    return MergedTree(step, np.repeat([0.0, 1.0], 27), H)


def _number(letter: str) -> int:
    if letter not in ALPHABET or len(letter) != 1:
        raise ValueError(f"letter: got {letter!r}, expected one of a to z or a space")
    return ALPHABET.index(letter)
