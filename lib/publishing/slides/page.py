"""The HTML documents: the deck with everything inside, and the index of decks."""

from html import escape

from pygments.formatters import HtmlFormatter

from publishing.slides import assets, flow
from publishing.slides import deck as decks

_START = """
const deck = new Reveal({hash: true, width: 1280, height: 720, margin: 0.02, center: false, slideNumber: "c/t",
  transition: "none", backgroundTransition: "none", controlsTutorial: false, hideInactiveCursor: true,
  pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, showNotes: false, plugins: [RevealNotes]});
function show(panel, on) {
  panel.hidden = !on;
  const button = document.querySelector(`[aria-controls="${panel.id}"]`);
  button.setAttribute("aria-expanded", on);
  (on ? panel : button).focus();
}
function toggle() {
  const slide = deck.getCurrentSlide(), panels = [...slide.querySelectorAll(".code")];
  const open = panels.findIndex(panel => !panel.hidden);
  if (open >= 0) show(panels[open], false);
  if (open + 1 < panels.length) show(panels[open + 1], true);
}
document.addEventListener("click", event => {
  const button = event.target.closest("[aria-controls]");
  if (button) show(document.getElementById(button.getAttribute("aria-controls")),
                   button.getAttribute("aria-expanded") !== "true");
});
document.addEventListener("keydown", event => {
  const open = document.querySelector(".code:not([hidden])");
  if (event.key === "Escape" && open) { show(open, false); event.stopPropagation(); event.preventDefault(); }
}, true);
deck.on("slidechanged", () => document.querySelectorAll(".code:not([hidden])").forEach(panel => show(panel, false)));
deck.initialize().then(() => deck.addKeyBinding({keyCode: 67, key: "C", description: "Show the code"}, toggle));
"""


def html(deck: "decks.Deck") -> str:
    """Return the deck as one HTML document."""
    reveal = assets.reveal()
    columns = "\n".join(_column(deck, section) for section in deck.sections)
    style = "\n".join([assets.fonts(), reveal["css"], assets.style(),
                       HtmlFormatter(style=decks.CODE_STYLE).get_style_defs(".reveal pre.source")])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(deck.title)}</title>
<style>{style}</style></head><body><div class="reveal"><div class="slides">
{columns}
</div></div>
<script>{reveal["js"]}</script>
<script>{reveal["notes"]}</script>
<script>{_START}</script>
</body></html>
"""


def _column(deck, section):
    shown = "\n".join(_slide(deck, page) for page in section.pages)
    return f"<section>{shown}</section>"


def _slide(deck, page):
    notes = f'<aside class="notes">{"".join(page.notes)}</aside>' if page.notes else ""
    if page.slug == "title":
        return f'<section id="title" class="page opening"><div class="body">{page.body}</div>{notes}</section>'
    part = f' <span class="part">{page.part}/{page.parts}</span>' if page.parts > 1 else ""
    return (f'<section id="{page.slug}" class="page"><p class="crumb">{escape(deck.title)}</p>'
            f'<h2{_long(page)}>{page.heading}{part}</h2><div class="body">{page.body}</div>'
            f"{_code(page)}{notes}</section>")


def _long(page):
    return ' class="long"' if len(flow.plain(page.heading)) > 58 else ""


def _code(page):
    if not page.code:
        return ""
    buttons, panels = [], []
    for i, source in enumerate(page.code, start=1):
        name = f"{page.slug}-code-{i}"
        label = "code" if len(page.code) == 1 else f"code {i}"
        buttons.append(f'<button type="button" aria-expanded="false" aria-controls="{name}">{label}</button>')
        panels.append(f'<div class="code" id="{name}" tabindex="-1" hidden><pre class="source">{source}</pre></div>')
    return f'<div class="buttons">{"".join(buttons)}</div>{"".join(panels)}'


def index(entries: list[dict], style: str) -> str:
    """Return the page that lists the decks."""
    rows = "\n".join(
        f'<tr><td><a href="{escape(e["deck"])}">{escape(e["title"])}</a><p>{e["question"]}</p></td>'
        f'<td>{e["minutes"]}</td><td>{e["slides"]}</td><td><a href="{escape(e["notes"])}">notes to print</a></td>'
        f'<td><a href="{escape(e["deck"])}?print-pdf">print</a></td></tr>' for e in entries)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slides: theory-verification notebooks for the coverage principle</title><style>{style}</style></head>
<body class="notes"><main><h1>Slides</h1>
<p>One deck per notebook; every file stands alone and needs no network. Down: the same section; right: the next one.
Keys: <kbd>space</kbd> on, <kbd>Esc</kbd> overview, <kbd>s</kbd> speaker's notes, <kbd>c</kbd> the code behind a slide,
<kbd>?</kbd> help. "Print" opens a deck laid out for the browser's print dialogue (one slide a page).</p>
<div class="wide"><table><thead><tr><th scope="col">deck</th><th scope="col">minutes</th><th scope="col">slides</th>
<th scope="col">speaker</th><th scope="col">paper</th></tr></thead><tbody>
{rows}
</tbody></table></div></main></body></html>
"""
