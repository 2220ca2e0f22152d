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

(* twin: mle-coverage-two-scale
   the fine term alone, as if the whole bound fell like 1/log N: N = e^100, delta = 1/4, one draw *)
Theorem two_scale_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, most_likely two z q ->
  cov (exp 100) faces (coin (1 / 2)) q <= ln (2 * INR (length both) / (1 / 4)) / INR 1 / (100 - 1 - ln 100)).
Proof.
  intros (G & E & I). simpl in E. unfold coin in E. destruct (G [true]) eqn:X; [|destruct (G [false]); lra].
  assert (M : most_likely two [true] (coin 1)).
  { split; [now right|]. intros q [-> | ->]; unfold prod, coin; lra. }
  assert (H := I [true] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X (coin 1) M). simpl in H.
  assert (K : cov (exp 100) faces (coin (1 / 2)) (coin 1) = 1 / 2).
  { unfold cov, faces, sum, coin. pose proof (exp_ge_1 100 ltac:(lra)). rewrite le01_0, le01_1; lra. }
  rewrite K in H. assert (ln (2 * 2 / (1 / 4)) / 1 / (100 - 1 - ln 100) < 0.1) by interval. replace (1 + 1) with 2 in H by ring. lra.
Qed.
