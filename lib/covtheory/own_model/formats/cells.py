"""Cells of a table as texts, numbers and lists of numbers; nothing but a number is a number."""

import json

import numpy as np

WORDS = {"true": 1.0, "false": 0.0, "pass": 1.0, "fail": 0.0, "passed": 1.0, "failed": 0.0, "yes": 1.0, "no": 0.0,
         "correct": 1.0, "incorrect": 0.0, "right": 1.0, "wrong": 0.0, "t": 1.0, "f": 0.0, "success": 1.0,
         "failure": 0.0, "solved": 1.0, "unsolved": 0.0, "resolved": 1.0, "unresolved": 0.0}


def as_text(cell) -> str:
    """What a cell of names says: whole numbers without ``.0``, nested values as JSON, nothing as the empty string.

    Examples
    --------
    >>> as_text(7.0), as_text("7.0"), as_text(None), as_text([1, 2])
    ('7', '7', '', '[1, 2]')
    """
    if isinstance(cell, str):
        return cell[:-2] if cell.endswith(".0") and cell[:-2].isdecimal() else cell
    if cell is None:
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "backslashreplace")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return json.dumps(cell) if isinstance(cell, (list, dict)) else str(cell)


def unpadded(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a padded array as ``(flat, offsets)``: zeros at the end are padding.

    Examples
    --------
    >>> unpadded(np.array([[-1.0, 0.0], [-2.0, -3.0]]))
    (array([-1., -2., -3.]), array([0, 1, 3]))
    """
    lengths = array.shape[1] - np.argmax(array[:, ::-1] != 0, axis=1) if array.shape[1] else np.zeros(len(array), int)
    lengths = np.where((array != 0).any(axis=1), lengths, 0) if array.shape[1] else lengths
    keep = np.arange(array.shape[1]) < lengths[:, None]
    return array[keep], np.concatenate([[0], np.cumsum(lengths)])


def list_cell(chunk, row: int, name: str, cell) -> np.ndarray:
    """The numbers of one cell; missing ones are NaN, a missing list is empty."""
    if isinstance(cell, str):
        cell = [None if part.lower() in ("null", "none", "nan") else part
                for part in cell.strip().strip("[]").replace(",", " ").split()]
    if cell is None:
        return np.empty(0)
    array = _array(cell) if isinstance(cell, list) else None
    if array is None:
        raise chunk.problem(row, f"column {name!r}: {_shown(cell)} is no list of numbers")
    return array


def joined_lists(parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Lists of numbers as ``(flat, offsets)``."""
    return np.concatenate(parts), np.concatenate([[0], np.cumsum([part.size for part in parts])])


def number_column(chunk, name: str, cells, optional: bool = False) -> np.ndarray:
    """A column of numbers; the first cell that is none is refused with its place; missing optional ones are NaN."""
    if optional:
        cells = [None if cell == "" else cell for cell in cells]
    array = _array(cells)
    if array is None or (np.isnan(array).any() and None in cells and not optional):
        for row, cell in enumerate(cells):
            if cell is None and not optional:
                raise chunk.problem(row, f"column {name!r} is missing (null)")
            if cell is not None and _array([cell]) is None:
                raise chunk.problem(row, f"column {name!r}: {_shown(cell)} is no number")
        raise chunk.problem(0, f"column {name!r} holds no numbers")
    return array


def _array(cells):
    """The cells as floats; None unless all are numbers (truth values are none)."""
    if bool in set(map(type, cells)):
        return None
    try:
        array = np.array(cells, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None
    return array if array.ndim == 1 else None


def _shown(cell):
    try:
        return str(cell)[:60]
    except (ValueError, RecursionError):
        return "a number with too many digits"


def truths(cells):
    """Verdicts as numbers: truth values, and words for them."""
    if not isinstance(cells, (list, tuple)):
        return cells
    return [float(cell) if isinstance(cell, bool) else WORDS.get(cell.strip().lower(), cell) if isinstance(cell, str)
            else cell for cell in cells]
