"""The delivery log of the webhook."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, say
from bot.views.elements import Element, button
from bot.views.numbers import count
from bot.views.phrases import moment

__all__ = ["webhook_log"]

_NOTES = {
    "again": "It is being sent again: look once more in a minute.",
    "not_dead": "That delivery is not one that was given up. Nothing was changed.",
}
_STATES = {
    "waiting": "⏳ *{event}* to {host}, {at}: {times}, {problem}; next try {next_at}",
    "sending": "⏳ *{event}* to {host}, {at}: being sent",
    "sent": "✅ *{event}* to {host}, {at}: delivered, {problem}",
    "dead": "✖ *{event}* to {host}, {at}: given up after {times}: {problem}",
}

_UNTRIED = "⏳ *{event}* to {host}, {at}: about to be sent"


def webhook_log(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `webhook_log.json.j2` names: a line a delivery, with a way to try again where it was given up."""
    rows = [{"text": _line(row), "button": _again(row) if row["state"] == "dead" else None} for row in data["rows"]]
    return {"rows": rows, "note": _NOTES.get(data["note"], "")}


def _line(row: Mapping[str, Any]) -> Mrkdwn:
    status = f"HTTP {row['status']}" if row["status"] else "no answer"
    return say(
        _STATES[row["state"]] if row["attempts"] else _UNTRIED,
        event=row["event"],
        host=row["host"] or "nowhere",
        at=moment(row["at"]),
        times="one try" if row["attempts"] == 1 else f"{count(row['attempts'])} tries",
        problem=row["error"] or status,
        next_at=moment(row["next_at"]),
    )


def _again(row: Mapping[str, Any]) -> Element:
    return button("Send again", "webhook.again", row["id"], spoken=f"Send {row['event']} again")
