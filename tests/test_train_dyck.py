"""Networks on brackets at smoke scale: they learn, samplers keep their promises. Skipped without PyTorch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install -r requirements/train.txt")

from covtheory.instances.brackets import Brackets  # noqa: E402
from training.dyck.__main__ import main, run  # noqa: E402
from training.dyck.config import CONFIGS  # noqa: E402
from training.dyck.networks import draw, network, train_reference  # noqa: E402
from training.dyck.record import read  # noqa: E402
from training.dyck.search import CountedWalkers, NetworkModel, blockwise  # noqa: E402

SMOKE = CONFIGS["smoke"]
WORDS = Brackets(SMOKE.pairs)
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("train")]

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dyck")
    assert main(["smoke", "--seed", "1", "--out", str(folder)]) == 0
    return read(folder / "smoke-1.npz")


def test_the_command_writes_a_record_of_every_sampler(written):
    assert written.about["command"] == "python -m training.dyck smoke --seed 1"
    assert set(written.responses) == {"walk", "reference", "action level", "block best, 2 letters, 2 draws",
                                      "block rejection, 2 letters, 2 draws"}
    for name, found in written.responses.items():
        assert found.shape == (SMOKE.prompts, SMOKE.runs, SMOKE.H)
        assert (written.costs[name] <= SMOKE.most_draws * SMOKE.H).all()
    assert written.right("reference")[written.costs["reference"] < SMOKE.most_draws * SMOKE.H].all()


def test_recorded_trees_are_trees(written):
    for epoch in range(len(SMOKE.epochs)):
        tree = written.tree(0, epoch)
        assert len(tree) == sum(4**h for h in range(SMOKE.rest + 1))
        assert tree.Z > 0


def test_the_same_seed_gives_the_same_record(written):
    again = run(SMOKE, 1, lambda line: None)
    for name, found in written.responses.items():
        assert (found == again.responses[name]).all()


def test_training_the_reference_policy_makes_right_words_likelier():
    torch.manual_seed(0)
    rng, nothing = np.random.default_rng(0), np.zeros((400, 0), dtype=np.int64)
    trained = train_reference(SMOKE, WORDS, rng, lambda line: None)
    before = WORDS.right(draw(network(SMOKE, WORDS), WORDS, nothing, WORDS.length, rng)).mean()
    assert WORDS.right(draw(trained, WORDS, nothing, WORDS.length, rng)).mean() > before + 0.1


def test_walkers_hold_their_own_prompts_and_find_right_responses():
    torch.manual_seed(0)
    prompts = np.array([[0, 0, 0], [1, 1, 1]] * 4)
    model = NetworkModel(WORDS, network(SMOKE, WORDS), network(SMOKE, WORDS), prompts)
    walkers = CountedWalkers(model, np.random.default_rng(0))
    with torch.no_grad():
        walkers.search(4000)
    done = walkers.depth == model.H
    assert done.sum() >= 6
    assert WORDS.right(np.concatenate([prompts, walkers.prefix], axis=1))[done].all()
    assert walkers.asked.sum() == walkers.calls


def test_one_block_over_all_letters_is_best_of_n():
    torch.manual_seed(0)
    prompts = np.zeros((300, 3), dtype=np.int64)
    model = NetworkModel(WORDS, network(SMOKE, WORDS), network(SMOKE, WORDS), prompts)
    found, cost = blockwise(SMOKE, model, np.random.default_rng(0), SMOKE.H, 16, best=True)
    single = WORDS.right(draw(model.reference, WORDS, np.repeat(prompts, 20, axis=0), WORDS.length,
                              np.random.default_rng(1))).mean()
    right = WORDS.right(np.concatenate([prompts, found], axis=1)).mean()
    assert right == pytest.approx(1 - (1 - single) ** 16, abs=0.06)
    assert (cost == 16 * SMOKE.H).all()
