(* Notebooks 02, 12, 13, 17 and 21: pass@k. X lists the prompts, mu is their law, p x the probability that one draw is
   right at x; the comparator is always right. mu x p x is the model's mass on the right answer of x, so that the
   coverage of the always-right comparator is cov N X mu (solved mu p) = P[p <= 1/N]. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Coverage Require Import finite calculus draws divergences answers profile.
Import ListNotations.
Open Scope R_scope.

Definition solved {B} (mu p : B -> R) (x : B) : R := mu x * p x.
Definition rates {B} (p : B -> R) := forall x, 0 <= p x <= 1.

(* 1 - pass@k, the mean over prompts of the probability that k draws are all wrong. *)
Definition fails {B} (k : nat) (X : list B) (mu p : B -> R) : R := sum X (fun x => mu x * (1 - p x) ^ k).

(* The binomial coefficient; how many of the draws z were right. *)
Fixpoint choose (n k : nat) : R := match k, n with O, _ => 1 | S _, O => 0 | S k', S n' => choose n' k' + choose n' k end.
Fixpoint right (z : list bool) : nat := match z with [] => 0 | true :: z' => S (right z') | false :: z' => right z' end.

Lemma right_le z : (right z <= length z)%nat.
Proof. induction z as [|[] z IH]; simpl; lia. Qed.

Lemma choose_pos n : forall k, (k <= n)%nat -> 0 < choose n k.
Proof.
  assert (N : forall n k, 0 <= choose n k). { clear. induction n as [|n IH]; intros [|k]; simpl; try lra. pose proof (IH k). pose proof (IH (S k)). lra. }
  induction n as [|n IH]; intros [|k] H; simpl; try lra; [lia|]. pose proof (IH k ltac:(lia)). pose proof (N n (S k)). simpl in H1. lra.
Qed.

Lemma coin_expect n p f : expect (S n) faces (coin p) f = p * expect n faces (coin p) (fun z => f (true :: z)) + (1 - p) * expect n faces (coin p) (fun z => f (false :: z)).
Proof. simpl. unfold coin. ring. Qed.

Lemma choose_wrong n p : 0 <= p <= 1 -> forall k, expect n faces (coin p) (fun z => choose (length z - right z) k) = choose n k * (1 - p) ^ k.
Proof.
  intros Hp. induction n as [|n IH]; intros k; [destruct k; simpl; ring|]. rewrite coin_expect. pose proof (coin_law p Hp) as C.
  change (fun z => choose (length (true :: z) - right (true :: z)) k) with (fun z => choose (length z - right z) k). rewrite IH.
  destruct k as [|k].
  - replace (expect n faces (coin p) (fun z => choose (length (false :: z) - right (false :: z)) 0)) with 1; [destruct n; simpl; ring|].
    rewrite (expect_ext _ _ C _ _ (fun _ => 1)); [now rewrite expect_const|]. intros z _ _. now destruct (length (false :: z) - right (false :: z))%nat.
  - rewrite (expect_ext _ _ C _ (fun z => choose (length (false :: z) - right (false :: z)) (S k)) (fun z => choose (length z - right z) k + choose (length z - right z) (S k))).
    + rewrite expect_plus, !IH. simpl choose. rewrite <- tech_pow_Rmult. ring.
    + intros z _ _. simpl length. simpl right. replace (S (length z) - right z)%nat with (S (length z - right z)) by (pose proof (right_le z); lia). easy.
Qed.

(* claim: pass-at-k-unbiased
   part: the expectation
   differs: the product form, which is about round-off, is not here *)
Theorem pass_at_k_unbiased (n k : nat) (p : R) : 0 <= p <= 1 -> (k <= n)%nat ->
  expect n faces (coin p) (fun z => 1 - choose (n - right z) k / choose n k) = 1 - (1 - p) ^ k.
Proof.
  intros Hp Hk. pose proof (coin_law p Hp) as C. pose proof (choose_pos n k Hk).
  rewrite (expect_ext _ _ C _ _ (fun z => 1 + - / choose n k * choose (length z - right z) k)).
  - rewrite expect_plus, expect_const, expect_scal, choose_wrong by assumption. field. lra.
  - intros z L _. rewrite L. field. lra.
Qed.

(* twin: pass-at-k-unbiased
   the plug-in estimate 1 - (1 - c/n)^k is too small: two fair draws, k = 2 *)
Theorem pass_at_k_twin : expect 2 faces (coin (1 / 2)) (fun z => 1 - (1 - INR (right z) / INR 2) ^ 2) < 1 - (1 - 1 / 2) ^ 2.
Proof. unfold expect, faces, sum, coin, right. simpl INR. lra. Qed.

(* The probability of at most s right draws of n. *)
Definition at_most (n s : nat) (p : R) : R := expect n faces (coin p) (fun z => if Nat.leb (right z) s then 1 else 0).

Lemma at_most_step n s p : 0 <= p <= 1 -> at_most (S n) s p = p * match s with O => 0 | S s' => at_most n s' p end + (1 - p) * at_most n s p.
Proof.
  intros Hp. unfold at_most. rewrite coin_expect. f_equal. f_equal. destruct s as [|s]; [|easy].
  rewrite (expect_ext _ _ (coin_law p Hp) _ _ (fun _ => 0)); [now rewrite expect_const by now apply coin_law|]. easy.
Qed.

Lemma at_most_range n s p : 0 <= p <= 1 -> (1 - p) ^ n <= at_most n s p <= 1.
Proof.
  intros Hp. revert s. induction n as [|n IH]; intros s; [unfold at_most; simpl; lra|]. rewrite at_most_step by assumption. simpl pow.
  pose proof (IH s). pose proof (pow_le (1 - p) n ltac:(lra)). destruct s as [|s]; [nra|]. pose proof (IH s). nra.
Qed.

Lemma at_most_more n s p : 0 <= p <= 1 -> at_most n s p <= at_most n (S s) p.
Proof.
  intros Hp. apply expect_le; [now apply coin_law|]. intros z _ _. destruct (Nat.leb_spec (right z) s), (Nat.leb_spec (right z) (S s)); try lra. lia.
Qed.

Lemma at_most_mono n p q : 0 <= p <= q -> q <= 1 -> forall s, at_most n s q <= at_most n s p.
Proof.
  intros Hp Hq. induction n as [|n IH]; intros s; [unfold at_most; simpl; lra|]. rewrite !at_most_step by lra. pose proof (IH s).
  destruct s as [|s]; [pose proof (at_most_range n 0 p ltac:(lra)); pose proof (pow_le (1 - p) n ltac:(lra)); nra|]. pose proof (IH s). pose proof (at_most_more n s p ltac:(lra)). nra.
Qed.

Lemma solved_at {B} N (mu p : B -> R) x : law [x] (fun _ => 1) -> 0 <= mu x -> mu x * le01 (N * solved mu p x) (mu x) = mu x * le01 (N * p x) 1.
Proof.
  intros _ m. unfold solved. destruct (Req_dec (mu x) 0) as [->|n]; [ring|]. f_equal. unfold le01.
  destruct (Rle_dec (N * (mu x * p x)) (mu x)) as [a|a], (Rle_dec (N * p x) 1) as [b|b]; auto; exfalso; nra.
Qed.

Lemma cov_solved {B} N (X : list B) (mu p : B -> R) : law X mu -> cov N X mu (solved mu p) = sum X (fun x => mu x * le01 (N * p x) 1).
Proof. intros [m _]. apply sum_ext; intros x _. apply solved_at; [split; [intros; lra|simpl; lra]|apply m]. Qed.

(* claim: answer-coverage-limits
   differs: finitely many prompts; the maximum and the minimum over s as bounds for every s *)
Theorem answer_coverage_limits {B} (n s : nat) (N : R) (X : list B) (mu p : B -> R) : law X mu -> rates p -> 1 < N ->
  let seen := sum X (fun x => mu x * at_most n s (p x)) in
  let b := at_most n s (1 / N) in
  cov N X mu (solved mu p) <= seen / b /\ (b < 1 -> (seen - b) / (1 - b) <= cov N X mu (solved mu p)).
Proof.
  intros HX Hp HN seen b. assert (i : 0 < 1 / N < 1) by (split; [apply div_pos; lra|apply (Rmult_lt_reg_r N); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra]).
  assert (b0 : 0 < b). { pose proof (at_most_range n s (1 / N) ltac:(lra)). pose proof (pow_lt (1 - 1 / N) n ltac:(lra)). unfold b. lra. }
  assert (K : forall x, le01 (N * p x) 1 = 1 /\ p x <= 1 / N \/ le01 (N * p x) 1 = 0 /\ 1 / N <= p x).
  { intros x. unfold le01. destruct Rle_dec as [C|C]; [left|right]; (split; [easy|]).
    - apply le_div; lra.
    - apply div_le; lra. }
  rewrite cov_solved by assumption. unfold seen. split.
  - apply le_div; [assumption|]. rewrite <- sum_scal_r. apply sum_le; intros x _. rewrite Rmult_assoc. apply Rmult_le_compat_l; [apply HX|].
    destruct (K x) as [[-> C]|[-> C]].
    + rewrite Rmult_1_l. apply at_most_mono; [split; [apply Hp|assumption]|lra].
    + pose proof (at_most_range n s (p x) (Hp x)). pose proof (pow_le (1 - p x) n ltac:(pose proof (Hp x); lra)). lra.
  - intros b1. apply div_le; [lra|]. rewrite <- sum_scal_r. apply Rle_trans with (sum X (fun x => mu x * at_most n s (p x) - mu x * b)).
    + rewrite sum_minus, sum_scal_r, (proj2 HX). lra.
    + apply sum_le; intros x _. rewrite Rmult_assoc, <- Rmult_minus_distr_l. apply Rmult_le_compat_l; [apply HX|]. destruct (K x) as [[-> C]|[-> C]].
      * pose proof (at_most_range n s (p x) (Hp x)). lra.
      * pose proof (at_most_mono n (1 / N) (p x) ltac:(lra) (proj2 (Hp x)) s). fold b in H. lra.
Qed.

(* twin: answer-coverage-limits
   P[c <= s] as an upper limit, without the division: one draw, s = 0, N = 2 *)
Theorem answer_coverage_limits_twin : exists mu p : unit -> R, law [tt] mu /\ rates p /\ sum [tt] (fun x => mu x * at_most 1 0 (p x)) < cov 2 [tt] mu (solved mu p).
Proof.
  exists (fun _ => 1), (fun _ => 1 / 2). split; [split; [intros; lra|simpl; lra]|]. split; [intros x; lra|].
  unfold at_most, cov, solved, expect, faces, sum, coin, right. simpl Nat.leb. rewrite le01_1 by lra. lra.
Qed.

(* claim: pass-is-functional-of-profile
   part: the integral; models whose profile is nowhere higher; KL and Cov_4 do not determine pass@8
   differs: finitely many prompts; the integral over u > 1 is written over s = 1/u *)
Theorem pass_is_functional : (forall {B} (n : nat) (X : list B) (mu p : B -> R), law X mu -> rates p -> (0 < n)%nat ->
    is_RInt (fun s => INR n * (1 - s) ^ (n - 1) * cov (1 / s) X mu (solved mu p)) 0 1 (fails n X mu p)) /\
  (forall {B} (n : nat) (X : list B) (mu p q : B -> R), law X mu -> rates p -> rates q -> (0 < n)%nat ->
    (forall N, 1 < N -> cov N X mu (solved mu p) <= cov N X mu (solved mu q)) -> fails n X mu p <= fails n X mu q) /\
  (exists mu p q : bool -> R, law faces mu /\ kl faces mu (solved mu p) = kl faces mu (solved mu q) /\
    cov 4 faces mu (solved mu p) = cov 4 faces mu (solved mu q) /\ fails 8 faces mu p < fails 8 faces mu q).
Proof.
  assert (I : forall {B} (n : nat) (X : list B) (mu p : B -> R), law X mu -> rates p -> (0 < n)%nat ->
    is_RInt (fun s => INR n * (1 - s) ^ (n - 1) * cov (1 / s) X mu (solved mu p)) 0 1 (fails n X mu p)).
  { intros B n X mu p HX Hp Hn. replace (fails n X mu p) with (sum X (fun x => mu x * (- (1 - 1) ^ n - - (1 - Rmin 1 (Rmax 0 (solved mu p x / mu x))) ^ n))).
    - apply (inverse_area 0 1 (fun s => - (1 - s) ^ n) (fun s => INR n * (1 - s) ^ (n - 1))); auto; [lra|]. intros s _. split.
      + auto_derive; [easy|]. rewrite Nat.sub_1_r. unfold Rminus. ring.
      + apply (ex_derive_continuous (fun s => INR n * (1 - s) ^ (n - 1))). auto_derive. easy.
    - unfold fails. apply sum_ext; intros x _. replace (1 - 1) with 0 by ring. rewrite pow_i by assumption. destruct (Req_dec (mu x) 0) as [->|m]; [ring|].
      replace (solved mu p x / mu x) with (p x) by (unfold solved; field; lra). destruct (Hp x). rewrite Rmax_right, Rmin_right by lra. ring. }
  split; [exact I|]. split.
  - intros B n X mu p q HX Hp Hq Hn H. apply (is_RInt_le _ _ 0 1 _ _ ltac:(lra) (I B n X mu p HX Hp Hn) (I B n X mu q HX Hq Hn)). intros s Hs.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply pos_INR|apply pow_le; lra]|]. apply H. apply (Rmult_lt_reg_r s); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
  - exists (coin (1 / 2)), (fun b : bool => if b then 1 / 2 else 1 / 8), (fun b : bool => if b then 1 else 1 / 16). split; [apply coin_law; lra|]. unfold kl, cov, fails, solved, faces, sum, coin. split; [|split].
    + replace (1 / 2 / (1 / 2 * (1 / 2))) with 2 by field. replace ((1 - 1 / 2) / ((1 - 1 / 2) * (1 / 8))) with (2 * (2 * 2)) by field.
      replace (1 / 2 / (1 / 2 * 1)) with 1 by field. replace ((1 - 1 / 2) / ((1 - 1 / 2) * (1 / 16))) with (2 * (2 * (2 * 2))) by field. rewrite !ln_mult, ln_1 by lra. lra.
    + decide_all; lra.
    + lra.
Qed.

(* twin: pass-is-functional-of-profile
   one draw more in the weight: a prompt that is never solved *)
Theorem pass_is_functional_twin : exists mu p : unit -> R, law [tt] mu /\ rates p /\
  ~ is_RInt (fun s => INR 2 * (1 - s) ^ 2 * cov (1 / s) [tt] mu (solved mu p)) 0 1 (fails 2 [tt] mu p).
Proof.
  exists (fun _ => 1), (fun _ => 0). split; [split; [intros; lra|simpl; lra]|]. split; [intros x; lra|]. intros H.
  assert (G : is_RInt (fun s => 2 * (1 - s) ^ 2) 0 1 (- (2 / 3) * (1 - 1) ^ 3 - - (2 / 3) * (1 - 0) ^ 3)).
  { apply (area 0 1 (fun s => - (2 / 3) * (1 - s) ^ 3)); [lra|]. intros s _. split; [auto_derive; [easy|simpl; field]|].
    apply (ex_derive_continuous (fun s => 2 * (1 - s) ^ 2)). auto_derive. easy. }
  apply (area_same _ (fun s => INR 2 * (1 - s) ^ 2 * cov (1 / s) [tt] (fun _ => 1) (solved (fun _ => 1) (fun _ => 0)))) in G; [|lra|].
  - pose proof (is_RInt_unique _ _ _ _ H). pose proof (is_RInt_unique _ _ _ _ G). rewrite H0 in H1. unfold fails, sum in H1. lra.
  - intros s _. unfold cov, solved, sum. rewrite le01_1 by lra. simpl INR. ring.
Qed.
