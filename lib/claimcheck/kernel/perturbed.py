"""Another arithmetic that could exist: exp, log, powers, special functions and matrix products, off by a few ulp.

Compiled loops, mathematical libraries and BLAS kernels agree only to the last digits. Here every such function is
replaced by one that differs from it by up to 3 units in the last place, at random but by a fixed rule: the noise is a
hash of the function's name, the arguments' magnitudes and a seed, so that the function stays a function, odd ones stay
odd, symmetric ones symmetric. Matrix products are summed in reverse order, and where that changes a sum, noise is
added. Exact stays exact: integers, numbers with 20 trailing zero bits (so 0, 1, infinities, powers of two) and
products that do not depend on the order. No result leaves its binade: a probability does not exceed one.

numpy's and scipy's ufuncs stay the same objects; the compiled loops for doubles inside them are exchanged (numpy's C
interface ``PyUFunc_ReplaceLoopBySignature``), so ``out=``, ``where=``, ``reduce``, ``isinstance`` and the operators
``**`` and ``@`` on arrays work as before. Not reached: ``float ** float`` and numpy scalars, sums, FFTs, random draws.
"""

import ctypes
import math
import platform
import zlib

import numpy as np
from numpy._core import _multiarray_umath as umath

ULP = 3
"""The largest change, in units of the last place."""

NUMPY = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "logaddexp", "logaddexp2",
         "cbrt", "hypot", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh",
         "arcsinh", "arccosh", "arctanh")
MATH = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "sin", "cos", "tan", "asin", "acos",
        "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "gamma", "lgamma", "erf", "erfc")
SYMMETRIC = ("logaddexp", "logaddexp2", "hypot", "beta", "betaln")

_LOOP = ctypes.CFUNCTYPE(None, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_ssize_t),
                         ctypes.POINTER(ctypes.c_ssize_t), ctypes.c_void_p)
_REPLACE_LOOP = 30
"""Place of PyUFunc_ReplaceLoopBySignature in numpy's table of ufunc functions (its __ufunc_api.h)."""

_FLAGS = 0x1D
"""Invalid, division by zero, overflow, underflow on x86-64: what numpy turns into warnings."""

_kept: list = []


def available() -> str:
    """Return why the perturbed arithmetic cannot be had on this machine; empty if it can.

    Examples
    --------
    >>> "x86-64" in available() or available() == ""
    True
    """
    if platform.system() != "Linux" or platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc":
        return "needs Linux with glibc on x86-64"
    return ""


def perturb(seed: int) -> None:
    """Exchange the functions of this process, once and for all.

    Parameters
    ----------
    seed : int
        Other numbers give other noise.

    Raises
    ------
    RuntimeError
        Where loops of ufuncs cannot be exchanged (see :func:`available`).
    """
    if missing := available():
        raise RuntimeError(f"perturbed arithmetic {missing}")
    import scipy.special

    for name in NUMPY:
        _exchange(getattr(np, name), seed)
    for function in {id(f): f for f in vars(scipy.special).values() if isinstance(f, np.ufunc)}.values():
        _exchange(function, seed)
    _exchange_matmul(seed)
    for name in filter(lambda name: hasattr(math, name), MATH):
        setattr(math, name, _scalar(getattr(math, name), name, seed))
    for name in ("dot", "inner", "vdot", "einsum"):
        changed = _reversed_too(getattr(np, name), name, seed)
        for module in (np, np._core.numeric, np._core.multiarray, np._core.einsumfunc, np.linalg._linalg):
            if hasattr(module, name):
                setattr(module, name, changed)


def noisy(result: np.ndarray, keys: list[np.ndarray], name: str, seed: int) -> np.ndarray:
    """Return doubles moved by up to ``ULP`` units in the last place, chosen by a hash; exact ones as they are.

    Parameters
    ----------
    result : numpy.ndarray of float
        One-dimensional.
    keys : list of numpy.ndarray of float
        The arguments, each as long as ``result``.

    Examples
    --------
    >>> y = noisy(np.array([1.0, 0.1]), [np.array([0.0, 2.0])], "exp", 0)
    >>> y[0] == 1.0, abs(y[1] - 0.1) <= 3 * np.spacing(0.1)
    (np.True_, np.True_)
    """
    bits = np.ascontiguousarray(result).view(np.int64)
    mixed = np.full(bits.shape, zlib.crc32(name.encode()) + (seed << 32), dtype=np.uint64)
    for place, key in enumerate(keys):
        magnitude = np.ascontiguousarray(key).view(np.uint64) & np.uint64(2**63 - 1)
        mixed += _mix(magnitude + np.uint64(0 if name in SYMMETRIC else place))
    moved = bits + (_mix(mixed) % np.uint64(2 * ULP + 1)).astype(np.int64) - ULP
    exact = (bits & 0xFFFFF == 0) | (np.abs(result) < 2.0**53) & (np.rint(result) == result)
    return np.where(exact | (moved >> 52 != bits >> 52) | (np.abs(result) < 2.3e-308), bits, moved).view(np.float64)


def _mix(number):
    """A bijection of 64 bits that spreads every bit over all (the finaliser of splitmix64)."""
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


def _exchange(ufunc, seed):
    """Put noise behind the loop of a ufunc that takes and gives doubles, if it has one."""
    inputs, kind = ufunc.nin, "d" * ufunc.nin + "->" + "d" * ufunc.nout
    if kind not in ufunc.types or ufunc.signature is not None:
        return

    def loop(call, args, n, steps):
        keys = [_strided(args[i], n[0], steps[i]).copy() for i in range(inputs)]
        call()
        for i in range(inputs, ufunc.nargs):
            out = _strided(args[i], n[0], steps[i])
            out[:] = noisy(out, keys, f"{ufunc.__name__}{i - inputs or ''}", seed)

    _replace(ufunc, loop)


def _exchange_matmul(seed):
    """Sum matrix products in reverse order; where that changes a sum, add noise."""
    def loop(call, args, n, steps):
        outer, rows, inner, columns = n[0], n[1], n[2], n[3]
        shape, strides = (outer, rows, columns), (steps[2], steps[7], steps[8])
        out = np.lib.stride_tricks.as_strided(_strided(args[2], 1, 8), shape, strides)
        call()
        if inner < 2:
            return
        plain = out.copy()
        args[0] += (inner - 1) * steps[4]
        args[1] += (inner - 1) * steps[5]
        steps[4], steps[5] = -steps[4], -steps[5]
        call()
        args[0] += (inner - 1) * steps[4]
        args[1] += (inner - 1) * steps[5]
        steps[4], steps[5] = -steps[4], -steps[5]
        out[:] = _where_inexact(plain, out, "matmul", seed)

    _replace(np.matmul, loop)


def _where_inexact(plain, reverse, name, seed):
    """Noise on the entries that depend on the order of summation; the key is the sum and its place."""
    plain, flat = np.ravel(plain), np.ravel(reverse)
    changed = noisy(flat, [flat, np.arange(flat.size, dtype=float)], name, seed)
    return np.where((flat == plain) | ~np.isfinite(flat), plain, changed).reshape(np.shape(reverse))


def _replace(ufunc, change):
    """Exchange the loop for doubles: ``change(call, args, n, steps)`` runs instead and may ``call`` the old one."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(pointer(umath._UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
    kind = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, _LOOP, ctypes.POINTER(ctypes.c_int),
                             ctypes.POINTER(ctypes.c_void_p))
    replace, libm, old = kind(table[_REPLACE_LOOP]), ctypes.CDLL("libm.so.6"), ctypes.c_void_p()

    @_LOOP
    def loop(args, n, steps, data):
        flags = 0

        def call():
            nonlocal flags
            original((ctypes.c_void_p * ufunc.nargs)(*args[:ufunc.nargs]), n, steps, data)  # scipy's advance theirs
            flags |= libm.fetestexcept(_FLAGS)

        change(call, args, n, steps)
        libm.feclearexcept(_FLAGS)
        libm.feraiseexcept(flags)

    signature = (ctypes.c_int * ufunc.nargs)(*[np.dtype(float).num] * ufunc.nargs)
    if replace(ufunc, loop, signature, ctypes.byref(old)) != 0:
        raise RuntimeError(f"{ufunc.__name__}: numpy did not exchange its loop")
    original = _LOOP(old.value)
    _kept.extend((loop, original))


def _strided(address, n, step):
    """View ``n`` doubles in memory, ``step`` bytes apart."""
    first = np.ctypeslib.as_array((ctypes.c_double * 1).from_address(address))
    return np.lib.stride_tricks.as_strided(first, (n,), (step,))


def _scalar(function, name, seed):
    def changed(*args):
        result = function(*args)
        if not isinstance(result, float) or not math.isfinite(result):
            return result
        keys = [np.array([float(arg)]) for arg in args]
        return float(noisy(np.array([result]), keys, f"math.{name}", seed)[0])

    changed.__name__, changed.__doc__ = name, function.__doc__
    return changed


def _reversed_too(function, name, seed):
    """A product of arrays summed in reverse order: flip every axis of every operand, and the result back."""
    def changed(*args, **options):
        plain = function(*args, **options)
        if np.asarray(plain).dtype != float or options.get("out") is not None:
            return plain
        flipped = [np.flip(arg) if isinstance(arg, (np.ndarray, list)) else arg for arg in args]
        out = _where_inexact(plain, np.flip(function(*flipped, **options)), name, seed)
        return out if np.ndim(plain) else np.float64(out)

    changed.__name__, changed.__doc__ = name, function.__doc__
    return changed
