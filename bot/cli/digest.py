"""`gpu-advise digest run`: a digest now, for the channels that subscribe or for one that is named."""

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.exits import OK, USAGE
from bot.cli.progress import progress_line

if TYPE_CHECKING:
    from bot.usecases.digests.surveying import Survey
    from bot.usecases.room import Room

__all__ = ["app"]

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback(epilog="Example: gpu-advise digest run --dry-run")
def digests() -> None:
    """Digests: what should run somewhere else than today."""


@app.command(name="run", epilog="Example: gpu-advise digest run --channel C123 --dry-run")
def run_digest(
    *,
    workspace: Annotated[str | None, typer.Option(help="Slack's id of the workspace, such as T123.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Slack's id of the channel; without it, all that subscribe.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be said; write and send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a digest instead of text.")] = False,
) -> None:
    """Make a digest now, outside every schedule, and hand it to the outbox: `gpu-advise serve` sends it.

    Exit codes: 0 done, 2 usage, such as no channel to send to or a workspace that nobody knows.
    """
    from bot.cli.rooms import known_workspace_of, opened_room  # noqa: PLC0415  # the database costs seconds to import
    from bot.usecases.digests.surveying import survey  # noqa: PLC0415

    with opened_room() as room, progress_line() as progress:
        team_id = known_workspace_of(room, workspace)
        channels = [channel] if channel else _subscribed(room, team_id)
        if not channels and not dry_run:
            typer.echo("no channel subscribes to digests; name one with --channel", err=True)
            raise typer.Exit(USAGE)
        surveyed = survey(room, team_id, partial(progress, "looking at workloads"))
        documents = _documents(room, surveyed, channels, dry_run=dry_run)
    for document in documents:
        typer.echo(json.dumps(document, allow_nan=False) if as_json else _text(document))
    if not dry_run:
        typer.echo(f"handed to the outbox for {', '.join(channels)}: `gpu-advise serve` sends it", err=True)
    raise typer.Exit(OK)


def _subscribed(room: "Room", team_id: str) -> list[str]:
    from bot.store import subscriptions  # noqa: PLC0415

    with room.store.read(team_id) as scope:
        return list(dict.fromkeys(each.channel for each in subscriptions.list_all(scope)))


def _documents(room: "Room", surveyed: "Survey", channels: list[str], *, dry_run: bool) -> list[dict[str, Any]]:
    """The data of each digest, from one look at the workspace: everything that stands out, said before or not."""
    from bot.posts import Destination  # noqa: PLC0415
    from bot.usecases.digests.digest import digest_now, drafted  # noqa: PLC0415

    if dry_run:
        with room.store.read(surveyed.team_id) as scope:
            return [drafted(scope, surveyed, channel, None, room.clock()) for channel in channels or (None,)]
    return [digest_now(room, surveyed, Destination(channel)) for channel in channels]


def _text(document: Mapping[str, Any]) -> str:
    """The message as plain text; a button of an advice that was not kept leads nowhere, as any button in a terminal."""
    from bot.views import as_text, message  # noqa: PLC0415

    shown = [found | {"advice_id": found["advice_id"] or "-"} for found in document["findings"]]
    return as_text(message("digest", {**document, "findings": shown, "is_preview": False}))
