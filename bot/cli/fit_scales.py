"""`gpu-advise fit-scales`: the constants of the performance model, fitted to one's own measurements."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.exits import OK, REFUSED, readable, refuse_shared_input, told_refusals, told_to_standard_error
from bot.cli.progress import progress_line
from bot.usecases.learning.fitting_scales import Fitted, fit_to_files

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command(
    name="fit-scales", epilog="Example: gpu-advise fit-scales --runs vision.csv --runs speech.csv > scales.json"
)
def fit_scales_to_files(
    *,
    runs: Annotated[list[str], typer.Option(help="Runs of one organisation; repeat it, one file an organisation.")],
    accelerators: Annotated[str | None, typer.Option(help="Spec sheets; without it the shipped ones.")] = None,
    sweeps: Annotated[int, typer.Option(min=1, max=100, help="Times through all constants, at most.")] = 3,
) -> None:
    """Print the constants that make these measurements likeliest, and what they were fitted on, as JSON.

    They begin at the shipped ones and stay near them where the measurements say nothing. Several organisations tell how
    far organisations differ; one alone tells mostly of itself. `scan --scales` takes what this prints.

    Exit codes: 0 fitted, 2 usage, 3 some rows were refused, 4 an input could not be read at all.
    """
    refuse_shared_input(*runs, accelerators)
    report = told_to_standard_error()
    with readable(), progress_line() as progress:
        fitted = fit_to_files(runs, accelerators, sweeps, report, progress)
    typer.echo(json.dumps(_document(fitted), indent=1))
    told_refusals(report)
    raise typer.Exit(REFUSED if report.refused else OK)


def _document(fitted: Fitted) -> dict[str, object]:
    return {
        "scales": fitted.scales.as_document(),
        "log_likelihood": fitted.log_likelihood,
        "shipped_log_likelihood": fitted.shipped_log_likelihood,
        "fitted_on": [asdict(each) for each in fitted.organisations],
    }
