(* Finite laws. Responses are the elements of a list Y; a law gives each a number. Zeros are allowed everywhere,
   models may have mass below one, and "the ratio P/Q is at least N" is written N * Q y <= P y, which is true
   where Q y = 0: an infinite ratio needs no convention. Logarithms are natural. *)
From Coq Require Import Reals Lra List Psatz.
Import ListNotations.
Open Scope R_scope.

Fixpoint sum {A} (Y : list A) (f : A -> R) : R :=
  match Y with [] => 0 | y :: Y' => f y + sum Y' f end.

Definition law {A} (Y : list A) (P : A -> R) := (forall y, 0 <= P y) /\ sum Y P = 1.
Definition sublaw {A} (Y : list A) (Q : A -> R) := (forall y, 0 <= Q y) /\ sum Y Q <= 1.

(* One if a <= b, else zero; and the strict form. *)
Definition le01 (a b : R) : R := if Rle_dec a b then 1 else 0.
Definition lt01 (a b : R) : R := if Rlt_dec a b then 1 else 0.

(* Cov_N(P||Q) = P[P/Q >= N]; the strict tail P[P/Q > N]. *)
Definition cov {A} (N : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * le01 (N * Q y) (P y)).
Definition tail {A} (N : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * lt01 (N * Q y) (P y)).

(* Hockey-stick divergence, KL (for dominated pairs), squared Hellinger distance (unnormalised, at most 2). *)
Definition hockey {A} (c : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => Rmax 0 (P y - c * Q y)).
Definition dominated {A} (P Q : A -> R) := forall y, 0 < P y -> 0 < Q y.
Definition kl {A} (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * ln (P y / Q y)).
Definition hellinger {A} (Y : list A) (P Q : A -> R) : R := sum Y (fun y => (sqrt (P y) - sqrt (Q y)) ^ 2).

(* The mass of a set, given by its membership test. *)
Definition mass {A} (Y : list A) (P : A -> R) (S : A -> bool) : R := sum Y (fun y => if S y then P y else 0).

Section Sums.
Context {A : Type}.
Implicit Types (Y : list A) (f g : A -> R).

Lemma sum_le Y f g : (forall y, In y Y -> f y <= g y) -> sum Y f <= sum Y g.
Proof.
  induction Y as [|y Y IH]; simpl; intros H; [lra|].
  pose proof (H y (or_introl eq_refl)). assert (sum Y f <= sum Y g) by (apply IH; intros; apply H; now right). lra.
Qed.

Lemma sum_ext Y f g : (forall y, In y Y -> f y = g y) -> sum Y f = sum Y g.
Proof. intros H; apply Rle_antisym; apply sum_le; intros y I; rewrite (H y I); lra. Qed.

Lemma sum_plus Y f g : sum Y (fun y => f y + g y) = sum Y f + sum Y g.
Proof. induction Y; simpl; [ring|rewrite IHY; ring]. Qed.

Lemma sum_minus Y f g : sum Y (fun y => f y - g y) = sum Y f - sum Y g.
Proof. induction Y; simpl; [ring|rewrite IHY; ring]. Qed.

Lemma sum_scal Y f a : sum Y (fun y => a * f y) = a * sum Y f.
Proof. induction Y; simpl; [ring|rewrite IHY; ring]. Qed.

Lemma sum_scal_r Y f a : sum Y (fun y => f y * a) = sum Y f * a.
Proof. induction Y; simpl; [ring|rewrite IHY; ring]. Qed.

Lemma sum_const Y a : sum Y (fun _ => a) = INR (length Y) * a.
Proof. induction Y; [simpl; ring|]. change (length (a0 :: Y)) with (S (length Y)). rewrite S_INR. simpl. rewrite IHY. ring. Qed.

Lemma sum_nonneg Y f : (forall y, In y Y -> 0 <= f y) -> 0 <= sum Y f.
Proof. intros H. replace 0 with (sum Y (fun _ => 0)) by (rewrite sum_const; ring). now apply sum_le. Qed.

Lemma sum_app Y Z f : sum (Y ++ Z) f = sum Y f + sum Z f.
Proof. induction Y; simpl; [ring|rewrite IHY; ring]. Qed.

Lemma sum_member Y f y : (forall y, In y Y -> 0 <= f y) -> In y Y -> f y <= sum Y f.
Proof.
  induction Y as [|z Y IH]; simpl; intros H I; [easy|]. destruct I as [->|I].
  - assert (0 <= sum Y f) by (apply sum_nonneg; intros; apply H; now right). lra.
  - assert (f y <= sum Y f) by (apply IH; [intros; apply H; now right|easy]). pose proof (H z (or_introl eq_refl)). lra.
Qed.
End Sums.

Lemma sum_swap {A B} (Y : list A) (X : list B) (f : A -> B -> R) :
  sum Y (fun y => sum X (f y)) = sum X (fun x => sum Y (fun y => f y x)).
Proof.
  induction Y as [|y Y IH]; simpl.
  - rewrite sum_const; ring.
  - rewrite IH, <- sum_plus. reflexivity.
Qed.

Lemma sum_map {A B} (h : A -> B) (Y : list A) (f : B -> R) : sum (map h Y) f = sum Y (fun y => f (h y)).
Proof. induction Y; simpl; [easy|now rewrite IHY]. Qed.

Lemma le01_bounds a b : 0 <= le01 a b <= 1. Proof. unfold le01; destruct Rle_dec; lra. Qed.
Lemma lt01_bounds a b : 0 <= lt01 a b <= 1. Proof. unfold lt01; destruct Rlt_dec; lra. Qed.
Lemma le01_1 a b : a <= b -> le01 a b = 1. Proof. unfold le01; destruct Rle_dec; lra. Qed.
Lemma le01_0 a b : b < a -> le01 a b = 0. Proof. unfold le01; destruct Rle_dec; lra. Qed.
Lemma lt01_le01 a b : lt01 a b <= le01 a b.
Proof. unfold lt01, le01; destruct Rlt_dec, Rle_dec; lra. Qed.

Lemma cov_nonneg {A} N (Y : list A) P Q : (forall y, 0 <= P y) -> 0 <= cov N Y P Q.
Proof. intros H. apply sum_nonneg; intros y _. pose proof (le01_bounds (N * Q y) (P y)). pose proof (H y). nra. Qed.

Lemma cov_le_1 {A} N (Y : list A) P Q : law Y P -> cov N Y P Q <= 1.
Proof.
  intros [H <-]. apply sum_le; intros y _. pose proof (le01_bounds (N * Q y) (P y)). pose proof (H y). nra.
Qed.

(* Monotone in the event: the tool for every comparison of coverages. *)
Lemma cov_le {A B} N M (Y : list A) P Q (Z : list B) P' Q' :
  Y = Y -> forall (h : A -> B), Z = map h Y -> (forall y, In y Y -> P' (h y) = P y) -> (forall y, 0 <= P y) ->
  (forall y, In y Y -> 0 < P y -> N * Q y <= P y -> M * Q' (h y) <= P y) -> cov N Y P Q <= cov M Z P' Q'.
Proof.
  intros _ h -> E H I. unfold cov. rewrite sum_map. apply sum_le; intros y J. rewrite (E y J).
  destruct (Req_dec (P y) 0) as [->|n]; [lra|]. assert (0 < P y) by (pose proof (H y); lra).
  unfold le01 at 1; destruct Rle_dec as [C|C].
  - rewrite (le01_1 _ _ (I y J H0 C)). lra.
  - pose proof (le01_bounds (M * Q' (h y)) (P y)). nra.
Qed.

Lemma cov_mono {A} N M (Y : list A) P Q Q' : (forall y, 0 <= P y) ->
  (forall y, In y Y -> 0 < P y -> N * Q y <= P y -> M * Q' y <= P y) -> cov N Y P Q <= cov M Y P Q'.
Proof. intros H I. apply (cov_le N M Y P Q Y P Q' eq_refl (fun y => y)); auto. now rewrite map_id. Qed.

(* The two inequalities from which everything with a logarithm follows. *)
Lemma ln_le_sub x : 0 < x -> ln x <= x - 1.
Proof. intros H. pose proof (exp_ineq1_le (ln x)) as E. rewrite exp_ln in E; lra. Qed.

Lemma exp_convex s b : 0 <= s <= 1 -> exp (s * b) <= 1 - s + s * exp b.
Proof.
  intros H. assert (E : forall x, exp (s * b) * (1 + (x - s * b)) <= exp x).
  { intros x. replace (exp x) with (exp (s * b) * exp (x - s * b)) by (rewrite <- exp_plus; f_equal; ring).
    apply Rmult_le_compat_l; [left; apply exp_pos|apply exp_ineq1_le]. }
  pose proof (E b). pose proof (E 0). rewrite exp_0 in *. nra.
Qed.

(* Bernoulli, for whole exponents and for real ones. *)
Lemma bernoulli q n : 0 <= q <= 1 -> 1 - INR n * q <= (1 - q) ^ n.
Proof.
  intros [a b]. induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. simpl.
  assert (0 <= (1 - q) ^ n) by (apply pow_le; lra).
  assert (P1 : (1 - q) ^ n <= 1 ^ n) by (apply pow_incr; lra). rewrite pow1 in P1.
  assert (q * (1 - q) ^ n <= q * 1) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma exp_le a b : a <= b -> exp a <= exp b.
Proof. intros [H| ->]; [left; now apply exp_increasing|lra]. Qed.

Lemma exp_ge_1 x : 0 <= x -> 1 <= exp x.
Proof. intros H. rewrite <- exp_0. now apply exp_le. Qed.

Lemma ln_le a b : 0 < a -> a <= b -> ln a <= ln b.
Proof. intros H [I| ->]; [left; now apply ln_increasing|lra]. Qed.

Lemma pow_exp x n : 0 <= x -> x <= exp (x - 1) -> x ^ n <= exp (INR n * (x - 1)).
Proof.
  intros H E. induction n as [|n IH]; [simpl; rewrite Rmult_0_l, exp_0; lra|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus. simpl.
  replace (exp _ * exp _) with (exp (x - 1) * exp (INR n * (x - 1))) by ring.
  apply Rmult_le_compat; auto. now apply pow_le.
Qed.

Lemma div_le a b c : 0 < c -> a <= b * c -> a / c <= b.
Proof. intros H I. apply (Rmult_le_reg_r c); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. Qed.

Lemma le_div a b c : 0 < c -> a * c <= b -> a <= b / c.
Proof. intros H I. apply (Rmult_le_reg_r c); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. Qed.

Lemma div_pos a b : 0 < a -> 0 < b -> 0 < a / b.
Proof. intros; now apply Rdiv_lt_0_compat. Qed.

(* Cauchy and Schwarz. *)
Lemma cauchy_schwarz {A} (Y : list A) (f g : A -> R) : sum Y (fun y => f y * g y) ^ 2 <= sum Y (fun y => f y ^ 2) * sum Y (fun y => g y ^ 2).
Proof.
  set (a := sum Y (fun y => f y ^ 2)). set (b := sum Y (fun y => f y * g y)). set (c := sum Y (fun y => g y ^ 2)).
  assert (K : forall t, 0 <= a * t ^ 2 - 2 * b * t + c).
  { intros t. replace (a * t ^ 2 - 2 * b * t + c) with (sum Y (fun y => (f y * t - g y) ^ 2)); [apply sum_nonneg; intros; apply pow2_ge_0|].
    rewrite (sum_ext _ _ (fun y => f y ^ 2 * t ^ 2 - f y * g y * (2 * t) + g y ^ 2)) by (intros; ring). rewrite sum_plus, sum_minus, !sum_scal_r. fold a b c. ring. }
  assert (a0 : 0 <= a) by (apply sum_nonneg; intros; apply pow2_ge_0). destruct a0 as [a0|a0].
  - specialize (K (b / a)). replace (a * (b / a) ^ 2 - 2 * b * (b / a) + c) with (c - b ^ 2 / a) in K by (field; lra).
    apply (Rmult_le_compat_l a) in K; [|lra]. replace (a * (c - b ^ 2 / a)) with (a * c - b ^ 2) in K by (field; lra). lra.
  - rewrite <- a0 in K. destruct (Req_dec b 0) as [->|n]; [rewrite <- a0; lra|]. specialize (K ((c + 1) / (2 * b))). replace (0 * ((c + 1) / (2 * b)) ^ 2 - 2 * b * ((c + 1) / (2 * b)) + c) with (- (1)) in K by (field; lra). lra.
Qed.

(* Decide the comparisons of an instance one after the other. *)
Ltac decide_all := unfold le01, lt01, Rmax, Rmin; repeat match goal with
  | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b); try (exfalso; lra)
  | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b); try (exfalso; lra)
  end.
