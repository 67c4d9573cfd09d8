"""Wherever history, prices or filters cannot carry an answer there is a reason, and what would settle it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.advice import as_document
from engine.catalog import Catalog
from engine.fleet import findings
from engine.history import Run
from engine.space import index
from engine.workload import Constraints, Deadline, Filters, Policy, Quota, Workload
from tests.engine.small_worlds import NOW, SHEETS, advise, run

ONE = [run(0)]
UNKNOWN = run(1, accelerator="GTX 9999")


def filtered(**filters: Any) -> Workload:
    return Workload("video-gen", filters=Filters(**filters))


CASES: list[tuple[list[Run], Workload, dict[str, Any], str, str]] = [
    ([], Workload("w"), {}, "no run of this workload is known", "one successful run is enough"),
    ([run(0, status="failed")], Workload("w"), {}, "its only run did not succeed", "one successful run, on anything"),
    ([run(0, status="failed"), run(1, status="preempted")], Workload("w"), {}, "none of its 2 runs succeeded", "one"),
    (
        [run(0, status="oom")],
        Workload("w"),
        {},
        "its only run did not succeed: memory was too small",
        "more memory than A10G has",
    ),
    ([*ONE, UNKNOWN], Workload("w"), {}, "it runs on GTX 9999, which has no spec sheet", "the spec sheet of GTX 9999"),
    (ONE, Workload("w"), {"index": index(Catalog.of([], SHEETS))}, "no price is known", "import offers"),
    (ONE, filtered(providers=("nobody",)), {}, "none is left by providers nobody", "allow more providers"),
    (ONE, filtered(providers=("aws",), regions=("west",)), {}, "none is left by regions west", "allow more regions"),
    (ONE, filtered(pricing_categories=("committed",)), {}, "pricing categories committed", "more pricing categories"),
    (ONE, filtered(accelerators=("T4", "L4")), {}, "none is left by accelerators T4, L4", "allow more accelerators"),
    (ONE, filtered(quotas=(Quota(0),)), {}, "none is left by the quotas", "raise a quota"),
    (
        ONE,
        Workload("w", constraints=Constraints(deadline=Deadline(5.0, NOW - timedelta(hours=1)))),
        {},
        "its deadline, 2026-11-09 08:00 UTC, has passed",
        "a later one",
    ),
]


@pytest.mark.parametrize(("runs", "workload", "changes", "reason", "settled_by"), CASES)
def test_what_cannot_be_answered_says_why_and_what_would_settle_it(
    runs: list[Run], workload: Workload, changes: dict[str, Any], reason: str, settled_by: str
) -> None:
    advice = advise(runs, workload, **changes)
    assert advice.undetermined is not None
    assert reason in advice.undetermined.reason
    assert settled_by in advice.undetermined.settled_by
    assert advice.reason == advice.undetermined.reason
    assert (advice.recommended, advice.current, advice.certificate, dict(advice.objectives)) == (None, None, None, {})
    assert (advice.flatness, advice.break_even_usd_per_hour, advice.break_even_pairs, advice.next_trial) == (
        None,
        None,
        (),
        None,
    )
    assert advice.stage is not None
    assert advice.kind is not None
    assert json.dumps(as_document(advice), allow_nan=False)


@pytest.mark.parametrize(("runs", "workload", "changes", "reason", "settled_by"), CASES)
def test_where_people_rely_on_it_the_reason_becomes_a_finding(
    runs: list[Run], workload: Workload, changes: dict[str, Any], reason: str, settled_by: str
) -> None:
    relied_on = advise(runs, replace(workload, stage="production"), **changes)
    (found,) = findings([relied_on], Policy())
    assert found.kind == "thin_evidence"
    assert reason in found.evidence
    assert settled_by
    assert findings([advise(runs, workload, **changes)], Policy()) == ()


def test_what_is_mended_first_is_named_first() -> None:
    nothing_at_all = advise([], filtered(providers=("nobody",)), index=index(Catalog.of([], SHEETS)))
    assert nothing_at_all.undetermined.reason == "no run of this workload is known"
    no_price = advise(ONE, filtered(providers=("nobody",)), index=index(Catalog.of([], SHEETS)))
    assert no_price.undetermined.reason == "no price is known"


@pytest.mark.parametrize(
    ("runs", "part_of_the_answer", "expected"),
    [
        (ONE, lambda advice: advice.kind.source, "population"),
        (ONE, lambda advice: advice.kind.parallel_fraction, None),
        (ONE, lambda advice: advice.objectives["cost"].bottleneck, None),
        (ONE, lambda advice: advice.objectives["cost"].memory_headroom_gib, None),
        ([run(0, accelerator_count=3)], lambda advice: advice.current.usd_per_day, None),
        ([run(0, accelerator_count=3)], lambda advice: advice.objectives["cost"].probability_better, None),
    ],
)
def test_a_part_of_an_answer_that_nothing_carries_is_left_open(
    runs: list[Run], part_of_the_answer: Any, expected: object
) -> None:
    advice = advise(runs)
    assert advice.undetermined is None
    assert part_of_the_answer(advice) == expected
