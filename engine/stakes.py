"""What a change of configuration would bring and cost, a week, and when it has paid for itself."""

from engine.advice import Current, Pick
from engine.units import HOURS_PER_DAY

__all__ = ["at_stake", "payback_days"]

_DAYS_PER_WEEK = 7.0


def at_stake(now: Current, pick: Pick) -> tuple[float, float]:
    """Units more and USD more per week, in the machine-hours that today's work takes; 0 where these are unknown."""
    days = _DAYS_PER_WEEK * _share_of_day(now)
    more_units_per_hour = pick.units_per_hour.p50 - now.units_per_hour.p50
    return more_units_per_hour * HOURS_PER_DAY * days, (pick.usd_per_day - (now.usd_per_day or 0.0)) * days


def payback_days(now: Current, pick: Pick, waiting_usd_per_hour: float, switching_usd: float) -> float | None:
    """Days until the change has earned `switching_usd`; None where the same work costs no less.

    Counted is today's work, done in fewer or more hours at another price, and what an hour of waiting is worth, where
    somebody said so. More work than today's has no price that anybody stated, and counts for nothing here.
    """
    hours = HOURS_PER_DAY * _share_of_day(now)
    then_hours = hours * now.units_per_hour.p50 / pick.units_per_hour.p50
    saved_usd = (hours * (now.usd_per_day or 0.0) - then_hours * pick.usd_per_day) / HOURS_PER_DAY
    usd_per_day = saved_usd + waiting_usd_per_hour * (hours - then_hours)
    return switching_usd / usd_per_day if usd_per_day > 0.0 else None


def _share_of_day(now: Current) -> float:
    """How much of a day its machines are paid for at today's demand."""
    if not now.usd_per_day or now.usd_per_day_at_demand is None:
        return 0.0
    return now.usd_per_day_at_demand / now.usd_per_day
