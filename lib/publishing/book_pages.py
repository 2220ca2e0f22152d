"""The site's pages beside the notebooks: front page, claims, errata, non-claims, bibliography, teaching."""

import re
from html import escape
from pathlib import Path

import nbformat

from claimcheck.gate.contract import notebooks
from claimcheck.gate.report import totals
from publishing import guide
from publishing.book_cells import link
from publishing.book_claims import Claims
from publishing.heads import head
from publishing.index import HOME
from publishing.numerals import typeset

GUIDES = ("errata.md", "nonclaims.md", "teaching.md", "checking.md", "measuring.md", "proofs.md",
          "using.md")
"""Pages of references/ that the site has too."""

FILES = ("ledger.json", "claims.toml", "proofs.toml", "references.bib")
"""Machine-readable files that the site offers for download."""

START = """
## Where to start

- *In ten minutes:* <a href="explorer.html">the explorer</a>; its panels move as you drag.
- *To read:* [notebook 01](01_see_the_tail.ipynb) says what coverage is,
  [notebook 05](05_watch_the_tail_generalize_faster.ipynb) why its tail generalizes faster than the mean,
  [notebook 02](02_turn_coverage_into_best_of_n.ipynb) what it buys.
- *To teach:* <a href="teaching.html">the guide</a>, section by section, with boards, minutes and exercises.
- *To use:* <a href="measuring.html">measure your own model</a>; <a href="claims.html">look up a statement</a>.
- *To doubt:* <a href="errata.html">errata</a> of the papers, and <a href="nonclaims.html">what no statement says</a>.
"""
"""On the front page; a line is left out where the collection lacks what it names."""

PAPER = "chen2025coverage"
"""The key of the paper whose theory this is."""

_REPOSITORY = f"https://github.com/{HOME}/blob/main/"
_HOSTED = bool(HOME)


def pages(root: Path, claims: Claims, ledger: dict, decks: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the Markdown of every page but the notebooks, by file name; ``decks``: the slides that can be linked."""
    made = {"claims.md": claims_page(root, claims, ledger), "bibliography.md": bibliography_page(claims)}
    for name in GUIDES:
        if (path := root / "references" / name).exists():
            text = path.read_text(encoding="utf-8")
            parts = guide.pages(root, text, decks) if name == "teaching.md" else {name: text}
            made |= {part: link(relink(text, "references", root), claims) for part, text in parts.items()}
    return {"index.md": front_page(root, claims, ledger, [name for name in made if "teaching-" not in name]), **made}


def front_page(root: Path, claims: Claims, ledger: dict, others: list[str]) -> str:
    """Return the front page: the README's opening, the notebooks with their questions, the tables of contents."""
    opening = (root / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    rows = []
    for path in notebooks(root):
        title, question, minutes = head(nbformat.read(path, as_version=4))
        rows.append(f"[{title}]({path.name})\n: {question}\n\n  {claims.summary(path.name[:2])}; {minutes} minutes\n")
    start = "".join(line for line in START.splitlines(keepends=True) if _there(root, line))
    chapters = "\n".join(path.stem for path in notebooks(root))
    reference = "\n".join(name.removesuffix(".md") for name in others)
    return f"""{relink(opening, "", root).strip()}

{_paper(claims)}
{start}
## The notebooks

{chr(10).join(rows)}
{typeset(totals(ledger))}. Every claim with its hypotheses, source and verdict: <a href="claims.html">all claims</a>.

```{{toctree}}
:hidden:
:caption: Notebooks

{chapters}
```

```{{toctree}}
:hidden:
:caption: Reference

{reference}
```
"""


def _paper(claims):
    """The sentence that names the paper."""
    if PAPER not in claims.bibliography:
        return ""
    entry = claims.bibliography[PAPER]
    where = f', <a href="{escape(entry.url)}">{escape(entry.url.removeprefix("https://"))}</a>' if entry.url else ""
    return (f"<p>The paper: {escape(', '.join(entry.authors))} ({entry.fields['year']}), "
            f'<cite><a href="bibliography.html#{PAPER}">{escape(entry.fields["title"])}</a></cite>{where}.</p>')


def _there(root, line):
    """Whether what a line of START links to is there."""
    kinds = ((r"\((\w+)\.ipynb\)", "notebooks/{}.ipynb"), (r'"(explorer)\.html', "references/{}.html"),
             (r'"(teaching|errata|nonclaims|measuring)\.html', "references/{}.md"))
    return all((root / place.format(name)).exists() for pattern, place in kinds for name in re.findall(pattern, line))


def claims_page(root: Path, claims: Claims, ledger: dict) -> str:
    """Return the page of all claims: how to read a verdict, then one card a claim."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    legend = re.search(r"^## How to read a verdict\n(.+?)(?=^## )", readme, re.MULTILINE | re.DOTALL)
    parts = ["# All claims", f"{typeset(totals(ledger))}.",
             "For programs: " + ", ".join(f'<a href="files/{name}" download>{name}</a>' for name in FILES) + "."]
    parts.append('<p class="filter" hidden><label>Show only claims with <input type="search" '
                 'placeholder="a word, a name, a verdict"></label> <output></output></p>')
    for path in notebooks(root):
        title = head(nbformat.read(path, as_version=4)).title
        parts.append(f"## {title}")
        parts += [claims.card(entry) for entry in claims.of(path.name[:2])]
    if legend:
        parts += ["## How to read a verdict", relink(legend.group(1).strip(), "", root)]
    return "\n\n".join(parts) + "\n"


def bibliography_page(claims: Claims) -> str:
    """Return the sources with the claims that cite each."""
    items = []
    for entry in sorted(claims.bibliography.values(), key=lambda entry: entry.short.lower()):
        cited = [claims.link(id, text=number) for id, number in claims.numbers.items()
                 if claims.register[id].source_key == entry.key]
        title = entry.fields["title"]
        words = [escape(", ".join(entry.authors)).rstrip(".") + ".",
                 f"<cite>{escape(title)}</cite>" + "." * (title[-1] not in "?!"),
                 escape(f"{entry.place}, {entry.fields['year']}." if entry.place else f"{entry.fields['year']}.")]
        if entry.url:
            words.append(f'<a href="{escape(entry.url)}">{escape(entry.url.removeprefix("https://"))}</a>.')
        if "note" in entry.fields:
            words.append(escape(entry.fields["note"].rstrip(".")) + ".")
        if cited and entry.key != "thiscollection":
            words.append(f"Claim{'s' * (len(cited) > 1)} {', '.join(cited)}.")
        items.append(f'<li id="{entry.key}">{" ".join(words)}</li>')
    return ('# Bibliography\n\nSources of the claims. As <a href="files/references.bib" download>BibTeX</a>.\n\n'
            '<ul class="bibliography">\n' + "\n".join(items) + "\n</ul>\n")


def relink(text: str, folder: str, root: Path) -> str:
    """Return Markdown whose links into the repository lead to the site, to its host, or nowhere (then just the words).

    Parameters
    ----------
    folder : str
        The folder of the repository that the text lies in; its links are relative to it.
    """
    def one(match):
        picture, words, target = match.groups()
        if re.match(r"https?://", target):
            return match.group()
        if target.startswith("#"):
            return words
        path, _, anchor = target.partition("#")
        place = (root / folder / path).resolve()
        where = place.relative_to(root.resolve()).as_posix() if place.is_relative_to(root.resolve()) else ""
        if picture:
            return f"![{words}]({where})"
        if where.startswith("notebooks/") and where.endswith(".ipynb"):
            return f'<a href="{place.stem}.html{"#" + anchor if anchor else ""}">{words}</a>'
        name = where.removeprefix("references/")
        if name in FILES:
            return f'<a href="files/{name}" download>{words}</a>'
        if name in (*GUIDES, "explorer.html") and place.exists():
            return f'<a href="{place.stem}.html{"#" + anchor if anchor else ""}">{words}</a>'
        return f"[{words}]({_REPOSITORY}{where})" if _HOSTED and where else words

    return re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", one, text)
