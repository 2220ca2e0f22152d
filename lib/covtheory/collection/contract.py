"""What every committed notebook must look like; broken, nbval would check less than it seems to."""

import re
from pathlib import Path

import nbformat

from covtheory.claims.record import GOOD, MIME
from covtheory.claims.register import Registration, of_notebook

MOST_CELLS, MOST_LINES, MOST_FIGURES, MOST_BYTES = 40, 30, 3, 300_000
HEADINGS = ("the question", "the smallest example", "break it", "exercises", "references")
"""Headings that every notebook has (matched at the start of a heading, whatever its case)."""

HEAD = ("**You will see**", "**You need**", "**Minutes**")
SLIDES = ("slide", "subslide", "fragment", "skip", "notes", "-")
BANNED = {
    r"NBVAL_(IGNORE_OUTPUT|SKIP|RAISES_EXCEPTION)|nbval-(ignore|skip|raises)": "switches off nbval's comparison",
    r"^\s*%": "line magics print times or change state",
    r"^\s*!": "shell commands do not belong in a notebook",
    r"\btqdm\b|ipywidgets": "progress bars and widgets do not compare",
    r"np\.random\.(seed|rand|randn|default_rng\(\s*\))": "use covtheory.randomness.generator(notebook, k)",
}
ALLOWED: dict[tuple[str, str], str] = {}
"""(file name, banned pattern) -> reason, for the rare exception."""


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
    return [*_runs(code), *_sizes(path, nb, code), *_structure(nb), *_sources(path, code),
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
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            if found := re.search(r"0x[0-9a-f]{6,}|/(home|tmp|root|Users)/", text):
                yield f"code cell {i}: output names an address or a path ({found.group()!r})"


def _sizes(path, nb, code):
    figures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    if path.stat().st_size > MOST_BYTES:
        yield f"{path.stat().st_size:,} bytes, at most {MOST_BYTES:,}"
    if len(nb.cells) > MOST_CELLS:
        yield f"{len(nb.cells)} cells, at most {MOST_CELLS}"
    if not 1 <= len(figures) <= MOST_FIGURES:
        yield f"{len(figures)} figures, expected 1 to {MOST_FIGURES}"
    for i, cell in enumerate(code, start=1):
        if (lines := len(cell.source.splitlines())) > MOST_LINES:
            yield f"code cell {i}: {lines} lines, at most {MOST_LINES}"
    for figure in figures:
        if not figure.metadata.get("image/png", {}).get("alt"):
            yield "a figure has no alternative text: use covtheory.figures.show"


def _structure(nb):
    first = nb.cells[0]
    if first.cell_type != "markdown" or not re.match(r"# \d\d\. [A-Z]", first.source):
        yield "the first cell must be Markdown and start with '# NN. Title'"
    head = "\n".join(cell.source for cell in nb.cells[:3])
    yield from (f"the head (first three cells) lacks {part}" for part in HEAD if part not in head)
    headings = re.findall(r"^#{2,3} (.+)$", "\n".join(c.source for c in nb.cells if c.cell_type == "markdown"), re.M)
    for wanted in HEADINGS:
        if not any(heading.lower().startswith(wanted) for heading in headings):
            yield f"no section '{wanted}'"
    for i, cell in enumerate(nb.cells, start=1):
        if cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDES:
            yield f"cell {i}: no slideshow metadata"
    early = [output for cell in nb.cells[:8] for output in cell.get("outputs", [])]
    if not any("image/png" in output.get("data", {}) for output in early):
        yield "no picture within the first eight cells"
    if extra := set(nb.metadata) - {"kernelspec", "language_info"}:
        yield f"notebook metadata {sorted(extra)}: run make update"


def _sources(path, code):
    for i, cell in enumerate(code, start=1):
        tags = " ".join(cell.metadata.get("tags", []))
        for pattern, why in BANNED.items():
            found = re.search(pattern, cell.source + "\n" + tags, re.MULTILINE)
            if found and (path.name, pattern) not in ALLOWED:
                yield f"code cell {i}: {found.group().strip()!r}: {why}"


def _claims(path, code, register):
    wanted = {entry.id for entry in of_notebook(register, path.name[:2])}
    used = [id for cell in code for id in re.findall(r"""\bclaim\(\s*["']([^"']+)["']""", cell.source)]
    stored = [o["data"][MIME] for cell in code for o in cell.outputs if MIME in o.get("data", {})]
    shown = [record["id"] for record in stored]
    yield from (f"claims {id!r}, which references/claims.toml does not register for it" for id in set(used) - wanted)
    yield from (f"registered claim {id!r} is not checked" for id in sorted(wanted - set(used)))
    silent = sorted((set(used) & wanted) - set(shown))
    yield from (f"claim {id!r} shows no verdict: end its cell with it" for id in silent)
    yield from (f"claim {id!r} is shown twice" for id in sorted({id for id in shown if shown.count(id) > 1}))
    for record in stored:
        if record["status"] not in GOOD:
            yield f"claim {record['id']!r}: stored verdict {record['status']}: {'; '.join(record['problems'])}"
        if not any(tooth["bites"] for tooth in record["teeth"]):
            yield f"claim {record['id']!r}: no tooth bites"
