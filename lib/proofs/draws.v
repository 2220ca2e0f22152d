(* n independent draws: expectations as finite sums, "with probability at least 1 - delta", Markov, the union bound. *)
From Coq Require Import Reals Lra List Psatz.
From Coverage Require Import finite.
Import ListNotations.
Open Scope R_scope.

(* The expectation of f over n independent draws from P: sum over the first draw, then over the others. *)
Fixpoint expect {A} (n : nat) (Y : list A) (P : A -> R) (f : list A -> R) : R :=
  match n with
  | O => f []
  | S n' => sum Y (fun y => P y * expect n' Y P (fun z => f (y :: z)))
  end.

Fixpoint prod {A} (z : list A) (f : A -> R) : R :=
  match z with [] => 1 | y :: z' => f y * prod z' f end.

(* The frequency with which a sample z meets the set S. *)
Definition freq {A} (z : list A) (S : A -> bool) : R := sum z (fun y => if S y then 1 else 0) / INR (length z).

(* S holds on an event of probability at least 1 - delta, for n independent draws. *)
Definition likely {A} (n : nat) (Y : list A) (P : A -> R) (delta : R) (S : list A -> Prop) :=
  exists G : list A -> bool,
    1 - delta <= expect n Y P (fun z => if G z then 1 else 0) /\
    forall z, length z = n -> incl z Y -> G z = true -> S z.

Section Draws.
Context {A : Type} (Y : list A) (P : A -> R) (HP : law Y P).

Lemma expect_le n : forall f g, (forall z, length z = n -> incl z Y -> f z <= g z) -> expect n Y P f <= expect n Y P g.
Proof.
  induction n as [|n IH]; intros f g H; simpl; [apply H; [easy|intros a []]|].
  apply sum_le; intros y I. apply Rmult_le_compat_l; [apply HP|]. apply IH. intros z L J. apply H; simpl; [now f_equal|].
  intros a [<-|K]; auto.
Qed.

Lemma expect_ext n f g : (forall z, length z = n -> incl z Y -> f z = g z) -> expect n Y P f = expect n Y P g.
Proof. intros H; apply Rle_antisym; apply expect_le; intros z L I; rewrite (H z L I); lra. Qed.

Lemma expect_const n a : expect n Y P (fun _ => a) = a.
Proof.
  induction n as [|n IH]; simpl; [easy|]. rewrite (sum_ext _ _ (fun y => P y * a)) by (intros; now rewrite IH).
  rewrite sum_scal_r. destruct HP as [_ ->]. ring.
Qed.

Lemma expect_plus n : forall f g, expect n Y P (fun z => f z + g z) = expect n Y P f + expect n Y P g.
Proof.
  induction n as [|n IH]; intros f g; simpl; [easy|]. rewrite <- sum_plus. apply sum_ext; intros y _. rewrite IH. ring.
Qed.

Lemma expect_scal n : forall f a, expect n Y P (fun z => a * f z) = a * expect n Y P f.
Proof.
  induction n as [|n IH]; intros f a; simpl; [easy|]. rewrite <- sum_scal. apply sum_ext; intros y _. rewrite IH. ring.
Qed.

Lemma expect_nonneg n f : (forall z, 0 <= f z) -> 0 <= expect n Y P f.
Proof. intros H. rewrite <- (expect_const n 0). now apply expect_le. Qed.

(* Independence: the expectation of a product is the product of the expectations. *)
Lemma expect_prod n g : expect n Y P (fun z => prod z g) = (sum Y (fun y => P y * g y)) ^ n.
Proof.
  induction n as [|n IH]; simpl; [easy|].
  rewrite (sum_ext _ _ (fun y => P y * g y * expect n Y P (fun z => prod z g))).
  - rewrite sum_scal_r, IH. ring.
  - intros y _. rewrite expect_scal. ring.
Qed.

Lemma likely_mono n d e (S T : list A -> Prop) : d <= e -> likely n Y P d S ->
  (forall z, length z = n -> incl z Y -> S z -> T z) -> likely n Y P e T.
Proof. intros H (G & HG & I) J. exists G. split; [lra|auto]. Qed.

Lemma likely_and n d e (S T : list A -> Prop) : likely n Y P d S -> likely n Y P e T -> likely n Y P (d + e) (fun z => S z /\ T z).
Proof.
  intros (G & HG & IG) (H & HH & IH). exists (fun z => andb (G z) (H z)). split.
  - assert (E : expect n Y P (fun z => if G z then 1 else 0) + expect n Y P (fun z => if H z then 1 else 0) <=
                expect n Y P (fun z => if andb (G z) (H z) then 1 else 0) + 1).
    { apply Rle_trans with (expect n Y P (fun z => (if andb (G z) (H z) then 1 else 0) + 1)).
      - rewrite <- expect_plus. apply expect_le; intros z _ _. destruct (G z), (H z); simpl; lra.
      - rewrite expect_plus, expect_const. lra. }
    lra.
  - intros z L I K. apply andb_prop in K. destruct K. auto.
Qed.

(* The union bound over a list of models or events. *)
Lemma likely_forall {B} n (X : list B) d (S : B -> list A -> Prop) :
  (forall b, In b X -> likely n Y P d (S b)) -> likely n Y P (INR (length X) * d) (fun z => forall b, In b X -> S b z).
Proof.
  induction X as [|b X IH]; intros H.
  - exists (fun _ => true). split; [rewrite expect_const; simpl; lra|intros; easy].
  - assert (K : likely n Y P (d + INR (length X) * d) (fun z => S b z /\ forall b, In b X -> S b z)).
    { apply likely_and; [apply H; now left|apply IH; intros; apply H; now right]. }
    eapply likely_mono; [|exact K|].
    + change (length (b :: X)) with (Datatypes.S (length X)). rewrite S_INR. lra.
    + intros z _ _ [U V] c [->|I]; auto.
Qed.

(* Markov: a non-negative function of expectation at most one exceeds 1/delta with probability at most delta. *)
Lemma likely_markov n f d : 0 < d -> (forall z, 0 <= f z) -> expect n Y P f <= 1 ->
  likely n Y P d (fun z => f z <= / d).
Proof.
  intros D F E. exists (fun z => if Rle_dec (f z) (/ d) then true else false). split.
  - assert (H : 1 <= expect n Y P (fun z => (if (if Rle_dec (f z) (/ d) then true else false) then 1 else 0) + d * f z)).
    { apply Rle_trans with (expect n Y P (fun _ => 1)); [rewrite expect_const; lra|]. apply expect_le; intros z _ _. pose proof (F z).
      destruct (Rle_dec (f z) (/ d)) as [|C]; [nra|]. assert (d * / d <= d * f z) by (apply Rmult_le_compat_l; lra).
      rewrite Rinv_r in H0; lra. }
    rewrite expect_plus, expect_scal in H. nra.
  - intros z _ _. destruct Rle_dec; easy.
Qed.

(* Almost every sample lies where P is positive. *)
Lemma likely_positive n : likely n Y P 0 (fun z => forall y, In y z -> 0 < P y).
Proof.
  exists (fun z => forallb (fun y => if Rlt_dec 0 (P y) then true else false) z). split.
  - assert (E : forall z, (if forallb (fun y => if Rlt_dec 0 (P y) then true else false) z then 1 else 0) = prod z (fun y => lt01 0 (P y))).
    { induction z as [|y z IH]; simpl; [easy|]. rewrite <- IH. unfold lt01. destruct (Rlt_dec 0 (P y)); simpl; [|ring].
      destruct forallb; ring. }
    rewrite (expect_ext _ _ (fun z => prod z (fun y => lt01 0 (P y)))) by (intros; apply E). rewrite expect_prod.
    replace (sum Y (fun y => P y * lt01 0 (P y))) with 1; [rewrite pow1; lra|].
    destruct HP as [H <-]. apply sum_ext; intros y _. unfold lt01. destruct Rlt_dec; [ring|]. pose proof (H y). nra.
  - intros z _ _ K y I. rewrite forallb_forall in K. specialize (K y I). destruct (Rlt_dec 0 (P y)); easy.
Qed.
End Draws.

Lemma prod_exp {A} (z : list A) f : prod z (fun y => exp (f y)) = exp (sum z f).
Proof. induction z; simpl; [now rewrite exp_0|now rewrite IHz, exp_plus]. Qed.

Lemma prod_pos {A} (z : list A) f : (forall y, In y z -> 0 < f y) -> 0 < prod z f.
Proof. induction z; simpl; intros H; [lra|]. apply Rmult_lt_0_compat; [apply H; now left|apply IHz; intros; apply H; now right]. Qed.

Lemma prod_nonneg {A} (z : list A) f : (forall y, In y z -> 0 <= f y) -> 0 <= prod z f.
Proof. induction z; simpl; intros H; [lra|]. apply Rmult_le_pos; [apply H; now left|apply IHz; intros; apply H; now right]. Qed.

Lemma prod_pos_factors {A} (z : list A) f : (forall y, In y z -> 0 <= f y) -> 0 < prod z f -> forall y, In y z -> 0 < f y.
Proof.
  induction z as [|a z IH]; simpl; intros H K y I; [easy|].
  assert (0 <= f a) by (apply H; now left). assert (0 <= prod z f) by (apply prod_nonneg; intros; apply H; now right).
  assert (0 < f a) by (destruct (Req_dec (f a) 0) as [E|]; [rewrite E in K; lra|lra]).
  assert (0 < prod z f) by (destruct (Req_dec (prod z f) 0) as [E|]; [rewrite E in K; lra|lra]).
  destruct I as [<-|I]; [lra|]. apply IH; auto.
Qed.

Lemma ln_prod {A} (z : list A) f : (forall y, In y z -> 0 < f y) -> ln (prod z f) = sum z (fun y => ln (f y)).
Proof.
  induction z as [|a z IH]; simpl; intros H; [apply ln_1|]. rewrite ln_mult.
  - rewrite IH; [easy|intros; apply H; now right].
  - apply H; now left.
  - apply prod_pos; intros; apply H; now right.
Qed.
