"""Any data of the right shape becomes a message that Slack accepts and that does nothing it was not meant to do."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.posts import Message
from bot.render.check import problems
from bot.render.limits import BLOCKS
from bot.views import as_text, message
from engine import FINDING_KINDS
from tests.views.after_shapes import after_shapes
from tests.views.deciding_shapes import deciding_shapes
from tests.views.view_cases import CASES
from tests.views.view_samples import NAMES

OBJECTIVES = ("cost", "value", "performance")
HOSTILE = st.text(
    alphabet=st.sampled_from("<!@#>|channel*_~`:&;{}%$\\\"'/ \n\x00\u200b\u202eU1é\u0645\U0001f600"), max_size=120
)
TEXTS = st.text(max_size=120) | HOSTILE | st.sampled_from(sorted(NAMES.values()))
NUMBERS = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(min_value=1e-12, max_value=1e15)
COUNTS = st.integers(min_value=0, max_value=10**12)
MOMENTS = st.datetimes().map(lambda at: f"{at.isoformat()}+00:00")
USERS = st.from_regex(r"[UW][A-Z0-9]{2,12}", fullmatch=True)
MAYBE = st.none


def mapping(**items: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(items)


INTERVALS = mapping(p05=POSITIVE, p50=POSITIVE, p95=POSITIVE)
CONFIGURATIONS = mapping(
    provider=MAYBE() | TEXTS,
    region=MAYBE() | TEXTS,
    instance_type=MAYBE() | TEXTS,
    accelerator=TEXTS,
    accelerator_count=st.integers(1, 10**6),
    node_count=st.integers(1, 10**6),
    pricing_category=st.sampled_from([None, "standard", "dynamic", "committed"]),
    term=st.sampled_from([None, "1y", "3y"]),
    precision=st.sampled_from([None, "bf16", "fp8"]),
    batch_size=MAYBE() | POSITIVE,
    price_usd_per_hour=MAYBE() | POSITIVE,
)
PICKS = mapping(
    configuration=CONFIGURATIONS,
    units_per_hour=INTERVALS,
    seconds_per_unit=INTERVALS,
    usd_per_day=POSITIVE,
    usd_per_day_at_demand=MAYBE() | NUMBERS,
    usd_per_unit=INTERVALS,
    evidence=st.sampled_from(["verified", "measured", "scaled", "spec_only"]),
    probability_better=MAYBE() | st.floats(0, 1),
    constraint_probability=st.floats(0, 1),
    runner_up=MAYBE() | CONFIGURATIONS,
    flips_when=MAYBE() | TEXTS,
    memory_headroom_gib=MAYBE() | st.floats(-1e4, 1e4),
    bottleneck=MAYBE() | TEXTS,
    fallbacks=st.lists(CONFIGURATIONS, max_size=5),
)
BINDING = st.sampled_from(["floor_units_per_hour", "max_usd_per_day", "max_accelerators", "memory", "regions"]) | TEXTS
BLOCKED = mapping(infeasible=mapping(binding=BINDING, asked=MAYBE() | POSITIVE, reachable=MAYBE() | POSITIVE))
CONSTRAINTS = st.dictionaries(
    st.sampled_from(["floor_units_per_hour", "max_seconds_per_unit", "max_usd_per_unit", "max_nodes", "confidence"])
    | TEXTS,
    POSITIVE,
    max_size=6,
)
CURRENT = mapping(
    configuration=CONFIGURATIONS,
    units_per_hour=INTERVALS,
    seconds_per_unit=INTERVALS,
    usd_per_day=MAYBE() | NUMBERS,
    usd_per_day_at_demand=MAYBE() | NUMBERS,
    usd_per_unit=MAYBE() | NUMBERS,
)
STAGES = st.sampled_from(["prototyping", "validation", "production"])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    picks = draw(st.dictionaries(st.sampled_from(OBJECTIVES), PICKS | BLOCKED))
    recommended = draw(st.sampled_from(sorted(picks))) if picks else None
    unknown = mapping(reason=TEXTS, settled_by=TEXTS)
    rest = mapping(
        workload=TEXTS,
        unit=TEXTS,
        stage=MAYBE() | mapping(value=STAGES, source=st.just("asked"), inferred=MAYBE() | STAGES, evidence=TEXTS),
        kind=MAYBE() | mapping(value=st.just("ai"), source=st.just("inferred"), parallel_fraction=MAYBE() | INTERVALS),
        reason=TEXTS,
        constraints=CONSTRAINTS,
        current=MAYBE() | CURRENT,
        flatness=MAYBE() | mapping(spread=NUMBERS, verdict=st.sampled_from(["flat", "rising", "falling"])),
        break_even_usd_per_hour=MAYBE()
        | mapping(**{"from": st.just("cost"), "to": st.just("performance"), "value": NUMBERS}),
        next_trial=MAYBE() | mapping(configuration=CONFIGURATIONS, expected_improvement=NUMBERS, usd=NUMBERS),
        certificate=MAYBE()
        | mapping(
            configurations=COUNTS, feasible=COUNTS, excluded=st.dictionaries(TEXTS, COUNTS, max_size=4), seconds=NUMBERS
        ),
        prices_as_of=MAYBE() | MOMENTS,
        catalog_version=TEXTS,
        model_version=TEXTS,
        history_digest=TEXTS,
        warnings=st.lists(TEXTS, max_size=25),
        predictions=st.just([]),
    )
    return draw(rest) | {
        "objectives": picks,
        "recommended": recommended,
        "undetermined": None if recommended else draw(unknown),
    }


DECISIONS = mapping(
    kind=st.sampled_from(["approve", "dismiss", "snooze"]),
    objective=st.sampled_from([None, *OBJECTIVES]),
    by=USERS | TEXTS,
    at=MOMENTS,
    until=MAYBE() | MOMENTS,
)
CARDS = mapping(
    advice_id=st.uuids().map(str),
    document=documents(),
    asked_by=MAYBE() | USERS | TEXTS,
    asked_at=MOMENTS,
    state=st.sampled_from(["open", "approved", "dismissed", "snoozed", "expired", "replaced"]),
    decision=MAYBE() | DECISIONS,
    chart=st.sampled_from([None, "F0123456789"]),
    is_private=st.booleans(),
)
FINDINGS = mapping(
    kind=st.sampled_from(FINDING_KINDS) | TEXTS,
    workload=TEXTS,
    unit=TEXTS,
    advice_id=MAYBE() | st.uuids().map(str),
    objective=st.sampled_from(OBJECTIVES),
    state=st.sampled_from(["open", "approved", "dismissed", "snoozed", "expired", "replaced"]),
    decision=MAYBE() | DECISIONS,
    owner=MAYBE() | TEXTS,
    payback_days=MAYBE() | st.floats(-1e9, 1e9),
    gain_units_per_week=st.floats(-1e15, 1e15),
    extra_usd_per_week=st.floats(-1e15, 1e15),
    evidence=TEXTS,
    document=documents(),
)
TOPICS = mapping(
    stages=st.lists(STAGES, max_size=3),
    kinds=st.lists(TEXTS, max_size=2),
    owners=st.lists(TEXTS, max_size=9),
    findings=st.lists(TEXTS, max_size=9),
    min_usd_per_week=NUMBERS,
)
SUBSCRIPTIONS = mapping(
    id=TEXTS,
    name=TEXTS,
    channel=TEXTS,
    day=TEXTS,
    time=TEXTS,
    timezone=TEXTS,
    topic=st.just({}) | TOPICS,
    is_paused=st.booleans(),
    next_at=MOMENTS,
    is_here=st.booleans(),
)
ROWS = mapping(
    workload=TEXTS,
    unit=TEXTS,
    stage=MAYBE() | STAGES,
    kind=MAYBE() | TEXTS,
    runs=COUNTS,
    last_run_at=MAYBE() | MOMENTS,
    owner=MAYBE() | TEXTS,
    findings=st.lists(TEXTS, max_size=3),
)
SETTINGS = mapping(
    section=st.sampled_from(["Answers", "Approving"]),
    key=TEXTS,
    label=TEXTS,
    hint=TEXTS,
    value=TEXTS,
    shape=st.sampled_from(["text", "one", "many", "people"]),
    options=st.just([]),
    is_default=st.booleans(),
)
ENTRIES = mapping(
    id=COUNTS,
    at=MOMENTS,
    actor=MAYBE() | TEXTS,
    action=st.sampled_from(["settings.change", "advice.approve"]) | TEXTS,
    subject=TEXTS,
    detail=st.dictionaries(TEXTS, TEXTS, max_size=3),
)
DATA: dict[str, st.SearchStrategy[Any]] = {
    **after_shapes(mapping, TEXTS, CONFIGURATIONS, INTERVALS, POSITIVE, MOMENTS),
    "advice": CARDS,
    "digest": mapping(
        subscription_id=TEXTS,
        channel=TEXTS,
        period=TEXTS,
        at=MOMENTS,
        workloads=COUNTS,
        findings=st.lists(FINDINGS, max_size=3),
        more=COUNTS,
        digest_id=MAYBE() | st.uuids().map(str),
        name=TEXTS,
        standing=COUNTS,
        settled=st.lists(TEXTS, max_size=20),
        settled_count=COUNTS,
        unknown=COUNTS,
        is_filtered=st.booleans(),
        is_preview=st.booleans(),
    ),
    "digest_unchanged": mapping(subscription_id=MAYBE() | TEXTS, name=TEXTS, since=MOMENTS, standing=COUNTS),
    "unknown_workload": mapping(asked=TEXTS, closest=st.lists(TEXTS, max_size=9), known=COUNTS),
    "bad_request": mapping(asked=TEXTS, problems=st.lists(mapping(what=TEXTS, hint=TEXTS), max_size=30)),
    **deciding_shapes(mapping, TEXTS, MOMENTS, USERS, DECISIONS),
    "failure": mapping(reference=TEXTS),
    "help": st.just({}),
    "status": mapping(
        workloads=COUNTS,
        runs=COUNTS,
        offers=COUNTS,
        prices_as_of=MAYBE() | MOMENTS,
        model_version=MAYBE() | TEXTS,
        stale_prices_days=MAYBE() | COUNTS,
        outbox=mapping(waiting=COUNTS, dead=COUNTS),
        webhook=mapping(waiting=COUNTS, dead=COUNTS),
        subscriptions=COUNTS,
        open_advices=COUNTS,
        version=TEXTS,
    ),
    "workload_list": mapping(
        rows=st.lists(ROWS, max_size=40),
        page=COUNTS,
        asked_page=COUNTS,
        pages=COUNTS,
        total=COUNTS,
        known=COUNTS,
        wanted=st.dictionaries(st.sampled_from(["stage", "name"]), TEXTS),
        turns=st.dictionaries(st.sampled_from(["previous", "next"]), st.just("2")),
    ),
    "shared": mapping(workload=TEXTS),
    "lost": mapping(),
    "subscribed": SUBSCRIPTIONS,
    "finding_decided": mapping(
        advice_id=TEXTS,
        workload=TEXTS,
        state=st.sampled_from(["open", "approved", "dismissed", "snoozed"]),
        decision=MAYBE() | DECISIONS,
        words=st.just([]),
    ),
    "restaged": mapping(workload=TEXTS, stage=TEXTS, before=MAYBE() | TEXTS, by=TEXTS, advice_id=TEXTS),
    "unsubscribed": SUBSCRIPTIONS.map(lambda row: row | {"ended": {}, "undo_id": "P-1"}),
    "subscription_list": mapping(rows=st.lists(SUBSCRIPTIONS, max_size=40)),
    "tracked": mapping(workload=TEXTS),
    "untracked": mapping(workload=TEXTS),
    "settings": mapping(
        sections=st.just(["Answers", "Approving"]),
        rows=st.lists(SETTINGS, max_size=30),
        webhook=mapping(url=MAYBE() | TEXTS, has_secret=st.booleans(), has_keys=st.booleans()),
        is_administrator=st.booleans(),
    ),
    "settings_changed": mapping(
        changes=st.lists(mapping(key=TEXTS, before=TEXTS, after=TEXTS), max_size=20), entry_id=MAYBE() | COUNTS
    ),
    "webhook_changed": mapping(url=MAYBE() | TEXTS, is_new_secret=st.booleans()),
    "audit_log": mapping(rows=st.lists(ENTRIES, max_size=20), total=COUNTS),
}


def test_every_view_has_a_strategy() -> None:
    assert set(DATA) == set(CASES)


@pytest.mark.parametrize("view", sorted(DATA))
@settings(suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_any_data_becomes_a_message_that_slack_accepts_and_nothing_in_it_fires(view: str, drawn: st.DataObject) -> None:
    data = drawn.draw(DATA[view])
    found = message(view, data)
    assert_slack_accepts(found)
    assert_nothing_fires(found, str(data))
    assert as_text(found).strip()


def assert_slack_accepts(found: Message) -> None:
    assert problems(found.blocks) == []
    assert 1 <= len(found.blocks) <= BLOCKS
    assert found.text.strip()


def assert_nothing_fires(found: Message, data: str) -> None:
    """Only ids that stand in the data as such may act, and Slack is not asked to find more by itself."""
    allowed = {f"<@{user}>" for user in USER.findall(data)} | {f"<#{name}>" for name in CHANNEL.findall(data)}
    marked = [text for text in texts_of(found.blocks) if text["type"] == "mrkdwn"]
    for text in (found.text, *(each["text"] for each in marked)):
        assert set(re.findall(r"<[^<>]*>", text)) <= allowed
        assert not re.search(r"[<>]", re.sub(r"<[@#][A-Z0-9]+>", "", text))
        assert not CONTROL.search(text)
    assert all(text["verbatim"] for text in marked)
    assert all(not text["emoji"] for text in texts_of(found.blocks) if text["type"] == "plain_text")


USER = re.compile(r"[UW][A-Z0-9]+")
CHANNEL = re.compile(r"[CGD][A-Z0-9]+")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066\u2067\ufeff]")


def texts_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every text object anywhere inside `value`."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_of(inner)
