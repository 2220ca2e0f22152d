"""Damaged files: whatever is done to them, the commands say one sentence or an answer, and never a traceback.

``COVTHEORY_MUTATED=2500`` runs that many; the default is a sample.
"""

import json
import os

import numpy as np
import own_model_files as files
import pytest
from own_model_files import IDS, MODEL, SUMS, TEACHER, lines

from covtheory.__main__ import main

MUTATED = int(os.environ.get("COVTHEORY_MUTATED", "300"))
WORDS = (
    b"null",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"true",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"0",
    b"-",
    b"[]",
    b"{}",
    b'""',
    b"9" * 400,
    b"[" * 2000,
    b"\xed\xa0\x80",
    b"\x1b[2J",
    b";",
    b"\t",
)


def written(folder):
    """One good file of every kind, and the command that reads it."""
    rows = [
        {
            "id": IDS[i],
            "prompt": i // 3,
            "teacher_token_log_probs": TEACHER[i],
            "model_token_log_probs": MODEL[i],
            "token_kl": [0.1] * len(TEACHER[i]),
            "base": "nats",
            "finish_reason": "stop",
        }
        for i in range(len(IDS))
    ]
    table = "id,teacher_log_prob,model_log_prob\n" + "".join(
        f"{i},{t},{m}\n" for i, (t, m) in enumerate(zip(*SUMS, strict=True))
    )
    (folder / "a.csv").write_text(table)
    (folder / "t.csv").write_text(table.replace("id,", "prompt,").replace("log_prob", "step"))
    np.savez(folder / "a.npz", teacher_log_prob=SUMS[0], model_log_prob=SUMS[1], id=np.array(IDS))
    np.savez_compressed(folder / "t.npz", log_probs=np.stack(SUMS), models=np.array(["x", "y"]))
    (folder / "p.csv").write_text("task_id,n,c\n" + "".join(f"t{i},16,{i % 17}\n" for i in range(30)))
    made = [
        ("profile", lines(folder / "a.jsonl", rows)),
        ("profile", lines(folder / "a.jsonl.gz", rows)),
        ("profile", folder / "a.csv"),
        ("profile", folder / "a.npz"),
        ("tournament", folder / "t.csv"),
        ("tournament", folder / "t.npz"),
        ("passk", folder / "p.csv"),
        ("passk", files.evalplus(folder / "e.json")),
        ("passk", files.lm_eval_drawn(folder / "samples_d.jsonl")),
        ("passk", lines(folder / "h.jsonl", [{"task_id": i % 7, "passed": i % 3 == 0} for i in range(40)])),
        ("pair", files.vllm(folder / "v.jsonl", TEACHER)),
        ("pair", files.vllm_drawn(folder / "w.jsonl", TEACHER)),
        ("pair", files.batch(folder / "b.jsonl", TEACHER, range(len(IDS)))),
        ("pair", files.lm_eval_scored(folder / "samples_l.jsonl", SUMS[0])),
    ]
    try:
        import pyarrow
        from pyarrow import feather, parquet
    except ModuleNotFoundError:
        return made
    parquet.write_table(
        pyarrow.table({"teacher_token_log_probs": TEACHER, "model_token_log_probs": MODEL, "id": IDS}),
        folder / "a.parquet",
        row_group_size=20,
    )
    both = pyarrow.table({"teacher_log_prob": SUMS[0], "model_log_prob": SUMS[1], "id": IDS})
    with pyarrow.OSFile(str(folder / "s.arrow"), "wb") as sink, pyarrow.ipc.new_stream(sink, both.schema) as writer:
        writer.write_table(both)
    feather.write_feather(both, folder / "f.feather")
    columns = {"columns": both.column_names, "data": [list(row.values()) for row in both.to_pylist()]}
    (folder / "w.table.json").write_text(json.dumps(columns))
    names = ("a.parquet", "s.arrow", "f.feather", "w.table.json")
    return [*made, *(("profile", folder / name) for name in names)]


def damaged(data, rng):
    """The bytes with one or two accidents."""
    for _ in range(rng.integers(1, 3)):
        at, to = sorted(rng.integers(0, len(data) + 1, 2).tolist())
        kind = rng.integers(6)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[:at] + WORDS[rng.integers(len(WORDS))] + data[at:]
        elif kind == 2:
            data = data[:at] + data[min(to, at + 40) :]
        elif kind == 3:
            data = data[:at] + data[at : at + 200] + data[at:]
        elif kind == 4 and at < len(data):
            data = data[:at] + bytes([rng.integers(256)]) + data[at + 1 :]
        else:
            word = WORDS[rng.integers(len(WORDS))]
            data = data[:at] + word + data[at + len(word) :]
    return data


@pytest.mark.filterwarnings("error")
def test_damaged_files_give_an_answer_or_one_sentence(tmp_path, capsys):
    rng, seen = np.random.default_rng(2500), {0: 0, 2: 0}
    good = [(command, path, path.read_bytes()) for command, path in written(tmp_path)]
    for command, path, _ in good:
        status = main([command, str(path)] if command != "pair" else ["profile", str(path), "--model", str(path)])
        assert status == 0, capsys.readouterr().err
    capsys.readouterr()
    for number in range(MUTATED):
        command, path, data = good[number % len(good)]
        bad = tmp_path / f"bad-{path.name}"
        bad.write_bytes(damaged(data, rng))
        status = main([command, str(bad)] if command != "pair" else ["profile", str(path), "--model", str(bad)])
        out, err = capsys.readouterr()
        seen[status] += 1
        assert (out == "") == (status == 2)
        assert err.count("\n") == (status == 2), err
        assert "cannot be used" not in err, (number, err)  # the last resort: a kind of damage that no reader named
        assert not any(ord(c) < 32 and c != "\n" for c in err)
    assert min(seen.values()) > MUTATED // 20


def test_json_lines_are_read_alike_by_blocks_and_line_by_line(tmp_path, capsys, monkeypatch):
    pytest.importorskip("pyarrow", reason="optional: requirements/own-model.txt")
    from covtheory.own_model import textual

    rng, by_blocks, seen = np.random.default_rng(77), textual.arrow_schema, {0: 0, 2: 0}
    path = lines(tmp_path / "a.jsonl", [{"id": IDS[i], "teacher_log_prob": SUMS[0][i], "model_log_prob": SUMS[1][i],
                                         "num_tokens": len(TEACHER[i]), "note": {"a": [1, "x"]}} for i in range(40)])
    data = path.read_bytes()
    for number in range(MUTATED // 5):
        at = int(rng.integers(len(data)))
        one = data[:at] + bytes([rng.choice(list(b'0123456789.-eE,"tfn{}[]: \n\xff'))]) + data[at + 1:]
        path.write_bytes(damaged(data, rng) if number % 3 == 0 else one)
        said = []
        for schema in (by_blocks, lambda *_: None):
            monkeypatch.setattr(textual, "arrow_schema", schema)
            said.append((main(["profile", str(path), "--json"]), *capsys.readouterr()))
        assert said[0][:2] == said[1][:2]  # two faults: another one may be met first
        seen[said[0][0]] += 1
    assert min(seen.values()) > MUTATED // 100
