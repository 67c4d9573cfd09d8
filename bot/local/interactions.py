"""What people do in the workspace, sent to the bot as Slack would send it, and what Slack makes of its answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.local import chat, payloads
from bot.local.delivery import Ack, Delivery
from bot.local.errors import SlackError
from bot.local.payloads import Source
from bot.local.state import State
from bot.local.surfaces import checked_view
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, SLACKBOT, PostedMessage

__all__ = ["Interactions", "find_element"]

Json = Mapping[str, Any]


class Interactions:
    """Types commands, presses buttons and submits modals. Every acknowledgement is kept in `acks`."""

    def __init__(self, state: State, delivery: Delivery, *, command: str = "/gpu-advise") -> None:
        self._state = state
        self._delivery = delivery
        self._command = command
        self.acks: list[Ack] = []

    async def command(self, text: str = "", *, user_id: str = ADMINISTRATOR.id, channel_id: str = CHANNEL) -> Ack:
        """Type the slash command; an answer in the acknowledgement is shown, a failure is told by Slackbot."""
        form = payloads.slash_command(self._state, text, user_id, channel_id, self._command)
        ack = await self._deliver("slash_commands", form)
        if not ack.is_ok:
            self._tell(channel_id, user_id, f"{self._command} failed with the error “{ack.problem}”")
        elif ack.body.strip():
            grant = self._state.grants.redeem_response_url(form["response_url"].rsplit("/", 1)[1])
            chat.respond(self._state, grant, ack.answer())
        return ack

    async def press(
        self, source: Source, action_id: str, *, user_id: str = ADMINISTRATOR.id, occurrence: int = 0
    ) -> Ack:
        """Press the button with this action id; `occurrence` picks one where several blocks have it."""
        block_id, element = find_element(_blocks(source), action_id, occurrence)
        kept = ("type", "action_id", "text", "value", "style")
        action = {"block_id": block_id, **{key: element[key] for key in kept if key in element}}
        return await self.act(source, action, user_id=user_id)

    async def act(
        self, source: Source, action: Json, *, user_id: str = ADMINISTRATOR.id, values: Json | None = None
    ) -> Ack:
        """Use any element: `action` is what Slack puts into `actions`, `values` the state of the inputs around it."""
        payload = payloads.block_actions(self._state, source, action, user_id, values or {})
        return await self._deliver("interactive", payload)

    async def suggest(
        self, source: Source, block_id: str, action_id: str, typed: str, *, user_id: str = ADMINISTRATOR.id
    ) -> Ack:
        """Type into an external select; the acknowledgement carries its options."""
        action = {"block_id": block_id, "action_id": action_id}
        return await self._deliver(
            "interactive", payloads.block_suggestion(self._state, source, action, typed, user_id)
        )

    async def submit(self, view: OpenView, values: Json) -> Ack:
        """Submit a modal; returns the acknowledgement, whose answer may hold errors by block."""
        view.state = values
        ack = await self._deliver("interactive", payloads.view_submission(self._state, view))
        if ack.is_ok:
            self._follow(view, ack.answer())
        return ack

    async def close(self, view: OpenView, *, is_all: bool = False) -> Ack | None:
        """Close a modal; the bot is told only where it asked to be."""
        self._state.views.close(view, is_all=is_all)
        if not view.content.get("notify_on_close"):
            return None
        return await self._deliver("interactive", payloads.view_closed(self._state, view, is_cleared=is_all))

    async def event(self, content: Json, *, retry: int = 0) -> Ack:
        """Tell the bot about something that happened."""
        return await self._deliver("events_api", payloads.event(self._state, content), retry=retry)

    async def open_home(self, user_id: str = ADMINISTRATOR.id) -> Ack:
        """Open the bot's Home tab."""
        channel_id = self._state.workspace.direct_channel(user_id).id
        content = {"type": "app_home_opened", "user": user_id, "channel": channel_id, "tab": "home"}
        return await self.event(content)

    async def verify_url(self) -> bool:
        """Check the request URL as Slack does when it is entered: the bot must return the challenge."""
        challenge = self._state.workspace.next_id("challenge")
        ack = await self._deliver("events_api", {"type": "url_verification", "token": "", "challenge": challenge})
        return ack.is_ok and challenge.encode() in ack.body

    async def _deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Ack:
        ack = await self._delivery.deliver(kind, payload, retry=retry)
        self.acks.append(ack)
        return ack

    def _follow(self, view: OpenView, answer: Json) -> None:
        """Do what the bot said with its acknowledgement of a submitted modal; nothing said closes it."""
        wanted = answer.get("response_action")
        if wanted == "errors":
            return
        if wanted == "update":
            self._state.views.update(view, checked_view(answer.get("view"), "modal"))
        elif wanted == "push":
            self._state.views.push(view.user_id, checked_view(answer.get("view"), "modal"))
        else:
            self._state.views.close(view, is_all=wanted == "clear")

    def _tell(self, channel_id: str, user_id: str, text: str) -> None:
        ts = self._state.workspace.next_ts()
        self._state.workspace.post(PostedMessage(channel_id, ts, SLACKBOT.id, text, visible_to=user_id))


def find_element(blocks: Sequence[Json], action_id: str, occurrence: int = 0) -> tuple[str, Json]:
    """Return the block id and the element with this action id; refuses when there is none."""
    found = [(block["block_id"], e) for block in blocks for e in _elements(block) if e.get("action_id") == action_id]
    if occurrence >= len(found):
        raise SlackError("no_such_element", [action_id])
    return found[occurrence]


def _blocks(source: Source) -> Sequence[Json]:
    blocks: Sequence[Json] = source.content["blocks"] if isinstance(source, OpenView) else source.blocks
    return blocks


def _elements(block: Json) -> Iterator[Json]:
    if block["type"] == "actions":
        yield from block["elements"]
    for key in ("accessory", "element"):
        if key in block:
            yield block[key]
