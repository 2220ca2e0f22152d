(* Notebook 02: the worst reward for Best-of-N is one level set, and its regret is a number of the hockey-stick curve. *)
From Coq Require Import Reals Lra List Psatz Lia.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws divergences tail best_of_n.
Import ListNotations.
Open Scope R_scope.

(* A function that takes at every point of D at most its value at some point of a list in D has its maximum there. *)
Lemma best_of_list (D : R -> Prop) (f : R -> R) (L : list R) : L <> [] -> (forall m, In m L -> D m) ->
  (forall l, D l -> exists m, In m L /\ f l <= f m) -> exists m, D m /\ forall l, D l -> f l <= f m.
Proof.
  intros HL HD H. assert (B : exists m, In m L /\ forall k, In k L -> f k <= f m).
  { clear H HD. induction L as [|a L IH]; [easy|]. destruct L as [|b L].
    - exists a. split; [now left|]. intros k [<-|[]]. lra.
    - destruct IH as (m & I & M); [easy|]. destruct (Rle_dec (f a) (f m)) as [C|C].
      + exists m. split; [now right|]. intros k [<-|J]; auto.
      + exists a. split; [now left|]. intros k [<-|J]; [lra|]. pose proof (M k J). lra. }
  destruct B as (m & I & M). exists m. split; [auto|]. intros l Dl. destruct (H l Dl) as (k & J & K). pose proof (M k J). lra.
Qed.

(* The level sets {P > lam Q}, 0 <= lam <= n, are those of finitely many lam: zero and the ratios. *)
Lemma best_level_set {A} n (Y : list A) (P Q : A -> R) : law Y P -> law Y Q ->
  exists lam, 0 <= lam <= INR n /\
    forall l, 0 <= l <= INR n -> set_regret n Y P Q (exceeds l P Q) <= set_regret n Y P Q (exceeds lam P Q).
Proof.
  intros HP HQ. set (D := fun l => 0 <= l <= INR n). pose proof (pos_INR n) as nn.
  set (L := 0 :: filter (fun l => if Rle_dec 0 l then if Rle_dec l (INR n) then true else false else false) (map (fun y => P y / Q y) Y)).
  apply (best_of_list D (fun l => set_regret n Y P Q (exceeds l P Q)) L); [easy| |].
  - intros m [<-|I]; [unfold D; lra|]. apply filter_In in I. destruct I as [_ I]. unfold D. destruct Rle_dec; [|easy]. destruct Rle_dec; [lra|easy].
  - intros l Dl. assert (B : exists m, In m L /\ m <= l /\ forall k, In k L -> k <= l -> k <= m).
    { assert (N : exists k, In k L /\ k <= l) by (exists 0; split; [now left|apply Dl]). revert N. generalize L. induction L0 as [|a K IH]; intros (k & I & k1); [easy|].
      destruct (Rle_dec a l) as [C|C].
      - destruct (Exists_dec (fun k => k <= l) K (fun k => Rle_dec k l)) as [E|E].
        + apply Exists_exists in E. destruct (IH E) as (m & J & m1 & M). destruct (Rle_dec a m) as [X|X].
          * exists m. split; [now right|]. split; [assumption|]. intros x [<-|Z] z; auto.
          * exists a. split; [now left|]. split; [assumption|]. intros x [<-|Z] z; [lra|]. pose proof (M x Z z). lra.
        + exists a. split; [now left|]. split; [assumption|]. intros x [<-|Z] z; [lra|]. exfalso. apply E, Exists_exists. now exists x.
      - destruct I as [->|I]; [easy|]. destruct (IH (ex_intro _ k (conj I k1))) as (m & J & m1 & M). exists m. split; [now right|]. split; [assumption|].
        intros x [<-|Z] z; [easy|auto]. }
    destruct B as (m & I & ml & M). exists m. split; [assumption|]. right.
    assert (E : forall y, In y Y -> exceeds l P Q y = exceeds m P Q y).
    { intros y J. unfold exceeds. pose proof (proj1 HQ y) as q. pose proof (proj1 HP y) as p. assert (m0 : 0 <= m) by (apply M; [now left|apply Dl]).
      destruct (Rlt_dec (l * Q y) (P y)) as [a|a], (Rlt_dec (m * Q y) (P y)) as [b|b]; auto.
      - exfalso. apply b. apply Rle_lt_trans with (l * Q y); [now apply Rmult_le_compat_r|assumption].
      - exfalso. apply Rnot_lt_le in a. assert (q0 : 0 < Q y) by (destruct q as [|q]; [assumption|]; rewrite <- q in *; lra).
        assert (r : P y / Q y <= l) by (apply div_le; lra). assert (r0 : 0 <= P y / Q y) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
        assert (K : P y / Q y <= m).
        { apply M; [|assumption]. right. apply filter_In. split; [apply in_map_iff; now exists y|]. destruct Dl. destruct Rle_dec; [|easy]. destruct Rle_dec; [easy|lra]. }
        assert (P y = P y / Q y * Q y) by (field; lra). nra. }
    unfold set_regret, mass. f_equal; [f_equal|f_equal; f_equal]; apply sum_ext; intros y J; now rewrite E.
Qed.

(* claim: bon-worst-case
   differs: finite support, whole N, one prompt *)
Theorem bon_worst_case {A} n (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> (0 < n)%nat ->
  (forall S, regret n Y P Q (on S) = mass Y P S - 1 + (1 - mass Y Q S) ^ n) /\
  (exists lam, 0 <= lam <= INR n /\ forall r, rewards r -> regret n Y P Q r <= regret n Y P Q (on (exceeds lam P Q))).
Proof.
  intros HP HQ Hn. split; [intros S; now apply regret_on|]. destruct (best_level_set n Y P Q HP HQ) as (lam & R0 & M).
  exists lam. split; [assumption|]. intros r HR. destruct (regret_by_level n Y P Q r HP HQ Hn HR) as (l & R1 & H). eapply Rle_trans; [exact H|].
  rewrite !regret_on by assumption. now apply M.
Qed.

(* twin: bon-worst-case
   the power N - 1: one draw of a fair coin *)
Theorem bon_worst_case_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  regret 1 faces P Q (on (fun y => y)) <> mass faces P (fun y => y) - 1 + (1 - mass faces Q (fun y => y)) ^ 0.
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. rewrite heads_regret by lra.
  unfold mass, faces, sum, coin. simpl. lra.
Qed.

Lemma power_pow x k : 0 <= x -> (0 < k)%nat -> power x (INR k) = x ^ k.
Proof.
  intros [H| <-] K; unfold power; destruct Rlt_dec; try lra.
  - rewrite <- (exp_ln (x ^ k)) by now apply pow_lt. now rewrite ln_pow.
  - symmetry. now apply pow_i.
Qed.

Lemma power_power x a b : 0 <= x -> power (power x a) b = power x (a * b).
Proof.
  intros H. unfold power at 2 3. destruct Rlt_dec.
  - unfold power. destruct Rlt_dec as [|C]; [|exfalso; apply C, exp_pos]. rewrite ln_exp. f_equal. ring.
  - unfold power. destruct Rlt_dec; lra.
Qed.

(* The dual curve E_lam - 1 + lam - (N - 1) (lam/N)^(N/(N-1)). *)
Definition dual {A} (n : nat) (Y : list A) (P Q : A -> R) (lam : R) : R :=
  hockey lam Y P Q - 1 + lam - (INR n - 1) * power (lam / INR n) (INR n / (INR n - 1)).

Lemma dual_at {A} m (Y : list A) (P Q : A -> R) x : 0 <= x -> (0 < m)%nat ->
  dual (S m) Y P Q (INR (S m) * x ^ m) = hockey (INR (S m) * x ^ m) Y P Q - 1 + INR (S m) * x ^ m - INR m * x ^ S m.
Proof.
  intros Hx Hm. unfold dual. pose proof (pos_INR m). assert (0 < INR m) by now apply lt_0_INR. rewrite S_INR.
  replace ((INR m + 1) * x ^ m / (INR m + 1)) with (power x (INR m)) by (rewrite power_pow by auto; field; lra).
  rewrite power_power by assumption. replace (INR m * ((INR m + 1) / (INR m + 1 - 1))) with (INR (S m)) by (rewrite S_INR; field; lra).
  rewrite power_pow by (auto; lia). ring.
Qed.

(* claim: bon-worst-case-dual
   differs: finite support, whole N *)
Theorem bon_dual {A} n (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> (1 < n)%nat ->
  (exists lam, 0 <= lam <= INR n /\ forall r, rewards r -> regret n Y P Q r <= dual n Y P Q lam) /\
  (forall lam, 0 <= lam <= INR n -> dual n Y P Q lam <= regret n Y P Q (on (exceeds lam P Q))).
Proof.
  intros HP HQ Hn. destruct n as [|m]; [lia|]. assert (m0 : (0 < m)%nat) by lia. assert (m1 : 0 < INR m) by now apply lt_0_INR.
  assert (H1 : INR (S m) = INR m + 1) by apply S_INR. split.
  - destruct (proj2 (bon_worst_case (S m) Y P Q HP HQ ltac:(lia))) as (l & _ & M). set (T := exceeds l P Q) in *.
    pose proof (mass_range Y Q T HQ) as q. set (x := 1 - mass Y Q T) in *.
    assert (x0 : 0 <= x <= 1) by (unfold x; lra). exists (INR (S m) * x ^ m).
    assert (0 <= x ^ m <= 1) by (split; [now apply pow_le|now apply pow_le_1]). split; [nra|].
    intros r HR. eapply Rle_trans; [now apply M|]. rewrite regret_on, dual_at by (auto; lra). unfold set_regret. fold x.
    pose proof (mass_by_hockey Y P Q T (INR (S m) * x ^ m) (proj1 HP)). replace (mass Y Q T) with (1 - x) in H0 by (unfold x; ring).
    change (x ^ S m) with (x * x ^ m). rewrite H1 in *. lra.
  - intros lam Hl. set (x := power (lam / INR (S m)) (1 / INR m)). assert (x0 : 0 <= x) by apply power_nonneg.
    assert (l0 : 0 <= lam / INR (S m)) by (apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
    assert (E : INR (S m) * x ^ m = lam).
    { unfold x. rewrite <- power_pow by (auto using power_nonneg). rewrite power_power by assumption. replace (1 / INR m * INR m) with (INR 1) by (simpl; field; lra).
      rewrite power_pow by auto. rewrite pow_1. unfold Rdiv. rewrite Rmult_comm, Rmult_assoc, Rinv_l; lra. }
    rewrite <- E. rewrite dual_at, regret_on by auto. rewrite E. unfold set_regret. set (T := exceeds lam P Q). pose proof (mass_range Y Q T HQ) as q.
    pose proof (pow_tangent m (1 - mass Y Q T) x ltac:(lra) x0). change (x ^ S m) with (x * x ^ m) in *. rewrite E in H.
    assert (K : hockey lam Y P Q = mass Y P T - lam * mass Y Q T).
    { unfold hockey, mass. rewrite <- sum_scal, <- sum_minus. apply sum_ext; intros y _. unfold T, exceeds, Rmax. destruct Rle_dec, Rlt_dec; lra. }
    rewrite K. assert (INR m * (x * x ^ m) = lam * x - x * x ^ m) by (rewrite <- E, H1; ring). lra.
Qed.

(* twin: bon-worst-case-dual
   N for N - 1 in the last term: two draws of a fair coin *)
Theorem bon_dual_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\ forall lam, 0 <= lam <= 2 ->
  hockey lam faces P Q - 1 + lam - 2 * power (lam / 2) (2 / (2 - 1)) < regret 2 faces P Q (on (fun y => y)).
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. intros lam Hl.
  rewrite heads_regret by lra. replace (2 / (2 - 1)) with (INR 2) by (simpl; field). rewrite power_pow by (lra || lia).
  unfold hockey, faces, sum, coin. pose proof (pow2_ge_0 (lam - 1 / 2)). decide_all; nra.
Qed.
