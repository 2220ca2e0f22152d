(* Notebook 01: coverage is a tail; hockey-stick divergences and tests. *)
From Coq Require Import Reals Lra List Psatz.
From Coverage Require Import finite divergences.
Import ListNotations.
Open Scope R_scope.

Lemma hockey_above {A} (c N : R) (Y : list A) (P Q : A -> R) : (forall y, 0 <= P y) -> 0 <= c < N ->
  (1 - c / N) * cov N Y P Q <= hockey c Y P Q.
Proof.
  intros HP [c0 cN]. unfold cov, hockey. rewrite <- sum_scal. apply sum_le; intros y _. pose proof (HP y).
  pose proof (Rmax_l 0 (P y - c * Q y)). pose proof (Rmax_r 0 (P y - c * Q y)). unfold le01. destruct Rle_dec as [C|C]; [|lra].
  assert (c * Q y <= c / N * P y); [|nra]. replace (c * Q y) with (c / N * (N * Q y)) by (field; lra).
  apply Rmult_le_compat_l; [|assumption]. apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra].
Qed.

(* claim: hockey-stick-sandwich
   differs: finite support; the minimum over gamma is stated for each gamma *)
Theorem hockey_sandwich {A} (c N : R) (Y : list A) (P Q : A -> R) : (forall y, 0 <= P y) -> (forall y, 0 <= Q y) -> 1 <= N -> 0 <= c < N ->
  hockey N Y P Q <= cov N Y P Q <= hockey c Y P Q / (1 - c / N).
Proof.
  intros HP HQ HN Hc. split.
  - apply sum_le; intros y _. pose proof (HP y). pose proof (HQ y). assert (0 <= N * Q y) by nra.
    unfold le01. destruct Rle_dec; unfold Rmax; destruct Rle_dec; lra.
  - apply le_div; [|rewrite Rmult_comm; now apply hockey_above].
    enough (c / N < 1) by lra. apply (Rmult_lt_reg_r N); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(* claim: hockey-stick-sandwich
   part: where the two sides are attained
   differs: finite support *)
Theorem hockey_attained {A} (c N : R) (Y : list A) (P Q : A -> R) : (forall y, 0 <= P y) -> (forall y, 0 <= Q y) -> 1 <= N -> 0 <= c < N ->
  ((forall y, In y Y -> 0 < P y -> P y < N * Q y \/ Q y = 0) -> hockey N Y P Q = cov N Y P Q) /\
  ((forall y, In y Y -> P y <= c * Q y \/ P y = N * Q y) -> hockey c Y P Q = (1 - c / N) * cov N Y P Q).
Proof.
  intros HP HQ HN Hc. assert (i : 0 <= c / N < 1).
  { split; [apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|]. apply (Rmult_lt_reg_r N); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  split; intros H; unfold hockey, cov.
  - apply sum_ext; intros y I. pose proof (HP y). pose proof (HQ y). destruct (Req_dec (P y) 0) as [E|n].
    + rewrite E. rewrite Rmax_left by nra. ring.
    + destruct (H y I ltac:(lra)) as [L|L].
      * rewrite Rmax_left, le01_0 by lra. ring.
      * rewrite L, Rmult_0_r, Rmax_right, le01_1 by lra. ring.
  - rewrite <- sum_scal. apply sum_ext; intros y I. pose proof (HP y). pose proof (HQ y). destruct (H y I) as [L|L].
    + rewrite Rmax_left by lra. destruct (Req_dec (P y) 0) as [->|n]; [ring|]. rewrite le01_0; [ring|]. assert (0 < Q y) by nra. nra.
    + rewrite le01_1 by lra. rewrite Rmax_right by nra. rewrite L. field. lra.
Qed.

(* twin: hockey-stick-sandwich
   the upper side without 1/(1 - c/N): a coin, c = 2, N = 4 *)
Theorem hockey_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\ hockey 2 faces P Q < cov 4 faces P Q.
Proof.
  exists (coin (1 / 2)), (coin (1 / 8)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  unfold hockey, cov, faces, sum, coin. decide_all; lra.
Qed.

(* A randomised test says "data" at y with probability test y in [0, 1]. *)
Definition a_test {A} (test : A -> R) := forall y, 0 <= test y <= 1.
Definition said {A} (Y : list A) (P test : A -> R) : R := sum Y (fun y => P y * test y).

(* claim: neyman-pearson
   part: the level set is most powerful; its false alarms; the two bounds on beta
   differs: finite support; the last formula (the maximum over gamma) as the lower bound that it maximises *)
Theorem neyman_pearson {A} (c N : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 0 < N -> 0 < c ->
  let level := fun y => le01 (N * Q y) (P y) in
  (forall test, a_test test -> said Y Q test <= said Y Q level -> said Y P test <= said Y P level) /\
  said Y P level = cov N Y P Q /\ said Y Q level <= cov N Y P Q / N /\
  (forall test, a_test test -> (said Y P test - tail c Y P Q) / c <= said Y Q test) /\
  (forall test, a_test test -> (said Y P test - hockey c Y P Q) / c <= said Y Q test) /\
  (forall alpha, 0 <= alpha <= cov c Y P Q -> exists test, a_test test /\ said Y P test = alpha /\ said Y Q test <= alpha / c).
Proof.
  intros [HP P1] [HQ Q1] HN Hc level. repeat split.
  - intros test T F. assert (S : said Y P test - N * said Y Q test <= said Y P level - N * said Y Q level).
    { unfold said. rewrite <- !sum_scal, <- !sum_minus. apply sum_le; intros y _. destruct (T y). unfold level, le01. destruct Rle_dec; nra. }
    nra.
  - apply le_div; [assumption|]. unfold said, cov. rewrite <- sum_scal_r. apply sum_le; intros y _. unfold level, le01. destruct Rle_dec; lra.
  - intros test T. apply div_le; [assumption|]. enough (said Y P test <= sum Y (fun y => c * (Q y * test y) + P y * lt01 (c * Q y) (P y))) by (unfold said, tail in *; rewrite sum_plus, sum_scal in H; lra).
    apply sum_le; intros y _. destruct (T y). pose proof (HP y). pose proof (HQ y). assert (0 <= c * (Q y * test y)) by (apply Rmult_le_pos; [lra|apply Rmult_le_pos; lra]).
    unfold lt01. destruct Rlt_dec; nra.
  - intros test T. apply div_le; [assumption|]. enough (said Y P test <= sum Y (fun y => c * (Q y * test y) + Rmax 0 (P y - c * Q y))) by (unfold said, hockey in *; rewrite sum_plus, sum_scal in H; lra).
    apply sum_le; intros y _. destruct (T y). pose proof (Rmax_l 0 (P y - c * Q y)). pose proof (Rmax_r 0 (P y - c * Q y)).
    destruct (Rle_dec 0 (P y - c * Q y)); nra.
  - intros alpha [a0 a1]. destruct (Req_dec alpha 0) as [->|n].
    + exists (fun _ => 0). split; [intros y; lra|]. assert (Z : forall W, said Y W (fun _ => 0) = 0) by (intros W; unfold said; rewrite sum_scal_r; ring).
      rewrite !Z. unfold Rdiv. lra.
    + set (C := cov c Y P Q) in *. assert (C0 : 0 < C) by lra. assert (r : 0 <= alpha / C <= 1).
      { split; [apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]|apply div_le; lra]. }
      exists (fun y => alpha / C * le01 (c * Q y) (P y)). split; [|split].
      * intros y. pose proof (le01_bounds (c * Q y) (P y)). nra.
      * unfold said. rewrite (sum_ext _ _ (fun y => alpha / C * (P y * le01 (c * Q y) (P y)))) by (intros; ring). rewrite sum_scal. fold (cov c Y P Q). fold C. field. lra.
      * apply le_div; [assumption|]. unfold said. rewrite <- sum_scal_r. apply Rle_trans with (sum Y (fun y => alpha / C * (P y * le01 (c * Q y) (P y)))).
        -- apply sum_le; intros y _. unfold le01. destruct Rle_dec; [|lra]. nra.
        -- rewrite sum_scal. fold (cov c Y P Q). fold C. right. field. lra.
Qed.

(* twin: neyman-pearson
   false alarms at most Cov_N / N^2: a coin, N = 4 *)
Theorem neyman_pearson_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  cov 4 faces P Q / 4 ^ 2 < said faces Q (fun y => le01 (4 * Q y) (P y)).
Proof.
  exists (coin (1 / 2)), (coin (1 / 8)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  unfold cov, said, faces, sum, coin. decide_all; lra.
Qed.
