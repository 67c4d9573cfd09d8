"""What stands behind a digest, decided where it is listed; what too little is known of; the card of a finding."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from bot.files import Report
from bot.jobs.ticks import Ticker
from bot.jobs.worker import Worker
from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, TEAM_ID, PostedMessage
from bot.store import Scope, Store, advices, history, workloads
from bot.store.tables import ChartRow
from bot.store.workloads import OwnedWorkload
from bot.usecases.handle import handle
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Workload
from tests.scenarios.deciding_story import audited, filled, modal, newest, said_to, view_text
from tests.scenarios.workspace_story import PICTURE, Story, blocks_text, buttons, keep_runs, runs, story
from tests.store.store_samples import open_advices

FLEET = ("clip-gen", "talk-gen")
ALONE = {"accelerator_count": 1, "units": 100.0, "stage": "production"}


@pytest_asyncio.fixture
async def told(slack: LocalSlack, database_url: str) -> AsyncIterator[Story]:
    """Two production workloads at the cheap end, and a digest every day."""
    store = Store(database_url)
    keep_runs(store, TEAM_ID, [run for name in FLEET for run in runs(name, 12, **ALONE)])
    store.close()
    async with story(slack, database_url) as begun:
        await begun.ask(f"digest daily {datetime.now(UTC):%H:%M} UTC")
        yield begun


async def next_digest(told: Story, days: int = 1) -> PostedMessage:
    told.clock.ahead += timedelta(days=days)
    assert await Ticker(told.bot.room).tick() == 1
    await told.settle()
    return newest(told)


async def open_list(told: Story) -> Mapping[str, Any]:
    """Everything behind the second digest, which has nothing new to say."""
    await next_digest(told)
    line = await next_digest(told)
    assert "Nothing new: 2 findings" in line.text
    assert (await told.hands.act(line, line.blocks[0]["accessory"])).is_ok
    await told.settle()
    return modal(told).content


def entries(told: Story, name: str) -> list[tuple[str, str]]:
    """Label and value of everything in the menu of a workload's row."""
    rows = [block for block in modal(told).content["blocks"] if name in block.get("text", {}).get("text", "")]
    [row] = [block for block in rows if "accessory" in block]
    return [(it["text"]["text"], it["value"]) for it in row["accessory"]["options"]]


async def pick(told: Story, name: str, label: str, user_id: str = ADMINISTRATOR.id) -> None:
    """Choose an entry of that row's menu."""
    value = dict(entries(told, name))[label]
    action = {"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": {"value": value}}
    assert (await told.hands.act(modal(told), action, user_id=user_id)).is_ok
    await told.settle()


async def submit(told: Story, **boxes: str) -> None:
    view = modal(told)
    assert (await told.hands.submit(view, filled(view, **boxes))).is_ok
    await told.settle()


async def test_a_finding_is_approved_from_the_list_with_the_confirmation_that_its_card_has(told: Story) -> None:
    await open_list(told)
    await pick(told, "clip-gen", "Approve performance…")
    assert "clip-gen" in view_text(modal(told))
    await submit(told)
    assert "✅ *Approved:* performance" in view_text(modal(told)), "the list stands open and knows of it"
    assert [label for label, _ in entries(told, "clip-gen")] == ["Why?"]
    line = next(it for it in told.slack.messages(CHANNEL)[::-1] if it.visible_to == ADMINISTRATOR.id)
    assert any(it.thread_ts for it in told.slack.messages(CHANNEL)), "the hand-off stands under the digest"
    assert line.text.startswith("clip-gen – ✅ Approved: performance, by ")
    assert buttons(line) == ["advice.undo", "digest.card"]
    assert ("advice.approve", ADMINISTRATOR.id) in audited(told)
    await next_digest(told)
    line = newest(told)
    assert "settled: clip-gen" in blocks_text(line)


async def test_what_was_decided_in_the_list_is_a_line_with_a_way_back_and_nothing_more_comes_of_it(told: Story) -> None:
    await open_list(told)
    for name in FLEET:
        await pick(told, name, "Snooze…")
        await submit(told)
    lines = [it for it in told.slack.messages(CHANNEL) if it.visible_to == ADMINISTRATOR.id][-2:]
    assert [len(line.blocks) for line in lines] == [2, 2], "no card for each of many"
    await told.press(lines[0], "advice.undo")
    assert any(action.startswith("advice.approve") for action in buttons(told.shown(lines[0]))), "the card stands there"
    before = len(told.slack.messages(CHANNEL))
    told.clock.ahead += timedelta(minutes=16)
    await Worker(told.bot.store, lambda work: handle(told.bot.room, work), told.clock).take_once()
    await told.settle()
    assert len(told.slack.messages(CHANNEL)) == before


async def test_a_list_that_slack_does_not_draw_anew_costs_nobody_the_decision(told: Story) -> None:
    await open_list(told)
    await pick(told, "clip-gen", "Snooze…")
    told.slack.fail_next("views.update", Fault.down())
    await submit(told)
    assert ("advice.snooze", ADMINISTRATOR.id) in audited(told)
    assert "Snoozed" in said_to(told, ADMINISTRATOR.id)
    assert "Snoozed" not in view_text(modal(told)), "it stays as it was"


async def test_what_was_decided_in_the_list_can_only_be_explained_there(told: Story) -> None:
    await open_list(told)
    await pick(told, "clip-gen", "Snooze…")
    await submit(told)
    assert "Snoozed" in view_text(modal(told))
    line = next(it for it in told.slack.messages(CHANNEL)[::-1] if "Nothing new: 2" in it.text)
    assert (await told.hands.act(line, line.blocks[0]["accessory"])).is_ok
    await told.settle()
    assert "Snoozed" in view_text(modal(told))
    assert [label for label, _ in entries(told, "clip-gen")] == ["Why?"]
    assert "Approve performance…" in dict(entries(told, "talk-gen"))


async def test_why_opens_over_the_list_and_two_people_share_one_advice(told: Story) -> None:
    await open_list(told)
    await pick(told, "talk-gen", "Why?")
    assert "What was learned" in view_text(modal(told))
    with told.bot.store.read(TEAM_ID) as scope:
        before = _kept(scope)
    line = next(it for it in told.slack.messages(CHANNEL)[::-1] if "Nothing new: 2" in it.text)
    assert (await told.hands.act(line, line.blocks[0]["accessory"], user_id=MEMBER.id)).is_ok
    await told.settle()
    view = modal(told, MEMBER.id)
    value = next(
        it["value"] for block in view.content["blocks"] if "talk-gen" in str(block) and "accessory" in block
        for it in block["accessory"]["options"] if it["value"].startswith("digest.why")
    )  # fmt: skip
    action = {"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": {"value": value}}
    assert (await told.hands.act(view, action, user_id=MEMBER.id)).is_ok
    await told.settle()
    with told.bot.store.read(TEAM_ID) as scope:
        assert _kept(scope) == before


def _kept(scope: Scope) -> int:
    return list(open_advices(scope).values()).count("talk-gen")


async def test_the_list_shows_one_kind_only_where_that_is_wanted(told: Story) -> None:
    content = await open_list(told)
    assert content["blocks"][0]["elements"][0]["text"] == "1–2 of 2 findings"
    view = modal(told)
    menu = {"type": "static_select", "action_id": "digest.all.kind", "block_id": "b"}
    digest_id = entries(told, "clip-gen")[0][1].split()[1].split(":")[0]
    chosen = {**menu, "selected_option": {"value": f"{digest_id}:0:dominated"}}
    assert (await told.hands.act(view, chosen)).is_ok
    await told.settle()
    assert "clip-gen" not in view_text(modal(told))


async def test_the_card_of_a_finding_equals_the_card_that_asking_gives_chart_included(told: Story) -> None:
    digest = await told.ask("digest now")
    await told.press(digest, "digest.card")
    card = newest(told)
    assert card.visible_to == ADMINISTRATOR.id
    name = "clip-gen" if "clip-gen" in card.text else "talk-gen"
    asked = await told.ask(name)
    assert _shown(card) == _shown(asked)
    pictures = [block["slack_file"]["id"] for it in (card, asked) for block in it.blocks if block["type"] == "image"]
    assert [told.slack.workspace.files[file_id].content for file_id in pictures] == [PICTURE, PICTURE]
    assert frontiers(told) == 1, "both charts show the same"


def _shown(card: PostedMessage) -> list[Any]:
    """Everything that it says and offers, but for whoever asked and when."""
    return [[line for line in blocks_text(card).splitlines() if "Asked by" not in line], buttons(card)]


def frontiers(told: Story) -> int:
    """How many different ones the charts of all advices show."""
    with told.bot.store.read(TEAM_ID) as scope:
        kept = scope.scalars(select(col(ChartRow.frontier))).all()
    assert len(kept) == 2
    return len({json.dumps(frontier) for frontier in kept})


async def test_a_workload_that_people_rely_on_and_that_never_succeeded_is_a_finding_once(told: Story) -> None:
    failed = [replace(run, status="oom", units=0.0) for run in runs("dead-gen", 3, **ALONE)]
    _import(told, failed)
    first = await next_digest(told)
    said = blocks_text(first)
    assert "3. dead-gen* – too little is known of it" in said
    assert "none of its 3 runs succeeded: memory was too small" in said
    assert "one successful run, on more memory than A10G" in said
    assert "advice.try" not in buttons(first)[-4:]
    assert "dead-gen" not in (await next_digest(told)).text
    listed = await told.ask("list finding=thin_evidence")
    assert "dead-gen" in blocks_text(listed)
    assert "clip-gen" not in blocks_text(listed)


async def test_nobody_relies_on_it_any_more_and_it_is_no_finding_any_more(told: Story) -> None:
    with told.bot.store.write(TEAM_ID) as scope:
        workloads.save(scope, OwnedWorkload(Workload("planned", stage="production")))
    digest = await next_digest(told)
    assert "planned* – too little is known of it" in blocks_text(digest)
    assert "import its history: one successful run is enough" in blocks_text(digest)
    assert (await told.hands.open_home()).is_ok
    await told.settle()
    home = told.slack.state.views.home(ADMINISTRATOR.id)
    assert home is not None
    assert "1 has no run yet that could be judged" in str(home.content)
    await told.press(digest, "workload.stage")
    assert "counts as prototyping now" in said_to(told, ADMINISTRATOR.id)
    assert "settled: planned" not in blocks_text(await next_digest(told))


async def test_where_there_is_no_pick_nobody_waits_for_its_price(told: Story) -> None:
    with told.bot.store.write(TEAM_ID) as scope:
        workloads.save(scope, OwnedWorkload(Workload("planned", stage="production")))
    digest = await next_digest(told)
    elements = [it for block in digest.blocks if block["type"] == "actions" for it in block["elements"]]
    whys = {it["value"] for it in elements if it["action_id"] == "advice.why"}
    offered = {_workload(told, advice_id): await _how_long(told, digest, advice_id) for advice_id in whys}
    assert offered.pop("planned") == ["week", "month"]
    assert {tuple(each) for each in offered.values()} == {("week", "month", "price")}


async def _how_long(told: Story, digest: PostedMessage, advice_id: str) -> list[str]:
    """What the form that asks for how long offers."""
    button = {"type": "button", "action_id": "snooze.ask", "block_id": "b", "value": advice_id}
    assert (await told.hands.act(digest, button)).is_ok
    await told.settle()
    boxes = {block["block_id"]: block for block in modal(told).content["blocks"] if block["type"] == "input"}
    return [option["value"] for option in boxes["how_long"]["element"]["options"]]


def _workload(told: Story, advice_id: str) -> str:
    with told.bot.store.read(TEAM_ID) as scope:
        advice = advices.get(scope, advice_id)
    assert advice is not None
    return advice.workload


def _import(told: Story, kept: list[Any]) -> None:
    with told.bot.store.write(TEAM_ID) as scope:
        history.add_runs(scope, "test", kept)
    report = Report(on_problem=lambda _: None, on_warning=lambda _: None)
    learn(Room(told.bot.store), TEAM_ID, sorted({run.workload for run in kept}), report)
