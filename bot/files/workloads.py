"""Rows of the `workloads` format -> what owners ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bot.files.cells import Row, choice, count, flag, positive, required, text, words
from bot.files.money import only_dollars, pricing_category
from bot.files.problems import Report
from bot.files.reading import Form, read
from engine import KINDS, STAGES, Constraints, Filters, Kind, PricingCategory, Workload

__all__ = ["WorkloadRow", "read_workloads"]

_LONGEST_NAME = 120
_AMOUNTS = ("max_usd_per_day", "max_usd_per_unit", "value_of_time_usd_per_hour")
_LIMITS = ("floor_units_per_hour", "max_seconds_per_unit", "memory_required_gib")
_COUNTS = ("max_accelerators", "max_nodes")
_LISTS = ("providers", "regions", "pricing_categories")
_KNOWN = frozenset(
    ("workload", "stage", "kind", "critical", "owner", "channel", "currency", *_AMOUNTS, *_LIMITS, *_COUNTS, *_LISTS)
)
_FORM = Form(_KNOWN, ("workload",), {"workload": "any"})


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """What a row asks of a workload, and who to tell."""

    workload: Workload
    owner: str | None
    channel: str | None


def read_workloads(source: str | Path, report: Report) -> Iterator[WorkloadRow]:
    """The rows of `source` one by one; refused rows go to `report`.

    Raises:
        Unreadable: the file cannot be read at all.
    """
    return read(source, _FORM, _row, report)


def _row(row: Row) -> WorkloadRow:
    only_dollars(row, *_AMOUNTS)
    workload = Workload(
        name=required(text(row, "workload", _LONGEST_NAME), "workload"),
        stage=choice(row, "stage", STAGES),
        kind=_kind(row),
        is_critical=flag(row, "critical") or False,
        value_of_time_usd_per_hour=positive(row, "value_of_time_usd_per_hour"),
        constraints=_constraints(row),
        filters=Filters(
            providers=words(row, "providers"), regions=words(row, "regions"), pricing_categories=_categories(row)
        ),
    )
    return WorkloadRow(workload, text(row, "owner"), text(row, "channel"))


def _kind(row: Row) -> Kind | None:
    """`auto` is None: inferred from history."""
    found = choice(row, "kind", (*KINDS, "auto"))
    return None if found == "auto" else cast("Kind | None", found)


def _constraints(row: Row) -> Constraints:
    return Constraints(
        floor_units_per_hour=positive(row, "floor_units_per_hour"),
        max_seconds_per_unit=positive(row, "max_seconds_per_unit"),
        max_usd_per_day=positive(row, "max_usd_per_day"),
        max_usd_per_unit=positive(row, "max_usd_per_unit"),
        max_accelerators=count(row, "max_accelerators"),
        max_nodes=count(row, "max_nodes"),
        memory_required_gib=positive(row, "memory_required_gib"),
    )


def _categories(row: Row) -> tuple[PricingCategory, ...]:
    said = ({"pricing_category": word} for word in words(row, "pricing_categories"))
    return tuple(found for found in map(pricing_category, said) if found)
