"""The modal behind the bare command and behind What if: signed requests in, modals and cards out."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.local.faults import Fault
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.usecases.workspace.preferences import Preferences, change
from tests.scenarios.deciding_story import advice_id_of, choose
from tests.scenarios.workspace_story import Story, blocks_text, buttons


async def open_form(told: Story, user_id: str = ADMINISTRATOR.id) -> OpenView:
    await told.hands.command("", user_id=user_id)
    await told.settle()
    return modal(told, user_id)


def modal(told: Story, user_id: str = ADMINISTRATOR.id) -> OpenView:
    view = told.slack.state.views.top(user_id)
    assert view is not None
    return view


def filled(view: OpenView, **boxes: str | list[str]) -> dict[str, Any]:
    """What Slack sends: what stood in the boxes from the beginning, except in those that somebody changed."""
    inputs = {block["block_id"]: block["element"] for block in view.content["blocks"] if block["type"] == "input"}
    changed = {name.replace("_", "-"): what for name, what in boxes.items()}
    return {
        name: {element["action_id"]: _state(changed[name]) if name in changed else _initial(element)}
        for name, element in inputs.items()
    }


def _initial(element: Mapping[str, Any]) -> Mapping[str, Any]:
    many, one, typed = (element.get(f"initial_{what}") for what in ("options", "option", "value"))
    return {"type": element["type"], "selected_options": many, "selected_option": one, "value": typed}


def _state(what: str | list[str]) -> Mapping[str, Any]:
    if isinstance(what, list):
        return {"type": "multi_external_select", "selected_options": [{"value": each} for each in what]}
    return {"type": "plain_text_input", "value": what}


def newest(told: Story) -> PostedMessage:
    return told.slack.messages(CHANNEL)[-1]


async def submit(told: Story, view: OpenView, **boxes: str | list[str]) -> dict[str, str]:
    """The mistakes that the form shows; none when it was taken."""
    ack = await told.hands.submit(view, filled(view, **boxes))
    await told.settle()
    errors: dict[str, str] = ack.answer().get("errors", {})
    return errors


async def test_the_command_alone_opens_a_form(told: Story) -> None:
    form = await open_form(told)
    assert form.content["title"]["text"] == "Ask gpu-advise"
    assert not told.slack.messages(CHANNEL)


async def test_the_form_is_answered_where_the_command_was_typed(told: Story) -> None:
    assert not await submit(told, await open_form(told), workload="video-gen", stage="production", gpus="2")
    card = newest(told)
    assert card.visible_to == ADMINISTRATOR.id
    assert "video-gen · production" in blocks_text(card)
    assert "at most 2 accelerators" in blocks_text(card)
    assert told.slack.state.views.top(ADMINISTRATOR.id) is None


async def test_the_form_asks_the_same_question_as_the_command(told: Story) -> None:
    boxes: dict[str, str | list[str]] = {"floor": "90/h", "budget": "$500/day", "per_unit": "$2", "wait": "$40/h"}
    await submit(told, await open_form(told), workload="video-gen", stage="production", region=["us-east-1"], **boxes)
    by_form = blocks_text(newest(told))
    by_words = await told.ask("video-gen production floor=90/h budget=$500/day per-unit=$2 wait=$40/h region=us-east-1")
    assert by_form.split("Asked by")[0] == blocks_text(by_words).split("Asked by")[0]


@pytest.mark.parametrize(
    ("box", "text", "said"),
    [
        ("floor", "fast", "such as 500/h"),
        ("budget", "€5", "US dollars"),
        ("per_unit", "0", "above 0"),
        ("gpus", "x", "whole number"),
        ("nodes", "1.5", "whole number"),
    ],
)
async def test_a_mistake_is_shown_in_its_box_and_nothing_is_lost(told: Story, box: str, text: str, said: str) -> None:
    form = await open_form(told)
    mistakes = await submit(told, form, workload="video-gen", **{box: text})
    assert list(mistakes) == [box.replace("_", "-")]
    assert said in mistakes[box.replace("_", "-")]
    assert modal(told) is form
    assert not told.slack.messages(CHANNEL)


async def test_a_form_without_a_workload_says_how_to_choose_one(told: Story) -> None:
    assert "choose a workload" in (await submit(told, await open_form(told), gpus="2"))["workload"]


async def test_a_place_that_the_catalogue_lost_is_shown_in_its_box(told: Story) -> None:
    mistakes = await submit(told, await open_form(told), workload="video-gen", region=["atlantis-1"])
    assert "atlantis-1" in mistakes["region"]


@pytest.mark.parametrize(
    ("action", "typed", "found"),
    [("find.workload", "EO-G", "video-gen"), ("find.provider", "aw", "aws"), ("find.accelerator", "h100", "H100-80GB")],
)
async def test_letters_find_what_holds_them(told: Story, action: str, typed: str, found: str) -> None:
    form = await open_form(told)
    block = next(b["block_id"] for b in form.content["blocks"] if b.get("element", {}).get("action_id") == action)
    ack = await told.hands.suggest(form, block, action, typed)
    assert found in [option["value"] for option in ack.answer()["options"]]


async def test_letters_that_nothing_holds_find_nothing(told: Story) -> None:
    form = await open_form(told)
    ack = await told.hands.suggest(form, "workload", "find.workload", "%")
    assert ack.answer()["options"] == []


async def test_what_if_starts_from_what_was_asked_and_answers_in_place(told: Story) -> None:
    card = await told.ask("video-gen production gpus=4")
    await told.press(card, "advice.whatif")
    form = modal(told)
    assert filled(form)["gpus"]["typed"]["value"] == "4"
    assert not await submit(told, form, gpus="1")
    assert "video-gen · production" in blocks_text(told.shown(card))
    assert "one accelerator," in blocks_text(told.shown(card))
    assert len(told.slack.messages(CHANNEL)) == 1


async def test_what_if_on_a_shared_card_answers_in_its_place_and_the_new_card_can_be_decided(told: Story) -> None:
    await told.press(await told.ask("video-gen production"), "advice.share")
    shared = newest(told)
    await told.press(shared, "advice.whatif", user_id=MEMBER.id)
    form = modal(told, MEMBER.id)
    await submit(told, form, gpus="2")
    assert "at most 2 accelerators" in blocks_text(told.shown(shared))
    await told.press(told.shown(shared), "advice.whatif")
    assert "gpus" in {block.get("block_id") for block in modal(told).content["blocks"]}


async def test_a_card_that_was_answered_anew_cannot_be_decided_in_its_old_copies(told: Story) -> None:
    private = await told.ask("video-gen production")
    await told.press(private, "advice.share")
    await told.press(newest(told), "advice.whatif")
    await submit(told, modal(told), gpus="2")
    await choose(told, private, "advice.snooze", f"{advice_id_of(private)}:week")
    assert "A newer answer has replaced this advice" in blocks_text(newest(told))
    assert "Replaced" in blocks_text(told.shown(private))


async def test_a_private_card_is_shared_with_the_channel_once(told: Story) -> None:
    card = await told.ask("video-gen production")
    assert "advice.share" in buttons(card)
    await told.press(card, "advice.share")
    shared = newest(told)
    assert shared.visible_to is None
    assert "advice.share" not in buttons(shared)
    await told.press(card, "advice.share")
    assert "in this channel already" in newest(told).text
    assert [each.visible_to for each in told.slack.messages(CHANNEL)].count(None) == 1


async def test_a_workspace_may_prefer_answers_that_the_channel_sees(told: Story) -> None:
    with told.bot.store.write(told.team_id) as scope:
        change(scope, Preferences(answers_in="channel"))
    assert (await told.ask("video-gen production")).visible_to is None
    assert (await told.ask("vidoe-gen")).visible_to == ADMINISTRATOR.id


async def test_a_form_that_slack_will_not_open_is_spoken_of(told: Story) -> None:
    told.slack.fail_next("views.open", Fault.down(500))
    await told.hands.command("")
    await told.settle()
    assert "could not be opened" in newest(told).text
    assert newest(told).visible_to == ADMINISTRATOR.id


async def test_a_form_that_takes_long_to_make_is_opened_first_and_filled_after(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.opener._PATIENCE_SECONDS", 0.0)
    assert (await open_form(told)).content["title"]["text"] == "Ask gpu-advise"
    methods = [call.method for call in told.slack.calls()]
    assert methods in (["views.open", "views.update"], ["views.open"])


async def test_production_is_not_sent_to_spot_unasked(told: Story) -> None:
    assert "spot" not in blocks_text(await told.ask("video-gen production")).split("Limits used")[0]
    with told.bot.store.write(told.team_id) as scope:
        change(scope, Preferences(production_pricing=()))
    assert "spot" in blocks_text(await told.ask("video-gen production")).split("Limits used")[0]


async def test_a_question_may_ask_for_spot_in_production(told: Story) -> None:
    assert "spot" in blocks_text(await told.ask("video-gen production pricing=spot")).split("Limits used")[0]
