"""A stored picture is the picture of its figure: rounding passes; another curve, label or figure does not."""

import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from claimcheck.gate import nbval_hook
from claimcheck.gate.pictures import as_pinned, differences
from covtheory.figures import figure, png

X = np.linspace(0, 6, 200)


def drawn(shift=0.0, label="angle (rad)", width=7.2, title="", wobble=0.0):
    fig, ax = figure(width=width)
    ax.plot(X, np.cos(X) + wobble, label="cosine")
    ax.plot(X, np.sin(X) + shift, label="sine")
    ax.set(xlabel=label, ylabel="value (no unit)", title=title, ylim=(-1.2, 1.2))
    return png(fig)


@pytest.fixture(scope="module")
def stored():
    return drawn()


def test_the_same_picture_and_one_that_differs_by_rounding_pass(stored):
    assert differences(drawn(), stored) is None
    assert differences(drawn(wobble=1e-3), stored) is None  # a fifth of a pixel


def test_a_picture_moved_to_the_neighbouring_pixel_passes(stored):
    pixels = np.asarray(Image.open(io.BytesIO(stored)).convert("RGB"))
    for axis in (0, 1):
        buffer = io.BytesIO()
        Image.fromarray(np.roll(pixels, 1, axis=axis)).save(buffer, "png")
        assert differences(buffer.getvalue(), stored) is None


@pytest.mark.parametrize("change", [{"shift": 0.048}, {"shift": -0.048}, {"label": "angle (deg)"}, {"title": "T"}],
                         ids=str)
def test_a_curve_moved_by_a_fiftieth_of_the_axis_or_another_label_is_seen(stored, change):
    assert "the stored picture is not the one drawn now" in differences(drawn(**change), stored)
    assert "the stored picture is not the one drawn now" in differences(stored, drawn(**change))


def test_another_figure_is_seen(stored):
    assert "has 1440 x 800 pixels, the one drawn now 1200 x 800" in differences(drawn(width=6), stored)


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\x89PNG\r\n\x1a\n", "half"])
def test_what_is_no_picture_is_said_so_whatever_drew_it(stored, garbage):
    old = stored[: len(stored) // 2] if garbage == "half" else garbage
    for alike in (True, False):
        assert differences(drawn(title="T"), old, alike) == "the stored picture is not a readable PNG"


def test_where_other_versions_draw_the_stored_one_need_only_be_a_picture(stored, tmp_path):
    assert differences(drawn(title="T"), stored, alike=False) is None
    pins = tmp_path / "requirements.txt"
    pins.write_text(f"matplotlib=={matplotlib.__version__}   # figures\n")
    assert as_pinned(pins)
    pins.write_text("numpy==1.0\nmatplotlib==1.0\n")
    assert not as_pinned(pins)


def test_what_is_not_seen_or_only_later_is_no_stored_picture():
    def stored(mode, **options):
        buffer = io.BytesIO()
        Image.new(mode, (40, 40), 255 if mode == "L" else (255,) * len(mode)).save(buffer, "png", **options)
        return buffer.getvalue()

    plain = stored("RGB")
    assert differences(plain, plain) is None
    later = [Image.new("RGB", (40, 40), "black")]
    for odd in (stored("RGBA"), stored("RGB", transparency=(255, 255, 255)),
                stored("RGB", save_all=True, append_images=later)):
        assert "not a readable PNG" in differences(plain, odd)


@pytest.mark.parametrize(("panels", "alike"), [([425], True), ([428], True), ([430], False), ([], False),
                                               ([425, 600], False)])
def test_gaps_between_panels_move_by_rounding_only(panels, alike):
    shown = {"width": 840, "height": 370, "panels": [426]}
    assert nbval_hook._alike(shown, {**shown, "panels": panels}) is alike
    assert not nbval_hook._alike(shown, {**shown, "width": 20})
