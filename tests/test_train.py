"""A training at smoke scale: it learns, it resumes exactly, it refuses foreign folders. Skipped without PyTorch."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install -r requirements/train.txt")

from training.__main__ import main  # noqa: E402
from training.config import CONFIGS, Phase  # noqa: E402
from training.held_out import HeldOut  # noqa: E402
from training.loop import Diverged, OtherTraining, Training  # noqa: E402
from training.record import read  # noqa: E402
from training.transformer import Transformer  # noqa: E402

SMOKE = CONFIGS["smoke"]
HALVES = Phase("pretrain", 120, 3e-3, (0.5, 0.5, 0.0), evaluate_every=20, warmup=20, until=5.0)
EARLY = dataclasses.replace(SMOKE, phases=(HALVES, dataclasses.replace(SMOKE.phases[1], steps=20)))
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("train")]


torch.set_num_threads(1)  # more threads than free cores would make these small steps a hundred times slower


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smoke")
    lines = []
    return Training(SMOKE, 0, folder, report=lines.append).run(), lines


def test_it_learns_the_graph_then_the_majority_rule(trained):
    record, _ = trained
    assert record.kl[-1] < 1.2 < record.kl[0] < 6
    majority, minority = np.exp(record.by_rule[-1]).mean(axis=1)
    assert majority > 0.5 > minority
    assert record.coverage(8).min() < record.coverage(8)[0]


def test_a_killed_training_ends_like_an_uninterrupted_one(trained, tmp_path):
    for evaluations in (2, 1, 3):
        assert Training(SMOKE, 0, tmp_path, report=lambda line: None).run(evaluations) is None
    resumed = Training(SMOKE, 0, tmp_path, report=lambda line: None).run()
    assert (resumed.by_rule == trained[0].by_rule).all()
    assert (resumed.steps == trained[0].steps).all()


def test_progress_names_the_phase_and_the_time_left(trained):
    assert trained[1][1].startswith("pretrain     60  KL")
    assert trained[1][-1].endswith("left 0.0 min")


def test_a_folder_of_another_training_is_refused(tmp_path):
    Training(SMOKE, 0, tmp_path, report=lambda line: None).run(1)
    with pytest.raises(OtherTraining, match="another configuration or seed"):
        Training(SMOKE, 1, tmp_path)
    with pytest.raises(OtherTraining):
        Training(dataclasses.replace(SMOKE, batch=8), 0, tmp_path)


def test_a_phase_ends_where_its_cross_entropy_is_reached_also_after_a_kill(tmp_path):
    record = Training(EARLY, 0, tmp_path / "a", report=lambda line: None).run()
    assert 0 < record.about["made"]["pretrain"] < 120
    for _ in range(4):
        Training(EARLY, 0, tmp_path / "b", report=lambda line: None).run(1)
    resumed = Training(EARLY, 0, tmp_path / "b", report=lambda line: None).run()
    assert resumed.about["made"] == record.about["made"]
    assert (resumed.by_rule == record.by_rule).all()


def test_a_control_begins_where_the_other_training_began_its_last_phase(tmp_path):
    record = Training(EARLY, 0, tmp_path / "a", report=lambda line: None).run()
    slow = dataclasses.replace(EARLY, phases=(HALVES, dataclasses.replace(EARLY.phases[1], learning_rate=1e-5)))
    control = Training(slow, 0, tmp_path / "b", report=lambda line: None, pretrained=tmp_path / "a").run()
    assert (control.by_rule[0] == record.by_rule[0]).all()
    assert (control.by_rule[-1] != record.by_rule[-1]).any()
    assert control.about["made"] == record.about["made"]
    with pytest.raises(OtherTraining, match="last phase"):
        Training(slow, 1, tmp_path / "c", pretrained=tmp_path / "a")
    with pytest.raises(OtherTraining, match="last phase"):
        Training(slow, 0, tmp_path / "c", pretrained=tmp_path / "nowhere")


def test_a_loss_that_is_no_number_stops_the_training(tmp_path):
    training = Training(SMOKE, 0, tmp_path, report=lambda line: None)
    with torch.no_grad():
        training.net.logits.weight.fill_(float("nan"))
    training.held_out = dataclasses.replace(training.held_out)  # scoring NaN is not what is tested
    training._evaluate = lambda *_: None
    with pytest.raises(Diverged, match="learning rate"):
        training.run()


def test_command_writes_record_and_curves(tmp_path, capsys, monkeypatch):
    short = dataclasses.replace(SMOKE, phases=tuple(dataclasses.replace(p, steps=2) for p in SMOKE.phases))
    monkeypatch.setitem(CONFIGS, "smoke", short)
    assert main(["smoke", "--out", str(tmp_path), "--threads", "1"]) == 0
    record = read(tmp_path / "record.npz")
    assert record.about["command"] == "python -m training smoke --seed 0"
    assert (tmp_path / "curves.csv").read_text().count("\n") == 1 + len(record.steps)
    assert main(["smoke", "--out", str(tmp_path), "--seed", "1"]) == 2
    assert "another" in capsys.readouterr().err


def test_the_network_is_causal_and_its_token_laws_sum_to_one():
    torch.manual_seed(0)
    net = Transformer(7, 9, width=16, depth=2, heads=2)
    tokens = torch.randint(0, 7, (3, 10))
    before = net.token_log_probs(tokens, 6)
    tokens[:, -1] = (tokens[:, -1] + 1) % 7
    assert torch.equal(net.token_log_probs(tokens, 6)[:, :-1], before[:, :-1])
    last = torch.stack([net.token_log_probs(torch.cat([tokens[:, :-1], torch.full((3, 1), v)], 1), 6)[:, -1]
                        for v in range(7)])
    assert torch.allclose(last.exp().sum(0), torch.ones(3), atol=1e-5)


def test_held_out_answers_follow_the_two_rules():
    held_out, layers = HeldOut.of(SMOKE), SMOKE.task.layers
    assert (held_out.kinds == 1).sum() == round(0.1 * SMOKE.held_out)
    majority, minority = held_out.tokens[:, :, held_out.prompt_length :]
    pairs = held_out.tokens[0, :, : 2 * layers].reshape(-1, layers, 2)
    forks = pairs[..., 0] != pairs[..., 1]
    parity = (np.arange(layers) + 2) % 2
    assert ((majority % 2 == parity) | ~forks).all()
    assert ((minority % 2 != parity) | ~forks).all()
    assert ((majority == minority) == ~forks).all()
    assert ((majority[..., None] == pairs).any(-1) & (minority[..., None] == pairs).any(-1)).all()


def test_the_papers_scale_trains_and_resumes_in_bfloat16(tmp_path):
    paper = CONFIGS["paper"]
    assert paper.precision == "bfloat16"
    phases = tuple(dataclasses.replace(p, steps=1, fixed_data=3, evaluate_every=1) for p in paper.phases)
    tiny = dataclasses.replace(paper, phases=phases, batch=2, held_out=10)
    training = Training(tiny, 0, tmp_path, report=lambda line: None)
    assert 10e6 < sum(p.numel() for p in training.net.parameters()) < 12e6
    assert {p.dtype for p in training.net.parameters()} == {torch.float32}
    assert training.run(1) is None
    record = Training(tiny, 0, tmp_path, report=lambda line: None).run()
    assert record.by_rule.shape == (2, 2, 10)
    assert np.isfinite(record.by_rule).all()
