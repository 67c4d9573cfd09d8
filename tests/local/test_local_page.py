"""The page's server side: what it shows to whom, and whom it does not listen to."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.local.server import serving
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, SLACKBOT
from tests.local.showcase import showcase

MODULES = ["page.js", "blocks.js", "elements.js", "modal.js", "mrkdwn.js", "dom.js", "page.css", "icon.svg"]


@pytest.fixture
def heard() -> list[dict[str, Any]]:
    return []


@pytest.fixture
async def page(fake_slack: LocalSlack, heard: list[dict[str, Any]]) -> AsyncIterator[httpx.AsyncClient]:
    """The page's address; the bot behind it is served in the same process."""
    with serving(showcase(fake_slack, heard)) as bot:
        fake_slack.connect(f"{bot}/slack/events")
        async with httpx.AsyncClient(base_url=fake_slack.address) as client:
            yield client


@pytest.fixture
def unserved() -> LocalSlack:
    return LocalSlack()


@pytest.fixture
async def lonely_page(unserved: LocalSlack) -> AsyncIterator[httpx.AsyncClient]:
    """A page whose bot has not been connected yet."""
    transport = httpx.ASGITransport(unserved.asgi)
    async with httpx.AsyncClient(transport=transport, base_url=unserved.address) as client:
        yield client


async def state(page: httpx.AsyncClient, viewer: str = ADMINISTRATOR.id, **query: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await page.get("/state", params={"viewer": viewer, **query})).json()
    return shown


async def do(page: httpx.AsyncClient, deed: str, **asked: Any) -> dict[str, Any]:
    done: dict[str, Any] = (await page.post(f"/do/{deed}", json={"viewer": ADMINISTRATOR.id, **asked})).json()
    return done


async def test_the_page_says_what_it_is(lonely_page: httpx.AsyncClient) -> None:
    assert "<strong>Local workspace</strong> – a stand-in for Slack" in (await lonely_page.get("/")).text


@pytest.mark.parametrize("name", MODULES)
async def test_every_file_of_the_page_is_served(lonely_page: httpx.AsyncClient, name: str) -> None:
    assert (await lonely_page.get(f"/page/{name}")).status_code == 200


@pytest.mark.parametrize("name", ["page.py", "..%2Fpage.py", "__init__.py", "nothing.js"])
async def test_nothing_else_is_served(lonely_page: httpx.AsyncClient, name: str) -> None:
    assert (await lonely_page.get(f"/page/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/state", "/page/page.js", "/api/auth.test", "/nowhere", "/files/F1"])
async def test_every_answer_forbids_foreign_content(lonely_page: httpx.AsyncClient, path: str) -> None:
    headers = (await lonely_page.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in MODULES if name.endswith((".js", ".css"))])
async def test_no_file_of_the_page_names_another_server_or_writes_markup(
    lonely_page: httpx.AsyncClient, name: str
) -> None:
    source = (await lonely_page.get(f"/page/{name}")).text
    lines = [line for line in source.splitlines() if not line.lstrip().startswith("//")]
    assert not [
        line for line in lines if "innerHTML" in line or "insertAdjacentHTML" in line or "document.write" in line
    ]
    assert not [line for line in lines if "//" in line.replace(r"\/\/", "")]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
async def test_another_host_name_is_not_answered(lonely_page: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/state", "/api/auth.test"):
        assert (await lonely_page.get(path, headers={"host": host})).status_code == 400


async def test_localhost_is_answered(lonely_page: httpx.AsyncClient) -> None:
    assert (await lonely_page.get("/", headers={"host": "localhost:8765"})).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "origin"),
    [
        ("text/plain", None),
        ("application/x-www-form-urlencoded", None),
        ("application/json", "http://evil.example"),
        ("application/json", "null"),
    ],
)
async def test_another_sites_page_cannot_act_here(
    lonely_page: httpx.AsyncClient, unserved: LocalSlack, content_type: str, origin: str | None
) -> None:
    headers = {"content-type": content_type} | ({"origin": origin} if origin else {})
    body = b'{"viewer": "U0ADMIN01", "channel": "C0GPU0001", "text": "hello"}'
    answer = await lonely_page.post("/do/say", content=body, headers=headers)
    assert (answer.status_code, unserved.messages()) == (403, ())


@pytest.mark.parametrize(("deed", "body"), [("say", b"{"), ("say", b"[]"), ("fly", b"{}")])
async def test_what_is_not_understood_is_refused(lonely_page: httpx.AsyncClient, deed: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert (await lonely_page.post(f"/do/{deed}", content=body, headers=headers)).status_code == 400


@pytest.mark.parametrize("deed", ["say", "act", "submit", "close", "suggest", "home", "digest"])
async def test_an_empty_deed_is_refused_by_name_and_breaks_nothing(lonely_page: httpx.AsyncClient, deed: str) -> None:
    answer = await lonely_page.post(f"/do/{deed}", json={})
    assert (answer.status_code, answer.json()["ok"]) == (200, False)


async def test_plain_words_are_said_by_whoever_typed_them(lonely_page: httpx.AsyncClient, unserved: LocalSlack) -> None:
    await do(lonely_page, "say", viewer=MEMBER.id, channel=CHANNEL, text="1 < 2 & so on")
    (message,) = unserved.messages(CHANNEL)
    assert (message.user_id, message.text) == (MEMBER.id, "1 &lt; 2 &amp; so on")


async def test_each_channel_says_when_somebody_else_spoke_there_last(
    lonely_page: httpx.AsyncClient, unserved: LocalSlack
) -> None:
    await do(lonely_page, "say", viewer=MEMBER.id, channel=CHANNEL, text="hello")
    (message,) = unserved.messages(CHANNEL)
    spoken = {
        viewer: {one["id"]: one["last_ts"] for one in (await state(lonely_page, viewer))["channels"]}
        for viewer in (ADMINISTRATOR.id, MEMBER.id)
    }
    assert spoken[ADMINISTRATOR.id][CHANNEL] == message.ts
    assert spoken[MEMBER.id][CHANNEL] == ""
    assert spoken[ADMINISTRATOR.id]["C0GENERAL"] == ""


async def test_an_unknown_command_is_answered_privately_by_slackbot(
    lonely_page: httpx.AsyncClient, unserved: LocalSlack
) -> None:
    await do(lonely_page, "say", channel=CHANNEL, text="/remind me")
    (message,) = unserved.messages(CHANNEL)
    assert (message.user_id, message.visible_to) == (SLACKBOT.id, ADMINISTRATOR.id)


async def test_without_a_bot_the_page_says_so(lonely_page: httpx.AsyncClient) -> None:
    answer = await do(lonely_page, "say", channel=CHANNEL, text="/gpu-advise")
    assert answer["problem"] == "no_bot_connected"


async def test_nobody_speaks_where_they_are_not(lonely_page: httpx.AsyncClient, unserved: LocalSlack) -> None:
    direct = unserved.workspace.direct_channel(MEMBER.id).id
    assert (await do(lonely_page, "say", channel=direct, text="hi"))["problem"] == "not_in_channel"


async def test_nothing_new_is_answered_without_a_body(lonely_page: httpx.AsyncClient) -> None:
    version = str((await state(lonely_page))["version"])
    answer = await lonely_page.get("/state", params={"viewer": ADMINISTRATOR.id, "after": version})
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_stranger_sees_nothing(lonely_page: httpx.AsyncClient) -> None:
    assert (await state(lonely_page, "U0STRANGE"))["problem"] == "user_not_found"


async def test_a_command_reaches_the_bot_and_its_time_is_told(
    page: httpx.AsyncClient, heard: list[dict[str, Any]]
) -> None:
    answer = await do(page, "say", channel=CHANNEL, text="/gpu-advise video-gen production")
    assert (answer["ok"], answer["problem"]) == (True, None)
    assert answer["milliseconds"] >= 0
    assert heard[0]["text"] == "video-gen production"


async def test_an_ephemeral_answer_is_shown_to_the_one_who_asked(page: httpx.AsyncClient) -> None:
    await do(page, "say", viewer=MEMBER.id, channel=CHANNEL, text="/gpu-advise private")
    theirs, others = await state(page, MEMBER.id), await state(page, ADMINISTRATOR.id)
    assert [message["is_ephemeral"] for message in theirs["messages"]] == [True]
    assert others["messages"] == []


async def test_a_direct_conversation_is_shown_to_its_own_person_only(
    page: httpx.AsyncClient, fake_slack: LocalSlack
) -> None:
    direct = fake_slack.workspace.direct_channel(MEMBER.id).id
    assert (await state(page, MEMBER.id, channel=direct))["channel"] == direct
    assert (await state(page, ADMINISTRATOR.id, channel=direct))["channel"] == CHANNEL


async def test_a_modal_is_submitted_by_its_own_person_only(page: httpx.AsyncClient) -> None:
    await do(page, "say", channel=CHANNEL, text="/gpu-advise modal")
    view_id = (await state(page))["modal"]["id"]
    assert (await do(page, "submit", viewer=MEMBER.id, view_id=view_id))["problem"] == "not_found"


async def test_a_button_of_a_vanished_message_is_refused(page: httpx.AsyncClient) -> None:
    answer = await do(page, "act", channel=CHANNEL, ts="1.0", action={"type": "button", "action_id": "approve"})
    assert answer["problem"] == "message_not_found"


async def test_the_digest_button_runs_what_it_was_given(lonely_page: httpx.AsyncClient, unserved: LocalSlack) -> None:
    ran: list[str] = []

    async def run_digest() -> None:
        ran.append("digest")

    assert (await state(lonely_page))["has_digest"] is False
    unserved.connect("http://127.0.0.1:9/slack/events", run_digest)
    assert (await state(lonely_page))["has_digest"] is True
    assert (await do(lonely_page, "digest"))["ok"]
    assert ran == ["digest"]
