import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL


@pytest.fixture
def client(fake_slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=fake_slack.bot_token, base_url=fake_slack.api_url)


async def test_a_posted_message_stands_in_the_channel(client: AsyncWebClient, fake_slack: LocalSlack) -> None:
    answer = await client.chat_postMessage(channel=CHANNEL, text="hello")

    assert [m.text for m in fake_slack.messages(CHANNEL)] == ["hello"]
    assert answer["ts"] == fake_slack.messages(CHANNEL)[0].ts
