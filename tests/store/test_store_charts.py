"""The chart of an advice: kept with it, uploaded once, and its workspace's alone."""

import pytest

from bot.store import Store, charts
from bot.store.charts import StoredChart
from tests.store.store_samples import HOUR, NOW

FRONTIER = ((280.0, 0.0624), (56.2, 0.0885))


@pytest.fixture
def drawn(store: Store) -> Store:
    """A store with the chart of one advice in T1."""
    with store.write("T1") as scope:
        charts.put(scope, "advice-1", FRONTIER)
    return store


def stored(store: Store, team_id: str = "T1") -> StoredChart | None:
    with store.read(team_id) as scope:
        return charts.get(scope, "advice-1")


def keep(store: Store, file_id: str, team_id: str = "T1") -> str:
    with store.write(team_id) as scope:
        return charts.uploaded(scope, "advice-1", file_id, NOW + HOUR)


def test_a_chart_comes_out_as_it_went_in(drawn: Store) -> None:
    assert stored(drawn) == StoredChart(FRONTIER, None)


def test_an_advice_without_one_has_none(store: Store) -> None:
    assert stored(store) is None


def test_the_first_upload_is_the_one_that_every_copy_shows(drawn: Store) -> None:
    assert keep(drawn, "F1") == "F1"
    assert keep(drawn, "F2") == "F1"
    assert stored(drawn) == StoredChart(FRONTIER, "F1")


def test_a_file_that_slack_does_not_know_any_more_is_forgotten_and_no_other(drawn: Store) -> None:
    keep(drawn, "F1")
    with drawn.write("T1") as scope:
        charts.forget(scope, "advice-1", "F2")
    assert stored(drawn) == StoredChart(FRONTIER, "F1")
    with drawn.write("T1") as scope:
        charts.forget(scope, "advice-1", "F1")
    assert stored(drawn) == StoredChart(FRONTIER, None)
    assert keep(drawn, "F3") == "F3"


def test_another_workspace_neither_sees_nor_changes_it(drawn: Store) -> None:
    assert stored(drawn, "T2") is None
    assert keep(drawn, "F9", "T2") == "F9"
    with drawn.write("T2") as scope:
        charts.forget(scope, "advice-1", "F9")
    assert stored(drawn) == StoredChart(FRONTIER, None)
