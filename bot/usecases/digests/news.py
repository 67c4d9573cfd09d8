"""What a digest has to say that it has not said yet.

A finding is *changed*, and said again, when its kind, its objective or the configuration to move to differs from what
was said, or when what is at stake moved by more than a quarter: results a week, or dollars a week where these moved by
ten dollars at least. Prices alone change nothing: they show in the dollars. One that is about how little is known of a
workload never changes: only its end is news. A finding that was said is *settled*, and
said to be so once, when its workload was answered and nothing stands out any more, or when somebody approved or
dismissed it. Whatever was snoozed, or is not watched any more, is forgotten without a word and is news if it comes
back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.configurations import identity
from bot.store.decisions import Decision
from bot.store.said import Key
from bot.usecases.digests.spotting import Spotted
from bot.usecases.digests.surveying import Survey
from bot.usecases.digests.topics import Topic

__all__ = ["QUIET_FOR", "News", "is_quiet", "news", "signature"]

QUIET_FOR = timedelta(days=30)  # what somebody approved or dismissed is not brought up again for so long
_MOVED_SHARE = 0.25
_MOVED_USD_PER_WEEK = 10.0
_PRICE_MOVED = 0.05  # ends a snooze until the price moves


@dataclass(frozen=True, slots=True)
class News:
    """`fresh`: to be said now. `standing`: said before and unchanged. `settled`: workloads that need nobody any more.

    `gone` are the keys to forget.
    """

    fresh: tuple[Spotted, ...]
    standing: tuple[Spotted, ...]
    settled: tuple[str, ...]
    gone: tuple[Key, ...]


def news(
    surveyed: Survey, topic: Topic, said: Mapping[Key, str], decided: Mapping[str, Decision], now: datetime
) -> News:
    """What stands out in the survey, of this topic and not decided, split by what was said before."""
    open_ = [each for each in surveyed.spotted if not is_quiet(decided.get(each.workload), each, now)]
    about = [each for each in open_ if topic.takes(each, surveyed.owners.get(each.workload))]
    fresh = tuple(each for each in about if _is_changed(said.get(key_of(each)), each))
    new = {id(each) for each in fresh}
    standing = tuple(each for each in about if id(each) not in new)
    gone = _gone(surveyed, open_, said)
    silent = {each.workload for each in open_} | {name for name, it in decided.items() if it.kind == "snooze"}
    looked_at = surveyed.names - silent  # what another finding replaced, or a snooze holds back, is not settled
    settled = [key.workload for key in gone if key.workload in looked_at]
    return News(fresh, standing, tuple(dict.fromkeys(settled)), tuple(gone))


def key_of(found: Spotted) -> Key:
    """What the finding is about."""
    return Key(found.workload, found.kind)


def signature(found: Spotted) -> str:
    """What is kept of a finding that was said, to tell later whether it changed."""
    return json.dumps(_marks(found), sort_keys=True, allow_nan=False)


def is_quiet(decision: Decision | None, found: Spotted, now: datetime) -> bool:
    """Whether nobody needs to decide again yet: until a snooze ends, and a while after an approval or a dismissal."""
    if decision is None:
        return False
    if decision.kind != "snooze":
        return decision.decided_at > now - QUIET_FOR
    if decision.until is not None:
        return decision.until > now
    return not _is_price_moved(decision, found)


def _is_price_moved(decision: Decision, found: Spotted) -> bool:
    """By a twentieth since the snooze; a pick that is another one now was moved past by some price."""
    then: Mapping[str, Any] = decision.configuration or {}
    now: Mapping[str, Any] = found.configuration or {}
    if identity(then) != identity(now):
        return True
    before, after = then.get("price_usd_per_hour"), now.get("price_usd_per_hour")
    return not before or not after or abs(after / before - 1.0) >= _PRICE_MOVED


def _marks(found: Spotted) -> dict[str, Any]:
    return {
        "objective": found.objective,
        "configuration": identity(found.configuration or {}),
        "gain": found.gain_units_per_week,
        "extra": found.extra_usd_per_week,
    }


def _is_changed(said: str | None, found: Spotted) -> bool:
    if said is None or found.is_weak:
        return said is None
    then, now = json.loads(said), _marks(found)
    is_same = all(then.get(name) == now[name] for name in ("objective", "configuration"))
    usd = abs(now["extra"] - then.get("extra", 0.0))
    is_dearer = usd >= _MOVED_USD_PER_WEEK and _has_moved(then.get("extra", 0.0), now["extra"])
    return not is_same or is_dearer or _has_moved(then.get("gain", 0.0), now["gain"])


def _has_moved(then: float, now: float) -> bool:
    return abs(now - then) > _MOVED_SHARE * max(abs(then), abs(now))


def _gone(surveyed: Survey, open_: Sequence[Spotted], said: Mapping[Key, str]) -> list[Key]:
    """What does not stand any more; of a workload that has no answer today nothing is known to have gone."""
    standing = {key_of(each) for each in open_}
    unknown = (surveyed.unanswered | surveyed.undetermined) - {each.workload for each in surveyed.spotted}
    return [key for key in said if key not in standing and key.workload not in unknown]
