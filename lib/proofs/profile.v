(* Notebook 01: the profile N -> Cov_N is a tail, and means are areas under it. Integrals are Riemann's. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Coverage Require Import finite calculus divergences answers.
Import ListNotations.
Open Scope R_scope.

(* W has the derivative w, which is continuous, from a to b. *)
Definition antiderivative (a b : R) (W w : R -> R) := forall x, a <= x <= b -> is_derive W x (w x) /\ continuous w x.

Lemma area a b W w : a <= b -> antiderivative a b W w -> is_RInt w a b (W b - W a).
Proof. intros H D. apply (is_RInt_derive W w a b); intros x; rewrite Rmin_left, Rmax_right by assumption; intros I; now apply D. Qed.

Lemma area_const a b c : is_RInt (fun _ => c) a b ((b - a) * c).
Proof. apply (is_RInt_const a b c). Qed.

Lemma area_zero (f : R -> R) a b : a <= b -> (forall x, a < x < b -> f x = 0) -> is_RInt f a b 0.
Proof.
  intros H E. apply (is_RInt_ext (fun _ => 0)).
  - intros x. rewrite Rmin_left, Rmax_right by assumption. intros I. symmetry. now apply E.
  - pose proof (area_const a b 0) as K. now rewrite Rmult_0_r in K.
Qed.

Lemma area_plus (f g : R -> R) a b x y : is_RInt f a b x -> is_RInt g a b y -> is_RInt (fun u => f u + g u) a b (x + y).
Proof. apply (is_RInt_plus f g). Qed.

Lemma area_scal (f : R -> R) a b x c : is_RInt f a b x -> is_RInt (fun u => c * f u) a b (c * x).
Proof. apply (is_RInt_scal f a b c). Qed.

Lemma area_join (f : R -> R) a b c x y : is_RInt f a b x -> is_RInt f b c y -> is_RInt f a c (x + y).
Proof. apply (is_RInt_Chasles f a b c). Qed.

Lemma area_sum {A} (Y : list A) (f : A -> R -> R) a b F : (forall y, In y Y -> is_RInt (f y) a b (F y)) -> is_RInt (fun u => sum Y (fun y => f y u)) a b (sum Y F).
Proof.
  induction Y as [|y Y IH]; intros H; simpl.
  - pose proof (area_const a b 0) as K. now rewrite Rmult_0_r in K.
  - apply area_plus; [apply H; now left|apply IH; intros; apply H; now right].
Qed.

Lemma area_same (f g : R -> R) a b x : a <= b -> (forall u, a < u < b -> f u = g u) -> is_RInt f a b x -> is_RInt g a b x.
Proof. intros H E. apply is_RInt_ext. intros u. rewrite Rmin_left, Rmax_right by assumption. apply E. Qed.

(* The area of a step: on from t on, and on up to r. *)
Lemma step_from a b t W w : a <= b -> antiderivative a b W w -> is_RInt (fun u => w u * le01 t u) a b (W b - W (Rmin b (Rmax a t))).
Proof.
  intros H D. set (c := Rmin b (Rmax a t)). assert (C : a <= c <= b) by (unfold c, Rmin, Rmax; repeat destruct Rle_dec; lra).
  replace (W b - W c) with (0 + (W b - W c)) by ring. apply area_join with c.
  - apply area_zero; [lra|]. intros u I. rewrite le01_0; [ring|]. unfold c, Rmin, Rmax in I. repeat destruct Rle_dec; lra.
  - apply area_same with w; [lra| |apply area; [lra|intros x I; apply D; lra]]. intros u I. rewrite le01_1; [ring|].
    unfold c, Rmin, Rmax in I. repeat destruct Rle_dec; lra.
Qed.

Lemma step_to a b r W w : a <= b -> antiderivative a b W w -> is_RInt (fun u => w u * le01 u r) a b (W (Rmin b (Rmax a r)) - W a).
Proof.
  intros H D. set (c := Rmin b (Rmax a r)). assert (C : a <= c <= b) by (unfold c, Rmin, Rmax; repeat destruct Rle_dec; lra).
  replace (W c - W a) with ((W c - W a) + 0) by ring. apply area_join with c.
  - apply area_same with w; [lra| |apply area; [lra|intros x I; apply D; lra]]. intros u I. rewrite le01_1; [ring|].
    unfold c, Rmin, Rmax in I. repeat destruct Rle_dec; lra.
  - apply area_zero; [lra|]. intros u I. rewrite le01_0; [ring|]. unfold c, Rmin, Rmax in I. repeat destruct Rle_dec; lra.
Qed.

(* Areas under the profile, over thresholds up to U, and over s = 1/N up to b. *)
Lemma profile_area {A} a U W w (Y : list A) (P Q : A -> R) : 0 < a <= U -> antiderivative a U W w -> law Y P -> dominated P Q ->
  is_RInt (fun u => w u * cov u Y P Q) a U (sum Y (fun y => P y * (W (Rmin U (Rmax a (P y / Q y))) - W a))).
Proof.
  intros Ha D HP HD. apply area_same with (fun u => sum Y (fun y => P y * (w u * le01 u (P y / Q y)))); [lra| |apply area_sum; intros; apply area_scal, step_to; auto; lra].
  intros u I. unfold cov. rewrite <- sum_scal. apply sum_ext; intros y _. destruct (dominated_pos P Q y (proj1 HP) HD) as [->|[p q]]; [ring|].
  replace (le01 u (P y / Q y)) with (le01 (u * Q y) (P y)); [ring|]. unfold le01. destruct (Rle_dec (u * Q y) (P y)) as [C|C], (Rle_dec u (P y / Q y)) as [E|E]; auto; exfalso.
  - apply E. apply le_div; lra.
  - apply C. apply (Rmult_le_compat_r (Q y)) in E; [|lra]. replace (P y / Q y * Q y) with (P y) in E by (field; lra). lra.
Qed.

Lemma inverse_area {A} a b W w (Y : list A) (P Q : A -> R) : 0 <= a <= b -> antiderivative a b W w -> law Y P ->
  is_RInt (fun s => w s * cov (1 / s) Y P Q) a b (sum Y (fun y => P y * (W b - W (Rmin b (Rmax a (Q y / P y)))))).
Proof.
  intros Ha D HP. apply area_same with (fun s => sum Y (fun y => P y * (w s * le01 (Q y / P y) s))); [lra| |apply area_sum; intros; apply area_scal, step_from; auto; lra].
  intros s I. unfold cov. rewrite <- sum_scal. apply sum_ext; intros y _. destruct (Req_dec (P y) 0) as [->|n]; [ring|]. assert (p : 0 < P y) by (pose proof (proj1 HP y); lra).
  replace (le01 (Q y / P y) s) with (le01 (1 / s * Q y) (P y)); [ring|]. unfold le01. destruct (Rle_dec (1 / s * Q y) (P y)) as [C|C], (Rle_dec (Q y / P y) s) as [E|E]; auto; exfalso.
  - apply E, div_le; [assumption|]. apply (Rmult_le_compat_l s) in C; [|lra]. replace (s * (1 / s * Q y)) with (Q y) in C by (field; lra). lra.
  - apply C. replace (1 / s * Q y) with (Q y / s) by (field; lra). apply div_le; [lra|]. apply (Rmult_le_compat_r (P y)) in E; [|lra].
    replace (Q y / P y * P y) with (Q y) in E by (field; lra). lra.
Qed.

Lemma clamp a b r : a <= b -> a <= Rmin b (Rmax a r) <= b. Proof. intros. unfold Rmin, Rmax. repeat destruct Rle_dec; lra. Qed.

(* P[r <= u]: the lower tail. *)
Definition low {A} (u : R) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * le01 (P y) (u * Q y)).

(* E (log r)_+ *)
Definition positive_part {A} (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * Rmax 0 (ln (P y / Q y))).

Lemma ln_over_e x : 0 < x -> ln x <= x / exp 1.
Proof.
  intros H. pose proof (exp_pos 1). pose proof (ln_le_sub (x / exp 1) ltac:(now apply div_pos)). unfold Rdiv in H1 at 1. rewrite ln_mult, ln_Rinv, ln_exp in H1; try lra. now apply Rinv_0_lt_compat.
Qed.

(* claim: tail-and-mean
   differs: finite support; P dominated by Q except in the first identity; the integral over u > gamma is written over s = 1/u < 1/gamma, the others between numbers l and U that enclose all ratios *)
Theorem tail_and_mean {A} (gamma l U : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 0 < gamma -> 0 < l <= 1 -> 1 <= U ->
  is_RInt (fun s => gamma * cov (1 / s) Y P Q) 0 (1 / gamma) (hockey gamma Y P Q) /\
  (dominated P Q -> (forall y, 0 < P y -> l <= P y / Q y <= U) ->
    is_RInt (fun u => 1 / u * cov u Y P Q) 1 U (positive_part Y P Q) /\
    (exists above below, is_RInt (fun u => (u - 1) / u ^ 2 * cov u Y P Q) 1 U above /\ is_RInt (fun u => (1 - u) / u ^ 2 * low u Y P Q) l 1 below /\
      kl Y P Q = wasted Y P Q + above + below) /\
    kl Y P Q <= positive_part Y P Q <= kl Y P Q + 1 / exp 1).
Proof.
  intros HP HQ Hg Hl HU. split.
  - assert (g : 0 < 1 / gamma) by (apply div_pos; lra).
    replace (hockey gamma Y P Q) with (sum Y (fun y => P y * (gamma * (1 / gamma) - gamma * Rmin (1 / gamma) (Rmax 0 (Q y / P y))))).
    + apply (inverse_area 0 (1 / gamma) (fun s => gamma * s) (fun _ => gamma)); auto; [lra|]. intros x _. split; [auto_derive; [easy|ring]|apply continuous_const].
    + apply sum_ext; intros y _. pose proof (proj1 HP y) as p. pose proof (proj1 HQ y) as q. destruct (Req_dec (P y) 0) as [E|n].
      * rewrite E, Rmult_0_l, Rmax_left; [easy|nra].
      * assert (p0 : 0 < P y) by lra. assert (t : 0 <= Q y / P y) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]). rewrite (Rmax_right 0 (Q y / P y)) by assumption.
        unfold Rmin. destruct Rle_dec as [C|C].
        -- rewrite Rmax_left; [ring|]. apply (Rmult_le_compat_l (gamma * P y)) in C; [|nra]. replace (gamma * P y * (1 / gamma)) with (P y) in C by (field; lra).
           replace (gamma * P y * (Q y / P y)) with (gamma * Q y) in C by (field; lra). lra.
        -- apply Rnot_le_lt in C. apply (Rmult_lt_compat_l (gamma * P y)) in C; [|nra]. replace (gamma * P y * (1 / gamma)) with (P y) in C by (field; lra).
           replace (gamma * P y * (Q y / P y)) with (gamma * Q y) in C by (field; lra). rewrite Rmax_right by lra. field; lra.
  - intros HD B. split; [|split].
    + replace (positive_part Y P Q) with (sum Y (fun y => P y * (ln (Rmin U (Rmax 1 (P y / Q y))) - ln 1))).
      * apply (profile_area 1 U ln (fun u => 1 / u)); auto; [lra|]. intros x I. split; [auto_derive; [lra|field; lra]|].
        apply (ex_derive_continuous (fun u => 1 / u)). auto_derive. lra.
      * apply sum_ext; intros y _. destruct (dominated_pos P Q y (proj1 HP) HD) as [->|[p q]]; [ring|]. specialize (B y p). f_equal. rewrite ln_1, Rminus_0_r.
        rewrite Rmin_right by (apply Rmax_lub; lra). destruct (Rle_dec 1 (P y / Q y)) as [C|C].
        -- rewrite (Rmax_right 1), Rmax_right; [easy| |lra]. rewrite <- ln_1. apply ln_le; lra.
        -- rewrite (Rmax_left 1), ln_1, Rmax_left; [easy| |lra]. rewrite <- ln_1. apply ln_le; lra.
    + exists (sum Y (fun y => P y * (price (Rmin U (Rmax 1 (P y / Q y))) - price 1))), (sum Y (fun y => P y * (price (Rmin 1 (Rmax l (P y / Q y))) - price 1))).
      assert (V : forall x, 0 < x -> is_derive price x ((x - 1) / x ^ 2) /\ continuous (fun x => (x - 1) / x ^ 2) x).
      { intros x I. split; [unfold price; auto_derive; [repeat split; lra|field; lra]|]. apply (ex_derive_continuous (fun x => (x - 1) / x ^ 2)). auto_derive. nra. }
      split; [apply profile_area; auto; [lra|intros x I; apply V; lra]|]. split.
      * apply area_same with (fun u => sum Y (fun y => P y * ((1 - u) / u ^ 2 * le01 (P y / Q y) u))); [lra| |].
        -- intros u I. unfold low. rewrite <- sum_scal. apply sum_ext; intros y _. destruct (dominated_pos P Q y (proj1 HP) HD) as [->|[p q]]; [ring|].
           replace (le01 (P y / Q y) u) with (le01 (P y) (u * Q y)); [ring|]. unfold le01. destruct (Rle_dec (P y) (u * Q y)) as [C|C], (Rle_dec (P y / Q y) u) as [E|E]; auto; exfalso.
           ++ apply E, div_le; lra.
           ++ apply C. apply (Rmult_le_compat_r (Q y)) in E; [|lra]. replace (P y / Q y * Q y) with (P y) in E by (field; lra). lra.
        -- apply area_sum; intros y _. apply area_scal. set (r := Rmin 1 (Rmax l (P y / Q y))). replace (price r - price 1) with (- price 1 - - price r) by ring.
           apply (step_from l 1 (P y / Q y) (fun u => - price u) (fun u => (1 - u) / u ^ 2)); [lra|]. intros x I. split.
           ++ unfold price. auto_derive; [repeat split; lra|field; lra].
           ++ apply (ex_derive_continuous (fun x => (1 - x) / x ^ 2)). auto_derive. nra.
      * rewrite kl_identity by auto. rewrite Rplus_assoc, (Rplus_comm _ (wasted Y P Q)). f_equal. rewrite <- sum_plus. apply sum_ext; intros y _.
        destruct (dominated_pos P Q y (proj1 HP) HD) as [->|[p q]]; [ring|]. specialize (B y p). assert (p1 : price 1 = 0) by (unfold price; rewrite ln_1; field). rewrite p1.
        rewrite (Rmin_right U) by (apply Rmax_lub; lra). rewrite (Rmax_right l) by lra. destruct (Rle_dec 1 (P y / Q y)) as [C|C].
        -- rewrite (Rmax_right 1), (Rmin_left 1), p1 by lra. ring.
        -- rewrite (Rmax_left 1), (Rmin_right 1), p1 by lra. ring.
    + unfold positive_part, kl. split; [apply sum_le; intros y _; apply Rmult_le_compat_l; [apply HP|apply Rmax_r]|].
      apply Rle_trans with (sum Y (fun y => P y * ln (P y / Q y) + Q y * (1 / exp 1))); [|rewrite sum_plus, sum_scal_r, (proj2 HQ); lra].
      apply sum_le; intros y _. pose proof (exp_pos 1). assert (e : 0 < 1 / exp 1) by (apply div_pos; lra). destruct (dominated_pos P Q y (proj1 HP) HD) as [->|[p q]]; [pose proof (proj1 HQ y); nra|].
      assert (K : P y * - ln (P y / Q y) <= Q y * (1 / exp 1)).
      { pose proof (ln_over_e (Q y / P y) ltac:(now apply div_pos)) as M. replace (Q y / P y) with (/ (P y / Q y)) in M at 1 by (field; lra). rewrite ln_Rinv in M by now apply div_pos.
        apply (Rmult_le_compat_l (P y)) in M; [|lra]. replace (P y * (Q y / P y / exp 1)) with (Q y * (1 / exp 1)) in M by (field; lra). exact M. }
      assert (0 <= Q y * (1 / exp 1)) by (apply Rmult_le_pos; lra). unfold Rmax. destruct Rle_dec; lra.
Qed.

(* twin: tail-and-mean
   the area within 1/3 of KL: 1/e cannot be lowered so far *)
Theorem tail_and_mean_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\ dominated P Q /\ kl faces P Q + 1 / 3 < positive_part faces P Q.
Proof.
  exists (coin (3679 / 10000)), (coin (99999 / 100000)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [intros []; unfold coin; lra|].
  unfold kl, positive_part, faces, sum, coin. apply (Rplus_lt_reg_r 0). rewrite (Rmax_left 0 (ln (3679 / 10000 / (99999 / 100000)))) by (left; interval). rewrite Rmax_right by (left; interval). interval.
Qed.

(* claim: same-kl-different-tail
   differs: the riddle of the ages (product 36, sum 13), N = 2 and 4 *)
Theorem kl_orders_tails_is_false : exists P Q R1 R2 : response -> R, law responses P /\ law responses Q /\ law responses R1 /\ law responses R2 /\
  kl responses P Q = kl responses P R1 /\ cov 2 responses P R1 < cov 2 responses P Q /\ cov 4 responses P Q < cov 4 responses P R1 /\
  kl responses P R2 < kl responses P R1 /\ cov 2 responses P R1 < cov 2 responses P R2.
Proof.
  exists (three_law (1 / 3) (1 / 3) (1 / 3)), (three_law (2 / 13) (2 / 13) (9 / 13)), (three_law (1 / 13) (6 / 13) (6 / 13)), (three_law (16 / 100) (16 / 100) (68 / 100)).
  do 4 (split; [apply three_law_law; lra|]). unfold kl, cov, responses, sum, three_law. split; [|split; [decide_all; lra|split; [decide_all; lra|split; [interval|decide_all; lra]]]].
  unfold Rdiv. rewrite !Rinv_mult, !Rinv_inv. rewrite !ln_mult by (try apply Rmult_lt_0_compat; lra || interval). rewrite !ln_Rinv by lra.
  assert (E2 : ln 9 = ln 3 + ln 3) by (rewrite <- ln_mult by lra; f_equal; ring). assert (E3 : ln 6 = ln 2 + ln 3) by (rewrite <- ln_mult by lra; f_equal; ring). rewrite E2, E3, ln_1. lra.
Qed.
