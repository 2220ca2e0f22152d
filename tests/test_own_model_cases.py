"""What people's files look like, and the right answer for each: the commands are run on them as a user would."""

import json

import numpy as np
import own_model_files as files
import pytest
from own_model_files import IDS, MEAN, MODEL, SUMS, TEACHER, lines

from covtheory.__main__ import main


def run(capsys, *arguments):
    """Exit status, what was printed (JSON decoded), and the complaint."""
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, json.loads(out) if "--json" in arguments and not status else out, err


def answers(capsys, *arguments):
    status, facts, err = run(capsys, *arguments, "--json")
    assert (status, err) == (0, "")
    return facts


def refused(capsys, match, *arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    with pytest.raises(ValueError, match=match):
        raise ValueError(err)


def mean_is(facts, mean=MEAN):
    assert facts["kl"]["mean_log_ratio"] == pytest.approx(mean, rel=1e-9)


def scored(path, who, scale=1.0, order=None, **more):
    """One file of sums by id."""
    order = range(len(IDS)) if order is None else order
    return lines(path, [{"id": IDS[i], "log_prob": SUMS[who][i] * scale, **more} for i in order])


# ---- units


UNITS = {"nats": 1.0, "bits": float(np.log(2)), "log10": float(np.log(10))}


@pytest.mark.parametrize("teacher", UNITS)
@pytest.mark.parametrize("model", UNITS)
@pytest.mark.parametrize("way", ["two files", "columns", "options", "spelled"])
def test_every_file_and_column_has_its_own_base(tmp_path, capsys, teacher, model, way):
    scales, kl = (1 / UNITS[teacher], 1 / UNITS[model]), [[0.5, 0.25]] * len(IDS)
    if way in ("two files", "spelled"):
        spelled = (
            {"nats": "Nats ", "bits": "log2", "log10": "10"}
            if way == "spelled"
            else dict(zip(UNITS, UNITS, strict=True))
        )
        scored(tmp_path / "a.jsonl", 0, scales[0], base=spelled[teacher])
        scored(tmp_path / "b.jsonl", 1, scales[1], base=spelled[model])
        facts = answers(capsys, "profile", tmp_path / "a.jsonl", "--model", tmp_path / "b.jsonl")
        mean_is(facts)
        return
    rows = [
        {"teacher_log_prob": SUMS[0][i] * scales[0], "model_log_prob": SUMS[1][i] * scales[1], "token_kl": kl[i]}
        for i in range(len(IDS))
    ]
    options = ["--teacher-base", teacher, "--model-base", model, "--kl-base", "bits"]
    if way == "columns":
        rows, options = [row | {"teacher_base": teacher, "model_base": model, "kl_base": "bits"} for row in rows], []
    facts = answers(capsys, "profile", lines(tmp_path / "c.jsonl", rows), *options)
    mean_is(facts)
    assert facts["token_kl_mean"] == pytest.approx(0.75 * np.log(2))


def test_the_base_of_the_file_is_that_of_its_kl_and_a_mixture_must_be_stated(tmp_path, capsys):
    rows = [
        {
            "teacher_log_prob": SUMS[0][i] / np.log(2),
            "model_log_prob": SUMS[1][i] / np.log(2),
            "sequence_kl": 2.0,
            "base": "bits",
        }
        for i in range(len(IDS))
    ]
    facts = answers(capsys, "profile", lines(tmp_path / "a.jsonl", rows))
    assert facts["token_kl_mean"] == pytest.approx(2 * np.log(2))
    mean_is(facts)
    rows = [{key: value for key, value in row.items() if key != "base"} for row in rows]
    path = lines(tmp_path / "a.jsonl", rows)
    facts = answers(capsys, "profile", path, "--teacher-base", "bits", "--model-base", "bits")
    assert facts["token_kl_mean"] == pytest.approx(2 * np.log(2))
    refused(capsys, "--kl-base", "profile", path, "--teacher-base", "bits", "--model-base", "nats")


LOG_2 = float(np.log(2))


def student(n=400, slope=LOG_2):
    """An honest student whose log-probabilities are the teacher's divided by log 2 on average: it scatters."""
    rng = np.random.default_rng(3)
    teacher = -rng.gamma(60, 0.5, n)
    return teacher, np.minimum(teacher / slope - 6 * rng.standard_normal(n), 0.0)


def test_an_honest_student_is_not_taken_for_bits_and_bits_do_not_pass(tmp_path, capsys):
    teacher, model = student()
    np.savez(tmp_path / "honest.npz", teacher_log_prob=teacher, model_log_prob=model)
    facts = answers(capsys, "profile", tmp_path / "honest.npz")
    assert not facts["warnings"]
    close = np.minimum(teacher * 1.005 - 0.01, 0)
    np.savez(tmp_path / "bits.npz", teacher_log_prob=teacher, model_log_prob=close / np.log(2))
    refused(capsys, "model in bits, teacher in nats", "profile", tmp_path / "bits.npz")
    np.savez(tmp_path / "bits.npz", teacher_log_prob=teacher / np.log(10), model_log_prob=close)
    refused(capsys, "teacher in log10, model in nats", "profile", tmp_path / "bits.npz")
    np.savez(tmp_path / "apart.npz", teacher_log_prob=teacher, model_log_prob=teacher * 1.06 / np.log(2))
    assert "model in bits" in answers(capsys, "profile", tmp_path / "apart.npz")["warnings"][0]
    np.savez(
        tmp_path / "said.npz", teacher_log_prob=teacher, model_log_prob=close / np.log(2), base=["nats"] * len(teacher)
    )
    assert "says otherwise" in answers(capsys, "profile", tmp_path / "said.npz")["warnings"][0]
    np.savez(tmp_path / "once.npz", teacher_log_prob=teacher, model_log_prob=close, base="nats")
    mean_is(answers(capsys, "profile", tmp_path / "once.npz"), (teacher - close).mean())


# ---- rows that belong together, and rows that do not


@pytest.mark.parametrize("rows", [5, 1 << 18])
def test_files_in_another_order_are_joined_by_id(tmp_path, capsys, rows):
    scored(tmp_path / "a.jsonl", 0)
    scored(tmp_path / "b.jsonl", 1, order=np.random.default_rng(0).permutation(len(IDS)), error=None)
    mean_is(answers(capsys, "profile", tmp_path / "a.jsonl", "--model", tmp_path / "b.jsonl"))
    from covtheory.own_model.scores import paired_log_probs

    parts = list(paired_log_probs(tmp_path / "a.jsonl", tmp_path / "b.jsonl", rows=rows))
    np.testing.assert_allclose(np.concatenate([part[1] for part in parts]), SUMS[1])


def test_ids_as_whole_floats_are_the_same_names(tmp_path, capsys):
    lines(tmp_path / "a.jsonl", [{"id": i, "log_prob": v} for i, v in enumerate(SUMS[0])])
    (tmp_path / "b.csv").write_text("id,log_prob\n" + "".join(f"{i}.0,{v!r}\n" for i, v in enumerate(SUMS[1].tolist())))
    mean_is(answers(capsys, "profile", tmp_path / "a.jsonl", "--model", tmp_path / "b.csv"))


def test_repeated_missing_and_foreign_ids_are_refused(tmp_path, capsys):
    a, b = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    rows = [{"id": "x", "teacher_log_prob": t, "model_log_prob": m} for t, m in zip(*SUMS, strict=True)]
    refused(capsys, "line 2: id 'x' a second time", "profile", lines(a, rows))
    scored(a, 0, order=[0, 1, 2])
    scored(b, 1, order=[2, 1, 0, 0])
    refused(capsys, "b.jsonl, line 4: id 'r0' a second time", "profile", a, "--model", b)
    scored(b, 1, order=[2, 1, 5])
    refused(capsys, "a.jsonl, line 1: id 'r0' is not in b.jsonl", "profile", a, "--model", b)
    scored(b, 1, order=[2, 1, 0, 7])
    refused(capsys, "b.jsonl: id 'r7' is not in the teacher's file", "profile", a, "--model", b)
    lines(a, [{"id": None, "log_prob": -1.0}])
    refused(capsys, "line 1: id is missing", "profile", a, "--model", b)
    lines(a, [{"log_prob": v} for v in SUMS[0]])
    lines(b, [{"log_prob": v} for v in SUMS[1]])
    refused(capsys, "--match order", "profile", a, "--model", b)
    mean_is(answers(capsys, "profile", a, "--model", b, "--match", "order"))
    scored(a, 0)
    scored(b, 1, prompt="p")
    refused(capsys, "names prompts .*the teacher's file does not", "profile", a, "--model", b)


def test_a_repeated_id_far_away_is_found_too(tmp_path):
    from covtheory.own_model.problem import Problem
    from covtheory.own_model.scores import paired_log_probs

    rows = [{"id": f"q{i % 150}", "teacher_log_prob": -5.0, "model_log_prob": -6.0 - i} for i in range(200)]
    with pytest.raises(Problem, match="50 rows have the id of an earlier row"):
        list(paired_log_probs(lines(tmp_path / "a.jsonl", rows), rows=40))


def test_a_task_twice_is_refused_or_added_up(tmp_path, capsys):
    path = tmp_path / "twice.csv"
    path.write_text("task_id,n,c\n" + "".join(f"t{i},16,{i}\n" for i in range(10)) * 2)
    refused(capsys, "line 12: task_id 't0' a second time.*--add-up", "passk", path)
    facts = answers(capsys, "passk", path, "--add-up")
    assert (facts["prompts"], facts["draws"], facts["draws_in_all"]) == (10, 32, 320)
    assert facts["notes"] == ["20 rows added up by 'task_id': 10 prompts"]


# ---- what is no data


def test_empty_responses_are_refused_in_every_layout(tmp_path, capsys):
    pieces = [*TEACHER[:5], []]
    rows = [{"teacher_token_log_probs": p, "model_token_log_probs": p} for p in pieces]
    refused(capsys, "line 6: empty response", "profile", lines(tmp_path / "a.jsonl", rows))
    (tmp_path / "a.csv").write_text("teacher_token_log_probs,model_token_log_probs\n-1 -2,-1 -3\n,\n")
    refused(capsys, "line 3: empty response", "profile", tmp_path / "a.csv")
    np.savez(tmp_path / "a.npz", teacher_token_log_probs=np.zeros((3, 0)), model_token_log_probs=np.zeros((3, 0)))
    refused(capsys, "row 1: empty response", "profile", tmp_path / "a.npz")
    rows = [{"teacher_log_prob": -1.0, "model_log_prob": -1.0, "num_tokens": i} for i in (3, 0)]
    refused(capsys, "line 2: .*empty response", "profile", lines(tmp_path / "b.jsonl", rows))


@pytest.mark.parametrize("values", [[None, -1.0, -2.0], [float("nan"), -1.0, -2.0]])
def test_a_null_first_token_is_dropped_and_counted(tmp_path, capsys, values):
    rows = [{"teacher_token_log_probs": values, "model_token_log_probs": [None, -1.5, -2.0]}] * 3
    facts = answers(capsys, "profile", lines(tmp_path / "a.jsonl", rows))
    mean_is(facts, 0.5)
    assert facts["sanity"]["first_tokens_dropped"] == 3
    rows = [{"teacher_token_log_probs": [-1.0, None], "model_token_log_probs": [-1.0, -1.0]}]
    refused(capsys, "line 1: .*after the first token", "profile", lines(tmp_path / "a.jsonl", rows))


def test_columns_that_are_no_checkpoints_are_never_picked(tmp_path, capsys):
    rng, n = np.random.default_rng(4), 60
    a, b = -rng.gamma(40, 1, n), -rng.gamma(44, 1, n)
    for odd in ("0", "-1", "1.0"):
        path = tmp_path / "m.csv"
        path.write_text(
            "doc_id,epoch,seed,step_1,step_2\n"
            + "".join(f"{i},0,{odd},{x:.4f},{y:.4f}\n" for i, (x, y) in enumerate(zip(a, b, strict=True)))
        )
        refused(capsys, "--checkpoints", "tournament", path)
        facts = answers(capsys, "tournament", path, "--checkpoints", "step_*")
        assert [row["name"] for row in facts["checkpoints"]] == ["step_1", "step_2"]
    rows = [{"step_1": x, "step_2": y, "late": False} for x, y in zip(a, b, strict=True)]
    refused(capsys, "'late': False is no number.*--checkpoints", "tournament", lines(tmp_path / "m.jsonl", rows))
    assert answers(capsys, "tournament", tmp_path / "m.jsonl", "--checkpoints", "step_1,step_2")["responses"] == n
    np.savez(tmp_path / "m.npz", log_probs=np.stack([a, b]).T)
    refused(capsys, "transposed", "tournament", tmp_path / "m.npz")
    np.savez(tmp_path / "m.npz", log_probs=np.stack([a, b]), models=["x", "x"])
    refused(capsys, "one name", "tournament", tmp_path / "m.npz")


def test_truth_values_are_no_log_probabilities_and_no_counts(tmp_path, capsys):
    rows = [{"teacher_log_prob": False, "model_log_prob": -1.0}]
    refused(capsys, "line 1: .*False is no number", "profile", lines(tmp_path / "a.jsonl", rows))
    refused(capsys, "line 1: .*True is no number", "passk", lines(tmp_path / "b.jsonl", [{"n": True, "c": 1}]))


def test_totals_that_stand_beside_their_parts_must_agree(tmp_path, capsys):
    rows = [
        {
            "teacher_token_log_probs": t,
            "model_token_log_probs": m,
            "teacher_log_prob": sum(t),
            "token_kl": [0.1, 0.2],
            "sequence_kl": 0.3,
        }
        for t, m in zip(TEACHER, MODEL, strict=True)
    ]
    mean_is(answers(capsys, "profile", lines(tmp_path / "a.jsonl", rows)))
    rows[4] = rows[4] | {"teacher_log_prob": -99.0}
    refused(capsys, "line 5: .*sums to .*but 'teacher_log_prob' is -99", "profile", lines(tmp_path / "a.jsonl", rows))
    rows[4] = rows[3] | {"sequence_kl": 7.0}
    refused(
        capsys, "line 5: 'token_kl'|line 5: column 'token_kl' sums to 0.3", "profile", lines(tmp_path / "a.jsonl", rows)
    )


# ---- what looks wrong is said


def pair(n=200, seed=5):
    rng = np.random.default_rng(seed)
    teacher = -rng.gamma(80, 0.5, n)
    return teacher, np.minimum(teacher - rng.gamma(1, 1.0, n), 0)


def warned(capsys, tmp_path, teacher, model, **more):
    rows = [
        {"teacher_log_prob": t, "model_log_prob": m, **{k: v[i] for k, v in more.items()}}
        for i, (t, m) in enumerate(zip(teacher, model, strict=True))
    ]
    return answers(capsys, "profile", lines(tmp_path / "w.jsonl", rows))


def test_what_looks_wrong_is_said_and_what_does_not_is_not(tmp_path, capsys):
    teacher, model = pair()
    assert warned(capsys, tmp_path, teacher, model)["warnings"] == []
    tokens = np.random.default_rng(6).integers(20, 120, 200)
    cases = {
        "length-normalised": (teacher / 40, model / 40, {}),
        "do not grow with the number of tokens": (teacher / 40, model / 40, {"num_tokens": tokens.tolist()}),
        "two engines": (teacher, np.minimum(teacher + 0.05 * np.random.default_rng(7).standard_normal(200), 0), {}),
        "probability zero under the model": (teacher, np.where(np.arange(200) < 3, -np.inf, model), {}),
        "numbers that engines write": (teacher, np.where(np.arange(200) < 2, -9999.0, model), {}),
        "exactly 0 under both": (teacher * (np.arange(200) > 3), model * (np.arange(200) > 3), {}),
        "every log ratio is 30": (teacher, teacher - 30, {}),
        "the same scores twice": (teacher, teacher, {}),
        "token KL exceeds": (teacher, model, {"sequence_kl": [50.0] * 200}),
    }
    for words, (t, m, more) in cases.items():
        said = warned(capsys, tmp_path, t, m, **more)["warnings"]
        assert any(words in text for text in said), (words, said)


def test_the_block_of_facts_has_the_right_numbers(tmp_path, capsys):
    teacher, model = pair()
    ends = ["length" if i % 4 == 0 else "stop" for i in range(200)]
    facts = warned(capsys, tmp_path, teacher, model, num_tokens=[30] * 150 + [50] * 50, finish_reason=ends)["sanity"]
    assert (facts["median_tokens"], facts["truncated_share"], facts["model_zero"]) == (30, 0.25, 0)
    surplus = np.exp(model - teacher)
    assert facts["exp_minus_log_ratio"]["mean"] == pytest.approx(surplus.mean())
    assert facts["exp_minus_log_ratio"]["lower"] < surplus.mean()
    facts = warned(capsys, tmp_path, teacher, model, num_tokens=[None] * 150 + [50] * 50, finish_reason=[None] * 200)
    assert (facts["sanity"]["median_tokens"], facts["sanity"]["truncated_share"]) == (50, None)
    facts = warned(capsys, tmp_path, teacher, model)["kl"]
    assert facts["k3"] == pytest.approx((surplus - 1 + teacher - model).mean())


# ---- no traceback, nothing raw


def test_numbers_no_computer_has_are_refused_with_their_line(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"n": 1' + "0" * 400 + ', "c": 1}\n')
    refused(capsys, "a.jsonl, line 1: .*no number", "passk", tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text('{"n": 1' + "0" * 5000 + ', "c": 1}\n')
    refused(capsys, "line 1: .*too many digits", "passk", tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text('{"n": 4, "c": 1, "x": ' + "[" * 100_000 + "]" * 100_000 + "}\n")
    refused(capsys, "line 1: .*nested too deep", "passk", tmp_path / "a.jsonl")
    for n in ("1000000000000000000", "1e300", "9" * 30):
        (tmp_path / "a.csv").write_text(f"n,c\n{n},3\n")
        refused(capsys, "line 2: .*more than 1,000,000,000 draws", "passk", tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("n,c\n4,1\n")
    for k in ("inf", "nan", "1e400", "0", "2.5"):
        refused(capsys, "--k: got", "passk", tmp_path / "a.csv", "--k", k)
    (tmp_path / "s.csv").write_text("teacher_log_prob,model_log_prob\n-1,-2\n")
    for option, value in (
        ("--N", "inf"),
        ("--N", "0.5"),
        ("--max-log-ratio", "nan"),
        ("--max-log-ratio", "0.5"),
        ("--level", "1"),
        ("--level", "1e-300"),
        ("--target", "2"),
    ):
        status, out, err = run(capsys, "profile", tmp_path / "s.csv", option, value)
        assert (status, out) == (2, "")
        assert option in err or "target" in err


def test_many_draws_take_no_longer_and_make_no_noise(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("n,c\n1000000000,500000000\n1000000000,2\n")
    facts = answers(capsys, "passk", tmp_path / "a.csv", "--k", "1,100000000")
    assert facts["pass_at_k"][0]["pass"] == pytest.approx(0.25, rel=1e-8)
    assert facts["pass_at_k"][1]["pass"] == pytest.approx((1 + 1 - 0.9**2) / 2, rel=1e-7)
    (tmp_path / "a.csv").write_text("n,c\n2000,3\n3000,0\n")
    assert answers(capsys, "passk", tmp_path / "a.csv")["largest_k"] == 2000


def test_names_from_a_file_reach_no_terminal_raw(tmp_path, capsys):
    evil = "a\x1b[2J\u202e\ud800b"
    rows = [{evil: -float(i) - 0.5, "b$x$_": -i - 0.25} for i in range(4)]
    status, out, _ = run(capsys, "tournament", lines(tmp_path / "t.jsonl", rows), "--plot", str(tmp_path / "t.png"))
    assert status == 0
    assert "\x1b" not in out
    assert "\\x1b[2J\\u202e\\ud800" in out
    rows = [{"id": "x\x1b]0;", "teacher_log_prob": -1.0, "model_log_prob": -1.0}] * 2
    refused(capsys, r"\\x1b\]0;", "profile", lines(tmp_path / "p.jsonl", rows))


def test_long_cells_extra_fields_and_blank_lines_are_read(tmp_path, capsys):
    text = "word " * 40_000
    (tmp_path / "a.csv").write_text("text,teacher_log_prob,model_log_prob\n" + f'"{text}",-3,-4\n' * 2 + "\n")
    mean_is(answers(capsys, "profile", tmp_path / "a.csv"), 1.0)
    (tmp_path / "a.jsonl").write_text(
        '{"teacher_log_prob": -3, "model_log_prob": -4}\n\n'
        '{"error": null, "model_log_prob": -4, "teacher_log_prob": -3}\n\n'
    )
    mean_is(answers(capsys, "profile", tmp_path / "a.jsonl"), 1.0)
    (tmp_path / "b.csv").write_text('teacher_token_log_probs,model_token_log_probs\n"[-1.0, -0.5]","[-1. -1.5]"\n')
    mean_is(answers(capsys, "profile", tmp_path / "b.csv"), 1.0)
    (tmp_path / "c.csv").write_text("teacher_log_prob;model_log_prob\n-3;-4\n")
    refused(capsys, "semicolons", "profile", tmp_path / "c.csv")


def test_half_precision_is_named(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("teacher_log_prob,model_log_prob\n0.0039,-4\n")
    refused(capsys, "half precision", "profile", tmp_path / "a.csv")


@pytest.mark.parametrize("writer", ["vllm", "batch", "completions", "lm-eval", "gz", "json", "tsv"])
def test_what_tools_write_gives_the_same_answer(tmp_path, capsys, writer):
    a, b, mean = tmp_path / "a.jsonl", tmp_path / "b.jsonl", MEAN
    if writer == "vllm":
        files.vllm(a, TEACHER), files.vllm(b, MODEL)
    elif writer == "batch":
        files.batch(a, TEACHER, range(len(IDS))), files.batch(b, MODEL, np.random.default_rng(1).permutation(len(IDS)))
    elif writer == "completions":
        for path, tokens in ((a, TEACHER), (b, MODEL)):
            lines(path, [files.completion(values, id=IDS[i]) for i, values in enumerate(tokens)])
    elif writer == "lm-eval":
        files.lm_eval_scored(a, SUMS[0]), files.lm_eval_scored(b, SUMS[1])
    elif writer == "gz":
        a, b = scored(tmp_path / "a.jsonl.gz", 0), scored(tmp_path / "b.jsonl.gz", 1)
    elif writer == "json":
        a, b = tmp_path / "a.json", tmp_path / "b.json"
        for path, sums in ((a, SUMS[0]), (b, SUMS[1])):
            path.write_text(json.dumps([{"id": IDS[i], "log_prob": v} for i, v in enumerate(sums)], indent=1))
    else:
        a, b = tmp_path / "a.tsv", tmp_path / "b.tsv"
        for path, sums in ((a, SUMS[0]), (b, SUMS[1])):
            path.write_text("id\tlog_prob\n" + "".join(f"{IDS[i]}\t{v!r}\n" for i, v in enumerate(sums.tolist())))
    facts = answers(capsys, "profile", a, "--model", b)
    mean_is(facts, mean)
    assert facts["responses"] == len(IDS)
    word = {"completions": "OpenAI completions", "batch": "OpenAI batch", "lm-eval": "lm-eval", "vllm": "vLLM"}.get(
        writer, ""
    )
    assert word in facts["read_as"][a.name]


@pytest.mark.parametrize("kind", ["list", "large_list", "fixed_size_list"])
def test_lists_of_every_kind_in_parquet(tmp_path, capsys, kind):
    pyarrow = pytest.importorskip("pyarrow", reason="optional: requirements/own-model.txt")
    from pyarrow import parquet

    rows = [values[:4] for values in TEACHER], [values[:4] for values in MODEL]
    make = {"list": pyarrow.list_, "large_list": pyarrow.large_list, "fixed_size_list": lambda t: pyarrow.list_(t, 4)}[
        kind
    ]
    table = {
        f"{who}_token_log_probs": pyarrow.array(values, make(pyarrow.float64()))
        for who, values in zip(("teacher", "model"), rows, strict=True)
    }
    parquet.write_table(pyarrow.table(table), tmp_path / "a.parquet", row_group_size=7)
    gap = np.mean([sum(t) - sum(m) for t, m in zip(*rows, strict=True)])
    mean_is(answers(capsys, "profile", tmp_path / "a.parquet"), gap)


def test_verdicts_of_human_eval_evalplus_and_lm_eval(tmp_path, capsys):
    rows = [{"task_id": f"T/{i}", "completion": "", "result": "", "passed": k < i} for i in range(6) for k in range(5)]
    np.random.default_rng(2).shuffle(rows)
    facts = answers(capsys, "passk", lines(tmp_path / "samples.jsonl_results.jsonl", rows))
    assert (facts["prompts"], facts["draws"], facts["pass_at_k"][0]["pass"]) == (6, 5, pytest.approx(0.5))
    facts = answers(capsys, "passk", files.evalplus(tmp_path / "eval_results.json"))
    assert (facts["prompts"], facts["draws"]) == (7, 5)
    assert facts["pass_at_k"][0]["pass"] == pytest.approx(np.mean([max(i % 5 - 1, 0) / 5 for i in range(7)]))
    facts = answers(capsys, "passk", tmp_path / "eval_results.json", "--filter", "base")
    assert facts["pass_at_k"][0]["pass"] == pytest.approx(np.mean([i % 5 / 5 for i in range(7)]))
    path = files.lm_eval_drawn(tmp_path / "samples_x.jsonl")
    facts = answers(capsys, "passk", path)
    assert (facts["prompts"], facts["draws"]) == (9, 6)
    assert facts["pass_at_k"][0]["pass"] == pytest.approx(np.mean([i % 4 / 6 for i in range(9)]))
    assert any("'flexible' left out" in note for note in facts["notes"])
    facts = answers(capsys, "passk", files.lm_eval_drawn(path, matches=False), "--filter", "flexible")
    assert (facts["prompts"], facts["draws"], facts["pass_at_k"][0]["pass"]) == (9, 1, pytest.approx(4 / 9))
    assert any("kept and scored 9" in note for note in facts["notes"])
