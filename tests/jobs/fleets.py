"""A small workspace with something to say about it: one workload that should shift, one over-built, one unknown."""

from datetime import UTC, datetime, timedelta

from bot.local.workspace import TEAM_ID
from bot.store import Store, history, workloads
from bot.store.workloads import OwnedWorkload
from engine import Run, Stage, Workload

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday


def keep_fleet(store: Store, team_id: str = TEAM_ID) -> None:
    """`video` sits on its cost pick in production, `proto` is a prototype on eight H100, `quiet` has never run."""
    with store.write(team_id) as scope:
        history.add_runs(scope, "test", _runs("video", "production", "A10G-24GB", 1))
        history.add_runs(scope, "test", _runs("proto", "prototyping", "H100-80GB", 8))
        workloads.save(scope, OwnedWorkload(Workload("quiet")))


def keep_quiet_fleet(store: Store, team_id: str = TEAM_ID) -> None:
    """Nothing that anyone could act on."""
    with store.write(team_id) as scope:
        workloads.save(scope, OwnedWorkload(Workload("quiet")))


def _runs(name: str, stage: Stage, accelerator: str, count: int) -> list[Run]:
    """Twenty hours on each of ten days, until nine o'clock."""
    return [
        Run(
            workload=name,
            run_id=f"{name}-{day}",
            started_at=NINE - timedelta(days=day, hours=20),
            ended_at=NINE - timedelta(days=day),
            units=2000.0,
            unit="clip",
            accelerator=accelerator,
            accelerator_count=count,
            provider="aws",
            region="us-east-1",
            pricing_category="standard",
            stage=stage,
        )
        for day in range(10)
    ]
