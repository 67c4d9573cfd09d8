"""An advice that was approved, in short, and runs on what was approved."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.posts import Destination
from bot.store import Scope, Store, advices, decisions, history
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision
from bot.usecases.room import Room
from engine import Run
from tests.handoff.orders import given

__all__ = [
    "CARD",
    "CONFIGURATION",
    "FORECAST",
    "HOUR",
    "NOW",
    "TEAM",
    "Clock",
    "approve",
    "import_runs",
    "keep_advice",
    "room_of",
]

TEAM = "T1"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CARD = Destination("C1", "U1", update_ts="1.0001")
CONFIGURATION: Any = given(price_usd_per_hour=6.0)
FORECAST: Any = {
    "units_per_hour": {"p05": 50.0, "p50": 60.0, "p95": 72.0},
    "usd_per_unit": {"p05": 0.083, "p50": 0.1, "p95": 0.12},
    "usd_per_day": 144.0,
}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def room_of(store: Store) -> tuple[Room, Clock]:
    clock = Clock()
    return Room(store, clock=clock), clock


def keep_advice(scope: Scope, advice_id: str = "advice-1", workload: str = "video-gen") -> StoredAdvice:
    document: Any = {
        "workload": workload,
        "unit": "clip",
        "current": None,
        "next_trial": None,
        "recommended": "performance",
        "catalog_version": "cat1",
        "model_version": "mod1",
        "history_digest": "his1",
    }
    times: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=14)}
    advices.save(scope, advice_id, {}, document, asked_by="U1", **times)
    found = advices.get(scope, advice_id)
    assert found is not None
    return found


def approve(scope: Scope, advice_id: str = "advice-1", workload: str = "video-gen") -> tuple[StoredAdvice, Decision]:
    advice = keep_advice(scope, advice_id, workload)
    what: dict[str, Any] = {"objective": "performance", "configuration": CONFIGURATION, "forecast": FORECAST}
    outcome = decisions.decide(scope, advice_id, "approve", by="U2", at=NOW, **what)
    assert outcome.standing is not None
    return advice, outcome.standing


def import_runs(
    store: Store, count: int = 1, *, name: str = "run", first: datetime = NOW + HOUR, **changes: Any
) -> None:
    """One-hour runs, one after the other; nobody learns from them yet."""
    columns: dict[str, Any] = {
        "workload": "video-gen",
        "units": 60.0,
        "unit": "clip",
        "accelerator": "A10G",
        "accelerator_count": 4,
        "provider": "aws",
        **changes,
    }
    made = [
        Run(run_id=f"{name}-{it}", started_at=first + it * HOUR, ended_at=first + (it + 1) * HOUR, **columns)
        for it in range(count)
    ]
    with store.write(TEAM) as scope:
        history.add_runs(scope, "test", made)
