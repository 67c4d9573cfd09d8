"""The settings of a workspace, the forms that change them, and the log of what was done."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, join, mention, say
from bot.views.elements import Element, button, option
from bot.views.logged import entry
from bot.views.numbers import count

__all__ = ["audit_log", "modal_settings", "modal_webhook", "settings", "settings_changed", "webhook_changed"]

_LINES_A_SECTION = 5  # of the log: a detail may fill 300 characters in every script
_CHOICES = {
    "private": "only to whoever asks",
    "channel": "to the whole channel",
    "skypilot": "SkyPilot",
    "kubernetes": "Kubernetes",
    "terraform": "Terraform",
}


def settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `settings.json.j2` names: every setting by section, and what an administrator can press."""
    return {
        "sections": [_section(title, data["rows"]) for title in data["sections"]],
        "webhook": _webhook(data["webhook"]),
        "buttons": _buttons(data["webhook"]) if data["is_administrator"] else [],
    }


def settings_changed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `settings_changed.json.j2` names: from what to what, and the way back."""
    lines: list[str] = [
        say("*{key}* {before} → {after}", key=it["key"], before=_people(it["before"]), after=_people(it["after"]))
        for it in data["changes"]
    ]
    back = button("Restore previous", "settings.restore", str(data["entry_id"])) if data["entry_id"] else None
    return {"lines": join("\n", lines), "buttons": [back] if back else []}


def webhook_changed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `webhook_changed.json.j2` names."""
    return {"url": data["url"], "is_new_secret": data["is_new_secret"]}


def audit_log(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `audit_log.json.j2` names: the last lines, newest first."""
    lines: list[str] = [entry(row) for row in data["rows"]]
    chunks = [lines[start : start + _LINES_A_SECTION] for start in range(0, len(lines), _LINES_A_SECTION)]
    return {
        "chunks": [join("\n", chunk) for chunk in chunks],
        "shown": count(len(lines)),
        "total": count(data["total"]),
        "is_empty": not lines,
    }


def modal_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_settings.json.j2` names: a box a setting, filled in, by section."""
    sections = [
        {"title": title, "boxes": [_box(box) for box in data["boxes"] if box["section"] == title]}
        for title in data["sections"]
    ]
    return {"metadata": data["metadata"], "sections": sections}


def modal_webhook(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_webhook.json.j2` names: the address, and the secret that is shown here only."""
    choices = [option("Keep the secret that is in use", "kept"), option("Use this one", "new")]
    return {
        "metadata": data["metadata"],
        "url": data["url"],
        "secret": data["secret"],
        "choices": choices,
        "chosen": choices[0] if data["has_secret"] else choices[1],
        "has_secret": data["has_secret"],
    }


def _section(title: str, rows: Sequence[Mapping[str, Any]]) -> Mrkdwn:
    lines = [_line(row) for row in rows if row["section"] == title]
    return join("\n", [say("*{title}*", title=title), *lines])


def _line(row: Mapping[str, Any]) -> Mrkdwn:
    value = _named(row["value"]) if row["shape"] == "people" else _spoken(row["value"])
    line = say("{label}: *{value}* (`{key}`)", label=row["label"], value=value or "nobody", key=row["key"])
    return line if row["is_default"] else Mrkdwn(f"{line} · changed")


def _spoken(value: str) -> str:
    """Choices as the form words them; numbers as they are typed."""
    return ", ".join(_CHOICES.get(word, word) for word in value.split(", "))


def _named(value: str) -> Mrkdwn:
    return join(", ", [mention(user) for user in value.split(", ") if user])


def _people(value: str) -> Mrkdwn | str:
    """A value before or after a change: ids of people are names to whoever reads them, nothing is said as nobody."""
    parts = value.split(", ")
    is_people = all(part[:1] in {"U", "W"} and part.isalnum() and part.isupper() for part in parts)
    return _named(value) if value and is_people else value or "nobody"


def _webhook(hook: Mapping[str, Any]) -> Mrkdwn:
    if hook["url"]:
        return say("Decisions are sent to {url}, signed.", url=hook["url"])
    if not hook["has_keys"]:
        return Mrkdwn("No webhook: whoever runs the bot must set GPU_ADVISE_SECRET_KEYS first.")
    return Mrkdwn("No webhook.")


def _buttons(hook: Mapping[str, Any]) -> list[Element]:
    change = button("Change", "settings.change", "all", style="primary")
    webhook = button("Webhook", "settings.webhook", "webhook") if hook["has_keys"] else None
    deliveries = button("Deliveries", "webhook.log", "newest") if hook["url"] else None
    log = button("Audit log", "settings.audit", "newest")
    return [it for it in (change, webhook, deliveries, log) if it is not None]


def _box(box: Mapping[str, Any]) -> dict[str, Any]:
    """Of a menu the options chosen, of a choice of people their ids, of all else the text."""
    chosen = [part for part in box["value"].split(", ") if part]
    picked = [option for option in box["options"] if option["value"] in chosen]
    return {**box, "picked": picked, "people": chosen if box["shape"] == "people" else []}
