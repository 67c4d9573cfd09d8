"""After an approval: the hand-off in the thread, the webhook, receipts; and trials from promise to verified."""

import asyncio
import json
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from cryptography.fernet import Fernet

from bot.jobs.webhook_client import WebhookClient
from bot.jobs.webhooks import Webhooks
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.store import history, webhooks
from bot.usecases.following.webhooks import new_secret, signature
from bot.vault import Vault
from tests.jobs.receivers import receiver
from tests.scenarios.after_story import arrive, look, plan_trial, promised, runs_on, thread_of, trials_of, wait
from tests.scenarios.deciding_story import (
    GUEST,
    advice_id_of,
    approve,
    ask_openly,
    audited,
    choose,
    decision_about,
    join_in,
    newest,
    open_modal,
    prefer,
    said_to,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs, story


async def approved(told: Story, **wishes: Any) -> tuple[PostedMessage, str]:
    """A card that everybody saw and somebody approved, and the id of its advice."""
    card = await ask_openly(told, **wishes)
    advice_id = advice_id_of(card)
    await approve(told, card)
    return card, advice_id


def expected(told: Story, advice_id: str) -> tuple[Any, Any]:
    """The configuration that was approved, and the interval of its throughput."""
    decision = decision_about(told, advice_id)
    assert decision is not None
    assert decision.forecast is not None
    return decision.configuration, decision.forecast["units_per_hour"]


async def test_an_approval_hands_over_in_the_thread_of_its_card(told: Story) -> None:
    card, _ = await approved(told)
    (handed,) = thread_of(told, card)
    assert "Hand-off of video-gen" in handed
    assert 'infra: "aws/us-east-1"' in handed
    assert 'accelerators: "H200:8"' in handed


async def test_every_tool_of_the_workspace_gets_its_patch_and_the_others_are_in_a_menu(told: Story) -> None:
    card, advice_id = await approved(told, handoff=("terraform", "dstack"))
    (handed,) = thread_of(told, card)
    assert handed.index('resource "aws_instance"') < handed.index('type: "task"')
    await choose(told, newest(told), "handoff.show", f"{advice_id}:kubernetes", MEMBER.id)
    assert "node.kubernetes.io/instance-type" in said_to(told, MEMBER.id)


async def test_a_tool_or_an_advice_that_nobody_knows_is_refused(told: Story) -> None:
    _, advice_id = await approved(told)
    for value in (f"{advice_id}:puppet", "nonsense:dstack", f"{advice_id}", ""):
        await choose(told, newest(told), "handoff.show", value or ":", MEMBER.id)
        assert "not known here any more" in said_to(told, MEMBER.id)


async def test_a_private_approval_is_handed_over_in_private(told: Story) -> None:
    card = await told.ask("video-gen production")
    await approve(told, card)
    assert "Hand-off of video-gen" in said_to(told, ADMINISTRATOR.id)
    assert not [it for it in told.slack.messages(CHANNEL) if it.visible_to is None]


async def test_undoing_takes_receipts_and_hand_off_back(told: Story) -> None:
    card, advice_id = await approved(told)
    assert [each.state for each in promised(told, advice_id)] == ["waiting"] * 4
    await told.press(told.shown(card), "advice.undo")
    assert [each.state for each in promised(told, advice_id)] == ["withdrawn"] * 4
    assert "Do not apply the hand-off above" in thread_of(told, card)[-1]
    assert await wait(told, 31) == 0


async def test_approving_anew_promises_anew(told: Story) -> None:
    card, advice_id = await approved(told)
    await told.press(told.shown(card), "advice.undo")
    await approve(told, told.shown(card))
    assert [each.state for each in promised(told, advice_id)] == ["waiting"] * 4


async def test_a_week_without_runs_is_said_once_and_kindly(told: Story) -> None:
    card, advice_id = await approved(told)
    await wait(told, 6.9)
    assert len(thread_of(told, card)) == 1
    await wait(told, 0.2)
    assert "no runs yet" in thread_of(told, card)[-1]
    assert "gpu-advise import runs FILE" in thread_of(told, card)[-1]
    await wait(told, 7)
    await wait(told, 17)
    assert len(thread_of(told, card)) == 2
    assert {each.key: each.state for each in promised(told, advice_id)} == {
        "runs": "withdrawn",
        "7d": "nothing",
        "14d": "skipped",
        "30d": "skipped",
    }


async def test_five_runs_as_predicted_give_a_receipt_and_verify_the_card(told: Story) -> None:
    card, advice_id = await approved(told)
    configuration, speed = expected(told, advice_id)
    arrive(told, runs_on(told, configuration, speed["p50"], count=4))
    assert await look(told) == 0
    arrive(told, runs_on(told, configuration, speed["p50"], count=1, name="fifth"))
    assert await look(told) == 1
    receipt = thread_of(told, card)[-1]
    assert "Receipt for video-gen, after 5 runs" in receipt
    assert "As predicted" in receipt
    assert "*Verified* by 5 runs" in blocks_text(told.shown(card))
    assert await wait(told, 7) == 1  # the same runs once more are not worth a word
    assert len(thread_of(told, card)) == 2


async def test_a_miss_is_said_with_what_was_learned_from_it(told: Story) -> None:
    card, advice_id = await approved(told)
    configuration, speed = expected(told, advice_id)
    arrive(told, runs_on(told, configuration, speed["p05"] / 2))
    await look(told)
    receipt = thread_of(told, card)[-1]
    assert "*outside*" in receipt
    assert "The model has learned from these runs" in receipt
    assert "*Checked* by 5 runs" in blocks_text(told.shown(card))


async def test_the_webhook_is_told_of_approval_receipt_and_undoing(slack: LocalSlack, sqlite_url: str) -> None:
    key = Fernet.generate_key().decode()
    _, sealed = new_secret(Vault([key]))
    async with story(slack, sqlite_url, gpu_advise_secret_keys=key) as told:
        card = await ask_openly(told, webhook_url="https://hooks.example.com/", webhook_secret=sealed)
        await approve(told, card)
        await told.press(told.shown(card), "advice.undo")
        with told.bot.store.read(told.team_id) as scope:
            undone, approval = webhooks.recent(scope)
        with told.bot.store.across() as across:
            bodies = {it.event: json.loads(it.body) for it in webhooks.claim(across, "me", told.clock(), 60)}
    assert (approval.event, undone.event) == ("decision.approved", "decision.undone")
    body = bodies["decision.approved"]
    assert body["id"] == approval.id
    assert body["workspace"] == told.team_id
    assert body["workload"] == "video-gen"
    assert body["decision"]["by"] == ADMINISTRATOR.id
    assert body["from"]["instance_type"] == "g5.12xlarge"
    assert body["to"]["instance_type"] == "p5en.48xlarge"
    assert body["price"] == {"usd_per_hour_a_node": 63.296, "usd_per_hour": 63.296}
    assert set(body["forecast"]["units_per_hour"]) == {"p05", "p50", "p95"}


async def test_try_first_says_what_it_costs_and_promises_in_the_thread(told: Story) -> None:
    card = await ask_openly(told)
    said = view_text(await open_modal(told, card, "advice.try"))
    assert "Predicted: " in said
    assert "It costs " in said
    assert not await plan_trial(told, card, runner=MEMBER.id)
    (promise,) = thread_of(told, card)
    assert f"<@{MEMBER.id}> runs it on" in promise
    assert "accelerators: " in promise
    assert audited(told)[-1] == ("trial.plan", ADMINISTRATOR.id)


async def test_the_run_that_arrives_verifies_the_card_and_ends_the_trial(told: Story) -> None:
    card = await ask_openly(told)
    await plan_trial(told, card)
    (trial,) = trials_of(told)
    speed = trial.predicted["units_per_hour"]["p50"]
    arrive(told, runs_on(told, trial.configuration, speed, count=1, is_trial=True))
    assert await look(told) == 1
    assert not trials_of(told)
    planned, done = [it for it in told.slack.messages(CHANNEL) if it.thread_ts == card.ts]
    assert "The trial of video-gen has arrived" in blocks_text(done)
    assert "the run has arrived" in blocks_text(planned)
    assert not buttons(planned)
    assert "*Verified* by 1 run" in blocks_text(told.shown(card))
    await approve(told, told.shown(card))
    assert "*Verified* by 1 run" in blocks_text(told.shown(card))


async def test_the_same_trial_is_not_promised_twice(told: Story) -> None:
    card = await ask_openly(told)
    as_it_was = replace(card)
    await plan_trial(told, card, runner=MEMBER.id)
    await plan_trial(told, as_it_was, by=MEMBER.id)
    assert len(trials_of(told)) == 1
    assert f"<@{MEMBER.id}> is trying this configuration" in said_to(told, MEMBER.id)


async def test_the_card_says_who_tries_what_and_takes_it_back(told: Story) -> None:
    card = await ask_openly(told)
    await plan_trial(told, card, runner=MEMBER.id)
    planned = told.shown(card)
    assert f"*Trial planned:* <@{MEMBER.id}> runs it on" in blocks_text(planned)
    assert "advice.try" not in buttons(planned)
    asked_anew = await told.ask("video-gen production")
    assert "*Trial planned:*" in blocks_text(asked_anew)
    assert "advice.try" not in buttons(asked_anew)
    await told.press(planned, "trial.cancel", MEMBER.id)
    assert not trials_of(told)
    assert "Trial planned" not in blocks_text(told.shown(card))
    assert "advice.try" in buttons(told.shown(card))


async def test_the_private_card_says_so_too(told: Story) -> None:
    card = await told.ask("video-gen production")
    await plan_trial(told, card, runner=MEMBER.id)
    assert "*Trial planned:*" in blocks_text(told.shown(card))
    await told.press(told.shown(card), "trial.cancel")
    assert "advice.try" in buttons(told.shown(card))
    assert "Trial planned" not in blocks_text(told.shown(card))


async def test_the_card_forgets_a_trial_that_was_given_up(told: Story) -> None:
    card = await ask_openly(told)
    await plan_trial(told, card, runner=MEMBER.id)
    assert await wait(told, 10) == 1
    assert "Trial planned" in blocks_text(told.shown(card)), "it is only late"
    assert await wait(told, 10) == 1
    assert "advice.try" in buttons(told.shown(card))


async def test_a_trial_is_cancelled_by_its_runner_and_by_nobody_else(told: Story) -> None:
    card = await ask_openly(told)
    await plan_trial(told, card, runner=MEMBER.id)
    join_in(told, GUEST)
    promise = newest(told)
    await told.press(promise, "trial.cancel", user_id=GUEST.id)
    assert "Only whoever runs the trial" in said_to(told, GUEST.id)
    assert audited(told)[-1] == ("right.refuse", GUEST.id)
    await told.press(promise, "trial.cancel", user_id=MEMBER.id)
    assert f"*Cancelled* by <@{MEMBER.id}>" in blocks_text(told.shown(promise))
    assert not buttons(told.shown(promise))
    assert not trials_of(told)
    assert audited(told)[-1] == ("trial.cancel", MEMBER.id)


async def test_an_overdue_trial_is_reminded_of_once_in_private_and_then_given_up(told: Story) -> None:
    card = await ask_openly(told)
    await plan_trial(told, card, runner=MEMBER.id)
    await wait(told, 9)
    direct = told.slack.workspace.direct_channel(MEMBER.id)
    assert "was due" in blocks_text(told.slack.messages(direct.id)[-1])
    assert await wait(told, 1) == 0
    await wait(told, 3)
    assert len(told.slack.messages(direct.id)) == 1
    assert "*Given up:*" in thread_of(told, card)[0]
    assert not trials_of(told)


async def test_a_trial_from_a_private_card_is_between_the_bot_and_its_runner(told: Story) -> None:
    card = await told.ask("video-gen production")
    await plan_trial(told, card, runner=MEMBER.id)
    direct = told.slack.workspace.direct_channel(MEMBER.id)
    assert "*Trial of video-gen:*" in blocks_text(told.slack.messages(direct.id)[-1])
    assert f"<@{MEMBER.id}> has been sent what to run" in said_to(told, ADMINISTRATOR.id)
    assert not [it for it in told.slack.messages(CHANNEL) if it.visible_to is None]
    await told.press(told.slack.messages(direct.id)[-1], "trial.cancel", user_id=MEMBER.id)
    assert "*Cancelled*" in blocks_text(told.slack.messages(direct.id)[-1])


async def test_the_form_wants_a_member_and_a_day_to_come(told: Story) -> None:
    card = await ask_openly(told)
    join_in(told, GUEST)
    wrong = await plan_trial(told, card, runner=GUEST.id, until="2020-01-01")
    assert set(wrong) == {"runner", "until"}
    assert not trials_of(told)


async def test_a_guest_is_told_that_trials_are_for_members(told: Story) -> None:
    card = await ask_openly(told)
    join_in(told, GUEST)
    said = view_text(await open_modal(told, card, "advice.try", GUEST.id))
    assert "only members of this workspace may start a trial" in said
    assert audited(told)[-1] == ("right.refuse", GUEST.id)


async def test_a_miss_that_nobody_learned_from_refits_the_model(told: Story) -> None:
    card, advice_id = await approved(told)
    configuration, speed = expected(told, advice_id)
    with told.bot.store.write(told.team_id) as scope:
        history.add_runs(scope, "test", runs_on(told, configuration, speed["p05"] / 2))
    await look(told)
    assert "The model was fitted anew with these runs just now" in thread_of(told, card)[-1]


async def test_an_administrator_reads_the_delivery_log_and_sends_a_dead_letter_again(told: Story) -> None:
    prefer(told, webhook_url="https://hooks.example.com/", webhook_secret="sealed")
    with told.bot.store.write(told.team_id) as scope:
        webhooks.put(scope, "d1", "decision.approved", "{}", "https://hooks.example.com/", told.clock())
    with told.bot.store.across() as across:
        webhooks.claim(across, "me", told.clock(), 60)
        webhooks.mark_dead(across, "d1", "me", told.clock(), 404, "HTTP 404")
    settings = await told.ask("settings")
    await told.press(settings, "webhook.log")
    log = newest(told)
    assert "given up after one try: HTTP 404" in blocks_text(log)
    await told.press(log, "webhook.again")
    assert "It is being sent again" in said_to(told, ADMINISTRATOR.id)
    await told.press(log, "webhook.again")
    assert "not one that was given up" in said_to(told, ADMINISTRATOR.id)
    assert audited(told)[-1] == ("webhook.again", ADMINISTRATOR.id)
    await told.press(settings, "webhook.log", user_id=MEMBER.id)
    assert "Only administrators" in said_to(told, MEMBER.id)


async def test_a_workspace_without_any_tool_gets_receipts_but_no_hand_off(told: Story) -> None:
    card, advice_id = await approved(told, handoff=())
    assert not thread_of(told, card)
    assert len(promised(told, advice_id)) == 4
    await wait(told, 7)
    assert "no runs yet" in thread_of(told, card)[-1]


async def test_on_both_databases_a_real_receiver_gets_the_approval_signed(slack: LocalSlack, database_url: str) -> None:
    key = Fernet.generate_key().decode()
    secret, sealed = new_secret(Vault([key]))
    with receiver() as (url, server):
        async with story(slack, database_url, gpu_advise_secret_keys=key) as told:
            keep_runs(told.bot.store, told.team_id, runs())
            await approved(told, webhook_url=url, webhook_secret=sealed)
            client = WebhookClient((ip_network("127.0.0.0/8"), ip_network("::1/128")))
            workers = [Webhooks(told.bot.room, client.post), Webhooks(told.bot.room, client.post)]
            await asyncio.gather(*(each.drain_once() for each in workers))
            with told.bot.store.read(told.team_id) as scope:
                (delivery,) = webhooks.recent(scope)
    assert (delivery.state, delivery.status) == ("sent", 202)
    ((_, headers, body),) = server.got
    assert headers["X-Gpu-Advise-Signature"] == signature(secret, headers["X-Gpu-Advise-Timestamp"], body.decode())
    assert json.loads(body)["id"] == headers["X-Gpu-Advise-Id"] == delivery.id
