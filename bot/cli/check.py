"""`gpu-advise check`: is this installation in order?"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from bot.cli.exits import OK

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.config import Settings
    from bot.usecases.room import Room
    from bot.usecases.workspace.checking import Finding

__all__ = ["app"]

app = typer.Typer(add_completion=False)
_NOT_IN_ORDER = 1
_MOST_ASKED = 50  # workspaces; a second or two


@app.command(name="check", epilog="Example: gpu-advise check && gpu-advise serve")
def check_installation() -> None:
    """Look at the settings, the database, the price list, and what Slack allows; a line each.

    Slack is asked where SLACK_BOT_TOKEN is set, and with the token of each workspace that installed the bot by OAuth.

    Exit codes: 0 all is well, 1 something is not, 2 a setting is missing or malformed.
    """
    from bot.cli.rooms import opened_room  # noqa: PLC0415  # the database costs seconds to import
    from bot.config import Settings  # noqa: PLC0415
    from bot.usecases.workspace.checking import (  # noqa: PLC0415
        Finding,
        catalog_is_sound,
        database_is_current,
        installations_are_usable,
        oauth_is_complete,
    )

    with opened_room() as room:
        settings = Settings.read()
        said = [
            _say(finding)
            for finding in (
                Finding("settings", is_well=True, seen="readable"),
                database_is_current(room),
                catalog_is_sound(room),
                oauth_is_complete(settings.oauth_settings),
                *installations_are_usable(room),
                *_slack(settings, room),
            )
        ]
    raise typer.Exit(OK if all(said) else _NOT_IN_ORDER)


def _say(finding: "Finding") -> bool:
    typer.echo(f"{'ok  ' if finding.is_well else 'FAIL'} {finding.name}: {finding.seen}")
    return finding.is_well


def _slack(settings: "Settings", room: "Room") -> Iterator["Finding"]:
    """Whose the token of the settings is and whether it has the manifest's scopes; whether Slack takes each other."""
    from bot.slack.authorize import ManyWorkspaces, OneWorkspace  # noqa: PLC0415
    from bot.store import installations  # noqa: PLC0415
    from bot.usecases.workspace.checking import Finding  # noqa: PLC0415

    with room.store.across() as across:
        held = [each.team_id for each in installations.list_all(across)][:_MOST_ASKED]
    if settings.slack_bot_token is not None:
        yield from _own(OneWorkspace(settings.slack_bot_token, settings.slack_api_url).client_for(""))
    elif not held:
        yield Finding("Slack", is_well=True, seen="not asked: SLACK_BOT_TOKEN is not set")
    many = ManyWorkspaces(room.store, room.vault, settings.slack_api_url)
    for team_id in held:
        with suppress(LookupError):  # no key opens it, which was said already
            yield _taken(team_id, many.client_for(team_id))


def _own(client: "AsyncWebClient") -> Iterator["Finding"]:
    import asyncio  # noqa: PLC0415

    from bot.slack.identity import SlackUnreachable, identify  # noqa: PLC0415
    from bot.usecases.workspace.checking import Finding, compare_scopes  # noqa: PLC0415

    try:
        identity = asyncio.run(identify(client))
    except SlackUnreachable as problem:
        yield Finding("Slack", is_well=False, seen=str(problem))
        return
    yield Finding("Slack", is_well=True, seen=f"the token is workspace {identity.team_id}'s")
    if identity.scopes is None:
        yield Finding("scopes", is_well=True, seen="this server does not tell which are granted")
    else:
        yield compare_scopes(identity.scopes)


def _taken(team_id: str, client: "AsyncWebClient") -> "Finding":
    import asyncio  # noqa: PLC0415

    from bot.slack.identity import SlackUnreachable, identify  # noqa: PLC0415
    from bot.usecases.workspace.checking import Finding  # noqa: PLC0415

    try:
        asyncio.run(identify(client))
    except SlackUnreachable as problem:
        return Finding(f"installation {team_id}", is_well=False, seen=str(problem))
    return Finding(f"installation {team_id}", is_well=True, seen="Slack takes its token")
