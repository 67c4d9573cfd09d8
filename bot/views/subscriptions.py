"""Digests as a channel has them: subscribed, listed with their buttons, ended, and the form that makes one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.owners import Owner
from bot.render import Mrkdwn, channel, join, say
from bot.views.elements import Element, button, option
from bot.views.numbers import count, money
from bot.views.phrases import moment, owned_by

__all__ = [
    "finding",
    "restaged",
    "subscribed",
    "subscription_form",
    "subscription_list",
    "unsubscribed",
]

_HERE = 20  # digests of one channel that are listed with buttons: two blocks each
_ELSEWHERE = 20  # in one section: 60-character names in the widest script still fit
_ROWS_A_SECTION = 10
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FINDINGS: Mapping[str, str] = {
    "shift_to_performance": "on cost, should shift to performance",
    "dominated": "the same speed can be had for less",
    "overbuilt_prototype": "a prototype built like production",
    "drifted_stage": "its stage has drifted",
    "thin_evidence": "too little is known of it",
    "stale_evidence": "nothing has run for long",
}
_STAGES = {"prototyping": "Prototyping", "validation": "Validation", "production": "Production"}
_KINDS = {"ai": "AI: parallel work", "traditional": "Traditional: diminishing returns"}


def subscribed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `subscribed.json.j2` names."""
    return {
        "line": _schedule(data),
        "topic": _topic(data),
        "next_at": _next(data) if data["next_at"] else None,
        "off": say("`/gpu-advise digest off {name}`", name=data["name"]) if data["name"] else None,
        "is_back": data.get("is_back", False),
        "zone": _assumed_zone(data),
    }


def unsubscribed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `unsubscribed.json.j2` names."""
    if "ended" not in data:  # an older release wrote it
        return {
            "line": say("{name} in {where}", name=data.get("name") or "Digests", where=channel(data["channel"])),
            "buttons": [],
        }
    return {
        "line": join(". ", [_schedule(data), _topic(data) or ""]),
        "buttons": [button("Undo", "digest.undo", data["undo_id"])],
    }


def subscription_list(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `subscription_list.json.j2` names: this channel's digests with their buttons, then the others in lines."""
    here = [row for row in data["rows"] if row["is_here"]]
    others = [_line(row) for row in data["rows"] if not row["is_here"]]
    left_off = len(here[_HERE:]) + len(others[_ELSEWHERE:])
    shown = others[:_ELSEWHERE]
    return {
        "here": [{"text": _line(row), "buttons": _buttons(row)} for row in here[:_HERE]],
        "elsewhere": [
            join("\n", list(shown[start : start + _ROWS_A_SECTION])) for start in range(0, len(shown), _ROWS_A_SECTION)
        ],
        "left_off": count(left_off) if left_off else None,
        "is_which": data.get("asks") == "end",
        "new": button("New digest", "digest.new", "new", style="primary"),
    }


def restaged(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `restaged.json.j2` names: the tag that a workload has now, and a way back to the one before."""
    before = data["before"]
    back = button(f"Back to {before}", "workload.stage", f"{data['advice_id']}:{before}")
    return {"workload": data["workload"], "stage": data["stage"], "buttons": [back] if before else []}


def _schedule(row: Mapping[str, Any]) -> Mrkdwn:
    """One schedule in words."""
    where = say(
        "{where}: {day} at {time} ({timezone})",
        where=channel(row["channel"]),
        day=_days(row["day"]),
        time=row["time"],
        timezone=row["timezone"],
    )
    return say("*{name}* in {where}", name=row["name"], where=where) if row["name"] else where


def _days(words: str) -> str:
    """`weekdays`, `Monday, Thursday`."""
    return ", ".join(word.capitalize() if word in _DAYS else word for word in str(words).split(","))


def _assumed_zone(data: Mapping[str, Any]) -> Mrkdwn | None:
    """Whose clock it goes by where nobody named one."""
    assumed, zone = data.get("assumed_zone"), data["timezone"]
    if assumed == "own":
        return say("{zone} is your own time zone in Slack; name another after the time to change it.", zone=zone)
    return (
        say("Slack does not say your time zone, so it is {zone}; name yours after the time.", zone=zone)
        if assumed
        else None
    )


def _next(row: Mapping[str, Any]) -> str:
    """The day on which it comes next, where its clock is: Tue 24 Nov 2026. The hour stands in its schedule."""
    at = datetime.fromisoformat(row["next_at"])
    try:
        there = at.astimezone(ZoneInfo(row["timezone"]))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a zone that has left the tables since
        return moment(row["next_at"])
    return f"{there:%a} {there.day} {there:%b %Y}"


def subscription_form(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_subscription.json.j2` names."""
    topic = data["topic"]
    whose = (*topic.get("owners", ()), *topic.get("teams", ()))
    days = [option(day.capitalize(), day) for day in _DAYS]
    choices = {
        "stage": [option(_STAGES.get(it, it), it) for it in data["all"]["stage"]],
        "kind": [option(_KINDS.get(it, it), it) for it in data["all"]["kind"]],
        "finding": [option(finding(it).capitalize(), it) for it in data["all"]["finding"]],
    }
    return {
        "metadata": data["metadata"],
        "is_new": data["is_new"],
        "name": data["name"],
        "days": days,
        "chosen_days": [days[day] for day in data["days"]],
        "time": data["time"],
        "zone": option(data["timezone"], data["timezone"]),
        "choices": choices,
        "chosen": {name: _chosen(options, topic.get(f"{name}s", ())) for name, options in choices.items()},
        "owners": [Owner.of(it).key for it in whose if Owner.of(it).is_person],
        "teams": ", ".join(Owner.of(it).as_text for it in whose if not Owner.of(it).is_person),
        "gain": f"${topic['min_usd_per_week']:g}/week" if topic.get("min_usd_per_week") else "",
    }


def _line(row: Mapping[str, Any]) -> Mrkdwn:
    """A digest with what it is about, and when it comes next."""
    when = say("paused") if row["is_paused"] else say("next {at}", at=_next(row))
    return join("\n", [say("{line} – {when}", line=_schedule(row), when=when), _topic(row) or ""])


def _topic(row: Mapping[str, Any]) -> Mrkdwn | None:
    """What a digest is about in words; None when it takes everything."""
    topic = row["topic"]
    owners = [owned_by(owner) for owner in (*topic.get("owners", ()), *topic.get("teams", ()))]
    least = topic.get("min_usd_per_week")
    parts = [
        join(" or ", list(topic.get("stages", ()))),
        join(" or ", [_KINDS.get(kind, kind).split(":")[0] for kind in topic.get("kinds", ())]),
        say("of {owners}", owners=join(" or ", list(owners))) if owners else "",
        join(" or ", [f"“{finding(kind).capitalize()}”" for kind in topic.get("findings", ())]),
        f"worth at least {money(least)} a week" if least else "",
    ]
    words = join(" · ", parts)
    return say("Only {words}", words=words) if words else None


def _buttons(row: Mapping[str, Any]) -> list[Element]:
    it = row["id"]
    pause = button("Resume", "digest.resume", it) if row["is_paused"] else button("Pause", "digest.pause", it)
    return [
        button("Preview", "digest.preview", it),
        button("Send now", "digest.send", it),
        pause,
        button("Edit", "digest.edit", it),
        button("Remove", "digest.remove", it) | {"confirm": _sure(row["name"])},
    ]


def _sure(name: str) -> dict[str, str]:
    return {
        "title": "Remove this digest?",
        "text": f"{name or 'The digest of this channel'} will not come any more. You can undo this for 15 minutes.",
        "yes": "Remove",
        "no": "Keep",
        "style": "danger",
    }


def finding(kind: str) -> str:
    """A kind of finding in words; one that has none is named by its own."""
    return _FINDINGS.get(kind, kind.replace("_", " "))


def _chosen(options: Sequence[Mapping[str, str]], values: Sequence[str]) -> list[Mapping[str, str]]:
    return [option for option in options if option["value"] in values]
