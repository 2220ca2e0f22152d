"""Formats in their variants, many models, and how answers leave the program."""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import own_model_files as files
import pytest
from own_model_files import IDS, MEAN, MODEL, SUMS, TEACHER, lines
from test_own_model_cases import answers, mean_is, refused, run, scored

from covtheory import __version__
from covtheory.__main__ import main
from covtheory.own_model.formats.arrays import npz_columns
from covtheory.own_model.formats.scored import picked
from covtheory.own_model.formats.sources import by_numbers, sources
from covtheory.own_model.problem import Problem

COMMAND = [sys.executable, "-m", "covtheory"]


def both(tmp_path, write):
    """The same rows written for teacher and model."""
    return write(tmp_path / "a.jsonl", TEACHER), write(tmp_path / "b.jsonl", MODEL)


# ---- variants of what tools write


def test_drawn_outputs_of_vllm_are_responses_of_their_prompts(tmp_path, capsys):
    a, b = both(tmp_path, files.vllm_drawn)
    facts = answers(capsys, "profile", a, "--model", b)
    mean_is(facts)
    assert (facts["clusters"], facts["responses"], facts["sanity"]["truncated_share"]) == (24, 48, 0.5)


def test_the_prompt_is_left_out_of_a_scored_text_if_its_length_is_told(tmp_path, capsys):
    a, b = both(tmp_path, lambda path, tokens: files.vllm(path, tokens, num_prompt_tokens=3))
    gap = np.mean([sum(t[2:]) - sum(m[2:]) for t, m in zip(TEACHER, MODEL, strict=True)])
    mean_is(answers(capsys, "profile", a, "--model", b), gap)


def test_the_token_that_is_there_is_picked_or_missed():
    assert picked([None, {"5": -1.0}, 0.5], None) == [None, -1.0, 0.5]
    for positions, ids, message in (
        ([{"5": -1.0, "6": -2.0}], None, "lists 2 tokens"),
        ([{"5": -1.0}], [7], "own token 7"),
        ([None], [1, 2], "1 positions but 2 token ids"),
    ):
        with pytest.raises(ValueError, match=message):
            picked(positions, ids)


def test_openai_choices_echo_and_failed_requests(tmp_path, capsys):
    def echoed(path, tokens):
        return lines(
            path,
            [
                files.completion(
                    [None, -9.0, -9.0, *values], id=IDS[i], usage={"prompt_tokens": 3, "completion_tokens": len(values)}
                )
                for i, values in enumerate(tokens)
            ],
        )

    a, b = both(tmp_path, echoed)
    facts = answers(capsys, "profile", a, "--model", b)
    mean_is(facts)
    assert "echoed prompts" in facts["read_as"]["a.jsonl"]

    def several(path, tokens):
        rows = []
        for i in range(0, len(tokens), 4):
            choices = [files.chat(tokens[i + k])["choices"][0] | {"index": k} for k in range(4)]
            rows.append({"id": f"q{i}", "choices": choices})
        return lines(path, rows)

    facts = answers(capsys, "profile", several(a, TEACHER), "--model", several(b, MODEL))
    mean_is(facts)
    assert facts["clusters"] == 12
    failed = [
        {"custom_id": "bad", "response": None, "error": {"code": "x"}},
        {"custom_id": "worse", "response": {"status_code": 500, "body": {}}, "error": None},
    ]
    for path, tokens in ((a, TEACHER), (b, MODEL)):
        files.batch(path, tokens, range(len(IDS)))
        lines(path, [*failed, *map(json.loads, path.read_text().splitlines())])
    facts = answers(capsys, "profile", a, "--model", b)
    mean_is(facts)
    assert "2 failed requests left out" in facts["read_as"]["a.jsonl"]
    for path, tokens in ((a, TEACHER), (b, MODEL)):
        lines(path, [files.completion(values) for values in tokens])
    refused(capsys, "line 1: id is missing .--match order", "profile", a, "--model", b)
    mean_is(answers(capsys, "profile", a, "--model", b, "--match", "order"))
    lines(a, [{"id": "x", "choices": [{"index": 0, "logprobs": None}]}])
    refused(capsys, "line 1: read as OpenAI completions: no log-probabilities", "profile", a, "--model", b)
    refused(capsys, "read as OpenAI completions", "passk", b)


def test_answer_options_of_lm_eval_are_no_drawn_responses(tmp_path, capsys):
    path = lines(
        tmp_path / "samples_mc.jsonl",
        [{"doc_id": 0, "filter": "none", "acc": 1.0, "resps": [[[-1.0, False]], [[-2.0, False]]]}],
    )
    refused(capsys, "2 answer options", "profile", path, "--model", path)


def test_rollouts_with_token_lists_and_masks(tmp_path, capsys):
    rows = [
        {
            "uid": f"u{i // 4}",
            "old_log_probs": [*t, 0.0, -7.0],
            "ref_log_prob": [*m, 0.0, -9.0],
            "response_mask": [1] * len(t) + [0, 0],
        }
        for i, (t, m) in enumerate(zip(TEACHER, MODEL, strict=True))
    ]
    facts = answers(capsys, "profile", lines(tmp_path / "rollouts.jsonl", rows))
    mean_is(facts)
    assert facts["clusters"] == 12
    rows[2]["response_mask"] = [1]
    refused(capsys, "line 3: column 'response_mask' has 1 entries", "profile", lines(tmp_path / "r.jsonl", rows))
    rows = [{"input": f"q{i // 5}", "output": "", "score": float(i % 5 < i // 5), "step": 3} for i in range(25)]
    facts = answers(capsys, "passk", lines(tmp_path / "3.jsonl", rows))
    assert (facts["prompts"], facts["draws"], facts["pass_at_k"][0]["pass"]) == (5, 5, pytest.approx(0.4))
    rows[7]["score"] = 0.5
    refused(capsys, "line 8: .*neither right", "passk", lines(tmp_path / "3.jsonl", rows))


def test_verdicts_in_lists_words_and_older_evalplus(tmp_path, capsys):
    rows = [{"task_id": f"t{i}", "passed": [k < i for k in range(4)]} for i in range(5)]
    facts = answers(capsys, "passk", lines(tmp_path / "a.jsonl", rows))
    assert (facts["prompts"], facts["draws"], facts["pass_at_k"][0]["pass"]) == (5, 4, pytest.approx(0.5))
    (tmp_path / "a.csv").write_text("task_id,correct\na,True\na,False\nb,false\nb,TRUE\n")
    assert answers(capsys, "passk", tmp_path / "a.csv")["pass_at_k"][0]["pass"] == 0.5
    old = {
        "eval": {
            "x": {"nfiles": 2, "base": [["success", []], ["failed", []]], "plus": [["success", []], ["failed", []]]}
        }
    }
    (tmp_path / "old.json").write_text(json.dumps(old))
    facts = answers(capsys, "passk", tmp_path / "old.json")
    assert (facts["draws"], facts["pass_at_k"][0]["pass"]) == (2, 0.5)
    pyarrow = pytest.importorskip("pyarrow", reason="optional: requirements/own-model.txt")
    from pyarrow import parquet

    parquet.write_table(
        pyarrow.table({"task_id": ["a", "b"], "passed": [[True, False], [True, True]]}), tmp_path / "a.parquet"
    )
    assert answers(capsys, "passk", tmp_path / "a.parquet")["pass_at_k"][0]["pass"] == 0.75


# ---- containers


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".npz", ".parquet"])
def test_folders_and_patterns_of_shards_are_one_table(tmp_path, capsys, ending):
    folder = tmp_path / "shards"
    folder.mkdir()
    for part in range(3):
        rows = [
            {"id": IDS[i], "teacher_log_prob": SUMS[0][i], "model_log_prob": SUMS[1][i]} for i in range(part, 48, 3)
        ]
        path = folder / f"part-{part}{ending}"
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        if ending.endswith(".zst"):
            pyarrow = pytest.importorskip("pyarrow")
            with pyarrow.CompressedOutputStream(str(path), "zstd") as stream:
                stream.write(text)
        elif ending == ".csv":
            path.write_text(",".join(rows[0]) + "\n" + "".join(",".join(map(str, r.values())) + "\n" for r in rows))
        elif ending == ".npz":
            np.savez(path, **{k: np.array([row[k] for row in rows]) for k in rows[0]})
        elif ending == ".parquet":
            pyarrow = pytest.importorskip("pyarrow")
            from pyarrow import parquet

            parquet.write_table(pyarrow.table({k: [row[k] for row in rows] for k in rows[0]}), path)
        else:
            path.write_bytes(gzip.compress(text) if ending.endswith(".gz") else text)
    (folder / "_SUCCESS").write_text("")
    for source in (folder, folder / "part-*"):
        facts = answers(capsys, "profile", source)
        mean_is(facts)
        assert facts["responses"] == 48
        assert "3 files" in next(iter(facts["read_as"].values()))
    with pytest.raises(Problem, match="no such file"):
        sources(folder / "nothing-*")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "gz", "npz"])
def test_standard_input_is_read_and_recognised(tmp_path, form):
    rows = [{"n": 8, "c": c} for c in (0, 3, 8)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    buffer = io.BytesIO()
    np.savez(buffer, n=[8] * 3, c=[0, 3, 8])
    data = {
        "jsonl": text.encode(),
        "json": json.dumps(rows, indent=2).encode(),
        "csv": b"n,c\n8,0\n8,3\n8,8\n",
        "gz": gzip.compress(text.encode()),
        "npz": buffer.getvalue(),
    }[form]
    done = subprocess.run([*COMMAND, "passk", "-", "--json"], input=data, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["pass_at_k"][0]["pass"] == pytest.approx(11 / 24)


def test_a_format_can_be_forced(tmp_path, capsys):
    path = tmp_path / "odd.txt"
    path.write_text('{"n": 4, "c": 1}\n')
    refused(capsys, "--format", "passk", path)
    assert answers(capsys, "passk", path, "--format", "jsonl")["prompts"] == 1
    lines(tmp_path / "a.jsonl", [{"doc_id": 1, "resps": [["x"]], "n": 4, "c": 2, "exact_match": 1, "target": "x"}])
    assert answers(capsys, "passk", tmp_path / "a.jsonl")["draws"] == 1
    assert answers(capsys, "passk", tmp_path / "a.jsonl", "--format", "plain")["draws"] == 4
    refused(capsys, "none of vllm's", "passk", tmp_path / "a.jsonl", "--format", "vllm")


def test_json_is_read_value_by_value(tmp_path, capsys):
    rows = [{"n": 4, "c": c, "text": 'é"]},' * 30_000} for c in (0, 1, 4)]  # longer than one piece of reading
    (tmp_path / "a.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    assert answers(capsys, "passk", tmp_path / "a.json")["prompts"] == 3
    (tmp_path / "a.json").write_text(json.dumps({"rows": rows}))
    assert answers(capsys, "passk", tmp_path / "a.json")["prompts"] == 3
    (tmp_path / "a.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert answers(capsys, "passk", tmp_path / "a.json")["prompts"] == 3
    for text, message in (
        ('[{"n": 4, "c": 1}, {"n": 4', "value 2: .*ends in the middle"),
        ("[1, 2]", "expected a JSON object"),
        ('[{"n": 4, "c": 1} {"n"', "value 2: not JSON"),
        ('{"n": 4, 5}', "a key in quotes"),
        ("[]", "no column"),
        ('[{"n": 4, "c": tru}]', "not JSON"),
    ):
        (tmp_path / "a.json").write_text(text)
        refused(capsys, message, "passk", tmp_path / "a.json")


def test_shards_sort_by_their_numbers():
    assert sorted(["b_2", "a_10", "a_9"], key=by_numbers) == ["a_9", "a_10", "b_2"]


def test_archives_that_claim_more_than_they_hold_are_refused_before_memory_is_taken(tmp_path, capsys):
    def archive(header, data=b"", compression=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / "a.npz", "w", compression) as made:
            text = header.encode()
            made.writestr("n.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data)
        return tmp_path / "a.npz"

    for shape in ("(10000000000000,)", f"({10**30},)", "(-5,)"):
        refused(
            capsys,
            "not a complete NPZ",
            "passk",
            archive(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n", b"\0" * 80),
        )
    refused(capsys, "not a complete NPZ", "passk", archive("{((((\n"))
    np.savez_compressed(tmp_path / "b.npz", n=np.full(10**6, 8), c=np.zeros(10**6))
    assert len(npz_columns(sources(tmp_path / "b.npz")[0])["n"]) == 10**6  # highly compressible, and honest


# ---- many models


@pytest.fixture
def training(tmp_path):
    """A teacher and four checkpoints, each closer to it."""
    scored(tmp_path / "teacher.jsonl", 0)
    for step in (100, 20, 3, 7):
        rows = [{"id": IDS[i], "log_prob": SUMS[0][i] - 30 / step * (1 + i % 3)} for i in range(len(IDS))]
        lines(tmp_path / f"step_{step}.jsonl", rows[::-1])
    return tmp_path


def test_many_checkpoints_make_one_table_and_one_picture(training, capsys):
    arguments = ["profile", training / "teacher.jsonl", "--model", str(training / "step_*.jsonl")]
    facts = answers(capsys, *arguments, "--plot", str(training / "out.svg"))
    assert [part["name"] for part in facts["models"]] == [f"step_{step}.jsonl" for step in (3, 7, 20, 100)]
    assert facts["false_alarm"] == pytest.approx(0.05)
    assert all(part["false_alarm"] == pytest.approx(0.05 / 4) for part in facts["models"])
    means = [part["kl"]["mean_log_ratio"] for part in facts["models"]]
    assert means == pytest.approx([60 / step for step in (3, 7, 20, 100)])
    assert b"<svg" in (training / "out.svg").read_bytes()[:600]
    status, text, _ = run(capsys, *arguments)
    assert status == 0
    assert "4 models; limits hold for all of them" in text
    status, table, _ = run(capsys, *arguments, "--csv")
    assert table.splitlines()[0].startswith("name,responses,cross_entropy,kl,kl_lower,cov_2,cov_2_lower")
    assert len(table.splitlines()) == 5
    status, flat, _ = run(capsys, *arguments, "--flat")
    assert json.loads(flat)["step_7.jsonl/kl/mean_log_ratio"] == pytest.approx(60 / 7)
    assert "step_7.jsonl/cov/16" in json.loads(flat)


def test_two_models_are_compared_on_the_same_responses(training, capsys):
    facts = answers(
        capsys,
        "profile",
        training / "teacher.jsonl",
        "--model",
        str(training / "step_3.jsonl"),
        "--model",
        str(training / "step_20.jsonl"),
        "--N",
        "16",
    )
    row = facts["difference"]["rows"][0]
    assert (facts["difference"]["first"], facts["difference"]["second"]) == ("step_3.jsonl", "step_20.jsonl")
    assert row["difference"] == pytest.approx(2 / 3 - 1)
    assert row["lower"] < row["difference"] < row["upper"] < 0
    assert facts["models"][0]["false_alarm"] == pytest.approx(0.05 / 3)


def test_groups_by_a_column_and_by_length(tmp_path, capsys):
    rows = [
        {"teacher_token_log_probs": t, "model_token_log_probs": m, "num_tokens": len(t), "set": "ab"[i % 2]}
        for i, (t, m) in enumerate(zip(TEACHER, MODEL, strict=True))
    ]
    path = lines(tmp_path / "a.jsonl", rows)
    facts = answers(capsys, "profile", path, "--by", "set")
    gaps = SUMS[0] - SUMS[1]
    assert [part["kl"]["mean_log_ratio"] for part in facts["groups"]] == pytest.approx(
        [gaps[::2].mean(), gaps[1::2].mean()]
    )
    facts = answers(capsys, "profile", path, "--by", "num_tokens")
    assert [part["name"] for part in facts["groups"]] == ["4-7", "8-15", "16-31", "32-63"]
    (tmp_path / "p.csv").write_text("task_id,n,c,level\na,4,1,easy\nb,4,0,hard\nc,4,4,easy\n")
    facts = answers(capsys, "passk", tmp_path / "p.csv", "--by", "level")
    assert [(part["name"], part["prompts"]) for part in facts["groups"]] == [("easy", 2), ("hard", 1)]
    refused(capsys, "no column 'nowhere'", "passk", tmp_path / "p.csv", "--by", "nowhere")


def test_pass_at_k_of_two_models_majority_and_all_right(tmp_path, capsys):
    base = [{"task_id": i, "n": 16, "c": 1} for i in range(300)]
    tuned = [{"task_id": i, "n": 16, "c": 8 * (i % 2)} for i in range(300)]
    a, b = lines(tmp_path / "base.jsonl", base), lines(tmp_path / "rl.jsonl", tuned[::-1])
    facts = answers(capsys, "passk", a, "--against", b, "--plot", str(tmp_path / "two.png"))
    assert facts["difference"]["prompts"] == 300
    assert (facts["difference"]["ahead_until"], facts["difference"]["behind_from"]) == (4, 16)
    _, text, _ = run(capsys, "passk", a, "--against", b)
    assert "the sign changes between 4 and 16" in text
    rows = [{"task_id": i, "answer": x, "passed": x == "7"} for i in range(3) for x in "7779"]
    facts = answers(capsys, "passk", lines(tmp_path / "m.jsonl", rows), "--answer", "answer")
    assert [row["majority"] for row in facts["pass_at_k"]] == [
        pytest.approx(0.75, abs=0.1),
        pytest.approx(0.75, abs=0.1),
        1.0,
    ]
    assert [row["all_right"] for row in facts["pass_at_k"]] == pytest.approx([0.75, 0.5, 0.0], abs=1e-12)
    (tmp_path / "p.csv").write_text("task_id,n,c\na,4,1\nb,16,2\n")
    facts = answers(capsys, "passk", tmp_path / "p.csv", "--k", "4,16")
    assert [(row["k"], row["prompts"]) for row in facts["pass_at_k"]] == [(4, 2), (16, 1)]


# ---- how answers leave


def test_a_closed_pipe_and_a_full_disk_end_quietly(tmp_path):
    (tmp_path / "p.csv").write_text("n,c\n8,1\n")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*COMMAND, "passk", str(tmp_path / "p.csv")], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([*COMMAND, "passk", str(tmp_path / "p.csv")], stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 2
        assert b"cannot write the answer" in done.stderr
        assert b"Traceback" not in done.stderr


def test_an_ascii_terminal_gets_ascii(tmp_path):
    lines(tmp_path / "t.jsonl", [{"schön": -1.5, "b": -2.5}] * 2 + [{"schön": -1.25, "b": -2.0}])
    done = subprocess.run(
        [*COMMAND, "tournament", str(tmp_path / "t.jsonl")],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"sch\\xf6n" in done.stdout


def test_flat_numbers_and_csv(tmp_path, capsys):
    rows = [{"teacher_log_prob": t, "model_log_prob": m} for t, m in zip(*SUMS, strict=True)]
    path = lines(tmp_path / "a.jsonl", rows)
    _, flat, _ = run(capsys, "profile", path, "--flat")
    numbers = json.loads(flat)
    assert all(isinstance(value, (int, float)) for value in numbers.values())
    assert numbers["kl/mean_log_ratio"] == pytest.approx(MEAN)
    assert numbers["cov_lower/16"] <= numbers["cov/16"] <= numbers["cov_upper/16"]
    assert "kl/upper" not in numbers
    _, table, _ = run(capsys, "profile", path, "--csv", "--N", "2,16")
    assert [line.split(",")[0] for line in table.splitlines()] == ["N", "2.0", "16.0"]


def test_version_and_help_with_an_example(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert done.value.code == 0
    assert capsys.readouterr().out.split() == ["covtheory", __version__]
    for name in ("profile", "tournament", "passk"):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        assert f"example: covtheory {name} " in capsys.readouterr().out


def test_a_command_without_a_picture_imports_no_drawing_and_no_statistics(tmp_path):
    (tmp_path / "p.csv").write_text("n,c\n8,1\n8,0\n")
    code = "import sys; from covtheory.__main__ import main; main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "passk", str(tmp_path / "p.csv")], capture_output=True, text=True
    )
    assert done.returncode == 0
    loaded = done.stdout.splitlines()[-1].split()
    assert not {"matplotlib", "IPython", "scipy.stats", "sympy", "claimcheck", "pyarrow"} & set(loaded)
