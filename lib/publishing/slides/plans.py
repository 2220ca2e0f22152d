"""`make slides PLAN=`: one deck a lecture from chosen sections of several notebooks, with its clock and its handout."""

import re
from difflib import get_close_matches
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from claimcheck.gate.staleness import assert_fresh
from claimcheck.register import load_register
from classroom import teaching
from publishing import bibliography
from publishing.heads import head, slugify
from publishing.slides import cells, deck, sources, summaries

EXPLORER = "explorer.html"
HANDOUT = "Handout"
QUESTION = "Question"
"""Blocks of references/slides/PLAN.md that are no slide: a page to hand out, the title slide's question."""


def make(root: Path, wanted: str) -> dict[str, str]:
    """Return every file of a plan by name: a deck and its notes a lecture, and what goes with them.

    Parameters
    ----------
    wanted : str
        The name of a plan in references/teaching.md, a list of sections as :func:`by_hand` reads it, or the path of a
        file that holds one.

    Raises
    ------
    ValueError
        If a name is wrong; the message says the nearest ones. If a stored output is stale or a claim does not hold.
    """
    guide = (root / "references" / "teaching.md").read_text(encoding="utf-8")
    plan = _plan(wanted, guide)
    written = summaries.blocks(summaries.of(root, plan.name))
    numbers = list(dict.fromkeys(row.notebook for row in plan.rows if row.notebook))
    books = {number: _book(root, number, guide) for number in numbers}
    lectures, files = sorted({row.when for row in plan.rows}), {}
    for when in lectures:
        rows = [row for row in plan.rows if row.when == when]
        name = plan.name + (f"-{when}" if len(lectures) > 1 else "")
        title = plan.title[0].upper() + plan.title[1:]
        title += f": lecture {when} of {len(lectures)}" if len(lectures) > 1 else ""
        made = _lecture(title, rows, books, written)
        files |= {f"{name}.html": deck.html(made), f"{name}_notes.html": deck.notes(made, f"{name}.html")}
    if HANDOUT in written:
        files[f"{plan.name}_handout.html"] = deck.handout(plan.title[0].upper() + plan.title[1:], written[HANDOUT])
    return with_explorer(root, files)


def with_explorer(root: Path, files: dict[str, str]) -> dict[str, str]:
    """Return the files with the explorer beside them if a slide or a note leads there.

    They go to build/slides, from where notebooks are two folders up.
    """
    page = root / "references" / EXPLORER
    if page.exists() and any(f'href="{EXPLORER}' in text for text in files.values()):
        text = page.read_text(encoding="utf-8").replace('href="../notebooks/', 'href="../../notebooks/')
        return {**files, EXPLORER: text}
    return files


def by_hand(text: str, guide: str) -> teaching.Plan:
    r"""Return a plan from a list: ``05: The golden-ratio law; Break it``, entries apart by semicolons or lines.

    An entry without a number belongs to the notebook of the one before; a heading may be cut short where its
    beginning names one section; ``all`` is every lecture section of a notebook.

    Examples
    --------
    >>> guide = "## 01. See\n### The question\n- **Minutes:** 5\n### The mean\n- **Minutes:** 8\n"
    >>> by_hand("01: The q; The mean", guide).rows[1]
    Row(when=1, notebook='01', sections=['The mean'], minutes=8)
    """
    known, rows, number = teaching.minutes_of(guide), [], ""
    for entry in filter(None, (entry.strip() for entry in re.split(r"[;\n]", text))):
        found = re.fullmatch(r"(?:(\d\d): *)?(.+)", entry)
        number = found[1] or number
        there = [heading for of, heading in known if of == number]
        if not there:
            numbers = sorted({of for of, _ in known})
            raise ValueError(f"{entry!r}: begin with a notebook's number, {numbers[0]} to {numbers[-1]}, and a colon")
        headings = there if found[2] == "all" else [section(found[2], there, number)]
        rows += [teaching.Row(1, number, [heading], known[number, heading]) for heading in headings]
    if not rows:
        raise ValueError("the list of sections is empty")
    return teaching.Plan("sections", "chosen sections", sum(row.minutes for row in rows), rows)


def section(name: str, there: list[str], number: str) -> str:
    """Return the heading that a name means.

    Examples
    --------
    >>> section("The golden", ["The golden-ratio law", "Break it"], "05")
    'The golden-ratio law'
    >>> section("The silver law", ["The golden-ratio law", "Break it"], "05")
    Traceback (most recent call last):
    ValueError: notebook 05 has no section 'The silver law'; nearest: 'The golden-ratio law'
    """
    begin = [heading for heading in there if heading.lower().startswith(name.lower())]
    if name in there or len(begin) == 1:
        return name if name in there else begin[0]
    near = begin or get_close_matches(name, there, n=3, cutoff=0.4) or there[:3]
    raise ValueError(f"notebook {number} has {'several such sections' if begin else 'no section'} {name!r}; nearest: "
                     f"{', '.join(map(repr, near))}")


def _plan(wanted, guide):
    known = teaching.plans(guide)
    if wanted in known:
        return known[wanted]
    if re.match(r"\s*\d\d:", wanted):
        return by_hand(wanted, guide)
    if (path := Path(wanted)).is_file():
        return by_hand(path.read_text(encoding="utf-8"), guide)._replace(name=slugify(path.stem))
    near = get_close_matches(wanted, known, n=2, cutoff=0.3) or list(known)
    raise ValueError(f"no plan {wanted!r} and no such file; nearest: {', '.join(near)}; or a list such as "
                     "'01: The question; 05: The golden-ratio law'")


def _book(root, number, guide):
    """The head of a notebook, the columns of its sections, the works that it is after."""
    (path,) = notebooks(root, number)
    assert_fresh(root, number)
    nb = nbformat.read(path, as_version=4)
    columns = cells.columns(nb, load_register(root), guide, summaries.of(root, number))[1]
    return head(nb), columns, sources.works(nb, bibliography.read(root / "references" / "references.bib"))


def _lecture(title, rows, books, written):
    """The deck of one lecture."""
    total, clock, several = sum(row.minutes for row in rows), 0, len({row.notebook for row in rows} - {""}) > 1
    opening, contents = cells.new("", "slide", title), cells.new("", "subslide", "Sections")
    opening.metadata.opening = True
    told = [books[number] for number in dict.fromkeys(row.notebook for row in rows if row.notebook)]
    first, after = told[0][0], list(dict.fromkeys(work.key for *_, works in told for work in works[:1]))
    named = {work.key: work for *_, works in told for work in works}
    question = written.get(QUESTION) or f"**The question.** {first.question}"
    opening.source = f"{question}\n\n{sources.after([named[key] for key in after])}\n\n**{total} minutes**"
    made, lines, last = [opening, contents], [], ""
    for row in rows:
        if not row.notebook:
            column = cells.summary(row.sections[0][0].upper() + row.sections[0][1:],
                                   written.get(row.sections[0], f"{row.minutes} minutes"), [])
            clock = _timed(column, clock, row.minutes, total, lines)
            made += column
            continue
        facts, sections, _ = books[row.notebook]
        if several and row.notebook != last:
            divider = cells.new(facts.question, "slide", facts.title)
            divider.metadata.divider = True
            made.append(divider)
        last = row.notebook
        wanted = teaching.chosen(row, [name for name in sections if not name.lower().startswith(teaching.NOT_TAUGHT)])
        for name in wanted:
            column = sections[section(name, list(sections), row.notebook)]
            spent = re.search(r"\*\*Minutes:\*\* (\d+)", "".join(column[0].metadata.notes))
            for cell in column:
                cell.metadata.crumb = facts.title
            clock = _timed(column, clock, int(spent[1]) if spent else 0, total, lines)
            made += column
    cells.named(made)
    contents.source = "\n".join(
        f"- {when} [{cell.metadata.crumb[:3] + ' ' if several and cell.metadata.get('crumb') else ''}"
        f"{cell.metadata.heading}](#/{cell.metadata.slug})" for when, cell in lines)
    opening.metadata.notes = ["**Clock.**\n\n" + "\n".join(f"- {when} {cell.metadata.heading}" for when, cell in lines)]
    return cells.deck_of(made, {"title": title, "question": first.question, "minutes": total}, {})


def _timed(column, clock, spent, total, lines):
    """Write the clock of a column into its notes and the list; return the time after it."""
    column[0].metadata.notes[:0] = [f"**Clock:** {clock} to {clock + spent} of {total} minutes."]
    lines.append((f"{clock // 60}:{clock % 60:02d}", column[0]))
    return clock + spent
