"""`gpu-advise serve`: the bot itself, over HTTP or Socket Mode."""

from typing import Annotated

import typer

from bot.cli.exits import OK, USAGE

__all__ = ["app"]

app = typer.Typer(add_completion=False)
_BROKEN = 1


@app.command(name="serve", epilog="Example: gpu-advise serve --port 3000")
def serve_bot(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen on this port.")] = 3000,
    host: Annotated[str, typer.Option(help="Listen on this address; 127.0.0.1 for this machine alone.")] = "0.0.0.0",  # noqa: S104 - hosts route to it
    socket: Annotated[
        bool, typer.Option("--socket", help="Connect to Slack by Socket Mode (SLACK_APP_TOKEN).")
    ] = False,
    web_only: Annotated[bool, typer.Option("--web-only", help="Take requests; another process sends.")] = False,
    worker_only: Annotated[
        bool, typer.Option("--worker-only", help="Send and tick; another process takes requests.")
    ] = False,
) -> None:
    """Run the bot until it is told to end (Ctrl-C, SIGTERM).

    HTTP needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, Socket Mode SLACK_BOT_TOKEN and SLACK_APP_TOKEN. Where
    workspaces install by OAuth at /slack/install, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and GPU_ADVISE_SECRET_KEYS take
    the place of SLACK_BOT_TOKEN. Alone it does everything; with many requests run some processes with --web-only and at
    least one with --worker-only.

    Exit codes: 0 ended when told to, 1 a part of it broke, 2 usage or a wrong setting.
    """
    from bot.cli.running import run  # noqa: PLC0415  # Slack's library costs seconds to import
    from bot.config import InvalidSetting, Settings  # noqa: PLC0415
    from bot.store import BadDatabaseUrl  # noqa: PLC0415

    if worker_only and (web_only or socket):
        raise typer.BadParameter("--worker-only takes no requests: it goes with neither --web-only nor --socket")
    try:
        settings = Settings.read()
        is_well = run(settings, host, port, is_web=not worker_only, is_worker=not web_only, is_socket=socket)
    except (InvalidSetting, BadDatabaseUrl) as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    raise typer.Exit(OK if is_well else _BROKEN)
