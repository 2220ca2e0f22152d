"""Figures that a reader of greyscale, a screen reader and a test can all use."""

import io
from collections.abc import Iterator
from itertools import pairwise

import matplotlib
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.figure import Figure
from PIL import Image

BLACK, BLUE, ORANGE, GREEN, PINK, SKY = "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
"""Okabe and Ito's colours: distinct for the common colour-vision deficiencies; also vary the dash or the marker."""

COLOURS = (BLUE, ORANGE, GREEN, PINK, BLACK, SKY)
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))

DPI = 200
"""Pixels per inch of what is stored; shown at half of it, so that a dense screen, a zoom and paper stay sharp."""

TOUCH = 5
"""Pixels by which the boxes of two panels may overlap: letters do not fill theirs."""

STYLE = {
    "figure.dpi": DPI, "savefig.dpi": DPI, "figure.figsize": (7.2, 4.0), "figure.constrained_layout.use": True,
    "font.size": 11, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS, linestyle=DASHES), "lines.linewidth": 1.8,
    "font.family": "DejaVu Sans", "mathtext.fontset": "dejavusans", "svg.hashsalt": "covtheory",
}


def figure(rows: int = 1, columns: int = 1, *, height: float = 4.0, width: float = 7.2, **options):
    """Return ``(fig, axes)`` in the collection's style, whatever the user's matplotlibrc says.

    Examples
    --------
    >>> fig, ax = figure()
    >>> ax.get_facecolor()
    (1.0, 1.0, 1.0, 1.0)
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        fig = Figure(figsize=(width, height))
        axes = fig.subplots(rows, columns, **options)
    return fig, axes


def label_line(ax: Axes, text: str, x: float, y: float, *, colour: str = BLACK, **options) -> None:
    """Write a curve's name next to it: a direct label, instead of a legend to decode."""
    ax.annotate(text, (x, y), **{"color": colour, "xytext": (4, 4), "textcoords": "offset points", **options})


def show(fig: Figure, alt: str) -> None:
    """Display a figure; where no picture can be shown, its alternative text and the numbers that were drawn.

    That text has one line per curve: label, number of points, range and end value, four significant digits. Strict
    nbval compares it, as the gate compares the pixels: a reader sees the picture, a run guards what it was drawn from.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Every axis needs labels; every curve that carries data a label that does not start with an underscore.
    alt : str
        One sentence that says what to see.

    Raises
    ------
    ValueError
        If the text is missing, an axis has no label, or nothing with data was drawn.
    """
    if len(alt.split()) < 4:
        raise ValueError(f"alt: got {alt!r}, expected a sentence that says what to see")
    for ax in fig.axes:
        if ax.axison and not (ax.get_xlabel() and ax.get_ylabel()):
            raise ValueError(f"axes {fig.axes.index(ax)}: both axes need a label with units")
    lines = list(digest(fig))
    if not lines:
        raise ValueError("nothing with data was drawn")
    width, height = (round(100 * inches) for inches in fig.get_size_inches())
    display({"image/png": png(fig), "text/plain": "\n".join([f"[figure: {alt}]", *lines])}, raw=True,
            metadata={"image/png": {"alt": alt, "width": width, "height": height, "panels": gaps(fig)}})


def png(fig: Figure) -> bytes:
    """Draw a figure, once (``savefig`` draws twice), and return it with 256 colours, its background exact.

    Examples
    --------
    >>> fig, ax = figure(width=3, height=2)
    >>> Image.open(io.BytesIO(png(fig))).size
    (600, 400)
    """
    small = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    reduced = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    corner, colours = reduced.getpixel((0, 0)), reduced.getpalette()
    colours[3 * corner:3 * corner + 3] = image.getpixel((0, 0))
    reduced.putpalette(colours)
    reduced.save(small, "png", optimize=True)
    return small.getvalue()


def gaps(fig: Figure) -> list[int]:
    """Return where a drawn figure may be cut between its panels: pixels from the left, at the size as shown.

    What belongs to a panel stays with it: axes and their names, what is written beside them, a bar of colours.

    Examples
    --------
    >>> fig, axes = figure(1, 2)
    >>> _ = png(fig)
    >>> gaps(fig), gaps(figure()[0])
    ([360], [])
    """
    panels = []
    for ax in sorted(fig.axes, key=lambda ax: ax.get_position().x0):
        box = ax.get_tightbbox()
        if panels and (box.x0 < panels[-1][1] - TOUCH or ax.get_label() == "<colorbar>"):
            panels[-1][1] = max(panels[-1][1], box.x1)
        else:
            panels.append([box.x0, box.x1])
    return [] if fig.texts else [round((one[1] + other[0]) / 2 * 100 / DPI) for one, other in pairwise(panels)]


def digest(fig: Figure) -> Iterator[str]:
    """Yield one line per plotted data set: label, n, range of x and y, last y."""
    for ax in fig.axes:
        for line in ax.get_lines():
            x, y = (np.asarray(v, dtype=float) for v in line.get_data())
            if x.size > 2 or not line.get_label().startswith("_"):
                yield _describe(line.get_label(), x, y)
        for collection in ax.collections:
            if isinstance(collection, PathCollection):
                x, y = np.asarray(collection.get_offsets(), dtype=float).T
                yield _describe(collection.get_label(), x, y)
            elif isinstance(collection, QuadMesh):
                values = np.asarray(collection.get_array(), dtype=float).ravel()
                yield _describe(collection.get_label(), np.arange(values.size), values)
            elif isinstance(collection, PolyCollection):
                for path in collection.get_paths():
                    yield _describe(collection.get_label(), *path.vertices.T)
        for container in ax.containers:
            heights = [patch.get_height() for patch in container if hasattr(patch, "get_height")]
            if heights:
                yield _describe(container.get_label(), np.arange(len(heights)), np.asarray(heights, dtype=float))


def _describe(label, x, y):
    name = "curve" if label.startswith("_") else label
    return f"{name}: n={x.size}, x {_range(x)}, y {_range(y)}, last y {_number(y[-1])}"


def _range(values):
    finite = values[np.isfinite(values)]
    return f"{_number(finite.min())}..{_number(finite.max())}" if finite.size else "none"


def _number(value):
    """Four significant digits; zero up to round-off prints as 0, and as a whole number only what is one."""
    if abs(value) < 1e-14:
        return "0"
    text = f"{value:.4g}"
    whole = abs(value - round(value)) <= 1e-9 * abs(value)
    return text if whole or "." in text or "e" in text else f"{value:.3e}"
