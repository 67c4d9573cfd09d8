"""Help that teaches by examples; complete for every form of the slash command."""

from collections.abc import Mapping
from typing import Any

__all__ = ["help_"]

_ASK = (
    ("video-gen", "three optima for video-gen, the stage read from its history"),
    (
        "video-gen production",
        "as production: people wait for it (also prototyping, validation; dev, proto, test, staging, prod)",
    ),
    ('"nightly render" floor=500/h', "a name with a space in quotes; at least 500 units an hour"),
)
_KEYS = (
    ("floor=500/h", "no slower than 500 units an hour"),
    ("budget=$200/day", "at most $200 a day"),
    ("per-unit=$0.05", "at most $0.05 for one unit of work"),
    ("wait=$40/h", "an hour of waiting is worth $40: decides what value means"),
    ("gpus=8", "at most 8 accelerators in all"),
    ("nodes=2", "at most 2 machines"),
    ("region=us-east-1", "only there; several with commas"),
    ("provider=aws", "only there; several with commas"),
    ("pricing=spot", "on-demand, spot or reserved; several with commas"),
)
_SUBCOMMANDS = (
    ("list", "the workloads that are known, and what they run on"),
    ("status", "what the bot knows and whether it is well"),
    ("digest monday 09:00 Europe/Berlin", "a digest in this channel, every Monday at nine"),
    ("digest list", "the digests of this channel"),
    ("digest now", "one digest at once"),
    ("digest off", "no more digests in this channel"),
    ("track video-gen", "watch a workload in digests"),
    ("untrack video-gen", "leave it out of digests"),
    ("settings", "the defaults of this workspace"),
    ("help", "this text"),
)


def help_(_data: Mapping[str, Any]) -> dict[str, Any]:
    """What `help.json.j2` names: examples of asking, every key, every subcommand."""
    return {"ask": _ASK, "keys": _KEYS, "subcommands": _SUBCOMMANDS}
