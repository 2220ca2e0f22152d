"""The README's generated parts (notebooks, first lines of a real run, picture) and the page of all verdicts."""

import base64
import re
from pathlib import Path

import nbformat

from claimcheck import ledger as ledgers
from claimcheck.files import write_bytes
from claimcheck.gate.contract import notebooks
from claimcheck.gate.report import table
from claimcheck.register import load_nearest, load_register, of_notebook
from publishing import kernel_proofs
from publishing.heads import head

HOME = ""
"""Where the collection is hosted on GitHub, "owner/name"; whoever hosts it sets this once, and links appear."""

VERDICTS = "references/verdicts.md"
"""The page with the verdict of every claim."""

EXCERPT = 2
"""How many claims of the table the README shows unfolded."""

PICTURE = "references/coverage_profile.png"
"""The README's picture: the first figure of notebook 01."""


def write_index(root: Path) -> bool:
    """Bring the README's generated parts and picture and the page of verdicts up to date; return whether any was not.

    Raises
    ------
    ValueError
        If README.md lacks a pair of markers.
    """
    changed = _changed(root)
    for name, content in changed.items():
        write_bytes(root / name, content if isinstance(content, bytes) else content.encode())
    return bool(changed)


def stale(root: Path) -> list[str]:
    """Return a sentence for each file that is not what the ledger and the notebooks make of it; ``verify`` asks.

    Examples
    --------
    >>> stale(Path("no such folder"))
    []
    """
    return [f"{name} is not what the ledger and the notebooks make of it" for name in _changed(root)]


def _changed(root):
    """What must be written, by name: text or bytes. A collection without a README or a ledger has nothing to show."""
    if not (root / "README.md").is_file() or not (root / "references" / "ledger.json").is_file():
        return {}
    readme = _between((root / "README.md").read_text(encoding="utf-8"), "index", index(root))
    wanted = {"README.md": _between(readme, "verdicts", verdicts(root)), VERDICTS: verdicts_page(root),
              PICTURE: first_figure(root)}
    if proofs := kernel_proofs.read(root):
        wanted["README.md"] = _between(wanted["README.md"], "proofs", kernel_proofs.sentence(proofs))
        wanted[kernel_proofs.PAGE] = kernel_proofs.page(root)
    return {name: content for name, content in wanted.items() if content is not None and content != _stored(
        root / name, isinstance(content, bytes))}


def _stored(path, binary):
    if not path.is_file():
        return None
    return path.read_bytes() if binary else path.read_text(encoding="utf-8")


def first_figure(root: Path) -> bytes | None:
    """Return the PNG of the first figure of the first notebook, which the README shows."""
    for path in notebooks(root)[:1]:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output["data"]["image/png"])
    return None


def index(root: Path) -> str:
    """Return the table of notebooks: question, number of claims and, once it is hosted, links to run it elsewhere."""
    register = load_register(root)
    rows = ["| notebook | the question it answers | claims |", "|---|---|---|"]
    for path in notebooks(root):
        title, question, _ = head(nbformat.read(path, as_version=4))
        name, count = path.name, len(of_notebook(register, path.name[:2]))
        links = (f" [run](https://colab.research.google.com/github/{HOME}/blob/main/notebooks/{name})" if HOME else "")
        rows.append(f"| [{title}](notebooks/{name}){links} | {question} | {count} |")
    return "\n".join(rows)


def verdicts(root: Path) -> str:
    """Return the first and last lines of what ``make verify`` prints, from the committed ledger."""
    lines = table(ledgers.read(root / "references" / "ledger.json")).splitlines()
    some = [*lines[: 2 + EXCERPT], "...", *lines[-2:]] if len(lines) > EXCERPT + 6 else lines
    return "\n".join(["```text", *some, "```"])


def verdicts_page(root: Path) -> str:
    """Return the page with the verdict of every claim, as ``make verify`` prints it, and the route kernel."""
    lines = table(kernel_proofs.routed(ledgers.read(root / "references" / "ledger.json"), kernel_proofs.read(root)))
    return ("# The verdict of every claim\n\nWritten by `make update` from [ledger.json](ledger.json); what the "
            f"columns mean is in the [README](../README.md#how-to-read-a-verdict).\n\n```text\n{lines}\n```\n"
            f"{nearest_in_print(root)}")


def nearest_in_print(root: Path) -> str:
    """Return what is closest in print to the claims that name no other source, and what is new; one item a group."""
    register, items = load_register(root).values(), []
    for name, nearest in load_nearest(root).items():
        ids = ", ".join(f"`{entry.id}`" for entry in register if entry.nearest == name)
        items.append(f"- {nearest.closest} *New here:* {nearest.new} Claims {ids}.\n")
    return "\n".join(["\n## What is closest in print\n", *items]) if items else ""


def _between(text, name, body):
    pattern = re.compile(rf"(<!-- {name}: generated by make update -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"README.md: no markers for the generated part {name!r}")
    return pattern.sub(lambda match: match.group(1) + body + "\n" + match.group(2), text)
