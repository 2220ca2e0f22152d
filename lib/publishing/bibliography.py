"""The bibliography as entries that a page can show: authors, title, where, links."""

import re
from dataclasses import dataclass
from pathlib import Path

from publishing.formulas import plain


@dataclass(frozen=True)
class Entry:
    """One source. ``fields`` are plain text, without braces and TeX accents."""

    key: str
    fields: dict[str, str]

    @property
    def authors(self) -> list[str]:
        """Names as printed: given names first."""
        names = re.split(r"\s+and\s+", self.fields["author"])
        return ["et al." if name == "others" else " ".join(reversed(name.split(", ", 1))) for name in names]

    @property
    def short(self) -> str:
        """Author and year, for a citation in running text.

        Examples
        --------
        >>> Entry("k", {"author": "Chen, Fan and Huang, Audrey and Block, Adam", "year": "2025"}).short
        'Chen et al. 2025'
        """
        names = [re.split(r", ", name)[0] for name in re.split(r"\s+and\s+", self.fields["author"])]
        many = len(names) > 2 or "others" in names
        return f"{names[0] + ' et al.' if many else ' and '.join(names)} {self.fields['year']}"

    @property
    def place(self) -> str:
        """Journal, book or publisher with volume, number, edition and pages; empty for a preprint."""
        f = self.fields
        where = f.get("journal") or f.get("booktitle") or f.get("publisher", "")
        volume = f.get("volume", "") + (f"({f['number']})" if "number" in f else "")
        edition = f"{f['edition']} edition" if "edition" in f else ""
        pages = f"pages {f['pages']}" if "pages" in f else ""
        return ", ".join(filter(None, (f"{where} {volume}".strip(), edition, pages)))

    @property
    def url(self) -> str | None:
        """Where to read it, if the entry says: arXiv or its own address."""
        if self.fields.get("archiveprefix", "").lower() == "arxiv":
            return f"https://arxiv.org/abs/{self.fields['eprint']}"
        return self.fields.get("url") or (f"https://doi.org/{self.fields['doi']}" if "doi" in self.fields else None)


def read(path: Path) -> dict[str, Entry]:
    """Return the entries of a BibTeX file by key."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Entry]:
    r"""Return the entries of BibTeX text by key.

    Examples
    --------
    >>> parse("@misc{a1,\n  author = {Verd{\\'u}, Sergio},\n  title = {The {B}est}, year = {2016} }")["a1"].authors
    ['Sergio Verdú']
    """
    entries = {}
    for part in re.split(r"^@\w+\{", text, flags=re.MULTILINE)[1:]:
        key, body = part.split(",", 1)
        pattern = r"(\w+)\s*=\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
        fields = {name.lower(): plain(value) for name, value in re.findall(pattern, body)}
        entries[key.strip()] = Entry(key.strip(), fields)
    return entries
