"""*Show all*: everything behind a digest, a page at a time, each finding with a menu of what can be done about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.documents import Listed, Settled
from bot.render import Mrkdwn, join, say
from bot.views import unsure
from bot.views.deciding import decided, undo_button
from bot.views.digest import counted, stake
from bot.views.elements import Element, button, menu, overflow
from bot.views.numbers import count
from bot.views.subscriptions import finding

__all__ = ["finding_decided", "findings_list"]

_MOST = 100  # options of a menu, as Slack has it
_BESIDE = 2  # pages that the buttons alone lead to
_STATES = {"approve": "approved", "dismiss": "dismissed", "snooze": "snoozed"}


def findings_list(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_digest.json.j2` names: one page of everything behind a digest."""
    number = data["kinds"].get(data["kind"], 0) if data["kind"] else data["total"]
    return {
        "metadata": data["metadata"],
        "rows": [_row(data["digest_id"], row, is_mixed=data["is_mixed"]) for row in data["rows"]],
        "shown": f"{_span(data['page'], data['page_size'], number)} of {counted(number, 'finding')}",
        "only": finding(data["kind"]) if data["kind"] else None,
        "total": count(data["total"]),
        "menus": [menu for menu in (_kinds(data), _pages(data, number)) if menu is not None],
        "turns": list(_turns(data)),
    }


def finding_decided(data: Settled) -> dict[str, Any]:
    """What `finding_decided.json.j2` names: what somebody decided in the list, and the way back."""
    card = button("Show card", "digest.card", data["advice_id"])
    what = decided(data) or ""
    return {
        "sentence": say("*{workload}* – {what}", workload=data["workload"], what=what),
        "buttons": [*undo_button(data), card],
    }


def _row(digest_id: str, row: Listed, *, is_mixed: bool) -> dict[str, Any]:
    """A finding with its menu; one that was decided since says so and can only be explained.

    What is new is marked where the list holds what was said before as well.
    """
    decision = row["decision"]
    state = _STATES[decision["kind"]] if decision else "open"
    worth = "" if row["kind"] in unsure.KINDS else stake(row)
    title = say("*{workload}* – {kind}", workload=row["workload"], kind=finding(row["kind"]))
    new = "🆕 " if row["is_new"] and is_mixed and not decision else ""
    return {
        "text": join("\n", [Mrkdwn(new + title), worth, decided({"state": state, "decision": decision})]),
        "menu": _menu(digest_id, row),
    }


def _menu(digest_id: str, row: Listed) -> Element:
    at = f"{digest_id}:{row['place']}"
    entries = [("Why?", f"digest.why {at}")]
    if not row["decision"]:
        is_move = row["kind"] not in unsure.KINDS
        approve = [(f"Approve {row['objective']}…", f"digest.approve {at}:{row['objective']}")] if is_move else []
        entries = [*approve, ("Snooze…", f"digest.snooze {at}"), ("Dismiss…", f"digest.dismiss {at}"), *entries]
    return overflow(entries)


def _kinds(data: Mapping[str, Any]) -> Element | None:
    """A menu of the kinds of findings that there are; none where there is one kind only."""
    kinds = sorted(data["kinds"].items(), key=lambda it: (-it[1], it[0]))
    if len(kinds) <= 1:
        return None
    options = [("All kinds", data["total"], ""), *((finding(kind), number, kind) for kind, number in kinds)]
    return menu(
        "Only one kind",
        "digest.all.kind",
        [(f"{label} ({count(number)})", f"{data['digest_id']}:0:{kind}") for label, number, kind in options],
    )


def _pages(data: Mapping[str, Any], number: int) -> Element | None:
    """A menu that leads to a page: to every one of a few, to a hundred evenly spread ones of many."""
    pages, size = data["pages"], data["page_size"]
    if pages <= _BESIDE:
        return None
    stride = -(-pages // _MOST)
    label_of = [(_span(page, size, number), page) for page in range(0, pages, stride)]
    values = [(label, f"{data['digest_id']}:{page}:{data['kind']}") for label, page in label_of]
    return menu("Go to", "digest.all.page", values)


def _turns(data: Mapping[str, Any]) -> Iterator[Element]:
    """Buttons to the pages beside this one."""
    page, pages = data["page"], data["pages"]
    for label, to in (("◀ Earlier", page - 1), ("Later ▶", page + 1)):
        if 0 <= to < pages:
            where = "earlier" if to < page else "later"
            yield button(label, f"digest.all.{where}", f"{data['digest_id']}:{to}:{data['kind']}")


def _span(page: int, size: int, number: int) -> str:
    return f"{count(page * size + 1)}–{count(min((page + 1) * size, number))}"
