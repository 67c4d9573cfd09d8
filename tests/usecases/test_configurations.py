"""The senses in which two configurations are the same, and the places that each of them decides."""

from typing import Any

import pytest

from bot.configurations import RUN, could_be, identity, is_same, rented
from tests.handoff.orders import given

FULL = given(pricing_category="committed", term="1y", precision="fp16", batch_size=32.0, price_usd_per_hour=6.0)
OTHER: dict[str, Any] = {
    "provider": "gcp",
    "region": "us-west-2",
    "instance_type": "g5.48xlarge",
    "pricing_category": "dynamic",
    "term": "3y",
    "accelerator": "H100-80GB",
    "accelerator_count": 8,
    "node_count": 2,
}
RUN_OTHERWISE: dict[str, Any] = {"precision": "fp32", "batch_size": 64.0}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_rented_otherwise_is_another_configuration_in_every_sense(name: str) -> None:
    other = {**FULL, name: OTHER[name]}
    assert rented(other) != rented(FULL)
    assert not is_same(other, FULL)
    assert not could_be(other, FULL)
    assert identity(other) != identity(FULL)


@pytest.mark.parametrize("name", RUN_OTHERWISE)
def test_what_runs_otherwise_is_rented_alike_and_not_the_same(name: str) -> None:
    other = {**FULL, name: RUN_OTHERWISE[name]}
    assert rented(other) == rented(FULL)
    assert not is_same(other, FULL)
    assert not could_be(other, FULL)
    assert identity(other) != identity(FULL)


def test_a_price_makes_no_other_configuration() -> None:
    dearer = {**FULL, "price_usd_per_hour": 7.0}
    assert rented(dearer) == rented(FULL)
    assert is_same(dearer, FULL)
    assert could_be(dearer, FULL)
    assert identity(dearer) == identity(FULL)


@pytest.mark.parametrize("name", [*OTHER, *RUN_OTHERWISE])
def test_what_one_of_the_two_does_not_state_cannot_contradict(name: str) -> None:
    silent = {**FULL, name: None}
    assert could_be(silent, FULL)
    assert could_be(FULL, silent)
    assert not is_same(silent, FULL)


def test_only_what_is_named_can_contradict() -> None:
    elsewhere = {**FULL, "region": "us-west-2"}
    assert could_be(elsewhere, FULL, ("provider", "accelerator"))
    assert not could_be(elsewhere, FULL, ("provider", "region"))


@pytest.mark.parametrize(("batch", "is_near"), [(12.0, True), (13.0, True), (11.0, False), (14.0, False)])
def test_a_batch_that_cannot_be_run_is_taken_for_its_neighbours(batch: float, is_near: bool) -> None:  # noqa: FBT001
    assert could_be({**FULL, "batch_size": batch}, {**FULL, "batch_size": 12.5}) is is_near


def test_of_no_configuration_there_is_no_identity() -> None:
    assert identity({}) == {}
    assert is_same({}, {})
    assert not is_same({}, FULL)


def test_a_run_states_all_that_a_configuration_is_but_its_commitment() -> None:
    assert set(identity(FULL)) - set(RUN) == {"term"}
