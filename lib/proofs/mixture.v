(* Notebook 04: the time average of the uniform Bayes mixture, an improper learner. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws two_scales divergences maximum_likelihood two_scales_twins.
Import ListNotations.
Open Scope R_scope.

(* The mixture's probability of a past, times the size of the class; its next law; the mean of the laws before each draw of z. *)
Definition weight {A} (Pi : list (A -> R)) (past : list A) : R := sum Pi (fun q => prod past q).
Definition predictive {A} (Pi : list (A -> R)) (past : list A) (y : A) : R := sum Pi (fun q => prod past q * q y) / weight Pi past.
Definition time_average {A} (n : nat) (Pi : list (A -> R)) (z : list A) (y : A) : R := sum (seq 0 n) (fun t => predictive Pi (firstn t z) y) / INR n.

Section Mixture.
Context {A : Type} (Y : list A) (P : A -> R) (Pi : list (A -> R)).
Hypothesis HP : law Y P.
Hypothesis HPi : forall q, In q Pi -> sublaw Y q.
Hypothesis realizable : In P Pi.

Lemma nonneg_prod q z : In q Pi -> 0 <= prod z q.
Proof. intros I. apply prod_nonneg. intros y _. apply (HPi q I). Qed.

Lemma weight_above past : prod past P <= weight Pi past.
Proof. assert (G : forall L, incl L Pi -> In P L -> prod past P <= sum L (fun q => prod past q)).
  { induction L as [|q L IH]; intros I J; [easy|]. simpl. destruct J as [->|J].
    - assert (0 <= sum L (fun q => prod past q)) by (apply sum_nonneg; intros r R; apply nonneg_prod, I; now right). lra.
    - pose proof (IH ltac:(intros r R; apply I; now right) J). pose proof (nonneg_prod q past (I q (or_introl eq_refl))). lra. }
  apply G; [apply incl_refl|exact realizable]. Qed.

Lemma prod_snoc q z (y : A) : prod (z ++ [y]) q = prod z q * q y.
Proof. induction z; simpl; [ring|rewrite IHz; ring]. Qed.

Lemma weight_snoc past y : 0 < weight Pi past -> weight Pi (past ++ [y]) = weight Pi past * predictive Pi past y.
Proof. intros W. unfold predictive, weight in *. replace (sum Pi (fun q => prod (past ++ [y]) q)) with (sum Pi (fun q => prod past q * q y)); [field; lra|]. apply sum_ext; intros q _. now rewrite prod_snoc. Qed.

Lemma predictive_sublaw past : 0 < weight Pi past -> sublaw Y (predictive Pi past) .
Proof.
  intros W. split.
  - intros y. apply Rmult_le_pos; [|left; now apply Rinv_0_lt_compat]. apply sum_nonneg; intros q I. apply Rmult_le_pos; [now apply nonneg_prod|apply (HPi q I)].
  - unfold predictive, Rdiv. rewrite sum_scal_r, sum_swap. apply div_le; [assumption|]. rewrite Rmult_1_l. apply sum_le; intros q I. rewrite sum_scal. pose proof (nonneg_prod q past I). destruct (HPi q I) as [_ H1]. nra.
Qed.

Lemma predictive_pos past y : 0 < prod past P -> 0 < P y -> 0 < predictive Pi past y.
Proof.
  intros p q. assert (W : 0 < weight Pi past) by (pose proof (weight_above past); lra). pose proof (weight_above (past ++ [y])) as G. rewrite weight_snoc, prod_snoc in G by assumption. assert (0 < prod past P * P y) by now apply Rmult_lt_0_compat.
  destruct (Rlt_dec 0 (predictive Pi past y)); [assumption|exfalso]. nra.
Qed.

Lemma expect_le_positive n : forall f g, (forall z, length z = n -> (forall y, In y z -> 0 < P y) -> f z <= g z) -> expect n Y P f <= expect n Y P g.
Proof.
  induction n as [|n IH]; intros f g H; simpl; [apply H; [easy|intros y []]|]. apply sum_le; intros y _. destruct (proj1 HP y) as [p|p]; [|rewrite <- p; lra].
  apply Rmult_le_compat_l; [lra|]. apply IH. intros z L K. apply H; simpl; [now f_equal|]. intros x [<-|I]; auto.
Qed.

(* The mixture's regret: the KL of its predictions adds up to at most log|Pi| in mean. *)
Lemma total_kl n : forall past, 0 < prod past P ->
  expect n Y P (fun z => sum (seq 0 n) (fun t => kl Y P (predictive Pi (past ++ firstn t z)))) <= ln (weight Pi past / prod past P).
Proof.
  induction n as [|n IH]; intros past p; pose proof (weight_above past) as G.
  - simpl. rewrite <- ln_1. apply ln_le; [lra|]. apply le_div; lra.
  - assert (W : 0 < weight Pi past) by lra. simpl expect. apply Rle_trans with (sum Y (fun y => P y * (kl Y P (predictive Pi past) + ln (weight Pi (past ++ [y]) / prod (past ++ [y]) P)))).
    + apply sum_le; intros y _. destruct (proj1 HP y) as [q|q]; [|rewrite <- q; lra]. apply Rmult_le_compat_l; [lra|].
      rewrite (expect_ext Y P HP n _ (fun z => kl Y P (predictive Pi past) + sum (seq 0 n) (fun t => kl Y P (predictive Pi ((past ++ [y]) ++ firstn t z))))).
      * rewrite expect_plus, expect_const by assumption. apply Rplus_le_compat_l, IH. rewrite prod_snoc. now apply Rmult_lt_0_compat.
      * intros z _ _. change (seq 0 (S n)) with (0%nat :: seq 1 n). simpl sum. rewrite app_nil_r. f_equal. rewrite <- seq_shift, sum_map. apply sum_ext; intros t _. simpl firstn. now rewrite <- app_assoc.
    + right. transitivity (sum Y (fun y => P y * (kl Y P (predictive Pi past) + ln (weight Pi past / prod past P)) - P y * ln (P y / predictive Pi past y))).
      * apply sum_ext; intros y _. destruct (proj1 HP y) as [q|q]; [|rewrite <- q; ring]. pose proof (predictive_pos past y p q) as r. rewrite weight_snoc, prod_snoc by assumption.
        replace (weight Pi past * predictive Pi past y / (prod past P * P y)) with (weight Pi past / prod past P * / (P y / predictive Pi past y)) by (field; lra).
        rewrite ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; apply div_pos; assumption). ring.
      * rewrite sum_minus, sum_scal_r, (proj2 HP). fold (kl Y P (predictive Pi past)). ring.
Qed.

(* KL is convex in the model: the average's is at most the mean. *)
Lemma kl_average n z : (0 < n)%nat -> (forall t, In t (seq 0 n) -> 0 < prod (firstn t z) P) -> kl Y P (time_average n Pi z) <= sum (seq 0 n) (fun t => kl Y P (predictive Pi (firstn t z))) / INR n.
Proof.
  intros Hn H. assert (nn : 0 < INR n) by now apply lt_0_INR. apply le_div; [assumption|]. unfold kl. rewrite sum_swap, <- sum_scal_r. apply sum_le; intros y _. rewrite sum_scal. destruct (proj1 HP y) as [p|p]; [|rewrite <- p; lra].
  rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. set (m := time_average n Pi z y).
  assert (x : forall t, In t (seq 0 n) -> 0 < predictive Pi (firstn t z) y) by (intros t I; apply predictive_pos; auto).
  assert (m0 : 0 < m). { apply div_pos; [|assumption]. destruct n as [|n]; [lia|]. simpl. pose proof (x 0%nat ltac:(simpl; auto)). assert (0 <= sum (seq 1 n) (fun t => predictive Pi (firstn t z) y)) by (apply sum_nonneg; intros t I; left; apply x; now right). simpl in H0. lra. }
  assert (S : sum (seq 0 n) (fun t => ln (predictive Pi (firstn t z) y)) <= INR n * ln m).
  { apply Rle_trans with (sum (seq 0 n) (fun t => ln m + (predictive Pi (firstn t z) y * / m - 1))).
    - apply sum_le; intros t I. pose proof (x t I) as q. pose proof (ln_le_sub (predictive Pi (firstn t z) y / m) ltac:(now apply div_pos)) as L. unfold Rdiv in L. rewrite ln_mult, ln_Rinv in L by (auto; now apply Rinv_0_lt_compat). lra.
    - rewrite sum_plus, sum_minus, sum_scal_r, !sum_const, seq_length. replace (sum (seq 0 n) (fun t => predictive Pi (firstn t z) y)) with (INR n * m) by (unfold m, time_average; field; lra). right. field. lra. }
  rewrite (sum_ext (seq 0 n) (fun t => ln (P y / predictive Pi (firstn t z) y)) (fun t => ln (P y) - ln (predictive Pi (firstn t z) y))).
  - rewrite sum_minus, sum_const, seq_length. unfold Rdiv. rewrite ln_mult, ln_Rinv by (auto; now apply Rinv_0_lt_compat). lra.
  - intros t I. pose proof (x t I) as q. unfold Rdiv. rewrite ln_mult, ln_Rinv by (auto; now apply Rinv_0_lt_compat). ring.
Qed.

Lemma average_coverage n N : (0 < n)%nat -> 1 < N -> expect n Y P (fun z => cov N Y P (time_average n Pi z)) <= ln (INR (length Pi)) / (INR n * price N).
Proof.
  intros Hn HN. assert (nn : 0 < INR n) by now apply lt_0_INR. pose proof (kl_to_coverage_price N HN) as g.
  apply Rle_trans with (expect n Y P (fun z => / (INR n * price N) * sum (seq 0 n) (fun t => kl Y P (predictive Pi ([] ++ firstn t z))))).
  - apply expect_le_positive. intros z L K. assert (F : forall t, 0 < prod (firstn t z) P).
    { intros t. apply prod_pos. intros y I. apply K. rewrite <- (firstn_skipn t z). apply in_or_app. now left. }
    assert (D : dominated P (time_average n Pi z)).
    { intros y p. apply div_pos; [|assumption]. destruct n as [|n']; [lia|]. simpl. pose proof (predictive_pos [] y ltac:(simpl; lra) p).
      assert (0 <= sum (seq 1 n') (fun t => predictive Pi (firstn t z) y)) by (apply sum_nonneg; intros t _; left; apply predictive_pos; auto). lra. }
    assert (SL : sublaw Y (time_average n Pi z)).
    { assert (W : forall t, 0 < weight Pi (firstn t z)) by (intros t; pose proof (weight_above (firstn t z)); pose proof (F t); lra). split.
      - intros y. apply Rmult_le_pos; [apply sum_nonneg; intros t _; apply (predictive_sublaw _ (W t))|left; now apply Rinv_0_lt_compat].
      - unfold time_average, Rdiv. rewrite sum_scal_r, sum_swap. apply div_le; [assumption|]. rewrite Rmult_1_l. apply Rle_trans with (sum (seq 0 n) (fun _ => 1)); [apply sum_le; intros t _; apply (predictive_sublaw _ (W t))|]. rewrite sum_const, seq_length. lra. }
    destruct (kl_to_coverage N Y P _ HP SL D HN) as [C _]. pose proof (kl_average n z Hn ltac:(auto)) as B. simpl app.
    replace (/ (INR n * price N) * sum (seq 0 n) (fun t => kl Y P (predictive Pi (firstn t z)))) with (sum (seq 0 n) (fun t => kl Y P (predictive Pi (firstn t z))) / INR n / price N) by (field; lra). apply le_div; lra.
  - rewrite expect_scal by assumption. pose proof (total_kl n [] ltac:(simpl; lra)) as T. replace (weight Pi [] / prod [] P) with (INR (length Pi)) in T by (unfold weight; simpl; rewrite sum_const; field).
    rewrite Rmult_comm. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; now apply Rmult_lt_0_compat|exact T].
Qed.
End Mixture.

(* claim: mixture-coverage
   differs: finite support; models may have mass below one *)
Theorem mixture_coverage {A} n (N : R) (Y : list A) (P : A -> R) (Pi : list (A -> R)) : law Y P -> (forall q, In q Pi -> sublaw Y q) -> In P Pi -> (0 < n)%nat -> 1 < N ->
  expect n Y P (fun z => cov N Y P (time_average n Pi z)) <= ln (INR (length Pi)) / (INR n * price N).
Proof. intros. now apply average_coverage. Qed.

(* twin: mixture-coverage
   half of the bound: five point masses, N = 5, one draw *)
Theorem mixture_coverage_twin : In (certain 0) certain_ones /\ law five (certain 0) /\
  ln (INR (length certain_ones)) / (2 * (INR 1 * price 5)) < expect 1 five (certain 0) (fun z => cov 5 five (certain 0) (time_average 1 certain_ones z)).
Proof.
  split; [simpl; auto|]. split; [split; [intros y; unfold certain; destruct Nat.eqb; lra|unfold certain, five; simpl; lra]|].
  unfold expect, five, sum, cov, time_average, predictive, weight, certain_ones, certain, five; simpl. decide_all; unfold price; try interval; exfalso; lra.
Qed.
