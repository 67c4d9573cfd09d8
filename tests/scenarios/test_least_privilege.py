"""The whole story with exactly the scopes that `manifest.json` asks for, and the check of an installation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL
from bot.store import outbox
from bot.usecases.workspace.checking import load_manifest
from tests.scenarios.workspace_story import buttons, story


async def test_the_scopes_of_the_manifest_are_enough_for_every_answer(slack: LocalSlack, sqlite_url: str) -> None:
    slack.web_api._granted = load_manifest()["oauth_config"]["scopes"]["bot"]
    async with story(slack, sqlite_url) as told:
        for text in ("help", "status", "digest now", "digest monday 09:00 Europe/Berlin"):
            await told.ask(text)
        card = await told.ask("video-gen production")
        await told.press(card, buttons(card)[0])
        with told.bot.store.read(told.team_id) as scope:
            assert outbox.counts(scope)["dead"] == 0
    assert len(slack.messages(CHANNEL)) == 5


def test_check_says_that_an_installation_is_in_order(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'check.db'}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 0, result.output
    assert "ok   database: answers, migrations current" in result.output
    assert "shipped offers are sound" in result.output
    assert "ok   Slack: the token is workspace T0LOCAL01's" in result.output


def test_check_says_that_a_token_is_refused(slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'check.db'}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 1
    assert "FAIL Slack: Slack refuses the token: invalid_auth" in result.output
    assert "xoxb-wrong" not in result.output


@pytest.mark.parametrize("command", [["check"], ["serve"]])
def test_a_malformed_setting_ends_a_command_with_one_line(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"]


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [([], "SLACK_BOT_TOKEN"), (["--socket"], "SLACK_BOT_TOKEN"), (["--worker-only"], "SLACK_BOT_TOKEN")],
)
def test_serve_names_the_secret_that_is_missing(
    arguments: list[str], missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'serve.db'}")
    result = CliRunner().invoke(app, ["serve", *arguments])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"{missing}: is missing"


def test_a_worker_cannot_also_be_the_web() -> None:
    result = CliRunner().invoke(app, ["serve", "--worker-only", "--web-only"])
    assert result.exit_code == 2
