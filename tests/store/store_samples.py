"""Values that the store's tests put in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.posts import Destination, Post
from bot.store import Scope, advices
from bot.store.tables import AdviceRow
from engine import Accelerator, Accelerators, Catalog, Offer, Run

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
T4 = Accelerator("T4", ("Tesla T4",), "nvidia", "turing", 2018, 16, 320.0, 8.1, None, 65.0, None, None, 0, 70, "sheet")


def a_run(number: int = 0, **changes: Any) -> Run:
    """The run with that number: one hour long, one hour after the one before."""
    start = NOW + number * HOUR
    plain: dict[str, Any] = {
        "workload": "video-gen",
        "run_id": f"run-{number}",
        "started_at": start,
        "ended_at": start + HOUR,
        "units": 100.0,
        "unit": "clip",
        "accelerator": "A10G",
        "accelerator_count": 1,
    }
    return Run(**plain | changes)


def open_advices(scope: Scope) -> dict[str, str]:
    """The workload of each advice that waits for a decision, by its id, the newest first."""
    query = select(AdviceRow).where(col(AdviceRow.state) == "open").order_by(col(AdviceRow.created_at).desc())
    return {row.id: row.workload for row in scope.scalars(query)}


def an_offer(**changes: Any) -> Offer:
    plain: dict[str, Any] = {
        "provider": "aws",
        "region": "us-east-1",
        "instance_type": "g4dn.xlarge",
        "accelerator": "T4",
        "accelerator_count": 1,
        "accelerator_memory_gib": 16,
        "vcpus": 4,
        "memory_gib": 16.0,
        "interconnect_gbps": None,
        "pricing_category": "standard",
        "term": None,
        "price_usd_per_hour": 0.526,
        "as_of": NOW,
        "source": "a price page",
    }
    return Offer(**plain | changes)


def a_catalog(*offers: Offer) -> Catalog:
    return Catalog.of(offers or (an_offer(),), Accelerators([T4]))


def a_post(channel: str | None = "C1", view: str = "help", **data: Any) -> Post:
    return Post(Destination(channel=channel), view, data)


def save_advice(scope: Scope, advice_id: str = "advice-1", workload: str = "video-gen", **changes: Any) -> str:
    """An advice as the engine's document would have it, in short."""
    document: Any = {
        "workload": workload,
        "recommended": "performance",
        "catalog_version": "cat1",
        "model_version": "mod1",
        "history_digest": "his1",
    }
    times: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + 7 * DAY}
    advices.save(scope, advice_id, {"stage": "production"}, document, **{"asked_by": "U1", **times, **changes})
    return advice_id
