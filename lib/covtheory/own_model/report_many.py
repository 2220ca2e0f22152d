"""What ``covtheory profile`` says about several models, or groups of responses, of one teacher."""

from covtheory.own_model.problem import plain
from covtheory.own_model.report_profile import header, independence


def many_facts(names: list[str], parts: list[dict], cross_entropies: list[float], word: str = "models") -> dict:
    """The profiles side by side; ``parts`` as by :func:`profile_facts`, at the shared false alarm.

    Examples
    --------
    >>> many_facts(["a"], [{"false_alarm": 0.05, "responses": 3}], [1.0])["models"][0]["name"]
    'a'
    """
    rows = [{"name": name, "cross_entropy": loss} | part for name, part, loss in
            zip(names, parts, cross_entropies, strict=True)]
    return {"false_alarm": parts[0]["false_alarm"] * len(parts), word: rows,
            "warnings": [f"{name}: {text}" for name, part in zip(names, parts, strict=True)
                         for text in part.get("sanity", {}).get("warnings", ())]}


def many_rows(facts: dict) -> list[dict]:
    """One flat row a model or group: name, responses, cross-entropy, KL, and Cov with its limits at every N."""
    rows = []
    for part in facts.get("models", facts.get("groups")):
        row = {"name": part["name"], "responses": part["responses"], "cross_entropy": part["cross_entropy"],
               "kl": part["kl"]["mean_log_ratio"], "kl_lower": part["kl"]["lower"]}
        for entry in part["profile"]:
            row |= {f"cov_{entry['N']:g}": entry["coverage"], f"cov_{entry['N']:g}_lower": entry["lower"],
                    f"cov_{entry['N']:g}_upper": entry["upper"]}
        rows.append(row)
    return rows


def few(entries: list, most: int = 3) -> list:
    """The first, the last and what lies evenly between them; all if there are no more."""
    last = len(entries) - 1
    return entries if last < most else [entries[i * last // (most - 1)] for i in range(most)]


def many_text(facts: dict) -> str:
    """One line a model with coverage at a few N; the difference of two, if there is one."""
    word = "models" if "models" in facts else "groups"
    parts, shown = facts[word], few(facts[word][0]["profile"])
    lines = [*header(facts), f"{len(parts)} {word}; limits hold for all of them and all thresholds together with "
             f"confidence {1 - facts['false_alarm']:.4g}", *_independence(parts), "",
             f"{'responses':>10} {'cross-ent.':>10} {'KL':>9}" + "".join(f"Cov_{e['N']:g}".rjust(24) for e in shown)
             + f"  {word[:-1]}"]
    for part in parts:
        cells = ""
        for entry in part["profile"]:
            if entry["N"] in [e["N"] for e in shown]:
                cells += f"{entry['coverage']:9.4g} [{entry['lower']:5.3f}, {entry['upper']:5.3f}]".rjust(24)
        numbers = f"{part['responses']:10,d} {part['cross_entropy']:10.5g} {part['kl']['mean_log_ratio']:9.4g}"
        lines.append(f"{numbers}{cells}  {plain(part['name'])}")
    lines += ["", "cross-entropy: mean -log p of a response under the model, nats"]
    if facts.get("groups_of") == "responses":
        lines.append(f"{plain(facts['by'])!r} tells responses apart, not prompts: the mean log ratio of a group is no "
                     "KL, and has no lower limit")
    if difference := facts.get("difference"):
        weighed = " (every prompt counts once here; above, every response)" * (difference["unit"] == "prompts")
        lines += ["", f"Cov_N of {plain(difference['second'])} minus that of {plain(difference['first'])}, on the same "
                  f"{difference['units']:,} {difference['unit']}, limits for all N together{weighed}:",
                  f"{'N':>10} {'difference':>11} {'lower':>11} {'upper':>11}"]
        lines += [f"{r['N']:10.6g} {r['difference']:11.5g} {r['lower']:11.5g} {r['upper']:11.5g}"
                  for r in difference["rows"]]
    return "\n".join(lines)


def _independence(parts):
    """For whom the limits speak, by group where they differ."""
    said = [independence(part) for part in parts]
    return said[:1] if len(set(said)) == 1 else [f"{plain(part['name'])}: {text}" for part, text in
                                                 zip(parts, said, strict=True)]
