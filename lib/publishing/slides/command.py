"""`make slides`: checks that the notebooks are fresh, makes every deck, then replaces the files in one go."""

import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import nbformat

from claimcheck.files import write_text
from claimcheck.gate.contract import notebooks
from claimcheck.gate.staleness import assert_fresh
from claimcheck.register import load_register

OUTPUT = Path("build") / "slides"
NO_DECK = ("_notes.html", "_handout.html", "index.html", "explorer.html")
"""How the names end of files that are no deck."""


def slides(root: Path, only: str | None = None, check: bool = False, plan: str | None = None) -> int:
    """Write build/slides/NN_name.html and NN_notes.html for every notebook (or one), and index.html; or a plan's decks.

    Nothing is written unless every deck could be made. ``check`` then looks at every slide in a browser.
    Returns the exit status.
    """
    try:
        files = plan_files(root, plan) if plan else make_all(root, only)
    except (PackageNotFoundError, ImportError) as error:
        print(f"slides: {error}; make slides installs what it needs (requirements/slides.txt)", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"slides: {error}\nnothing was written", file=sys.stderr)
        return 1
    for name, text in files.items():
        write_text(root / OUTPUT / name, text)
        print((OUTPUT / name).as_posix())
    if check:
        from publishing.slides.check import check_files

        return check_files([root / OUTPUT / name for name in files if not name.endswith(NO_DECK)])
    return 0


def plan_files(root: Path, plan: str) -> dict[str, str]:
    """Return the files of a plan, see :func:`publishing.slides.plans.make`."""
    from publishing.slides import plans

    return plans.make(root, plan)


def make_all(root: Path, only: str | None = None) -> dict[str, str]:
    """Return every file by name.

    Raises
    ------
    ValueError
        If ``only`` names no notebook, or a stored output is stale or a claim does not hold.
    """
    from publishing import bibliography
    from publishing.slides import cells, deck, plans, summaries

    paths = notebooks(root, only)
    assert_fresh(root, only)
    register = load_register(root)
    guide = root / "references" / "teaching.md"
    told = guide.read_text(encoding="utf-8") if guide.exists() else ""
    works = bibliography.read(root / "references" / "references.bib")
    decks = {f"{path.stem}.html": cells.prepared(nbformat.read(path, as_version=4), register, told,
                                                   summaries.of(root, path.name[:2]), works) for path in paths}
    files = {name: deck.html(nb) for name, nb in decks.items()}
    files |= {f"{name[:2]}_notes.html": deck.notes(nb, name) for name, nb in decks.items()}
    return plans.with_explorer(root, files if only else {**files, "index.html": deck.index(decks)})
