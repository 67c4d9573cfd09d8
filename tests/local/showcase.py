"""A small bot written with Slack's own framework that says everything the page must be able to show."""

from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local.slack import LocalSlack

Block = dict[str, Any]

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, label: str, **more: Any) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(label), "value": "advice-1", **more}


def element(kind: str, action_id: str, **more: Any) -> Block:
    return {"type": kind, "action_id": action_id, **more}


def external_select(action_id: str, placeholder: str) -> Block:
    return element("external_select", action_id, min_query_length=1, placeholder=plain(placeholder))


def asked(block_id: str, label: str, control: Block, **more: Any) -> Block:
    is_optional = control["type"] != "external_select"
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": control,
        "optional": is_optional,
        **more,
    }


def option(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}


CONFIRM = {
    "title": plain("Move to 8 × H100?"),
    "text": mrkdwn("This *doubles* what you pay a day."),
    "confirm": plain("Move"),
    "deny": plain("Not now"),
}
CARD: list[Block] = [
    {"type": "header", "text": plain("video-gen: go faster for the same money :zap:")},
    {
        "type": "section",
        "text": mrkdwn(
            "*Performance* is recommended: `production` work, people _wait_ for it. ~Cost~ <https://example.org|why>"
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Snooze a week", "7"), option("Mute", "0")],
        },
    },
    {
        "type": "section",
        "fields": [
            mrkdwn("*Cost*\n1 × A10G\n$24.10 a day\n21 clips/h"),
            mrkdwn("*Performance*\n8 × A10G\n$189.00 a day\n160 clips/h"),
            mrkdwn("*Value*\n4 × A10G\n$96.00 a day\n82 clips/h"),
            mrkdwn("*Today*\n1 × A10G\n$24.10 a day\n21 clips/h"),
        ],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("approve", "Approve", style="primary"),
            button("move", "Choose another", confirm=CONFIRM),
            button("dismiss", "Dismiss", style="danger"),
            {
                "type": "static_select",
                "action_id": "stage",
                "placeholder": plain("Stage"),
                "options": [option("Prototyping", "prototyping"), option("Production", "production")],
            },
        ],
    },
    {"type": "context", "elements": [mrkdwn("Asked by <@U0ADMIN01> in <#C0GPU0001> · prices of 2 days ago")]},
]
INPUTS: list[Block] = [
    asked("workload", "Workload", external_select("name", "Type a name")),
    asked("floor", "Floor", element("number_input", "rate", is_decimal_allowed=True), hint=plain("Clips an hour")),
    asked(
        "pricing", "Pricing", element("checkboxes", "kinds", options=[option("On-demand", "a"), option("Spot", "b")])
    ),
    {
        **asked("stage", "Stage", element("radio_buttons", "one", options=[option("Production", "q")])),
        "optional": False,
    },
    asked("words", "Note", element("plain_text_input", "note", multiline=True, initial_value="as before")),
]
MODAL: Block = {
    "type": "modal",
    "callback_id": "ask",
    "notify_on_close": True,
    "title": plain("Ask for advice"),
    "submit": plain("Ask"),
    "close": plain("Cancel"),
    "blocks": INPUTS,
}
RICH: Block = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "bold rich text", "style": {"bold": True}}, {"type": "text", "text": " and "},
            {"type": "link", "url": "https://example.org", "text": "a link"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "an item"}]}]},
    ],
}  # fmt: skip


PICTURE = bytes.fromhex(  # one grey pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63680000008200"
    "81dd436af40000000049454e44ae426082"
)
MENUS: list[Block] = [
    element("users_select", "person", placeholder=plain("Somebody")),
    element("channels_select", "place", placeholder=plain("Somewhere")),
    element("multi_static_select", "several", options=[option("One", "1"), option("Two", "2")]),
    element("datepicker", "day", initial_date="2026-11-02"),
    element("timepicker", "hour", initial_time="09:00"),
    element("radio_buttons", "side", options=[option("Left", "l"), option("Right", "r")]),
    external_select("name", "Type a name"),
    button("docs", "Read more", url="https://example.org/docs"),
]


def gallery(file_id: str) -> list[Block]:
    """Return whatever the card and the modal do not show."""
    rows = [[{"type": "raw_text", "text": "A10G"}, {"type": "raw_text", "text": "$24.10"}]]
    foreign = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "from elsewhere"}
    return [
        {"type": "actions", "block_id": "menus", "elements": MENUS},
        {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a chart", "title": plain("Cost against time")},
        {"type": "section", "text": mrkdwn("> quoted\n```fixed *width*```"), "accessory": foreign},
        {"type": "table", "rows": rows},
        {"type": "context", "elements": [mrkdwn("due <!date^1700000000^{date_long}|in 2023>"), foreign]},
    ]


def showcase(slack: LocalSlack, heard: list[dict[str, Any]]) -> Any:
    """Return the bot as an application; every body it is sent is appended to `heard`."""
    app = AsyncApp(
        client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), signing_secret=slack.signing_secret
    )
    _answer_commands(app, heard)
    _answer_clicks(app, heard)
    _answer_modals(app, heard)
    return AsyncSlackRequestHandler(app)


def _answer_commands(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    @app.command("/gpu-advise")
    async def on_command(ack: Any, body: dict[str, Any], respond: Any, client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()
        what, channel = body.get("text", ""), body["channel_id"]
        if what == "modal":
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        elif what == "hostile":
            blocks = [{"type": "header", "text": plain(HOSTILE)}, {"type": "section", "text": mrkdwn(HOSTILE)}]
            await client.chat_postMessage(channel=channel, text=HOSTILE, blocks=blocks)
            await client.chat_postMessage(channel=channel, text=f"{HOSTILE} <javascript:alert(1)|click> *{HOSTILE}*")
        elif what == "gallery":
            file = await client.files_upload_v2(filename="chart.png", content=PICTURE)
            await client.chat_postMessage(channel=channel, text="gallery", blocks=gallery(file["file"]["id"]))
        elif what == "rich":
            await client.chat_postMessage(channel=channel, text="rich", blocks=[RICH])
        elif what == "private":
            await respond(text="psst", blocks=[{"type": "section", "text": mrkdwn("just *you* see this")}])
        elif what == "thread":
            first = await client.chat_postMessage(channel=channel, text="a question")
            await client.chat_postMessage(channel=channel, text="another subject")
            await client.chat_postMessage(channel=channel, text="its answer", thread_ts=first["ts"])
        else:
            await client.chat_postMessage(channel=channel, text="a card", blocks=CARD)


def _answer_clicks(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    async def decided(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()
        done = {"type": "context", "elements": [mrkdwn(f":white_check_mark: Approved by <@{body['user']['id']}>")]}
        message = body["message"]
        blocks = [block for block in message["blocks"] if block["type"] != "actions"] + [done]
        await client.chat_update(channel=body["channel"]["id"], ts=message["ts"], text="approved", blocks=blocks)

    async def noted(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()

    app.action("approve")(decided)
    for name in ("move", "dismiss", "more", "stage", *(menu["action_id"] for menu in MENUS)):
        app.action(name)(noted)

    @app.event("app_home_opened")
    async def on_home(event: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(event)
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})


def _answer_modals(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    @app.options("name")
    async def on_options(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[option(f"{body['value']}ideo-gen", "video-gen")])

    @app.view("ask")
    async def on_ask(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        values = body["view"]["state"]["values"]
        is_too_fast = float(values["floor"]["rate"]["value"] or 0) > 1000
        await (ack(response_action="errors", errors={"floor": "At most 431 can be reached."}) if is_too_fast else ack())

    @app.view_closed("ask")
    async def on_close(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()
