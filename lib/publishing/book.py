"""The collection as a static site: ``build/book`` from the stored notebooks, without running them."""

import base64
import hashlib
import io
import os
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import nbformat
from PIL import Image

from claimcheck.gate.contract import notebooks
from claimcheck.gate.staleness import StaleError, assert_fresh
from claimcheck.register import load_nearest, load_register
from classroom import teaching
from publishing import bibliography, formulas, guide, kernel_proofs, panels
from publishing.book_cells import readable
from publishing.book_claims import Claims
from publishing.book_pages import FILES, pages
from publishing.book_sphinx import NARROW
from publishing.explorer import for_site
from publishing.slides import pictures

ASSETS = Path(__file__).parent / "assets" / "book"
TITLE = "Coverage notebooks"

SETTINGS = {
    "project": TITLE, "html_title": TITLE, "author": "The coverage-notebooks authors", "language": "en",
    "extensions": ["myst_nb", "publishing.book_sphinx"], "nitpicky": True, "root_doc": "index",
    "nb_execution_mode": "off", "nb_code_prompt_show": "Show the code", "nb_code_prompt_hide": "Hide the code",
    "myst_enable_extensions": ["dollarmath", "deflist"], "myst_dmath_double_inline": True, "myst_heading_anchors": 3,
    "html_math_renderer": "stored",
    "html_theme": "furo", "html_static_path": ["_static"], "html_js_files": ["book.js"],
    "html_css_files": [*(path.name for path in formulas.STYLES), "book.css"],
    "html_use_index": False, "html_domain_indices": False, "html_copy_source": False, "html_show_sourcelink": False,
    "html_show_sphinx": False, "html_show_copyright": False, "html_extra_path": ["_extra"],
    "html_favicon": "_static/favicon.svg", "templates_path": ["_templates"],
}

SEARCH = """{% extends "!search.html" %}{% block content %}<h1>Search</h1>
<form class="search-here" action="{{ pathto('search') }}" method="get" role="search"><label>Words, or a claim's name
<input type="search" name="q"></label> <button>Search</button></form>
{{ super() }}{% endblock %}
"""
"""The theme's page of search results has no heading and no field of its own."""


def book(root: Path, target: Path | None = None) -> int:
    """Write the site to build/book (or ``target``); return the exit status.

    Nothing is written when the notebooks are stale against the ledger or a claim does not hold, and the last good site
    stays when the build has a warning.
    """
    target = target or root / "build" / "book"
    try:
        ledger = assert_fresh(root)
    except StaleError as error:
        print(f"book: {error}\nbook: nothing was written", file=sys.stderr)
        return 1
    try:
        from sphinx.application import Sphinx  # noqa: F401
    except ImportError as error:
        print(f"book: {error}; make book installs what it needs (requirements/book.txt)", file=sys.stderr)
        return 1
    print(f"book: {len(notebooks(root))} notebooks agree with the ledger; building (about a minute)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}-", suffix=".tmp"))
    try:
        write_source(root, scratch / "source", ledger)
        if warnings := _sphinx(scratch):
            print(f"book: {warnings} warnings, each an error; {target.name} is as it was", file=sys.stderr)
            return 1
        replace(scratch / "site", target, scratch / "old")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{os.path.relpath(target, root)}/index.html: {len(list(target.glob('*.html')))} pages")
    return 0


def write_source(root: Path, source: Path, ledger: dict) -> None:
    """Write what Sphinx reads: rewritten notebooks, pages, pictures, and the files that are only copied."""
    paths = notebooks(root)
    claims = Claims(load_register(root), ledger, bibliography.read(root / "references" / "references.bib"),
                    {path.name[:2]: f"{path.stem}.html" for path in paths}, kernel_proofs.read(root),
                    load_nearest(root))
    extra = source / "_extra"
    for folder in (extra / "notebooks", extra / NARROW, extra / kernel_proofs.FILES, source / "references"):
        folder.mkdir(parents=True)
    for path in paths:
        nb = readable(nbformat.read(path, as_version=4), path.name[:2], path.name, claims)
        nbformat.write(nb, source / path.name)
        shutil.copyfile(path, extra / "notebooks" / path.name)
        _narrow(nbformat.read(path, as_version=4), extra / NARROW)
    decks = slides(root)
    for name, text in pages(root, claims, ledger, frozenset(decks)).items():
        (source / name).write_text(text, encoding="utf-8")
    for name in FILES:
        shutil.copyfile(root / "references" / name, extra / "files" / name)
    for path in (root / "lib" / "proofs").glob("*.v"):
        shutil.copyfile(path, extra / kernel_proofs.FILES / path.name)
    for path in (root / "references").glob("*.png"):
        shutil.copyfile(path, source / "references" / path.name)
    (extra / "slides").mkdir()
    for name, text in decks.items():
        (extra / "slides" / name).write_text(guide.deck_for_site(text), encoding="utf-8")
    if (explorer := root / "references" / "explorer.html").exists():
        (extra / explorer.name).write_text(for_site(explorer.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copytree(ASSETS, source / "_static")
    shutil.copytree(formulas.KATEX / "fonts", source / "_static" / "fonts")
    for path in formulas.STYLES:
        shutil.copy(path, source / "_static")
    (source / "_templates").mkdir()
    (source / "_templates" / "search.html").write_text(SEARCH, encoding="utf-8")


def _narrow(nb: nbformat.NotebookNode, folder: Path) -> None:
    """Write every picture of several panels once more, its panels one above the other."""
    for picture in pictures.of(nb):
        if picture.gaps:
            stored = base64.b64decode(picture.png)
            narrow = panels.stacked(Image.open(io.BytesIO(stored)), round(100 * picture.inches), picture.gaps)
            narrow.save(folder / f"{hashlib.sha256(stored).hexdigest()}.png", optimize=True)


def slides(root: Path) -> dict[str, str]:
    """Return decks, notes, index, and plans with slides of their own; none, and a line, if a package is missing."""
    from publishing.slides.command import make_all, plan_files

    try:
        made = make_all(root)
        text = root / "references" / "teaching.md"
        known = teaching.plans(text.read_text(encoding="utf-8")) if text.exists() else {}
        there = {"", *(path.name[:2] for path in notebooks(root))}
        for name, plan in known.items():
            if (text.parent / "slides" / f"{name}.md").exists() and {row.notebook for row in plan.rows} <= there:
                made |= plan_files(root, name)
    except (PackageNotFoundError, ImportError) as error:
        print(f"book: no slides: {error}; make book installs what they need (requirements/slides.txt)", file=sys.stderr)
        return {}
    made.pop("explorer.html", None)
    return made


def _sphinx(scratch: Path) -> int:
    """Build scratch/source into scratch/site; return how many warnings there were (all are printed)."""
    from sphinx.application import Sphinx

    app = Sphinx(scratch / "source", None, scratch / "site", scratch / "doctrees", "html", confoverrides=SETTINGS,
                 status=None, warning=sys.stderr, freshenv=True, warningiserror=True)
    app.build()
    return app._warncount or int(app.statuscode != 0)


def replace(new: Path, target: Path, aside: Path) -> None:
    """Put a finished folder in the place of another; if that fails half-way, the other is put back."""
    if target.exists():
        os.replace(target, aside)
    try:
        os.replace(new, target)
    except BaseException:
        if aside.exists():
            os.replace(aside, target)
        raise
