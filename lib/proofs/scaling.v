(* Notebook 21: how pass@k grows with k, from the profile and back; the log loss as a harmonic sum of failures. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Coverage Require Import finite calculus divergences profile pass_at_k.
Import ListNotations.
Open Scope R_scope.

(* M_k(b, v) = k int_0^v (1 - u)^(k - 1) u^b du *)
Definition part_below (k : nat) (b v : R) : R := RInt (fun u => INR k * (1 - u) ^ (k - 1) * power u b) 0 v.

Lemma pow_unit x n : 0 <= x <= 1 -> 0 <= x ^ n <= 1.
Proof. intros H. split; [now apply pow_le|]. pose proof (pow_incr x 1 n H) as I. now rewrite pow1 in I. Qed.

Lemma power_continuous b x : 0 < b -> 0 <= x -> continuous (fun u => power u b) x.
Proof.
  intros Hb [H| <-].
  - apply (continuous_ext_loc _ (fun u => exp (b * ln u))).
    + exists (mkposreal x H). intros u Hu. unfold power. destruct Rlt_dec as [|C]; [easy|exfalso]. apply C. unfold ball in Hu. simpl in Hu. unfold AbsRing_ball, abs, minus, plus, opp in Hu. simpl in Hu.
      apply Rabs_def2 in Hu. lra.
    + apply (ex_derive_continuous (fun u => exp (b * ln u))). auto_derive. assumption.
  - apply continuity_pt_filterlim. intros e He. exists (exp (ln e / b)). split; [apply exp_pos|]. intros u [_ Hu]. simpl in *. unfold R_dist in *. rewrite Rminus_0_r in Hu.
    assert (Z : power 0 b = 0) by (unfold power; destruct Rlt_dec; lra). rewrite Z, Rminus_0_r, Rabs_pos_eq by apply power_nonneg. unfold power. destruct Rlt_dec as [p|]; [|lra].
    rewrite <- (exp_ln e) by lra. apply exp_increasing. rewrite Rabs_pos_eq in Hu by lra. apply (Rmult_lt_reg_r (/ b)); [now apply Rinv_0_lt_compat|].
    replace (b * ln u * / b) with (ln u) by (field; lra). rewrite <- (ln_exp (ln e * / b)). apply ln_increasing; assumption.
Qed.

Lemma kernel_area k a b : (0 < k)%nat -> a <= b -> is_RInt (fun s => INR k * (1 - s) ^ (k - 1)) a b ((1 - a) ^ k - (1 - b) ^ k).
Proof.
  intros Hk H. replace ((1 - a) ^ k - (1 - b) ^ k) with (- (1 - b) ^ k - - (1 - a) ^ k) by ring. apply (area a b (fun s => - (1 - s) ^ k)); [assumption|]. intros s _. split.
  - auto_derive; [easy|]. rewrite Nat.sub_1_r. unfold Rminus. ring.
  - apply (ex_derive_continuous (fun s => INR k * (1 - s) ^ (k - 1))). auto_derive. easy.
Qed.

Lemma below_exists k b v : 0 < b -> 0 <= v -> ex_RInt (fun u => INR k * (1 - u) ^ (k - 1) * power u b) 0 v.
Proof.
  intros Hb Hv. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros u. rewrite Rmin_left, Rmax_right by assumption. intros I.
  apply (continuous_mult (fun u => INR k * (1 - u) ^ (k - 1)) (fun u => power u b)); [|apply power_continuous; lra].
  apply (ex_derive_continuous (fun s => INR k * (1 - s) ^ (k - 1))). auto_derive. easy.
Qed.

Lemma kernel_nonneg k s : s <= 1 -> 0 <= INR k * (1 - s) ^ (k - 1).
Proof. intros. apply Rmult_le_pos; [apply pos_INR|apply pow_le; lra]. Qed.

Lemma part_below_range k b v : (0 < k)%nat -> 0 < b -> 0 <= v <= 1 -> 0 <= part_below k b v <= 1 - (1 - v) ^ k.
Proof.
  intros Hk Hb Hv. pose proof (RInt_correct _ _ _ (below_exists k b v Hb (proj1 Hv))) as I. fold (part_below k b v) in I. split.
  - apply (is_RInt_le _ _ 0 v _ _ (proj1 Hv) (area_zero (fun _ => 0) 0 v (proj1 Hv) ltac:(easy)) I). intros u Hu. apply Rmult_le_pos; [apply kernel_nonneg; lra|apply power_nonneg].
  - pose proof (kernel_area k 0 v Hk (proj1 Hv)) as J. replace (1 - 0) with 1 in J by ring. rewrite pow1 in J. apply (is_RInt_le _ _ 0 v _ _ (proj1 Hv) I J).
    intros u Hu. pose proof (kernel_nonneg k u ltac:(lra)). assert (power u b <= 1); [|nra]. unfold power. destruct Rlt_dec; [|lra]. rewrite <- exp_0. apply exp_le.
    assert (ln u <= ln 1) by (apply ln_le; lra). rewrite ln_1 in H0. nra.
Qed.

Lemma part_below_one k v : (0 < k)%nat -> 0 <= v -> part_below k 1 v = (1 - (1 - v) ^ S k) / (INR k + 1) - v * (1 - v) ^ k.
Proof.
  intros Hk Hv. assert (k0 : 0 < INR k) by now apply lt_0_INR. apply is_RInt_unique. apply (area_same (fun u => INR k * (1 - u) ^ (k - 1) * u)); [assumption| |].
  - intros u Hu. f_equal. unfold power. destruct Rlt_dec; [now rewrite Rmult_1_l, exp_ln|lra].
  - replace ((1 - (1 - v) ^ S k) / (INR k + 1) - v * (1 - v) ^ k) with ((- v * (1 - v) ^ k - (1 - v) ^ k * (1 - v) / (INR k + 1)) - (- 0 * (1 - 0) ^ k - (1 - 0) ^ k * (1 - 0) / (INR k + 1))).
    + apply (area 0 v (fun u => - u * (1 - u) ^ k - (1 - u) ^ k * (1 - u) / (INR k + 1))); [assumption|]. intros u _. split.
      * auto_derive; [lra|]. rewrite Nat.sub_1_r. unfold Rminus. assert (E : (1 + - u) ^ k = (1 + - u) ^ Init.Nat.pred k * (1 + - u)) by (destruct k; [lia|simpl; ring]). rewrite E. field. lra.
      * apply (ex_derive_continuous (fun u => INR k * (1 - u) ^ (k - 1) * u)). auto_derive. easy.
    + replace (1 - 0) with 1 by ring. rewrite pow1. simpl pow. field. lra.
Qed.

(* fail@k as an area, in two parts. *)
Lemma fails_split {B} k v (X : list B) mu p : law X mu -> rates p -> (0 < k)%nat -> 0 <= v <= 1 ->
  exists a b, is_RInt (fun s => INR k * (1 - s) ^ (k - 1) * cov (1 / s) X mu (solved mu p)) 0 v a /\
    is_RInt (fun s => INR k * (1 - s) ^ (k - 1) * cov (1 / s) X mu (solved mu p)) v 1 b /\ fails k X mu p = a + b.
Proof.
  intros HX Hp Hk Hv. pose proof (proj1 pass_is_functional B k X mu p HX Hp Hk) as I. set (f := fun s => INR k * (1 - s) ^ (k - 1) * cov (1 / s) X mu (solved mu p)) in *.
  assert (E : ex_RInt f 0 1) by (eexists; exact I). pose proof (ex_RInt_Chasles_1 f 0 v 1 Hv E) as E1. pose proof (ex_RInt_Chasles_2 f 0 v 1 Hv E) as E2.
  exists (RInt f 0 v), (RInt f v 1). pose proof (RInt_correct _ _ _ E1) as I1. pose proof (RInt_correct _ _ _ E2) as I2. split; [exact I1|]. split; [exact I2|].
  pose proof (area_join _ _ _ _ _ _ I1 I2) as J. rewrite <- (is_RInt_unique _ _ _ _ I). now apply is_RInt_unique.
Qed.

Lemma inverse_inverse s : 0 < s -> 1 / (1 / s) = s. Proof. intros. field. lra. Qed.
Lemma inverse_le v s : 0 < s <= v -> 1 / v <= 1 / s.
Proof. intros H. unfold Rdiv. rewrite !Rmult_1_l. apply Rinv_le_contravar; lra. Qed.

(* claim: coverage-scaling-law
   part: the upper bound at finite k, for every v <= u0 (the claim takes the best)
   differs: finitely many prompts, whole k; that it is attained, and the equivalence of the two power laws, are not here *)
Theorem scaling_upper {B} (k : nat) (b c v u0 : R) (X : list B) (mu p : B -> R) : law X mu -> rates p -> (0 < k)%nat -> 0 < b -> 0 < v <= u0 -> u0 <= 1 ->
  (forall N, 1 / u0 <= N -> cov N X mu (solved mu p) <= c * power (1 / N) b) ->
  fails k X mu p <= c * part_below k b v + (1 - v) ^ k.
Proof.
  intros HX Hp Hk Hb Hv Hu H. destruct (fails_split k v X mu p HX Hp Hk ltac:(lra)) as (x & y & I & J & ->). apply Rplus_le_compat.
  - pose proof (area_scal _ _ _ _ c (RInt_correct _ _ _ (below_exists k b v Hb ltac:(lra)))) as L. fold (part_below k b v) in L.
    apply (is_RInt_le _ _ 0 v _ _ ltac:(lra) I L). intros s Hs. pose proof (H (1 / s) (inverse_le u0 s ltac:(lra))) as C. rewrite inverse_inverse in C by lra.
    pose proof (kernel_nonneg k s ltac:(lra)). replace (c * (INR k * (1 - s) ^ (k - 1) * power s b)) with (INR k * (1 - s) ^ (k - 1) * (c * power s b)) by ring. now apply Rmult_le_compat_l.
  - pose proof (kernel_area k v 1 Hk ltac:(lra)) as L. replace ((1 - v) ^ k - (1 - 1) ^ k) with ((1 - v) ^ k) in L by (replace (1 - 1) with 0 by ring; rewrite pow_i by assumption; ring).
    apply (is_RInt_le _ _ v 1 _ _ ltac:(lra) J L). intros s Hs. pose proof (kernel_nonneg k s ltac:(lra)). pose proof (cov_le_1 (1 / s) X mu (solved mu p) HX). nra.
Qed.

(* claim: coverage-scaling-law
   part: the lower bound at finite k, for a profile that is at least c N^-b as long as w N <= 1; the claim is w = 0
   differs: finitely many prompts, whole k: with w = 0 and c > 0 some prompt must have p = 0; that it is attained is not here *)
Theorem scaling_lower {B} (k : nat) (b c w u0 : R) (X : list B) (mu p : B -> R) : law X mu -> rates p -> (0 < k)%nat -> 0 < b -> 0 <= w <= u0 -> 0 < u0 <= 1 ->
  (forall N, 1 / u0 <= N -> w * N <= 1 -> c * power (1 / N) b <= cov N X mu (solved mu p)) ->
  c * (part_below k b u0 - part_below k b w) + c * power u0 b * (1 - u0) ^ k <= fails k X mu p.
Proof.
  intros HX Hp Hk Hb Hw Hu H. destruct (fails_split k u0 X mu p HX Hp Hk ltac:(lra)) as (x & y & I & J & ->). apply Rplus_le_compat.
  - set (f := fun s => INR k * (1 - s) ^ (k - 1) * cov (1 / s) X mu (solved mu p)) in I. set (g := fun u => INR k * (1 - u) ^ (k - 1) * power u b).
    assert (cut : forall (h : R -> R) (z : R), is_RInt h 0 u0 z -> exists a d : R, is_RInt h 0 w a /\ is_RInt h w u0 d /\ z = a + d).
    { intros h z Z. assert (E : ex_RInt h 0 u0) by (eexists; exact Z). pose proof (RInt_correct _ _ _ (ex_RInt_Chasles_1 h 0 w u0 Hw E)) as I1. pose proof (RInt_correct _ _ _ (ex_RInt_Chasles_2 h 0 w u0 Hw E)) as I2.
      exists (RInt h 0 w), (RInt h w u0). split; [exact I1|]. split; [exact I2|]. rewrite <- (is_RInt_unique _ _ _ _ Z). apply is_RInt_unique. exact (area_join _ _ _ _ _ _ I1 I2). }
    destruct (cut f x I) as (x1 & x2 & I1 & I2 & ->). destruct (cut g _ (RInt_correct _ _ _ (below_exists k b u0 Hb ltac:(lra)))) as (g1 & g2 & G1 & G2 & E). fold (part_below k b u0) in E.
    assert (E1 : part_below k b w = g1) by (apply is_RInt_unique; exact G1). rewrite E, E1. replace (g1 + g2 - g1) with g2 by ring.
    assert (0 <= x1).
    { apply (is_RInt_le _ _ 0 w _ _ (proj1 Hw) (area_zero (fun _ => 0) 0 w (proj1 Hw) ltac:(easy)) I1). intros s Hs. apply Rmult_le_pos; [apply kernel_nonneg; lra|apply cov_nonneg; apply HX]. }
    enough (c * g2 <= x2) by lra. pose proof (area_scal _ _ _ _ c G2) as L.
    apply (is_RInt_le _ _ w u0 _ _ (proj2 Hw) L I2). intros s Hs. assert (S : w * (1 / s) <= 1) by (replace (w * (1 / s)) with (w / s) by (field; lra); apply div_le; lra).
    pose proof (H (1 / s) (inverse_le u0 s ltac:(lra)) S) as C. rewrite inverse_inverse in C by lra. unfold f, g.
    pose proof (kernel_nonneg k s ltac:(lra)). replace (c * (INR k * (1 - s) ^ (k - 1) * power s b)) with (INR k * (1 - s) ^ (k - 1) * (c * power s b)) by ring. now apply Rmult_le_compat_l.
  - pose proof (area_scal _ _ _ _ (c * power u0 b) (kernel_area k u0 1 Hk ltac:(lra))) as L. replace ((1 - u0) ^ k - (1 - 1) ^ k) with ((1 - u0) ^ k) in L by (replace (1 - 1) with 0 by ring; rewrite pow_i by assumption; ring).
    apply (is_RInt_le _ _ u0 1 _ _ ltac:(lra) L J). intros s Hs. pose proof (kernel_nonneg k s ltac:(lra)).
    assert (S : w * (1 / u0) <= 1) by (replace (w * (1 / u0)) with (w / u0) by (field; lra); apply div_le; lra). pose proof (H (1 / u0) (Rle_refl _) S) as C. rewrite inverse_inverse in C by lra. rewrite Rmult_comm. apply Rmult_le_compat_l; [assumption|]. eapply Rle_trans; [exact C|].
    apply cov_mono; [apply HX|]. intros z _ m D. eapply Rle_trans; [|exact D]. apply Rmult_le_compat_r; [apply Rmult_le_pos; [lra|apply Hp]|]. apply inverse_le; lra.
Qed.

(* claim: coverage-scaling-law
   part: the profile from pass@k and pass@j
   differs: finitely many prompts, whole k and j; that the ends are attained is not here *)
Theorem scaling_converse {B} (j k : nat) (N : R) (X : list B) (mu p : B -> R) : law X mu -> rates p -> (j < k)%nat -> 1 < N ->
  let a := (1 - 1 / N) ^ (k - j) in
  (fails k X mu p - a * fails j X mu p) / (1 - a) <= cov N X mu (solved mu p) <= fails k X mu p / (1 - 1 / N) ^ k.
Proof.
  intros HX Hp Hk HN a. assert (i : 0 < 1 / N < 1) by (split; [apply div_pos; lra|apply (Rmult_lt_reg_r N); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra]).
  assert (A : 0 < a < 1).
  { unfold a. split; [apply pow_lt; lra|]. apply pow_lt_1_compat; [lra|lia]. }
  rewrite cov_solved by assumption. unfold fails. split.
  - apply div_le; [lra|]. rewrite <- sum_scal, <- sum_minus, <- sum_scal_r. apply sum_le; intros x _. replace (mu x * (1 - p x) ^ k - a * (mu x * (1 - p x) ^ j)) with (mu x * ((1 - p x) ^ k - a * (1 - p x) ^ j)) by ring.
    rewrite Rmult_assoc. apply Rmult_le_compat_l; [apply HX|]. destruct (Hp x). replace ((1 - p x) ^ k) with ((1 - p x) ^ j * (1 - p x) ^ (k - j)) by (rewrite <- pow_add; f_equal; lia).
    assert (G : 0 <= (1 - p x) ^ j <= 1) by (apply pow_unit; lra). unfold le01. destruct Rle_dec as [C|C].
    + pose proof (pow_unit (1 - p x) (k - j) ltac:(lra)). nra.
    + assert ((1 - p x) ^ (k - j) <= a). { unfold a. apply pow_incr. split; [lra|]. enough (1 / N <= p x) by lra. apply div_le; lra. } nra.
  - apply le_div; [apply pow_lt; lra|]. rewrite <- sum_scal_r. apply sum_le; intros x _. rewrite Rmult_assoc. apply Rmult_le_compat_l; [apply HX|]. destruct (Hp x). unfold le01. destruct Rle_dec as [C|C].
    + rewrite Rmult_1_l. apply pow_incr. split; [lra|]. enough (p x <= 1 / N) by lra. apply le_div; lra.
    + rewrite Rmult_0_l. apply pow_le. lra.
Qed.

Definition alone (x : unit) : R := 1.
Lemma alone_law : law [tt] alone. Proof. split; [intros; unfold alone; lra|unfold alone, sum; lra]. Qed.

(* twin: coverage-scaling-law of scaling_upper
   without (1 - v)^k: one prompt at p = 1/2, v = 1/4 *)
Theorem scaling_upper_twin : exists mu p : unit -> R, law [tt] mu /\ rates p /\ (forall N, 1 / (1 / 4) <= N -> cov N [tt] mu (solved mu p) <= 1 * power (1 / N) 1) /\
  1 * part_below 1 1 (1 / 4) < fails 1 [tt] mu p.
Proof.
  exists alone, (fun _ => 1 / 2). split; [apply alone_law|]. split; [intros x; lra|]. split.
  - intros N HN. unfold cov, solved, alone, sum. rewrite le01_0 by lra. pose proof (power_nonneg (1 / N) 1). lra.
  - pose proof (part_below_range 1 1 (1 / 4) ltac:(lia) ltac:(lra) ltac:(lra)). unfold fails, alone, sum. simpl pow in *. lra.
Qed.

(* twin: coverage-scaling-law of scaling_lower
   twice the last term: half of the prompts at p = 1/4, half certain, N from 2 to 4 *)
Theorem scaling_lower_twin : exists mu p : bool -> R, law faces mu /\ rates p /\ (forall N, 1 / (1 / 2) <= N -> 1 / 4 * N <= 1 -> 1 * power (1 / N) 1 <= cov N faces mu (solved mu p)) /\
  fails 1 faces mu p < 1 * (part_below 1 1 (1 / 2) - part_below 1 1 (1 / 4)) + 2 * (1 * power (1 / 2) 1 * (1 - 1 / 2) ^ 1).
Proof.
  exists (coin (1 / 2)), (fun b : bool => if b then 1 / 4 else 1). split; [apply coin_law; lra|]. split; [intros []; lra|].
  assert (E : forall x, 0 < x -> power x 1 = x) by (intros x H; unfold power; destruct Rlt_dec; [rewrite Rmult_1_l, exp_ln; lra|lra]). split.
  - intros N HN HN4. assert (n0 : 0 < 1 / N) by (apply div_pos; lra). rewrite E by assumption. assert (1 / N <= 1 / 2) by (apply inverse_le; lra).
    unfold cov, solved, faces, sum, coin. rewrite le01_1 by lra. pose proof (le01_bounds (N * ((1 - 1 / 2) * 1)) (1 - 1 / 2)). lra.
  - rewrite !part_below_one by (lia || lra). rewrite E by lra. unfold fails, faces, sum, coin. simpl INR. simpl pow. lra.
Qed.

(* twin: coverage-scaling-law of scaling_converse
   with 1 - 1/N to the power k - 1: one prompt at p = 1/2 = 1/N *)
Theorem scaling_converse_twin : exists mu p : unit -> R, law [tt] mu /\ rates p /\ fails 2 [tt] mu p / (1 - 1 / 2) ^ 1 < cov 2 [tt] mu (solved mu p).
Proof.
  exists alone, (fun _ => 1 / 2). split; [apply alone_law|]. split; [intros x; lra|]. unfold fails, cov, solved, alone, sum. rewrite le01_1 by lra. lra.
Qed.

(* sum over k = 1..K of (1 - p)^k / k, and of 1/k *)
Definition first_terms (K : nat) (p : R) : R := sum (seq 1 K) (fun k => (1 - p) ^ k / INR k).
Definition harmonic (K : nat) : R := sum (seq 1 K) (fun k => 1 / INR k).

Lemma seq_last K (f : nat -> R) : sum (seq 1 (S K)) f = sum (seq 1 K) f + f (S K).
Proof. rewrite seq_S, sum_app. simpl. ring. Qed.

Lemma term_derive n p : (0 < n)%nat -> is_derive (fun q => (1 - q) ^ n / INR n) p (- (1 - p) ^ (n - 1)).
Proof. intros H. apply lt_0_INR in H as H'. auto_derive; [easy|]. rewrite Nat.sub_1_r. unfold Rminus. field. lra. Qed.

Lemma first_terms_derive K p : 0 < p -> is_derive (first_terms K) p (- (1 - (1 - p) ^ K) / p).
Proof.
  intros Hp. induction K as [|K IH].
  - apply (is_derive_ext (fun _ => 0)); [easy|]. replace (- (1 - (1 - p) ^ 0) / p) with 0 by (simpl; field; lra). apply (is_derive_const 0).
  - apply (is_derive_ext (fun q => first_terms K q + (1 - q) ^ S K / INR (S K))); [intros q; unfold first_terms; now rewrite seq_last|].
    replace (- (1 - (1 - p) ^ S K) / p) with (- (1 - (1 - p) ^ K) / p + - (1 - p) ^ K) by (simpl; field; lra).
    apply (is_derive_plus (first_terms K) (fun q => (1 - q) ^ S K / INR (S K))); [exact IH|].
    pose proof (term_derive (S K) p ltac:(lia)) as T. simpl Nat.sub in T. now rewrite Nat.sub_0_r in T.
Qed.

Lemma ln_derive p : 0 < p -> is_derive (fun p => - ln p) p (- (1 / p)).
Proof. intros. auto_derive; [assumption|field; lra]. Qed.

(* log(1/p) less its first K terms. *)
Lemma rest_range K p : 0 < p <= 1 -> 0 <= - ln p - first_terms K p <= (1 - p) ^ S K / (INR (S K) * p).
Proof.
  intros Hp. assert (F1 : first_terms K 1 = 0). { unfold first_terms. rewrite <- (Rmult_0_r (INR (length (seq 1 K)))), <- sum_const. apply sum_ext. intros k I. apply in_seq in I. replace (1 - 1) with 0 by ring. rewrite pow_i by lia. unfold Rdiv. ring. }
  assert (D : forall x, 0 < x -> is_derive (fun p => first_terms K p - - ln p) x ((1 - x) ^ K / x)).
  { intros x Hx. replace ((1 - x) ^ K / x) with (- (1 - (1 - x) ^ K) / x - - (1 / x)) by (field; lra).
    apply (is_derive_minus (first_terms K) (fun p => - ln p)); [now apply first_terms_derive|now apply ln_derive]. }
  split.
  - pose proof (increasing_from (fun p => first_terms K p - - ln p) (fun x => (1 - x) ^ K / x) p 1 (proj2 Hp)) as I. cbv beta in I. rewrite F1, ln_1 in I.
    enough (first_terms K p - - ln p <= 0 - - 0) by lra. apply I; [intros x Hx; apply D; lra|]. intros x Hx. apply Rmult_le_pos; [apply pow_le; lra|left; apply Rinv_0_lt_compat; lra].
  - set (g := fun p => - ((1 - p) ^ S K / (INR (S K) * p)) - (first_terms K p - - ln p)).
    assert (k : 0 < INR (S K)) by (apply lt_0_INR; lia). set (m := INR (S K)) in *. assert (I : g p <= g 1).
    { apply (increasing_from g (fun x => (1 - x) ^ S K / (m * x ^ 2)) p 1 (proj2 Hp)).
      - intros x Hx. replace ((1 - x) ^ S K / (m * x ^ 2)) with ((- (- (1 - x) ^ K) * / x + - ((1 - x) ^ S K / m) * - (1 / x ^ 2)) - (1 - x) ^ K / x) by (field; lra).
        apply (is_derive_minus (fun p => - ((1 - p) ^ S K / (m * p)))); [|apply D; lra].
        apply (is_derive_ext_loc (fun p => - ((1 - p) ^ S K / m) * / p)); [exists (mkposreal x ltac:(lra)); intros q Hq; assert (0 < q) by (unfold ball in Hq; simpl in Hq; unfold AbsRing_ball, abs, minus, plus, opp in Hq; simpl in Hq; apply Rabs_def2 in Hq; lra); match goal with |- ?l = ?r => change (@eq R l r) end; field; lra|].
        apply (is_derive_mult (fun p => - ((1 - p) ^ S K / m)) (fun p => / p) x (- (- (1 - x) ^ K)) (- (1 / x ^ 2))); [|auto_derive; [lra|field; lra]|intros; apply Rmult_comm].
        apply (is_derive_opp (fun p => (1 - p) ^ S K / m)). pose proof (term_derive (S K) x ltac:(lia)) as T. simpl Nat.sub in T. now rewrite Nat.sub_0_r in T.
      - intros x Hx. apply Rmult_le_pos; [apply pow_le; lra|left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; [lra|apply pow_lt; lra]]. }
    unfold g in I. rewrite F1, ln_1 in I. replace ((1 - 1) ^ S K) with 0 in I by (replace (1 - 1) with 0 by ring; now rewrite pow_i by lia). unfold Rdiv in I at 2. rewrite Rmult_0_l in I. lra.
Qed.

Lemma harmonic_log K : (0 < K)%nat -> harmonic K <= 1 + ln (INR K).
Proof.
  destruct K as [|K]; [lia|]. intros _. induction K as [|K IH]; [unfold harmonic; simpl; rewrite ln_1; lra|]. unfold harmonic in *. rewrite seq_last.
  pose proof (pos_INR K). set (m := INR (S K)) in *. assert (m1 : 1 <= m) by (unfold m; rewrite S_INR; lra). rewrite (S_INR (S K)). fold m.
  pose proof (ln_le_sub (m / (m + 1)) ltac:(apply div_pos; lra)) as L. unfold Rdiv in L at 1. rewrite ln_mult, ln_Rinv in L; try apply Rinv_0_lt_compat; try lra.
  replace (m / (m + 1) - 1) with (- (1 / (m + 1))) in L by (field; lra). lra.
Qed.

Lemma log_harmonic K : (0 < K)%nat -> ln (INR K) <= harmonic K.
Proof.
  intros HK. assert (G : forall K, ln (INR (S K)) <= harmonic K).
  { clear. induction K as [|K IH]; [simpl; rewrite ln_1; unfold harmonic; simpl; lra|]. unfold harmonic in *. rewrite seq_last. pose proof (pos_INR K). set (m := INR (S K)) in *.
    assert (m1 : 1 <= m) by (unfold m; rewrite S_INR; lra). rewrite (S_INR (S K)). fold m. pose proof (ln_le_sub ((m + 1) / m) ltac:(apply div_pos; lra)) as L. unfold Rdiv in L at 1.
    rewrite ln_mult, ln_Rinv in L; try apply Rinv_0_lt_compat; try lra. replace ((m + 1) / m - 1) with (1 / m) in L by (field; lra). lra. }
  destruct K as [|K]; [lia|]. pose proof (G K). unfold harmonic in *. rewrite seq_last. pose proof (div_pos 1 (INR (S K)) ltac:(lra) (lt_0_INR (S K) ltac:(lia))). lra.
Qed.

(* int_1^x e^(-s)/s ds, below 0.2194 for every x: the exponential integral E_1 at 1 is its limit. *)
Definition exponential_integral (x : R) : R := RInt (fun s => exp (- s) / s) 1 x.

Lemma integrand_continuous s : 0 < s -> continuous (fun s => exp (- s) / s) s.
Proof. intros H. apply (ex_derive_continuous (fun s => exp (- s) / s)). auto_derive. lra. Qed.

Lemma integral_exists a b : 0 < a -> a <= b -> ex_RInt (fun s => exp (- s) / s) a b.
Proof. intros Ha H. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros s. rewrite Rmin_left, Rmax_right by assumption. intros I. apply integrand_continuous. lra. Qed.

Lemma integral_derive x : 1 <= x -> is_derive exponential_integral x (exp (- x) / x).
Proof.
  intros H. apply (is_derive_RInt (fun s => exp (- s) / s) exponential_integral 1 x); [|apply integrand_continuous; lra].
  exists (mkposreal (1 / 2) ltac:(lra)). intros y Hy. unfold ball in Hy. simpl in Hy. unfold AbsRing_ball, abs, minus, plus, opp in Hy. simpl in Hy. apply Rabs_def2 in Hy. unfold exponential_integral. apply (RInt_correct (V := R_CompleteNormedModule)).
  destruct (Rle_dec 1 y); [apply integral_exists; lra|apply ex_RInt_swap, integral_exists; lra].
Qed.

Lemma integral_value : RInt (fun s => exp (- s) / s) 1 16 <= 0.219385.
Proof.
  assert (H : Rabs (RInt (fun s => exp (- s) / s) 1 16 - 0.219384) <= 1 / 1000000) by integral.
  apply Rabs_le_between in H. lra.
Qed.

Lemma integral_below x : 1 <= x -> exponential_integral x <= 0.2194.
Proof.
  intros H. assert (M : forall a b, 1 <= a <= b -> exponential_integral a <= exponential_integral b).
  { intros a b Hab. apply (increasing_from exponential_integral (fun s => exp (- s) / s)); [lra| |].
    - intros y Hy. apply integral_derive. lra.
    - intros y Hy. apply Rmult_le_pos; [left; apply exp_pos|left; apply Rinv_0_lt_compat; lra]. }
  pose proof integral_value as V. fold (exponential_integral 16) in V. assert (T : exp (- (16)) < 0.000001) by interval. destruct (Rle_dec x 16) as [C|C]; [pose proof (M x 16 ltac:(lra)); lra|].
  enough (exponential_integral x + exp (- x) <= exponential_integral 16 + exp (- (16))) by (pose proof (exp_pos (- x)); lra).
  enough (- exponential_integral 16 - exp (- (16)) <= - exponential_integral x - exp (- x)) by lra.
  apply (increasing_from (fun s => - exponential_integral s - exp (- s)) (fun s => - (exp (- s) / s) - - exp (- s)) 16 x); [lra| |].
  - intros y Hy. apply (is_derive_minus (fun s => - exponential_integral s) (fun s => exp (- s))); [|auto_derive; [easy|ring]].
    apply (is_derive_opp exponential_integral). apply integral_derive. lra.
  - intros y Hy. pose proof (exp_pos (- y)). assert (exp (- y) / y <= exp (- y)); [|lra]. apply div_le; [lra|]. nra.
Qed.

(* At p = 1/K the first K terms are short of log K by less than 0.2194; elsewhere they are short by less still. *)
Lemma short_at K : (0 < K)%nat -> ln (INR K) - first_terms K (1 / INR K) <= 0.2194.
Proof.
  intros HK. assert (k1 : 1 <= INR K) by (apply (le_INR 1); lia). set (k := INR K) in *. assert (i : 0 < 1 / k <= 1) by (split; [apply div_pos; lra|apply div_le; lra]).
  pose proof (integral_below k k1) as V. enough (- ln (1 / k) - first_terms K (1 / k) + exponential_integral (k * (1 / k)) <= - ln 1 - first_terms K 1 + exponential_integral (k * 1)) as I.
  - replace (k * (1 / k)) with 1 in I by (field; lra). replace (exponential_integral 1) with 0 in I by (symmetry; apply (RInt_point 1 (fun s => exp (- s) / s))).
    pose proof (rest_range K 1 ltac:(lra)) as R1. unfold Rdiv in I at 1. rewrite Rmult_1_l, ln_Rinv in I by lra. rewrite Rmult_1_r in I.
    replace ((1 - 1) ^ S K) with 0 in R1 by (replace (1 - 1) with 0 by ring; now rewrite pow_i by lia). unfold Rdiv in R1. rewrite Rmult_0_l in R1. lra.
  - apply (increasing_from (fun p => - ln p - first_terms K p + exponential_integral (k * p)) (fun p => - (1 / p) - - (1 - (1 - p) ^ K) / p + k * (exp (- (k * p)) / (k * p))) (1 / k) 1 (proj2 i)).
    + intros p Hp. assert (kp : 1 <= k * p) by (replace 1 with (k * (1 / k)) by (field; lra); apply Rmult_le_compat_l; lra).
      apply (is_derive_plus (fun p => - ln p - first_terms K p) (fun p => exponential_integral (k * p))).
      * apply (is_derive_minus (fun p => - ln p) (first_terms K)); [apply ln_derive; lra|apply first_terms_derive; lra].
      * apply (is_derive_comp exponential_integral (fun p => k * p) p (exp (- (k * p)) / (k * p)) k); [now apply integral_derive|auto_derive; [easy|ring]].
    + intros p Hp. assert (p0 : 0 < p) by lra. replace (- (1 / p) - - (1 - (1 - p) ^ K) / p + k * (exp (- (k * p)) / (k * p))) with ((exp (- (k * p)) - (1 - p) ^ K) / p) by (field; lra).
      apply Rmult_le_pos; [|left; now apply Rinv_0_lt_compat]. enough ((1 - p) ^ K <= exp (- (k * p))) by lra. replace (- (k * p)) with (INR K * ((1 - p) - 1)) by (unfold k; ring).
      apply pow_exp; [lra|]. pose proof (exp_ineq1_le (1 - p - 1)). lra.
Qed.

Lemma first_terms_mono K p q : p <= q <= 1 -> first_terms K q <= first_terms K p.
Proof.
  intros H. apply sum_le. intros k I. apply in_seq in I. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, lt_0_INR; lia|]. apply pow_incr. lra.
Qed.

Lemma short_anywhere K p : (0 < K)%nat -> 0 < p <= 1 -> ln (Rmin (INR K) (/ p)) - first_terms K p <= 0.2194.
Proof.
  intros HK Hp. pose proof (short_at K HK) as S. assert (k1 : 1 <= INR K) by (apply (le_INR 1); lia). set (k := INR K) in *. assert (i : 0 < 1 / k <= 1) by (split; [apply div_pos; lra|apply div_le; lra]).
  destruct (Rle_dec k (/ p)) as [C|C].
  - rewrite Rmin_left by assumption. assert (p <= 1 / k). { apply le_div; [lra|]. apply (Rmult_le_compat_l p) in C; [|lra]. rewrite Rinv_r in C by lra. lra. }
    pose proof (first_terms_mono K p (1 / k) ltac:(lra)). lra.
  - rewrite Rmin_right, ln_Rinv by lra. assert (q : 1 / k <= p). { apply div_le; [lra|]. apply Rnot_le_lt in C. apply (Rmult_lt_compat_l p) in C; [|lra]. rewrite Rinv_r in C by lra. lra. }
    enough (first_terms K (1 / k) - - ln (1 / k) <= first_terms K p - - ln p).
    { unfold Rdiv in H at 2. rewrite Rmult_1_l, ln_Rinv in H by lra. lra. }
    apply (increasing_from (fun p => first_terms K p - - ln p) (fun x => - (1 - (1 - x) ^ K) / x - - (1 / x)) (1 / k) p q).
    + intros x Hx. apply (is_derive_minus (first_terms K) (fun p => - ln p)); [apply first_terms_derive; lra|apply ln_derive; lra].
    + intros x Hx. replace (- (1 - (1 - x) ^ K) / x - - (1 / x)) with ((1 - x) ^ K / x) by (field; lra). apply Rmult_le_pos; [apply pow_le; lra|left; apply Rinv_0_lt_compat; lra].
Qed.

Lemma fails_terms {B} K (X : list B) mu p : sum (seq 1 K) (fun k => fails k X mu p / INR k) = sum X (fun x => mu x * first_terms K (p x)).
Proof.
  unfold fails, first_terms. rewrite (sum_ext X _ (fun x => sum (seq 1 K) (fun k => mu x * ((1 - p x) ^ k / INR k)))) by (intros; now rewrite sum_scal). rewrite sum_swap.
  apply sum_ext; intros k _. unfold Rdiv. rewrite <- sum_scal_r. apply sum_ext; intros; ring.
Qed.

Lemma log_loss {B} (X : list B) mu p : law X mu -> (forall x, 0 < p x <= 1) -> kl X mu (solved mu p) = sum X (fun x => mu x * - ln (p x)).
Proof.
  intros HX Hp. apply sum_ext; intros x _. destruct (Req_dec (mu x) 0) as [->|n]; [ring|]. f_equal. pose proof (proj1 HX x). pose proof (Hp x). unfold solved.
  replace (mu x / (mu x * p x)) with (/ p x) by (field; lra). now rewrite ln_Rinv by lra.
Qed.

(* claim: log-loss-is-harmonic-pass-at-k
   differs: finitely many prompts, all p > 0; E log(1/p) is the KL of the always-right comparator *)
Theorem log_loss_is_harmonic {B} (X : list B) (mu p : B -> R) : law X mu -> (forall x, 0 < p x <= 1) ->
  is_lim_seq (fun K => sum (seq 1 K) (fun k => fails k X mu p / INR k)) (kl X mu (solved mu p)) /\
  (forall U, 1 <= U -> (forall x, 1 / p x <= U) -> is_RInt (fun u => 1 / u * cov u X mu (solved mu p)) 1 U (kl X mu (solved mu p))) /\
  (forall K, (0 < K)%nat -> exists below, is_RInt (fun u => 1 / u * cov u X mu (solved mu p)) 1 (INR K) below /\
    -0.2194 <= sum (seq 1 K) (fun k => fails k X mu p / INR k) - below <= harmonic K - ln (INR K) /\ harmonic K - ln (INR K) <= 1).
Proof.
  intros HX Hp. assert (HD : dominated mu (solved mu p)) by (intros x m; unfold solved; pose proof (Hp x); nra).
  assert (V : forall U, 1 <= U -> antiderivative 1 U ln (fun u => 1 / u)).
  { intros U HU u Hu. split; [auto_derive; [lra|field; lra]|]. apply (ex_derive_continuous (fun u => 1 / u)). auto_derive. lra. }
  assert (E : forall x, 0 < mu x -> mu x / solved mu p x = / p x) by (intros x m; unfold solved; pose proof (Hp x); field; lra).
  assert (r1 : forall x, 1 <= / p x) by (intros x; pose proof (Hp x); rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  split; [|split].
  - set (C := sum X (fun x => mu x * (1 / p x))). apply (is_lim_seq_le_le (fun K => kl X mu (solved mu p) - C / (INR K + 1)) _ (fun _ => kl X mu (solved mu p))).
    + intros K. rewrite fails_terms, log_loss by assumption. assert (R1 : forall x, mu x * first_terms K (p x) <= mu x * - ln (p x)).
      { intros x. apply Rmult_le_compat_l; [apply HX|]. pose proof (rest_range K (p x) (Hp x)). lra. }
      split; [|apply sum_le; intros; apply R1]. unfold C. pose proof (pos_INR K). unfold Rdiv at 1. rewrite <- sum_scal_r, <- sum_minus. apply sum_le; intros x _.
      destruct (rest_range K (p x) (Hp x)) as [_ R2]. rewrite S_INR in R2. pose proof (proj1 HX x). pose proof (Hp x).
      assert (T : (1 - p x) ^ S K / ((INR K + 1) * p x) <= 1 / p x * / (INR K + 1)).
      { replace (1 / p x * / (INR K + 1)) with (1 / ((INR K + 1) * p x)) by (field; lra). apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra|]. apply pow_unit; lra. }
      nra.
    + replace (Finite (kl X mu (solved mu p))) with (Finite (kl X mu (solved mu p) - C * 0)) by (f_equal; ring). apply (is_lim_seq_minus' (fun _ => kl X mu (solved mu p)) (fun K => C / (INR K + 1))); [apply is_lim_seq_const|].
      apply (is_lim_seq_scal_l (fun K => / (INR K + 1)) C 0). apply (is_lim_seq_ext (fun K => / INR (S K))); [intros; now rewrite S_INR|].
      apply (is_lim_seq_incr_1 (fun K => / INR K)). change (Finite 0) with (Rbar_inv p_infty). apply is_lim_seq_inv; [apply is_lim_seq_INR|easy].
    + apply is_lim_seq_const.
  - intros U HU B1. replace (kl X mu (solved mu p)) with (sum X (fun x => mu x * (ln (Rmin U (Rmax 1 (mu x / solved mu p x))) - ln 1))); [apply (profile_area 1 U ln); auto; lra|].
    rewrite log_loss by assumption. apply sum_ext; intros x _. destruct (dominated_pos mu _ x (proj1 HX) HD) as [->|[m _]]; [ring|]. f_equal. rewrite E by assumption. pose proof (B1 x). pose proof (r1 x).
    unfold Rdiv in H. rewrite Rmult_1_l in H. rewrite Rmax_right, Rmin_right, ln_1, ln_Rinv by (try apply Hp; lra). ring.
  - intros K HK. assert (k1 : 1 <= INR K) by (apply (le_INR 1); lia). exists (sum X (fun x => mu x * (ln (Rmin (INR K) (Rmax 1 (mu x / solved mu p x))) - ln 1))).
    split; [apply (profile_area 1 (INR K) ln); auto; lra|]. split; [|pose proof (harmonic_log K HK); lra]. rewrite fails_terms, <- sum_minus. split.
    { apply Rle_trans with (sum X (fun x => mu x * (- 0.2194))); [rewrite sum_scal_r, (proj2 HX); lra|]. apply sum_le; intros x _.
      destruct (dominated_pos mu _ x (proj1 HX) HD) as [->|[m _]]; [lra|]. rewrite <- Rmult_minus_distr_l. apply Rmult_le_compat_l; [lra|]. rewrite E, ln_1, Rmax_right by auto.
      pose proof (short_anywhere K (p x) HK (Hp x)). lra. }
    apply Rle_trans with (sum X (fun x => mu x * (harmonic K - ln (INR K)))); [|rewrite sum_scal_r, (proj2 HX); lra]. apply sum_le; intros x _.
    destruct (dominated_pos mu _ x (proj1 HX) HD) as [->|[m _]]; [lra|]. rewrite <- Rmult_minus_distr_l. apply Rmult_le_compat_l; [lra|]. rewrite E, ln_1, Rmax_right by auto. pose proof (Hp x). pose proof (r1 x).
    assert (F : first_terms K (p x) <= harmonic K).
    { apply sum_le; intros k I. apply in_seq in I. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, lt_0_INR; lia|]. apply pow_unit. lra. }
    pose proof (log_harmonic K HK) as h. destruct (Rle_dec (INR K) (/ p x)) as [C|C].
    + rewrite Rmin_left by assumption. lra.
    + rewrite Rmin_right, ln_Rinv by lra. pose proof (rest_range K (p x) H). lra.
Qed.

(* twin: log-loss-is-harmonic-pass-at-k of log_loss_is_harmonic
   half of the excess: two terms, one prompt at p = 1/1000 *)
Theorem log_loss_twin : exists mu p : unit -> R, law [tt] mu /\ (forall x, 0 < p x <= 1) /\ exists below, is_RInt (fun u => 1 / u * cov u [tt] mu (solved mu p)) 1 (INR 2) below /\
  (harmonic 2 - ln (INR 2)) / 2 < sum (seq 1 2) (fun k => fails k [tt] mu p / INR k) - below.
Proof.
  exists alone, (fun _ => 1 / 1000). split; [apply alone_law|]. split; [intros x; lra|]. exists (ln 2 - ln 1). split.
  - simpl INR. replace (1 + 1) with 2 by ring. apply area_same with (fun u => 1 / u); [lra| |].
    + intros u Hu. unfold cov, solved, alone, sum. rewrite le01_1 by lra. ring.
    + apply (area 1 2 ln); [lra|]. intros u Hu. split; [auto_derive; [lra|field; lra]|]. apply (ex_derive_continuous (fun u => 1 / u)). auto_derive. lra.
  - unfold harmonic, fails, alone. simpl. rewrite ln_1. replace (1 + 1) with 2 by ring. assert (ln 2 < 0.7) by interval. lra.
Qed.
