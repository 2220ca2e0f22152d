(* Notebook 02: Best-of-N. N draws from Q, the best is kept; P is the comparator. N is a whole number. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws divergences tail.
Import ListNotations.
Open Scope R_scope.

(* The largest reward in a sample (0 if it is empty), and what Best-of-N misses of the comparator's mean reward. *)
Fixpoint best {A} (r : A -> R) (z : list A) : R := match z with [] => 0 | y :: z' => Rmax (r y) (best r z') end.
Definition regret {A} (n : nat) (Y : list A) (P Q r : A -> R) : R := sum Y (fun y => P y * r y) - expect n Y Q (best r).
Definition rewards {A} (r : A -> R) := forall y, 0 <= r y <= 1.

(* The reward that is 1 on the set S; its regret in closed form; the set {P >= c Q}, and {P > c Q}. *)
Definition on {A} (S : A -> bool) (y : A) : R := if S y then 1 else 0.
Definition set_regret {A} (n : nat) (Y : list A) (P Q : A -> R) (S : A -> bool) : R := mass Y P S - 1 + (1 - mass Y Q S) ^ n.
Definition reaches {A} (c : R) (P Q : A -> R) (y : A) : bool := if Rle_dec (c * Q y) (P y) then true else false.
Definition exceeds {A} (c : R) (P Q : A -> R) (y : A) : bool := if Rlt_dec (c * Q y) (P y) then true else false.

Lemma mass_range {A} (Y : list A) Q S : law Y Q -> 0 <= mass Y Q S <= 1.
Proof.
  intros [HQ Q1]. split; [apply sum_nonneg; intros y _; destruct (S y); [apply HQ|lra]|].
  rewrite <- Q1. apply sum_le; intros y _. pose proof (HQ y). destruct (S y); lra.
Qed.

Lemma best_on {A} (S : A -> bool) z : best (on S) z = 1 - prod z (fun y => 1 - on S y).
Proof.
  induction z as [|y z IH]; simpl; [ring|]. rewrite IH. unfold on at 1 3. 
  assert (0 <= prod z (fun y => 1 - on S y) <= 1).
  { clear IH. induction z as [|x z IH]; simpl; [lra|]. unfold on at 1 3. destruct (S x); nra. }
  destruct (S y); unfold Rmax; destruct Rle_dec; lra.
Qed.

Lemma regret_on {A} n (Y : list A) (P Q : A -> R) S : law Y P -> law Y Q -> regret n Y P Q (on S) = set_regret n Y P Q S.
Proof.
  intros HP HQ. unfold regret, set_regret.
  rewrite (expect_ext Y Q HQ n _ (fun z => 1 + - 1 * prod z (fun y => 1 - on S y))) by (intros; rewrite best_on; ring).
  rewrite expect_plus, expect_scal, expect_const, expect_prod by assumption.
  replace (sum Y (fun y => Q y * (1 - on S y))) with (1 - mass Y Q S).
  - replace (sum Y (fun y => P y * on S y)) with (mass Y P S); [ring|]. apply sum_ext; intros y _. unfold on. destruct (S y); ring.
  - destruct HQ as [_ Q1]. transitivity (sum Y Q - mass Y Q S); [now rewrite Q1|]. unfold mass. rewrite <- sum_minus. apply sum_ext; intros y _. unfold on. destruct (S y); ring.
Qed.

(* Every reward is a mixture of indicators of its upper level sets: sort its values. *)
Fixpoint insert (v : R) (vs : list R) : list R := match vs with [] => [v] | u :: us => if Rle_dec v u then v :: vs else u :: insert v us end.
Fixpoint sort (vs : list R) : list R := match vs with [] => [] | v :: us => insert v (sort us) end.
Fixpoint sorted (low : R) (vs : list R) : Prop := match vs with [] => True | v :: us => low <= v /\ sorted v us end.
Fixpoint layers (low : R) (vs : list R) : list (R * R) := match vs with [] => [] | v :: us => (v - low, v) :: layers v us end.

Lemma sorted_insert vs : forall low v, low <= v -> sorted low vs -> sorted low (insert v vs).
Proof.
  induction vs as [|u us IH]; intros low v H S; simpl; [auto|]. destruct S as [S1 S2]. destruct (Rle_dec v u); simpl; auto. split; [assumption|apply IH; auto; lra].
Qed.

Lemma in_insert v x vs : In x (insert v vs) <-> x = v \/ In x vs.
Proof. induction vs as [|u us IH]; simpl; [intuition|]. destruct (Rle_dec v u); simpl; [intuition|rewrite IH; intuition]. Qed.

Lemma in_sort x vs : In x (sort vs) <-> In x vs.
Proof. induction vs as [|u us IH]; simpl; [easy|]. rewrite in_insert, IH. intuition. Qed.

Lemma sorted_sort low vs : (forall v, In v vs -> low <= v) -> sorted low (sort vs).
Proof. induction vs as [|u us IH]; simpl; intros H; [easy|]. apply sorted_insert; [apply H; now left|apply IH; auto]. Qed.

Lemma layers_low vs : forall low x, sorted low vs -> x <= low -> sum (layers low vs) (fun l => fst l * le01 (snd l) x) = 0.
Proof.
  induction vs as [|v us IH]; intros low x S H; simpl; [easy|]. destruct S as [S1 S2]. rewrite (IH v) by (auto; lra).
  unfold le01. destruct Rle_dec; [|ring]. replace (v - low) with 0 by lra. ring.
Qed.

Lemma layers_sum vs : forall low x, sorted low vs -> In x vs -> sum (layers low vs) (fun l => fst l * le01 (snd l) x) = x - low.
Proof.
  induction vs as [|v us IH]; intros low x S I; [easy|]. destruct S as [S1 S2]. simpl. destruct I as [->|I].
  - rewrite (layers_low us x x S2) by lra. rewrite le01_1 by lra. ring.
  - rewrite (IH v x S2 I). assert (v <= x).
    { clear - S2 I. revert v S2. induction us as [|u us IH]; intros v S; [easy|]. destruct S as [S1 S2]. destruct I as [->|I]; [assumption|]. apply Rle_trans with u; auto. }
    rewrite le01_1 by assumption. ring.
Qed.

Lemma layers_weight vs : forall low, sorted low vs -> (forall v, In v vs -> v <= 1) -> low <= 1 ->
  sum (layers low vs) fst <= 1 - low /\ forall l, In l (layers low vs) -> 0 <= fst l /\ low <= snd l.
Proof.
  induction vs as [|v us IH]; intros low S H L; simpl; [split; [lra|easy]|]. destruct S as [S1 S2].
  destruct (IH v S2) as [W1 W2]; [intros; apply H; now right|apply H; now left|]. split; [lra|].
  intros l [<-|I]; simpl; [lra|]. destruct (W2 l I). lra.
Qed.

Lemma best_level {A} (r : A -> R) t z : 0 < t -> le01 t (best r z) = best (on (fun y => if Rle_dec t (r y) then true else false)) z.
Proof.
  intros T. induction z as [|y z IH]; simpl; [apply le01_0; lra|]. rewrite <- IH. unfold on. pose proof (le01_bounds t (best r z)).
  destruct (Rle_dec t (r y)) as [C|C].
  - rewrite le01_1 by (eapply Rle_trans; [exact C|apply Rmax_l]). rewrite Rmax_left; lra.
  - rewrite (Rmax_right 0) by lra. apply Rnot_le_lt in C. unfold Rmax. destruct (Rle_dec (r y) (best r z)) as [D|D]; [reflexivity|].
    apply Rnot_le_lt in D. rewrite !le01_0 by lra. reflexivity.
Qed.

(* The regret of a reward is a mixture, of weight at most one, of regrets of sets. *)
Lemma regret_layers {A} n (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> rewards r ->
  exists L : list (R * R), (forall l, In l L -> 0 <= fst l) /\ sum L fst <= 1 /\
    regret n Y P Q r = sum L (fun l => fst l * set_regret n Y P Q (fun y => if Rle_dec (snd l) (r y) then true else false)).
Proof.
  intros HP HQ HR. set (vs := filter (fun v => if Rlt_dec 0 v then true else false) (map r Y)).
  assert (V : forall v, In v vs -> 0 < v <= 1 /\ exists y, In y Y /\ r y = v).
  { intros v I. apply filter_In in I. destruct I as [I J]. apply in_map_iff in I. destruct I as (y & <- & I).
    destruct (Rlt_dec 0 (r y)); [|easy]. split; [split; [assumption|apply HR]|now exists y]. }
  assert (S : sorted 0 (sort vs)) by (apply sorted_sort; intros v I; destruct (V v I); lra).
  destruct (layers_weight (sort vs) 0 S) as [W1 W2]; [intros v I; apply (proj1 (in_sort _ _)), V in I; lra|lra|].
  assert (TP : forall l, In l (layers 0 (sort vs)) -> 0 < snd l).
  { assert (G : forall us low l, In l (layers low us) -> In (snd l) us).
    { induction us as [|u us IH]; intros low l I; [easy|]. destruct I as [<-|I]; [now left|right; eapply IH; exact I]. }
    intros l I. apply G, (proj1 (in_sort _ _)), V in I. lra. }
  assert (X : forall x, x = 0 \/ In x vs -> x = sum (layers 0 (sort vs)) (fun l => fst l * le01 (snd l) x)).
  { intros x [->|I]; [now rewrite layers_low by (auto; lra)|]. rewrite layers_sum; [ring|assumption|now apply in_sort]. }
  assert (M : forall y, In y Y -> r y = 0 \/ In (r y) vs).
  { intros y I. destruct (Rlt_dec 0 (r y)) as [C|C]; [right|left; destruct (HR y); lra]. apply filter_In. split; [now apply in_map|]. destruct Rlt_dec; easy. }
  assert (B : forall z, incl z Y -> best r z = 0 \/ In (best r z) vs).
  { induction z as [|y z IH]; intros I; simpl; [now left|]. unfold Rmax. destruct Rle_dec; [apply IH; intros a J; apply I; now right|apply M, I; now left]. }
  exists (layers 0 (sort vs)). split; [intros l I; apply (W2 l I)|]. split; [lra|].
  rewrite (sum_ext _ _ (fun l => fst l * sum Y (fun y => P y * le01 (snd l) (r y)) - fst l * expect n Y Q (fun z => le01 (snd l) (best r z)))).
  - rewrite sum_minus. unfold regret. f_equal.
    + rewrite (sum_ext Y (fun y => P y * r y) (fun y => sum (layers 0 (sort vs)) (fun l => fst l * (P y * le01 (snd l) (r y))))).
      * rewrite sum_swap. apply sum_ext; intros l _. now rewrite sum_scal.
      * intros y I. rewrite (X (r y) (M y I)) at 1. rewrite <- sum_scal. apply sum_ext; intros; ring.
    + rewrite (expect_ext Y Q HQ n (best r) (fun z => sum (layers 0 (sort vs)) (fun l => fst l * le01 (snd l) (best r z)))) by (intros z _ I; apply X, B, I).
      clear - HQ. induction (layers 0 (sort vs)) as [|l L IH]; simpl; [now apply expect_const|]. rewrite expect_plus, expect_scal, IH by assumption. reflexivity.
  - intros l I. rewrite <- Rmult_minus_distr_l. f_equal. rewrite <- regret_on by assumption. unfold regret. f_equal.
    + apply sum_ext; intros y _. unfold on, le01. now destruct Rle_dec.
    + apply expect_ext; [assumption|]. intros z _ _. symmetry. now apply best_level, TP.
Qed.

(* So what bounds the regret of every set bounds that of every reward. *)
Lemma regret_by_sets {A} n (Y : list A) (P Q r : A -> R) U : law Y P -> law Y Q -> rewards r -> 0 <= U ->
  (forall S, set_regret n Y P Q S <= U) -> regret n Y P Q r <= U.
Proof.
  intros HP HQ HR HU H. destruct (regret_layers n Y P Q r HP HQ HR) as (L & L0 & L1 & ->).
  apply Rle_trans with (sum L (fun l => fst l * U)).
  - apply sum_le; intros l I. apply Rmult_le_compat_l; auto.
  - rewrite sum_scal_r. nra.
Qed.

(* Powers are convex: chords and tangents. *)
Lemma pow_chord n a b t : 0 <= a -> 0 <= b -> 0 <= t <= 1 -> ((1 - t) * a + t * b) ^ n <= (1 - t) * a ^ n + t * b ^ n.
Proof.
  intros Ha Hb Ht. induction n as [|n IH]; simpl; [lra|]. apply Rle_trans with (((1 - t) * a + t * b) * ((1 - t) * a ^ n + t * b ^ n)).
  - apply Rmult_le_compat_l; [nra|assumption].
  - assert (0 <= (a - b) * (a ^ n - b ^ n)).
    { destruct (Rle_dec a b) as [C|C].
      - pose proof (pow_incr a b n (conj Ha C)). nra.
      - pose proof (pow_incr b a n ltac:(lra)). nra. }
    assert (0 <= t * (1 - t)) by nra. nra.
Qed.

Lemma pow_tangent n x y : 0 <= x -> 0 <= y -> y ^ S n + INR (S n) * y ^ n * (x - y) <= x ^ S n.
Proof.
  intros Hx Hy. induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. change (x ^ S (S n)) with (x * x ^ S n). change (y ^ S (S n)) with (y * y ^ S n).
  apply Rle_trans with (x * (y ^ S n + INR (S n) * y ^ n * (x - y))); [|apply Rmult_le_compat_l; assumption].
  change (y ^ S n) with (y * y ^ n). pose proof (pow_le y n Hy). pose proof (pos_INR (S n)).
  assert (0 <= INR (S n) * y ^ n * (x - y) ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; assumption|apply pow2_ge_0]). nra.
Qed.

Lemma pow_le_1 x n : 0 <= x <= 1 -> x ^ n <= 1.
Proof. intros H. pose proof (pow_incr x 1 n H). now rewrite pow1 in H0. Qed.

(* Sets against a bound P(S) <= C + M Q(S): the per-prompt form and the linear form. *)
Lemma set_regret_le {A} n (Y : list A) (P Q : A -> R) S C M : law Y P -> law Y Q -> 0 <= C <= 1 -> 1 <= M -> (0 < n)%nat -> mass Y P S <= C + M * mass Y Q S ->
  set_regret n Y P Q S <= Rmax C ((1 - (1 - C) / M) ^ n).
Proof.
  intros HP HQ HC HM Hn H. unfold set_regret. pose proof (mass_range Y P S HP). pose proof (mass_range Y Q S HQ).
  set (a := mass Y P S) in *. set (q := mass Y Q S) in *.
  assert (X : (1 - q) ^ n <= 1) by (apply pow_le_1; lra).
  destruct (Rle_dec a C) as [L|L]; [pose proof (Rmax_l C ((1 - (1 - C) / M) ^ n)); lra|].
  assert (c1 : C < 1) by lra. set (t := (a - C) / (1 - C)). assert (Ht : 0 <= t <= 1).
  { split; [apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|apply div_le; lra]. }
  assert (Et : a = C + t * (1 - C)) by (unfold t; field; lra). set (b := 1 - (1 - C) / M).
  assert (Hb : 0 <= b) by (unfold b; enough ((1 - C) / M <= 1) by lra; apply div_le; lra).
  assert (K : 1 - q <= (1 - t) * 1 + t * b).
  { unfold b. enough (t * ((1 - C) / M) <= q) by lra. replace (t * ((1 - C) / M)) with ((a - C) / M) by (unfold t; field; lra). apply div_le; lra. }
  apply Rle_trans with (a - 1 + ((1 - t) * 1 + t * b) ^ n); [apply Rplus_le_compat_l, pow_incr; lra|].
  pose proof (pow_chord n 1 b t ltac:(lra) Hb Ht). rewrite pow1 in H2. pose proof (Rmax_l C (b ^ n)). pose proof (Rmax_r C (b ^ n)). nra.
Qed.

Lemma max_le_linear n C M : 0 <= C <= 1 -> 1 <= M -> Rmax C ((1 - (1 - C) / M) ^ n) <= C + (1 - C) * (1 - 1 / M) ^ n.
Proof.
  intros HC HM. assert (b : 0 <= 1 - 1 / M) by (enough (1 / M <= 1) by lra; apply div_le; lra). pose proof (pow_le _ n b). apply Rmax_lub; [nra|].
  pose proof (pow_chord n 1 (1 - 1 / M) (1 - C) ltac:(lra) b ltac:(lra)). rewrite pow1 in H0.
  replace ((1 - (1 - C)) * 1 + (1 - C) * (1 - 1 / M)) with (1 - (1 - C) / M) in H0 by (field; lra). lra.
Qed.

Lemma mass_by_hockey {A} (Y : list A) (P Q : A -> R) S M : (forall y, 0 <= P y) -> mass Y P S <= hockey M Y P Q + M * mass Y Q S.
Proof.
  intros HP. unfold mass, hockey. rewrite <- sum_scal, <- sum_plus. apply sum_le; intros y _.
  pose proof (Rmax_l 0 (P y - M * Q y)). pose proof (Rmax_r 0 (P y - M * Q y)). destruct (S y); lra.
Qed.

Lemma hockey_le_cov {A} M (Y : list A) (P Q : A -> R) : (forall y, 0 <= P y) -> (forall y, 0 <= Q y) -> 0 <= M -> hockey M Y P Q <= cov M Y P Q.
Proof.
  intros HP HQ HM. apply sum_le; intros y _. pose proof (HP y). pose proof (HQ y). assert (0 <= M * Q y) by nra.
  unfold le01. destruct Rle_dec; unfold Rmax; destruct Rle_dec; lra.
Qed.

(* The average bound: a power of a mean is at most the mean of the powers; 1 - Q(S) is at most such a mean. *)
Definition missed {A} (n : nat) (Y : list A) (P Q : A -> R) : R := sum Y (fun y => P y * Rmax 0 (1 - Q y / P y) ^ n).

Lemma pow_jensen {A} n (Y : list A) (P v : A -> R) : law Y P -> (forall y, 0 <= v y) -> sum Y (fun y => P y * v y) ^ n <= sum Y (fun y => P y * v y ^ n).
Proof.
  intros [HP P1] Hv. destruct n as [|n]; [simpl; rewrite sum_scal_r, P1; lra|]. set (x := sum Y (fun y => P y * v y)).
  assert (Hx : 0 <= x) by (apply sum_nonneg; intros y _; apply Rmult_le_pos; [apply HP|apply Hv]).
  apply Rle_trans with (sum Y (fun y => P y * (x ^ S n + INR (S n) * x ^ n * (v y - x)))).
  - right. rewrite (sum_ext Y (fun y => P y * (x ^ S n + INR (S n) * x ^ n * (v y - x)))
      (fun y => P y * (x ^ S n - INR (S n) * x ^ n * x) + P y * v y * (INR (S n) * x ^ n))) by (intros; ring).
    rewrite sum_plus, !sum_scal_r, P1. fold x. ring.
  - apply sum_le; intros y _. apply Rmult_le_compat_l; [apply HP|apply pow_tangent; [apply Hv|assumption]].
Qed.

Lemma missed_sets {A} n (Y : list A) (P Q : A -> R) S : law Y P -> law Y Q -> set_regret n Y P Q S <= missed n Y P Q.
Proof.
  intros HP HQ. set (v := fun y => if S y then Rmax 0 (1 - Q y / P y) else 1).
  assert (Hv : forall y, 0 <= v y) by (intros y; unfold v; destruct (S y); [apply Rmax_l|lra]).
  assert (L : 1 - mass Y Q S <= sum Y (fun y => P y * v y)).
  { rewrite <- (proj2 HP). unfold mass. rewrite <- sum_minus. apply sum_le; intros y _. pose proof (proj1 HP y). pose proof (proj1 HQ y).
    unfold v. destruct (S y); [|lra]. destruct (Req_dec (P y) 0) as [E|N]; [rewrite E; lra|].
    pose proof (Rmax_r 0 (1 - Q y / P y)). assert (p : 0 < P y) by lra. apply (Rmult_le_compat_l (P y)) in H1; [|lra].
    replace (P y * (1 - Q y / P y)) with (P y - Q y) in H1 by (field; lra). lra. }
  pose proof (mass_range Y Q S HQ). assert (U : 0 <= 1 - mass Y Q S) by lra. pose proof (pow_incr _ _ n (conj U L)). pose proof (pow_jensen n Y P v HP Hv).
  unfold set_regret, missed. enough (mass Y P S - 1 + sum Y (fun y => P y * v y ^ n) <= sum Y (fun y => P y * Rmax 0 (1 - Q y / P y) ^ n)) by lra.
  rewrite <- (proj2 HP) at 1. unfold mass. rewrite <- sum_minus, <- sum_plus. apply sum_le; intros y _. pose proof (proj1 HP y).
  assert (0 <= Rmax 0 (1 - Q y / P y) ^ n) by (apply pow_le, Rmax_l). unfold v. destruct (S y); [lra|]. rewrite pow1. nra.
Qed.

(* claim: bon-average-bound
   part: the inequality, averaged over prompts x with weights mu
   differs: finitely many prompts and responses, whole N, 1/r is Q/P; the cases of equality and the averages of the profile are not here *)
Theorem bon_average {A B} n (X : list B) (mu : B -> R) (Y : list A) (P Q r : B -> A -> R) : law X mu ->
  (forall x, law Y (P x)) -> (forall x, law Y (Q x)) -> (forall x, rewards (r x)) ->
  sum X (fun x => mu x * regret n Y (P x) (Q x) (r x)) <= sum X (fun x => mu x * missed n Y (P x) (Q x)).
Proof.
  intros [Hm _] HP HQ HR. apply sum_le; intros x _. apply Rmult_le_compat_l; [apply Hm|]. apply regret_by_sets; auto.
  - apply sum_nonneg; intros y _. apply Rmult_le_pos; [apply (HP x)|apply pow_le, Rmax_l].
  - intros S. now apply missed_sets.
Qed.

(* claim: bon-sufficient-per-prompt
   part: the inequality
   differs: finite support, whole N; that every C approaches it is not here *)
Theorem bon_per_prompt {A} n (M : R) (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> rewards r -> 1 <= M -> (0 < n)%nat ->
  let C := cov M Y P Q in regret n Y P Q r <= Rmax C ((1 - (1 - C) / M) ^ n).
Proof.
  intros HP HQ HR HM Hn C. assert (c : 0 <= C <= 1) by (split; [apply cov_nonneg, HP|now apply cov_le_1]).
  apply regret_by_sets; auto; [pose proof (Rmax_l C ((1 - (1 - C) / M) ^ n)); lra|]. intros S. apply set_regret_le; auto.
  pose proof (mass_by_hockey Y P Q S M (proj1 HP)). pose proof (hockey_le_cov M Y P Q (proj1 HP) (proj1 HQ) ltac:(lra)). fold C in H0. lra.
Qed.

(* claim: bon-sufficient-sharp
   part: the inequality, averaged over prompts x with weights mu
   differs: finitely many prompts and responses, whole N; that no smaller function is a bound is not here *)
Theorem bon_sufficient_sharp {A B} n (M : R) (X : list B) (mu : B -> R) (Y : list A) (P Q r : B -> A -> R) : law X mu ->
  (forall x, law Y (P x)) -> (forall x, law Y (Q x)) -> (forall x, rewards (r x)) -> 1 <= M -> (0 < n)%nat ->
  let C := sum X (fun x => mu x * cov M Y (P x) (Q x)) in
  sum X (fun x => mu x * regret n Y (P x) (Q x) (r x)) <= C + (1 - C) * (1 - 1 / M) ^ n.
Proof.
  intros [Hm M1] HP HQ HR HM Hn C. apply Rle_trans with (sum X (fun x => mu x * cov M Y (P x) (Q x) * (1 - (1 - 1 / M) ^ n) + mu x * (1 - 1 / M) ^ n)).
  - apply sum_le; intros x _. pose proof (bon_per_prompt n M Y (P x) (Q x) (r x) (HP x) (HQ x) (HR x) HM Hn). cbv zeta in H.
    assert (c : 0 <= cov M Y (P x) (Q x) <= 1) by (split; [apply cov_nonneg, HP|now apply cov_le_1]).
    pose proof (max_le_linear n _ M c HM). pose proof (Hm x). nra.
  - rewrite sum_plus, !sum_scal_r, M1. fold C. lra.
Qed.

Lemma budget n M eps : 1 <= M -> 0 < eps < 1 -> M * ln (1 / eps) <= INR n -> (1 - 1 / M) ^ n <= eps.
Proof.
  intros HM He H. assert (b : 0 <= 1 - 1 / M) by (enough (1 / M <= 1) by lra; apply div_le; lra).
  eapply Rle_trans; [apply pow_exp; [assumption|pose proof (exp_ineq1_le (1 - 1 / M - 1)); lra]|].
  apply Rle_trans with (exp (ln eps)); [apply exp_le|rewrite exp_ln; lra]. unfold Rdiv in H at 1. rewrite Rmult_1_l, ln_Rinv in H by lra.
  apply (Rmult_le_reg_l M); [lra|]. replace (M * (INR n * (1 - 1 / M - 1))) with (- INR n) by (field; lra). lra.
Qed.

(* claim: bon-sufficient-budget
   part: the bound
   differs: finitely many prompts and responses, whole N; that the constant 1 cannot be lowered is not here *)
Theorem bon_budget {A B} n (M eps : R) (X : list B) (mu : B -> R) (Y : list A) (P Q r : B -> A -> R) : law X mu ->
  (forall x, law Y (P x)) -> (forall x, law Y (Q x)) -> (forall x, rewards (r x)) -> 1 <= M -> 0 < eps < 1 -> (0 < n)%nat -> M * ln (1 / eps) <= INR n ->
  let C := sum X (fun x => mu x * cov M Y (P x) (Q x)) in
  sum X (fun x => mu x * regret n Y (P x) (Q x) (r x)) <= C + (1 - C) * eps.
Proof.
  intros Hm HP HQ HR HM He Hn H C. eapply Rle_trans; [now apply (bon_sufficient_sharp n M X mu Y P Q r)|]. fold C.
  pose proof (budget n M eps HM He H). assert (C <= 1); [|nra]. destruct Hm as [m0 m1]. rewrite <- m1. apply sum_le; intros x _.
  pose proof (cov_le_1 M Y (P x) (Q x) (HP x)). pose proof (m0 x). nra.
Qed.

(* claim: bon-sufficient
   differs: finitely many prompts and responses, whole N; the condition Cov_M <= 1/2 is not used *)
Theorem bon_sufficient {A B} n (M eps : R) (X : list B) (mu : B -> R) (Y : list A) (P Q r : B -> A -> R) : law X mu ->
  (forall x, law Y (P x)) -> (forall x, law Y (Q x)) -> (forall x, rewards (r x)) -> 1 <= M -> 0 < eps < 1 -> (0 < n)%nat -> 2 * M * ln (1 / eps) <= INR n ->
  let C := sum X (fun x => mu x * cov M Y (P x) (Q x)) in
  C <= 1 / 2 -> sum X (fun x => mu x * regret n Y (P x) (Q x) (r x)) <= C + eps.
Proof.
  intros Hm HP HQ HR HM He Hn H C HC. assert (l : 0 < ln (1 / eps)).
  { rewrite <- ln_1. apply ln_increasing; [lra|]. apply (Rmult_lt_reg_r eps); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  eapply Rle_trans; [apply (bon_budget n M eps X mu Y P Q r); auto; nra|]. fold C. assert (0 <= C); [|nra].
  apply sum_nonneg; intros x _. apply Rmult_le_pos; [apply Hm|apply cov_nonneg, HP].
Qed.

(* claim: bon-hockey-stick
   part: the two ends at one prompt
   differs: finite support, whole N, one prompt (both ends are linear in E); that the upper end is attained is not here *)
Theorem bon_hockey {A} n (M : R) (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> rewards r -> 1 <= M -> (0 < n)%nat ->
  hockey (INR n) Y P Q <= regret n Y P Q (on (reaches (INR n) P Q)) /\
  regret n Y P Q r <= hockey M Y P Q + (1 - hockey M Y P Q) * (1 - 1 / M) ^ n.
Proof.
  intros HP HQ HR HM Hn. split.
  - rewrite regret_on by assumption. unfold set_regret. pose proof (mass_range Y Q (reaches (INR n) P Q) HQ) as mq.
    pose proof (bernoulli _ n mq). enough (hockey (INR n) Y P Q <= mass Y P (reaches (INR n) P Q) - INR n * mass Y Q (reaches (INR n) P Q)) by lra.
    unfold mass, hockey. rewrite <- sum_scal, <- sum_minus. apply sum_le; intros y _. unfold reaches, Rmax. destruct Rle_dec, Rle_dec; lra.
  - set (C := hockey M Y P Q). assert (c : 0 <= C <= 1).
    { split; [apply sum_nonneg; intros; apply Rmax_l|]. apply Rle_trans with (cov M Y P Q); [apply hockey_le_cov; try lra; [apply HP|apply HQ]|now apply cov_le_1]. }
    eapply Rle_trans; [|apply max_le_linear; auto]. apply regret_by_sets; auto; [pose proof (Rmax_l C ((1 - (1 - C) / M) ^ n)); lra|].
    intros S. apply set_regret_le; auto. apply mass_by_hockey, HP.
Qed.

(* claim: bon-necessary-sharp
   part: the inequality
   differs: finite support, whole N, one prompt (both sides are linear); that the constant cannot be raised is not here *)
Theorem bon_necessary_sharp {A} n (c : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 1 < c -> (0 < n)%nat ->
  (1 - 1 / c) * cov (c * INR n) Y P Q <= regret n Y P Q (on (reaches (c * INR n) P Q)).
Proof.
  intros HP HQ Hc Hn. rewrite regret_on by assumption. unfold set_regret.
  pose proof (mass_range Y Q (reaches (c * INR n) P Q) HQ) as mq. pose proof (bernoulli _ n mq).
  enough ((1 - 1 / c) * cov (c * INR n) Y P Q <= mass Y P (reaches (c * INR n) P Q) - INR n * mass Y Q (reaches (c * INR n) P Q)) by lra.
  unfold mass, cov. rewrite <- !sum_scal, <- sum_minus. apply sum_le; intros y _. unfold reaches, le01. destruct Rle_dec as [C|C]; [|lra].
  apply (Rmult_le_compat_l (1 / c)) in C; [|left; apply div_pos; lra]. replace (1 / c * (c * INR n * Q y)) with (INR n * Q y) in C by (field; lra). lra.
Qed.

(* claim: bon-necessary
   differs: finite support, whole N, one prompt (both sides are linear) *)
Theorem bon_necessary {A} n (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> (0 < n)%nat ->
  cov (2 * INR n) Y P Q / 2 <= regret n Y P Q (on (reaches (2 * INR n) P Q)).
Proof. intros HP HQ Hn. pose proof (bon_necessary_sharp n 2 Y P Q HP HQ ltac:(lra) Hn). lra. Qed.

Lemma sum_at_most {B} (L : list B) (w f : B -> R) U : (forall l, In l L -> 0 <= w l) -> sum L w <= 1 -> 0 < U -> sum L (fun l => w l * f l) >= U -> exists l, In l L /\ U <= f l.
Proof.
  intros W W1 HU H. destruct (Exists_dec (fun l => U <= f l) L (fun l => Rle_dec U (f l))) as [E|E].
  - apply Exists_exists in E. exact E.
  - exfalso. assert (G : forall l, In l L -> f l < U). { intros l I. apply Rnot_le_lt. intros C. apply E, Exists_exists. now exists l. }
    assert (K : forall L', (forall l, In l L' -> 0 <= w l) -> (forall l, In l L' -> f l < U) -> 0 < sum L' w -> sum L' (fun l => w l * f l) < sum L' w * U).
    { induction L' as [|l L' IH]; simpl; intros W' G' P'; [lra|]. pose proof (W' l (or_introl eq_refl)). pose proof (G' l (or_introl eq_refl)).
      assert (0 <= sum L' w) by (apply sum_nonneg; auto). destruct (Req_dec (sum L' w) 0) as [Z|Z].
      - assert (sum L' (fun l => w l * f l) <= sum L' w * U) by (rewrite <- sum_scal_r; apply sum_le; intros m I; pose proof (W' m (or_intror I)); pose proof (G' m (or_intror I)); nra). nra.
      - assert (sum L' (fun l => w l * f l) < sum L' w * U) by (apply IH; auto; lra). nra. }
    assert (0 <= sum L w) by (apply sum_nonneg; auto). destruct (Req_dec (sum L w) 0) as [Z|Z].
    + assert (sum L (fun l => w l * f l) <= sum L w * U) by (rewrite <- sum_scal_r; apply sum_le; intros m I; pose proof (W m I); pose proof (G m I); nra). nra.
    + pose proof (K L W G ltac:(lra)). nra.
Qed.

Lemma level_set_best {A} n (Y : list A) (P Q : A -> R) S : law Y P -> law Y Q -> (0 < n)%nat ->
  exists lam, 0 <= lam <= INR n /\ set_regret n Y P Q S <= set_regret n Y P Q (exceeds lam P Q).
Proof.
  intros HP HQ Hn. destruct n as [|m]; [inversion Hn|]. pose proof (mass_range Y Q S HQ) as mq. set (q := mass Y Q S) in *.
  exists (INR (Datatypes.S m) * (1 - q) ^ m). pose proof (pos_INR (Datatypes.S m)).
  assert (0 <= (1 - q) ^ m <= 1) by (split; [apply pow_le; lra|apply pow_le_1; lra]). split; [nra|].
  set (lam := INR (Datatypes.S m) * (1 - q) ^ m). unfold set_regret. fold q. pose proof (mass_range Y Q (exceeds lam P Q) HQ) as ml.
  pose proof (pow_tangent m (1 - mass Y Q (exceeds lam P Q)) (1 - q) ltac:(lra) ltac:(lra)). fold lam in H1.
  enough (mass Y P S - lam * q <= mass Y P (exceeds lam P Q) - lam * mass Y Q (exceeds lam P Q)) by lra.
  unfold q, mass. rewrite <- !sum_scal, <- !sum_minus. apply sum_le; intros y _. unfold exceeds. destruct (S y), Rlt_dec; lra.
Qed.

(* For each reward the regret of some level set is as large. *)
Lemma regret_by_level {A} n (Y : list A) (P Q r : A -> R) : law Y P -> law Y Q -> (0 < n)%nat -> rewards r ->
  exists lam, 0 <= lam <= INR n /\ regret n Y P Q r <= regret n Y P Q (on (exceeds lam P Q)).
Proof.
  intros HP HQ Hn HR. destruct (regret_layers n Y P Q r HP HQ HR) as (L & L0 & L1 & E).
  assert (G : exists S, regret n Y P Q r <= set_regret n Y P Q S).
  { destruct (Rle_dec (regret n Y P Q r) 0) as [C|C].
    - exists (fun _ => false). unfold set_regret, mass. rewrite !sum_const. replace (1 - INR (length Y) * 0) with 1 by ring. rewrite pow1. lra.
    - destruct (sum_at_most L fst (fun l => set_regret n Y P Q (fun y => if Rle_dec (snd l) (r y) then true else false)) (regret n Y P Q r) L0 L1 ltac:(lra) ltac:(lra)) as (l & _ & H).
      eexists. exact H. }
  destruct G as (S & G). destruct (level_set_best n Y P Q S HP HQ Hn) as (lam & R0 & R1). exists lam. split; [assumption|]. rewrite regret_on by assumption. lra.
Qed.

(* A coin as comparator, another as model: the regret of "heads" with n draws. *)
Lemma heads_regret n a q : 0 <= a <= 1 -> 0 <= q <= 1 -> regret n faces (coin a) (coin q) (on (fun y => y)) = a - 1 + (1 - q) ^ n.
Proof.
  intros Ha Hq. rewrite regret_on by now apply coin_law. unfold set_regret, mass, faces, sum, coin. now rewrite !Rplus_0_r, ?Rplus_0_l.
Qed.

(* twin: bon-sufficient-per-prompt
   Cov_N alone, without the draws' own share: one prompt *)
Theorem bon_per_prompt_twin : exists (P Q r : bool -> R), law faces P /\ law faces Q /\ rewards r /\ cov 4 faces P Q < regret 4 faces P Q r.
Proof.
  exists (coin 1), (coin (1 / 3)), (on (fun y => y)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. split; [intros []; unfold on; lra|].
  rewrite heads_regret by lra. unfold cov, faces, sum, coin. decide_all. lra.
Qed.

(* One prompt of the two: its model is perfect or poor. *)
Definition one_prompt (x : unit) : R := 1.
Lemma one_prompt_law : law [tt] one_prompt. Proof. split; [intros; unfold one_prompt; lra|unfold one_prompt, sum; lra]. Qed.

(* twin: bon-average-bound
   one exponent more, (1 - 1/r)^(N + 1): a certain comparator, two draws *)
Theorem bon_average_twin : exists P Q r : unit -> bool -> R, (forall x, law faces (P x)) /\ (forall x, law faces (Q x)) /\ (forall x, rewards (r x)) /\
  sum [tt] (fun x => one_prompt x * missed 3 faces (P x) (Q x)) < sum [tt] (fun x => one_prompt x * regret 2 faces (P x) (Q x) (r x)).
Proof.
  exists (fun _ => coin 1), (fun _ => coin (1 / 4)), (fun _ => on (fun y => y)). split; [intros; apply coin_law; lra|]. split; [intros; apply coin_law; lra|]. split; [intros _ []; unfold on; lra|].
  unfold sum; cbv beta; rewrite heads_regret by lra. unfold one_prompt, missed, faces, sum, coin.
  replace (1 - 1) with 0 by ring. rewrite Rmult_0_l. unfold Rmax. destruct Rle_dec; lra.
Qed.

(* twin: bon-sufficient-sharp
   (1 - 1/M)^(2N) for (1 - 1/M)^N: M = 4, two draws *)
Theorem bon_sufficient_sharp_twin : exists P Q r : unit -> bool -> R, (forall x, law faces (P x)) /\ (forall x, law faces (Q x)) /\ (forall x, rewards (r x)) /\
  let C := sum [tt] (fun x => one_prompt x * cov 4 faces (P x) (Q x)) in
  C + (1 - C) * (1 - 1 / 4) ^ 4 < sum [tt] (fun x => one_prompt x * regret 2 faces (P x) (Q x) (r x)).
Proof.
  exists (fun _ => coin 1), (fun _ => coin (3 / 10)), (fun _ => on (fun y => y)). split; [intros; apply coin_law; lra|]. split; [intros; apply coin_law; lra|]. split; [intros _ []; unfold on; lra|].
  cbv zeta; unfold sum; cbv beta; rewrite heads_regret by lra. unfold one_prompt, cov, faces, sum, coin. decide_all. lra.
Qed.

(* twin: bon-sufficient-budget
   half of the budget: M = 10, eps = 1/50, 20 draws *)
Theorem bon_budget_twin : exists P Q r : unit -> bool -> R, (forall x, law faces (P x)) /\ (forall x, law faces (Q x)) /\ (forall x, rewards (r x)) /\
  10 / 2 * ln (1 / (1 / 50)) <= INR 20 /\
  let C := sum [tt] (fun x => one_prompt x * cov 10 faces (P x) (Q x)) in
  C + (1 - C) * (1 / 50) < sum [tt] (fun x => one_prompt x * regret 20 faces (P x) (Q x) (r x)).
Proof.
  exists (fun _ => coin 1), (fun _ => coin (11 / 100)), (fun _ => on (fun y => y)). split; [intros; apply coin_law; lra|]. split; [intros; apply coin_law; lra|]. split; [intros _ []; unfold on; lra|].
  split; [simpl; interval|]. cbv zeta; unfold sum; cbv beta; rewrite heads_regret by lra. unfold one_prompt, cov, faces, sum, coin. decide_all. lra.
Qed.

(* twin: bon-sufficient
   a quarter of the budget *)
Theorem bon_sufficient_twin : exists P Q r : unit -> bool -> R, (forall x, law faces (P x)) /\ (forall x, law faces (Q x)) /\ (forall x, rewards (r x)) /\
  10 / 2 * ln (1 / (1 / 50)) <= INR 20 /\
  let C := sum [tt] (fun x => one_prompt x * cov 10 faces (P x) (Q x)) in
  C <= 1 / 2 /\ C + 1 / 50 < sum [tt] (fun x => one_prompt x * regret 20 faces (P x) (Q x) (r x)).
Proof.
  exists (fun _ => coin 1), (fun _ => coin (11 / 100)), (fun _ => on (fun y => y)). split; [intros; apply coin_law; lra|]. split; [intros; apply coin_law; lra|]. split; [intros _ []; unfold on; lra|].
  split; [simpl; interval|]. cbv zeta; unfold sum; cbv beta; rewrite heads_regret by lra. unfold one_prompt, cov, faces, sum, coin. split; decide_all; lra.
Qed.

(* twin: bon-hockey-stick
   the lower end with Cov_N for E_N *)
Theorem bon_hockey_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  (forall S, regret 2 faces P Q (on S) < cov 2 faces P Q).
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|]. intros S.
  rewrite regret_on by (apply coin_law; lra). unfold set_regret, mass, cov, faces, sum, coin. decide_all; destruct (S true), (S false); simpl; lra.
Qed.

(* twin: bon-necessary-sharp
   without the factor 1 - 1/c: c = 2, one draw *)
Theorem bon_necessary_sharp_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  regret 1 faces P Q (on (reaches (2 * INR 1) P Q)) < cov (2 * INR 1) faces P Q.
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  rewrite regret_on by (apply coin_law; lra). unfold set_regret, mass, reaches, cov, faces, sum, coin. simpl INR. decide_all; simpl; lra.
Qed.

(* twin: bon-necessary
   two thirds for one half *)
Theorem bon_necessary_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  regret 1 faces P Q (on (reaches (2 * INR 1) P Q)) < 2 / 3 * cov (2 * INR 1) faces P Q.
Proof.
  exists (coin 1), (coin (1 / 2)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  rewrite regret_on by (apply coin_law; lra). unfold set_regret, mass, reaches, cov, faces, sum, coin. simpl INR. decide_all; simpl; lra.
Qed.

(* claim: coverage-chain-rule
   part: with >= in all three tails, with the first tail on the right strict, and with the second
   differs: finite support; thresholds as products, K = M1/M2 *)
Theorem chain_rule {A} (K M : R) (Y : list A) (P D Q : A -> R) : law Y P -> (forall y, 0 <= D y) -> (forall y, 0 <= Q y) -> 0 < K -> 0 < M ->
  cov (K * M) Y P Q <= M * cov K Y D Q + cov M Y P D /\
  cov (K * M) Y P Q <= M * tail K Y D Q + cov M Y P D /\
  cov (K * M) Y P Q <= M * cov K Y D Q + tail M Y P D.
Proof.
  intros [HP _] HD HQ HK HM. unfold cov, tail. rewrite <- !sum_scal, <- !sum_plus. repeat split; apply sum_le; intros y _;
    pose proof (HP y) as p; pose proof (HD y) as d; pose proof (HQ y) as q; assert (kq : 0 <= K * Q y) by nra; assert (md : 0 <= M * D y) by nra;
    (destruct (Req_dec (P y) 0) as [E|n]; [rewrite E; pose proof (le01_bounds (K * Q y) (D y)); pose proof (lt01_bounds (K * Q y) (D y)); assert (0 <= M * (D y * le01 (K * Q y) (D y))) by (apply Rmult_le_pos; nra); assert (0 <= M * (D y * lt01 (K * Q y) (D y))) by (apply Rmult_le_pos; nra); lra|]).
  - unfold le01. destruct (Rle_dec (K * M * Q y) (P y)) as [a|a]; destruct (Rle_dec (K * Q y) (D y)) as [b|b]; destruct (Rle_dec (M * D y) (P y)) as [c|c]; try nra.
  - unfold le01, lt01. destruct (Rle_dec (K * M * Q y) (P y)) as [a|a]; destruct (Rlt_dec (K * Q y) (D y)) as [b|b]; destruct (Rle_dec (M * D y) (P y)) as [c|c]; try nra.
  - unfold le01, lt01. destruct (Rle_dec (K * M * Q y) (P y)) as [a|a]; destruct (Rle_dec (K * Q y) (D y)) as [b|b]; destruct (Rlt_dec (M * D y) (P y)) as [c|c]; try nra.
Qed.

(* twin: coverage-chain-rule
   with both tails on the right strict *)
Theorem chain_rule_twin : exists P D Q : bool -> R, law faces P /\ law faces D /\ law faces Q /\
  2 * tail 2 faces D Q + tail 2 faces P D < cov (2 * 2) faces P Q.
Proof.
  exists (coin 1), (coin (1 / 2)), (coin (1 / 4)). do 3 (split; [apply coin_law; lra|]). unfold cov, tail, faces, sum, coin. decide_all. lra.
Qed.

(* claim: bon-data-coverage-alone
   differs: one right answer, N = 50 draws: regret above 0.99 although Cov_M of the data is 0.01 for 1 < M <= 100 *)
Theorem bon_data_alone : exists P D Q : bool -> R, law faces P /\ law faces D /\ law faces Q /\
  (forall M, 1 < M <= 100 -> cov M faces D Q = 1 / 100) /\ 0.99 < regret 50 faces P Q (on (fun y => y)).
Proof.
  exists (coin 1), (coin (1 / 100)), (coin (1 / 10000)). do 3 (split; [apply coin_law; lra|]). split.
  - intros M HM. unfold cov, faces, sum, coin. rewrite le01_1 by lra. rewrite le01_0 by lra. lra.
  - rewrite heads_regret by lra. interval.
Qed.

(* twin: bon-data-coverage-alone
   a chain rule without its factor M, which would make the data's coverage enough: the same laws, K = 99, M = 101 *)
Theorem bon_data_alone_twin : exists P D Q : bool -> R, law faces P /\ law faces D /\ law faces Q /\
  cov 99 faces D Q + cov 101 faces P D < cov (99 * 101) faces P Q.
Proof.
  exists (coin 1), (coin (1 / 100)), (coin (1 / 10000)). do 3 (split; [apply coin_law; lra|]). unfold cov, faces, sum, coin. decide_all; lra.
Qed.
