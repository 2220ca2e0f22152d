"""What a claim concludes, and that no comparison is blind to the fault it is there to see."""

import numpy as np
import pytest
import sympy
from mpmath import iv

from covtheory.claims import (
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
from covtheory.claims.ledger import collect, differences, faults, read, write
from covtheory.claims.register import RegisterError, Registration

BASE = {"id": "some-claim", "notebook": "01", "kind": "upper", "routes": ("exact",), "statement": "a <= b",
        "hypotheses": "none", "source_key": "key", "source_locator": "Thm 1", "does_not_say": "more"}


def start(**changes) -> Claim:
    return Claim(Registration(**{**BASE, **changes}))


GOOD, BAD = at_most("set", [1.0, 2.0], [2.0, 2.5]), at_most("set", [1.0, 3.0], [2.0, 2.5])


@pytest.mark.parametrize(("good", "bad"), [
    (at_most("x", 1.0, 1.0), at_most("x", 1.0 + 1e-6, 1.0)),
    (at_least("x", 1.0, 1.0), at_least("x", 1.0 - 1e-6, 1.0)),
    (equal("x", 1.0, 1.0 + 1e-12), equal("x", 1.0, 1.0 + 1e-6)),
    (equal("x", np.inf, np.inf), equal("x", np.inf, -np.inf)),
    (exceeds("x", 1.0, 0.5), exceeds("x", [1.0, 0.5], 0.5)),
    (contains("x", 0.1, 0.1, 0.2), contains("x", 0.1, np.nextafter(0.1, 0), 0.2)),
    (contains("x", 0.1, 0.2, 0.2), contains("x", 0.1, np.nextafter(0.2, 1), 0.2)),
    (within("x", -1.0, -1.1, -0.9), within("x", -0.8, -1.1, -0.9)),
    (frequency_at_most("x", 10, 1000, 0.01, false_alarm=1e-9),
     frequency_at_most("x", 100, 1000, 0.01, false_alarm=1e-9)),
    (symbolic("x", sympy.sin(1) ** 2 + sympy.cos(1) ** 2, 1), symbolic("x", sympy.Symbol("t"), 1)),
    (symbolic("x", True), symbolic("x", sympy.false)),
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


def test_zero_over_zero_is_attained_not_violated():
    outcome = at_most("x", 0.0, 0.0)
    assert outcome.ok
    assert outcome.ratio <= 1


def test_infinite_bound_and_inactive_hypothesis_are_no_instances():
    assert at_most("x", [1.0, 2.0], [np.inf, 3.0]).instances == 1
    assert at_most("x", [1.0, 9.0], [2.0, 3.0], active=[True, False]).ok
    assert at_least("x", [1.0, 1.0], [0.0, 0.5]).instances == 1


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


def test_holds_needs_check_and_biting_tooth():
    assert start().check(GOOD).tooth("tighter", BAD).status == "holds"
    assert start().check(GOOD).status == "fails"
    assert start().check(GOOD).tooth("tighter", GOOD).status == "fails"
    assert start().check(BAD).tooth("tighter", BAD).status == "fails"


def test_claim_without_active_instance_is_not_checked():
    empty = at_most("set", [1.0], [2.0], active=[False])
    assert start().check(empty).tooth("tighter", BAD).status == "not_checked"
    assert start().status == "not_checked"


def test_tooth_must_use_the_comparison_of_a_check():
    assert start().check(GOOD).tooth("other", exceeds("set", 1.0, 2.0)).status == "fails"


def test_tight_claim_must_reach_its_bound():
    assert start(kind="tight").check(GOOD).tooth("tighter", BAD).status == "fails"
    touching = at_most("family", 1.0, 1.0)
    assert start(kind="tight").check(GOOD).attained(touching).tooth("tighter", BAD).status == "holds"
    assert start(kind="tight").attained(GOOD).tooth("tighter", BAD).status == "fails"


def test_slack_below_a_tenth_needs_a_reason():
    loose = start().check(at_most("set", 0.01, 1.0)).tooth("tighter", BAD)
    assert loose.status == "fails"
    assert loose.slack("the union bound").status == "holds"


def test_registered_route_must_be_taken():
    assert start(routes=("exact", "interval")).check(GOOD).tooth("tighter", BAD).status == "fails"


def test_kind_needs_its_comparison():
    assert start(kind="counterexample").check(GOOD).tooth("tighter", BAD).status == "fails"


def test_refuted_as_printed_needs_a_counterexample():
    entry = {"corrected_by": "right-claim"}
    shown = start(**entry).check(exceeds("case", 1.0, 0.5)).tooth("the corrected bound", exceeds("case", 1.0, 1.0))
    assert shown.status == "refuted_as_printed"
    assert "Corrected by right-claim" in shown.line()
    assert start(**entry).check(GOOD).tooth("x", BAD).status == "fails"


def test_record_is_plain_json_with_the_schema_of_the_ledger(tmp_path):
    record = start().check(GOOD).tooth("tighter", BAD).record()
    register = {"some-claim": Registration(**BASE)}
    ledger = collect([{**record, "shown_in": "01"}], register)
    write(ledger, tmp_path / "ledger.json")
    assert read(tmp_path / "ledger.json") == ledger
    assert faults(ledger) == []
    wanted = {"id", "notebook", "kind", "route", "status", "source", "worst", "instances", "teeth", "monte_carlo",
              "slack_note"}
    assert wanted <= set(record)


def test_false_alarm_budget_of_the_collection_is_enforced():
    noisy = start(routes=("monte_carlo",)).check(
        *(frequency_at_most("x", 1, 100, 0.5, false_alarm=6e-7) for _ in range(2)))
    noisy.tooth("smaller", frequency_at_most("x", 90, 100, 0.5, false_alarm=6e-7)).slack("few hits")
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
    refuted = start(id="printed-claim", corrected_by="some-claim").check(exceeds("c", 1.0, 0.5))
    refuted.tooth("corrected", exceeds("c", 1.0, 1.0))
    failing = start().check(BAD).tooth("x", BAD)
    ledger = {"claims": [refuted.record(), failing.record()]}
    assert any("its correction some-claim does not hold" in line for line in faults(ledger))


@pytest.mark.parametrize(("new", "old", "same"), [
    ({"ratio": 0.5}, {"ratio": 0.50001}, True), ({"ratio": 0.5}, {"ratio": 0.5006}, False),
    ({"instances": 100000}, {"instances": 100001}, False), ({"ok": True}, {"ok": 1}, False),
    ({"witness": "a"}, {"witness": "b"}, False), ({"teeth": [1]}, {"teeth": []}, False), ({"a": 1}, {}, False),
    ({"a": None}, {"a": None}, True),
])
def test_differences_are_exact_for_verdicts_and_tolerant_for_digits(new, old, same):
    assert (differences(new, old) == []) == same


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
