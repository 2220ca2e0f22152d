"""Every notebook at many seeds, as tasks of Dask distributed: on this machine, or wherever a scheduler has workers."""

import json
import logging
import platform
import signal
import sys
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from pathlib import Path

from claimcheck import files
from claimcheck.files import write_text
from claimcheck.gate import cache
from claimcheck.gate.campaign_report import failed, findings, markdown, near, text
from claimcheck.gate.contract import breaches, notebooks
from claimcheck.gate.environment import foreign
from claimcheck.gate.platforms import first_difference
from claimcheck.gate.runner import run_notebook
from claimcheck.gate.worker import cores, stop_all
from claimcheck.record import GOOD
from claimcheck.register import RegisterError, load_register

KEPT = "campaign"
"""Folder of the results under build/, one file a notebook, seed and fingerprint."""

WAIT = 20
"""Seconds that a scheduler has to answer."""


def campaign(root: Path, seeds: range, only: str | None = None, scheduler: str | None = None,
             workers: int | None = None) -> int:
    """Run every notebook at every seed, keep each result as it comes, and report; return the exit status.

    The status is 0 only if every run gave its verdicts and no claim ever failed. What an earlier campaign found with
    the same notebooks, library, data, packages and machine is not run again. Outputs under build/: ``campaign.md`` and
    ``campaign.json``.

    Parameters
    ----------
    seeds : range
        Claims are judged, text is not compared, at seed 0 neither.
    only : str, optional
        Two digits: this notebook alone.
    scheduler : str, optional
        Address of a running scheduler. Its workers must see the folder of the collection under the same path, and run
        in an environment where this library is installed from it. Default: a cluster of processes on this machine.
    workers : int, optional
        How many processes of one thread that cluster has (default: one a core).
    """
    try:
        from distributed import Client
    except ImportError:
        return _stop("Dask distributed is not installed: pip install -r requirements/campaign.txt")
    try:
        register, paths = load_register(root), notebooks(root, only)
    except (ValueError, RegisterError) as error:
        return _stop(str(error))
    found = [line for line in (foreign(root),) if line]
    found += [f"notebooks/{path.name}: {line}" for path in paths for line in breaches(path, register)]
    if found or not paths:
        return _stop("\n".join(found) or f"no notebooks in {root / 'notebooks'}")
    store, results, todo = root / "build" / KEPT, [], {}
    for seed in seeds:
        for path, key in cache.fingerprints(root, paths, seed).items():
            place = store / f"{path.stem[:2]}-{seed}-{key[:16]}.json"
            if kept := _read(place):
                results.append(kept)
            else:
                todo[path, seed] = place
    print(f"{len(paths)} notebooks at {len(seeds)} seeds: {len(results)} of {len(paths) * len(seeds)} runs are kept "
          "from before", flush=True)
    if todo:
        try:
            with _cluster(scheduler, workers) as address, Client(address, timeout=WAIT) as client:
                results += _run(client, root, todo, results)
        except (OSError, ValueError) as error:
            return _stop(f"no scheduler answers at {scheduler}: {error}" if scheduler else str(error))
    report = findings(results, len(paths) * len(seeds), seeds)
    write_text(root / "build" / "campaign.json", json.dumps(report, indent=1) + "\n")
    write_text(root / "build" / "campaign.md", markdown(report))
    print("\n" + text(report) + "\nreport: build/campaign.md, build/campaign.json")
    return 1 if report["failed"] or report["without verdict"] else 0


def task(root: str, path: str, seed: int) -> dict:
    """Run one notebook at one seed, on a worker; return its verdicts.

    Raises
    ------
    FileNotFoundError
        If this worker does not see the notebook under this path.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"the worker on {platform.node()} does not see {path}: workers need the collection "
                                "under the same path")
    with files.scratch(Path(root)) as scratch:
        run = run_notebook(Path(root), Path(path), seed, Path(scratch), verdicts=True)
    sound = run.passed or any(record["status"] not in GOOD for record in run.records)
    return {"notebook": run.notebook, "seed": seed, "seconds": round(run.seconds, 1), "records": run.records,
            "without verdict": "" if sound else "; ".join(first_difference(run))[:500]}


@contextmanager
def _cluster(scheduler, workers):
    """Yield the address of a scheduler: the given one, or that of a cluster of this machine, which then ends.

    The processes of that cluster ignore Ctrl-C: this one hears it, ends their runs, then them.
    """
    from distributed import LocalCluster

    if scheduler:
        yield scheduler
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        cluster = LocalCluster(n_workers=workers or cores(), threads_per_worker=1, processes=True,
                               memory_limit=None, dashboard_address=":0", silence_logs=logging.CRITICAL)
    finally:
        signal.signal(signal.SIGINT, heard)
    with cluster:
        yield cluster.scheduler_address


def _run(client, root, todo, earlier):
    """Submit all that is to do, store what comes as it comes, and tell; an interruption ends the runs under way."""
    from distributed import as_completed

    futures = {client.submit(task, str(root), str(path), seed, pure=False, priority=-number): (path, seed)
               for number, (path, seed) in enumerate(todo)}
    seconds, results, started = defaultdict(list), [], time.perf_counter()
    for result in earlier:
        seconds[result["notebook"]].append(result["seconds"])
    waiting = dict.fromkeys(futures.values())
    try:
        for future in as_completed(list(futures)):
            path, seed = futures[future]
            del waiting[path, seed]
            if future.status == "finished":
                result = future.result()
            else:
                result = {"notebook": path.stem, "seed": seed, "seconds": 0.0, "records": [],
                          "without verdict": f"{type(future.exception()).__name__}: {future.exception()}"}
            if not result["without verdict"]:
                write_text(todo[path, seed], json.dumps(result))
                seconds[result["notebook"]].append(result["seconds"])
            results.append(result)
            future.release()
            workers = max(1, sum(client.nthreads().values()))
            print(f"[{len(results)}/{len(todo)}] notebook {path.stem[:2]}, seed {seed}: {_said(result)} in "
                  f"{result['seconds']:.0f} s; {_left(waiting, seconds, workers)} (elapsed "
                  f"{time.perf_counter() - started:.0f} s)", flush=True)
    except BaseException:
        with suppress(Exception):  # where the scheduler itself is gone, there is nothing left to end
            client.cancel(list(futures))
            client.run(stop_all)
        print(f"\ncampaign: {len(results)} runs more are kept; the same command goes on from here", file=sys.stderr)
        raise
    return results


def _said(result):
    if result["without verdict"]:
        return f"NO VERDICT ({result['without verdict']})"
    bad, close = failed(result), near(result)
    told = [f"FAILED {', '.join(sorted({line['claim'] for line in bad}))}"] if bad else ["all claims hold"]
    return "; ".join(told + [f"{len(close)} checks nearly failed"] * bool(close))


def _left(waiting, seconds, workers):
    """Time left: the mean of each notebook that is waiting, or of all, shared by the workers."""
    if not waiting:
        return "done"
    every = [value for values in seconds.values() for value in values] or [30.0]
    typical = sum(every) / len(every)
    mean = {name: sum(values) / len(values) for name, values in seconds.items()}
    left = sum(mean.get(path.stem, typical) for path, _ in waiting) / workers
    return f"about {left / 3600:.1f} h left" if left > 5400 else f"about {max(1, round(left / 60))} min left"


def _read(place):
    """Return a kept result; a damaged one counts as none."""
    try:
        result = json.loads(place.read_text(encoding="utf-8"))
        return result if {"notebook", "seed", "seconds", "records"} <= set(result) else None
    except (OSError, ValueError, TypeError):
        return None


def _stop(message: str) -> int:
    print(f"\ncampaign: {message}", file=sys.stderr)
    return 1
