"""The outbox sender on both databases: nothing lost, nothing doubled, whatever Slack does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.jobs import courier
from bot.jobs.courier import EVENT_TYPE
from bot.jobs.outcomes import Unknown
from bot.jobs.sender import Sender
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import CHANNEL, MEMBER, TEAM_ID
from bot.posts import Destination, Post
from bot.store import Scope, Store, deliveries, outbox
from bot.store.tables import OutboxRow
from tests.jobs.clocks import Clock, until
from tests.jobs.hourglass import held_up, turned
from tests.jobs.troubles import ROUTES, TROUBLES, destination_of, perform

OTHER = "C0GENERAL"
TIMEOUT_SECONDS = 10.0
LEASE_SECONDS = 4 * TIMEOUT_SECONDS
SILENT = Fault.silent(30, is_accepted=True)


@pytest.fixture(autouse=True)
def no_waiting(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, slack, courier)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sender(store: Store, slack: LocalSlack, clock: Clock) -> Sender:
    return sender_for(store, slack, clock)


def sender_for(store: Store, slack: LocalSlack, clock: Clock) -> Sender:
    def client_for(team_id: str) -> AsyncWebClient:
        return {TEAM_ID: AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)}[team_id]

    return Sender(store, client_for, clock, timeout_seconds=TIMEOUT_SECONDS)


def said(word: str, destination: Destination | str = CHANNEL) -> Post:
    """A post whose text begins with `word`."""
    to = Destination(destination) if isinstance(destination, str) else destination
    return Post(to, "tracked", {"workload": word})


def put(store: Store, *posts: Post, team_id: str = TEAM_ID, **options: Any) -> list[str]:
    with store.write(team_id) as scope:
        return [outbox.put(scope, post, **options) for post in posts]


def counts(store: Store) -> dict[str, int]:
    with store.read(TEAM_ID) as scope:
        return {state: count for state, count in outbox.counts(scope).items() if count}


def errors(store: Store) -> list[str]:
    with store.read(TEAM_ID) as scope:
        return list(scope.scalars(select(OutboxRow.error).order_by(OutboxRow.position)))  # type: ignore[call-overload]


def words(slack: LocalSlack, channel: str | None = CHANNEL) -> list[str]:
    """The first word of every message, in the order in which they came."""
    return [message.text.split()[0] for message in slack.messages(channel)]


async def drain(sender: Sender, clock: Clock, rounds: int = 10, seconds: float = 60) -> None:
    """Let the sender do what it can, with time passing in between."""
    for _ in range(rounds):
        await sender.drain_once()
        clock.advance(seconds)


async def test_a_post_is_sent_once_and_its_place_is_remembered(store: Store, slack: LocalSlack, sender: Sender) -> None:
    put(store, said("one"), advice_id="a1")
    assert await sender.drain_once() == 1
    assert await sender.drain_once() == 0
    message = slack.messages()[0]
    with store.read(TEAM_ID) as scope:
        assert outbox.sent_messages(scope, "a1") == [(CHANNEL, message.ts)]
    assert counts(store) == {"sent": 1}


async def test_a_channel_gets_one_message_a_second_and_in_order(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"), said("two"), said("three"), said("elsewhere", OTHER))
    assert await sender.drain_once() == 2
    assert await sender.drain_once() == 0
    clock.advance(1)
    assert await sender.drain_once() == 1
    clock.advance(1)
    assert await sender.drain_once() == 1
    assert words(slack) == ["one", "two", "three"]
    assert words(slack, OTHER) == ["elsewhere"]


async def test_many_senders_send_each_post_once_and_in_order(store: Store, slack: LocalSlack, clock: Clock) -> None:
    senders = [sender_for(store, slack, clock) for _ in range(4)]
    put(store, *(said(f"{number}", channel) for number in range(8) for channel in (CHANNEL, OTHER)))
    for _ in range(8):
        await asyncio.gather(*(sender.drain_once() for sender in senders))
        clock.advance(1)
    assert words(slack) == words(slack, OTHER) == [f"{number}" for number in range(8)]
    assert counts(store) == {"sent": 16}


@pytest.mark.parametrize("route", ROUTES)
async def test_no_trouble_loses_or_doubles_a_message(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, route: str
) -> None:
    is_private = route in {"chat.postEphemeral", "response_url"}
    for number, (trouble, fault, kind, is_there) in enumerate(TROUBLES, 1):
        put(store, said(f"{number}", destination_of(route, slack)))
        slack.fail_next(route, fault)
        looks = len(slack.calls("conversations.history"))
        await drain(sender, clock, rounds=3)
        # What no history holds is sent once more when nobody can know; everything else is there exactly once.
        assert words(slack).count(f"{number}") == 1 + (is_there if is_private else 0), trouble
        assert len(slack.calls("conversations.history")) - looks == (route == "chat.postMessage" and kind is Unknown)
    assert counts(store) == {"sent": len(TROUBLES)}


@pytest.mark.parametrize(
    "fault", [Fault.down(500), Fault.down(503, is_accepted=True), SILENT, Fault.reset(is_accepted=True)]
)
async def test_trouble_that_goes_on_delays_a_message_but_never_doubles_it(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, fault: Fault
) -> None:
    put(store, said("one"), said("two"))
    slack.fail_next("chat.postMessage", fault, fault, fault)
    slack.fail_next("conversations.history", Fault.rate_limited(60), Fault.down(500), Fault.silent(30))
    await drain(sender, clock, rounds=14, seconds=120)
    assert words(slack) == ["one", "two"]


async def test_a_message_that_cannot_be_looked_up_is_sent_twice_at_most(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one", Destination(CHANNEL, MEMBER.id, is_private=True)))
    slack.fail_next("chat.postEphemeral", SILENT, SILENT, SILENT, SILENT)
    await drain(sender, clock, rounds=6)
    assert words(slack) == ["one", "one"]
    assert counts(store) == {"dead": 1}
    assert errors(store) == ["it may have arrived, and no history can tell"]


@pytest.mark.parametrize("route", ["chat.postEphemeral", "response_url"])
async def test_definite_refusals_after_a_doubt_use_up_no_attempt(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, route: str
) -> None:
    put(store, said("one", destination_of(route, slack)))
    slack.fail_next(route, Fault.down(503), *[Fault.rate_limited(7)] * 3)
    await drain(sender, clock)
    assert words(slack) == ["one"]
    assert counts(store) == {"sent": 1}


async def test_a_doubt_after_many_definite_refusals_still_has_its_one_repetition(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one", Destination(CHANNEL, MEMBER.id, is_private=True)))
    slack.fail_next("chat.postEphemeral", *[Fault.rate_limited(7)] * 3, Fault.down(503))
    await drain(sender, clock)
    assert words(slack) == ["one"]
    assert counts(store) == {"sent": 1}


@pytest.mark.parametrize("between", [[], [Fault.rate_limited(7)] * 2], ids=["at once", "with refusals between"])
async def test_the_second_doubt_about_what_no_history_holds_is_the_last(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, between: list[Fault]
) -> None:
    put(store, said("one", Destination(CHANNEL, MEMBER.id, is_private=True)))
    slack.fail_next("chat.postEphemeral", SILENT, *between, SILENT)
    await drain(sender, clock)
    assert words(slack) == ["one", "one"]
    assert counts(store) == {"dead": 1}


async def test_a_channel_whose_history_is_closed_to_the_bot_is_sent_to_twice_at_most(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"))
    slack.fail_next("chat.postMessage", SILENT, SILENT, SILENT)
    slack.fail_next("conversations.history", *[Fault.refused("missing_scope")] * 5)
    await drain(sender, clock, rounds=6)
    assert words(slack) == ["one", "one"]
    assert counts(store) == {"dead": 1}


async def test_too_many_requests_means_waiting_as_long_as_asked_and_no_looking(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"))
    slack.fail_next("chat.postMessage", Fault.rate_limited(90))
    await sender.drain_once()
    clock.advance(89)
    assert await sender.drain_once() == 0
    clock.advance(2)
    assert await sender.drain_once() == 1
    assert words(slack) == ["one"]
    assert slack.calls("conversations.history") == []


@pytest.mark.parametrize(
    "name", ["channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "token_revoked"]
)
async def test_a_lasting_refusal_is_a_dead_letter_with_its_reason_and_the_channel_goes_on(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, name: str
) -> None:
    put(store, said("one"), said("two"))
    slack.fail_next("chat.postMessage", Fault.refused(name))
    await drain(sender, clock, rounds=3)
    assert counts(store) == {"dead": 1, "sent": 1}
    assert errors(store) == [name, None]
    assert words(slack) == ["two"]


async def test_a_crash_after_slack_accepted_is_found_out(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    [post_id] = put(store, said("one"))
    claim_and_die(store, clock)
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"outbox_id": post_id}}
    perform(slack, "chat.postMessage", channel=CHANNEL, text="one said before the crash", metadata=metadata)
    assert await sender.drain_once() == 0
    clock.advance(LEASE_SECONDS)
    assert await sender.drain_once() == 1
    assert words(slack) == ["one"]
    assert counts(store) == {"sent": 1}


async def test_a_crash_before_slack_heard_of_it_is_made_good(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"))
    claim_and_die(store, clock)
    clock.advance(LEASE_SECONDS)
    await sender.drain_once()
    assert words(slack) == ["one"]


async def test_two_crashes_over_a_private_answer_end_its_sending(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one", Destination(CHANNEL, MEMBER.id, is_private=True)))
    for _ in range(2):
        claim_and_die(store, clock)
        clock.advance(LEASE_SECONDS)
    await sender.drain_once()
    assert words(slack) == []
    assert counts(store) == {"dead": 1}


def claim_and_die(store: Store, clock: Clock) -> None:
    """What is left of a sender that is killed while it holds a post."""
    with store.across() as scope:
        assert deliveries.claim(scope, "a sender that died", clock(), LEASE_SECONDS)


async def test_whoever_lost_the_lease_says_nothing_about_the_post(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"))
    slack.fail_next("chat.postMessage", Fault.silent(30))
    with held_up(slack):
        slow = asyncio.create_task(sender.drain_once())
        await until(lambda: bool(slack.calls("chat.postMessage")))
        clock.advance(LEASE_SECONDS)
        assert await sender_for(store, slack, clock).drain_once() == 1
    await slow
    assert words(slack) == ["one"]
    assert counts(store) == {"sent": 1}


async def test_a_view_that_fails_is_a_dead_letter_and_holds_up_nobody(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, Post(Destination(CHANNEL), "no_such_view", {}), Post(Destination(CHANNEL), "tracked", {}), said("one"))
    await drain(sender, clock, rounds=3, seconds=1)
    assert counts(store) == {"dead": 2, "sent": 1}
    assert errors(store)[0] == "the view no_such_view failed; the log has the reason"
    assert words(slack) == ["one"]


async def test_a_workspace_that_has_gone_leaves_dead_letters(store: Store, sender: Sender) -> None:
    put(store, said("one"), team_id="T0GONE")
    await sender.drain_once()
    with store.read("T0GONE") as scope:
        assert outbox.counts(scope)["dead"] == 1


async def test_after_a_day_of_trouble_a_post_is_given_up(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("one"))
    slack.choose_fault(lambda _call: Fault.refused("team_added_to_org"))
    await drain(sender, clock, rounds=6, seconds=timedelta(hours=6).total_seconds())
    assert counts(store) == {"dead": 1}
    assert errors(store) == ["given up after 24 hours: team_added_to_org"]


async def test_every_copy_of_a_card_is_replaced_in_its_place(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put(store, said("card"), said("card", OTHER), advice_id="a1")
    await drain(sender, clock, rounds=1)
    with store.write(TEAM_ID) as scope:
        assert outbox.update_copies(scope, "a1", "tracked", {"workload": "decided"}) == 2
    await drain(sender, clock, rounds=2)
    assert words(slack) == words(slack, OTHER) == ["decided"]


async def test_running_it_sends_what_arrives_and_survives_a_database_that_is_away(
    store: Store, slack: LocalSlack, clock: Clock
) -> None:
    flaky = AwayAtFirst(store)
    running, stop = sender_for(flaky, slack, clock), asyncio.Event()  # type: ignore[arg-type]  # it does what is needed
    task = asyncio.create_task(running.run(stop))
    put(store, said("one"))
    await until(lambda: bool(words(slack)))
    stop.set()
    await task
    assert flaky.refused == 2
    assert counts(store) == {"sent": 1}


class AwayAtFirst:
    """A store that cannot be reached the first two times."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.refused = 0

    @contextmanager
    def across(self) -> Iterator[Scope]:
        if self.refused < 2:
            self.refused += 1
            raise ConnectionError("the database is away")
        with self._store.across() as scope:
            yield scope


async def test_a_slow_channel_holds_up_no_other(store: Store, slack: LocalSlack, clock: Clock) -> None:
    running, stop = sender_for(store, slack, clock), asyncio.Event()
    slack.choose_fault(lambda call: Fault.silent(30) if call.arguments.get("channel") == CHANNEL else None)
    put(store, said("slow"), said("one", OTHER))
    with held_up(slack):
        task = asyncio.create_task(running.run(stop))
        await until(lambda: bool(words(slack, OTHER)))
        stop.set()
    await task
    assert words(slack) == []
    assert counts(store) == {"sent": 1, "waiting": 1}


async def test_a_workspace_whose_slack_is_slow_does_not_take_every_place(
    store: Store, slack: LocalSlack, clock: Clock
) -> None:
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)
    running, stop = Sender(store, lambda _: client, clock, timeout_seconds=TIMEOUT_SECONDS), asyncio.Event()
    slack.choose_fault(lambda call: Fault.silent(30) if call.arguments.get("user") else None)
    to_many = [Destination(user=f"U{number}", channel=f"C{number}", is_private=True) for number in range(40)]
    put(store, *(said("slow", each) for each in to_many), team_id="T0SLOW")
    put(store, said("one"))
    with held_up(slack):
        task = asyncio.create_task(running.run(stop))
        await until(lambda: bool(words(slack)))
        stop.set()
        assert len(slack.calls("chat.postEphemeral")) < 20
    await task
    assert counts(store) == {"sent": 1}
