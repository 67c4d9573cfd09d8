"""Predictions against published measurements that the project ships: unbiased, and intervals that cover.

The figures of `published.csv` come from the repositories named in its rows, under the licences named there, in units a
second over all accelerators. Each workload is a new customer's: one of its figures is known, the others are predicted.
"""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bot.data import load_accelerators
from engine.accelerators import Accelerators
from engine.fit import fit
from engine.history import History, Run
from engine.observations import Observations, observe
from engine.predict import predict
from tests.engine.measured_worlds import MONDAY

_PUBLISHED = Path(__file__).with_name("published.csv")


@dataclass(frozen=True)
class Error:
    """One prediction from one known figure; natural logarithms relative to what was published.

    `overshoot` is positive where the step from the known figure was taken too far, up or down: the error that does not
    cancel between the two directions of a pair.
    """

    source: str
    overshoot: float
    median: float
    low: float
    high: float


@cache
def parts() -> Accelerators:
    return load_accelerators()


@cache
def rows() -> tuple[dict[str, str], ...]:
    with _PUBLISHED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def observed(chosen: list[dict[str, str]]) -> Observations:
    runs = [
        Run(
            workload=row["workload"],
            run_id=str(number),
            started_at=MONDAY,
            ended_at=MONDAY.replace(hour=MONDAY.hour + 1),
            units=float(row["units_per_second"]) * 3600,
            unit=row["unit"],
            accelerator=row["accelerator"],
            accelerator_count=int(row["accelerator_count"]),
            precision=row["precision"] or None,  # type: ignore[arg-type]  # the contract's words
        )
        for number, row in enumerate(chosen)
    ]
    return observe(History.of(chosen[0]["workload"], runs), parts())


def errors_of(workload: list[dict[str, str]]) -> list[Error]:
    found = []
    every = observed(workload)
    for known in workload:
        start = observed([known])
        prediction = predict(fit([start], parts()), start, every.shapes(parts()), parts())
        step = np.sign(every.log_units_per_hour - start.log_units_per_hour[0])
        bands = [prediction.quantile(q) - every.log_units_per_hour for q in (0.5, 0.05, 0.95)]
        source = known["source"].split("@")[0]
        found += [
            Error(source, float(bands[0][i] * step[i]), *(float(band[i]) for band in bands))
            for i, row in enumerate(workload)
            if row is not known
        ]
    return found


@cache
def errors() -> tuple[Error, ...]:
    workloads = defaultdict(list)
    for row in rows():
        workloads[row["workload"]].append(row)
    return tuple(error for each in workloads.values() for error in errors_of(each))


def mean_over_sources(values: dict[str, list[float]]) -> float:
    return float(np.mean([np.mean(each) for each in values.values()]))


def by_source(measure: str) -> dict[str, list[float]]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for error in errors():
        covered = float(error.low <= 0 <= error.high)
        grouped[error.source].append({"overshoot": error.overshoot, "covered": covered}[measure])
    return grouped


def test_every_published_figure_names_its_source_and_an_open_licence() -> None:
    assert {row["licence"] for row in rows()} <= {"MIT", "Apache-2.0", "BSD-3-Clause"}
    assert all("/" in row["source"] for row in rows())
    assert len(rows()) > 80


def test_steps_to_other_parts_and_counts_are_neither_too_long_nor_too_short() -> None:
    assert abs(mean_over_sources(by_source("overshoot"))) < 0.15


def test_half_the_predictions_from_one_figure_are_within_a_third() -> None:
    assert np.median([abs(math.expm1(error.median)) for error in errors()]) < 1 / 3


def test_ninety_per_cent_intervals_cover_about_ninety_per_cent() -> None:
    assert 0.82 <= mean_over_sources(by_source("covered")) <= 0.97


def test_intervals_are_not_bought_with_width() -> None:
    widths = [error.high - error.low for error in errors()]
    assert np.exp(np.median(widths)) < 6
