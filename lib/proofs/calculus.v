(* Inequalities between exponentials, logarithms and powers that several chapters use. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Coverage Require Import finite.
Open Scope R_scope.

Lemma increasing_from (f f' : R -> R) a b : a <= b -> (forall x, a <= x <= b -> is_derive f x (f' x)) ->
  (forall x, a <= x <= b -> 0 <= f' x) -> f a <= f b.
Proof.
  intros [H| ->] D N; [|lra]. destruct (MVT_cor2 f f' a b H) as (c & E & I).
  - intros c I. apply is_derive_Reals, D, I.
  - pose proof (N c). nra.
Qed.

Lemma sinh_above u : 0 <= u -> 2 * u <= exp u - exp (- u).
Proof.
  intros H. pose proof (increasing_from (fun x => exp x - exp (- x) - 2 * x) (fun x => exp x + exp (- x) - 2) 0 u H) as I.
  cbv beta in I. rewrite Ropp_0, exp_0 in I. enough (1 - 1 - 2 * 0 <= exp u - exp (- u) - 2 * u) by lra; apply I.
  - intros x _. auto_derive; [easy|ring].
  - intros x _. pose proof (exp_ineq1_le x). pose proof (exp_ineq1_le (- x)). lra.
Qed.

(* log t >= 2 (t - 1)/(t + 1) for t >= 1 *)
Lemma ln_above t : 1 <= t -> 2 * (t - 1) <= ln t * (t + 1).
Proof.
  intros H. pose proof (increasing_from (fun x => ln x * (x + 1) - 2 * (x - 1)) (fun x => / x * (x + 1) + ln x - 2) 1 t H) as I.
  cbv beta in I. rewrite ln_1 in I. enough (0 * (1 + 1) - 2 * (1 - 1) <= ln t * (t + 1) - 2 * (t - 1)) by lra. apply I.
  - intros x J. auto_derive; [lra|]. field. lra.
  - intros x J. pose proof (ln_le_sub (/ x) (Rinv_0_lt_compat x ltac:(lra))). rewrite ln_Rinv in H0 by lra.
    replace (/ x * (x + 1)) with (1 + / x) by (field; lra). lra.
Qed.

(* log(1/t) <= (1/t - t)/2 for t <= 1 *)
Lemma ln_below t : 0 < t <= 1 -> - ln t <= (/ t - t) / 2.
Proof.
  intros [H J]. pose proof (ln_le t 1 H J). rewrite ln_1 in H0. pose proof (sinh_above (- ln t)).
  rewrite Ropp_involutive, exp_ln in H1 by assumption. rewrite exp_Ropp, exp_ln in H1 by assumption. lra.
Qed.

(* x^s for x > 0, and 0 for x = 0: exponent s > 0. *)
Definition power (x s : R) : R := if Rlt_dec 0 x then exp (s * ln x) else 0.

Lemma power_nonneg x s : 0 <= power x s.
Proof. unfold power. destruct Rlt_dec; [left; apply exp_pos|lra]. Qed.

Lemma power_tangent x s : 0 <= x -> 0 <= s <= 1 -> power x s <= 1 - s + s * x.
Proof.
  intros H S. unfold power. destruct Rlt_dec; [|nra]. pose proof (exp_convex s (ln x) S). rewrite exp_ln in H0 by assumption. lra.
Qed.

Lemma power_mult x y s : 0 < y -> 0 <= x -> power (x * y) s = power x s * power y s.
Proof.
  intros Y [X| <-]; unfold power.
  - destruct (Rlt_dec 0 (x * y)), (Rlt_dec 0 x), (Rlt_dec 0 y); try lra; [|nra].
    rewrite ln_mult by lra. rewrite <- exp_plus. f_equal. ring.
  - rewrite Rmult_0_l. destruct (Rlt_dec 0 0); lra.
Qed.
