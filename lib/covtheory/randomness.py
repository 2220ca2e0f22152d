"""One number seeds the whole collection: ``COVTHEORY_SEED`` (default 0)."""

import os

import numpy as np

from covtheory.validation import count

VARIABLE = "COVTHEORY_SEED"


def seed() -> int:
    """Return the collection's seed.

    Raises
    ------
    ValueError
        If ``COVTHEORY_SEED`` is set to something that is not a whole number >= 0.

    Examples
    --------
    >>> seed() >= 0
    True
    """
    text = os.environ.get(VARIABLE, "0")
    if not text.isdecimal():
        raise ValueError(f"{VARIABLE}: got {text!r}, expected a whole number >= 0")
    return int(text)


def generator(notebook: int, k: int) -> np.random.Generator:
    """Return the generator of experiment ``k`` of a notebook; experiments never share a stream.

    Examples
    --------
    >>> generator(1, 0).integers(10) == generator(1, 0).integers(10)
    np.True_
    """
    return np.random.default_rng([seed(), count("notebook", notebook), count("k", k, least=0)])
