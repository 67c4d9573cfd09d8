"""The demonstration's own receiver: whoever tries it sees a delivery, that its signature is right, and the log."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
import pytest_asyncio

from bot.demo import Demo, demonstration
from bot.local.interactions import Interactions
from bot.local.receiver import RECEIVER_CHANNEL
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, PostedMessage
from tests.scenarios.deciding_story import approve_button
from tests.scenarios.workspace_story import blocks_text


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demonstration() as begun:
        yield begun


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


def received(demo: Demo) -> list[str]:
    return [message.text for message in demo.slack.messages(RECEIVER_CHANNEL)]


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not look():  # noqa: ASYNC110 - the demonstration tells nobody
            await asyncio.sleep(0.05)


def said(demo: Demo, words: str) -> PostedMessage | None:
    """The last message in the channel with these words."""
    return next((it for it in demo.slack.messages(CHANNEL)[::-1] if words in blocks_text(it)), None)


async def asked(demo: Demo, hands: Interactions, text: str, words: str) -> PostedMessage:
    """The answer to a command, which has these words."""
    await hands.command(text)
    await until(lambda: said(demo, words))
    found = said(demo, words)
    assert found is not None
    return found


async def form(demo: Demo, hands: Interactions, message: PostedMessage, action_id: str) -> OpenView:
    """The modal that a button opens."""
    await hands.press(message, action_id)
    await until(lambda: (top := demo.slack.state.views.top(ADMINISTRATOR.id)) and "submit" in top.content)
    view = demo.slack.state.views.top(ADMINISTRATOR.id)
    assert view is not None
    return view


async def test_an_approval_arrives_signed_and_stands_in_the_log(demo: Demo, client: httpx.AsyncClient) -> None:
    hands = demo.slack.interactions(client, demo.bot_url)
    assert f"{demo.receiver_url}/" in received(demo)[0]
    webhook = await form(demo, hands, await asked(demo, hands, "settings", "Settings of this"), "settings.webhook")
    typed = {"type": "plain_text_input", "value": f"{demo.receiver_url}/"}
    ack = await hands.submit(webhook, {"url": {"typed": typed}})
    assert ack.answer()["response_action"] == "clear"
    card = await asked(demo, hands, "video-gen production", "Asked by")
    await hands.submit(await form(demo, hands, card, approve_button(card)), {})
    await until(lambda: len(received(demo)) == 2)
    delivery = received(demo)[1]
    assert "✅ the signature is right" in delivery
    assert '"event": "decision.approved"' in delivery
    assert "X-Gpu-Advise-Signature: v1=" in delivery

    await hands.press(await asked(demo, hands, "settings", ", signed."), "webhook.log")
    await until(lambda: said(demo, "Deliveries to the webhook"))
    log = said(demo, "Deliveries to the webhook")
    assert log is not None
    assert "204" in blocks_text(log)
    assert "127.0.0.1" in blocks_text(log)


async def test_what_others_send_is_shown_as_it_came_and_called_wrong(demo: Demo, client: httpx.AsyncClient) -> None:
    before = len(received(demo))
    answer = await client.post(demo.receiver_url, content=json.dumps({"a": "<!channel> ``` *b*"}))
    assert answer.status_code == 204
    [forged] = received(demo)[before:]
    assert "⚠️ the signature is wrong" in forged
    assert "&lt;!channel&gt; ˋˋˋ *b*" in forged
    assert (await client.post(demo.receiver_url, content=b"x" * 70_000)).status_code == 413
    assert len(received(demo)) == before + 1
