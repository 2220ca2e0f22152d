"""Checks of what users pass in: one clear ``ValueError`` that names the argument, what came and what is expected."""

import numpy as np
from numpy.typing import ArrayLike

SUM_TOLERANCE = 1e-9
"""Probabilities must sum to one within this."""


def probabilities(name: str, values: ArrayLike, *, ndim: int | tuple[int, ...] = (1, 2)) -> np.ndarray:
    """Return ``values`` as a float array of distributions along the last axis.

    Parameters
    ----------
    name : str
        What the caller calls this argument; used in messages.
    values : array_like, shape (..., R)
        Non-negative, finite, each row summing to one within ``SUM_TOLERANCE``.
    ndim : int or tuple of int
        Allowed numbers of dimensions.

    Raises
    ------
    ValueError
        Names the argument, its shape and the first offending row.

    Examples
    --------
    >>> probabilities("pi", [0.25, 0.75])
    array([0.25, 0.75])
    >>> probabilities("pi", [0.5, 0.6])
    Traceback (most recent call last):
    ...
    ValueError: pi: row () of shape (2,) sums to 1.1, expected 1 within 1e-09
    """
    array = _float_array(name, values)
    allowed = (ndim,) if isinstance(ndim, int) else ndim
    if array.ndim not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise ValueError(f"{name}: shape {array.shape} has {array.ndim} dimensions, expected {wanted}")
    if array.size == 0:
        raise ValueError(f"{name}: empty support (shape {array.shape}), expected at least one response")
    if np.isnan(array).any():
        raise ValueError(f"{name}: NaN at index {_first(np.isnan(array))} of shape {array.shape}")
    if (array < 0).any():
        where = _first(array < 0)
        raise ValueError(f"{name}: negative probability {array[where]:.6g} at index {where} of shape {array.shape}")
    off = np.abs(array.sum(axis=-1) - 1.0) > SUM_TOLERANCE
    if np.any(off):
        where = _first(np.atleast_1d(off)) if array.ndim > 1 else ()
        raise ValueError(
            f"{name}: row {where} of shape {array.shape} sums to {array.sum(axis=-1)[where]:.12g}, "
            f"expected 1 within {SUM_TOLERANCE:g}"
        )
    return array


def threshold(name: str, values: ArrayLike, *, least: float = 1.0, strict: bool = False) -> np.ndarray:
    """Return ``values`` as floats that are all at least ``least`` (more than it if ``strict``); used for ``N >= 1``.

    Examples
    --------
    >>> threshold("N", [1, 4])
    array([1., 4.])
    >>> threshold("N", 0.5)
    Traceback (most recent call last):
    ...
    ValueError: N: got 0.5, expected N >= 1
    """
    array = _float_array(name, values)
    bad = np.isnan(array) | ((array <= least) if strict else (array < least))
    if bad.any():
        raise ValueError(f"{name}: got {array[bad].flat[0]:.6g}, expected {name} {'>' if strict else '>='} {least:g}")
    return array


def in_range(name: str, values: ArrayLike, low: float, high: float, *, open_ends: bool = False) -> np.ndarray:
    """Return ``values`` as floats inside ``[low, high]`` (inside ``(low, high)`` if ``open_ends``).

    Examples
    --------
    >>> in_range("delta", 0.05, 0, 1)
    array(0.05)
    """
    array = _float_array(name, values)
    inside = (array > low) & (array < high) if open_ends else (array >= low) & (array <= high)
    if not inside.all():
        ends = f"({low:g}, {high:g})" if open_ends else f"[{low:g}, {high:g}]"
        raise ValueError(f"{name}: got {array[~inside].flat[0]:.6g}, expected a value in {ends}")
    return array


def nonnegative(name: str, values: ArrayLike) -> np.ndarray:
    """Return ``values`` as floats, none below zero (infinity allowed).

    Examples
    --------
    >>> nonnegative("kappa", 0)
    array(0.)
    """
    return threshold(name, values, least=0.0)


def positive(name: str, values: ArrayLike) -> np.ndarray:
    """Return ``values`` as floats above zero (infinity allowed).

    Examples
    --------
    >>> positive("B", 2)
    array(2.)
    """
    return threshold(name, values, least=0.0, strict=True)


def alarm(delta: ArrayLike) -> np.ndarray:
    """Return a probability of failure in ``(0, 1]``.

    Examples
    --------
    >>> alarm(1)
    array(1.)
    """
    return share("delta", delta)


def count(name: str, value: int, *, least: int = 1) -> int:
    """Return ``value`` as an int that is at least ``least``.

    Examples
    --------
    >>> count("H", 8)
    8
    """
    if isinstance(value, bool) or int(value) != value or value < least:
        raise ValueError(f"{name}: got {value!r}, expected a whole number >= {least}")
    return int(value)


def share(name: str, values: ArrayLike) -> np.ndarray:
    """Return ``values`` as floats in ``(0, 1]``.

    Examples
    --------
    >>> share("delta", 0.0)
    Traceback (most recent call last):
    ...
    ValueError: delta: got 0, expected a value in (0, 1]
    """
    array = in_range(name, values, 0, 1)
    if (array == 0).any():
        raise ValueError(f"{name}: got 0, expected a value in (0, 1]")
    return array


def same_shape(**arrays: np.ndarray) -> None:
    """Raise unless all keyword arrays have one shape.

    Examples
    --------
    >>> same_shape(p=np.ones(2), q=np.ones(3))
    Traceback (most recent call last):
    ...
    ValueError: shapes differ: p (2,), q (3,)
    """
    if len({np.shape(a) for a in arrays.values()}) > 1:
        raise ValueError("shapes differ: " + ", ".join(f"{k} {np.shape(a)}" for k, a in arrays.items()))


def _float_array(name: str, values: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected numbers, got {type(values).__name__} ({error})") from None


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])
