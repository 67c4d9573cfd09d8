"""Every trouble that a Slack can make, and the routes on which a message can meet it."""

from typing import Any

from bot.jobs.outcomes import Refused, Unknown
from bot.local.calls import Call
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import CHANNEL, MEMBER
from bot.posts import Destination

ROUTES = ["chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"]

TROUBLES: list[tuple[str, Fault, type[Refused | Unknown], int]] = [
    ("429 asks to wait", Fault.rate_limited(7), Refused, 0),
    ("500 before acceptance", Fault.down(500), Unknown, 0),
    ("500 after acceptance", Fault.down(500, is_accepted=True), Unknown, 1),
    ("503 before acceptance", Fault.down(503), Unknown, 0),
    ("503 after acceptance", Fault.down(503, is_accepted=True), Unknown, 1),
    ("silence before acceptance", Fault.silent(30), Unknown, 0),
    ("silence after acceptance", Fault.silent(30, is_accepted=True), Unknown, 1),
    ("a reset before acceptance", Fault.reset(), Unknown, 0),
    ("a reset after acceptance", Fault.reset(is_accepted=True), Unknown, 1),
    ("a page of HTML with 200", Fault(body="<html>ok</html>", content_type="text/html"), Unknown, 0),
    ("HTML that says it is JSON", Fault(body="<html>ok</html>"), Unknown, 0),
    ("plain text with 200", Fault(body="hm", content_type="text/plain"), Unknown, 0),
    ("JSON that is no object", Fault(body="[1]"), Unknown, 0),
    ("half a JSON object", Fault(body='{"ok": tr'), Unknown, 0),
]
"""What happens, how, what it must be taken for, and whether the message is there all the same."""


def destination_of(route: str, slack: LocalSlack) -> Destination:
    """Where a message goes that takes this route first."""
    if route == "chat.postMessage":
        return Destination(CHANNEL)
    if route == "chat.update":
        earlier = perform(slack, "chat.postMessage", channel=CHANNEL, text="earlier")
        return Destination(CHANNEL, update_ts=earlier["ts"])
    if route == "chat.postEphemeral":
        return Destination(CHANNEL, MEMBER.id, is_private=True)
    return Destination(CHANNEL, MEMBER.id, response_url=slack.response_url(CHANNEL, MEMBER.id), is_private=True)


def perform(slack: LocalSlack, method: str, **arguments: Any) -> dict[str, Any]:
    """Carry out a call as if the bot had made it, without HTTP."""
    return slack.web_api.perform(Call(method, arguments, BOT_TOKEN))
