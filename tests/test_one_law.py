"""One law: gradients by the general library, exact dynamics against the sampled ones, records that fit their module."""

import json

import numpy as np
import pytest

from covtheory.bounds import one_law as bound
from covtheory.instances.one_law import OneLaw
from covtheory.learners import updates
from covtheory.learners.sequence_gradient import SequenceGradients, sequence_gradient
from covtheory.learners.sgd import sgd
from covtheory.learners.steps_to_coverage import exact_ratios, learners, steps_to_coverage, visits_needed
from training import one_law as runs


@pytest.fixture
def law():
    return OneLaw(H=64, B=60.0, B_plus=7.0, N=16.0)


def test_gradients_are_those_of_the_two_prompts_by_themselves(law):
    rng = np.random.default_rng(0)
    theta, y = rng.uniform(-0.6, 0.6, size=(5, 3)), rng.integers(3, size=(5, 64))
    counts = np.stack([(y == k).sum(axis=1) for k in range(3)], axis=1)
    loud = np.stack([sequence_gradient(law.loud.features(), z[:2], row[None])[0]
                     for z, row in zip(theta, y, strict=True)])
    g = law.gradient(theta, np.zeros(5, dtype=bool), counts)
    np.testing.assert_allclose(g, np.column_stack([loud, np.zeros(5)]), atol=1e-9)
    ones = law.gradient(theta, np.ones(5, dtype=bool), np.tile([0, 64, 0], (5, 1)))
    third = law.slow.plus_gradient(theta[:, 2])
    np.testing.assert_allclose(ones, np.column_stack([np.zeros((5, 2)), third]), atol=1e-9)


def test_draws_follow_the_law():
    law = OneLaw(H=16, B=3.0, B_plus=2.0, N=4.0, mu=0.3)
    plus, counts = law.draw(np.random.default_rng(1), 40_000)
    assert abs(plus.mean() - 0.3) < 0.01
    assert (counts.sum(axis=1) == 16).all()
    assert abs(counts[plus, 1].mean() / 16 - 1 / (1 + np.exp(-1))) < 0.01
    assert abs(counts[~plus, 0].mean() / 16 - (1 - law.loud.nonzero_token)) < 0.01
    assert abs((counts[plus, 1] == 16).mean() - law.ones) < 0.01
    assert abs((counts[~plus, 0] == 16).mean() - law.zeros) < 0.01


def test_exact_ratios_are_those_of_the_learner_on_repeated_data(law):
    data = SequenceGradients.repeated(law.loud.features(), law.loud.zero_counts(), 64, 6)
    for eta_bar in (0.5, 2.25, 50.0):
        path = sgd(data, eta_bar / (64 * 60.0), law.loud.start).thetas[:, 0]
        ratios = exact_ratios(law, learners(law)["vanilla"], np.array([eta_bar]), False, 6)[:, 0]
        np.testing.assert_allclose(ratios, 64 * law.loud.log_ratios(path)[:, 0], atol=1e-6)


def test_the_projection_is_onto_disc_times_interval():
    z = np.array([[3.0, 4.0, -2.0], [0.1, 0.2, 0.3]])
    np.testing.assert_allclose(OneLaw.project(z), [[0.6, 0.8, -1.0], [0.1, 0.2, 0.3]])


def test_leads_that_keep_themselves_and_the_edge_below_which_none_does():
    for eta_bar, B, a in ((2.25, 83, 0.09), (2.5, 50, 0.14), (8, 18, 0.4), (2, 300, 0.028)):
        assert bound.next_lead(eta_bar, B, a) >= a
        assert bound.next_lead(10 * eta_bar, 3 * B, 1.01 * a) > bound.next_lead(eta_bar, B, a)
    assert (bound.next_lead(0.999 * bound.LEAST_STEP, 1e9, np.geomspace(1e-6, 0.5, 50)) < 0).all()
    assert bound.next_lead(1.001 * bound.LEAST_STEP, 1e9, 1e-6) > 1e-6
    assert bound.next_lead(2.25, 1.0, 0.1) == -1  # eps above one: nothing is said


def test_the_laws_conditions_make_the_visits_rare():
    law = OneLaw.for_horizon(H=1024, T=10**4, N=16.0)
    assert law.mu * 10**4 == pytest.approx(3 * law.visits / 8)
    assert law.visits == pytest.approx(2 * 1024 * law.B / (9 * np.e * law.B_plus**2 * np.log(16)))
    assert OneLaw.for_horizon(H=64, T=1, N=2.0).mu == 0.5
    assert 31 / 32 * law.mu >= bound.one_law_coverage(1024, 10**4, 16.0) > 0.9 * law.mu


def test_steps_to_coverage_holds_for_twenty_steps_and_depends_on_the_seed_only(law):
    make = learners(law)["sign"]
    alone = [steps_to_coverage(law, make, np.array([e]), 3, 400)[0] for e in (0.01, 0.1)]
    assert steps_to_coverage(law, make, np.array([0.01, 0.1]), 3, 400).tolist() == alone
    assert steps_to_coverage(law, learners(law)["vanilla"], np.array([30.0]), 0, 100)[0] == -1
    assert visits_needed(np.array([[3.0], [1.0], [5.0]]), 2.0).tolist() == [-1]


def test_clipping_cuts_and_normalising_shortens():
    g = np.array([[0.0, 3.0], [0.0, 30.0]])
    assert updates.clipped(1.0, 10.0)(0 * g, g, 0)[:, 1] == pytest.approx([0.3, 1.0])
    assert updates.normalised(1.0, 10.0)(0 * g, g, 0)[:, 1] == pytest.approx([3 / 13, 30 / 40])


def test_bad_laws_are_refused():
    for message, call in {"log_N": lambda: OneLaw(8, 9.0, 3.0, 16.0), "mu": lambda: OneLaw(64, 9.0, 3.0, 16.0, 1.0),
                          "B: got": lambda: OneLaw(64, 2.0, 3.0, 16.0)}.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_records_are_written_and_read_and_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "LENGTHS", (16,))
    monkeypatch.setattr(runs, "SEEDS", (0,))
    monkeypatch.setattr(runs, "VANILLA", np.array([1.0, 8.0]))
    monkeypatch.setattr(runs, "OTHERS", np.array([0.1]))
    with pytest.raises(ValueError, match="no record"):
        runs.read(tmp_path)
    runs.record(tmp_path / runs.FOLDER, (16,), (0,), 60)
    found = runs.read(tmp_path)
    assert found["vanilla"].tolist() == [[[2, -1]]]
    assert json.loads((tmp_path / runs.FOLDER / "runs.json").read_text())["most"] == 60
    monkeypatch.setattr(runs, "OTHERS", np.array([0.2]))
    with pytest.raises(ValueError, match="run it again"):
        runs.read(tmp_path)
