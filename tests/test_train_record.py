"""Records of trainings: what is read back, curves by hand, and files that are refused. No PyTorch needed."""

import json
import subprocess
import sys

import numpy as np
import pytest

from claimcheck.register import find_root
from training import collect
from training.config import CONFIGS, THIRDS, Config, Phase
from training.record import Record, curves, read, write, write_curves


def record():
    by_rule = np.log([[[0.5, 0.25, 0.1], [0.4, 0.25, 0.5]], [[0.9, 0.8, 0.9], [0.02, 0.1, 0.05]]])
    return Record(np.array([0, 10]), np.array([0, 0, 1]), by_rule, {"seed": 3})


def test_the_data_policys_answer_is_the_one_of_the_prompts_class():
    assert np.exp(record().log_probs) == pytest.approx(np.array([[0.5, 0.25, 0.5], [0.9, 0.8, 0.05]]))


def test_curves_are_those_computed_by_hand():
    r = record()
    assert r.kl == pytest.approx(-np.log([0.5 * 0.25 * 0.5, 0.9 * 0.8 * 0.05]) / 3)
    assert r.coverage([2, 4]).tolist() == [[1.0, 1 / 3], [1 / 3, 1 / 3]]
    assert r.pass_at(2)[0] == pytest.approx(1 - (0.25 + 0.5625 + 0.25) / 3)


def test_reading_gives_back_what_was_written_to_half_a_thousandth_of_a_nat(tmp_path):
    write(tmp_path / "a.npz", record())
    back = read(tmp_path / "a.npz")
    assert np.abs(back.by_rule - record().by_rule).max() <= 5.001e-4
    assert back.about == {"seed": 3}
    assert back.steps.tolist() == [0, 10]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.npz"]


def test_an_interrupted_write_leaves_the_earlier_file(tmp_path):
    write(tmp_path / "a.npz", record())
    before = (tmp_path / "a.npz").read_bytes()
    bad = Record(np.array([0]), np.array([0]), np.full((1, 2, 1), np.nan), {"seed": 0})
    with pytest.raises(ValueError, match="by_rule"):
        write(tmp_path / "a.npz", bad)
    assert (tmp_path / "a.npz").read_bytes() == before


def test_curves_file_has_one_row_a_checkpoint(tmp_path):
    write_curves(tmp_path / "c.csv", curves(record()))
    lines = (tmp_path / "c.csv").read_text().splitlines()
    assert lines[0].startswith("seed,step,kl,cov_2")
    assert [line.split(",")[:2] for line in lines[1:]] == [["3", "0"], ["3", "10"]]


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_file_that_is_no_record_is_refused_by_name(tmp_path, content):
    if content is not None:
        (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.npz"):
        read(tmp_path / "bad.npz")


def test_a_record_whose_parts_do_not_fit_is_refused(tmp_path):
    r = record()
    write(tmp_path / "bad.npz", Record(r.steps, r.kinds[:2], r.by_rule, r.about))
    with pytest.raises(ValueError, match="by_rule has shape"):
        read(tmp_path / "bad.npz")


@pytest.mark.parametrize(("change", "names"), [
    ({"heads": 5}, "heads"), ({"phases": ()}, "phases"), ({"batch": 0}, "batch"),
    ({"phases": (Phase("a", 1, 1e-3, (0.5, 0.5)),)}, "mixture"),
    ({"phases": (Phase("a", 1, 1e-3, THIRDS),)}, "recorded"), ({"precision": "float16"}, "precision"),
])
def test_configurations_that_make_no_sense_are_refused(change, names):
    small = CONFIGS["small"]
    fields = {"task": small.task, "width": 96, "depth": 3, "heads": 4, "phases": small.phases, **change}
    with pytest.raises(ValueError, match=names):
        Config(**fields)


@pytest.mark.parametrize(("arguments", "names"), [
    ((-1, 1e-3, (1.0,)), "steps"), ((1, 0.0, (1.0,)), "learning_rate"), ((1, 1e-3, (0.5, 0.4)), "mixture"),
    ((1, 1e-3, THIRDS, 0, 1, 0, 0.5), "until")])
def test_phases_that_make_no_sense_are_refused(arguments, names):
    with pytest.raises(ValueError, match=names):
        Phase("a", *arguments)


def test_without_pytorch_the_command_says_what_to_install():
    script = ("import sys; sys.modules['torch'] = None; from training.__main__ import main; "
              "sys.exit(main(['smoke']))")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "requirements/train.txt" in done.stderr


def about(seed, width=8):
    command = f"python -m training small --seed {seed}"
    return {"seed": seed, "config": {"width": width}, "seconds": 1, "command": command}


def trained(folder, seed, width=8):
    r = record()
    write(folder / f"run-{seed}-{width}" / "record.npz", Record(r.steps, r.kinds, r.by_rule, about(seed, width)))
    return folder / f"run-{seed}-{width}"


def test_collected_trainings_are_read_back_by_seed(tmp_path):
    into = tmp_path / "references" / "shortcut"
    assert collect.main([str(trained(tmp_path, 7)), str(trained(tmp_path, 2)), "--into", str(into)]) == 0
    assert [r.about["seed"] for r in collect.load("small", tmp_path)] == [2, 7]
    assert json.loads((into / "small" / "runs.json").read_text())["runs"][0] == {
        "command": "python -m training small --seed 2", "seconds": 1, "seed": 2}
    assert (into / "small" / "curves.csv").read_text().count("\n") == 1 + 4


def test_trainings_of_different_configurations_or_equal_seeds_are_not_mixed(tmp_path, capsys):
    one, wide = trained(tmp_path, 1), trained(tmp_path, 2, width=16)
    assert collect.main([str(one), str(wide), "--into", str(tmp_path / "out")]) == 2
    assert "configurations" in capsys.readouterr().err
    assert collect.main([str(one), str(one), "--into", str(tmp_path / "out")]) == 2
    assert "repeat" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_record_of_another_seed_is_neither_mixed_in_nor_removed(tmp_path, capsys):
    into = tmp_path / "references" / "shortcut"
    assert collect.main([str(trained(tmp_path, 7)), "--into", str(into)]) == 0
    assert collect.main([str(trained(tmp_path, 2)), "--into", str(into)]) == 2
    assert "seed-7.npz" in capsys.readouterr().err
    assert [path.name for path in (into / "small").glob("*.npz")] == ["seed-7.npz"]


def test_no_record_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no record"):
        collect.load("small", tmp_path)


@pytest.mark.parametrize("name", sorted(path.name for path in (find_root() / collect.FOLDER).iterdir()))
def test_committed_records_are_of_the_configuration_as_it_stands(name):
    config = json.loads(json.dumps(CONFIGS[name].plain()))
    for r in collect.load(name, find_root()):
        assert r.about["config"] == config
        assert f" {name} --seed {r.about['seed']}" in r.about["command"]
        assert len(r.kinds) == CONFIGS[name].held_out
        assert sum(path.stat().st_size for path in (find_root() / collect.FOLDER).rglob("*")) < 1.5e6


def test_committed_controls_share_the_pretraining_of_a_recorded_seed():
    made = {r.about["seed"]: r.about["made"] for r in collect.load("balanced", find_root())}
    for name in ("balanced-even", "balanced-slow", "balanced-fast"):
        for r in collect.load(name, find_root()):
            assert r.about["made"]["pretrain"] == made[r.about["seed"]]["pretrain"]
            assert r.about["command"].endswith(f"--after balanced-{r.about['seed']}")
