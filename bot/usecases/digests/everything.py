"""*Show all*: every finding behind a digest, a page at a time, each to be decided where it stands."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from bot.documents import Decided, Listed
from bot.posts import Modal
from bot.store import Scope, decisions, outbox
from bot.usecases.asking import explaining
from bot.usecases.deciding import confirming, dismissing, snoozing
from bot.usecases.deciding.confirming import Bound
from bot.usecases.deciding.standing import as_document
from bot.usecases.digests.cards import advice_of
from bot.usecases.digests.rows import Row, rows_of
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from engine import FINDING_KINDS

__all__ = ["PAGE", "beneath", "decide", "show_all"]

PAGE = 25  # findings in one view: each has a menu of its own
_DIGITS = 6


class _Listed(Origin):
    """What a page of the list carries: where its digest stands, and which page it is."""

    page: str = ""


class _Place(NamedTuple):
    """What a button of the list leads to: `<digest>:<page, from 0>:<kind of finding>`; all kinds where it is empty."""

    digest_id: str
    page: int
    kind: str

    @property
    def value(self) -> str:
        return f"{self.digest_id}:{self.page}:{self.kind}"

    @classmethod
    def read(cls, value: str) -> "_Place":
        digest_id, page, kind = [*value.split(":", 2), "", ""][:3]
        return cls(digest_id, _number(page) or 0, kind if kind in FINDING_KINDS else "")


def show_all(room: Room, click: Click) -> Modal:
    """One page of everything behind a digest; of one kind only where `click.value` names it."""
    there = _Listed.read(click.metadata) if click.view_id else _Listed.at(click)
    page = _shown(room, click.team_id, there, _Place.read(click.value))
    return replace(page, is_turned=not click.is_home)  # a tab is no modal that the list could take the place of


def beneath(room: Room, form: Submission) -> Modal | None:
    """The page over which a form was opened, as it stands now; None where the form was opened elsewhere."""
    there = _Listed.read(Bound.read(form.metadata).beneath)
    return _shown(room, form.team_id, there, _Place.read(there.page)) if there.page and form.previous_view_id else None


def _shown(room: Room, team_id: str, there: _Listed, at: _Place) -> Modal:
    with room.store.read(team_id) as scope:
        post = outbox.get(scope, at.digest_id)
        data = post.data if post is not None and post.view == "digest" else None
        page = _page(scope, at, data, room.clock()) if data else _nothing(at)
    metadata = there.model_copy(update={"page": at.value}).model_dump_json(exclude_defaults=True)
    return Modal("modal_digest", page | {"metadata": metadata}, is_turned=True)


def decide(room: Room, click: Click) -> Modal:
    """What an entry of a row's menu opens: the same as the button of that name on the card of that finding.

    `click.value` is `<digest>:<place>:<objective>`; what is said of it goes where the digest stands.
    """
    digest_id, place, objective = [*click.value.split(":", 2), "", ""][:3]
    number = _number(place)
    advice_id = None if number is None else advice_of(room, click.team_id, digest_id, number)
    if advice_id is None:
        return confirming.refusal("unknown_advice", None, room.clock())
    verb, there = click.action_id.split(".")[1], _Listed.read(click.metadata)
    value = f"{advice_id}:{objective}" if objective else advice_id
    digest = there.model_dump(include={"channel_id", "response_url", "message_ts"})
    return _OPENED[verb](room, click.model_copy(update={**digest, "value": value, "beneath": click.metadata}))


def _page(scope: Scope, at: _Place, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    rows = list(enumerate(rows_of(data)))
    wanted = [(place, row) for place, row in rows if not at.kind or row.kind == at.kind]
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(at.page, pages - 1)
    shown = wanted[page * PAGE : (page + 1) * PAGE]
    since = decisions.latest(scope, datetime.fromisoformat(data["at"]))
    return {
        "digest_id": at.digest_id,
        "page": page,
        "pages": pages,
        "page_size": PAGE,
        "kind": at.kind,
        "kinds": dict(Counter(row.kind for _, row in rows)),
        "total": len(rows),
        "is_mixed": len({row.is_new for _, row in rows}) > 1,
        "rows": [_row(place, row, as_document(since.get(row.workload), now)) for place, row in shown],
    }


def _nothing(at: _Place) -> dict[str, Any]:
    """Of a digest that is no more."""
    empty: dict[str, Sequence[Any] | Mapping[str, Any]] = {"kinds": {}, "rows": []}
    return {
        "digest_id": at.digest_id,
        "page": 0,
        "pages": 1,
        "page_size": PAGE,
        "kind": "",
        "total": 0,
        "is_mixed": False,
        **empty,
    }


def _row(place: int, row: Row, decision: Decided | None) -> Listed:
    return {
        "place": place,
        "kind": row.kind,
        "workload": row.workload,
        "unit": row.unit,
        "objective": row.objective,
        "gain_units_per_week": row.gain_units_per_week,
        "extra_usd_per_week": row.extra_usd_per_week,
        "is_new": row.is_new,
        "decision": decision,
    }


def _number(text: str) -> int | None:
    return int(text[:_DIGITS]) if text.isascii() and text.isdecimal() else None


_OPENED: Mapping[str, Callable[[Room, Click], Modal]] = {
    "approve": confirming.confirm,
    "dismiss": dismissing.ask_why,
    "snooze": snoozing.ask_how_long,
    "why": explaining.explain,
}
