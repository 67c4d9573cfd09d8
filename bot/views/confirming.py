"""The modals of a decision: what would change in money and speed, why to dismiss, and why nothing can be done."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.documents import Change, Then
from bot.render import Mrkdwn, join, say
from bot.views.deciding import REASONS, not_allowed
from bot.views.measure import Measure
from bot.views.numbers import money, percent, ratio
from bot.views.phrases import EVIDENCE_WORDS, configuration, in_a_menu, machines, paid, running, who
from bot.views.refusals import decision_refused, moved
from bot.views.thresholds import two_people
from bot.views.trials import trial_refused
from engine import CurrentDocument

__all__ = ["modal_approve", "modal_dismiss", "modal_moved", "modal_refused", "modal_snooze"]

_SNOOZES = (("week", "For a week"), ("month", "For a month"), ("price", "Until its price moves by 5 %"))
_SAME = 0.005  # a change smaller than this is none
_LABEL = 75  # characters of a menu's entry
_FIRST = "{two}: yours will be the first word, and the card will wait for a second one."
_SECOND = "{two}: {by} has approved, and yours will be the second word."
_LAPSED = (
    "{two}. The price has moved {move} since {by} approved, so that word does not count any more: yours will be the "
    "first one at this price."
)


def modal_approve(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_approve.json.j2` names: today against what would be approved, side by side and as differences."""
    document: Change = data["document"]
    current, then = document["current"], document["then"]
    costs = [*([current["usd_per_unit"]] if current else []), then["usd_per_unit"]["p50"]]
    measure = Measure(document["unit"], min(filter(None, costs), default=None), _fastest(current, then))
    return {
        "metadata": data["metadata"],
        "headline": _headline(data, then),
        "sides": [
            *([_side("Today", current, measure.cost(current["usd_per_unit"]), measure)] if current else []),
            _side("Then", then, measure.costs(then["usd_per_unit"]), measure),
        ],
        "changes": _changes(current, then, measure),
        "second": _second(data),
        "small_print": _small_print(data, then),
    }


def modal_moved(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_moved.json.j2` names: what the price was and is, or that nobody offers it any more."""
    advised, now = data["advised"], data["configuration"]
    then = money(advised["price_usd_per_hour"])
    move = say("{then} an hour a machine when you were answered", then=then)
    sentence = "*{it}* is not on offer any more, so it cannot be approved."
    if now is not None:
        much = now["price_usd_per_hour"] / advised["price_usd_per_hour"] - 1.0
        more = f"{percent(abs(much))} {'more' if much > 0 else 'less'}"
        move = say(
            "{then} → *{now} an hour a machine*, {more}", then=then, now=money(now["price_usd_per_hour"]), more=more
        )
        sentence = "The price of *{it}* has moved since this answer was given, so it cannot be approved as it stands."
    return {
        "metadata": data["metadata"],
        "is_on_offer": now is not None,
        "sentence": say(sentence, it=configuration(advised)),
        "move": move,
    }


def modal_dismiss(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_dismiss.json.j2` names: the reasons, and the picks that a reason may be about."""
    return {
        "metadata": data["metadata"],
        "workload": data["workload"],
        "reasons": [_option(REASONS[code].capitalize(), code) for code in data["reasons"]],
        "picks": [_option(in_a_menu(pick["configuration"]), pick["choice"]) for pick in data["picks"]],
    }


def modal_snooze(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_snooze.json.j2` names: for how long."""
    has_price = data.get("has_price", True)
    choices = [_option(words, how_long) for how_long, words in _SNOOZES if how_long != "price" or has_price]
    return {
        "metadata": data["metadata"],
        "workload": data["workload"],
        "choices": choices,
        "price": "The price is that of the recommended pick." if has_price else "",
    }


def modal_refused(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_refused.json.j2` names: what a message would say, in parts; `metadata` lets it be answered anew."""
    title, said_of = _REFUSALS[data["view"]]
    said = said_of(data["data"])
    metadata = data.get("metadata") or ""
    next_ = (
        Mrkdwn("*Answer anew* asks the same question with today's prices and history.") if metadata else said["next"]
    )
    return {
        "title": said.get("title") or title,
        "what": said["what"],
        "next": next_,
        "metadata": metadata,
    }


_REFUSALS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "decision_refused": ("Nothing to decide", decision_refused),
    "not_allowed": ("Somebody else must", not_allowed),
    "trial_refused": ("Nothing to try", trial_refused),
}


def _headline(data: Mapping[str, Any], then: Then) -> Mrkdwn:
    name = (data["objective"] or "nearly as good").capitalize()
    return say(
        "*{workload}* · {name}\n{it}", workload=data["workload"], name=name, it=configuration(then["configuration"])
    )


def _side(name: str, found: CurrentDocument | Then, per_unit: str, measure: Measure) -> Mrkdwn:
    where = found["configuration"]
    per_day = "cost per day unknown" if found["usd_per_day"] is None else f"{money(found['usd_per_day'])}/day"
    lines = [
        say("*{name}*", name=name),
        say("*{machines}*", machines=machines(where)),
        join(" · ", [word for word in (where["provider"], where["region"], paid(where), running(where)) if word]),
        measure.speeds(found["units_per_hour"]),
        per_unit,
        per_day,
    ]
    return join("\n", list(lines))


def _changes(current: CurrentDocument | None, then: Then, measure: Measure) -> list[Mrkdwn]:
    """Money a day, money a unit, and speed, each as a difference from today."""
    if current is None:
        return []
    per_unit, one = then["usd_per_unit"]["p50"], measure.one
    changes = [
        ("Money a day, around the clock", _difference(current["usd_per_day"], then["usd_per_day"])),
        (f"Cost per {one}", _factor(current["usd_per_unit"], per_unit, "dearer", "cheaper")),
        ("Speed", _factor(current["units_per_hour"]["p50"], then["units_per_hour"]["p50"], "faster", "slower")),
    ]
    return [say("*{name}*\n{change}", name=name, change=change) for name, change in changes]


def _difference(now: float | None, then: float) -> str:
    if now is None:
        return f"{money(then)}; what today costs is not known"
    if abs(then - now) < _SAME * max(now, then):
        return "the same"
    return f"{money(abs(then - now))} {'more' if then > now else 'less'}"


def _factor(now: float | None, then: float, more: str, less: str) -> str:
    """`3.9× today's, 290 % faster` is one number too many: a factor from twice on, else a percentage."""
    if not now:
        return "today's is not known"
    change = then / now - 1.0
    if abs(change) < _SAME:
        return "the same"
    return f"{ratio(then / now)} today's" if change >= 1.0 else f"{percent(abs(change))} {more if change > 0 else less}"


def _second(data: Mapping[str, Any]) -> Mrkdwn | str:
    if data["words_needed"] == 1:
        return ""
    two, lapsed = two_people(data.get("threshold")), data.get("lapsed")
    others = [user for user in data["words"] if user != data["user"]]
    if others:
        return say(_SECOND, two=two, by=join(" and ", [who(user) for user in others]))
    if lapsed:
        by = join(" and ", [who(user) for user in lapsed["by"]])
        return say(_LAPSED, two=two, by=by, move=moved(lapsed["then"], lapsed["now"]))
    return say(_FIRST, two=two)


def _small_print(data: Mapping[str, Any], then: Then) -> Mrkdwn:
    move = data["price_move"]
    amount = f"{percent(abs(move))} {'more' if move > 0 else 'less'}"
    moved = say(", {amount} than on the card", amount=amount) if abs(move) >= _SAME else Mrkdwn("")
    evidence = EVIDENCE_WORDS.get(then["evidence"] or "", "predicted from your runs")
    return say(
        "Approving changes nothing that runs: you are shown what to apply, and receipts follow. "
        "You can undo it for 15 minutes.\n"
        "At the price of this moment{moved}. Speed and cost per unit: {evidence}; in brackets 90 % intervals.",
        moved=moved,
        evidence=evidence,
    )


def _fastest(current: CurrentDocument | None, then: Then) -> float:
    return max(side["units_per_hour"]["p50"] for side in (current, then) if side)


def _option(label: str, value: str) -> dict[str, str]:
    return {"label": label[:_LABEL], "value": value}
