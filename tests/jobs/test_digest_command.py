"""`gpu-advise digest run`: shown or handed to the outbox, as text or as JSON."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner

from bot.cli import app, digest
from bot.cli.progress import Tell
from bot.local.workspace import TEAM_ID
from bot.store import Store, subscriptions, workspaces
from bot.store.tables import OutboxRow
from tests.jobs.fleets import NINE, keep_fleet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def known(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The database that the command opens; its one workspace has a fleet."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with store.write(TEAM_ID) as scope:
        workspaces.ensure(scope)
    keep_fleet(store)
    return store


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    result = CliRunner().invoke(app, ["digest", "run", *arguments])
    return result.exit_code, result.stdout, result.stderr


def posted(store: Store) -> list[Mapping[str, Any]]:
    with store.read(TEAM_ID) as scope:
        return list(scope.scalars(select(col(OutboxRow.data)).order_by(col(OutboxRow.position))))


def subscribe(store: Store, *channels: str) -> None:
    with store.write(TEAM_ID) as scope:
        for channel in channels:
            subscriptions.subscribe(scope, channel, [0], "09:00", "UTC", by=None, created_at=NINE)


def test_a_dry_run_shows_the_message_and_writes_nothing(known: Store) -> None:
    code, out, err = run("--dry-run")
    assert (code, err) == (0, "")
    assert "1. video" in out
    assert "should shift to performance" in out
    assert posted(known) == []


def test_a_dry_run_as_json_is_one_object_a_channel(known: Store) -> None:
    subscribe(known, "C1", "C2")
    code, out, _ = run("--dry-run", "--json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [document["channel"] for document in documents] == ["C1", "C2"]
    assert documents[0]["findings"][0]["kind"] == "shift_to_performance"
    assert documents[0]["findings"][0]["advice_id"] is None
    assert posted(known) == []


@pytest.mark.usefixtures("known")
def test_whoever_waits_for_it_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int | None]] = []

    @contextmanager
    def line() -> Iterator[Tell]:
        yield lambda *now: told.append(now)

    monkeypatch.setattr(digest, "progress_line", line)
    assert run("--dry-run")[0] == 0
    [(what, done, of)] = told
    assert (what, done) == ("looking at workloads", of)


def test_every_subscribed_channel_gets_one(known: Store) -> None:
    subscribe(known, "C1", "C2")
    code, out, _ = run("--workspace", TEAM_ID, "--json")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == posted(known)
    assert [data["channel"] for data in posted(known)] == ["C1", "C2"]


def test_a_named_channel_gets_one_subscribed_or_not(known: Store) -> None:
    subscribe(known, "C1")
    code, out, _ = run("--channel", "C9")
    assert code == 0
    assert "video" in out
    assert [data["channel"] for data in posted(known)] == ["C9"]


def test_without_any_channel_it_says_how_to_name_one(known: Store) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "--channel" in err
    assert posted(known) == []
