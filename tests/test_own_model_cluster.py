"""Shards read as tasks of Dask distributed: the same answers as here, and the same complaints."""

import json
import os
import threading

import numpy as np
import own_model_files as files
import pytest
from own_model_files import IDS, SUMS, TEACHER, lines
from test_own_model_cases import refused, run

from covtheory.own_model import cluster as cluster_room
from covtheory.own_model.identity import Seen, digests
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_sample import ProfileSample

RNG = np.random.default_rng(23)
EVERY = np.arange(len(IDS))


@pytest.fixture(scope="module")
def scheduler():
    distributed = pytest.importorskip("distributed", reason="optional: requirements/campaign.txt")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, memory_limit=None, dashboard_address=":0"
    ) as made:
        yield made.scheduler_address


def shards(folder, rows, count):
    """A folder of JSON lines, every other one compressed."""
    folder.mkdir()
    for i in range(count):
        lines(folder / f"part-{i}.jsonl{'.gz' * (i % 2)}", rows[i::count])
    return folder


def scored_rows(order=EVERY):
    """The teacher's rows: prompts of three responses, two sets."""
    return [
        {
            "id": IDS[i],
            "prompt": int(i) // 3,
            "token_log_probs": TEACHER[i],
            "set": "ab"[i % 2],
            "token_kl": [0.1, 0.2],
            "base": "nats",
            "finish_reason": "length" if i % 5 == 0 else "stop",
        }
        for i in order
    ]


def model_rows(order, unit=1.0, base="nats"):
    return [{"id": IDS[i], "log_prob": SUMS[1][i] / unit, "base": base} for i in order]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("shards")
    mixed = [RNG.permutation(EVERY) for _ in range(2)]
    both = [
        row | {"teacher_log_prob": SUMS[0][i], "model_log_prob": SUMS[1][i]} for i, row in enumerate(scored_rows())
    ]
    kept = RNG.random((60, 3))
    return {
        "teacher": shards(top / "teacher", scored_rows(), 4),
        "same": shards(top / "same", model_rows(EVERY), 4),
        "mixed": shards(top / "mixed", model_rows(mixed[0]), 3),
        "bits": shards(top / "bits", model_rows(mixed[1], np.log(2), "bits"), 2),
        "both": shards(top / "both", both, 3),
        "batch": shards(top / "batch", [{"choices": files.chat(t)["choices"] * 2} for t in TEACHER], 2),
        "verdicts": shards(
            top / "verdicts",
            [{"task_id": f"t{i % 7}", "passed": i % 3 == 0, "answer": str(i % 3), "set": "xy"[i % 7 % 2]}
             for i in range(70)],
            3,
        ),
        "counts": shards(top / "counts", [{"n": 8, "c": i % 9} for i in range(20)], 3),
        "scores": shards(
            top / "scores",
            [{"id": i, "prompt": i // 2, "base": "bits", "a": -3 - x, "b": -4 - y, "c": -3.5 - z}
             for i, (x, y, z) in enumerate(kept.tolist())],
            3,
        ),
    }


CASES = [
    ("profile", "both"),
    ("profile", "both", "--by", "set"),
    ("profile", "teacher", "--model", "same"),
    ("profile", "teacher", "--model", "mixed"),
    ("profile", "teacher", "--model", "same", "--model", "bits"),
    ("profile", "teacher", "--model", "mixed", "--by", "set"),
    ("passk", "verdicts", "--answer", "answer", "--by", "set"),
    ("passk", "verdicts", "--against", "verdicts"),
    ("passk", "counts"),
    ("tournament", "scores"),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_cluster_gives_the_same_answers(case, folders, scheduler, capsys):
    arguments = [folders.get(word, word) for word in case]
    status, here, _ = run(capsys, *arguments, "--json")
    assert status == 0
    status, there, complaint = run(capsys, *arguments, "--json", "--scheduler", scheduler)
    assert (status, complaint) == (0, "")
    same(there, here)


def same(there, here):
    """The same facts; sums in another order may differ in their last digits."""
    assert type(there) is type(here)
    if isinstance(here, dict):
        assert there.keys() == here.keys()
        for key, value in here.items():
            same(there[key], value)
    elif isinstance(here, list):
        assert len(there) == len(here)
        for pair in zip(there, here, strict=True):
            same(*pair)
    elif isinstance(here, float):
        assert there == pytest.approx(here, rel=1e-9, abs=1e-12)
    else:
        assert there == here


@pytest.mark.slow
def test_a_cluster_refuses_what_is_refused_here(folders, scheduler, tmp_path, capsys):
    rows = model_rows(EVERY)
    rows[7]["log_prob"] = 0.5
    wrong = shards(tmp_path / "wrong", rows, 4)
    there = ["--scheduler", scheduler]
    for more in ([], there):
        refused(capsys, r"part-3.jsonl.gz, line 2: .*positive", "profile", folders["teacher"], "--model", wrong, *more)
    lost = shards(tmp_path / "lost", model_rows(EVERY[:-1]), 2)
    refused(capsys, "id 'r47' is not in part-0", "profile", folders["teacher"], "--model", lost, *there)
    left = shards(tmp_path / "left", scored_rows(EVERY[:-1]), 2)
    refused(capsys, "id 'r47' is not in the teacher's", "profile", left, "--model", folders["same"], *there)
    twice = [row | {"teacher_log_prob": -5.0, "model_log_prob": -6.0} for row in scored_rows()]
    again = shards(tmp_path / "again", [*twice, twice[2]], 7)
    for more in ([], there):
        refused(capsys, "1 rows have the id of an earlier row", "profile", again, *more)
    counts = shards(tmp_path / "counts", [{"task_id": i % 3, "n": 4, "c": i} for i in range(4)], 2)
    refused(capsys, "1 values of 'task_id' are in an earlier file too: .*--add-up", "passk", counts, *there)
    refused(capsys, "--match order", "profile", folders["teacher"], "--model", folders["same"], "--match", "order",
            *there)
    odd = shards(tmp_path / "odd", [{"a": -1.5, "b": -2, "c": -1.0 * i} for i in range(1, 9)], 2)
    refused(capsys, "'a' and 'b' and 'c' holds whole numbers", "tournament", odd, *there)
    os.mkfifo(tmp_path / "pipe.jsonl")
    threading.Thread(target=(tmp_path / "pipe.jsonl").write_text, args=('{"n": 8, "c": 1}\n',)).start()
    refused(capsys, "cannot be read by workers", "passk", tmp_path / "pipe.jsonl", *there)
    unnamed = ["profile", folders["batch"], "--model", folders["batch"], "--json"]
    refused(capsys, "id is missing", *unnamed, *there)


def test_without_dask_or_a_scheduler_a_sentence_says_so(tmp_path, capsys, monkeypatch):
    (tmp_path / "p.csv").write_text("n,c\n8,1\n")
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    refused(capsys, "needs Dask distributed", "passk", tmp_path / "p.csv", "--scheduler", "local")
    monkeypatch.undo()
    pytest.importorskip("distributed", reason="optional: requirements/campaign.txt")
    monkeypatch.setattr(cluster_room, "WAIT", "1s")
    refused(capsys, "nobody answers at tcp://127.0.0.1:9", "passk", tmp_path / "p.csv", "--scheduler",
            "tcp://127.0.0.1:9")


# ---- what is merged


def test_samples_merge_exact_and_rounded():
    values = np.round(RNG.normal(1, 2, 900), 3)
    whole, parts = ProfileSample([4.0], 300), [ProfileSample([4.0], 300) for _ in range(3)]
    for i, part in enumerate(np.split(values, [100, 350])):  # the last is rounded before it is merged
        parts[i].add(np.zeros(len(part)), -part, np.abs(part), [j % 7 for j in range(len(part))])
        whole.add(np.zeros(len(part)), -part, np.abs(part), [j % 7 for j in range(len(part))])
    for part in parts[1:]:
        parts[0].absorb(part)
    a, b = parts[0].estimate(), whole.estimate()
    np.testing.assert_array_equal(a.values, b.values)
    np.testing.assert_array_equal(a.counts, b.counts)
    assert (a.rounded, a.draws, a.kl, a.token_kl, a.stopped) == (b.rounded, b.draws, b.kl, b.token_kl, b.stopped)
    np.testing.assert_array_equal(a.by_prompt.limits, b.by_prompt.limits)


def test_names_seen_in_two_places_are_found_beyond_what_is_held(monkeypatch):
    from covtheory.own_model import identity

    monkeypatch.setattr(identity, "HELD", 64)
    parts = [Seen(hashing=digests) for _ in range(3)]
    for i, part in enumerate(parts):
        for start in range(0, 200, 50):
            part.add(None, [f"n{i}-{j}" for j in range(start, start + 50)])
    parts[0].absorb(parts[1])
    parts[0].check("a")
    for i in (1, 2):
        parts[2].absorb(parts[i - 1])
    parts[2].absorb(parts[1])
    with pytest.raises(Problem, match="at least"):
        parts[2].check("a")


def test_problems_travel_between_processes():
    import pickle

    problem = pickle.loads(pickle.dumps(Problem("folder/a.jsonl", "NaN", "line 7")))
    assert (type(problem), str(problem)) == (Problem, "a.jsonl, line 7: NaN")


def test_names_are_numbered_alike_everywhere():
    import subprocess
    import sys

    code = "from covtheory.own_model.identity import digests; print(digests(['a', '7', '\\ud800']).tolist())"
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout for _ in range(2)]
    assert done[0] == done[1]
    assert json.loads(done[0]) == digests(["a", "7", "\ud800"]).tolist()


def test_facts_keep_no_more_of_a_file_than_their_sample():
    from covtheory.own_model.sanity import Sanity

    sanity = Sanity()
    sanity.add(np.full(1 << 16, -3.0), np.full(1 << 16, -4.0))
    assert all(part.base is None and part.size == 4096 for part in sanity.sample[0])
