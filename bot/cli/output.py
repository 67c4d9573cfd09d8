"""Advices as tables in a terminal, from their JSON documents and in the words of the messages."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.plot import plotted
from bot.posts import Message
from bot.render import as_text
from bot.views.chart import chart, chart_in_words
from bot.views.infeasible import nothing_feasible
from bot.views.measure import Measure
from bot.views.numbers import (
    UNKNOWN,
    cost_per_unit,
    cost_per_unit_range,
    count,
    duration,
    money,
    throughput,
    throughput_range,
)
from bot.views.phrases import EVIDENCE_WORDS, day, machines, paid, running, sentence
from bot.views.picks import choices
from bot.views.verdict import break_even, judgement, next_trial
from engine import AdviceDocument, CurrentDocument, PickDocument, RentedDocument

__all__ = ["show_advice", "show_scan"]

_ENTRIES = 200  # of one table


def show_scan(documents: Iterable[AdviceDocument]) -> None:
    """One entry an advice on standard output: today, what is recommended, what that gives and costs.

    A table must be known whole before its widths are: many advices make several, so that a fleet fits in memory.
    """
    console, rest = Console(), iter(documents)
    while some := list(islice(rest, _ENTRIES)):
        console.print(_entries(some))


def _entries(documents: Iterable[AdviceDocument]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=False, padding=(0, 1, 1, 0))
    for heading in ("workload", "today", "recommended"):
        table.add_column(heading, overflow="fold")
    table.add_column("gives", justify="right", overflow="fold")
    for document in documents:
        table.add_row(*(Text("\n".join(filter(None, cell))) for cell in _entry(document)))
    return table


def show_advice(document: AdviceDocument, frontier: Sequence[Sequence[float]] = ()) -> None:
    """One advice on standard output: today and the picks side by side, the recommended one first, and what to know.

    A terminal is shown the chart, whose `frontier` is (seconds, USD) per unit; whatever else reads it, its words.
    """
    console = Console(highlight=False)
    stage = document["stage"]
    console.print(Text(" · ".join(filter(None, (document["workload"], stage and stage["value"])))), style="bold")
    console.print(Text(sentence(document["reason"])))
    if document["objectives"]:
        console.print(_side_by_side(document))
    for line in _charted(document, frontier, console):
        console.print(Text(line))
    for note in _notes(document):
        console.print(Text(f"• {sentence(note)}"))


def _charted(document: AdviceDocument, frontier: Sequence[Sequence[float]], console: Console) -> Iterator[str]:
    found = chart(document, frontier)
    if found is not None:
        yield from plotted(found, console.width) if console.is_terminal else (chart_in_words(document),)
        yield ""


def _entry(document: AdviceDocument) -> tuple[tuple[str, ...], ...]:
    """The lines of each cell of one entry; empty ones are left out."""
    stage, current, unit = document["stage"], document["current"], document["unit"]
    name = (document["workload"], stage["value"] if stage else UNKNOWN)
    today = (machines(current["configuration"]), paid(current["configuration"])) if current else (UNKNOWN,)
    objective = document["recommended"]
    pick = document["objectives"].get(objective or "")
    if objective is None or pick is None:
        return name, today, ("undetermined", document["reason"]), ()
    if "infeasible" in pick:
        return name, today, (objective, nothing_feasible(pick["infeasible"], document)), ()
    speed, cost = pick["units_per_hour"]["p50"], pick["usd_per_unit"]["p50"]
    gives = (throughput(speed, unit), f"{money(pick['usd_per_day'])}/day", cost_per_unit(cost, unit))
    return name, today, _recommended(objective, pick["configuration"]), gives


def _recommended(objective: str, pick: RentedDocument) -> tuple[str, ...]:
    rented = " · ".join(word for word in (pick["provider"], pick["instance_type"], pick["region"]) if word)
    return f"{objective}: {machines(pick)}", rented, " · ".join(filter(None, (paid(pick), running(pick))))


def _side_by_side(document: AdviceDocument) -> Table:
    current, measure = document["current"], Measure.of(document)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    columns = [_column(choice.pick, measure, *_predicted(choice.pick, measure)) for choice in choices(document)]
    for choice in choices(document):
        table.add_column(f"{choice.title}{' ★' if choice.is_recommended else ''}", overflow="fold")
    if current:
        table.add_column("Today", overflow="fold")
        paid_now = measure.cost(current["usd_per_unit"])
        columns.append(_column(current, measure, paid_now, "idle and failed runs included", "what the last runs used"))
    for label, *cells in zip(_LABELS, *columns, strict=True):
        table.add_row(label, *map(Text, cells))
    return table


_LABELS = (
    "machines",
    "rented",
    "region",
    "paid",
    "runs",
    "speed",
    "90 %",
    "a unit",
    "a day",
    "cost",
    "90 %",
    "evidence",
)


def _column(found: PickDocument | CurrentDocument, measure: Measure, *last: str) -> tuple[str, ...]:
    """One pick, or today, from top to bottom."""
    where, speed = found["configuration"], found["units_per_hour"]
    return (
        machines(where),
        " ".join(word for word in (where["provider"], where["instance_type"]) if word) or UNKNOWN,
        where["region"] or UNKNOWN,
        paid(where) or UNKNOWN,
        running(where) or UNKNOWN,
        measure.speed(speed["p50"]),
        throughput_range(speed["p05"], speed["p95"], speed["p50"], measure.per_hour),
        duration(found["seconds_per_unit"]["p50"]),
        money(found["usd_per_day"]),
        *last,
    )


def _predicted(pick: PickDocument, measure: Measure) -> tuple[str, ...]:
    """What a column ends with: the cost per unit, its interval, and what both rest on."""
    cost = pick["usd_per_unit"]
    spread = cost_per_unit_range(cost["p05"], cost["p95"], measure.usd)
    return measure.cost(cost["p50"]), spread, EVIDENCE_WORDS[pick["evidence"]]


def _notes(document: AdviceDocument) -> Iterator[str]:
    """What does not fit into columns."""
    for objective, pick in document["objectives"].items():
        if "infeasible" in pick:
            yield f"{objective}: {nothing_feasible(pick['infeasible'], document)}"
    said = [*judgement(document, choices(document)), *map(break_even, document["break_even_pairs"])]
    yield from dict.fromkeys(as_text(Message(line)) for line in said)
    if trial := next_trial(document):
        yield as_text(Message(trial))
    if undetermined := document["undetermined"]:
        yield f"what would settle it: {undetermined['settled_by']}"
    if certificate := document["certificate"]:
        searched, kept = count(certificate["configurations"]), count(certificate["feasible"])
        yield f"{searched} configurations searched, {kept} within every limit"
    if document["prices_as_of"]:
        yield f"the oldest of these prices is of {day(document['prices_as_of'])}"
    yield from document["warnings"]
