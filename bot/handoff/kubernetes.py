"""Kubernetes: a strategic merge patch for a pod template.

- GPUs as resources: https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
- strategic merge patch: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
- well-known labels: https://kubernetes.io/docs/reference/labels-annotations-taints/
- GKE: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus and …/docs/concepts/spot-vms
- EKS: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html (capacity types)
- AKS: https://learn.microsoft.com/azure/aks/spot-node-pool and …/aks/gpu-cluster
"""

from collections.abc import Mapping

from bot.handoff.order import Order, Snippet
from bot.handoff.writing import Tree, comment, yaml

__all__ = ["kubernetes"]

_GKE = {
    "A100-40GB": "nvidia-tesla-a100",
    "A100-80GB": "nvidia-a100-80gb",
    "B200-180GB": "nvidia-b200",
    "GB200-186GB": "nvidia-gb200",
    "H100-80GB": "nvidia-h100-80gb",
    "H200-141GB": "nvidia-h200-141gb",
    "K80-12GB": "nvidia-tesla-k80",
    "L4-24GB": "nvidia-l4",
    "P100-16GB": "nvidia-tesla-p100",
    "P4-8GB": "nvidia-tesla-p4",
    "RTXPRO6000-96GB": "nvidia-rtx-pro-6000",
    "T4-16GB": "nvidia-tesla-t4",
    "V100-16GB": "nvidia-tesla-v100",
}
_GKE_MEGA = ("a3-megagpu-8g", "nvidia-h100-mega-80gb")
_TYPED = {"aws", "azure", "oci", "oracle-cloud"}  # whose nodes carry their instance type as it is named in price lists
_SPOT: Mapping[str, Mapping[str, str]] = {
    "aws": {"eks.amazonaws.com/capacityType": "SPOT"},
    "azure": {"kubernetes.azure.com/scalesetpriority": "spot"},
    "gcp": {"cloud.google.com/gke-spot": "true"},
}
_TYPE, _REGION = "node.kubernetes.io/instance-type", "topology.kubernetes.io/region"
_FILE = "gpu-patch.yaml"


def kubernetes(order: Order) -> Snippet:
    """A patch that puts the pods of a Deployment on the configuration, each with all accelerators of a node."""
    selector = _selector(order)
    pod: dict[str, Tree] = {"nodeSelector": selector} if selector else {}
    pod["tolerations"] = _tolerations(order)
    pod["containers"] = [_container(order)]
    patch = yaml({"spec": {"template": {"spec": pod}}})
    return Snippet("\n".join([*_said(order), patch]), _FILE, f"kubectl patch deployment NAME --patch-file {_FILE}")


def _container(order: Order) -> dict[str, Tree]:
    """Merged into the one of that name, variable by variable."""
    variables: list[Tree] = [{"name": name, "value": value} for name, value in order.environment.items()]
    limits: dict[str, Tree] = {"limits": {_resource(order): order.accelerator_count}}
    return {"name": "main", **({"env": variables} if variables else {}), "resources": limits}


def _resource(order: Order) -> str:
    return "amd.com/gpu" if order.is_amd else "nvidia.com/gpu"


def _selector(order: Order) -> dict[str, Tree]:
    provider = order.provider or ""
    found: dict[str, Tree] = {}
    if provider == "gcp" and (accelerator := _gke(order)) is not None:
        found["cloud.google.com/gke-accelerator"] = accelerator
    elif provider in _TYPED and order.machine_type is not None:
        found[_TYPE] = order.machine_type
    if found and order.place is not None:
        found[_REGION] = order.place
    return {**found, **(_SPOT.get(provider, {}) if found and order.is_spot else {})}


def _gke(order: Order) -> str | None:
    machine_type, name = _GKE_MEGA
    return name if order.machine_type == machine_type else _GKE.get(order.accelerator)


def _tolerations(order: Order) -> list[Tree]:
    """GKE taints its GPU nodes with this key; elsewhere it is what most clusters use."""
    every: list[Tree] = [{"key": _resource(order), "operator": "Exists", "effect": "NoSchedule"}]
    if order.provider == "azure" and order.is_spot:
        key = "kubernetes.azure.com/scalesetpriority"
        every.append({"key": key, "operator": "Equal", "value": "spot", "effect": "NoSchedule"})
    return every


def _said(order: Order) -> list[str]:
    lines = [
        comment(f"{order.workload}: {order.summary}"),
        comment("main: your container's name. This list of tolerations replaces the one there is."),
        comment("A Job's template cannot change: use 'kubectl patch --local -f job.yaml --patch-file FILE -o yaml'"),
    ]
    if order.node_count > 1:  # never a line of the patch: how many replicas serve is not ours to change
        lines.append(
            comment(f"One run takes {order.node_count} nodes: as many pods, each with the accelerators of one")
        )
    if not _selector(order):
        lines.append(comment(f"Which label the nodes of {order.provider or 'this provider'} carry is not known here:"))
        lines.append(comment("add a nodeSelector, by nvidia.com/gpu.product where GPU feature discovery runs."))
    elif order.is_spot and order.provider not in _SPOT:
        lines.append(comment("Spot: how these nodes are labelled is not known here; add your pool's own label."))
    return lines
