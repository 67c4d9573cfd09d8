"""An approved configuration, as a patch for the tool that starts the runs: one module a tool."""

from collections.abc import Callable, Mapping
from typing import Literal

from bot.handoff.dstack import dstack
from bot.handoff.kubernetes import kubernetes
from bot.handoff.order import Order, Snippet
from bot.handoff.skypilot import skypilot
from bot.handoff.terraform import terraform

__all__ = ["TARGETS", "TITLES", "Order", "Snippet", "Target", "snippet"]

Target = Literal["skypilot", "kubernetes", "terraform", "dstack"]

TITLES: Mapping[Target, str] = {
    "skypilot": "SkyPilot",
    "kubernetes": "Kubernetes",
    "terraform": "Terraform",
    "dstack": "dstack",
}
TARGETS: tuple[Target, ...] = tuple(TITLES)

_WRITTEN: Mapping[Target, Callable[[Order], Snippet]] = {
    "skypilot": skypilot,
    "kubernetes": kubernetes,
    "terraform": terraform,
    "dstack": dstack,
}


def snippet(target: Target, order: Order) -> Snippet:
    """`order` as `target` takes it; what that tool cannot express is said in a comment."""
    return _WRITTEN[target](order)
