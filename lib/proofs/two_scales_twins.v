(* Instances on which the tempting wrong forms of the two-scale theorem and of its lemmas fail. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite draws two_scales two_scales_theorem divergences maximum_likelihood.
Import ListNotations.
Open Scope R_scope.

(* twin: truncated-lr-supermartingale
   truncation at one nat for s = 1/2, where log 4 is needed *)
Theorem truncated_twin : exists P Q : bool -> R, law [true; false] P /\ law [true; false] Q /\
  1 < sum [true; false] (fun y => P y * exp (- (1 / 2) * truncated 1 P Q y)).
Proof. apply truncation_is_least; [lra|]. unfold least_truncation. split; [lra|]. interval. Qed.

(* twin: training-coverage
   without K, the price of the union bound: delta = 0.6, s = 1/2, m = log 4, one draw *)
Theorem training_coverage_twin : ~ likely 1 outcomes uniform3 0.6 (fun z => forall q, three q -> (forall y, In y z -> 0 < q y) ->
  sum z (fun y => Rmax 0 (log_ratio uniform3 q y - ln 4)) / INR 1 <= ln (1 / 0.6) / (1 / 2 * INR 1) + 0 + sum z (log_ratio uniform3 q) / INR 1).
Proof.
  apply three_unlikely; [lra|]. intros x Hx C. specialize (C (certain x)). simpl in C. unfold log_ratio, uniform3, certain in C. rewrite PeanoNat.Nat.eqb_refl in C.
  assert (T : three (certain x)) by (right; destruct Hx as [<-|[<-|[]]]; simpl; auto). specialize (C T).
  assert (S : forall y, x = y \/ False -> 0 < (if Nat.eqb x y then 1 else 0)) by (intros y [<-|[]]; rewrite PeanoNat.Nat.eqb_refl; lra). specialize (C S).
  pose proof (Rmax_l 0 (ln (1 / 3 / 1) - ln 4)). assert (ln (1 / 0.6) / (1 / 2 * 1) + 0 + (ln (1 / 3 / 1) + 0) / 1 < 0) by interval. lra.
Qed.

(* twin: relative-chernoff
   without 1/(1 - e^-theta): one draw, theta = 1/100 *)
Theorem relative_chernoff_twin : ~ likely 1 faces (coin 0.3) 0.75 (fun z => forall S, In S [fun y : bool => y] ->
  mass faces (coin 0.3) S <= 0.01 * freq z S + ln (INR 1 / 0.75) / INR 1).
Proof.
  intros (G & E & I). simpl in E. assert (N : forall x, G [x] = false).
  { intros x. destruct (G [x]) eqn:X; [|easy]. exfalso.
    assert (H := I [x] eq_refl ltac:(intros y [<-|[]]; destruct x; simpl; auto) X (fun y => y) (or_introl eq_refl)).
    unfold mass, freq, sum, faces, coin in H. simpl in H. assert (ln (1 / 0.75) < 0.288) by interval. destruct x; lra. }
  rewrite !N in E. lra.
Qed.

(* A fair coin and a rival that is certain of heads. *)
Definition two (q : bool -> R) := q = coin (1 / 2) \/ q = coin 1.
Definition both := [coin (1 / 2); coin 1].

(* The hypotheses of the two-scale theorem hold: the class is its own cover and net, at eps = rho = 0. *)
Lemma two_hypotheses : law faces (coin (1 / 2)) /\ two (coin (1 / 2)) /\ (forall q, two q -> forall y, 0 <= q y) /\
  upper_cover 0 faces (coin (1 / 2)) two both /\ net 0 faces (coin (1 / 2)) two both.
Proof.
  split; [apply coin_law; lra|]. split; [now left|]. split; [intros q [-> | ->] []; unfold coin; lra|].
  assert (T : forall q, two q -> In q both) by (intros q [-> | ->]; simpl; auto). split; [split|].
  - intros q [<-|[<-|[]]]; (split; [intros []; unfold coin; lra|unfold faces, sum, coin; lra]).
  - intros q Hq. exists q. split; [auto|]. intros y _ _. rewrite exp_0. lra.
  - intros q Hq. exists q. split; [auto|]. intros y _ _. rewrite exp_0. lra.
Qed.

(* After heads the rival is the most likely model, and it misses tails: half of the data, at every N. *)
Lemma half_lost L v : 0 <= L -> v < 1 / 2 -> ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, most_likely two z q -> cov (exp L) faces (coin (1 / 2)) q <= v).
Proof.
  intros HL Hv (G & E & I). simpl in E. unfold coin in E. destruct (G [true]) eqn:X; [|destruct (G [false]); lra].
  assert (M : most_likely two [true] (coin 1)).
  { split; [now right|]. intros q [-> | ->]; unfold prod, coin; lra. }
  assert (H := I [true] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X (coin 1) M). cbv beta in H.
  assert (K : cov (exp L) faces (coin (1 / 2)) (coin 1) = 1 / 2).
  { unfold cov, faces, sum, coin. pose proof (exp_ge_1 L HL). rewrite le01_0, le01_1; lra. }
  lra.
Qed.

(* twin: mle-coverage-two-scale of two_scale
   the fine term alone, as if the whole bound fell like 1/log N: N = e^100, delta = 1/4, one draw *)
Theorem two_scale_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, most_likely two z q ->
  cov (exp 100) faces (coin (1 / 2)) q <= ln (2 * INR (length both) / (1 / 4)) / INR 1 / (100 - 1 - ln 100)).
Proof. apply half_lost; [lra|]. simpl INR. interval. Qed.

(* twin: mle-coverage-two-scale of two_scale_default
   without the coarse term: N = e^100, delta = 1/4, one draw *)
Theorem two_scale_default_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, most_likely two z q ->
  cov (exp 100) faces (coin (1 / 2)) q <= 1.582 * (2 * (2 / INR 1 * ln (2 * INR (length both) / (1 / 4)) + 0) / ln (exp 100 / 16))).
Proof.
  apply half_lost; [lra|]. assert (L : ln (exp 100 / 16) = 100 - ln 16) by (unfold Rdiv; rewrite ln_mult, ln_Rinv, ln_exp by (try apply exp_pos; lra); ring). rewrite L. simpl INR. interval.
Qed.

(* Five outcomes, each with probability 1/5, and five rivals, each certain of one of them: the truth never wins. *)
Definition five : list nat := [0; 1; 2; 3; 4]%nat.
Definition uniform5 (y : nat) : R := 1 / 5.
Definition certain_ones : list (nat -> R) := map certain five.
Definition six (q : nat -> R) := q = uniform5 \/ In q certain_ones.

Lemma five_wins x : In x five -> most_likely six [x] (certain x).
Proof.
  intros Hx. split; [right; now apply in_map|]. intros q [->|I]; simpl; unfold certain at 1; rewrite PeanoNat.Nat.eqb_refl; [unfold uniform5; lra|].
  apply in_map_iff in I. destruct I as (w & <- & _). unfold certain. destruct Nat.eqb; lra.
Qed.

Lemma five_lost x N : In x five -> 0 < N -> 5 < N -> 0.8 <= cov N five uniform5 (certain x).
Proof.
  intros Hx H0 HN. unfold cov, five, sum, uniform5, certain. simpl in Hx. repeat (destruct Hx as [<-|Hx]; [simpl Nat.eqb; cbv iota; rewrite !(le01_1 (N * 0)) by lra; pose proof (le01_bounds (N * 1) (1 / 5)); lra|]). easy.
Qed.

Lemma five_unlikely delta S : delta < 1 -> (forall x, In x five -> ~ S [x]) -> ~ likely 1 five uniform5 delta S.
Proof.
  intros D H (G & E & I). assert (F : forall x, In x five -> G [x] = false).
  { intros x J. destruct (G [x]) eqn:X; [|easy]. exfalso. apply (H x J), I; [easy| |assumption]. now intros y [<-|[]]. }
  simpl in E. rewrite !F in E by (simpl; auto 10). lra.
Qed.

(* twin: mle-coverage-two-scale of two_scale_linear
   without the size of the net: s = 1/2, theta = 10, N = e^10000, delta = 0.95, one draw *)
Theorem two_scale_linear_twin : ~ likely 1 five uniform5 0.95 (fun z => forall q, most_likely six z q ->
  cov (exp 10000) five uniform5 q <= (10 * (ln (2 * INR 6 / 0.95) / (1 / 2 * INR 1) + 0) / (10000 - 2 * 0 - least_truncation (1 / 2)) + ln (2 / 0.95) / INR 1) / (1 - exp (- (10)))).
Proof.
  apply five_unlikely; [lra|]. intros x Hx C. specialize (C (certain x) (five_wins x Hx)).
  assert (5 < exp 10000) by (pose proof (exp_ineq1_le 10000); lra). pose proof (five_lost x (exp 10000) Hx ltac:(lra) ltac:(lra)). simpl INR in C. unfold least_truncation in C.
  assert ((10 * (ln (2 * (1 + 1 + 1 + 1 + 1 + 1) / 0.95) / (1 / 2 * 1) + 0) / (10000 - 2 * 0 - - ln (1 - 1 / 2) / (1 / 2)) + ln (2 / 0.95) / 1) / (1 - exp (- (10))) < 0.79) by interval. lra.
Qed.

(* twin: mle-coverage-two-scale of two_scale_closed
   B + sqrt(2 B C), as if the coarse term came only with the fine one: N = e^1000, delta = 1/4, one draw *)
Theorem two_scale_closed_twin : let B := (ln (2 * INR (length both) / (1 / 4)) / INR 1 + (1 - 1 / 1000) * 0) / (1000 - 1 - ln 1000) in
  let C := ln (2 * INR (length both) / (1 / 4)) / INR 1 in
  ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, most_likely two z q -> cov (exp 1000) faces (coin (1 / 2)) q <= B + sqrt (2 * B * C)).
Proof.
  intros B C H. assert (K : B + sqrt (2 * B * C) < 1 / 2).
  { unfold B, C. simpl INR. interval. }
  apply (half_lost 1000 (B + sqrt (2 * B * C)) ltac:(lra) K). exact H.
Qed.

(* twin: relative-chernoff of rare_frequency
   half of the noise: one draw, an event of probability 1/2, B = 1/1000, v = 2/5 *)
Theorem rare_frequency_twin : ln (INR 1 / 0.47) / INR 1 <= 2 * (2 / 5 - 1 / 1000 - 1 / 1000 * ln (2 / 5 / (1 / 1000))) /\
  ~ likely 1 faces (coin (1 / 2)) 0.47 (fun z => forall S, In S [fun y : bool => y] -> freq z S <= 1 / 1000 -> mass faces (coin (1 / 2)) S <= 2 / 5).
Proof.
  split; [simpl; interval|]. intros (G & E & I). simpl in E. unfold coin in E. destruct (G [false]) eqn:X; [|destruct (G [true]); lra].
  assert (H := I [false] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X (fun y => y) (or_introl eq_refl)). unfold mass, freq, sum, faces, coin in H. simpl in H. lra.
Qed.

(* twin: truncated-lr-supermartingale of best_order
   a price of L - 1 - 2 log L: L = 4, s = 3/4 *)
Theorem best_order_twin : 4 - 1 - 2 * ln 4 < 3 / 4 * (4 - least_truncation (3 / 4)).
Proof. unfold least_truncation. interval. Qed.
