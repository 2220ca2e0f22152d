(* Notebook 13: what a KL-regularised reward does to coverage. The tilt of Q by a reward r in [0, 1] at inverse
   temperature 1/beta = b is Q e^(b r) over its sum; E = e^b is the factor of the notebook. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus divergences.
Import ListNotations.
Open Scope R_scope.

Definition normaliser {A} (b : R) (Y : list A) (Q r : A -> R) : R := sum Y (fun y => Q y * exp (b * r y)).
Definition tilt {A} (b : R) (Y : list A) (Q r : A -> R) (y : A) : R := Q y * exp (b * r y) / normaliser b Y Q r.
Definition reward {A} (r : A -> R) := forall y, 0 <= r y <= 1.
Definition binary {A} (r : A -> R) := forall y, r y = 0 \/ r y = 1.

(* pass@k for a success rate p and real k > 0. *)
Definition pass_at (k p : R) : R := 1 - power (1 - p) k.

Lemma exp_reward b r : 0 <= b -> 0 <= r <= 1 -> 1 <= exp (b * r) <= 1 + r * (exp b - 1) /\ exp (b * r) <= exp b.
Proof.
  intros B H. split; [split|].
  - apply exp_ge_1. nra.
  - pose proof (exp_convex r b H). replace (b * r) with (r * b) by ring. lra.
  - apply exp_le. nra.
Qed.

Lemma normaliser_range {A} b (Y : list A) Q r : law Y Q -> reward r -> 0 <= b ->
  1 <= normaliser b Y Q r <= 1 + sum Y (fun y => Q y * r y) * (exp b - 1) /\ normaliser b Y Q r <= exp b.
Proof.
  intros [HQ Q1] HR B. unfold normaliser. split; [split|].
  - rewrite <- Q1 at 1. apply sum_le; intros y _. pose proof (HQ y). destruct (exp_reward b (r y) B (HR y)). nra.
  - apply Rle_trans with (sum Y Q + sum Y (fun y => Q y * r y) * (exp b - 1)); [|rewrite Q1; lra].
    rewrite <- sum_scal_r, <- sum_plus. apply sum_le; intros y _. pose proof (HQ y). destruct (exp_reward b (r y) B (HR y)). nra.
  - apply Rle_trans with (sum Y (fun y => Q y * exp b)); [|rewrite sum_scal_r, Q1; lra].
    apply sum_le; intros y _. pose proof (HQ y). destruct (exp_reward b (r y) B (HR y)). nra.
Qed.

(* {P >= N Z0 tilt} lies in {P >= N Q} whenever Z <= Z0. *)
Lemma tilt_above {A} b N Z0 (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> reward r -> 0 <= b -> 0 < N ->
  normaliser b Y Q r <= Z0 -> cov (N * Z0) Y P (tilt b Y Q r) <= cov N Y P Q.
Proof.
  intros HP HQ HR B HN HZ. destruct (normaliser_range b Y Q r HQ HR B) as [[Z1 _] _].
  apply cov_mono; [apply HP|]. intros y _ p C. eapply Rle_trans; [|exact C]. unfold tilt.
  pose proof (proj1 HQ y). destruct (exp_reward b (r y) B (HR y)) as [[e1 _] _].
  set (Z := normaliser b Y Q r) in *. replace (N * Z0 * (Q y * exp (b * r y) / Z)) with (N * (Q y * exp (b * r y)) * (Z0 / Z)) by (field; lra).
  assert (1 <= Z0 / Z) by (apply le_div; lra). assert (Q y <= Q y * exp (b * r y)) by nra.
  assert (0 <= N * (Q y * exp (b * r y))) by (apply Rmult_le_pos; nra). nra.
Qed.

(* claim: rl-tilting-preserves
   part: the two inequalities
   differs: finite support, one prompt (an average over prompts follows) *)
Theorem tilting_preserves {A} (b N : R) (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> reward r -> 0 <= b -> 0 < N ->
  cov (N * exp b) Y P (tilt b Y Q r) <= cov N Y P Q /\ cov (N * exp b) Y P Q <= cov N Y P (tilt b Y Q r).
Proof.
  intros HP HQ HR B HN. destruct (normaliser_range b Y Q r HQ HR B) as [[Z1 _] Z2]. split; [now apply tilt_above|].
  apply cov_mono; [apply HP|]. intros y _ p C. eapply Rle_trans; [|exact C]. unfold tilt.
  pose proof (proj1 HQ y). destruct (exp_reward b (r y) B (HR y)) as [_ e2].
  rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. apply div_le; [lra|]. assert (Q y * exp (b * r y) <= Q y * exp b) by nra.
  pose proof (exp_pos b). assert (0 <= exp b * Q y) by nra. nra.
Qed.

(* twin: rl-tilting-preserves
   the factor 2 < e at beta = 1 *)
Theorem tilting_preserves_twin : exists (N : R) (P Q r : bool -> R), law faces P /\ law faces Q /\ reward r /\ 0 < N /\
  cov N faces P Q < cov (N * 2) faces P (tilt 1 faces Q r).
Proof.
  exists 11, (coin 1), (coin (1 / 10)), (fun b : bool => if b then 0 else 1). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [intros []; lra|]. split; [lra|]. unfold cov, tilt, normaliser, faces, sum, coin. replace (1 - 1) with 0 by ring. rewrite !Rmult_0_l.
  rewrite le01_0 by lra. rewrite le01_1; [lra|]. interval.
Qed.

(* claim: rl-tilting-normaliser
   part: the inequality
   differs: finite support, one prompt; sharpness is in rl-tilting-comparator *)
Theorem tilting_normaliser {A} (b N J : R) (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> reward r -> 0 <= b -> 0 < N ->
  sum Y (fun y => Q y * r y) <= J -> cov (N * (1 + J * (exp b - 1))) Y P (tilt b Y Q r) <= cov N Y P Q.
Proof.
  intros HP HQ HR B HN HJ. apply tilt_above; auto. destruct (normaliser_range b Y Q r HQ HR B) as [[_ Z1] _].
  pose proof (exp_ge_1 b B). eapply Rle_trans; [exact Z1|]. nra.
Qed.

(* twin: rl-tilting-normaliser
   without the 1 - J part: the factor J e^b, at J = 1/2, b = 1 *)
Theorem tilting_normaliser_twin : exists (N : R) (P Q r : bool -> R), law faces P /\ law faces Q /\ reward r /\ 0 < N /\
  sum faces (fun y => Q y * r y) <= 1 / 2 /\ cov N faces P Q < cov (N * (1 / 2 * exp 1)) faces P (tilt 1 faces Q r).
Proof.
  exists 2.1, (coin 1), (coin (1 / 2)), (fun b : bool => if b then 0 else 1). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [intros []; lra|]. split; [lra|]. split; [unfold faces, sum, coin; lra|].
  unfold cov, tilt, normaliser, faces, sum, coin. replace (1 - 1) with 0 by ring. rewrite !Rmult_0_l.
  rewrite le01_0 by lra. rewrite le01_1; [lra|]. interval.
Qed.

(* claim: rl-tilting-comparator
   differs: finite support; the hard limit as the law Q r/p itself, not as a limit *)
Theorem tilting_comparator {A} (b M : R) (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> binary r -> 0 <= b ->
  (forall y, 0 < P y -> r y = 1) ->
  let p := sum Y (fun y => Q y * r y) in
  normaliser b Y Q r = 1 + p * (exp b - 1) /\
  cov M Y P (tilt b Y Q r) = cov (M * exp b / normaliser b Y Q r) Y P Q /\
  (0 < p -> cov M Y P (fun y => Q y * r y / p) = cov (M / p) Y P Q).
Proof.
  intros HP HQ HR B T p. assert (RW : reward r) by (intros y; destruct (HR y) as [-> | ->]; lra).
  destruct (normaliser_range b Y Q r HQ RW B) as [[Z1 _] _].
  assert (Z : normaliser b Y Q r = 1 + p * (exp b - 1)).
  { unfold normaliser, p. transitivity (sum Y Q + sum Y (fun y => Q y * r y) * (exp b - 1)); [|now rewrite (proj2 HQ)].
    rewrite <- sum_scal_r, <- sum_plus. apply sum_ext; intros y _.
    destruct (HR y) as [-> | ->]; [rewrite Rmult_0_r, exp_0|rewrite Rmult_1_r]; ring. }
  split; [exact Z|]. split; [|intros p0]; unfold cov; apply sum_ext; intros y _;
    (destruct (Req_dec (P y) 0) as [->|n]; [ring|]); assert (Ty : r y = 1) by (apply T; pose proof (proj1 HP y); lra); do 2 f_equal.
  - unfold tilt. rewrite Ty, Rmult_1_r. field. lra.
  - rewrite Ty. field. lra.
Qed.

(* twin: rl-tilting-comparator
   without the normaliser *)
Theorem tilting_comparator_twin : exists (P Q r : bool -> R), law faces P /\ law faces Q /\ binary r /\ (forall y, 0 < P y -> r y = 1) /\
  cov 3 faces P (tilt 1 faces Q r) <> cov (3 * exp 1) faces P Q.
Proof.
  exists (coin 1), (coin (1 / 8)), (fun b : bool => if b then 1 else 0). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  split; [intros []; lra|]. split; [intros []; unfold coin; lra|].
  unfold cov, tilt, normaliser, faces, sum, coin. replace (1 - 1) with 0 by ring. rewrite !Rmult_0_l.
  rewrite le01_1; [rewrite le01_0; [lra|interval]|interval].
Qed.

(* claim: tilting-pass-at-k
   part: the two inequalities at one prompt
   differs: one prompt (an average over prompts follows); the limit and sharpness are not here *)
Theorem tilting_pass (b k p : R) : 0 <= b -> 0 < k -> 0 <= p <= 1 ->
  let tilted := p * exp b / (1 + p * (exp b - 1)) in
  pass_at k p <= pass_at k tilted <= pass_at (k * exp b) p.
Proof.
  intros B K Hp tilted. pose proof (exp_ge_1 b B) as e1. assert (Z : 1 <= 1 + p * (exp b - 1)) by nra.
  assert (E : 1 - tilted = (1 - p) / (1 + p * (exp b - 1))) by (unfold tilted; field; lra).
  unfold pass_at. rewrite E. destruct (Req_dec p 1) as [->|n].
  - replace (1 - 1) with 0 by ring. unfold Rdiv. rewrite Rmult_0_l. unfold power. destruct Rlt_dec; lra.
  - assert (q : 0 < 1 - p) by lra. assert (d : 0 < (1 - p) / (1 + p * (exp b - 1))) by (apply div_pos; lra).
    unfold power. destruct (Rlt_dec 0 (1 - p)); [|lra]. destruct Rlt_dec; [|lra].
    assert (lz : 0 <= ln (1 + p * (exp b - 1)) <= p * (exp b - 1)).
    { split; [rewrite <- ln_1; apply ln_le; lra|]. pose proof (ln_le_sub (1 + p * (exp b - 1)) ltac:(lra)). lra. }
    assert (ld : ln ((1 - p) / (1 + p * (exp b - 1))) = ln (1 - p) - ln (1 + p * (exp b - 1))).
    { unfold Rdiv. rewrite ln_mult, ln_Rinv; try lra. apply Rinv_0_lt_compat; lra. }
    pose proof (ln_le_sub (1 - p) q). rewrite ld. split; apply Rplus_le_compat_l, Ropp_le_contravar, exp_le.
    + nra.
    + rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. nra.
Qed.

(* twin: tilting-pass-at-k
   a smaller speed-up, k e^b / 2 *)
Theorem tilting_pass_twin : exists b k p : R, 0 <= b /\ 0 < k /\ 0 <= p <= 1 /\
  pass_at (k * exp b / 2) p < pass_at k (p * exp b / (1 + p * (exp b - 1))).
Proof.
  exists 1, 1, (1 / 10). repeat split; try lra. unfold pass_at, power.
  destruct Rlt_dec as [|C]; [|exfalso; apply C; lra]. destruct Rlt_dec as [|C]; [interval|exfalso; apply C; interval].
Qed.
