"""The panels of a stored picture: cut where it says, and stood one above the other for a narrow screen."""

from collections.abc import Sequence
from itertools import pairwise

from PIL import Image

GAP = 18
"""Pixels, as shown, between two panels that stand one above the other."""


def split(image: Image.Image, shown: int, gaps: Sequence[int]) -> list[Image.Image]:
    """Return the panels of a picture from left to right.

    Parameters
    ----------
    shown : int
        The width in pixels at which the picture is shown; it may hold more of its own.
    gaps : sequence of int
        Where it may be cut, in pixels from the left at that width.

    Examples
    --------
    >>> [panel.size for panel in split(Image.new("L", (200, 20)), 100, [40])]
    [(80, 20), (120, 20)]
    """
    edges = [0, *(round(gap * image.width / shown) for gap in gaps), image.width]
    return [image.crop((left, 0, right, image.height)) for left, right in pairwise(edges)]


def stacked(image: Image.Image, shown: int, gaps: Sequence[int]) -> Image.Image:
    """Return a picture with its panels one above the other, on the colour of its corner.

    Examples
    --------
    >>> stacked(Image.new("L", (200, 20), 255), 100, [40]).size
    (120, 76)
    """
    panels, gap = split(image, shown, gaps), round(GAP * image.width / shown)
    high = sum(panel.height for panel in panels) + gap * (len(panels) - 1)
    whole = image.resize((max(panel.width for panel in panels), high))
    whole.paste(image.getpixel((0, 0)), (0, 0, *whole.size))
    at = 0
    for panel in panels:
        whole.paste(panel, (0, at))
        at += panel.height + gap
    return whole
