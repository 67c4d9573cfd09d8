"""The bot's own state, and which workloads digests watch."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, say
from bot.views.numbers import count, plural, singular
from bot.views.phrases import day

__all__ = ["status", "tracked"]


_UNDELIVERED = "{what} could not be delivered. Next: the log of `gpu-advise serve` says why."
_GIVEN_UP = "{what} to the webhook {were} given up. Next: *Deliveries* under `/gpu-advise settings` shows why."
_NO_RUNS = "there is no history yet. Next: `gpu-advise import runs FILE` reads CSV and JSON Lines."
_NO_PRICES = "there are no prices. Next: `gpu-advise import offers FILE` reads CSV and JSON Lines."
_OLD_PRICES = "the oldest price is {days} old. Next: `gpu-advise import offers FILE` brings newer ones."
_DELIVERIES = (("waiting", "deliveries waiting"), ("dead", "deliveries given up"))


def status(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `status.json.j2` names: whether all is well, and counts in words."""
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
        "verdict": _verdict(data),
        "pairs": [say("*{name}*\n{value}", name=name, value=value) for name, value in pairs],
        "version": data["version"],
        "model_version": data["model_version"] or "none yet",
    }


def _verdict(data: Mapping[str, Any]) -> Mrkdwn:
    """Whether somebody is needed, for what first, and what to do then: undelivered words before missing ones."""
    posts, deliveries = data["outbox"]["dead"], (data.get("webhook") or {}).get("dead", 0)
    needs = (
        (posts, say(_UNDELIVERED, what=_several(posts, "message"))),
        (deliveries, say(_GIVEN_UP, what=_several(deliveries, "delivery"), were="was" if deliveries == 1 else "were")),
        (data["runs"] == 0, Mrkdwn(_NO_RUNS)),
        (data["offers"] == 0, Mrkdwn(_NO_PRICES)),
        (data.get("stale_prices_days"), say(_OLD_PRICES, days=_several(data.get("stale_prices_days") or 0, "day"))),
    )
    needed = next((need for is_needed, need in needs if is_needed), None)
    return say("⚠️ *Needs somebody:* {need}", need=needed) if needed else Mrkdwn("✅ *All is well.*")


def _several(number: int, name: str) -> str:
    return f"1 {singular(name)}" if number == 1 else f"{count(number)} {plural(name)}"


def tracked(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `tracked.json.j2` and `untracked.json.j2` name."""
    return {"workload": data["workload"]}
