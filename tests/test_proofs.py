"""The formal proofs: what they say of themselves, and that their definitions are the library's functions."""

import importlib.util
import re
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from scipy.special import bdtr

from claimcheck.register import load_register
from covtheory.bounds import two_scale, two_scale_best
from covtheory.bounds.best_of_n import bon_average_bound
from covtheory.bounds.classical import phi_star
from covtheory.bounds.divergences import kl_price, phi_s
from covtheory.bounds.harmonic import truncated_log_loss, truncation_gap
from covtheory.bounds.misspecification import coin_divergence
from covtheory.bounds.scaling import power_failures
from covtheory.bounds.selection import chernoff_slope, chernoff_slope_below
from covtheory.bounds.tilting import coverage_to_rates, normaliser_log_factor, pass_at_k_of_rates, tilted_success
from covtheory.bounds.two_scale_best import largest_event
from covtheory.coverage import coverage_profile, divergences, law_from_pmfs
from covtheory.coverage.answers import push_forward
from covtheory.instances.divergences import prop_3_2
from covtheory.learners.bayes_mixture import sequential_mixture, time_average
from covtheory.learners.tilted import tilt
from covtheory.learners.tournament import tournament
from covtheory.policies import Tabular, TokenFeatures
from covtheory.policies.autoregressive_linear import AutoregressiveLinear
from covtheory.policies.interventions import geometric_ensemble, mix, temper
from covtheory.samplers.best_of_n import pass_at_k, regret, worst_case_regret
from publishing import index, kernel_proofs

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "lib" / "proofs"
_spec = importlib.util.spec_from_file_location("proofs_reading", FOLDER / "reading.py")
reading = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reading)

needs_rocq = pytest.mark.skipif(which("coqc") is None, reason="coqc is missing: `make prove` says what to install")

P, Q, S = (F(1, 2), F(3, 10), F(1, 5)), (F(1, 8), F(7, 10), F(7, 40)), (F(1, 5), F(1, 5), F(3, 5))
HOLE = (F(3, 5), F(2, 5), F(0))  # a model that lacks a response
PAIRS = {"P, Q": (P, Q), "P, S": (P, S), "hole, Q": (HOLE, Q), "P, hole": (P, HOLE)}
THRESHOLDS = (F(1), F(3, 2), F(5, 2), F(4), F(20))


def coq(value) -> str:
    value = F(value)
    return f"({value.numerator} / {value.denominator})"


def law(weights) -> str:
    return f"(three_law {' '.join(map(coq, weights))})"


def floats(weights) -> np.ndarray:
    return np.array([float(w) for w in weights])


def rational(value) -> F:
    """The fraction of small denominator that the library's float rounds."""
    found = F(float(value)).limit_denominator(10**7)
    assert abs(float(found) - float(value)) < 1e-13
    return found


RATE = (F(1, 2), F(1, 4), F(1))
RATES = law(RATE)


def exact_instances():
    """Definitions whose values are rational: (name, formal expression, the library's value)."""
    for name, (p, q) in PAIRS.items():
        profile, a, b = coverage_profile(Tabular(floats(p)), Tabular(floats(q))), law(p), law(q)
        for N in THRESHOLDS:
            yield f"cov at {N}, {name}", f"cov {coq(N)} responses {a} {b}", profile(float(N))
            yield f"tail at {N}, {name}", f"tail {coq(N)} responses {a} {b}", profile(float(N) * (1 + 1e-9))
            yield f"hockey at {N}, {name}", f"hockey {coq(N)} responses {a} {b}", profile.hockey_stick(float(N))
        yield f"hockey at 0, {name}", f"hockey 0 responses {a} {b}", profile.hockey_stick(0.0)
        yield f"mass, {name}", f"mass responses {a} answer", p[0] + p[1]
        yield f"sum, {name}", f"sum responses {b}", floats(q).sum()
        rewards = (F(0), F(1, 2), F(1))
        for n in (1, 2):
            r = f"(three_law {' '.join(map(coq, rewards))})"
            lost = regret(floats(p), floats(q), floats(rewards), n)
            yield f"regret, {n}, {name}", f"regret {n} responses {a} {b} {r}", lost
            yield f"best of {n}, {name}", f"expect {n} responses {b} (best {r})", floats(p) @ floats(rewards) - lost
            with np.errstate(divide="ignore"):
                log_ratio = np.log(floats(p)) - np.log(floats(q))
            yield (f"average bound, {n}, {name}", f"missed {n} responses {a} {b}",
                   bon_average_bound(log_ratio, floats(p), n))
            worst, reward = worst_case_regret(floats(p), floats(q), n)
            first, second, third = (str(bool(value)).lower() for value in reward)
            sets = f"(fun y => match y with first => {first} | second => {second} | third => {third} end)"
            yield f"worst regret, {n}, {name}", f"set_regret {n} responses {a} {b} {sets}", worst
        ids = np.array([0, 0, 1])
        pushed = [push_forward(floats(w), ids) for w in (p, q)]
        answers = "(answer_law Bool.bool_dec responses answer"
        yield f"answer, {name}", f"{answers} {a} true)", pushed[0][0]
        yield (f"answer coverage, {name}", f"cov 2 faces {answers} {a}) {answers} {b})",
               coverage_profile(*(Tabular(w) for w in pushed))(2.0))
        yield (f"mixture, {name}", f"cov 2 responses {a} (fun y => (1 - 1 / 4) * {b} y + 1 / 4 * {law(S)} y)",
               coverage_profile(Tabular(floats(p)), Tabular(mix(floats(q), floats(S), 0.25)))(2.0))
        mean = (floats(q) + floats(S)) / 2
        members = f"(fun x : bool => if x then {b} else {law(S)})"
        yield (f"ensemble, {name}", f"cov 2 responses {a} (ensemble [true; false] {members})",
               coverage_profile(Tabular(floats(p)), Tabular(mean))(2.0))
        with np.errstate(divide="ignore"):
            scores = tournament(np.log([floats(p), floats(q)]), 4.0).scores  # 4: the first ratio of P, Q
            above = tournament(np.log([floats(p), floats(q)]), 4.0 * (1 + 1e-9)).scores
        yield f"tournament, {name}", f"cov_under {law([F(1, 3)] * 3)} 4 responses {a} {b}", scores[1]
        yield f"tournament, strict, {name}", f"tail_under {law([F(1, 3)] * 3)} 4 responses {a} {b}", above[1]
        yield f"score, {name}", f"freq responses (beats 4 {a} {b})", scores[1]
        yield f"lower tail, {name}", f"low 4 responses {a} {b}", 1 - profile(4.0 * (1 + 1e-9))
    lacks = (F(1, 5), F(4, 5), F(0))  # neither HOLE nor this has the third response: 0/0 is no win
    with np.errstate(divide="ignore"):
        scores = tournament(np.log([floats(HOLE), floats(lacks)]), 2.0).scores
    yield "tournament, 0/0", f"cov_under {law([F(1, 3)] * 3)} 2 responses {law(HOLE)} {law(lacks)}", scores[1]
    yield "frequency", "freq [first; third; first] answer", np.mean([1, 0, 1])
    for k in (1, 3):
        yield f"fail@{k}", f"fails {k} responses {law(P)} {RATES}", 1 - pass_at_k_of_rates(floats(RATE), k, floats(P))
        yield f"estimate of pass@{k}", f"1 - choose (5 - right [true; false; true; false; false]) {k} / choose 5 {k}", \
            pass_at_k(5, 2, k)
    for N in THRESHOLDS:
        yield f"solved at {N}", f"cov {coq(N)} responses {law(P)} (solved {law(P)} {RATES})", \
            coverage_to_rates(floats(RATE), float(N), floats(P))
    for s in (0, 1, 2):
        yield f"at most {s}", f"at_most 2 {s} (3 / 10)", bdtr(s, 2, 0.3)
    yield "harmonic sum", f"sum (seq 1 3) (fun k => fails k responses {law(P)} {RATES} / INR k)", \
        floats(P) @ truncated_log_loss(floats(RATE), 3)
    yield "harmonic number", "harmonic 4", truncation_gap(4)[1] + np.log(4)
    yield "best of three", "best (three_law (1 / 4) 1 (1 / 2)) [first; third; first]", np.max([0.25, 0.5, 0.25])


def real_instances():
    """Definitions with logarithms: (name, formal expression, the library's value)."""
    for name, (p, q) in PAIRS.items():
        found, a, b = law_from_pmfs(floats(p), floats(q)), law(p), law(q)
        yield f"hellinger, {name}", f"hellinger responses {a} {b}", divergences.hellinger_sq(found)
        for s in (F(1, 2), F(1, 3)):
            yield f"affinity {s}, {name}", f"affinity {coq(s)} responses {a} {b}", divergences.affinity(found, float(s))
        yield (f"total variation, {name}", f"total_variation responses {a} {b}",
               coverage_profile(Tabular(floats(p)), Tabular(floats(q))).hockey_stick(1.0))
        if name == "P, hole":
            continue
        for place, word in enumerate(("first", "second")):  # truncated, and not
            cut = min(np.log(float(p[place] / q[place])), 0.5)
            yield f"truncated, {word}, {name}", f"truncated (1 / 2) {a} {b} {word}", cut
        yield f"kl, {name}", f"kl responses {a} {b}", divergences.kl(found)
        yield f"positive part, {name}", f"positive_part responses {a} {b}", divergences.kl_positive_part(found)
        yield (f"renyi, {name}", f"mean_ratio (fun r => power r (3 - 1)) responses {a} {b}",
               np.exp(2 * divergences.renyi(found, 3.0)))
        yield (f"f-divergence, {name}", f"f_divergence (fun r => r * ln r - r + 1) responses {a} {b}",
               divergences.f_divergence(found, lambda r: r * np.log(r) - r + 1, f_at_zero=1.0,
                                        slope_at_infinity=np.inf))
    for beta in (1.0, 0.5):
        made = tilt(floats(Q), [0.0, 0.5, 1.0], beta)
        for place, word in enumerate(("first", "second", "third")):
            formal = f"tilt {coq(1 / beta)} responses {law(Q)} (three_law 0 (1 / 2) 1) {word}"
            yield f"tilt {beta}, {word}", formal, made[place]
        yield (f"normaliser {beta}", f"normaliser {coq(1 / beta)} responses {law(Q)} (three_law 0 0 1)",
               np.exp(normaliser_log_factor(float(Q[2]), beta)))
    members = f"(fun x : bool => if x then {law(P)} else {law(Q)})"
    mean = geometric_ensemble([floats(P), floats(Q)])
    yield "geometric ensemble", f"geometric_ensemble [true; false] responses {members} third", mean[2]
    yield "geometric mean", f"geometric [true; false] {members} first", np.sqrt(float(P[0] * Q[0]))
    features = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 0.25]])
    next_token = AutoregressiveLinear([0.5, -0.75], TokenFeatures(features), H=1)
    yield ("softmax", "softmax 2 responses (fun _ y i => match y, i with first, O => 1 | second, O => 1 / 2 "
           "| second, S O => - (1) | third, S O => 1 / 4 | _, _ => 0 end) "
           "(fun i => match i with O => 1 / 2 | S O => - (3 / 4) | _ => 0 end) [] second",
           np.exp(next_token.log_prob([[1]])[0]))
    steps = sequential_mixture(np.log([floats(P), floats(S)]), np.array([[0, 2, 1]]))
    yield "predictive", f"predictive [{law(P)}; {law(S)}] [first; third] second", steps[0, 2, 1]
    yield ("time average", f"time_average 3 [{law(P)}; {law(S)}] [first; third; second] third",
           time_average(steps)[0, 2])
    yield "mean vector", f"mean_vector responses {law(P)} (fun y _ => {law(S)} y) 0", floats(P) @ floats(S)
    yield ("inner product", "dot 2 (fun i => match i with O => 1 / 2 | _ => 3 end) (fun i => match i with O => 4 "
           "| _ => 1 / 7 end)", np.dot([0.5, 3.0], [4.0, 1 / 7]))
    for v in (0.5, 1.0):
        yield f"M_3(1, {v})", f"part_below 3 1 {coq(v)}", power_failures(1.0, 3.0, v)
    for lam in (F(1, 2), F(1)):
        curve = coverage_profile(Tabular(floats(P)), Tabular(floats(Q))).hockey_stick(float(lam))
        value = curve - 1 + float(lam) - 2 * (float(lam) / 3) ** 1.5
        yield f"dual at {lam}", f"dual 3 responses {law(P)} {law(Q)} {coq(lam)}", value
    tempered, log_Z = temper(floats(Q), 2.0)
    yield "partition", f"partition (1 / 2) responses {law(Q)}", np.exp(log_Z)
    yield "temperature", f"tempered (1 / 2) responses {law(Q)} first", tempered[0]
    yield "tilted success", "2 / 10 * exp 1 / (1 + 2 / 10 * (exp 1 - 1))", tilted_success(0.2, 1.0)
    yield "pass@k", "pass_at (5 / 2) (2 / 10)", pass_at_k_of_rates([0.2], 2.5)
    yield "coin", "kl faces (coin (1 / 2)) (coin (exp (- (7 / 10)) / 2))", coin_divergence(0.7)
    yield "rare prompt", "rare_prompt_kl 3 100 (1 / 2)", prop_3_2(3, 100, 0.5, 0.0).kl
    for N in (F(3, 2), F(4), F(1000)):
        yield f"price {N}", f"price {coq(N)}", kl_price(float(N))
        yield f"phi_s {N}", f"chernoff_price (1 / 3) {coq(N)}", phi_s(1 / 3, float(N))
        yield f"phi* {N}", f"phi_star {coq(N)}", phi_star(float(N))
    yield "m(s)", "least_truncation (1 / 3)", two_scale.truncation_level(1 / 3)
    # the right side of the two-scale theorem, as the theorems state it: N = 1000, n = 100, covers of 7 and 3
    linear = two_scale.two_scale(1000.0, 100, 0.05, np.log(7), np.log(3), eps=0.02, s=0.5, c=0.1, theta=1.0).total
    yield "two-scale, linear", stated("two_scale_linear", "bound", rho="1 / 10 * ln 1000", s="1 / 2", theta="1"), linear
    with pytest.MonkeyPatch.context() as patch:
        seen = []
        patch.setattr(two_scale_best, "largest_event", lambda *parts: seen.extend(parts) or largest_event(*parts))
        v = two_scale_best.two_scale_best(1000.0, 100, 0.05, np.log(7), np.log(3), rho=1.0, eps=0.02)
    B, C = (stated("two_scale", name, rho="1") for name in "BC")
    yield "two-scale, B", B, seen[0]
    yield "two-scale, C", C, seen[1]
    v = coq(F(float(v)).limit_denominator(10**15))
    yield "two-scale, root", f"{v} - ({B}) - ({B}) * ln ({v} / ({B})) - ({C})", 0.0
    yield "two-scale, closed", stated("two_scale_closed", "bound", rho="1"), seen[0] + seen[1] + np.sqrt(
        seen[1] ** 2 + 2 * seen[0] * seen[1])


VALUES = {"N": "1000", "INR n": "100", "delta": "1 / 20", "eps": "1 / 50", "INR (length K)": "7", "INR (length S)": "3"}


def stated(theorem: str, wanted: str, **more: str) -> str:
    """What a theorem's statement calls ``wanted`` by ``let``, or puts above ``cov N Y P q``, its variables replaced."""
    statement = next(proof.statement for proof in reading.proofs() if proof.theorem == theorem)
    values = VALUES | more

    def put(text):
        names = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda name: f"({values[name.group()]})", text)

    for name, text in re.findall(r"let (\w+) := (.*?) in\n", statement):
        values[name] = put(text)
    return values.get(wanted) or put(statement.partition("cov N Y P q <= ")[2].strip().removesuffix(").").strip())


FIDELITY = """From Coq Require Import Reals Lra List.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws two_scales two_scales_theorem divergences maximum_likelihood tail
  answers best_of_n tilting selection printed worst_case profile pass_at_k scaling interventions tournament printed_sgd
  misspecified distances mixture.
Import ListNotations.
Open Scope R_scope.
Ltac plain a := lazymatch a with context [Rle_dec _ _] => fail | _ => idtac end.
Ltac decide_if := repeat match goal with
  | |- context [Rle_dec ?a ?b] => plain a; plain b; destruct (Rle_dec a b); try (exfalso; lra)
  | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b); try (exfalso; lra)
  end.
Ltac open := unfold missed, low, fails, solved, at_most, harmonic, choose, beats, right, seq, set_regret, regret, cov,
  tail, cov_under, tail_under, hockey, freq, mass, answer_law, ensemble, expect, best, sum, responses, faces, three_law,
  answer, le01, lt01, Rmax; simpl; decide_if.
Ltac enclose := rewrite ?part_below_one by (lra || auto); unfold time_average, predictive, weight, firstn,
  rare_prompt_kl, dual, hockey, positive_part,
  geometric_ensemble, geometric, softmax, dot, prod, seq, token, kl, hellinger, affinity, mean_ratio, f_divergence,
  truncated, total_variation, mean_vector,
  tilt, normaliser, tempered, partition, pass_at, phi_star, phi_argument, chernoff_price, price,
  least_truncation, sum, responses, faces, coin, three_law, power, Rmax; simpl INR;
  repeat (let h := fresh in destruct Rlt_dec as [h|h]; [try (exfalso; clear - h; lra)|try (exfalso; apply h; lra)]);
  repeat match goal with
  | |- context [Rle_dec ?a ?b] => let h := fresh in destruct (Rle_dec a b) as [h|h];
      [try (exfalso; apply (Rlt_not_le a b); [interval|exact h])|try (exfalso; apply h; interval)]
  end; rewrite ?sqrt_0; unfold Rdiv; rewrite ?Rmult_0_l; interval with (i_prec 60).
"""

PLAIN = {"law", "sublaw", "dominated", "coin", "faces", "convex", "rewards", "reward", "binary", "on", "reaches",
         "exceeds", "answers", "a_test", "likely", "most_likely", "upper_cover", "net", "tournament", "above", "text",
         "said", "wasted", "log_ratio", "le01", "lt01", "both", "rates", "winner", "in_ball", "lacking"}
"""Definitions that are not numbers of the library: conditions, sets, and sums spelled out in a statement."""


def test_every_proof_belongs_to_a_registered_claim_and_the_record_is_what_the_files_say():
    found = reading.proofs()
    assert reading.RECORD.read_text(encoding="utf-8") == reading.stated(found)
    assert {proof.claim for proof in found} <= set(load_register(ROOT))
    assert len({proof.claim for proof in found}) >= 68


def test_every_statement_that_the_register_calls_refuted_has_its_counterexample():
    refuted = {id for id, entry in load_register(ROOT).items()
               if entry.finding in ("refuted as printed", "proof step refuted", "condition missing")}
    assert refuted <= {proof.claim for proof in reading.proofs() if proof.theorem.endswith("_is_false")}


def test_nothing_is_left_out_or_assumed():
    for path in FOLDER.glob("*.v"):
        assert reading.forbidden(path.read_text(encoding="utf-8")) == "", path.name
    for word in ("Admitted.", "Axiom a : 0 = 1.", "Parameter a : nat.", "Proof. admit. Admitted.",
                 "Section B.\nEnd B.\nHypothesis a : 0 = 1."):
        assert reading.forbidden(f"Lemma b : 0 = 0. Proof. easy. Qed.\n{word}")


def test_pages_show_the_route():
    proofs = kernel_proofs.read(ROOT)
    page = index.verdicts_page(ROOT)
    assert len(re.findall(r"\+ kernel ", page)) == len(proofs)
    assert (ROOT / kernel_proofs.PAGE).read_text(encoding="utf-8") == kernel_proofs.page(ROOT)


def test_every_number_in_a_statement_is_compared_with_the_library():
    define = re.compile(r"^(?:Definition|Fixpoint) (\w+)", re.MULTILINE)
    defined = {name for path in FOLDER.glob("*.v") for name in define.findall(path.read_text(encoding="utf-8"))}
    used = {word for proof in reading.proofs() for word in re.findall(r"\w+", proof.statement)} & defined
    instances = [*exact_instances(), *real_instances()]
    compared = {word for _, expression, _ in instances for word in re.findall(r"\w+", expression)}
    assert used - compared - PLAIN == set()


def test_numbers_at_two_are_the_librarys():
    text = (FOLDER / "selection.v").read_text(encoding="utf-8")
    low_a, high_a = map(float, re.search(r"exists a, ([\d.]+) < a < ([\d.]+)", text).groups())
    low_b, high_b = map(float, re.search(r"exists b, ([\d.]+) < b < ([\d.]+)", text).groups())
    assert low_a < chernoff_slope(2.0) < high_a
    assert low_b < chernoff_slope_below(2.0) < high_b
    low, high = map(float, re.search(r"([\d.]+) < 2 / a \+ 1 / b < ([\d.]+)", text).groups())
    assert low < 2 / chernoff_slope(2.0) + 1 / chernoff_slope_below(2.0) < high < 2.847


def test_constants_of_the_library_lie_in_their_enclosures():
    names = {path.stem: importlib.import_module(f"covtheory.bounds.{path.stem}")
             for path in (ROOT / "lib/covtheory/bounds").glob("[a-z]*.py")} | {"np": np, "L": np.log(8)}
    text = (FOLDER / "constants.v").read_text(encoding="utf-8")
    found = re.findall(r"\(\* constant: (.+?)\n.*?Lemma \w+ : (.*?)\.\s+Proof\.", text, re.DOTALL)
    assert len(found) == text.count("constant: ") == text.count("Lemma ") > 12
    for expression, statement in found:
        low, high = re.search(r"([\d.]+) < [^<]*< ([\d.]+)$", statement, re.DOTALL).groups()
        assert float(low) < eval(expression, names) < float(high), expression


def test_a_claim_says_kernel_checked_with_its_statement_folded():
    proofs = kernel_proofs.read(ROOT)
    said = kernel_proofs.formal(proofs["kl-two-point-sharp"])
    assert said.startswith('<details class="kernel"><summary>')
    for word in ("kernel-checked", "kl_two_point_attained", "files/proofs/divergences.v", "sig_forall_dec",
                 ">a/N^{2}</annotation>", "kl_two_point_twin", "</annotation>"):
        assert word in said
    assert "machine numbers" in kernel_proofs.formal(proofs["selection-chernoff"])
    assert "machine numbers" not in said


@needs_rocq
@pytest.mark.slow
@pytest.mark.xdist_group("proofs")
def test_the_kernel_accepts_every_proof():
    done = subprocess.run([sys.executable, str(FOLDER)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no axiom but those of the reals" in done.stdout


@needs_rocq
@pytest.mark.slow
@pytest.mark.xdist_group("proofs")
def test_formal_definitions_are_the_librarys_functions(tmp_path):
    lemmas = [f"(* {name} *) Lemma exact_{i} : {expression} = {coq(rational(value))}. Proof. open; lra. Qed."
              for i, (name, expression, value) in enumerate(exact_instances())]
    for i, (name, expression, value) in enumerate(real_instances()):
        found = coq(F(float(value)).limit_denominator(10**15))
        lemmas.append(f"(* {name} *) Lemma real_{i} : Rabs ({expression} - {found}) <= 1 / 10 ^ 9. "
                      "Proof. enclose. Qed.")
    assert len(lemmas) > 100
    (tmp_path / "fidelity.v").write_text(FIDELITY + "\n".join(lemmas) + "\n", encoding="utf-8")
    subprocess.run([sys.executable, str(FOLDER), "--compile"], check=True)
    command = ["coqc", "-w", "-ambiguous-paths,-deprecated", "-Q", str(ROOT / "build" / "proofs"), "Coverage"]
    done = subprocess.run([*command, "fidelity.v"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


HIDDEN = """Section Convenient.
Context (wrong : False).
(* claim: mle-coverage-two-scale *)
Theorem crown : 0 = 1.
Proof. destruct wrong. Qed.
End Convenient.
"""


@pytest.mark.parametrize("hidden", [HIDDEN, HIDDEN.replace("wrong : ", "wrong :\n  "),
                                    HIDDEN.replace("Convenient.\nC", "Convenient. C"), HIDDEN.replace("Sec", "  Sec")])
def test_a_hypothesis_that_the_record_would_not_show_is_refused(tmp_path, monkeypatch, hidden):
    (tmp_path / "crown.v").write_text(hidden)
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="hides the hypothesis"):
        reading.proofs()


def test_a_flag_that_the_kernel_names_is_refused(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("proofs_main", FOLDER / "__main__.py")
    main = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(main)
    monkeypatch.setattr(main, "BUILD", tmp_path)
    said = "Axioms:\nClassical_Prop.classic : forall P : Prop, P\n  more\nloop is assumed to be guarded.\n"
    monkeypatch.setattr(main, "coqc", lambda path: said)
    with pytest.raises(SystemExit, match="loop is assumed to be guarded"):
        main.assumptions([("a", "b")])
    monkeypatch.setattr(main, "coqc", lambda path: said.replace("loop is assumed to be guarded.\n", ""))
    assert main.assumptions([("a", "b")]) == {"Classical_Prop.classic"}
