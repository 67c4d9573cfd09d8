"""Migrations lead from nothing to exactly the tables that the code expects, and back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Constraint, Engine, Index, inspect
from sqlmodel import SQLModel

from bot.store.connections import connect
from bot.store.tables import METADATA
from bot.store.upgrade import configuration, is_current, upgrade


@pytest.fixture
def engine(bare_database_url: str) -> Iterator[Engine]:
    engine = connect(bare_database_url)
    yield engine
    engine.dispose()


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def table_names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_migrations_build_exactly_the_tables_of_the_code(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []


def test_a_table_that_no_migration_builds_would_be_noticed(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE decision")
        assert [change[0] for change in differences(connection)] == ["add_table"]


def test_every_migration_can_be_taken_back(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert table_names(engine) == {"alembic_version"}


def test_a_database_can_be_built_again_after_it_was_taken_back(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    upgrade(engine)
    with engine.connect() as connection:
        assert is_current(connection)
        assert differences(connection) == []


def test_a_database_of_a_later_version_is_not_current(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
        assert not is_current(connection)


def test_a_migration_that_fails_leaves_the_database_as_it_was(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.op.create_index", fail)
    monkeypatch.setattr("alembic.operations.BatchOperations.create_index", fail)
    with pytest.raises(ZeroDivisionError):
        upgrade(engine)
    assert table_names(engine) == set()


def test_the_second_migration_and_its_way_back_keep_the_periods_that_were_served(engine: Engine) -> None:
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO subscription (team_id, id, channel, weekdays, at, timezone, created_at, served_until)"
            " VALUES ('T1', 's', 'C1', '[0]', '09:00', 'UTC', '2026-11-02', '2026-11-02')"
        )
        connection.exec_driver_sql(
            "INSERT INTO period (team_id, subscription_id, key, is_skipped, claimed_at)"
            " VALUES ('T1', 's', '2026-11-02', false, '2026-11-02')"
        )
    upgrade(engine, "0002")
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT key FROM period").all() == [("2026-11-02",)]
        assert connection.exec_driver_sql("SELECT name, is_paused FROM subscription").all() == [("", False)]
        command.downgrade(configuration(connection), "0001")
        assert connection.exec_driver_sql("SELECT key FROM period").all() == [("2026-11-02",)]


def test_upgrades_at_once_take_turns(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(upgrade, [engine] * 4))
    with engine.connect() as connection:
        assert is_current(connection)


def test_the_history_of_migrations_is_one_line(engine: Engine) -> None:
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1


def test_the_next_migration_is_written_ready_to_run(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        config = configuration(connection)
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", str(tmp_path))
        command.revision(config, "everything", autogenerate=True, rev_id="0001", version_path=str(tmp_path))
    (written,) = tmp_path.glob("*.py")
    names: dict[str, Any] = {}
    exec(compile(written.read_text(), written, "exec"), names)  # noqa: S102 - it is what the template wrote
    assert callable(names["upgrade"])
    assert "UtcTime()" in written.read_text()
    assert "AutoString" not in written.read_text()


def test_the_tables_stay_out_of_the_metadata_that_all_models_share() -> None:
    assert SQLModel.metadata.tables.keys() & METADATA.tables.keys() == set()


def test_every_constraint_has_a_name_by_which_a_migration_can_drop_it() -> None:
    unnamed = [
        (name, constraint)
        for name, table in METADATA.tables.items()
        for constraint in (*table.constraints, *table.indexes)
        if cast("Constraint | Index", constraint).name is None
    ]
    assert unnamed == []


def test_where_nobody_tracked_any_workload_all_are_watched_from_then_on(engine: Engine) -> None:
    upgrade(engine, "0004")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO workload (team_id, name, run_count, is_tracked) VALUES"
            " ('T1', 'a', 0, false), ('T1', 'b', 0, false), ('T2', 'a', 0, true), ('T2', 'b', 0, false)"
        )
    upgrade(engine)
    with engine.connect() as connection:
        tracked = connection.exec_driver_sql("SELECT team_id, name FROM workload WHERE is_tracked ORDER BY 1, 2").all()
    assert [tuple(row) for row in tracked] == [("T1", "a"), ("T1", "b"), ("T2", "a")]
