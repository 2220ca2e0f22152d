"""Records of searches on trained networks: what is read back, judged anew, and refused. No PyTorch needed."""

import json
import subprocess
import sys

import numpy as np
import pytest

from training.dyck.config import CONFIGS, Config
from training.dyck.record import Searches, load, read, write

ABOUT = {"config": {"pairs": 2, "rest": 2, "epochs": [0, 3]}, "seed": 7}


def searches():
    """Two prompts of two letters, three runs, two letters to go; the first prompt's first and third are right."""
    responses = {"walk": np.array([[[2, 2], [3, 2], [2, 2]], [[3, 2], [0, 0], [2, 2]]])}
    costs = {"walk": np.array([[2, 9, 4], [3, 5, 8]])}
    law = np.log(np.append(1.0, np.tile([0.4, 0.3, 0.2, 0.1], 5)))
    value = np.log(np.array([[[1, 0.5, 0.25, 0.1, 0.2]], [[1, 0.9, 0.8, 0.7, 0.6]]]))
    return Searches(np.array([[0, 0], [1, 0]]), responses, costs, np.array([[0, 1]]), law[None], value, ABOUT)


def test_responses_are_judged_anew_and_budgets_cut_them_off():
    found = searches()
    assert found.right("walk").tolist() == [[True, False, True], [False, False, False]]
    assert found.within("walk", 100) == pytest.approx((2 / 6, 0.5, 31 / 6))
    assert found.within("walk", 3) == pytest.approx((1 / 6, 0.5, (2 + 3 * 5) / 6))


def test_reading_gives_back_what_was_written(tmp_path):
    write(tmp_path / "small-7.npz", searches())
    back = read(tmp_path / "small-7.npz")
    assert back.about == ABOUT
    assert (back.responses["walk"] == searches().responses["walk"]).all()
    assert (back.costs["walk"] == searches().costs["walk"]).all()
    assert np.abs(back.log_law - searches().log_law).max() <= 0.00501
    assert np.abs(back.log_value - searches().log_value).max() <= 0.00501


def test_tree_of_a_beginning_by_hand():
    tree = searches().tree(0, 1)
    assert (tree.H, len(tree)) == (2, 21)
    assert pytest.approx(0.1 * 0.2) == tree.Z  # close kind 1, then kind 0
    assert tree.value[1:5] == pytest.approx([0.9, 0.8, 0.7, 0.6])
    assert searches().tree(0, 0).value[1:5] == pytest.approx([0.5, 0.25, 0.1, 0.2])


def test_what_is_no_record_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no such record"):
        read(tmp_path / "small-1.npz")
    (tmp_path / "small-1.npz").write_text("nothing")
    with pytest.raises(ValueError, match="not a record of a run"):
        read(tmp_path / "small-1.npz")
    with pytest.raises(ValueError, match="no record of a run"):
        load("small", tmp_path)


@pytest.mark.parametrize("config", ["small", "deep"])
def test_committed_runs_have_their_configuration_and_command(config):
    for run in load(config):
        assert run.about["config"] == json.loads(json.dumps(CONFIGS[config].__dict__))
        assert run.about["command"] == f"python -m training.dyck {config} --seed {run.about['seed']}"
        assert run.log_value.shape[0] == len(run.about["config"]["epochs"])


def test_configurations_are_checked():
    with pytest.raises(ValueError, match="do not divide"):
        Config(width=10, heads=3)
    with pytest.raises(ValueError, match="at most 12"):
        Config(prompt=15)
    with pytest.raises(ValueError, match="increasing"):
        Config(epochs=(2, 1))
    with pytest.raises(ValueError, match="runs"):
        Config(runs=0)


def test_command_without_pytorch_says_what_to_install(tmp_path):
    block = ("import sys; sys.modules['torch'] = None; from training.dyck.__main__ import main; "
             "sys.exit(main(['smoke']))")
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "requirements/train.txt" in done.stderr
