"""The bot's own state, help, and which workloads digests watch."""

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from bot.posts import Post
from bot.store import Scope, advices, history, models, outbox, subscriptions, webhooks, workloads, workspaces
from bot.usecases.asking.advise import Asker, Unknown
from bot.usecases.asking.reading import Malformed, Subcommand
from bot.usecases.deciding.standing import deny, refuse
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["post", "show_help", "show_status", "status", "track"]


def post(room: Room, asker: Asker, view: str, data: Mapping[str, Any]) -> None:
    """Say something that changes nothing."""
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        outbox.put(scope, Post(asker.destination, view, data))


def show_help(room: Room, asker: Asker) -> None:
    """Every form of the command, by examples."""
    post(room, asker, "help", {})


def show_status(room: Room, asker: Asker) -> None:
    """What the bot knows and whether it is well."""
    post(room, asker, "status", status(room, asker.team_id))


def status(room: Room, team_id: str) -> dict[str, Any]:
    """The data of the view `status`."""
    with room.store.read(team_id) as scope:
        offers = room.shelf.index(scope).catalog.offers
        oldest = min((offer.as_of for offer in offers), default=None)
        latest = models.latest_model(scope)
        posts, deliveries = outbox.counts(scope), webhooks.counts(scope)
        return {
            "workloads": len(history.names(scope)),
            "runs": history.count_runs(scope),
            "offers": len(offers),
            "prices_as_of": oldest.isoformat() if oldest else None,
            "stale_prices_days": _stale_days(room, scope, oldest),
            "model_version": latest[0] if latest else None,
            "outbox": {"waiting": posts["waiting"] + posts["sending"], "dead": posts["dead"]},
            "webhook": {"waiting": deliveries["waiting"] + deliveries["sending"], "dead": deliveries["dead"]},
            "subscriptions": len(subscriptions.list_all(scope)),
            "open_advices": advices.count_open(scope),
            "version": version("gpu-advise"),
        }


def _stale_days(room: Room, scope: Scope, oldest: datetime | None) -> int | None:
    """The age of the oldest price, where answers warn of it."""
    age = (room.clock() - oldest).days if oldest else 0
    return age if age > workspaces.policy(scope).stale_prices_after_days else None


def track(room: Room, asked: Subcommand, asker: Asker) -> None:
    """Let digests watch a workload (`track`), or not any more (`untrack`)."""
    if len(asked.words) != 1:
        problem = Problem(f"{asked.name} needs the name of one workload", f'for example {asked.name} "my workload"')
        return post(room, asker, "bad_request", Malformed(asked.asked, (problem,)).as_document())
    name = asked.words[0]
    person = known(room.people, asker.team_id, asker.user or "")
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        if person is None:
            return refuse(scope, asker.destination, "who_is_that")
        verdict = may("track", person, grounds(room, scope, name))
        if isinstance(verdict, Denied):
            return deny(scope, room.clock(), person.user_id, asker.destination, "track", verdict, name)
        is_known = workloads.track(scope, name, is_tracked=asked.name == "track")
        view, data = (f"{asked.name}ed", {"workload": name}) if is_known else _unknown(scope, name)
        outbox.put(scope, Post(asker.destination, view, data))
    return None


def _unknown(scope: Scope, name: str) -> tuple[str, dict[str, Any]]:
    unknown = Unknown(name, tuple(history.nearest(scope, name)), len(history.names(scope)))
    return "unknown_workload", unknown.as_document()
