"""Faults of Slack × each call on the way of a message: nothing lost, nothing doubled, dead letters in sight.

Modals, people, installing and connecting meet the same faults in test_every_other_fault_of_slack.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlmodel import col

import bot.jobs.pictures
import bot.jobs.sender
from bot.charts import Chart
from bot.jobs import courier
from bot.jobs.pictures import Pictures
from bot.jobs.sender import Sender
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import CHANNEL, MEMBER, TEAM_ID, PostedMessage
from bot.posts import Destination, Post
from bot.store import Store, charts, outbox
from bot.store.tables import OutboxRow
from bot.usecases.room import Room
from bot.usecases.workspace.listing import status
from bot.web.metrics import Queues
from tests.jobs.clocks import Clock
from tests.jobs.hourglass import turned
from tests.jobs.slack_faults import FAULTS, LASTING
from tests.jobs.troubles import perform
from tests.views.home_cases import HOME_CASES
from tests.views.view_samples import card


@pytest.fixture(autouse=True)
def no_waiting(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, slack, courier, bot.jobs.pictures, bot.jobs.sender)


HOME = HOME_CASES["home"]["empty"]


@dataclass(frozen=True)
class Route:
    """A call on the way of a message: the destination that takes it, whether a history can tell of the message, whether
    it may go another way where this one is closed, and what must go wrong first so that the call is made at all."""

    destination: Callable[[LocalSlack], Destination]
    is_findable: bool = True
    has_another_way: bool = False
    before: tuple[str, Fault] | None = None


def _thread(slack: LocalSlack) -> Destination:
    return Destination(CHANNEL, thread_ts=perform(slack, "chat.postMessage", channel=CHANNEL, text="earlier")["ts"])


def _in_place(slack: LocalSlack) -> Destination:
    return Destination(CHANNEL, update_ts=perform(slack, "chat.postMessage", channel=CHANNEL, text="earlier")["ts"])


def _answer(slack: LocalSlack) -> Destination:
    return Destination(CHANNEL, MEMBER.id, response_url=slack.response_url(CHANNEL, MEMBER.id), is_private=True)


LOST_ANSWER = ("chat.postMessage", Fault.down(503, is_accepted=True))
ROUTES: dict[str, Route] = {
    "chat.postMessage": Route(lambda _: Destination(CHANNEL)),
    "chat.update": Route(_in_place),
    "chat.postEphemeral": Route(
        lambda _: Destination(CHANNEL, MEMBER.id, is_private=True), is_findable=False, has_another_way=True
    ),
    "response_url": Route(_answer, is_findable=False, has_another_way=True),
    "conversations.open": Route(lambda _: Destination(user=MEMBER.id)),
    "conversations.history": Route(lambda _: Destination(CHANNEL), before=LOST_ANSWER, has_another_way=True),
    "conversations.replies": Route(_thread, before=LOST_ANSWER, has_another_way=True),
    "views.publish": Route(lambda _: Destination(user=MEMBER.id, is_home=True)),
}


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the sender does on both databases is tried in test_sender.py."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sender(store: Store, slack: LocalSlack, clock: Clock) -> Sender:
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)
    return Sender(store, lambda _: client, clock, pictures=Pictures(store, drawn, clock))


async def drawn(_chart: Chart, _seconds: float) -> bytes:
    return b"\x89PNG\r\n\x1a\n a chart"


@on_sqlite
@pytest.mark.parametrize("call", ROUTES)
async def test_a_message_is_there_once_or_is_a_dead_letter_in_sight(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, call: str
) -> None:
    dead = set()
    for name, fault in FAULTS.items():
        meet(slack, call, fault)
        destination, word = ROUTES[call].destination(slack), re.sub(r"\W+", "-", name)
        post_id = put(store, destination, word)
        await drain(sender, clock)
        state, shown = state_of(store, post_id), times_shown(slack, destination, word)
        if state == "dead":
            dead.add(name)
            assert shown == 0, f"{name}: a message that is there is no dead letter"
        else:
            assert state == "sent", name
            assert 1 <= shown <= most_shown(call, name), name
    assert dead == (set() if ROUTES[call].has_another_way else LASTING)
    assert status(Room(store), TEAM_ID)["outbox"] == {"waiting": 0, "dead": len(dead)}
    assert in_metrics(store) == len(dead)


def meet(slack: LocalSlack, call: str, fault: Fault) -> None:
    """Let the next call meet this fault, and nothing that was planned before."""
    slack.web_api._faults.clear()
    slack.state.views._homes.clear()
    before = ROUTES[call].before
    if before is not None:
        slack.fail_next(before[0], before[1])
    slack.fail_next(call, fault)


def most_shown(call: str, name: str) -> int:
    """Where no history can tell, an answer twice is better than none; three times is not."""
    is_blind = call in {"conversations.history", "conversations.replies"} and name in LASTING
    return 2 if is_blind or (FAULTS[name].is_accepted and not ROUTES[call].is_findable) else 1


def put(store: Store, destination: Destination, word: str) -> str:
    with store.write(TEAM_ID) as scope:
        view, data = ("home", HOME) if destination.is_home else ("tracked", {"workload": word})
        return outbox.put(scope, Post(destination, view, data))


async def drain(sender: Sender, clock: Clock, rounds: int = 4) -> None:
    """Let the sender do what it can, with time passing in between."""
    for _ in range(rounds):
        if not await sender.drain_once():
            return  # a minute is longer than any wait here
        clock.advance(60)


def state_of(store: Store, post_id: str) -> str:
    with store.read(TEAM_ID) as scope:
        return str(scope.scalars(select(col(OutboxRow.state)).where(col(OutboxRow.id) == post_id)).one())


def in_metrics(store: Store) -> float | None:
    registry = CollectorRegistry()
    registry.register(Queues(store))
    return registry.get_sample_value("gpu_advise_outbox_posts", {"state": "dead"})


def times_shown(slack: LocalSlack, destination: Destination, word: str) -> int:
    """How often the message can be seen, anywhere."""
    if destination.is_home:
        return int(slack.state.views.home(destination.user or "") is not None)
    return sum(message.text.split()[0] == word for message in slack.messages())


UPLOADS = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


@on_sqlite
@pytest.mark.parametrize("call", UPLOADS)
async def test_a_card_whose_chart_does_not_arrive_is_there_once_and_a_later_copy_shows_it(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, call: str
) -> None:
    for name, fault in FAULTS.items():
        slack.fail_next(call, fault)
        put_card(store, name)
        await drain(sender, clock, rounds=1)
    put_card(store, "429")
    await drain(sender, clock, rounds=1)
    shown = dict(zip([*FAULTS, "later copy"], map(shows_a_chart, slack.messages()), strict=True))
    believed = {"nothing but ok after acceptance"} if call == "upload" else set()
    assert {name for name, is_shown in shown.items() if is_shown} == {"later copy"} | believed
    assert status(Room(store), TEAM_ID)["outbox"] == {"waiting": 0, "dead": 0}


def put_card(store: Store, advice_id: str) -> None:
    with store.write(TEAM_ID) as scope:
        if charts.get(scope, advice_id) is None:
            charts.put(scope, advice_id, [(280.0, 0.06), (56.0, 0.09)])
        outbox.put(scope, Post(Destination(CHANNEL), "advice", card(advice_id=advice_id)), advice_id=advice_id)


def shows_a_chart(message: PostedMessage) -> bool:
    return any(block["type"] == "image" for block in message.blocks)
