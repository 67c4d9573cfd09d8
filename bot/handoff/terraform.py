"""Terraform: the arguments that the configuration decides, for the machine's resource of each provider.

- aws_instance: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance
- google_compute_instance: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_instance
- azurerm_linux_virtual_machine:
  https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/linux_virtual_machine
- oci_core_instance: https://registry.terraform.io/providers/oracle/oci/latest/docs/resources/core_instance
"""

from collections.abc import Callable, Iterator, Mapping

from bot.handoff.order import Order, Snippet
from bot.handoff.writing import Scalar, comment, hcl_quoted

__all__ = ["terraform"]

_ATTACHED = {
    "K80-12GB": "nvidia-tesla-k80",
    "P100-16GB": "nvidia-tesla-p100",
    "P4-8GB": "nvidia-tesla-p4",
    "T4-16GB": "nvidia-tesla-t4",
    "V100-16GB": "nvidia-tesla-v100",
}
"""Accelerator types that are attached to an N1 machine: https://cloud.google.com/compute/docs/gpus."""
_FILE = "gpu.tf"


def terraform(order: Order) -> Snippet:
    """The lines to merge into the resource that there is; where no resource is known, local values."""
    body = _BODIES.get(order.provider or "", _locals) if order.machine_type else _locals
    lines = [comment(f"{order.workload}: {order.summary}"), *_unsaid(order, body)]
    return Snippet("\n".join([*lines, *body(order)]), _FILE, "terraform plan")


def _aws(order: Order) -> Iterator[str]:
    yield 'resource "aws_instance" "gpu" {'
    yield from _arguments({"count": order.node_count, "instance_type": order.machine_type})
    if order.is_spot:
        yield from ("", "  instance_market_options {", '    market_type = "spot"', "  }")
    yield "}"


def _google(order: Order) -> Iterator[str]:
    yield 'resource "google_compute_instance" "gpu" {'
    yield from _arguments({"count": order.node_count, "machine_type": order.machine_type})
    if order.has_attached_accelerators and order.accelerator in _ATTACHED:
        yield from ("", "  guest_accelerator {")
        yield from _arguments({"type": _ATTACHED[order.accelerator], "count": order.accelerator_count}, depth=2)
        yield "  }"
    yield from ("", "  scheduling {")
    # Machines with GPUs do not migrate; spot machines do not restart by themselves.
    spot: dict[str, Scalar | None] = {"provisioning_model": "SPOT", "preemptible": True, "automatic_restart": False}
    yield from _arguments({"on_host_maintenance": "TERMINATE", **(spot if order.is_spot else {})}, depth=2)
    yield from ("  }", "}")


def _azure(order: Order) -> Iterator[str]:
    yield 'resource "azurerm_linux_virtual_machine" "gpu" {'
    spot: dict[str, Scalar | None] = {"priority": "Spot", "eviction_policy": "Deallocate"}
    given = {"count": order.node_count, "size": order.machine_type, "location": order.place}
    yield from _arguments({**given, **(spot if order.is_spot else {})})
    yield "}"


def _oracle(order: Order) -> Iterator[str]:
    yield 'resource "oci_core_instance" "gpu" {'
    yield from _arguments({"count": order.node_count, "shape": order.machine_type})
    if order.is_spot:
        yield from ("", "  preemptible_instance_config {", "    preemption_action {", '      type = "TERMINATE"')
        yield from ("    }", "  }")
    yield "}"


def _locals(order: Order) -> Iterator[str]:
    yield "locals {"
    yield from _arguments(
        {
            "gpu_provider": order.provider,
            "gpu_region": order.region,
            "gpu_instance_type": order.instance_type,
            "gpu_accelerator": order.accelerator,
            "gpu_accelerator_count": order.accelerator_count,
            "gpu_node_count": order.node_count,
            "gpu_is_spot": order.is_spot,
            "gpu_precision": order.precision,
            "gpu_batch_size": order.batch,
        }
    )
    yield "}"


def _arguments(given: Mapping[str, Scalar | None], depth: int = 1) -> Iterator[str]:
    """Aligned as `terraform fmt` aligns them; what is not known is left out."""
    known = {name: value for name, value in given.items() if value is not None}
    width = max(map(len, known))
    return (f"{'  ' * depth}{name:<{width}} = {_value(value)}" for name, value in known.items())


def _value(value: Scalar) -> str:
    if isinstance(value, str):
        return hcl_quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unsaid(order: Order, body: Callable[[Order], Iterator[str]]) -> list[str]:
    said = []
    if body is _locals:
        said.append(comment(f"No resource is known here for {order.provider or 'this provider'}: local values instead"))
    else:
        said.append(comment("Merge it into your resource: image, network and disks stay your own."))
    if body is not _locals and order.place is not None and body is not _azure:
        where = "zone: one of" if body is _google else "the provider's region:"
        said.append(comment(f"{where} {order.place}"))
    if order.environment:
        variables = " ".join(f"{name}={value}" for name, value in order.environment.items())
        said.append(comment(f"Run it with {variables}"))
    if order.pricing_category == "committed":
        said.append(comment(f"The price is that of a commitment ({order.term or 'reserved'}), which is bought apart"))
    return said


_BODIES: Mapping[str, Callable[[Order], Iterator[str]]] = {
    "aws": _aws,
    "azure": _azure,
    "gcp": _google,
    "oci": _oracle,
    "oracle-cloud": _oracle,
}
