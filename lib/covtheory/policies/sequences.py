"""Token sequences: the list of all of them, checks of what callers pass, and inverse-cdf draws."""

import numpy as np
from numpy.typing import ArrayLike

LARGEST_ENUMERATION = 2**25
"""More responses than this are not listed."""


def all_sequences(V: int, H: int) -> np.ndarray:
    """Every sequence of ``H`` tokens out of ``V``, lexicographic, shape (V**H, H), smallest unsigned integers.

    Raises
    ------
    ValueError
        If ``V**H`` exceeds ``LARGEST_ENUMERATION``.

    Examples
    --------
    >>> all_sequences(2, 2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    check_size(V, H)
    flat = np.arange(V**H)
    out = np.empty((V**H, H), dtype=np.min_scalar_type(max(V - 1, 0)))
    for h in range(H - 1, -1, -1):
        flat, out[:, h] = np.divmod(flat, V)
    return out


def check_size(V: int, H: int) -> None:
    """Raise ValueError, naming the size, if there are more than ``LARGEST_ENUMERATION`` sequences."""
    if V**H > LARGEST_ENUMERATION:
        raise ValueError(f"enumeration: V**H = {V}**{H} = {V**H} responses, expected at most {LARGEST_ENUMERATION}")


def tokens(name: str, y: ArrayLike, V: int, *, length: int | None = None) -> np.ndarray:
    """Return ``y`` as an integer array (n, h) of tokens in ``0 .. V-1``; ``h == length`` unless None."""
    array = np.asarray(y)
    if array.ndim != 2 or (length is not None and array.shape[1] != length):
        raise ValueError(f"{name}: shape {array.shape}, expected (n, {'h' if length is None else length})")
    return whole_numbers(name, array, V)


def whole_numbers(name: str, values: ArrayLike, below: int) -> np.ndarray:
    """Return ``values`` as integers in ``0 .. below-1``.

    Examples
    --------
    >>> whole_numbers("y", [0, 3], 3)
    Traceback (most recent call last):
    ...
    ValueError: y: got 3, expected whole numbers in 0..2
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        if array.size and not (array.dtype.kind == "f" and np.all(array == np.floor(array))):
            raise ValueError(f"{name}: dtype {array.dtype}, expected whole numbers in 0..{below - 1}")
        array = array.astype(np.intp)
    bad = (array < 0) | (array >= below)
    if bad.any():
        raise ValueError(f"{name}: got {array[bad].flat[0]}, expected whole numbers in 0..{below - 1}")
    return array


def prompt(x: ArrayLike, n_prompts: int, size: int) -> np.ndarray:
    """Return one prompt per row, shape (size,), from one prompt or an array of them."""
    array = whole_numbers("x", x, n_prompts)
    if array.ndim > 1 or (array.ndim == 1 and array.shape != (size,)):
        raise ValueError(f"x: shape {array.shape}, expected one prompt or shape ({size},)")
    return np.broadcast_to(array, (size,))


def draw(weights: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Inverse-cdf draws: index of the first cumulative weight above ``u`` times the total.

    Parameters
    ----------
    weights : ndarray, shape (n, V)
        Non-negative, one row per draw, each with a positive sum (need not be one).
    u : ndarray, shape (n,)
        Uniforms in [0, 1).

    Examples
    --------
    >>> draw(np.array([[1.0, 0.0, 1.0], [0.0, 2.0, 0.0]]), np.array([0.6, 0.0])).tolist()
    [2, 1]
    """
    cumulative = np.cumsum(weights, axis=1)
    cumulative /= cumulative[:, -1:]
    return np.sum(cumulative <= u[:, None], axis=1)
