"""dstack: a task, https://dstack.ai/docs/reference/dstack.yml/task/."""

from bot.handoff.order import Order, Snippet
from bot.handoff.writing import Scalar, Tree, comment, label, yaml

__all__ = ["dstack"]

_BACKENDS = {
    "aws": "aws",
    "azure": "azure",
    "cloudrift": "cloudrift",
    "crusoe": "crusoe",
    "cudo": "cudo",
    "cudo-compute": "cudo",
    "datacrunch": "verda",  # the provider's name since 2025
    "digitalocean": "digitalocean",
    "gcp": "gcp",
    "hotaisle": "hotaisle",
    "jarvislabs": "jarvislabs",
    "kubernetes": "kubernetes",
    "lambda": "lambda",
    "lambdalabs": "lambda",
    "nebius": "nebius",
    "oci": "oci",
    "oracle-cloud": "oci",
    "runpod": "runpod",
    "seeweb": "seeweb",
    "tensordock": "tensordock",
    "vastai": "vastai",
    "verda": "verda",
    "vultr": "vultr",
}
_NAMES = {
    "H100-94GB-NVL": "H100NVL",
    "RTXA4000-16GB": "A4000",
    "RTXA4500-20GB": "A4500",
    "RTXA5000-24GB": "A5000",
    "RTXA6000-48GB": "A6000",
}
_UNLISTED = frozenset({
    "A2", "A30", "GTX1080Ti", "H20", "K80", "L20", "M60", "P4", "P40", "RTX5000", "RTX5000Ada", "RTX8000", "RTXA5500",
    "T4G", "TITANRTX", "TITANV", "TITANXp",
})  # fmt: skip
"""Models that are in no list of `gpuhunt`, from which dstack knows what its backends rent."""
_SIZED = {"A100", "GH200", "V100"}  # models of which there is more than one size of memory
_SPOT = {"dynamic": "spot", "standard": "on-demand", "committed": "on-demand"}
_FILE = "task.dstack.yml"


def dstack(order: Order) -> Snippet:
    """A task whose resources are the configuration; `commands` stay the reader's own."""
    backend = _BACKENDS.get(order.provider or "")
    gpu: dict[str, Scalar] = {"name": _NAMES.get(order.accelerator, order.model)}
    if order.model in _SIZED and order.memory is not None:
        gpu["memory"] = order.memory
    gpu["count"] = order.accelerator_count
    task: dict[str, Tree] = {"type": "task", "name": label(order.workload), "nodes": order.node_count}
    if order.environment:
        task["env"] = order.environment
    task["resources"] = {"gpu": gpu}
    task |= _where(order, backend)
    task["spot_policy"] = _SPOT.get(order.pricing_category or "", "auto")
    lines = [comment(f"{order.workload}: {order.summary}"), *_unsaid(order, backend)]
    return Snippet("\n".join([*lines, yaml(task)]), _FILE, f"dstack apply -f {_FILE}")


def _where(order: Order, backend: str | None) -> dict[str, Tree]:
    if backend is None:
        return {}
    where: dict[str, Tree] = {"backends": [backend]}
    if order.place is not None:
        where["regions"] = [order.place]
    if order.machine_type is not None and not order.has_attached_accelerators:
        where["instance_types"] = [order.machine_type]
    return where


def _unsaid(order: Order, backend: str | None) -> list[str]:
    said = [comment("Merge it into your task: image and commands stay your own.")]
    if backend is None and order.provider is not None:
        said.append(comment(f"dstack has no backend named {order.provider!r}: it chooses among those of your project"))
    if order.model in _UNLISTED:
        said.append(comment(f"dstack lists no GPU named {order.model!r}: only a fleet of your own can have it"))
    if order.pricing_category == "committed":
        said.append(
            comment(f"The price is that of a commitment ({order.term or 'reserved'}): name it by 'reservation'")
        )
    return said
