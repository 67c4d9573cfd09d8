"""Workspaces, workloads, catalogues and models: what is kept comes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.store import Scope, Store, catalogs, history, models, watched, workloads, workspaces
from bot.store.models import Observed
from bot.store.workloads import OwnedWorkload
from engine import Accelerators, Catalog, Constraints, Deadline, Filters, Policy, Quota, Workload
from tests.store.store_samples import DAY, NOW, T4, a_catalog, a_run, an_offer


@pytest.fixture
def scope(store: Store) -> Iterator[Scope]:
    with store.write("T1") as scope:
        yield scope


def test_a_workspace_is_new_once(scope: Scope) -> None:
    assert workspaces.ensure(scope, "Acme")
    assert not workspaces.ensure(scope, "Acme")


def test_workspaces_are_listed_as_they_came(store: Store) -> None:
    for team_id in ("T9", "T1", "T5"):
        with store.write(team_id) as scope:
            workspaces.ensure(scope)
    with store.across() as scope:
        assert workspaces.list_ids(scope) == ["T9", "T1", "T5"]


def test_settings_are_empty_until_somebody_changes_them(scope: Scope) -> None:
    assert workspaces.settings(scope) == {}
    assert workspaces.policy(scope) == Policy()


def test_a_setting_is_changed_and_returned_to_its_default(scope: Scope) -> None:
    assert workspaces.change_settings(scope, {"is_public": True, "language": "en"}) == {
        "is_public": True,
        "language": "en",
    }
    assert workspaces.change_settings(scope, {"language": None}) == {"is_public": True}
    assert workspaces.settings(scope) == {"is_public": True}


def test_settings_of_two_workspaces_do_not_mix(store: Store) -> None:
    with store.write("T1") as scope:
        workspaces.change_settings(scope, {"is_public": True})
    with store.read("T2") as scope:
        assert workspaces.settings(scope) == {}


def test_a_policy_comes_back_and_keeps_only_what_was_changed(scope: Scope) -> None:
    changed = replace(Policy(), max_nodes=4, guardrail_factor=1.25)
    workspaces.save_policy(scope, changed)
    assert workspaces.policy(scope) == changed
    assert workspaces.settings(scope)["policy"] == {"max_nodes": 4, "guardrail_factor": 1.25}
    workspaces.save_policy(scope, Policy())
    assert workspaces.policy(scope) == Policy()


FRIDAY = Deadline(5000.0, datetime(2026, 11, 27, 17, tzinfo=UTC))
FULL = Workload(
    "video-gen",
    stage="production",
    kind="ai",
    is_critical=True,
    value_of_time_usd_per_hour=40.0,
    constraints=Constraints(floor_units_per_hour=500.0, max_accelerators=8, confidence=0.9, deadline=FRIDAY),
    filters=Filters(providers=("aws", "gcp"), pricing_categories=("dynamic",), quotas=(Quota(16, region="us-east-1"),)),
)


@pytest.mark.parametrize("workload", [Workload("video-gen"), FULL], ids=["plain", "full"])
def test_what_is_asked_of_a_workload_comes_back(scope: Scope, workload: Workload) -> None:
    owned = OwnedWorkload(workload, owner="U1", channel="C1", is_tracked=True)
    workloads.save(scope, owned)
    assert workloads.get(scope, "video-gen") == owned


def test_the_last_word_of_an_owner_counts(scope: Scope) -> None:
    workloads.save(scope, OwnedWorkload(FULL, owner="U1"))
    workloads.save(scope, OwnedWorkload(Workload("video-gen")))
    assert workloads.get(scope, "video-gen") == OwnedWorkload(Workload("video-gen"))


def test_a_workload_known_by_its_runs_asks_for_nothing(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run()])
    assert workloads.get(scope, "video-gen") == OwnedWorkload(Workload("video-gen"))


def test_nobody_knows_an_unknown_workload(scope: Scope) -> None:
    assert workloads.get(scope, "video-gen") is None
    assert not workloads.track(scope, "video-gen")
    assert workloads.list_all(scope) == []


def test_asking_leaves_the_runs_alone_and_runs_the_asking(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(0)])
    workloads.save(scope, OwnedWorkload(FULL, is_tracked=True))
    history.add_runs(scope, "file", [a_run(1)])
    assert workloads.get(scope, "video-gen") == OwnedWorkload(FULL, is_tracked=True)
    assert [found.runs for found in history.summaries(scope)] == [2]


def test_a_workload_described_before_its_first_run_gets_its_unit_from_it(scope: Scope) -> None:
    workloads.save(scope, OwnedWorkload(FULL))
    assert history.summaries(scope)[0].last_run_at is None
    history.add_runs(scope, "file", [a_run()])
    (found,) = history.summaries(scope)
    assert (found.unit, found.runs, found.first_run_at, found.last_run_at) == ("clip", 1, NOW, NOW)


def test_every_workload_is_watched_but_those_that_somebody_left_out(scope: Scope) -> None:
    for name in ("b", "a", "c"):
        workloads.save(scope, OwnedWorkload(Workload(name)))
    assert watched.names(scope) == ["a", "b", "c"]
    assert workloads.track(scope, "a", is_tracked=False)
    assert watched.names(scope) == ["b", "c"]
    for name in ("b", "c"):
        workloads.track(scope, name, is_tracked=False)
    assert watched.names(scope) == []
    assert workloads.track(scope, "b")
    assert watched.names(scope) == ["b"]
    assert [owned.workload.name for owned in workloads.list_all(scope)] == ["a", "b", "c"]


def latest(scope: Scope) -> Catalog | None:
    return catalogs.load(scope, catalogs.latest_version(scope) or "")


def test_without_an_import_there_is_no_catalogue(scope: Scope) -> None:
    assert latest(scope) is None
    assert catalogs.latest_version(scope) is None
    assert catalogs.load(scope, "nothing") is None


def test_a_catalogue_comes_back_equal_and_with_its_version(scope: Scope) -> None:
    catalog = a_catalog(
        an_offer(), an_offer(term="1y", pricing_category="committed", vcpus=None, price_usd_per_hour=0.1)
    )
    version = catalogs.save(scope, catalog, NOW)
    found = latest(scope)
    assert found is not None
    assert (found.offers, list(found.accelerators.values())) == (catalog.offers, [T4])
    assert version == found.version == catalog.version == catalogs.latest_version(scope)


def test_an_empty_catalogue_comes_back(scope: Scope) -> None:
    catalogs.save(scope, Catalog.of([], Accelerators([T4])), NOW)
    found = latest(scope)
    assert found is not None
    assert found.offers == ()


def test_prices_of_another_time_zone_have_the_version_that_is_read_back(scope: Scope) -> None:
    tokyo = timezone(timedelta(hours=9))
    version = catalogs.save(scope, a_catalog(an_offer(as_of=datetime(2026, 11, 2, 18, tzinfo=tokyo))), NOW)
    assert version == a_catalog(an_offer(as_of=datetime(2026, 11, 2, 9, tzinfo=timezone.utc))).version  # noqa: UP017
    found = latest(scope)
    assert found is not None
    assert found.version == version


def test_the_catalogue_saved_last_is_the_latest(scope: Scope) -> None:
    first, second = (a_catalog(an_offer(price_usd_per_hour=price)) for price in (1.0, 2.0))
    catalogs.save(scope, first, NOW)
    catalogs.save(scope, second, NOW + DAY)
    assert catalogs.latest_version(scope) == second.version
    catalogs.save(scope, first, NOW + 2 * DAY)
    assert catalogs.latest_version(scope) == first.version


def test_an_old_catalogue_can_still_be_read(scope: Scope) -> None:
    first, second = (a_catalog(an_offer(price_usd_per_hour=price)) for price in (1.0, 2.0))
    for catalog, when in ((first, NOW), (second, NOW + DAY)):
        catalogs.save(scope, catalog, when)
    found = catalogs.load(scope, first.version)
    assert found is not None
    assert found.offers == first.offers


def test_an_own_catalogue_goes_before_a_later_one_for_all(store: Store) -> None:
    own, shared = (a_catalog(an_offer(price_usd_per_hour=price)) for price in (1.0, 2.0))
    with store.write("T1") as scope:
        catalogs.save(scope, own, NOW)
    with store.across() as scope:
        catalogs.save(scope, shared, NOW + DAY)
    with store.read("T1") as mine, store.read("T2") as theirs:
        assert catalogs.latest_version(mine) == own.version
        assert catalogs.latest_version(theirs) == shared.version


def test_a_workspace_does_not_see_the_prices_of_another(store: Store) -> None:
    with store.write("T1") as scope:
        version = catalogs.save(scope, a_catalog(), NOW)
    with store.read("T2") as scope:
        assert catalogs.load(scope, version) is None
        assert latest(scope) is None


def test_observations_are_replaced_by_newer_ones(scope: Scope) -> None:
    assert models.observations(scope, "video-gen") is None
    models.save_observations(scope, Observed("video-gen", "digest-1", {"rows": [1.5, None]}))
    models.save_observations(scope, Observed("video-gen", "digest-2", {"rows": []}))
    assert models.observations(scope, "video-gen") == Observed("video-gen", "digest-2", {"rows": []})


def test_all_observations_come_by_name(scope: Scope) -> None:
    for name in ("b", "a"):
        models.save_observations(scope, Observed(name, "digest", {}))
    assert [observed.workload for observed in models.all_observations(scope)] == ["a", "b"]


def test_without_a_fit_there_is_no_model(scope: Scope) -> None:
    assert models.latest_model(scope) is None


def test_the_model_fitted_last_is_in_use(scope: Scope) -> None:
    models.save_model(scope, "v1", {"beta": [0.1, 1e-300, -5.0]}, NOW)
    assert models.latest_model(scope) == ("v1", {"beta": [0.1, 1e-300, -5.0]})
    models.save_model(scope, "v2", {"beta": []}, NOW + DAY)
    assert models.latest_model(scope) == ("v2", {"beta": []})


def test_hindsight_is_that_of_the_model_in_use(scope: Scope) -> None:
    assert models.hindsight(scope) is None
    models.save_model(scope, "v1", {}, NOW, {"scores": []})
    assert models.hindsight(scope) == {"scores": []}
    models.save_model(scope, "v2", {}, NOW + DAY)
    assert models.hindsight(scope) is None, "nobody has looked back with this one"


def test_a_model_that_is_fitted_again_is_in_use_again(scope: Scope) -> None:
    models.save_model(scope, "v1", {}, NOW)
    models.save_model(scope, "v2", {}, NOW + DAY)
    models.save_model(scope, "v1", {}, NOW + 2 * DAY)
    latest = models.latest_model(scope)
    assert latest is not None
    assert latest[0] == "v1"
