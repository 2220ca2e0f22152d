"""Tables: columns as wide as their text needs, rows as high as their words then take."""

from publishing.slides import flow
from publishing.slides.measure import TABLE, WIDTH


def rows(node, formulas: dict[str, str], group: int) -> list[dict]:
    """Return the rows of a table in Markdown as fields of blocks."""
    table = [[flow.pieces(cell, formulas, TABLE, 0.6 * WIDTH) for cell in row.find_all(["th", "td"])]
             for row in node.find_all("tr")]
    columns = max(len(row) for row in table)
    return split([row + [[]] * (columns - len(row)) for row in table], group)


def split(rows: list[list[list[flow.Word]]], group: int, size: float = TABLE) -> list[dict]:
    """Return a table as rows that can be dealt out to slides; the first row is repeated as the head."""
    pad = 26.0
    natural = [max(flow.longest([w for w in row[i] if isinstance(w, flow.Word)], size) for row in rows) + pad
               for i in range(len(rows[0]))]
    least = [max(max((w.width for w in row[i] if isinstance(w, flow.Word)), default=20) for row in rows) + pad
             for i in range(len(rows[0]))]
    if sum(natural) <= WIDTH:
        widths = [value + 4 for value in natural]
    else:
        spare = max(0.0, WIDTH - sum(least))
        want = [most - narrow for most, narrow in zip(natural, least, strict=True)]
        widths = [narrow + spare * more / sum(want) for narrow, more in zip(least, want, strict=True)]
    share = [width / sum(widths) for width in widths]
    total = min(WIDTH, sum(widths))
    head, *body = rows
    data = {"shares": share, "width": total, "size": size, "head": _cells(head, "th"),
            "head_height": _row_height(head, widths, size, pad)}
    return [{"kind": "row", "group": group, "html": _cells(row, "td"), "data": data, "cost": 0.4 if i else 0.0,
             "height": _row_height(row, widths, size, pad)} for i, row in enumerate(body)]


def _cells(row, tag):
    scope = ' scope="col"' if tag == "th" else ""
    cells = "".join(f"<{tag}{scope}>{''.join(p.html if isinstance(p, flow.Formula) else '' for p in cell)}"
                    f"{flow.html([p for p in cell if isinstance(p, flow.Word)])}</{tag}>" for cell in row)
    return f"<tr>{cells}</tr>"


def _row_height(row, widths, size, pad):
    return max(flow.height([w for w in cell if isinstance(w, flow.Word)], size, (width - pad) * 0.97)
               for cell, width in zip(row, widths, strict=True)) + 14
