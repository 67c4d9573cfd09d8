"""Every offer that ships can be handed over to every tool, under names that the tool knows."""

import re
from collections import defaultdict

import pytest

from bot.data import load_catalog
from bot.handoff import TARGETS, Order, snippet
from engine import Offer
from tests.handoff.orders import hcl_strings, read_yaml

CATALOG = load_catalog()
BY_PROVIDER: dict[str, dict[tuple[str, int, str | None, str], Offer]] = defaultdict(dict)
for each in CATALOG.offers:
    key = (each.accelerator, each.accelerator_count, each.instance_type, each.pricing_category)
    BY_PROVIDER[each.provider].setdefault(key, each)  # regions differ in nothing but their name
KNOWN_TO_GKE = {"T4-16GB", "V100-16GB", "P100-16GB", "K80-12GB", "L4-24GB", "A100-40GB", "A100-80GB", "H100-80GB"} | {
    "RTXPRO6000-96GB"
}


def order(offer: Offer, node_count: int = 1) -> Order:
    return Order(
        workload="video-gen",
        provider=offer.provider,
        region=None if offer.region == "unspecified" else offer.region,
        instance_type=offer.instance_type,
        accelerator=offer.accelerator,
        accelerator_count=offer.accelerator_count,
        node_count=node_count,
        pricing_category=offer.pricing_category,
        term=offer.term,
        price_usd_per_hour=offer.price_usd_per_hour,
    )


@pytest.mark.parametrize("provider", sorted(BY_PROVIDER))
def test_every_offer_is_written_for_every_tool(provider: str) -> None:
    for offer in BY_PROVIDER[provider].values():
        for target in TARGETS:
            text = snippet(target, order(offer, 2)).text
            assert text.startswith("# video-gen: 2 nodes of ")
            if target == "terraform":
                assert hcl_strings(text)
            else:
                assert read_yaml(text)


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_the_large_clouds_are_named_by_place_and_machine_in_every_tool(provider: str) -> None:
    for offer in BY_PROVIDER[provider].values():
        asked = order(offer)
        sky = read_yaml(snippet("skypilot", asked).text)["resources"]
        assert sky["infra"] == (f"{provider}/{asked.region}" if asked.region else provider)
        assert sky["instance_type"] == asked.machine_type
        assert read_yaml(snippet("dstack", asked).text)["backends"] == [provider]
        assert asked.machine_type in hcl_strings(snippet("terraform", asked).text)
        pod = read_yaml(snippet("kubernetes", asked).text)["spec"]["template"]["spec"]
        assert pod["nodeSelector"].get("topology.kubernetes.io/region") == asked.region


def test_google_s_label_is_known_for_every_accelerator_that_google_rents() -> None:
    rented = {offer.accelerator for offer in CATALOG.offers if offer.provider == "gcp"}
    assert rented <= KNOWN_TO_GKE
    for offer in BY_PROVIDER["gcp"].values():
        pod = read_yaml(snippet("kubernetes", order(offer)).text)["spec"]["template"]["spec"]
        assert pod["nodeSelector"]["cloud.google.com/gke-accelerator"].startswith("nvidia-")


def test_a_machine_type_is_what_an_api_takes() -> None:
    for offer in CATALOG.offers:
        machine = order(offer).machine_type
        assert machine is None or re.fullmatch(r"[A-Za-z0-9._-]+", machine)
    lines = {offer.instance_type for offer in CATALOG.offers if order(offer).machine_type is None}
    assert all(line is None or " " in line for line in lines)


@pytest.mark.parametrize(
    ("accelerator", "model", "memory"),
    [
        ("A100-80GB-PCIe", "A100", "80GB"),
        ("A16-4x16GB", "A16", "4x16GB"),
        ("MI300X-192GB", "MI300X", "192GB"),
        ("RTX6000Ada-48GB", "RTX6000Ada", "48GB"),
        ("something new", "something new", None),
    ],
)
def test_a_name_is_read_as_model_and_memory(accelerator: str, model: str, memory: str | None) -> None:
    asked = Order("w", None, None, None, accelerator, 1, 1, None, None, None)
    assert (asked.model, asked.memory) == (model, memory)


def test_every_shipped_accelerator_s_name_is_read() -> None:
    for name in CATALOG.accelerators:
        asked = Order("w", None, None, None, name, 1, 1, None, None, None)
        assert asked.memory is not None
        assert asked.is_amd == (CATALOG.accelerators[name].vendor == "amd")
