"""The digest of a channel: what stands out and was not said before, written with everything that belongs to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from bot.documents import Found
from bot.owners import Owner
from bot.posts import Destination, Post
from bot.store import Scope, decisions, fleets, outbox, said, subscriptions
from bot.store.columns import new_id
from bot.store.said import Key
from bot.store.subscriptions import Subscription
from bot.usecases.digests.cards import keep
from bot.usecases.digests.memory import packed, unpacked
from bot.usecases.digests.news import News, is_quiet, key_of, news, signature
from bot.usecases.digests.periods import Period
from bot.usecases.digests.rows import Row, pack
from bot.usecases.digests.spotting import Spotted
from bot.usecases.digests.surveying import Survey, survey
from bot.usecases.digests.topics import Topic
from bot.usecases.room import Room
from bot.usecases.workspace.fleet import glance
from bot.usecases.workspace.preferences import preferences

__all__ = ["SHOWN", "Survey", "digest_now", "drafted", "now_words", "send", "send_or_tell", "serve", "skip", "survey"]

SHOWN = 5  # findings in one message; a list that nobody reads to its end helps nobody
_LOOKED_THROUGH = 50  # digests of a workspace, for the last of a channel
_NAMED = 20  # workloads called settled
_DECIDED_SINCE = timedelta(days=366)  # a snooze until the price moves lasts no longer


@dataclass(frozen=True, slots=True)
class _Edition:
    """One digest before it is worded: which, when, and what is new. `period` is a scheduled one's key, or now."""

    subscription: Subscription | None
    surveyed: Survey
    news: News
    period: str
    mentions_owners: bool
    before: Mapping[Key, str]

    @property
    def said(self) -> dict[Key, str]:
        """The signature of everything that has been said and stands once this edition is out."""
        standing = {key_of(found): self.before[key_of(found)] for found in self.news.standing}
        return standing | {key_of(found): signature(found) for found in self.news.fresh}


def serve(room: Room, subscription: Subscription, period: Period, surveyed: Survey) -> bool:
    """Write the digest of `period` and all it needs in one transaction; False when another process already did."""
    now = room.clock()
    with room.store.write(subscription.team_id) as scope:
        standing = _claim(scope, subscription, period)
        if standing is None:
            return False
        before = said.said(scope, standing.id)
        _put(scope, Destination(standing.channel), _edition(scope, surveyed, standing, period.key, now, before), now)
        return True


def skip(room: Room, subscription: Subscription, period: Period) -> bool:
    """Record that `period` passed while no process was running; False when another process served or recorded it."""
    with room.store.write(subscription.team_id) as scope:
        return _claim(scope, subscription, period, is_skipped=True) is not None


def send(
    scope: Scope,
    subscription: Subscription | None,
    surveyed: Survey,
    destination: Destination,
    now: datetime,
    *,
    is_all: bool = False,
) -> dict[str, Any]:
    """Post what is new, because somebody asked for it now, and remember it as said; with `is_all` what was said, too.

    Without a subscription it is new to the channel if neither the last digest that was asked for there nor the
    channel's own said it.
    """
    before = {} if is_all else _before(scope, subscription, destination.channel)
    return _put(scope, destination, _edition(scope, surveyed, subscription, now_words(surveyed), now, before), now)


def send_or_tell(
    scope: Scope, subscription: Subscription | None, surveyed: Survey, to: Destination, now: datetime
) -> bool:
    """`send` what is new in the channel of `to`; where nothing is, say so there to whoever asked alone, and False."""
    quiet = _unchanged(scope, subscription, surveyed, to.channel, now)
    if quiet is not None:
        outbox.put(scope, Post(to, "digest_unchanged", quiet))
        return False
    send(scope, subscription, surveyed, Destination(to.channel, response_url=to.response_url), now)
    return True


def digest_now(room: Room, surveyed: Survey, destination: Destination, request_id: str | None = None) -> dict[str, Any]:
    """Post everything that stands out, said before or not, outside every subscription; the data of its view."""
    with room.store.write(surveyed.team_id, settles=request_id) as scope:
        return send(scope, None, surveyed, destination, room.clock(), is_all=True)


def drafted(
    scope: Scope, surveyed: Survey, channel: str | None, subscription: Subscription | None, now: datetime
) -> dict[str, Any]:
    """What would be posted, with nothing written: no advice that could be decided, and nothing counts as said."""
    before = said.said(scope, subscription.id) if subscription else {}
    edition = _edition(scope, surveyed, subscription, now_words(surveyed), now, before)
    return _as_document(edition, channel, None, ()) | {"is_preview": True}


def now_words(surveyed: Survey) -> str:
    """What stands for the period of a digest that no schedule asked for: its own moment."""
    return f"{surveyed.at:%Y-%m-%dT%H:%M}"


def _claim(
    scope: Scope, subscription: Subscription, period: Period, *, is_skipped: bool = False
) -> Subscription | None:
    """The subscription as it stands, if this transaction is the one that serves the period."""
    standing = subscriptions.find(scope, subscription.id)
    if standing is None or standing.is_paused or standing.served_until >= period.at:  # changed since the tick began
        return None
    is_ours = subscriptions.claim_period(scope, standing.id, period.key, period.at, is_skipped=is_skipped)
    return standing if is_ours else None


def _unchanged(
    scope: Scope, subscription: Subscription | None, surveyed: Survey, channel: str | None, now: datetime
) -> dict[str, Any] | None:
    """The data of the view `digest_unchanged`; None where `send` has news, or nothing was ever sent."""
    last = _last(scope, subscription, channel)
    if last is None:
        return None
    before = _before(scope, subscription, channel)
    found = _edition(scope, surveyed, subscription, now_words(surveyed), now, before).news
    if found.fresh or found.settled:
        return None
    return {
        "subscription_id": subscription.id if subscription else None,
        "name": subscription.name if subscription else "",
        "since": last["at"],
        "standing": len(found.standing),
    }


def _before(scope: Scope, subscription: Subscription | None, channel: str | None) -> Mapping[Key, str]:
    """What has been said: by that subscription, or without one by the last digest of the channel itself."""
    if subscription is not None:
        return said.said(scope, subscription.id)
    last = _last(scope, None, channel) or {}
    if last.get("subscription_id"):
        return said.said(scope, last["subscription_id"])
    return unpacked(last.get("said", ""))


def _last(scope: Scope, subscription: Subscription | None, channel: str | None) -> Mapping[str, Any] | None:
    """The last digest of that subscription; without one of the channel itself: asked for there, or the plain one's."""
    plain = subscriptions.get(scope, channel) if channel else None
    meant = {subscription.id} if subscription else {None, plain.id if plain else None}
    digests = (post.data for post in outbox.latest(scope, "digest", _LOOKED_THROUGH))
    told = (it for it in digests if it.get("digest_id") and it.get("channel") == channel)
    return next((it for it in told if it.get("subscription_id") in meant), None)


def _edition(
    scope: Scope,
    surveyed: Survey,
    subscription: Subscription | None,
    period: str,
    now: datetime,
    before: Mapping[Key, str],
) -> _Edition:
    topic = Topic.of(subscription.filters) if subscription else Topic()
    decided = decisions.latest(scope, now - _DECIDED_SINCE)
    return _Edition(
        subscription,
        surveyed,
        news(surveyed, topic, before, decided, now),
        period,
        preferences(scope).mentions_owners,
        before,
    )


def _put(scope: Scope, destination: Destination, edition: _Edition, now: datetime) -> dict[str, Any]:
    fresh = edition.news.fresh
    advice_ids = [_keep(scope, found, now) for found in fresh[:SHOWN]]
    digest_id = new_id()
    data = _as_document(edition, destination.channel, digest_id, advice_ids)
    outbox.put(scope, Post(destination, "digest", data), post_id=digest_id)
    seen = glance(edition.surveyed) | {"digest_id": digest_id, "open": _open(scope, edition.surveyed, now)}
    fleets.keep(scope, edition.surveyed.at, seen)
    if edition.subscription is not None:
        said.forget(scope, edition.subscription.id, edition.news.gone)
        said.remember(scope, edition.subscription.id, {key_of(found): signature(found) for found in fresh}, now)
    return data


def _open(scope: Scope, surveyed: Survey, now: datetime) -> dict[str, list[str]]:
    """Everything that stands out and that nobody has decided, whatever this digest is about: workloads by finding."""
    decided, found = decisions.latest(scope, now - _DECIDED_SINCE), dict[str, list[str]]()
    for each in surveyed.spotted:
        if not is_quiet(decided.get(each.workload), each, now):
            found.setdefault(each.kind, []).append(each.workload)
    return found


def _keep(scope: Scope, found: Spotted, now: datetime) -> str:
    """The id of the advice behind a finding, stored and open for a decision."""
    advice_id = new_id()
    keep(scope, advice_id, found.document, now)
    return advice_id


def _as_document(
    edition: _Edition, channel: str | None, digest_id: str | None, advice_ids: Iterable[str]
) -> dict[str, Any]:
    """The data of the view `digest`; `advice_ids` of the findings shown, where their advices were kept."""
    new, surveyed = edition.news, edition.surveyed
    shown = new.fresh[:SHOWN]
    rest = [
        *(Row.of(found, is_new=True) for found in new.fresh[SHOWN:]),
        *(Row.of(found, is_new=False) for found in new.standing),
    ]
    finding = _described(edition)
    return {
        "digest_id": digest_id,
        "subscription_id": edition.subscription.id if edition.subscription else None,
        "name": edition.subscription.name if edition.subscription else "",
        "is_filtered": bool(edition.subscription and edition.subscription.filters),
        "channel": channel,
        "period": edition.period,
        "at": surveyed.at.isoformat(),
        "workloads": surveyed.workloads,
        "findings": [finding(*pair) for pair in zip_longest(shown, advice_ids)],
        "more": len(new.fresh) - len(shown),
        "standing": len(new.standing),
        "settled": list(new.settled[:_NAMED]),
        "settled_count": len(new.settled),
        "counts": _counts(new.fresh),
        "unknown": len(surveyed.undetermined) + len(surveyed.unanswered),
        "listing": pack(rest) if rest else "",
        "said": "" if edition.subscription else packed(edition.said),
    }


def _counts(fresh: Sequence[Spotted]) -> dict[str, Any]:
    """What is new, in numbers: all of it, not only what is shown."""
    shifting = [found.extra_usd_per_week for found in fresh if found.kind == "shift_to_performance"]
    n_unsure = sum(found.is_weak for found in fresh)
    return {
        "shifting": len(shifting),
        "shifting_usd_per_week": sum(shifting),
        "moving": len(fresh) - n_unsure,
        "unsure": n_unsure,
    }


def _described(edition: _Edition) -> Callable[[Spotted, str | None], Found]:
    """How a finding of this edition is written down: an owner is mentioned only where the workspace wants that."""

    def finding(found: Spotted, advice_id: str | None) -> Found:
        owner = edition.surveyed.owners.get(found.workload)
        is_person = owner is not None and Owner.of(owner).is_person
        return {
            "kind": found.kind,
            "workload": found.workload,
            "unit": found.unit,
            "advice_id": advice_id,
            "objective": found.objective,
            "gain_units_per_week": found.gain_units_per_week,
            "extra_usd_per_week": found.extra_usd_per_week,
            "payback_days": found.payback_days,
            "evidence": found.evidence,
            "owner": owner if edition.mentions_owners or not is_person else None,
            "document": found.document,
        }

    return finding
