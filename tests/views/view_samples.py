"""Data for every view: an answer built from the engine's own types, its variations, and how to read a message."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bot.posts import Message
from engine.advice import (
    Advice,
    BreakEven,
    Certificate,
    Configuration,
    Current,
    Flatness,
    Infeasible,
    KindFound,
    NothingFeasible,
    Pick,
    StageFound,
    Trial,
    Undetermined,
    as_document,
)
from engine.units import Interval

NOW = "2026-11-23T09:00:00Z"
LATER = "2026-11-30T09:00:00Z"

A10G = Configuration("aws", "us-east-1", "g5.xlarge", "A10G", 1, 1, "standard", None, "bf16", None, 1.006)
FOUR_A10G = replace(A10G, instance_type="g5.12xlarge", accelerator_count=4, price_usd_per_hour=5.672)
L4 = replace(A10G, instance_type="g6.xlarge", accelerator="L4", price_usd_per_hour=0.805)
H100 = Configuration("gcp", "us-central1", "a3-highgpu-1g", "H100-80GB", 1, 1, "dynamic", None, "bf16", 8.0, 3.35)
L40S = Configuration("azure", "eastus", "NC24", "L40S", 1, 2, "committed", "1y", "fp8", None, 1.2)


def around(middle: float, factor: float = 1.1) -> Interval:
    return Interval(middle / factor, middle, middle * factor)


def pick(configuration: Configuration, units_per_hour: float, **changes: Any) -> Pick:
    price = (configuration.price_usd_per_hour or 1.0) * configuration.node_count
    made = Pick(
        configuration=configuration,
        units_per_hour=around(units_per_hour),
        seconds_per_unit=around(3600 / units_per_hour),
        usd_per_day=24 * price,
        usd_per_day_at_demand=180 * price / units_per_hour,
        usd_per_unit=around(price / units_per_hour),
        evidence="scaled",
        probability_better=0.97,
        constraint_probability=0.93,
        runner_up=L40S,
        flips_when="its price falls by 12 %",
        memory_headroom_gib=6.2,
        bottleneck="compute",
        fallbacks=(L40S, FOUR_A10G),
    )
    return replace(made, **changes)


TODAY = Current(A10G, around(12.4, 1.02), around(3600 / 12.4, 1.02), 24.144, 14.6, 0.0834)

PLANNED: dict[str, Any] = {
    "trial_id": "T-1",
    "runner": "U024BE7LH",
    "configuration": asdict(FOUR_A10G),
    "until": "2026-11-30T11:59:59+00:00",
}
ADVICE = Advice(
    workload="video-gen",
    unit="clip",
    stage=StageFound("production", "asked", "production", "312 runs on 28 of 28 days, 91 % back to back"),
    kind=KindFound("ai", "inferred", Interval(0.97, 0.99, 0.998)),
    recommended="performance",
    reason="production: people wait for results, so the most throughput that the cost per unit allows",
    constraints={"floor_units_per_hour": 12.4, "max_usd_per_unit": 0.0892, "max_accelerators": 8.0},
    current=TODAY,
    objectives={
        "cost": pick(L4, 12.9, evidence="measured"),
        "value": pick(replace(H100, batch_size=None), 48.2),
        "performance": pick(FOUR_A10G, 64.1, evidence="verified"),
    },
    flatness=Flatness(0.42, "rising"),
    break_even_usd_per_hour=BreakEven("cost", "performance", 0.42),
    next_trial=Trial(H100, 0.12, 1.4),
    certificate=Certificate(3_214_080, 801_223, {"memory": 1_960_589, "floor_units_per_hour": 452_268}, 0.04),
    prices_as_of=datetime(2026, 11, 12, tzinfo=UTC),
    catalog_version="6f1c2a9b3d4e",
    model_version="0a1b2c3d4e5f",
    history_digest="ffeeddccbbaa",
    undetermined=None,
)


def with_picks(**picks: Pick | NothingFeasible) -> Advice:
    """The sample answer with other picks for some objectives."""
    changed: dict[Any, Any] = dict(ADVICE.objectives) | picks
    return replace(ADVICE, objectives=changed)


INFEASIBLE = replace(
    ADVICE,
    constraints={"floor_units_per_hour": 500.0},
    objectives={
        name: NothingFeasible(Infeasible("floor_units_per_hour", 500.0, 431.9))
        for name in ("cost", "value", "performance")
    },
    flatness=None,
    break_even_usd_per_hour=None,
    next_trial=None,
)

UNDETERMINED = replace(
    ADVICE,
    stage=None,
    kind=None,
    recommended=None,
    reason="no runs",
    constraints={},
    current=None,
    objectives={},
    flatness=None,
    break_even_usd_per_hour=None,
    certificate=None,
    prices_as_of=None,
    undetermined=Undetermined("there are no successful runs", "one run that succeeds, imported with its units"),
)


def card(
    answer: Advice = ADVICE, state: str = "open", decision: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """The data of `advice`."""
    data = {
        "advice_id": "A-1",
        "document": as_document(answer),
        "asked_by": "U024BE7LH",
        "asked_at": NOW,
        "state": state,
        "decision": decision,
    }
    return data | changes


def decision(kind: str = "approve", objective: str | None = None, until: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "objective": objective, "by": "U0G9QF9C6", "at": NOW, "until": until}


def finding(answer: Advice = ADVICE, **changes: Any) -> dict[str, Any]:
    """One finding of the data of `digest`."""
    found = {
        "kind": "shift_to_performance",
        "workload": answer.workload,
        "unit": answer.unit,
        "advice_id": "A-1",
        "objective": "performance",
        "gain_units_per_week": 8685.6,
        "extra_usd_per_week": 783.9,
        "evidence": "production for 28 days, running on its cost pick",
        "document": as_document(answer),
    }
    return found | changes


def digest(*findings: Mapping[str, Any], more: int = 0, workloads: int = 6) -> dict[str, Any]:
    return {
        "subscription_id": "S-1",
        "channel": "C024BE91L",
        "period": "2026-11-23T09:00",
        "at": NOW,
        "workloads": workloads,
        "findings": list(findings),
        "more": more,
    }


def workload_row(name: str = "video-gen", **changes: Any) -> dict[str, Any]:
    row = {"workload": name, "unit": "clip", "stage": "production", "kind": "ai", "runs": 312, "last_run_at": NOW}
    return row | {"owner": None, "findings": []} | changes


def page_of(*rows: dict[str, Any]) -> dict[str, Any]:
    counts = {"page": 1, "asked_page": 1, "pages": 1, "total": len(rows), "known": len(rows)}
    return counts | {"rows": list(rows), "wanted": {}, "turns": {}}


SUBSCRIPTION = {
    "channel": "C024BE91L",
    "day": "monday,thursday",
    "time": "09:00",
    "timezone": "Europe/Berlin",
    "next_at": LATER,
}
STATUS = {
    "workloads": 6,
    "runs": 1_234_567,
    "offers": 943,
    "prices_as_of": "2026-11-12T00:00:00Z",
    "model_version": "0a1b2c3d4e5f",
    "outbox": {"waiting": 0, "dead": 0},
    "subscriptions": 1,
    "open_advices": 3,
    "version": "0.1.0",
}

LONGEST = "llm-finetune-customer-support-assistant-weekly-refresh".ljust(117, "-") + "v17"
HOSTILE = (
    "<!channel> <@U024BE7LH> *bold* _it_ ~no~ `rm` :fire: &amp; <https://evil.example|click> "
    "{{ 7*7 }} {workload} '\"; DROP"
)
HIDDEN = "video\u200b-gen\u202egnp.exe\x00\x1b[31m\nsecond line\u2066"
RTL = "توليد الفيديو"
EMOJI = "🎬👩‍💻 vidéo-génération 🇩🇪"
NAMES = {"longest": LONGEST, "hostile": HOSTILE, "hidden": HIDDEN, "rtl": RTL, "emoji": EMOJI}

HUGE = replace(
    ADVICE,
    unit="tokens",
    current=replace(
        TODAY,
        units_per_hour=around(4.2e13),
        seconds_per_unit=around(8.6e-11),
        usd_per_day=2.4e9,
        usd_per_unit=2.4e-12,
    ),
    objectives={
        "cost": pick(replace(L4, price_usd_per_hour=1e-7), 3.3e-6),
        "value": pick(replace(H100, node_count=1000, price_usd_per_hour=98.3), 1.4e12),
        "performance": pick(replace(H100, node_count=100_000, accelerator_count=72), 9.9e13),
    },
    flatness=Flatness(123.4, "rising"),
    break_even_usd_per_hour=BreakEven("cost", "performance", 1.2e11),
    certificate=Certificate(10**12, 1, {"memory": 10**12 - 1}, 0.04),
    next_trial=Trial(H100, 1e-9, 1e-6),
)


def buttons(found: Message) -> list[dict[str, Any]]:
    return [button for block in found.blocks if block["type"] == "actions" for button in block["elements"]]


def actions(found: Message) -> list[str]:
    return [button["action_id"] for button in buttons(found)]


def fields(found: Message) -> list[str]:
    return [field["text"] for block in found.blocks for field in block.get("fields", ())]
