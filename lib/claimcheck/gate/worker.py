"""A process that runs notebooks under pytest, one after the other: what pytest needs is imported once, not each time.

Each notebook still has a kernel of its own, with an environment of its own. As a script it reads one request a line and
answers each with pytest's exit status.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_LIVE: set[subprocess.Popen] = set()
_AT_START = ("PYTHON", "LD_", "DYLD_", "GLIBC_", "NPY_", "OPENBLAS_", "OMP_", "MKL_")
"""Beginnings of the variables that a process heeds only when it starts."""


class Workers:
    """The workers of one verification; as many as are asked at once, and none is left when the ``with`` block ends."""

    def __init__(self):
        self._idle: list[tuple[dict, subprocess.Popen]] = []

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_) -> None:
        while self._idle:
            _end(self._idle.pop()[1])

    def run(self, arguments: list[str], environment: dict[str, str], folder: Path, output: Path) -> int:
        """Run pytest with these arguments in a worker that is free, or a new one; return its exit status.

        A worker that dies on the way gives what the system says of it, and is not used again.

        Parameters
        ----------
        environment : dict of str to str
            All variables of the run and its kernel; none is inherited.
        folder : pathlib.Path
            Where it runs.
        output : pathlib.Path
            The file that takes what pytest prints.
        """
        first = {name: value for name, value in environment.items() if name.startswith(_AT_START)}
        process = self._idle_one(first) or _start(environment, folder, output)
        request = {"arguments": arguments, "environment": environment, "output": str(output),
                   "word": secrets.token_hex(8)}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        except BaseException:
            _end(process)
            raise
        word, _, status = answer.partition(" ")
        if answer and word == request["word"]:  # what a notebook writes into the pipe is no answer
            self._idle.append((first, process))
            return int(status)
        _end(process)
        return process.returncode or -1

    def _idle_one(self, first):
        with suppress(IndexError):  # threads share the list
            while True:
                started, process = self._idle.pop()
                if started == first and process.poll() is None:
                    return process
                _end(process)
        return None


def cores() -> int:
    """Return how many cores this process may use, which in a container is not how many there are.

    Examples
    --------
    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def stop_all() -> None:
    """End every worker, together with the kernel it started; for use when interrupted."""
    for process in list(_LIVE):
        with suppress(ProcessLookupError):
            process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGTERM)


def _start(environment, folder, output):
    with open(output, "wb") as errors:  # of the start; then everything goes to the output of the request
        process = subprocess.Popen([sys.executable, "-m", __spec__.name], cwd=folder, env=environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8",
                                   start_new_session=os.name != "nt")
    _LIVE.add(process)
    return process


def _end(process):
    _LIVE.discard(process)
    with suppress(OSError):
        process.stdin.close()  # it reads no further request
    process.wait()
    process.stdout.close()


def serve() -> None:
    """Answer requests from stdin until it ends; what anything prints goes to the file of the request."""
    requests, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    import pytest

    for line in requests:
        request = json.loads(line)
        os.environ.clear()
        os.environ.update(request["environment"])
        tempfile.tempdir = None  # it is looked up again
        target = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        for stream in (1, 2):
            os.dup2(target, stream)
        os.close(target)
        status = int(pytest.main(request["arguments"]))
        sys.stdout.flush()
        sys.stderr.flush()
        answers.write(f"{request['word']} {status}\n")
        answers.flush()


if __name__ == "__main__":
    serve()
