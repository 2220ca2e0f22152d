"""Token sequences: the list of all of them, checks of what callers pass, and inverse-cdf draws."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation

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


def check_size(V: int, H: int, n_prompts: int = 1) -> None:
    """Raise ValueError, naming the size, if there are more than ``LARGEST_ENUMERATION`` sequences."""
    if n_prompts * V**H > LARGEST_ENUMERATION:
        size = f"{V**H:.4g}" if V**H < 10**300 else "more than 1e300"
        raise ValueError(
            f"enumeration: V**H = {V}**{H} = {size} responses to {n_prompts} prompts, "
            f"expected at most {LARGEST_ENUMERATION} in total"
        )


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
    weights : ndarray, shape (V, n)
        Non-negative, one column per draw, each with a positive sum (need not be one). Token-major, so that the
        running sums over tokens are additions of contiguous rows.
    u : ndarray, shape (n,)
        Uniforms in [0, 1). A token of weight zero is never drawn.

    Examples
    --------
    >>> draw(np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 0.0]]), np.array([0.6, 0.0])).tolist()
    [2, 1]
    """
    cumulative = np.array(weights, order="C")
    for v in range(1, len(cumulative)):  # whole rows at a time: several times faster than cumsum along this axis
        cumulative[v] += cumulative[v - 1]
    level = np.minimum(u, 1.0 - 2.0**-52) * cumulative[-1]  # strictly below the total after rounding
    return np.sum(cumulative[:-1] <= level, axis=0, dtype=np.intp)


class SequencePolicyBase:
    """Everything a sequence policy offers, from a running state.

    A subclass sets ``H``, ``V``, ``n_prompts`` and defines ``start(x)``, ``step_log_probs(state) -> (n, V)`` and
    ``advance(state, y)``; the state is whatever it needs to know about ``n`` prefixes, and if it is no array of rows,
    ``take`` too.
    """

    H: int
    V: int
    n_prompts: int

    def log_prob(self, y: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
        """Log probability (nats) of sequences ``y`` (n, H), shape (n,)."""
        y = tokens("y", y, self.V, length=self.H)
        total, rows = np.zeros(len(y)), np.arange(len(y))
        for step, column in self._states(y, x):
            total += step[rows, column]
        return total

    def sample(self, rng: np.random.Generator, size: int, x: ArrayLike = 0) -> np.ndarray:
        """Draw ``size`` sequences, shape (size, H), to one prompt or one prompt per draw."""
        size = validation.count("size", size, least=0)
        y = np.empty((size, self.H), dtype=np.intp)
        state = self.start(prompt(x, self.n_prompts, size))
        for h in range(self.H):
            y[:, h] = draw(np.exp(self.step_log_probs(state).T), rng.random(size))
            state = self.advance(state, y[:, h])
        return y

    def enumerate(self, x: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """All sequences (V**H, H), lexicographic, and their log probabilities (V**H,)."""
        check_size(self.V, self.H)
        state, total = self.start(prompt(x, self.n_prompts, 1)), np.zeros(1)
        for h in range(self.H):
            total = (total[:, None] + self.step_log_probs(state)).ravel()
            if h < self.H - 1:
                parents = np.repeat(np.arange(len(total) // self.V), self.V)
                state = self.advance(self.take(state, parents), np.tile(np.arange(self.V), len(total) // self.V))
        return all_sequences(self.V, self.H), total

    def next_token_log_probs(self, prefixes: ArrayLike, x: ArrayLike = 0) -> np.ndarray:
        """Log probabilities (n, V) of the next token after prefixes (n, h), h < H."""
        prefixes = tokens("prefixes", prefixes, self.V)
        if prefixes.shape[1] >= self.H:
            raise ValueError(f"prefixes: length {prefixes.shape[1]}, expected less than H = {self.H}")
        state = self.start(prompt(x, self.n_prompts, len(prefixes)))
        for column in prefixes.T:
            state = self.advance(state, column)
        return self.step_log_probs(state)

    def take(self, state: Any, index: np.ndarray) -> Any:
        """State of the rows ``index``."""
        return state[index]

    def _states(self, y, x):
        state = self.start(prompt(x, self.n_prompts, len(y)))
        for h in range(self.H):
            yield self.step_log_probs(state), y[:, h]
            if h < self.H - 1:
                state = self.advance(state, y[:, h])
