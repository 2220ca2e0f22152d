"""Files that a fresh user brings, invented in the manner of the tools, with what is right written down before the run.

A case is a name, the arguments of a command whose files are written by ``make``, and what must come out: a complaint,
a warning, or facts.
"""

import gzip
import json
import os
import warnings
from functools import partial

import numpy as np
import own_model_files as files
import pytest
from own_model_files import IDS, MEAN, MODEL, SUMS, TEACHER, lines
from test_own_model_cases import refused, run

pyarrow = pytest.importorskip("pyarrow", reason="optional: requirements/own-model.txt")
from pyarrow import feather, parquet  # noqa: E402

PAIR = TEACHER, MODEL
SCORED = [{"id": i, "teacher_log_prob": t, "model_log_prob": m} for i, t, m in zip(IDS, *map(np.ndarray.tolist, SUMS),
                                                                                    strict=True)]
NAMES = ["teacher_log_prob", "model_log_prob"]
PROFILE = ["profile", "a.jsonl"]
PASSK = ["passk", "a.jsonl"]
BOTH = ["profile", "a.jsonl", "--model", "b.jsonl"]


def text(rows, end="\n"):
    return "".join(json.dumps(row) + end for row in rows)


def write(**contents):
    """Files by name, ``_`` for the dot; texts, bytes, or rows of JSON lines."""

    def make(folder):
        for name, content in contents.items():
            path = folder / ".".join(name.rsplit("_", 1))
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content if isinstance(content, str) else text(content))

    return make


def two(row):
    """The teacher's file and the model's, out of ``row(place, name, tokens)``."""
    return write(**{f"{name}_jsonl": [row(i, IDS[i], tokens) for i, tokens in enumerate(side)]
                    for name, side in zip("ab", PAIR, strict=True)})


def table(name, columns, folder):
    parquet.write_table(pyarrow.table(columns), folder / name)


def sums(i):
    """The sums of one file, as rows with an id."""
    return [{"id": name, "log_prob": value} for name, value in zip(IDS, SUMS[i].tolist(), strict=True)]


# ---- what comes out


def mean(value, tolerance=1e-6):
    def check(facts):
        assert facts["kl"]["mean_log_ratio"] == pytest.approx(value, abs=tolerance)

    return check


def counted(value, prompts, draws):
    def check(facts):
        assert (facts["prompts"], facts["draws"]) == (prompts, draws)
        assert facts["pass_at_k"][0]["pass"] == pytest.approx(value, abs=1e-12)

    return check


def holds(**expected):
    def check(facts):
        assert {name: facts[name] for name in expected} == expected

    return check


def said_of_the_files(word):
    def check(facts):
        mean(MEAN)(facts)
        assert word in json.dumps(facts["read_as"])

    return check


# ---- lm-eval, evalplus, and their kin


def lm_eval(i, name, tokens):
    """As it is written: numbers and truth values as strings."""
    pair = [str(sum(tokens)), "False"]
    return {"doc_id": i, "target": "x", "arguments": {"gen_args_0": {"arg_0": "q"}}, "resps": [[pair]],
            "filtered_resps": [pair], "filter": "none", "metrics": ["acc"], "doc_hash": "h", "acc": 0.0}


OPTIONS = [lm_eval(i, "", [-3.5]) | {"resps": [[["-3.5", "False"]], [["-4.5", "True"]]]} for i in range(9)]
DRAWN = [{"doc_id": i, "target": "1", "resps": [["1"]], "filtered_resps": ["1"], "filter": "none", "exact_match": 1.0}
         for i in range(5)]
VERL = [{"input": f"q{i // 5}", "output": "o", "gts": "1", "score": 1.0 if i % 5 < 2 else -1.0} for i in range(25)]
BIG_CODE = {f"B/{i}": [{"task_id": f"B/{i}", "solution": "", "status": word} for word in ("pass", "fail")]
            for i in range(4)}
TRL = {"step": [1] * 6, "prompt": list("aaabbb"), "completion": ["x"] * 6, "accuracy_reward": [1.0, 0, 1, 0, 0, 0]}
EVALUATIONS = {
    "lm-eval scores as strings": (two(lm_eval), BOTH, mean(MEAN)),
    "options are no draws": (write(a_jsonl=OPTIONS), PASSK, "loglikelihood.*2 answer options"),
    "lm-eval of old, verdicts as words": (write(a_json=json.dumps(
        [{"doc_id": i, "prompt_0": "q", "logit_0": -3.2, "acc": f"{i % 2}.0"} for i in range(10)])),
        ["passk", "a.json"], counted(0.5, 10, 1)),
    "two tasks in one folder": (write(samples_a_jsonl=DRAWN, samples_b_jsonl=DRAWN), ["passk", "."],
                                "task_id '0' a second time"),
    "status alone": (write(eval_results_json=json.dumps({"eval": BIG_CODE})), ["passk", "eval_results.json"],
                     counted(0.5, 4, 2)),
    "no status": (write(e_json=json.dumps({"eval": {"x": [{"task_id": "x"}]}})), ["passk", "e.json"],
                  "without 'base_status' or 'status'"),
    "graded lists": (write(all_json=json.dumps([{"question_id": f"q{i}", "graded_list": [True, False]}
                                                for i in range(6)])), ["passk", "all.json"], counted(0.5, 6, 2)),
    "scores of plus and minus one": (write(a_jsonl=VERL), PASSK, "neither right"),
    "and a verdict beside them": (write(a_jsonl=[row | {"acc": row["score"] > 0} for row in VERL]), PASSK,
                                  counted(0.4, 5, 5)),
    "a verdict with its own name": (partial(table, "c.parquet", TRL), ["passk", "c.parquet"], "no column"),
    "is named": (partial(table, "c.parquet", TRL), ["passk", "c.parquet", "--verdict", "accuracy_reward"],
                 counted(1 / 3, 2, 3)),
    "counts by other names": (write(a_csv="task_id,total,correct\na,8,1\nb,8,0\nc,8,1\nd,8,0\n"), ["passk", "a.csv"],
                              counted(1 / 16, 4, 8)),
    "counts beside a verdict": (write(a_jsonl=[{"task_id": i, "num_samples": 8, "num_correct": 2, "passed": False}
                                               for i in range(4)]), PASSK, counted(0.25, 4, 8)),
    "verdicts in words": (write(a_csv="task_id,correct\na,Correct\na,Incorrect\nb,PASS\nb,wrong\n"),
                          ["passk", "a.csv"], counted(0.5, 2, 2)),
    "no verdict": (write(a_jsonl=[{"task_id": "a", "passed": value} for value in (True, None)]), PASSK,
                   "line 2: .*missing"),
}


# ---- engines


def completion(drawn=True, first=None, **more):
    """A completion; an echoed text if there is a first token's log-probability."""
    return lambda i, name, tokens: files.completion(
        [*([] if drawn else [first, -2.0]), *tokens, *([] if drawn else [-0.5])], id=name,
        usage={"prompt_tokens": 2 if drawn else len(tokens) + 2, "completion_tokens": len(tokens) if drawn else 1},
        **more)


def with_prompt(i, name, tokens):
    row = completion()(i, name, tokens)
    row["choices"][0]["prompt_logprobs"] = [None, {"2": {"logprob": -3.0}}]
    return row


def scored_by_server(i, name, tokens):
    at = [None, {"2": {"logprob": -3.0}}, {"3": {"logprob": -4.0}}, *({"9": {"logprob": v}} for v in tokens)]
    return {"id": name, "choices": [{"index": 0, "text": "z", "logprobs": None, "prompt_logprobs": at}],
            "response_start": 3}


def one_token(count, moved):
    return [{"request_id": str(i), "prompt": f"q{i}", "prompt_token_ids": [1, 2],
             "prompt_logprobs": [None, {"2": {"logprob": -9.0}}],
             "outputs": [{"index": k, "token_ids": [5], "logprobs": [{"5": {"logprob": -0.5 - k - moved}}]}
                         for k in range(count)]} for i in range(10)]


def responses_api(i, name, tokens):
    content = {"type": "output_text", "text": "x", "logprobs": [{"logprob": v} for v in tokens]}
    body = {"output": [{"type": "message", "content": [content]}]}
    return {"custom_id": name, "response": {"status_code": 200, "body": body}, "error": None}


CUMULATIVE = [{"request_id": name, "outputs": [{"index": 0, "token_ids": list(range(len(tokens))), "logprobs": None,
                                                "cumulative_logprob": sum(tokens)}]}
              for name, tokens in zip(IDS, TEACHER, strict=True)]
ENGINES = {
    "a scored text of a server": (two(scored_by_server), BOTH, mean(MEAN)),
    "a draw beside its prompt's scores": (two(with_prompt), BOTH, mean(MEAN)),
    "an echo and one token": (two(completion(drawn=False)), BOTH, "response_start"),
    "an echo whose response is told": (two(completion(drawn=False, response_start=2)), BOTH, mean(MEAN)),
    "draws of one token each": (write(a_jsonl=one_token(3, 0), b_jsonl=one_token(3, 0.1)), BOTH, holds(responses=30)),
    "a draw of one token": (write(a_jsonl=one_token(1, 0), b_jsonl=one_token(1, 0.1)), BOTH, "leave out .*'outputs'"),
    "a sum against a list": (write(a_jsonl=CUMULATIVE, b_jsonl=[
        {"id": name, "token_log_probs": tokens} for name, tokens in zip(IDS, MODEL, strict=True)]), BOTH, mean(MEAN)),
    "an empty first position": (two(lambda i, name, tokens: {
        "request_id": name, "prompt_token_ids": [1] + [7] * len(tokens),
        "prompt_logprobs": [{}, *({"7": {"logprob": v}} for v in tokens)]}), BOTH, mean(MEAN)),
    "another interface is no failed request": (two(responses_api), BOTH, "no 'choices'"),
    "no name and several choices": (two(lambda i, name, tokens: {"choices": files.chat(tokens)["choices"] * 2}), BOTH,
                                    "line 1: id is missing"),
}


# ---- cells


ROWS = [dict(row) for row in SCORED]
EOS = [row | {"num_tokens": len(tokens)} for row, tokens in zip(sums(0), TEACHER, strict=True)]
NO_EOS = [row | {"num_tokens": len(tokens) - 1} for row, tokens in zip(sums(1), TEACHER, strict=True)]
MEANS = [{"teacher_log_prob": float(np.mean(t)), "model_log_prob": float(np.mean(m)), "num_tokens": len(t),
          "set": "ab"[i % 2]} for i, (t, m) in enumerate(zip(*PAIR, strict=True))]
CELLS = {
    "lists as JSON in strings": (two(lambda i, name, tokens: {"id": name, "token_log_probs": json.dumps(tokens)}), BOTH,
                                 mean(MEAN)),
    "lists as strings in Parquet": (partial(table, "a.parquet", {
        f"{who}_token_log_probs": list(map(json.dumps, side)) for who, side in zip(("teacher", "model"), PAIR,
                                                                                    strict=True)}),
        ["profile", "a.parquet"], mean(MEAN)),
    "a shortened print": (write(a_csv='teacher_token_log_probs,model_token_log_probs\n"[-1 ... -3]","[-1 ... -4]"\n'),
                          ["profile", "a.csv"], "no list"),
    "NaN as a word": (two(lambda i, name, tokens: {"id": name, "token_log_probs": ["NaN", *tokens]}), BOTH, mean(MEAN)),
    "a base from the second row on": (write(a_jsonl=[row | {"base": "bits" if i else None}
                                                     for i, row in enumerate(ROWS)]), PROFILE,
                                      "line 2: .*some rows and none in others"),
    "a base in a later row": (write(a_jsonl=[row | ({"base": "bits"} if i > 3 else {}) for i, row in enumerate(ROWS)]),
                              PROFILE, "line 5: field 'base'"),
    "prompts in later rows": (write(a_jsonl=[row | ({"prompt": "x"} if i > 3 else {}) for i, row in enumerate(ROWS)]),
                              PROFILE, "line 5: field 'prompt'"),
    "names of three kinds": (write(a_jsonl=[row | {"id": i} for i, row in enumerate(sums(0))], b_jsonl=[
        row | {"id": [i, float(i), str(i)][i % 3]} for i, row in enumerate(sums(1))]), BOTH, mean(MEAN)),
    "zeros in front": (write(a_jsonl=[{"id": "007", "log_prob": -1.0}], b_jsonl=[{"id": 7, "log_prob": -1.0}]), BOTH,
                       "id '007' is not in"),
    "a sentinel in the model's file": (write(a_jsonl=sums(0), b_jsonl=[
        row | ({"log_prob": -9999.0} if i == 3 else {}) for i, row in enumerate(sums(1))]), BOTH,
        ["1 values are numbers that engines write"]),
    "sums with and without the last token": (write(a_jsonl=EOS, b_jsonl=NO_EOS), BOTH, "end-of-sequence"),
    "a list against a sum without it": (write(a_jsonl=[
        {"id": name, "token_log_probs": tokens} for name, tokens in zip(IDS, TEACHER, strict=True)], b_jsonl=NO_EOS),
        BOTH, "end-of-sequence"),
    "means of tokens": (write(a_jsonl=MEANS), PROFILE, ["length-normalised"]),
    "means of tokens in groups": (write(a_jsonl=MEANS), [*PROFILE, "--by", "set"], ["length-normalised"]),
    "a row a token": (write(a_jsonl=[{"teacher_log_prob": t, "model_log_prob": m} for pair in zip(*PAIR, strict=True)
                                     for t, m in zip(*pair, strict=True)]), PROFILE, ["length-normalised"]),
    "negative log-likelihoods": (write(a_jsonl=[{name: -row[name] for name in NAMES} for row in ROWS]), PROFILE,
                                 "line 1: .*positive"),
    "units in the names": (write(a_csv="teacher_log_prob (bits),model_log_prob (bits)\n-1,-2\n"), ["profile", "a.csv"],
                           "no column"),
    "commas in numbers": (write(a_csv='teacher_log_prob,model_log_prob\n"-1,5","-2,5"\n'), ["profile", "a.csv"],
                          "line 2: .*no number"),
    "lists in lists": (write(a_jsonl=[{f"{who}_token_log_probs": [[-1.0, -2.0]] for who in ("teacher", "model")}]),
                       PROFILE, "line 1: .*no list of numbers"),
    "a last token of log-probability zero": (
        lambda folder: np.savez(folder / "a.npz", teacher_token_log_probs=[[-1.0, -2, 0, 0], [-1, 0, 0, 0]],
                                model_token_log_probs=[[-1.0, -2, -0.25, 0], [-1, -0.25, 0, 0]]),
        ["profile", "a.npz"], mean(0.25)),
    "numbers and names by dictionary": (partial(table, "a.parquet", {
        "teacher_log_prob": SUMS[0], "model_log_prob": pyarrow.array(SUMS[1]).dictionary_encode(),
        "prompt": pyarrow.array([str(i // 4) for i in range(48)]).dictionary_encode()}), ["profile", "a.parquet"],
        holds(clusters=12)),
    "half precision": (partial(table, "a.parquet", {
        f"{who}_token_log_probs": pyarrow.array(list(map(np.float16, side)), pyarrow.list_(pyarrow.float16()))
        for who, side in zip(("teacher", "model"), PAIR, strict=True)}), ["profile", "a.parquet"], mean(MEAN, 0.05)),
    "missing lists": (partial(table, "a.parquet", {f"{who}_token_log_probs": [[-1.0], None]
                                                   for who in ("teacher", "model")}), ["profile", "a.parquet"],
                      "row 2: empty response"),
    "prompts as conversations": (partial(table, "a.parquet", {
        "prompt": [[{"role": "user", "content": f"q{i // 3}"}] for i in range(48)], "old_log_probs": TEACHER,
        "ref_log_prob": MODEL, "response_mask": [[1] * len(tokens) for tokens in TEACHER]}), ["profile", "a.parquet"],
        holds(clusters=16)),
    "a checkpoint with sentinels": (write(a_csv="s1,s2\n" + "".join(
        f"{-30.5 - i / 7},{-9999 if i == 5 else -31.25 - i / 9}\n" for i in range(60))), ["tournament", "a.csv"],
        ["1 values are numbers that engines write"]),
    "checkpoints of means": (write(a_csv="s1,s2\n" + "".join(f"{-0.5 - i / 99},{-0.6 - i / 97}\n" for i in range(60))),
                             ["tournament", "a.csv"], ["length-normalised"]),
}


# ---- containers and shards


def arrow_data_set(folder):
    """A folder as the datasets library saves it."""
    for part in range(2):
        made = pyarrow.table({name: SUMS[i][part::2] for i, name in enumerate(NAMES)})
        with pyarrow.OSFile(str(folder / f"data-0000{part}-of-00002.arrow"), "wb") as sink, \
                pyarrow.ipc.new_stream(sink, made.schema) as writer:
            writer.write_table(made)
    write(state_json='{"_data_files": []}', dataset_info_json='{"features": {}}')(folder)


def empty_parquet_first(folder):
    kinds = pyarrow.schema([(f"{who}_token_log_probs", pyarrow.list_(pyarrow.float64())) for who in ("teacher",
                                                                                                     "model")])
    parquet.write_table(kinds.empty_table(), folder / "0.parquet")
    parquet.write_table(pyarrow.table(dict(zip(kinds.names, PAIR, strict=True)), schema=kinds), folder / "1.parquet")


def base_in_the_second(folder):
    for part in range(2):
        more = {"base": ["bits"] * 24} if part else {}
        table(f"{part}.parquet", {name: SUMS[i][part::2] for i, name in enumerate(NAMES)} | more, folder)


def subfolder(folder):
    lines(folder / "a0.jsonl", SCORED[:9])
    (folder / "more").mkdir()
    lines(folder / "more" / "a1.jsonl", SCORED[9:])


def linked(folder):
    (folder / "real").mkdir()
    lines(folder / "real" / "a.jsonl", SCORED)
    os.symlink(folder / "real", folder / "link")


def broken_link(folder):
    lines(folder / "a.jsonl", SCORED)
    os.symlink(folder / "nowhere.jsonl", folder / "b.jsonl")


def matrices(others):
    def make(folder):
        for part, last in enumerate(("b", others)):
            np.savez(folder / f"{part}.npz", log_probs=-np.random.default_rng(part).gamma(30, 1, (2, 15)),
                     models=["a", last])

    return make


def one_name(folder):
    lines(folder / "t.jsonl", sums(0))
    for step in (1, 2):
        (folder / f"step{step}").mkdir()
        lines(folder / f"step{step}" / "scores.jsonl", [row | {"log_prob": row["log_prob"] - step} for row in sums(1)])


def same_names(facts):
    assert [model["name"].split("/")[-2] for model in facts["models"]] == ["step1", "step2"]
    assert len(facts["read_as"]) == 3


WANDB = {"columns": NAMES, "data": [[row[name] for name in NAMES] for row in SCORED]}
CSV = "\n".join([",".join(NAMES), *(f"{t!r},{m!r}" for t, m in zip(*map(np.ndarray.tolist, SUMS), strict=True))]) + "\n"
CONTAINERS = {
    "a saved data set": (arrow_data_set, ["profile", "."], mean(MEAN)),
    "feather": (lambda folder: feather.write_feather(pyarrow.table(dict(zip(NAMES, SUMS, strict=True))),
                                                     folder / "a.feather"), ["profile", "a.feather"], mean(MEAN)),
    "a cut Arrow file": (write(a_arrow=b"ARROW1\0\0 and no more"), ["profile", "a.arrow"], "not a complete Arrow file"),
    "a table of columns and data": (write(x_json=json.dumps(WANDB)), ["profile", "x.json"], mean(MEAN)),
    "a short row of it": (write(x_json=json.dumps({"columns": NAMES, "data": [[-1, -2], [-1]]})), ["profile", "x.json"],
                          "value 2: expected a list of 2 cells"),
    "rows under data": (write(x_json=json.dumps({"object": "list", "data": SCORED})), ["profile", "x.json"],
                        mean(MEAN)),
    "columns of dictionaries": (write(x_json=json.dumps({name: {"0": -1.0} for name in NAMES})), ["profile", "x.json"],
                                "no number"),
    "an array in a .jsonl": (write(a_jsonl=json.dumps(SCORED, indent=2)), PROFILE, mean(MEAN)),
    "an array on one line": (write(a_jsonl=json.dumps(SCORED)), PROFILE, mean(MEAN)),
    "objects over several lines": (write(a_jsonl="\n".join(json.dumps(row, indent=2) for row in SCORED)), PROFILE,
                                   mean(MEAN)),
    "carriage returns and a mark": (write(a_jsonl=b"\xef\xbb\xbf" + text(SCORED, "\r\n").encode()), PROFILE,
                                    mean(MEAN)),
    "two bytes a character": (write(a_jsonl=text(SCORED).encode("utf-16")), PROFILE, "UTF-16"),
    "in a table too": (write(a_csv=CSV.encode("utf-16")), ["profile", "a.csv"], "UTF-16"),
    "a comma too many": (write(a_jsonl=text(SCORED) + '{"id": "x", "teacher_log_prob": -1, "model_log_prob": -1,}\n'),
                         PROFILE, "line 49: not a JSON object"),
    "a comma too many in an array": (write(x_json=json.dumps(SCORED)[:-1] + ",]"), ["profile", "x.json"],
                                     "value 49: not JSON"),
    "empty shards": (write(a0_jsonl="", a1_jsonl=SCORED[:9], a2_jsonl="", a3_jsonl=SCORED[9:]), ["profile", "."],
                     said_of_the_files("2 files, 2 empty files left out")),
    "nothing but empty shards": (write(a0_jsonl="", a1_jsonl=""), ["profile", "."], "the file is empty"),
    "a first shard without rows": (empty_parquet_first, ["profile", "."], mean(MEAN)),
    "a first shard with a header": (write(a0_csv=",".join(NAMES) + "\n", a1_csv=CSV), ["profile", "."], mean(MEAN)),
    "a base in the second shard": (write(a0_jsonl=SCORED[:9], a1_jsonl=[row | {"base": "bits"} for row in SCORED[9:]]),
                                   ["profile", "."], "a1.jsonl, line 1: field 'base'"),
    "a base in the second of Parquet": (base_in_the_second, ["profile", "."], "1.parquet: column 'base'"),
    "a base in the second table": (write(a0_csv=CSV, a1_csv=",".join([*NAMES, "base"]) + "\n-1,-2,bits\n"),
                                   ["profile", "."], "a1.csv, line 2: field 'base'"),
    "one name in two shards": (write(a0_jsonl=SCORED[:9], a1_jsonl=SCORED[5:]), ["profile", "."],
                               "4 rows have the id of an earlier row"),
    "subfolders beside shards": (subfolder, ["profile", "."], "subfolders too .more."),
    "a linked folder": (linked, ["profile", "link"], mean(MEAN)),
    "a link to nowhere": (broken_link, ["profile", "."], "b.jsonl: no such file"),
    "compressed under a plain name": (write(a_jsonl=gzip.compress(text(SCORED).encode())), PROFILE, mean(MEAN)),
    "compressed and cut": (lambda folder: (folder / "a.jsonl.gz").write_bytes(
        gzip.compress(text(SCORED).encode())[:700]), ["profile", "a.jsonl.gz"], r"line \d+: damaged or cut"),
    "an unknown ending": (write(a_xlsx=b"PK"), ["profile", "a.xlsx"], "ending '.xlsx' is unknown"),
    "matrices in shards": (matrices("b"), ["tournament", "."], holds(responses=30)),
    "matrices of other checkpoints": (matrices("c"), ["tournament", "."], "1.npz: other checkpoints"),
    "models of one name": (one_name, ["profile", "t.jsonl", "--model", "step*/scores.jsonl"], same_names),
}

# ---- options, and what two files make of each other


def majority_known(facts):
    assert facts["pass_at_k"][0]["majority"] == 0.125


def padded(fill, flags, masked=True):
    """Rollouts of one width, as verl pads them."""
    width = max(map(len, TEACHER))

    def filled(side):
        return [[*tokens, *[fill] * (width - len(tokens))] for tokens in side]

    mask = {"response_mask": [[flags[1]] * len(t) + [flags[0]] * (width - len(t)) for t in TEACHER]} if masked else {}
    columns = {"old_log_probs": filled(TEACHER), "ref_log_prob": filled(MODEL)} | mask
    return columns, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def both_of_one_file(folder):
    lines(folder / "a.jsonl", sums(0))
    lines(folder / "b.jsonl", sums(1))


COUNTS = [{"task_id": i, "n": 8, "c": i % 9} for i in range(30)]
OPTIONS_OF_COMMANDS = {
    "prompts in the model's file alone": (write(a_jsonl=sums(0), b_jsonl=[row | {"prompt": 1} for row in sums(1)]),
                                          BOTH, "names prompts"),
    "token KL in the model's file alone": (write(a_jsonl=sums(0), b_jsonl=[row | {"token_kl": [0.1]}
                                                                           for row in sums(1)]), BOTH,
                                           "'token_kl' is read from the teacher's file"),
    "columns named after their model": (write(
        a_jsonl=[{"id": row["id"], "teacher_log_prob": row["log_prob"]} for row in sums(0)],
        b_jsonl=[{"id": row["id"], "model_log_prob": row["log_prob"]} for row in sums(1)]), BOTH, mean(MEAN)),
    "one model twice": (both_of_one_file, [*BOTH, "--model", "./b.jsonl"], "one file twice"),
    "a pattern that takes the teacher in": (both_of_one_file, ["profile", "a.jsonl", "--model", "*.jsonl"],
                                            "the teacher's file is among the models'"),
    "the teacher as its own model": (both_of_one_file, ["profile", "a.jsonl", "--model", "a.jsonl"],
                                     ["the same scores twice"]),
    "a number near the largest": (write(a_jsonl=[row | ({"model_log_prob": -1e300} if i == 0 else {})
                                                 for i, row in enumerate(ROWS)]), PROFILE, holds(responses=48)),
    "a group that is missing": (write(a_jsonl=[row | {"set": None if i == 2 else "a"} for i, row in enumerate(ROWS)]),
                                [*PROFILE, "--by", "set"], "line 3: column 'set' is missing"),
    "too many groups": (write(a_jsonl=[{"teacher_log_prob": -5.0 - i / 9, "model_log_prob": -6.0 - i / 7, "set": i}
                                       for i in range(100)]), [*PROFILE, "--by", "set"], "more than 64"),
    "a prompt in two groups": (write(a_jsonl=[{"task_id": "a", "passed": True, "set": x} for x in "xy"]),
                               [*PASSK, "--by", "set"], "line 2: column 'set' is 'y', but 'x' before"),
    "counts without names": (write(a_jsonl=[{"n": 8, "c": 1}] * 2), PASSK,
                             lambda facts: "rows taken as different prompts" in facts["notes"][0]),
    "names in later rows": (write(a_jsonl=[{"n": 8, "c": 1}, {"n": 8, "c": 1, "task_id": "x"}]), PASSK,
                            "line 2: field 'task_id'"),
    "a model against itself": (write(a_jsonl=COUNTS), [*PASSK, "--against", "a.jsonl"], ["same results twice"]),
    "against names of another kind": (write(a_jsonl=COUNTS, b_csv="task_id,n,c\n" + "".join(
        f"{i}.0,8,{(i + 1) % 9}\n" for i in range(30))), [*PASSK, "--against", "b.csv"],
        lambda facts: facts["difference"]["prompts"] == 30),
    "answers of all kinds": (write(a_jsonl=[{"task_id": "a", "passed": i == 0, "answer": [1, "1", [1], {"x": 1}][i % 4]}
                                            for i in range(8)]), [*PASSK, "--answer", "answer"], majority_known),
    "an answer that was not found": (write(a_jsonl=[{"task_id": "a", "passed": i > 4, "answer": None if i < 5 else "7"}
                                                    for i in range(8)]), [*PASSK, "--answer", "answer"], "is no vote"),
    "responses that were cut off": (write(a_jsonl=[row | {"finish_reason": "length"} for row in ROWS]), PROFILE,
                                    ["a share 1 of the responses was cut off"]),
    "checkpoints that are copies": (write(a_csv="s1,s2\n" + "".join(f"{-3.5 - i / 7},{-3.5 - i / 7}\n"
                                                                    for i in range(40))), ["tournament", "a.csv"],
                                    ["s1 and s2 have the same mean"]),
    "a table of tabs": (write(a_csv="teacher_log_prob\tmodel_log_prob\n-1\t-2\n"), ["profile", "a.csv"], "tabs"),
    "text over several lines": (write(a_csv='t,teacher_log_prob,model_log_prob\n"a\nb\n",-1,-2\n"c",-1,x\n'),
                                ["profile", "a.csv"], "line 5: .*no number"),
    "a mask of truth values in Parquet": (partial(table, "a.parquet", padded(-9.0, (False, True))[0]),
                                          ["profile", "a.parquet"], mean(MEAN)),
    "a mask of truth values": (write(a_jsonl=padded(-9.0, (False, True))[1]), PROFILE, mean(MEAN)),
    "a mask of floats over ones": (partial(table, "a.parquet", padded(1.0, (0.0, 1.0))[0]), ["profile", "a.parquet"],
                                   mean(MEAN)),
    "zeros behind, and no mask": (partial(table, "a.parquet", padded(0.0, (0, 1), masked=False)[0]),
                                  ["profile", "a.parquet"], mean(MEAN)),
    "a mask that leaves nothing": (partial(table, "a.parquet", padded(0.0, (0, 0))[0]), ["profile", "a.parquet"],
                                   "row 1: empty response"),
}

CASES = EVALUATIONS | ENGINES | CELLS | CONTAINERS | OPTIONS_OF_COMMANDS


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_somebody_brings(name, tmp_path, capsys, monkeypatch):
    make, arguments, right = CASES[name]
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    if isinstance(right, str):
        refused(capsys, right, *arguments)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        status, facts, complaint = run(capsys, *arguments, "--json")
    assert (status, complaint) == (0, "")
    if isinstance(right, list):
        assert any(right[0] in said for said in facts["warnings"]), facts["warnings"]
    else:
        assert right(facts) is not False
