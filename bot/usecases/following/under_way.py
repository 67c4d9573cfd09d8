"""The trials of a workload that somebody has promised and not made yet, as its card shows them."""

from datetime import datetime, timedelta

from bot.documents import PlannedTrial
from bot.store import Scope, trials
from bot.store.trials import Trial

__all__ = ["ANYWHERE", "last_day", "under_way"]

ANYWHERE = timedelta(hours=12)
"""A date ends on the last place on earth."""


def under_way(scope: Scope, workload: str) -> list[PlannedTrial]:
    """Who runs what until when, the next to end first."""
    return [
        {
            "trial_id": trial.id,
            "runner": trial.runner,
            "configuration": trial.configuration,
            "until": last_day(trial).isoformat(),
        }
        for trial in trials.planned(scope, workload)
    ]


def last_day(trial: Trial) -> datetime:
    """A moment of the day that was chosen, which ends later where the day does."""
    return trial.until - ANYWHERE - timedelta(seconds=1)
