"""Every notebook, strictly, under every arithmetic that this machine can imitate: the proof that verdicts travel."""

import json
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbval.kernel import CURRENT_ENV_KERNEL_NAME

from claimcheck import files
from claimcheck.arithmetic import AS_IT_COMES, THREADS
from claimcheck.gate.contract import notebooks
from claimcheck.gate.environment import ARITHMETIC, environment
from claimcheck.gate.pictures import unlike
from claimcheck.gate.runner import Run, profile, run_notebook
from claimcheck.gate.update import OwnKernel
from claimcheck.gate.worker import Workers, cores, stop_all
from claimcheck.kernel import perturbed
from claimcheck.kernel.preparation import PERTURB

ELSEWHERE = ("ARM", "macOS", "musl", "Windows", "x86-64 Linux")
"""Platforms that no variable imitates: continuous integration runs the collection on them (.github/workflows)."""

MOST = 6
"""Lines of a difference that are shown."""


@dataclass(frozen=True)
class Variant:
    """One way to compute. ``missing`` says why this machine cannot, and is empty if it can."""

    name: str
    meaning: str
    variables: dict[str, str]
    missing: str = ""


def variants(seen: dict) -> list[Variant]:
    """Return the variants in the order in which they run; the first is the reference.

    Parameters
    ----------
    seen : dict
        What a kernel told that computes as it comes (:func:`claimcheck.kernel.probe.told`).

    Examples
    --------
    >>> told = {"loops": ["AVX512F", "AVX2"], "blas": ["openblas"]}
    >>> [v.variables.get("NPY_DISABLE_CPU_FEATURES") for v in variants(told) if v.name in ("avx2", "sse")]
    ['AVX512F', 'AVX512F AVX2']
    """
    free = {AS_IT_COMES: "as-it-comes"}
    alone = {**free, **dict.fromkeys(THREADS, "1")}
    intel = platform.machine().lower() in ("x86_64", "amd64")
    wide = [name for name in seen["loops"] if name.startswith(("AVX512", "AVX10")) or name == "X86_V4"]
    narrow = {"NPY_DISABLE_CPU_FEATURES": " ".join(wide)}
    base = {"NPY_DISABLE_CPU_FEATURES": " ".join(seen["loops"])}
    foreign = "" if intel else f"this processor is {platform.machine()}, not x86-64"
    blas = foreign or ("" if seen["blas"] == ["openblas"] else f"BLAS is {', '.join(seen['blas']) or 'unknown'}")
    no_wide = foreign or ("" if wide else "this processor has no AVX-512")
    no_loops = foreign or ("" if seen["loops"] else "numpy has no loops beyond the baseline here")
    avx2 = "" if {"AVX2", "X86_V3"} & set(seen["loops"]) else "this processor has no AVX2"
    glibc = "" if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc" else "needs Linux with glibc"
    return [
        Variant("shipped", "as kernels are started", {}),
        Variant("unpinned", "what this machine chooses", free),
        Variant("avx2", "numpy's loops limited to AVX2", alone | narrow, no_wide),
        Variant("sse", "numpy's baseline loops", alone | base, no_loops),
        Variant("zen", "BLAS kernels of AMD Zen", alone | {"OPENBLAS_CORETYPE": "Zen"}, blas or avx2),
        Variant("skylakex", "BLAS kernels with AVX-512", alone | {"OPENBLAS_CORETYPE": "SkylakeX"}, blas or no_wide),
        Variant("nehalem", "BLAS kernels of 2008", alone | {"OPENBLAS_CORETYPE": "Nehalem"}, blas),
        Variant("sse-nehalem", "both of the oldest", alone | base | {"OPENBLAS_CORETYPE": "Nehalem"}, no_loops or blas),
        Variant("no-fma", "the C library's functions without FMA",
                alone | {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-FMA4"}, foreign or glibc),
        Variant("two-threads", "two threads of BLAS", free | dict.fromkeys(THREADS, "2"),
                "" if (os.cpu_count() or 1) > 1 else "this machine has one core"),
        Variant("perturbed", f"functions and products off by up to {perturbed.ULP} ulp", alone | {PERTURB: "1"},
                perturbed.available()),
    ]


def platforms(root: Path, only: str | None = None, names: list[str] | None = None, workers: int | None = None) -> int:
    """Run the notebooks strictly under each variant, a line each; return 0 only if all that ran are green.

    Nothing is read from or written to the cache of verdicts.

    Parameters
    ----------
    only : str, optional
        Two digits: this notebook alone.
    names : list of str, optional
        These variants alone; the first of all is the reference of the digits in any case.
    """
    workers = workers or cores()
    try:
        paths = notebooks(root, only)
        with files.scratch(root) as scratch:
            return _platforms(root, paths, names, workers, Path(scratch))
    except ValueError as error:
        print(f"platforms: {error}", file=sys.stderr)
        return 1


def _platforms(root, paths, names, workers, scratch):
    with computing({AS_IT_COMES: "as-it-comes"}):
        offered = variants(probe(root, scratch / "as-it-comes"))
    if unknown := sorted(set(names or ()) - {variant.name for variant in offered}):
        raise ValueError(f"no variant {unknown[0]!r}; there are {', '.join(v.name for v in offered)}")
    chosen = [variant for variant in offered if not names or variant.name in names]
    digits, red = {"shipped": _digits(root, offered[0], scratch)}, 0
    print(f"{len(paths)} notebooks, {len(chosen)} variants, {workers} workers", flush=True)
    for number, variant in enumerate(chosen, start=1):
        head = f"[{number}/{len(chosen)}] {variant.name:<12} {variant.meaning:<45}"
        if variant.missing:
            print(f"{head} skipped: {variant.missing}", flush=True)
            continue
        started = time.perf_counter()
        digits[variant.name] = digits.get(variant.name) or _digits(root, variant, scratch)
        with computing(variant.variables):
            runs = strict(root, paths, workers, scratch / variant.name)
        paths = [path for _, path in sorted(zip(runs, paths, strict=True), key=lambda pair: -pair[0].seconds)]
        failed = [run for run in runs if not run.passed]
        red += bool(failed)
        verdict = f"RED in {len(failed)} of {len(runs)}" if failed else "green"
        print(f"{head} {verdict}; {effect(variant.name, digits)}; {time.perf_counter() - started:.0f} s", flush=True)
        for line in (f"    {run.notebook}: {line}" for run in runs for line in first_difference(run)):
            print(line, flush=True)
        if count := sum(len(run.warnings) for run in runs):
            print(f"    {count} warnings of dependencies, for example {next(w for r in runs for w in r.warnings)}")
        if count := sum(run.unseen for run in runs):
            print(f"    {count} pictures NOT compared: {'; '.join(unlike(root / 'requirements.txt'))}")
    able = [variant for variant in chosen if not variant.missing]
    print(f"{len(able) - red} of {len(able)} variants green, {len(chosen) - len(able)} skipped; "
          f"not imitated here: {', '.join(elsewhere())}")
    return 1 if red or not able else 0


@contextmanager
def computing(variables: dict[str, str]) -> Iterator[None]:
    """Set the variables of a variant, and drop those of the caller that choose an arithmetic; put all back after."""
    kept = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith(ARITHMETIC)]:
            del os.environ[name]
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def strict(root: Path, paths: list[Path], workers: int, scratch: Path) -> list[Run]:
    """Run notebooks strictly, several at a time, in the order given; an interruption ends their kernels too."""
    scratch.mkdir(parents=True)
    with Workers() as chosen, ThreadPoolExecutor(max(1, min(workers, len(paths)))) as pool:
        futures = [pool.submit(run_notebook, root, path, 0, scratch, workers=chosen) for path in paths]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise


def probe(root: Path, scratch: Path) -> dict:
    """Ask a kernel, started as those of the notebooks are, what it computes with (:mod:`claimcheck.kernel.probe`)."""
    cell = nbformat.v4.new_code_cell("from claimcheck.kernel.probe import told; print(told())")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    client = NotebookClient(notebook, timeout=120, kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_manager_class=OwnKernel,
                            resources={"metadata": {"path": root}})
    client.execute(env=environment(root, 0, profile(scratch)), stderr=subprocess.DEVNULL)
    return json.loads("".join(output.text for output in notebook.cells[0].outputs if output.get("name") == "stdout"))


def effect(name: str, digits: dict[str, dict[str, str]]) -> str:
    """Say how a variant's digits differ from the reference's, and whether they are those of an earlier variant.

    Examples
    --------
    >>> effect("b", {"shipped": {"exp": "1", "log": "2"}, "b": {"exp": "1", "log": "3"}})
    '1 of 2 functions differ from shipped'
    >>> effect("c", {"shipped": {"exp": "1"}, "b": {"exp": "2"}, "c": {"exp": "2"}})
    'no effect beyond b'
    """
    for other, found in digits.items():
        if other == name:
            break
        if found == digits[name]:
            return f"no effect beyond {other}"
    differ = sum(digits["shipped"].get(key) != value for key, value in digits[name].items())
    return f"{differ} of {len(digits[name])} functions differ from shipped" if name != "shipped" else "the reference"


def first_difference(run: Run) -> list[str]:
    """Return, for each cell of a run that failed, which it is and the first difference that it names."""
    if run.passed:
        return []
    cases = ET.fromstring(run.junit).iter("testcase") if run.junit else ()
    found = [f"{case.get('name')}: {_told(failure)}" for case in cases for failure in (*case.iter("failure"),
                                                                                      *case.iter("error"))]
    return found or [(run.output.strip().splitlines() or ["no output"])[-1]]


def elsewhere() -> list[str]:
    """Return the platforms that are not this machine's."""
    here = {"Linux": "x86-64 Linux", "Darwin": "macOS"}.get(platform.system(), platform.system())
    arm = platform.machine().lower() in ("arm64", "aarch64")
    here = {"ARM"} | ({here} - {"x86-64 Linux"}) if arm else {here}
    return [name for name in ELSEWHERE if name not in here]


def _digits(root, variant, scratch):
    with computing(variant.variables):
        return probe(root, scratch / f"probe-{variant.name}")["digits"]


def _told(failure):
    """What nbval says of a cell, without the cell's source: the first lines, as many as name a difference."""
    said = failure.text or failure.get("message") or ""
    lines = [line.strip() for line in said.rpartition("Traceback:")[2].splitlines()]
    return " | ".join([line for line in lines if line][:MOST])[:500]
