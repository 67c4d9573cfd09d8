"""Help that teaches by examples; complete for every form of the slash command."""

from collections.abc import Mapping
from typing import Any

__all__ = ["help_"]

_ASK = (
    ("/gpu-advise video-gen", "three optima; the stage is read from the history"),
    (
        "/gpu-advise video-gen production",
        "for a stage you name: prototyping (dev, proto), validation (test, staging), production (prod)",
    ),
    ('/gpu-advise "nightly render" floor=500/h pricing=spot', "a name with a space stands in quotes; limits follow"),
)
_KEYS = (
    ("floor=500/h", "at least 500 units of work an hour"),
    ("budget=$200/day", "at most $200 a day"),
    ("per-unit=$0.05", "at most $0.05 for one unit of work"),
    ("wait=$40/h", "an hour of waiting is worth $40 to you; it decides what value means"),
    ("accelerator=H100-80GB", "only this model of accelerator"),
    ("gpus=8", "at most 8 accelerators in all"),
    ("nodes=2", "at most 2 machines"),
    ("region=us-east-1,eu-west-1", "only these regions"),
    ("provider=aws", "only this provider"),
    ("pricing=spot", "on-demand, spot or reserved"),
    ("critical=yes", "people wait for it although it gains little from more accelerators"),
)
_SUBCOMMANDS = (
    ("/gpu-advise", "alone it opens a form"),
    (
        "/gpu-advise list",
        "the workloads I know; list stage=production kind=ai owner=me team=film finding=dominated shows those only",
    ),
    ("/gpu-advise status", "what I know, how old the prices are, whether I am well"),
    ("/gpu-advise digest monday 09:00 Europe/Berlin", "a digest in this channel every Monday at nine"),
    (
        '/gpu-advise digest add "our findings" weekdays 09:00 team=film gain=$100/week',
        "one more, about some workloads: stage=, kind=, finding=, gain=, owner= (people), team= (a team or user group)",
    ),
    ("/gpu-advise digest", "the digests of this channel; digest now sends what is new at once, digest off ends one"),
    ("/gpu-advise track video-gen", "watch a workload in digests; untrack leaves it out"),
    ("/gpu-advise settings", "the settings of this workspace, and who may change them"),
    ("/gpu-advise settings guardrail=15%", "change one; settings audit tells who changed what"),
    (
        "/gpu-advise settings video-gen",
        "its stage, its thresholds, and what its answers leave out; allow that again there",
    ),
    ("/gpu-advise settings video-gen two-approvers=$500", "a threshold of its own: two people must approve above it"),
    ("/gpu-advise help", "this text"),
)


def help_(_data: Mapping[str, Any]) -> dict[str, Any]:
    """What `help.json.j2` names: examples of asking, every key, every subcommand."""
    return {"ask": _ASK, "keys": _KEYS, "subcommands": _SUBCOMMANDS}
