"""What counts as new in a digest: nothing unchanged twice, everything changed again, and nothing forgotten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.decisions import Decision
from bot.store.said import Key
from bot.usecases.digests.news import News, key_of, news, signature
from bot.usecases.digests.spotting import Spotted
from bot.usecases.digests.surveying import Survey
from bot.usecases.digests.topics import Topic
from engine import FINDING_KINDS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = [f"w{number}" for number in range(6)]
CONFIGURATION: Any = {
    "accelerator": "H100-80GB",
    "accelerator_count": 4,
    "region": "us-east-1",
    "price_usd_per_hour": 4.0,
}


def spotted(workload: str = "w0", **changes: Any) -> Spotted:
    found = Spotted(
        kind="dominated", workload=workload, unit="clip", objective="cost", gain_units_per_week=100.0,
        extra_usd_per_week=-300.0, worth_usd_per_week=300.0, payback_days=None, evidence="", stage="production",
        workload_kind="ai", rank=(0.0, 0.0), configuration=CONFIGURATION, packed=b"",
    )  # fmt: skip
    return replace(found, **changes)


def survey(*found: Spotted, unanswered: Sequence[str] = ()) -> Survey:
    return Survey("T1", NOW, frozenset(NAMES), found, frozenset(unanswered), {})


def decision(kind: Any = "snooze", at: datetime = NOW, **changes: Any) -> Decision:
    return Decision("a1", kind, None, "U1", at, changes.get("until"), changes.get("reason"), changes.get("at_price"))


def told(
    surveyed: Survey, said: Mapping[Key, str], decided: Mapping[str, Decision] | None = None, now: datetime = NOW
) -> News:
    return news(surveyed, Topic(), said, decided or {}, now)


def after(said: Mapping[Key, str], new: News) -> dict[Key, str]:
    """What a subscription has said once this was posted."""
    kept = {key: value for key, value in said.items() if key not in new.gone}
    return kept | {key_of(found): signature(found) for found in new.fresh}


MONEY = st.floats(-1e6, 1e6, allow_nan=False)
FOUND = st.builds(
    spotted,
    workload=st.sampled_from(NAMES),
    kind=st.sampled_from(FINDING_KINDS),
    objective=st.sampled_from(["cost", "value", "performance"]),
    gain_units_per_week=MONEY,
    extra_usd_per_week=MONEY,
    configuration=st.none() | st.just(CONFIGURATION) | st.just(CONFIGURATION | {"accelerator_count": 8}),
)
WORLDS = st.lists(FOUND, max_size=6, unique_by=lambda found: found.workload).map(lambda found: survey(*found))


@given(st.lists(WORLDS, min_size=1, max_size=4))
def test_an_unchanged_world_has_no_news(worlds: list[Survey]) -> None:
    said: dict[Key, str] = {}
    for world in worlds:
        said = after(said, told(world, said))
        again = told(world, said)
        assert (again.fresh, again.settled, again.gone) == ((), (), ())
        assert again.standing == world.spotted


@given(WORLDS, WORLDS)
def test_whatever_stands_was_said_now_or_before(first: Survey, second: Survey) -> None:
    said = after({}, told(first, {}))
    new = told(second, said)
    assert {*map(key_of, new.fresh), *map(key_of, new.standing)} == set(map(key_of, second.spotted))
    assert set(after(said, new)) == {key_of(found) for found in second.spotted}


@given(FOUND, st.integers(2, 16))
def test_a_changed_pick_is_said_again(found: Spotted, count: int) -> None:
    said = {key_of(found): signature(found)}
    moved = replace(found, configuration=CONFIGURATION | {"accelerator_count": 16 + count})
    assert told(survey(moved), said).fresh == (moved,)


@given(FOUND, st.floats(-0.2, 0.2), st.floats(0.01, 100.0))
def test_a_price_or_a_stake_that_drifts_a_little_is_no_news(found: Spotted, share: float, usd: float) -> None:
    said = {key_of(found): signature(found)}
    configuration = None if found.configuration is None else found.configuration | {"price_usd_per_hour": usd}
    drifted = replace(
        found,
        gain_units_per_week=found.gain_units_per_week * (1.0 + share),
        extra_usd_per_week=found.extra_usd_per_week * (1.0 + share),
        configuration=configuration,
    )
    assert told(survey(drifted), said).fresh == ()


@pytest.mark.parametrize(
    ("changes", "is_news"),
    [
        ({"gain_units_per_week": 130.0}, False),
        ({"gain_units_per_week": 140.0}, True),
        ({"gain_units_per_week": 74.0}, True),
        ({"gain_units_per_week": -100.0}, True),
        ({"extra_usd_per_week": -420.0}, True),
        ({"extra_usd_per_week": -380.0}, False),
        ({"objective": "value"}, True),
        ({"configuration": CONFIGURATION | {"region": "eu-west-1"}}, True),
        ({"evidence": "other words"}, False),
    ],
)
def test_a_finding_is_news_when_its_pick_or_a_quarter_of_its_stake_changed(
    changes: dict[str, Any], *, is_news: bool
) -> None:
    said = {Key("w0", "dominated"): signature(spotted())}
    assert bool(told(survey(spotted(**changes)), said).fresh) is is_news


def test_a_few_dollars_are_no_news_however_large_their_share() -> None:
    said = {Key("w0", "dominated"): signature(spotted(extra_usd_per_week=-2.0))}
    assert told(survey(spotted(extra_usd_per_week=-8.0)), said).fresh == ()


def test_small_steps_in_one_direction_are_news_in_the_end() -> None:
    said: dict[Key, str] = {}
    times = 0
    for step in range(20):
        found = survey(spotted(gain_units_per_week=100.0 * 1.1**step))
        new = told(found, said)
        said, times = after(said, new), times + len(new.fresh)
    assert 2 < times < 10


def test_another_kind_of_finding_replaces_the_one_before_without_a_word() -> None:
    said = {Key("w0", "dominated"): signature(spotted())}
    new = told(survey(spotted(kind="drifted_stage")), said)
    assert ([found.kind for found in new.fresh], new.settled, new.gone) == (
        ["drifted_stage"],
        (),
        (Key("w0", "dominated"),),
    )


def test_what_is_not_watched_any_more_is_forgotten_without_a_word() -> None:
    new = told(survey(), {Key("elsewhere", "dominated"): signature(spotted("elsewhere"))})
    assert (new.settled, new.gone) == ((), (Key("elsewhere", "dominated"),))


def test_too_little_knowledge_is_said_once_whatever_the_answer_would_be_today() -> None:
    thin = spotted(kind="thin_evidence", is_weak=True, configuration=None)
    said = {key_of(thin): signature(thin)}
    for changes in ({"configuration": CONFIGURATION}, {"objective": "performance"}, {"evidence": "one more day"}):
        new = told(survey(replace(thin, **changes)), said)
        assert (new.fresh, new.settled, new.gone) == ((), (), ())
    assert told(survey(), said).settled == ("w0",), "enough is known now"


def test_of_what_has_no_answer_any_more_nothing_is_called_settled() -> None:
    blank = replace(survey(), undetermined=frozenset({"w0"}))
    new = told(blank, {Key("w0", "dominated"): signature(spotted())})
    assert (new.settled, new.gone) == ((), ())


def test_too_little_knowledge_replaces_what_was_said_of_the_same_workload() -> None:
    thin = spotted(kind="thin_evidence", is_weak=True)
    blank = replace(survey(thin), undetermined=frozenset({"w0"}))
    new = told(blank, {Key("w0", "dominated"): signature(spotted())})
    assert (new.fresh, new.settled, new.gone) == ((thin,), (), (Key("w0", "dominated"),))


def test_what_cannot_be_answered_today_stays_as_it_was_said() -> None:
    new = told(survey(unanswered=["w0"]), {Key("w0", "dominated"): signature(spotted())})
    assert (new.settled, new.gone) == ((), ())


@pytest.mark.parametrize(("kind", "settled"), [("approve", ("w0",)), ("dismiss", ("w0",)), ("snooze", ())])
def test_a_decision_settles_and_a_snooze_only_holds_back(kind: str, settled: tuple[str, ...]) -> None:
    decided = {"w0": decision(kind, until=NOW + timedelta(days=7) if kind == "snooze" else None)}
    new = told(survey(spotted()), {Key("w0", "dominated"): signature(spotted())}, decided)
    assert (new.fresh, new.standing, new.settled) == ((), (), settled)


@pytest.mark.parametrize(("price", "is_quiet"), [(4.0, True), (4.1, True), (4.21, False), (3.79, False)])
def test_a_snooze_until_the_price_moves_ends_when_it_moved_by_a_twentieth(price: float, *, is_quiet: bool) -> None:
    decided = {"w0": decision(at=NOW - timedelta(days=90), reason="price", at_price=CONFIGURATION)}
    found = spotted(configuration=CONFIGURATION | {"price_usd_per_hour": price})
    assert (told(survey(found), {}, decided).fresh == ()) is is_quiet


def test_a_signature_is_plain_json_that_a_later_release_can_read() -> None:
    assert set(json.loads(signature(spotted()))) == {"objective", "configuration", "gain", "extra"}
