(* Notebook 11: the tournament on n held-out draws. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite draws two_scales two_scales_theorem divergences selection.
Import ListNotations.
Open Scope R_scope.

(* p beats q at y: p >= N q, p > 0. Its frequency in a sample is the empirical Cov_N(p||q). *)
Definition beats {A} (N : R) (p q : A -> R) (y : A) : bool := if Rlt_dec 0 (p y) then if Rle_dec (N * q y) (p y) then true else false else false.

Lemma beats_mass {A} (D : A -> R) N (Y : list A) p q : mass Y D (beats N p q) = cov_under D N Y p q.
Proof. apply sum_ext; intros y _. unfold beats, lt01, le01. destruct Rlt_dec; [destruct Rle_dec|]; ring. Qed.

(* q has the least worst score on the sample z against the models of the list Pi. *)
Definition winner {A} (N : R) (Pi : list (A -> R)) (z : list A) (q : A -> R) :=
  In q Pi /\ forall q', In q' Pi -> forall t, (forall p, In p Pi -> freq z (beats N p q') <= t) -> forall p, In p Pi -> freq z (beats N p q) <= t.

(* claim: tournament-selects
   part: every c > 1
   differs: finite support; the constants at c = 2 are the next theorem *)
Theorem tournament_selects {A} n (N M c a b delta : R) (Y : list A) (D : A -> R) (Pi : list (A -> R)) (best : A -> R) :
  law Y D -> (forall p, In p Pi -> sublaw Y p) -> In best Pi -> (0 < n)%nat -> 1 < N -> 1 <= M -> 1 < c -> 0 < a -> 0 < b ->
  exp a - 1 = c * a -> 1 - exp (- (c * b)) = b -> 0 < delta ->
  likely n Y D delta (fun z => forall q, winner N Pi z q ->
    cov (N * M) Y D q <= (1 + c ^ 2) * cov M Y D best + c ^ 2 * (M / N) + (1 / b + c / a) * (ln (2 * INR (length Pi) / delta) / INR n)).
Proof.
  intros HD HPi Hb Hn HN HM Hc Ha Hb0 Ea Eb Hd. set (k := INR (length Pi)). assert (k0 : 0 < k) by (apply lt_0_INR; destruct Pi; [easy|simpl; lia]). assert (nn : 0 < INR n) by now apply lt_0_INR.
  set (L := ln (2 * k / delta)). assert (EL : exp (- L) = delta / (2 * k)).
  { unfold L. rewrite exp_Ropp, exp_ln by (apply div_pos; lra). field. lra. }
  assert (W1 : likely n Y D (k * exp (- L)) (fun z => forall p, In p Pi -> freq z (beats N p best) <= c * mass Y D (beats N p best) + L / (a * INR n))).
  { apply likely_forall; [assumption|]. intros p _. apply (selection_chernoff n Y D (beats N p best) a b c L); auto. }
  assert (W2 : likely n Y D (k * exp (- L)) (fun z => forall p, In p Pi -> mass Y D (beats N best p) <= c * freq z (beats N best p) + L / (b * INR n))).
  { apply likely_forall; [assumption|]. intros p _. apply (selection_chernoff n Y D (beats N best p) a b c L); auto. }
  eapply likely_mono; [|exact (likely_and Y D HD n _ _ _ _ W1 W2)|].
  - rewrite EL. right. field. lra.
  - intros z _ _ [Z1 Z2] q [Hq T]. pose proof (HPi best Hb) as SB. assert (mn : 0 < M / N) by (apply div_pos; lra).
    assert (S : forall p, In p Pi -> cov_under D N Y p best <= cov M Y D best + M / N) by (intros p Hp; apply score_of_best; auto; try lra; apply SB).
    assert (U : freq z (beats N best q) <= c * (cov M Y D best + M / N) + L / (a * INR n)).
    { apply (T best Hb); [|assumption]. intros p Hp. eapply Rle_trans; [exact (Z1 p Hp)|]. rewrite beats_mass. pose proof (S p Hp). apply Rplus_le_compat_r, Rmult_le_compat_l; lra. }
    pose proof (Z2 q Hq) as V. rewrite beats_mass in V.
    destruct (triangle M N Y D D q best (proj1 HD) (proj1 HD) (proj1 (HPi q Hq)) (proj1 SB) HM ltac:(lra)) as (X & _ & X').
    rewrite !under_itself in X by apply HD. replace (M * N) with (N * M) in X by ring.
    assert (c * freq z (beats N best q) <= c * (c * (cov M Y D best + M / N) + L / (a * INR n))) by (apply Rmult_le_compat_l; lra).
    replace ((1 / b + c / a) * (L / INR n)) with (L / (b * INR n) + c * (L / (a * INR n))) by (field; lra). lra.
Qed.

(* claim: tournament-selects
   part: the constants 5, 4 and 2.85 at c = 2
   differs: finite support *)
Theorem tournament_at_two {A} n (N M delta : R) (Y : list A) (D : A -> R) (Pi : list (A -> R)) (best : A -> R) :
  law Y D -> (forall p, In p Pi -> sublaw Y p) -> In best Pi -> (0 < n)%nat -> 1 < N -> 1 <= M -> 0 < delta <= 1 ->
  likely n Y D delta (fun z => forall q, winner N Pi z q ->
    cov (N * M) Y D q <= 5 * cov M Y D best + 4 * (M / N) + 2.85 * (ln (2 * INR (length Pi) / delta) / INR n)).
Proof.
  intros HD HPi Hb Hn HN HM Hd. destruct selection_numbers as ((a & Ra & Ea & Ia) & (b & Rb & Eb & Ib) & _).
  eapply likely_mono; [apply Rle_refl|apply (tournament_selects n N M 2 a b delta Y D Pi best); auto; lra|]. intros z _ _ H q W. eapply Rle_trans; [exact (H q W)|].
  assert (k1 : 1 <= INR (length Pi)) by (apply (one_le Pi); destruct Pi; easy). pose proof (log_size (INR (length Pi)) delta k1 Hd). assert (nn : 0 < INR n) by now apply lt_0_INR.
  replace (1 + 2 ^ 2) with 5 by ring. replace (2 ^ 2) with 4 by ring. apply Rplus_le_compat_l, Rmult_le_compat_r; [apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]|]. unfold Rdiv in *. lra.
Qed.

(* twin: tournament-selects
   without the term that the number of draws pays: one draw of a fair coin, the truth and a model that is certain of heads *)
Theorem tournament_selects_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, winner 1000 [coin (1 / 2); coin 1] z q ->
  cov (1000 * 2) faces (coin (1 / 2)) q <= 5 * cov 2 faces (coin (1 / 2)) (coin (1 / 2)) + 4 * (2 / 1000)).
Proof.
  intros (G & E & I). simpl in E. unfold coin in E. destruct (G [true]) eqn:X; [|destruct (G [false]); lra].
  assert (W : winner 1000 [coin (1 / 2); coin 1] [true] (coin 1)).
  { split; [simpl; auto|]. intros q' _ t Ht p Hp. assert (F0 : forall p, 0 <= freq [true] (beats 1000 p q')).
    { intros p'. unfold freq. apply Rmult_le_pos; [apply sum_nonneg; intros y _; destruct beats; lra|simpl; rewrite Rinv_1; lra]. }
    pose proof (Ht (coin 1) ltac:(simpl; auto)). pose proof (F0 (coin 1)). replace (freq [true] (beats 1000 p (coin 1))) with 0; [lra|].
    destruct Hp as [<-|[<-|[]]]; unfold freq, beats, sum, coin; destruct Rlt_dec; try destruct Rle_dec; simpl; lra. }
  assert (H := I [true] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X (coin 1) W). unfold cov, faces, sum, coin in H.
  rewrite (le01_0 (1000 * 2 * 1)), (le01_1 (1000 * 2 * (1 - 1))), (le01_0 (2 * (1 / 2))), (le01_0 (2 * (1 - 1 / 2))) in H by lra. lra.
Qed.
