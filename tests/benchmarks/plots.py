"""The pictures of docs/engine.md, from data that the project ships: `make plots` writes docs/images/engine-*.png."""

import io
import itertools
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image  # matplotlib brings it

from bot.charts.figure import png
from bot.data import load_accelerators, load_catalog, sample_files
from bot.files import Report, read_runs, read_workloads
from bot.views.chart import chart
from engine import Advice, History, Policy, Run, Workload, as_document, fit, index, observe, recommend
from engine.predict import predict
from engine.units import Floats
from tests.engine.test_calibration import observed, parts, rows

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MOST_KNOWN = 4  # figures of a workload
WORKLOAD = "video-gen"  # of the sample history
PAPER, INK, FAINT, GRID = "#f7f8fa", "#22262e", "#8d97a5", "#dde1e7"  # opaque: reads alike in light and in dark
ONE, OTHER = "#0067a8", "#c04a00"  # told apart by all eyes
SIZE, DPI = (6.0, 3.4), 130
COLOURS = 48


@dataclass(frozen=True)
class Guess:
    """One published figure, predicted: `off` is how far off the median was, as a natural logarithm."""

    source: str
    off: float
    is_within: tuple[bool, ...]  # the interval of each of LEVELS


def guesses(n_known: int) -> Iterator[tuple[str, list[Guess]]]:
    """Workload by workload, what `n_known` of its figures, any of them, say of each of the others; no other history."""
    workloads = defaultdict(list)
    for row in rows():
        workloads[row["workload"]].append(row)
    for name, figures in workloads.items():
        subsets = itertools.combinations(range(len(figures)), n_known)
        found = [guess for known in subsets for guess in _guesses(figures, known)]
        if found:
            yield name, found


def _guesses(figures: list[dict[str, str]], known: tuple[int, ...]) -> Iterator[Guess]:
    start, whole = observed([figures[place] for place in known]), observed(figures)
    prediction = predict(fit([start], parts()), start, whole.shapes(parts()), parts())
    truth = whole.log_units_per_hour
    halves = [(prediction.quantile(0.5 - level / 2), prediction.quantile(0.5 + level / 2)) for level in LEVELS]
    for place, row in enumerate(figures):
        if place not in known:
            within = tuple(bool(low[place] <= truth[place] <= high[place]) for low, high in halves)
            yield Guess(row["source"].split("@")[0], float(prediction.log_units_per_hour[place] - truth[place]), within)


def calibration() -> Figure:
    """Stated against observed coverage of the intervals, each source weighing the same."""
    by_source: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for _, found in guesses(1):
        for guess in found:
            by_source[guess.source].append(guess.is_within)
    shares = np.array([np.mean(within, axis=0) for within in by_source.values()])
    figure = _figure("An interval that states p % covers p % of what was measured", "stated, %", "observed, %")
    (axes,) = figure.axes
    axes.plot((0, 100), (0, 100), color=FAINT, linewidth=1, linestyle="--")
    for share in shares:
        axes.plot(100 * np.array(LEVELS), 100 * share, color=ONE, alpha=0.18, linewidth=1)
    axes.plot(100 * np.array(LEVELS), 100 * shares.mean(axis=0), "o-", color=ONE, label="mean of the sources")
    axes.plot([], [], color=ONE, alpha=0.3, label=f"each of {len(shares)} sources")
    _legend(figure)
    return figure


def error_by_history() -> Figure:
    """How far predictions are off after so many known figures of the workload itself."""
    known = range(1, MOST_KNOWN + 1)
    errors = [_errors(n_known) for n_known in known]
    figure = _figure("What each configuration that has run is worth", "known configurations", "error of the others, %")
    (axes,) = figure.axes
    for name, color, quantile in (("90th percentile", OTHER, 0.9), ("median", ONE, 0.5)):
        axes.plot(known, [_weighted(each, quantile) for each in errors], "o-", color=color, label=name)
    axes.set_xticks(list(known))
    axes.set_ylim(bottom=0)
    _legend(figure)
    return figure


def _errors(n_known: int) -> list[Floats]:
    """Relative errors, an array a workload, of workloads that have more figures than any history shown."""
    found = (each for _, each in guesses(n_known) if _n_figures(each, n_known) > MOST_KNOWN)
    return [np.abs(np.expm1([guess.off for guess in each])) for each in found]


def _n_figures(found: Sequence[Guess], n_known: int) -> int:
    """How many figures a workload has whose every subset of `n_known` left each of the others to be guessed."""
    return next(n for n in itertools.count(n_known + 1) if math.comb(n, n_known) * (n - n_known) == len(found))


def _weighted(errors: Sequence[Floats], quantile: float) -> float:
    """The quantile in per cent, each workload weighing the same."""
    values = np.concatenate(errors)
    weights = np.concatenate([np.full(len(each), 1.0 / len(each)) for each in errors])
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    return 100.0 * float(values[order][np.searchsorted(share, quantile)])


def sample_advice() -> Advice:
    """The answer for one workload of the sample history, as of its last run."""
    files, accelerators, report = sample_files(), load_accelerators(), Report(print, print)
    by_workload: dict[str, list[Run]] = defaultdict(list)
    for run in read_runs(files["runs"], accelerators, report):
        by_workload[run.workload].append(run)
    histories = {name: History.of(name, runs) for name, runs in by_workload.items()}
    known = {name: observe(history, accelerators) for name, history in histories.items()}
    asked: dict[str, Workload] = {row.workload.name: row.workload for row in read_workloads(files["workloads"], report)}
    return recommend(
        asked.get(WORKLOAD, Workload(WORKLOAD)),
        histories[WORKLOAD],
        known[WORKLOAD],
        fit(tuple(known.values()), accelerators),
        index(load_catalog()),
        Policy(),
        max(_ended(runs) for runs in by_workload.values()),
        with_frontier=True,
    )


def _ended(runs: Sequence[Run]) -> datetime:
    return max(run.ended_at for run in runs)


def frontier() -> bytes:
    """The chart that the bot puts on a card."""
    advice = sample_advice()
    drawn = chart(as_document(advice), [(each.seconds_per_unit, each.usd_per_unit) for each in advice.frontier])
    if drawn is None:
        raise ValueError(f"the sample workload {WORKLOAD} has no chart")
    return png(drawn)


def _figure(title: str, across: str, up: str) -> Figure:
    figure = Figure(SIZE, DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=PAPER)
    axes.set_title(title, color=INK, fontsize=10, loc="left")
    axes.set_xlabel(across, color=INK, fontsize=9)
    axes.set_ylabel(up, color=INK, fontsize=9)
    axes.grid(color=GRID, linewidth=0.8)
    axes.tick_params(colors=INK, labelsize=8)
    for side in axes.spines.values():
        side.set_color(GRID)
    return figure


def _legend(figure: Figure) -> None:
    figure.axes[0].legend(frameon=False, fontsize=8, labelcolor=INK)


def _saved(picture: bytes, name: str) -> None:
    """In few colours, as a chart has few: a third of the size, and nothing that an eye would miss."""
    path = IMAGES / f"engine-{name}.png"
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size / 1000:.0f} kB\n")


def _drawn(figure: Figure) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="png", facecolor=PAPER, metadata={"Software": None})
    return written.getvalue()


def main() -> None:
    """Draw all of them."""
    _saved(_drawn(calibration()), "calibration")
    _saved(_drawn(error_by_history()), "error-by-history")
    _saved(frontier(), "frontier")


if __name__ == "__main__":
    main()
