"""The run's table of claims as text, and a self-contained HTML page with a picture of every claim's slack."""

import io
from html import escape

import matplotlib
from matplotlib.figure import Figure

from claimcheck.record import GOOD, tally

GOOD_COLOUR, BAD_COLOUR = "#0072B2", "#D55E00"

_CSS = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse; font-size: .85rem }
th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; border-bottom: 1px solid #ccc }
tr.bad td { background: #fde2d9 }
div.wide { overflow-x: auto }
svg { max-width: 100%; height: auto }
""".strip()

_STYLE = {"axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
          "svg.hashsalt": "claimcheck"}
_COLUMNS = ("claim", "kind", "route", "worst ratio", "say something", "teeth", "verdict")


def table(ledger: dict) -> str:
    """Return the verdicts, one line a claim, then the totals."""
    rows = [_COLUMNS, *(_row(entry) for entry in ledger["claims"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(max(lines, key=len)), *lines[1:], "", totals(ledger)])


def totals(ledger: dict) -> str:
    """Return one line that counts claims by verdict, instances and teeth."""
    claims = ledger["claims"]
    teeth = [tooth["bites"] for entry in claims for tooth in entry["teeth"]]
    alarm = sum(entry["monte_carlo"]["false_alarm"] for entry in claims if entry["monte_carlo"])
    says, instances = (sum(entry[name] for entry in claims) for name in ("says", "instances"))
    return (f"{len(claims)} claims: {tally(claims)}; {says:,} of {instances:,} instances say something; "
            f"{sum(teeth)} of {len(teeth)} teeth bite; false-alarm probability at most {alarm:.2g}")


def html(ledger: dict, problems: list[str], seed: int, title: str = "Claims") -> str:
    """Return the report: totals, problems, the picture of slacks, the table with statements and witnesses."""
    rows = "\n".join(
        "<tr class='{}'><td><code>{}</code></td><td>{}</td>{}<td>{}</td></tr>".format(
            "good" if entry["status"] in GOOD else "bad", escape(entry["id"]), escape(entry["statement"]),
            "".join(f"<td>{escape(cell)}</td>" for cell in _row(entry)[1:]),
            escape(entry["worst"]["witness"] if entry["worst"] else ""))
        for entry in ledger["claims"])
    faults = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    heads = "".join(f"<th scope='col'>{name}</th>" for name in ("claim", "statement", *_COLUMNS[1:], "witness"))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title><style>
{_CSS}
</style></head><body>
<h1>{escape(title)}</h1>
<p>{escape(totals(ledger))}. Seed {seed}.</p>
{f"<h2>Problems</h2><ul>{faults}</ul>" if problems else "<p>No problems.</p>"}
<h2>How tight each claim is</h2>
<p>A dot at 1: some instance attains the bound. The further left, the more slack on everything that was tried.</p>
{slack_picture(ledger)}
<h2>Every claim</h2><div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table></div></body></html>
"""


def slack_picture(ledger: dict) -> str:
    """Return an inline SVG with the worst ratio of every claim."""
    entries = [e for e in ledger["claims"] if e["worst"] and isinstance(e["worst"]["ratio"], (int, float))]
    with matplotlib.rc_context(_STYLE):
        fig = Figure(figsize=(8.4, 0.9 + 0.24 * max(len(entries), 1)), layout="constrained")
        ax = fig.subplots()
    for good, colour, marker in ((True, GOOD_COLOUR, "o"), (False, BAD_COLOUR, "X")):
        chosen = [(i, e) for i, e in enumerate(entries) if (e["status"] in GOOD) == good]
        if chosen:
            ax.scatter([e["worst"]["ratio"] for _, e in chosen], [i for i, _ in chosen], color=colour, marker=marker,
                       zorder=3)
    ax.axvline(1, color="black", linestyle="--", linewidth=1)
    ax.set_yticks(range(len(entries)), [e["id"] for e in entries], fontsize=8)
    ax.set_ylim(len(entries) - 0.5, -0.5)
    ax.set_xlim(-0.02, 1.08)
    ax.set_xlabel("worst ratio value / bound (no unit)")
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    label = "Worst ratio of value to bound for every claim; the table below has the numbers."
    return svg[svg.index("<svg"):].replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def _row(entry):
    ratio = entry["worst"]["ratio"] if entry["worst"] else None
    bites = sum(tooth["bites"] for tooth in entry["teeth"])
    shown = ratio if isinstance(ratio, str) else "-" if ratio is None else f"{ratio:.4g}"
    says = f"{entry['says']:,}" + (f" of {entry['instances']:,}" if entry["says"] != entry["instances"] else "")
    if (outside := entry.get("outside", 0)) > entry["instances"]:
        says += f" ({outside:,} outside)"
    return (entry["id"], entry["kind"], entry["route"] or "-", shown, says, f"{bites}/{len(entry['teeth'])}",
            entry["status"].replace("_", " "))
