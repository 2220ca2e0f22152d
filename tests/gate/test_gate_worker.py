"""One process runs notebooks one after the other; each with its own environment, and none outlives the run."""

import os
import signal

import pytest

from claimcheck.gate import worker
from claimcheck.gate.environment import environment
from claimcheck.gate.worker import Workers, stop_all

TELL = "import os\ndef test():\n    print('told', os.getpid(), os.environ.get('MINE'))\n"
DIE = "import os\ndef test():\n    print('last words', flush=True)\n    os._exit(7)\n"


@pytest.fixture
def run(tmp_path):
    """Runs a file of tests in a worker; returns the exit status and what was printed."""
    def call(workers, source, **changes):
        (tmp_path / "test_it.py").write_text(source)
        variables = {**environment(tmp_path, 0, tmp_path), **changes}
        arguments = ["-q", "-s", "-p", "no:cacheprovider", "--assert=plain", "-c", os.devnull,
                     str(tmp_path / "test_it.py")]
        status = workers.run(arguments, variables, tmp_path, tmp_path / "out.txt")
        return status, (tmp_path / "out.txt").read_text()
    return call


def told(said):
    return next(line.split()[-2:] for line in said.splitlines() if "told" in line)


def test_a_second_run_has_the_process_of_the_first_and_an_environment_of_its_own(run):
    with Workers() as workers:
        (one, first), (two, second) = (run(workers, TELL, MINE=name) for name in ("a", "b"))
        (pid, a), (again, b) = told(first), told(second)
        assert (one, two, a, b) == (0, 0, "a", "b")
        assert pid == again
        assert told(run(workers, TELL)[1]) == [pid, "None"]


def test_what_a_process_heeds_at_its_start_gets_a_new_one(run):
    with Workers() as workers:
        pids = {told(run(workers, TELL, PYTHONHASHSEED=seed)[1])[0] for seed in ("0", "1", "1")}
    assert len(pids) == 2


def test_a_worker_that_dies_is_a_failure_and_the_next_run_has_another(run):
    with Workers() as workers:
        status, said = run(workers, DIE)
        assert status == 7
        assert "last words" in said
        assert run(workers, TELL)[0] == 0


def test_a_failing_test_is_told_by_the_status(run):
    with Workers() as workers:
        assert run(workers, "def test():\n    assert 0")[0] == 1


def test_no_worker_is_left(run):
    with Workers() as workers:
        pid = int(told(run(workers, TELL)[1])[0])
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not worker._LIVE


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_all_can_be_stopped(run):
    with Workers() as workers:
        run(workers, TELL)
        (process,) = worker._LIVE
        stop_all()
        assert process.wait(timeout=20) == -signal.SIGTERM
        assert run(workers, TELL)[0] == 0
