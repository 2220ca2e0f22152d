"""Which floating-point arithmetic a process computes with, and the reference one that kernels are started with.

Compiled loops and BLAS kernels are chosen by the processor, and their last digits differ. On x86-64 nearly every
machine since 2015 has the AVX2 tier, so kernels start with numpy's loops limited to it and OpenBLAS set to its Haswell
kernels, where these can be had. This is a belt only: nothing stored may depend on it (``make platforms``).
"""

import functools
import os
import platform

import numpy as np
from numpy._core import _multiarray_umath as loops
from threadpoolctl import threadpool_info

from claimcheck.kernel.preparation import PERTURB

AS_IT_COMES = "CLAIMCHECK_ARITHMETIC"
"""Set to ``as-it-comes`` in the environment: kernels keep what the machine, or the caller's environment, chooses."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def pins() -> dict[str, str]:
    """Return the environment variables that give a new process the reference arithmetic, as far as it can be had.

    Examples
    --------
    >>> set(pins()) >= set(THREADS) or os.environ.get(AS_IT_COMES) == "as-it-comes"
    True
    """
    if os.environ.get(AS_IT_COMES) == "as-it-comes":
        return {}
    found = dict.fromkeys(THREADS, "1")
    if platform.machine().lower() in ("x86_64", "amd64"):
        beyond = [name for name in loops.__cpu_dispatch__ if name.startswith(("AVX512", "AVX10")) or name == "X86_V4"]
        if beyond:
            found["NPY_DISABLE_CPU_FEATURES"] = " ".join(beyond)
        if loops.__cpu_features__.get("AVX2"):
            found["OPENBLAS_CORETYPE"] = "Haswell"
    return found


@functools.cache
def arithmetic() -> str:
    """Return what this process computes with: numpy and its loops, BLAS and its kernels, threads, platform, noise.

    Examples
    --------
    >>> arithmetic().startswith("numpy " + np.__version__)
    True
    """
    tiers = [name for name in (*loops.__cpu_baseline__, *loops.__cpu_dispatch__) if loops.__cpu_features__.get(name)]
    blas = [f"{lib['internal_api']} {lib['version']} {lib.get('architecture', '')} x{lib['num_threads']}"
            for lib in threadpool_info() if lib["user_api"] == "blas"]
    noise = [f"perturbed with seed {os.environ[PERTURB]}"] if os.environ.get(PERTURB) else []
    libc = " ".join(platform.libc_ver()).strip() or platform.system()
    return "; ".join([f"numpy {np.__version__} {tiers[-1] if tiers else 'baseline'}", *sorted(set(blas)),
                      f"{platform.machine()} {libc}", *noise])
