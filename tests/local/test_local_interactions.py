"""A bot written with Slack's own framework, asked by the local workspace: both must agree on every format."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local.errors import SlackError
from bot.local.interactions import Interactions
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER

BUTTON = {"type": "button", "action_id": "go", "value": "42", "text": {"type": "plain_text", "text": "Go"}}
CARD = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]
NAME = {"type": "plain_text_input", "action_id": "typed"}
MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{"type": "input", "block_id": "name", "element": NAME, "label": {"type": "plain_text", "text": "Name"}}],
}


class Heard(list[tuple[str, dict[str, Any]]]):
    """What the bot was told, in order: (listener, body)."""


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def app(fake_slack: LocalSlack, heard: Heard) -> AsyncApp:
    client = AsyncWebClient(token=fake_slack.bot_token, base_url=fake_slack.api_url)
    app = AsyncApp(client=client, signing_secret=fake_slack.signing_secret, process_before_response=True)
    answer_commands(app, heard)
    answer_clicks(app, heard)
    answer_modals(app, heard)
    return app


def as_asgi(app: AsyncApp) -> Any:
    return AsyncSlackRequestHandler(app)


def answer_commands(app: AsyncApp, heard: Heard) -> None:
    @app.command("/gpu-advise")
    async def on_command(ack: Any, body: dict[str, Any], respond: Any, client: AsyncWebClient) -> None:
        heard.append(("command", body))
        match body["text"]:
            case "say":
                await ack(text="said in the acknowledgement", response_type="in_channel")
            case "card":
                await ack()
                await client.chat_postMessage(channel=body["channel_id"], text="a card", blocks=CARD)
            case "private card":
                await ack()
                await respond(text="a card", blocks=CARD)
            case "modal":
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            case "crash":
                raise RuntimeError("as bots do")


def answer_clicks(app: AsyncApp, heard: Heard) -> None:
    @app.action("go")
    async def on_go(ack: Any, body: dict[str, Any], respond: Any) -> None:
        heard.append(("action", body))
        await ack()
        await respond(text="gone", replace_original=True)

    @app.options("pick")
    async def on_options(ack: Any, body: dict[str, Any]) -> None:
        heard.append(("options", body))
        await ack(options=[{"text": {"type": "plain_text", "text": body["value"]}, "value": "1"}])

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(("home", event))
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "at home"}}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})


def answer_modals(app: AsyncApp, heard: Heard) -> None:
    @app.view("ask")
    async def on_ask(ack: Any, body: dict[str, Any]) -> None:
        heard.append(("view", body))
        typed = body["view"]["state"]["values"]["name"]["typed"]["value"]
        if typed == "nobody":
            await ack(response_action="errors", errors={"name": "Somebody, please."})
        elif typed == "next":
            await ack(response_action="push", view={**MODAL, "callback_id": "second"})
        else:
            await ack()

    @app.view_closed("ask")
    async def on_close(ack: Any, body: dict[str, Any]) -> None:
        heard.append(("closed", body))
        await ack()


@pytest.fixture
async def hands(fake_slack: LocalSlack, app: AsyncApp) -> AsyncIterator[Interactions]:
    transport = httpx.ASGITransport(as_asgi(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        yield fake_slack.interactions(client, "http://bot/slack/events")


async def test_the_request_url_is_verified_by_its_challenge(hands: Interactions) -> None:
    assert await hands.verify_url()


async def test_an_answer_in_the_acknowledgement_is_shown(hands: Interactions, fake_slack: LocalSlack) -> None:
    ack = await hands.command("say")

    (message,) = fake_slack.messages(CHANNEL)
    assert ack.is_ok
    assert (message.text, message.is_ephemeral) == ("said in the acknowledgement", False)


async def test_a_command_names_who_asked_and_where(hands: Interactions, heard: Heard) -> None:
    await hands.command("card", user_id=MEMBER.id)

    ((_, body),) = heard
    assert (body["user_id"], body["channel_id"], body["command"]) == (MEMBER.id, CHANNEL, "/gpu-advise")


async def test_a_command_that_fails_is_told_privately_by_slackbot(hands: Interactions, fake_slack: LocalSlack) -> None:
    ack = await hands.command("crash", user_id=MEMBER.id)

    (message,) = fake_slack.messages(CHANNEL)
    assert not ack.is_ok
    assert message.visible_to == MEMBER.id
    assert "dispatch_failed" in message.text


async def test_a_pressed_button_carries_its_value_and_its_message(
    hands: Interactions, heard: Heard, fake_slack: LocalSlack
) -> None:
    await hands.command("card")
    await hands.press(fake_slack.messages(CHANNEL)[0], "go", user_id=MEMBER.id)

    body = heard[-1][1]
    assert body["actions"][0] | {"action_ts": ""} == {**BUTTON, "block_id": "row", "action_ts": ""}
    assert body["message"]["blocks"] == CARD
    assert body["user"]["id"] == MEMBER.id


async def test_a_response_address_replaces_the_message_that_was_pressed(
    hands: Interactions, fake_slack: LocalSlack
) -> None:
    await hands.command("card")
    await hands.press(fake_slack.messages(CHANNEL)[0], "go")

    (message,) = fake_slack.messages(CHANNEL)
    assert (message.text, list(message.blocks)) == ("gone", [])
    assert message.edited_ts is not None


async def test_an_ephemeral_message_is_not_repeated_in_the_payload(
    hands: Interactions, heard: Heard, fake_slack: LocalSlack
) -> None:
    await hands.command("private card")
    (message,) = fake_slack.messages(CHANNEL)
    await hands.press(message, "go")

    body = heard[-1][1]
    assert "message" not in body
    assert body["container"]["is_ephemeral"] is True
    assert fake_slack.messages(CHANNEL)[0].text == "gone"


async def test_a_button_that_is_not_there_cannot_be_pressed(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.command("say")
    with pytest.raises(SlackError, match="no_such_element"):
        await hands.press(fake_slack.messages(CHANNEL)[0], "go")


async def test_a_submitted_modal_closes(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.command("modal")
    view = fake_slack.state.views.top(ADMINISTRATOR.id)
    assert view is not None

    await hands.submit(view, {"name": {"typed": {"type": "plain_text_input", "value": "Ada"}}})
    assert fake_slack.state.views.top(ADMINISTRATOR.id) is None


async def test_a_modal_with_errors_stays_open_and_tells_them(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.command("modal")
    view = fake_slack.state.views.top(ADMINISTRATOR.id)
    assert view is not None

    ack = await hands.submit(view, {"name": {"typed": {"type": "plain_text_input", "value": "nobody"}}})
    assert ack.answer()["errors"] == {"name": "Somebody, please."}
    assert fake_slack.state.views.top(ADMINISTRATOR.id) is view


async def test_a_modal_may_be_pushed_on_top(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.command("modal")
    first = fake_slack.state.views.top(ADMINISTRATOR.id)
    assert first is not None
    await hands.submit(first, {"name": {"typed": {"type": "plain_text_input", "value": "next"}}})

    second = fake_slack.state.views.top(ADMINISTRATOR.id)
    assert second is not None
    assert (second.previous_view_id, second.root_view_id) == (first.id, first.id)


async def test_closing_a_modal_tells_the_bot_that_asked_for_it(
    hands: Interactions, heard: Heard, fake_slack: LocalSlack
) -> None:
    await hands.command("modal")
    view = fake_slack.state.views.top(ADMINISTRATOR.id)
    assert view is not None
    await hands.close(view)

    assert [kind for kind, _ in heard] == ["command", "closed"]
    assert fake_slack.state.views.top(ADMINISTRATOR.id) is None


async def test_typing_into_an_external_select_returns_its_options(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.command("card")
    ack = await hands.suggest(fake_slack.messages(CHANNEL)[0], "row", "pick", "vid")

    assert ack.answer()["options"][0]["text"]["text"] == "vid"


async def test_opening_home_lets_the_bot_publish_it(hands: Interactions, fake_slack: LocalSlack) -> None:
    await hands.open_home(MEMBER.id)

    home = fake_slack.state.views.home(MEMBER.id)
    assert home is not None
    assert home.content["blocks"][0]["text"]["text"] == "at home"


async def test_a_request_with_another_secret_is_refused(fake_slack: LocalSlack, app: AsyncApp, heard: Heard) -> None:
    fake_slack.signing_secret = "another"
    transport = httpx.ASGITransport(as_asgi(app))
    async with httpx.AsyncClient(transport=transport) as client:
        ack = await fake_slack.interactions(client, "http://bot/slack/events").command("say")

    assert ack.status == 401
    assert heard == []


async def test_a_bot_that_is_not_there_is_told_to_the_person(fake_slack: LocalSlack) -> None:
    async with httpx.AsyncClient() as client:
        hands = fake_slack.interactions(client, "http://127.0.0.1:9/slack/events")
        await hands.command("say")

    assert "dispatch_failed" in fake_slack.messages(CHANNEL)[0].text


async def test_every_acknowledgement_is_measured(hands: Interactions) -> None:
    await hands.command("say")
    await hands.command("card")

    assert len(hands.acks) == 2
    assert all(ack.seconds > 0 for ack in hands.acks)
