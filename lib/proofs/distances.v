(* Notebooks 04 and 10: total variation, Hellinger and KL; how far means move. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
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

(* g(t) = t^2 - 1 - 2 log t, the price at ratio 1/t^2, over its share (1 - t)^2 of the Hellinger distance, is largest at the least t. *)
Lemma price_by_hellinger_sharp t0 t : 0 < t0 < 1 -> t0 <= t -> let K := (- 2 * ln t0 - 1 + t0 ^ 2) / (1 - t0) ^ 2 in
  2 <= K /\ - 2 * ln t - 1 + t ^ 2 <= K * (1 - t) ^ 2.
Proof.
  intros H0 Ht K. assert (D : forall c x, 0 < x -> is_derive (fun x => c * (1 - x) ^ 2 - (- 2 * ln x - 1 + x ^ 2)) x (2 * (1 - x) * (1 + / x - c))).
  { intros c x Hx. auto_derive; [lra|]. field. lra. }
  assert (i : forall x y, 0 < x <= y -> / y <= / x) by (intros x y Hx; apply Rinv_le_contravar; lra). assert (d : 0 < (1 - t0) ^ 2) by nra.
  assert (K2 : 2 <= K).
  { apply le_div; [assumption|]. pose proof (increasing_from _ (fun x => 2 * (1 - x) * (1 + / x - 2)) t0 1 ltac:(lra) (fun x Hx => D 2 x ltac:(lra))) as M. cbv beta in M. rewrite ln_1 in M.
    enough (2 * (1 - t0) ^ 2 - (- 2 * ln t0 - 1 + t0 ^ 2) <= 2 * (1 - 1) ^ 2 - (- 2 * 0 - 1 + 1 ^ 2)) by lra. apply M. intros x Hx. pose proof (i x 1 ltac:(lra)). rewrite Rinv_1 in H. nra. }
  split; [assumption|]. assert (E0 : K * (1 - t0) ^ 2 = - 2 * ln t0 - 1 + t0 ^ 2) by (unfold K; field; lra).
  assert (E1 : K * (1 - 1) ^ 2 - (- 2 * ln 1 - 1 + 1 ^ 2) = 0) by (rewrite ln_1; ring).
  enough (0 <= K * (1 - t) ^ 2 - (- 2 * ln t - 1 + t ^ 2)) by lra. destruct (Rle_dec 1 t) as [C|C].
  - rewrite <- E1. apply (increasing_from _ (fun x => 2 * (1 - x) * (1 + / x - K)) 1 t C (fun x Hx => D K x ltac:(lra))). intros x Hx. pose proof (i 1 x ltac:(lra)). rewrite Rinv_1 in H. nra.
  - destruct (Rle_dec K (1 + / t)) as [B|B].
    + apply Rle_trans with (K * (1 - t0) ^ 2 - (- 2 * ln t0 - 1 + t0 ^ 2)); [lra|].
      apply (increasing_from _ (fun x => 2 * (1 - x) * (1 + / x - K)) t0 t Ht (fun x Hx => D K x ltac:(lra))). intros x Hx. pose proof (i x t ltac:(lra)). nra.
    + apply Ropp_le_cancel. rewrite Ropp_0, <- Ropp_0, <- E1.
      apply (increasing_from (fun x => - (K * (1 - x) ^ 2 - (- 2 * ln x - 1 + x ^ 2))) (fun x => - (2 * (1 - x) * (1 + / x - K))) t 1 ltac:(lra)).
      * intros x Hx. apply (is_derive_opp (fun x => K * (1 - x) ^ 2 - (- 2 * ln x - 1 + x ^ 2))). apply D. lra.
      * intros x Hx. pose proof (i t x ltac:(lra)). nra.
Qed.

(* claim: kl-by-hellinger
   part: the inequality with K(V), and that K(V) lies between 2 and 2 + log V
   differs: finite support; P dominated by Q, as r <= V says; that K(V) is the least factor and increases is not here *)
Theorem kl_by_hellinger_best {A} (V : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 1 < V -> (forall y, P y <= V * Q y) ->
  let K := price V / (1 - 1 / sqrt V) ^ 2 in kl Y P Q <= K * hellinger Y P Q /\ 2 <= K <= 2 + ln V.
Proof.
  intros [HP P1] [HQ Q1] HV B K. assert (sv1 : 1 < sqrt V) by (rewrite <- sqrt_1; apply sqrt_lt_1; lra). set (t0 := / sqrt V).
  assert (T0 : 0 < t0 < 1) by (split; [apply Rinv_0_lt_compat; lra|unfold t0; rewrite <- Rinv_1; apply Rinv_lt_contravar; lra]).
  assert (EV : 2 * ln (sqrt V) = ln V) by (rewrite <- (sqrt_sqrt V) at 2 by lra; rewrite ln_mult by lra; ring).
  assert (EK : K = (- 2 * ln t0 - 1 + t0 ^ 2) / (1 - t0) ^ 2).
  { unfold K, price, t0. rewrite ln_Rinv by lra. rewrite <- EV. rewrite <- (sqrt_sqrt V) at 2 by lra. field. lra. }
  assert (S : forall t, t0 <= t -> 2 <= K /\ - 2 * ln t - 1 + t ^ 2 <= K * (1 - t) ^ 2) by (intros t Ht; rewrite EK; now apply price_by_hellinger_sharp).
  destruct (S t0 (Rle_refl _)) as [K2 _]. split; [|split; [assumption|]].
  - enough (sum Y (fun y => P y * ln (P y / Q y) + (Q y - P y)) <= sum Y (fun y => K * (sqrt (P y) - sqrt (Q y)) ^ 2)).
    { rewrite sum_plus, sum_minus, sum_scal, P1, Q1 in H. unfold kl, hellinger. lra. }
    apply sum_le; intros y _. pose proof (HP y). pose proof (HQ y). pose proof (B y). destruct (Req_dec (P y) 0) as [E|n].
    + rewrite E, sqrt_0. replace ((0 - sqrt (Q y)) ^ 2) with (sqrt (Q y) ^ 2) by ring. rewrite pow2_sqrt by assumption. nra.
    + assert (p : 0 < P y) by lra. assert (q : 0 < Q y) by nra. assert (sp : 0 < sqrt (P y)) by now apply sqrt_lt_R0. assert (sq : 0 < sqrt (Q y)) by now apply sqrt_lt_R0.
      set (t := sqrt (Q y) / sqrt (P y)). assert (tp : 0 < t) by now apply div_pos.
      assert (L : sqrt (P y) <= sqrt V * sqrt (Q y)) by (rewrite <- sqrt_mult by lra; apply sqrt_le_1; nra).
      assert (T : t0 <= t). { apply le_div; [assumption|]. unfold t0. apply (Rmult_le_reg_l (sqrt V)); [lra|]. rewrite <- Rmult_assoc, Rinv_r by lra. lra. }
      destruct (S t T) as [_ M]. apply (Rmult_le_compat_l (P y)) in M; [|lra].
      assert (Et : ln (P y / Q y) = - 2 * ln t).
      { unfold t, Rdiv. rewrite !ln_mult, !ln_Rinv; try apply Rinv_0_lt_compat; auto.
        rewrite <- (sqrt_sqrt (P y)) at 1 by lra. rewrite <- (sqrt_sqrt (Q y)) at 1 by lra. rewrite !ln_mult by assumption. ring. }
      replace (P y * (K * (1 - t) ^ 2)) with (K * (sqrt (P y) - sqrt (Q y)) ^ 2) in M.
      * rewrite Et. replace (P y * (- 2 * ln t - 1 + t ^ 2)) with (P y * (- 2 * ln t) + (Q y - P y)) in M; [exact M|].
        unfold t. replace ((sqrt (Q y) / sqrt (P y)) ^ 2) with (Q y / P y); [field; lra|].
        rewrite <- (sqrt_sqrt (P y)) at 1 by lra. rewrite <- (sqrt_sqrt (Q y)) at 1 by lra. field. lra.
      * unfold t. assert (Z : P y = sqrt (P y) * sqrt (P y)) by now rewrite sqrt_sqrt. set (a := sqrt (P y)) in *. rewrite Z. field. lra.
  - pose proof (price_by_hellinger t0 t0 ltac:(lra) ltac:(lra)) as M. rewrite EK. apply div_le; [nra|]. assert (El : ln t0 = - ln (sqrt V)) by (unfold t0; apply ln_Rinv; lra).
    replace (2 + ln V) with (2 - 2 * ln t0) by (rewrite El, <- EV; ring). exact M.
Qed.

(* twin: kl-by-hellinger of kl_by_hellinger_best
   99/100 of K(V): rare events, V = 8 *)
Theorem kl_by_hellinger_best_twin : exists (V : R) (P Q : bool -> R), law faces P /\ law faces Q /\ 1 < V /\ (forall y, P y <= V * Q y) /\
  99 / 100 * (price V / (1 - 1 / sqrt V) ^ 2) * hellinger faces P Q < kl faces P Q.
Proof.
  exists 8, (coin (8 / 10000)), (coin (1 / 10000)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [lra|]. split; [intros []; unfold coin; lra|].
  unfold kl, hellinger, price, faces, sum, coin. interval with (i_prec 60).
Qed.
