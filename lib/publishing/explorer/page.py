"""Assemble the page: controls and text as HTML, tables as JSON, style, script and plotting library inline."""

import html
import json
import re
import sys
from importlib.resources import files
from pathlib import Path

import nbformat

from claimcheck.files import write_text
from claimcheck.gate.contract import notebooks
from publishing.explorer.budget import budget
from publishing.explorer.learning import learning
from publishing.explorer.length import length
from publishing.explorer.one_pass import one_pass
from publishing.explorer.prompts import prompts
from publishing.explorer.shortcut import shortcut
from publishing.explorer.tail import tail
from publishing.explorer.verifier import verifier

PAGE = "references/explorer.html"
ASSETS = files("publishing") / "assets"


def build(root: Path) -> int:
    """Compute every table and write references/explorer.html, whole or not at all; return the exit status."""
    try:
        found = []
        for number, make in enumerate(PANELS, start=1):
            print(f"[{number}/{len(PANELS)}] {make.__name__}", flush=True)
            found.append(make())
        text = document(root, found)
    except (OSError, ValueError) as error:
        print(f"explorer: {error}\n{PAGE} is untouched", file=sys.stderr)
        return 1
    write_text(root / PAGE, text)
    print(f"{PAGE}: {len(text.encode()) / 1e6:.2f} MB")
    return 0


PANELS = (tail, length, learning, budget, prompts, one_pass, shortcut, verifier)


def panels() -> list[dict]:
    """Compute all panels (about fifteen seconds)."""
    return [make() for make in PANELS]


def document(root: Path, found: list[dict]) -> str:
    """Return the page for these panels; links lead to the notebooks that exist in ``root``."""
    links = {path.name[:2]: path for path in notebooks(root)}
    kept = ("controls", "charts", "numbers", "guess")
    data = json.dumps({panel["id"]: {key: panel[key] for key in kept} for panel in found},
                      ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = {
        "style": _asset("explorer/explorer.css"), "script": _asset("explorer/explorer.js"), "data": data,
        "d3": _library("vendor/d3.min.js"), "plot": _library("vendor/plot.umd.min.js"),
        "contents": "\n".join(f'<li><a href="#{p["id"]}">{subscripts(p["question"])}</a></li>' for p in found),
        "panels": "\n".join(_panel(number, panel, links) for number, panel in enumerate(found, start=1)),
    }
    return re.sub(r"<!-- (\w+) -->", lambda hole: parts[hole.group(1)], _asset("explorer/explorer.html"))


def subscripts(text: str) -> str:
    """Return plain text as HTML, ``_N`` as a subscript.

    Examples
    --------
    >>> subscripts("Cov_N < 1")
    'Cov<sub>N</sub> &lt; 1'
    """
    return re.sub(r"_(\w)\b", r"<sub>\1</sub>", html.escape(text))


def for_site(text: str) -> str:
    """Return the page as it stands on the site: links to its pages in place of notebooks, and a way back.

    Examples
    --------
    >>> for_site('<header><a href="../notebooks/01_see.ipynb" data-section="break-it">notebook 01</a>')
    '<header><p class="back"><a href="index.html">All notebooks</a></p><a href="01_see.html#break-it">notebook 01</a>'
    """
    text = re.sub(r'href="\.\./notebooks/(\w+)\.ipynb" data-section="([\w-]+)"', r'href="\1.html#\2"', text)
    return text.replace("<header>", '<header><p class="back"><a href="index.html">All notebooks</a></p>', 1)


def section(path: Path, beginning: str) -> str:
    """Return the site's name for the section of a notebook whose heading begins so.

    Raises
    ------
    ValueError
        If no heading does, or several do.
    """
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    found = [title for title in re.findall(r"^## (?:\d+\. )?(.+)$", text, re.MULTILINE) if title.startswith(beginning)]
    if len(found) != 1:
        raise ValueError(f"{path.name}: {len(found)} sections begin with {beginning!r}, expected one")
    return re.sub(r"[^a-z0-9]+", "-", found[0].lower()).strip("-")


def _panel(number: int, panel: dict, links: dict[str, Path]) -> str:
    id = panel["id"]
    proofs = [f'<a href="../notebooks/{links[nb].name}" data-section="{section(links[nb], heading)}">notebook {nb}</a> '
              f"({subscripts(what)})" for nb, what, heading in panel["proofs"] if nb in links]
    pictures = "\n".join(
        f'<figure id="{id}-chart-{i}"><figcaption>{subscripts(chart["title"])}</figcaption>'
        f'<div class="stage"><div class="plot"></div>{_knobs(id, i, panel)}<div class="readout" hidden></div></div>'
        f'<details><summary>Numbers of this picture</summary><div class="table" tabindex="0" role="region" '
        f'aria-label="{html.escape(chart["title"])}: numbers"></div></details></figure>'
        for i, chart in enumerate(panel["charts"]))
    numbers = "\n".join(f'<div class="{entry["style"]}"><dt>{subscripts(entry["label"])}</dt><dd></dd></div>'
                        for entry in panel["numbers"])
    return f"""<section id="{id}" aria-labelledby="{id}-question">
<h2 id="{id}-question"><span class="count">{number}</span> {subscripts(panel["question"])}</h2>
<p>{panel["intro"]}</p>
{_guess(id, panel["guess"])}
<form class="controls" aria-label="Controls: {html.escape(panel["question"])}">
{"".join(_control(id, entry) for entry in panel["controls"])}<div class="buttons">\
<button type="reset">Reset</button> <a class="here" href="#{id}">Link to this state</a></div>
</form>
<div class="charts">
{pictures}
</div>
<div role="status" aria-live="polite" aria-label="Current numbers"><dl class="numbers">
{numbers}
</dl></div>
<p class="see"><b>What to see.</b> {panel["see"]}{" Proved in " + ", ".join(proofs) + "." if proofs else ""}</p>
</section>"""


def _knobs(id: str, place: int, panel: dict) -> str:
    """What can be dragged in a picture: the position of a control; before the truth is drawn, the guess."""
    labels = {entry["id"]: entry["label"] for entry in panel["controls"]}
    found = [f'<div class="knob" role="slider" tabindex="0" data-knob="{mark["control"]}" '
             f'aria-label="{html.escape(labels[mark["control"]])}, in the picture">{html.escape(mark["name"])}</div>'
             for mark in panel["charts"][place]["marks"] if mark.get("control")]
    guess = panel["guess"]
    if guess["kind"] == "level" and guess["chart"] == place:
        found.append('<div class="knob level" role="slider" tabindex="0" aria-orientation="vertical" '
                     'aria-label="Your guess, in the picture">?</div>')
    return "".join(found)


def _guess(id: str, guess: dict) -> str:
    """The question that is asked before the truth is drawn; the page hides it where there is no JavaScript."""
    if guess["kind"] == "level":
        now, top = guess["levels"][guess["start"]], len(guess["levels"]) - 1
        answer = (f'<span class="control"><label for="{id}-guess">Your guess: <output for="{id}-guess">{now}</output> '
                  f'{guess["unit"]}</label><input type="range" id="{id}-guess" min="0" max="{top}" step="1" '
                  f'value="{guess["start"]}"></span> <button type="button" data-guess="0">That is my guess</button>')
    else:
        answer = " ".join(f'<button type="button" data-guess="{i}">{html.escape(text)}</button>'
                          for i, text in enumerate(guess["options"]))
    return (f'<div class="guess" role="group" aria-labelledby="{id}-guess-question" hidden>'
            f'<p id="{id}-guess-question"><b>Guess first.</b> {subscripts(guess["question"])}</p><p class="answers">'
            f'{answer} <button type="button" class="skip-guess">Just show me</button></p></div>\n'
            f'<p class="reply" role="status" hidden></p>')


def _control(id: str, entry: dict) -> str:
    name, label, now = f"{id}-{entry['id']}", subscripts(entry["label"]), html.escape(entry["texts"][entry["start"]])
    if entry["kind"] == "select":
        options = "".join(
            f'<option value="{i}"{" selected" if i == entry["start"] else ""}>{html.escape(text)}</option>'
            for i, text in enumerate(entry["texts"]))
        field = f'<select id="{name}" data-control="{entry["id"]}">{options}</select>'
        return f'<div class="control"><label for="{name}">{label}</label>{field}</div>\n'
    return (f'<div class="control"><label for="{name}">{label}: <output for="{name}">{now}</output></label>'
            f'<input type="range" id="{name}" data-control="{entry["id"]}" min="0" '
            f'max="{len(entry["keys"]) - 1}" step="1" value="{entry["start"]}" aria-valuetext="{now}"></div>\n')


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8").strip()


def _library(name: str) -> str:
    """Return a minified library that may stand inside a script element."""
    text = _asset(name)
    if "</script" in text.lower():
        raise ValueError(f"{name} would end its script element early")
    return text
