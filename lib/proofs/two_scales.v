(* Maximum likelihood covers: the lemmas of the two-scale theorem, on every finite set of responses.
   The class Pi is any set of models, finite or not. For prompts, let a response be the pair (prompt, response). *)
From Coq Require Import Reals Lra List Psatz.
From Coverage Require Import finite draws.
Import ListNotations.
Open Scope R_scope.

(* min(l, m) for the log ratio l = log(P/Q): it is m where Q vanishes. *)
Definition truncated {A} (m : R) (P Q : A -> R) (y : A) : R := - ln (Rmax (Q y / P y) (exp (- m))).

(* The log ratio itself, where both are positive. *)
Definition log_ratio {A} (P Q : A -> R) (y : A) : R := ln (P y / Q y).

(* The set {l >= t}. *)
Definition above {A} (t : R) (P Q : A -> R) (y : A) : bool := if Rle_dec (exp t * Q y) (P y) then true else false.

(* q is a most likely model of the class for the sample z (any of them, if there are several). *)
Definition most_likely {A} (Pi : (A -> R) -> Prop) (z : list A) (q : A -> R) :=
  Pi q /\ forall q', Pi q' -> prod z q' <= prod z q.

(* K covers the class from above within eps nats, S covers it from both sides within rho nats, where P is positive. *)
Definition upper_cover {A} (eps : R) (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K : list (A -> R)) :=
  (forall q', In q' K -> sublaw Y q') /\
  forall q, Pi q -> exists q', In q' K /\ forall y, In y Y -> 0 < P y -> q y <= exp eps * q' y.
Definition net {A} (rho : R) (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (S : list (A -> R)) :=
  forall q, Pi q -> exists q', In q' S /\
    forall y, In y Y -> 0 < P y -> q y <= exp rho * q' y /\ q' y <= exp rho * q y.

(* m(s) = log(1/(1-s))/s *)
Definition least_truncation (s : R) : R := - ln (1 - s) / s.

Lemma exp_truncated {A} s m (P Q : A -> R) y :
  exp (- s * truncated m P Q y) = exp (s * ln (Rmax (Q y / P y) (exp (- m)))).
Proof. unfold truncated. f_equal. ring. Qed.

Lemma rmax_exp_pos a m : 0 < Rmax a (exp (- m)).
Proof. pose proof (exp_pos (- m)). pose proof (Rmax_r a (exp (- m))). lra. Qed.

Lemma length_pos {A} (X : list A) : X <> [] -> 0 < INR (length X).
Proof. intros H. apply lt_0_INR. destruct X; [easy|simpl; apply PeanoNat.Nat.lt_0_succ]. Qed.

(* claim: truncated-lr-supermartingale
   part: the two inequalities
   differs: finitely many responses *)
Theorem truncated_likelihood_ratio {A} (Y : list A) (P Q : A -> R) (s m : R) :
  law Y P -> sublaw Y Q -> 0 < s < 1 -> least_truncation s <= m ->
  sum Y (fun y => P y * exp (- s * truncated m P Q y)) <= 1 - cov (exp m) Y P Q * (1 - s - exp (- s * m)) /\
  0 <= 1 - s - exp (- s * m).
Proof.
  intros [HP P1] [HQ Q1] Hs Hm. split.
  - apply Rle_trans with (sum Y (fun y => ((1 - s) * P y + s * Q y) + - (1 - s - exp (- s * m)) * (P y * le01 (exp m * Q y) (P y)))).
    + apply sum_le; intros y _. rewrite exp_truncated. specialize (HP y); specialize (HQ y).
      destruct (Req_dec (P y) 0) as [E|E]; [rewrite E; nra|]. assert (p : 0 < P y) by lra.
      assert (Ex : exp m * exp (- m) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
      pose proof (exp_pos (- m)). pose proof (exp_pos m).
      unfold le01. destruct Rle_dec as [C|C].
      * assert (W : Q y / P y <= exp (- m)).
        { apply div_le; [lra|]. apply (Rmult_le_reg_l (exp m)); [lra|]. rewrite <- Rmult_assoc, Ex. lra. }
        rewrite Rmax_right by lra. rewrite ln_exp. replace (s * - m) with (- s * m) by ring. nra.
      * assert (W : exp (- m) <= Q y / P y).
        { apply le_div; [lra|]. apply Rnot_le_lt in C. apply (Rmult_le_reg_l (exp m)); [lra|]. rewrite <- Rmult_assoc, Ex. lra. }
        rewrite Rmax_left by lra.
        assert (L : exp (s * ln (Q y / P y)) <= 1 - s + s * (Q y / P y)).
        { pose proof (exp_convex s (ln (Q y / P y))). rewrite exp_ln in H1 by lra. lra. }
        assert (P y * (1 - s + s * (Q y / P y)) = (1 - s) * P y + s * Q y) by (field; lra).
        pose proof (Rmult_le_compat_l (P y) _ _ HP L). lra.
    + rewrite !sum_plus, !sum_scal, P1. unfold cov. nra.
  - assert (exp (- s * m) <= 1 - s); [|lra]. rewrite <- (exp_ln (1 - s)) by lra. apply exp_le.
    unfold least_truncation in Hm. assert (- ln (1 - s) <= m * s).
    { apply (Rmult_le_compat_r s) in Hm; [|lra]. unfold Rdiv in Hm. rewrite Rmult_assoc, Rinv_l in Hm; lra. } lra.
Qed.

(* claim: truncated-lr-supermartingale
   part: no smaller m will do
   differs: a pair of laws on two responses for each s and m *)
Theorem truncation_is_least (s m : R) : 0 < s < 1 -> 0 <= m < least_truncation s ->
  exists P Q : bool -> R, law [true; false] P /\ law [true; false] Q /\
    1 < sum [true; false] (fun y => P y * exp (- s * truncated m P Q y)).
Proof.
  intros Hs [m0 Hm]. set (g := exp (- s * m) - (1 - s)).
  assert (G : 0 < g).
  { unfold g. assert (1 - s < exp (- s * m)); [|lra]. rewrite <- (exp_ln (1 - s)) at 1 by lra. apply exp_increasing.
    unfold least_truncation in Hm. apply (Rmult_lt_compat_r s) in Hm; [|lra]. unfold Rdiv in Hm. rewrite Rmult_assoc, Rinv_l in Hm; lra. }
  assert (G1 : g <= s). { unfold g. assert (exp (- s * m) <= exp 0) by (apply exp_le; nra). rewrite exp_0 in H. lra. }
  set (a := g / 2). assert (a0 : 0 < a < 1) by (unfold a; lra).
  exists (fun b : bool => if b then a else 1 - a), (fun b : bool => if b then 0 else 1).
  split; [|split]; [split; [intros []; lra|simpl; lra]|split; [intros []; lra|simpl; lra]|].
  unfold sum. rewrite !exp_truncated. unfold Rdiv at 1. rewrite Rmult_0_l. rewrite Rmax_right by (left; apply exp_pos). rewrite ln_exp.
  replace (s * - m) with (- s * m) by ring.
  assert (M : exp (- m) <= 1 / (1 - a)).
  { apply Rle_trans with 1; [rewrite <- exp_0; apply exp_le; lra|]. apply le_div; lra. }
  rewrite Rmax_left by lra.
  assert (I : s * a <= s * ln (1 / (1 - a))).
  { apply Rmult_le_compat_l; [lra|]. unfold Rdiv. rewrite Rmult_1_l, ln_Rinv by lra. pose proof (ln_le_sub (1 - a)). lra. }
  assert (J : 1 + s * a <= exp (s * ln (1 / (1 - a)))) by (pose proof (exp_ineq1_le (s * ln (1 / (1 - a)))); lra).
  apply (Rmult_le_compat_l (1 - a)) in J; [|lra]. replace (exp (- s * m)) with (g + (1 - s)) by (unfold g; ring).
  assert (K : s * (a * a) < a * g). { replace g with (2 * a) by (unfold a; field). nra. }
  nra.
Qed.

(* claim: truncated-lr-supermartingale
   part: the best order s for a gap L *)
Theorem best_order (L s : R) : 1 < L -> 0 < s < 1 ->
  s * (L - least_truncation s) <= L - 1 - ln L /\ (1 - 1 / L) * (L - least_truncation (1 - 1 / L)) = L - 1 - ln L.
Proof.
  intros HL Hs. unfold least_truncation. split.
  - replace (s * (L - - ln (1 - s) / s)) with (s * L + ln (1 - s)) by (field; lra).
    pose proof (ln_le_sub (L * (1 - s))). rewrite ln_mult in H by lra. assert (0 < L * (1 - s)) by nra. lra.
  - replace (1 - (1 - 1 / L)) with (/ L) by (field; lra). rewrite ln_Rinv by lra.
    assert (L - 1 <> 0) by lra. field. lra.
Qed.

(* E exp(-s sum min(l, m)) <= 1 over n draws: Lemma 1 and independence. *)
Lemma truncated_sample {A} n (Y : list A) (P Q : A -> R) s m : law Y P -> sublaw Y Q -> 0 < s < 1 ->
  least_truncation s <= m -> expect n Y P (fun z => exp (- s * sum z (truncated m P Q))) <= 1.
Proof.
  intros HP HQ Hs Hm. rewrite (expect_ext Y P HP _ _ (fun z => prod z (fun y => exp (- s * truncated m P Q y)))).
  - rewrite expect_prod. destruct (truncated_likelihood_ratio Y P Q s m HP HQ Hs Hm) as [H H'].
    rewrite <- (pow1 n). apply pow_incr. split.
    + apply sum_nonneg; intros y _. apply Rmult_le_pos; [apply HP|left; apply exp_pos].
    + pose proof (cov_nonneg (exp m) Y P Q (proj1 HP)). nra.
  - intros z _ _. rewrite prod_exp. f_equal. now rewrite sum_scal.
Qed.

(* A model below e^eps times another has truncated log ratios above the other's, less eps. *)
Lemma truncated_shift {A} (P Q Q' : A -> R) m eps y : 0 <= eps -> 0 < P y -> 0 <= Q' y -> Q y <= exp eps * Q' y ->
  truncated m P Q' y - eps <= truncated m P Q y.
Proof.
  intros He p q' H. unfold truncated. assert (ln (Rmax (Q y / P y) (exp (- m))) <= eps + ln (Rmax (Q' y / P y) (exp (- m)))); [|lra].
  rewrite <- (ln_exp eps) at 1. rewrite <- ln_mult; [|apply exp_pos|apply rmax_exp_pos].
  apply ln_le; [apply rmax_exp_pos|]. pose proof (Rmax_l (Q' y / P y) (exp (- m))). pose proof (Rmax_r (Q' y / P y) (exp (- m))).
  assert (1 <= exp eps) by (rewrite <- exp_0; apply exp_le; lra). pose proof (exp_pos (- m)).
  apply Rmax_lub.
  - apply Rle_trans with (exp eps * (Q' y / P y)); [|nra]. apply div_le; [lra|].
    replace (exp eps * (Q' y / P y) * P y) with (exp eps * Q' y) by (field; lra). lra.
  - nra.
Qed.

Lemma truncated_le_log {A} (P Q : A -> R) m y : 0 < P y -> 0 < Q y -> truncated m P Q y = Rmin (log_ratio P Q y) m.
Proof.
  intros p q. unfold truncated, log_ratio. assert (E : ln (P y / Q y) = - ln (Q y / P y)).
  { rewrite <- ln_Rinv by (now apply div_pos). f_equal. field; lra. }
  rewrite E. assert (0 < Q y / P y) by now apply div_pos. unfold Rmax, Rmin.
  destruct Rle_dec as [C|C], Rle_dec as [D|D]; try rewrite ln_exp; try lra.
  - apply Rle_antisym; [|lra]. assert (ln (Q y / P y) <= ln (exp (- m))) by (apply ln_le; lra). rewrite ln_exp in H0. lra.
  - apply Rnot_le_lt in C. assert (ln (exp (- m)) < ln (Q y / P y)) by (apply ln_increasing; [apply exp_pos|lra]). rewrite ln_exp in H0. lra.
Qed.

(* claim: training-coverage
   part: with m >= m(s)
   differs: finitely many responses; the exact quantile in place of F is not here; a model that gives a sample point no mass has kappa = infinity and is left out (nothing to prove) *)
Theorem training_coverage {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K : list (A -> R)) (s m eps delta : R) :
  law Y P -> upper_cover eps Y P Pi K -> K <> [] -> (0 < n)%nat -> 0 <= eps -> 0 < s < 1 -> least_truncation s <= m -> 0 < delta ->
  let F := ln (INR (length K) / delta) / (s * INR n) + eps in
  likely n Y P delta (fun z => forall q, Pi q -> (forall y, In y z -> 0 < q y) ->
    let kappa := sum z (log_ratio P q) / INR n in
    sum z (fun y => Rmax 0 (log_ratio P q y - m)) / INR n <= F + kappa /\
    forall t, m < t -> freq z (above t P q) <= (F + kappa) / (t - m)).
Proof.
  intros HP [KQ KC] KN Hn He Hs Hm Hd F.
  pose proof (length_pos K KN) as k. assert (nn : 0 < INR n) by now apply lt_0_INR.
  assert (L1 : likely n Y P (INR (length K) * (delta / INR (length K)))
     (fun z => forall q', In q' K -> exp (- s * sum z (truncated m P q')) <= / (delta / INR (length K)))).
  { apply likely_forall; [assumption|]. intros q' I. apply likely_markov; [assumption|now apply div_pos| |].
    - intros z; left; apply exp_pos.
    - apply truncated_sample; auto. }
  assert (L2 := likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n) L1).
  eapply likely_mono; [|exact L2|].
  { right. field. lra. }
  intros z Lz Iz [Pz Z] q Hq qpos kappa. destruct (KC q Hq) as (q' & Iq' & Cq').
  assert (T : - (F * INR n) <= sum z (truncated m P q)).
  { specialize (Z q' Iq'). apply (ln_le _ _ (exp_pos _)) in Z. rewrite ln_exp in Z.
    replace (/ (delta / INR (length K))) with (INR (length K) / delta) in Z by (field; lra).
    assert (E : F * INR n = ln (INR (length K) / delta) / s + eps * INR n) by (unfold F; field; lra).
    assert (S1 : sum z (truncated m P q') - eps * INR n <= sum z (truncated m P q)).
    { replace (eps * INR n) with (sum z (fun _ => eps)) by (rewrite sum_const, Lz; ring). rewrite <- sum_minus.
      apply sum_le; intros y I. apply truncated_shift; auto. now apply KQ. }
    assert (- sum z (truncated m P q') <= ln (INR (length K) / delta) / s) by (apply le_div; lra). lra. }
  assert (X : sum z (fun y => Rmax 0 (log_ratio P q y - m)) / INR n <= F + kappa).
  { apply div_le; [lra|]. unfold kappa. replace ((F + sum z (log_ratio P q) / INR n) * INR n) with (F * INR n + sum z (log_ratio P q)) by (field; lra).
    replace (sum z (fun y => Rmax 0 (log_ratio P q y - m))) with (sum z (log_ratio P q) - sum z (truncated m P q)); [lra|].
    rewrite <- sum_minus. apply sum_ext; intros y I. rewrite truncated_le_log by auto.
    unfold Rmin, Rmax. destruct Rle_dec, Rle_dec; lra. }
  split; [exact X|]. intros t Ht. apply le_div; [lra|]. eapply Rle_trans; [|exact X]. unfold freq. rewrite Lz.
  replace (sum z (fun y => if above t P q y then 1 else 0) / INR n * (t - m)) with
    (sum z (fun y => if above t P q y then 1 else 0) * (t - m) / INR n) by (field; lra).
  apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]. rewrite <- sum_scal_r. apply sum_le; intros y I.
  unfold above. destruct Rle_dec as [C|C]; [|pose proof (Rmax_l 0 (log_ratio P q y - m)); lra].
  assert (t <= log_ratio P q y).
  { unfold log_ratio. rewrite <- (ln_exp t). apply ln_le; [apply exp_pos|]. apply le_div; auto. }
  pose proof (Rmax_r 0 (log_ratio P q y - m)). lra.
Qed.

(* E exp(-theta (number of hits)) <= exp(-n p (1 - exp(-theta))) *)
Lemma hits {A} n (Y : list A) P (S : A -> bool) theta : law Y P ->
  expect n Y P (fun z => exp (- theta * sum z (fun y => if S y then 1 else 0))) <=
  exp (- (INR n * (mass Y P S * (1 - exp (- theta))))).
Proof.
  intros HP. rewrite (expect_ext Y P HP _ _ (fun z => prod z (fun y => exp (- theta * (if S y then 1 else 0))))).
  2: { intros z _ _. rewrite prod_exp. f_equal. now rewrite sum_scal. }
  rewrite expect_prod. set (x := sum Y _).
  assert (E : x = 1 - mass Y P S * (1 - exp (- theta))).
  { unfold x, mass. destruct HP as [_ P1]. transitivity (sum Y P - sum Y (fun y => if S y then P y else 0) * (1 - exp (- theta))); [|now rewrite P1].
    rewrite <- sum_scal_r, <- sum_minus. apply sum_ext; intros y _.
    destruct (S y); [rewrite Rmult_1_r; ring|rewrite Rmult_0_r, exp_0; ring]. }
  assert (0 <= x). { unfold x. apply sum_nonneg; intros y _. apply Rmult_le_pos; [apply HP|left; apply exp_pos]. }
  replace (- (INR n * (mass Y P S * (1 - exp (- theta))))) with (INR n * (x - 1)) by (rewrite E; ring).
  apply pow_exp; [assumption|]. pose proof (exp_ineq1_le (x - 1)). lra.
Qed.

(* Markov for the number of hits of one event, with log(1/e) = n C. *)
Lemma likely_hits {A} n (Y : list A) P (S : A -> bool) theta C : law Y P -> (0 < n)%nat ->
  likely n Y P (exp (- (INR n * C))) (fun z => mass Y P S * (1 - exp (- theta)) <= theta * freq z S + C).
Proof.
  intros HP Hn. assert (nn : 0 < INR n) by now apply lt_0_INR. set (p := mass Y P S).
  eapply likely_mono; [apply Rle_refl|apply (likely_markov Y P HP n
    (fun z => exp (INR n * (p * (1 - exp (- theta)))) * exp (- theta * sum z (fun y => if S y then 1 else 0))) (exp (- (INR n * C))))|].
  - apply exp_pos.
  - intros z. apply Rmult_le_pos; left; apply exp_pos.
  - rewrite expect_scal by assumption. pose proof (hits n Y P S theta HP). fold p in H.
    apply Rle_trans with (exp (INR n * (p * (1 - exp (- theta)))) * exp (- (INR n * (p * (1 - exp (- theta)))))).
    + apply Rmult_le_compat_l; [left; apply exp_pos|exact H].
    + rewrite <- exp_plus, Rplus_opp_r, exp_0. lra.
  - intros z Lz _ H. cbv beta in H. rewrite <- exp_plus, <- exp_Ropp, Ropp_involutive in H. apply (ln_le _ _ (exp_pos _)) in H. rewrite !ln_exp in H.
    unfold freq. rewrite Lz. apply (Rmult_le_reg_l (INR n)); [lra|].
    replace (INR n * (theta * (sum z (fun y => if S y then 1 else 0) / INR n) + C)) with
      (theta * sum z (fun y => if S y then 1 else 0) + INR n * C) by (field; lra). lra.
Qed.

Lemma share n (K : R) delta : (0 < n)%nat -> 0 < K -> 0 < delta -> exp (- (INR n * (ln (K / delta) / INR n))) = delta / K.
Proof.
  intros Hn k d. assert (0 < INR n) by now apply lt_0_INR.
  replace (- (INR n * (ln (K / delta) / INR n))) with (- ln (K / delta)) by (field; lra).
  rewrite exp_Ropp, exp_ln by now apply div_pos. field; lra.
Qed.

(* claim: relative-chernoff
   part: the first form
   differs: finitely many responses *)
Theorem relative_chernoff {A} n (Y : list A) (P : A -> R) (events : list (A -> bool)) (theta delta : R) :
  law Y P -> (0 < n)%nat -> events <> [] -> 0 < theta -> 0 < delta ->
  likely n Y P delta (fun z => forall S, In S events ->
    mass Y P S <= (theta * freq z S + ln (INR (length events) / delta) / INR n) / (1 - exp (- theta))).
Proof.
  intros HP Hn EN Ht Hd. pose proof (length_pos events EN) as k.
  assert (e1 : exp (- theta) < 1) by (rewrite <- exp_0; apply exp_increasing; lra).
  eapply likely_mono; [|apply (likely_forall Y P HP n events (delta / INR (length events)))|].
  - right. field. lra.
  - intros S _. rewrite <- (share n) by auto. apply (likely_hits n Y P S theta _ HP Hn).
  - intros z _ _ H S I. apply le_div; [lra|]. exact (H S I).
Qed.

(* claim: relative-chernoff
   part: events of frequency at most B, for every v from the root on
   differs: finitely many responses; the closed form of v is the lemma root_bound *)
Theorem rare_frequency {A} n (Y : list A) (P : A -> R) (events : list (A -> bool)) (B v delta : R) :
  law Y P -> (0 < n)%nat -> events <> [] -> 0 < delta -> 0 < B < v ->
  ln (INR (length events) / delta) / INR n <= v - B - B * ln (v / B) ->
  likely n Y P delta (fun z => forall S, In S events -> freq z S <= B -> mass Y P S <= v).
Proof.
  intros HP Hn EN Hd HB HC. pose proof (length_pos events EN) as k.
  eapply likely_mono; [|apply (likely_forall Y P HP n events (delta / INR (length events)))|].
  - right. field. lra.
  - intros S _. rewrite <- (share n) by auto. apply (likely_hits n Y P S (ln (v / B)) _ HP Hn).
  - intros z _ _ H S I HF. specialize (H S I). simpl in H. rewrite exp_Ropp, exp_ln in H by (apply div_pos; lra).
    assert (T : 0 <= ln (v / B)) by (rewrite <- ln_1; apply ln_le; [lra|apply le_div; lra]).
    assert (W : / (v / B) = B / v) by (field; lra). rewrite W in H.
    assert (mass Y P S * (1 - B / v) <= v * (1 - B / v)).
    { replace (v * (1 - B / v)) with (v - B) by (field; lra). nra. }
    apply (Rmult_le_reg_r (1 - B / v)); [|lra]. assert (B / v < 1); [|lra].
    apply (Rmult_lt_reg_r v); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
