"""A bot and a workspace for a test: real signed requests in, messages at a served stand-in for Slack out."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.app import Bot, build
from bot.charts import Chart
from bot.config import Settings
from bot.files import Report
from bot.local.interactions import Interactions
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, PostedMessage
from bot.store import Store, history
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Run

__all__ = [
    "EVENTS",
    "Clock",
    "Story",
    "a_pixel",
    "blocks_text",
    "buttons",
    "keep_runs",
    "runs",
    "settings_for",
    "story",
]

PICTURE = bytes.fromhex(  # one grey pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63680000008200"
    "81dd436af40000000049454e44ae426082"
)
EVENTS = "http://bot/slack/events"


class Clock:
    """The real time, moved forward at will: a channel's second of rest need not be waited for."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Story:
    """One bot in one workspace. `hands` act as the people there; `settle` waits until every answer has arrived."""

    slack: LocalSlack
    bot: Bot
    client: httpx.AsyncClient
    clock: Clock

    @property
    def team_id(self) -> str:
        return self.slack.workspace.team_id

    @property
    def hands(self) -> Interactions:
        return self.slack.interactions(self.client, EVENTS)

    async def settle(self) -> None:
        await self.bot.idle()
        while await self.bot.sender.drain_once():
            self.clock.ahead += timedelta(seconds=2)

    async def ask(self, text: str, user_id: str = ADMINISTRATOR.id) -> PostedMessage:
        """Type the command; the newest message there is afterwards."""
        ack = await self.hands.command(text, user_id=user_id)
        assert (ack.status, ack.body) == (200, b"")
        await self.settle()
        return self.slack.messages(CHANNEL)[-1]

    async def press(self, message: PostedMessage, action_id: str, user_id: str = ADMINISTRATOR.id) -> None:
        """Press a button, or the entry of the menu behind three dots that stands for it."""
        entry = next((it for it in _entries(message) if it["value"].startswith(f"{action_id} ")), None)
        if entry is None:
            ack = await self.hands.press(message, action_id, user_id=user_id)
        else:
            action = {"type": "overflow", "action_id": "more", "block_id": "b", "selected_option": entry}
            ack = await self.hands.act(message, action, user_id=user_id)
        assert (ack.status, ack.body) == (200, b"")
        await self.settle()

    def shown(self, message: PostedMessage) -> PostedMessage:
        """The message as it stands now."""
        return next(each for each in self.slack.messages(message.channel_id) if each.ts == message.ts)


def settings_for(slack: LocalSlack, database_url: str, **changes: Any) -> Settings:
    return Settings.read(
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        **{"slack_api_url": slack.api_url, "database_url": database_url, **changes},
    )


async def a_pixel(_chart: Chart, _seconds: float) -> bytes:
    """A picture without the seconds that starting a process to draw it takes."""
    return PICTURE


@asynccontextmanager
async def story(slack: LocalSlack, database_url: str, **changes: Any) -> AsyncIterator[Story]:
    clock = Clock()
    bot = build(settings_for(slack, database_url, **changes), is_worker=False, clock=clock, draw=a_pixel)
    transport = httpx.ASGITransport(bot.asgi, raise_app_exceptions=False)
    async with bot.lifespan(None), httpx.AsyncClient(transport=transport) as client:
        yield Story(slack, bot, client, clock)


def keep_runs(store: Store, team_id: str, kept: Sequence[Run]) -> None:
    """Import `kept` and learn from them."""
    report = Report(on_problem=lambda _: None, on_warning=lambda _: None)
    with store.write(team_id) as scope:
        history.add_runs(scope, "test", kept)
    learn(Room(store), team_id, sorted({run.workload for run in kept}), report)


def runs(workload: str = "video-gen", count: int = 40, **changes: Any) -> list[Run]:
    """Two-hour runs one after the other until an hour ago, on four A10G in one region of AWS."""
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    columns: dict[str, Any] = {
        "workload": workload,
        "units": 480.0,
        "unit": "clip",
        "accelerator": "A10G",
        "accelerator_count": 4,
        "provider": "aws",
        "region": "us-east-1",
        "instance_type": "g5.12xlarge",
        "pricing_category": "standard",
        "precision": "fp16",
        **changes,
    }
    return [
        Run(
            run_id=f"{workload}-{number}",
            started_at=end - timedelta(hours=2 * number + 2),
            ended_at=end - timedelta(hours=2 * number),
            **columns,
        )
        for number in range(count)
    ]


def buttons(message: PostedMessage) -> list[str]:
    """The action id of every button of `message`, in order; those behind three dots are last."""
    elements = _elements(message)
    shown = [element["action_id"] for element in elements if element["type"] == "button"]
    return [*shown, *(entry["value"].partition(" ")[0] for entry in _entries(message))]


def _elements(message: PostedMessage) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def _entries(message: PostedMessage) -> list[dict[str, Any]]:
    return [option for it in _elements(message) if it["type"] == "overflow" for option in it["options"]]


def blocks_text(message: PostedMessage) -> str:
    """Everything that the blocks of `message` say, and its fallback text."""
    return "\n".join([message.text, *_texts(message.blocks)])


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key == "text" and isinstance(item, str) else _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
