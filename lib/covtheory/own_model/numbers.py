"""Columns of a chunk as checked numbers: log-probabilities, sums over tokens, totals that must agree."""

import numpy as np

ROUNDING = 1e-6
"""A log-probability above zero by no more than this is a rounded zero (single precision)."""

HALF = 0.02
"""Above zero by no more than this, it is taken for half precision."""


def summed(flat: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sums of the pieces of ``flat`` that end at the offsets.

    Examples
    --------
    >>> summed(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2, 3]))
    array([3., 0., 4.])
    """
    return np.bincount(np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)), flat, minlength=len(offsets) - 1)


def log_probs(chunk, name: str) -> np.ndarray:
    """A column of log-probabilities of responses.

    Raises
    ------
    Problem
        NaN, or positive beyond round-off.
    """
    values = chunk.columns[name]
    if not (values <= ROUNDING).all():
        refuse(chunk, np.isnan(values), name, values, "NaN")
        refuse(chunk, values > ROUNDING, name, values, _positive(values[values > ROUNDING][0]))
    return np.minimum(values, 0.0)


def pieces_of(chunk, name: str, mask: str | None = None) -> tuple[np.ndarray, np.ndarray, int]:
    """Token log-probabilities ``(flat, offsets)``, and how many missing first tokens were dropped.

    Engines have no log-probability for the first token of a text and write null or NaN there.

    Parameters
    ----------
    mask : str, optional
        A column of lists of the same lengths; tokens where it is zero belong to no response.

    Raises
    ------
    Problem
        An empty response, another missing number, a positive one, or a mask of another length.
    """
    flat, offsets = chunk.columns[name]
    keep = np.ones(len(flat), dtype=bool)
    if mask is not None:
        chosen, ends = chunk.columns[mask]
        if not np.array_equal(ends, offsets):
            row = int(np.flatnonzero(np.diff(ends) - np.diff(offsets))[0])
            raise chunk.problem(row, f"column {mask!r} has {np.diff(ends)[row]} entries for {np.diff(offsets)[row]} "
                                "tokens")
        keep = chosen != 0
    starts = offsets[:-1][np.diff(offsets) > 0]
    first = starts[np.isnan(flat[starts])] if np.isnan(flat[starts]).any() else starts[:0]
    dropped = int(keep[first].sum())
    keep[first] = False
    if not keep.all():
        lengths = summed(keep.astype(float), offsets).astype(np.int64)
        places = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))[keep]
        flat, offsets = flat[keep], np.concatenate([[0], np.cumsum(lengths)])
    else:
        places = None
    if (empty := np.flatnonzero(np.diff(offsets) == 0)).size:
        raise chunk.problem(int(empty[0]), f"empty response: column {name!r} has no token there")
    if not (flat <= ROUNDING).all():
        at = int(np.flatnonzero(~(flat <= ROUNDING))[0])
        row = int(places[at]) if places is not None else int(np.searchsorted(offsets, at, side="right")) - 1
        what = "null or NaN after the first token" if np.isnan(flat[at]) else f"{flat[at]:.6g}: {_positive(flat[at])}"
        raise chunk.problem(row, f"NaN or positive log-probability in column {name!r}: {what}")
    return np.minimum(flat, 0.0), offsets, dropped


def agree(chunk, name: str, values: np.ndarray, other: str, totals: np.ndarray) -> None:
    """Refuse a row whose list does not sum to the total that stands beside it (within a thousandth).

    Raises
    ------
    Problem
        At the first such row.
    """
    with np.errstate(invalid="ignore"):
        apart = (values != totals) & ~(np.abs(values - totals) <= 1e-3 * np.maximum(1.0, np.abs(totals)))
    if apart.any():
        row = int(np.flatnonzero(apart)[0])
        raise chunk.problem(row, f"column {name!r} sums to {values[row]:.6g}, but {other!r} is {totals[row]:.6g}")


def refuse(chunk, bad: np.ndarray, name: str, values: np.ndarray, message: str) -> None:
    """Refuse the first bad row, with its value.

    Raises
    ------
    Problem
        If any row is bad.
    """
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise chunk.problem(row, f"column {name!r} is {values[row]:.6g}: {message}")


def _positive(value):
    hint = "half precision? recompute the softmax in float32" if value <= HALF else "probability or sign?"
    return f"positive log-probability; {hint}"
