"""Exercises that check themselves by value and say what the usual wrong answer got wrong.

The questions stand in the notebooks; the answers are computed here by the library, never typed in. Each entry is
``id: (solution, {diagnosis: wrong answer})``, all thunks, so that nothing runs before somebody answers.
"""

import importlib
from collections.abc import Callable
from types import EllipsisType

import numpy as np

from covtheory.validation import in_range

Thunk = Callable[[], float]
Entries = dict[str, tuple[Thunk, dict[str, Thunk]]]


def check(exercise: str, answer: float | EllipsisType, rtol: float = 1e-3) -> None:
    """Print whether an answer is right; ``...`` leaves the exercise open.

    Parameters
    ----------
    exercise : str
        Notebook and letter, for example ``"01-a"``.
    answer : float or Ellipsis
        Accepted within ``rtol``: three correct digits.

    Raises
    ------
    ValueError
        For an unknown exercise or an answer that is not a number.
    """
    solution, diagnoses = find(exercise)
    in_range("rtol", rtol, 0, 0.1, open_ends=True)
    if answer is ...:
        print(f"{exercise}: open. Put your number in place of ... and run the cell.")
        return
    try:
        value = float(answer)
    except (TypeError, ValueError):
        raise ValueError(f"{exercise}: got {answer!r}, expected a number") from None
    if np.isclose(value, solution(), rtol=rtol, atol=1e-12):
        print(f"{exercise}: right.")
        return
    for diagnosis, wrong in diagnoses.items():
        if np.isclose(value, wrong(), rtol=rtol, atol=1e-12):
            print(f"{exercise}: not yet. {diagnosis}")
            return
    print(f"{exercise}: not yet; {value:.4g} is too {'large' if value > solution() else 'small'}.")


def find(exercise: str) -> tuple[Thunk, dict[str, Thunk]]:
    """Return the solution and the diagnoses of an exercise.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    notebook = exercise.partition("-")[0]
    try:
        entries: Entries = importlib.import_module(f"covtheory.solutions.notebook_{notebook}").ENTRIES
        return entries[exercise]
    except (ModuleNotFoundError, KeyError):
        raise ValueError(f"exercise: {exercise!r} is unknown") from None
