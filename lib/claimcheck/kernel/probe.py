"""A probe of a process's arithmetic: what some forty functions give on fixed arguments, as digests of their bits."""

import hashlib
import json
import math
from collections.abc import Callable
from functools import partial

import numpy as np
import scipy.special
from numpy._core import _multiarray_umath as loops
from threadpoolctl import threadpool_info

from claimcheck.arithmetic import arithmetic

_NUMPY = ("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "tanh",
          "sinh", "arctan", "sum", "cumsum")
_MATH = ("exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "lgamma", "erf")
_SPECIAL = ("expit", "gammaln", "digamma", "erf", "ndtr", "logsumexp")

_X = np.arange(1, 4001) / 1000
_SQUARE = (np.arange(120 * 120) % 97 / 97).reshape(120, 120) + 3 * np.eye(120)
_SYMMETRIC = _SQUARE + _SQUARE.T


def functions() -> dict[str, Callable[[], object]]:
    """Return the probed computations by name.

    Examples
    --------
    >>> float(functions()["numpy.sqrt"]()[999])
    1.0
    """
    found = {f"numpy.{name}": partial(lambda name: getattr(np, name)(_X), name)
             for name in _NUMPY}
    found |= {f"math.{name}": partial(lambda name: [getattr(math, name)(x) for x in _X.tolist()], name)
              for name in _MATH}
    found |= {f"scipy.special.{name}": partial(lambda name: getattr(scipy.special, name)(_X), name)
              for name in _SPECIAL}
    return found | {
        "math.pow": lambda: [math.pow(x, 1.7) for x in _X.tolist()],
        "numpy.power": lambda: _X**1.7,
        "numpy.logaddexp": lambda: np.logaddexp(_X, 1 / _X),
        "numpy.hypot": lambda: np.hypot(_X, 1 / _X),
        "numpy.arcsin": lambda: np.arcsin(_X / 4),
        "numpy.dot": lambda: np.dot(_X, 1 / _X),
        "numpy.matmul": lambda: _SQUARE @ _SQUARE,
        "numpy.matmul, a vector": lambda: _SQUARE @ _X[:120],
        "numpy.einsum": lambda: np.einsum("ij,ij->j", _SQUARE, _SYMMETRIC),
        "numpy.linalg.inv": lambda: np.linalg.inv(_SQUARE),
        "numpy.linalg.eigvalsh": lambda: np.linalg.eigvalsh(_SYMMETRIC),
        "numpy.fft.rfft": lambda: np.fft.rfft(_X),
        "numpy.random, normal": lambda: np.random.default_rng(0).normal(size=4000),
        "numpy.random, gamma": lambda: np.random.default_rng(0).gamma(0.7, size=4000),
        "scipy.special.betainc": lambda: scipy.special.betainc(2.5, 3.5, _X / 4),
        "scipy.special.betaincinv": lambda: scipy.special.betaincinv(2.5, 3.5, _X / 4.001),
        "scipy.special.xlogy": lambda: scipy.special.xlogy(_X, _X),
    }


def digits() -> dict[str, str]:
    """Return a digest of the bits that each function gives here.

    Examples
    --------
    >>> digits() == digits()
    True
    """
    with np.errstate(all="ignore"):
        return {name: hashlib.sha256(np.ascontiguousarray(compute()).tobytes()).hexdigest()[:16]
                for name, compute in functions().items()}


def told() -> str:
    """Return, as JSON, the digests, the arithmetic in words, and what of it can be chosen: loops and BLAS."""
    return json.dumps({
        "digits": digits(), "arithmetic": arithmetic(),
        "loops": [name for name in loops.__cpu_dispatch__ if loops.__cpu_features__.get(name)],
        "blas": sorted({library["internal_api"] for library in threadpool_info() if library["user_api"] == "blas"}),
    })
