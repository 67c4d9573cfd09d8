"""What people do to decide: press, read the modal, submit it, choose from a menu."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.data import load_catalog
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, Person, PostedMessage
from bot.store import audit, catalogs, decisions
from bot.store.decisions import Decision
from bot.usecases.workspace.preferences import Preferences, change
from engine import Catalog
from tests.scenarios.workspace_story import Story, blocks_text, buttons

__all__ = [
    "GUEST",
    "advice_id_of",
    "approve",
    "approve_button",
    "ask_openly",
    "audited",
    "choose",
    "decision_about",
    "dismiss",
    "filled",
    "join_in",
    "modal",
    "newest",
    "open_modal",
    "prefer",
    "reprice",
    "said_to",
    "submit",
    "view_text",
]

GUEST = Person("U0GUEST01", "gus", "Gus (guest)", is_guest=True)


def approve_button(message: PostedMessage) -> str:
    """The first Approve button of a card."""
    return next(action for action in buttons(message) if action.startswith("advice.approve"))


def advice_id_of(message: PostedMessage) -> str:
    """The advice that a card shows."""
    elements = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    return next(str(each["value"]) for each in elements if each["action_id"] == "advice.why")


def join_in(told: Story, *people: Person) -> None:
    """Let somebody into the workspace and its channel."""
    for person in people:
        told.slack.workspace.people[person.id] = person
        told.slack.workspace.channels[CHANNEL].members.append(person.id)


def modal(told: Story, user_id: str = ADMINISTRATOR.id) -> OpenView:
    """The modal that somebody sees."""
    view = told.slack.state.views.top(user_id)
    assert view is not None
    return view


def view_text(view: OpenView) -> str:
    """Everything that a modal says."""
    shown = PostedMessage("", "", "", str(view.content["title"]["text"]), view.content["blocks"])
    return blocks_text(shown)


async def open_modal(told: Story, message: PostedMessage, action_id: str, user_id: str = ADMINISTRATOR.id) -> OpenView:
    """Press a button that opens a modal."""
    await told.press(message, action_id, user_id=user_id)
    return modal(told, user_id)


async def choose(
    told: Story, message: PostedMessage, action_id: str, value: str, user_id: str = ADMINISTRATOR.id
) -> None:
    """Choose one option of a menu in a message."""
    option = {"text": {"type": "plain_text", "text": value}, "value": value}
    action = {"type": "static_select", "action_id": action_id, "block_id": "b", "selected_option": option}
    ack = await told.hands.act(message, action, user_id=user_id)
    assert ack.is_ok
    await told.settle()


def filled(view: OpenView, **boxes: str) -> dict[str, Any]:
    """The state of a modal's inputs: what somebody filled in, else what stood there."""
    inputs = {block["block_id"]: block["element"] for block in view.content["blocks"] if block["type"] == "input"}
    return {name: {element["action_id"]: _state(element, boxes.get(name))} for name, element in inputs.items()}


def _state(element: Mapping[str, Any], given: str | None) -> Mapping[str, Any]:
    if element["type"] == "plain_text_input":
        return {"type": "plain_text_input", "value": given or element.get("initial_value")}
    option = {"value": given} if given else element.get("initial_option")
    return {"type": element["type"], "selected_option": option}


async def submit(told: Story, view: OpenView, **boxes: str) -> None:
    """Submit a modal with what was filled in."""
    ack = await told.hands.submit(view, filled(view, **boxes))
    assert ack.is_ok
    await told.settle()


async def approve(told: Story, message: PostedMessage, user_id: str = ADMINISTRATOR.id) -> None:
    """Press Approve and confirm."""
    await submit(told, await open_modal(told, message, approve_button(message), user_id))


async def dismiss(
    told: Story, message: PostedMessage, reason: str, user_id: str = ADMINISTRATOR.id, **boxes: str
) -> None:
    """Press Dismiss and say why."""
    await submit(told, await open_modal(told, message, "advice.dismiss", user_id), reason=reason, **boxes)


def newest(told: Story) -> PostedMessage:
    """The last message in the channel."""
    return told.slack.messages(CHANNEL)[-1]


def said_to(told: Story, user_id: str) -> str:
    """The last thing that one person was told alone."""
    return blocks_text([it for it in told.slack.messages(CHANNEL) if it.visible_to == user_id][-1])


async def ask_openly(told: Story, user_id: str = ADMINISTRATOR.id, **wishes: Any) -> PostedMessage:
    """A card that everybody in the channel sees, in a workspace with these preferences."""
    prefer(told, answers_in="channel", **wishes)
    return await told.ask("video-gen production", user_id=user_id)


def prefer(told: Story, **wishes: Any) -> None:
    """Make these the preferences of the workspace."""
    with told.bot.store.write(told.team_id) as scope:
        change(scope, Preferences(**wishes))


def reprice(told: Story, factor: float, *, is_gone: bool = False) -> None:
    """Import a price list of today: every price by a factor, or without the accelerator that is recommended."""
    shipped = load_catalog()
    offers = [replace(it, price_usd_per_hour=it.price_usd_per_hour * factor) for it in shipped.offers]
    kept = [it for it in offers if not (is_gone and it.accelerator == "H200-141GB")]
    with told.bot.store.write(told.team_id) as scope:
        catalogs.save(scope, Catalog.of(kept, shipped.accelerators), told.clock())


def decision_about(told: Story, advice_id: str) -> Decision | None:
    """The decision that stands."""
    with told.bot.store.read(told.team_id) as scope:
        return decisions.get(scope, advice_id)


def audited(told: Story) -> list[tuple[str, str | None]]:
    """What the audit log says was done, and by whom, oldest first."""
    with told.bot.store.read(told.team_id) as scope:
        return [(entry.action, entry.actor) for entry in audit.entries(scope)][::-1]
