(* Notebook 04: maximum likelihood over finite classes. *)
From Coq Require Import Reals Lra List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws two_scales two_scales_theorem divergences.
Import ListNotations.
Open Scope R_scope.

(* phi*(N) = 1 - x + x log x with x = (1 - 1/N)/log N. *)
Definition phi_argument (N : R) : R := (1 - 1 / N) / ln N.
Definition phi_star (N : R) : R := 1 - phi_argument N + phi_argument N * ln (phi_argument N).

Lemma phi_argument_range N : 1 < N -> 1 / N < phi_argument N < 1.
Proof.
  intros HN. assert (l : 0 < ln N) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (i : 0 < / N < 1). { split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  unfold phi_argument. split; apply (Rmult_lt_reg_r (ln N)); try assumption;
    unfold Rdiv; rewrite ?Rmult_assoc, ?Rinv_l, ?Rmult_1_l, ?Rmult_1_r by lra.
  - pose proof (gap_pos N HN). apply (Rmult_lt_reg_l N); [lra|]. rewrite <- Rmult_assoc, Rinv_r by lra.
    replace (N * (1 - / N)) with (N - 1) by (field; lra). lra.
  - pose proof (kl_to_coverage_price N HN). unfold price in H. lra.
Qed.

(* The best order s* = -log x / log N: its price is phi*(N), and it is positive. *)
Lemma phi_star_price N : 1 < N -> let s := - ln (phi_argument N) / ln N in 0 < s < 1 /\ chernoff_price s N = phi_star N /\ 0 < phi_star N.
Proof.
  intros HN s. assert (l : 0 < ln N) by (rewrite <- ln_1; apply ln_increasing; lra).
  destruct (phi_argument_range N HN) as [x0 x1]. set (x := phi_argument N) in *.
  assert (i : 0 < / N) by (apply Rinv_0_lt_compat; lra). assert (xp : 0 < x) by lra.
  assert (lx : ln x < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (lx' : - ln N < ln x). { rewrite <- ln_Rinv by lra. apply ln_increasing; lra. }
  split; [|split].
  - unfold s. split; [apply div_pos; lra|]. apply (Rmult_lt_reg_r (ln N)); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
  - unfold chernoff_price, power. destruct Rlt_dec; [|lra]. rewrite ln_Rinv by lra.
    replace (s * - ln N) with (ln x) by (unfold s; field; lra). rewrite exp_ln by lra. unfold phi_star. fold x.
    assert (E : 1 - 1 / N = x * ln N) by (unfold x, phi_argument; field; lra).
    replace (1 - s + s / N - x) with (1 - x - s * (1 - 1 / N)) by (field; lra). rewrite E. unfold s. field. lra.
  - unfold phi_star. fold x. assert (1 < / x) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
    pose proof (gap_pos (/ x) H). rewrite ln_Rinv in H0 by lra. apply (Rmult_lt_compat_l x) in H0; [|lra].
    replace (x * (/ x - 1 - - ln x)) with (1 - x + x * ln x) in H0 by (field; lra). lra.
Qed.

Lemma likely_lt1 {A} n (Y : list A) P f d : law Y P -> (forall z, 0 <= f z) -> expect n Y P f <= d -> likely n Y P d (fun z => f z < 1).
Proof.
  intros HP F E. exists (fun z => if Rlt_dec (f z) 1 then true else false). split.
  - apply Rle_trans with (expect n Y P (fun z => 1 + - 1 * f z)).
    + rewrite expect_plus, expect_scal, expect_const by assumption. lra.
    + apply expect_le; [assumption|]. intros z _ _. pose proof (F z). destruct Rlt_dec; lra.
  - intros z _ _. destruct Rlt_dec; easy.
Qed.

Lemma affinity_le_1 {A} s (Y : list A) P Q : law Y P -> sublaw Y Q -> 0 < s < 1 -> 0 <= affinity s Y P Q <= 1.
Proof.
  intros HP HQ Hs. split.
  - apply sum_nonneg; intros y _. apply Rmult_le_pos; [apply HP|apply power_nonneg].
  - apply Rle_trans with (sum Y (fun y => (1 - s) * P y + s * Q y)).
    + apply sum_le; intros y _. pose proof (proj1 HP y). pose proof (proj1 HQ y). destruct (Req_dec (P y) 0) as [->|n]; [nra|].
      assert (0 <= Q y / P y) by (apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
      pose proof (power_tangent (Q y / P y) s H1 ltac:(lra)). replace ((1 - s) * P y + s * Q y) with (P y * (1 - s + s * (Q y / P y))) by (field; lra). nra.
    + rewrite sum_plus, !sum_scal. destruct HP as [_ ->]. destruct HQ as [_ H]. nra.
Qed.

(* A rival with affinity^n below d is the most likely model with probability at most d. *)
Lemma mle_affinity {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (rivals : list (A -> R)) (s delta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> q = P \/ In q rivals) -> (forall q, In q rivals -> sublaw Y q) -> rivals <> [] -> (0 < n)%nat ->
  0 < s < 1 -> 0 < delta <= 1 ->
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> q = P \/ (sublaw Y q /\ 1 - affinity s Y P q <= 1 - power (delta / INR (length rivals)) (1 / INR n))).
Proof.
  intros HP HPi Hc Hs0 Hr Hn Hs Hd. pose proof (length_pos rivals Hr) as k. assert (nn : 0 < INR n) by now apply lt_0_INR.
  set (d := delta / INR (length rivals)). assert (d0 : 0 < d) by now apply div_pos.
  assert (W : likely n Y P (INR (length rivals) * d) (fun z => forall q, In q rivals ->
    d <= affinity s Y P q ^ n \/ prod z (fun y => power (q y / P y) s) < 1)).
  { apply (likely_forall Y P HP n rivals d (fun q z => d <= affinity s Y P q ^ n \/ prod z (fun y => power (q y / P y) s) < 1)).
    intros q I. destruct (Rle_dec d (affinity s Y P q ^ n)) as [C|C].
    + exists (fun _ => true). split; [rewrite expect_const by assumption; lra|auto].
    + eapply likely_mono; [apply Rle_refl|apply (likely_lt1 n Y P (fun z => prod z (fun y => power (q y / P y) s)) d HP)|].
      * intros z. apply prod_nonneg; intros; apply power_nonneg.
      * rewrite expect_prod. unfold affinity in C. lra.
      * intros; now right. }
  assert (W2 := likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n) W).
  eapply likely_mono; [|exact W2|].
  - right. unfold d. field. lra.
  - intros z Lz Iz [Pz H] q [Hq M]. destruct (Hc q Hq) as [|I]; [now left|right]. split; [now apply Hs0|].
    pose proof (affinity_le_1 s Y P q HP (Hs0 q I) Hs) as [a0 a1].
    assert (G : d <= affinity s Y P q ^ n).
    { destruct (H q I) as [|C]; [assumption|exfalso]. assert (pp : 0 < prod z P) by now apply prod_pos. pose proof (M P HPi) as L.
      assert (qp : forall y, In y z -> 0 < q y) by (apply prod_pos_factors; [intros; now apply (Hs0 q I)|lra]).
      assert (E : prod z (fun y => power (q y / P y) s) = exp (s * (ln (prod z q) - ln (prod z P)))).
      { rewrite !ln_prod by auto. rewrite <- sum_minus, <- sum_scal, <- prod_exp. clear - Pz qp. induction z as [|y z IH]; simpl; [easy|]. rewrite IH.
        - f_equal. assert (0 < P y) by (apply Pz; now left). assert (0 < q y) by (apply qp; now left).
          unfold power. destruct Rlt_dec as [|C]; [|exfalso; apply C; now apply div_pos]. f_equal. f_equal. unfold Rdiv. rewrite ln_mult, ln_Rinv; auto; try lra. now apply Rinv_0_lt_compat.
        - intros; apply Pz; now right.
        - intros; apply qp; now right. }
      rewrite E in C. pose proof (ln_le _ _ pp L). pose proof (exp_ge_1 (s * (ln (prod z q) - ln (prod z P)))). nra. }
    assert (a2 : 0 < affinity s Y P q). { destruct a0 as [|a0]; [assumption|]. rewrite <- a0, pow_i in G by assumption. lra. }
    enough (power d (1 / INR n) <= affinity s Y P q) by lra. unfold power. destruct Rlt_dec; [|lra].
    rewrite <- (exp_ln (affinity s Y P q)) by assumption. apply exp_le. apply (ln_le _ _ d0) in G. rewrite ln_pow in G by assumption.
    apply (Rmult_le_reg_l (INR n)); [assumption|]. replace (INR n * (1 / INR n * ln d)) with (ln d) by (field; lra). lra.
Qed.

Lemma root_below n K delta : (0 < n)%nat -> 0 < K -> 0 < delta -> 1 - power (delta / K) (1 / INR n) <= ln (K / delta) / INR n.
Proof.
  intros Hn k d. assert (nn : 0 < INR n) by now apply lt_0_INR. assert (0 < delta / K) by now apply div_pos. unfold power. destruct Rlt_dec; [|lra].
  replace (delta / K) with (/ (K / delta)) by (field; lra). rewrite ln_Rinv by now apply div_pos.
  pose proof (exp_ineq1_le (1 / INR n * - ln (K / delta))). replace (1 / INR n * - ln (K / delta)) with (- (ln (K / delta) / INR n)) in * by (field; lra). lra.
Qed.

Lemma root_le_1 n K delta : (0 < n)%nat -> 1 <= K -> 0 < delta <= 1 -> 0 <= 1 - power (delta / K) (1 / INR n).
Proof.
  intros Hn k d. assert (nn : 0 < INR n) by now apply lt_0_INR. assert (0 < delta / K) by (apply div_pos; lra). unfold power. destruct Rlt_dec; [|lra].
  enough (exp (1 / INR n * ln (delta / K)) <= exp 0) by (rewrite exp_0 in *; lra). apply exp_le.
  assert (ln (delta / K) <= ln 1). { apply ln_le; [assumption|]. apply div_le; lra. } rewrite ln_1 in *.
  assert (0 < 1 / INR n) by (apply div_pos; lra). nra.
Qed.

(* claim: mle-hellinger-finite
   part: the two bounds with probability at least 1 - delta
   differs: finite support; the form in mean is not here; rivals may have mass below one *)
Theorem mle_hellinger_finite {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (rivals : list (A -> R)) (delta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> q = P \/ In q rivals) -> (forall q, In q rivals -> sublaw Y q) -> rivals <> [] -> (0 < n)%nat ->
  0 < delta <= 1 ->
  let M := INR (length rivals) in
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> hellinger Y P q <= 2 * (1 - power (delta / M) (1 / INR n))) /\
  2 * (1 - power (delta / M) (1 / INR n)) <= 2 * ln (M / delta) / INR n.
Proof.
  intros HP HPi Hc Hs0 Hr Hn Hd M. pose proof (one_le rivals Hr) as k. fold M in k. split.
  - eapply likely_mono; [apply Rle_refl|apply (mle_affinity n Y P Pi rivals (1 / 2) delta); auto; lra|].
    intros z _ _ H q Q. destruct (H q Q) as [->|[S B]].
    + unfold hellinger. rewrite (sum_ext _ _ (fun _ => 0)) by (intros; ring). rewrite sum_const. pose proof (root_le_1 n M delta Hn k Hd). lra.
    + rewrite affinity_half by (apply HP || apply S). rewrite (proj2 HP). pose proof (proj2 S). fold M in B. lra.
  - pose proof (root_below n M delta Hn ltac:(lra) ltac:(lra)). unfold Rdiv in *. lra.
Qed.

(* claim: mle-coverage-finite
   part: the two bounds with probability at least 1 - delta
   differs: finite support; the form in mean is not here; rivals may have mass below one *)
Theorem mle_coverage_finite {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (rivals : list (A -> R)) (N delta : R) :
  law Y P -> Pi P -> (forall q, Pi q -> q = P \/ In q rivals) -> (forall q, In q rivals -> sublaw Y q) -> rivals <> [] -> (0 < n)%nat ->
  0 < delta <= 1 -> 1 < N ->
  let M := INR (length rivals) in
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> cov N Y P q <= (1 - power (delta / M) (1 / INR n)) / phi_star N) /\
  (1 - power (delta / M) (1 / INR n)) / phi_star N <= ln (M / delta) / (INR n * phi_star N) /\ 0 < phi_star N.
Proof.
  intros HP HPi Hc Hs0 Hr Hn Hd HN M. pose proof (one_le rivals Hr) as k. fold M in k.
  destruct (phi_star_price N HN) as (Hs & E & phi0). assert (nn : 0 < INR n) by now apply lt_0_INR. split; [|split; [|assumption]].
  - eapply likely_mono; [apply Rle_refl|apply (mle_affinity n Y P Pi rivals (- ln (phi_argument N) / ln N) delta); auto; lra|].
    intros z _ _ H q Q. destruct (H q Q) as [->|[S B]].
    + apply Rle_trans with 0.
      * unfold cov. right. rewrite (sum_ext _ _ (fun _ => 0)); [rewrite sum_const; ring|]. intros y _. pose proof (proj1 HP y).
        destruct (Req_dec (P y) 0) as [->|]; [ring|]. rewrite le01_0 by nra. ring.
      * apply Rmult_le_pos; [apply root_le_1; auto|left; now apply Rinv_0_lt_compat].
    + apply le_div; [assumption|]. rewrite <- E. eapply Rle_trans; [apply (chernoff_to_coverage _ N Y P q HP S Hs HN)|exact B].
  - pose proof (root_below n M delta Hn ltac:(lra) ltac:(lra)). replace (ln (M / delta) / (INR n * phi_star N)) with (ln (M / delta) / INR n / phi_star N) by (field; lra).
    apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|assumption].
Qed.

(* Three outcomes, each with probability 1/3; two rivals, each certain of one outcome; one draw. *)
Definition outcomes : list nat := [0; 1; 2]%nat.
Definition uniform3 (y : nat) : R := 1 / 3.
Definition certain (x y : nat) : R := if Nat.eqb x y then 1 else 0.
Definition three (q : nat -> R) := q = uniform3 \/ In q [certain 0; certain 1].

Lemma certain_law x : In x [0; 1]%nat -> law outcomes (certain x).
Proof. intros [<-|[<-|[]]]; (split; [intros y; unfold certain; destruct Nat.eqb; lra|unfold certain, outcomes; simpl; lra]). Qed.

Lemma certain_wins x : In x [0; 1]%nat -> most_likely three [x] (certain x).
Proof.
  intros Hx. split; [right; destruct Hx as [<-|[<-|[]]]; simpl; auto|]. intros q [->|I]; simpl; unfold certain at 1; rewrite PeanoNat.Nat.eqb_refl.
  - unfold uniform3. lra.
  - destruct I as [<-|[<-|[]]]; unfold certain; destruct Nat.eqb; lra.
Qed.

(* The event that one of the two outcomes comes has probability 2/3: no event of probability above 1/3 avoids it. *)
Lemma three_unlikely delta (S : list nat -> Prop) : delta < 2 / 3 -> (forall x, In x [0; 1]%nat -> ~ S [x]) -> ~ likely 1 outcomes uniform3 delta S.
Proof.
  intros D H (G & E & I). simpl in E. unfold uniform3 in E.
  assert (F : forall x, In x [0; 1]%nat -> G [x] = false).
  { intros x J. destruct (G [x]) eqn:X; [|easy]. exfalso. apply (H x J), I; [easy| |assumption]. intros y [<-|[]]. unfold outcomes. simpl in J |- *. destruct J as [<-|[<-|[]]]; auto. }
  rewrite (F 0%nat), (F 1%nat) in E by (simpl; auto). destruct (G [2%nat]); lra.
Qed.

(* The hypotheses of both theorems hold here. *)
Lemma three_hypotheses : law outcomes uniform3 /\ three uniform3 /\ (forall q, three q -> q = uniform3 \/ In q [certain 0; certain 1]) /\
  (forall q, In q [certain 0; certain 1] -> sublaw outcomes q).
Proof.
  split; [split; [intros; unfold uniform3; lra|unfold uniform3, outcomes; simpl; lra]|]. split; [now left|]. split; [auto|].
  intros q [<-|[<-|[]]]; [destruct (certain_law 0)|destruct (certain_law 1)]; simpl; auto; split; auto; lra.
Qed.

(* twin: mle-hellinger-finite
   without M, the price of the union bound: delta = 0.6 *)
Theorem mle_hellinger_twin : ~ likely 1 outcomes uniform3 0.6 (fun z => forall q, most_likely three z q -> hellinger outcomes uniform3 q <= 2 * (1 - power (0.6 / 1) (1 / INR 1))).
Proof.
  apply three_unlikely; [lra|]. intros x Hx C. specialize (C (certain x) (certain_wins x Hx)).
  unfold power in C. destruct Rlt_dec as [D|D]; [|lra]. simpl INR in C. replace (1 / 1 * ln (0.6 / 1)) with (ln 0.6) in C by (f_equal; field || (replace (0.6 / 1) with 0.6 by field; field)).
  rewrite exp_ln in C by lra.
  assert (E : hellinger outcomes uniform3 (certain x) = 2 - 2 * sqrt (1 / 3)).
  { pose proof (sqrt_sqrt (1 / 3) ltac:(lra)) as S. destruct Hx as [<-|[<-|[]]]; unfold hellinger, outcomes, sum, uniform3, certain; simpl Nat.eqb; cbv iota; rewrite ?sqrt_0, ?sqrt_1; nra. }
  rewrite E in C. assert (sqrt (1 / 3) < 0.58) by interval. lra.
Qed.

(* twin: mle-coverage-finite
   without M: delta = 0.6, N = 10^6 *)
Theorem mle_coverage_twin : ~ likely 1 outcomes uniform3 0.6 (fun z => forall q, most_likely three z q -> cov 1000000 outcomes uniform3 q <= (1 - power (0.6 / 1) (1 / INR 1)) / phi_star 1000000).
Proof.
  apply three_unlikely; [lra|]. intros x Hx C. specialize (C (certain x) (certain_wins x Hx)).
  unfold power in C. destruct Rlt_dec as [D|D]; [|lra]. simpl INR in C. replace (1 / 1 * ln (0.6 / 1)) with (ln 0.6) in C by (replace (0.6 / 1) with 0.6 by field; field).
  rewrite exp_ln in C by lra.
  assert (E : cov 1000000 outcomes uniform3 (certain x) = 2 / 3).
  { destruct Hx as [<-|[<-|[]]]; unfold cov, outcomes, sum, uniform3, certain; simpl Nat.eqb; cbv iota.
    - rewrite le01_0, !le01_1 by lra. lra.
    - rewrite (le01_0 (1000000 * 1)), !le01_1 by lra. lra. }
  rewrite E in C. assert ((1 - 0.6) / phi_star 1000000 < 0.6) by (unfold phi_star, phi_argument; interval). lra.
Qed.
