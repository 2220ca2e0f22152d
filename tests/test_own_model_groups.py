"""Groups of responses, whose sizes the teacher's draws decide; numbers for trackers; shards without rows."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from own_model_files import lines
from scipy.optimize import brentq
from test_own_model_cases import refused, run

from covtheory.own_model.intervals import prompt_limits
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_sample import ProfileSample
from covtheory.own_model.reading import Table

HARD, SHORT = 0.001, 0.01
"""Prompts that always draw short responses, of ratio 8; the others seldom draw one, of ratio 1."""


def of_short_ones(rng, prompts=1000, draws=10):
    """The sample of short responses, and how many responses all prompts have."""
    hard = rng.random(prompts) < HARD
    short = hard[:, None] | (rng.random((prompts, draws)) < SHORT)
    which, _ = np.nonzero(short)
    ratio = np.where(hard[which], math.log(8), 0.0)
    sample = ProfileSample([2.0, 4.0])
    sample.add(np.full(len(which), -20.0), -20.0 - ratio, None, list(map(str, which)))
    return sample, np.full(prompts, draws)


def test_limits_of_short_responses_count_all_responses_of_a_prompt():
    truth, rng, misses = HARD / (HARD + (1 - HARD) * SHORT), np.random.default_rng(1), np.zeros(2)
    for _ in range(40):
        sample, responses = of_short_ones(rng)
        bands = sample.estimate(0.05)([2.0, 4.0]), sample.estimate(0.05, responses)([2.0, 4.0])
        misses += [not band.contains(truth).all() for band in bands]
    assert misses[1] == 0
    assert misses[0] > 8  # sizes taken as given: a prompt of ten that was not drawn is missed


def test_limits_for_a_kind_of_response_are_the_roots_of_the_exponent():
    def exponent(p, x, prompts, counted):
        mixed = counted * x + (1 - counted) * p
        return prompts * (mixed * math.log(mixed / p) + (1 - mixed) * math.log((1 - mixed) / (1 - p)))

    for x, counted in ((0.4, 0.3), (0.9, 0.7), (0.1, 1.0)):
        low, high = prompt_limits(x, np.full(50, 7), 0.1, counted)
        ends = [brentq(lambda p, x=x, c=counted: exponent(p, x, 50, c) - math.log(2 / 0.1), *side)
                for side in ((1e-12, x), (x, 1 - 1e-12))]
        assert [float(low), float(high)] == pytest.approx(ends, rel=1e-9)
    uneven = [*range(1, 31), 200]
    for x in (0.2, 0.8):
        widths = [np.subtract(*prompt_limits(x, uneven, 0.1, counted)) for counted in (0.2, 0.5, 1.0)]
        assert widths == sorted(widths)  # negative: the rarer the kind, the wider


def two_lengths(folder, **more):
    """A model that likes short responses more than the teacher does: their log ratios are negative."""
    rows = [{"teacher_log_prob": math.log(0.5 / 1000) - i // 2 % 7 / 100,
             "model_log_prob": math.log((0.1 if i % 2 else 0.9) / 1000) - i // 2 % 7 / 100,
             "num_tokens": 20 if i % 2 else 3, **{name: call(i) for name, call in more.items()}} for i in range(2000)]
    return lines(folder / "a.jsonl", rows)


def test_the_mean_log_ratio_of_short_responses_is_no_kl(tmp_path, capsys):
    path = two_lengths(tmp_path)
    status, facts, _ = run(capsys, "profile", path, "--by", "num_tokens", "--max-log-ratio", "3", "--json")
    assert (status, facts["groups_of"]) == (0, "responses")
    for group in facts["groups"]:
        assert group["kl"]["lower"] == "-inf"
        assert group["kl"]["mean_log_ratio"] < group["kl"]["upper"]
        assert group["best_of_n"] == []
    assert facts["groups"][0]["kl"]["mean_log_ratio"] == pytest.approx(math.log(5 / 9))
    _, text, _ = run(capsys, "profile", path, "--by", "num_tokens")
    assert "'num_tokens' tells responses apart" in text


@pytest.mark.parametrize(("prompt", "whose"), [(lambda i: i // 4, "responses"), (lambda i: i % 4, "prompts")])
def test_a_prompt_in_two_groups_tells_that_they_are_of_responses(tmp_path, capsys, prompt, whose):
    path = two_lengths(tmp_path, kind=lambda i: "xy"[i % 2], prompt=prompt)
    status, facts, _ = run(capsys, "profile", path, "--by", "kind", "--json")
    assert (status, facts["groups_of"]) == (0, whose)
    assert [group["clusters"] for group in facts["groups"]] == ([500, 500] if whose == "responses" else [2, 2])
    assert (facts["groups"][0]["kl"]["lower"] == "-inf") == (whose == "responses")


def test_every_group_says_for_whom_its_limits_speak(tmp_path, capsys):
    path = two_lengths(tmp_path, kind=lambda i: "xy"[i % 2], prompt=lambda i: i if i % 2 else i // 10 * 10)
    _, text, _ = run(capsys, "profile", path, "--by", "kind")
    assert "x: 200 independent prompts" in text
    assert "y: no prompt repeats: rows taken as independent" in text


def test_numbers_for_trackers_have_a_name_each(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("s1,s2\n" + "".join(f"{-20.5 - i / 7},{-21.25 - i / 9}\n" for i in range(40)))
    _, facts, _ = run(capsys, "tournament", path, "--json")
    flat = json.loads(run(capsys, "tournament", path, "--flat")[1])
    for row in facts["checkpoints"]:
        assert {key: flat[f"{row['name']}/{key}"] for key in row if key != "name"} == {
            key: row[key] for key in row if key != "name"}
    path = two_lengths(tmp_path, kind=lambda i: "xy"[i % 2])
    _, facts, _ = run(capsys, "profile", path, "--by", "kind", "--json")
    flat = json.loads(run(capsys, "profile", path, "--by", "kind", "--flat")[1])
    for group in facts["groups"]:
        assert flat[f"{group['name']}/cross_entropy"] == group["cross_entropy"]
        assert flat[f"{group['name']}/responses"] == group["responses"]


def test_one_prompt_with_enough_draws_speaks_for_itself(tmp_path, capsys):
    path = lines(tmp_path / "a.jsonl", [{"n": 4, "c": 1}, {"n": 64, "c": 1}])
    _, text, _ = run(capsys, "passk", path, "--k", "1,32")
    assert "(the one prompt with so many draws, and for it alone)" in text


@pytest.mark.parametrize("closed", [0, 2])
def test_a_closed_descriptor_is_no_traceback(tmp_path, closed):
    path = lines(tmp_path / "a.jsonl", [{"n": 4, "c": 1}] * 3)
    done = subprocess.run([sys.executable, "-m", "covtheory", "passk", "-" if closed == 0 else path],
                          capture_output=True, check=False, preexec_fn=lambda: os.close(closed))
    assert done.returncode == (2 if closed == 0 else 0)
    assert (b"standard input is closed" in done.stderr) == (closed == 0)
    assert (b"pass@k" in done.stdout) == (closed == 2)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["passk", "profile", "tournament"])
def test_a_shard_without_rows_is_none_on_a_cluster_too(tmp_path, capsys, command):
    distributed = pytest.importorskip("distributed", reason="optional: requirements/campaign.txt")
    header = {"passk": "task_id,passed", "profile": "teacher_log_prob,model_log_prob", "tournament": "s1,s2"}[command]
    for name, rows in {"some": 40, "none": 0}.items():
        (tmp_path / name).mkdir()
        for part in range(3):
            body = "" if part != 1 else "".join(
                f"q{i % 5},{i % 2}\n" if command == "passk" else f"{-20.5 - i / 7},{-21.25 - i / 9}\n"
                for i in range(rows))
            (tmp_path / name / f"{part}.csv").write_text(f"{header}\n{body}")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, memory_limit=None,
                                  dashboard_address=None) as made:
        status, here, _ = run(capsys, command, tmp_path / "some", "--json")
        assert (status, run(capsys, command, tmp_path / "some", "--json", "--scheduler", made.scheduler_address)[1]) \
            == (0, here)
        refused(capsys, "columns but no rows", command, tmp_path / "none", "--scheduler", made.scheduler_address)


@pytest.mark.slow
def test_workers_read_the_files_that_were_named_and_no_others(tmp_path, capsys, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="optional: requirements/campaign.txt")
    for place, right in {"here": 7, "there": 1}.items():
        (tmp_path / place).mkdir()
        lines(tmp_path / place / "a.jsonl", [{"n": 8, "c": right}] * 9)
    monkeypatch.chdir(tmp_path / "there")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=True, memory_limit=None,
                                  dashboard_address=None) as made:
        monkeypatch.chdir(tmp_path / "here")
        status, facts, _ = run(capsys, "passk", "a.jsonl", "--json", "--scheduler", made.scheduler_address)
    assert (status, facts["pass_at_k"][0]["pass"]) == (0, 0.875)


def test_a_shard_that_is_another_file_elsewhere_is_refused(tmp_path):
    path = lines(tmp_path / "a.jsonl", [{"n": 8, "c": 7}] * 9)
    table = Table(path)
    assert len(table.shard(0).sources) == 1
    lines(path, [{"n": 8, "c": 7}] * 8)
    with pytest.raises(Problem, match=r"a\.jsonl: has 136 bytes where the worker runs, 153 here"):
        table.shard(0)
    path.unlink()
    with pytest.raises(Problem, match="no such file where the worker runs"):
        table.shard(0)


def test_the_column_of_prompts_is_no_checkpoint(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("qid,s1,s2\n" + "".join(f"{i // 4},{-20.5 - i / 7},{-21.25 - i / 9}\n" for i in range(40)))
    for more in ((), ("--checkpoints", "*")):
        status, facts, _ = run(capsys, "tournament", path, "--prompt", "qid", *more, "--json")
        assert (status, facts["clusters"], len(facts["checkpoints"])) == (0, 10, 2)


@pytest.mark.parametrize("arguments", [["passk", ""], ["passk", "a.jsonl", "--against", ""],
                                       ["profile", "a.jsonl", "--model", ""], ["passk", "a.jsonl", "--by", ""]])
def test_an_empty_name_is_no_folder_and_no_default(tmp_path, capsys, monkeypatch, arguments):
    lines(tmp_path / "a.jsonl", [{"n": 8, "c": 1}] * 3)
    monkeypatch.chdir(tmp_path)
    refused(capsys, "the name is empty", *arguments)


def test_two_columns_for_one_number_must_agree(tmp_path, capsys):
    teacher = lines(tmp_path / "t.jsonl", [{"id": i, "log_prob": -20.0 - i} for i in range(30)])
    for gap, status in ((0.0, 0), (1.0, 2)):
        rows = [{"id": i, "log_prob": -21.0 - i, "model_log_prob": -21.0 - i - gap * (i == 4)} for i in range(30)]
        model = lines(tmp_path / "m.jsonl", rows)
        if status == 0:
            assert run(capsys, "profile", teacher, "--model", model, "--json")[0] == 0
        else:
            refused(capsys, "m.jsonl, line 5: column 'log_prob' .* but 'model_log_prob' is -26", "profile", teacher,
                    "--model", model)


def test_words_say_what_is_weighed_and_what_is_empty(tmp_path, capsys):
    rows = [{"id": i, "log_prob": -20.0 - i / 7, "prompt": i // 3 if i < 30 else i} for i in range(60)]
    teacher = lines(tmp_path / "t.jsonl", rows)
    models = [lines(tmp_path / f"{name}.jsonl", [row | {"log_prob": row["log_prob"] - i % step} for i, row in
                                                 enumerate(rows)]) for name, step in (("a", 2), ("b", 3))]
    _, text, _ = run(capsys, "profile", teacher, "--model", models[0], "--model", models[1])
    assert "40 prompts, limits for all N together (every prompt counts once here; above, every response):" in text
    path = tmp_path / "s.csv"
    for count, empty in ((20, True), (200, False)):
        path.write_text("s1,s2\n" + "".join(f"{-20.5 - i / 7},{-21.25 - i / 9}\n" for i in range(count)))
        assert ("too few responses" in run(capsys, "tournament", path)[1]) == empty


@pytest.mark.parametrize(("until", "most"), [(1, 10**6), (2, 10**6), (1, 12)])
def test_draws_until_the_first_success_are_warned_of(tmp_path, capsys, until, most):
    rng, rows = np.random.default_rng(3), []
    for task in range(60):
        rate, right, drawn = rng.choice([0.05, 0.2, 0.5]), 0, 0
        while right < until and drawn < most:
            passed = bool(rng.random() < rate)
            right, drawn = right + passed, drawn + 1
            rows.append({"task_id": task, "passed": passed})
    _, facts, _ = run(capsys, "passk", lines(tmp_path / "a.jsonl", rows), "--k", "1", "--json")
    assert facts["pass_at_k"][0]["lower"] > 0.25 or until > 1 or most < 100  # the truth, and it is missed
    assert [said for said in facts["warnings"] if f"have {until} successes: drawn until they were right?" in said]


def test_other_numbers_of_draws_are_not(tmp_path, capsys):
    rng = np.random.default_rng(4)
    for n, rate in ((rng.integers(1, 9, 200), 0.5), (rng.integers(1, 3, 60), 0.95), (np.full(60, 4), 1.0),
                    (rng.integers(2, 9, 60), 0.0), (rng.integers(2, 9, 60), 1.0)):
        rows = [{"n": int(draws), "c": int(rng.binomial(draws, rate))} for draws in n]
        _, facts, _ = run(capsys, "passk", lines(tmp_path / "a.jsonl", rows), "--k", "1", "--json")
        assert facts["warnings"] == []
