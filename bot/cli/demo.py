"""`gpu-advise demo`: the bot and a stand-in for Slack on this machine."""

import asyncio
import logging
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import OK, USAGE

if TYPE_CHECKING:
    from bot.demo import Demo

__all__ = ["app"]

app = typer.Typer(add_completion=False)
_BROKEN = 1


@app.command(name="demo", epilog="Example: gpu-advise demo --once")
def demonstrate(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Show the page on this port; 0: any free one.")] = 8765,
    once: Annotated[bool, typer.Option("--once", help="Play the whole story as text, then end.")] = False,
) -> None:
    """Try the bot without Slack: a page on 127.0.0.1 plays the workspace, with sample history and its own database.

    Type commands, press buttons, run a digest. Ctrl-C ends it, and everything it kept is gone. With --once the story
    (ask, answer, approve, digest) is written to standard output instead.

    Exit codes: 0 ended or told to the end, 1 the story stopped half-way, 2 usage, such as a port that is taken.
    """
    from bot import logs  # noqa: PLC0415  # the bot costs seconds to import
    from bot.config import InvalidSetting  # noqa: PLC0415
    from bot.demo import StoryStopped, demonstration  # noqa: PLC0415
    from bot.local.errors import PortTaken  # noqa: PLC0415

    logs.set_up(logging.WARNING)  # the story, not the log, belongs on the screen
    try:
        with demonstration(0 if once else port) as demo:
            (_tell_once if once else _show)(demo)
    except (InvalidSetting, PortTaken) as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    except StoryStopped as error:
        typer.echo(f"the story stopped: {error}", err=True)
        raise typer.Exit(_BROKEN) from None
    raise typer.Exit(OK)


def _tell_once(demo: "Demo") -> None:
    from bot.demo import story  # noqa: PLC0415

    asyncio.run(story(demo, lambda part: typer.echo(part + "\n")))


def _show(demo: "Demo") -> None:
    """Say where the page is and wait to be told to end."""
    from bot.demo import QUESTION  # noqa: PLC0415

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    typer.echo(f"Local workspace, a stand-in for Slack: {demo.slack.address}")
    typer.echo(f"Open it in a browser and type: /gpu-advise {QUESTION}")
    typer.echo(f"A receiver for its webhook: {demo.receiver_url}/")
    typer.echo("Ctrl-C ends it.")
    ended.wait()
