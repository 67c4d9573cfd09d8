import re
from datetime import timedelta

import pytest

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


async def test_a_question_is_answered_with_three_picks_and_buttons_to_the_asker_alone(told: Story) -> None:
    card = await told.ask("video-gen production")
    assert card.visible_to == ADMINISTRATOR.id
    assert "video-gen · production" in blocks_text(card)
    assert [action for action in buttons(card) if action.startswith("advice.approve.")]
    assert buttons(card)[-5:] == ["advice.why", "snooze.ask", "advice.dismiss", "advice.share", "workload.settings"]


async def test_the_age_of_old_prices_is_said_once(told: Story) -> None:
    told.clock.ahead += timedelta(days=365)
    card = await told.ask("video-gen production")
    assert len(re.findall(r"prices (?:are )?\d+ \w+ old", blocks_text(card), flags=re.IGNORECASE)) == 1


async def test_the_acknowledgement_leaves_before_the_work_starts(told: Story) -> None:
    ack = await told.hands.command("video-gen production")
    assert (ack.status, ack.body) == (200, b"")
    assert not told.slack.calls()
    await told.settle()
    assert [call.method for call in told.slack.calls()] == [
        "files.getUploadURLExternal",
        "upload",
        "files.completeUploadExternal",
        "response_url",
    ]


async def test_an_answer_needs_no_membership_of_the_channel(told: Story) -> None:
    told.slack.workspace.channels[CHANNEL].members.remove("U0BOT0001")
    assert "video-gen" in (await told.ask("video-gen")).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vidoe-gen", "video-gen"),
        ("video-gen prodution", "did you mean production?"),
        ("video-gen floor=abc", "floor=500/h"),
        ("video-gen flor=5", "did you mean floor=?"),
        ("video-gen region=us-esat-1", "did you mean us-east-1"),
        ("video-gen provider=awz", "did you mean aws"),
        ("video-gen floor=900000000/h", "no configuration meets at least 900 million clips/h; the fastest reaches"),
        ('"video gen', "never closed"),
        ("list two", "list 2"),
        ("track", 'track "my workload"'),
        ("track vidoe-gen", "video-gen"),
        ("digest sometimes", "no day, time or time zone"),
    ],
)
async def test_a_mistake_gets_a_private_answer_that_says_how_to_mend_it(told: Story, text: str, said: str) -> None:
    answer = await told.ask(text)
    assert answer.visible_to == ADMINISTRATOR.id
    assert said.casefold() in blocks_text(answer).casefold()
    assert not [action for action in buttons(answer) if action.startswith("advice.approve")]


async def test_an_unknown_workload_creates_nothing(told: Story) -> None:
    await told.ask("vidoe-gen")
    assert "1" in blocks_text(await told.ask("list")).split("vid")[0]
    assert "vidoe" not in blocks_text(told.slack.messages(CHANNEL)[-1])


async def test_one_run_only_gives_an_answer_with_a_next_trial(told: Story) -> None:
    keep_runs(told.bot.store, told.team_id, runs("lonely", 1))
    assert "lonely" in blocks_text(await told.ask("lonely production"))


@pytest.mark.parametrize("status", ["failed", "oom"])
async def test_all_runs_failed_is_said_and_what_would_settle_it(told: Story, status: str) -> None:
    keep_runs(told.bot.store, told.team_id, runs("broken", 3, status=status))
    answer = await told.ask("broken production")
    assert "none of its 3 runs succeeded" in blocks_text(answer)
    assert "one successful run" in blocks_text(answer)


async def test_two_units_in_one_workload_are_named(told: Story) -> None:
    keep_runs(told.bot.store, told.team_id, [*runs("mixed", 1), *runs("mixed", 2, unit="image")[1:]])
    answer = blocks_text(await told.ask("mixed"))
    assert "2 units: " in answer
    assert "One workload has one unit" in answer


@pytest.mark.parametrize("text", ["help", "HELP", "list", "status", "settings", "digest list"])
async def test_a_subcommand_is_answered_in_private(told: Story, text: str) -> None:
    answer = await told.ask(text)
    assert answer.visible_to == ADMINISTRATOR.id
    assert answer.text


async def test_status_counts_what_there_is(told: Story) -> None:
    said = blocks_text(await told.ask("status"))
    assert "*Runs*\n40" in said
    assert "*Workloads*\n1" in said


async def test_status_calls_prices_old_where_answers_do(told: Story) -> None:
    told.clock.ahead += timedelta(days=365)
    assert "Needs somebody: the oldest price is" in (await told.ask("status")).text
    await told.ask("settings stale-prices=3650")
    assert "All is well" in (await told.ask("status")).text


async def test_what_is_tracked_can_be_untracked(told: Story) -> None:
    assert "video-gen" in (await told.ask("track video-gen")).text
    assert "video-gen" in (await told.ask("untrack video-gen")).text


async def test_everybody_gets_an_answer_of_their_own(told: Story) -> None:
    await told.ask("video-gen", user_id=MEMBER.id)
    assert (await told.ask("list")).visible_to == ADMINISTRATOR.id
    assert [message.visible_to for message in told.slack.messages(CHANNEL)] == [MEMBER.id, ADMINISTRATOR.id]


async def test_a_question_that_fails_inside_ends_with_a_reference(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(told.bot.room.shelf), "index", broken)
    answer = await told.ask("video-gen")
    assert answer.visible_to == ADMINISTRATOR.id
    assert "reference" in answer.text.lower()
    assert "ZeroDivision" not in blocks_text(answer)
