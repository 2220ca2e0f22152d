"""What a collection says of itself: the table ``[tool.claimcheck]`` of its pyproject.toml."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from claimcheck.register import RegisterError


@dataclass(frozen=True)
class Configuration:
    """The settings of a collection; every one has a default, and a collection without pyproject.toml is fine.

    Attributes
    ----------
    name, title : str
        ``name`` begins the ledger's schema; ``title`` is the report's heading.
    library : str
        Folder, seen from the collection's, that notebooks import from; used if it is there.
    packages : tuple of str
        Packages in that folder that notebooks import: a run fails if it has them from elsewhere, and a kept verdict
        depends on their files.
    data : tuple of str
        Folders that notebooks may read.
    written : tuple of str
        Patterns of files directly in them that are written from notebooks, or for readers: no notebook may read them.
    seed : str
        The environment variable that holds the run's seed.
    after_update : str
        ``module:function``, called with the collection's folder when a new ledger has been written.
    stale : str
        ``module:function``, called with the folder when all has been verified: returns a sentence for each file that is
        written from the ledger and is not up to date.
    head, headings : tuple of str
        What the first three cells must contain; how some heading of the notebook must begin.
    figures, slides : bool
        Whether every notebook needs a figure with an alternative text, and every cell a slide type.
    """

    name: str = "claimcheck"
    title: str = "Claims"
    library: str = "lib"
    packages: tuple[str, ...] = ()
    data: tuple[str, ...] = ("references",)
    written: tuple[str, ...] = ("ledger.json", "*.md")
    seed: str = "CLAIMCHECK_SEED"
    after_update: str = ""
    stale: str = ""
    head: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    figures: bool = False
    slides: bool = False


def configuration(root: Path) -> Configuration:
    """Read the settings of a collection.

    Raises
    ------
    RegisterError
        For a pyproject.toml that is not TOML, an unknown setting, or one of another type.

    Examples
    --------
    >>> configuration(Path("no such folder")).seed
    'CLAIMCHECK_SEED'
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        return Configuration()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("claimcheck", {})
    except tomllib.TOMLDecodeError as error:
        raise RegisterError(f"pyproject.toml: not valid TOML: {error}") from None
    known, chosen = {field.name: field.default for field in fields(Configuration)}, {}
    for key, value in found.items():
        name = key.replace("-", "_")
        if name not in known:
            raise RegisterError(f"pyproject.toml: [tool.claimcheck] has {key!r}, expected one of "
                                f"{', '.join(name.replace('_', '-') for name in known)}")
        plain = tuple(value) if isinstance(value, list) else value
        if not isinstance(plain, type(known[name])):
            raise RegisterError(f"pyproject.toml: [tool.claimcheck] {key} is {value!r}, expected "
                                f"{type(known[name]).__name__.replace('tuple', 'list')}")
        chosen[name] = plain
    return Configuration(**chosen)
