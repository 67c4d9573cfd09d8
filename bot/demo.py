"""The demonstration: the real bot, the sample history, and the local workspace in place of Slack, in one process."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest
from typing import TypeVar

import httpx

from bot.app import Bot, build
from bot.config import Settings
from bot.files import Report
from bot.jobs.receipts import Receipts
from bot.local.delivery import Ack
from bot.local.interactions import Interactions
from bot.local.receiver import Receiver
from bot.local.server import serving
from bot.local.slack import LocalSlack
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, TEAM_ID, PostedMessage
from bot.posts import Destination, Message
from bot.store import history
from bot.usecases.digests.digest import digest_now, survey
from bot.usecases.following.webhooks import signature
from bot.usecases.learning.importing import Imported, import_sample
from bot.usecases.learning.learn import learn
from bot.usecases.learning.rehearsing import week
from bot.usecases.room import utc_now
from bot.usecases.workspace.preferences import preferences
from bot.vault import new_key
from bot.views import as_text

__all__ = ["QUESTION", "Demo", "StoryStopped", "demonstration", "story"]

QUESTION = "video-gen production"
_APPROVE = "advice.approve."
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_WEEK = timedelta(days=7)
_Found = TypeVar("_Found")


class StoryStopped(Exception):
    """The bot did not do what the story was waiting for; the message says what that was."""


class Calendar:
    """The demonstration's clock: the real time, and as many weeks more as somebody let pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def turn(self) -> None:
        """A week later."""
        self._ahead += _WEEK


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration: where its page is, where its bot takes requests, and what was imported.

    `receiver_url` is that of a stand-in for a system of somebody's own, which the webhook may be given.
    """

    slack: LocalSlack
    bot: Bot
    bot_url: str
    imported: Imported
    calendar: Calendar
    receiver_url: str

    def post_digest(self) -> None:
        """Put a digest for the demonstration's channel into the outbox."""
        digest_now(self.bot.room, survey(self.bot.room, TEAM_ID), Destination(CHANNEL))

    async def pass_week(self) -> None:
        """Let a week pass: all goes on; what was approved or is to be tried runs a little slower than predicted."""
        await asyncio.to_thread(self._live_through)
        await Receipts(self.bot.room).look_once()

    def _live_through(self) -> None:
        began = self.calendar()
        with self.bot.store.read(TEAM_ID) as scope:
            made = week(scope, began)
        self.calendar.turn()
        with self.bot.store.write(TEAM_ID) as scope:
            history.add_runs(scope, "demo", made)
        learn(self.bot.room, TEAM_ID, sorted({run.workload for run in made}), Report(_unexpected, _unexpected))


@contextmanager
def demonstration(port: int = 0) -> Iterator[Demo]:
    """Serve the page on `port` (0: a free one) of 127.0.0.1 inside the block; everything it remembers ends with it.

    Raises:
        PortTaken: another program listens there.
    """
    with tempfile.TemporaryDirectory(prefix="gpu-advise-") as folder, LocalSlack().served(port) as slack:
        calendar = Calendar()
        bot = build(_settings(slack, f"sqlite:///{folder}/demo.db"), clock=calendar)
        bot.store.migrate()
        imported = import_sample(bot.room, TEAM_ID, Report(_unexpected, _unexpected))
        receiver = Receiver(slack.workspace, partial(_is_genuine, bot))
        with serving(bot.asgi) as address, serving(receiver.asgi) as receiving:
            receiver.open(receiving)
            demo = Demo(slack, bot, f"{address}/slack/events", imported, calendar, receiving)
            slack.connect(demo.bot_url, lambda: asyncio.to_thread(demo.post_digest), demo.pass_week)
            yield demo


def _settings(slack: LocalSlack, database_url: str) -> Settings:
    return Settings.read(
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        database_url=database_url,
        gpu_advise_secret_keys=new_key(),
        gpu_advise_webhook_networks="127.0.0.1/32",  # its own receiver; a real bot sends there only where it is told to
    )


def _is_genuine(bot: Bot, timestamp: str, body: bytes, signed: str) -> bool:
    """Whether a delivery is signed with the secret that the workspace's form showed."""
    with bot.store.read(TEAM_ID) as scope:
        sealed = preferences(scope).webhook_secret
    right = "" if sealed is None else signature(bot.room.vault.open(sealed), timestamp, body.decode("utf-8", "replace"))
    return compare_digest(right.encode(), signed.encode())


def _unexpected(problem: object) -> None:
    """Shipped files are held to have no bad rows; one that appears must not go unseen."""
    raise AssertionError(problem)


async def story(demo: Demo, tell: Callable[[str], object]) -> None:
    """Play the whole story: ask, read the answer, approve it, run a digest. `tell` is given each part as text.

    Raises:
        StoryStopped: the bot did not answer in a minute, or not as it should.
    """
    tell(f"A local workspace stands in for Slack; {demo.imported.added:,} sample runs are imported.")
    async with httpx.AsyncClient(trust_env=False) as client:
        hands = demo.slack.interactions(client, demo.bot_url)
        card = await _ask(demo, hands, tell)
        await _approve(demo, hands, card, tell)
    tell("Ada runs a digest now.")
    await asyncio.to_thread(demo.post_digest)
    digest = await _until(lambda: _latest(demo, after=card, is_public=True), "the digest arrives")
    tell(_said(digest))


async def _ask(demo: Demo, hands: Interactions, tell: Callable[[str], object]) -> PostedMessage:
    tell(f"Ada types: /gpu-advise {QUESTION}")
    ack = await hands.command(QUESTION)
    tell(_acknowledged(ack))
    card = await _until(lambda: _latest(demo), "an answer arrives")
    tell(_said(card))
    return card


async def _approve(demo: Demo, hands: Interactions, card: PostedMessage, tell: Callable[[str], object]) -> None:
    """Press the first approval, which is that of the recommended pick, and confirm it."""
    elements = [element for block in card.blocks for element in block.get("elements", ())]
    approvals = [one for one in elements if one.get("action_id", "").startswith(_APPROVE)]
    if not approvals:
        raise StoryStopped("the answer offers nothing to approve")
    before = _lines(card)
    tell(f"Ada presses: {approvals[0]['text']['text']}")
    tell(_acknowledged(await hands.press(card, approvals[0]["action_id"])))
    form = await _until(lambda: demo.slack.state.views.top(ADMINISTRATOR.id), "the form opens that asks to confirm")
    if "submit" not in form.content:
        raise StoryStopped(f"the approval is refused: {' '.join(_form(form))}")
    tell("\n".join(["A form asks to confirm:", *_form(form), f"Ada presses: {form.content['submit']['text']}"]))
    tell(_acknowledged(await hands.submit(form, {})))
    await _until(lambda: card.edited_ts, "the card shows the decision")
    now = _lines(card)
    tell("\n".join(["The answer now says:", *_new(now, before), "and no longer shows:", *_new(before, now)]))


def _latest(demo: Demo, after: PostedMessage | None = None, *, is_public: bool = False) -> PostedMessage | None:
    """The newest message of the bot's, later than `after`."""
    said = [m for m in demo.slack.messages(CHANNEL) if not (is_public and m.is_ephemeral)]
    return said[-1] if said and (after is None or said[-1].ts > after.ts) else None


async def _until(look: Callable[[], _Found | None], what: str) -> _Found:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > give_up_at:
            raise StoryStopped(f"waited in vain until {what}")
        await asyncio.sleep(_LOOK_SECONDS)
    return found


def _acknowledged(ack: Ack) -> str:
    if not ack.is_ok:
        raise StoryStopped(f"the bot did not acknowledge: {ack.problem}")
    return f"The bot acknowledges after {ack.seconds * 1000:.0f} ms and works on."


def _said(message: PostedMessage) -> str:
    marks = " (only visible to Ada)" if message.is_ephemeral else ""
    return "\n".join([f"gpu-advise{marks}:", *_lines(message)])


def _lines(message: PostedMessage) -> list[str]:
    """A message as text, with people's names for their ids, set in from the left."""
    return _set_in(Message(message.text, tuple(message.blocks)))


def _form(form: OpenView) -> list[str]:
    """A modal as text, without its inputs."""
    words = tuple(block for block in form.content["blocks"] if block["type"] != "input")
    return _set_in(Message(form.content["title"]["text"], words))


def _set_in(message: Message) -> list[str]:
    text = as_text(message)
    for person in (ADMINISTRATOR, MEMBER):
        text = text.replace(person.id, person.name)
    return [f"  | {line}".rstrip() for line in text.splitlines()]


def _new(lines: list[str], before: list[str]) -> list[str]:
    return [line for line in lines if line not in before]
