"""The teaching guide as pages of the site: plans on one, a page a notebook, a section with its links and its board."""

import re
from html import escape
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from publishing import boards
from publishing.heads import head, slugify


def pages(root: Path, text: str) -> dict[str, str]:
    """Return the guide's pages in Markdown by file name: ``teaching.md`` (plans), ``teaching-05.md`` (a chapter)."""
    opening, *rest = re.split(r"^(?=## \d\d\. )", text, flags=re.MULTILINE)
    chapters, paths = {chapter[3:5]: chapter for chapter in rest}, {path.name[:2]: path for path in notebooks(root)}
    made, built = {}, decks(root)
    for number in sorted(chapters.keys() & paths.keys()):
        body = re.sub(r"^## ", "# Teaching ", chapters[number], count=1)
        stem = paths[number].stem
        body = re.sub(r"^### (.+)\n", lambda found, stem=stem: f"## {found[1]}\n\n{links(found[1], stem, built)}\n",
                      body, flags=re.MULTILINE)
        made[f"teaching-{number}.md"] = with_boards(body)
    lines = [f'- <a href="teaching-{number}.html">{escape(head(nbformat.read(paths[number], as_version=4)).title)}</a>'
             for number in sorted(chapters.keys() & paths.keys())]
    names = "\n".join(name.removesuffix(".md") for name in made)
    plans = with_boards(re.sub(r"(?<=^\| )(\d+ \| )(\d\d)(?= \|)", r'\1<a href="teaching-\2.html">\2</a>', opening,
                               flags=re.MULTILINE))
    return {"teaching.md": f"{plans}\n## Section by section\n\n" + "\n".join(lines)
            + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n", **made}


def links(heading: str, stem: str, built: dict[str, Path]) -> str:
    """Return the line of links of a section: where the notebook says it, its slide if the decks are built."""
    anchor = slugify(heading.replace("$", ""))  # the site makes an anchor from the TeX of a formula
    found = [f'<a href="{stem}.html#{anchor}">Notebook</a>']
    if stem[:2] in built:
        found.append(f'<a href="slides/{built[stem[:2]].name}#/{slugify(heading)}">Slide</a>')
    return f'<p class="guide-links">{" · ".join(found)}</p>\n'


def decks(root: Path) -> dict[str, Path]:
    """Return the decks of build/slides that are not older than their notebook and its written slides, by number."""
    found = {}
    for path in notebooks(root):
        made = root / "build" / "slides" / f"{path.stem}.html"
        sources = [path, root / "references" / "slides" / f"{path.name[:2]}.md", root / "references" / "teaching.md"]
        newest = max(source.stat().st_mtime for source in sources if source.exists())
        if made.exists() and made.stat().st_mtime >= newest:
            found[path.name[:2]] = made
    return found


def deck_for_site(text: str) -> str:
    """Return a deck as it stands in the site's folder ``slides``: the explorer is one folder up.

    Examples
    --------
    >>> deck_for_site('<a href="explorer.html#learn">see</a>')
    '<a href="../explorer.html#learn">see</a>'
    """
    return text.replace('href="explorer.html', 'href="../explorer.html')


def with_boards(text: str) -> str:
    """Return Markdown with the drawings inside instead of links to their files."""
    return re.sub(r"^ *!\[[^\]]*\]\(boards/([\w-]+\.svg)\)$",
                  lambda found: f'\n<figure class="board">{boards.inside(found[1])}</figure>\n', text,
                  flags=re.MULTILINE)
