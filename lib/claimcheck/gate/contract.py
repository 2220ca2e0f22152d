"""What every committed notebook must look like; broken, nbval would check less than it seems to."""

import os
import re
from collections import Counter
from pathlib import Path

import nbformat
from nbval import plugin as nbval

from claimcheck.configuration import Configuration, configuration
from claimcheck.gate.sources import faults, unshown
from claimcheck.record import GOOD, MIME
from claimcheck.register import Registration, of_notebook

NAME = re.compile(r"[0-9]{2}_[a-z0-9]+(_[a-z0-9]+)*\.ipynb")
"""What a notebook's file is called: two digits, then its title in small letters."""

COMPARED = {MIME, "text/plain", "text/markdown", "text/latex", "text/html", "image/svg+xml", "image/png"}
"""Types of output that a run holds against what it computes; another one could be stored and never looked at."""

VERDICT = re.compile(rf"^[a-z0-9-]+: ({'|'.join(GOOD).replace('_', ' ')}) \(", re.MULTILINE)
"""How a claim's line begins."""

MOST_BYTES = 500_000
SLIDES = ("slide", "subslide", "fragment", "skip", "notes", "-")
MARKERS = {*nbval.comment_markers, *nbval.metadata_tags}
"""Comments and tags that change what nbval runs or compares, from nbval's own tables: none may stand in a notebook."""

BANNED = {
    r"^\s*%": "line magics print times or change state",
    r"^\s*!": "shell commands do not belong in a notebook",
    r"^\s*[\w, ]+=\s*[!%]|\bget_ipython\b": "magics and shell commands do not belong in a notebook",
    r"\btqdm\b|ipywidgets": "progress bars and widgets do not compare",
    r"np\.random\.(seed|rand|randn|random|uniform|normal|choice)\b|"
    r"^\s*(import|from) random\b": "the run's seed decides nothing: seed a generator with it",
}
ALLOWED: dict[tuple[str, str], str] = {}
"""(file name, banned pattern) -> reason, for the rare exception."""


def strays(root: Path) -> list[str]:
    """Return every file among the notebooks that the collection would pass over, in words.

    A name of another form than ``NAME``, its ending in capitals or with a blank too, below a linked folder too, or a
    number that two notebooks share. Hidden folders (.ipynb_checkpoints) do not count.
    """
    folder = root / "notebooks"
    files = sorted((Path(where) / name).relative_to(folder) for where, _, names in os.walk(folder, followlinks=True)
                   for name in names if Path(name).suffix.strip().lower() == ".ipynb")
    files = [path for path in files if not any(part.startswith(".") for part in path.parts)]
    found = [f"notebooks/{path.as_posix()}: not the name of a notebook of this collection, expected "
             "notebooks/NN_title_in_small_letters.ipynb" for path in files if not NAME.fullmatch(path.as_posix())]
    numbers = Counter(path.name[:2] for path in files if NAME.fullmatch(path.as_posix()))
    return found + [f"notebooks/{number}_*.ipynb: {count} notebooks have the number {number}, expected one"
                    for number, count in numbers.items() if count > 1]


def notebooks(root: Path, only: str | None = None) -> list[Path]:
    """Return the collection's notebooks in order, or the one whose two-digit number is ``only``.

    Raises
    ------
    ValueError
        If ``only`` names no notebook.
    """
    paths = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    if only is None:
        return paths
    chosen = [path for path in paths if path.name[:2] == only.zfill(2)]
    if not chosen:
        there = ", ".join(path.name[:2] for path in paths)
        raise ValueError(f"NB={only}: no notebook {only.zfill(2)}_*.ipynb; there are {there or 'none'}")
    return chosen


def breaches(path: Path, register: dict[str, Registration]) -> list[str]:
    """Return every way in which a notebook breaks the contract, in words; an empty list is a pass."""
    try:
        nb = nbformat.read(path, as_version=4)
        nbformat.validate(nb)
    except Exception as error:  # the reader raises many types; all mean that the file is no notebook
        return [f"not a readable notebook: {str(error).splitlines()[0][:200]}"]
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    chosen = configuration(path.parents[1])
    return [*_runs(code), *_sizes(path, code, chosen), *_structure(nb, chosen), *_sources(path, code, chosen),
            *_claims(path, code, register)]


def _runs(code):
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"execution counts are {counts}, expected 1..{len(code)}: nbval checks nothing in a cell that was not run"
    for i, cell in enumerate(code, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"code cell {i}: stored error {output.ename}"
            if output.get("name") == "stderr":
                yield f"code cell {i}: output on stderr: {output.text.strip()[:80]!r}"
            if unseen := set(output.get("data", {})) - COMPARED:
                yield f"code cell {i}: output of type {', '.join(sorted(unseen))}, which no run compares"
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            if found := re.search(r"0x[0-9a-f]{6,}|/(home|tmp|root|Users)/", text):
                yield f"code cell {i}: output names an address or a path ({found.group()!r})"
            if MIME not in output.get("data", {}) and (found := VERDICT.search(text)):
                yield f"code cell {i}: {found.group()!r} reads like a verdict, but no claim gave it"


def _sizes(path, code, chosen: Configuration):
    figures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    if path.stat().st_size > MOST_BYTES:
        yield f"{path.stat().st_size:,} bytes, at most {MOST_BYTES:,}"
    if chosen.figures and not figures:
        yield "no figure, expected at least one"
    for figure in figures:
        if chosen.figures and not figure.metadata.get("image/png", {}).get("alt"):
            yield "a figure has no alternative text"


def _structure(nb, chosen):
    first = nb.cells[0]
    if first.cell_type != "markdown" or not re.match(r"# \d\d\. [A-Z]", first.source):
        yield "the first cell must be Markdown and start with '# NN. Title'"
    head = "\n".join(cell.source for cell in nb.cells[:3])
    yield from (f"the head (first three cells) lacks {part}" for part in chosen.head if part not in head)
    headings = re.findall(r"^#{2,3} (.+)$", "\n".join(c.source for c in nb.cells if c.cell_type == "markdown"), re.M)
    for wanted in chosen.headings:
        if not any(heading.lower().startswith(wanted.lower()) for heading in headings):
            yield f"no section '{wanted}'"
    for i, cell in enumerate(nb.cells, start=1):
        if cell.get("attachments"):
            yield f"cell {i}: attached file {sorted(cell.attachments)[0]!r}, which no run draws again"
        if chosen.slides and cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDES:
            yield f"cell {i}: no slideshow metadata"
    early = [output for cell in nb.cells[:8] for output in cell.get("outputs", [])]
    if chosen.figures and not any("image/png" in output.get("data", {}) for output in early):
        yield "no picture within the first eight cells"
    if extra := set(nb.metadata) - {"kernelspec", "language_info"}:
        yield f"notebook metadata {sorted(extra)}: run make update"


def _sources(path, code, chosen):
    banned = BANNED | {_names(("*.ipynb", *chosen.written)): "reads what is written from notebooks: not an input"}
    for i, cell in enumerate(code, start=1):
        for marker in _markers(cell):
            yield f"code cell {i}: {marker!r} switches off what nbval runs or compares"
        for pattern, why in banned.items():
            found = re.search(pattern, cell.source, re.MULTILINE)
            if found and (path.name, pattern) not in ALLOWED:
                yield f"code cell {i}: {found.group().strip()!r}: {why}"


def _names(patterns):
    """A regular expression for the files' names, such as ``*.md``, wherever they stand in a text."""
    return "|".join(re.escape(pattern).replace(r"\*", r"[\w*]") + r"\b" for pattern in patterns)


def _markers(cell):
    """Yield the markers of nbval in a cell: comments and tags, in whatever case and with whatever separators."""
    known = {_plain(marker) for marker in MARKERS}
    tags = cell.metadata.get("tags", [])
    comments = [line.strip().lstrip("#") for line in cell.source.splitlines() if line.strip().startswith("#")]
    for text in (*comments, *(tags if isinstance(tags, list) else [str(tags)])):
        if _plain(text) in known or _plain(text).startswith("nbval"):
            yield text.strip()


def _plain(marker):
    return re.sub(r"[^a-z]", "", str(marker).lower())


def _claims(path, code, register):
    for i, cell in enumerate(code, start=1):
        yield from (f"code cell {i}: {text}" for text in faults(cell.source))
    wanted = {entry.id for entry in of_notebook(register, path.name[:2])}
    used = [id for cell in code for id in re.findall(r"""\bclaim\(\s*["']([^"']+)["']""", cell.source)]
    stored = [o["data"][MIME] for cell in code for o in cell.outputs if MIME in o.get("data", {})]
    shown = [record["id"] for record in stored]
    labels = [check["label"] for record in stored for check in record.get("checks") or []]
    yield from (f"{text}: computed, but in no stored record"
                for text in unshown([cell.source for cell in code], labels))
    yield from (f"claims {id!r}, which references/claims.toml does not register for it" for id in set(used) - wanted)
    yield from (f"registered claim {id!r} is not checked" for id in sorted(wanted - set(used)))
    silent = sorted((set(used) & wanted) - set(shown))
    yield from (f"claim {id!r} shows no verdict: end its cell with it" for id in silent)
    yield from (f"claim {id!r} is shown twice" for id in sorted({id for id in shown if shown.count(id) > 1}))
    for record in stored:
        if record["status"] not in GOOD:
            yield f"claim {record['id']!r}: stored verdict {record['status']}: {'; '.join(record['problems'])}"
        yield from (f"claim {record['id']!r}: tooth {tooth['change']!r} does not bite" for tooth in record["teeth"]
                    if not tooth["bites"])
        entry = register.get(record["id"])
        if entry and len(record["teeth"]) != entry.teeth:
            yield (f"claim {record['id']!r}: {len(record['teeth'])} teeth, expected the {entry.teeth} that "
                   "references/claims.toml registers")
