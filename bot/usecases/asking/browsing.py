"""`list …`: the workloads that there are, a page at a time, those wanted only."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.owners import Owner
from bot.posts import Destination, Post
from bot.store import browsing, fleets, outbox
from bot.store.browsing import Listed, Wanted
from bot.usecases.asking.advise import Asker
from bot.usecases.asking.reading import STAGE_ALIASES, STAGE_HINT, Subcommand
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.words.problems import Unreadable, bad_request
from bot.usecases.words.wording import closest
from engine import FINDING_KINDS, KINDS

__all__ = ["list_workloads", "turn"]

_PAGE = 20  # rows: one message without scrolling
_EXAMPLE = "for example list 2, or list stage=production kind=ai owner=me team=film finding=dominated name=video"
_KEYS = ("stage", "kind", "finding", "owner", "team", "name")


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    wanted: Wanted


def list_workloads(room: Room, asked: Subcommand, asker: Asker) -> None:
    """One page of the workloads that the words describe; `list 2` is the second of all."""
    try:
        page = _read(asked.words, asker.user)
    except Unreadable as unreadable:
        with room.store.write(asker.team_id, settles=asker.request_id) as scope:
            outbox.put(scope, bad_request(asker.destination, asked.asked, unreadable.problem))
        return
    _show(room, asker.team_id, page, asker.destination, asker.request_id)


def turn(room: Room, click: Click, request_id: str) -> None:
    """Turn to the page that the button names, in place of the one that it stands under."""
    try:
        page = _read(click.value.split("\n"), click.user_id)
    except Unreadable:
        page = _Page(1, Wanted())  # a button of an earlier release
    to = replace(click.in_private, update_ts=click.message_ts, is_private=click.is_ephemeral)
    _show(room, click.team_id, page, to, request_id)


def _show(room: Room, team_id: str, page: _Page, to: Destination, request_id: str | None) -> None:
    with room.store.write(team_id, settles=request_id) as scope:
        found = browsing.browse(scope, page.wanted)
        data = _data(found, page, len(browsing.browse(scope, Wanted())))
        has_looked = fleets.last(scope) is not None  # before that nobody knows of a finding
        outbox.put(scope, Post(to, "workload_list", data | {"has_looked": has_looked}))


def _data(found: Sequence[Listed], page: _Page, known: int) -> dict[str, Any]:
    """The data of the view `workload_list`; `turns` are the values of the buttons to other pages."""
    pages = max(1, -(-len(found) // _PAGE))
    number = min(max(page.number, 1), pages)
    words = {key: value for key, value in asdict(page.wanted).items() if value}
    return {
        "rows": [_row(each) for each in found[(number - 1) * _PAGE : number * _PAGE]],
        "page": number,
        "asked_page": page.number,
        "pages": pages,
        "total": len(found),
        "known": known,
        "wanted": words,
        "turns": {
            name: "\n".join([str(to), *(f"{key}={value}" for key, value in words.items())])
            for name, to in (("previous", number - 1), ("next", number + 1))
            if 1 <= to <= pages
        },
    }


def _row(listed: Listed) -> dict[str, Any]:
    return {
        "workload": listed.workload,
        "unit": listed.unit or "unit",
        "stage": listed.stage,
        "kind": listed.kind,
        "runs": listed.runs,
        "last_run_at": listed.last_run_at.isoformat() if listed.last_run_at else None,
        "owner": listed.owner,
        "findings": list(listed.findings),
    }


def _read(words: Sequence[str], user: str | None) -> _Page:
    """The page that the words ask for.

    Raises:
        Unreadable: a word that is neither a page nor a filter.
    """
    page = _Page(1, Wanted())
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            page = replace(page, wanted=_with(page.wanted, key.casefold(), value.strip(), user))
        elif word.casefold() in STAGE_ALIASES:
            page = replace(page, wanted=_with(page.wanted, "stage", word, user))
        elif word.isascii() and word.isdigit():
            page = replace(page, number=int(word[:9]))
        else:
            raise Unreadable(f"{word[:40]!r} is no page and no filter", _EXAMPLE)
    return page


def _with(wanted: Wanted, key: str, value: str, user: str | None) -> Wanted:
    if key not in _KEYS:
        near = closest(key, _KEYS, count=1)
        raise Unreadable(f"I know no filter {key[:40]!r}", f"did you mean {near[0]}=?" if near else _EXAMPLE)
    if not value:
        raise Unreadable(f"{key}= has no value", _EXAMPLE)
    if key in _WORDS:
        known, hint = _WORDS[key]
        value = _one_of(value, known, key, hint)
    if key == "team" and (Owner.of(value).is_person or value.casefold().removeprefix("@") == "me"):
        raise Unreadable(f"{value[:40]!r} is a person", "a team is a name or a user group; owner= takes people")
    if key == "owner" and value.casefold().removeprefix("@") == "me":
        return replace(wanted, owner=user)
    return replace(wanted, **{key: value})


def _one_of(value: str, known: Mapping[str, str], what: str, hint: str) -> str:
    folded = value.casefold().replace("-", "_")
    if folded not in known:
        raise Unreadable(f"I know no {what} {value[:40]!r}", hint)
    return known[folded]


_WORDS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "stage": (STAGE_ALIASES, STAGE_HINT),
    "kind": (dict(zip(KINDS, KINDS, strict=True)), f"a kind is {' or '.join(KINDS)}"),
    "finding": (
        dict(zip(FINDING_KINDS, FINDING_KINDS, strict=True)),
        f"findings are {', '.join(FINDING_KINDS)}",
    ),
}
"""What a filter takes, by the way people spell it, and how to say so."""
