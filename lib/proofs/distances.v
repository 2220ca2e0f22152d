(* Notebooks 04 and 10: total variation, Hellinger and KL; how far means move. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws divergences answers printed_sgd.
Import ListNotations.
Open Scope R_scope.

(* Half of the L1 distance. *)
Definition total_variation {A} (Y : list A) (P Q : A -> R) : R := sum Y (fun y => Rabs (P y - Q y)) / 2.

(* claim: lecture-notes-chain
   part: the chain, and the change of measure with (3/2) R, for every h with 0 <= h <= R
   differs: finite support; P dominated by Q (otherwise KL is infinite); that 3/2 is least and the online statement are not here *)
Theorem classical_chain {A} (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> dominated P Q ->
  total_variation Y P Q ^ 2 <= hellinger Y P Q <= kl Y P Q /\
  forall h radius, 0 <= radius -> (forall y, 0 <= h y <= radius) ->
    sum Y (fun y => P y * h y) <= 3 * sum Y (fun y => Q y * h y) + 3 / 2 * radius * hellinger Y P Q.
Proof.
  intros [HP P1] [HQ Q1] HD. split; [split|].
  - pose proof (cauchy_schwarz Y (fun y => Rabs (sqrt (P y) - sqrt (Q y))) (fun y => sqrt (P y) + sqrt (Q y))) as C. cbv beta in C.
    rewrite (sum_ext Y (fun y => Rabs (sqrt (P y) - sqrt (Q y)) * (sqrt (P y) + sqrt (Q y))) (fun y => Rabs (P y - Q y))) in C.
    2: { intros y _. pose proof (sqrt_pos (P y)). pose proof (sqrt_pos (Q y)). rewrite <- (Rabs_pos_eq (sqrt (P y) + sqrt (Q y))), <- Rabs_mult by lra. f_equal.
      rewrite <- (sqrt_sqrt (P y)) at 3 by apply HP. rewrite <- (sqrt_sqrt (Q y)) at 3 by apply HQ. ring. }
    rewrite (sum_ext Y (fun y => Rabs (sqrt (P y) - sqrt (Q y)) ^ 2) (fun y => (sqrt (P y) - sqrt (Q y)) ^ 2)) in C by (intros; apply pow2_abs). fold (hellinger Y P Q) in C.
    assert (S : sum Y (fun y => (sqrt (P y) + sqrt (Q y)) ^ 2) <= 4).
    { apply Rle_trans with (sum Y (fun y => 2 * P y + 2 * Q y)); [|rewrite sum_plus, !sum_scal, P1, Q1; lra]. apply sum_le; intros y _. pose proof (pow2_ge_0 (sqrt (P y) - sqrt (Q y))).
      rewrite <- (sqrt_sqrt (P y)) at 2 by apply HP. rewrite <- (sqrt_sqrt (Q y)) at 2 by apply HQ. nra. }
    assert (h0 : 0 <= hellinger Y P Q) by (apply sum_nonneg; intros; apply pow2_ge_0). unfold total_variation. nra.
  - rewrite affinity_half, P1, Q1 by assumption. enough (sum Y (fun y => P y * ln (Q y / P y) / 2 + P y) <= affinity (1 / 2) Y P Q).
    { rewrite sum_plus, P1 in H. enough (kl Y P Q = - 2 * sum Y (fun y => P y * ln (Q y / P y) / 2)) by lra. rewrite <- sum_scal. apply sum_ext; intros y _. destruct (dominated_pos P Q y HP HD) as [->|[p q]]; [field|].
      replace (Q y / P y) with (/ (P y / Q y)) by (field; lra). rewrite ln_Rinv by now apply div_pos. field. }
    apply sum_le; intros y _. destruct (dominated_pos P Q y HP HD) as [E|[p q]]; [rewrite E; lra|]. assert (r : 0 < Q y / P y) by now apply div_pos. unfold power. destruct Rlt_dec; [|lra].
    pose proof (exp_ineq1_le (1 / 2 * ln (Q y / P y))). nra.
  - intros h radius HR Hh. unfold hellinger. rewrite <- !sum_scal, <- sum_plus. apply sum_le; intros y _. pose proof (Hh y). rewrite <- (sqrt_sqrt (P y)) at 1 by apply HP. rewrite <- (sqrt_sqrt (Q y)) at 1 by apply HQ.
    set (a := sqrt (P y)). set (b := sqrt (Q y)). pose proof (pow2_ge_0 (a - 3 * b)). pose proof (pow2_ge_0 (a - b)). pose proof (pow2_ge_0 b).
    assert (K : a * a - 3 * (b * b) <= 3 / 2 * (a - b) ^ 2) by nra. destruct (Rle_dec 0 (a * a - 3 * (b * b))); nra.
Qed.

(* twin: lecture-notes-chain
   R for (3/2) R in the change of measure: a coin *)
Theorem classical_chain_twin : exists P Q h : bool -> R, law faces P /\ law faces Q /\ dominated P Q /\ (forall y, 0 <= h y <= 1) /\
  3 * sum faces (fun y => Q y * h y) + 1 * 1 * hellinger faces P Q < sum faces (fun y => P y * h y).
Proof.
  exists (coin (9 / 100)), (coin (1 / 100)), (fun y : bool => if y then 1 else 0). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [intros []; unfold coin; lra|]. split; [intros []; lra|].
  unfold hellinger, faces, sum, coin. interval.
Qed.

(* The mean of the vector phi under P, coordinate by coordinate. *)
Definition mean_vector {A} (Y : list A) (P : A -> R) (phi : A -> nat -> R) (i : nat) : R := sum Y (fun y => P y * phi y i).

(* claim: mean-shift-jeffreys
   differs: vectors of d coordinates; each law dominated by the other (otherwise a KL is infinite) *)
Theorem mean_shift_jeffreys {A} (d : nat) (B : R) (Y : list A) (P Q : A -> R) (phi : A -> nat -> R) : law Y P -> law Y Q -> dominated P Q -> dominated Q P ->
  0 <= B -> (forall y, in_ball d B (phi y)) ->
  let shift := fun i => mean_vector Y Q phi i - mean_vector Y P phi i in dot d shift shift <= B ^ 2 * (kl Y P Q + kl Y Q P).
Proof.
  intros [HP P1] [HQ Q1] D1 D2 HB Hphi shift. set (L := sum Y (fun y => Rabs (Q y - P y))). set (J := kl Y P Q + kl Y Q P).
  assert (L0 : 0 <= L) by (apply sum_nonneg; intros; apply Rabs_pos).
  assert (S : dot d shift shift = sum Y (fun y => (Q y - P y) * dot d (phi y) shift)).
  { unfold dot at 1. unfold shift at 1, mean_vector. rewrite (sum_ext (seq 0 d) _ (fun i => sum Y (fun y => (Q y - P y) * (phi y i * shift i)))).
    - rewrite sum_swap. apply sum_ext; intros y _. unfold dot. now rewrite sum_scal.
    - intros i _. rewrite <- sum_minus, <- sum_scal_r. apply sum_ext; intros; ring. }
  assert (N0 : 0 <= dot d shift shift) by (apply sum_nonneg; intros; nra).
  assert (C : forall y, Rabs (dot d (phi y) shift) <= B * sqrt (dot d shift shift)).
  { intros y. pose proof (cauchy_schwarz (seq 0 d) (phi y) shift) as C. cbv beta in C. pose proof (Hphi y) as F. unfold in_ball, dot in F.
    rewrite (sum_ext _ (fun i => phi y i ^ 2) (fun i => phi y i * phi y i)), (sum_ext _ (fun i => shift i ^ 2) (fun i => shift i * shift i)) in C by (intros; ring). fold (dot d shift shift) (dot d (phi y) shift) in C.
    rewrite <- (sqrt_pow2 B HB), <- sqrt_mult by (try apply pow2_ge_0; assumption). rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1; [apply Rle_0_sqr|nra|]. unfold Rsqr. nra. }
  assert (U : dot d shift shift <= B * sqrt (dot d shift shift) * L).
  { rewrite S at 1. unfold L. rewrite <- sum_scal. apply sum_le; intros y _. eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|apply C]. }
  assert (V : L ^ 2 <= J).
  { assert (E : J = sum Y (fun y => (P y - Q y) * ln (P y / Q y))).
    { unfold J, kl. rewrite <- sum_plus. apply sum_ext; intros y _. destruct (dominated_pos P Q y HP D1) as [E|[p q]].
      - destruct (dominated_pos Q P y HQ D2) as [F|[q p]]; [rewrite E, F; ring|lra].
      - replace (Q y / P y) with (/ (P y / Q y)) by (field; lra). rewrite ln_Rinv by now apply div_pos. ring. }
    pose proof (cauchy_schwarz Y (fun y => Rabs (Q y - P y) / sqrt (P y + Q y)) (fun y => sqrt (P y + Q y))) as K. cbv beta in K.
    rewrite (sum_ext Y (fun y => Rabs (Q y - P y) / sqrt (P y + Q y) * sqrt (P y + Q y)) (fun y => Rabs (Q y - P y))) in K.
    2: { intros y _. destruct (Req_dec (P y + Q y) 0) as [Z|Z].
      - pose proof (HP y). pose proof (HQ y). replace (Q y) with 0 by lra. replace (P y) with 0 by lra. rewrite Rminus_0_r, Rabs_R0. unfold Rdiv. ring.
      - field. pose proof (HP y). pose proof (HQ y). pose proof (sqrt_lt_R0 (P y + Q y)). lra. }
    fold L in K. rewrite (sum_ext Y (fun y => sqrt (P y + Q y) ^ 2) (fun y => P y + Q y)) in K by (intros y _; apply pow2_sqrt; pose proof (HP y); pose proof (HQ y); lra).
    rewrite sum_plus, P1, Q1 in K. assert (M : 2 * sum Y (fun y => (Rabs (Q y - P y) / sqrt (P y + Q y)) ^ 2) <= J); [|lra]. rewrite E, <- sum_scal. apply sum_le; intros y _.
    destruct (dominated_pos P Q y HP D1) as [Z|[p q]].
    - destruct (dominated_pos Q P y HQ D2) as [F|[q p]]; [|lra]. rewrite Z, F, Rminus_0_r, Rabs_R0. unfold Rdiv. rewrite !Rmult_0_l. simpl. lra.
    - assert (s : 0 < sqrt (P y + Q y)) by (apply sqrt_lt_R0; lra). replace ((Rabs (Q y - P y) / sqrt (P y + Q y)) ^ 2) with (Rabs (Q y - P y) ^ 2 / sqrt (P y + Q y) ^ 2) by (field; lra).
      rewrite pow2_abs, pow2_sqrt by lra. rewrite Rmult_comm. replace ((Q y - P y) ^ 2 / (P y + Q y) * 2) with (2 * (Q y - P y) ^ 2 / (P y + Q y)) by (field; lra). apply div_le; [lra|].
      assert (W : forall a b, 0 < b -> b <= a -> 2 * (a - b) <= ln (a / b) * (a + b)).
      { intros a b Hb Hab. pose proof (ln_above (a / b) ltac:(apply le_div; lra)) as I. apply (Rmult_le_compat_r b) in I; [|lra]. replace (2 * (a / b - 1) * b) with (2 * (a - b)) in I by (field; lra).
        replace (ln (a / b) * (a / b + 1) * b) with (ln (a / b) * (a + b)) in I by (field; lra). exact I. }
      destruct (Rle_dec (Q y) (P y)) as [O|O].
      + pose proof (W (P y) (Q y) q O). nra.
      + pose proof (W (Q y) (P y) p ltac:(lra)) as I. replace (Q y / P y) with (/ (P y / Q y)) in I by (field; lra). rewrite ln_Rinv in I by now apply div_pos. nra. }
  assert (r0 : 0 <= sqrt (dot d shift shift)) by apply sqrt_pos. pose proof (sqrt_sqrt _ N0) as R2. set (r := sqrt (dot d shift shift)) in *.
  assert (r <= B * L). { destruct r0 as [r0|r0]; [|rewrite <- r0; now apply Rmult_le_pos]. apply (Rmult_le_reg_r r); [assumption|]. nra. }
  rewrite <- R2. assert (0 <= B * L) by now apply Rmult_le_pos. apply Rle_trans with (B ^ 2 * L ^ 2); [nra|]. apply Rmult_le_compat_l; [apply pow2_ge_0|exact V].
Qed.

(* twin: mean-shift-jeffreys
   nine tenths of the constant: a coin of signs *)
Theorem mean_shift_twin : exists (P Q : bool -> R) (phi : bool -> nat -> R), law faces P /\ law faces Q /\ dominated P Q /\ dominated Q P /\ (forall y, in_ball 1 1 (phi y)) /\
  let shift := fun i => mean_vector faces Q phi i - mean_vector faces P phi i in 9 / 10 * (kl faces P Q + kl faces Q P) < dot 1 shift shift.
Proof.
  exists (coin (45 / 100)), (coin (55 / 100)), (fun (y : bool) (_ : nat) => if y then 1 else - (1)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [intros []; unfold coin; lra|]. split; [intros []; unfold coin; lra|]. split; [intros []; unfold in_ball, dot, sum, seq; lra|].
  cbv zeta. unfold dot, mean_vector, kl, seq, faces, sum, coin. interval.
Qed.
