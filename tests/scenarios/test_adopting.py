"""What was imported before the bot met Slack belongs to the workspace of its token."""

import asyncio
import shutil
from pathlib import Path

from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, TEAM_ID
from bot.store import Store, workspaces
from tests.scenarios.workspace_story import keep_runs, runs, story


def import_without_a_workspace(database_url: str) -> None:
    store = Store(database_url)
    keep_runs(store, workspaces.UNNAMED, runs())
    with store.write(workspaces.UNNAMED) as scope:
        workspaces.ensure(scope)
    store.close()


async def test_imports_without_a_workspace_are_found_from_slack(slack: LocalSlack, database_url: str) -> None:
    import_without_a_workspace(database_url)
    async with story(slack, database_url) as told:
        assert "video-gen · production" in (await told.ask("video-gen production")).text
        with told.bot.store.across() as across:
            assert workspaces.list_ids(across) == [told.team_id]


async def test_a_workspace_that_is_known_already_adopts_nothing(
    slack: LocalSlack, migrated_sqlite: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'known.db')}"
    import_without_a_workspace(url)
    store = Store(url)
    with store.write(TEAM_ID) as scope:
        workspaces.ensure(scope)
    store.close()
    async with story(slack, url) as told:
        answer = await told.ask("video-gen production")
        assert answer.visible_to == ADMINISTRATOR.id
        assert "I know no workload" in answer.text


async def test_slack_is_asked_only_when_something_waits_for_its_name(slack: LocalSlack, sqlite_url: str) -> None:
    async with story(slack, sqlite_url) as told:
        await told.bot.adopting.once()
    assert not slack.calls("auth.test")


async def test_a_slack_that_is_away_is_no_reason_not_to_start(
    slack: LocalSlack, migrated_sqlite: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'away.db')}"
    import_without_a_workspace(url)
    slack.fail_next("auth.test", Fault.refused("invalid_auth"), Fault.down(503))
    async with story(slack, url) as told:
        assert not await told.bot.adopting.once()
        with told.bot.store.across() as across:
            assert workspaces.list_ids(across) == [workspaces.UNNAMED]
        await told.bot.adopting.run(asyncio.Event())
        with told.bot.store.across() as across:
            assert workspaces.list_ids(across) == [told.team_id]
