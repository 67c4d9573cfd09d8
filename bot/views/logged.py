"""A line of the audit log as a sentence: when, who, what, and as much of its detail as a person asks for."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.render import Mrkdwn, channel, join, mention, say
from bot.views.deciding import REASONS
from bot.views.numbers import plain
from bot.views.phrases import configuration, moment, who
from bot.views.refusals import moved

__all__ = ["entry"]

_LONGEST_DETAIL = 300  # characters
_ACTIONS = {
    "advice.approve": "approved",
    "advice.dismiss": "dismissed an answer",
    "advice.replace": "was shown a fresh card, since the price had moved",
    "advice.share": "shared an answer",
    "advice.snooze": "snoozed an answer",
    "advice.undo": "undid a decision",
    "approval.give": "approved; a second person must, too",
    "approval.lapse": "let a first approval lapse, since the price had moved",
    "digest.pause": "paused a digest",
    "digest.remove": "ended a digest",
    "digest.resume": "resumed a digest",
    "digest.save": "subscribed to a digest",
    "digest.send": "sent a digest",
    "digest.undo": "began a digest again that had ended",
    "exclusion.make": "left out",
    "exclusion.revoke": "allowed again",
    "right.refuse": "was refused",
    "settings.change": "changed settings",
    "thresholds.change": "changed the thresholds of a workload",
    "trial.cancel": "cancelled a trial",
    "trial.expire": "gave up a trial",
    "trial.plan": "planned a trial",
    "trial.verify": "saw a trial arrive",
    "webhook.again": "sent a delivery again",
    "webhook.change": "changed the webhook",
    "workload.stage": "changed the stage",
    "workspace.install": "installed the bot",
    "workspace.leave": "heard that the workspace let it go",
}
_NOUNS = {"dismiss": "a dismissal", "approve": "an approval", "snooze": "a snooze"}


def entry(row: Mapping[str, Any]) -> Mrkdwn:
    """When, who, what was done, to what, and the detail without the ids that only programs follow."""
    detail = _detail(row["detail"])
    return say(
        "{at} · {by} {action} · *{subject}* – {detail}" if detail else "{at} · {by} {action} · *{subject}*",
        at=moment(row["at"]),
        by=who(row["actor"]) if row["actor"] else "the bot",
        action=_ACTIONS.get(row["action"], row["action"]),
        subject=channel(row["subject"]),
        detail=detail,
    )


def _detail(detail: Mapping[str, Any]) -> Mrkdwn | str:
    """What changed, or what was recorded besides, as much of it as a line holds."""
    before, after = detail.get("before"), detail.get("after")
    if "before" in detail and "after" in detail:
        return _cut(_change(before, after), _LONGEST_DETAIL)
    told = [_told(key, value) for key, value in detail.items() if value not in (None, [], {}) and not _is_id(key)]
    return join(", ", list(_as_many_as_fit(told)))


def _as_many_as_fit(parts: Iterable[Mrkdwn | str]) -> Iterator[Mrkdwn | str]:
    """Plain text is cut; what is marked up is left off whole, so that no mark stays open."""
    left = _LONGEST_DETAIL
    for part in parts:
        fitting = _cut(part, left) if not isinstance(part, Mrkdwn) else part
        if 0 < len(fitting) <= left:
            yield fitting
            left -= len(fitting)


def _is_id(key: str) -> bool:
    return key == "id" or key.endswith("_id")


def _change(before: Any, after: Any) -> str:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return f"{_brief(before) or 'none'} → {_brief(after) or 'none'}"
    return ", ".join(f"{key} {_brief(before.get(key)) or 'none'} → {_brief(it) or 'none'}" for key, it in after.items())


def _told(key: str, value: Any) -> Mrkdwn | str:
    told = _TOLD.get(key)
    try:
        return told(value) if told else f"{key.replace('_', ' ')} {_brief(value)}"
    except (KeyError, TypeError, AttributeError):  # an older release wrote another shape
        return f"{key.replace('_', ' ')} {_brief(value)}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(longest - 1, 0)] + "…"


def _brief(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_TOLD: Mapping[str, Callable[[Any], Mrkdwn | str]] = {
    "choice": lambda choice: choice.replace("_", " "),
    "configuration": configuration,
    "channel": lambda name: say("in {channel}", channel=channel(name)),
    "decided_by": lambda user: say("of {user}", user=who(user)),
    "excluded": lambda what: " ".join(what[key] for key in ("accelerator", "provider", "region") if what.get(key)),
    "kind": lambda kind: _NOUNS.get(kind, kind),
    "measured": lambda found: f"measured {plain(found['units_per_hour'])} an hour",
    "price": lambda price: moved(price["then"], price["now"]),
    "reason": lambda code: REASONS.get(code, code.replace("_", " ")),
    "runner": lambda user: say("for {user}", user=who(user)),
    "until": lambda until: f"until {moment(until)}",
    "words": lambda users: say("by {users}", users=join(" and ", [mention(user) for user in users])),
}
