"""Which model is in use, and what of older ones is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import Scope, Store, models, workspaces
from bot.store.models import Observed
from bot.store.tables import ModelRow

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIKE_YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def scope(store: Store) -> Iterator[Scope]:
    with store.write("T1") as scope:
        yield scope


def test_the_model_saved_last_is_in_use_whatever_the_clock_of_a_machine_says(scope: Scope) -> None:
    for version, at in (("v1", NOW), ("v2", LIKE_YESTERDAY), ("v3", LIKE_YESTERDAY), ("v2", LIKE_YESTERDAY)):
        models.save_model(scope, version, {"of": version}, at)
        assert models.latest_model(scope) == (version, {"of": version})


def test_only_so_many_models_are_kept(scope: Scope) -> None:
    versions = [f"v{number}" for number in range(40)]
    for version in versions:
        models.save_model(scope, version, {}, NOW)
    assert [version for version in versions if scope.get(ModelRow, version) is not None] == versions[-32:]


def test_the_models_of_another_workspace_are_left_alone(store: Store) -> None:
    with store.write("T2") as scope:
        models.save_model(scope, "theirs", {}, LIKE_YESTERDAY)
    with store.write("T1") as scope:
        for number in range(40):
            models.save_model(scope, f"v{number}", {}, NOW)
    with store.read("T2") as scope:
        assert models.latest_model(scope) == ("theirs", {})


def test_measurements_are_found_by_name_and_have_a_moment_that_moves_when_they_do(scope: Scope) -> None:
    for name in ("b", "a"):
        models.save_observations(scope, Observed(name, "digest", {"of": name}))
    before = models.moments(scope)
    assert set(before) == {"a", "b"}
    assert [each.workload for each in models.observations_of(scope, ["b", "nobody", "a"])] == ["b", "a"]
    models.save_observations(scope, Observed("a", "digest", {"of": "a"}))
    after = models.moments(scope)
    assert (after["b"], after["a"] > before["a"]) == (before["b"], True)


def test_a_workspace_can_be_held_before_anything_of_it_is_known(store: Store) -> None:
    with store.write("T1") as scope:
        workspaces.lock(scope)
        workspaces.lock(scope)
    with store.across() as across:
        assert workspaces.list_ids(across) == ["T1"]
