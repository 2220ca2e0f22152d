(* The numbers that bounds of the library print, enclosed. Before each stand the library's expression for it, which a
   test compares with the enclosure, and the places where it is printed. Rational constants need no enclosure. *)
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
From Coverage Require Import finite calculus divergences.
Open Scope R_scope.

(* constant: autoregressive.CATONI
   1.582 of the two-scale theorem and its kin at theta = 1, rounded up; 1.59 in notebook 07 *)
Lemma catoni : 1.58197 < 1 / (1 - exp (- (1))) < 1.58198. Proof. split; interval. Qed.

(* constant: autoregressive.GROWTH
   g of the dimension-free theorem, notebook 06 *)
Lemma growth : 1.29744 < 2 * (exp (1 / 2) - 1) < 1.29745. Proof. split; interval. Qed.

(* constant: autoregressive.CATONI * (2 * (1 + autoregressive.GROWTH) * L ** 0.5 + 4 * autoregressive.GROWTH ** 0.5 * L) * one_pass.stopped_price(8)
   34 of the dimension-free theorem's simple form: its value at N = 8; that it falls with N is the notebook's argument *)
Lemma dimension_free_first : let g := 2 * (exp (1 / 2) - 1) in let L := ln 8 in
  33.3 < 1 / (1 - exp (- (1))) * (2 * (1 + g) * sqrt L + 4 * sqrt g * L) * (1 / (ln 8 - 1 + / 8) + 1 / L) < 34.
Proof. intros g L. unfold g, L. split; interval. Qed.

(* constant: autoregressive.CATONI * 16 * L * one_pass.stopped_price(8)
   70 there, at N = 8 as well *)
Lemma dimension_free_second : 68 < 1 / (1 - exp (- (1))) * 16 * ln 8 * (1 / (ln 8 - 1 + / 8) + 1 / ln 8) < 70.
Proof. split; interval. Qed.

(* constant: autoregressive.CATONI / ((2 - 1 - np.log(2)) / 2)
   10.4 of the simple form for convex classes, notebook 07: its value at M = 2; that it falls with M is the notebook's argument *)
Lemma convex_simple : 10.3 < 1 / (1 - exp (- (1))) / ((2 - 1 - ln 2) / 2) < 10.4. Proof. split; interval. Qed.

(* constant: sequences.KL_SIGN
   0.32781, the KL of a token of the rare prompt; 0.1639 is a half of it *)
Lemma kl_sign : 0.327813 < kl faces (coin (exp 1 / (exp 1 + exp (- (1))))) (coin (1 / 2)) < 0.327814.
Proof. unfold kl, faces, sum, coin. split; interval. Qed.

(* constant: np.log(2) * sequences.KL_SIGN
   0.2272, the limit of n (1 - 2^(-1/n)) 0.32781 *)
Lemma kl_sign_limit : 0.2272 < ln 2 * kl faces (coin (exp 1 / (exp 1 + exp (- (1))))) (coin (1 / 2)) < 0.22723.
Proof. unfold kl, faces, sum, coin. split; interval. Qed.

(* constant: test_time.CURVATURE
   mu = 1/cosh^2(1), notebook 10 *)
Lemma curvature : 0.419974 < 1 / ((exp 1 + exp (- (1))) / 2) ^ 2 < 0.419975. Proof. split; interval. Qed.

(* constant: one_law.RHO
   the distance of the oscillation's two corners, notebook 08 *)
Lemma rho : 0.925820 < sqrt 42 / 7 < 0.925821. Proof. split; interval. Qed.

(* constant: one_law.LEAST_STEP
   1.8902 of sgd-oscillates *)
Lemma least_step : 1.89021 < 49 / (4 * sqrt 42) < 1.89022. Proof. split; interval. Qed.

(* constant: one_pass.SHARE_CUBE
   6.35 of notebook 09, rounded up *)
Lemma share_cube : 6.3496 < 4 * exp (2 / 3 * ln 2) < 6.35. Proof. split; interval. Qed.

(* constant: 6.4 * one_pass.SHARE_CUBE
   40.7 of normalized-sgd, rounded up; its 436 is at least 6.4 * 68 *)
Lemma share_cube_scaled : 40.6 < 6.4 * (4 * exp (2 / 3 * ln 2)) < 40.7. Proof. split; interval. Qed.

(* constant: 512 / (9 * np.e)
   the last term of normalized-sgd-minibatch, over B/K *)
Lemma batch_overshoot : 20.9282 < 512 / (9 * exp 1) < 20.9283. Proof. split; interval. Qed.

(* constant: divergences.kl_by_hellinger_sharp(1.0, 100.0)
   K(100) of notebook 03 *)
Lemma hellinger_factor : 4.46317 < price 100 / (1 - 1 / sqrt 100) ^ 2 < 4.46318. Proof. unfold price. split; interval. Qed.

(* constant: 2 * divergences.kl_by_hellinger_sharp(1.0, 2.0)
   4.50 of kl-by-hellinger-half-as-printed, against 2 + log 2, its 2.69 *)
Lemma half_factor : 4.50297 < 2 * (price 2 / (1 - 1 / sqrt 2) ^ 2) < 4.50298. Proof. unfold price. split; interval. Qed.

(* constant: 2 + np.log(2)
   that 2.69 *)
Lemma half_factor_printed : 2.69314 < 2 + ln 2 < 2.69315. Proof. split; interval. Qed.

(* constant: np.exp(-1.0)
   1/e of the missing mass (notebook 04) and of the area under the profile (notebook 01) *)
Lemma one_over_e : 0.367879 < 1 / exp 1 < 0.36788. Proof. split; interval. Qed.

(* constant: golden_ratio.rates(1)[0]
   the rate a at n = 1, notebook 05; b = a + 1 *)
Lemma golden : 0.618033 < sqrt (1 + 1 / 4) - 1 / 2 < 0.618034. Proof. split; interval. Qed.
