"""Exercises that check themselves by value and say what the usual wrong answer got wrong.

The questions stand in the notebooks; the answers are computed here by the library, never typed in. Each entry is
``id: (solution, {diagnosis: wrong answer})``, all thunks, so that nothing runs before somebody answers. The copy for
students has no solutions: there a key (:mod:`classroom.answer_key`) recognises the same answers and says the same.
"""

import functools
import importlib
import json
from collections.abc import Callable
from importlib import resources

import numpy as np

from classroom.answer_key import RTOL, Lock, lock, unlock
from classroom.answers import NoNumberError, real
from covtheory.validation import in_range

Thunk = Callable[[], float]
Entries = dict[str, tuple[Thunk, dict[str, Thunk]]]

KEY = "exercises_key.json"
"""The key's file beside this module, in the student's copy only."""


def check(exercise: str, answer: object, rtol: float = RTOL) -> None:
    """Print one sentence about one answer; ``...`` leaves the exercise open.

    An answer of the wrong kind gets its sentence too and raises nothing, so that the other answers of the same cell
    are looked at.

    Parameters
    ----------
    exercise : str
        Notebook and letter, for example ``"01-a"``.
    answer : object
        Accepted within ``rtol``: three correct digits. What counts as a number: :func:`classroom.answers.real`.

    Raises
    ------
    ValueError
        For an ``rtol`` outside (0, 0.1).

    Examples
    --------
    >>> check("01-a", "3/4"), check("01-a", 0.75)
    01-a: '3/4' is a text; give the number without quotes.
    01-a: right.
    (None, None)
    """
    print(f"{exercise}: {verdict(exercise, answer, float(in_range('rtol', rtol, 0, 0.1, open_ends=True)))}")


def verdict(exercise: str, answer: object, rtol: float = RTOL) -> str:
    """Return what :func:`check` says about an answer."""
    locks = key().get(exercise) if isinstance(exercise, str) else None
    try:
        entry = None if locks else find(exercise)
    except ValueError:
        return 'there is no such exercise; its name is that of the notebook and a letter, as in "01-a".'
    if answer is ...:
        return "open. Put your number in place of ... and run the cell."
    try:
        value = real(answer)
    except NoNumberError as error:
        return str(error)
    return _locked(value, exercise, locks) if locks else _open(value, entry, rtol)


def find(exercise: str) -> tuple[Thunk, dict[str, Thunk]]:
    """Return the solution and the diagnoses of an exercise.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    try:
        notebook = str(exercise).partition("-")[0]
        entries: Entries = importlib.import_module(f"classroom.solutions.notebook_{notebook}").ENTRIES
        return entries[exercise]
    except (ModuleNotFoundError, KeyError, TypeError):
        raise ValueError(f"exercise: {exercise!r} is unknown") from None


@functools.cache
def key() -> dict[str, list[Lock]]:
    """Return the key of the student's copy, empty where the solutions are."""
    path = resources.files("classroom") / KEY
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def locks(exercise: str) -> list[Lock]:
    """Return the locks of one exercise, in an order that does not tell which one is the right answer."""
    solution, diagnoses = find(exercise)
    right = float(solution())
    said = {right: "right."} | {float(wrong()): f"not yet. {text}" for text, wrong in diagnoses.items()}
    said |= {value: f"not yet. {text}" for value, text in _slips(right) if not _among(value, said)}
    return sorted((lock(exercise, value, text) for value, text in said.items()), key=lambda one: one["tag"])


def _open(value: float, entry: tuple[Thunk, dict[str, Thunk]], rtol: float) -> str:
    solution, diagnoses = entry
    right = float(solution())
    if np.isclose(value, right, rtol=rtol, atol=1e-12):
        return "right."
    for diagnosis, wrong in diagnoses.items():
        if np.isclose(value, wrong(), rtol=rtol, atol=1e-12):
            return f"not yet. {diagnosis}"
    for slip, text in _slips(right):
        if np.isclose(value, slip, rtol=rtol, atol=1e-12):
            return f"not yet. {text}"
    return f"not yet; {value:.4g} is too {'large' if value > right else 'small'}."


def _locked(value: float, exercise: str, locks: list[Lock]) -> str:
    return unlock(exercise, value, locks) or f"not yet; {value:.4g} is none of the usual mistakes either."


def _slips(right: float) -> list[tuple[float, str]]:
    """Return slips of the pen that any exercise can suffer, after its own mistakes."""
    slips = [(-right, "The size is right, the sign is not.")]
    return [(100 * right, "Give the number itself, not per cent."), *slips] if 0 < right < 1 else slips


def _among(value: float, values) -> bool:
    return any(np.isclose(value, other, rtol=2 * RTOL, atol=1e-12) for other in values)
