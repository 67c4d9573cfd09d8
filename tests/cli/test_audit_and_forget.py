"""`audit export` and `forget`: what was done in a workspace as a file, and the end of all of it."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.local.slack import LocalSlack
from bot.store import Store, audit, catalogs, history, installations, workspaces
from bot.store.installations import Installation
from bot.store.tables import METADATA
from bot.usecases.workspace.checking import bot_scopes
from bot.vault import Vault
from tests.cli.command_line import gpu_advise, lines
from tests.scenarios.workspace_story import keep_runs, runs

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
ACTIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.fixture
def store(database: Path) -> Store:
    database.parent.mkdir(parents=True)
    opened = Store(f"sqlite:///{database}")
    opened.migrate()
    return opened


def note(store: Store, team_id: str, *subjects: str) -> None:
    with store.write(team_id) as scope:
        workspaces.ensure(scope)
        for days, subject in enumerate(subjects):
            audit.record(scope, AT + timedelta(days=days), "U1", "advice.dismiss", subject, reason=f"={subject}")


def test_csv_holds_every_line_of_one_workspace_oldest_first(store: Store) -> None:
    note(store, "T1", "video-gen", "nightly, with a comma")
    note(store, "T2", "secret")
    said = gpu_advise("audit", "export", "--workspace", "T1")
    assert said.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [row["subject"] for row in rows] == ["video-gen", "nightly, with a comma"]
    first = {"at": "2026-11-20T09:00:00+00:00", "actor": "U1", "action": "advice.dismiss", "subject": "video-gen"}
    assert rows[0] == {**first, "detail": '{"reason": "=video-gen"}'}
    assert "2 lines" in said.stderr


@pytest.mark.parametrize("subject", ACTIVE)
def test_no_cell_of_the_csv_is_a_formula(store: Store, subject: str) -> None:
    note(store, "T1", subject)
    said = gpu_advise("audit", "export", "--workspace", "T1")
    [row] = csv.DictReader(io.StringIO(said.stdout, newline=""))
    assert row["subject"] == f"'{subject}"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


@pytest.mark.parametrize("subject", ACTIVE)
def test_json_holds_what_was_typed(store: Store, subject: str) -> None:
    note(store, "T1", subject)
    [line] = lines(gpu_advise("audit", "export", "--workspace", "T1", "--format", "json").stdout)
    assert json.loads(line)["subject"] == subject
    assert json.loads(line)["detail"] == {"reason": f"={subject}"}


def test_since_leaves_out_what_was_done_before(store: Store) -> None:
    note(store, "T1", "before", "after")
    said = gpu_advise("audit", "export", "--since", "2026-11-21", "--format", "json")
    assert [json.loads(line)["subject"] for line in lines(said.stdout)] == ["after"]


def test_an_empty_log_is_a_header(store: Store) -> None:
    note(store, "T1")
    assert lines(gpu_advise("audit", "export").stdout) == ["at,actor,action,subject,detail"]


def fill(store: Store, team_id: str) -> None:
    keep_runs(store, team_id, runs(count=2))
    note(store, team_id, "video-gen")
    with store.write(team_id) as scope:
        granted = Installation(team_id, None, False, None, None, None, "sealed", (), None, AT)  # noqa: FBT003
        installations.save(scope, granted)


def counts(store: Store) -> dict[str, int]:
    with store._engine.connect() as connection:
        return {name: len(connection.execute(table.select()).all()) for name, table in METADATA.tables.items()}


def test_everything_of_one_workspace_is_deleted_and_nothing_of_another(store: Store) -> None:
    fill(store, "T2")
    alone = counts(store)
    fill(store, "T1")
    said = gpu_advise("forget", "--workspace", "T1", "--yes")
    assert said.exit_code == 0
    assert counts(store) == alone
    with store.read("T1") as scope:
        assert (history.names(scope), audit.count(scope), catalogs.latest_version(scope)) == ([], 0, None)


def test_nothing_is_deleted_before_somebody_says_yes(store: Store) -> None:
    fill(store, "T1")
    before = counts(store)
    said = gpu_advise("forget", "--workspace", "T1")
    assert said.exit_code == 1
    assert "for good?" in said.output
    assert counts(store) == before


ABOUT_ONE_WORKSPACE = {
    "audit export": ("audit", "export"),
    "forget": ("forget", "--yes"),
    "digest run": ("digest", "run", "--dry-run"),
    "digest run for a channel": ("digest", "run", "--channel", "C1"),
    "advise": ("advise", "video-gen"),
}


@pytest.mark.parametrize("words", ABOUT_ONE_WORKSPACE.values(), ids=ABOUT_ONE_WORKSPACE)
def test_a_workspace_that_nobody_knows_is_a_usage_error_that_names_those_known(
    store: Store, words: tuple[str, ...]
) -> None:
    fill(store, "T1")
    install(store, "sealed", (), team_id="T2")
    before = counts(store)
    said = gpu_advise(*words, "--workspace", "T9")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.splitlines() == ["no workspace T9 is known; known: T1, T2"]
    assert counts(store) == before


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("words", ABOUT_ONE_WORKSPACE.values(), ids=ABOUT_ONE_WORKSPACE)
def test_where_no_workspace_is_known_yet_it_says_how_one_comes_to_be(words: tuple[str, ...]) -> None:
    said = gpu_advise(*words, "--workspace", "")
    assert said.exit_code == 2
    assert "no workspace is known yet: install the bot, or gpu-advise import" in said.stderr


def test_of_very_many_workspaces_a_few_are_named(store: Store) -> None:
    for number in range(25):
        note(store, f"T{number:02}")
    said = gpu_advise("audit", "export", "--workspace", "T99")
    assert "T00, T01" in said.stderr
    assert said.stderr.strip().endswith("T09 and 15 more")


def test_a_workspace_that_was_only_installed_has_an_empty_audit_log(store: Store) -> None:
    install(store, "sealed", (), team_id="T2")
    said = gpu_advise("audit", "export", "--workspace", "T2")
    assert said.exit_code == 0
    assert lines(said.stdout) == ["at,actor,action,subject,detail"]


def install(store: Store, sealed: str, scopes: tuple[str, ...], team_id: str = "T1") -> None:
    with store.write(team_id) as scope:
        granted = Installation(team_id, None, False, None, None, None, sealed, scopes, None, AT)  # noqa: FBT003
        installations.save(scope, granted)


@pytest.mark.parametrize(
    ("keys", "scopes", "code", "words"),
    [
        (KEY, bot_scopes(), 0, "ok   installation T1: all"),
        (KEY, bot_scopes()[1:], 1, f"FAIL installation T1: missing {bot_scopes()[0]}"),
        ("", bot_scopes(), 1, "FAIL installation T1: no key of GPU_ADVISE_SECRET_KEYS opens its token"),
    ],
)
def test_check_looks_at_every_installation(
    store: Store,
    slack: LocalSlack,
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    scopes: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    install(store, Vault([KEY]).seal(slack.bot_token), scopes)
    monkeypatch.setenv("GPU_ADVISE_SECRET_KEYS", keys)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    said = gpu_advise("check")
    assert said.exit_code == code
    assert words in said.stdout


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("xoxb-local-workspace", "ok   installation T1: Slack takes its token"),
        ("xoxb-revoked", "FAIL installation T1: Slack refuses the token: invalid_auth"),
    ],
)
def test_check_asks_slack_with_the_token_of_every_installation(
    store: Store, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, token: str, words: str
) -> None:
    install(store, Vault([KEY]).seal(token), bot_scopes())
    monkeypatch.setenv("GPU_ADVISE_SECRET_KEYS", KEY)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    said = gpu_advise("check").stdout
    assert words in said
    assert token not in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "ok   OAuth: not set up"),
        ({"GPU_ADVISE_SECRET_KEYS": KEY}, "ok   OAuth: not set up"),
        ({"SLACK_CLIENT_ID": "1.2"}, "FAIL OAuth: not active: SLACK_CLIENT_SECRET and GPU_ADVISE_SECRET_KEYS missing"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "12345678", "GPU_ADVISE_SECRET_KEYS": KEY},
            "ok   OAuth: set up",
        ),
    ],
)
def test_check_names_what_installing_by_oauth_lacks(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert words in gpu_advise("check").stdout
