"""A card's chart: drawn and uploaded once, shown by every copy, and never worth more than the card."""

import asyncio
import json
from typing import Any

import pytest
import structlog
from slack_sdk.web.async_client import AsyncWebClient

import bot.jobs.pictures
import bot.jobs.sender
from bot.charts import Chart, NotDrawn
from bot.jobs import courier
from bot.jobs.pictures import Draw, Pictures
from bot.jobs.sender import Sender
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import CHANNEL, MEMBER, TEAM_ID, PostedMessage
from bot.posts import Destination, Post
from bot.store import Store, charts, outbox
from tests.jobs.clocks import Clock
from tests.jobs.hourglass import turned
from tests.views.view_samples import UNDETERMINED, card

PNG = b"\x89PNG\r\n\x1a\n a chart"
TIMEOUT_SECONDS = 10.0
FRONTIER = [(280.0, 0.06), (56.0, 0.09)]
IN_CHANNEL = Destination(CHANNEL)


class Artist:
    """Draws nothing, and remembers what it was asked for."""

    def __init__(self, *troubles: Exception) -> None:
        self.asked: list[Chart] = []
        self._troubles = list(troubles)

    async def draw(self, chart: Chart, _seconds: float) -> bytes:
        self.asked.append(chart)
        if self._troubles:
            raise self._troubles.pop(0)
        return PNG


@pytest.fixture(autouse=True)
def no_waiting(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    turned(monkeypatch, slack, courier, bot.jobs.pictures, bot.jobs.sender)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def artist() -> Artist:
    return Artist()


def sender_for(store: Store, slack: LocalSlack, clock: Clock, draw: Draw) -> Sender:
    def client_for(team_id: str) -> AsyncWebClient:
        return {TEAM_ID: AsyncWebClient(BOT_TOKEN, base_url=slack.api_url, timeout=60)}[team_id]

    pictures = Pictures(store, draw, clock, seconds=TIMEOUT_SECONDS)
    return Sender(store, client_for, clock, timeout_seconds=TIMEOUT_SECONDS, pictures=pictures)


@pytest.fixture
def sender(store: Store, slack: LocalSlack, clock: Clock, artist: Artist) -> Sender:
    return sender_for(store, slack, clock, artist.draw)


def put_card(store: Store, *places: Destination, with_chart: bool = True, **changes: Any) -> None:
    data = card(**changes)
    with store.write(TEAM_ID) as scope:
        if with_chart and charts.get(scope, data["advice_id"]) is None:
            charts.put(scope, data["advice_id"], FRONTIER)
        for place in places or (IN_CHANNEL,):
            outbox.put(scope, Post(place, "advice", data), advice_id=data["advice_id"])


async def drain(sender: Sender, clock: Clock, rounds: int = 4) -> None:
    for _ in range(rounds):
        await sender.drain_once()
        clock.advance(60)


def pictures(slack: LocalSlack) -> list[str | None]:
    """The file that each message shows; None for one without a picture."""
    return [picture(message) for message in slack.messages()]


def picture(message: PostedMessage) -> str | None:
    return next((block["slack_file"]["id"] for block in message.blocks if block["type"] == "image"), None)


def kept(store: Store) -> str | None:
    with store.read(TEAM_ID) as scope:
        stored = charts.get(scope, "A-1")
    assert stored is not None
    return stored.file_id


def states(store: Store) -> dict[str, int]:
    with store.read(TEAM_ID) as scope:
        return {state: count for state, count in outbox.counts(scope).items() if count}


async def test_a_card_shows_its_chart_from_the_first_moment(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, artist: Artist
) -> None:
    put_card(store)
    await drain(sender, clock)
    (shown,) = pictures(slack)
    assert shown is not None
    assert slack.workspace.files[shown].content == PNG
    assert kept(store) == shown
    assert [(spot.seconds_per_unit, spot.usd_per_unit) for spot in artist.asked[0].frontier] == FRONTIER


@pytest.mark.parametrize("how", ["ephemeral", "response address"])
async def test_an_answer_that_one_person_sees_shows_it_too(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, how: str
) -> None:
    url = slack.response_url(CHANNEL, MEMBER.id) if how == "response address" else None
    put_card(store, Destination(CHANNEL, MEMBER.id, response_url=url, is_private=True))
    await drain(sender, clock)
    (message,) = slack.messages()
    assert message.is_ephemeral
    assert picture(message) is not None


async def test_every_copy_and_every_redraw_shows_the_same_file_without_another_upload(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put_card(store, IN_CHANNEL, Destination("C0GENERAL"))
    await drain(sender, clock)
    uploads = len(slack.calls("files.completeUploadExternal"))
    with store.write(TEAM_ID) as scope:
        assert outbox.update_copies(scope, "A-1", "advice", card(state="expired")) == 2
    await drain(sender, clock)
    assert set(pictures(slack)) == {kept(store)}
    assert all("Expired" in str(message.blocks) for message in slack.messages())
    assert len(slack.calls("files.completeUploadExternal")) == uploads


async def test_two_copies_that_are_sent_at_once_agree_on_one_file(
    store: Store, slack: LocalSlack, clock: Clock, artist: Artist
) -> None:
    senders = [sender_for(store, slack, clock, artist.draw) for _ in range(2)]
    put_card(store, IN_CHANNEL, Destination("C0GENERAL"))
    await asyncio.gather(*(each.drain_once() for each in senders))
    assert set(pictures(slack)) == {kept(store)}


async def test_a_card_without_a_chart_asks_for_none(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, artist: Artist
) -> None:
    put_card(store, with_chart=False)
    put_card(store, answer=UNDETERMINED, advice_id="A-2")
    await drain(sender, clock)
    assert pictures(slack) == [None, None]
    assert not artist.asked
    assert not slack.calls("files.getUploadURLExternal")


TROUBLES = {
    "missing scope": Fault.refused("missing_scope"),
    "too fast": Fault.rate_limited(30),
    "down": Fault.down(503),
    "broken": Fault.down(500, is_accepted=True),
    "page instead of JSON": Fault(body="<html></html>", content_type="text/html"),
    "nonsense": Fault(body="[]"),
    "empty": Fault(body='{"ok": true}'),
    "reset": Fault.reset(),
    "silent": Fault.silent(30),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_chart_that_cannot_be_uploaded_never_costs_the_card(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock, method: str, trouble: str
) -> None:
    slack.fail_next(method, TROUBLES[trouble])
    put_card(store)
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [None]
    assert states(store) == {"sent": 1}
    assert kept(store) is None


async def test_an_upload_that_slack_does_not_take_never_costs_the_card(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    answer = {"ok": True, "upload_url": f"{slack.address}/upload/F0NOTHERE1", "file_id": "F0NOTHERE1"}
    slack.fail_next("files.getUploadURLExternal", Fault(body=json.dumps(answer)))
    put_card(store)
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [None]


@pytest.mark.parametrize("problem", [NotDrawn("the process that draws died twice"), RuntimeError("a mistake of ours")])
async def test_a_chart_that_cannot_be_drawn_never_costs_the_card(
    store: Store, slack: LocalSlack, clock: Clock, problem: Exception
) -> None:
    put_card(store)
    await drain(sender_for(store, slack, clock, Artist(problem).draw), clock, rounds=1)
    assert pictures(slack) == [None]


async def test_a_chart_that_takes_longer_than_its_card_was_held_costs_nothing(
    store: Store, slack: LocalSlack, clock: Clock, artist: Artist
) -> None:
    async def slowly(chart: Chart, seconds: float) -> bytes:
        clock.advance(3600)
        return await artist.draw(chart, seconds)

    put_card(store)
    await drain(sender_for(store, slack, clock, slowly), clock, rounds=1)
    assert pictures(slack) == [kept(store)]
    assert states(store) == {"sent": 1}


async def test_a_card_that_another_process_took_while_its_chart_was_drawn_is_said_once(
    store: Store, slack: LocalSlack, clock: Clock, artist: Artist, sender: Sender
) -> None:
    async def slowly(chart: Chart, seconds: float) -> bytes:
        clock.advance(3600)
        await sender.drain_once()
        return await artist.draw(chart, seconds)

    put_card(store)
    await drain(sender_for(store, slack, clock, slowly), clock)
    assert pictures(slack) == [kept(store)]
    assert states(store) == {"sent": 1}


async def test_an_answer_of_slack_that_makes_no_sense_is_one_line_of_the_log(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    for trouble in ("page instead of JSON", "nonsense", "empty"):
        slack.fail_next("files.getUploadURLExternal", TROUBLES[trouble])
        put_card(store)
        with structlog.testing.capture_logs() as lines:
            await drain(sender, clock, rounds=1)
        assert [line["event"] for line in lines] == ["card goes without its chart"]
        assert "exc_info" not in lines[0]


async def test_a_chart_that_failed_once_is_drawn_again_for_the_next_copy(
    store: Store, slack: LocalSlack, clock: Clock
) -> None:
    put_card(store, IN_CHANNEL)
    sender = sender_for(store, slack, clock, Artist(NotDrawn("slow")).draw)
    await drain(sender, clock, rounds=1)
    put_card(store, Destination("C0GENERAL"))
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [None, kept(store)]


def is_for_a_picture(slack: LocalSlack) -> None:
    """From now on Slack has not looked through any file yet."""
    refused = Fault.refused("invalid_blocks")
    slack.choose_fault(lambda call: refused if "slack_file" in str(call.arguments.get("blocks")) else None)


async def test_a_file_that_slack_has_not_looked_through_yet_is_waited_for(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put_card(store)
    slack.fail_next("chat.postMessage", *[Fault.refused("invalid_blocks")] * 2)
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [kept(store)]
    assert len(slack.messages()) == 1


async def test_a_file_that_slack_goes_on_refusing_is_left_out_and_uploaded_anew_the_next_time(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put_card(store)
    is_for_a_picture(slack)
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [None]
    assert kept(store) is None
    slack.choose_fault(lambda _: None)
    put_card(store, Destination("C0GENERAL"))
    await drain(sender, clock, rounds=1)
    assert pictures(slack) == [None, kept(store)]


async def test_blocks_that_slack_refuses_for_another_reason_are_a_dead_letter_all_the_same(
    store: Store, slack: LocalSlack, sender: Sender, clock: Clock
) -> None:
    put_card(store)
    slack.choose_fault(lambda call: Fault.refused("invalid_blocks") if call.method == "chat.postMessage" else None)
    await drain(sender, clock, rounds=2)
    assert pictures(slack) == []
    assert states(store) == {"dead": 1}


async def test_a_chart_belongs_to_its_workspace(store: Store) -> None:
    put_card(store)
    with store.read("T0OTHER") as scope:
        assert charts.get(scope, "A-1") is None
