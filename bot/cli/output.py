"""Advices as tables in a terminal, from their JSON documents and in the words of the messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.views.numbers import UNKNOWN, cost_per_unit, money, throughput
from bot.views.phrases import configuration, machines

__all__ = ["show_scan"]


def show_scan(documents: Iterable[Mapping[str, Any]]) -> None:
    """One line an advice on standard output: today, what is recommended, what that gains and costs."""
    table = Table(box=SIMPLE_HEAD, highlight=False)
    for heading in ("workload", "stage", "today", "take", "configuration"):
        table.add_column(heading, overflow="fold")
    for heading in ("speed", "per day", "per unit"):
        table.add_column(heading, justify="right", overflow="fold")
    for document in documents:
        table.add_row(*map(escape, _line(document)))
    Console().print(table)


def _line(document: Mapping[str, Any]) -> tuple[str, ...]:
    stage, current, unit = document["stage"], document["current"], document["unit"]
    start = (
        document["workload"],
        stage["value"] if stage else UNKNOWN,
        machines(current["configuration"]) if current else UNKNOWN,
    )
    pick = document["objectives"].get(document["recommended"], {})
    if not pick:
        return (*start, "undetermined", document["reason"], UNKNOWN, UNKNOWN, UNKNOWN)
    if "infeasible" in pick:
        return (*start, document["recommended"], f"infeasible: {pick['infeasible']['binding']}", *([UNKNOWN] * 3))
    return (
        *start,
        document["recommended"],
        configuration(pick["configuration"]),
        throughput(pick["units_per_hour"]["p50"], unit),
        money(pick["usd_per_day"]),
        cost_per_unit(pick["usd_per_unit"]["p50"], unit),
    )
