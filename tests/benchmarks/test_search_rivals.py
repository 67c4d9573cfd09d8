"""What the benchmarks compare is the same question: in the small, every rival finds what the engine finds."""

import pytest

from engine.search import Limits
from engine.space import CatalogIndex, index
from engine.workload import Filters
from tests.benchmarks.catalogue import generate
from tests.benchmarks.made_up import Speed, learn, limits_of
from tests.benchmarks.questions import ask
from tests.benchmarks.rivals import try_everything
from tests.benchmarks.timing import ratio, spread

FILTERS = (
    Filters(),
    Filters(providers=("provider1", "provider2", "provider3")),
    Filters(regions=tuple(f"region{number}" for number in range(60))),
    Filters(providers=tuple(f"provider{n}" for n in range(12)), regions=tuple(f"region{n}" for n in range(40, 120))),
)


@pytest.fixture(scope="module")
def prepared() -> CatalogIndex:
    return index(generate(n_offers=3000, n_classes=60))


@pytest.mark.parametrize("filters", FILTERS, ids=("all", "three providers", "half the regions", "both"))
@pytest.mark.parametrize("affordable", [0.2, 1.0])
def test_trying_everything_finds_the_same_three_optima(
    prepared: CatalogIndex, filters: Filters, affordable: float
) -> None:
    speed = Speed.of(prepared, n_nodes=4, n_ways=7)
    limits = limits_of(speed, prepared, affordable)
    ours = ask(learn(speed, prepared), prepared.usable(filters), limits)
    for chunk in (1, 64, 10_000):
        assert try_everything(prepared, speed, filters, limits, chunk) == ours


def test_the_limits_of_the_benchmark_bind(prepared: CatalogIndex) -> None:
    speed = Speed.of(prepared, n_nodes=4, n_ways=7)
    bound, free = (ask(learn(speed, prepared), prepared.usable(Filters()), each) for each in _limits(speed, prepared))
    assert bound[0] > free[0]
    assert bound[3] <= free[3]


def _limits(speed: Speed, prepared: CatalogIndex) -> tuple[Limits, Limits]:
    return limits_of(speed, prepared), Limits()


def test_equal_arguments_make_equal_price_lists() -> None:
    assert generate(200, 20, seed=3).version == generate(200, 20, seed=3).version
    assert generate(200, 20, seed=3).version != generate(200, 20, seed=4).version
    assert len(index(generate(200, 20)).starts) == 21


def test_a_ratio_carries_the_spread_of_both_sides() -> None:
    assert spread([0.001, 0.003, 0.002]) == "2.00 (1.00-3.00)"
    assert ratio([8.0, 10.0, 12.0], [2.0, 4.0, 5.0]) == "x 2.50 (1.60-6.00)"
    assert ratio([4000.0], [2.0]) == "x 2,000 (2,000-2,000)"
