(* Notebook 16: coverage of answers, and what interventions do to coverage. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus divergences tail.
Import ListNotations.
Open Scope R_scope.

Section Answers.
Context {A B : Type} (same : forall a b : B, {a = b} + {a <> b}).

(* The law of the answer h(y) of a response y. *)
Definition answer_law (Y : list A) (h : A -> B) (P : A -> R) (b : B) : R := sum Y (fun y => if same (h y) b then P y else 0).

(* X lists the answers, each once. *)
Definition answers (Y : list A) (h : A -> B) (X : list B) := NoDup X /\ forall y, In y Y -> In (h y) X.

Lemma sum_pick (X : list B) b c : NoDup X -> In b X -> sum X (fun x => if same b x then c else 0) = c.
Proof.
  induction X as [|x X IH]; intros N I; [easy|]. inversion N as [|? ? NI NX]; subst. simpl. destruct (same b x) as [->|n].
  - rewrite (sum_ext X _ (fun _ => 0)); [rewrite sum_const; ring|]. intros z J. destruct (same x z) as [->|]; [easy|ring].
  - destruct I as [->|I]; [easy|]. rewrite IH; auto. ring.
Qed.

(* Summing over the responses of each answer is summing over the responses. *)
Lemma sum_by_answers (Y : list A) h X (f : A -> R) : answers Y h X ->
  sum X (fun b => sum Y (fun y => if same (h y) b then f y else 0)) = sum Y f.
Proof. intros [N I]. rewrite sum_swap. apply sum_ext; intros y J. apply sum_pick; auto. Qed.

Lemma answer_law_law Y h X P : answers Y h X -> law Y P -> law X (answer_law Y h P).
Proof.
  intros HX [HP P1]. split.
  - intros b. apply sum_nonneg; intros y _. destruct same; [apply HP|lra].
  - unfold answer_law. rewrite sum_by_answers by assumption. exact P1.
Qed.

(* claim: answer-hockey-stick
   part: the inequality
   differs: finite support, decidable equality of answers; the case of equality is not here *)
Theorem answer_hockey (c : R) (Y : list A) (h : A -> B) (X : list B) (P Q : A -> R) : answers Y h X ->
  hockey c X (answer_law Y h P) (answer_law Y h Q) <= hockey c Y P Q.
Proof.
  intros HX. unfold hockey. rewrite <- (sum_by_answers Y h X) by assumption. apply sum_le; intros b _. apply Rmax_lub.
  - apply sum_nonneg; intros y _. destruct same; [apply Rmax_l|lra].
  - unfold answer_law. rewrite <- sum_scal, <- sum_minus. apply sum_le; intros y _. destruct same; [apply Rmax_r|lra].
Qed.

(* claim: answer-coverage
   part: the two inequalities
   differs: finite support, decidable equality of answers; the extremal family is not here *)
Theorem answer_coverage (c N : R) (Y : list A) (h : A -> B) (X : list B) (P Q : A -> R) : answers Y h X -> law Y P -> sublaw Y Q -> 1 < c -> 0 < N ->
  cov N X (answer_law Y h P) (answer_law Y h Q) <= tail (N / c) Y P Q / (1 - 1 / c) /\
  tail (N / c) Y P Q / (1 - 1 / c) <= cov (N / c) Y P Q / (1 - 1 / c).
Proof.
  intros HX [HP _] [HQ _] Hc HN. assert (i : 0 < 1 - 1 / c).
  { enough (1 / c < 1) by lra. apply (Rmult_lt_reg_r c); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  split.
  - apply le_div; [assumption|]. unfold cov, tail. rewrite <- sum_scal_r, <- (sum_by_answers Y h X) by assumption. apply sum_le; intros b _.
    assert (L : answer_law Y h P b - N / c * answer_law Y h Q b <= sum Y (fun y => if same (h y) b then P y * lt01 (N / c * Q y) (P y) else 0)).
    { unfold answer_law. rewrite <- sum_scal, <- sum_minus. apply sum_le; intros y _. destruct same; [|lra].
      pose proof (HP y). assert (0 <= N / c * Q y) by (apply Rmult_le_pos; [left; apply div_pos; lra|apply HQ]). unfold lt01. destruct Rlt_dec; lra. }
    assert (L0 : 0 <= sum Y (fun y => if same (h y) b then P y * lt01 (N / c * Q y) (P y) else 0)).
    { apply sum_nonneg; intros y _. destruct same; [|lra]. pose proof (lt01_bounds (N / c * Q y) (P y)). pose proof (HP y). nra. }
    unfold le01. destruct Rle_dec as [C|C]; [|lra]. apply (Rmult_le_compat_r (1 / c)) in C; [|left; apply div_pos; lra].
    replace (N * answer_law Y h Q b * (1 / c)) with (N / c * answer_law Y h Q b) in C by (field; lra). lra.
  - apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]. apply sum_le; intros y _.
    pose proof (lt01_le01 (N / c * Q y) (P y)). pose proof (HP y). nra.
Qed.
End Answers.

(* Three responses; the first two share an answer. *)
Inductive response := first | second | third.
Definition responses := [first; second; third].
Definition answer (y : response) : bool := match y with third => false | _ => true end.
Definition three_law (a b c : R) (y : response) : R := match y with first => a | second => b | third => c end.

Lemma answers_here : answers responses answer faces.
Proof.
  split.
  - repeat constructor; simpl; intuition congruence.
  - intros [] _; simpl; auto.
Qed.

Lemma three_law_law a b c : 0 <= a -> 0 <= b -> 0 <= c -> a + b + c = 1 -> law responses (three_law a b c).
Proof. intros. split; [intros []; simpl; lra|simpl; lra]. Qed.

(* claim: answer-coverage-as-printed
   part: the refutation, for every N > 1: the responses have Cov_N = e, the answers 1, for every e in (0, 1) *)
Theorem answer_coverage_as_printed_is_false (N e : R) : 1 < N -> 0 < e < 1 ->
  exists P Q : response -> R, law responses P /\ law responses Q /\ cov N responses P Q = e /\
    cov N faces (answer_law Bool.bool_dec responses answer P) (answer_law Bool.bool_dec responses answer Q) = 1.
Proof.
  intros HN He. assert (i : 0 < 1 / N < 1).
  { split; [apply div_pos; lra|]. apply (Rmult_lt_reg_r N); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (E : N * (1 / N) = 1) by (field; lra).
  exists (three_law (1 - e) e 0), (three_law (1 / N) 0 (1 - 1 / N)).
  split; [apply three_law_law; lra|]. split; [apply three_law_law; lra|].
  unfold cov, answer_law, responses, faces, sum, three_law, answer; simpl.
  unfold le01. split; repeat destruct Rle_dec; nra.
Qed.

(* twin: answer-coverage
   without the factor 1/(1 - 1/c): N = 4, c = 2 *)
Theorem answer_coverage_twin : exists P Q : response -> R, law responses P /\ sublaw responses Q /\
  tail (4 / 2) responses P Q < cov 4 faces (answer_law Bool.bool_dec responses answer P) (answer_law Bool.bool_dec responses answer Q).
Proof.
  exists (three_law (1 / 2) (1 / 2) 0), (three_law (1 / 4) 0 (3 / 4)). split; [apply three_law_law; lra|]. split.
  - destruct (three_law_law (1 / 4) 0 (3 / 4)); try lra. split; [assumption|lra].
  - unfold cov, tail, answer_law, responses, faces, sum, three_law, answer; simpl. unfold lt01, le01.
    decide_all; lra.
Qed.

(* twin: answer-hockey-stick
   the other direction *)
Theorem answer_hockey_twin : exists (c : R) (P Q : response -> R), law responses P /\ law responses Q /\
  hockey c faces (answer_law Bool.bool_dec responses answer P) (answer_law Bool.bool_dec responses answer Q) < hockey c responses P Q.
Proof.
  exists 2, (three_law 1 0 0), (three_law 0 1 0). split; [apply three_law_law; lra|]. split; [apply three_law_law; lra|].
  unfold hockey, answer_law, responses, faces, sum, three_law, answer; simpl. decide_all; lra.
Qed.

(* claim: response-coverage-not-necessary
   differs: the regret of one draw follows from the answers' laws being equal *)
Theorem response_coverage_necessary_is_false (M : R) : 1 <= M ->
  exists P Q : response -> R, law responses P /\ law responses Q /\
    (forall N, 0 < N <= M -> cov N responses P Q = 1) /\
    (forall b, answer_law Bool.bool_dec responses answer P b = answer_law Bool.bool_dec responses answer Q b) /\
    (forall N, 1 < N -> cov N faces (answer_law Bool.bool_dec responses answer P) (answer_law Bool.bool_dec responses answer Q) = 0).
Proof.
  intros HM. assert (i : 0 < 1 / M <= 1) by (split; [apply div_pos; lra|apply div_le; lra]).
  exists (three_law 1 0 0), (three_law (1 / M) (1 - 1 / M) 0).
  split; [apply three_law_law; lra|]. split; [apply three_law_law; lra|]. split; [|split].
  - intros N HN. unfold cov, responses, sum, three_law. rewrite le01_1; [ring|]. unfold Rdiv. rewrite Rmult_1_l.
    apply (Rmult_le_reg_r M); [lra|]. rewrite Rmult_assoc, Rinv_l; lra.
  - intros []; unfold answer_law, responses, sum, three_law, answer; simpl; ring.
  - intros N HN. unfold cov, answer_law, responses, faces, sum, three_law, answer; simpl.
    rewrite le01_0 by lra. ring.
Qed.

(* claim: interventions-as-coverage
   part: the equivalence
   differs: finite support, each response listed once, decidable equality; the list of kappas is not here *)
Theorem interventions {A} (same : forall a b : A, {a = b} + {a <> b}) (Y : list A) (Q Q' : A -> R) (kappa : R) :
  NoDup Y -> 0 < kappa -> (forall y, 0 <= Q y) -> (forall y, 0 <= Q' y) ->
  (forall y, In y Y -> kappa * Q y <= Q' y) <-> (forall P N, law Y P -> 0 < N -> cov N Y P Q' <= cov (kappa * N) Y P Q).
Proof.
  intros ND K HQ HQ'. split.
  - intros H P N HP HN. apply cov_mono; [apply HP|]. intros y I p C. specialize (H y I). nra.
  - intros H y I. destruct (Rle_dec (kappa * Q y) (Q' y)) as [|C]; [assumption|exfalso]. apply Rnot_le_lt in C.
    set (P := fun x => if same y x then 1 else 0). pose proof (HQ' y).
    assert (HP : law Y P).
    { split; [intros x; unfold P; destruct same; lra|]. unfold P. now apply sum_pick. }
    set (N := 2 / (Q' y + kappa * Q y)). assert (HN : 0 < N) by (apply div_pos; lra).
    assert (E : forall Z M, cov M Y P Z = le01 (M * Z y) 1).
    { intros Z M. unfold cov. rewrite (sum_ext _ _ (fun x => if same y x then le01 (M * Z y) 1 else 0)); [now apply sum_pick|].
      intros x _. unfold P. destruct (same y x) as [->|]; ring. }
    specialize (H P N HP HN). rewrite !E in H.
    assert (T : N * (Q' y + kappa * Q y) = 2) by (unfold N; field; lra).
    rewrite le01_1, le01_0 in H; [lra| |]; nra.
Qed.

(* twin: interventions-as-coverage
   the unchanged threshold, without kappa in it: Q' >= Q/2 everywhere, N = 2 *)
Theorem interventions_twin : exists (P Q Q' : bool -> R), law faces P /\ law faces Q /\ law faces Q' /\ (forall y, 1 / 2 * Q y <= Q' y) /\
  cov 2 faces P Q < cov 2 faces P Q'.
Proof.
  exists (coin (1 / 2)), (coin (1 / 2)), (coin (1 / 4)). do 3 (split; [apply coin_law; lra|]). split; [intros []; unfold coin; lra|].
  unfold cov, faces, sum, coin. decide_all; lra.
Qed.

(* claim: mixing-coverage
   differs: finite support; equality for disjoint supports *)
Theorem mixing {A} (lam N : R) (Y : list A) (P Q R' : A -> R) : law Y P -> (forall y, 0 <= Q y) -> (forall y, 0 <= R' y) -> 0 < lam < 1 -> 0 < N ->
  let both := sum Y (fun y => P y * (le01 ((1 - lam) * N * Q y) (P y) * le01 (lam * N * R' y) (P y))) in
  cov N Y P (fun y => (1 - lam) * Q y + lam * R' y) <= both /\
  both <= cov ((1 - lam) * N) Y P Q /\ both <= cov (lam * N) Y P R' /\
  ((forall y, Q y = 0 \/ R' y = 0) -> cov N Y P (fun y => (1 - lam) * Q y + lam * R' y) = both).
Proof.
  intros [HP _] HQ HR L HN both. unfold both, cov. repeat split.
  - apply sum_le; intros y _. apply Rmult_le_compat_l; [apply HP|]. pose proof (HQ y). pose proof (HR y).
    assert (0 <= lam * N) by nra. assert (0 <= (1 - lam) * N) by nra.
    unfold le01. destruct Rle_dec as [C|C]; [|destruct Rle_dec, Rle_dec; lra].
    destruct Rle_dec as [D|D]; [destruct Rle_dec as [E|E]; [lra|]|]; exfalso.
    + apply E. assert (0 <= (1 - lam) * N * Q y) by (apply Rmult_le_pos; lra). nra.
    + apply D. assert (0 <= lam * N * R' y) by (apply Rmult_le_pos; lra). nra.
  - apply sum_le; intros y _. apply Rmult_le_compat_l; [apply HP|]. pose proof (le01_bounds ((1 - lam) * N * Q y) (P y)). pose proof (le01_bounds (lam * N * R' y) (P y)). nra.
  - apply sum_le; intros y _. apply Rmult_le_compat_l; [apply HP|]. pose proof (le01_bounds ((1 - lam) * N * Q y) (P y)). pose proof (le01_bounds (lam * N * R' y) (P y)). nra.
  - intros D. apply sum_ext; intros y _. pose proof (HP y). destruct (D y) as [E|E]; rewrite E.
    + rewrite (le01_1 ((1 - lam) * N * 0)) by lra. replace (N * ((1 - lam) * 0 + lam * R' y)) with (lam * N * R' y) by ring. ring.
    + rewrite (le01_1 (lam * N * 0)) by lra. replace (N * ((1 - lam) * Q y + lam * 0)) with ((1 - lam) * N * Q y) by ring. ring.
Qed.

(* twin: mixing-coverage
   without shrinking the thresholds: an even mixture, N = 4 *)
Theorem mixing_twin : exists P Q R' : bool -> R, law faces P /\ law faces Q /\ law faces R' /\
  cov 4 faces P Q < cov 4 faces P (fun y => (1 - 1 / 2) * Q y + 1 / 2 * R' y).
Proof.
  exists (coin (9 / 10)), (coin (4 / 10)), (coin 0). do 3 (split; [apply coin_law; lra|]).
  unfold cov, faces, sum, coin. decide_all; lra.
Qed.

(* The arithmetic mean of the models Q x, x in X. *)
Definition ensemble {A B} (X : list B) (Q : B -> A -> R) (y : A) : R := sum X (fun x => Q x y) / INR (length X).

(* claim: ensemble-coverage
   part: the inequality; the twin is the excess over the members' average
   differs: finite support; that the bound is attained is not here *)
Theorem ensemble_coverage {A B} (c N : R) (Y : list A) (X : list B) (P : A -> R) (Q : B -> A -> R) :
  law Y P -> (forall x y, 0 <= Q x y) -> 0 <= c < N -> (0 < length X)%nat ->
  cov N Y P (ensemble X Q) <= sum X (fun x => hockey c Y P (Q x)) / INR (length X) / (1 - c / N).
Proof.
  intros HP HQ Hc HX. assert (k : 0 < INR (length X)) by now apply lt_0_INR. apply lt_0_INR in HX.
  assert (i : 0 < 1 - c / N) by (enough (c / N < 1) by lra; apply (Rmult_lt_reg_r N); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  apply le_div; [assumption|]. rewrite Rmult_comm. eapply Rle_trans; [apply (hockey_above c N Y P (ensemble X Q)); auto; apply HP|].
  unfold hockey. apply le_div; [assumption|]. rewrite sum_swap, <- sum_scal_r. apply sum_le; intros y _. unfold ensemble.
  apply Rmax_case_strong; intros M.
  - rewrite Rmult_0_l. apply sum_nonneg; intros; apply Rmax_l.
  - replace ((P y - c * (sum X (fun x => Q x y) / INR (length X))) * INR (length X)) with (INR (length X) * P y - c * sum X (fun x => Q x y)) by (field; lra).
    rewrite <- sum_const, <- sum_scal, <- sum_minus. apply sum_le; intros; apply Rmax_r.
Qed.

(* twin: ensemble-coverage
   the average of the members' coverages: two models, N = 2 *)
Theorem ensemble_twin : exists (P : bool -> R) (Q : bool -> bool -> R), law faces P /\ (forall x, law faces (Q x)) /\
  sum faces (fun x => cov 2 faces P (Q x)) / INR 2 < cov 2 faces P (ensemble faces Q).
Proof.
  exists (coin 1), (fun x : bool => if x then coin 1 else coin 0). split; [apply coin_law; lra|]. split; [intros []; apply coin_law; lra|].
  unfold cov, ensemble, faces, sum, coin; simpl. decide_all; lra.
Qed.

(* The probability of a text: the product of its tokens' probabilities, each given what came before. *)
Fixpoint text {T} (q : list T -> T -> R) (past y : list T) : R :=
  match y with [] => 1 | t :: y' => q past t * text q (past ++ [t]) y' end.

Lemma text_nonneg {T} (q : list T -> T -> R) : (forall p t, 0 <= q p t) -> forall y past, 0 <= text q past y.
Proof. intros H. induction y; intros; simpl; [lra|]. apply Rmult_le_pos; auto. Qed.

(* claim: smoothing-coverage
   part: the inequality
   differs: finitely many texts, all of length H; the two cases of equality are not here *)
Theorem smoothing {T} (H : nat) (lam N : R) (Y : list (list T)) (P : list T -> R) (q s : list T -> T -> R) :
  law Y P -> (forall y, In y Y -> length y = H) -> (forall p t, 0 <= q p t) -> (forall p t, 0 <= s p t) -> 0 <= lam < 1 -> 0 < N ->
  cov N Y P (text (fun p t => (1 - lam) * q p t + lam * s p t) []) <= cov (N * (1 - lam) ^ H) Y P (text q []).
Proof.
  intros HP HY Hq Hs L HN. apply cov_mono; [apply HP|]. intros y I p C. specialize (HY y I). subst H.
  enough (E : forall past, (1 - lam) ^ length y * text q past y <= text (fun p t => (1 - lam) * q p t + lam * s p t) past y) by (specialize (E []); nra).
  clear - Hq Hs L. induction y as [|t y IH]; intros past; simpl; [lra|].
  replace ((1 - lam) * (1 - lam) ^ length y * (q past t * text q (past ++ [t]) y)) with ((1 - lam) * q past t * ((1 - lam) ^ length y * text q (past ++ [t]) y)) by ring.
  pose proof (Hq past t). pose proof (Hs past t). apply Rmult_le_compat; try nra; auto.
  apply Rmult_le_pos; [apply pow_le; lra|now apply text_nonneg].
Qed.

(* twin: smoothing-coverage
   (1 - lam) for (1 - lam)^H: two tokens of which the data knows one, lam = 1/2, N = 4 *)
Theorem smoothing_twin : exists (P : list bool -> R) (q s : list bool -> bool -> R),
  law [[true; true]] P /\ (forall p, law faces (q p)) /\ (forall p, law faces (s p)) /\
  cov (4 * (1 - 1 / 2)) [[true; true]] P (text q []) < cov 4 [[true; true]] P (text (fun p t => (1 - 1 / 2) * q p t + 1 / 2 * s p t) []).
Proof.
  exists (fun _ => 1), (fun (_ : list bool) (t : bool) => if t then 1 else 0), (fun (_ : list bool) (t : bool) => if t then 0 else 1). split; [split; [intros; lra|simpl; lra]|].
  split; [intros p; split; [intros []; lra|simpl; lra]|]. split; [intros p; split; [intros []; lra|simpl; lra]|].
  unfold cov, sum, text. rewrite le01_0, le01_1 by lra. lra.
Qed.

(* The tempered model, at temperature T = 1/b: Q^b over its sum. *)
Definition partition {A} (b : R) (Y : list A) (Q : A -> R) : R := sum Y (fun y => power (Q y) b).
Definition tempered {A} (b : R) (Y : list A) (Q : A -> R) (y : A) : R := power (Q y) b / partition b Y Q.

(* claim: temperature-coverage
   part: the inequality
   differs: finite support; the bound on Z and the case of equality are not here *)
Theorem temperature {A} (T N : R) (Y : list A) (P Q : A -> R) : law Y P -> law Y Q -> 1 <= T -> 0 < N ->
  let Z := partition (1 / T) Y Q in cov N Y P (tempered (1 / T) Y Q) <= cov (power (N / Z) T) Y P Q.
Proof.
  intros HP HQ HT HN Z. assert (b0 : 0 < 1 / T <= 1) by (split; [apply div_pos; lra|apply div_le; lra]).
  assert (Z0 : 0 < Z).
  { assert (E : exists y, In y Y /\ 0 < Q y).
    { assert (H : ~ forall y, In y Y -> Q y <= 0).
      { intros H. assert (sum Y Q <= sum Y (fun _ => 0)) by (now apply sum_le). rewrite sum_const, (proj2 HQ) in H0. lra. }
      clear - H. induction Y as [|a Y' IH]; [exfalso; apply H; easy|]. destruct (Rlt_dec 0 (Q a)) as [|n]; [exists a; split; [now left|assumption]|].
      destruct IH as (y & I & q); [intros K; apply H; intros y [<-|I]; [lra|auto]|]. exists y. split; [now right|assumption]. }
    destruct E as (y & I & q). apply Rlt_le_trans with (power (Q y) (1 / T)); [unfold power; destruct Rlt_dec; [apply exp_pos|lra]|].
    unfold Z, partition. apply (sum_member Y (fun y => power (Q y) (1 / T))); auto. intros; apply power_nonneg. }
  apply cov_mono; [apply HP|]. intros y I p C. unfold tempered in C. fold Z in C.
  assert (P1 : P y <= 1) by (rewrite <- (proj2 HP); apply sum_member; auto; intros; apply HP).
  pose proof (proj1 HQ y) as q. destruct q as [q|q]; [|rewrite <- q, Rmult_0_r; lra].
  assert (NZ : 0 < N / Z) by now apply div_pos. unfold power in *. destruct (Rlt_dec 0 (Q y)); [|lra]. destruct Rlt_dec; [|lra].
  rewrite <- (exp_ln (Q y)) at 1 by assumption. rewrite <- exp_plus, <- (exp_ln (P y)) by assumption. apply exp_le.
  assert (L : ln (N / Z) + 1 / T * ln (Q y) <= ln (P y)).
  { rewrite <- (ln_exp (1 / T * ln (Q y))), <- ln_mult by (assumption || apply exp_pos). apply ln_le; [apply Rmult_lt_0_compat; [assumption|apply exp_pos]|].
    replace (N / Z * exp (1 / T * ln (Q y))) with (N * (exp (1 / T * ln (Q y)) / Z)) by (field; lra). assumption. }
  assert (l0 : ln (P y) <= 0) by (rewrite <- ln_1; apply ln_le; lra).
  apply (Rmult_le_compat_l T) in L; [|lra]. replace (T * (ln (N / Z) + 1 / T * ln (Q y))) with (T * ln (N / Z) + ln (Q y)) in L by (field; lra). nra.
Qed.

(* twin: temperature-coverage
   at the unchanged threshold N below the number of responses: a coin, T = 2, N = 6/5 *)
Theorem temperature_twin : exists P Q : bool -> R, law faces P /\ law faces Q /\
  cov (6 / 5) faces P Q < cov (6 / 5) faces P (tempered (1 / 2) faces Q).
Proof.
  exists (coin 1), (coin (9 / 10)). split; [apply coin_law; lra|]. split; [apply coin_law; lra|].
  unfold cov, tempered, partition, faces, sum, coin, power. repeat (destruct Rlt_dec as [|C]; [|exfalso; apply C; lra]).
  replace (1 - 1) with 0 by ring. rewrite !Rmult_0_l. rewrite le01_0 by lra. rewrite le01_1; [lra|]. interval.
Qed.
