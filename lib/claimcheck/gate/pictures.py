"""Whether a stored picture is the picture of its figure: every pixel must be explained within two pixels' distance.

Strict nbval compares text only. Here the picture that a run draws is held against the stored one. Another processor
moves a line by a fraction of a pixel, at worst to the neighbouring one; another curve, another label or another figure
leaves pixels with a colour that the other picture has nowhere near.
"""

import functools
import io
import re
from importlib.metadata import version
from pathlib import Path

import numpy as np
from PIL import Image

REACH = 2
"""Pixels by which something drawn may have moved: one that a reader sees, which is two of a stored picture."""

TOLERANCE = 24
"""Steps of 255 by which a colour may lie outside the colours around it in the other picture."""

MOST = 2
"""How many pixels may stay unexplained. When pictures had half the pixels and ``REACH`` was 1, each of 199 changes
planted in three notebooks (a curve moved by 1 or 2 % of the axis, one letter of a label) left more. At today's size a
curve moved by half a per cent leaves 1,700, a letter a that becomes an o 18, a bracket of another kind 6."""

DRAWN_BY = ("matplotlib", "pillow")
"""Other versions of these place text and lines elsewhere."""


def differences(new_png: bytes, old_png: bytes, alike: bool = True) -> str | None:
    """Return one sentence if two pictures differ by more than another processor's rounding, or None.

    Parameters
    ----------
    new_png, old_png : bytes
        The picture that was drawn now, and the stored one.
    alike : bool
        Whether the same versions drew both (:func:`as_pinned`); if not, the stored one need only be a picture.

    Examples
    --------
    >>> def drawn(row):
    ...     buffer = io.BytesIO()
    ...     pixels = np.full((40, 40), 255, dtype=np.uint8)
    ...     pixels[row] = 0
    ...     Image.fromarray(pixels).save(buffer, "png")
    ...     return buffer.getvalue()
    >>> differences(drawn(20), drawn(21)) is None
    True
    >>> differences(drawn(20), drawn(24))
    'the stored picture is not the one drawn now: 80 pixels differ, around column 19, row 22'
    >>> differences(drawn(20), b"garbage")
    'the stored picture is not a readable PNG'
    """
    if new_png == old_png:
        return None
    try:
        new, old = _pixels(new_png), _pixels(old_png)
    except (OSError, ValueError, SyntaxError):  # what Pillow raises for what is no picture
        return "the stored picture is not a readable PNG"
    if not alike:
        return None
    if new.shape != old.shape:
        return f"the stored picture has {_size(old)} pixels, the one drawn now {_size(new)}"
    if (np.abs(new.astype(np.int16) - old) <= TOLERANCE).all():
        return None
    strange = _unexplained(new, old) | _unexplained(old, new)
    if (count := int(strange.sum())) <= MOST:
        return None
    row, column = (int(np.median(places)) for places in np.nonzero(strange))
    return f"the stored picture is not the one drawn now: {count} pixels differ, around column {column}, row {row}"


def as_pinned(requirements: Path) -> bool:
    """Return whether no pin of a requirements file names another version of what draws than the installed one.

    Examples
    --------
    >>> as_pinned(Path("no such file"))
    True
    """
    return not unlike(requirements)


def unlike(requirements: Path) -> list[str]:
    """Return, in words, what draws here in another version than a requirements file pins."""
    text = requirements.read_text(encoding="utf-8") if requirements.is_file() else ""
    pins = {name.lower(): pin for name, pin in re.findall(r"^([\w.\-]+)==([\w.]+)", text, flags=re.MULTILINE)}
    return [f"{name} {_version(name)} draws here, {pins[name]} is pinned" for name in DRAWN_BY
            if pins.get(name, _version(name)) != _version(name)]


_version = functools.cache(version)  # which reads the metadata of a package each time


def _pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        if getattr(image, "n_frames", 1) > 1 or image.mode in ("RGBA", "LA") or "transparency" in image.info:
            raise ValueError("several frames, or parts that are not seen")
        return np.asarray(image.convert("RGB"))


def _unexplained(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return which pixels of a picture have a colour outside the range of colours that the other has around them."""
    low, high = _around(other, np.minimum).astype(np.int16), _around(other, np.maximum).astype(np.int16)
    return ((picture < low - TOLERANCE) | (picture > high + TOLERANCE)).any(axis=-1)


def _around(picture: np.ndarray, pick: np.ufunc) -> np.ndarray:
    """Return, for each pixel, the smallest or largest value within ``REACH`` in both directions."""
    for axis in (0, 1):
        edge = [(REACH, REACH) if i == axis else (0, 0) for i in range(picture.ndim)]
        padded, length = np.pad(picture, edge, mode="edge"), picture.shape[axis]
        shifted = [np.take(padded, range(k, k + length), axis=axis) for k in range(2 * REACH + 1)]
        picture = pick.reduce(shifted)
    return picture


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]} x {pixels.shape[0]}"
