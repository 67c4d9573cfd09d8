"""The patches through the readers that the tools use: YAML as they load it, HCL as Terraform's grammar has it."""

import re
from collections.abc import Iterator
from typing import Any

import hcl2
import pytest
import yaml

from bot.handoff import Order, Target, snippet
from tests.handoff.orders import HOSTILE, hcl_strings, order, read_yaml
from tests.handoff.test_catalogue import BY_PROVIDER
from tests.handoff.test_catalogue import order as of_offer

YAML: tuple[Target, ...] = ("skypilot", "kubernetes", "dstack")
ON_PREMISES = order(provider=None, region=None, instance_type=None, pricing_category=None, price_usd_per_hour=None)
ARGUMENTS = {
    "aws_instance": {"count", "instance_type", "instance_market_options"},
    "azurerm_linux_virtual_machine": {"count", "size", "location", "priority", "eviction_policy"},
    "google_compute_instance": {"count", "machine_type", "guest_accelerator", "scheduling"},
    "oci_core_instance": {"count", "shape", "preemptible_instance_config"},
}


def orders() -> Iterator[Order]:
    """One node, many nodes, and spot where there is any, of each provider; one's own machines; names that are traps."""
    for offers in BY_PROVIDER.values():
        kinds = {offer.pricing_category: offer for offer in offers.values()}
        for offer in kinds.values():
            yield from (of_offer(offer), of_offer(offer, 16))
    yield ON_PREMISES
    for text in HOSTILE:
        yield order(text, provider=text, region=text, accelerator=text, term=text, pricing_category="committed")


@pytest.mark.parametrize("target", YAML)
def test_yaml_is_read_as_it_was_meant(target: Target) -> None:
    for asked in orders():
        text = snippet(target, asked).text
        assert yaml.safe_load(text) == read_yaml(text)


def read_hcl(asked: Order) -> dict[str, Any]:
    read: dict[str, Any] = hcl2.loads(snippet("terraform", asked).text + "\n")
    del read["__comments__"]
    return read


def test_hcl_is_one_block_with_arguments_that_the_resource_has() -> None:
    seen = set()
    for asked in orders():
        read = read_hcl(asked)
        [(kind, [block])] = read.items()
        if kind == "locals":
            assert block["gpu_accelerator_count"] == asked.accelerator_count
            continue
        [(resource, named)] = block.items()
        seen.add(resource.strip('"'))
        [given] = named.values()
        assert {name for name in given if not name.startswith("__")} <= ARGUMENTS[resource.strip('"')]
        assert given["count"] == asked.node_count
    assert seen == set(ARGUMENTS)


def test_no_name_is_evaluated_by_hcl() -> None:
    for text in HOSTILE:
        written = read_hcl(order(provider=text, accelerator=text))["locals"][0]["gpu_provider"]
        assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", written)
        assert hcl_strings(written) == [text]
