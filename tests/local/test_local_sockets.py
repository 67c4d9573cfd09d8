"""Socket Mode, with Slack's own client at the other end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import websockets
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL


class Bot:
    """Keeps what it is sent, and answers with what `answers` holds for the kind of request; None says nothing."""

    def __init__(self, slack: LocalSlack) -> None:
        web = AsyncWebClient(base_url=slack.api_url)
        self.client: Any = SocketModeClient(app_token=slack.app_token, web_client=web)
        self.client.message_listeners.append(self._greeted)
        self.client.socket_mode_request_listeners.append(self._listen)
        self.requests: list[SocketModeRequest] = []
        self.is_greeted, self.is_asked = asyncio.Event(), asyncio.Event()
        self.answers: dict[str, dict[str, Any] | None] = {}

    async def _greeted(self, _client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message["type"] == "hello":
            self.is_greeted.set()

    async def _listen(self, client: Any, request: SocketModeRequest) -> None:
        self.requests.append(request)
        self.is_asked.set()
        answer = self.answers.get(request.type, {})
        if answer is not None:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer or None))


@pytest.fixture
async def bot(fake_slack: LocalSlack) -> AsyncIterator[Bot]:
    bot = Bot(fake_slack)
    await bot.client.connect()
    await bot.is_greeted.wait()
    yield bot
    await bot.client.close()


async def test_a_command_arrives_as_an_envelope(bot: Bot, fake_slack: LocalSlack) -> None:
    ack = await fake_slack.interactions_by_socket().command("video-gen")
    assert ack.is_ok
    (request,) = bot.requests
    assert (request.type, request.payload["text"], request.accepts_response_payload) == (
        "slash_commands",
        "video-gen",
        True,
    )


async def test_an_answer_in_the_acknowledgement_is_shown(bot: Bot, fake_slack: LocalSlack) -> None:
    bot.answers["slash_commands"] = {"text": "at once", "response_type": "in_channel"}
    await fake_slack.interactions_by_socket().command("video-gen")
    assert [m.text for m in fake_slack.messages(CHANNEL)] == ["at once"]


async def test_a_repeated_event_says_so(bot: Bot, fake_slack: LocalSlack) -> None:
    await fake_slack.interactions_by_socket().event({"type": "app_uninstalled"}, retry=2)
    (request,) = bot.requests
    assert (request.type, request.retry_attempt) == ("events_api", 2)
    assert request.payload["event"]["type"] == "app_uninstalled"


async def test_a_bot_that_hangs_up_before_it_answers_has_failed(bot: Bot, fake_slack: LocalSlack) -> None:
    bot.answers["slash_commands"] = None
    asked = asyncio.create_task(fake_slack.interactions_by_socket().command("video-gen"))
    await bot.is_asked.wait()
    await bot.client.close()
    ack = await asked
    assert ack.problem == "dispatch_failed"
    assert "dispatch_failed" in fake_slack.messages(CHANNEL)[0].text


async def test_without_a_connection_nothing_is_delivered(fake_slack: LocalSlack) -> None:
    ack = await fake_slack.interactions_by_socket().command("video-gen")
    assert not ack.is_ok


async def test_only_the_app_token_opens_connections(fake_slack: LocalSlack) -> None:
    client = AsyncWebClient(base_url=fake_slack.api_url)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=fake_slack.bot_token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.auth_test(token=fake_slack.app_token)


async def test_an_address_opens_one_connection(fake_slack: LocalSlack) -> None:
    client = AsyncWebClient(base_url=fake_slack.api_url)
    url = (await client.apps_connections_open(app_token=fake_slack.app_token))["url"]
    async with websockets.connect(url, proxy=None) as connection:
        assert '"hello"' in str(await connection.recv())
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(url, proxy=None)


async def test_scopes_are_told_with_every_answer() -> None:
    slack = LocalSlack(granted={"commands", "chat:write"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(slack.asgi), base_url="http://127.0.0.1") as http:
        answer = await http.post("/api/auth.test", headers={"authorization": f"Bearer {slack.bot_token}"})
    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"
