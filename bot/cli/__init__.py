"""The command line: one module a command, imported when the command is asked for.

To add a command: write `bot/cli/<module>.py` with a `typer.Typer` called `app` in it, and name it in `_MODULES`.
An `app` with one command and no callback is that command; with a callback it is a group (`digest run`). A module
imports what is heavy (store, Slack, server) inside its functions, so that `--help` and `scan` start at once.
"""

import importlib
import re
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

__all__ = ["app"]

_MODULES = {
    "demo": "bot.cli.demo",
    "serve": "bot.cli.serve",
    "import": "bot.cli.imports",
    "advise": "bot.cli.advise",
    "scan": "bot.cli.scan",
    "fit-scales": "bot.cli.fit_scales",
    "digest": "bot.cli.digest",
    "audit": "bot.cli.audit",
    "forget": "bot.cli.forget",
    "check": "bot.cli.check",
}
_BREAK_IN_A_PARAGRAPH = re.compile(r"(?<!\n)\n(?!\n)")


class _Lazily(TyperGroup):
    """A group that knows its commands by name and imports a module when its command is named."""

    def list_commands(self, _context: Any) -> list[str]:
        """Every command, in the order in which people meet them."""
        return list(_MODULES)

    def get_command(self, _context: Any, name: str) -> Any:
        """The command called `name`, or None, which makes the group say which commands there are."""
        if name not in _MODULES:
            return None
        command = typer.main.get_command(importlib.import_module(_MODULES[name]).app)
        command.name = name
        for each in (command, *getattr(command, "commands", {}).values()):
            each.help = _BREAK_IN_A_PARAGRAPH.sub(" ", each.help or "")  # a terminal has its own width
        return command


app = typer.Typer(cls=_Lazily, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _tell_version(asked: bool) -> None:  # noqa: FBT001 the shape of a callback of typer's
    if asked:
        typer.echo(f"gpu-advise {version('gpu-advise')}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say the release.")]


@app.callback()
def gpu_advise(*, _version: _Version = False) -> None:
    """How much GPU acceleration can a workload get, and what is it worth?

    Try it: gpu-advise demo
    """
