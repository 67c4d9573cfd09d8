"""Installing by OAuth: what a workspace's administrator goes through, and what can go wrong on the way."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
import structlog
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlmodel import col

from bot import logs
from bot.app import build
from bot.local.faults import Fault
from bot.local.oauth import CLIENT_ID, CLIENT_SECRET
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, TEAM_ID
from bot.store import Store, audit, installations, subscriptions, workspaces
from bot.store.tables import OAuthStateRow
from bot.usecases.workspace.checking import bot_scopes
from bot.usecases.workspace.installing import VISIT_SECONDS, renew_seals
from bot.vault import CannotOpen, Vault
from tests.local_slack_fixture import Front
from tests.scenarios.two_workspaces import (
    KEY,
    OTHER_TEAM,
    SITE,
    Both,
    allow,
    install,
    oauth_settings,
    two_workspaces,
    visit,
)

UNINSTALLED = {"type": "app_uninstalled"}
AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest_asyncio.fixture
async def both(served_front: tuple[Front, str], sqlite_url: str) -> AsyncIterator[Both]:
    async with two_workspaces(*served_front, sqlite_url) as running:
        yield running


@pytest_asyncio.fixture
async def anywhere(served_front: tuple[Front, str], database_url: str) -> AsyncIterator[Both]:
    """The same on either database."""
    async with two_workspaces(*served_front, database_url) as running:
        yield running


def held(both: Both, team_id: str = TEAM_ID) -> installations.Installation | None:
    with both.one.bot.store.read(team_id) as scope:
        return installations.get(scope)


async def test_slack_is_asked_for_the_scopes_of_the_manifest(both: Both) -> None:
    asked = urlsplit(await visit(both.one))
    assert asked.path == "/oauth/v2/authorize"
    query = parse_qs(asked.query)
    assert query["client_id"] == [CLIENT_ID]
    assert query["scope"] == [",".join(bot_scopes())]
    assert len(query["state"][0]) > 32


async def test_each_workspace_is_answered_with_its_own_token_once_it_has_installed_the_bot(anywhere: Both) -> None:
    for told in (anywhere.one, anywhere.other):
        page = await install(anywhere, told)
        assert page.status_code == 200
        assert "gpu-advise is installed" in page.text
    await anywhere.one.ask("help")
    await anywhere.other.ask("status")
    assert [len(told.slack.messages()) for told in (anywhere.one, anywhere.other)] == [1, 1]
    with anywhere.one.bot.store.read(TEAM_ID) as scope:
        [entry] = [each for each in audit.entries(scope) if each.action == "workspace.install"]
    assert (entry.actor, entry.subject) == (ADMINISTRATOR.id, TEAM_ID)


async def test_a_workspace_that_has_not_installed_the_bot_is_told_so_and_leaves_no_trace(both: Both) -> None:
    ack = await both.other.hands.command("help")
    assert ack.status == 200
    assert b"I have no access to this workspace" in ack.body
    with both.other.bot.store.across() as across:
        assert OTHER_TEAM not in workspaces.list_ids(across)


async def test_the_token_is_kept_encrypted(both: Both) -> None:
    await install(both, both.one)
    kept = held(both)
    assert kept is not None
    assert both.one.slack.bot_token not in kept.bot_token
    assert Vault([KEY]).open(kept.bot_token) == both.one.slack.bot_token
    assert kept.scopes == bot_scopes()


async def test_a_cancelled_visit_changes_nothing_and_says_so(both: Both) -> None:
    page = await both.one.client.get(await allow(await visit(both.one), "cancel"))
    assert "pressed Cancel" in page.text
    assert "/slack/install" in page.text
    assert held(both) is None


@pytest.mark.parametrize("kept", [True, False])
async def test_a_visit_is_good_once_and_only_in_its_own_browser(anywhere: Both, kept: bool) -> None:  # noqa: FBT001
    back = await allow(await visit(anywhere.one))
    if kept:
        await anywhere.one.client.get(back)
        anywhere.one.client.cookies.set("gpu_advise_install", parse_qs(urlsplit(back).query)["state"][0])
    else:
        anywhere.one.client.cookies.clear()
    page = await anywhere.one.client.get(back)
    assert page.status_code == 400
    assert "cannot be used" in page.text
    assert (held(anywhere) is not None) is kept


async def test_a_visit_that_lasted_too_long_is_refused_and_forgotten(anywhere: Both) -> None:
    back = await allow(await visit(anywhere.one))
    anywhere.one.clock.ahead += timedelta(seconds=VISIT_SECONDS + 1)
    assert (await anywhere.one.client.get(back)).status_code == 400
    await visit(anywhere.one)
    with anywhere.one.bot.store.across() as across:
        assert len(across.scalars(select(col(OAuthStateRow.state))).all()) == 1


FAULTS = [
    (Fault.refused("invalid_code"), "used already"),
    (Fault.refused("bad_client_secret"), "SLACK_CLIENT_SECRET"),
    (Fault.refused("invalid_team_for_non_distributed_app"), "public distribution"),
    (Fault.refused("something_<b>new</b>"), "something_&lt;b&gt;new&lt;/b&gt;"),
    (Fault.down(), "did not answer"),
    (Fault(body="<html>"), "did not answer"),
    (Fault(body='{"ok": true, "team": {"id": "T1"}}'), "no token for a bot"),
    (Fault(body='{"ok": true, "access_token": "xoxb-1", "expires_in": 43200}'), "Token rotation"),
]


async def test_whatever_slack_says_instead_of_a_token_is_put_into_words(both: Both) -> None:
    for fault, words in FAULTS:
        both.one.slack.fail_next("oauth.v2.access", fault)
        page = await install(both, both.one)
        assert words in page.text
        assert "Begin again" in page.text
        assert page.status_code in {400, 502}
        assert held(both) is None


async def test_a_page_that_nobody_was_sent_to_says_how_to_begin(both: Both) -> None:
    for query in ("", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied", "?state=%00"):
        page = await both.one.client.get(f"{SITE}/slack/oauth_redirect{query}")
        assert page.status_code == 400
        assert "Begin again" in page.text


async def test_the_pages_run_no_script_and_are_not_kept(both: Both) -> None:
    page = await install(both, both.one)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    begun = await both.one.client.get(f"{SITE}/slack/install")
    assert all(word in begun.headers["set-cookie"] for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/slack"))


async def test_no_log_line_holds_a_token_a_secret_a_code_or_a_state(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, least in logs._QUIET.items():
        caplog.set_level(least, logger=name)
    with structlog.testing.capture_logs() as lines:
        back = await allow(await visit(both.one))
        await both.one.client.get(back)
        both.one.slack.fail_next("oauth.v2.access", Fault.refused("invalid_code"))
        await install(both, both.one)
        await both.one.ask("help")
        await both.one.hands.event(UNINSTALLED)
        await both.one.bot.idle()
    assert {"installed", "not installed", "slack access ended"} <= {line["event"] for line in lines}
    said = f"{lines} {[(record.getMessage(), record.args) for record in caplog.records]}"
    query = parse_qs(urlsplit(back).query)
    for hidden in (both.one.slack.bot_token, CLIENT_SECRET, KEY, query["code"][0], query["state"][0]):
        assert hidden not in said


async def test_a_workspace_that_comes_back_is_served_with_its_new_token(anywhere: Both) -> None:
    await install(anywhere, anywhere.one)
    await anywhere.one.ask("help")
    await anywhere.one.hands.event(UNINSTALLED)
    await anywhere.one.bot.idle()
    assert held(anywhere) is None
    assert b"no access" in (await anywhere.one.hands.command("help")).body
    anywhere.one.slack.web_api.oauth.bot_token = "xoxb-a-new-one"
    await install(anywhere, anywhere.one)
    await anywhere.one.ask("status")
    assert anywhere.one.bot.room.people(TEAM_ID, ADMINISTRATOR.id).is_administrator
    assert anywhere.one.slack.calls("users.info")[-1].token == "xoxb-a-new-one"


async def test_another_process_uses_the_new_token_at_once(both: Both, sqlite_url: str) -> None:
    await install(both, both.one)
    settings = oauth_settings(f"{both.switchboard.slacks[0].address.rsplit('/', 1)[0]}/api/", sqlite_url)
    elsewhere = build(settings, is_worker=False)
    assert elsewhere.room.people(TEAM_ID, ADMINISTRATOR.id).is_administrator
    both.one.slack.web_api.oauth.bot_token = "xoxb-a-new-one"
    await install(both, both.one)
    assert elsewhere.sender._client_for(TEAM_ID).token == "xoxb-a-new-one"
    elsewhere.store.close()


class TestATokenInTheSettings:
    """SLACK_BOT_TOKEN beside OAuth: a bot of one workspace that begins to serve several."""

    async def test_serves_its_own_workspace_from_the_start(
        self, served_front: tuple[Front, str], sqlite_url: str
    ) -> None:
        token = LocalSlack().bot_token
        async with two_workspaces(*served_front, sqlite_url, slack_bot_token=token) as running:
            assert held(running, OTHER_TEAM) is None
            await running.one.ask("help")
            assert len(running.one.slack.messages()) == 1
            assert b"no access" in (await running.other.hands.command("help")).body
            kept = held(running)
            assert kept is not None
            assert Vault([KEY]).open(kept.bot_token) == token

    async def test_does_not_replace_what_was_installed_since(
        self, served_front: tuple[Front, str], sqlite_url: str
    ) -> None:
        async with two_workspaces(*served_front, sqlite_url) as running:
            await install(running, running.one)
            before = held(running)
        async with two_workspaces(*served_front, sqlite_url, slack_bot_token=LocalSlack().bot_token) as running:
            after = held(running)
        assert before is not None
        assert after is not None
        assert after == replace(before, bot_token=after.bot_token)  # encrypted anew, and nothing else

    async def test_that_slack_refuses_is_no_reason_not_to_start(
        self, served_front: tuple[Front, str], sqlite_url: str
    ) -> None:
        async with two_workspaces(*served_front, sqlite_url, slack_bot_token="xoxb-revoked") as running:
            assert held(running) is None
            assert (await running.one.client.get(f"{SITE}/slack/install")).status_code == 302


async def test_secrets_are_encrypted_anew_with_the_newest_key_when_the_bot_starts(
    served_front: tuple[Front, str], sqlite_url: str
) -> None:
    async with two_workspaces(*served_front, sqlite_url) as running:
        await install(running, running.one)
    newest = Fernet.generate_key().decode()
    async with two_workspaces(*served_front, sqlite_url, gpu_advise_secret_keys=f"{newest},{KEY}") as running:
        kept = held(running)
        assert kept is not None
        assert Vault([newest]).open(kept.bot_token) == running.one.slack.bot_token
        assert running.one.bot.room.people(TEAM_ID, ADMINISTRATOR.id).is_administrator


class TestAnOrganisation:
    @pytest_asyncio.fixture
    async def whole(self, anywhere: Both) -> Both:
        for told in (anywhere.one, anywhere.other):
            told.slack.workspace.enterprise_id = "E0WHOLE"
            told.slack.web_api.oauth.organisation = ("E0WHOLE", "The Whole")
            told.slack.web_api.oauth.bot_token = "xoxb-whole"
        page = await install(anywhere, anywhere.one)
        assert "every workspace of The Whole" in page.text
        return anywhere

    async def test_one_installation_serves_all_its_workspaces(self, whole: Both) -> None:
        for told in (whole.one, whole.other):
            whole.switchboard.asked = told.slack
            whole.switchboard.slacks = (told.slack,)
            await told.ask("help")
            await told.hands.open_home()
            await told.settle()
            assert told.slack.state.views.home(ADMINISTRATOR.id) is not None
            assert len(told.slack.messages()) == 1

    async def test_it_lets_the_bot_go_in_all_of_them_at_once(self, whole: Both) -> None:
        for told in (whole.one, whole.other):
            await told.hands.command("digest monday 09:00 UTC")
            await told.bot.idle()
        await whole.one.hands.event(UNINSTALLED)
        await whole.one.bot.idle()
        assert held(whole, "E0WHOLE") is None
        with whole.one.bot.store.across() as across:
            assert "E0WHOLE" not in workspaces.list_ids(across)  # an organisation is no workspace
        for told in (whole.one, whole.other):
            assert b"no access" in (await told.hands.command("help")).body
            with told.bot.store.read(told.team_id) as scope:
                assert [each.action for each in audit.entries(scope) if each.action == "workspace.leave"]

    async def test_it_takes_one_workspace_out_and_the_others_notice_nothing(self, whole: Both) -> None:
        for told in (whole.one, whole.other):
            await told.hands.command("digest monday 09:00 UTC")
            await told.bot.idle()
        await whole.one.hands.event({"type": "team_access_revoked", "team_ids": [OTHER_TEAM]})
        await whole.one.bot.idle()
        assert held(whole, "E0WHOLE") is not None
        left = {}
        for told in (whole.one, whole.other):
            with told.bot.store.read(told.team_id) as scope:
                left[told.team_id] = len(subscriptions.list_all(scope))
        assert left == {TEAM_ID: 1, OTHER_TEAM: 0}
        with pytest.raises(LookupError):
            whole.one.bot.sender._client_for(OTHER_TEAM)

    async def test_a_workspace_with_access_of_its_own_keeps_it(self, whole: Both) -> None:
        await whole.other.hands.command("help")
        whole.other.slack.web_api.oauth.organisation = None
        await install(whole, whole.other)
        await whole.one.hands.event({"type": "team_access_revoked", "team_ids": [OTHER_TEAM]})
        await whole.one.hands.event(UNINSTALLED)
        await whole.one.bot.idle()
        assert held(whole, "E0WHOLE") is None
        assert held(whole, OTHER_TEAM) is not None


class TestKeys:
    def test_old_secrets_stay_readable_and_are_encrypted_anew_with_the_newest_key(self, store: Store) -> None:
        old, new = KEY, Fernet.generate_key().decode()
        save(store, Vault([old]).seal("xoxb-1"))
        assert renew_seals(store, Vault([new, old])) == 1
        with store.read("T1") as scope:
            kept = installations.get(scope)
        assert kept is not None
        assert Vault([new]).open(kept.bot_token) == "xoxb-1"
        with pytest.raises(CannotOpen):
            Vault([old]).open(kept.bot_token)

    def test_what_no_key_opens_is_left_as_it_is(self, store: Store) -> None:
        save(store, "gAAAAAsealed-by-somebody-else")
        assert renew_seals(store, Vault([KEY])) == 0
        with store.read("T1") as scope:
            kept = installations.get(scope)
        assert kept is not None
        assert kept.bot_token == "gAAAAAsealed-by-somebody-else"

    def test_a_newer_token_is_not_overwritten_by_an_older_one_encrypted_anew(self, store: Store) -> None:
        save(store, "older")
        with store.across() as across:
            [seen] = installations.list_all(across)
        save(store, "newer")
        with store.across() as across:
            assert not installations.renew(across, seen, "older, encrypted anew")

    def test_without_keys_nothing_is_touched(self, store: Store) -> None:
        save(store, "kept")
        assert renew_seals(store, Vault()) == 0


def save(store: Store, sealed: str) -> None:
    with store.write("T1") as scope:
        details: dict[str, Any] = {"name": None, "app_id": None, "bot_user_id": None, "installed_by": None}
        whose: dict[str, Any] = {"enterprise_id": None, "is_org_wide": False, "scopes": ()}
        installations.save(
            scope,
            installations.Installation("T1", bot_token=sealed, installed_at=AT, **details, **whose),
        )
