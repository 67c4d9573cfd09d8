"""One workspace can neither see nor change another's rows, whatever the statement."""

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, true, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased
from sqlmodel import col

import bot.store
from bot.store import Scope, Store, UnscopedQuery, WrongWorkspace, catalogs, history, outbox, workloads
from bot.store.guard import ScopedSession
from bot.store.tables import METADATA, AdviceRow, CatalogRow, RunRow, WorkloadRow
from engine import Workload
from tests.store.store_samples import NOW, a_catalog, a_post, a_run, save_advice

RUNS: Any = RunRow.__table__  # type: ignore[attr-defined]


@pytest.fixture
def shared_store(store: Store) -> Store:
    """Two workspaces with the same names inside: two runs in T1, three in T2."""
    for team_id, count in (("T1", 2), ("T2", 3)):
        with store.write(team_id) as scope:
            history.add_runs(scope, "file", [a_run(number) for number in range(count)])
            save_advice(scope, f"advice-{team_id}")
    return store


QUERIES: dict[str, Callable[[], Any]] = {
    "rows": lambda: select(RunRow),
    "columns": lambda: select(col(RunRow.run_id)),
    "an alias": lambda: select(aliased(RunRow)),
    "a subquery": lambda: select(select(col(RunRow.id)).subquery()),
    "a common table expression": lambda: select(select(col(RunRow.id)).cte().c.id),
    "a union": lambda: select(col(RunRow.run_id)).union_all(select(col(RunRow.run_id)).where(literal(value=False))),
    "an inner join": lambda: select(RunRow).join(WorkloadRow, col(WorkloadRow.name) == RunRow.workload),
    "an outer join": lambda: select(RunRow).outerjoin(AdviceRow, col(AdviceRow.workload) == RunRow.workload),
    "a filter by another table": lambda: select(RunRow).where(
        col(RunRow.workload).in_(select(col(WorkloadRow.name))),
    ),
    "a plea for the other workspace": lambda: select(RunRow).where(col(RunRow.team_id).in_(("T1", "T2"))),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_finds_the_rows_of_its_workspace_only(shared_store: Store, query: Callable[[], Any]) -> None:
    with shared_store.read("T1") as mine, shared_store.read("T2") as theirs:
        assert (len(mine.execute(query()).all()), len(theirs.execute(query()).all())) == (2, 3)


def test_a_count_and_a_maximum_cover_one_workspace(shared_store: Store) -> None:
    with shared_store.read("T1") as scope:
        counted = scope.execute(select(func.count(), func.max(RunRow.run_id)).select_from(RunRow)).one()
        assert tuple(counted) == (2, "run-1")


def test_an_existence_check_sees_one_workspace(shared_store: Store) -> None:
    with shared_store.read("T1") as scope:
        third = select(col(WorkloadRow.name)).where(exists().where(col(RunRow.run_id) == "run-2"))
        assert scope.scalars(third).all() == []


def test_an_empty_workspace_finds_nothing(shared_store: Store) -> None:
    with shared_store.read("T3") as scope:
        assert scope.scalars(select(RunRow)).all() == []
        assert history.names(scope) == []


def test_a_row_is_got_by_its_key_in_its_own_workspace_only(shared_store: Store) -> None:
    with shared_store.read("T1") as scope:
        assert scope.get(AdviceRow, "advice-T1") is not None
        assert scope.get(AdviceRow, "advice-T2") is None


def test_the_same_key_leads_each_workspace_to_its_own_row(shared_store: Store) -> None:
    with shared_store.read("T1") as mine, shared_store.read("T2") as theirs:
        found = [scope.get(WorkloadRow, "video-gen") for scope in (mine, theirs)]
        assert [row.run_count for row in found if row is not None] == [2, 3]


def test_an_update_changes_one_workspace(shared_store: Store) -> None:
    with shared_store.write("T1") as scope:
        changed = scope.scalars(update(RunRow).values(stage="production").returning(col(RunRow.run_id))).all()
    assert len(changed) == 2
    with shared_store.read("T2") as scope:
        assert set(scope.scalars(select(col(RunRow.stage)))) == {None}


def test_a_delete_removes_from_one_workspace(shared_store: Store) -> None:
    with shared_store.write("T1") as scope:
        scope.execute(delete(RunRow))
    with shared_store.read("T1") as mine, shared_store.read("T2") as theirs:
        assert (len(mine.scalars(select(RunRow)).all()), len(theirs.scalars(select(RunRow)).all())) == (0, 3)


REFUSED: dict[str, Callable[[], Any]] = {
    "text": lambda: text("SELECT * FROM run"),
    "text inside a query": lambda: select(RunRow).where(text("1 = 1")),
    "a Core table": lambda: select(RUNS),
    "a Core column": lambda: select(RUNS.c.id),
    "a Core column beside an entity": lambda: select(AdviceRow, RUNS.c.id),
    "a Core column in a filter": lambda: select(AdviceRow).where(RUNS.c.id == 1),
    "a Core table joined": lambda: select(AdviceRow).join(RUNS, true()),
    "a Core alias joined": lambda: select(AdviceRow).join(RUNS.alias(), true()),
    "a Core table counted in a subquery": lambda: select(
        AdviceRow, select(func.count()).select_from(RUNS).scalar_subquery()
    ),
    "a Core update": lambda: update(RUNS).values(stage="production"),
    "a Core delete": lambda: delete(RUNS),
    "an insert": lambda: insert(RunRow).values(team_id="T2"),
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_a_statement_that_no_filter_reaches_is_refused(store: Store, statement: Callable[[], Any]) -> None:
    with store.read("T1") as scope, pytest.raises(UnscopedQuery):
        scope.execute(statement())


@pytest.mark.parametrize("statement", [select(RunRow), update(RunRow).values(stage=None), delete(RunRow)], ids=str)
def test_a_session_without_a_workspace_is_refused(store: Store, statement: Any) -> None:
    with ScopedSession(store._engine) as session, pytest.raises(UnscopedQuery):
        session.execute(statement)


def test_a_session_without_a_workspace_cannot_get_by_key(store: Store) -> None:
    with ScopedSession(store._engine) as session, pytest.raises(UnscopedQuery):
        session.get(AdviceRow, "advice-1")


def test_a_session_cannot_get_by_key_past_the_scope(shared_store: Store) -> None:
    with ScopedSession(shared_store._engine, info={"team_id": "T1"}) as session, pytest.raises(UnscopedQuery):
        session.get(AdviceRow, "advice-T2")


def test_a_session_without_a_workspace_cannot_write(store: Store) -> None:
    with ScopedSession(store._engine) as session:
        session.add(WorkloadRow(name="video-gen"))
        with pytest.raises(UnscopedQuery):
            session.flush()


def test_an_added_row_gets_the_workspace_of_its_scope(store: Store) -> None:
    with store.write("T1") as scope:
        scope.add(WorkloadRow(name="video-gen"))
        assert [row.team_id for row in scope.scalars(select(WorkloadRow))] == ["T1"]


def test_a_row_of_another_workspace_is_refused(store: Store) -> None:
    with pytest.raises(WrongWorkspace, match="T2 in the scope of workspace T1"), store.write("T1") as scope:
        scope.add(WorkloadRow(team_id="T2", name="video-gen"))


def test_a_row_cannot_move_to_another_workspace(shared_store: Store) -> None:
    with shared_store.write("T1") as scope:
        row = scope.scalars(select(AdviceRow)).one()
        row.team_id = "T2"
        with pytest.raises(WrongWorkspace):
            scope.flush()
        row.team_id = "T1"


@pytest.mark.parametrize("write", [Scope.upsert, lambda scope, kind, rows: scope.insert_new(kind, rows, "name")])
def test_a_bulk_row_of_another_workspace_is_refused(store: Store, write: Callable[..., Any]) -> None:
    with store.write("T1") as scope, pytest.raises(WrongWorkspace):
        write(scope, WorkloadRow, [{"team_id": "T2", "name": "x", "run_count": 0, "is_tracked": False}])


def test_a_bulk_row_without_a_workspace_is_refused_across(store: Store) -> None:
    with store.across() as scope, pytest.raises(UnscopedQuery):
        scope.upsert(WorkloadRow, [{"name": "x", "run_count": 0, "is_tracked": False}])


@pytest.mark.parametrize("opened", [Store.across, Store.read_across])
def test_across_sees_every_workspace_but_has_no_name_for_them(
    shared_store: Store, opened: Callable[[Store], AbstractContextManager[Scope]]
) -> None:
    with opened(shared_store) as scope:
        assert len(scope.scalars(select(RunRow)).all()) == 5
        with pytest.raises(UnscopedQuery):
            _ = scope.team_id


def test_a_view_across_workspaces_cannot_be_written_to(shared_store: Store) -> None:
    with shared_store.read_across() as scope, pytest.raises(DBAPIError):
        scope.execute(delete(RunRow))


def test_a_shared_row_is_read_by_all_and_an_own_one_by_its_workspace(store: Store) -> None:
    with store.across() as scope:
        catalogs.save(scope, a_catalog(), NOW)
    with store.read("T1") as scope:
        assert catalogs.latest_version(scope) == a_catalog().version


def test_no_workspace_writes_for_all(store: Store) -> None:
    with pytest.raises(WrongWorkspace), store.write("T1") as scope:
        scope.add(CatalogRow(team_id="*", version="v", offer_count=0, document=b""))


def test_subjects_keep_two_workspaces_apart(store: Store) -> None:
    for team_id in ("T1", "T2"):
        with store.write(team_id) as scope:
            workloads.save(scope, workloads.OwnedWorkload(Workload("video-gen"), owner=team_id))
            outbox.put(scope, a_post())
    with store.read("T1") as scope:
        assert [owned.owner for owned in workloads.list_all(scope)] == ["T1"]
        assert outbox.counts(scope)["waiting"] == 1


def test_every_table_belongs_to_workspaces_but_that_of_visits_which_belong_to_none_yet() -> None:
    assert {name for name, table in METADATA.tables.items() if "team_id" not in table.columns} == {"oauth_state"}


def test_every_key_and_index_that_is_unique_across_workspaces_is_a_random_id_or_counts_up() -> None:
    unscoped = {
        (name, tuple(column.name for column in table.primary_key))
        for name, table in METADATA.tables.items()
        if "team_id" not in table.primary_key.columns
    }
    of_subscriptions = {("subscription_id", "key"), ("subscription_id", "workload", "kind")}
    assert {keys for _, keys in unscoped} == {("id",), ("position",), ("advice_id",), ("state",), *of_subscriptions}


def test_core_tables_are_touched_where_rows_are_stamped_and_nowhere_else() -> None:
    folder = Path(bot.store.__file__).parent
    touching = {path.name for path in folder.glob("*.py") if "__table__" in _attributes(path)}
    assert touching == {"guard.py", "scope.py"}


def _attributes(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
