"""Whatever is typed, chosen or forged: an answer that says what was wrong, where, and what to do; never a dead end."""

from bot.local.workspace import ADMINISTRATOR, PostedMessage
from tests.scenarios.deciding_story import advice_id_of, filled, modal, open_modal, submit, view_text
from tests.scenarios.workspace_story import Story, blocks_text, buttons

NAMES = ["x" * 120, "🎬" * 120, '"توليد الفيديو"', "\u202evideo-gen", "video-gen\u200b", "<!channel>", "{{7*7}}"]
REGIONS = "region=" + ",".join(f"nowhere-{number}" for number in range(20))
MISTAKES = {
    "x" * 121: "Names have up to 120",
    "توليد الفيديو": "quote names with spaces",
    "video-gen floor=1e15": "at most a million million",
    "video-gen floor=1e400": "at most a million million",
    "video-gen floor=-5": "must be above 0",
    "video-gen floor=0": "must be above 0",
    "video-gen floor=NaN": "Write units per hour, such as floor=500/h",
    "video-gen floor=٣٤": "Write units per hour",
    "video-gen floor=2020-01-01": "Write units per hour",
    "video-gen floor=": "floor= has no value. For example floor=500/h",
    "video-gen budget=-1": "must be above 0",
    "video-gen gpus=0": "whole number from 1 to 100,000",
    "video-gen gpus=1.5": "whole number from 1 to 100,000",
    "video-gen floor=5/h floor=6/h": "floor= is given twice",
    "video-gen deadline=2020-01-01": "The keys are floor, budget",
    f"video-gen {REGIONS}": "No offer has the region 'nowhere-0'",
    "=5": "The key before =5 is missing",
    '""': "Start with its name",
    "list -1": "For example list 2",
    "digest 2020-01-01": "Write for example",
    "settings guardrail=NaN": "Write a percentage from 0 to 1000",
    "settings gpus=1e15": "whole number from 1 to 100,000",
    "settings video-gen two-approvers=1e400": "at most a million million",
    "settings video-gen stage=production": "I know no setting 'stage'",
}
CONTRADICTIONS = {
    "floor=100k/h budget=$1/day": "the fastest reaches",
    "gpus=1 floor=5000/h": "The nearest that can be had: `/gpu-advise video-gen floor=",
    "budget=$0.0001/day": "at most $0.0001/day; the cheapest costs",
    "per-unit=1e-7": "at most $0.0000001 per clip; the cheapest costs",
    "region=us-east-1 provider=gcp": "What would settle it",
}


def is_failure(message: PostedMessage) -> bool:
    return "reference" in blocks_text(message).casefold()


async def test_names_that_nobody_has_are_answered_with_what_is_known(told: Story) -> None:
    for name in NAMES:
        answer = await told.ask(name)
        assert answer.visible_to == ADMINISTRATOR.id
        assert "I know no workload called" in blocks_text(answer), name
        assert "1 workload is known: `/gpu-advise list` shows them" in blocks_text(answer), name


async def test_mistakes_in_words_are_answered_with_how_to_mend_each(told: Story) -> None:
    for text, said in MISTAKES.items():
        answer = await told.ask(text)
        assert answer.visible_to == ADMINISTRATOR.id
        assert not is_failure(answer), text
        assert said in blocks_text(answer), text


async def test_limits_that_contradict_each_other_are_answered_with_what_can_be_had(told: Story) -> None:
    for limits, said in CONTRADICTIONS.items():
        answer = await told.ask(f"video-gen {limits}")
        assert said in blocks_text(answer), limits
        assert "advice.whatif" in buttons(answer), limits


async def test_extremes_that_can_be_read_are_answered(told: Story) -> None:
    for limits in ("floor=1e-9", "gpus=99999", "nodes=64", "wait=1e12", "wait=1e-9", "budget=1e12"):
        answer = await told.ask(f"video-gen production {limits}")
        assert "video-gen · production" in blocks_text(answer), limits


BOXES = {
    "floor": ["1e15", "1e400", "NaN", "-1", "0", "5=5", '"5', "x" * 3000],
    "budget": ["-1", "€5", "1e-400"],
    "per-unit": ["0", "0,05"],
    "wait": ["inf", "5/fortnight"],
    "gpus": ["0", "1.5", "-3", "1e2"],
    "nodes": ["100001", "many"],
}


async def test_boxes_of_what_if_say_beside_them_what_is_wrong_and_keep_the_card(told: Story) -> None:
    card = await told.ask("video-gen production")
    before = blocks_text(card)
    view = await open_modal(told, card, "advice.whatif")
    for box, texts in BOXES.items():
        for text in texts:
            ack = await told.hands.submit(view, filled(view, **{box: text}))
            assert list(ack.answer()["errors"]) == [box], text
            assert len(ack.answer()["errors"][box]) < 200
    assert blocks_text(told.shown(card)) == before


async def test_an_empty_form_asks_for_a_workload_and_an_empty_what_if_asks_the_same_again(told: Story) -> None:
    await told.hands.command("")
    await told.settle()
    view = modal(told)
    ack = await told.hands.submit(view, {})
    assert ack.answer()["errors"] == {"workload": "choose a workload: type a few letters of its name"}
    card = await told.ask("video-gen production")
    await submit(told, await open_modal(told, card, "advice.whatif"))
    assert "video-gen · production" in blocks_text(told.shown(card))


async def test_limits_of_what_if_that_contradict_each_other_are_answered_in_place_and_can_be_mended(
    told: Story,
) -> None:
    card = await told.ask("video-gen production")
    await submit(told, await open_modal(told, card, "advice.whatif"), floor="100000", budget="1")
    assert "Nothing is feasible" in blocks_text(told.shown(card))
    view = await open_modal(told, told.shown(card), "advice.whatif")
    state = filled(view)
    assert state["budget"]["typed"]["value"] == "1"
    for box in ("floor", "budget"):
        state[box]["typed"]["value"] = None
    await told.hands.submit(view, state)
    await told.settle()
    assert "★ Performance" in blocks_text(told.shown(card))


async def test_values_that_no_button_has_are_answered_in_words(told: Story) -> None:
    card = await told.ask("video-gen production")
    for value in ("", "x", "1 OR 1=1", "🎬" * 100, "\x00", "../../etc/passwd"):
        await press_with(told, card, value)
    assert advice_id_of(told.shown(card)) == advice_id_of(card)


async def press_with(told: Story, card: PostedMessage, value: str) -> None:
    for action_id in ("advice.approve.cost", "advice.dismiss", "snooze.ask", "workload.settings", "advice.why"):
        entry = {"value": f"{action_id} {value}"}
        await told.hands.act(card, {"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": entry})
        await told.settle()
        view = modal(told)
        assert "submit" not in view.content, action_id
        assert "not known here any more" in view_text(view), action_id
    for action_id in ("advice.snooze", "advice.share", "advice.undo", "exclusion.revoke", "workload.stage"):
        click = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        await told.hands.act(card, click)
        await told.settle()
        assert not is_failure(told.slack.messages()[-1]), action_id
