"""The Web API over HTTP, called by Slack's own client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL, MEMBER

PNG = b"\x89PNG\r\n\x1a\n and so on"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
def client(fake_slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=fake_slack.bot_token, base_url=fake_slack.api_url, timeout=5)


@pytest.fixture
async def http(fake_slack: LocalSlack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=fake_slack.address) as client:
        yield client


async def test_a_posted_message_stands_in_the_channel(client: AsyncWebClient, fake_slack: LocalSlack) -> None:
    answer = await client.chat_postMessage(channel=CHANNEL, text="hello", blocks=[SECTION])
    (message,) = fake_slack.messages(CHANNEL)
    assert (message.ts, message.text, message.blocks[0]["text"]) == (answer["ts"], "hello", SECTION["text"])


async def test_every_call_of_the_client_is_understood(client: AsyncWebClient, fake_slack: LocalSlack) -> None:
    ts = (await client.chat_postMessage(channel=CHANNEL, text="hello"))["ts"]
    calls: list[Callable[[], Awaitable[Any]]] = [
        client.auth_test,
        lambda: client.chat_update(channel=CHANNEL, ts=ts, text="hello again"),
        lambda: client.chat_postEphemeral(channel=CHANNEL, user=MEMBER.id, text="psst"),
        lambda: client.conversations_history(channel=CHANNEL, include_all_metadata=True, oldest="0", inclusive=True),
        lambda: client.conversations_open(users=MEMBER.id),
        lambda: client.users_info(user=MEMBER.id),
        lambda: client.views_publish(user_id=MEMBER.id, view={"type": "home", "blocks": [SECTION]}),
    ]
    for call in calls:
        assert (await call())["ok"]
    assert len(fake_slack.calls()) == len(calls) + 1
    assert [call.flag("include_all_metadata") for call in fake_slack.calls("conversations.history")] == [True]


async def test_an_image_is_uploaded_shared_and_shown(
    client: AsyncWebClient, fake_slack: LocalSlack, http: httpx.AsyncClient
) -> None:
    answer = await client.files_upload_v2(
        channel=CHANNEL, filename="chart.png", content=PNG, title="A chart", alt_txt="cost against time"
    )
    shown = await http.get(f"/files/{answer['file']['id']}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert fake_slack.messages(CHANNEL)[0].file_ids == (answer["file"]["id"],)


async def test_a_file_that_is_no_picture_is_only_downloaded(client: AsyncWebClient, http: httpx.AsyncClient) -> None:
    answer = await client.files_upload_v2(channel=CHANNEL, filename="a.html", content="<script>alert(1)</script>")
    shown = await http.get(f"/files/{answer['file']['id']}")
    assert shown.headers["content-type"] == "application/octet-stream"
    assert (await http.get("/files/F0NOWHERE")).status_code == 404


def picture_of(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "a chart"}]


async def test_a_picture_of_an_uploaded_file_is_shown_to_whoever_sees_the_message(client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(filename="chart.png", content=PNG)
    blocks = picture_of(answer["file"]["id"])
    assert (await client.chat_postMessage(channel=CHANNEL, text="card", blocks=blocks))["ok"]
    ephemeral = await client.chat_postEphemeral(channel=CHANNEL, user=MEMBER.id, text="card", blocks=blocks)
    assert ephemeral["ok"]


@pytest.mark.parametrize("file_id", ["F0NOTHERE1", "not-a-file", "f0local00001"])
async def test_a_picture_of_a_file_that_nobody_uploaded_is_refused(client: AsyncWebClient, file_id: str) -> None:
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=CHANNEL, text="card", blocks=picture_of(file_id))


async def test_a_picture_of_a_file_whose_upload_was_not_completed_is_refused(
    client: AsyncWebClient, http: httpx.AsyncClient
) -> None:
    given = await client.files_getUploadURLExternal(filename="chart.png", length=len(PNG))
    await http.post(given["upload_url"], content=PNG)
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=CHANNEL, text="card", blocks=picture_of(given["file_id"]))


async def test_an_upload_is_taken_once(client: AsyncWebClient, http: httpx.AsyncClient) -> None:
    given = await client.files_getUploadURLExternal(filename="a.txt", length=2)
    assert (await http.post(given["upload_url"], content=b"ab")).text == "OK - 2"
    assert (await http.post(given["upload_url"], content=b"cd")).status_code == 404


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.rate_limited(3), "ratelimited"), (Fault.refused("fatal_error"), "fatal_error")],
)
async def test_a_planned_refusal_happens_once(
    client: AsyncWebClient, fake_slack: LocalSlack, fault: Fault, error: str
) -> None:
    fake_slack.fail_next("chat.postMessage", fault)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=CHANNEL, text="hello")
    assert refused.value.response["error"] == error
    assert fake_slack.messages() == ()
    assert (await client.chat_postMessage(channel=CHANNEL, text="hello"))["ok"]


async def test_rate_limiting_says_how_long_to_wait(http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
    fake_slack.fail_next("auth.test", Fault.rate_limited(3))
    answer = await http.post("/api/auth.test")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")


@pytest.mark.parametrize("is_accepted", [False, True])
async def test_a_broken_connection_leaves_the_caller_not_knowing(
    client: AsyncWebClient, fake_slack: LocalSlack, *, is_accepted: bool
) -> None:
    fake_slack.fail_next("chat.postMessage", Fault.reset(is_accepted=is_accepted), Fault.reset(is_accepted=is_accepted))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=CHANNEL, text="hello")
    accepted = len(fake_slack.messages())
    assert (accepted > 0) is is_accepted


async def test_silence_outlasts_the_callers_patience(fake_slack: LocalSlack) -> None:
    fake_slack.fail_next("chat.postMessage", Fault.silent(0.5, is_accepted=True))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
        client = AsyncWebClient(token=fake_slack.bot_token, base_url=fake_slack.api_url, session=session)
        with pytest.raises(asyncio.TimeoutError):
            await client.chat_postMessage(channel=CHANNEL, text="hello")
    assert len(fake_slack.messages()) == 1


async def test_an_outage_is_a_page_of_html(http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
    fake_slack.choose_fault(lambda call: Fault.down() if call.method == "auth.test" else None)
    answers = [await http.post("/api/auth.test") for _ in range(2)]
    assert [(a.status_code, a.headers["content-type"]) for a in answers] == [(503, "text/html; charset=utf-8")] * 2


async def test_arguments_may_come_as_form_json_or_query(http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
    token, arguments = fake_slack.bot_token, {"channel": CHANNEL}
    authorized = {"authorization": f"Bearer {token}"}
    answers = [
        await http.post("/api/conversations.history", data={**arguments, "token": token}),
        await http.post("/api/conversations.history", json=arguments, headers=authorized),
        await http.get("/api/conversations.history", params=arguments, headers=authorized),
    ]
    assert [answer.json()["ok"] for answer in answers] == [True] * 3


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b'{"blocks": "["}', "invalid_blocks_format")],
)
async def test_a_body_that_is_no_call_is_refused(http: httpx.AsyncClient, body: bytes, error: str) -> None:
    headers = {"content-type": "application/json"}
    answer = await http.post("/api/chat.postMessage", content=body, headers=headers)
    assert answer.json() == {"ok": False, "error": error}


class TestResponseAddresses:
    async def test_an_answer_is_private_unless_it_says_otherwise(
        self, http: httpx.AsyncClient, fake_slack: LocalSlack
    ) -> None:
        url = fake_slack.response_url(CHANNEL, MEMBER.id)
        await http.post(url, json={"text": "for you"})
        await http.post(url, json={"text": "for all", "response_type": "in_channel"})
        assert [m.visible_to for m in fake_slack.messages(CHANNEL)] == [MEMBER.id, None]

    async def test_the_original_can_be_replaced_and_deleted(
        self, http: httpx.AsyncClient, client: AsyncWebClient, fake_slack: LocalSlack
    ) -> None:
        ts = (await client.chat_postMessage(channel=CHANNEL, text="before"))["ts"]
        url = fake_slack.response_url(CHANNEL, MEMBER.id, ts)
        await http.post(url, json={"text": "after", "replace_original": True})
        replaced = [m.text for m in fake_slack.messages(CHANNEL)]
        await http.post(url, json={"delete_original": True})
        assert (replaced, fake_slack.messages(CHANNEL)) == (["after"], ())

    async def test_the_sixth_answer_is_refused(self, http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
        url = fake_slack.response_url(CHANNEL, MEMBER.id)
        answers = [await http.post(url, json={"text": str(n)}) for n in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [404]
        assert answers[5].json()["error"] == "used_url"

    async def test_bad_blocks_are_refused(self, http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
        url = fake_slack.response_url(CHANNEL, MEMBER.id)
        answer = await http.post(url, json={"text": "x", "blocks": [{"type": "header"}]})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_blocks")

    async def test_they_fail_on_demand_too(self, http: httpx.AsyncClient, fake_slack: LocalSlack) -> None:
        fake_slack.fail_next("response_url", Fault.down(is_accepted=True), Fault.down())
        url = fake_slack.response_url(CHANNEL, MEMBER.id)
        answers = [await http.post(url, json={"text": "hello"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [503, 503]
        assert [m.text for m in fake_slack.messages(CHANNEL)] == ["hello"]
