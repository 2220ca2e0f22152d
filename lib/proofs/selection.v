(* Notebook 11: choosing a model by tournament. D is the law of the data; models are compared at its points. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite draws two_scales divergences.
Import ListNotations.
Open Scope R_scope.

(* Cov_N(p||q) under the data law D: the mass of {p >= N q, p > 0}; and with > for >=. *)
Definition cov_under {A} (D : A -> R) (N : R) (Y : list A) (p q : A -> R) : R := sum Y (fun y => D y * (lt01 0 (p y) * le01 (N * q y) (p y))).
Definition tail_under {A} (D : A -> R) (N : R) (Y : list A) (p q : A -> R) : R := sum Y (fun y => D y * (lt01 0 (p y) * lt01 (N * q y) (p y))).

Lemma under_itself {A} N (Y : list A) D q : (forall y, 0 <= D y) -> cov_under D N Y D q = cov N Y D q.
Proof.
  intros H. apply sum_ext; intros y _. unfold lt01. destruct Rlt_dec as [|C]; [ring|]. pose proof (H y). replace (D y) with 0 by lra. ring.
Qed.

(* claim: triangle-inequality
   part: the inequality, with either tail strict
   differs: finite support *)
Theorem triangle {A} (N M : R) (Y : list A) (D p q s : A -> R) : (forall y, 0 <= D y) -> (forall y, 0 <= p y) -> (forall y, 0 <= q y) -> (forall y, 0 <= s y) -> 1 <= N -> 1 <= M ->
  cov_under D (N * M) Y p q <= cov_under D N Y p s + tail_under D M Y s q /\
  cov_under D (N * M) Y p q <= tail_under D N Y p s + cov_under D M Y s q /\
  tail_under D M Y s q <= cov_under D M Y s q.
Proof.
  intros HD Hp Hq Hs HN HM. unfold cov_under, tail_under. rewrite <- !sum_plus. repeat split; apply sum_le; intros y _;
    rewrite <- ?Rmult_plus_distr_l; apply Rmult_le_compat_l; auto; pose proof (Hp y); pose proof (Hq y); pose proof (Hs y);
    assert (0 <= N * q y) by nra; assert (0 <= M * q y) by nra.
  - unfold lt01, le01. destruct (Rlt_dec 0 (p y)); [|repeat destruct Rle_dec; repeat destruct Rlt_dec; lra].
    destruct (Rle_dec (N * M * q y) (p y)); [|repeat destruct Rle_dec; repeat destruct Rlt_dec; lra].
    destruct (Rle_dec (N * s y) (p y)) as [a|a]; [repeat destruct Rlt_dec; lra|]. apply Rnot_le_lt in a.
    destruct (Rlt_dec 0 (s y)) as [c|c]; [|exfalso; nra]. destruct (Rlt_dec (M * q y) (s y)) as [d|d]; [lra|exfalso; nra].
  - unfold lt01, le01. destruct (Rlt_dec 0 (p y)); [|repeat destruct Rle_dec; repeat destruct Rlt_dec; lra].
    destruct (Rle_dec (N * M * q y) (p y)); [|repeat destruct Rle_dec; repeat destruct Rlt_dec; lra].
    destruct (Rlt_dec (N * s y) (p y)) as [a|a]; [destruct (Rlt_dec 0 (s y)); destruct Rle_dec; lra|]. apply Rnot_lt_le in a.
    destruct (Rlt_dec 0 (s y)) as [c|c]; [|exfalso; nra]. destruct (Rle_dec (M * q y) (s y)) as [d|d]; [lra|exfalso; nra].
  - pose proof (lt01_le01 (M * q y) (s y)). pose proof (lt01_bounds 0 (s y)). nra.
Qed.

(* claim: triangle-inequality
   part: equality occurs *)
Theorem triangle_attained : exists D p q s : bool -> R, law faces D /\ law faces p /\ law faces q /\ law faces s /\
  cov_under D (2 * 2) faces p q = cov_under D 2 faces p s + tail_under D 2 faces s q /\ 0 < cov_under D (2 * 2) faces p q.
Proof.
  exists (coin (1 / 2)), (coin (4 / 5)), (coin (1 / 5)), (coin (2 / 5)). do 4 (split; [apply coin_law; lra|]).
  unfold cov_under, tail_under, faces, sum, coin. split; decide_all; lra.
Qed.

(* twin: triangle-inequality
   with both tails strict *)
Theorem triangle_twin : exists D p q s : bool -> R, law faces D /\ law faces p /\ law faces q /\ law faces s /\
  tail_under D 2 faces p s + tail_under D 2 faces s q < cov_under D (2 * 2) faces p q.
Proof.
  exists (coin 1), (coin (4 / 5)), (coin (1 / 5)), (coin (2 / 5)). do 4 (split; [apply coin_law; lra|]).
  unfold cov_under, tail_under, faces, sum, coin. decide_all; lra.
Qed.

(* q has the least worst coverage against its rivals: whatever bounds the score of another model bounds the score of q. *)
Definition tournament {A} (D : A -> R) (N : R) (Y : list A) (Pi : (A -> R) -> Prop) (q : A -> R) :=
  Pi q /\ forall q', Pi q' -> forall t, (forall p, Pi p -> cov_under D N Y p q' <= t) -> forall p, Pi p -> cov_under D N Y p q <= t.

(* Markov's step: against any model of mass at most one, the best model's score is small. *)
Lemma score_of_best {A} (N M : R) (Y : list A) (D best p : A -> R) : law Y D -> (forall y, 0 <= best y) -> sublaw Y p -> 0 < N -> 0 < M ->
  cov_under D N Y p best <= cov M Y D best + M / N.
Proof.
  intros HD b0 [p0 p1] HN HM. assert (mn : 0 < M / N) by (apply div_pos; lra). apply Rle_trans with (sum Y (fun y => D y * le01 (M * best y) (D y) + M / N * p y)).
  - apply sum_le; intros y _. pose proof (proj1 HD y). pose proof (p0 y). pose proof (b0 y).
    unfold lt01, le01. destruct Rlt_dec; [|destruct Rle_dec, Rle_dec; nra]. destruct Rle_dec as [C|C]; [|destruct Rle_dec; nra].
    destruct Rle_dec as [E|E]; [nra|]. apply Rnot_le_lt in E. apply (Rmult_le_compat_l (M / N)) in C; [|lra].
    replace (M / N * (N * best y)) with (M * best y) in C by (field; lra). lra.
  - rewrite sum_plus, sum_scal. fold (cov M Y D best). nra.
Qed.

(* claim: tournament-population
   part: the inequality
   differs: finite support; any class, finite or not; that the coefficients are least is not here *)
Theorem tournament_population {A} (N M : R) (Y : list A) (D : A -> R) (Pi : (A -> R) -> Prop) (best q : A -> R) :
  law Y D -> (forall p, Pi p -> sublaw Y p) -> Pi best -> tournament D N Y Pi q -> 1 < N -> 1 <= M ->
  cov (N * M) Y D q <= 2 * cov M Y D best + M / N.
Proof.
  intros HD HPi Hb [Hq T] HN HM.
  assert (S : forall p, Pi p -> cov_under D N Y p best <= cov M Y D best + M / N).
  { intros p Hp. apply score_of_best; auto; try lra. apply (HPi best Hb). }
  pose proof (T best Hb _ S best Hb) as U.
  destruct (triangle M N Y D D q best (proj1 HD) (proj1 HD) (proj1 (HPi q Hq)) (proj1 (HPi best Hb)) HM ltac:(lra)) as (V & _ & W).
  rewrite !under_itself in V by apply HD. replace (N * M) with (M * N) by ring. lra.
Qed.

(* twin: tournament-population
   without the term M/N: a class of two models, N = 2, M = 3/2 *)
Theorem tournament_twin : exists D best q : bool -> R, law faces D /\ law faces best /\ law faces q /\
  tournament D 2 faces (fun p => p = best \/ p = q) q /\ 2 * cov 1.5 faces D best < cov (2 * 1.5) faces D q.
Proof.
  exists (coin (2 / 5)), (coin (11 / 20)), (coin (1 / 10)). do 3 (split; [apply coin_law; lra|]). split.
  - split; [now right|]. intros q' Hq' t Ht p Hp.
    assert (E : cov_under (coin (2 / 5)) 2 faces p (coin (1 / 10)) <= 2 / 5).
    { destruct Hp as [-> | ->]; unfold cov_under, faces, sum, coin; decide_all; lra. }
    destruct Hq' as [-> | ->]; [|now apply Ht].
    assert (F : 3 / 5 <= cov_under (coin (2 / 5)) 2 faces (coin (1 / 10)) (coin (11 / 20))).
    { unfold cov_under, faces, sum, coin; decide_all; lra. }
    pose proof (Ht (coin (1 / 10)) (or_intror eq_refl)). lra.
  - unfold cov, faces, sum, coin; decide_all; lra.
Qed.

(* claim: selection-chernoff
   part: both inequalities
   differs: one event of a finite space; the two numbers at c = 2 are below *)
Theorem selection_chernoff {A} n (Y : list A) (P : A -> R) (S : A -> bool) (a b c L : R) : law Y P -> (0 < n)%nat -> 1 < c -> 0 < a -> 0 < b ->
  exp a - 1 = c * a -> 1 - exp (- (c * b)) = b ->
  likely n Y P (exp (- L)) (fun z => freq z S <= c * mass Y P S + L / (a * INR n)) /\
  likely n Y P (exp (- L)) (fun z => mass Y P S <= c * freq z S + L / (b * INR n)).
Proof.
  intros HP Hn Hc Ha Hb Ea Eb. assert (nn : 0 < INR n) by now apply lt_0_INR.
  assert (E : exp (- L) = exp (- (INR n * (L / INR n)))) by (f_equal; field; lra). rewrite E. split.
  - eapply likely_mono; [apply Rle_refl|apply (likely_hits n Y P S (- a) (L / INR n) HP Hn)|]. intros z _ _ H. cbv beta in H.
    rewrite Ropp_involutive in H. apply (Rmult_le_reg_l a); [assumption|].
    replace (a * (c * mass Y P S + L / (a * INR n))) with (mass Y P S * (c * a) + L / INR n) by (field; lra). nra.
  - eapply likely_mono; [apply Rle_refl|apply (likely_hits n Y P S (c * b) (L / INR n) HP Hn)|]. intros z _ _ H. cbv beta in H.
    rewrite Eb in H. apply (Rmult_le_reg_r b); [assumption|].
    replace ((c * freq z S + L / (b * INR n)) * b) with (c * b * freq z S + L / INR n) by (field; lra). exact H.
Qed.

(* claim: selection-chernoff
   part: the numbers at c = 2: the slopes' inverses 1/a and 1/b, and 2/a + 1/b, the price of the tournament
   differs: the roots themselves, enclosed: the register's 0.796 and 2.847 are rounded up, its 1.255 is 1/b = 1.255000975 rounded to nearest *)
Theorem selection_numbers :
  (exists a, 1.256431208 < a < 1.256431209 /\ exp a - 1 = 2 * a /\ 0.7959 < 1 / a < 0.79591) /\
  (exists b, 0.796812129 < b < 0.796812131 /\ 1 - exp (- (2 * b)) = b /\ 1.25500097 < 1 / b < 1.25500098) /\
  (forall a b, 1.256431208 < a < 1.256431209 -> 0.796812129 < b < 0.796812131 -> 2.84681 < 2 / a + 1 / b < 2.846812).
Proof.
  assert (I : forall x y z w u, 0 < y -> y < x < z -> 0 < w -> w * z <= 1 -> 1 <= u * y -> w < 1 / x < u).
  { intros x y z w u Hy Hx Hw W U. split; apply (Rmult_lt_reg_r x); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; nra. }
  assert (B : forall (f : R -> R) l h, continuity f -> l < h -> f l < 0 -> 0 < f h -> exists x, l < x < h /\ f x = 0).
  { intros f l h C H L U. destruct (IVT f l h C H L U) as (x & J & E). exists x. split; [|exact E].
    split; [destruct (Req_dec x l) as [X|X]|destruct (Req_dec x h) as [X|X]]; try lra; rewrite X in E; lra. }
  split; [|split].
  - destruct (B (fun a => exp a - 1 - 2 * a) 1.256431208 1.256431209) as (a & J & E).
    + apply derivable_continuous. intros x. apply derivable_pt_minus; [apply derivable_pt_minus; [apply derivable_pt_exp|apply derivable_pt_const]|].
      apply derivable_pt_mult; [apply derivable_pt_const|apply derivable_pt_id].
    + lra.
    + interval with (i_prec 60).
    + interval with (i_prec 60).
    + exists a. split; [exact J|]. split; [lra|]. apply (I a 1.256431208 1.256431209); lra.
  - destruct (B (fun b => exp (- (2 * b)) - 1 + b) 0.796812129 0.796812131) as (b & J & E).
    + apply derivable_continuous. intros x. apply derivable_pt_plus; [|apply derivable_pt_id]. apply derivable_pt_minus; [|apply derivable_pt_const].
      apply (derivable_pt_comp (fun b => - (2 * b)) exp); [|apply derivable_pt_exp]. apply derivable_pt_opp. apply derivable_pt_mult; [apply derivable_pt_const|apply derivable_pt_id].
    + lra.
    + interval with (i_prec 60).
    + interval with (i_prec 60).
    + exists b. split; [exact J|]. split; [lra|]. apply (I b 0.796812129 0.796812131); lra.
  - intros a b Ja Jb. destruct (I a 1.256431208 1.256431209 0.795905 0.7959051) as [a1 a2]; try lra. destruct (I b 0.796812129 0.796812131 1.2550009 1.2550010) as [b1 b2]; lra.
Qed.

(* twin: selection-chernoff
   with a, and with b, three times too large: one draw *)
Theorem selection_chernoff_twin : ~ likely 1 faces (coin (1 / 8)) (exp (- 2.1)) (fun z =>
    freq z (fun y => y) <= 2 * mass faces (coin (1 / 8)) (fun y => y) + 2.1 / (3 * 1.2564 * INR 1)) /\
  ~ likely 1 faces (coin (1 / 2)) (exp (- (1))) (fun z =>
    mass faces (coin (1 / 2)) (fun y => y) <= 2 * freq z (fun y => y) + 1 / (3 * 0.7968 * INR 1)).
Proof.
  split; intros (G & E & I); simpl in E; unfold coin in E.
  - destruct (G [true]) eqn:X.
    + assert (H := I [true] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X). unfold freq, mass, sum, faces, coin in H. simpl in H. lra.
    + assert (exp (- 2.1) < 0.1226) by interval. destruct (G [false]); lra.
  - destruct (G [false]) eqn:X.
    + assert (H := I [false] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X). unfold freq, mass, sum, faces, coin in H. simpl in H. lra.
    + assert (exp (- (1)) < 0.37) by interval. destruct (G [true]); lra.
Qed.
