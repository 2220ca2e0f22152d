(* Notebook 19: Proposition H.1 as printed, refuted on 32 tosses of a fair coin. *)
From Coq Require Import Reals Lra Lia List ZArith.
From Coverage Require Import finite draws two_scales divergences.
Import ListNotations.
Open Scope R_scope.
(* How often tails came; the number of sequences of n tosses with at most K tails. *)
Fixpoint rare (z : list bool) : nat := match z with [] => 0 | true :: z' => rare z' | false :: z' => S (rare z') end.
Fixpoint ways (n K : nat) : Z := match n with O => 1%Z | S n' => (ways n' K + match K with O => 0 | S K' => ways n' K' end)%Z end.
Lemma few n : forall K, expect n faces (coin (1 / 2)) (fun z => if Nat.leb (rare z) K then 1 else 0) = IZR (ways n K) / 2 ^ n.
Proof.
  induction n as [|n IH]; intros K; simpl expect; [unfold rare; simpl; destruct K; simpl; field|].
  unfold faces at 1. simpl sum. rewrite IH.
  assert (E : expect n faces (coin (1 / 2)) (fun z => if match K with 0%nat => false | S m => Nat.leb (rare z) m end then 1 else 0) =
    IZR (match K with O => 0 | S K' => ways n K' end) / 2 ^ n).
  { destruct K; [rewrite expect_const by (apply coin_law; lra); simpl; unfold Rdiv; ring|apply IH]. }
  rewrite E. simpl ways. rewrite plus_IZR. simpl pow. unfold coin. field. apply pow_nonzero. lra.
Qed.
Lemma rare_sum z : (rare z <= length z)%nat -> sum z (truncated (ln 4) (coin (1 / 2)) (coin (99 / 100))) <= INR (rare z) * (ln 4) - (INR (length z) - INR (rare z)) * ln (198 / 100).
Proof.
  intros _. assert (T1 : truncated (ln 4) (coin (1 / 2)) (coin (99 / 100)) true <= - ln (198 / 100)).
  { unfold truncated, coin. apply Ropp_le_contravar, ln_le; [lra|]. eapply Rle_trans; [|apply Rmax_l]. lra. }
  assert (T2 : truncated (ln 4) (coin (1 / 2)) (coin (99 / 100)) false <= ln 4).
  { unfold truncated, coin. apply Rle_trans with (- ln (exp (- ln 4))); [|rewrite ln_exp; lra]. apply Ropp_le_contravar, ln_le; [apply exp_pos|apply Rmax_r]. }
  induction z as [|[] z IH]; simpl sum; simpl rare; simpl length; [simpl; lra| |]; rewrite ?S_INR; lra.
Qed.
(* claim: training-excess-as-printed
   part: a refutation
   differs: a smaller instance: fair coin, rival 99/100, 32 draws, delta = 2^-23; the class of two has N_inf(0) = 2, and the infimum is at most its value at 0 *)
Theorem training_excess_as_printed_is_false : ~ likely 32 faces (coin (1 / 2)) (1 / 2 ^ 23) (fun z =>
  - sum z (truncated (ln 4) (coin (1 / 2)) (coin (99 / 100))) <= ln (2 ^ 23) + 2 * ln 2).
Proof.
  intros (G & E & I). assert (HP : law faces (coin (1 / 2))) by (apply coin_law; lra).
  assert (F : expect 32 faces (coin (1 / 2)) (fun z => if G z then 1 else 0) <= expect 32 faces (coin (1 / 2)) (fun z => 1 + - 1 * (if Nat.leb (rare z) 2 then 1 else 0))).
  { apply expect_le; [assumption|]. intros z L J. destruct (G z) eqn:X; [|destruct Nat.leb; lra]. destruct (Nat.leb (rare z) 2) eqn:W; [|lra]. exfalso.
    apply Nat.leb_le in W. pose proof (I z L J X) as C. cbv beta in C. pose proof (rare_sum z ltac:(rewrite L; lia)) as S. rewrite L in S.
    assert (W2 : INR (rare z) <= 2) by (replace 2 with (INR 2) by (simpl; lra); now apply le_INR). replace (INR 32) with 32 in S by (simpl; lra). rewrite ln_pow in C by lra. replace (INR 23) with 23 in C by (simpl; lra).
    assert (L4 : ln 4 = ln 2 + ln 2) by (rewrite <- ln_mult by lra; f_equal; ring).
    assert (A : ln 2 - 1 / 90 <= ln (198 / 100)).
    { pose proof (ln_le_sub (200 / 198) ltac:(lra)) as H. assert (K : ln 2 = ln (200 / 198) + ln (198 / 100)) by (rewrite <- ln_mult by lra; f_equal; field). lra. }
    assert (B : 1 / 2 <= ln 2). { pose proof (ln_le_sub (/ 2) ltac:(lra)) as H. rewrite ln_Rinv in H by lra. lra. }
    pose proof (pos_INR (rare z)) as R0. assert (M1 := Rmult_le_compat_l (32 - INR (rare z)) _ _ ltac:(lra) A).
    assert (M2 := Rmult_le_compat_l (ln 2) (INR (rare z)) 2 ltac:(lra) W2). rewrite Rmult_comm in M2.
    assert (S2 : INR (rare z) * ln 4 = INR (rare z) * ln 2 + INR (rare z) * ln 2) by (rewrite L4; ring). rewrite S2 in S. lra. }
  rewrite expect_plus, expect_scal, expect_const, few in F by assumption. replace (ways 32 2) with 529%Z in F by (vm_compute; reflexivity). lra.
Qed.
