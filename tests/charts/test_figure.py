"""The picture: the right size, the same every time, and every word in it shown as typed."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

import bot
from bot.charts import Chart, figure
from bot.charts.figure import png
from engine.advice import NothingFeasible
from tests.charts.chart_samples import FRONTIER, chart_of, pixels_of, size_of
from tests.views.view_samples import HIDDEN, HOSTILE, HUGE, LONGEST, RTL

PACKAGE = Path(bot.__file__).parent


@pytest.fixture(scope="module")
def sample() -> bytes:
    return png(chart_of())


def words_of(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every word as the library is about to draw it."""
    return [text for text, _ in sizes_of(chart, monkeypatch)]


def sizes_of(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Every word as the library is about to draw it, and its size in points."""
    drawn: list[Figure] = []

    def canvas_of(made: Figure) -> FigureCanvasAgg:
        drawn.append(made)
        return FigureCanvasAgg(made)

    monkeypatch.setattr(figure, "FigureCanvasAgg", canvas_of)
    png(chart)
    found = (text for text in drawn[0].findobj(Text) if isinstance(text, Text) and text.get_text())
    return [(text.get_text(), float(text.get_fontsize())) for text in found]


def test_a_chart_is_a_png_of_twice_the_size_that_slack_shows(sample: bytes) -> None:
    assert size_of(sample) == (1200, 800)
    assert len(sample) < 150_000


def test_its_paper_is_opaque_so_that_it_reads_alike_in_light_and_dark(sample: bytes) -> None:
    alphas = imread(io.BytesIO(sample))[:, :, 3]
    assert alphas.min() == 1.0


def test_the_same_chart_is_the_same_picture_and_another_is_another(sample: bytes) -> None:
    assert png(chart_of()) == sample
    assert pixels_of(png(chart_of(unit="frame"))) != pixels_of(sample)


@pytest.mark.parametrize("name", [HOSTILE, HIDDEN, LONGEST, RTL, "$x^2$ and $\\frac{1}{2}$", "動画 🎬", "a\nb\tc"])
def test_any_unit_can_be_drawn(name: str) -> None:
    assert size_of(png(chart_of(unit=name))) == (1200, 800)


def test_between_two_dollar_signs_stands_text_and_no_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Time per $x^2$  (← faster)" in words_of(chart_of(unit="$x^2$"), monkeypatch)
    assert pixels_of(png(chart_of(unit="$x^2$"))) != pixels_of(png(chart_of(unit="x^2")))


def test_what_the_font_has_no_letters_for_is_an_ellipsis_and_never_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Time per … clip …  (← faster)" in words_of(chart_of(unit="動画 clip 👩‍💻"), monkeypatch)


def test_everything_is_named_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    words = words_of(chart_of(), monkeypatch)
    assert {"★ Performance", "4 × A10G", "Cost", "1 × L4", "Value", "1 × H100-80GB", "Today", "1 × A10G"} <= set(words)
    assert "line: nothing faster for less an hour · bars: 90 % intervals · ✓ verified" in words
    assert {"Cost per clip  (↓ cheaper)", "Time per clip  (← faster)"} <= set(words)


def test_the_machines_own_settings_change_nothing(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rcParams, "font.size", 40.0)
    monkeypatch.setitem(rcParams, "savefig.facecolor", "black")
    assert png(chart_of()) == sample
    assert rcParams["font.size"] == 40.0


@pytest.mark.parametrize(
    "changes",
    [
        {"current": None},
        {"objectives": {**HUGE.objectives}, "current": HUGE.current},
        {"objectives": {**HUGE.objectives, "value": NothingFeasible(None)}},  # type: ignore[arg-type]
    ],
    ids=["without today", "numbers of nineteen decades", "one pick less"],
)
def test_charts_at_the_extremes_are_drawn(changes: dict[str, Any]) -> None:
    assert size_of(png(chart_of(**changes))) == (1200, 800)


@pytest.mark.parametrize("frontier", [(), FRONTIER[:1]])
def test_without_a_frontier_the_picks_stand_alone(frontier: Any) -> None:
    spots = tuple(spot for spot in chart_of().frontier if (spot.seconds_per_unit, spot.usd_per_unit) in frontier)
    assert pixels_of(png(replace(chart_of(), frontier=spots))) != pixels_of(png(chart_of()))


def test_on_a_phone_every_word_is_at_least_eight_pixels_high(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = 360 / 1200  # of the picture's width
    sizes = {size * 200 / 72 * phone: text for text, size in sizes_of(chart_of(), monkeypatch)}
    assert min(sizes) >= 8.0, sizes[min(sizes)]
    assert all(size >= 10.0 for size, text in sizes.items() if "intervals" not in text)


def test_only_the_process_that_draws_imports_the_plotting_library() -> None:
    users = [path for path in PACKAGE.rglob("*.py") if "matplotlib" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(PACKAGE).as_posix() for path in users] == ["charts/figure.py"]
