"""The table of claims at the head of a notebook, straight from the register."""

from claimcheck.register import RegisterError, Registration, load_register, of_notebook


class ClaimsTable:
    """Shows the registered claims of one notebook as Markdown (and as text for terminals and nbval)."""

    def __init__(self, entries: list[Registration]):
        self.entries = entries

    def __repr__(self) -> str:
        return "\n".join(f"{e.id} ({e.kind}; {' + '.join(e.routes)}): {e.statement}" for e in self.entries)

    def _repr_markdown_(self) -> str:
        cells = [(f"`{e.id}`", e.statement, e.kind, e.source_locator) for e in self.entries]
        rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
        return "\n".join(["| claim | statement | kind | source |", "|---|---|---|---|", *rows])


def claims_table(notebook: str) -> ClaimsTable:
    """Return the table of the claims registered for a notebook ("01", "02", ...).

    Raises
    ------
    RegisterError
        If no claim is registered for it.
    """
    entries = of_notebook(load_register(), notebook)
    if not entries:
        raise RegisterError(f"no claim is registered for notebook {notebook!r} in references/claims.toml")
    return ClaimsTable(entries)
