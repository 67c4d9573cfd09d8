"""`gpu-advise advise`: the slash command's answer, from the database."""

import json
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from bot.cli.exits import USAGE

if TYPE_CHECKING:
    from bot.usecases.asking.advise import Unknown
    from bot.usecases.asking.reading import Malformed
    from engine import AdviceDocument

__all__ = ["app"]

app = typer.Typer(add_completion=False)
_Frontier: TypeAlias = list[tuple[float, float]]


@app.command(name="advise", epilog="Example: gpu-advise advise video-gen production 'budget=$200/day'")
def advise_on(
    *,
    workload: Annotated[str, typer.Argument(help="Its name, as in the runs.", show_default=False)],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STAGE] [KEY=VALUE]...",
            help="prototyping, validation or production; floor=500/h budget=$200/day per-unit=$0.05 wait=$40/h gpus=8 "
            "nodes=2 accelerator=H100-80GB region=us-east-1 provider=aws pricing=on-demand|spot|reserved critical=yes",
        ),
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="Slack's id of the workspace, such as T123.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as one JSON object.")] = False,
) -> None:
    """Advise on one workload from what the database knows; nothing is stored or posted.

    Exit codes: 0 answered (undetermined is an answer), 2 the question cannot be read, or nobody knows the workload or
    the workspace.
    """
    document, frontier = _answered(workload, words or [], workspace)
    if as_json:
        typer.echo(json.dumps(document, allow_nan=False))
        return
    from bot.cli.output import show_advice  # noqa: PLC0415  # the table borrows the words of the messages

    show_advice(document, frontier)


def _answered(workload: str, words: list[str], workspace: str | None) -> "tuple[AdviceDocument, _Frontier]":
    """The answer's JSON document, and its frontier for the chart; a question without an answer ends the command."""
    from bot.cli.rooms import known_workspace_of, opened_room  # noqa: PLC0415  # the database costs seconds to import
    from bot.usecases.asking.advise import answer  # noqa: PLC0415
    from bot.usecases.asking.reading import Question, parse_words  # noqa: PLC0415
    from engine import Advice, as_document  # noqa: PLC0415

    with opened_room() as room:
        team_id = known_workspace_of(room, workspace)
        question = parse_words([workload, *words])
        found = answer(room, team_id, question) if isinstance(question, Question) else question
    if not isinstance(found, Advice):
        typer.echo(_why_not(found), err=True)
        raise typer.Exit(USAGE)
    return as_document(found), [(point.seconds_per_unit, point.usd_per_unit) for point in found.frontier]


def _why_not(found: "Unknown | Malformed") -> str:
    """One line a problem."""
    from bot.usecases.asking.advise import Unknown  # noqa: PLC0415

    if not isinstance(found, Unknown):
        return "\n".join(f"{problem.what}; {problem.hint}" for problem in found.problems)
    if not found.known:
        return f"no workload {found.asked!r}: there is no history yet; try gpu-advise import runs FILE"
    near = f"; did you mean {' or '.join(found.closest)}?" if found.closest else ""
    return f"no workload {found.asked!r} among {found.known}{near}"
