"""What a campaign found: claims that ever failed or nearly did, runs without a verdict, false alarms allowed for."""

from collections import Counter

from claimcheck.record import GOOD

NEAR = 1e-6
"""A check nearly failed if, by this much at most, its ratio stays below one without being a tie."""

_ENDS = ("at_most", "at_least", "exceeds", "contains", "within", "frequency_at_most")


def margin(check: dict) -> float | None:
    """Return by how much the ratio of a check that came out fine stays below one, or None where that says nothing.

    It says nothing for equalities and proofs, and for a tie: an instance where value and bound agree within the slack
    of the comparison is an equality, and what is decided there is decided by the slack. A frequency knows no ties: its
    ratio is the lower confidence limit over the bound. A record may give the margin of the closest instance that is no
    tie itself; if not, it follows from the ratio.

    Examples
    --------
    >>> margin({"comparison": "at_most", "ok": True, "ratio": 0.25})
    0.75
    >>> margin({"comparison": "at_most", "ok": True, "ratio": 1}) is None
    True
    """
    if not check["ok"] or check["comparison"] not in _ENDS or not check["instances" if "instances" in check else "ok"]:
        return None
    if isinstance(check.get("margin"), (int, float)):
        return check["margin"]
    ratio = check["ratio"]
    tie = check.get("tie", ratio == 1) and check["comparison"] != "frequency_at_most"
    return None if tie or isinstance(ratio, str) else 1 - ratio


def failed(result: dict) -> list[dict]:
    """Return what failed in a run: claim, seed, check, value, bound and ratio, an entry a problem of each claim."""
    return [_entry(result, record, problem) for record in result["records"] if record["status"] not in GOOD
            for problem in record["problems"] or ["no instance with an active hypothesis"]]


def near(result: dict) -> list[dict]:
    """Return the checks of a run that hold but came within ``NEAR`` of failing."""
    found = []
    for record in result["records"]:
        for check in record["checks"]:
            if (distance := margin(check)) is not None and distance < NEAR:
                found.append({**_entry(result, record, check["label"]), "margin": distance, "ratio": check["ratio"]})
    return found


def findings(results: list[dict], wanted: int, seeds: range) -> dict:
    """Collect what the runs of a campaign found.

    Parameters
    ----------
    results : list of dict
        From :func:`claimcheck.gate.campaign.task`.
    wanted : int
        How many runs the campaign has.
    """
    results = sorted(results, key=lambda result: (result["notebook"], result["seed"]))
    good = [result for result in results if not result.get("without verdict")]
    monte_carlo = [record["monte_carlo"] for result in good for record in result["records"] if record["monte_carlo"]]
    return {
        "seeds": [seeds[0], seeds[-1]], "runs": len(good), "wanted": wanted,
        "verdicts": sum(len(result["records"]) for result in good),
        "failed": [entry for result in good for entry in failed(result)],
        "near": [entry for result in good for entry in near(result)],
        "without verdict": [{key: result[key] for key in ("notebook", "seed", "without verdict")} for result in results
                            if result.get("without verdict")],
        "draws": sum(entry["draws"] for entry in monte_carlo),
        "false alarm": float(f"{sum(entry['false_alarm'] for entry in monte_carlo):.3g}"),
        "arithmetic": sorted({r["arithmetic"] for result in good for r in result["records"] if r.get("arithmetic")}),
    }


def text(report: dict) -> str:
    """Return the report as plain text."""
    lines = [f"seeds {report['seeds'][0]}-{report['seeds'][1]}: {report['runs']:,} of {report['wanted']:,} runs gave "
             f"{report['verdicts']:,} verdicts",
             f"claims that failed: {_count(report['failed'])}; within {NEAR:g} of failing: {_count(report['near'])}; "
             f"runs without a verdict: {len(report['without verdict'])}"]
    lines += [f"  FAILED  {_line(entry)}" for entry in report["failed"]]
    lines += [f"  NEAR    {_line(entry)}, {entry['margin']:.2g} from one" for entry in report["near"]]
    lines += [f"  NONE    notebook {entry['notebook'][:2]}, seed {entry['seed']}: {entry['without verdict']}"
              for entry in report["without verdict"]]
    return "\n".join([*lines, _alarm(report)])


def markdown(report: dict) -> str:
    """Return the report as a page in Markdown."""
    lines = ["# Campaign", "", *[f"- {line}" for line in text(report).splitlines() if not line.startswith("  ")], ""]
    lines += [f"- computed with {name}" for name in report["arithmetic"]]
    for name, title in (("failed", "Claims that failed"), ("near", f"Within {NEAR:g} of failing")):
        lines += ["", f"## {title}", ""]
        lines += ["| claim | notebook | seed | check | value | bound | ratio |", "|---|---|---|---|---|---|---|"] \
            if report[name] else ["None."]
        lines += ["| {claim} | {notebook:.2} | {seed} | {check} | {value} | {bound} | {ratio} |".format(**entry)
                  for entry in report[name]]
    lines += ["", "## Runs without a verdict", ""]
    lines += [f"- notebook {e['notebook'][:2]}, seed {e['seed']}: {e['without verdict']}"
              for e in report["without verdict"]] or ["None."]
    return "\n".join(lines) + "\n"


def _entry(result, record, check):
    """One finding; value, bound and ratio where the record has them: for the check with the claim's worst instance."""
    worst = record["worst"] or {}
    known = worst if check.startswith(worst.get("check", "")) else {}
    return {"claim": record["id"], "notebook": result["notebook"], "seed": result["seed"],
            "check": check.replace("|", "/"), **{key: known.get(key, "-") for key in ("value", "bound", "ratio")}}


def _line(entry):
    return (f"notebook {entry['notebook'][:2]}, seed {entry['seed']}, {entry['claim']}: {entry['check']} (value "
            f"{entry['value']}, bound {entry['bound']}, ratio {entry['ratio']})")


def _count(entries):
    by_claim = Counter(entry["claim"] for entry in entries)
    return f"{len(by_claim)} ({', '.join(f'{id} {n} times' for id, n in by_claim.items())})" if by_claim else "0"


def _alarm(report):
    return (f"false-alarm budget spent: {report['false alarm']:.2g} over {report['draws']:,} draws (the probability "
            "that any true statement was called violated is at most that)")
