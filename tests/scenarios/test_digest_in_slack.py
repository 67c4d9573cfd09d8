"""A channel's digests from the subscription to the decision: signed requests in, messages out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.jobs.ticks import Ticker
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.store import audit, subscriptions, workloads
from bot.store.subscriptions import Subscription
from tests.scenarios.deciding_story import GUEST, approve, choose, join_in, modal, prefer, said_to, view_text
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


@pytest.fixture
def with_fleet(told: Story) -> Story:
    """A workspace where two production workloads sit at the cheap end."""
    for name in ("clip-gen", "talk-gen"):
        keep_runs(told.bot.store, told.team_id, runs(name, accelerator_count=1, units=100.0, stage="production"))
    return told


def standing(told: Story, name: str = "") -> Subscription | None:
    with told.bot.store.read(told.team_id) as scope:
        return subscriptions.get(scope, CHANNEL, name)


def newest(told: Story) -> PostedMessage:
    return told.slack.messages(CHANNEL)[-1]


async def tick(told: Story, days: int = 1) -> int:
    """Wind the clock on and let two processes tick; how many digests they wrote."""
    told.clock.ahead += timedelta(days=days)
    written = [await Ticker(told.bot.room).tick() for _ in range(2)]
    await told.settle()
    assert written[1] == 0, "each digest comes once"
    return written[0]


async def digest_of(told: Story) -> PostedMessage:
    """The digest of the next day."""
    assert await tick(told) == 1
    return newest(told)


def last_deed(told: Story) -> str:
    with told.bot.store.read(told.team_id) as scope:
        return next(audit.entries(scope)).action


def daily_at(at: datetime) -> str:
    return f"digest daily {at:%H:%M} UTC"


async def the_list(told: Story) -> PostedMessage:
    return await told.ask("digest list")


async def open_form(told: Story, action_id: str = "digest.new") -> OpenView:
    message = await the_list(told)
    assert (await told.hands.press(message, action_id)).is_ok
    await told.settle()
    return modal(told)


async def submit(told: Story, view: OpenView, **boxes: str | list[str]) -> Mapping[str, str]:
    """The mistakes that the form shows; none when it was taken."""
    ack = await told.hands.submit(view, _filled(view, boxes))
    await told.settle()
    mistakes: Mapping[str, str] = ack.answer().get("errors", {})
    return mistakes


def _filled(view: OpenView, boxes: Mapping[str, Any]) -> dict[str, Any]:
    inputs = {block["block_id"]: block["element"] for block in view.content["blocks"] if block["type"] == "input"}
    assert set(boxes) <= set(inputs)
    return {name: {element["action_id"]: _state(element, boxes.get(name))} for name, element in inputs.items()}


def _state(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    match element["type"]:
        case "multi_static_select":
            chosen = element.get("initial_options", []) if given is None else [{"value": each} for each in given]
            return {"type": "multi_static_select", "selected_options": chosen}
        case "multi_users_select":
            return {
                "type": "multi_users_select",
                "selected_users": element.get("initial_users", []) if given is None else given,
            }
        case "timepicker":
            return {"type": "timepicker", "selected_time": given or element.get("initial_time")}
        case "external_select":
            option = {"value": given} if given else element.get("initial_option")
            return {"type": "external_select", "selected_option": option}
        case kind:
            return {"type": kind, "value": element.get("initial_value") if given is None else given}


async def test_a_subscription_brings_a_digest_with_an_approve_button_a_finding(with_fleet: Story) -> None:
    answer = await with_fleet.ask(daily_at(datetime.now(UTC)))
    assert answer.is_ephemeral
    message = await digest_of(with_fleet)
    assert not message.is_ephemeral
    assert "clip-gen" in blocks_text(message)
    assert "talk-gen" in blocks_text(message)
    assert buttons(message).count("advice.approve.performance") >= 2


async def test_the_same_findings_are_one_line_the_next_day(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    await digest_of(with_fleet)
    second = await digest_of(with_fleet)
    assert "Nothing new: " in second.text
    assert "clip-gen" not in second.text
    assert len(second.blocks) == 1


async def test_everything_behind_a_line_opens_as_a_list(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    await digest_of(with_fleet)
    line = await digest_of(with_fleet)
    button = line.blocks[0]["accessory"]
    assert (await with_fleet.hands.act(line, button)).is_ok
    await with_fleet.settle()
    assert "clip-gen" in view_text(modal(with_fleet))
    assert "talk-gen" in view_text(modal(with_fleet))


async def test_approving_one_finding_takes_its_buttons_and_leaves_the_others(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await digest_of(with_fleet)
    before = buttons(message)
    await approve(with_fleet, message)
    after = with_fleet.shown(message)
    assert buttons(after).count("advice.approve.performance") == before.count("advice.approve.performance") - 1
    assert f"<@{ADMINISTRATOR.id}>" in blocks_text(after)
    assert "talk-gen" in blocks_text(after)


async def test_a_second_decision_keeps_the_first_in_sight(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await digest_of(with_fleet)
    await approve(with_fleet, message)
    await approve(with_fleet, with_fleet.shown(message), MEMBER.id)
    text = blocks_text(with_fleet.shown(message))
    assert f"<@{ADMINISTRATOR.id}>" in text
    assert f"<@{MEMBER.id}>" in text


async def test_a_finding_is_snoozed_from_the_digest_and_comes_back_when_the_snooze_ends(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await digest_of(with_fleet)
    [menu] = [each for each in message.blocks[3]["elements"] if each["action_id"] == "advice.snooze"]
    await choose(with_fleet, message, "advice.snooze", menu["options"][0]["value"])
    assert "Snoozed" in blocks_text(with_fleet.shown(message))
    assert "Nothing new" in (await digest_of(with_fleet)).text
    snoozed = next(name for name in ("clip-gen", "talk-gen") if f"1. {name}" in message.text)
    await tick(with_fleet, days=8)
    assert snoozed in newest(with_fleet).text


async def test_a_digest_on_request_appears_at_once_in_the_open(with_fleet: Story) -> None:
    message = await with_fleet.ask("digest now")
    assert not message.is_ephemeral
    assert "clip-gen" in blocks_text(message)
    assert "advice.approve.performance" in buttons(message)


async def test_words_that_make_no_schedule_are_answered_privately(told: Story) -> None:
    answer = await told.ask("digest moday 9:00")
    assert answer.is_ephemeral
    assert "moday" in blocks_text(answer)
    assert "monday" in blocks_text(answer)


async def test_a_channel_has_several_digests_each_about_its_own(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    words = f"daily {datetime.now(UTC):%H:%M} UTC stage=prototyping owner=@me gain=$100/week"
    answer = await with_fleet.ask(f'digest add "my prototypes" {words}')
    assert "*my prototypes*" in blocks_text(answer)
    assert f"of <@{ADMINISTRATOR.id}>" in blocks_text(answer)
    assert await tick(with_fleet) == 2
    plain, named = with_fleet.slack.messages(CHANNEL)[-2:]
    assert "clip-gen" in plain.text
    assert named.text == "✅ Nothing needs anyone among what this digest is about."


async def test_the_form_makes_a_digest_in_the_time_zone_of_whoever_asks(with_fleet: Story) -> None:
    with_fleet.slack.workspace.people[ADMINISTRATOR.id] = replace(ADMINISTRATOR, timezone="Asia/Kolkata")
    form = await open_form(with_fleet)
    assert not await submit(with_fleet, form, name="prod findings", days=["monday"], stage=["production"])
    kept = standing(with_fleet, "prod findings")
    assert kept is not None
    assert (kept.weekdays, kept.at, kept.timezone) == ((0,), "09:00", "Asia/Kolkata")
    assert kept.filters == {"stages": ["production"]}
    assert "Digest subscribed. *prod findings*" in said_to(with_fleet, ADMINISTRATOR.id)


async def test_the_form_takes_people_and_teams_apart_and_shows_both_again(with_fleet: Story) -> None:
    form = await open_form(with_fleet)
    team = "film, <!subteam^S012AB3CD|@video-people>"
    assert not await submit(with_fleet, form, name="ours", owners=[MEMBER.id], teams=team)
    kept = standing(with_fleet, "ours")
    assert kept is not None
    assert kept.filters == {"owners": [MEMBER.id], "teams": ["film", "S012AB3CD|@video-people"]}
    assert f"of <@{MEMBER.id}> or film or @video-people" in said_to(with_fleet, ADMINISTRATOR.id)
    again = await open_form(with_fleet, "digest.edit")
    boxes = {block["block_id"]: block["element"] for block in again.content["blocks"] if block["type"] == "input"}
    assert boxes["owners"]["initial_users"] == [MEMBER.id]
    assert boxes["teams"]["initial_value"] == "film, S012AB3CD|@video-people"


async def test_the_form_shows_what_stands_and_changes_it(with_fleet: Story) -> None:
    await with_fleet.ask("digest weekdays 09:30 Europe/Berlin stage=production gain=$100/week")
    before = standing(with_fleet)
    form = await open_form(with_fleet, "digest.edit")
    assert not await submit(with_fleet, form, time="17:15", zone="UTC", gain="")
    kept = standing(with_fleet)
    assert before is not None
    assert kept is not None
    assert (kept.id, kept.weekdays, kept.at, kept.timezone) == (before.id, (0, 1, 2, 3, 4), "17:15", "UTC")
    assert kept.filters == {"stages": ["production"]}


@pytest.mark.parametrize(
    ("box", "given", "said"),
    [
        ("name", "x" * 61, "up to 60 characters"),
        ("days", [], "at least one day"),
        ("zone", "Mars/Base", "time zone"),
        ("gain", "lots", "dollars a week"),
        ("teams", "<@U024BE7LH|max>", "is a person"),
    ],
)
async def test_a_mistake_is_shown_in_its_box(told: Story, box: str, given: str | list[str], said: str) -> None:
    mistakes = await submit(told, await open_form(told), **{box: given})
    assert list(mistakes) == [box]
    assert said in mistakes[box]
    assert standing(told) is None


async def test_a_name_is_taken_once_a_channel(told: Story) -> None:
    await told.ask("digest add findings daily 09:00")
    assert "of that name already" in (await submit(told, await open_form(told), name="findings"))["name"]


async def test_time_zones_are_found_by_the_name_of_a_city(told: Story) -> None:
    form = await open_form(told)
    ack = await told.hands.suggest(form, "zone", "digest.zone", "berl")
    assert [option["value"] for option in ack.answer()["options"]] == ["Europe/Berlin"]


async def test_a_preview_is_seen_by_one_person_and_nothing_counts_as_said(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    await with_fleet.press(await the_list(with_fleet), "digest.preview")
    preview = newest(with_fleet)
    assert preview.visible_to == ADMINISTRATOR.id
    assert "Only you see this preview" in blocks_text(preview)
    assert buttons(preview) == []
    assert "clip-gen" in blocks_text(await digest_of(with_fleet))


async def test_a_digest_sent_now_is_not_sent_again_on_its_day(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    await with_fleet.press(await the_list(with_fleet), "digest.send")
    assert not newest(with_fleet).is_ephemeral
    assert "clip-gen" in blocks_text(newest(with_fleet))
    assert "Nothing new" in (await digest_of(with_fleet)).text


async def test_a_paused_digest_sleeps_and_makes_up_for_nothing(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await the_list(with_fleet)
    await with_fleet.press(message, "digest.pause")
    assert "paused" in blocks_text(with_fleet.shown(message))
    assert [await tick(with_fleet), await tick(with_fleet)] == [0, 0]
    await with_fleet.press(with_fleet.shown(message), "digest.resume")
    assert await tick(with_fleet, days=0) == 0
    assert await tick(with_fleet) == 1


async def test_a_digest_is_removed_after_a_question(told: Story) -> None:
    await told.ask("digest daily 09:00")
    message = await the_list(told)
    [button] = [each for each in message.blocks[2]["elements"] if each["action_id"] == "digest.remove"]
    assert button["confirm"]["title"]["text"] == "Remove this digest?"
    await told.press(message, "digest.remove")
    assert "No digests here." in blocks_text(told.shown(message))
    assert "Digest ended." in blocks_text(newest(told))
    assert standing(told) is None
    assert last_deed(told) == "digest.remove"


async def test_a_guest_reads_but_changes_nothing(told: Story) -> None:
    join_in(told, GUEST)
    await told.ask("digest daily 09:00", user_id=GUEST.id)
    assert "Guests may ask" in said_to(told, GUEST.id)
    assert standing(told) is None
    await told.ask("digest daily 09:00")
    await told.press(await told.ask("digest list", user_id=GUEST.id), "digest.remove", user_id=GUEST.id)
    assert standing(told) is not None


async def test_owners_hear_of_a_finding_only_where_the_workspace_wants_it(with_fleet: Story) -> None:
    with with_fleet.bot.store.write(with_fleet.team_id) as scope:
        owned = workloads.get(scope, "clip-gen")
        assert owned is not None
        workloads.save(scope, replace(owned, owner=MEMBER.id))
    assert f"<@{MEMBER.id}>" not in blocks_text(await with_fleet.ask("digest now"))
    prefer(with_fleet, mentions_owners=True)
    await with_fleet.press(await with_fleet.ask("digest now"), "digest.again")
    assert f"<@{MEMBER.id}>" in blocks_text(newest(with_fleet))


async def test_the_stage_of_a_workload_is_changed_in_one_click_and_back(with_fleet: Story) -> None:
    message = await with_fleet.ask("digest now")
    await press_stage(with_fleet, message, "validation")
    answer = newest(with_fleet)
    assert answer.visible_to == ADMINISTRATOR.id
    assert "counts as validation now." in blocks_text(answer)
    assert stages(with_fleet) == {"validation", None}
    await with_fleet.press(answer, "workload.stage")
    assert stages(with_fleet) == {"production", None}


async def test_only_its_owner_or_an_administrator_changes_the_stage_of_a_workload_that_has_one(
    with_fleet: Story,
) -> None:
    own(with_fleet, ADMINISTRATOR.id)
    message = await with_fleet.ask("digest now")
    before = stages(with_fleet)
    await press_stage(with_fleet, message, "validation", MEMBER.id)
    assert "Only the owner of " in said_to(with_fleet, MEMBER.id)
    assert stages(with_fleet) == before
    own(with_fleet, MEMBER.id)
    await press_stage(with_fleet, message, "validation", MEMBER.id)
    assert "validation" in stages(with_fleet)


async def press_stage(told: Story, message: PostedMessage, stage: str, user_id: str = ADMINISTRATOR.id) -> None:
    """What the button of a drifted stage sends; here for a finding that has not drifted."""
    [why, *_] = [each for each in message.blocks[3]["elements"] if each["action_id"] == "advice.why"]
    button = {"type": "button", "action_id": "workload.stage", "block_id": "b", "value": f"{why['value']}:{stage}"}
    assert (await told.hands.act(message, button, user_id=user_id)).is_ok
    await told.settle()


def own(told: Story, user_id: str) -> None:
    """Make somebody the owner of every workload."""
    with told.bot.store.write(told.team_id) as scope:
        for owned in workloads.list_all(scope):
            workloads.save(scope, replace(owned, owner=user_id))


def stages(told: Story) -> set[str | None]:
    """The tags of all workloads."""
    with told.bot.store.read(told.team_id) as scope:
        return {owned.workload.stage for owned in workloads.list_all(scope)}
