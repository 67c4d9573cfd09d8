"""`gpu-advise scan`: every workload of a file set, offline."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from typing import Annotated

import typer

from bot.cli.exits import OK, REFUSED, readable, refuse_shared_input, told_refusals, told_to_standard_error
from bot.cli.progress import progress_line
from bot.usecases.asking.reading import STAGE_ALIASES, STAGE_HINT
from bot.usecases.learning.scanning import Scan, scan
from bot.usecases.learning.spreading import Hire
from engine import Advice, Policy, Stage, as_document

__all__ = ["app"]

app = typer.Typer(add_completion=False)
_MOST_JOBS = 256


@app.command(name="scan", epilog="Example: gpu-advise scan --runs runs.csv --stage production --json")
def scan_files(
    *,
    runs: Annotated[
        list[str], typer.Option(help="What workloads did: CSV, JSON Lines or Parquet, or - for standard input.")
    ],
    offers: Annotated[str | None, typer.Option(help="Price list; without it the shipped one.")] = None,
    accelerators: Annotated[str | None, typer.Option(help="Spec sheets; without it the shipped ones.")] = None,
    workloads: Annotated[str | None, typer.Option(help="What owners ask for.")] = None,
    scales: Annotated[str | None, typer.Option(help="Constants of the model from fit-scales.")] = None,
    organisation: Annotated[str, typer.Option(help="Whose runs these are: one file set is one organisation.")] = "",
    only: Annotated[list[str] | None, typer.Option(help="Advise on this workload only; may be repeated.")] = None,
    stage: Annotated[str | None, typer.Option(help="prototyping, validation or production, for all of them.")] = None,
    max_nodes: Annotated[int, typer.Option(min=1, max=10_000, help="Nodes that a configuration may have.")] = 1,
    predictions: Annotated[bool, typer.Option("--predictions", help="List every configuration (with --json).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
    jobs: Annotated[
        int, typer.Option(min=1, max=_MOST_JOBS, help="Processes that advise; with 1 the one that reads does.")
    ] = 1,
) -> None:
    """Advise on every workload of a set of files: no database, no Slack, no network.

    Exit codes: 0 all answered, 2 usage, 3 some rows were refused, 4 an input could not be read at all.
    """
    asked = Scan(
        runs=tuple(runs),
        offers=offers,
        accelerators=accelerators,
        workloads=workloads,
        scales=scales,
        organisation=organisation,
        only=tuple(only or ()),
        stage=_stage(stage),
        with_predictions=predictions,
        policy=Policy(max_nodes=max_nodes),
    )
    refuse_shared_input(*runs, offers, accelerators, workloads)
    report = told_to_standard_error()
    with readable(), progress_line() as progress:
        advices = scan(asked, report, datetime.now(UTC), _hire(jobs), ahead=2 * jobs, progress=progress)
        _show(advices, as_json=as_json)
    told_refusals(report)
    raise typer.Exit(REFUSED if report.refused else OK)


def _stage(word: str | None) -> Stage | None:
    """The stage that `word` stands for; what the slash command understands is understood here."""
    if word is None:
        return None
    if word.casefold() not in STAGE_ALIASES:
        raise typer.BadParameter(f"I know no stage {word[:40]!r}; {STAGE_HINT}", param_hint="--stage")
    return STAGE_ALIASES[word.casefold()]


def _hire(jobs: int) -> Hire | None:
    """Processes that start afresh: a fork would inherit the locks of threads that it does not inherit."""
    if jobs == 1:
        return None
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small solves: threads within each process only get in its way
    return partial(ProcessPoolExecutor, jobs, mp_context=get_context("spawn"))


def _show(advices: Iterator[Advice], *, as_json: bool) -> None:
    documents = map(as_document, advices)
    if as_json:
        for document in documents:
            typer.echo(json.dumps(document, allow_nan=False))
        return
    from bot.cli.output import show_scan  # noqa: PLC0415  # the table borrows the words of the messages

    show_scan(documents)
