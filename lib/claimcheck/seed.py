"""The run's seed: a run at another seed draws other numbers and must give the same verdicts."""

import os

import numpy as np

VARIABLE = "CLAIMCHECK_SEED"
"""Every run sets it for its kernels."""


def generator(*key: int) -> np.random.Generator:
    """Return a generator of the run's seed and a key of your own: one experiment, one key.

    Raises
    ------
    ValueError
        If the variable is set to something that is not a whole number >= 0.

    Examples
    --------
    >>> generator(1, 2).integers(10) == generator(1, 2).integers(10)
    np.True_
    """
    text = os.environ.get(VARIABLE, "0")
    if not text.isdecimal():
        raise ValueError(f"{VARIABLE}: got {text!r}, expected a whole number >= 0")
    return np.random.default_rng([int(text), *key])
