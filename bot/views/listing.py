"""What is known: workloads, subscriptions, settings, the bot's own state; and what was just changed of these."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.numbers import count, plain
from bot.views.phrases import moment

__all__ = ["settings", "status", "tracked"]

_ROWS_A_SECTION = 10  # 120-character names in the widest script still fit a section's 3,000 characters
_SETTING_WORDS = {
    "guardrail_factor": "performance may cost this much of today's cost per unit",
    "max_accelerators": "accelerators at most, unless history used more",
    "max_nodes": "machines at most",
    "worth_moving_factor": "a gain smaller than this is not worth a move",
    "flat_below": "spread of cost per unit that counts as flat",
    "stale_prices_after_days": "days until prices are called old",
    "lookback_days": "days of history that demand is read from",
}


def status(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `status.json.j2` names: counts in words, and what needs an administrator."""
    outbox = data["outbox"]
    pairs = (
        ("Workloads", count(data["workloads"])),
        ("Runs", count(data["runs"])),
        ("Offers", count(data["offers"])),
        ("Oldest price", moment(data["prices_as_of"])),
        ("Open advice", count(data["open_advices"])),
        ("Digests", count(data["subscriptions"])),
        ("Messages waiting", count(outbox["waiting"])),
        ("Messages given up", count(outbox["dead"])),
    )
    return {
        "pairs": [say("*{name}*\n{value}", name=name, value=value) for name, value in pairs],
        "dead": count(outbox["dead"]) if outbox["dead"] else None,
        "is_empty": data["runs"] == 0,
        "version": data["version"],
        "model_version": data["model_version"] or "none yet",
    }


def tracked(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `tracked.json.j2` and `untracked.json.j2` name."""
    return {"workload": data["workload"]}


def settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `settings.json.j2` names: every setting with its meaning."""
    rows = [_setting(name, value) for name, value in data.items()]
    return {"chunks": [join("\n", chunk) for chunk in _chunks(rows)]}


def _setting(name: str, value: Any) -> Mrkdwn:
    return join(" – ", [say("*{name}* {value}", name=name, value=_value(value)), _SETTING_WORDS.get(name, "")])


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not set"}[value]
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value) or "any"
    return str(value)


def _chunks(rows: Sequence[Mrkdwn]) -> list[list[str]]:
    return [list(rows[start : start + _ROWS_A_SECTION]) for start in range(0, len(rows), _ROWS_A_SECTION)]
