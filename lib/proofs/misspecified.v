(* Notebook 07: without realizability. kappa is a model's mean training log ratio to the data law. *)
From Coq Require Import Reals Lra Lia List Psatz.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus draws two_scales two_scales_theorem two_scales_twins divergences maximum_likelihood.
Import ListNotations.
Open Scope R_scope.

Lemma chernoff_price_pos s N : 0 < s < 1 -> 1 < N -> 0 < chernoff_price s N.
Proof.
  intros Hs HN. assert (i : 0 < / N) by (apply Rinv_0_lt_compat; lra). assert (l : 0 < ln N) by (rewrite <- ln_1; apply ln_increasing; lra).
  unfold chernoff_price, power. destruct Rlt_dec; [|lra]. rewrite ln_Rinv by lra. set (A := exp (s * - ln N)). assert (a : 0 < A) by apply exp_pos.
  pose proof (exp_ineq1 ((1 - s) * - ln N) ltac:(nra)) as E1. pose proof (exp_ineq1 (s * ln N) ltac:(nra)) as E2.
  assert (F1 : / N = A * exp ((1 - s) * - ln N)). { unfold A. rewrite <- exp_plus. replace (s * - ln N + (1 - s) * - ln N) with (- ln N) by ring. rewrite exp_Ropp, exp_ln; lra. }
  assert (F2 : 1 = A * exp (s * ln N)). { unfold A. rewrite <- exp_plus. replace (s * - ln N + s * ln N) with 0 by ring. now rewrite exp_0. }
  apply (Rmult_lt_compat_l A) in E1; [|assumption]. apply (Rmult_lt_compat_l A) in E2; [|assumption]. rewrite <- F1 in E1. rewrite <- F2 in E2. unfold Rdiv. nra.
Qed.

Lemma prod_power {A} (z : list A) (P q : A -> R) s : (forall y, In y z -> 0 < P y) -> (forall y, In y z -> 0 < q y) ->
  prod z (fun y => power (q y / P y) s) = exp (- s * sum z (log_ratio P q)).
Proof.
  intros HP Hq. rewrite <- sum_scal, <- prod_exp. induction z as [|y z IH]; simpl; [easy|]. rewrite IH by (intros; (apply HP || apply Hq); now right). f_equal.
  assert (0 < P y) by (apply HP; now left). assert (0 < q y) by (apply Hq; now left). unfold power. destruct Rlt_dec as [|C]; [|exfalso; apply C; now apply div_pos]. f_equal.
  unfold log_ratio. replace (q y / P y) with (/ (P y / q y)) by (field; lra). rewrite ln_Rinv by now apply div_pos. ring.
Qed.

(* claim: log-loss-excess-divided
   part: finite classes, every order s
   differs: finite support; a model that gives a sample point no mass has kappa = infinity and is left out (nothing to prove) *)
Theorem excess_divided {A} n (N s delta : R) (Y : list A) (P : A -> R) (Pi : list (A -> R)) : law Y P -> (forall q, In q Pi -> sublaw Y q) -> Pi <> [] -> (0 < n)%nat ->
  1 < N -> 0 < s < 1 -> 0 < delta ->
  likely n Y P delta (fun z => forall q, In q Pi -> (forall y, In y z -> 0 < q y) -> let kappa := sum z (log_ratio P q) / INR n in
    cov N Y P q <= (s * kappa + ln (INR (length Pi) / delta) / INR n) / chernoff_price s N).
Proof.
  intros HP HPi HN0 Hn HN Hs Hd. pose proof (length_pos Pi HN0) as k. assert (nn : 0 < INR n) by now apply lt_0_INR. pose proof (chernoff_price_pos s N Hs HN) as phi.
  set (d := delta / INR (length Pi)). assert (d0 : 0 < d) by now apply div_pos. set (g := fun q => exp (INR n * (chernoff_price s N * cov N Y P q))).
  assert (W : likely n Y P (INR (length Pi) * d) (fun z => forall q, In q Pi -> g q * prod z (fun y => power (q y / P y) s) <= / d)).
  { apply likely_forall; [assumption|]. intros q I. apply likely_markov; [assumption|assumption| |].
    - intros z. apply Rmult_le_pos; [left; apply exp_pos|apply prod_nonneg; intros; apply power_nonneg].
    - rewrite expect_scal, expect_prod by assumption. fold (affinity s Y P q). pose proof (chernoff_to_coverage s N Y P q HP (HPi q I) Hs HN) as C. pose proof (affinity_le_1 s Y P q HP (HPi q I) Hs) as [a0 _].
      assert (E : affinity s Y P q ^ n <= exp (INR n * (affinity s Y P q - 1))) by (apply pow_exp; [assumption|pose proof (exp_ineq1_le (affinity s Y P q - 1)); lra]).
      apply Rle_trans with (g q * exp (INR n * (affinity s Y P q - 1))); [apply Rmult_le_compat_l; [left; apply exp_pos|exact E]|]. unfold g. rewrite <- exp_plus. apply Rle_trans with (exp 0); [apply exp_le|rewrite exp_0; lra]. nra. }
  eapply likely_mono; [|exact (likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n) W)|].
  - right. unfold d. field. lra.
  - intros z Lz Iz [Pz Z] q I qpos kappa. specialize (Z q I). rewrite prod_power in Z by auto. unfold g in Z. rewrite <- exp_plus in Z. apply (ln_le _ _ (exp_pos _)) in Z. rewrite ln_exp in Z.
    replace (/ d) with (INR (length Pi) / delta) in Z by (unfold d; field; lra). apply le_div; [assumption|]. apply (Rmult_le_reg_l (INR n)); [assumption|]. unfold kappa.
    replace (INR n * (s * (sum z (log_ratio P q) / INR n) + ln (INR (length Pi) / delta) / INR n)) with (s * sum z (log_ratio P q) + ln (INR (length Pi) / delta)) by (field; lra). lra.
Qed.

(* claim: log-loss-excess-divided
   part: the two-scale bound with F + max(kappa, 0), every order s and every theta
   differs: finitely many responses; a model that gives a sample point no mass is left out *)
Theorem excess_two_scale {A} n (Y : list A) (P : A -> R) (Pi : (A -> R) -> Prop) (K S : list (A -> R)) (eps rho N delta s theta : R) :
  law Y P -> upper_cover eps Y P Pi K -> K <> [] -> net rho Y P Pi S -> S <> [] ->
  (0 < n)%nat -> 0 <= eps -> 0 < delta <= 1 -> 0 < N -> 0 < s < 1 -> 0 < theta -> least_truncation s < ln N - 2 * rho ->
  let F := ln (2 * INR (length K) / delta) / (s * INR n) + eps in
  likely n Y P delta (fun z => forall q, Pi q -> (forall y, In y z -> 0 < q y) -> let kappa := sum z (log_ratio P q) / INR n in
    cov N Y P q <= (theta * (F + Rmax 0 kappa) / (ln N - 2 * rho - least_truncation s) + ln (2 * INR (length S) / delta) / INR n) / (1 - exp (- theta))).
Proof.
  intros HP HK KN HS SN Hn He Hd HN Hs Ht HL F. assert (d2 : 0 < delta / 2) by lra. set (events := map (fun q' => above (ln N - rho) P q') S).
  assert (EN : events <> []) by (intros E; apply map_eq_nil in E; contradiction).
  eapply likely_mono; [|apply (likely_and Y P HP n _ _ _ _ (likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n)
    (training_coverage n Y P Pi K s _ eps (delta / 2) HP HK KN Hn He Hs (Rle_refl _) d2))
    (relative_chernoff n Y P events theta (delta / 2) HP Hn EN Ht d2))|].
  - lra.
  - intros z Lz Iz [[Pz T] U] q Hq qpos kappa. destruct (HS q Hq) as (q' & I & H). destruct (transfer Y P q q' N rho z HP HN Iz Pz H) as [V W].
    specialize (U (above (ln N - rho) P q') (in_map _ _ _ I)). replace (INR (length events) / (delta / 2)) with (2 * INR (length S) / delta) in U by (unfold events; rewrite map_length; field; lra).
    destruct (T q Hq qpos) as [_ X]. specialize (X (ln N - 2 * rho) ltac:(lra)). replace (INR (length K) / (delta / 2)) with (2 * INR (length K) / delta) in X by (field; lra). fold F in X. fold kappa in X.
    eapply Rle_trans; [exact V|]. eapply Rle_trans; [exact U|].
    assert (e1 : exp (- theta) < 1) by (rewrite <- exp_0; apply exp_increasing; lra).
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|]. apply Rplus_le_compat_r. unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|].
    eapply Rle_trans; [exact W|]. eapply Rle_trans; [exact X|]. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|]. pose proof (Rmax_r 0 kappa). lra.
Qed.

(* claim: log-loss-excess-divided
   part: what kappa is for maximum likelihood, against any fixed model of the class
   differs: finite support; P dominated by the fixed model (otherwise its Renyi divergence is infinite); exp(lam D) is the mean of (P/Q)^lam under P *)
Theorem excess_of_comparator {A} n (Y : list A) (P best : A -> R) (Pi : (A -> R) -> Prop) (lam delta : R) : law Y P -> (forall q, Pi q -> forall y, 0 <= q y) -> Pi best -> dominated P best ->
  (0 < n)%nat -> 0 < lam -> 0 < delta ->
  let renyi := ln (mean_ratio (fun r => power r lam) Y P best) / lam in
  likely n Y P delta (fun z => forall q, most_likely Pi z q -> (forall y, In y z -> 0 < q y) /\
    sum z (log_ratio P q) / INR n <= sum z (log_ratio P best) / INR n /\ sum z (log_ratio P best) / INR n <= renyi + ln (1 / delta) / (lam * INR n)).
Proof.
  intros HP H0 Hb HD Hn Hl Hd renyi. assert (nn : 0 < INR n) by now apply lt_0_INR. set (M := mean_ratio (fun r => power r lam) Y P best) in *.
  assert (M0 : 0 < M).
  { unfold M, mean_ratio. destruct (Req_dec (sum Y (fun y => P y * power (P y / best y) lam)) 0) as [E|E].
    - exfalso. assert (Z : sum Y P <= 0); [|rewrite (proj2 HP) in Z; lra]. rewrite <- (Rmult_0_r (INR (length Y))), <- sum_const. apply sum_le. intros y I. destruct (Rle_dec (P y) 0) as [|C]; [assumption|exfalso]. apply Rnot_le_lt in C.
      pose proof (sum_member Y (fun y => P y * power (P y / best y) lam) y ltac:(intros x _; apply Rmult_le_pos; [apply HP|apply power_nonneg]) I) as K. rewrite E in K. cbv beta in K.
      assert (0 < power (P y / best y) lam); [|nra]. unfold power. destruct Rlt_dec as [|D]; [apply exp_pos|exfalso; apply D, div_pos; [assumption|now apply HD]].
    - assert (0 <= sum Y (fun y => P y * power (P y / best y) lam)) by (apply sum_nonneg; intros y _; apply Rmult_le_pos; [apply HP|apply power_nonneg]). lra. }
  pose proof (likely_markov Y P HP n (fun z => / M ^ n * prod z (fun y => power (P y / best y) lam)) delta Hd) as W.
  assert (Mn : 0 < M ^ n) by now apply pow_lt.
  assert (W' := W ltac:(intros z; apply Rmult_le_pos; [left; now apply Rinv_0_lt_compat|apply prod_nonneg; intros; apply power_nonneg])).
  rewrite expect_scal, expect_prod in W' by assumption. specialize (W' ltac:(fold (mean_ratio (fun r => power r lam) Y P best); fold M; rewrite Rinv_l; lra)). clear W.
  replace delta with (0 + delta) at 1 by ring. eapply likely_mono; [apply Rle_refl|exact (likely_and Y P HP n _ _ _ _ (likely_positive Y P HP n) W')|].
  intros z Lz Iz [Pz Z] q [Hq Mq]. cbv beta in Z. assert (bp : forall y, In y z -> 0 < best y) by (intros y I; apply HD; auto).
  assert (qp : forall y, In y z -> 0 < q y). { apply prod_pos_factors; [intros; now apply H0|]. pose proof (Mq best Hb). pose proof (prod_pos z best bp). lra. }
  split; [assumption|]. split.
  - apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]. assert (E : forall r, (forall y, In y z -> 0 < r y) -> sum z (log_ratio P r) = ln (prod z P) - ln (prod z r)).
    { intros r Hr. rewrite !ln_prod by auto. rewrite <- sum_minus. apply sum_ext; intros y I. unfold log_ratio, Rdiv. rewrite ln_mult, ln_Rinv; auto; try lra. apply Rinv_0_lt_compat; auto. }
    rewrite !E by assumption. pose proof (ln_le _ _ (prod_pos z best bp) (Mq best Hb)). lra.
  - assert (E : prod z (fun y => power (P y / best y) lam) = exp (lam * sum z (log_ratio P best))).
    { rewrite (prod_power z best P lam bp Pz). f_equal. replace (sum z (log_ratio best P)) with (- sum z (log_ratio P best)); [ring|]. rewrite <- (Rmult_1_l (sum z (log_ratio P best))), <- Ropp_mult_distr_l_reverse, <- sum_scal.
      apply sum_ext; intros y I. pose proof (Pz y I). pose proof (bp y I). unfold log_ratio. replace (P y / best y) with (/ (best y / P y)) by (field; lra). rewrite ln_Rinv by (apply div_pos; auto). ring. }
    rewrite E in Z. assert (P1 : 0 < / M ^ n * exp (lam * sum z (log_ratio P best))) by (apply Rmult_lt_0_compat; [now apply Rinv_0_lt_compat|apply exp_pos]). apply (ln_le _ _ P1) in Z.
    rewrite ln_mult, ln_exp, !ln_Rinv, ln_pow in Z by (auto using exp_pos; now apply Rinv_0_lt_compat). unfold Rdiv at 3. rewrite Rmult_1_l, ln_Rinv by assumption. unfold renyi. fold M.
    apply div_le; [assumption|]. apply (Rmult_le_reg_l lam); [assumption|]. replace (lam * ((ln M / lam + - ln delta / (lam * INR n)) * INR n)) with (INR n * ln M + - ln delta) by (field; lra). lra.
Qed.

(* twin: log-loss-excess-divided of excess_divided
   without the size of the class: delta = 0.6, s = 1/2, N = 10^6, one draw *)
Theorem excess_divided_twin : ~ likely 1 outcomes uniform3 0.6 (fun z => forall q, three q -> (forall y, In y z -> 0 < q y) -> let kappa := sum z (log_ratio uniform3 q) / INR 1 in
  cov 1000000 outcomes uniform3 q <= (1 / 2 * kappa + ln (1 / 0.6) / INR 1) / chernoff_price (1 / 2) 1000000).
Proof.
  apply three_unlikely; [lra|]. intros x Hx C. specialize (C (certain x)). assert (T : three (certain x)) by (right; destruct Hx as [<-|[<-|[]]]; simpl; auto). specialize (C T). cbv zeta in C.
  assert (S : forall y, In y [x] -> 0 < certain x y) by (intros y [<-|[]]; unfold certain; rewrite PeanoNat.Nat.eqb_refl; lra). specialize (C S).
  assert (L : sum [x] (log_ratio uniform3 (certain x)) = ln (1 / 3 / 1) + 0) by (unfold sum, log_ratio, uniform3, certain; now rewrite PeanoNat.Nat.eqb_refl). rewrite L in C. simpl INR in C.
  pose proof (cov_nonneg 1000000 outcomes uniform3 (certain x) ltac:(intros; unfold uniform3; lra)). pose proof (chernoff_price_pos (1 / 2) 1000000 ltac:(lra) ltac:(lra)) as phi.
  assert (B : (1 / 2 * ((ln (1 / 3 / 1) + 0) / 1) + ln (1 / 0.6) / 1) < 0) by interval.
  assert ((1 / 2 * ((ln (1 / 3 / 1) + 0) / 1) + ln (1 / 0.6) / 1) / chernoff_price (1 / 2) 1000000 < 0); [|lra]. apply (Rmult_lt_reg_r (chernoff_price (1 / 2) 1000000)); [assumption|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(* twin: log-loss-excess-divided of excess_two_scale
   without the coarse term: N = e^100, delta = 1/4, s = 1/2, theta = 1, one draw *)
Theorem excess_two_scale_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z => forall q, two q -> (forall y, In y z -> 0 < q y) -> let kappa := sum z (log_ratio (coin (1 / 2)) q) / INR 1 in
  cov (exp 100) faces (coin (1 / 2)) q <= 1 * (ln (2 * INR (length both) / (1 / 4)) / (1 / 2 * INR 1) + 0 + Rmax 0 kappa) / (100 - 2 * 0 - least_truncation (1 / 2)) / (1 - exp (- (1)))).
Proof.
  intros (G & E & I). simpl in E. unfold coin in E. destruct (G [true]) eqn:X; [|destruct (G [false]); lra].
  assert (H := I [true] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X (coin 1) ltac:(now right) ltac:(intros y [<-|[]]; unfold coin; lra)). cbv zeta in H.
  assert (K : cov (exp 100) faces (coin (1 / 2)) (coin 1) = 1 / 2). { unfold cov, faces, sum, coin. pose proof (exp_ge_1 100 ltac:(lra)). rewrite le01_0, le01_1; lra. }
  rewrite K in H. unfold log_ratio, sum, coin in H. rewrite Rmax_left in H by (simpl INR; interval). unfold least_truncation in H. simpl INR in H.
  assert (1 * (ln (2 * (1 + 1) / (1 / 4)) / (1 / 2 * 1) + 0 + 0) / (100 - 2 * 0 - - ln (1 - 1 / 2) / (1 / 2)) / (1 - exp (- (1))) < 0.2) by interval. lra.
Qed.

(* twin: log-loss-excess-divided of excess_of_comparator
   without the term of delta: lam = 1, a fair coin against 9/10, one draw *)
Theorem excess_of_comparator_twin : ~ likely 1 faces (coin (1 / 2)) (1 / 4) (fun z =>
  sum z (log_ratio (coin (1 / 2)) (coin (9 / 10))) / INR 1 <= ln (mean_ratio (fun r => power r 1) faces (coin (1 / 2)) (coin (9 / 10))) / 1).
Proof.
  intros (G & E & I). simpl in E. unfold coin in E. destruct (G [false]) eqn:X; [|destruct (G [true]); lra].
  assert (H := I [false] eq_refl ltac:(intros y [<-|[]]; simpl; auto) X). cbv beta in H. unfold mean_ratio, power, log_ratio, sum, faces, coin in H. simpl INR in H.
  repeat (destruct Rlt_dec as [|C] in H; [|exfalso; apply C; lra]). revert H. apply Rlt_not_le. interval.
Qed.
