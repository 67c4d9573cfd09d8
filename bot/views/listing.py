"""The bot's own state, and which workloads digests watch."""

from collections.abc import Mapping
from typing import Any

from bot.render import say
from bot.views.numbers import count
from bot.views.phrases import day

__all__ = ["status", "tracked"]


_DELIVERIES = (("waiting", "deliveries waiting"), ("dead", "deliveries given up"))


def status(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `status.json.j2` names: counts in words, and what needs an administrator."""
    outbox = data["outbox"]
    hook = data.get("webhook") or {}
    deliveries = [(f"Webhook {words}", count(hook[state])) for state, words in _DELIVERIES if any(hook.values())]
    pairs = (
        ("Workloads", count(data["workloads"])),
        ("Runs", count(data["runs"])),
        ("Offers", count(data["offers"])),
        ("Oldest price", day(data["prices_as_of"]) if data["prices_as_of"] else "unknown"),
        ("Open answers", count(data["open_advices"])),
        ("Digests", count(data["subscriptions"])),
        ("Messages waiting", count(outbox["waiting"])),
        ("Messages given up", count(outbox["dead"])),
        *deliveries,
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
