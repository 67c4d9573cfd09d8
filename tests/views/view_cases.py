"""Every view in every state worth a golden file, with names and numbers at their extremes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.advice import BreakEven, Flatness, Infeasible, NothingFeasible, StageFound
from tests.views.after_cases import AFTER_CASES, compared
from tests.views.deciding_cases import DECIDED_CARDS, DECIDING_CASES, REFUSALS
from tests.views.digest_cases import DIGEST_CASES
from tests.views.settings_cases import SETTINGS_CASES
from tests.views.view_samples import (
    A10G,
    ADVICE,
    FOUR_A10G,
    HIDDEN,
    HOSTILE,
    HUGE,
    INFEASIBLE,
    LATER,
    LONGEST,
    NAMES,
    NOW,
    PLANNED,
    RTL,
    STATUS,
    UNDETERMINED,
    card,
    decision,
    digest,
    finding,
    page_of,
    pick,
    with_picks,
    workload_row,
)

EVERYTHING_ASKED = replace(
    ADVICE,
    constraints={
        "floor_units_per_hour": 12.4,
        "max_usd_per_day": 200.0,
        "max_accelerators": 8.0,
        "regions": tuple(f"region-{number}" for number in range(20)),
        "providers": ("aws", "gcp"),
    },
)

ADVICE_CASES: dict[str, dict[str, Any]] = {
    "open": card(),
    "with-chart": card(chart="F0123456789"),
    "private": card(is_private=True),
    "waiting-for-a-second-word": card(words=[{"by": "U024BE7LH", "at": NOW, "choice": "performance"}]),
    "approved-and-can-be-undone": card(
        state="approved", decision=decision("approve", "performance") | {"can_undo": True}, chart="F0123456789"
    ),
    "flat": card(
        replace(
            with_picks(performance=pick(replace(FOUR_A10G, price_usd_per_hour=4.1), 64.1, evidence="verified")),
            flatness=Flatness(0.025, "flat"),
            break_even_usd_per_hour=BreakEven("cost", "performance", 0.0252),
        )
    ),
    "approved": card(state="approved", decision=decision("approve", "performance")),
    "dismissed": card(state="dismissed", decision=decision("dismiss")),
    "snoozed": card(state="snoozed", decision=decision("snooze", until=LATER)),
    "verified-by-a-run": {**card(), "verified": compared(runs=1)},
    "trial-planned": {**card(), "trials": [PLANNED]},
    "decided-with-a-trial-planned": {
        **card(state="approved", decision=decision("approve", "cost") | {"can_undo": True}, is_private=True),
        "trials": [PLANNED, PLANNED | {"runner": HOSTILE}],
    },
    "checked-by-runs": {**card(), "verified": compared(speed=41.0, usd=0.138)},
    "expired": card(state="expired"),
    "replaced": card(state="replaced"),
    "asked-by-nobody": card(asked_by=None),
    "undetermined": card(UNDETERMINED),
    "infeasible": card(INFEASIBLE),
    "partly-infeasible": card(with_picks(value=NothingFeasible(Infeasible("max_usd_per_day", 9.0, 19.32)))),
    "recommended-infeasible": card(
        replace(
            with_picks(performance=NothingFeasible(Infeasible("memory", 96.0, 80.0))),
            flatness=None,
            break_even_usd_per_hour=None,
        )
    ),
    "cost-and-value-alike": card(with_picks(value=ADVICE.objectives["cost"])),
    "one-configuration-wins-all": card(
        replace(ADVICE, objectives=dict.fromkeys(("cost", "value", "performance"), ADVICE.objectives["performance"]))
    ),
    "stay": card(with_picks(performance=pick(A10G, 12.4, evidence="verified"))),
    "prototyping-recommends-cost": card(
        replace(
            ADVICE,
            stage=StageFound("prototyping", "inferred", "prototyping", "3 runs on 2 of 28 days"),
            recommended="cost",
            reason="prototyping: runs are few and spread out, so the least money that is no slower than today",
            flatness=Flatness(0.41, "rising"),
            break_even_usd_per_hour=BreakEven("cost", "performance", 0.0),
            next_trial=None,
        )
    ),
    "without-today": card(replace(ADVICE, current=None, flatness=Flatness(0.2, "falling"))),
    "old-prices-and-warnings": card(
        replace(
            ADVICE,
            prices_as_of=datetime(2026, 6, 1, tzinfo=UTC),
            warnings=(
                "prices are 175 days old: import newer offers before relying on them",
                "3 runs were left out as outliers",
                "regions without a price: " + ", ".join(f"region-{i}" for i in range(20)),
            ),
        )
    ),
    "huge-and-tiny-numbers": card(HUGE, chart="F0123456789"),
    "limits-unlikely-to-be-kept": card(
        with_picks(performance=pick(FOUR_A10G, 64.1, constraint_probability=0.46, evidence="spec_only"))
    ),
    "everything-asked-for": card(EVERYTHING_ASKED),
    **{
        f"name-{kind}": card(
            replace(ADVICE, workload=name, unit=name, reason=name, warnings=(name,)), chart="F0123456789"
        )
        for kind, name in NAMES.items()
    },
}

CASES: dict[str, dict[str, dict[str, Any]]] = {
    "advice": ADVICE_CASES | DECIDED_CARDS,
    **DECIDING_CASES,
    "digest": {
        "findings": digest(finding(), finding(HUGE, workload=HOSTILE), more=3),
        "one": digest(finding(extra_usd_per_week=-12.0, gain_units_per_week=1.0), workloads=1),
        "other-kinds": digest(
            finding(kind="dominated", gain_units_per_week=0.0, extra_usd_per_week=-310.0, objective="cost"),
            finding(
                kind="overbuilt_prototype", gain_units_per_week=-500.0, extra_usd_per_week=-1204.0, objective="cost"
            ),
            finding(UNDETERMINED, kind="something_new", evidence=""),
        ),
        "decided": digest(
            finding(state="approved", decision=decision("approve", "performance")),
            finding(workload="nightly", state="dismissed", decision=decision("dismiss")),
        ),
        "preview": digest(finding(advice_id=None)),
        "nothing": digest(),
        **DIGEST_CASES["digest"],
        "many": digest(*[finding(workload=LONGEST)] * 20, more=9_980, workloads=10_000),
    },
    "unknown_workload": {
        "near": {"asked": "vido-gen", "closest": ["video-gen", "video-gen-2"], "known": 6},
        "far": {"asked": HOSTILE, "closest": [], "known": 10_000},
        "empty": {"asked": HIDDEN, "closest": [], "known": 0},
    },
    "bad_request": {
        "one": {
            "asked": "video-gen prodution",
            "problems": [{"what": "I know no stage 'prodution'", "hint": "did you mean production?"}],
        },
        "many": {"asked": HOSTILE, "problems": [{"what": HOSTILE, "hint": LONGEST}] * 60},
        "nothing-asked": {"asked": "", "problems": [{"what": "no workload is named", "hint": ""}]},
    },
    "decision_refused": {
        "already-approved": {"reason": "already_decided", "decision": decision("approve", "cost"), "workload": RTL},
        "already-dismissed": {"reason": "already_decided", "decision": decision("dismiss"), "workload": "video-gen"},
        "already-snoozed": {"reason": "already_decided", "decision": decision("snooze", None, LATER), "workload": RTL},
        "decided-by-nobody": {"reason": "already_decided", "decision": None, "workload": None},
        "expired": {"reason": "expired", "decision": None, "workload": HOSTILE},
        "replaced": {"reason": "replaced", "decision": None, "workload": RTL},
        "unknown-advice": {"reason": "unknown_advice", "decision": None, "workload": None},
        "nothing-feasible": {"reason": "nothing_feasible", "decision": None, "workload": "video-gen"},
        **REFUSALS,
    },
    "failure": {"reference": {"reference": "7f3a"}},
    "lost": {"form": {}},
    "shared": {"already": {"workload": "video-gen"}, "hostile": {"workload": HOSTILE}},
    "help": {"all": {}},
    "status": {
        "well": STATUS,
        "empty": STATUS
        | {"workloads": 0, "runs": 0, "offers": 0, "prices_as_of": None, "model_version": None, "subscriptions": 0},
        "dead-letters": STATUS | {"outbox": {"waiting": 12, "dead": 2}},
        "webhook-away": STATUS | {"webhook": {"waiting": 3, "dead": 1}},
        "no-prices": STATUS | {"offers": 0, "prices_as_of": None},
        "old-prices": STATUS | {"stale_prices_days": 126},
    },
    "workload_list": {
        "before-any-digest": page_of() | {"known": 7, "wanted": {"finding": "dominated"}, "has_looked": False},
        "page": {
            **page_of(workload_row(), workload_row("nightly", stage=None, kind=None, runs=1, last_run_at=None)),
            "pages": 3,
            "total": 52,
            "turns": {"next": "2"},
        },
        "filtered": {
            **page_of(workload_row(owner="U024BE7LH", findings=["dominated", "drifted_stage"])),
            "wanted": {"stage": "production", "owner": HOSTILE},
            "asked_page": 99,
        },
        "none-fits": {**page_of(), "wanted": {"name": HOSTILE}, "known": 52},
        "full": {
            **page_of(*[workload_row(name, owner=name) for name in NAMES.values()] * 20),
            "page": 2,
            "pages": 2,
            "turns": {"previous": "1"},
        },
        "empty": {**page_of(), "known": 0},
    },
    "tracked": {"workload": {"workload": "video-gen"}, "hostile": {"workload": HOSTILE}},
    "untracked": {"workload": {"workload": "video-gen"}, "hidden": {"workload": HIDDEN}},
    **AFTER_CASES,
    **{view: cases for view, cases in DIGEST_CASES.items() if view != "digest"},
    **SETTINGS_CASES,
}
"""View name -> case name -> data."""

EVERY_CASE = [(view, case) for view, cases in CASES.items() for case in cases]
