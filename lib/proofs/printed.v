(* Printed statements and printed steps of proofs that are false, each refuted for all its parameters or on an instance. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus divergences.
Import ListNotations.
Open Scope R_scope.

(* Notebook 03. A text of H tokens on the rare prompt, of mass mu = 1/(2n): each token is 1 with probability
   e^t/(e^t + e^-t) under the data law with parameter t, and a fair coin under the estimate 0. *)
Definition token (t : R) : R := exp t / (exp t + exp (- t)).
Definition rare_prompt_kl (n H t : R) : R := 1 / (2 * n) * (H * kl faces (coin (token t)) (coin (1 / 2))).

(* claim: kl-grows-with-length-as-printed
   part: the refutation
   differs: KL of the instance as the mass of the prompt times H times that of one token; for every t in [-1, 1] *)
Theorem kl_grows_as_printed_is_false (n H t : R) : 1 <= n -> 1 <= H -> -1 <= t <= 1 -> rare_prompt_kl n H t <= 0.16391 * H / n /\ 0.16391 * H / n < H / (4 * n).
Proof.
  intros Hn HH Ht. unfold rare_prompt_kl.
  assert (K : kl faces (coin (token t)) (coin (1 / 2)) <= 0.32782).
  { unfold kl, faces, sum, coin, token. interval with (i_bisect t, i_autodiff t). }
  assert (i : 0 < / n) by (apply Rinv_0_lt_compat; lra). assert (h : 0 < H * / n) by (apply Rmult_lt_0_compat; lra). split.
  - replace (1 / (2 * n) * (H * kl faces (coin (token t)) (coin (1 / 2)))) with (H * / n * (kl faces (coin (token t)) (coin (1 / 2)) / 2)) by (field; lra).
    replace (0.16391 * H / n) with (H * / n * 0.16391) by (field; lra). apply Rmult_le_compat_l; lra.
  - replace (0.16391 * H / n) with (0.16391 * (H * / n)) by (field; lra). replace (H / (4 * n)) with (1 / 4 * (H * / n)) by (field; lra). lra.
Qed.

(* claim: two-scale-alpha-as-printed
   part: the refutation, for every N in [8, 16] *)
Theorem two_scale_alpha_is_false (N : R) : 8 <= N <= 16 -> ~ (1 / 4 * ln N < (ln N - ln 4) / 2).
Proof.
  intros HN H. assert (ln N <= ln 16) by (apply ln_le; lra). replace 16 with (4 * 4) in H0 by ring. rewrite ln_mult in H0 by lra. lra.
Qed.

Lemma half_coin a : 0 <= a -> kl faces (coin (1 / 2)) (coin (exp (- a) / 2)) = - (1 / 2) * ln (1 - (1 - exp (- a)) ^ 2).
Proof.
  intros Ha. unfold kl, faces, sum, coin. pose proof (exp_pos (- a)). pose proof (exp_le (- a) 0 ltac:(lra)). rewrite exp_0 in *.
  replace (1 / 2 / (exp (- a) / 2)) with (/ exp (- a)) by (field; lra).
  replace ((1 - 1 / 2) / (1 - exp (- a) / 2)) with (/ (2 - exp (- a))) by (field; lra).
  replace (1 - (1 - exp (- a)) ^ 2) with (exp (- a) * (2 - exp (- a))) by ring. rewrite ln_mult, !ln_Rinv by lra. lra.
Qed.

(* claim: mle-fails-misspecified-as-printed
   part: KL(Ber(1/2), Ber(e^-a/2)) >= (1 - e^-a)^2 is false for every a in (0, 1], and true with a factor 1/2
   differs: the other two slips of the printed proof (p for p/2, a for a^2) are not here *)
Theorem mle_fails_as_printed_is_false (a : R) : 0 < a <= 1 ->
  kl faces (coin (1 / 2)) (coin (exp (- a) / 2)) < (1 - exp (- a)) ^ 2 /\
  1 / 2 * (1 - exp (- a)) ^ 2 <= kl faces (coin (1 / 2)) (coin (exp (- a) / 2)).
Proof.
  intros Ha. rewrite half_coin by lra. set (w := (1 - exp (- a)) ^ 2).
  assert (e1 : exp (- a) < 1) by (rewrite <- exp_0; apply exp_increasing; lra).
  assert (e2 : exp (- (1)) <= exp (- a)) by (apply exp_le; lra). assert (e3 : 0.36 < exp (- (1))) by interval.
  assert (W : 0 < w < 1 / 2) by (unfold w; nra). split.
  - pose proof (ln_le_sub (/ (1 - w)) ltac:(apply Rinv_0_lt_compat; lra)). rewrite ln_Rinv in H by lra.
    assert (/ (1 - w) - 1 < 2 * w); [|lra]. apply (Rmult_lt_reg_r (1 - w)); [lra|].
    rewrite Rmult_minus_distr_r, Rinv_l by lra. nra.
  - pose proof (ln_le_sub (1 - w) ltac:(lra)). lra.
Qed.

(* claim: distillation-truncated-as-printed
   part: the contrary, 128 eta A B^2 > 1, for every N >= 2 and every B *)
Theorem distillation_as_printed_is_false (N B : R) : 2 <= N -> 0 < B ->
  let A := ln N in let eta := 1 / (2 * (32 * A + 1) * B ^ 2) in 1 < 128 * eta * A * B ^ 2.
Proof.
  intros HN HB A eta. assert (1 / 2 < A). { unfold A. apply Rlt_le_trans with (ln 2); [interval|apply ln_le; lra]. }
  unfold eta. replace (128 * (1 / (2 * (32 * A + 1) * B ^ 2)) * A * B ^ 2) with (64 * A / (32 * A + 1)) by (field; split; lra).
  apply (Rmult_lt_reg_r (32 * A + 1)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

(* claim: misspecification-cost-sharp
   part: the inequality
   differs: finite support; P dominated by Q; that it is approached is not here *)
Theorem misspecification_cost {A} (N : R) (Y : list A) (P Q R1 : A -> R) : law Y P -> sublaw Y Q -> dominated P Q -> 1 < N ->
  kl Y P Q <= kl Y P R1 -> cov N Y P Q <= kl Y P R1 / price N.
Proof. intros HP HQ D HN H. destruct (kl_to_coverage N Y P Q HP HQ D HN). apply le_div; lra. Qed.

(* twin: misspecification-cost-sharp
   log N for its price: the coin of kl-to-coverage *)
Theorem misspecification_cost_twin : exists P Q : bool -> R, law faces P /\ sublaw faces Q /\ dominated P Q /\ kl faces P Q / ln 4 < cov 4 faces P Q.
Proof.
  destruct kl_to_coverage_twin as (P & Q & HP & HQ & D & H). exists P, Q. repeat split; try apply HP; try apply HQ; try apply D.
  assert (0 < ln 4) by (rewrite <- ln_1; apply ln_increasing; lra). apply (Rmult_lt_reg_r (ln 4)); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
