"""`gpu-advise forget`: everything of a workspace, deleted."""

from typing import Annotated

import typer

from bot.cli.exits import OK

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command(name="forget", epilog="Example: gpu-advise forget --workspace T123")
def forget_workspace(
    *,
    workspace: Annotated[str, typer.Option(help="Slack's id of the workspace, such as T123.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete everything of a workspace: runs, answers, decisions, settings, token and audit log. It cannot be undone.

    Export the audit log first, if it must be kept. Whoever still uses the bot there begins with nothing.

    Exit codes: 0 deleted, 1 not confirmed, 2 nothing is known of that workspace.
    """
    from bot.cli.rooms import known_workspace_of, opened_room  # noqa: PLC0415  # the database costs seconds to import
    from bot.store import workspaces  # noqa: PLC0415

    with opened_room() as room:
        known_workspace_of(room, workspace)
        if not yes:
            typer.confirm(f"Delete everything of {workspace} for good?", abort=True)
        with room.store.write(workspace) as scope:
            count = workspaces.forget(scope)
    typer.echo(f"{count} rows of {workspace} are deleted")
    raise typer.Exit(OK)
