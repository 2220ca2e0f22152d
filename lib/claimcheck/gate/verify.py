"""The collection's main job: run every notebook under strict nbval and print every claim's verdict."""

import importlib
import json
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import matplotlib.font_manager  # builds the font cache once, here, instead of in the first kernel's stderr

from claimcheck import files
from claimcheck import ledger as ledgers
from claimcheck.configuration import configuration
from claimcheck.gate import cache
from claimcheck.gate.contract import breaches, notebooks, strays
from claimcheck.gate.diagnosis import diagnose
from claimcheck.gate.environment import as_it_comes, foreign
from claimcheck.gate.pictures import unlike
from claimcheck.gate.report import html, table
from claimcheck.gate.runner import Run, merge_junit, run_notebook
from claimcheck.gate.worker import Workers, cores, stop_all
from claimcheck.register import RegisterError, load_register

assert matplotlib.font_manager.fontManager

SECONDS = "seconds.json"
"""How long each notebook took last time, under build/: the longest start first, so that the workers end together."""


def verify(root: Path, only: str | None = None, seed: int = 0, fresh: bool = False, workers: int | None = None) -> int:
    """Run the notebooks, print progress and the table of claims, write the reports; return the exit status.

    The status is 0 only if every notebook passed and every claim holds, or is refuted as printed with a correction
    that holds. Outputs under build/: ``ledger*.json`` (only if all is well), ``junit*.xml`` and ``report*.html``
    (always); ``*`` is empty for a full run at seed 0, and names the notebook, the seed and an unpinned arithmetic
    otherwise. Runs at once do not disturb each other; where the operating system refuses a file, the run says so and
    the last good ledger stays.
    """
    try:
        return _verify(root, only, seed, fresh or as_it_comes(), workers or cores())
    except OSError as error:
        return _stop(f"{files.refusal(error)}\nthe last good ledger is untouched")


def _verify(root, only, seed, fresh, workers):
    started, build = time.perf_counter(), root / "build"
    try:
        register = load_register(root)
        paths = notebooks(root, only)
    except ValueError as error:
        return _stop(str(error))
    found = [line for line in (foreign(root), *strays(root)) if line]
    found += [] if paths else [f"no notebooks in {root / 'notebooks'}"]
    found += [f"notebooks/{path.name}: {line}" for path in paths for line in breaches(path, register)]
    if found:
        return _stop("\n".join(found))
    with files.scratch(root) as scratch:
        runs, changed = _run_all(root, paths, seed, fresh, workers, started, Path(scratch))
    suffix = (f"-{paths[0].name[:2]}" if only else "") + (f"-seed{seed}" if seed else "")
    suffix += "-as-it-comes" if as_it_comes() else ""
    ledgers.write_text(build / f"junit{suffix}.xml", merge_junit([run.junit for run in runs]))
    failed = {path: run for path, run in zip(paths, runs, strict=True) if not run.passed}
    for run in failed.values():
        print(f"\n--- {run.notebook} ---\n{run.output.strip()}", file=sys.stderr)
    problems = [line for path, run in failed.items() for line in diagnose(run, path, seed)] + changed
    problems += [f"{run.notebook}: reads {name}, which a kept verdict would outlive: it must lie in a folder or "
                 "package that [tool.claimcheck] names under data or packages"
                 for run in runs for name in cache.unforeseen(root, run.opened)]
    try:
        numbers = [path.name[:2] for path in paths] if only else None
        ledger = ledgers.collect([record for run in runs for record in run.records], register, numbers,
                                 configuration(root).name)
    except RegisterError as error:
        return _stop("\n".join([*problems, str(error), "the last good ledger is untouched"]))
    told = " ".join(problems)
    problems += [line for line in ledgers.faults(ledger) if line.split(":")[0] not in told]
    if not seed and not problems:
        problems += _stale(root, ledger, numbers)
    if not seed and not problems and not only and (hook := configuration(root).stale):
        module, _, function = hook.partition(":")
        problems += [f"{line} (run make update)" for line in getattr(importlib.import_module(module), function)(root)]
    print("\n" + table(ledger))
    ledgers.write_text(build / f"report{suffix}.html", html(ledger, problems, seed, configuration(root).title))
    if told := [f"notebook {run.notebook[:2]}: {line}" for run in runs for line in run.warnings]:
        print(f"{len(told)} warnings of dependencies, which are no difference; the first: {told[0]}")
    elapsed = time.perf_counter() - started
    count = f"{len(runs)} notebook{'s' * (len(runs) != 1)}"
    print(f"{count}, seed {seed}, {elapsed:.0f} s; report: build/report{suffix}.html")
    if count := sum(run.unseen for run in runs):
        print(f"NOT compared: {count} picture{'s' * (count > 1)}: "
              f"{'; '.join(unlike(root / 'requirements.txt')) or 'other versions drew here'}")
    if problems:
        return _stop("\n".join(problems) + "\nthe last good ledger is untouched")
    ledgers.write(ledger, build / f"ledger{suffix}.json")
    return 0


def _run_all(root, paths, seed, fresh, workers, started, scratch) -> tuple[list[Run], list[str]]:
    """Run what the cache does not have, in parallel over notebooks, telling what happens as it happens.

    Returns the runs, and a sentence if what they depend on was changed meanwhile: then they tell of neither state.
    """
    store, width, finished = root / "build" / "cache", max(len(path.stem) for path in paths), 0
    before = time.time()
    keys = cache.fingerprints(root, paths, seed)
    runs = {path: None if fresh else cache.load(store, keys[path]) for path in paths}
    seconds = _seconds(root)

    def tell(path, text):
        elapsed = time.perf_counter() - started
        print(f"[{finished}/{len(paths)}] {path.stem:<{width}}  {text}  (elapsed {elapsed:.0f} s)", flush=True)

    for path in paths:
        if runs[path]:
            finished += 1
            tell(path, "unchanged: reused the verdicts of an earlier run")
    todo = sorted((path for path in paths if not runs[path]), key=lambda path: -seconds.get(path.stem, 1e9))
    if todo:
        names = ", ".join(path.name[:2] for path in todo)
        print(f"[{finished}/{len(paths)}] running {names} with {min(workers, len(todo))} workers", flush=True)
    with Workers() as chosen, ThreadPoolExecutor(min(workers, len(paths))) as pool:
        pending = {pool.submit(run_notebook, root, path, seed, scratch, workers=chosen): path for path in todo}
        try:
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    path = pending.pop(future)
                    run = runs[path] = future.result()
                    seconds[path.stem] = round(run.seconds, 1)
                    same = cache.fingerprints(root, [path], seed)[path] == keys[path]  # not edited while it ran
                    if same and not as_it_comes() and not cache.unforeseen(root, run.opened):
                        cache.store(store, keys[path], run)
                    finished += 1
                    tell(path, f"{'passed' if run.passed else 'FAILED'} in {run.seconds:.1f} s")
        except BaseException:  # interrupted, or refused a file: end the runs too, or leaving would wait for them
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
    if todo:
        ledgers.write_text(root / "build" / SECONDS, json.dumps(seconds, indent=1, sort_keys=True) + "\n")
    return [runs[path] for path in paths], _changed(root, paths, before) if cache.fingerprints(
        root, paths, seed) != keys else []


def _changed(root, paths, before):
    """Return one sentence that names what was written while notebooks ran."""
    there = {f"notebooks/{path.name}": path for path in paths} | cache.inputs(root)
    names = [name for name, path in there.items() if path.stat().st_mtime >= before - 1] or ["something"]
    return [f"{', '.join(names[:3])} changed while the notebooks ran, by one of them or by you: run this again, and "
            "let no notebook write what a notebook reads"]


def _seconds(root):
    """Return how long each notebook took last time; what is missing or damaged is unknown."""
    try:
        found = json.loads((root / "build" / SECONDS).read_text(encoding="utf-8"))
        return {name: float(value) for name, value in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


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
