"""What a claim concludes, and that no comparison is blind to the fault it is there to see."""

import json
from fractions import Fraction

import numpy as np
import pytest
import sympy
from mpmath import iv, mpf
from scipy.stats import binom

from claimcheck import (
    Claim,
    adversarial_search,
    at_least,
    at_most,
    certify_positive,
    claim,
    contains,
    equal,
    exceeds,
    frequency_at_most,
    proved,
    symbolic,
    within,
)
from claimcheck.frequency import power
from claimcheck.gate.campaign_report import margin
from claimcheck.gate.report import table
from claimcheck.ledger import collect, faults, read, write
from claimcheck.printed import agree
from claimcheck.record import differences, unsealed
from claimcheck.register import RegisterError, Registration

BASE = {"id": "some-claim", "notebook": "01", "kind": "upper", "routes": ("exact",), "statement": "a <= b",
        "hypotheses": "none", "source_key": "key", "source_locator": "Thm 1", "does_not_say": "more", "teeth": 1}


def start(**changes) -> Claim:
    return Claim(Registration(**{**BASE, **changes}))


def stated(**changes) -> Claim:
    return start(**changes).states(GOOD)


GOOD, BAD = at_most("set", [1.0, 2.0], [2.0, 2.5]), at_most("set", [1.0, 3.0], [2.0, 2.5])
TOOTH = {"change": "tighter", "of": "set", "bound": [0.5, 1.0]}


@pytest.mark.parametrize(("good", "bad"), [
    (at_most("x", 1.0, 1.0), at_most("x", 1.0 + 1e-6, 1.0)),
    (at_least("x", 1.0, 1.0), at_least("x", 1.0 - 1e-6, 1.0)),
    (equal("x", 1.0, 1.0 + 1e-12), equal("x", 1.0, 1.0 + 1e-6)),
    (equal("x", np.inf, np.inf), equal("x", np.inf, -np.inf)),
    (exceeds("x", 1.0, 0.5), exceeds("x", [1.0, 0.5], 0.5)),
    (contains("x", 0.1, 0.1, 0.2), contains("x", 0.1, np.nextafter(0.1, 0), 0.2)),
    (contains("x", 0.3, Fraction(3, 10) + Fraction(1, 10**30), 0.4), contains("x", 0.3, Fraction(29, 100), 0.4)),
    (contains("x", 0.1, mpf(1) / 5, 0.2 * (1 + 1e-15)), contains("x", -0.0, mpf(1) / 5, np.nextafter(0.2, 0))),
    (contains("x", 0.1, 0.2, 0.2), contains("x", 0.1, np.nextafter(0.2, 1), 0.2)),
    (within("x", -1.0, -1.1, -0.9), within("x", -0.8, -1.1, -0.9)),
    (frequency_at_most("x", 10, 1000, 0.01, false_alarm=1e-9),
     frequency_at_most("x", 100, 1000, 0.01, false_alarm=1e-9)),
    (symbolic("x", sympy.sin(1) ** 2 + sympy.cos(1) ** 2, 1), symbolic("x", sympy.Symbol("t"), 1)),
    (proved("x", certify_positive(lambda t: iv.exp(t) - t, -20, 20)),
     proved("x", certify_positive(lambda t: t, -1, 1))),
])
def test_every_comparison_accepts_the_edge_and_rejects_beyond_it(good, bad):
    assert good.ok
    assert not bad.ok


def test_ratio_is_one_at_the_edge_for_both_directions():
    assert at_most("x", 0.25, 0.5).ratio == 0.5
    assert at_least("x", 0.5, 0.25).ratio == 0.5
    assert exceeds("x", 0.5, 0.25).ratio == 0.5


def test_what_is_an_instance():
    assert at_most("x", [1.0, 2.0], [np.inf, 3.0]).instances == 1
    assert at_most("x", [1.0, 9.0], [2.0, 3.0], active=[True, False]).ok
    assert at_least("x", [1.0, 1.0], [1e-13, 0.5]).instances == 1
    assert at_most("x", [0.0, 1.0], [1e-13, 2.0]).instances == 1
    assert equal("x", [1e-14, 0.0, 1.0], [2e-14, 0.0, 1.0]).instances == 1
    assert equal("x", [0.0, 0.0], [0.0, 0.0]).instances == 2


def test_what_is_outside_is_counted():
    found = at_most("x", [1.0, 9.0, 1.0], [np.inf, 3.0, 3.0], active=[True, False, True])
    assert (found.instances, found.outside, found.ok) == (1, 2, True)
    assert at_least("x", [1.0, 9.0], [1.0, 3.0], active=[True, False]).outside == 1
    shown = start().states(found).tooth("less", "x", bound=[np.inf, 3.0, 0.5])
    record = shown.record()
    assert (record["outside"], record["checks"][0]["outside"]) == (2, 2)
    assert "1 instance, 2 more outside the hypothesis" in shown._repr_mimebundle_()["text/plain"]
    (row,) = [line for line in table({"claims": [record]}).splitlines() if line.startswith("some-claim")]
    assert "1 (2 outside)" in row


def test_an_instance_below_the_slack_is_still_judged():
    assert not at_most("x", [1.0, 0.5], [2.0, 0.0]).ok
    assert at_most("x", [1.0, 0.5], [2.0, 0.0]).ratio == np.inf


def test_trivial_bounds_say_nothing_and_do_not_make_the_worst_ratio():
    outcome = at_most("x", [1.0, 0.2], [1.0, 0.5], ceiling=1, where=["trivial", "telling"])
    assert (outcome.instances, outcome.says, outcome.ratio, outcome.witness) == (2, 1, 0.4, "telling")
    assert at_least("x", [1.0, 2.0], [1.0, 1.5], floor=1).says == 1


@pytest.mark.parametrize("outcome", [
    at_most("x", [1.0, 0.9], [1.0 - 1e-13, 0.9 + 1e-13], where=["a", "b"]),
    at_most("x", [1.0, 0.9], [1.0, 0.9 - 1e-13], where=["a", "b"]),
    at_most("x", [1e-11, 0.9], [1e-11 + 5e-13, 0.9], where=["a", "b"]),
    at_least("x", [1.0, 0.9], [1.0 + 1e-13, 0.9 - 1e-13], where=["a", "b"]),
])
def test_ties_have_ratio_one_and_the_first_is_the_witness(outcome):
    assert outcome.ok
    assert (outcome.ratio, outcome.witness, outcome.unique) == (1.0, "a", False)
    assert outcome.margin is None


def test_the_margin_is_that_of_the_largest_ratio_that_is_no_tie_before_rounding():
    found = at_most("x", [1.0, 1.0 - 3e-8, 0.5], [1.0, 1.0, 1.0])
    assert found.margin == pytest.approx(3e-8, rel=1e-6)
    check = start().states(found).record()["checks"][0]
    assert check["margin"] == pytest.approx(3e-8, rel=1e-5)
    assert margin(check) == check["margin"]
    assert equal("x", 1.0, 1.0).margin is None


def test_a_ratio_of_round_off_is_zero():
    assert at_most("x", 1e-13, 1.0).ratio == 0


def test_a_witness_is_unique_only_if_no_other_ratio_is_near():
    assert at_most("x", [0.5, 0.4], 1.0).unique
    assert not at_most("x", [0.5, 0.4995], 1.0).unique


def test_infinite_value_against_finite_bound_is_a_violation():
    assert not at_most("x", np.inf, 1.0).ok


def test_nan_and_negative_values_are_errors_not_verdicts():
    with pytest.raises(ValueError, match="NaN in value at active instance 1"):
        at_most("x", [1.0, np.nan], 2.0)
    with pytest.raises(ValueError, match="negative bound"):
        at_most("x", 1.0, -2.0)


def test_nan_in_an_inactive_instance_is_ignored():
    assert at_most("x", [1.0, np.nan], 2.0, active=[True, False]).ok


def test_witness_of_near_ties_is_the_first_so_round_off_cannot_move_it():
    assert at_most("x", [0.5, 0.5 + 1e-14], 1.0, where=["first", "second"]).witness == "first"


@pytest.mark.parametrize("call", [
    lambda v: at_most("x", v, v), lambda v: equal("x", v, v), lambda v: at_least("x", v, v[:]),
    lambda v: exceeds("x", v, np.asarray(v)),
])
def test_a_thing_compared_with_itself_is_an_error(call):
    with pytest.raises(ValueError, match="itself"):
        call(np.linspace(0.1, 0.9, 30))


def test_neighbours_in_one_array_may_be_compared():
    falling = np.linspace(0.9, 0.1, 30)
    assert at_most("monotone", falling[1:], falling[:-1]).ok


@pytest.mark.parametrize("call", [
    lambda: equal("x", 9.0, 9.0, rtol=1e-5), lambda: at_most("x", 9.0, 9.0, atol=1e-5, route="certified"),
    lambda: equal("x", 9.0, 1.0, rtol=0.02, route="experiment"), lambda: contains("x", 1.0, 1.0, 2.0, rtol=1e-5),
    lambda: at_most("x", 9.0, 1.0, rtol=1e9), lambda: at_most("x", 9.0, 1.0, atol=1e9),
    lambda: equal("x", 9.0, 1.0, rtol=0.02), lambda: at_least("x", 1.0, 9.0, atol=-1),
    lambda: exceeds("x", 1, 0, margin=0), lambda: contains("x", 1.0, 0.5, 2.0, rtol=1.0),
    lambda: at_most("x", 9.0, 1.0, rtol=np.nan),
    lambda: start().attained(GOOD, tolerance=1e9), lambda: within("x", -0.98, -1e9, 1e9),
    lambda: within("x", -0.98, -1.1, np.inf),
])
def test_a_slack_that_forgives_everything_is_an_error(call):
    with pytest.raises(ValueError, match="expected"):
        call()


def test_what_a_source_prints_is_compared_to_its_decimals():
    assert equal("x", [0.12345, 3.0004], [0.123, 3.0], decimals=3).ok
    assert not equal("x", [0.1237, 3.0004], [0.123, 3.0], decimals=3).ok
    made = start().states(equal("x", 0.12345, 0.123, decimals=3), at_most("y", 1.0, 1.0, rtol=1e-7))
    checks = made.record()["checks"]
    assert [check.get("slack") for check in checks] == ["3 decimals", "rtol 1e-07"]
    assert "slack" not in start().states(GOOD).record()["checks"][0]


@pytest.mark.parametrize("call", [
    lambda tiny: at_most("x", tiny, 0.9 * tiny), lambda tiny: at_least("x", tiny, 2 * tiny),
    lambda tiny: equal("x", tiny, 2 * tiny), lambda tiny: at_most("x", tiny / 1e9, tiny / 1e10, atol=1e-20),
    lambda tiny: equal("x", np.append(tiny, [1.0, 0.0]), np.append(2 * tiny, [1.0, 0.0])),
])
def test_bounds_that_the_absolute_slack_hides_are_an_error(call):
    with pytest.raises(ValueError, match="hides them: compare logarithms, or give a smaller atol"):
        call(np.geomspace(1e-15, 4e-12, 9))


def test_a_smaller_slack_or_logarithms_see_what_the_default_hides():
    tiny = np.geomspace(1e-15, 4e-12, 9)
    assert not at_most("x", tiny, 0.9 * tiny, atol=0).ok
    assert not equal("x", np.log(tiny), np.log(2 * tiny)).ok


@pytest.mark.parametrize("disguise", [
    lambda v: v.copy(), lambda v: list(v), lambda v: v + 7 - 7, lambda v: np.exp(np.log(v)), lambda v: 1.1 * v,
    lambda v: v / 0.3, lambda v: np.append(1.1 * v[:-1], 2.0),
])
def test_a_bound_computed_from_the_value_makes_the_claim_fail(disguise):
    values = np.linspace(0.1, 0.9, 30)
    planted = start().states(at_most("x", values, disguise(values))).tooth(
        "a third", "x", bound=np.array(disguise(values)) / 3)
    assert planted.status == "fails"
    assert any("one side computed from the other" in text for text in planted.problems)
    assert start().states(at_least("x", values, values**2), at_least("y", disguise(values), values)).problems != []
    honest = start().states(at_most("x", values, np.sqrt(values))).tooth("half", "x", bound=np.sqrt(values) / 2)
    assert honest.status == "holds"


def test_an_extremal_family_may_reach_its_bound_everywhere_and_few_numbers_may_share_a_ratio():
    values = np.linspace(0.1, 0.9, 30)
    family = start().attained(at_most("x", values, values + 0.0)).tooth("half", "x", bound=values / 2)
    assert family.status == "holds"
    assert at_most("x", values[:9], 1.1 * values[:9]).shared is None
    assert at_most("x", np.full(30, 0.5), 1.0).shared is None
    assert at_most("x", values, np.where(values < 0.5, 1.1, 1.2) * values).shared is None
    assert at_most("x", values, np.append(values[:-1], 2.0)).shared is None  # all but one are ties: an equality may


def test_a_number_above_zero_is_no_counterexample():
    assert exceeds("x", [0.5, 0.5], [0.0, 0.2]).says == 1
    alone = start(kind="counterexample").states(exceeds("x", 0.5, 0.0)).tooth("nothing", "x", value=0.0)
    assert alone.status == "fails"


def test_algebra_is_a_difference_of_expressions():
    x = sympy.Symbol("x")
    for left, right in ((True, 0), (sympy.true, 0), (x > 0, 0), (0, 0), (1.0, 1.0), (x, True), (0.5 * x, x)):
        with pytest.raises(ValueError, match="expected"):
            symbolic("x", left, right)
    assert symbolic("x", (x + 1) ** 2 - x**2 - 2 * x, 1).ok


def test_a_simulation_says_what_it_would_detect():
    assert frequency_at_most("x", 0, 2000, 0.05, false_alarm=1e-9).power == "detects 0.1 with probability 1.00"
    weak = frequency_at_most("x", 0, 40, 0.05, false_alarm=1e-9)
    assert weak.power == "no power: detects 0.1 with probability 0.00"
    assert not weak.unique
    with pytest.raises(ValueError, match="expected at least one half"):
        frequency_at_most("x", 0, 40, 0.05, false_alarm=1e-9, alternative=0.3)
    assert frequency_at_most("x", 0, 40, 0.05, false_alarm=1e-9, alternative=0.5).power.startswith("detects 0.5 ")
    shown = start(routes=("monte_carlo",)).states(weak).tooth("many", "x", hits=30).slack("few draws")
    assert shown.status == "holds"
    assert "1 simulation without power" in shown._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("truth", [0.06, 0.08, 0.1])
def test_the_power_of_a_simulation_is_how_often_it_would_refute(truth):
    hits = np.arange(1001)
    refuted = [not frequency_at_most("x", int(k), 1000, 0.05, false_alarm=1e-7).ok for k in hits]
    assert power(1000, 0.05, 1e-7, truth) == pytest.approx(binom.pmf(hits, 1000, truth)[refuted].sum(), rel=1e-9)


def test_a_simulation_that_no_outcome_refutes_is_an_error():
    with pytest.raises(ValueError, match="cannot fail"):
        frequency_at_most("x", 6, 6, 0.05, false_alarm=1e-9)
    assert not frequency_at_most("x", 7, 7, 0.05, false_alarm=1e-9).ok


def test_the_ratio_of_a_frequency_is_the_lower_limit_over_the_bound():
    outcome = frequency_at_most("x", 60, 1000, 0.05, false_alarm=1e-9)
    assert outcome.ok
    assert binom.sf(59, 1000, outcome.ratio * 0.05) == pytest.approx(1e-9, rel=1e-6)


def test_holds_needs_a_check_of_the_statement_and_a_biting_tooth():
    assert stated().tooth(**TOOTH).status == "holds"
    assert stated().status == "fails"
    assert stated().tooth("looser", "set", bound=[3.0, 3.0]).status == "fails"
    assert start().states(BAD).tooth(**TOOTH).status == "fails"
    only_steps = start().step(GOOD).tooth(**TOOTH)
    assert only_steps.status == "not_checked"
    assert any("use states()" in text for text in only_steps.problems)


def test_worst_ratio_instances_and_route_are_those_of_the_statement_alone():
    c = stated().step(at_most("lemma", [1.0] * 5, 1.0), symbolic("algebra", sympy.Integer(0))).tooth(**TOOTH)
    assert (c.record()["worst"]["ratio"], c.record()["instances"], c.record()["route"]) == (0.8, 2, "exact")
    by_algebra = stated(routes=("exact", "symbolic")).step(symbolic("algebra", sympy.Integer(0))).tooth(**TOOTH)
    assert by_algebra.status == "fails"


def test_a_failing_step_makes_the_claim_fail_and_says_by_how_much():
    c = stated().step(at_most("lemma", 0.75, 0.5)).tooth(**TOOTH)
    assert c.status == "fails"
    assert "lemma: at_most violated at lemma: value 0.75, bound 0.5, 0.25 apart" in c.problems


def test_claim_without_active_instance_is_not_checked():
    empty = at_most("set", [1.0, 1.0], [2.0, 2.0], active=[False, False])
    assert start().states(empty).status == "not_checked"
    assert start().status == "not_checked"


def test_one_empty_or_silent_check_among_several_makes_the_claim_fail():
    for idle in (at_most("idle", 1.0, 2.0, active=False), at_most("idle", 0.5, 2.0, ceiling=1)):
        assert stated().states(idle).tooth(**TOOTH).status == "fails"
        assert stated().step(idle).tooth(**TOOTH).status == "fails"


def test_two_checks_of_one_label_make_the_claim_fail():
    assert stated().step(at_most("set", 1.0, 2.0)).tooth(**TOOTH).status == "fails"


@pytest.mark.parametrize(("of", "changed", "message"), [
    ("other", {"bound": [1.0, 1.0]}, "no check is labelled 'other'"),
    ("set", {"bound": [0.0, 0.0]}, "vanishes"),
    ("set", {"bound": [1.0, 1.0, 1.0]}, r"shape \(3,\) for instances of shape \(2,\)"),
    ("set", {"bound": 1.0, "value": 1.0}, "change one of"),
    ("set", {"rtol": 0.1}, "change one of"),
    ("set", {"outside": True}, "needs a check that was given outside="),
    ("set", {}, "change one of"),
    ("set", {"bound": [1e-12, 1e-12]}, "over 100,000 times off"),
    ("set", {"value": [np.inf, np.inf]}, "is infinite"),
    ("set", {"value": [1e9, 1e9]}, "over 100,000 times off"),
    ("many", {"bound": [0.5] + [2.0] * 29}, "changes 1 of 30 instances, expected at least a tenth"),
    ("many", {"outside": True}, "outside= is infinite or over 100,000 times off"),
])
def test_a_tooth_is_a_twin_of_a_named_check(of, changed, message):
    checked = stated().step(at_most("many", np.linspace(0.1, 1.0, 30), 2.0, outside=([1.0], [1e-9])))
    with pytest.raises(ValueError, match=message):
        checked.tooth("sabotage", of, **changed)


def test_only_a_plausible_change_bites():
    check = at_most("many", np.linspace(0.1, 1.0, 30), 2.0)
    assert check.twin(bound=[1e-9] * 15 + [1.9] * 15).ok
    assert not check.twin(bound=[1e-9] * 15 + [0.9] * 15).ok
    assert not at_least("loss", [0.9, 0.8], [0.5, 0.5]).twin(value=[0.0, 0.0]).ok


def test_a_vanishing_bound_does_not_bite():
    assert stated().tooth("sabotage", "set", bound=[0.0, 2.2]).status == "fails"
    assert stated().tooth("sabotage", "set", bound=[0.0, 1.9]).status == "holds"


def test_a_tooth_may_drop_the_hypothesis_that_a_check_knows():
    check = at_most("set", [1.0, 2.0], [2.0, 2.5], outside=([3.0], [2.5]))
    assert start().states(check).tooth("hypothesis dropped", "set", outside=True).status == "holds"


@pytest.mark.parametrize(("function", "bites"), [
    (lambda x: x * x, False), (lambda x: x * x - iv.mpf("0.01"), True)])
def test_the_tooth_of_an_interval_proof_must_be_refuted_not_undecided(function, bites):
    check = proved("f > 0", certify_positive(lambda x: iv.exp(x) - x, -1, 1))
    assert check.twin(certificate=certify_positive(function, -1, 1)).ok == (not bites)


def test_the_number_of_teeth_is_registered():
    assert stated(teeth=2).tooth(**TOOTH).status == "fails"
    assert stated(teeth=1).tooth(**TOOTH).tooth("more", "set", bound=[0.4, 1.0]).status == "fails"


def test_a_tooth_of_a_step_alone_is_not_enough():
    c = stated().step(at_most("lemma", 1.0, 1.0)).tooth("lemma halved", "lemma", bound=0.5)
    assert c.status == "fails"


def test_a_tooth_of_constants_alone_is_not_enough():
    constants = equal("constants", [1.0, 2.0], [1.0, 2.0])
    assert stated().states(constants).tooth("other", "constants", expected=[1.0, 3.0]).status == "fails"
    assert stated(teeth=2).states(constants).tooth("other", "constants", expected=[1.0, 3.0]).tooth(
        **TOOTH).status == "holds"


def test_tight_claim_must_reach_its_bound():
    assert stated(kind="tight").tooth(**TOOTH).status == "fails"
    touching = at_most("family", 1.0, 1.0)
    assert stated(kind="tight").attained(touching).tooth(**TOOTH).status == "holds"
    assert start(kind="tight").attained(GOOD).tooth(**TOOTH).status == "fails"


def test_slack_below_a_tenth_needs_a_reason():
    loose = start().states(at_most("set", [0.01, 0.01], [1.0, 1.0])).tooth("tighter", "set", bound=[1.0, 0.001])
    assert loose.status == "fails"
    assert loose.slack("the union bound").status == "holds"


def test_registered_route_must_be_taken():
    assert stated(routes=("exact", "interval")).tooth(**TOOTH).status == "fails"


def test_kind_needs_its_comparison():
    assert stated(kind="counterexample").tooth(**TOOTH).status == "fails"


@pytest.mark.parametrize("finding", ["refuted as printed", "condition missing", "proof step refuted"])
def test_what_is_wrong_in_a_source_needs_a_counterexample(finding):
    entry = {"corrected_by": "right-claim", "finding": finding}
    shown = start(**entry).states(exceeds("case", 1.0, 0.5)).tooth("the corrected bound", "case", bound=1.0)
    assert shown.status == finding.replace(" ", "_")
    assert shown._repr_mimebundle_()["text/plain"].endswith("Corrected by right-claim.")
    assert stated(**entry).tooth(**TOOTH).status == "fails"


def test_record_is_plain_json_with_the_schema_of_the_ledger(tmp_path):
    record = stated().tooth(**TOOTH).record()
    register = {"some-claim": Registration(**BASE)}
    ledger = collect([{**record, "shown_in": "01"}], register)
    write(ledger, tmp_path / "ledger.json")
    assert read(tmp_path / "ledger.json") == ledger
    assert faults(ledger) == []
    wanted = {"id", "notebook", "kind", "route", "status", "source", "worst", "instances", "says", "outside", "teeth",
              "monte_carlo", "slack_note", "hypotheses", "does_not_say"}
    assert wanted <= set(record)


def test_false_alarm_budget_of_the_collection_is_enforced():
    noisy = start(routes=("monte_carlo",)).states(
        *(frequency_at_most(name, 1, 100, 0.5, false_alarm=6e-7) for name in "ab"))
    noisy.tooth("smaller", "a", hits=95).slack("few hits")
    with pytest.raises(RegisterError, match="false-alarm probabilities add up to"):
        collect([{**noisy.record(), "shown_in": "01"}], {"some-claim": Registration(**BASE)})


@pytest.mark.parametrize(("records", "message"), [
    ([{"id": "other-claim", "shown_in": "01"}], "does not register"),
    ([{"id": "some-claim", "shown_in": "01"}] * 2, "checked twice"),
    ([{"id": "some-claim", "shown_in": "02"}], "registered for notebook 01 but checked in 02"),
    ([], "checked by no notebook: some-claim"),
])
def test_incomplete_or_inconsistent_runs_are_named(records, message):
    with pytest.raises(RegisterError, match=message):
        collect(records, {"some-claim": Registration(**BASE)})


def test_correction_that_fails_is_a_fault():
    refuted = start(id="printed-claim", corrected_by="some-claim", finding="refuted as printed").states(
        exceeds("c", 1.0, 0.5)).tooth("corrected", "c", bound=1.0)
    failing = start().states(BAD).tooth(**TOOTH)
    ledger = {"claims": [refuted.record(), failing.record()]}
    assert any("its correction some-claim does not hold" in line for line in faults(ledger))


def edited(**changes) -> dict:
    record = stated().step(at_most("lemma", 1.0, 1.0)).tooth(**TOOTH).record()
    for path, value in changes.items():
        *folders, name = path.split("__")
        place = record
        for folder in folders:
            place = place[int(folder) if folder.isdigit() else folder]
        place[name] = value
    return record


@pytest.mark.parametrize("change", [
    {"status": "fails"}, {"statement": "a < b"}, {"hypotheses": "many"}, {"does_not_say": "less"}, {"kind": "lower"},
    {"route": "symbolic"}, {"checks__0__ok": False}, {"checks__0__label": "other"}, {"checks__1__role": "states"},
    {"teeth__0__bites": False}, {"teeth__0__change": "other"}, {"teeth": []}, {"checks__0__ratio": 0.8009},
    {"worst__ratio": 0.8009}, {"worst__value": 2.003}, {"worst__witness": "other"}, {"instances": 3},
    {"checks__1__ratio": 0.99}, {"worst": None}, {"extra": 1}, {"worst__skip": True},
    {"checks__0__ignore": 0}, {"teeth__0__note": ""}, {"outside": 7}, {"checks__0__slack": "rtol 1e-07"},
    {"monte_carlo": {"draws": 1, "false_alarm": 0}},
])
def test_what_the_mathematics_decides_is_compared(change):
    assert differences(edited(), edited()) == []
    assert differences(edited(**change), edited()) != []


@pytest.mark.parametrize("change", [
    {"checks__0__ratio": 0.8007}, {"worst__value": 2.001}, {"worst__ratio": 0.7995}, {"problems": ["x"]},
    {"arithmetic": "another processor"},
])
def test_what_the_last_digits_decide_is_not(change):
    assert differences(edited(**change), edited()) == []


def test_counts_may_move_by_a_hundredth():
    many = {**edited(), "instances": 100_000}
    assert differences({**many, "instances": 100_900}, many) == []
    assert differences({**many, "instances": 102_000}, many) != []


@pytest.mark.parametrize(("new", "old", "same"), [
    ("mean 0.2500", "mean 0.2501", True), ("mean 0.2500", "mean 0.2502", False), ("n=100", "n=101", False),
    ("a 1", "b 1", False), ("1.000e-05", "9.999e-06", True), ("-0.000", "0.000", True), ("1", "0.9999", True),
    ("1", "0.9989", False), ("1,234 of 5", "1,235 of 5", False), ("x 0.5  y", "x 0.5 y", True), ("1.5", "1.5 2", False),
    ("10.0%", "9.9%", True), ("3/7", "3/8", False), ("inf", "inf", True), ("1.0", "inf", False),
    ("v1.2", "v1.3", False),
    ("a\nb", "a b", False), ("2.0e+03", "2.1e+03", True), ("2.0e+03", "2.2e+03", False), ("1e+09", "2e+09", True),
    ("x 30..3000, y 0.1181..1.71", "x 30..3000, y 0.1182..1.70", True), ("x 30..300", "x 30..301", False),
    ("y 0.1181..1.71", "y 0.1188..1.71", False), ("2.5.3", "2.5.4", False), ("a -0.5, b", "a -0.6, b", True),
    ("[0.1, 0.2]", "[0.1, 0.4]", False), ("0.5", "0.50", True), ("0.49", "0.5", True), ("0.4", "0.49", False),
    ("0.3", "0.2504", False), ("1e-05", "1e-12", False), ("1e+03", "12", False), ("1e-05", "0.0", True),
])
def test_printed_numbers_may_move_by_one_unit_of_the_last_digit(new, old, same):
    assert agree(new, old) == same
    assert agree(old, new) == same


def test_only_records_of_this_run_are_genuine(monkeypatch):
    monkeypatch.setenv("CLAIMCHECK_SEAL", "secret")
    shown = stated().tooth(**TOOTH)._repr_mimebundle_()["application/vnd.claimcheck.claim+json"]
    assert unsealed(json.loads(json.dumps(shown)))[1]
    assert not unsealed({**shown, "status": "fails"})[1]
    assert not unsealed({key: value for key, value in shown.items() if key != "seal"})[1]


def test_interrupted_write_leaves_the_last_good_ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.json"
    write({"schema": "covtheory.ledger/1", "claims": []}, path)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write({"schema": "covtheory.ledger/1", "claims": [1]}, path)
    assert read(path)["claims"] == []
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_claim_id_suggests_near_misses(tmp_path, monkeypatch):
    with pytest.raises(RegisterError, match="is not registered"):
        claim("no-such-claim-at-all")


def test_adversarial_search_finds_a_needle_and_respects_the_hypothesis():
    def ratio(z):
        value = np.exp(-50 * ((z - [0.9, 0.1]) ** 2).sum(axis=1))
        return np.where(z[:, 0] > 0.85, np.nan, value)

    points, ratios = adversarial_search(ratio, [0, 0], [1, 1], np.random.default_rng(1))
    assert ratios[0] == pytest.approx(np.exp(-50 * 0.05**2), rel=1e-6)
    assert (points[:, 0] <= 0.85).all()
    with pytest.raises(ValueError, match="active at no point"):
        adversarial_search(lambda z: np.full(len(z), np.nan), [0], [1], np.random.default_rng(1))


def test_interval_proof_says_where_it_is_certainly_false():
    found = certify_positive(lambda t: t * t - iv.mpf("0.01"), 0, 1)
    assert not found.proved
    assert "<= 0 on" in found.summary
