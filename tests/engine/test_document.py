"""The types of an advice's document say what the document is."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from engine import AdviceDocument, as_document, pick_of
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import advise, run

DAILY = [run(day, provider="aws", region="east", instance_type="g5.xlarge", precision="fp16") for day in range(5)]
OUT_OF_REACH = Workload(run(0).workload, constraints=Constraints(floor_units_per_hour=1e12))


def faults(value: Any, kind: Any, at: str = "advice") -> Iterator[str]:
    """Where `value` is not of that type: keys that are missing or too many, and values of another one."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        hints = get_type_hints(kind)
        yield from (f"{at}: {name}" for name in hints.keys() ^ value.keys())
        told = hints.keys() & value.keys()
        yield from (fault for name in told for fault in faults(value[name], hints[name], f"{at}.{name}"))
    elif origin in {Union, UnionType}:
        yield from min((list(faults(value, part, at)) for part in parts if _fits(value, part)), key=len, default=[at])
    elif origin in {list, dict}:
        each = value if origin is list else value.values()
        yield from (fault for item in each for fault in faults(item, parts[-1], at))
    elif value not in parts if origin is Literal else not _fits(value, kind):
        yield f"{at}: {value!r}"


def _fits(value: Any, kind: Any) -> bool:
    """Whether it is that sort of value, whatever is in it; a whole number is a number."""
    plain = dict if is_typeddict(kind) else get_origin(kind) or kind
    if plain is Literal:
        return isinstance(value, str)
    return type(value) in ({int, float} if plain is float else {plain})


@pytest.mark.parametrize(
    "advice",
    [advise(DAILY), advise(DAILY, with_predictions=True), advise(DAILY, OUT_OF_REACH), advise([])],
    ids=["picks", "predictions", "infeasible", "undetermined"],
)
def test_what_an_advice_becomes_is_what_its_types_say(advice: Any) -> None:
    assert list(faults(as_document(advice), AdviceDocument)) == []


def test_a_key_too_many_or_too_few_and_a_value_of_another_type_are_found() -> None:
    whole: Any = as_document(advise(DAILY))
    wrong = whole | {"unit": 1, "more": None, "objectives": {"cost": {}}}
    del wrong["reason"]
    found = list(faults(wrong, AdviceDocument))
    assert {"advice.unit: 1", "advice: more", "advice: reason", "advice.objectives: infeasible"} <= set(found)


def test_the_pick_of_an_objective_is_none_where_there_is_no_answer() -> None:
    found, blocked = as_document(advise(DAILY)), as_document(advise(DAILY, OUT_OF_REACH))
    assert pick_of(found, "cost") == found["objectives"]["cost"]
    assert (pick_of(blocked, "performance"), pick_of(found, None), pick_of(found, "speed")) == (None, None, None)
