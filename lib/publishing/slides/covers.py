"""What a deck opens and closes with: title, list of sections, table of what was checked; and names for links."""

import re
import unicodedata
from html import escape

from claimcheck.record import MIME, tally
from publishing.slides import blocks, flow, tables, verdict
from publishing.slides.pages import Page


def opening(deck, records: list[dict]) -> str:
    """Return the title slide: what is asked, how long it takes, how many claims hold."""
    all_hold = all(record["status"] == "holds" for record in records)
    verdicts = (f"{len(records)} claim{'s' if len(records) != 1 else ''} checked: "
                + ("all hold" if all_hold else tally(records)))
    return (f'<h1>{escape(deck.title)}</h1><p class="question">{blocks.inline(deck.question, 34)}</p>'
            f'<p class="colophon">{deck.minutes} minutes · {verdicts}<br>'
            "Theory-verification notebooks for the coverage principle</p>"
            '<p class="keys">Keys: <kbd>space</kbd> next, <kbd>→</kbd> next section, <kbd>Esc</kbd> overview, '
            "<kbd>s</kbd> speaker's notes, <kbd>c</kbd> code</p>")


def contents(deck, slugs: list[str]) -> Page:
    """Return the slide that lists the sections, each a link."""
    rows = [f'<li><a href="#/{slug}">{section.heading}</a></li>' for slug, section in
            zip(slugs, deck.sections[1:], strict=True)]
    return Page([], heading="Sections", body=f'<ul class="contents">{"".join(rows)}</ul>')


def records(nb) -> list[dict]:
    """Return the records of the claims that a notebook shows."""
    return [o["data"][MIME] for cell in nb.cells if cell.cell_type == "code" for o in cell.outputs
            if MIME in o.get("data", {})]


def checked(records: list[dict], group: int) -> list[dict]:
    """Return the closing table, claim by claim, as fields of blocks."""
    if not records:
        return []

    def cell(text, code=False):
        made = []
        for text_word in text.split():
            width = (0.61 if code else 1) * (len(text_word) if code else flow.text_width(text_word)) * 21
            made.append(flow.Word(((("code",) if code else (), escape(text_word, quote=False)),), text_word, width,
                                  21 * flow.ASCENT, 21 * flow.DESCENT))
        return made

    rows = [[cell("claim"), cell("kind"), cell("how it was checked"), cell("instances"), cell("verdict")]]
    for record in records:
        routes = ", ".join(verdict.ROUTES[route].split(" with ")[0].split(" over ")[0]
                           for route in record["route"].split(" + ") if route)
        rows.append([cell(record["id"], code=True), cell(verdict.KINDS[record["kind"]]), cell(routes),
                     cell(f"{record['instances']:,}"), cell(verdict.headline(record))])
    return tables.split(rows, group, size=21)


def slugify(text: str) -> str:
    """Return a name for links.

    Examples
    --------
    >>> slugify("Lemma 2. On the training set: Cov_N")
    'lemma-2-on-the-training-set-cov-n'
    """
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain_text).strip("-") or "section"
