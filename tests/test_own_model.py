"""Your own model: files and memory agree, limits hold, bad input is refused with its place and leaves nothing."""

import json
import subprocess
import sys
import zipfile
from fractions import Fraction
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom

from covtheory.__main__ import main
from covtheory.coverage import LogRatioLaw, coverage_profile, law_from_pmfs
from covtheory.coverage.confidence import clopper_pearson
from covtheory.instances.own_model import hidden_support_distance, rare_response, scored_pair
from covtheory.own_model import command, recipe
from covtheory.own_model.checkpoints import checkpoint_log_probs
from covtheory.own_model.counts import success_counts
from covtheory.own_model.intervals import chernoff_interval
from covtheory.own_model.passk import answer_bounds, pass_estimate
from covtheory.own_model.problem import Problem
from covtheory.own_model.profile_sample import profile_estimate
from covtheory.own_model.reading import Table
from covtheory.own_model.scores import paired_log_probs
from covtheory.own_model.scoring import scored_batch
from covtheory.own_model.tail_band import TailBand, noncrossing_probability
from covtheory.own_model.tournament_estimate import tournament_estimate
from covtheory.samplers.best_of_n import pass_at_k, worst_case_regret

TEXT_FORMATS = (".jsonl", ".csv", ".npz")
FORMATS = (*TEXT_FORMATS, ".parquet")


def write(path, columns):
    """One table in the format of the ending; list columns as lists, spaced text or padded arrays."""
    rows = list(zip(*columns.values(), strict=True))
    if path.suffix == ".npz":
        np.savez(path, **{k: np.array(v) for k, v in columns.items()})
    elif path.suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow", reason="Parquet is optional: requirements/own-model.txt")
        from pyarrow import parquet

        parquet.write_table(pyarrow.table({k: list(v) for k, v in columns.items()}), path, row_group_size=7)
    elif path.suffix == ".csv":
        cell = lambda v: " ".join(map(repr, v)) if isinstance(v, list) else str(v)  # noqa: E731
        path.write_text("\n".join([",".join(columns), *(",".join(map(cell, row)) for row in rows)]) + "\n")
    else:
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    return path


def scored(n, seed=0):
    teacher, model = scored_pair()
    y = teacher.sample(np.random.default_rng(seed), n)
    return teacher.log_prob(y), model.log_prob(y)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("rows", [3, 1000])
def test_profile_from_a_file_is_that_of_the_arrays(tmp_path, ending, rows):
    teacher, model = scored(50)
    kl = np.random.default_rng(1).exponential(size=(50, 4))
    columns = {"id": [f"r{i}" for i in range(50)], "teacher_log_prob": teacher.tolist(),
               "model_log_prob": model.tolist(), "token_kl": kl.tolist()}
    path = write(tmp_path / f"scores{ending}", columns)
    from_file = profile_estimate(paired_log_probs(path, rows=rows), N=[4.0])
    N = np.geomspace(1, 1e5, 40)
    np.testing.assert_allclose(from_file(N).value, (teacher - model >= np.log(N)[:, None] - 1e-12).mean(1))
    assert from_file.kl == pytest.approx((teacher - model).mean(), rel=1e-12)
    assert from_file.stopped_kl(4.0).value == pytest.approx(np.minimum(kl.sum(1), np.log(4)).mean(), rel=1e-12)


@pytest.mark.parametrize("ending", FORMATS)
def test_token_level_scores_are_summed(tmp_path, ending):
    pieces = [[-1.0, -0.5], [-0.25, -2.0], [-3.0, -0.125]]
    path = write(tmp_path / f"tokens{ending}",
                 {"teacher_token_log_probs": pieces, "model_token_log_probs": [[2 * v for v in p] for p in pieces]})
    teacher, model, kl, _ = (np.concatenate(c) if c[0] is not None else None
                             for c in zip(*paired_log_probs(path, rows=2), strict=True))
    np.testing.assert_array_equal(teacher, [-1.5, -2.25, -3.125])
    np.testing.assert_array_equal(model, 2 * teacher)
    assert kl is None


@pytest.mark.parametrize("ending", FORMATS)
def test_tournament_from_a_file_is_that_of_the_matrix(tmp_path, ending):
    log_probs = -np.random.default_rng(2).exponential(5, size=(4, 60))
    path = write(tmp_path / f"checkpoints{ending}", {f"step {k}": row.tolist() for k, row in enumerate(log_probs)})
    estimate = tournament_estimate(*checkpoint_log_probs(path, rows=7), N=3)
    by_hand = ((log_probs[:, None] - log_probs[None]) >= np.log(3)).mean(-1).max(0)
    np.testing.assert_allclose(estimate.scores, by_hand)
    assert estimate.names[estimate.pick] == f"step {by_hand.argmin()}"
    lower, upper = estimate.limits
    assert (lower <= by_hand).all()
    assert (by_hand <= upper).all()


def test_tournament_reads_a_matrix_with_names(tmp_path):
    log_probs = -np.random.default_rng(3).exponential(5, size=(3, 40))
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "m.npz", log_probs=log_probs, models=np.array(["a", "b", "c"]))
        names, chunks = checkpoint_log_probs(tmp_path / "m.npz", rows=9)
        assert names == ["a", "b", "c"]
        np.testing.assert_array_equal(np.concatenate(list(chunks), axis=1), log_probs)


@pytest.mark.parametrize("ending", FORMATS)
def test_pass_at_k_from_a_file_is_the_mean_of_unbiased_estimates(tmp_path, ending):
    c = np.random.default_rng(4).integers(0, 9, size=30)
    path = write(tmp_path / f"counts{ending}", {"n": [8] * 30, "c": c.tolist()})
    estimate = pass_estimate(*success_counts(path))
    assert estimate.pass_at(3).value == pytest.approx(np.mean(pass_at_k(8, c, 3)))


@pytest.mark.parametrize("ending", FORMATS)
def test_two_files_are_matched_by_id_whatever_their_chunks(tmp_path, ending):
    teacher, model = scored(40)
    ids = [f"r{i}" for i in range(40)]
    a = write(tmp_path / f"teacher{ending}", {"id": ids, "log_prob": teacher.tolist()})
    b = write(tmp_path / "model.csv", {"log_prob": model.tolist(), "id": ids})
    chunks = list(paired_log_probs(a, b, rows=9))
    np.testing.assert_allclose(np.concatenate([c[0] for c in chunks]), teacher)
    np.testing.assert_allclose(np.concatenate([c[1] for c in chunks]), model)
    write(b, {"log_prob": model.tolist(), "id": [*ids[:20], "odd", *ids[21:]]})
    with pytest.raises(Problem, match=r"(line|row) 2[12]: id 'r20' is not in model.csv"):
        list(paired_log_probs(a, b, rows=9))
    write(b, {"log_prob": model[:-1].tolist(), "id": ids[:-1]})
    with pytest.raises(Problem, match=r"id 'r39' is not in model\.csv"):
        list(paired_log_probs(a, b, rows=9))
    with pytest.raises(Problem, match="no more rows"):
        list(paired_log_probs(a, b, rows=9, match="order"))


def test_other_bases_are_converted(tmp_path):
    teacher, model = scored(100)
    plain = profile_estimate([(teacher, model, None)])
    path = write(tmp_path / "bits.csv", {"teacher_log_prob": (teacher / np.log(2)).tolist(), "base": ["bits"] * 100,
                                         "model_log_prob": (model / np.log(2)).tolist()})
    assert profile_estimate(paired_log_probs(path)).kl == pytest.approx(plain.kl)
    mixed = write(tmp_path / "mixed.npz", {"teacher_log_prob": teacher, "model_log_prob": model / np.log(10)})
    stated = paired_log_probs(mixed, teacher_base="nats", model_base="log10")
    assert profile_estimate(stated).kl == pytest.approx(plain.kl)


GOOD = '{"teacher_log_prob": -1.0, "model_log_prob": -1.5}\n'
BAD = [
    ("profile", "empty.jsonl", "", "the file is empty"),
    ("profile", "header.csv", "teacher_log_prob,model_log_prob\n", "no rows"),
    ("profile", "cut.jsonl", GOOD + '{"teacher_log_prob": -1', "line 2: .*ends in the middle"),
    ("profile", "cut.csv", "teacher_log_prob,model_log_prob\n-1,-2\n-3", "line 3: 1 fields, expected 2"),
    ("profile", "quote.csv", 'teacher_log_prob,model_log_prob\n-1,"-2', "line 2.*malformed"),
    ("profile", "words.csv", "teacher_log_prob,model_log_prob\n-1,-2\n-1,two\n", "line 3: .*two.* no number"),
    ("profile", "positive.jsonl", GOOD + GOOD.replace("-1.0", "0.5"), "line 2: .*positive"),
    ("profile", "nan.jsonl", GOOD + GOOD + GOOD.replace("-1.5", "NaN"), "line 3: .*NaN"),
    ("profile", "null.jsonl", GOOD + GOOD.replace("-1.5", "null"), "line 2: .*missing"),
    ("profile", "zero.jsonl", GOOD + GOOD.replace("-1.0", "-Infinity"), "line 2: teacher probability zero"),
    ("profile", "fields.jsonl", GOOD + '{"teacher_log_prob": -1}\n', "line 2: no field 'model_log_prob'"),
    ("profile", "list.jsonl", "[1, 2]\n", "line 1: expected a JSON object"),
    ("profile", "bytes.jsonl", b"\xff\xfe{}\n", "line 1"),
    ("profile", "bytes.csv", b"teacher_log_prob,model_log_prob\n\xff,1\n", "line 2"),
    ("profile", "names.csv", "teacher,model\n-1,-2\n", "no column 'teacher_log_prob'"),
    ("profile", "twice.csv", "model_log_prob,model_log_prob\n-1,-2\n", "twice"),
    ("profile", "ending.txt", "x", "ending '.txt' is unknown"),
    ("profile", "broken.npz", "PK no archive", "not a complete NPZ"),
    ("profile", "broken.parquet", "PAR1 no table", "Parquet"),
    ("profile", "bases.jsonl", "".join(GOOD.replace("}", f', "base": "{b}"}}') for b in ("nats", "bits")),
     "line 2: base 'bits' after 'nats'"),
    ("profile", "base.jsonl", GOOD.replace("}", ', "base": "trits"}'), "line 1: base 'trits'"),
    ("profile", "lengths.jsonl", '{"teacher_token_log_probs": [-1, -2], "model_token_log_probs": [-1]}\n',
     "line 1: 2 teacher tokens but 1 model"),
    ("profile", "token.jsonl", '{"teacher_token_log_probs": [-1, 2], "model_token_log_probs": [-1, -1]}\n',
     "line 1: NaN or positive"),
    ("profile", "kl.jsonl", GOOD.replace("}", ', "token_kl": [0.5, -0.6]}'), "line 1: .*negative"),
    ("profile", "deep.jsonl", GOOD.replace("}", ', "token_kl": [[0.5]]}'), "line 1: .*no list of numbers"),
    ("tournament", "one.csv", "id,a\nx,-1\n", "at least two"),
    ("tournament", "keys.jsonl", '{"a": -1, "b": -2}\n{"a": -1, "c": -2}\n', "line 2: no field 'b'"),
    ("tournament", "high.csv", "a,b\n-1,-2\n-1,2\n", "line 3: .*positive"),
    ("passk", "more.csv", "n,c\n5,2\n5,6\n", "line 3: .*more successes"),
    ("passk", "half.csv", "n,c\n5,2.5\n", "line 2: .*whole number"),
    ("passk", "none.csv", "n,c\n0,0\n", "line 2: .*>= 1"),
]


@pytest.mark.parametrize(("name", "file", "text", "message"), BAD, ids=[case[1] for case in BAD])
def test_bad_input_is_refused_with_its_place_and_leaves_nothing(tmp_path, capsys, name, file, text, message):
    (tmp_path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main([name, str(tmp_path / file), "--plot", str(tmp_path / "out.png")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    with pytest.raises(ValueError, match=message):
        raise ValueError(err)
    assert str(tmp_path) not in err
    assert [path.name for path in tmp_path.iterdir()] == [file]


def test_a_truncated_npz_and_a_missing_file_are_refused(tmp_path, capsys):
    columns = {"teacher_log_prob": np.full(999, -1.0), "model_log_prob": np.full(999, -2.0)}
    path = write(tmp_path / "scores.npz", columns)
    path.write_bytes(path.read_bytes()[:4000])
    assert main(["profile", str(path)]) == 2
    assert "not a complete NPZ" in capsys.readouterr().err
    assert main(["profile", str(tmp_path / "nowhere.csv")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_arrays_of_different_length_or_of_objects_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", teacher_log_prob=-np.ones(3), model_log_prob=-np.ones(4))
    with pytest.raises(Problem, match="differ in length"):
        list(paired_log_probs(tmp_path / "a.npz"))
    np.savez(tmp_path / "b.npz", teacher_log_prob=np.array([None, 1]), model_log_prob=-np.ones(2))
    with pytest.raises(Problem, match="not a complete NPZ file of plain arrays"):
        Table(tmp_path / "b.npz")


@pytest.mark.parametrize("factors", [(1 / np.log(2), 1), (1, 1 / np.log(2))])
def test_bits_against_nats_are_noticed_and_asked_about(tmp_path, capsys, factors):
    rng = np.random.default_rng(5)
    teacher = -rng.gamma(20, 1, 500)
    model = np.minimum(teacher + 0.3 * rng.standard_normal(500) - 0.05, 0)
    path = write(tmp_path / "m.npz", {"teacher_log_prob": teacher * factors[0], "model_log_prob": model * factors[1]})
    assert main(["profile", str(path)]) == 2
    assert "--teacher-base" in capsys.readouterr().err
    names = ["bits" if f != 1 else "nats" for f in factors]
    assert main(["profile", str(path), "--teacher-base", names[0], "--model-base", names[1], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kl"]["mean_log_ratio"] == pytest.approx((teacher - model).mean())


def test_honest_files_are_not_suspected(tmp_path):
    for seed in range(20):
        teacher, model = scored(200, seed)
        path = write(tmp_path / "s.npz", {"teacher_log_prob": teacher, "model_log_prob": model})
        assert len(list(paired_log_probs(path))) == 1


def test_commands_run_outside_a_checkout_and_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    teacher, model = scored(100)
    write(tmp_path / "s.csv", {"teacher_log_prob": teacher.tolist(), "model_log_prob": model.tolist()})
    write(tmp_path / "t.csv", {"a": teacher.tolist(), "b": model.tolist()})
    write(tmp_path / "p.csv", {"n": [8, 8], "c": [0, 3]})
    runs = (("profile", "s.csv", "a.png"), ("tournament", "t.csv", "b.svg"), ("passk", "p.csv", "c.svg"))
    for name, file, picture in runs:
        assert main([name, file, "--json", "--plot", picture]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert json.loads(out)
        head = (tmp_path / picture).read_bytes()[:400]
        assert head.startswith(b"\x89PNG") if picture.endswith("png") else b"<svg" in head or b"<?xml" in head
    assert len(list(tmp_path.iterdir())) == 6
    call = [sys.executable, "-m", "covtheory", "passk", "p.csv"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pass@k" in done.stdout


def test_a_picture_that_cannot_be_written_is_refused_before_reading(tmp_path, capsys):
    assert main(["passk", "unread.csv", "--plot", str(tmp_path / "a.pdf")]) == 2
    assert ".png or .svg" in capsys.readouterr().err
    assert main(["passk", "unread.csv", "--plot", str(tmp_path / "no" / "a.png")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_progress_is_drawn_on_a_terminal_only_and_removed():
    class Stream(list):
        isatty = staticmethod(lambda: True)
        write, flush = list.append, staticmethod(lambda: None)

    stream = Stream()
    bar = command._Bar(stream)
    bar(0.5)
    bar(0.501)
    bar.clear()
    assert len(stream) == 2
    assert "50%" in stream[0]
    stream.isatty = lambda: False
    quiet = command._Bar(stream)
    quiet(1.0)
    assert len(stream) == 2


def test_text_of_the_commands_says_what_is_not_known(tmp_path, capsys):
    teacher, model = scored(300)
    write(tmp_path / "s.csv", {"teacher_log_prob": teacher.tolist(), "model_log_prob": model.tolist(),
                               "sequence_kl": [2.0] * 300})
    write(tmp_path / "p.csv", {"n": [8, 9], "c": [0, 3]})
    assert main(["profile", str(tmp_path / "s.csv")]) == 0
    text = capsys.readouterr().out
    assert "no upper limit" in text
    assert "stopped KL" in text
    assert main(["passk", str(tmp_path / "p.csv"), "--interval", "bootstrap"]) == 2
    assert "the bootstrap says nothing about 2 prompts" in capsys.readouterr().err
    assert main(["passk", str(tmp_path / "p.csv")]) == 0
    text = capsys.readouterr().out
    assert "beyond k = 8" in text
    assert "No answer-level profile" in text


def test_noncrossing_probability_against_simulation_and_closed_forms():
    assert noncrossing_probability(np.zeros(5), np.ones(5)) == pytest.approx(1)
    assert noncrossing_probability(np.zeros(3), np.full(3, 0.5)) == pytest.approx(1 / 8)  # all three below a half
    lower, upper = np.linspace(0.02, 0.7, 6), np.linspace(0.4, 0.99, 6)
    u = np.sort(np.random.default_rng(6).random((200_000, 6)), axis=1)
    inside = int(((u >= lower) & (u <= upper)).all(1).sum())
    low, high = clopper_pearson(inside, 200_000, 1e-9)
    assert low <= noncrossing_probability(lower, upper) <= high


@pytest.mark.parametrize("n", [1, 3, 17, 60])
@pytest.mark.parametrize("alpha", [0.3, 0.05, 1e-6])
def test_band_keeps_its_level_exactly(n, alpha):
    assert TailBand(n, alpha).exact_false_alarm() <= alpha


def test_band_is_monotone_and_accurate_in_the_tail():
    band, hits = TailBand(10**6, 0.05), np.arange(0, 10**6 + 1, 37)
    assert (np.diff(band.lower(hits)) >= 0).all()
    assert (np.diff(band.upper(hits)) >= 0).all()
    assert band.upper(100) < 1e-4 * 1.7
    assert band.lower(100) > 1e-4 * 0.6


def test_beyond_capacity_limits_still_hold_and_counts_at_grid_points_are_exact():
    teacher, model = scored(4000)
    exact = profile_estimate([(teacher, model, None)])
    coarse = profile_estimate([(t, m, None) for t, m in zip(np.split(teacher, 40), np.split(model, 40), strict=True)],
                              capacity=500)
    assert coarse.rounded
    assert coarse.kl == pytest.approx(exact.kl)
    grid = np.arange(0, 4096 * 4, 173) / 1024
    np.testing.assert_array_equal(coarse.hits(grid), exact.hits(grid))
    N = np.geomspace(1, 1e5, 200)
    assert (coarse(N).lower <= exact(N).lower + 1e-12).all()
    assert (coarse(N).upper >= exact(N).upper - 1e-12).all()
    assert coarse.kl_limits()[0] <= exact.kl_limits()[0] + 1e-12
    assert coarse.kl_limits(20)[1] >= exact.kl_limits(20)[1] - 1e-12


def test_kl_limits_by_numerical_integration():
    teacher, model = scored(500)
    e = profile_estimate([(teacher, model, None)])
    x = np.linspace(0, 25, 1_000_001)[1:] - 1.25e-5
    def hits(t):
        return np.searchsorted(-np.sort(teacher - model)[::-1], -t, side="right")
    lower = (e.band.lower(hits(x)) - np.minimum(1 - e.band.lower(hits(-x)), np.exp(-x))).mean() * 25
    upper = (e.band.upper(hits(x)) * (x < 20) - np.maximum(1 - e.band.upper(hits(-x)), 0)).mean() * 25
    assert e.kl_limits(20) == pytest.approx((lower, upper), abs=2e-3)
    with pytest.raises(ValueError, match="above the stated bound"):
        e.kl_limits(1.0)


def test_an_impossible_response_seen_often_certifies_infinite_kl():
    model = np.where(np.arange(1000) < 200, -np.inf, -1.0)
    e = profile_estimate([(np.full(1000, -1.0), model, None)])
    assert e.kl == np.inf
    assert e.kl_limits()[0] == np.inf
    assert e(np.inf).value == 0.2
    assert e.budget(0.1).upper == np.inf
    assert e.budget(0.1).lower == np.inf


def test_budget_brackets_the_exact_one():
    teacher, model = scored_pair()
    law = coverage_profile(teacher, model).law
    e = profile_estimate([(*scored(20_000), None)], false_alarm=1e-9)
    b = e.budget(0.2)
    assert b.lower <= b.upper
    p, q = np.append(law.p, 0.0), np.append(law.q, law.q_only)
    p, q = p / p.sum(), q / q.sum()
    assert worst_case_regret(p, q, b.upper)[0] <= 0.2
    assert b.lower == 1 or worst_case_regret(p, q, b.lower - 1)[0] > 0.2


def test_chernoff_interval_ends_solve_for_the_divergence():
    low, high = chernoff_interval(0.3, 50, 0.1)
    for m in (low, high):
        assert 0.3 * np.log(0.3 / m) + 0.7 * np.log(0.7 / (1 - m)) == pytest.approx(np.log(20) / 50)
    assert chernoff_interval(1.0, 10, 0.05)[1] == 1.0
    assert chernoff_interval(0.0, 10, 0.05)[1] == pytest.approx(1 - np.exp(-np.log(40) / 10))


def test_pass_intervals_and_limit():
    one = pass_estimate(10, 3).pass_at(4)
    low, high = clopper_pearson(3, 10, 0.05)
    assert (one.lower, one.upper) == pytest.approx((1 - (1 - low) ** 4, 1 - (1 - high) ** 4))
    many = pass_estimate(np.full(50, 10), np.arange(50) % 11)
    boot = many.pass_at(2, method="bootstrap")
    exact = many.pass_at(2)
    assert exact.lower < boot.lower < boot.value < boot.upper < exact.upper
    with pytest.raises(ValueError, match="unbiased"):
        many.pass_at(11)
    with pytest.raises(ValueError, match="method"):
        many.pass_at(2, method="normal")
    assert many.limit.upper == 1.0
    assert many.limit.lower == pytest.approx(clopper_pearson(45, 50, 0.1)[0])


def test_answer_profile_contains_the_truth_at_its_level():
    rng, misses = np.random.default_rng(7), 0
    atoms, weight, N = np.array([0.01, 0.1, 0.45, 0.9]), np.array([0.3, 0.3, 0.2, 0.2]), np.array([2, 5, 20, 50, 200])
    truth = (weight * (atoms <= 1 / N[:, None])).sum(1)
    for _ in range(200):
        p = rng.choice(atoms, p=weight, size=150)
        misses += not pass_estimate(np.full(150, 24), rng.binomial(24, p)).answer_profile(N).contains(truth).all()
    assert binom.sf(misses - 1, 200, 0.05) > 1e-9
    with pytest.raises(ValueError, match="same number of draws"):
        pass_estimate([3, 4], [1, 1]).answer_profile(2)


def tails(n, p):
    """``P[Bin(n, p) <= s]`` and ``P[Bin(n, p) > s]``, s = 0..n-1, in fractions."""
    mass = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    return [sum(mass[:s + 1]) for s in range(n)], [sum(mass[s + 1:]) for s in range(n)]


@pytest.mark.parametrize(("n", "p", "N"), [(5, Fraction(1, 7), 3), (32, Fraction(3, 10), 2), (32, Fraction(1, 2), 2),
                                           (40, Fraction(1, 100), 50), (12, Fraction(9, 10), 4)])
def test_answer_bounds_are_the_quotients_of_tails_to_full_accuracy(n, p, N):
    law, edge = tails(n, p), tails(n, Fraction(1, N))
    exact = [min(1, *(float(a / b) for a, b in zip(*sides, strict=True))) for sides in zip(law, edge, strict=True)]
    found = answer_bounds(*(np.minimum(np.array(part, dtype=float), 1) for part in law), N)
    assert np.array(found) == pytest.approx(exact, rel=1e-11)
    assert found[0] == pytest.approx(1) if p <= Fraction(1, N) else found[1] == pytest.approx(1)


def test_answer_bounds_say_nothing_where_a_tail_underflows_and_refuse_bad_input():
    covered, uncovered = answer_bounds(np.ones(900), np.zeros(900), [1.0, 1e300])
    assert covered == pytest.approx([1, 1])
    assert uncovered == pytest.approx([0, 0])
    with pytest.raises(ValueError, match="shape"):
        answer_bounds([0.5, 0.5], [0.5], 2)
    with pytest.raises(ValueError, match="above"):
        answer_bounds([0.5], [1.5], 2)


def test_instances_of_notebook_17():
    law = rare_response(0.1, 20.0)
    assert isinstance(law, LogRatioLaw)
    assert law.p @ law.values == pytest.approx(2.0)
    assert hidden_support_distance(2, 10, 2) == pytest.approx(1 / 5 - 1 / 10)
    assert hidden_support_distance(2, 2**80, 2) == pytest.approx(2.0**-80, rel=1e-12)  # no digits lost near one
    old = law_from_pmfs([0.5, 0.3, 0.2], [0.4, 0.1, 0.5])
    new = rare_response(0.1, 1e4, old)
    assert new.p @ new.values == pytest.approx(0.9 * (old.p @ old.values) + 1e3)
    with pytest.raises(ValueError, match="K"):
        rare_response(0.1, 0.9, old)
    with pytest.raises(ValueError, match="multiple"):
        hidden_support_distance(2, 9, 2)


class Bigram:
    """A model with the forward interface of transformers."""

    def __init__(self, probs, shift):
        self.logits = np.log(probs) + shift
        self.config = SimpleNamespace(vocab_size=len(probs))

    def __call__(self, input_ids, attention_mask):
        assert attention_mask.shape == input_ids.shape
        return type("Output", (), {"logits": self.logits[input_ids].astype(np.float32)})


def test_recipe_scores_a_model_whose_probabilities_are_known(tmp_path):
    P = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5]])
    Q = P[[1, 2, 0]]
    teacher, model = Bigram(P, 3.0), Bigram(Q, -7.0)
    path = tmp_path / "scores.jsonl"
    assert recipe.write_scores(path, teacher, model, [("a", [2, 0], [1, 1, 2]), ("b", [1], [0])]) == 2
    (log_D, log_pi, kl, _), = paired_log_probs(path)
    np.testing.assert_allclose(log_D, [np.log(P[0, 1] * P[1, 1] * P[1, 2]), np.log(P[1, 0])], rtol=1e-6)
    np.testing.assert_allclose(log_pi, [np.log(Q[0, 1] * Q[1, 1] * Q[1, 2]), np.log(Q[1, 0])], rtol=1e-6)
    by_row = (P * np.log(P / Q)).sum(1)
    np.testing.assert_allclose(kl, [by_row[0] + 2 * by_row[1], by_row[1]], rtol=1e-5)
    with pytest.raises(ValueError, match="at least one token"):
        recipe.response_scores(teacher, model, [], [1])
    padded = np.column_stack([0.9 * Q, np.full(3, 0.1)])  # one token more, of probability 0.1
    row = recipe.response_scores(teacher, Bigram(padded, 0), [0], [1, 2])
    assert row["model_log_prob"] == pytest.approx(np.log(0.9**2 * Q[0, 1] * Q[1, 2]), rel=1e-6)
    np.testing.assert_allclose(row["token_kl"], by_row[:2], rtol=1e-5)
    assert recipe.response_scores(teacher, model, [0], [1, 3])["model_log_prob"] == -np.inf
    for odd, message in (([-100], "-100"), ([1, np.nan], "NaN|convert")):
        with pytest.raises(ValueError, match=message):
            recipe.response_scores(teacher, model, [0], odd)
    with pytest.raises(ValueError, match="logits: got NaN"):
        recipe.response_scores(teacher, Bigram(P, np.nan), [0], [1])

    pairs = [(i, [i % 3, 1], [1, 2, 0][: 1 + i % 3]) for i in range(7)]

    def interrupted():
        yield from pairs[:4]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        recipe.write_scores(tmp_path / "half.jsonl", teacher, model, interrupted(), batch=2)
    assert {p.name for p in tmp_path.iterdir()} == {"scores.jsonl", "half.jsonl.partial"}
    with (tmp_path / "half.jsonl.partial").open("a") as file:
        file.write('{"id": "4", "pro')
    assert recipe.write_scores(tmp_path / "half.jsonl", teacher, model, pairs, batch=3) == 7
    rows = [json.loads(line) for line in (tmp_path / "half.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [str(i) for i in range(7)]
    assert len({row["prompt"] for row in rows}) == 3
    for (_, prompt, response), row in zip(pairs, rows, strict=True):  # batches and chunks change nothing
        alone = recipe.response_scores(teacher, model, prompt, response)
        assert row["model_log_prob"] == pytest.approx(alone["model_log_prob"], rel=1e-12)
        by_ones = scored_batch(teacher, model, [(prompt, response)], positions=1)[0]
        assert by_ones["token_kl"] == pytest.approx(alone["token_kl"], rel=1e-12)


def test_recipe_with_a_transformers_model(tmp_path):
    torch = pytest.importorskip("torch", reason="optional: requirements/transformers.txt")
    transformers = pytest.importorskip("transformers", reason="optional: requirements/transformers.txt")
    torch.manual_seed(0)
    config = transformers.GPT2Config(vocab_size=11, n_positions=16, n_embd=8, n_layer=1, n_head=2,
                                     bos_token_id=0, eos_token_id=10)
    teacher, model = (transformers.GPT2LMHeadModel(config).eval() for _ in range(2))
    row = recipe.response_scores(teacher, model, [1, 2], [3, 4, 10], as_batch=recipe.torch_batch())
    with torch.no_grad():
        law = torch.log_softmax(teacher(torch.tensor([[1, 2, 3, 4, 10]])).logits.double(), -1)[0]
    assert row["teacher_log_prob"] == pytest.approx(float(law[1, 3] + law[2, 4] + law[3, 10]), abs=1e-5)
    other = torch.log_softmax(model(torch.tensor([[1, 2, 3, 4, 10]])).logits.double(), -1)[0]
    exact = (law.exp() * (law - other)).sum(-1)[1:4]
    np.testing.assert_allclose(row["token_kl"], exact.detach().numpy(), atol=1e-6)

    def tokenizer(prompt, return_tensors):
        return transformers.BatchEncoding({"input_ids": torch.tensor([[int(c) for c in prompt]])})

    drawn = list(recipe.draw_responses(teacher, tokenizer, ["12", "3"], max_new_tokens=5))
    assert [(number, ids) for number, ids, _ in drawn] == [(0, [1, 2]), (1, [3])]
    assert all(1 <= len(response) <= 5 for *_, response in drawn)
    assert drawn == list(recipe.draw_responses(teacher, tokenizer, ["12", "3"], max_new_tokens=5))
    count = recipe.write_scores(tmp_path / "scores.jsonl", teacher, model, drawn, as_batch=recipe.torch_batch())
    assert count == len((tmp_path / "scores.jsonl").read_text().splitlines()) == 2


def test_stored_npz_arrays_are_mapped_not_read(tmp_path):
    np.savez(tmp_path / "s.npz", n=np.full(5, 3), c=np.arange(5) % 3)
    assert all(isinstance(a, np.memmap) for a in Table(tmp_path / "s.npz").arrays.values())
    with zipfile.ZipFile(tmp_path / "s.npz") as archive:
        assert {m.compress_type for m in archive.infolist()} == {zipfile.ZIP_STORED}
