(* Notebook 16: Best-of-N on answers, geometric ensembles, low temperature. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws divergences tail best_of_n answers.
Import ListNotations.
Open Scope R_scope.

Section OnAnswers.
Context {A B : Type} (same : forall a b : B, {a = b} + {a <> b}).

(* Sums over answers are sums over their responses. *)
Lemma answer_sum (Y : list A) (h : A -> B) X (P : A -> R) (f : B -> R) : answers Y h X -> sum X (fun b => answer_law same Y h P b * f b) = sum Y (fun y => P y * f (h y)).
Proof.
  intros HX. rewrite <- (sum_by_answers same Y h X) by assumption. apply sum_ext; intros b _. unfold answer_law. rewrite <- sum_scal_r. apply sum_ext; intros y _.
  destruct same as [<-|]; ring.
Qed.

Lemma answer_expect n (Y : list A) (h : A -> B) X (Q : A -> R) : answers Y h X -> forall f, expect n X (answer_law same Y h Q) f = expect n Y Q (fun z => f (map h z)).
Proof.
  intros HX. induction n as [|n IH]; intros f; simpl; [easy|]. rewrite (answer_sum Y h X Q (fun b => expect n X (answer_law same Y h Q) (fun z => f (b :: z)))) by assumption.
  apply sum_ext; intros y _. now rewrite IH.
Qed.

Lemma best_map (r : B -> R) (h : A -> B) z : best r (map h z) = best (fun y => r (h y)) z.
Proof. induction z as [|y z IH]; simpl; [easy|now rewrite IH]. Qed.

Lemma answer_regret n (Y : list A) (h : A -> B) X (P Q : A -> R) r : answers Y h X -> law Y Q ->
  regret n Y P Q (fun y => r (h y)) = regret n X (answer_law same Y h P) (answer_law same Y h Q) r.
Proof.
  intros HX HQ. unfold regret. rewrite answer_expect, answer_sum by assumption. f_equal. apply expect_ext; [assumption|]. intros z _ _. symmetry. apply best_map.
Qed.

(* claim: answer-coverage-bon
   differs: finite support, decidable equality of answers, whole N; the ends as bounds for every reward and attained by one; what bounds the regret of all rewards of answers bounds that of merged answers *)
Theorem answer_bon n (M c : R) (Y : list A) (h : A -> B) (X : list B) (P Q : A -> R) : answers Y h X -> law Y P -> law Y Q -> (0 < n)%nat -> 1 <= M -> 1 < c ->
  let P' := answer_law same Y h P in let Q' := answer_law same Y h Q in
  (forall r, regret n Y P Q (fun y => r (h y)) = regret n X P' Q' r) /\
  (exists r, rewards r /\ hockey (INR n) X P' Q' <= regret n Y P Q (fun y => r (h y))) /\
  (exists r, rewards r /\ (1 - 1 / c) * cov (c * INR n) X P' Q' <= regret n Y P Q (fun y => r (h y))) /\
  (forall r, rewards r -> regret n Y P Q (fun y => r (h y)) <= hockey M X P' Q' + (1 - 1 / M) ^ n) /\
  (forall r, rewards r -> regret n Y P Q (fun y => r (h y)) <= cov M X P' Q' + (1 - 1 / M) ^ n) /\
  (forall (C : Type) (merge : B -> C) W, (forall r, rewards r -> regret n Y P Q (fun y => r (h y)) <= W) -> forall r, rewards r -> regret n Y P Q (fun y => r (merge (h y))) <= W).
Proof.
  intros HX HP HQ Hn HM Hc P' Q'. pose proof (answer_law_law same Y h X P HX HP) as LP. pose proof (answer_law_law same Y h X Q HX HQ) as LQ. fold P' in LP. fold Q' in LQ.
  assert (E : forall r, regret n Y P Q (fun y => r (h y)) = regret n X P' Q' r) by (intros; now apply answer_regret).
  assert (O : forall S : B -> bool, rewards (on S)) by (intros S b; unfold on; destruct (S b); lra).
  assert (m : 0 <= (1 - 1 / M) ^ n). { apply pow_le. enough (1 / M <= 1) by lra. apply div_le; lra. }
  assert (U : forall r, rewards r -> regret n X P' Q' r <= hockey M X P' Q' + (1 - 1 / M) ^ n).
  { intros r HR. destruct (bon_hockey n M X P' Q' r LP LQ HR HM Hn) as [_ H]. assert (0 <= hockey M X P' Q') by (apply sum_nonneg; intros; apply Rmax_l). nra. }
  split; [exact E|]. split; [|split; [|split; [|split]]].
  - exists (on (reaches (INR n) P' Q')). split; [apply O|]. rewrite E. apply (bon_hockey n M X P' Q' (on (fun _ => true))); auto.
  - exists (on (reaches (c * INR n) P' Q')). split; [apply O|]. rewrite E. now apply bon_necessary_sharp.
  - intros r HR. rewrite E. now apply U.
  - intros r HR. rewrite E. pose proof (U r HR). pose proof (hockey_le_cov M X P' Q' (proj1 LP) (proj1 LQ) ltac:(lra)). lra.
  - intros C merge W H r HR. apply (H (fun b => r (merge b))). intros b. apply HR.
Qed.
End OnAnswers.

(* twin: answer-coverage-bon
   the responses' coverage for the answers': one draw, all responses share their answer *)
Theorem answer_bon_twin : exists P Q : response -> R, law responses P /\ law responses Q /\
  forall r, rewards r -> regret 1 responses P Q (fun y => r (answer y)) < (1 - 1 / 4) * cov (4 * INR 1) responses P Q.
Proof.
  exists (three_law 1 0 0), (three_law (1 / 4) (3 / 4) 0). split; [apply three_law_law; lra|]. split; [apply three_law_law; lra|]. intros r HR. pose proof (HR true).
  unfold regret, cov, responses, expect, best, sum, three_law, answer. simpl INR. rewrite Rmax_left by lra. decide_all; lra.
Qed.

(* The geometric mean of the models Q x, x in X, and the geometric ensemble: the mean over its sum. *)
Definition geometric {A B} (X : list B) (Q : B -> A -> R) (y : A) : R := power (prod X (fun x => Q x y)) (1 / INR (length X)).
Definition geometric_ensemble {A B} (X : list B) (Y : list A) (Q : B -> A -> R) (y : A) : R := geometric X Q y / sum Y (geometric X Q).

Lemma length_positive {B} (X : list B) : X <> [] -> 0 < INR (length X).
Proof. intros H. apply lt_0_INR. destruct X; [easy|simpl; lia]. Qed.

(* The geometric mean is at most the arithmetic mean. *)
Lemma am_gm {A B} (X : list B) (Q : B -> A -> R) y : X <> [] -> (forall x, 0 <= Q x y) -> geometric X Q y <= ensemble X Q y.
Proof.
  intros HX HQ. pose proof (length_positive X HX) as k. assert (E0 : 0 <= ensemble X Q y) by (apply Rmult_le_pos; [apply sum_nonneg; auto|left; now apply Rinv_0_lt_compat]).
  unfold geometric, power. destruct Rlt_dec as [p|]; [|exact E0].
  assert (q : forall x, In x X -> 0 < Q x y) by (apply prod_pos_factors; auto). set (m := ensemble X Q y) in *.
  assert (m0 : 0 < m). { apply div_pos; [|assumption]. destruct X as [|x X]; [easy|]. simpl. pose proof (q x (or_introl eq_refl)). assert (0 <= sum X (fun x => Q x y)) by (apply sum_nonneg; auto). lra. }
  rewrite ln_prod by assumption. rewrite <- (exp_ln m) by assumption. apply exp_le. apply (Rmult_le_reg_l (INR (length X))); [assumption|].
  replace (INR (length X) * (1 / INR (length X) * sum X (fun x => ln (Q x y)))) with (sum X (fun x => ln (Q x y))) by (field; lra). rewrite <- sum_const.
  apply Rle_trans with (sum X (fun x => ln m + (Q x y * / m - 1))).
  - apply sum_le; intros x I. pose proof (q x I). pose proof (ln_le_sub (Q x y / m) ltac:(now apply div_pos)) as L. unfold Rdiv in L. rewrite ln_mult, ln_Rinv in L by (auto; now apply Rinv_0_lt_compat). lra.
  - rewrite sum_plus, sum_minus, sum_scal_r, !sum_const. replace (sum X (fun x => Q x y)) with (INR (length X) * m) by (unfold m, ensemble; field; lra). right. field. lra.
Qed.

(* claim: geometric-ensemble-coverage
   part: the inequality
   differs: finite support *)
Theorem geometric_coverage {A B} (N : R) (Y : list A) (X : list B) (P : A -> R) (Q : B -> A -> R) : law Y P -> (forall x, sublaw Y (Q x)) -> X <> [] -> 0 < N ->
  0 < sum Y (geometric X Q) -> cov N Y P (geometric_ensemble X Y Q) <= sum X (fun x => cov N Y P (Q x)).
Proof.
  intros HP HQ HX HN G0. pose proof (length_positive X HX) as k. assert (G1 : sum Y (geometric X Q) <= 1).
  { apply Rle_trans with (sum Y (ensemble X Q)); [apply sum_le; intros y _; apply am_gm; [assumption|intros; apply HQ]|]. unfold ensemble, Rdiv. rewrite sum_scal_r, sum_swap. apply div_le; [assumption|].
    rewrite Rmult_comm, <- sum_const. apply sum_le; intros x _. apply HQ. }
  unfold cov at 2. rewrite sum_swap. apply sum_le; intros y _. rewrite sum_scal. destruct (Req_dec (P y) 0) as [->|n]; [lra|]. assert (p : 0 < P y) by (pose proof (proj1 HP y); lra).
  apply Rmult_le_compat_l; [lra|]. unfold le01 at 1. destruct Rle_dec as [C|C]; [|apply sum_nonneg; intros; apply le01_bounds].
  destruct (Exists_dec (fun x => N * Q x y <= P y) X (fun x => Rle_dec _ _)) as [E|E].
  - apply Exists_exists in E. destruct E as (x & I & D). rewrite <- (le01_1 (N * Q x y) (P y) D). apply (sum_member X (fun x => le01 (N * Q x y) (P y))); [intros; apply le01_bounds|assumption].
  - exfalso. assert (q : forall x, In x X -> P y / N < Q x y).
    { intros x I. apply Rnot_le_lt. intros D. apply E, Exists_exists. exists x. split; [assumption|]. apply (Rmult_le_compat_l N) in D; [|lra]. replace (N * (P y / N)) with (P y) in D by (field; lra). exact D. }
    assert (pn : 0 < P y / N) by now apply div_pos. assert (g : P y / N < geometric X Q y).
    { unfold geometric, power. destruct Rlt_dec as [|D]; [|exfalso; apply D, prod_pos; intros x I; pose proof (q x I); lra]. rewrite ln_prod by (intros x I; pose proof (q x I); lra).
      rewrite <- (exp_ln (P y / N)) by assumption. apply exp_increasing. apply (Rmult_lt_reg_l (INR (length X))); [assumption|].
      replace (INR (length X) * (1 / INR (length X) * sum X (fun x => ln (Q x y)))) with (sum X (fun x => ln (Q x y))) by (field; lra). clear - HX q pn.
      assert (L : forall x, In x X -> ln (P y / N) < ln (Q x y)) by (intros x I; apply ln_increasing; auto). clear q. destruct X as [|x X]; [easy|]. change (length (x :: X)) with (S (length X)). rewrite S_INR. simpl.
      assert (INR (length X) * ln (P y / N) <= sum X (fun x => ln (Q x y))) by (rewrite <- sum_const; apply sum_le; intros z I; left; apply L; now right). pose proof (L x (or_introl eq_refl)). lra. }
    assert (geometric X Q y <= geometric_ensemble X Y Q y) by (apply le_div; [assumption|]; nra).
    apply (Rmult_lt_compat_l N) in g; [|assumption]. replace (N * (P y / N)) with (P y) in g by (field; lra). nra.
Qed.

Lemma power_zero s : power 0 s = 0. Proof. unfold power. destruct Rlt_dec; lra. Qed.

(* Two members of three responses, each without a different one. *)
Definition lacking (x : bool) : response -> R := if x then three_law 0 (1 / 2) (1 / 2) else three_law (1 / 2) 0 (1 / 2).
Lemma lacking_ensemble : geometric_ensemble faces responses lacking first = 0 /\ geometric_ensemble faces responses lacking second = 0 /\ 0 < sum responses (geometric faces lacking).
Proof.
  unfold geometric_ensemble, geometric, responses, faces, sum, prod, lacking, three_law. replace (0 * (1 / 2 * 1)) with 0 by ring. replace (1 / 2 * (0 * 1)) with 0 by ring. rewrite !power_zero.
  unfold Rdiv. rewrite !Rmult_0_l. split; [easy|]. split; [easy|]. rewrite !Rplus_0_l, Rplus_0_r. unfold power. destruct Rlt_dec as [|C]; [apply exp_pos|lra].
Qed.

(* claim: geometric-ensemble-coverage
   part: equality, at every N > 1
   differs: two members *)
Theorem geometric_attained (N : R) : 1 < N -> exists P : response -> R, law responses P /\ (forall x, law responses (lacking x)) /\ 0 < sum responses (geometric faces lacking) /\
  cov N responses P (geometric_ensemble faces responses lacking) = 1 /\ sum faces (fun x => cov N responses P (lacking x)) = 1.
Proof.
  intros HN. exists (three_law (1 / 2) (1 / 2) 0). split; [apply three_law_law; lra|]. split; [intros []; apply three_law_law; lra|]. destruct lacking_ensemble as (E1 & E2 & E3). split; [exact E3|]. split.
  - set (G := geometric_ensemble faces responses lacking) in *. unfold cov, responses, sum. rewrite E1, E2. unfold three_law. rewrite !le01_1 by lra. lra.
  - unfold cov, faces, responses, sum, lacking, three_law. rewrite (le01_1 (N * 0)) by lra. rewrite !(le01_0 (N * (1 / 2))) by lra. lra.
Qed.

(* twin: geometric-ensemble-coverage
   the members' average for their sum *)
Theorem geometric_twin : exists P : response -> R, law responses P /\ (forall x, law responses (lacking x)) /\ 0 < sum responses (geometric faces lacking) /\
  sum faces (fun x => cov 2 responses P (lacking x)) / INR (length faces) < cov 2 responses P (geometric_ensemble faces responses lacking).
Proof.
  destruct (geometric_attained 2 ltac:(lra)) as (P & HP & HL & G & E & F). exists P. split; [assumption|]. split; [assumption|]. split; [assumption|]. rewrite E, F. simpl. lra.
Qed.

(* claim: cold-temperature-loses-coverage
   part: the bound, b = 1/T
   differs: finite support *)
Theorem cold_temperature {A} (b N s : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 1 < b -> 0 < N -> 1 <= s ->
  let Z := partition b Y Q in
  cov N Y P (tempered b Y Q) <= cov s Y P Q + sum Y (fun y => P y * le01 (P y) (power (Z * power s b / N) (1 / (b - 1)))).
Proof.
  intros HP HQ Hb HN Hs Z. unfold cov. rewrite <- sum_plus. apply sum_le; intros y I. rewrite <- Rmult_plus_distr_l. destruct (Req_dec (P y) 0) as [->|n]; [lra|].
  assert (p : 0 < P y) by (pose proof (proj1 HP y); lra). apply Rmult_le_compat_l; [lra|]. unfold le01 at 1. pose proof (le01_bounds (s * Q y) (P y)). pose proof (le01_bounds (P y) (power (Z * power s b / N) (1 / (b - 1)))).
  destruct Rle_dec as [C|C]; [|lra]. destruct (Rle_dec (s * Q y) (P y)) as [D|D]; [rewrite (le01_1 (s * Q y)) by assumption; lra|]. apply Rnot_le_lt in D.
  assert (q : 0 < Q y) by nra. assert (Z0 : 0 < Z). { apply Rlt_le_trans with (power (Q y) b); [unfold power; destruct Rlt_dec; [apply exp_pos|lra]|]. apply (sum_member Y (fun y => power (Q y) b)); auto. intros; apply power_nonneg. }
  rewrite (le01_1 (P y) (power _ _)); [lra|]. unfold tempered in C. fold Z in C. unfold power in *. destruct (Rlt_dec 0 (Q y)); [|lra]. destruct (Rlt_dec 0 s) as [s0|]; [|lra].
  pose proof (exp_pos (b * ln s)) as es. assert (w : 0 < Z * exp (b * ln s) / N) by (apply div_pos; nra). destruct Rlt_dec; [|lra]. rewrite <- (exp_ln (P y)) at 1 by assumption. apply exp_le.
  assert (L1 : ln (P y) <= ln s + ln (Q y)) by (rewrite <- ln_mult by assumption; apply ln_le; lra).
  assert (L2 : ln N + b * ln (Q y) <= ln (P y) + ln Z).
  { rewrite <- (ln_exp (b * ln (Q y))), <- !ln_mult by (assumption || apply exp_pos). apply ln_le; [apply Rmult_lt_0_compat; [assumption|apply exp_pos]|].
    apply (Rmult_le_compat_r Z) in C; [|lra]. replace (N * (exp (b * ln (Q y)) / Z) * Z) with (N * exp (b * ln (Q y))) in C by (field; lra). exact C. }
  assert (E : ln (Z * exp (b * ln s) / N) = ln Z + b * ln s + - ln N).
  { unfold Rdiv. rewrite !ln_mult, ln_Rinv, ln_exp by (first [assumption|now apply Rinv_0_lt_compat|now apply Rmult_lt_0_compat]). ring. }
  rewrite E.
  apply (Rmult_le_reg_l (b - 1)); [lra|]. replace ((b - 1) * (1 / (b - 1) * (ln Z + b * ln s + - ln N))) with (ln Z + b * ln s - ln N) by (field; lra). nra.
Qed.

(* claim: cold-temperature-loses-coverage
   part: the perfect model
   differs: the limit T to 0 as: equality for every b = 1/T from some b on *)
Theorem cold_perfect_model (e N : R) : 0 < e < 1 / 2 -> 1 < N ->
  exists b0, forall b, b0 <= b -> cov N faces (coin (1 - e)) (tempered b faces (coin (1 - e))) = e.
Proof.
  intros He HN. set (l := ln (1 - e) - ln e). assert (l0 : 0 < l) by (unfold l; pose proof (ln_increasing e (1 - e) ltac:(lra) ltac:(lra)); lra).
  exists (Rmax 1 (ln (N / e) / l)). intros b Hb. assert (b1 : 1 <= b) by (eapply Rle_trans; [apply Rmax_l|exact Hb]). assert (b2 : ln (N / e) / l <= b) by (eapply Rle_trans; [apply Rmax_r|exact Hb]).
  assert (L : ln (N / e) <= b * l) by (apply (Rmult_le_compat_r l) in b2; [|lra]; replace (ln (N / e) / l * l) with (ln (N / e)) in b2 by (field; lra); lra).
  set (u := exp (b * ln (1 - e))). set (v := exp (b * ln e)). assert (u0 : 0 < u) by apply exp_pos. assert (v0 : 0 < v) by apply exp_pos.
  assert (EU : e * u = exp (ln e + b * ln (1 - e))) by (rewrite exp_plus, exp_ln by lra; reflexivity).
  assert (V : N * v <= e * u).
  { rewrite EU. replace (N * v) with (exp (ln N + b * ln e)) by (rewrite exp_plus, exp_ln by lra; reflexivity). apply exp_le. unfold Rdiv in L. rewrite ln_mult, ln_Rinv in L by (try apply Rinv_0_lt_compat; lra). unfold l in L. lra. }
  assert (W : (1 - e) * v <= e * u).
  { rewrite EU. replace ((1 - e) * v) with (exp (ln (1 - e) + b * ln e)) by (rewrite exp_plus, exp_ln by lra; reflexivity). apply exp_le. unfold l in *. nra. }
  unfold cov, tempered, partition, faces, sum, coin, power. replace (1 - (1 - e)) with e by ring. repeat (destruct Rlt_dec as [|C]; [|exfalso; apply C; lra]). fold u v.
  rewrite (le01_0 (N * (u / (u + (v + 0))))), (le01_1 (N * (v / (u + (v + 0))))).
  - ring.
  - replace (N * (v / (u + (v + 0)))) with (N * v / (u + v)) by (field; lra). apply div_le; [lra|]. nra.
  - apply Rlt_le_trans with (N * (1 - e)); [nra|]. apply Rmult_le_compat_l; [lra|]. apply le_div; [lra|]. lra.
Qed.

(* twin: cold-temperature-loses-coverage
   without the second term: a perfect model, s = 2 *)
Theorem cold_temperature_twin : exists (b : R) (P Q : bool -> R), law faces P /\ law faces Q /\ 1 < b /\ cov 2 faces P Q < cov 4 faces P (tempered b faces Q).
Proof.
  destruct (cold_perfect_model (1 / 4) 4 ltac:(lra) ltac:(lra)) as (b0 & H). exists (Rmax 2 b0), (coin (1 - 1 / 4)), (coin (1 - 1 / 4)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [pose proof (Rmax_l 2 b0); lra|]. rewrite H by apply Rmax_r. unfold cov, faces, sum, coin. decide_all; lra.
Qed.
