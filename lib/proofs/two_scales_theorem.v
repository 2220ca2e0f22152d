(* The two-scale theorem, T1: maximum likelihood covers, with explicit constants. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws two_scales.
Import ListNotations.
Open Scope R_scope.

(* What a net point q' near q says, on a sample z where P is positive. *)
Lemma transfer {A} (Y : list A) (P q q' : A -> R) N rho z : law Y P -> 0 < N -> incl z Y -> (forall y, In y z -> 0 < P y) ->
  (forall y, In y Y -> 0 < P y -> q y <= exp rho * q' y /\ q' y <= exp rho * q y) ->
  cov N Y P q <= mass Y P (above (ln N - rho) P q') /\
  freq z (above (ln N - rho) P q') <= freq z (above (ln N - 2 * rho) P q).
Proof.
  intros [HP _] HN I Pz H.
  assert (E1 : exp (ln N - rho) = N * exp (- rho)) by (unfold Rminus; rewrite exp_plus, exp_ln; lra).
  assert (E2 : exp (ln N - 2 * rho) = N * exp (- rho) * exp (- rho)).
  { replace (ln N - 2 * rho) with (ln N + - rho + - rho) by ring. rewrite !exp_plus, exp_ln; lra. }
  assert (E3 : exp (- rho) * exp rho = 1) by (rewrite <- exp_plus, Rplus_opp_l; apply exp_0).
  pose proof (exp_pos (- rho)) as ep. split.
  - apply sum_le; intros y J. unfold above. rewrite E1. pose proof (HP y).
    destruct (Req_dec (P y) 0) as [->|]; [destruct Rle_dec; lra|]. assert (p : 0 < P y) by lra.
    destruct (H y J p) as [_ h]. unfold le01. destruct (Rle_dec (N * q y) (P y)) as [C|C]; destruct (Rle_dec _ (P y)) as [D|D]; try lra.
    apply Rnot_le_lt in D. apply (Rmult_le_compat_l (N * exp (- rho))) in h; [|nra].
    replace (N * exp (- rho) * (exp rho * q y)) with (N * q y * (exp (- rho) * exp rho)) in h by ring. rewrite E3 in h. lra.
  - unfold freq. unfold Rdiv. apply Rmult_le_compat_r.
    + destruct z; [simpl; rewrite Rinv_0; lra|left; apply Rinv_0_lt_compat, lt_0_INR; simpl; apply PeanoNat.Nat.lt_0_succ].
    + apply sum_le; intros y J. unfold above. rewrite E1, E2. destruct (H y (I y J) (Pz y J)) as [h _].
      destruct (Rle_dec (N * exp (- rho) * q' y) (P y)) as [C|C]; destruct (Rle_dec _ (P y)) as [D|D]; try lra.
      apply Rnot_le_lt in D. apply (Rmult_le_compat_l (N * exp (- rho) * exp (- rho))) in h; [|apply Rmult_le_pos; nra].
      replace (N * exp (- rho) * exp (- rho) * (exp rho * q' y)) with (N * exp (- rho) * q' y * (exp (- rho) * exp rho)) in h by ring.
      rewrite E3 in h. lra.
Qed.

(* On the training set the most likely model has no excess over P. *)
Lemma most_likely_excess {A} (P q : A -> R) (Pi : (A -> R) -> Prop) z : Pi P -> (forall q, Pi q -> forall y, 0 <= q y) -> (forall y, In y z -> 0 < P y) ->
  most_likely Pi z q -> (forall y, In y z -> 0 < q y) /\ sum z (log_ratio P q) <= 0.
Proof.
  intros HPi H0 Pz [Hq M]. assert (pp : 0 < prod z P) by now apply prod_pos. pose proof (M P HPi).
  assert (qp : forall y, In y z -> 0 < q y) by (apply prod_pos_factors; [intros; now apply H0|lra]).
  split; [assumption|]. replace (sum z (log_ratio P q)) with (ln (prod z P) - ln (prod z q)).
  - pose proof (ln_le _ _ pp H). lra.
  - rewrite !ln_prod by auto. rewrite <- sum_minus. apply sum_ext; intros y I. unfold log_ratio, Rdiv.
    rewrite ln_mult, ln_Rinv; auto; try lra. apply Rinv_0_lt_compat; auto.
Qed.

(* The training tail of the most likely model: F/(t - m) from m on. *)
Lemma training_tail {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) K s eps delta :
  law Y P -> Pi P -> (forall q, Pi q -> forall y, 0 <= q y) -> upper_cover eps Y P Pi K -> K <> [] -> (0 < n)%nat -> 0 <= eps ->
  0 < s < 1 -> 0 < delta ->
  likely n Y P delta (fun z => (forall y, In y z -> 0 < P y) /\ forall q, most_likely Pi z q -> forall t, least_truncation s < t ->
    freq z (above t P q) <= (ln (INR (length K) / delta) / (s * INR n) + eps) / (t - least_truncation s)).
Proof.
  intros HP HPi H0 HK KN Hn He Hs Hd. replace delta with (0 + delta) at 1 by ring.
  eapply likely_mono; [apply Rle_refl|apply (likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n)
    (training_coverage n Y P Pi K s _ eps delta HP HK KN Hn He Hs (Rle_refl _) Hd))|].
  intros z Lz Iz [Pz T]. split; [assumption|]. intros q M t Ht.
  destruct (most_likely_excess P q Pi z HPi H0 Pz M) as [qp ex].
  destruct (T q (proj1 M) qp) as [_ U]. eapply Rle_trans; [exact (U t Ht)|].
  unfold Rdiv at 1 4. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|].
  assert (sum z (log_ratio P q) / INR n <= 0); [|lra]. assert (0 < INR n) by now apply lt_0_INR. apply div_le; lra.
Qed.

Lemma net_nonempty {A} (Pi : (A -> R) -> Prop) (S : list (A -> R)) (P : A -> R) (W : (A -> R) -> (A -> R) -> Prop) :
  Pi P -> (forall q, Pi q -> exists q', In q' S /\ W q q') -> S <> [].
Proof. intros HP H E. destruct (H P HP) as (q' & I & _). now rewrite E in I. Qed.

Lemma one_le {B} (X : list B) : X <> [] -> 1 <= INR (length X).
Proof. destruct X; intros H; [easy|]. change (length (b :: X)) with (Datatypes.S (length X)). rewrite S_INR. pose proof (pos_INR (length X)). lra. Qed.

Lemma log_size_pos k delta : 1 <= k -> 0 < delta <= 1 -> 0 < ln (2 * k / delta).
Proof. intros H D. rewrite <- ln_1. apply ln_increasing; [lra|]. apply Rlt_le_trans with (2 / 1); [lra|]. apply le_div; lra. Qed.

Lemma log_size k delta : 1 <= k -> 0 < delta <= 1 -> 0 <= ln (2 * k / delta).
Proof. intros; left; now apply log_size_pos. Qed.

Lemma gap_pos L : 1 < L -> 0 < L - 1 - ln L.
Proof.
  intros HL. assert (ln L <> L - 1); [|pose proof (ln_le_sub L); lra]. intros E.
  pose proof (ln_increasing 1 L). rewrite ln_1 in H. pose proof (exp_ineq1 (ln L)). rewrite exp_ln in H0 by lra. lra.
Qed.

Section TwoScale.
Context {A : Type} (n : nat) (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps rho N delta : R).
Hypothesis HP : law Y P.
Hypothesis realizable : Pi P.
Hypothesis positive : forall q, Pi q -> forall y, 0 <= q y.
Hypothesis HK : upper_cover eps Y P Pi K.
Hypothesis HS : net rho Y P Pi S.
Hypothesis Hn : (0 < n)%nat.
Hypothesis He : 0 <= eps.
Hypothesis Hd : 0 < delta <= 1.

Let C := ln (2 * INR (length S) / delta) / INR n.
Let events := map (fun q' => above (ln N - rho) P q') S.

Lemma K_nonempty : K <> []. Proof. exact (net_nonempty Pi K P _ realizable (proj2 HK)). Qed.
Lemma S_nonempty : S <> []. Proof. exact (net_nonempty Pi S P _ realizable HS). Qed.
Lemma events_nonempty : events <> []. Proof. intros E. apply map_eq_nil in E. now apply S_nonempty. Qed.
Lemma events_length : INR (length events) / (delta / 2) = 2 * INR (length S) / delta.
Proof. unfold events. rewrite map_length. field. lra. Qed.

Lemma linear_form (s theta : R) : 0 < N -> 0 < s < 1 -> 0 < theta -> 0 < ln N - 2 * rho - least_truncation s ->
  likely n Y P delta (fun z => forall q, most_likely Pi z q ->
    cov N Y P q <= (theta * (ln (2 * INR (length K) / delta) / (s * INR n) + eps) / (ln N - 2 * rho - least_truncation s) + C)
                   / (1 - exp (- theta))).
Proof.
  intros HN Hs Ht HL. replace delta with (delta / 2 + delta / 2) at 1 by field. assert (d2 : 0 < delta / 2) by lra.
  eapply likely_mono; [apply Rle_refl|apply (likely_and Y P HP n _ _ _ _
    (training_tail n Y P Pi K s eps (delta / 2) HP realizable positive HK K_nonempty Hn He Hs d2)
    (relative_chernoff n Y P events theta (delta / 2) HP Hn events_nonempty Ht d2))|].
  intros z Lz Iz [[Pz T] U] q M. destruct (HS q (proj1 M)) as (q' & I & H).
  destruct (transfer Y P q q' N rho z HP HN Iz Pz H) as [V W].
  specialize (U (above (ln N - rho) P q') (in_map _ _ _ I)). rewrite events_length in U. fold C in U.
  specialize (T q M (ln N - 2 * rho)). replace (INR (length K) / (delta / 2)) with (2 * INR (length K) / delta) in T by (field; lra).
  eapply Rle_trans; [exact V|]. eapply Rle_trans; [exact U|].
  assert (e1 : exp (- theta) < 1) by (rewrite <- exp_0; apply exp_increasing; lra).
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|]. apply Rplus_le_compat_r.
  unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [exact W|]. apply T. lra.
Qed.

Lemma sharp_form (v : R) : 0 < N -> 1 < ln N - 2 * rho ->
  let L := ln N - 2 * rho in
  let B := (ln (2 * INR (length K) / delta) / INR n + (1 - 1 / L) * eps) / (L - 1 - ln L) in
  B < v -> C <= v - B - B * ln (v / B) ->
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> cov N Y P q <= v).
Proof.
  intros HN HL L B Hv HC. fold L in HL. assert (d2 : 0 < delta / 2) by lra.
  assert (nn : 0 < INR n) by now apply lt_0_INR.
  assert (i0 : 0 < 1 / L < 1).
  { split; [apply div_pos; lra|]. unfold Rdiv. rewrite Rmult_1_l, <- Rinv_1. apply Rinv_lt_contravar; lra. }
  assert (Hs : 0 < 1 - 1 / L < 1) by lra.
  destruct (best_order L (1 - 1 / L) HL Hs) as [_ BO].
  pose proof (gap_pos L HL) as g.
  assert (Lm : 0 < L - least_truncation (1 - 1 / L)) by nra.
  assert (k1 : 1 <= INR (length K)) by apply (one_le K), K_nonempty.
  assert (B0 : 0 < B).
  { apply div_pos; [|assumption]. assert (0 < ln (2 * INR (length K) / delta) / INR n); [|nra].
    apply div_pos; [apply log_size_pos; lra|assumption]. }
  replace delta with (delta / 2 + delta / 2) at 1 by field.
  eapply likely_mono; [apply Rle_refl|apply (likely_and Y P HP n _ _ _ _
    (training_tail n Y P Pi K (1 - 1 / L) eps (delta / 2) HP realizable positive HK K_nonempty Hn He Hs d2)
    (rare_frequency n Y P events B v (delta / 2) HP Hn events_nonempty d2 (conj B0 Hv) ltac:(rewrite events_length; exact HC)))|].
  intros z Lz Iz [[Pz T] U] q M. destruct (HS q (proj1 M)) as (q' & I & H).
  destruct (transfer Y P q q' N rho z HP HN Iz Pz H) as [V W].
  eapply Rle_trans; [exact V|]. apply (U _ (in_map _ _ _ I)). eapply Rle_trans; [exact W|].
  specialize (T q M L ltac:(lra)). replace (INR (length K) / (delta / 2)) with (2 * INR (length K) / delta) in T by (field; lra).
  eapply Rle_trans; [exact T|]. right. unfold B. rewrite <- BO. field. repeat split; lra.
Qed.
End TwoScale.

(* claim: mle-coverage-two-scale
   part: every order s and every theta
   differs: finitely many responses, so that one null set serves the whole class; the form in expectation is not here *)
Theorem two_scale_linear {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps rho N delta s theta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> forall y, 0 <= q y) ->
  upper_cover eps Y P Pi K -> net rho Y P Pi S ->
  (0 < n)%nat -> 0 <= eps -> 0 < delta <= 1 -> 0 < N -> 0 < s < 1 -> 0 < theta -> least_truncation s < ln N - 2 * rho ->
  let F := ln (2 * INR (length K) / delta) / (s * INR n) + eps in
  likely n Y P delta (fun z => forall q, most_likely Pi z q ->
    cov N Y P q <= (theta * F / (ln N - 2 * rho - least_truncation s) + ln (2 * INR (length S) / delta) / INR n) / (1 - exp (- theta))).
Proof. intros. unfold F. apply linear_form; auto; lra. Qed.

Lemma below_e : 1 / (1 - exp (- (1))) <= 1.582. Proof. interval. Qed.

(* claim: mle-coverage-two-scale
   part: s = 1/2, theta = 1, rho = log(N)/4
   differs: finitely many responses; the form in expectation is not here *)
Theorem two_scale_default {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps N delta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> forall y, 0 <= q y) ->
  upper_cover eps Y P Pi K -> net (ln N / 4) Y P Pi S ->
  (0 < n)%nat -> 0 <= eps -> 0 < delta <= 1 -> 16 < N ->
  likely n Y P delta (fun z => forall q, most_likely Pi z q ->
    cov N Y P q <= 1.582 * (2 * (2 / INR n * ln (2 * INR (length K) / delta) + eps) / ln (N / 16)
                            + ln (2 * INR (length S) / delta) / INR n)).
Proof.
  intros HP R0 pos HK HS Hn He Hd HN.
  assert (m : least_truncation (1 / 2) = 2 * ln 2).
  { unfold least_truncation. replace (1 - 1 / 2) with (/ 2) by field. rewrite ln_Rinv by lra. field. }
  assert (E : ln (N / 16) = ln N - 4 * ln 2).
  { unfold Rdiv. rewrite ln_mult, ln_Rinv by lra. replace 16 with (2 * (2 * (2 * 2))) by ring. rewrite !ln_mult by lra. ring. }
  assert (E0 : 0 < ln (N / 16)) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (nn : 0 < INR n) by now apply lt_0_INR.
  eapply likely_mono; [apply Rle_refl|apply (two_scale_linear n Y P Pi K S eps (ln N / 4) N delta (1 / 2) 1); auto; lra|].
  intros z _ _ H q M. eapply Rle_trans; [exact (H q M)|]. rewrite m.
  set (x := ln (2 * INR (length K) / delta)). set (c := ln (2 * INR (length S) / delta)).
  replace ((1 * (x / (1 / 2 * INR n) + eps) / (ln N - 2 * (ln N / 4) - 2 * ln 2) + c / INR n) / (1 - exp (- (1)))) with
    (1 / (1 - exp (- (1))) * (2 * (2 / INR n * x + eps) / ln (N / 16) + c / INR n)).
  - apply Rmult_le_compat_r; [|apply below_e].
    assert (k1 : 1 <= INR (length K)) by (apply (one_le K), (net_nonempty Pi K P _ R0 (proj2 HK))).
    assert (s1 : 1 <= INR (length S)) by (apply (one_le S), (net_nonempty Pi S P _ R0 HS)).
    assert (0 <= x) by (apply log_size; lra). assert (0 <= c) by (apply log_size; lra).
    apply Rplus_le_le_0_compat; apply Rmult_le_pos; try (left; apply Rinv_0_lt_compat; lra); try lra.
    apply Rmult_le_pos; [lra|]. apply Rplus_le_le_0_compat; [|lra]. apply Rmult_le_pos; [|lra].
    left; apply div_pos; lra.
  - assert (e1 := exp_increasing (- (1)) 0 ltac:(lra)). rewrite exp_0 in e1. rewrite E in E0 |- *. field. repeat split; lra.
Qed.

(* claim: mle-coverage-two-scale
   part: the sharp form, for every v from the root on
   differs: finitely many responses, so that one null set serves the whole class; the form in expectation and the cases of equality are not here *)
Theorem two_scale {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps rho N delta v : R) :
  law Y P -> Pi P -> (forall q, Pi q -> forall y, 0 <= q y) ->
  upper_cover eps Y P Pi K -> net rho Y P Pi S ->
  (0 < n)%nat -> 0 <= eps -> 0 < delta <= 1 -> 0 < N ->
  let L := ln N - 2 * rho in
  let B := (ln (2 * INR (length K) / delta) / INR n + (1 - 1 / L) * eps) / (L - 1 - ln L) in
  let C := ln (2 * INR (length S) / delta) / INR n in
  1 < L -> B < v -> C <= v - B - B * ln (v / B) ->
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> cov N Y P q <= v).
Proof. intros. apply (sharp_form n Y P Pi K S eps rho N delta); auto. Qed.

(* The root v of v - B - B log(v/B) = C is at most B + C + sqrt(C^2 + 2 B C). *)
Lemma root_bound B C : 0 < B -> 0 <= C -> let v := B + C + sqrt (C ^ 2 + 2 * B * C) in C <= v - B - B * ln (v / B).
Proof.
  intros HB HC v. set (u := sqrt (C ^ 2 + 2 * B * C) / B). assert (s0 : 0 <= sqrt (C ^ 2 + 2 * B * C)) by apply sqrt_pos.
  assert (u0 : 0 <= u) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
  assert (w : (1 + C / B) ^ 2 = 1 + u ^ 2).
  { unfold u. replace ((sqrt (C ^ 2 + 2 * B * C) / B) ^ 2) with (sqrt (C ^ 2 + 2 * B * C) ^ 2 / B ^ 2) by (field; lra).
    rewrite pow2_sqrt by nra. field. lra. }
  assert (E : v / B = 1 + C / B + u) by (unfold v, u; field; lra). rewrite E.
  assert (c0 : 0 <= C / B) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
  assert (I : ln (1 + C / B + u) <= u).
  { rewrite <- (ln_exp u) at 2. apply ln_le; [lra|]. pose proof (sinh_above u u0) as K. pose proof (exp_pos u).
    assert (X : exp u * exp (- u) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
    assert (Z : 1 + C / B <= exp u - u); [|lra]. pose proof (exp_ineq1_le u). apply Rsqr_incr_0; [|lra|lra].
    unfold Rsqr. replace ((1 + C / B) * (1 + C / B)) with (1 + u ^ 2) by (rewrite <- w; ring). nra. }
  apply (Rmult_le_compat_l B) in I; [|lra]. unfold v. unfold u at 2 in I.
  replace (B * (sqrt (C ^ 2 + 2 * B * C) / B)) with (sqrt (C ^ 2 + 2 * B * C)) in I by (field; lra). lra.
Qed.

(* claim: mle-coverage-two-scale
   part: the closed form
   differs: finitely many responses; the form in expectation is not here *)
Theorem two_scale_closed {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps rho N delta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> forall y, 0 <= q y) ->
  upper_cover eps Y P Pi K -> net rho Y P Pi S ->
  (0 < n)%nat -> 0 <= eps -> 0 < delta <= 1 -> 0 < N ->
  let L := ln N - 2 * rho in
  let B := (ln (2 * INR (length K) / delta) / INR n + (1 - 1 / L) * eps) / (L - 1 - ln L) in
  let C := ln (2 * INR (length S) / delta) / INR n in
  1 < L -> likely n Y P delta (fun z => forall q, most_likely Pi z q -> cov N Y P q <= B + C + sqrt (C ^ 2 + 2 * B * C)).
Proof.
  intros HP R0 pos HK HS Hn He Hd HN L B C HL. assert (nn : 0 < INR n) by now apply lt_0_INR.
  assert (k1 : 1 <= INR (length K)) by (apply (one_le K), (net_nonempty Pi K P _ R0 (proj2 HK))).
  assert (s1 : 1 <= INR (length S)) by (apply (one_le S), (net_nonempty Pi S P _ R0 HS)).
  assert (C0 : 0 < C) by (apply div_pos; [apply log_size_pos; lra|lra]).
  assert (B0 : 0 < B).
  { apply div_pos; [|now apply gap_pos]. assert (0 < ln (2 * INR (length K) / delta) / INR n) by (apply div_pos; [apply log_size_pos; lra|lra]).
    assert (1 / L < 1) by (apply (Rmult_lt_reg_r L); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra). nra. }
  pose proof (sqrt_pos (C ^ 2 + 2 * B * C)).
  apply (two_scale n Y P Pi K S eps rho N delta); auto; fold L B C; [lra|]. apply root_bound; lra.
Qed.
