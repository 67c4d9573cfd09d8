"""SkyPilot: a task, https://docs.skypilot.co/en/latest/reference/yaml-spec.html."""

from bot.handoff.order import Order, Snippet
from bot.handoff.writing import Scalar, Tree, comment, label, yaml

__all__ = ["skypilot"]

_CLOUDS = {
    "aws": "aws",
    "azure": "azure",
    "cudo": "cudo",
    "cudo-compute": "cudo",
    "datacrunch": "verda",  # the provider's name since 2025
    "digitalocean": "do",
    "fluidstack": "fluidstack",
    "gcp": "gcp",
    "hyperbolic": "hyperbolic",
    "ibm": "ibm",
    "kubernetes": "kubernetes",
    "lambda": "lambda",
    "lambdalabs": "lambda",
    "nebius": "nebius",
    "oci": "oci",
    "oracle-cloud": "oci",
    "paperspace": "paperspace",
    "primeintellect": "primeintellect",
    "runpod": "runpod",
    "seeweb": "seeweb",
    "shadeform": "shadeform",
    "vast": "vast",
    "vastai": "vast",
    "verda": "verda",
}
_NAMES = {
    "A100-80GB": "A100-80GB",
    "A100-80GB-PCIe": "A100-80GB",
    "GH200-96GB": "GH200",
    "RTX4000Ada-20GB": "RTX4000-Ada",
    "RTX5000Ada-32GB": "RTX5000-Ada",
    "RTX6000Ada-48GB": "RTX6000-Ada",
    "T4G-16GB": "T4g",
    "V100-32GB": "V100-32GB",
}
"""Names of `sky show-gpus` that are not simply the model."""
_FILE = "task.yaml"


def skypilot(order: Order) -> Snippet:
    """A task whose resources are the configuration; `setup` and `run` stay the reader's own."""
    cloud = _CLOUDS.get(order.provider or "")
    lines = [comment(f"{order.workload}: {order.summary}"), *_unsaid(order, cloud)]
    resources: dict[str, Scalar] = {}
    if cloud is not None:
        resources["infra"] = f"{cloud}/{order.place}" if order.place else cloud
    if cloud is not None and order.machine_type is not None:
        resources["instance_type"] = order.machine_type
    resources["accelerators"] = f"{_NAMES.get(order.accelerator, order.model)}:{order.accelerator_count}"
    resources["use_spot"] = order.is_spot
    task: dict[str, Tree] = {"name": label(order.workload), "num_nodes": order.node_count, "resources": resources}
    if order.environment:
        task["envs"] = order.environment
    return Snippet("\n".join([*lines, yaml(task)]), _FILE, f"sky launch {_FILE}")


def _unsaid(order: Order, cloud: str | None) -> list[str]:
    said = [comment("Merge it into your task: setup and run stay your own.")]
    if cloud is None and order.provider is not None:
        said.append(comment(f"SkyPilot has no cloud named {order.provider!r}: it chooses one that has these GPUs"))
    if order.pricing_category == "committed":
        said.append(comment(f"The price is that of a commitment ({order.term or 'reserved'}), which is bought apart"))
    return said
