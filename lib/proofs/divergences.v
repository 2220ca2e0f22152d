(* Notebook 03: coverage from divergences. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Coverage Require Import finite calculus.
Import ListNotations.
Open Scope R_scope.

(* g(N) = log N - 1 + 1/N *)
Definition price (N : R) : R := ln N - 1 + / N.

(* The model's mass where the data law has none, and the mean of f(P/Q) under P. *)
Definition wasted {A} (Y : list A) (P Q : A -> R) : R := sum Y (fun y => Q y * le01 (P y) 0).
Definition mean_ratio {A} (f : R -> R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * f (P y / Q y)).

(* E r^(-s) = sum P^(1-s) Q^s, and phi_s(N) = 1 - s + s/N - N^(-s). *)
Definition affinity {A} (s : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * power (Q y / P y) s).
Definition chernoff_price (s N : R) : R := 1 - s + s / N - power (/ N) s.

(* D_f(P||Q) = sum Q f(P/Q), for P dominated by Q. *)
Definition f_divergence {A} (f : R -> R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => Q y * f (P y / Q y)).

(* Convex on [0, infinity): a line below the graph through each of its points with positive abscissa. *)
Definition convex (f : R -> R) := forall x, 0 < x -> exists c, forall y, 0 <= y -> f x + c * (y - x) <= f y.

(* Laws of a coin: heads with probability a. *)
Definition coin (a : R) (b : bool) : R := if b then a else 1 - a.
Definition faces : list bool := [true; false].

Lemma coin_law a : 0 <= a <= 1 -> law faces (coin a).
Proof. intros H. split; [intros []; simpl; lra|simpl; lra]. Qed.

Lemma price_nonneg r : 0 < r -> 0 <= price r.
Proof.
  intros H. unfold price. assert (I : 0 < / r) by now apply Rinv_0_lt_compat.
  pose proof (ln_le_sub (/ r) I). rewrite ln_Rinv in H0; lra.
Qed.

Lemma price_mono a b : 1 <= a -> a <= b -> price a <= price b.
Proof.
  intros A B. apply (increasing_from price (fun x => / x - / x ^ 2) a b B).
  - intros x I. unfold price. auto_derive; [split; lra|]. field. lra.
  - intros x I. replace (/ x - / x ^ 2) with ((x - 1) / x ^ 2) by (field; lra). apply Rmult_le_pos; [lra|].
    left; apply Rinv_0_lt_compat; nra.
Qed.

Lemma dominated_pos {A} (P Q : A -> R) y : (forall y, 0 <= P y) -> dominated P Q -> P y = 0 \/ (0 < P y /\ 0 < Q y).
Proof. intros H D. destruct (Req_dec (P y) 0); [now left|right]. pose proof (H y). split; [lra|apply D; lra]. Qed.

Lemma kl_to_coverage_price N : 1 < N -> 0 < price N.
Proof.
  intros HN. unfold price. pose proof (ln_increasing 1 N). rewrite ln_1 in H.
  pose proof (exp_ineq1 (- ln N)). rewrite exp_Ropp, exp_ln in H0 by lra. lra.
Qed.

(* claim: kl-f-identity
   differs: finite support; P dominated by Q (otherwise both sides are infinite) *)
Theorem kl_identity {A} (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> dominated P Q ->
  kl Y P Q = mean_ratio price Y P Q + wasted Y P Q.
Proof.
  intros [HP P1] [HQ Q1] D. unfold kl, mean_ratio, wasted. rewrite <- sum_plus.
  replace (sum Y (fun y => P y * ln (P y / Q y))) with (sum Y (fun y => P y * ln (P y / Q y)) - sum Y P + sum Y Q) by (rewrite P1, Q1; ring).
  rewrite <- sum_minus, <- sum_plus. apply sum_ext; intros y _. destruct (dominated_pos P Q y HP D) as [E|[p q]].
  - rewrite E, le01_1 by lra. ring.
  - rewrite le01_0 by lra. unfold price. field. lra.
Qed.

(* claim: kl-to-coverage
   differs: finite support; P dominated by Q (otherwise KL is infinite); the model may have mass below one; the second form follows from log N - 1 <= price N *)
Theorem kl_to_coverage {A} (N : R) (Y : list A) (P Q : A -> R) : law Y P -> sublaw Y Q -> dominated P Q -> 1 < N ->
  cov N Y P Q * price N <= kl Y P Q /\ 0 < price N.
Proof.
  intros [HP P1] [HQ Q1] D HN. split.
  - apply Rle_trans with (sum Y (fun y => (P y * le01 (N * Q y) (P y)) * price N + (P y - Q y))).
    + rewrite sum_plus, sum_scal_r, sum_minus. unfold cov. lra.
    + apply sum_le; intros y _. destruct (dominated_pos P Q y HP D) as [E|[p q]].
      * rewrite E. pose proof (HQ y). lra.
      * assert (R : 0 < P y / Q y) by now apply div_pos.
        assert (E : P y * ln (P y / Q y) = P y * price (P y / Q y) + P y - Q y) by (unfold price; field; lra). rewrite E.
        unfold le01. destruct Rle_dec as [C|C].
        -- assert (price N <= price (P y / Q y)) by (apply price_mono; [lra|apply le_div; lra]). nra.
        -- pose proof (price_nonneg _ R). nra.
  - now apply kl_to_coverage_price.
Qed.

(* twin: kl-to-coverage
   Cov_N <= KL / log N is false: a coin, N = 4 *)
Theorem kl_to_coverage_twin : exists P Q : bool -> R, law faces P /\ sublaw faces Q /\ dominated P Q /\
  kl faces P Q < cov 4 faces P Q * ln 4.
Proof.
  exists (coin (1 / 10)), (coin (1 / 40)). split; [apply coin_law; lra|]. split.
  - destruct (coin_law (1 / 40)); [lra|]. split; [assumption|lra].
  - split; [intros []; unfold coin; lra|]. unfold kl, cov, sum, faces, coin. rewrite le01_1, le01_0 by lra. interval.
Qed.

(* twin: kl-f-identity
   without the wasted mass *)
Theorem kl_identity_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\ dominated P Q /\
  kl faces P Q <> mean_ratio price faces P Q.
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [intros []; unfold coin; lra|]. unfold kl, mean_ratio, price, sum, faces, coin.
  replace (1 - 1) with 0 by ring. replace (1 / (1 / 2)) with 2 by field. lra.
Qed.

(* Every lower bound on KL from a test function: KL >= E h + 1 - sum Q e^h. *)
Lemma kl_variational {A} (Y : list A) (P Q u : A -> R) : law Y P -> sublaw Y Q -> dominated P Q -> (forall y, 0 < u y) ->
  sum Y (fun y => P y * ln (u y) + (P y - Q y * u y)) <= kl Y P Q.
Proof.
  intros [HP _] [HQ _] D U. apply sum_le; intros y _. pose proof (U y). destruct (dominated_pos P Q y HP D) as [E|[p q]].
  - rewrite E. pose proof (HQ y). nra.
  - assert (W : 0 < Q y * u y / P y) by (apply div_pos; [apply Rmult_lt_0_compat|]; lra).
    pose proof (ln_le_sub _ W). replace (Q y * u y / P y) with (u y * / (P y / Q y)) in H0 at 1 by (field; lra).
    rewrite ln_mult, ln_Rinv in H0; try apply Rinv_0_lt_compat; try apply div_pos; try lra.
    apply (Rmult_le_compat_l (P y)) in H0; [|lra]. replace (P y * (Q y * u y / P y - 1)) with (Q y * u y - P y) in H0 by (field; lra). lra.
Qed.

(* P[r >= N] and Q[r >= N]: the second is at most 1/N of the first. *)
Definition model_mass {A} (N : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => Q y * le01 (N * Q y) (P y)).

Lemma model_mass_le {A} N (Y : list A) P Q : (forall y, 0 <= P y) -> (forall y, 0 <= Q y) -> N * model_mass N Y P Q <= cov N Y P Q.
Proof.
  intros HP HQ. unfold model_mass, cov. rewrite <- sum_scal. apply sum_le; intros y _. unfold le01. destruct Rle_dec; lra.
Qed.

(* claim: kl-two-point-sharp
   part: the inequality
   differs: finite support; P dominated by Q; N > 1 (at N = 1 the left side is 0) *)
Theorem kl_two_point {A} (N : R) (Y : list A) (P Q : A -> R) : law Y P -> sublaw Y Q -> dominated P Q -> 1 < N ->
  let a := cov N Y P Q in kl faces (coin a) (coin (a / N)) <= kl Y P Q.
Proof.
  intros HP HQ D HN a. pose proof (cov_le_1 N Y P Q HP). pose proof (cov_nonneg N Y P Q (proj1 HP)). fold a in H, H0.
  pose proof (model_mass_le N Y P Q (proj1 HP) (proj1 HQ)) as MM. fold a in MM. set (w := model_mass N Y P Q) in MM.
  assert (w0 : 0 <= w). { apply sum_nonneg; intros y _. pose proof (proj1 HQ y). pose proof (le01_bounds (N * Q y) (P y)). nra. }
  assert (aN : 0 <= a / N <= 1 / N).
  { split; [apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|]. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|lra]. }
  assert (N1 : 1 / N < 1). { apply (Rmult_lt_reg_r N); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (wa : w <= a / N). { apply le_div; lra. }
  assert (G : forall b, 0 < b -> b <= 1 -> a * ln N + (1 - a) * ln b + 1 - (N * w + b * (1 - w)) <= kl Y P Q).
  { intros b b0 b1. set (u := fun y => if Rle_dec (N * Q y) (P y) then N else b).
    eapply Rle_trans; [|apply (kl_variational Y P Q u HP HQ D)].
    2: { intros y. unfold u. destruct Rle_dec; lra. }
    apply Rle_trans with (sum Y (fun y => (ln N - ln b) * (P y * le01 (N * Q y) (P y)) + ln b * P y + (P y - ((N - b) * (Q y * le01 (N * Q y) (P y)) + b * Q y)))).
    - rewrite sum_plus, sum_minus, !sum_plus, !sum_scal. fold (cov N Y P Q) (model_mass N Y P Q). fold a w.
      rewrite (proj2 HP). pose proof (proj2 HQ). nra.
    - right. apply sum_ext; intros y _. unfold u, le01. destruct Rle_dec; ring. }
  unfold kl at 1, faces, sum, coin.
  assert (A1 : a * ln (a / (a / N)) = a * ln N).
  { destruct (Req_dec a 0) as [->|]; [ring|]. f_equal. f_equal. field. lra. }
  rewrite A1. destruct (Rlt_dec a 1) as [a1|a1].
  - set (b := (1 - a) / (1 - a / N)). assert (b0 : 0 < b) by (apply div_pos; lra).
    assert (b1 : b <= 1). { apply div_le; [lra|]. assert (a / N <= a); [|lra]. apply div_le; [lra|]. nra. }
    pose proof (G b b0 b1). fold b. assert (Z : N * w + b * (1 - w) <= 1); [|lra].
    assert (N * (a / N) + b * (1 - a / N) = 1) by (unfold b; field; lra). nra.
  - assert (a = 1) by lra. rewrite H1 in *. replace (1 - 1) with 0 by ring. rewrite Rmult_0_l.
    assert (K : forall b, 0 < b <= 1 -> ln N - b <= kl Y P Q).
    { intros b Hb. pose proof (G b ltac:(lra) ltac:(lra)). nra. }
    apply le_epsilon. intros e He. destruct (Rle_dec e 1) as [e1|e1]; [pose proof (K e ltac:(lra))|pose proof (K 1 ltac:(lra))]; lra.
Qed.

(* claim: kl-two-point-sharp
   part: equality for the two-point pair, at every a: the pair (coin a, coin (a/N)) has Cov_N = a *)
Theorem kl_two_point_attained (N a : R) : 1 < N -> 0 <= a <= 1 -> cov N faces (coin a) (coin (a / N)) = a.
Proof.
  intros HN Ha. unfold cov, faces, sum, coin.
  assert (N * (a / N) = a) by (field; lra). rewrite le01_1 by lra.
  destruct (Req_dec a 1) as [->|]; [ring|]. assert (1 - a < N * (1 - a / N)) by (rewrite Rmult_minus_distr_l, H; nra).
  rewrite le01_0 by lra. ring.
Qed.

(* twin: kl-two-point-sharp
   with a/N^2 for a/N *)
Theorem kl_two_point_twin : exists (N : R) (P Q : bool -> R), law faces P /\ sublaw faces Q /\ dominated P Q /\ 1 < N /\
  let a := cov N faces P Q in kl faces P Q < kl faces (coin a) (coin (a / N ^ 2)).
Proof.
  exists 4, (coin (1 / 2)), (coin (1 / 8)). split; [apply coin_law; lra|]. split.
  - destruct (coin_law (1 / 8)); [lra|]. split; [assumption|lra].
  - split; [intros []; unfold coin; lra|]. split; [lra|].
    assert (E := kl_two_point_attained 4 (1 / 2) ltac:(lra) ltac:(lra)). replace (1 / 2 / 4) with (1 / 8) in E by field.
    cbv zeta. rewrite E. unfold kl, sum, faces, coin. interval.
Qed.

(* claim: kl-to-coverage-constant
   part: the two ends, for every p
   differs: the limit and the rounded form for p <= 1/2 are not here *)
Theorem kl_constant (N p : R) : 1 < N -> 0 < p <= 1 ->
  p * price N <= kl faces (coin p) (coin (p / N)) <= p * (price N + p * (1 - / N)).
Proof.
  intros HN Hp. assert (i : 0 < / N < 1).
  { split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  unfold kl, faces, sum, coin. replace (p / (p / N)) with N by (field; lra). unfold price.
  destruct (Req_dec p 1) as [->|n1].
  - replace (1 - 1) with 0 by ring. lra.
  - assert (d : 0 < 1 - p / N) by (unfold Rdiv; nra). assert (p1 : 0 < 1 - p) by lra. split.
    + pose proof (ln_le_sub ((1 - p / N) / (1 - p)) ltac:(now apply div_pos)).
      replace ((1 - p / N) / (1 - p)) with (/ ((1 - p) / (1 - p / N))) in H at 1 by (field; lra).
      rewrite ln_Rinv in H by now apply div_pos. apply (Rmult_le_compat_l (1 - p)) in H; [|lra].
      replace ((1 - p) * ((1 - p / N) / (1 - p) - 1)) with (p * (1 - / N)) in H by (field; lra). lra.
    + pose proof (ln_le_sub ((1 - p) / (1 - p / N)) ltac:(now apply div_pos)).
      assert (W : (1 - p) / (1 - p / N) - 1 <= - (p * (1 - / N))).
      { replace ((1 - p) / (1 - p / N) - 1) with (- (p * (1 - / N)) / (1 - p / N)) by (field; lra).
        apply div_le; [lra|]. assert (0 <= p * (1 - / N)) by nra. assert (0 <= p / N) by (unfold Rdiv; nra). nra. }
      nra.
Qed.

(* twin: kl-to-coverage-constant
   the upper end without its second term *)
Theorem kl_constant_twin : exists N p : R, 1 < N /\ 0 < p <= 1 /\ p * price N < kl faces (coin p) (coin (p / N)).
Proof. exists 4, (1 / 2). split; [lra|]. split; [lra|]. unfold kl, faces, sum, coin, price. interval. Qed.

(* claim: f-divergence-sharp
   part: the inequality; the case of equality is kl_two_point_attained
   differs: finite support; P dominated by Q; f finite at 0; every convex f, not nine; N > 1 *)
Theorem f_divergence_two_point {A} (f : R -> R) (N : R) (Y : list A) (P Q : A -> R) :
  convex f -> law Y P -> law Y Q -> dominated P Q -> 1 < N ->
  let a := cov N Y P Q in f_divergence f faces (coin a) (coin (a / N)) <= f_divergence f Y P Q.
Proof.
  intros F HP HQ D HN a. pose proof (cov_le_1 N Y P Q HP). pose proof (cov_nonneg N Y P Q (proj1 HP)). fold a in H, H0.
  pose proof (model_mass_le N Y P Q (proj1 HP) (proj1 HQ)) as MM. fold a in MM. set (w := model_mass N Y P Q) in MM.
  assert (wa : w <= a / N) by (apply le_div; lra).
  assert (N1 : 1 / N < 1). { apply (Rmult_lt_reg_r N); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (aN : a / N <= 1 / N). { apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|lra]. }
  assert (a0 : 0 <= a / N). { apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]. }
  set (b := (1 - a) / (1 - a / N)). assert (b0 : 0 <= b) by (apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
  assert (b1 : b <= 1). { apply div_le; [lra|]. assert (a / N <= a); [|lra]. apply div_le; [lra|]. nra. }
  destruct (F N ltac:(lra)) as [c1 F1].
  (* a supporting line at b; at b = 0 only the value at 0 matters, since then P has no mass off the set *)
  assert (S : exists c2, c2 <= c1 /\ forall y, In y Y -> ~ N * Q y <= P y -> Q y * (f b + c2 * (P y / Q y - b)) <= Q y * f (P y / Q y)).
  { destruct (Req_dec b 0) as [E|E].
    - assert (a1 : a = 1). { unfold b in E. apply Rmult_integral in E. destruct E as [E|E]; [lra|]. pose proof (Rinv_0_lt_compat (1 - a / N)). lra. }
      exists c1. split; [lra|]. intros y I C. assert (Py : P y = 0).
      { assert (T : sum Y (fun y => P y - P y * le01 (N * Q y) (P y)) = 0) by (rewrite sum_minus, (proj2 HP); unfold a, cov in a1; lra).
        pose proof (sum_member Y (fun y => P y - P y * le01 (N * Q y) (P y)) y) as M. rewrite T in M. cbv beta in M.
        rewrite le01_0 in M by lra. pose proof (proj1 HP y). enough (P y - P y * 0 <= 0) by lra. apply M; [|assumption].
        intros z _. pose proof (proj1 HP z). pose proof (le01_bounds (N * Q z) (P z)). nra. }
      rewrite Py, E. unfold Rdiv. rewrite Rmult_0_l. right; ring.
    - destruct (F b ltac:(lra)) as [c2 F2]. exists c2. split.
      + pose proof (F1 b b0). pose proof (F2 N ltac:(lra)). assert (b < N) by lra. nra.
      + intros y I C. pose proof (proj1 HQ y). destruct (dominated_pos P Q y (proj1 HP) D) as [Py|[p q]].
        * rewrite Py. unfold Rdiv. rewrite Rmult_0_l. pose proof (F2 0 ltac:(lra)). nra.
        * apply Rmult_le_compat_l; [assumption|]. apply F2. left; now apply div_pos. }
  destruct S as (c2 & c21 & S).
  apply Rle_trans with (sum Y (fun y => ((f N - c1 * N) - (f b - c2 * b)) * (Q y * le01 (N * Q y) (P y)) + (c1 - c2) * (P y * le01 (N * Q y) (P y))
    + ((f b - c2 * b) * Q y + c2 * P y))).
  - rewrite !sum_plus, !sum_scal. fold (cov N Y P Q) (model_mass N Y P Q). fold a w. rewrite (proj2 HP), (proj2 HQ).
    unfold f_divergence, faces, sum, coin.
    assert (E1 : a / N * f (a / (a / N)) = a / N * f N).
    { destruct (Req_dec a 0) as [->|]; [unfold Rdiv; ring|]. do 2 f_equal. field. lra. }
    rewrite E1. fold b. assert (E2 : b * (1 - a / N) = 1 - a) by (unfold b; field; lra).
    assert (E3 : f N - c1 * N <= f b - c2 * b) by (pose proof (F1 b b0); nra).
    assert (E4 : a / N * N = a) by (field; lra).
    replace (a / N * f N + ((1 - a / N) * f b + 0)) with
      ((f N - c1 * N - (f b - c2 * b)) * (a / N) + (c1 - c2) * (a / N * N) + (f b - c2 * b) + c2 * (a / N * N + b * (1 - a / N))) by ring.
    rewrite E4, E2. nra.
  - apply sum_le; intros y I. pose proof (proj1 HQ y). unfold le01. destruct Rle_dec as [C|C].
    + destruct (dominated_pos P Q y (proj1 HP) D) as [Py|[p q]].
      * rewrite Py. assert (Q y = 0) by nra. rewrite H2. right; unfold Rdiv; ring.
      * pose proof (F1 (P y / Q y) ltac:(left; now apply div_pos)).
        apply (Rmult_le_compat_l (Q y)) in H2; [|lra]. replace (Q y * (f N + c1 * (P y / Q y - N))) with (Q y * f N + c1 * P y - c1 * N * Q y) in H2 by (field; lra). lra.
    + pose proof (S y I C). destruct (dominated_pos P Q y (proj1 HP) D) as [Py|[p q]].
      * assert (Z : P y / Q y = 0) by (rewrite Py; unfold Rdiv; ring). rewrite Z in H2 |- *. rewrite Py. lra.
      * replace (Q y * (f b + c2 * (P y / Q y - b))) with (Q y * (f b - c2 * b) + c2 * P y) in H2 by (field; lra). lra.
Qed.

(* twin: f-divergence-sharp
   with a/N^2 for a/N, for f(x) = (x - 1)^2 *)
Theorem f_divergence_twin : exists (f : R -> R) (N : R) (P Q : bool -> R),
  convex f /\ law faces P /\ law faces Q /\ dominated P Q /\ 1 < N /\
  let a := cov N faces P Q in f_divergence f faces P Q < f_divergence f faces (coin a) (coin (a / N ^ 2)).
Proof.
  exists (fun x => (x - 1) ^ 2), 4, (coin (1 / 2)), (coin (1 / 8)). split.
  - intros x Hx. exists (2 * (x - 1)). intros y _. pose proof (pow2_ge_0 (y - x)). nra.
  - split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [intros []; unfold coin; lra|]. split; [lra|].
    assert (E := kl_two_point_attained 4 (1 / 2) ltac:(lra) ltac:(lra)). replace (1 / 2 / 4) with (1 / 8) in E by field.
    cbv zeta. rewrite E. unfold f_divergence, sum, faces, coin. lra.
Qed.

Lemma affinity_half {A} (Y : list A) (P Q : A -> R) : (forall y, 0 <= P y) -> (forall y, 0 <= Q y) ->
  hellinger Y P Q = sum Y P + sum Y Q - 2 * affinity (1 / 2) Y P Q.
Proof.
  intros HP HQ. unfold hellinger, affinity. rewrite <- sum_plus, <- sum_scal, <- sum_minus. apply sum_ext; intros y _.
  pose proof (HP y) as p. pose proof (HQ y) as q.
  assert (E : sqrt (P y) * sqrt (Q y) = P y * power (Q y / P y) (1 / 2)).
  { destruct (Req_dec (P y) 0) as [->|]; [rewrite sqrt_0; ring|]. destruct (Req_dec (Q y) 0) as [->|].
    - rewrite sqrt_0. unfold power, Rdiv. rewrite Rmult_0_l. destruct Rlt_dec; lra.
    - assert (r : 0 < Q y / P y) by (apply div_pos; lra). unfold power. destruct Rlt_dec; [|lra].
      replace (1 / 2 * ln (Q y / P y)) with (/ 2 * ln (Q y / P y)) by field. fold (Rpower (Q y / P y) (/ 2)). rewrite Rpower_sqrt by assumption.
      rewrite sqrt_div_alt by lra. rewrite <- (sqrt_sqrt (P y)) at 2 by assumption. field. pose proof (sqrt_lt_R0 (P y)). lra. }
  rewrite <- (sqrt_sqrt (P y)) at 2 by assumption. rewrite <- (sqrt_sqrt (Q y)) at 2 by assumption. rewrite <- E. ring.
Qed.

(* The power of a ratio at most 1/N: 1 - s + s w - w^s >= phi_s(N). *)
Lemma chernoff_mono s N w : 0 < s < 1 -> 1 < N -> 0 <= w -> N * w <= 1 -> chernoff_price s N <= 1 - s + s * w - power w s.
Proof.
  intros Hs HN w0 H. unfold chernoff_price. assert (u : 0 < / N) by (apply Rinv_0_lt_compat; lra).
  assert (u1 : / N <= 1). { rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
  assert (wu : w <= / N). { apply (Rmult_le_reg_l N); [lra|]. rewrite Rinv_r by lra. lra. }
  assert (E : power w s = power (w * N) s * power (/ N) s).
  { rewrite <- power_mult by (auto; nra). f_equal. field. lra. }
  rewrite E. pose proof (power_tangent (w * N) s ltac:(nra) ltac:(lra)).
  assert (L : / N <= power (/ N) s).
  { unfold power. destruct Rlt_dec; [|lra]. rewrite <- (exp_ln (/ N)) at 1 by assumption. apply exp_le.
    pose proof (ln_le (/ N) 1 u u1). rewrite ln_1 in H1. nra. }
  assert (K : power (w * N) s * power (/ N) s <= (1 - s + s * (w * N)) * power (/ N) s) by (apply Rmult_le_compat_r; [apply power_nonneg|assumption]).
  assert (Z : s * (1 - w * N) * / N <= s * (1 - w * N) * power (/ N) s) by (apply Rmult_le_compat_l; nra).
  replace (s * (1 - w * N) * / N) with (s / N - s * w) in Z by (field; lra). lra.
Qed.

(* claim: chernoff-to-coverage
   differs: finite support; the model may have mass below one; that the constant is the least one is not here *)
Theorem chernoff_to_coverage {A} (s N : R) (Y : list A) (P Q : A -> R) : law Y P -> sublaw Y Q -> 0 < s < 1 -> 1 < N ->
  cov N Y P Q * chernoff_price s N <= 1 - affinity s Y P Q.
Proof.
  intros [HP P1] [HQ Q1] Hs HN.
  enough (sum Y (fun y => P y * power (Q y / P y) s + (P y * le01 (N * Q y) (P y)) * chernoff_price s N) <=
          sum Y (fun y => (1 - s) * P y + s * Q y)).
  { rewrite !sum_plus, sum_scal_r, !sum_scal, P1 in H. unfold cov, affinity. nra. }
  apply sum_le; intros y _. pose proof (HQ y). destruct (Req_dec (P y) 0) as [->|n]; [nra|]. assert (p : 0 < P y) by (pose proof (HP y); lra).
  assert (w0 : 0 <= Q y / P y) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
  replace ((1 - s) * P y + s * Q y) with (P y * (1 - s + s * (Q y / P y))) by (field; lra).
  unfold le01. destruct Rle_dec as [C|C].
  - pose proof (chernoff_mono s N (Q y / P y) Hs HN w0). assert (N * (Q y / P y) <= 1). { unfold Rdiv. rewrite <- Rmult_assoc. apply div_le; lra. }
    specialize (H0 H1). nra.
  - pose proof (power_tangent (Q y / P y) s w0 ltac:(lra)). nra.
Qed.

Lemma chernoff_price_half N : 1 < N -> 2 * chernoff_price (1 / 2) N = (1 - 1 / sqrt N) ^ 2.
Proof.
  intros HN. assert (s0 : 0 < sqrt N) by (apply sqrt_lt_R0; lra). unfold chernoff_price, power.
  assert (i : 0 < / N) by (apply Rinv_0_lt_compat; lra). destruct Rlt_dec; [|lra].
  replace (1 / 2 * ln (/ N)) with (/ 2 * ln (/ N)) by field. fold (Rpower (/ N) (/ 2)). rewrite Rpower_sqrt, <- inv_sqrt by lra.
  rewrite <- (sqrt_sqrt N) at 1 by lra. field. lra.
Qed.

(* claim: hellinger-to-coverage
   differs: finite support; the model may have mass below one; tightness is not here *)
Theorem hellinger_to_coverage {A} (N : R) (Y : list A) (P Q : A -> R) : law Y P -> sublaw Y Q -> 1 < N ->
  cov N Y P Q <= hellinger Y P Q / (1 - 1 / sqrt N) ^ 2.
Proof.
  intros [HP P1] [HQ Q1] HN. assert (s1 : 1 < sqrt N) by (rewrite <- sqrt_1; apply sqrt_lt_1; lra).
  assert (i : 0 < 1 - 1 / sqrt N). { enough (1 / sqrt N < 1) by lra. apply (Rmult_lt_reg_r (sqrt N)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  apply le_div; [nra|]. unfold cov, hellinger. rewrite <- sum_scal_r. apply sum_le; intros y _.
  pose proof (pow2_ge_0 (sqrt (P y) - sqrt (Q y))). unfold le01. destruct Rle_dec as [C|C]; [|lra].
  rewrite Rmult_1_r. pose proof (HP y). pose proof (HQ y). pose proof (sqrt_pos (P y)). pose proof (sqrt_pos (Q y)).
  assert (K : sqrt N * sqrt (Q y) <= sqrt (P y)) by (rewrite <- sqrt_mult by lra; apply sqrt_le_1; nra).
  assert (K' : sqrt (Q y) <= sqrt (P y) / sqrt N) by (apply le_div; lra).
  replace (P y * (1 - 1 / sqrt N) ^ 2) with ((sqrt (P y) - sqrt (P y) / sqrt N) ^ 2).
  - apply pow_incr. split; [|lra]. replace (sqrt (P y) - sqrt (P y) / sqrt N) with (sqrt (P y) * (1 - 1 / sqrt N)) by (field; lra). nra.
  - rewrite <- (sqrt_sqrt (P y)) at 3 by assumption. field. lra.
Qed.

(* twin: hellinger-to-coverage
   half of the constant, as if D_H were halved: a coin, N = 4 *)
Theorem hellinger_to_coverage_twin : exists P Q : bool -> R, law faces P /\ sublaw faces Q /\
  hellinger faces P Q / 2 / (1 - 1 / sqrt 4) ^ 2 < cov 4 faces P Q.
Proof.
  exists (coin (1 / 10)), (coin (1 / 40)). split; [apply coin_law; lra|]. split.
  - destruct (coin_law (1 / 40)); [lra|]. split; [assumption|lra].
  - unfold cov, hellinger, faces, sum, coin. rewrite le01_1, le01_0 by lra. interval.
Qed.

(* twin: chernoff-to-coverage
   with twice the term s/N in the price: a coin, N = 4, s = 1/2 *)
Theorem chernoff_to_coverage_twin : exists (s N : R) (P Q : bool -> R), law faces P /\ sublaw faces Q /\ 0 < s < 1 /\ 1 < N /\
  1 - affinity s faces P Q < cov N faces P Q * (1 - power (/ N) s - s + 2 * s / N).
Proof.
  exists (1 / 2), 4, (coin (1 / 10)), (coin (1 / 40)). split; [apply coin_law; lra|]. split.
  - destruct (coin_law (1 / 40)); [lra|]. split; [assumption|lra].
  - split; [lra|]. split; [lra|]. unfold affinity, cov, faces, sum, coin, power. rewrite le01_1, le01_0 by lra.
    repeat (destruct Rlt_dec as [|C]; [|exfalso; apply C; lra]). interval.
Qed.

(* claim: renyi-to-coverage
   differs: finite support; exp((alpha - 1) D_alpha) is written as the sum of P (P/Q)^(alpha - 1); P dominated by Q *)
Theorem renyi_to_coverage {A} (alpha N : R) (Y : list A) (P Q : A -> R) : law Y P -> sublaw Y Q -> dominated P Q -> 1 < alpha -> 1 <= N ->
  cov N Y P Q <= exp (- (alpha - 1) * ln N) * mean_ratio (fun r => power r (alpha - 1)) Y P Q.
Proof.
  intros [HP P1] [HQ Q1] D Ha HN. unfold cov, mean_ratio. rewrite <- sum_scal. apply sum_le; intros y _.
  destruct (dominated_pos P Q y HP D) as [E|[p q]]; [rewrite E, !Rmult_0_l; lra|].
  assert (r : 0 < P y / Q y) by now apply div_pos. unfold power. destruct Rlt_dec; [|lra].
  replace (exp (- (alpha - 1) * ln N) * (P y * exp ((alpha - 1) * ln (P y / Q y)))) with (P y * exp ((alpha - 1) * (ln (P y / Q y) - ln N))).
  - apply Rmult_le_compat_l; [lra|]. unfold le01. destruct Rle_dec as [C|C]; [|left; apply exp_pos].
    enough (1 <= exp ((alpha - 1) * (ln (P y / Q y) - ln N))) by lra; apply exp_ge_1. assert (ln N <= ln (P y / Q y)) by (apply ln_le; [lra|apply le_div; lra]). nra.
  - replace ((alpha - 1) * (ln (P y / Q y) - ln N)) with (- (alpha - 1) * ln N + (alpha - 1) * ln (P y / Q y)) by ring. rewrite exp_plus. ring.
Qed.

(* twin: renyi-to-coverage
   exponent 2 (alpha - 1) in front of log N *)
Theorem renyi_to_coverage_twin : exists (alpha N : R) (P Q : bool -> R), law faces P /\ sublaw faces Q /\ dominated P Q /\ 1 < alpha /\ 1 <= N /\
  exp (- 2 * (alpha - 1) * ln N) * mean_ratio (fun r => power r (alpha - 1)) faces P Q < cov N faces P Q.
Proof.
  exists 2, 4, (coin (1 / 2)), (coin (1 / 8)). split; [apply coin_law; lra|]. split.
  - destruct (coin_law (1 / 8)); [lra|]. split; [assumption|lra].
  - split; [intros []; unfold coin; lra|]. split; [lra|]. split; [lra|]. unfold mean_ratio, cov, faces, sum, coin, power.
    rewrite le01_1, le01_0 by lra. repeat (destruct Rlt_dec as [|C]; [|exfalso; apply C; lra]). interval.
Qed.

(* g(r) <= (2 + log V)(1 - r^(-1/2))^2 for 0 < r <= V, with r = 1/t^2. *)
Lemma price_by_hellinger t tau : 0 < tau <= 1 -> tau <= t -> - 2 * ln t - 1 + t ^ 2 <= (2 - 2 * ln tau) * (1 - t) ^ 2.
Proof.
  intros H T. assert (l : ln tau <= 0) by (rewrite <- ln_1; apply ln_le; lra). pose proof (pow2_ge_0 (1 - t)).
  destruct (Rle_dec 1 t) as [C|C].
  - pose proof (ln_above t C). apply Rle_trans with (2 * (1 - t) ^ 2); [|nra].
    apply (Rmult_le_reg_r (t + 1)); [lra|]. assert (0 <= (t - 1) ^ 3) by (apply pow_le; lra). nra.
  - assert (lt : ln tau <= ln t) by (apply ln_le; lra). apply Rle_trans with ((2 - 2 * ln t) * (1 - t) ^ 2); [|nra].
    pose proof (ln_below t ltac:(lra)). assert (K : (1 - t ^ 2) * (2 - t) >= - ln t * (2 * t * (2 - t))).
    { apply (Rmult_le_compat_r (2 * t * (2 - t))) in H1; [|nra]. replace ((/ t - t) / 2 * (2 * t * (2 - t))) with ((1 - t ^ 2) * (2 - t)) in H1 by (field; lra). lra. }
    assert (0 <= (1 - t) ^ 3) by (apply pow_le; lra). nra.
Qed.

(* claim: kl-by-hellinger
   part: the inequality with the weaker factor 2 + log V
   differs: finite support; P dominated by Q, as r <= V says *)
Theorem kl_by_hellinger {A} (V : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 1 <= V -> (forall y, P y <= V * Q y) ->
  kl Y P Q <= (2 + ln V) * hellinger Y P Q.
Proof.
  intros [HP P1] [HQ Q1] HV B.
  enough (sum Y (fun y => P y * ln (P y / Q y) + (Q y - P y)) <= sum Y (fun y => (2 + ln V) * (sqrt (P y) - sqrt (Q y)) ^ 2)).
  { rewrite sum_plus, sum_minus, sum_scal, P1, Q1 in H. unfold kl, hellinger. lra. }
  assert (lV : 0 <= ln V) by (rewrite <- ln_1; apply ln_le; lra).
  apply sum_le; intros y _. pose proof (HP y). pose proof (HQ y). pose proof (B y). destruct (Req_dec (P y) 0) as [E|n].
  - rewrite E, sqrt_0. replace ((0 - sqrt (Q y)) ^ 2) with (sqrt (Q y) ^ 2) by ring. rewrite pow2_sqrt by assumption. nra.
  - assert (p : 0 < P y) by lra. assert (q : 0 < Q y) by nra. assert (sp : 0 < sqrt (P y)) by now apply sqrt_lt_R0.
    assert (sq : 0 < sqrt (Q y)) by now apply sqrt_lt_R0. assert (sv : 0 < sqrt V) by (apply sqrt_lt_R0; lra).
    set (t := sqrt (Q y) / sqrt (P y)). assert (t0 : 0 < t) by now apply div_pos.
    assert (K : sqrt (P y) <= sqrt V * sqrt (Q y)) by (rewrite <- sqrt_mult by lra; apply sqrt_le_1; nra).
    assert (sv1 : 1 <= sqrt V) by (rewrite <- sqrt_1; apply sqrt_le_1; lra).
    assert (T : / sqrt V <= t). { apply le_div; [assumption|]. apply (Rmult_le_reg_l (sqrt V)); [assumption|]. rewrite <- Rmult_assoc, Rinv_r by lra. lra. }
    pose proof (price_by_hellinger t (/ sqrt V)) as M. rewrite ln_Rinv in M by assumption.
    assert (iv : 0 < / sqrt V <= 1). { split; [now apply Rinv_0_lt_compat|]. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
    specialize (M iv T).
    assert (EV : 2 * ln (sqrt V) = ln V). { rewrite <- (sqrt_sqrt V) at 2 by lra. rewrite ln_mult by assumption. ring. }
    assert (Et : ln (P y / Q y) = - 2 * ln t).
    { unfold t, Rdiv. rewrite !ln_mult, !ln_Rinv; try apply Rinv_0_lt_compat; auto.
      rewrite <- (sqrt_sqrt (P y)) at 1 by lra. rewrite <- (sqrt_sqrt (Q y)) at 1 by lra. rewrite !ln_mult by assumption. ring. }
    apply (Rmult_le_compat_l (P y)) in M; [|lra].
    replace (P y * ((2 - 2 * - ln (sqrt V)) * (1 - t) ^ 2)) with ((2 + ln V) * (sqrt (P y) - sqrt (Q y)) ^ 2) in M.
    + rewrite Et. replace (P y * (- 2 * ln t - 1 + t ^ 2)) with (P y * (- 2 * ln t) + (Q y - P y)) in M; [exact M|].
      unfold t. replace ((sqrt (Q y) / sqrt (P y)) ^ 2) with (Q y / P y); [field; lra|].
      rewrite <- (sqrt_sqrt (P y)) at 1 by lra. rewrite <- (sqrt_sqrt (Q y)) at 1 by lra. field. lra.
    + rewrite <- EV. unfold t. assert (Z : P y = sqrt (P y) * sqrt (P y)) by now rewrite sqrt_sqrt.
      set (a := sqrt (P y)) in *. rewrite Z. field. lra.
Qed.

(* twin: kl-by-hellinger
   half of the constant: a coin, V = 8 *)
Theorem kl_by_hellinger_twin : exists (V : R) (P Q : bool -> R), law faces P /\ law faces Q /\ 1 <= V /\ (forall y, P y <= V * Q y) /\
  (1 + ln V / 2) * hellinger faces P Q < kl faces P Q.
Proof.
  exists 8, (coin (1 / 2)), (coin (1 / 16)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [lra|].
  split; [intros []; unfold coin; lra|]. unfold kl, hellinger, faces, sum, coin. interval.
Qed.

(* claim: kl-by-hellinger-half-as-printed
   part: a refutation
   differs: one pair, V = 2 *)
Theorem kl_by_hellinger_half_is_false : exists P Q : bool -> R, law faces P /\ law faces Q /\ (forall y, P y <= 2 * Q y) /\
  (2 + ln 2) * (hellinger faces P Q / 2) < kl faces P Q.
Proof.
  exists (coin (1 / 100)), (coin (1 / 200)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [intros []; unfold coin; lra|]. unfold kl, hellinger, faces, sum, coin. interval.
Qed.
