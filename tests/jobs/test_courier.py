"""One message on its way: every route against every trouble that a Slack can make."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot.jobs.courier
from bot.jobs.courier import EVENT_TYPE, Courier, Letter
from bot.jobs.outcomes import Absent, Delivered, Refused, Unknown
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import CHANNEL, MEMBER, Channel
from bot.posts import Destination, Message
from tests.jobs.hourglass import turned
from tests.jobs.troubles import ROUTES, TROUBLES, destination_of, perform

TIMEOUT_SECONDS = 10.0
PRIVATE_ROOM = "C0PRIVATE"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def no_waiting(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, slack, bot.jobs.courier)


@pytest.fixture
def courier(slack: LocalSlack) -> Courier:
    slack.workspace.channels[PRIVATE_ROOM] = Channel(PRIVATE_ROOM, "elsewhere", [MEMBER.id], is_private=True)
    return courier_to(slack)


def courier_to(slack: LocalSlack, lease_seconds: float = 60, token: str = BOT_TOKEN) -> Courier:
    client = AsyncWebClient(token, base_url=slack.api_url, timeout=60)
    return Courier(client, TIMEOUT_SECONDS, now() + timedelta(seconds=lease_seconds), now)


def letter_to(destination: Destination, outbox_id: str = "a1") -> Letter:
    block = {"type": "section", "text": {"type": "plain_text", "text": "hello"}}
    return Letter(outbox_id, destination, Message("hello", (block,)), now())


def said(slack: LocalSlack) -> list[str]:
    return [message.text for message in slack.messages() if message.text == "hello"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("fault", "kind", "is_there"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES])
async def test_trouble_is_told_apart(
    slack: LocalSlack, courier: Courier, route: str, fault: Fault, kind: type, is_there: int
) -> None:
    letter = letter_to(destination_of(route, slack))
    slack.fail_next(route, fault)
    assert isinstance(await courier.deliver(letter), kind)
    assert said(slack) == ["hello"] * is_there
    assert len(slack.calls(route)) == 1  # the SDK did not try again behind our back


PERMANENT = """
channel_not_found not_in_channel is_archived invalid_auth account_inactive token_revoked missing_scope msg_too_long
restricted_action invalid_blocks message_not_found no_such_error_that_anybody_knows
""".split()  # noqa: SIM905 - a list of words
PASSING = ["message_limit_exceeded", "team_added_to_org", "external_channel_migrating"]
UNSURE = ["internal_error", "fatal_error", "request_timeout", "service_unavailable"]


@pytest.mark.parametrize("route", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize("name", PERMANENT)
async def test_a_named_refusal_lasts(slack: LocalSlack, courier: Courier, route: str, name: str) -> None:
    letter = letter_to(destination_of(route, slack))
    slack.fail_next(route, Fault.refused(name))
    assert await courier.deliver(letter) == Refused(name, is_permanent=True)


@pytest.mark.parametrize("name", PASSING)
async def test_some_refusals_pass_by_themselves(slack: LocalSlack, courier: Courier, name: str) -> None:
    slack.fail_next("chat.postMessage", Fault.refused(name))
    assert await courier.deliver(letter_to(Destination(CHANNEL))) == Refused(name)


@pytest.mark.parametrize("name", UNSURE)
async def test_some_errors_may_have_done_the_work(slack: LocalSlack, courier: Courier, name: str) -> None:
    slack.fail_next("chat.postMessage", Fault.refused(name))
    assert await courier.deliver(letter_to(Destination(CHANNEL))) == Unknown(name)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault.rate_limited(7), 7),
        (Fault.rate_limited(0), 1),
        (Fault(429, "slow down", "text/html"), 30),
        (Fault(200, '{"ok": false, "error": "ratelimited"}', retry_after_seconds=9), 9),
        (Fault.rate_limited(10**9), 24 * 3600),
    ],
    ids=["as asked", "never at once", "no header", "with 200", "never for years"],
)
async def test_the_wait_that_slack_asks_for_is_kept(
    slack: LocalSlack, courier: Courier, fault: Fault, seconds: float
) -> None:
    slack.fail_next("chat.postMessage", fault)
    assert await courier.deliver(letter_to(Destination(CHANNEL))) == Refused("ratelimited", retry_after_seconds=seconds)


async def test_a_channel_message_is_found_by_its_id_and_by_no_other(courier: Courier) -> None:
    posted = await courier.deliver(letter_to(Destination(CHANNEL), "a1"))
    assert isinstance(posted, Delivered)
    assert posted.ts is not None
    assert await courier.find(letter_to(Destination(CHANNEL), "a1")) == posted
    assert await courier.find(letter_to(Destination(CHANNEL), "a2")) == Absent()


async def test_it_is_found_behind_many_others(slack: LocalSlack, courier: Courier) -> None:
    letter = letter_to(Destination(CHANNEL), "first")
    await courier.deliver(letter)
    for number in range(450):
        perform(slack, "chat.postMessage", channel=CHANNEL, text=f"other {number}")
    assert isinstance(await courier.find(letter), Delivered)
    assert len(slack.calls("conversations.history")) > 1


async def test_metadata_of_other_apps_is_no_match(slack: LocalSlack, courier: Courier) -> None:
    for metadata in (
        None,
        {"event_type": "x", "event_payload": {"outbox_id": "a1"}},
        {"event_type": EVENT_TYPE, "event_payload": {}},
    ):
        perform(slack, "chat.postMessage", channel=CHANNEL, text="x", metadata=metadata)
    assert await courier.find(letter_to(Destination(CHANNEL), "a1")) == Absent()


async def test_an_answer_in_a_thread_is_found_there(slack: LocalSlack, courier: Courier) -> None:
    parent = perform(slack, "chat.postMessage", channel=CHANNEL, text="parent")
    letter = letter_to(Destination(CHANNEL, thread_ts=parent["ts"]))
    posted = await courier.deliver(letter)
    assert slack.messages()[-1].thread_ts == parent["ts"]
    assert await courier.find(letter) == posted


@pytest.mark.parametrize(
    "fault", [Fault.rate_limited(60), Fault.down(500), Fault.silent(30), Fault.refused("missing_scope")]
)
async def test_a_failed_look_is_not_taken_for_absence(slack: LocalSlack, courier: Courier, fault: Fault) -> None:
    slack.fail_next("conversations.history", fault)
    assert isinstance(await courier.find(letter_to(Destination(CHANNEL))), Refused | Unknown)


async def test_a_direct_message_is_delivered_and_found(slack: LocalSlack, courier: Courier) -> None:
    letter = letter_to(Destination(user=MEMBER.id))
    posted = await courier.deliver(letter)
    assert isinstance(posted, Delivered)
    assert posted.channel == slack.workspace.direct_channel(MEMBER.id).id
    assert await courier.find(letter) == posted


async def test_a_lost_answer_to_opening_a_conversation_is_no_doubt_about_the_message(
    slack: LocalSlack, courier: Courier
) -> None:
    slack.fail_next("conversations.open", Fault.down(500, is_accepted=True))
    assert await courier.deliver(letter_to(Destination(user=MEMBER.id))) == Refused("HTTP 500")


async def test_an_answer_goes_to_a_channel_that_the_bot_is_not_in(slack: LocalSlack, courier: Courier) -> None:
    url = slack.response_url(PRIVATE_ROOM, MEMBER.id)
    assert await courier.deliver(letter_to(Destination(PRIVATE_ROOM, response_url=url))) == Delivered()
    assert [message.is_ephemeral for message in slack.messages(PRIVATE_ROOM)] == [False]


async def test_a_private_answer_past_its_address_goes_beside_the_channel_and_then_directly(
    slack: LocalSlack, courier: Courier
) -> None:
    worn = f"{slack.address}/response/used-up"
    await courier.deliver(letter_to(Destination(CHANNEL, MEMBER.id, response_url=worn, is_private=True)))
    await courier.deliver(letter_to(Destination(PRIVATE_ROOM, MEMBER.id, response_url=worn, is_private=True)))
    direct = slack.workspace.direct_channel(MEMBER.id).id
    assert [(message.channel_id, message.is_ephemeral) for message in slack.messages()] == [
        (CHANNEL, True),
        (direct, False),
    ]


async def test_a_public_message_never_becomes_a_private_one(slack: LocalSlack, courier: Courier) -> None:
    outcome = await courier.deliver(letter_to(Destination(PRIVATE_ROOM, MEMBER.id)))
    assert outcome == Refused("channel_not_found", is_permanent=True)
    assert slack.messages() == ()


async def test_a_private_message_never_becomes_a_public_one(slack: LocalSlack, courier: Courier) -> None:
    for destination in (
        Destination(CHANNEL, MEMBER.id, is_private=True),
        Destination(CHANNEL, MEMBER.id, response_url=slack.response_url(CHANNEL, MEMBER.id), is_private=True),
    ):
        await courier.deliver(letter_to(destination))
    assert [message.visible_to for message in slack.messages()] == [MEMBER.id, MEMBER.id]


async def test_an_update_replaces_and_adds_nothing(slack: LocalSlack, courier: Courier) -> None:
    destination = destination_of("chat.update", slack)
    assert await courier.deliver(letter_to(destination)) == Delivered(CHANNEL, destination.update_ts)
    assert [message.text for message in slack.messages()] == ["hello"]


async def test_a_private_card_is_replaced_through_its_response_address(slack: LocalSlack, courier: Courier) -> None:
    await courier.deliver(letter_to(Destination(CHANNEL, MEMBER.id, is_private=True)))
    ts = slack.messages()[0].ts
    url = slack.response_url(CHANNEL, MEMBER.id, ts)
    later = letter_to(Destination(CHANNEL, MEMBER.id, response_url=url, update_ts=ts, is_private=True))
    await courier.deliver(replace(later, message=Message("decided")))
    assert [(message.text, message.is_ephemeral) for message in slack.messages()] == [("decided", True)]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://hooks.slack.com.evil.example/commands/1",
        "https://evil.example/?hooks.slack.com",
        "https://hooks.slack.com@evil.example/",
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com:8443/commands/1",
    ],
)
async def test_a_response_address_that_is_not_slack_s_is_not_sent_to(
    slack: LocalSlack, courier: Courier, url: str
) -> None:
    letter = letter_to(Destination(CHANNEL, MEMBER.id, response_url=url, is_private=True))
    assert await courier.deliver(letter) == Delivered(CHANNEL)
    assert [message.is_ephemeral for message in slack.messages()] == [True], "the next route takes it"


async def test_nowhere_to_send_is_a_lasting_refusal(courier: Courier) -> None:
    assert await courier.deliver(letter_to(Destination())) == Refused("nowhere to send it", is_permanent=True)


async def test_a_server_that_is_not_there_has_certainly_not_done_it() -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url="http://127.0.0.1:9/api/")
    outcome = await Courier(client, 2, now() + timedelta(minutes=1), now).deliver(letter_to(Destination(CHANNEL)))
    assert isinstance(outcome, Refused)
    assert not outcome.is_permanent


async def test_a_wrong_token_is_a_lasting_refusal(slack: LocalSlack) -> None:
    outcome = await courier_to(slack, token="xoxb-other").deliver(letter_to(Destination(CHANNEL)))
    assert outcome == Refused("invalid_auth", is_permanent=True)


async def test_nothing_is_sent_when_less_than_one_time_out_of_the_lease_remains(slack: LocalSlack) -> None:
    outcome = await courier_to(slack, lease_seconds=TIMEOUT_SECONDS / 2).deliver(letter_to(Destination(CHANNEL)))
    assert outcome == Refused("the lease is nearly over")
    assert slack.calls() == []


async def test_a_cancelled_delivery_is_cancelled(slack: LocalSlack, courier: Courier) -> None:
    slack.fail_next("chat.postMessage", Fault.silent(1))
    task = asyncio.ensure_future(courier.deliver(letter_to(Destination(CHANNEL))))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_connection_that_breaks_without_an_answer_is_not_tried_again_behind_our_back() -> None:
    calls = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.read(100)
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        courier = Courier(AsyncWebClient(BOT_TOKEN, base_url=f"{address}/api/"), 5, now() + timedelta(minutes=1), now)
        private = Destination(CHANNEL, MEMBER.id, response_url=f"{address}/respond", is_private=True)
        assert isinstance(await courier.deliver(letter_to(Destination(CHANNEL))), Unknown)
        assert isinstance(await courier.deliver(letter_to(private)), Unknown)
    assert calls == 2
