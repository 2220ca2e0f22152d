"""What references/teaching.md must contain: a chapter a notebook, a block a lecture section, and plans that add up."""

import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import nbformat

from claimcheck.gate.contract import notebooks
from claimcheck.register import load_register
from classroom.questions import posed

FIELDS = ("Minutes", "Assumes", "Claims", "Exercise", "Board", "Misconception")
TOLERANCE = 5
"""Minutes by which a chapter's sum may differ from what its notebook states."""

NOT_TAUGHT = ("exercises", "references")
"""How level-2 headings begin that are no lecture section."""

_PLAN = re.compile(r"([a-z0-9-]+): (.+) \((?:\d+ weeks of )?(\d+) minutes.*\)")
_POWER = re.compile(r"(\d*\.?\d+) *\\cdot *10\^\{?(-?\d+)\}?")
_NUMBER = re.compile(r"\d+(?:,\d{3})+|\d*\.?\d+(?:e[+-]?\d+)?")


def faults(root: Path, text: str) -> list[str]:
    """Return everything that is missing or wrong in the guide, each with what to add."""
    guide, register = _chapters(text), load_register(root)
    found, taught, minutes = [], set(), {}
    for path in notebooks(root):
        nb = nbformat.read(path, as_version=4)
        title, number, sections = nb.cells[0].source.splitlines()[0][2:], path.name[:2], lectures(nb)
        if title not in guide:
            found.append(f"no chapter of {path.name}; add to references/teaching.md:\n{skeleton(nb)}")
            continue
        (head, blocks), own = guide.pop(title), numbers(nb)
        for heading, claims in sections.items():
            block = blocks.get(heading)
            if block is None:
                found.append(f"{number}: no section {heading!r}; add:\n{_block(heading, claims)}")
                continue
            found += [f"{number}, {heading!r}: field {name} is missing or empty"
                      for name in FIELDS if block.get(name, "...") in ("", "...")]
            named = re.findall(r"`([^`]+)`", block.get("Claims", ""))
            if sorted(named) != sorted(claims):
                found.append(f"{number}, {heading!r}: claims {named}, but the section checks {claims}")
            taught |= set(named)
            minutes[number, heading] = _whole(block.get("Minutes", ""))
            found += _foreign_numbers(own, block, f"{number}, {heading!r}")
        found += [f"{number}: no lecture section {name!r} in the notebook" for name in blocks
                  if name not in sections and name != "Exercises"]
        found += _sums(nb, number, head, blocks, [minutes.get((number, name), 0) for name in sections])
        found += _exercises(nb, number, blocks, sections)
    found += [f"chapter {title!r} belongs to no notebook" for title in guide if re.match(r"\d\d\. ", title)]
    found += [f"claim {id!r} is not registered" for id in sorted(taught - set(register))]
    found += [f"claim {id!r} is taught by no section" for id in register if id not in taught]
    return [*found, *_plans(text, minutes)]


def lectures(nb: nbformat.NotebookNode) -> dict[str, list[str]]:
    """Return a notebook's lecture sections, its level-2 headings, and the claims that each checks."""
    sections: dict[str, list[str]] = {}
    claims: list[str] = []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
                claims = []
                if not heading.lower().startswith(NOT_TAUGHT):
                    sections[heading] = claims
        else:
            claims += re.findall(r"""\bclaim\(\s*["']([^"']+)["']""", cell.source)
    return sections


def skeleton(nb: nbformat.NotebookNode) -> str:
    """Return the chapter of a notebook with everything to fill in."""
    title = nb.cells[0].source.splitlines()[0][2:]
    rows = "\n".join(f"| {name} | ... | ... | ... |" for name in posed(nb))
    return "\n\n".join([
        f"## {title}", "One sentence.", f"**Minutes:** {_stated(nb)}, exercises 20.",
        *(_block(heading, claims) for heading, claims in lectures(nb).items()),
        f"### Exercises\n\n- **Minutes:** 20\n\n| exercise | full credit | half | none |\n|---|---|---|---|\n{rows}"])


def _block(heading, claims):
    named = ", ".join(f"`{id}`" for id in claims) or "none"
    return (f"### {heading}\n\n- **Minutes:** ... · **Assumes:** ... · **Claims:** {named} · **Exercise:** ...\n"
            "- **Board:** ...\n- **Misconception:** ...")


def _chapters(text):
    """Return title -> (text before the first block, heading -> fields); rubric rows are under 'rows'."""
    chapters = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, *blocks = re.split(r"^### ", part, flags=re.MULTILINE)
        fields = {}
        for block in blocks:
            heading, _, body = block.partition("\n")
            pairs = re.findall(r"\*\*(\w+):\*\* (.*?)(?= · \*\*|$)", body, re.MULTILINE)
            fields[heading.strip()] = dict(pairs) | {"rows": re.findall(r"^\| *(\d\d-[a-z]) *\|(.*)\|$", body, re.M)}
        chapters[head.partition("\n")[0].strip()] = (head, fields)
    return chapters


def _sums(nb, number, head, blocks, minutes):
    said, total = re.search(r"\*\*Minutes:\*\* (\d+), exercises (\d+)\.", head), sum(minutes)
    if said is None:
        yield f"{number}: the chapter lacks '**Minutes:** {total}, exercises NN.'"
        return
    if int(said.group(1)) != total:
        yield f"{number}: the chapter says {said.group(1)} minutes, its sections add up to {total}"
    if abs(total - _stated(nb)) > TOLERANCE:
        yield f"{number}: {total} minutes, the notebook states {_stated(nb)}, at most {TOLERANCE} apart"
    if said.group(2) != blocks.get("Exercises", {}).get("Minutes"):
        yield f"{number}: 'exercises {said.group(2)}' is not the minutes of its block '### Exercises'"


def _exercises(nb, number, blocks, sections):
    asked, rubric = set(posed(nb)), dict(blocks.get("Exercises", {}).get("rows", []))
    used = {heading: block.get("Exercise", "") for heading, block in blocks.items() if heading in sections}
    named = {name for text in used.values() for name in re.findall(r"\b\d\d-[a-z]\b", text)}
    yield from (f"{number}: exercise {name} goes with no section" for name in sorted(asked - named))
    yield from (f"{number}: the notebook has no exercise {name}" for name in sorted((named | set(rubric)) - asked))
    yield from (f"{number}: no rubric of exercise {name}" for name in sorted(asked - set(rubric)))
    filled = {name: [cell.strip() not in ("", "...") for cell in cells.split("|")] for name, cells in rubric.items()}
    yield from (f"{number}: the rubric of {name} needs what full, half and no credit look like"
                for name, cells in filled.items() if cells != [True] * 3)
    yield from (f"{number}, {heading!r}: name an exercise, or 'At the board, ask ...'" for heading, text in used.items()
                if not re.search(r"\b\d\d-[a-z]\b|^At the board, ask", text))


def numbers(nb: nbformat.NotebookNode) -> set[str]:
    """Return the numbers of a notebook's text and outputs, without leading zeros.

    What a program printed with a small power of ten, 2.082e+04, may be quoted in print, 20,820.
    """
    text = "\n".join([cell.source for cell in nb.cells] + [
        "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
        for cell in nb.cells for output in cell.get("outputs", [])])
    found = [*_NUMBER.findall(_plain(text)), *_NUMBER.findall(text)]
    found += [format(Decimal(number), "f") for number in found if re.search(r"e[+-]?0?[0-5]$", number)]
    return {_bare(number) for number in found}


def foreign_numbers(own: set[str], text: str) -> list[str]:
    """Return the numbers in a text that are not in a set from :func:`numbers`; names of exercises are none."""
    found = _NUMBER.findall(_plain(re.sub(r"\d\d-[a-z]\b|figure-\d+", "", text)))
    return [number for number in found if _bare(number) not in own]


def _plain(text):
    """Numbers as they are printed: no thin spaces, powers of ten with an e."""
    text = text.replace("{,}", ",").replace(r"\,", "")
    return _POWER.sub(lambda found: f"{found[1]}e{int(found[2]):+03d}", text)


def _bare(number):
    return number.replace(",", "").lstrip("0") or "0"


def _foreign_numbers(own, block, where):
    for name in ("Board", "Exercise", "Misconception"):
        for number in foreign_numbers(own, block.get(name, "")):
            yield f"{where}: {name} quotes {number}, which is not in the notebook"


class Row(NamedTuple):
    """One row of a plan: the lecture it belongs to, the notebook's number ("" for what the class does), what, minutes.

    ``sections`` are headings, or the one word "all", or what the class does.
    """

    when: int
    notebook: str
    sections: list[str]
    minutes: int


class Plan(NamedTuple):
    """A course plan: its name for `make slides PLAN=`, its title, minutes a lecture, its rows."""

    name: str
    title: str
    minutes: int
    rows: list[Row]


def plans(text: str) -> dict[str, Plan]:
    """Return the course plans of the guide by name; a heading of one is ``name: title (75 minutes)``."""
    found = {}
    for heading, body in re.findall(r"^### (.+)\n((?:(?!^#).*\n)*)", _chapter(text, "Course plans"), re.MULTILINE):
        name, title, minutes = _PLAN.fullmatch(heading).groups()
        rows = re.findall(r"^\| (\d+) \| (\d\d|–) \| (.+?) \| (\d+) \|$", body, re.MULTILINE)
        found[name] = Plan(name, title, int(minutes), [
            Row(int(when), number.strip("–"), cell.split("; ") if number != "–" else [cell.strip("*")], int(said))
            for when, number, cell, said in rows])
    return found


def minutes_of(text: str) -> dict[tuple[str, str], int]:
    """Return the minutes of every lecture section of the guide, by number of the notebook and heading."""
    return {(title[:2], heading): _whole(fields.get("Minutes", "")) for title, (_, blocks) in _chapters(text).items()
            if re.match(r"\d\d\. ", title) for heading, fields in blocks.items() if heading != "Exercises"}


def chosen(row: Row, there: list[str]) -> list[str]:
    """Return the sections that a row names, of those that are there."""
    return there if row.sections == ["all"] else row.sections


def _chapter(text, title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def _plans(text, minutes):
    found = plans(text)
    if len(found) < 3:
        yield "'## Course plans' needs one lecture, three lectures and a term, each a '### ...' with a table"
    for name, plan in found.items():
        sums = {}
        for row in plan.rows:
            sums[row.when] = sums.get(row.when, 0) + row.minutes
            there = {heading: value for (of, heading), value in minutes.items() if of == row.notebook}
            if not row.notebook:
                continue
            wanted = chosen(row, list(there))
            if unknown := [heading for heading in wanted if heading not in there]:
                yield f"plan {name!r}, {row.when}: notebook {row.notebook} has no section {unknown[0]!r}"
            elif (takes := sum(there[heading] for heading in wanted)) != row.minutes:
                yield f"plan {name!r}, {row.when}: {row.notebook} takes {takes} minutes, not {row.minutes}"
        yield from (f"plan {name!r}, {when}: {total} minutes, expected {plan.minutes}"
                    for when, total in sums.items() if total != plan.minutes)
    totals = re.findall(r"\*\*total\*\* \| \| \| \*\*(\d+)\*\*", text)
    if len(totals) != len(found):
        yield f"{len(totals)} totals of {len(found)} plans"
    for (name, plan), said in zip(found.items(), totals, strict=False):
        if int(said) != (total := sum(row.minutes for row in plan.rows)):
            yield f"plan {name!r}: the total is {total}"


def _stated(nb):
    return int(re.search(r"\*\*Minutes\*\*:? *(\d+)", "\n".join(cell.source for cell in nb.cells[:3])).group(1))


def _whole(text):
    return int(text) if text.isdecimal() else 0
