"""The form behind *New digest* and *Edit*: the same as the command's words, asked in boxes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.owners import Owner
from bot.posts import Destination, Modal, Post
from bot.store import Scope, audit, outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.digests.described import row
from bot.usecases.digests.periods import DAYS
from bot.usecases.digests.subscribing import LONGEST_NAME
from bot.usecases.digests.topics import Topic, gain_of, teams_of
from bot.usecases.digests.zones import is_zone, zone_of
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Id, Option, Submission, Typed
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, Unreadable, bad_request
from bot.usecases.words.schedule_words import DEFAULT, spell_time, zones_like
from bot.usecases.workspace.rights import refusal
from engine import FINDING_KINDS, KINDS, STAGES

__all__ = ["check", "edit", "new", "save", "zones"]

_MOST = 100  # options that Slack shows
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class _Opened(Origin):
    """Where the form was opened and which digest it is about; a new one has no id yet."""

    subscription_id: Id | None = None


def new(room: Room, click: Click) -> Modal:
    """An empty form, in the clicker's own time zone."""
    origin = _Opened(channel_id=click.channel_id or click.user_id, response_url=click.response_url)
    return _form(origin, None, zone_of(room, click.team_id, click.user_id) or DEFAULT.timezone)


def edit(room: Room, click: Click) -> Modal:
    """The form filled in with what stands; of a digest that is no more, an empty one."""
    with room.store.read(click.team_id) as scope:
        standing = subscriptions.find(scope, click.value)
    if standing is None or standing.channel != click.channel_id:
        return new(room, click)
    origin = _Opened(
        channel_id=standing.channel, response_url=click.response_url, subscription_id=standing.id
    )  # fmt: skip
    return _form(origin, standing, standing.timezone)


def zones(room: Room, typed: Typed) -> list[Option]:
    """Time zones whose names hold what was typed, each with its distance from UTC today."""
    now = room.clock()
    return [Option(_spelled(name, now), name) for name in zones_like(typed.text, _MOST)]


def check(room: Room, form: Submission) -> Mapping[str, str]:
    """What is wrong with each box."""
    mistakes = {name: words for name, words in _mistakes(form).items() if words}
    origin = _Opened.read(form.metadata)
    if not mistakes and origin.channel_id is not None:
        with room.store.read(form.team_id) as scope:
            namesake = subscriptions.get(scope, origin.channel_id, _name(form))
        if namesake is not None and namesake.id != origin.subscription_id:
            mistakes["name"] = "this channel has a digest of that name already"
    return mistakes


def save(room: Room, form: Submission, request_id: str | None = None) -> None:
    """Keep the digest that the form describes, and say when it comes next."""
    origin = _Opened.read(form.metadata)
    to = origin.in_private(form.user_id)
    refused, mistakes = refusal(room, form.team_id, form.user_id, "digest", to), check(room, form)
    with room.store.write(form.team_id, settles=request_id) as scope:
        if refused is not None or origin.channel_id is None or mistakes:
            outbox.put(scope, refused or _bad(to, "the form could not be read"))
            return
        now = room.clock()
        wanted = _wanted(scope, form, origin.channel_id, origin.subscription_id, now)
        if wanted is None:
            outbox.put(scope, _bad(to, "this digest is no more"))
            return
        kept = subscriptions.save(scope, wanted)
        audit.record(scope, now, form.user_id, "digest.save", kept.channel, name=kept.name)
        outbox.put(scope, Post(to, "subscribed", row(kept, now)))


def _form(origin: _Opened, standing: Subscription | None, zone: str) -> Modal:
    """The data of the view `modal_subscription`."""
    topic = Topic.of(standing.filters) if standing else Topic()
    return Modal(
        "modal_subscription",
        {
            "metadata": origin.model_dump_json(exclude_defaults=True),
            "is_new": standing is None,
            "name": standing.name if standing else "",
            "days": list(standing.weekdays) if standing else [0, 1, 2, 3, 4],
            "time": standing.at if standing else spell_time(DEFAULT.at),
            "timezone": zone,
            "all": {"stage": list(STAGES), "kind": list(KINDS), "finding": list(FINDING_KINDS)},
            "topic": topic.as_document(),
        },
    )


def _wanted(
    scope: Scope, form: Submission, channel_id: str, subscription_id: str | None, now: datetime
) -> Subscription | None:
    """What was asked for; None when the digest that was to be changed has ended."""
    days = [DAYS.index(day) for day in form.values["days"]]
    at, zone = form.first("time") or "", form.first("zone") or ""
    topic = _topic(form).as_document()
    if subscription_id is None:
        return subscriptions.new(
            scope, channel_id, _name(form), days, at, zone, topic, by=form.user_id, created_at=now
        )  # fmt: skip
    standing = subscriptions.find(scope, subscription_id)
    if standing is None:
        return None
    changed = replace(standing, name=_name(form), weekdays=tuple(sorted(days)), at=at, timezone=zone, filters=topic)
    is_moved = (changed.weekdays, at, zone) != (standing.weekdays, standing.at, standing.timezone)
    return replace(changed, served_until=now) if is_moved else changed  # another schedule makes up for nothing


def _topic(form: Submission) -> Topic:
    teams, gain = form.first("teams"), form.first("gain")
    return Topic(
        stages=tuple(stage for stage in STAGES if stage in form.values.get("stage", ())),
        kinds=tuple(kind for kind in KINDS if kind in form.values.get("kind", ())),
        owners=tuple(it for it in form.values.get("owners", ()) if Owner.of(it).is_person),
        teams=tuple(dict.fromkeys(teams_of(teams))) if teams else (),
        findings=tuple(kind for kind in FINDING_KINDS if kind in form.values.get("finding", ())),
        min_usd_per_week=gain_of(gain) if gain else 0.0,
    )


def _mistakes(form: Submission) -> dict[str, str | None]:
    days, at, zone = form.values.get("days", ()), form.first("time"), form.first("zone")
    return {
        "name": f"names have up to {LONGEST_NAME} characters" if len(_name(form)) > LONGEST_NAME else None,
        "days": None if days and set(days) <= set(DAYS) else "choose at least one day",
        "time": None if at and _TIME.fullmatch(at) else "choose a time",
        "zone": None if zone and is_zone(zone) else "choose a time zone: type the name of a city",
        **{block: _mistake(form, block) for block in ("teams", "gain")},
    }


def _mistake(form: Submission, block: str) -> str | None:
    text = form.first(block)
    try:
        if text:
            _ = gain_of(text) if block == "gain" else teams_of(text)
    except Unreadable as unreadable:
        return f"{unreadable.problem.what}: {unreadable.problem.hint}"
    return None


def _name(form: Submission) -> str:
    return (form.first("name") or "").strip()


def _spelled(name: str, now: datetime) -> str:
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    return f"{name} (UTC{offset[:3]}:{offset[3:5]})"


def _bad(to: Destination, what: str) -> Post:
    return bad_request(to, "", Problem(what, "/gpu-advise digest list shows the digests; nothing was changed"))
