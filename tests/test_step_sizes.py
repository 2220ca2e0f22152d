"""Trainings at a grid of steps: what is written is read back, a killed command goes on, foreign folders are refused."""

import json

import numpy as np
import pytest

from claimcheck.register import find_root
from training import step_sizes
from training.step_sizes import GRIDS, coverage, main, read, write


def test_what_is_written_is_read_back_and_divergence_is_uncovered(tmp_path):
    rows = {"4 sgd 0.1": np.array([[-1.0, -2.5], [-np.inf, -70.0]])}
    write(tmp_path / "seed-3.npz", "smoke", 3, rows, 1.4, {"numpy": "2"})
    back, about = read(tmp_path / "seed-3.npz")
    assert back["4 sgd 0.1"].tolist() == [[-1.0, -2.5], [-np.inf, -np.inf]]
    assert about["command"] == "python -m training.step_sizes smoke --seed 3"
    assert about["seconds"] == 1
    assert coverage(back["4 sgd 0.1"]).tolist() == [0.0, 1.0]


def test_coverage_counts_the_boundary():
    assert coverage(np.log([[1 / 16, 1 / 15, 1 / 17, 1.0]])).tolist() == [0.5]


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_file_that_is_no_record_is_refused_by_name(tmp_path, content):
    if content is not None:
        (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.npz"):
        read(tmp_path / "bad.npz")


def test_committed_records_are_of_the_grid_small_as_it_stands():
    paths = sorted((find_root() / step_sizes.FOLDER).glob("seed-*.npz"))
    grid = GRIDS["small"]
    assert [path.name for path in paths] == ["seed-0.npz", "seed-1.npz", "seed-2.npz"]
    for seed, path in enumerate(paths):
        runs, about = read(path)
        assert about["seed"] == seed
        assert about["grid"]["steps"] == grid.steps
        assert set(runs) == {f"{length} {learner} {step}" for length in grid.lengths for learner, step in grid.runs}
        assert {rows.shape for rows in runs.values()} == {(1 + grid.steps // grid.every, grid.held_out)}


@pytest.mark.slow
@pytest.mark.xdist_group("train")
def test_a_killed_command_goes_on_and_repeats_nothing(tmp_path, capsys, monkeypatch):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install -r requirements/train.txt")
    assert torch
    folder = ["smoke", "--out", str(tmp_path)]
    assert main(folder) == 0
    whole, about = read(tmp_path / "seed-0.npz")
    assert set(whole) == {"2 sgd 0.3", "2 adam 0.003", "4 sgd 0.3", "4 adam 0.003"}
    assert all((rows <= 0).all() for rows in whole.values())
    assert whole["2 adam 0.003"][-1].mean() > whole["2 adam 0.003"][0].mean()
    kept = {name: rows for name, rows in whole.items() if name.startswith("2")}
    write(tmp_path / "seed-0.npz", "smoke", 0, kept, 1.0, about["versions"])
    ran = []
    train = step_sizes.train
    monkeypatch.setattr(step_sizes, "train", lambda *a: ran.append(a[1:3]) or train(*a))
    assert main(folder) == 0
    assert ran == [(4, "sgd"), (4, "adam")]
    again, _ = read(tmp_path / "seed-0.npz")
    assert all((again[name] == whole[name]).all() for name in whole)
    capsys.readouterr()
    assert main(["small", "--out", str(tmp_path)]) == 2
    assert "another grid" in capsys.readouterr().err


def test_the_grid_is_plain_json():
    assert json.loads(json.dumps(step_sizes.asdict(GRIDS["small"])))["lengths"] == [4, 16]
