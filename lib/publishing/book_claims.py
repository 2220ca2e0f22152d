"""Claims as HTML: numbered, linkable, with the ledger's verdict. Statements are set as on a board."""

from html import escape

from claimcheck.record import tally
from claimcheck.register import Nearest, Registration, of_notebook
from publishing import kernel_proofs
from publishing.bibliography import Entry
from publishing.numerals import number, typeset
from publishing.statements import on_board


class Claims:
    """The claims of the collection, each with a number such as 05.3 and an address that does not change.

    Parameters
    ----------
    register : dict
        From :func:`claimcheck.register.load_register`.
    ledger : dict
        The ledger with a verdict for each of them.
    bibliography : dict
        From :func:`publishing.bibliography.read`.
    pages : dict
        Notebook number -> its page.
    proofs : dict
        From :func:`publishing.kernel_proofs.read`.
    nearest : dict
        From :func:`claimcheck.register.load_nearest`.
    """

    def __init__(self, register: dict[str, Registration], ledger: dict, bibliography: dict[str, Entry],
                 pages: dict[str, str], proofs: dict[str, list[dict]], nearest: dict[str, Nearest] | None = None):
        self.register, self.bibliography, self.pages, self.proofs = register, bibliography, pages, proofs
        self.nearest = nearest or {}
        self.ledger = {entry["id"]: entry for entry in kernel_proofs.routed(ledger, proofs)["claims"]}
        self.numbers = {entry.id: f"{number}.{place}" for number in pages
                        for place, entry in enumerate(of_notebook(register, number), start=1)}

    def of(self, notebook: str) -> list[Registration]:
        """Return the registrations of one notebook in order."""
        return of_notebook(self.register, notebook)

    def summary(self, notebook: str) -> str:
        """Return the number of claims and their verdicts in words."""
        entries = self.of(notebook)
        return (f"{len(entries)} claim{'s' * (len(entries) != 1)}: "
                + tally([self.ledger[entry.id] for entry in entries]))

    def link(self, id: str, page: str = "claims.html", text: str | None = None) -> str:
        """Return a link to the claim's place on a page."""
        return f'<a href="{page}#claim-{id}">{text or f"<code>{id}</code>"}</a>'

    def source(self, entry: Registration) -> str:
        """Return the source as a link to the bibliography, with the locator."""
        short = escape(self.bibliography[entry.source_key].short)
        if entry.source_key == "thiscollection":
            return escape(entry.source_locator)
        return f'<a href="bibliography.html#{entry.source_key}">{short}</a>, {escape(entry.source_locator)}'

    def closest(self, nearest: Nearest) -> str:
        """Return what is closest in print to a claim, with links to the bibliography, and what is new."""
        links = ", ".join(f'<a href="bibliography.html#{key}">{escape(self.bibliography[key].short)}</a>'
                          for key in nearest.keys)
        return f"{on_board(nearest.closest)} {f'({links}) ' * bool(links)}New here: {on_board(nearest.new)}"

    def table(self, notebook: str) -> str:
        """Return the folded table at the head of a notebook's page; every row can be linked to by ``#claim-id``."""
        heads = "".join(f'<th scope="col">{name}</th>'
                        for name in ("claim", "statement", "kind and route", "worst ratio", "teeth", "verdict"))
        rows = "\n".join(self._row(entry) for entry in self.of(notebook))
        caption = ("A number leads to the check below, a name to hypotheses and source. Worst ratio: value over bound "
                   "at the worst instance; 1 is attained. Teeth: sabotaged twins of the check that were rejected.")
        return (f'<details class="claims-of-notebook"><summary>{self.summary(notebook)}</summary>'
                f'<div class="table-wrapper claims-table"><table><caption>{caption}</caption>'
                f'<thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table></div></details>')

    def _row(self, entry):
        number = f'<a class="claim-number" href="#check-{entry.id}">{self.numbers[entry.id]}</a>'
        found = self.ledger[entry.id]
        kind = f"{entry.kind}; {escape(route(found))}"
        if entry.id in self.proofs:
            kind = f"{kind.removesuffix(' + kernel')}; {self.link(entry.id, text=kernel_proofs.BADGE)}"
        cells = (number + " " + self.link(entry.id), on_board(entry.statement), kind,
                 ratio(found), teeth(found), verdict(found))
        head = f'<th scope="row">{cells[0]}</th>'
        labels = ("", "", "worst ratio", "teeth", "")
        columns = "".join(f'<td data-label="{label}">{cell}</td>'
                          for label, cell in zip(labels, cells[1:], strict=True))
        return f'<tr id="claim-{entry.id}">{head}{columns}</tr>'

    def check(self, id: str, text: str) -> str:
        """Return what stands where the notebook checks the claim: its text line, then the checks and twins, folded."""
        entry = self.ledger[id]
        roles = {"states": "statement", "step": "step"}
        checks = "".join(f"<li>{roles[item['role']]}: {on_board(item['label'])}: "
                         f"{item['comparison'].replace('_', ' ')}; {instances(item)}, "
                         f"ratio {number(item['ratio'])}</li>" for item in entry["checks"])
        return (f'<div class="claim-verdict {entry["status"]}" id="check-{id}"><p>'
                f'{self.link(id, "", self.numbers[id])} <samp>{typeset(escape(text))}</samp></p>'
                f'<details><summary>What was checked</summary><ul>{checks}</ul>{self._twins(entry)}</details>'
                f'{self.formal(id)}</div>')

    def formal(self, id: str) -> str:
        """Return the formal statements that the kernel has checked for the claim, folded; nothing if there are none."""
        return kernel_proofs.formal(self.proofs[id]) if id in self.proofs else ""

    def card(self, entry: Registration) -> str:
        """Return everything that register and ledger say about a claim."""
        found = self.ledger[entry.id]
        page, worst = self.pages[entry.notebook], found["worst"]
        at = (f"{number(worst['value'])} against {number(worst['bound'])} at {on_board(worst['witness'])}"
              if worst else "")
        slack = f". {on_board(found['slack_note'])}" if found["slack_note"] else ""
        facts = {
            "Hypotheses": on_board(entry.hypotheses),
            "Does not say": on_board(entry.does_not_say),
            "Source": self.source(entry),
            "Checked": f'{entry.kind}; {escape(route(found))}; {instances(found)}',
            "Worst ratio": f"{ratio(found)}: {at}{slack}",
            "Teeth": f"{teeth(found)} bite",
        }
        if entry.nearest:
            facts["Nearest in print"] = self.closest(self.nearest[entry.nearest])
        if entry.corrected_by:
            facts["Corrected by"] = self.link(entry.corrected_by, "")
        rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
        read = f'<a href="{page}#check-{entry.id}">proof and check in notebook {entry.notebook}</a>'
        return (f'<section class="claim {found["status"]}" id="claim-{entry.id}"><h3><a class="claim-number" '
                f'href="#claim-{entry.id}">{self.numbers[entry.id]}</a> <code>{entry.id}</code> {verdict(found)}</h3>\n'
                f'<p class="statement">{on_board(entry.statement)}</p>\n<p class="read-it">{read}</p>\n'
                f'{self.formal(entry.id)}'
                f'<details><summary>Hypotheses, source, how it was checked</summary><dl>{rows}</dl>\n'
                f'<p>Sabotaged twins that the check rejects:</p>{self._twins(found)}</details></section>')

    @staticmethod
    def _twins(entry):
        items = "".join(f"<li>{on_board(tooth['change'])}: {'rejected' if tooth['bites'] else 'not rejected'}</li>"
                        for tooth in entry["teeth"])
        return f'<ul class="teeth">{items}</ul>'


def verdict(entry: dict) -> str:
    """Return the verdict as a badge: the word says it, the colour only repeats it."""
    return f'<span class="badge {entry["status"]}">{entry["status"].replace("_", " ")}</span>'


def instances(item: dict) -> str:
    """Return how many instances a claim or a check has, and how many of them say something.

    Examples
    --------
    >>> instances({"instances": 1200, "says": 1000})
    '1,200 instances, 1,000 of them say something'
    """
    silent = f", {item['says']:,} of them say something" if item["says"] != item["instances"] else ""
    return f"{item['instances']:,} instances{silent}"


def route(entry: dict) -> str:
    """Return the routes of a ledger entry."""
    return (entry["route"] or "-").replace("_", " ")


def teeth(entry: dict) -> str:
    """Return how many sabotaged twins were rejected, of how many."""
    return f"{sum(tooth['bites'] for tooth in entry['teeth'])}/{len(entry['teeth'])}"


def ratio(entry: dict) -> str:
    """Return the worst ratio with four digits, or a dash.

    Examples
    --------
    >>> ratio({"worst": {"ratio": 0.123456}}), ratio({"worst": None})
    ('0.1235', '-')
    """
    return number(entry["worst"]["ratio"]) if entry["worst"] else "-"
