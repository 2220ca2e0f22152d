"""What the papers' two printed versions say at every erratum, and a letter to their authors, from quotations.toml."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

RECORD = "references/quotations.toml"
LONGEST = 25
"""A quotation has at most so many words."""

_PARTS = {  # the first part says what is printed, word for word
    "Statements and steps that need a change": ("refuted as printed", "condition missing", "proof step refuted",
                                                "proof gap"),
    "Misprints": ("misprint",),
    "Constants and conditions that can be better": ("loose",),
}
_OPENING = """# Errata to "The Coverage Principle"

Dear authors,

we wrote a runnable companion to arXiv 2510.15020v2 (ICLR 2026): its results with full proofs, exact instances
and checks that must fail when a constant is changed. Nearly all of what we checked stands, and no headline conclusion
changes. What follows is what we would change in a next version. Pages are those of version 2; the camera-ready's
numbers are in brackets. The evidence, and what to run for it, is in references/errata.md of the collection.
"""
_CLOSING = """If we have misread you, we will say so in the same place. Thank you for a paper that rewards reading to
the last page.
"""


@dataclass(frozen=True)
class Quotation:
    """One entry of references/quotations.toml; ``page`` and ``text`` are version 2's (0 and empty: not there)."""

    erratum: str
    kind: str
    letter: str
    page: int = 0
    text: str = ""
    camera: str = ""
    camera_text: str = ""

    @property
    def printed(self) -> str:
        """The line that errata.md has below the entry."""
        parts = [f"v2, p. {self.page}: “{self.text}”"] if self.page else []
        if self.camera:
            words = f"“{self.camera_text}”" if self.camera_text else "the same"
            parts.append(f"camera-ready, {self.camera}: {words}")
        return "*Printed:* " + "; ".join(parts) + "."

    @property
    def name(self) -> str:
        """The entry's name without what the parenthesis explains.

        Examples
        --------
        >>> Quotation("Theorem 6.2 (distillation", "misprint", "").name, Quotation("Equation (21)", "misprint", "").name
        ('Theorem 6.2', 'Equation (21)')
        """
        return re.sub(r" \((?!\d+\)).*", "", self.erratum)

    def line(self, quoted: bool) -> str:
        """Return the line of the letter, with the quotation or without."""
        place = ", ".join(filter(None, [f"p. {self.page}" * bool(self.page), f"[{self.camera}]" * bool(self.camera)]))
        words = f" “{self.text or self.camera_text}”" * quoted
        return f"- **{self.name}** ({place}):{words} {self.letter}"


def quotations(root: Path) -> list[Quotation]:
    """Read references/quotations.toml.

    Raises
    ------
    ValueError
        For an entry with an unknown kind, without a quotation, or with one of more than ``LONGEST`` words.
    """
    found = [Quotation(**entry) for entry in
             tomllib.loads((root / RECORD).read_text(encoding="utf-8"))["quotation"]]
    kinds = {kind for some in _PARTS.values() for kind in some}
    for entry in found:
        texts = list(filter(None, (entry.text, entry.camera_text)))
        if unknown := set(entry.kind.split(", ")) - kinds:
            raise ValueError(f"{RECORD}: {entry.erratum}: kind is {sorted(unknown)[0]!r}, expected one of "
                             f"{', '.join(sorted(kinds))}")
        if not texts or bool(entry.page) != bool(entry.text) or (entry.camera_text and not entry.camera):
            raise ValueError(f"{RECORD}: {entry.erratum}: a quotation needs its words and its place")
        if long := [text for text in texts if len(text.split()) > LONGEST]:
            raise ValueError(f"{RECORD}: {entry.erratum}: {len(long[0].split())} words, at most {LONGEST} are quoted")
    return found


def faults(root: Path) -> list[str]:
    """Return a sentence for every entry of errata.md without its quotation, and every quotation without its entry."""
    text = (root / "references" / "errata.md").read_text(encoding="utf-8")
    entries = re.split(r"^(?:- |## )", text, flags=re.MULTILINE)[1:]
    heads = {" ".join(match.group(1).split()): " ".join(entry.split()) for entry in entries
             if (match := re.match(r"\*\*(.+?)\*\*", entry, flags=re.DOTALL))}
    found, named = [], set()
    for entry in quotations(root):
        mine = [head for head in heads if head.startswith(entry.erratum)]
        if len(mine) != 1:
            found.append(f"{entry.erratum!r} begins {len(mine)} entries of errata.md, expected one")
            continue
        named.add(mine[0])
        if entry.printed not in heads[mine[0]]:
            found.append(f"errata.md, {mine[0]}: does not end with {entry.printed}")
        if missing := [kind for kind in entry.kind.split(", ") if kind not in heads[mine[0]].split("**")[1]]:
            found.append(f"errata.md, {mine[0]}: is not called {missing[0]}")
    return found + [f"errata.md, {head}: no quotation" for head in heads if head not in named]


def letter(root: Path) -> str:
    """Return the letter as Markdown: what must change with its quotation, then misprints, then what can be better."""
    parts, left = [_OPENING], quotations(root)
    for title, kinds in _PARTS.items():
        mine = [entry for entry in left if entry.kind.partition(", ")[0] in kinds]
        parts += [f"## {title}\n", "\n".join(entry.line(quoted=len(kinds) > 1) for entry in mine) + "\n"]
    return "\n".join([*parts, _CLOSING])


def write(root: Path) -> int:
    """Write build/letter.md; return 1 and say why if errata.md and the quotations disagree."""
    if found := faults(root):
        print("\n".join(found))
        return 1
    path = root / "build" / "letter.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(letter(root), encoding="utf-8")
    print(f"{path.relative_to(root)}: {len(letter(root).split())} words")
    return 0
