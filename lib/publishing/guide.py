"""The teaching guide as pages of the site: plans on one, a page a notebook, a section with its links and its board."""

import re
from html import escape
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from publishing import boards
from publishing.heads import head, slugify


def pages(root: Path, text: str, decks: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the guide's pages in Markdown by file name: ``teaching.md`` (plans), ``teaching-05.md`` (a chapter).

    Parameters
    ----------
    decks : frozenset of str
        The files in the site's folder ``slides``; a section links to its slide if its deck is one of them.
    """
    opening, *rest = re.split(r"^(?=## \d\d\. )", text, flags=re.MULTILINE)
    chapters, paths = {chapter[3:5]: chapter for chapter in rest}, {path.name[:2]: path for path in notebooks(root)}
    made = {}
    for number in sorted(chapters.keys() & paths.keys()):
        body = re.sub(r"^## ", "# Teaching ", chapters[number], count=1)
        stem = paths[number].stem
        body = re.sub(r"^### (.+)\n", lambda found, stem=stem: f"## {found[1]}\n\n{links(found[1], stem, decks)}\n",
                      body, flags=re.MULTILINE)
        made[f"teaching-{number}.md"] = with_boards(body)
    lines = [f'- <a href="teaching-{number}.html">{escape(head(nbformat.read(paths[number], as_version=4)).title)}</a>'
             for number in sorted(chapters.keys() & paths.keys())]
    names = "\n".join(name.removesuffix(".md") for name in made)
    plans = with_boards(re.sub(r"(?<=^\| )(\d+ \| )(\d\d)(?= \|)", r'\1<a href="teaching-\2.html">\2</a>', opening,
                               flags=re.MULTILINE))
    plans = re.sub(r"^### ([\w-]+): .+\n", lambda found: found[0] + lecture(found[1], decks), plans, flags=re.MULTILINE)
    everything = ('\n<a href="slides/index.html">All slides</a>, a deck a notebook, with notes to print.\n\n'
                  if "index.html" in decks else "\n")
    return {"teaching.md": f"{plans}\n## Section by section\n{everything}" + "\n".join(lines)
            + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n", **made}


def links(heading: str, stem: str, decks: frozenset[str]) -> str:
    """Return the line of links of a section: where the notebook says it, its slide if there are slides.

    Examples
    --------
    >>> links("Break it", "01_see", frozenset(["01_see.html"])).count("href=")
    2
    """
    anchor = slugify(heading.replace("$", ""))  # the site makes an anchor from the TeX of a formula
    found = [f'<a href="{stem}.html#{anchor}">Notebook</a>']
    if f"{stem}.html" in decks:
        found.append(f'<a href="slides/{stem}.html#/{slugify(heading)}">Slide</a>')
    return f'<p class="guide-links">{" · ".join(found)}</p>\n'


def lecture(plan: str, decks: frozenset[str]) -> str:
    """Return the line of links of a plan: its deck, notes and page to hand out, as far as they are there.

    Examples
    --------
    >>> lecture("tail-45", frozenset(["tail-45.html", "tail-45_handout.html"])).count("href=")
    2
    """
    names = {"": "Slides", "_notes": "Notes to print", "_handout": "Page to hand out"}
    found = [f'<a href="slides/{plan}{end}.html">{name}</a>' for end, name in names.items()
             if f"{plan}{end}.html" in decks]
    return f'\n<p class="guide-links">{" · ".join(found)}</p>\n\n' if found else ""


def deck_for_site(text: str) -> str:
    """Return a deck as it stands in the site's folder ``slides``: the explorer is one folder up, and so is the site.

    Examples
    --------
    >>> deck_for_site('<a href="explorer.html#learn">see</a>')
    '<a href="../explorer.html#learn">see</a>'
    """
    home = '<p><a href="../index.html">All notebooks</a></p><h1>Slides</h1>'
    return text.replace('href="explorer.html', 'href="../explorer.html').replace("<h1>Slides</h1>", home)


def with_boards(text: str) -> str:
    """Return Markdown with the drawings inside instead of links to their files."""
    return re.sub(r"^ *!\[[^\]]*\]\(boards/([\w-]+\.svg)\)$",
                  lambda found: f'\n<figure class="board">{boards.inside(found[1])}</figure>\n', text,
                  flags=re.MULTILINE)
