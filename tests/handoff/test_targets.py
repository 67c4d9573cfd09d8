"""What each tool is given, read back as the tool reads it."""

import re
from typing import Any, get_args

import pytest

from bot.handoff import TARGETS, TITLES, Target, snippet
from bot.usecases.workspace.preferences import Handoff
from tests.handoff.orders import HOSTILE, hcl_strings, order, read_yaml

YAML: tuple[Target, ...] = ("skypilot", "kubernetes", "dstack")
KEYS = {"name", "num_nodes", "resources", "spec", "type", "nodes", "backends", "regions", "instance_types"} | {
    "spot_policy",
    "envs",
    "env",
}
SPOT_N1: dict[str, Any] = {
    "provider": "gcp",
    "region": "europe-west4",
    "instance_type": "n1-highmem-16+2xT4",
    "accelerator": "T4-16GB",
    "accelerator_count": 2,
    "node_count": 3,
    "pricing_category": "dynamic",
}


def test_there_is_a_patch_for_every_tool_that_a_workspace_can_choose() -> None:
    assert set(TARGETS) == set(get_args(Handoff)) == set(TITLES)


def test_skypilot_is_told_cloud_region_type_accelerators_and_how_it_is_paid() -> None:
    assert read_yaml(snippet("skypilot", order()).text) == {
        "name": "video-gen",
        "num_nodes": 1,
        "resources": {
            "infra": "aws/us-east-1",
            "instance_type": "g5.12xlarge",
            "accelerators": "A10G:4",
            "use_spot": False,
        },
        "envs": {"GPU_ADVISE_PRECISION": "fp16"},
    }


TUNED: dict[str, Any] = {"precision": "fp8", "batch_size": 64.0}
WANTED = {"GPU_ADVISE_PRECISION": "fp8", "GPU_ADVISE_BATCH_SIZE": "64"}


def environment(target: Target, **changes: Any) -> dict[str, str]:
    """The environment variables that a task of that tool runs with."""
    read = read_yaml(snippet(target, order(**changes)).text)
    if target == "kubernetes":
        [container] = read["spec"]["template"]["spec"]["containers"]
        return {pair["name"]: pair["value"] for pair in container.get("env", [])}
    found: dict[str, str] = read.get({"skypilot": "envs", "dstack": "env"}[target], {})
    return found


@pytest.mark.parametrize("target", YAML)
def test_precision_and_batch_size_are_environment_variables_of_the_task(target: Target) -> None:
    assert environment(target, **TUNED) == WANTED
    assert environment(target, precision=None, batch_size=0.5) == {"GPU_ADVISE_BATCH_SIZE": "0.5"}
    assert environment(target, batch_size=4_194_304.0)["GPU_ADVISE_BATCH_SIZE"] == "4194304"


@pytest.mark.parametrize("target", YAML)
def test_a_task_of_which_neither_is_known_gets_no_environment(target: Target) -> None:
    assert environment(target, precision=None) == {}
    assert "env" not in snippet(target, order(precision=None)).text


def test_terraform_which_runs_nothing_says_them_in_a_comment_and_has_them_as_local_values() -> None:
    said = "# Run it with GPU_ADVISE_PRECISION=fp8 GPU_ADVISE_BATCH_SIZE=64"
    assert said in snippet("terraform", order(**TUNED)).text.splitlines()
    local = snippet("terraform", order(**TUNED, provider="vastai")).text
    assert re.search(r'gpu_precision += "fp8"\s+gpu_batch_size += 64$', local, flags=re.MULTILINE)
    assert "GPU_ADVISE" not in snippet("terraform", order(precision=None)).text


@pytest.mark.parametrize(
    ("accelerator", "name"),
    [
        ("A100-40GB", "A100"),
        ("A100-80GB", "A100-80GB"),
        ("A100-80GB-PCIe", "A100-80GB"),
        ("V100-16GB", "V100"),
        ("V100-32GB", "V100-32GB"),
        ("H100-80GB", "H100"),
        ("RTX6000Ada-48GB", "RTX6000-Ada"),
        ("MI300X-192GB", "MI300X"),
    ],
)
def test_skypilot_s_own_names_of_accelerators_are_used(accelerator: str, name: str) -> None:
    read = read_yaml(snippet("skypilot", order(accelerator=accelerator, accelerator_count=8)).text)
    assert read["resources"]["accelerators"] == f"{name}:8"


def test_google_s_attached_gpus_are_no_part_of_the_machine_type() -> None:
    sky = read_yaml(snippet("skypilot", order(**SPOT_N1)).text)
    assert sky["resources"]["instance_type"] == "n1-highmem-16"
    assert sky["num_nodes"] == 3
    assert sky["resources"]["use_spot"] is True
    hcl = snippet("terraform", order(**SPOT_N1)).text
    assert re.search(r'machine_type = "n1-highmem-16"', hcl)
    assert re.search(r'guest_accelerator {\s+type  = "nvidia-tesla-t4"\s+count = 2\s+}', hcl)


def test_a_kubernetes_pod_gets_the_accelerators_of_a_node_by_google_s_labels() -> None:
    pod = read_yaml(snippet("kubernetes", order(**SPOT_N1)).text)["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {
        "cloud.google.com/gke-accelerator": "nvidia-tesla-t4",
        "topology.kubernetes.io/region": "europe-west4",
        "cloud.google.com/gke-spot": "true",
    }
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert pod["containers"] == [
        {
            "name": "main",
            "env": [{"name": "GPU_ADVISE_PRECISION", "value": "fp16"}],
            "resources": {"limits": {"nvidia.com/gpu": 2}},
        }
    ]


def test_a_kubernetes_patch_says_how_many_pods_and_never_changes_how_many_serve() -> None:
    text = snippet("kubernetes", order(**SPOT_N1)).text
    assert "3 nodes" in text
    assert "replicas:" not in text


@pytest.mark.parametrize(
    ("provider", "machine", "spot"),
    [
        ("aws", "p5.48xlarge", {"eks.amazonaws.com/capacityType": "SPOT"}),
        ("azure", "Standard_ND96isr_H100_v5", {"kubernetes.azure.com/scalesetpriority": "spot"}),
    ],
)
def test_elsewhere_nodes_are_chosen_by_their_instance_type(provider: str, machine: str, spot: dict[str, str]) -> None:
    asked = order(provider=provider, instance_type=machine, pricing_category="dynamic")
    pod = read_yaml(snippet("kubernetes", asked).text)["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {
        "node.kubernetes.io/instance-type": machine,
        "topology.kubernetes.io/region": "us-east-1",
        **spot,
    }


def test_azure_s_spot_nodes_are_tolerated() -> None:
    asked = order(provider="azure", instance_type="Standard_NC6s_v3", pricing_category="dynamic")
    tolerations = read_yaml(snippet("kubernetes", asked).text)["spec"]["template"]["spec"]["tolerations"]
    assert {"key": "kubernetes.azure.com/scalesetpriority", "value": "spot"}.items() <= tolerations[1].items()


def test_amd_s_accelerators_are_asked_for_by_their_own_resource() -> None:
    asked = order(provider="azure", instance_type="Standard_ND96isr_MI300X_v5", accelerator="MI300X-192GB")
    pod = read_yaml(snippet("kubernetes", asked).text)["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"] == {"amd.com/gpu": 4}
    assert pod["tolerations"][0]["key"] == "amd.com/gpu"


def test_an_h100_mega_machine_has_a_label_of_its_own() -> None:
    asked = order(provider="gcp", instance_type="a3-megagpu-8g", accelerator="H100-80GB", accelerator_count=8)
    pod = read_yaml(snippet("kubernetes", asked).text)["spec"]["template"]["spec"]
    assert pod["nodeSelector"]["cloud.google.com/gke-accelerator"] == "nvidia-h100-mega-80gb"


def test_terraform_gets_the_arguments_of_each_provider_s_own_resource() -> None:
    assert 'resource "aws_instance" "gpu"' in snippet("terraform", order()).text
    azure = snippet("terraform", order(provider="azure", instance_type="Standard_NC6s_v3", region="eastus")).text
    assert re.search(r'azurerm_linux_virtual_machine" "gpu" {\s+count += 1\s+size += "Standard_NC6s_v3"', azure)
    assert 'location = "eastus"' in azure
    oracle = snippet("terraform", order(provider="oracle-cloud", instance_type="BM.GPU.H100.8")).text
    assert re.search(r'oci_core_instance" "gpu" {\s+count = 1\s+shape = "BM.GPU.H100.8"', oracle)


@pytest.mark.parametrize(
    ("provider", "machine", "said"),
    [
        ("aws", "p3.2xlarge", r'instance_market_options {\s+market_type = "spot"\s+}'),
        ("gcp", "a2-highgpu-1g", r'provisioning_model  = "SPOT"'),
        ("azure", "Standard_NC6s_v3", r'priority        = "Spot"\s+eviction_policy = "Deallocate"'),
        ("oracle-cloud", "VM.GPU2.1", r'preemption_action {\s+type = "TERMINATE"'),
    ],
)
def test_terraform_pays_for_spot_as_each_provider_has_it(provider: str, machine: str, said: str) -> None:
    spot = order(provider=provider, instance_type=machine, pricing_category="dynamic")
    steady = order(provider=provider, instance_type=machine)
    assert re.search(said, snippet("terraform", spot).text)
    assert not re.search(said, snippet("terraform", steady).text)
    assert snippet("terraform", spot).text.count("{") == snippet("terraform", spot).text.count("}")


def test_a_gpu_that_dstack_does_not_list_is_said_to_be_no_machine_of_its_backends() -> None:
    assert "dstack lists no GPU named 'K80'" in snippet("dstack", order(accelerator="K80-12GB")).text
    assert "dstack lists no" not in snippet("dstack", order()).text


@pytest.mark.parametrize("region", ["us/east", "<!channel>", "us east", "r" * 64, "-west", "west-"])
def test_a_region_that_no_api_takes_is_said_and_not_asked_for(region: str) -> None:
    for target in YAML:
        text = snippet(target, order(region=region)).text
        assert region not in str(read_yaml(text))
        assert text.startswith("# video-gen: 4 x A10G-24GB, aws g5.12xlarge,")


@pytest.mark.parametrize(
    ("provider", "sky", "dstack"), [("datacrunch", "verda", "verda"), ("jarvislabs", None, "jarvislabs")]
)
def test_a_provider_is_named_as_each_tool_names_it(provider: str, sky: str | None, dstack: str) -> None:
    asked = order(provider=provider, region="fin-01")
    infra = read_yaml(snippet("skypilot", asked).text)["resources"].get("infra")
    assert infra == (f"{sky}/fin-01" if sky else None)
    assert read_yaml(snippet("dstack", asked).text)["backends"] == [dstack]


def test_dstack_is_told_backend_region_type_gpu_and_spot_policy() -> None:
    assert read_yaml(snippet("dstack", order(node_count=2, accelerator="A100-80GB")).text) == {
        "type": "task",
        "name": "video-gen",
        "nodes": 2,
        "env": {"GPU_ADVISE_PRECISION": "fp16"},
        "resources": {"gpu": {"name": "A100", "memory": "80GB", "count": 4}},
        "backends": ["aws"],
        "regions": ["us-east-1"],
        "instance_types": ["g5.12xlarge"],
        "spot_policy": "on-demand",
    }


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_tool_cannot_express_is_said(target: Target) -> None:
    asked = order(provider="novonimbus", region="unspecified", instance_type="4x A100 (80 GB)", accelerator="A100-80GB")
    text = snippet(target, asked).text
    comments = [line for line in text.split("\n")[1:] if line.startswith("#")]
    assert any("novonimbus" in line for line in comments)
    assert "unspecified" not in text
    if target in YAML:
        read = read_yaml(text)
        assert "4x A100" not in str(read)


@pytest.mark.parametrize("target", ["skypilot", "terraform", "dstack"])
def test_a_commitment_is_said_to_be_bought_apart(target: Target) -> None:
    assert "commitment (1y)" in snippet(target, order(pricing_category="committed", term="1y")).text


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("field", ["workload", "provider", "region", "instance_type", "accelerator", "term"])
def test_no_name_breaks_out(target: Target, field: str) -> None:
    for text in HOSTILE:
        asked = order(text) if field == "workload" else order(**{field: text, "pricing_category": "committed"})
        written = snippet(target, asked).text
        assert "`" not in written
        assert all(line.isprintable() for line in written.split("\n"))
        if target in YAML:
            assert set(read_yaml(written)) <= KEYS
        else:
            assert len(hcl_strings(written)) <= 8


@pytest.mark.parametrize("target", TARGETS)
def test_a_patch_fits_a_code_block_of_slack_whatever_it_holds(target: Target) -> None:
    longest = {"provider": "p" * 120, "region": "<" * 60, "instance_type": "i" * 120, "accelerator": "&" * 60}
    for asked in (order("<" * 120, **longest), order("&" * 120, region="r" * 120, pricing_category="dynamic")):
        text = snippet(target, asked).text
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert len(escaped.encode("utf-16-le")) // 2 < 2900


@pytest.mark.parametrize("target", TARGETS)
def test_the_command_names_the_file_that_the_patch_is_kept_in(target: Target) -> None:
    found = snippet(target, order())
    assert found.filename in found.command or target == "terraform"
