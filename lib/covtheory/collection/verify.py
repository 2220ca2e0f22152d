"""The collection's main job: run every notebook under strict nbval and print every claim's verdict."""

import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import matplotlib.font_manager  # builds the font cache once, here, instead of in the first kernel's stderr

from covtheory.claims import ledger as ledgers
from covtheory.claims.register import RegisterError, load_register
from covtheory.collection import cache
from covtheory.collection.contract import breaches, notebooks
from covtheory.collection.report import html, table
from covtheory.collection.runner import Run, merge_junit, run_notebook, stop_all

assert matplotlib.font_manager.fontManager


def verify(root: Path, only: str | None = None, seed: int = 0, fresh: bool = False, workers: int | None = None) -> int:
    """Run the notebooks, print progress and the table of claims, write the reports; return the exit status.

    The status is 0 only if every notebook passed and every claim holds, or is refuted as printed with a correction
    that holds. Outputs under build/: ``ledger*.json`` (only if all is well), ``junit*.xml`` and ``report*.html``
    (always); ``*`` is empty for a full run at seed 0 and names the notebook and the seed otherwise.
    """
    started, build = time.perf_counter(), root / "build"
    try:
        register = load_register(root)
        paths = notebooks(root, only)
    except ValueError as error:
        return _stop(str(error))
    if not paths:
        return _stop(f"no notebooks in {root / 'notebooks'}")
    if broken := {path.name: found for path in paths if (found := breaches(path, register))}:
        return _stop("\n".join(f"notebooks/{name}: {line}" for name, lines in broken.items() for line in lines))
    runs = _run_all(root, paths, seed, fresh, workers or os.cpu_count() or 1, started)
    suffix = (f"-{paths[0].name[:2]}" if only else "") + (f"-seed{seed}" if seed else "")
    ledgers.write_text(build / f"junit{suffix}.xml", merge_junit([run.junit for run in runs]))
    for run in runs:
        if not run.passed:
            print(f"\n--- {run.notebook} ---\n{run.output.strip()}", file=sys.stderr)
    try:
        numbers = [path.name[:2] for path in paths] if only else None
        ledger = ledgers.collect([record for run in runs for record in run.records], register, numbers)
    except RegisterError as error:
        return _stop(f"{error}\nthe last good ledger is untouched")
    problems = ledgers.faults(ledger) + [f"{run.notebook}: strict nbval failed" for run in runs if not run.passed]
    if not seed and not problems:
        problems += _stale(root, ledger, numbers)
    print("\n" + table(ledger))
    ledgers.write_text(build / f"report{suffix}.html", html(ledger, problems, seed))
    elapsed = time.perf_counter() - started
    print(f"{len(runs)} notebooks, seed {seed}, {elapsed:.0f} s; report: build/report{suffix}.html")
    if problems:
        return _stop("\n".join(problems) + "\nthe last good ledger is untouched")
    ledgers.write(ledger, build / f"ledger{suffix}.json")
    return 0


def _run_all(root, paths, seed, fresh, workers, started) -> list[Run]:
    """Run what the cache does not have, in parallel over notebooks, telling what happens as it happens."""
    build, width = root / "build", max(len(path.stem) for path in paths)
    scratch = build / "runs"
    scratch.mkdir(parents=True, exist_ok=True)
    keys = {path: cache.fingerprint(root, path, seed) for path in paths}
    runs = {path: None if fresh else cache.load(build / "cache", keys[path]) for path in paths}
    finished = 0

    def tell(path, text):
        elapsed = time.perf_counter() - started
        print(f"[{finished}/{len(paths)}] {path.stem:<{width}}  {text}  (elapsed {elapsed:.0f} s)", flush=True)

    for path in paths:
        if runs[path]:
            finished += 1
            tell(path, "unchanged: reused the verdicts of an earlier run")
    with ThreadPoolExecutor(min(workers, len(paths))) as pool:
        pending = {pool.submit(run_notebook, root, path, seed, scratch): path for path in paths if not runs[path]}
        if pending:
            names = ", ".join(path.name[:2] for path in pending.values())
            print(f"[{finished}/{len(paths)}] running {names} with {min(workers, len(pending))} workers", flush=True)
        while pending:
            try:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
            except BaseException:  # interrupted: end the runs too, or leaving this block would wait for them
                pool.shutdown(wait=False, cancel_futures=True)
                stop_all()
                raise
            for future in done:
                path = pending.pop(future)
                run = runs[path] = future.result()
                cache.store(build / "cache", keys[path], run)
                finished += 1
                tell(path, f"{'passed' if run.passed else 'FAILED'} in {run.seconds:.1f} s")
    return [runs[path] for path in paths]


def _stale(root, ledger, numbers):
    """Compare with the committed ledger, so that references/ledger.json never lags behind the notebooks."""
    path = root / "references" / "ledger.json"
    if not path.exists():
        return ["references/ledger.json is missing: run make update"]
    try:
        stored = [e for e in ledgers.read(path)["claims"] if numbers is None or e["notebook"] in numbers]
    except RegisterError as error:
        return [f"references/{error}"]
    found = ledgers.differences(ledger["claims"], stored)
    return [f"references/ledger.json: {line} (run make update)" for line in found]


def _stop(message: str) -> int:
    print(f"\nverify: {message}", file=sys.stderr)
    return 1
