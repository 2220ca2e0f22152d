"""Deals blocks out to slides: as few as are comfortable, none overfull, cut where a speaker would pause."""

from dataclasses import dataclass, field
from itertools import groupby

from publishing.slides import flow
from publishing.slides.blocks import BOX, Block
from publishing.slides.measure import BASE, CAPTION, WIDTH

ROOM = 566
"""Pixels of height between heading and foot of a slide."""

COMFORT = 0.8
"""How full a slide should be at most, unless a better place to cut is near."""

_SAFETY = 1.02
_GAPS = {"text": 16, "formula": 16, "row": 12, "output": 14, "claim": 16, "heading": 8, "figure": 0}


@dataclass
class Page:
    """One slide: its blocks in order, and what belongs to it without being seen."""

    blocks: list[Block]
    heading: str = ""
    part: int = 1
    parts: int = 1
    slug: str = ""
    notes: list[str] = field(default_factory=list)
    body: str = ""

    @property
    def code(self) -> list[str]:
        """Sources that can be called up on this slide."""
        return [source for block in self.blocks for source in block.code]


def paginate(blocks: list[Block], room: float = ROOM) -> list[Page]:
    """Return the slides of a run of blocks: every figure has one of its own, the rest is cut at the least cost."""
    pages: list[Page] = []
    for alone, run in groupby(blocks, key=lambda block: block.kind == "figure"):
        run = list(run)
        pages += [Page([block]) for block in run] if alone else [Page(part) for part in _cut(run, room)]
    return pages


def _cut(blocks, room):
    n = len(blocks)
    best: list[tuple[float, int]] = [(0.0, -1)] + [(float("inf"), -1)] * n
    for end in range(1, n + 1):
        for start in range(end - 1, -1, -1):
            tall = height(blocks[start:end])
            if tall > room and end - start > 1:
                break
            cost = best[start][0] + _page_cost(blocks, start, end, tall / room)
            if cost < best[end][0] - 1e-9:
                best[end] = (cost, start)
    cuts, end = [], n
    while end > 0:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [blocks[start:end] for start, end in reversed(cuts)]


def _page_cost(blocks, start, end, fill):
    full = 0.99 if all(block.kind == "row" for block in blocks[start:end]) else COMFORT
    cost = 1.0 + (12.0 * (fill - full) ** 2 if fill > full else 0.7 * (full - fill) ** 2)
    if start:
        cost += 0.35 * blocks[start].cost + (4.0 if blocks[start - 1].holds_next else 0.0)
        if blocks[start].group == blocks[start - 1].group and len(blocks) > start:
            cost += 0.15
    if fill > 1:
        cost += 1000
    return cost


def height(blocks: list[Block]) -> float:
    """Return the height of blocks on one slide, with a little to spare."""
    total = 0.0
    for _, run in groupby(blocks, key=lambda block: block.group):
        run = list(run)
        total += _group_height(run) + _GAPS[run[0].kind]
    return total * _SAFETY


def _group_height(run):
    if run[0].kind == "row":
        return run[0].data["head_height"] + sum(block.height for block in run)
    if run[0].role == "item":
        items = groupby(run, key=lambda block: block.data.get("number"))
        return sum(_text_height(list(item), WIDTH - 40) + 8 for _, item in items)
    boxed = run[0].role == "theorem"
    return _text_height(run, WIDTH - BOX if boxed else WIDTH) + (26 if boxed else 0)


def _text_height(run, width):
    total = 0.0
    for kind, part in groupby(run, key=lambda block: block.kind):
        part = list(part)
        if kind == "text":
            total += flow.height([word for block in part for word in block.words], BASE, width)
        else:
            total += sum(block.height for block in part)
    return total


def render(blocks: list[Block]) -> str:
    """Return the HTML of one slide's blocks; what the author lets appear later is a fragment, unless it comes first."""
    out, first = [], blocks[0].fragment if blocks else 0
    for fragment, run in groupby(blocks, key=lambda block: block.fragment):
        inner = "\n".join(_group(list(group)) for _, group in groupby(run, key=lambda block: block.group))
        later = fragment and fragment != first
        out.append(f'<div class="fragment">{inner}</div>' if later and inner.strip() else inner)
    return "\n".join(out)


def _group(run):
    head = run[0]
    if head.kind == "row":
        columns = "".join(f'<col style="width:{100 * share:.2f}%">' for share in head.data["shares"])
        return (f'<table style="width:{head.data["width"]:.0f}px;font-size:{head.data["size"]}px">'
                f'<colgroup>{columns}</colgroup><thead>{head.data["head"]}</thead>'
                f'<tbody>{"".join(block.html for block in run)}</tbody></table>')
    if head.kind == "figure":
        return _figure(head)
    if head.role == "item":
        tag, number = head.data["list"], head.data["number"]
        items = "".join(f"<li>{_text(list(item))}</li>"
                        for _, item in groupby(run, key=lambda block: block.data.get("number")))
        return f'<{tag}{f" start={chr(34)}{number}{chr(34)}" if tag == "ol" and number > 1 else ""}>{items}</{tag}>'
    if head.kind in ("text", "formula"):
        return f'<div class="{f"para {head.role}".strip()}">{_text(run)}</div>'
    return "".join(block.html for block in run)


def _text(run):
    out = []
    for kind, part in groupby(run, key=lambda block: block.kind):
        part = list(part)
        out.append(f"<p>{flow.html([word for block in part for word in block.words])}</p>" if kind == "text"
                   else "".join(block.html for block in part))
    return "".join(out)


def figure_layout(size: tuple[int, int], words: list[flow.Word]) -> tuple[str, int, int]:
    """Return where a caption goes (below or beside) and the picture's width and height: the larger picture wins."""
    wide, high = size
    below = flow.height(words, CAPTION, WIDTH) * _SAFETY + (14 if words else 0)
    scale = min(WIDTH / wide, (ROOM - 8 - below) / high, 1.9)
    best = ("below", scale)
    for side in (300, 360, 420, 480, 560):
        if words and flow.height(words, CAPTION, side) * _SAFETY <= ROOM - 10:
            beside = min((WIDTH - side - 24) / wide, (ROOM - 8) / high, 1.9)
            if beside > best[1] * 1.02:
                best = (f"beside-{side}", beside)
    return best[0], int(wide * best[1]), int(high * best[1])


def _figure(block):
    place, wide, high = figure_layout(block.data["size"], block.data["caption"])
    side = f' style="width:{place.split("-")[1]}px"' if place.startswith("beside") else ""
    words = flow.html(block.data["caption"])
    caption = f"<figcaption{side}>{words}</figcaption>" if words else ""
    alt = block.data["alt"].replace("&", "&amp;").replace('"', "&quot;")
    return (f'<figure class="{place.split("-")[0]}"><img alt="{alt}" width="{wide}" height="{high}" '
            f'src="data:image/png;base64,{block.data["png"]}">{caption}</figure>')
