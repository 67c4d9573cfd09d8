"""Faults of Slack × each call that the bot makes: nothing lost, nothing doubled, dead letters in sight.

Charts (`files.*`) meet the same faults in test_pictures.py, installing (`oauth.v2.access`) in test_installing.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlmodel import col

from bot.jobs.sender import Sender
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, TEAM_ID
from bot.posts import Destination, Post
from bot.slack import opener, people
from bot.slack.opener import Opener
from bot.slack.people import Directory
from bot.store import Store, outbox
from bot.store.tables import OutboxRow
from bot.usecases.requests import Click
from bot.usecases.room import Room, Shelf
from bot.usecases.workspace.listing import status
from bot.usecases.workspace.people import WhoIsThat
from bot.web.metrics import Queues
from tests.jobs.clocks import Clock
from tests.jobs.troubles import perform

TIMEOUT_SECONDS = 0.4
ERRORS = (
    "channel_not_found", "fatal_error", "internal_error", "invalid_auth", "invalid_blocks", "is_archived",
    "missing_scope", "not_in_channel", "ratelimited", "service_unavailable", "team_added_to_org", "token_revoked",
)  # fmt: skip

FAULTS: dict[str, Fault] = {
    "429": Fault.rate_limited(7),
    "500": Fault.down(500),
    "500 after acceptance": Fault.down(500, is_accepted=True),
    "503": Fault.down(503),
    "503 after acceptance": Fault.down(503, is_accepted=True),
    "silence": Fault.silent(1),
    "silence after acceptance": Fault.silent(1, is_accepted=True),
    "30 s slow": Fault(body='{"ok": true}', seconds=30.0, is_accepted=True),
    "reset": Fault.reset(),
    "reset after acceptance": Fault.reset(is_accepted=True),
    "HTML": Fault(body="<html>ok</html>", content_type="text/html"),
    **{f"ok: false, {name}": Fault.refused(name) for name in ERRORS},
}


@dataclass(frozen=True)
class Route:
    """A call on the way of a message: the destination that takes it, whether a history can tell of the message, and
    what must go wrong first so that the call is made at all."""

    destination: Callable[[LocalSlack], Destination]
    is_findable: bool = True
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
    "chat.postEphemeral": Route(lambda _: Destination(CHANNEL, MEMBER.id, is_private=True), is_findable=False),
    "response_url": Route(_answer, is_findable=False),
    "conversations.open": Route(lambda _: Destination(user=MEMBER.id)),
    "conversations.history": Route(lambda _: Destination(CHANNEL), before=LOST_ANSWER),
    "conversations.replies": Route(_thread, before=LOST_ANSWER),
    "views.publish": Route(lambda _: Destination(user=MEMBER.id, is_home=True)),
}


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the sender does on both databases is tried in test_sender.py."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@on_sqlite
@pytest.mark.parametrize("call", ROUTES)
async def test_a_message_is_there_once_or_is_a_dead_letter_in_sight(
    store: Store, slack: LocalSlack, shelf: Shelf, clock: Clock, call: str
) -> None:
    dead = 0
    for name, fault in FAULTS.items():
        meet(slack, call, fault)
        destination, word = ROUTES[call].destination(slack), name.replace(" ", "-")
        post_id = put(store, destination, word)
        await drain(store, slack, clock)
        state, shown = state_of(store, post_id), times_shown(slack, destination, word)
        if state == "dead":
            dead += 1
            assert shown == 0, f"{name}: a message that is there is no dead letter"
        else:
            assert state == "sent", name
            assert 1 <= shown <= most_shown(call, fault), name
    assert status(Room(store, shelf), TEAM_ID)["outbox"] == {"waiting": 0, "dead": dead}
    assert in_metrics(store) == dead


def meet(slack: LocalSlack, call: str, fault: Fault) -> None:
    """Let the next call meet this fault, and nothing that was planned before."""
    slack.web_api._faults.clear()
    slack.state.views._homes.clear()
    before = ROUTES[call].before
    if before is not None:
        slack.fail_next(before[0], before[1])
    slack.fail_next(call, fault)


def most_shown(call: str, fault: Fault) -> int:
    """Where no history can tell, an answer twice is better than none; three times is not."""
    is_blind = call in {"conversations.history", "conversations.replies"} and is_lasting(fault)
    return 2 if is_blind or (fault.is_accepted and not ROUTES[call].is_findable) else 1


def put(store: Store, destination: Destination, word: str) -> str:
    with store.write(TEAM_ID) as scope:
        view, data = ("modal_waiting", {}) if destination.is_home else ("tracked", {"workload": word})
        return outbox.put(scope, Post(destination, view, data))


async def drain(store: Store, slack: LocalSlack, clock: Clock) -> None:
    """Let the sender do what it can, with time passing in between."""
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=5)
    sender = Sender(store, lambda _: client, clock, timeout_seconds=TIMEOUT_SECONDS)
    for _ in range(4):
        await sender.drain_once()
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


def is_lasting(fault: Fault) -> bool:
    """Whether the refusal says that asking again is useless, so that the history cannot be looked at."""
    passing = ("ratelimited", "fatal_error", "internal_error", "service_unavailable", "team_added_to_org")
    return '"ok": false' in fault.body and not any(name in fault.body for name in passing)


def a_click(slack: LocalSlack, action_id: str, value: str = "", view_id: str | None = None) -> Click:
    trigger = slack.state.grants.new_trigger(ADMINISTRATOR.id)
    return Click(
        team_id=TEAM_ID, user_id=ADMINISTRATOR.id, channel_id=CHANNEL, action_id=action_id, value=value,
        trigger_id=trigger, view_id=view_id,
    )  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("call", ["views.open", "views.push", "views.update"])
async def test_who_gets_no_modal_is_told_to_press_again(
    store: Store, slack: LocalSlack, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(opener, "_TIMEOUT_SECONDS", TIMEOUT_SECONDS)
    for number, (name, fault) in enumerate(FAULTS.items(), 1):
        slack.web_api._faults.clear()
        is_shown = await is_modal_shown(store, slack, shelf, call, fault)
        told = times_told(store)
        assert is_shown or told == number, name
        assert is_shown is fault.is_accepted, name
        assert told == number, f"{name}: whoever cannot know is told as well"


async def is_modal_shown(store: Store, slack: LocalSlack, shelf: Shelf, call: str, fault: Fault) -> bool:
    """Open, stack or turn a modal while Slack makes trouble; whether the person sees it."""
    client = AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=5)
    openers = Opener(Room(store, shelf), lambda _: client)
    view_id = None
    if call != "views.open":
        openers.begin(a_click(slack, "digest.new"))
        await openers.idle()
        view_id = (top(slack) or ("",))[0]
    slack.fail_next(call, fault)
    before = top(slack)
    action_id = "digest.all" if call == "views.update" else "digest.new"
    openers.begin(a_click(slack, action_id, "no-digest:0", view_id))
    await openers.idle()
    await openers.stop(1)
    return top(slack) != before


def top(slack: LocalSlack) -> tuple[str, str] | None:
    """The modal on top: its id and its title."""
    view = slack.state.views.top(ADMINISTRATOR.id)
    return None if view is None else (view.id, view.content["title"]["text"])


def times_told(store: Store) -> int:
    with store.read(TEAM_ID) as scope:
        return len(scope.scalars(select(OutboxRow).where(col(OutboxRow.view) == "lost")).all())


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_nobody_is_taken_for_somebody_else(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    monkeypatch.setattr(people, "_TIMEOUT_SECONDS", TIMEOUT_SECONDS)
    slack.fail_next("users.info", fault)
    directory = Directory(lambda _: BOT_TOKEN, slack.api_url)
    with pytest.raises(WhoIsThat):
        directory(TEAM_ID, ADMINISTRATOR.id)
    assert directory(TEAM_ID, ADMINISTRATOR.id).is_administrator, "nothing wrong is remembered"
