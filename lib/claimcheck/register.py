"""The register of claims: references/claims.toml, validated entry by entry."""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

KINDS = ("identity", "upper", "lower", "tight", "rate", "counterexample", "phenomenon")
ROUTES = ("symbolic", "interval", "exact", "certified", "monte_carlo", "experiment")
"""Routes, strongest first."""

FINDINGS = ("refuted as printed", "condition missing", "proof step refuted")
"""What is wrong with a statement that has a correction: it is false; it is true with a condition that the source omits;
it stands, but a step of its printed proof is false (the claim then refutes the step)."""

_REQUIRED = {"id": str, "notebook": str, "kind": str, "routes": list, "statement": str, "hypotheses": str,
             "source": dict, "does_not_say": str, "teeth": int}
_OPTIONAL = {"corrected_by": str, "finding": str, "nearest": str}
_NEAREST = {"keys": list, "closest": str, "new": str}


class RegisterError(ValueError):
    """The register, a notebook or the bibliography disagree; the message names what and where."""


@dataclass(frozen=True)
class Registration:
    """One entry of the register.

    ``corrected_by`` and ``finding`` (one of ``FINDINGS``) mark a statement in whose source something is wrong;
    ``teeth`` is the number of sabotaged twins that the notebook must show; ``nearest``, if it is given, the name of a
    :class:`Nearest`.
    """

    id: str
    notebook: str
    kind: str
    routes: tuple[str, ...]
    statement: str
    hypotheses: str
    source_key: str
    source_locator: str
    does_not_say: str
    teeth: int
    corrected_by: str | None = None
    finding: str | None = None
    nearest: str | None = None


@dataclass(frozen=True)
class Nearest:
    """A table ``[nearest.NAME]``: what is closest in print (keys of references.bib, in words), and what is new."""

    keys: tuple[str, ...]
    closest: str
    new: str


def find_root(start: Path | None = None) -> Path:
    """Return the collection's folder: the nearest one above ``start`` (default: here) with references/claims.toml.

    Raises
    ------
    RegisterError
        If neither ``start`` nor the place this library was installed from lies in a collection.
    """
    start = Path.cwd() if start is None else Path(start)
    for folder in (start.resolve(), *start.resolve().parents, *Path(__file__).resolve().parents):
        if (folder / "references" / "claims.toml").is_file():
            return folder
    raise RegisterError(f"no references/claims.toml in {start} or above: run this inside a checkout of the collection")


def load_register(root: Path | None = None) -> dict[str, Registration]:
    """Read and check the register, by notebook; ids are unique, sources in references.bib, corrections registered.

    Raises
    ------
    RegisterError
        Names the file, the entry (by number and id) and what is wrong.
    """
    root = find_root() if root is None else Path(root)
    files = [root / "references" / name for name in ("claims.toml", "references.bib")]
    return dict(_register(root, *((file.stat().st_mtime_ns, file.stat().st_size) for file in files)))


@functools.lru_cache(maxsize=1)
def _register(root: Path, *_) -> dict[str, Registration]:
    """Read the register once while its files are the same: every claim of a notebook asks for it."""
    entries, keys = _read(root).get("claim", []), bibliography_keys(root)
    nearest, register = load_nearest(root), {}
    for number, entry in enumerate(entries, start=1):
        registration = _parse(entry, f"references/claims.toml: entry {number} ({entry.get('id', 'no id')!r})", keys)
        if registration.id in register:
            raise RegisterError(f"references/claims.toml: entry {number}: duplicate claim id {registration.id!r}")
        register[registration.id] = registration
    for registration in register.values():
        if registration.corrected_by is not None and registration.corrected_by not in register:
            raise RegisterError(f"references/claims.toml: {registration.id!r} is corrected by "
                                f"{registration.corrected_by!r}, which is not registered")
        if registration.nearest is not None and registration.nearest not in nearest:
            raise RegisterError(f"references/claims.toml: {registration.id!r} has nearest {registration.nearest!r}, "
                                "but there is no such table [nearest.NAME]")
    if idle := set(nearest) - {registration.nearest for registration in register.values()}:
        raise RegisterError(f"references/claims.toml: no claim names [nearest.{sorted(idle)[0]}]")
    return dict(sorted(register.items(), key=lambda item: item[1].notebook))


def load_nearest(root: Path | None = None) -> dict[str, Nearest]:
    """Read and check what the register says is closest in print, by name; empty where it says nothing.

    Raises
    ------
    RegisterError
        For a field that is missing or unknown, or a key that references.bib does not have.
    """
    root = find_root() if root is None else Path(root)
    keys, found = bibliography_keys(root), {}
    for name, table in _read(root).get("nearest", {}).items():
        where = f"references/claims.toml: [nearest.{name}]"
        if not isinstance(table, dict) or set(table) != set(_NEAREST):
            raise RegisterError(f"{where}: expected the fields {', '.join(_NEAREST)}")
        for field, kind in _NEAREST.items():
            if not isinstance(table[field], kind) or (kind is str and not table[field]):
                raise RegisterError(f"{where}: {field} is {table[field]!r}, expected a {kind.__name__}")
        if unknown := [key for key in table["keys"] if key not in keys]:
            raise RegisterError(f"{where}: key {unknown[0]!r} is not in references/references.bib")
        found[name] = Nearest(tuple(table["keys"]), table["closest"], table["new"])
    return found


def _read(root: Path) -> dict:
    try:
        return tomllib.loads((root / "references" / "claims.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RegisterError(f"references/claims.toml: not valid TOML: {error}") from None


def bibliography_keys(root: Path) -> set[str]:
    """Return the citation keys of references/references.bib."""
    path = root / "references" / "references.bib"
    return set(re.findall(r"^@\w+\{([^,\s]+),", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def of_notebook(register: dict[str, Registration], notebook: str) -> list[Registration]:
    """Return the registrations of one notebook ("01", "02", ...) in the register's order."""
    return [entry for entry in register.values() if entry.notebook == notebook]


def _parse(entry: dict, where: str, keys: set[str]) -> Registration:
    if missing := [name for name in _REQUIRED if name not in entry]:
        raise RegisterError(f"{where}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    for name, kind in {**_REQUIRED, **_OPTIONAL}.items():
        if name not in entry:
            continue
        if not isinstance(entry[name], kind) or not entry[name]:
            raise RegisterError(f"{where}: {name} is {entry[name]!r}, expected a non-empty {kind.__name__}")
    if unknown := set(entry) - set(_REQUIRED) - set(_OPTIONAL):
        raise RegisterError(f"{where}: unknown field {sorted(unknown)[0]!r}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["id"]):
        raise RegisterError(f"{where}: id must be lower-case words joined by hyphens")
    if not re.fullmatch(r"[0-9]{2}", entry["notebook"]):
        raise RegisterError(f"{where}: notebook is {entry['notebook']!r}, expected two digits")
    if entry["kind"] not in KINDS:
        raise RegisterError(f"{where}: kind is {entry['kind']!r}, expected one of {', '.join(KINDS)}")
    for route in entry["routes"]:
        if route not in ROUTES:
            raise RegisterError(f"{where}: route {route!r}, expected one of {', '.join(ROUTES)}")
    if set(entry["source"]) != {"key", "locator"}:
        raise RegisterError(f"{where}: source must have exactly key and locator")
    if ("corrected_by" in entry) != ("finding" in entry) or entry.get("finding", FINDINGS[0]) not in FINDINGS:
        raise RegisterError(f"{where}: corrected_by goes with finding, one of {', '.join(map(repr, FINDINGS))}")
    if entry["source"]["key"] not in keys:
        raise RegisterError(f"{where}: source key {entry['source']['key']!r} is not in references/references.bib")
    return Registration(
        id=entry["id"], notebook=entry["notebook"], kind=entry["kind"], routes=tuple(entry["routes"]),
        statement=entry["statement"], hypotheses=entry["hypotheses"], source_key=entry["source"]["key"],
        source_locator=entry["source"]["locator"], does_not_say=entry["does_not_say"],
        teeth=entry["teeth"], corrected_by=entry.get("corrected_by"), finding=entry.get("finding"),
        nearest=entry.get("nearest"),
    )
