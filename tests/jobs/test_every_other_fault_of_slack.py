"""Faults of Slack × each call beside the outbox: modals, people, installing, connecting; and no call is left out."""

import asyncio
import re

import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlmodel import col

from bot.config import OAuthSecrets
from bot.local.faults import Fault
from bot.local.oauth import CLIENT_ID, CLIENT_SECRET
from bot.local.slack import APP_TOKEN, BOT_TOKEN, LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID
from bot.slack import adopting, identity, oauth, opener, people, socket
from bot.slack.adopting import Adopting
from bot.slack.oauth import OAuth
from bot.slack.opener import Opener
from bot.slack.people import Directory
from bot.slack.socket import address_of_socket
from bot.store import Store, installations
from bot.store.tables import OutboxRow
from bot.usecases.requests import Click
from bot.usecases.room import Room, Shelf
from bot.usecases.workspace.installing import NotInstalled
from bot.usecases.workspace.people import WhoIsThat
from bot.vault import Vault
from tests.jobs.hourglass import turned
from tests.jobs.slack_faults import FAULTS, LASTING, is_said_to_be_done
from tests.jobs.test_every_fault_of_slack import ROUTES, UPLOADS
from tests.scenarios.two_workspaces import KEY
from tests.slack.test_manifest import SCOPES

MODALS = ("views.open", "views.push", "views.update")
OTHERS = ("users.info", "oauth.v2.access", "auth.test", "apps.connections.open")
LONG_NAMES = {  # test_manifest.py sees to it that SCOPES names every method that the code does
    "files_upload_v2": UPLOADS,
    "oauth_v2_access": ("oauth.v2.access",),
    "apps_connections_open": ("apps.connections.open",),
}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def no_waiting(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, slack, identity, oauth, opener, socket)
    monkeypatch.setattr(adopting, "_FIRST_PAUSE_SECONDS", 0.0)


def test_there_is_no_call_that_meets_no_fault() -> None:
    made = {call for name in SCOPES for call in LONG_NAMES.get(name, (name.replace("_", ".", 1),))}
    assert made | {"response_url"} == {*ROUTES, *UPLOADS, *MODALS, *OTHERS}


def a_click(slack: LocalSlack, action_id: str, value: str = "", view_id: str | None = None) -> Click:
    trigger = slack.state.grants.new_trigger(ADMINISTRATOR.id)
    return Click(
        team_id=TEAM_ID, user_id=ADMINISTRATOR.id, channel_id=CHANNEL, action_id=action_id, value=value,
        trigger_id=trigger, view_id=view_id,
    )  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("call", MODALS)
async def test_who_gets_no_modal_is_told_to_press_again(
    store: Store, slack: LocalSlack, shelf: Shelf, call: str
) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)
    openers = Opener(Room(store, shelf), lambda _: client)
    told = 0
    for name, fault in FAULTS.items():
        is_shown = await is_modal_shown(openers, slack, call, fault)
        told += not is_said_to_be_done(fault)
        assert is_shown is fault.is_accepted, name
        assert times_told(store) == told, f"{name}: whoever cannot know is told as well"
    await openers.stop(1)


async def is_modal_shown(openers: Opener, slack: LocalSlack, call: str, fault: Fault) -> bool:
    """Open, stack or turn a modal while Slack makes trouble; whether the person sees it."""
    view_id = None
    if call != "views.open":
        openers.begin(a_click(slack, "digest.new"))
        await openers.idle()
        view_id = (top(slack) or ("",))[0]
    slack.fail_next(call, fault)
    before = top(slack)
    action_id = "digest.all" if call == "views.update" else "digest.new"
    openers.begin(a_click(slack, action_id, "no-digest:0", view_id))
    await openers.idle()
    return top(slack) != before


def top(slack: LocalSlack) -> tuple[str, str] | None:
    """The modal on top: its id and its title."""
    view = slack.state.views.top(ADMINISTRATOR.id)
    return None if view is None else (view.id, view.content["title"]["text"])


def times_told(store: Store) -> int:
    with store.read(TEAM_ID) as scope:
        return len(scope.scalars(select(OutboxRow).where(col(OutboxRow.view) == "lost")).all())


def test_nobody_is_taken_for_somebody_else(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.web_api.pause = asyncio.sleep
    for name, fault in FAULTS.items():
        # The one call that is made without an event loop has no hourglass; only where time is to run out it is short.
        monkeypatch.setattr(people, "_TIMEOUT_SECONDS", 0.05 if fault.seconds else 60)
        slack.fail_next("users.info", fault)
        directory = Directory(lambda _: BOT_TOKEN, slack.api_url)
        with pytest.raises(WhoIsThat):
            directory(TEAM_ID, ADMINISTRATOR.id)
        monkeypatch.setattr(people, "_TIMEOUT_SECONDS", 60)
        assert directory(TEAM_ID, ADMINISTRATOR.id).is_administrator, f"{name}: nothing wrong is remembered"


async def test_installing_ends_in_words_and_begins_again(slack: LocalSlack) -> None:
    app = OAuth(
        OAuthSecrets(client_id=CLIENT_ID, client_secret=SecretStr(CLIENT_SECRET)), slack.api_url, ("chat:write",)
    )
    for name, fault in FAULTS.items():
        slack.fail_next("oauth.v2.access", fault)
        slack.web_api.oauth._codes["a-code"] = ("chat:write",)
        with pytest.raises(NotInstalled) as refused:
            await app.exchange("a-code")
        word = "no_bot_token" if is_said_to_be_done(fault) else "unreachable"
        assert refused.value.reason == (name.removeprefix("ok: false, ") if name in LASTING else word), name
    slack.web_api.oauth._codes["a-code"] = ("chat:write",)
    assert (await app.exchange("a-code")).team_id == TEAM_ID
    assert len(slack.calls("oauth.v2.access")) == len(FAULTS) + 1, "a code is good once, and is tried once"


@on_sqlite
async def test_a_token_is_kept_as_soon_as_slack_says_whose_it_is(store: Store, slack: LocalSlack) -> None:
    room = Room(store, vault=Vault([KEY]))
    for name, fault in FAULTS.items():
        client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)
        found = Adopting(room, client, is_many=True)
        slack.fail_next("auth.test", fault)
        asked = len(slack.calls("auth.test"))
        await found.run(asyncio.Event())
        assert len(slack.calls("auth.test")) - asked == (1 if name in LASTING else 2), name
        with store.write(TEAM_ID) as scope:
            assert (installations.get(scope) is None) is (name in LASTING), name
            installations.remove(scope)


async def test_a_connection_is_asked_for_until_it_is_there_or_refused_for_good(slack: LocalSlack) -> None:
    for name, fault in FAULTS.items():
        client = AsyncWebClient(base_url=slack.api_url, timeout=60)
        slack.fail_next("apps.connections.open", fault, fault)
        if name in LASTING:
            with pytest.raises(SlackApiError, match=re.escape(name.removeprefix("ok: false, "))):
                await address_of_socket(client, APP_TOKEN)
            slack.web_api._faults.clear()
        else:
            assert (await address_of_socket(client, APP_TOKEN)).startswith("ws://"), name
