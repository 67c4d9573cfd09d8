"""Opening a database, upgrading it, and its transactions."""

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlmodel import col

import bot.store
from bot.store import AlreadySettled, BadDatabaseUrl, Store, StoreError, history, inbox, outbox, workspaces
from bot.store.tables import OutboxRow, WorkloadRow
from tests.store.store_samples import NOW, a_post, a_run


def put_request(store: Store, key: str = "key-1") -> str:
    with store.write("T1") as scope:
        request_id = inbox.put(scope, key, "command", {}, owner="web", now=NOW, lease_seconds=60)
    assert request_id is not None
    return request_id


@contextmanager
def opened(database_url: str) -> Iterator[Store]:
    with closing(Store(database_url)) as store:
        yield store


@pytest.mark.parametrize(
    ("database_url", "reason"),
    [
        ("nonsense", "is not an address"),
        ("mysql://host/name", "neither sqlite nor postgresql"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_an_unusable_address_is_refused_in_one_line(database_url: str, reason: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=reason) as caught:
        Store(database_url)
    assert str(caught.value).startswith("DATABASE_URL: ")
    assert "\n" not in str(caught.value)


def test_a_refused_address_is_not_repeated_with_its_password() -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        Store("mysql://me:hunter2@host/name")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_the_spellings_that_hosts_hand_out_mean_postgresql(scheme: str) -> None:
    with opened(f"{scheme}me@nowhere.invalid/name") as store:
        assert store._engine.dialect.driver == "psycopg"


def test_a_sqlite_file_and_its_folder_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "gpu-advise.db"
    with opened(f"sqlite:///{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_sqlite_file_keeps_what_it_holds(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'gpu-advise.db'}"
    with opened(database_url) as store:
        store.migrate()
        with store.write("T1") as scope:
            workspaces.ensure(scope)
    with opened(database_url) as store, store.across() as scope:
        assert workspaces.list_ids(scope) == ["T1"]


def test_sqlite_writes_ahead_and_checks_foreign_keys(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'gpu-advise.db'}") as store, store._engine.connect() as connection:
        wanted = {"journal_mode": "wal", "busy_timeout": 30000, "foreign_keys": 1, "synchronous": 1}
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
    assert found == wanted


def test_an_empty_database_is_not_ready_until_it_is_migrated(bare_database_url: str) -> None:
    with opened(bare_database_url) as store:
        assert not store.is_ready()
        store.migrate()
        assert store.is_ready()


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    with opened("postgresql://me@127.0.0.1:1/name?connect_timeout=1") as store:
        assert not store.is_ready()


def test_a_migrated_database_is_migrated_again_without_harm(store: Store) -> None:
    with store.write("T1") as scope:
        workspaces.ensure(scope)
    store.migrate()
    with store.across() as scope:
        assert workspaces.list_ids(scope) == ["T1"]


def test_starting_many_at_once_migrates_once(bare_database_url: str) -> None:
    stores = [Store(bare_database_url) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(Store.migrate, stores))
    assert all(store.is_ready() for store in stores)
    for store in stores:
        store.close()


def test_a_write_commits_when_its_block_ends(store: Store) -> None:
    with store.write("T1") as scope:
        outbox.put(scope, a_post())
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 1


def write_and_stumble(store: Store) -> None:
    with store.write("T1") as scope:
        outbox.put(scope, a_post())
        history.add_runs(scope, "file", [a_run()])
        raise ZeroDivisionError


def test_a_write_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_stumble(store)
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 0
        assert history.count_runs(scope) == 0


def test_what_is_written_in_a_read_does_not_stay(store: Store) -> None:
    with pytest.raises(Exception, match=r"read-?only"), store.read("T1") as scope:
        outbox.put(scope, a_post())
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 0


def test_a_read_keeps_its_view_while_others_write(store: Store) -> None:
    with store.read("T1") as reader:
        before = history.count_runs(reader)
        with store.write("T1") as writer:
            history.add_runs(writer, "file", [a_run()])
        assert history.count_runs(reader) == before == 0
    with store.read("T1") as reader:
        assert history.count_runs(reader) == 1


def test_writers_in_threads_wait_for_each_other(store: Store) -> None:
    def count_one_more(number: int) -> None:
        with store.write("T1") as scope:
            history.add_runs(scope, "file", [a_run(number)])

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(count_one_more, range(64)))
    with store.read("T1") as scope:
        assert history.count_runs(scope) == len(scope.scalars(select(WorkloadRow)).all()) * 64


def test_a_settling_write_and_its_effects_commit_together(store: Store) -> None:
    request_id = put_request(store)
    with store.write("T1", settles=request_id) as scope:
        outbox.put(scope, a_post())
    with store.read("T1") as scope:
        assert inbox.counts(scope) == {"waiting": 0, "done": 1, "dead": 0}
        assert outbox.counts(scope)["waiting"] == 1


def test_work_that_failed_is_not_settled(store: Store) -> None:
    request_id = put_request(store)
    with pytest.raises(ZeroDivisionError), store.write("T1", settles=request_id):
        _ = 1 / 0
    with store.read("T1") as scope:
        assert inbox.counts(scope)["waiting"] == 1


def test_work_settles_once(store: Store) -> None:
    request_id = put_request(store)
    with store.write("T1", settles=request_id):
        pass
    with pytest.raises(AlreadySettled) as caught, store.write("T1", settles=request_id) as scope:
        outbox.put(scope, a_post())
    assert caught.value.inbox_id == request_id
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 0


def test_another_workspace_cannot_settle_this_ones_work(store: Store) -> None:
    request_id = put_request(store)
    with pytest.raises(AlreadySettled), store.write("T2", settles=request_id):
        pass
    with store.read("T1") as scope:
        assert inbox.counts(scope)["waiting"] == 1


def test_of_many_that_settle_at_once_one_takes_effect(store: Store) -> None:
    request_id = put_request(store)

    def finish(_: int) -> bool:
        try:
            with store.write("T1", settles=request_id) as scope:
                outbox.put(scope, a_post())
        except AlreadySettled:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(finish, range(16))) == 1
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 1


def test_a_moment_comes_back_in_utc_with_its_zone(store: Store) -> None:
    in_kyiv = datetime.fromisoformat("2026-11-02T11:00:00.000001+02:00")
    with store.write("T1") as scope:
        outbox.put(scope, a_post(), not_before=in_kyiv)
    with store.read("T1") as scope:
        (due_at,) = scope.scalars(select(col(OutboxRow.due_at)))
    assert due_at == in_kyiv
    assert due_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="a time without a zone"), store.write("T1") as scope:
        outbox.put(scope, a_post(), not_before=datetime(2026, 1, 1))  # noqa: DTZ001 - naive on purpose


def test_every_error_is_drawn_in_the_tree() -> None:
    drawn = bot.store.errors.__doc__ or ""
    for name in bot.store.errors.__all__:
        assert issubclass(getattr(bot.store.errors, name), StoreError)
        assert name in drawn


def test_the_file_of_a_closed_store_can_be_opened_by_others(tmp_path: Path) -> None:
    path = tmp_path / "gpu-advise.db"
    with opened(f"sqlite:///{path}") as store:
        store.migrate()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (0,)
