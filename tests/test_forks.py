"""Networks that see one fork at a time: the steps are those of a plain loop, a record is read back, smoke training."""

import numpy as np
import pytest

from training import forks


def plain(net, u, y, eta):
    """One network, one response, in plain NumPy with the chain rule spelled out."""
    embed, out, total = net.embed[0].copy(), net.out[0].copy(), 0.0
    for symbol, turn in zip(u, y, strict=True):
        hidden = np.tanh(embed[symbol])
        logit = out @ hidden
        total -= np.log1p(np.exp(-turn * logit))
        slope = turn / (1 + np.exp(turn * logit))
        embed[symbol], out = embed[symbol] + eta * slope * out * (1 - hidden**2), out + eta * slope * hidden
        embed[symbol] /= max(1.0, np.linalg.norm(embed[symbol]) / 3)
        out /= max(1.0, np.linalg.norm(out))
    return total, embed, out


def test_token_level_steps_are_the_plain_loop():
    nets = forks.ForkNets.draw([3])
    u, y, _ = forks.responses(np.random.default_rng(0), 1, H=40)
    total, embed, out = plain(nets, u[0], y[0], 0.7)
    assert nets.read(u, y, np.array([0.7]))[0] == pytest.approx(total)
    assert nets.embed[0] == pytest.approx(embed)
    assert nets.out[0] == pytest.approx(out)


def test_a_small_step_a_response_is_the_sum_of_the_token_steps():
    one, other = forks.ForkNets.draw([1]), forks.ForkNets.draw([1])
    before, eta = one.out.copy(), np.array([1e-6])
    u, y, _ = forks.responses(np.random.default_rng(1), 1)
    one.read(u, y, eta)
    other.step(u, y, eta)
    assert (one.out - before) / 1e-6 == pytest.approx((other.out - before) / 1e-6, abs=1e-3)
    assert one.embed == pytest.approx(other.embed, abs=1e-10)


def test_frozen_networks_do_not_move_and_know_nothing_of_the_bit():
    nets = forks.ForkNets.draw([0, 1])
    before = nets.out.copy()
    u, y, _ = forks.responses(np.random.default_rng(2), 2)
    both = nets.read(u, y, np.zeros(2)) + nets.read(u, -y, np.zeros(2))
    assert (nets.out == before).all()
    assert (both < 2 * forks.LENGTH * np.log(0.5) + 1e-9).all()


def test_a_short_training_is_written_and_read_back(tmp_path):
    out = tmp_path / forks.FILE
    assert forks.main(["--seeds", "2", "--samples", "3", "--out", str(out)]) == 0
    ratios, about = forks.load(tmp_path)
    assert ratios["token"].shape == (2, 5, 2, 200)
    assert ratios["sequence"].shape == (6, 4, 2, 200)
    assert about["command"] == "python -m training.forks --seeds 2 --samples 3"
    exact = forks.run(2, 3)
    assert np.abs(ratios["token"] - exact["token"]).max() <= 0.5001 * forks.UNIT


def test_the_committed_record_is_of_the_constants_as_they_stand():
    ratios, about = forks.load()
    assert about["command"] == "python -m training.forks --seeds 6 --samples 1000"
    assert tuple(about["token_steps"]) == forks.TOKEN_STEPS
    assert tuple(about["sequence_steps"]) == forks.SEQUENCE_STEPS
    assert (about["symbols"], about["hidden"], about["length"]) == (forks.SYMBOLS, forks.HIDDEN, forks.LENGTH)
    assert ratios["token"].shape[2] == 6
