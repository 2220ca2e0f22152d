"""A figure without words is refused, and its digest changes with the numbers drawn."""

import io

import numpy as np
import pytest
from PIL import Image

from covtheory.figures import digest, figure, gaps, label_line, png, show

ALT = "A straight line that rises."


def line(values, **labels):
    fig, ax = figure()
    ax.plot(np.arange(len(values)), values, label="curve A")
    ax.set(**{"xlabel": "n", "ylabel": "value (nats)", **labels})
    return fig, ax


def test_digest_names_label_count_range_and_end():
    fig, _ = line([1.0, 4.0, 2.5])
    assert list(digest(fig)) == ["curve A: n=3, x 0..2, y 1..4, last y 2.5"]


def test_digest_sees_a_changed_number_and_hides_round_off():
    assert list(digest(line([1.0, 4.0, 2.5])[0])) != list(digest(line([1.0, 4.1, 2.5])[0]))
    assert list(digest(line([1.0, 4.0, 1e-17])[0])) == list(digest(line([1.0, 4.0, 0.0])[0]))


def test_digest_prints_a_measured_number_above_a_thousand_as_no_count():
    fig, _ = line([1234.4, 98765.4, 2000.0])  # a last digit may move; a count may not, and 2000 is one
    assert list(digest(fig)) == ["curve A: n=3, x 0..2, y 1.234e+03..9.877e+04, last y 2000"]


def test_digest_covers_scatter_bars_bands_and_meshes():
    fig, axes = figure(1, 4)
    axes[0].scatter([0, 1], [2, 3], label="dots")
    axes[1].bar([0, 1], [5, 6], label="bars")
    axes[2].fill_between([0, 1], [0, 0], [1, 2], label="band")
    axes[3].pcolormesh(np.arange(4).reshape(2, 2), label="mesh")
    assert [text.split(":")[0] for text in digest(fig)] == ["dots", "bars", "band", "mesh"]


def test_show_prints_nothing_and_carries_text_digest_and_the_size_to_show(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("covtheory.figures.display", lambda data, **options: shown.append((data, options)))
    fig, ax = line([1.0, 4.0])
    label_line(ax, "A", 1, 4)
    show(fig, ALT)
    assert not capsys.readouterr().out
    ((data, options),) = shown
    assert data["text/plain"] == f"[figure: {ALT}]\ncurve A: n=2, x 0..1, y 1..4, last y 4"
    assert data["image/png"].startswith(b"\x89PNG")
    about = options["metadata"]["image/png"]
    assert about == {"alt": ALT, "width": 720, "height": 400, "panels": []}
    with Image.open(io.BytesIO(data["image/png"])) as image:
        assert image.size == (1440, 800)
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_gaps_lie_where_no_ink_is_and_keep_names_and_colour_bars_with_their_panel():
    fig, axes = figure(1, 3, width=9)
    for ax in axes[:2]:
        ax.plot([0, 1], [1e-9, 1e9], label="A")
        ax.set(xlabel="x (no unit)", ylabel="a long name (nats)")
    fig.colorbar(axes[2].pcolormesh(np.arange(4).reshape(2, 2)), ax=axes[2], label="height (nats)")
    with Image.open(io.BytesIO(png(fig))) as image:
        pixels = np.asarray(image.convert("L"))
    first, second = gaps(fig)
    assert (pixels[:, [2 * first, 2 * second]] == 255).all()
    left, right = (ax.get_tightbbox() for ax in axes[:2])
    assert left.x1 <= 2 * first <= right.x0
    assert right.x1 <= 2 * second <= axes[2].get_tightbbox().x0
    fig.text(0.5, 0.98, "over both")
    assert gaps(fig) == []


@pytest.mark.parametrize(("change", "message"), [({"xlabel": ""}, "need a label"), ({"ylabel": ""}, "need a label")])
def test_axis_without_label_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        show(line([1.0, 2.0], **change)[0], ALT)


def test_figure_without_sentence_or_data_is_refused():
    with pytest.raises(ValueError, match="expected a sentence"):
        show(line([1.0, 2.0])[0], "plot")
    fig, ax = figure()
    ax.set(xlabel="x", ylabel="y")
    with pytest.raises(ValueError, match="nothing with data"):
        show(fig, ALT)
