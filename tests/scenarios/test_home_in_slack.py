"""The Home tab as signed requests: drawn from what is stored, for whoever opens it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.local.faults import Fault
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, Person
from bot.store import Scope, advices, approvals, fleets, receipts, trials, workspaces
from bot.store.approvals import Approval
from bot.store.tables import WorkloadRow
from bot.usecases.asking.advise import STANDS_FOR
from bot.usecases.workspace.setting_words import Settings
from tests.scenarios.deciding_story import view_text
from tests.scenarios.test_settings_in_slack import filled, modal
from tests.scenarios.workspace_story import Story, buttons, keep_runs, runs

GUEST = Person("U0GUEST01", "gus", "Gus (guest)", is_guest=True)


async def opened(told: Story, user_id: str = ADMINISTRATOR.id) -> list[dict[str, Any]]:
    """The blocks that somebody sees after opening the tab."""
    ack = await told.hands.open_home(user_id)
    assert ack.status == 200
    await told.settle()
    view = told.slack.state.views.home(user_id)
    assert view is not None
    return list(view.content["blocks"])


def words(blocks: list[dict[str, Any]]) -> str:
    found = [block.get("text", {}).get("text", "") for block in blocks]
    found += [text["text"] for block in blocks for text in block.get("fields", ())]
    found += [text["text"] for block in blocks if block["type"] == "context" for text in block["elements"]]
    return "\n".join(found)


def actions(blocks: list[dict[str, Any]]) -> list[str]:
    pressed = [it["action_id"] for block in blocks if block["type"] == "actions" for it in block["elements"]]
    return pressed + [block["accessory"]["action_id"] for block in blocks if "accessory" in block]


def keep_advice(told: Story, scope: Scope, advice_id: str = "a1", workload: str = "video-gen") -> None:
    document: Any = {"workload": workload, "catalog_version": "c", "model_version": "m", "history_digest": "h"}
    now = told.clock()
    until = now + timedelta(days=7)
    advices.save(scope, advice_id, {}, document, asked_by=None, created_at=now, expires_at=until)


async def test_before_anything_happened_it_says_how_to_begin(told: Story) -> None:
    blocks = await opened(told)
    assert "No digest has looked at the fleet yet" in words(blocks)
    assert "No checks yet" in words(blocks)
    assert actions(blocks) == ["ask.open", "settings.change"]


async def test_a_fresh_workspace_with_a_history_sees_how_good_the_bot_would_have_been_on_it(told: Story) -> None:
    for part, units in (("H100-80GB", 2_400.0), ("L4-24GB", 160.0)):
        kept = runs(accelerator=part, accelerator_count=1, units=units)
        keep_runs(told.bot.store, told.team_id, [replace(run, run_id=f"{part}-{run.run_id}") for run in kept])
    said = words(await opened(told))
    assert "*On your history* – each configuration predicted from the others of its workload" in said
    assert "for the one workload that ran on several" in said
    assert "• *H100-80GB* – off by " in said
    assert "After approvals" not in said


async def test_a_member_is_not_offered_the_settings(told: Story) -> None:
    assert actions(await opened(told, MEMBER.id)) == ["ask.open"]


async def test_whoever_slack_does_not_name_is_not_offered_them_either(told: Story) -> None:
    told.slack.fail_next("users.info", Fault.down())
    assert actions(await opened(told)) == ["ask.open"]


async def test_after_a_digest_it_shows_what_that_saw_and_when(told: Story) -> None:
    await told.ask("digest now")
    said = words(await opened(told))
    assert "As the digest of" in said
    assert "*Stages*\n1 " in said
    with told.bot.store.read(told.team_id) as scope:
        seen = fleets.last(scope)
    assert seen is not None
    assert seen.document["workloads"] == 1
    assert sum(seen.document["stages"].values()) == sum(seen.document["kinds"].values()) == 1


async def press(told: Story, action_id: str) -> str:
    """Press a button of the tab; everything that the modal says which it opens."""
    home = told.slack.state.views.home(ADMINISTRATOR.id)
    assert home is not None
    assert (await told.hands.press(home, action_id)).is_ok
    await told.settle()
    return view_text(modal(told))


async def test_what_it_counts_leads_to_the_answers_and_to_their_cards(told: Story) -> None:
    assert "answers.open" not in actions(await opened(told))
    await told.ask("video-gen production")
    assert "answers.open" in actions(await opened(told))
    assert f"*video-gen*\nasked by <@{ADMINISTRATOR.id}>" in await press(told, "answers.open")
    assert (await told.hands.press(modal(told), "digest.card")).is_ok
    await told.settle()
    assert told.slack.messages()[-1].blocks[0]["text"]["text"] == "video-gen · production"
    assert "advice.why" in buttons(told.slack.messages()[-1])


async def test_an_answer_that_is_too_old_is_not_listed(told: Story) -> None:
    await told.ask("video-gen production")
    told.clock.ahead += STANDS_FOR
    await opened(told)
    assert "Nothing waits for a decision." in await press(told, "answers.open")


async def test_what_a_digest_found_is_listed_from_there_and_decided(told: Story) -> None:
    await told.ask("digest now")
    assert "digest.all" in actions(await opened(told))
    assert "1–1 of 1 finding" in await press(told, "digest.all")
    assert "video-gen" in view_text(modal(told))
    assert told.slack.state.views.home(ADMINISTRATOR.id) is not None, "the tab is still there"


async def test_an_advice_that_waits_for_another_word_can_be_looked_at(told: Story) -> None:
    with told.bot.store.write(told.team_id) as scope:
        for advice_id in ("open", "done"):
            keep_advice(told, scope, advice_id)
            approvals.give(scope, Approval(advice_id, MEMBER.id, told.clock(), "performance", NOTHING))
        advices.change_state(scope, "done", "open", "approved")
    blocks = await opened(told)
    [waiting] = [block for block in blocks if "accessory" in block]
    assert MEMBER.id in waiting["text"]["text"]
    assert waiting["accessory"]["value"] == "open:performance"


NOTHING: Any = {}
CONFIGURATION: Any = {
    "provider": "aws", "region": "us-east-1", "instance_type": "p5.48xlarge", "accelerator": "H100-80GB",
    "accelerator_count": 8, "node_count": 1, "pricing_category": "standard", "term": None, "precision": None,
    "batch_size": None, "price_usd_per_hour": 55.0,
}  # fmt: skip


def compared(measured: float, accelerator: str = "H100-80GB") -> Any:
    interval = {"p05": 90.0, "p50": 100.0, "p95": 110.0}
    return {
        "configuration": {**CONFIGURATION, "accelerator": accelerator},
        "predicted": {"units_per_hour": interval, "usd_per_unit": None},
        "measured": {"units_per_hour": measured, "usd_per_unit": None},
        "is_inside": {"units_per_hour": 90 <= measured <= 110, "usd_per_unit": None},
    }


def begin_trial(told: Story, scope: Scope, advice_id: str) -> trials.Begun:
    """A trial that a member has promised, due at this moment."""
    now = told.clock()
    return trials.begin(
        scope, advice_id, "video-gen", CONFIGURATION, NOTHING, runner=MEMBER.id, until=now, by="U1", at=now
    )


def give_receipt(told: Story, scope: Scope, advice_id: str, key: str, document: dict[str, Any]) -> None:
    now = told.clock()
    receipts.promise(scope, advice_id, "video-gen", key, now, {"channel": CHANNEL, "thread_ts": None})
    [due] = [each for each in receipts.due(scope, now) if each.key == key and each.advice_id == advice_id]
    assert receipts.finish(scope, due.id, "measured", now, document)


async def test_the_scoreboard_counts_each_advice_once_by_its_last_comparison(told: Story) -> None:
    with told.bot.store.write(told.team_id) as scope:
        for advice_id in ("a", "b", "c"):
            keep_advice(told, scope, advice_id)
        give_receipt(told, scope, "a", "7d", compared(50.0))
        told.clock.ahead += timedelta(days=7)
        give_receipt(told, scope, "a", "14d", compared(100.0))
        give_receipt(told, scope, "b", "7d", compared(80.0))
        begun = begin_trial(told, scope, "c")
        assert trials.finish(scope, begun.trial, "verified", told.clock(), measured=compared(100.0, "L4"))
    said = words(await opened(told))
    assert "*H100-80GB* – off by 12 % at the median of 2 checks, 1 of 2 inside the 90 % interval" in said
    assert "*L4* – off by 0 % at the median of 1 check, 1 of 1 inside" in said
    assert said.count("predicted 100 an hour") == 3


async def test_trials_that_are_late_say_so(told: Story) -> None:
    with told.bot.store.write(told.team_id) as scope:
        keep_advice(told, scope)
        begin_trial(told, scope, "a1")
    told.clock.ahead += timedelta(days=1)
    assert "(late)" in words(await opened(told))


async def test_a_trial_is_due_on_the_day_that_was_chosen_for_it(told: Story) -> None:
    ends = datetime(2031, 12, 1, 12, tzinfo=UTC)  # where the last day of November ends last
    with told.bot.store.write(told.team_id) as scope:
        keep_advice(told, scope)
        trials.begin(
            scope, "a1", "video-gen", CONFIGURATION, NOTHING, runner="U2", until=ends, by="U1", at=told.clock()
        )
    assert "until 30 Nov 2031" in words(await opened(told))


async def test_settings_changed_from_the_tab_answer_in_private_and_draw_it_again(told: Story) -> None:
    await opened(told)
    home = told.slack.state.views.home(ADMINISTRATOR.id)
    assert home is not None
    before = len(told.slack.calls("views.publish"))
    await told.hands.press(home, "settings.change")
    await told.settle()
    view = modal(told)
    await told.hands.submit(view, filled(view, gpus="16"))
    await told.settle()
    with told.bot.store.read(told.team_id) as scope:
        assert workspaces.policy(scope) == Settings().policy.__class__(max_accelerators=16)
    assert len(told.slack.calls("views.publish")) == before + 1
    assert "Settings changed" in told.slack.messages()[-1].text


async def test_a_guest_sees_what_a_guest_may_ask_about(told: Story) -> None:
    told.slack.workspace.people[GUEST.id] = GUEST
    assert actions(await opened(told, GUEST.id)) == ["ask.open"]


async def test_ten_thousand_workloads_are_not_surveyed_for_it(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.digests.surveying.survey", None)
    monkeypatch.setattr("bot.usecases.asking.advise.answer", None)
    with told.bot.store.write(told.team_id) as scope:
        rows = [{"name": f"w{number}", "run_count": 0, "is_tracked": False} for number in range(10_000)]
        scope.upsert(WorkloadRow, rows)
    assert "10,001 workloads known" in words(await opened(told))
