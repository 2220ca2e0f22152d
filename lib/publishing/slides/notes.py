"""Speaker's notes: gathered from the teaching guide, the cells that are not shown, and the register of claims."""

import difflib
import re
from html import escape

from publishing.slides.flow import plain


def teaching_of(text: str, number: str) -> dict[str, str]:
    """Return the teaching guide's blocks for one notebook, by section heading; "" is what stands before them.

    Examples
    --------
    >>> teaching_of("## 05. Title\\nAll.\\n### Lemma 1\\nMinutes: 5\\n## 06. Next\\nno", "05")
    {'': 'All.', 'Lemma 1': 'Minutes: 5'}
    """
    found = re.search(rf"^## {number}\. .*?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        return {}
    parts = re.split(r"^### (.+)$", found.group(1), flags=re.MULTILINE)
    named = {"": parts[0].strip()}
    named.update({title.strip(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)})
    return {title: text for title, body in named.items() if (text := _without_tables(body))}


def _without_tables(body):
    """Rubrics stay in the guide: a deck may be handed to the class."""
    return re.sub(r"^\|.*\n?", "", body, flags=re.MULTILINE).strip()


def lead(section, told: dict[str, str], minutes: int) -> list[str]:
    """Return what opens a section's notes: the guide's block where it has one, else minutes by length of text."""
    from publishing.slides.blocks import prose

    titles = {_bare(name): body for name, body in told.items() if name}
    near = difflib.get_close_matches(_bare(section.title), titles, n=1, cutoff=0.75)
    if near and section.pages:
        return [prose(titles[near[0]])]
    opening = [prose(told[""])] if "" in told and section.pages and section.pages[0].slug == "title" else []
    guess = f"<p><strong>Minutes:</strong> about {minutes}, by length of text.</p>"
    return opening or ([guess] if minutes else [])


def document(deck, name: str, style: str) -> str:
    """Return the notes of a deck as a page to print: every slide by number, with its notes and no pictures."""
    rows = []
    for column, section in enumerate(deck.sections, start=1):
        rows.append(f"<h2>{column}. {section.heading}</h2>")
        for row, page in enumerate(section.pages, start=1):
            where = f"{column}.{row}" if len(section.pages) > 1 else f"{column}"
            body = "".join(page.notes) or '<p class="none">As on the slide.</p>'
            rows.append(f'<section id="{page.slug}"><h3><a href="{name}#/{page.slug}">Slide {where}</a> '
                        f"{escape(summary(page))}</h3>{body}</section>")
    title = f"Speaker's notes: {escape(deck.title)}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head><body class="notes"><main>
<h1>{title}</h1>
<p>{deck.minutes} minutes, {deck.count} slides. The same notes are in the deck's speaker view (key <kbd>s</kbd>).</p>
{chr(10).join(rows)}
</main></body></html>
"""


def summary(page) -> str:
    """Return the first words of a slide, to find it by."""
    for block in page.blocks:
        if block.kind == "figure":
            return "figure"
        if block.kind == "claim":
            return "verdict: " + re.search(r"<code>(.*?)</code>", block.html).group(1)
        if block.words:
            words = " ".join(word.text for word in block.words[:9])
            return words + (" …" if len(block.words) > 9 else "")
    return "title" if page.slug == "title" else plain(page.heading).lower()


def _bare(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())
