"""A chart as a picture: the one module that imports the plotting library, in a process of its own."""

import io
from collections.abc import Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from bot.charts.chart import Axis, Chart, Mark, Spot
from bot.charts.labels import Box, Label, placed

__all__ = ["png"]

Pixel: TypeAlias = tuple[float, float]

_SIZE, _DPI = (6.0, 4.0), 200  # inches; 1,200 pixels for the 360 of a phone to the 600 of a desktop
_FONT = "DejaVu Sans"  # comes with the library: the same letters on every machine
_PAPER, _INK, _FAINT, _GRID = "#f2f4f7", "#22262e", "#5f6875", "#d9dee5"  # opaque: reads alike in light and in dark
_HUES = {"cost": "#0067a8", "value": "#00805c", "performance": "#c04a00", "today": "#444b57"}  # told apart by all eyes
_LARGE, _SMALL, _TINY = 13.5, 12.0, 10.0  # points; on a phone 11, 10 and 8 pixels high
_INSIDE, _EDGE = (0.195, 0.905), 0.965  # where the plot ends: below, above, and to the right; shares of the picture
_JOINERS = "\u200d\ufe0f"  # hold the parts of one picture together, none of which the font has
_MARKER = 20.0  # pixels from the middle of a marker to its rim
_STEP = 6.0  # pixels between the points at which a line is kept free of words


def png(chart: Chart) -> bytes:
    """The chart as an opaque PNG of 1,200 × 800 pixels; the same chart gives the same picture."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the machine's own settings are
        # What people typed is shown as typed: between two dollar signs the library would read a formula.
        mpl.rcParams.update({"font.family": _FONT, "text.parse_math": False, "text.color": _INK})
        figure = Figure(_SIZE, _DPI, facecolor=_PAPER)
        _draw(chart, figure, FigureCanvasAgg(figure))
        written = io.BytesIO()
        figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()


def _draw(chart: Chart, figure: Figure, canvas: FigureCanvasAgg) -> None:
    axes = _axes(chart, figure, canvas)
    lines = [_line(axes, chart.frontier, _STEP, color="#8d97a5", linewidth=2.2, zorder=2)]
    axes.plot(*_columns(chart.frontier), "o", color="#8d97a5", markersize=3.6, zorder=2)
    for mark in chart.marks:
        lines.append(_interval(axes, mark))
        _marker(axes, mark)
    _name_all(chart, axes, canvas, [box for line in lines for box in line])


def _axes(chart: Chart, figure: Figure, canvas: FigureCanvasAgg) -> Axes:
    """The empty plot, as far to the left as the longest number at its left edge allows."""
    words = [figure.text(0, 0, _drawable(text), fontsize=_SMALL) for _, text in chart.up.ticks]
    widest = max((_wide(word, canvas) for word in words), default=0.0)
    for word in words:
        word.remove()
    left = (widest + 34) / (_SIZE[0] * _DPI)
    axes = figure.add_axes((left, _INSIDE[0], _EDGE - left, _INSIDE[1] - _INSIDE[0]), facecolor=_PAPER)
    axes.set(xscale="log", yscale="log", xlim=(chart.across.low, chart.across.high), ylim=(chart.up.low, chart.up.high))
    axes.minorticks_off()
    _ticks(axes, chart)
    figure.text(0.02, 0.975, _drawable(chart.up.title), fontsize=_SMALL, weight="bold", va="top")
    figure.text(0.975, 0.07, _drawable(chart.across.title), fontsize=_SMALL, weight="bold", ha="right")
    figure.text(0.02, 0.018, _drawable(chart.note), fontsize=_TINY, color=_FAINT)
    return axes


def _ticks(axes: Axes, chart: Chart) -> None:
    axes.set_xticks(*_split(chart.across))
    axes.set_yticks(*_split(chart.up))
    axes.tick_params(length=0, labelsize=_SMALL, labelcolor=_FAINT, pad=5)
    axes.grid(visible=True, color=_GRID, linewidth=1.0)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _split(axis: Axis) -> tuple[list[float], list[str]]:
    return [value for value, _ in axis.ticks], [_drawable(text) for _, text in axis.ticks]


def _interval(axes: Axes, mark: Mark) -> list[Box]:
    if mark.interval is None:
        return []
    hue = _HUES[mark.hue]
    return _line(axes, mark.interval, 2 * _STEP, color=hue, alpha=0.35, linewidth=5.0, solid_capstyle="round", zorder=3)


def _line(axes: Axes, spots: Sequence[Spot], width: float, **style: object) -> list[Box]:
    """Draw a line; boxes along it as wide as that, in pixels, for words to keep off."""
    axes.plot(*_columns(spots), **style)  # type: ignore[arg-type]  # the style of a line, spelled out by the callers
    return [box for ends in pairwise(_pixels(axes, spots)) for box in _beads(*ends, width)]


def _beads(start: Pixel, end: Pixel, width: float) -> list[Box]:
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    steps = np.linspace(0.0, 1.0, 2 + int(min(length, 2000.0) / _STEP))
    places = [(start[0] + step * (end[0] - start[0]), start[1] + step * (end[1] - start[1])) for step in steps]
    return [_square(x, y, width / 2) for x, y in places]


def _marker(axes: Axes, mark: Mark) -> None:
    x, y = mark.at.seconds_per_unit, mark.at.usd_per_unit
    size, shape = (15.0 if mark.is_recommended else 12.0), ("D" if mark.hue == "today" else "o")
    size -= 3.0 if mark.hue == "today" else 0.0
    axes.plot([x], [y], shape, color=_HUES[mark.hue], markersize=size, mec=_PAPER, mew=1.6, zorder=5)
    if mark.is_verified:
        place = axes.transData.transform((x, y))
        tick = [(-4.6, 0.2), (-1.4, -3.6), (4.8, 4.2)]
        axes.figure.add_artist(_check(place + np.array(tick) * size / 9.0))


def _check(points: np.ndarray) -> Line2D:
    return Line2D(points[:, 0], points[:, 1], color=_PAPER, linewidth=1.8, zorder=6, transform=None)


def _name_all(chart: Chart, axes: Axes, canvas: FigureCanvasAgg, lines: list[Box]) -> None:
    """Write what each mark is beside it, the recommended one first."""
    marks = sorted(chart.marks, key=lambda mark: not mark.is_recommended)
    words = [_words(axes, mark) for mark in marks]
    anchors = _pixels(axes, [mark.at for mark in marks])
    labels = [_label(pair, at, canvas) for pair, at in zip(words, anchors, strict=True)]
    inside = axes.get_window_extent()
    room = Box(inside.x0, inside.y0, inside.x1, inside.y1 + 8)
    for pair, box in zip(words, placed(labels, room, [_square(x, y, _MARKER) for x, y in anchors], lines), strict=True):
        _put(pair, box)


def _words(axes: Axes, mark: Mark) -> list[Text]:
    hue = _HUES[mark.hue]
    lines = ((mark.title, _LARGE, "bold", hue), (mark.subtitle, _SMALL, "normal", _INK))
    return [
        axes.figure.text(0, 0, _drawable(words), fontsize=size, weight=weight, color=color, transform=None, zorder=7)
        for words, size, weight, color in lines
    ]


def _label(words: Sequence[Text], at: Pixel, canvas: FigureCanvasAgg) -> Label:
    return Label(*at, max(_wide(word, canvas) for word in words), sum(_tall(word) for word in words), gap=_MARKER + 6)


def _put(words: Sequence[Text], box: Box) -> None:
    top = box.top
    for word in words:
        word.set_path_effects([withStroke(linewidth=3.0, foreground=_PAPER)])  # a line behind a word leaves it legible
        word.set(x=box.left, y=top - _tall(word) * 0.78, va="baseline")
        top -= _tall(word)


def _wide(word: Text, canvas: FigureCanvasAgg) -> float:
    """Of its letters, in pixels."""
    return float(word.get_window_extent(canvas.get_renderer()).width)  # type: ignore[no-untyped-call]  # of the library


def _tall(word: Text) -> float:
    """Of its line, in pixels; the same for all words of a size, whatever their letters."""
    return float(word.get_fontsize()) * _DPI / 72 * 1.24


def _pixels(axes: Axes, spots: Sequence[Spot]) -> list[Pixel]:
    if not spots:
        return []
    return [(float(x), float(y)) for x, y in axes.transData.transform(np.column_stack(_columns(spots)))]


def _columns(spots: Sequence[Spot]) -> tuple[list[float], list[float]]:
    return [spot.seconds_per_unit for spot in spots], [spot.usd_per_unit for spot in spots]


def _square(x: float, y: float, half: float) -> Box:
    return Box(x - half, y - half, x + half, y + half)


def _drawable(text: str) -> str:
    """`text` with an ellipsis for every stretch that the font has no letters for."""
    return "".join("".join(part) if is_known else "…" for is_known, part in groupby(text, key=_has_glyph))


@cache
def _has_glyph(char: str) -> bool:
    return char not in _JOINERS and bool(get_font(findfont(_FONT)).get_char_index(ord(char)))
