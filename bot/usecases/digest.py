"""The digest of a channel: every workload advised, and only those named that should do something else than today."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, zip_longest
from typing import Any

from bot.posts import Destination, Post
from bot.store import Scope, decisions, history, outbox, subscriptions, workloads, workspaces
from bot.store.decisions import Decision
from bot.store.subscriptions import Subscription
from bot.usecases.advise import Unknown, answer, keep
from bot.usecases.asking import Malformed, Question
from bot.usecases.periods import Period
from bot.usecases.room import Room
from engine import Advice, Finding, Workload, findings
from engine import as_document as advice_document

__all__ = ["SHOWN", "Survey", "as_document", "digest_now", "now_words", "serve", "skip", "survey"]

SHOWN = 5  # findings in one message; a list that nobody reads to its end helps nobody
_QUIET_FOR = timedelta(days=30)  # what somebody approved or dismissed is not brought up again for so long
_AHEAD = 64  # workloads handed to an executor at a time, so that memory does not grow with the fleet


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at a whole workspace: how many workloads there are, and what stands out, the most serious first."""

    team_id: str
    at: datetime
    workloads: int
    findings: tuple[Finding, ...]


def survey(room: Room, team_id: str, executor: Executor | None = None) -> Survey:
    """Advise every watched workload, outside any transaction that writes; an `executor` of threads shares the work.

    Watched are those that somebody tracks; where nobody tracks any, all of them. What was decided lately does not
    stand out.
    """
    at = room.clock()
    with room.store.read(team_id) as scope:
        names = [owned.workload.name for owned in workloads.list_tracked(scope)] or history.names(scope)
        policy = workspaces.policy(scope)
        settled = {name for name, last in decisions.latest(scope, at - _QUIET_FOR).items() if _is_settled(last, at)}
    found = findings(_advices(room, team_id, names, executor), policy)
    return Survey(team_id, at, len(names), tuple(each for each in found if each.workload not in settled))


def _is_settled(decision: Decision, at: datetime) -> bool:
    """Whether nobody needs to decide again: until a snooze ends, and for a while after an approval or a dismissal."""
    return decision.until is None or decision.until > at


def serve(room: Room, subscription: Subscription, period: Period, surveyed: Survey) -> bool:
    """Write the digest of `period` and all it needs in one transaction; False when another process already did."""
    with room.store.write(subscription.team_id) as scope:
        if not _claim(scope, subscription, period):
            return False
        _put(scope, Destination(subscription.channel), surveyed, period.key, subscription.id)
        return True


def skip(room: Room, subscription: Subscription, period: Period) -> bool:
    """Record that `period` passed while no process was running; False when another process served or recorded it."""
    with room.store.write(subscription.team_id) as scope:
        return _claim(scope, subscription, period, is_skipped=True)


def digest_now(room: Room, surveyed: Survey, destination: Destination, request_id: str | None = None) -> dict[str, Any]:
    """Post a digest outside every schedule, because somebody asked for one; the data of its view."""
    with room.store.write(surveyed.team_id, settles=request_id) as scope:
        return _put(scope, destination, surveyed, now_words(surveyed))


def now_words(surveyed: Survey) -> str:
    """What stands for the period of a digest that no schedule asked for: its own moment."""
    return f"{surveyed.at:%Y-%m-%dT%H:%M}"


def as_document(
    surveyed: Survey,
    channel: str | None,
    period: str,
    subscription_id: str | None = None,
    advice_ids: Iterable[str] = (),
) -> dict[str, Any]:
    """The data of the view `digest`; `advice_ids` of the findings shown, where their advices were kept."""
    shown = surveyed.findings[:SHOWN]
    return {
        "subscription_id": subscription_id,
        "channel": channel,
        "period": period,
        "at": surveyed.at.isoformat(),
        "workloads": surveyed.workloads,
        "findings": [_finding(*pair) for pair in zip_longest(shown, advice_ids)],
        "more": len(surveyed.findings) - len(shown),
    }


def _claim(scope: Scope, subscription: Subscription, period: Period, *, is_skipped: bool = False) -> bool:
    standing = subscriptions.get(scope, subscription.channel)
    if standing is None or standing.id != subscription.id:  # switched off since the tick began
        return False
    return subscriptions.claim_period(scope, subscription.id, period.key, period.at, is_skipped=is_skipped)


def _put(
    scope: Scope, destination: Destination, surveyed: Survey, period: str, subscription_id: str | None = None
) -> dict[str, Any]:
    kept = [
        keep(scope, found.advice, Question(found.workload, Workload(found.workload)), None, surveyed.at)
        for found in surveyed.findings[:SHOWN]
    ]
    advice_ids = [card["advice_id"] for card in kept]
    data = as_document(surveyed, destination.channel, period, subscription_id, advice_ids)
    outbox.put(scope, Post(destination, "digest", data))
    return data


def _finding(found: Finding, advice_id: str | None) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "workload": found.workload,
        "unit": found.advice.unit,
        "advice_id": advice_id,
        "objective": found.objective,
        "gain_units_per_week": found.gain_units_per_week,
        "extra_usd_per_week": found.extra_usd_per_week,
        "evidence": found.evidence,
        "document": advice_document(found.advice),
    }


def _advices(room: Room, team_id: str, names: Iterable[str], executor: Executor | None) -> Iterator[Advice]:
    """The advices of those workloads that can be answered; one that counts in two units cannot."""
    ask = partial(_asked, room, team_id)
    rest = iter(names)
    while chunk := list(islice(rest, _AHEAD)):
        for found in (executor.map if executor else map)(ask, chunk):
            if isinstance(found, Advice):
                yield found


def _asked(room: Room, team_id: str, name: str) -> Advice | Unknown | Malformed:
    return answer(room, team_id, Question(name, Workload(name)))
