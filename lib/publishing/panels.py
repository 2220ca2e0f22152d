"""The panels of a stored picture: cut where it says, and stood one above the other for a narrow screen."""

from collections.abc import Sequence
from itertools import pairwise

from PIL import Image

GAP = 18
"""Pixels, as shown, between two panels that stand one above the other."""


LEAST = 480
"""Pixels, as shown, of the width of such a picture: a small panel's letters grow no larger than those of the text."""


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
    """Return a picture with its panels one above the other, in the middle, on the colour of its corner.

    Examples
    --------
    >>> stacked(Image.new("L", (2000, 800), 255), 1000, [480]).size
    (1040, 1636)
    """
    panels = split(image, shown, gaps)
    least, gap = (round(length * image.width / shown) for length in (LEAST, GAP))
    high = sum(panel.height for panel in panels) + gap * (len(panels) - 1)
    whole = image.resize((max(least, *(panel.width for panel in panels)), high))
    whole.paste(image.getpixel((0, 0)), (0, 0, *whole.size))
    at = 0
    for panel in panels:
        whole.paste(panel, ((whole.width - panel.width) // 2, at))
        at += panel.height + gap
    return whole
