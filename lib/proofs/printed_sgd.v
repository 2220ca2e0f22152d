(* Notebook 08: the lower bound for SGD without a condition that relates N to the length. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Coverage Require Import finite answers.
Import ListNotations.
Open Scope R_scope.

(* Vectors of d coordinates; the next-token law of the autoregressive linear model with parameter theta and features
   phi, over the tokens V, after a past. *)
Definition dot (d : nat) (u v : nat -> R) : R := sum (seq 0 d) (fun i => u i * v i).
Definition in_ball (d : nat) (radius : R) (u : nat -> R) := dot d u u <= radius ^ 2.
Definition softmax {T} (d : nat) (V : list T) (phi : list T -> T -> nat -> R) (theta : nat -> R) (past : list T) (t : T) : R :=
  exp (dot d theta (phi past t)) / sum V (fun v => exp (dot d theta (phi past v))).

Lemma dot_minus d u v w : dot d u w - dot d v w = dot d (fun i => u i - v i) w.
Proof. unfold dot. rewrite <- sum_minus. apply sum_ext; intros; ring. Qed.

(* Two parameters of the unit ball differ by at most 2 B on a feature of norm at most B. *)
Lemma score_difference d B u v w : 0 <= B -> in_ball d 1 u -> in_ball d 1 v -> in_ball d B w -> dot d u w - dot d v w <= 2 * B.
Proof.
  intros HB Hu Hv Hw. unfold in_ball in *. assert (P : forall x y : nat -> R, dot d x y ^ 2 <= dot d x x * dot d y y).
  { intros x y. pose proof (cauchy_schwarz (seq 0 d) x y) as C. unfold dot. rewrite (sum_ext _ (fun i => x i * x i) (fun i => x i ^ 2)), (sum_ext _ (fun i => y i * y i) (fun i => y i ^ 2)) by (intros; ring). exact C. }
  assert (Q : forall x, 0 <= dot d x x) by (intros x; apply sum_nonneg; intros; nra).
  assert (E : forall x, dot d x x <= 1 -> - B <= dot d x w <= B).
  { intros x Hx. pose proof (P x w). pose proof (Q x). pose proof (Q w). assert (dot d x w ^ 2 <= B ^ 2) by nra. split; apply Rnot_lt_le; intros C; nra. }
  pose proof (E u ltac:(lra)). pose proof (E v ltac:(lra)). lra.
Qed.

Lemma softmax_pos {T} d (V : list T) phi theta past t : V <> [] -> 0 < softmax d V phi theta past t.
Proof.
  intros HV. apply div_pos; [apply exp_pos|]. destruct V as [|v V]; [easy|]. simpl. pose proof (exp_pos (dot d theta (phi past v))).
  assert (0 <= sum V (fun v => exp (dot d theta (phi past v)))) by (apply sum_nonneg; intros; left; apply exp_pos). lra.
Qed.

Lemma token_ratio {T} d B (V : list T) phi u v past t : V <> [] -> 0 <= B -> in_ball d 1 u -> in_ball d 1 v -> (forall past t, in_ball d B (phi past t)) ->
  softmax d V phi u past t <= exp (4 * B) * softmax d V phi v past t.
Proof.
  intros HV HB Hu Hv Hphi. unfold softmax. set (a := sum V (fun t => exp (dot d u (phi past t)))). set (b := sum V (fun t => exp (dot d v (phi past t)))).
  assert (P : forall w, 0 < sum V (fun t => exp (dot d w (phi past t)))).
  { intros w. destruct V as [|x V']; [easy|]. simpl. pose proof (exp_pos (dot d w (phi past x))). assert (0 <= sum V' (fun t => exp (dot d w (phi past t)))) by (apply sum_nonneg; intros; left; apply exp_pos). lra. }
  pose proof (P u) as a0. pose proof (P v) as b0. fold a in a0. fold b in b0.
  assert (K : forall x y t, in_ball d 1 x -> in_ball d 1 y -> exp (dot d x (phi past t)) <= exp (2 * B) * exp (dot d y (phi past t))).
  { intros x y s Hx Hy. rewrite <- exp_plus. apply exp_le. pose proof (score_difference d B x y _ HB Hx Hy (Hphi past s)). lra. }
  assert (S : b <= exp (2 * B) * a) by (unfold a, b; rewrite <- sum_scal; apply sum_le; intros; now apply K). pose proof (K u v t Hu Hv).
  replace (4 * B) with (2 * B + 2 * B) by ring. rewrite exp_plus. pose proof (exp_pos (2 * B)) as e. pose proof (exp_pos (dot d v (phi past t))).
  apply div_le; [assumption|]. replace (exp (2 * B) * exp (2 * B) * (exp (dot d v (phi past t)) / b) * a) with (exp (2 * B) * exp (dot d v (phi past t)) * (exp (2 * B) * a / b)) by (field; lra).
  assert (1 <= exp (2 * B) * a / b) by (apply le_div; lra). assert (0 < exp (2 * B) * exp (dot d v (phi past t))) by nra. nra.
Qed.

Lemma text_ratio {T} d B (V : list T) phi u v y : V <> [] -> 0 <= B -> in_ball d 1 u -> in_ball d 1 v -> (forall past t, in_ball d B (phi past t)) ->
  forall past, 0 < text (softmax d V phi v) past y /\ 0 <= text (softmax d V phi u) past y <= exp (4 * B * INR (length y)) * text (softmax d V phi v) past y.
Proof.
  intros HV HB Hu Hv Hphi. induction y as [|t y IH]; intros past; [simpl; rewrite Rmult_0_r, exp_0; lra|]. change (length (t :: y)) with (S (length y)). rewrite S_INR. simpl text.
  destruct (IH (past ++ [t])) as [p [p0 p1]]. pose proof (softmax_pos d V phi v past t HV). pose proof (softmax_pos d V phi u past t HV). pose proof (token_ratio d B V phi u v past t HV HB Hu Hv Hphi).
  split; [now apply Rmult_lt_0_compat|]. split; [nra|]. replace (4 * B * (INR (length y) + 1)) with (4 * B + 4 * B * INR (length y)) by ring. rewrite exp_plus.
  replace (exp (4 * B) * exp (4 * B * INR (length y)) * (softmax d V phi v past t * text (softmax d V phi v) (past ++ [t]) y)) with
    (exp (4 * B) * softmax d V phi v past t * (exp (4 * B * INR (length y)) * text (softmax d V phi v) (past ++ [t]) y)) by ring. apply Rmult_le_compat; lra.
Qed.

(* claim: sgd-lower-as-printed
   part: the contrary: some N > 1 at which all iterates have Cov_N = 0
   differs: whatever the constant c, the step and the start: the iterates enter as any models of the class; one prompt (for more, the average of zeros); finitely many texts of H tokens *)
Theorem sgd_lower_as_printed_is_false {T} (d H : nat) (B c time : R) (V : list T) (phi : list T -> T -> nat -> R) :
  V <> [] -> (0 < H)%nat -> 0 <= B -> 0 < c -> 0 < time -> (forall past t, in_ball d B (phi past t)) ->
  exists N, 1 < N /\ forall (Y : list (list T)) (data iterate : nat -> R), (forall y, In y Y -> length y = H) -> in_ball d 1 data -> in_ball d 1 iterate ->
    cov N Y (text (softmax d V phi data) []) (text (softmax d V phi iterate) []) = 0 /\ 0 < c * Rmin (INR H / (time * ln N)) 1.
Proof.
  intros HV HH HB Hc Ht Hphi. pose proof (lt_0_INR H HH) as h. set (N := exp (4 * B * INR H + 1)). assert (N1 : 1 < N).
  { pose proof (exp_increasing 0 (4 * B * INR H + 1)) as I. rewrite exp_0 in I. apply I. assert (0 <= 4 * B * INR H) by (apply Rmult_le_pos; lra). lra. }
  exists N. split; [assumption|].
  intros Y data iterate HY Hd Hi. split.
  - unfold cov. rewrite (sum_ext _ _ (fun _ => 0)); [rewrite sum_const; ring|]. intros y I. destruct (text_ratio d B V phi data iterate y HV HB Hd Hi Hphi []) as [p [_ q]]. rewrite (HY y I) in q.
    rewrite le01_0; [ring|]. eapply Rle_lt_trans; [exact q|]. apply Rmult_lt_compat_r; [assumption|]. apply exp_increasing. lra.
  - apply Rmult_lt_0_compat; [assumption|]. apply Rmin_glb_lt; [|lra]. apply div_pos; [assumption|]. apply Rmult_lt_0_compat; [assumption|]. rewrite <- ln_1. apply ln_increasing; lra.
Qed.
