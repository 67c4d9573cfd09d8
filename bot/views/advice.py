"""The card: the answer to `/gpu-advise WORKLOAD`, open, decided or without a recommendation."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, escaped, join, say
from bot.views.infeasible import ask_again, nothing_feasible
from bot.views.numbers import age, cost_per_unit, count, money, percent, plural, ratio, singular, throughput
from bot.views.phrases import (
    STALE_AFTER_DAYS,
    configuration,
    constraint,
    ended,
    machines,
    moment,
    price_age_days,
    sentence,
    who,
)
from bot.views.picks import Choice, choices, current_field, field, infeasible_fields

_ALL = 3  # objectives
_SAME = 0.005  # a factor this near to one reads as one

__all__ = ["advice", "against_today", "approve_button", "decided", "headline", "why_button"]


def advice(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `advice.json.j2` names, from an advice document and what was decided about it."""
    document, unit = data["document"], data["document"]["unit"]
    found = choices(document)
    return {
        "title": _title(document),
        "headline": headline(document, found),
        "reason": _reason(document),
        "decided": decided(data),
        "picks": [field(choice, unit) for choice in found] + infeasible_fields(document) * bool(found),
        "today": current_field(document["current"], unit) if document["current"] else None,
        "judgement": judgement(document, found),
        "trial": _trial(document),
        "warnings": _warnings(document, data["asked_at"]),
        "small_print": _small_print(document, data),
        "buttons": _buttons(data, found) if data["state"] == "open" else [],
        "spoken": spoken(document, found),
    }


def headline(document: Mapping[str, Any], found: tuple[Choice, ...]) -> Mrkdwn:
    """One sentence: the recommendation and what was measured for it."""
    if document["recommended"] is None:
        return _no_recommendation(document)
    best = found[0]
    if best.is_today:
        return say("*Stay where you are:* today's configuration is already the {title} pick.", title=best.title.lower())
    return against_today(best, document)


def against_today(choice: Choice, document: Mapping[str, Any]) -> Mrkdwn:
    """What a pick gains and what it costs: 3.9× the clips per hour for 1.02× the cost per clip."""
    return say("*{title}:* {gain}.", title=choice.title, gain=_gain(choice, document["current"], document["unit"]))


def judgement(document: Mapping[str, Any], found: tuple[Choice, ...]) -> list[Mrkdwn]:
    """Flatness and break-even in words; that picks coincide, where they do."""
    shared = [choice for choice in found if len(choice.objectives) > 1]
    said = [say("The same configuration wins {title}.", title=choice.title.lower()) for choice in shared]
    flatness, pays = document["flatness"], document["break_even_usd_per_hour"]
    if flatness and len(found) > 1:
        said.append(_flatness(flatness, document["unit"]))
    if pays and len(found) > 1:
        said.append(_break_even(pays))
    return said


def approve_button(choice: Choice, advice_id: str, *, is_primary: bool) -> dict[str, str | None]:
    """A button that approves `choice` under the first of its objectives, the recommended one if it is among them."""
    return {
        "label": "Approve" if len(choice.objectives) == _ALL else f"Approve {choice.title.lower()}",
        "action": f"advice.approve.{choice.objective}",
        "value": advice_id,
        "style": "primary" if is_primary else None,
        "spoken": f"Approve {choice.title.lower()}: {machines(choice.pick['configuration'])}",
    }


def why_button(advice_id: str) -> dict[str, str | None]:
    """The button that asks for the story behind an advice."""
    return {"label": "Why?", "action": "advice.why", "value": advice_id, "style": None, "spoken": None}


def spoken(document: Mapping[str, Any], found: tuple[Choice, ...]) -> Mrkdwn:
    """The card as sentences, for notifications and screen readers."""
    today = document["current"]
    return join(
        " ",
        [
            say("{title}.", title=_title(document)),
            headline(document, found),
            *(_spoken(it.title, it.pick, it.pick["usd_per_unit"]["p50"], document["unit"]) for it in found),
            _spoken("Today", today, today["usd_per_unit"], document["unit"]) if today else "",
        ],
    )


def _spoken(name: str, found: Mapping[str, Any], usd_per_unit: float | None, unit: str) -> Mrkdwn:
    return say(
        "{name}: {where}, {speed}, {cost}, {per_day} a day.",
        name=name,
        where=configuration(found["configuration"]),
        speed=throughput(found["units_per_hour"]["p50"], unit),
        cost=cost_per_unit(usd_per_unit, unit) if usd_per_unit is not None else "cost per unit unknown",
        per_day=money(found["usd_per_day"]),
    )


def _title(document: Mapping[str, Any]) -> str:
    stage = document["stage"]
    return f"{document['workload']} · {stage['value']}" if stage else document["workload"]


def _reason(document: Mapping[str, Any]) -> str | Mrkdwn | None:
    """Why this objective; without one, the question that would have an answer."""
    return sentence(document["reason"]) if document["recommended"] else ask_again(document)


def _gain(best: Choice, current: Mapping[str, Any] | None, unit: str) -> str:
    """The pick against today: speed for cost, as factors; without a today, in absolute numbers."""
    speed, cost = best.pick["units_per_hour"]["p50"], best.pick["usd_per_unit"]["p50"]
    if not current:
        return f"{throughput(speed, unit)} at {cost_per_unit(cost, unit)}"
    faster = _factor(speed, current["units_per_hour"]["p50"])
    dearer = _factor(cost, current["usd_per_unit"])
    paid = f"{dearer} cost per {singular(unit)}" if dearer else cost_per_unit(cost, unit)
    return f"{faster or throughput(speed, unit)} {plural(unit) + ' per hour ' if faster else ''}for {paid}"


def _factor(new: float, old: float | None) -> str | None:
    """`3.9× the`, `the same`; None where there is nothing to compare with."""
    if not old:
        return None
    return "the same" if abs(new / old - 1) < _SAME else f"{ratio(new / old)} the"


def _no_recommendation(document: Mapping[str, Any]) -> Mrkdwn:
    blocked = [found["infeasible"] for found in document["objectives"].values() if "infeasible" in found]
    if blocked:
        return say("*Nothing is feasible:* {why}.", why=nothing_feasible(blocked[0], document["unit"]))
    unknown = document["undetermined"] or {"reason": document["reason"], "settled_by": ""}
    settled = ended(unknown["settled_by"])
    return join(
        "\n",
        [
            say("*I cannot tell yet:* {reason}", reason=ended(unknown["reason"])),
            say("*What would settle it:* {settled}", settled=settled) if settled else "",
        ],
    )


def _flatness(flatness: Mapping[str, Any], unit: str) -> Mrkdwn:
    spread, one = percent(abs(flatness["spread"])), singular(unit)
    words = {
        "flat": "stays within {spread} from the cost pick to the performance pick: here, faster is nearly free",
        "rising": "varies by {spread} between the cost pick and the performance pick: here, faster costs more",
        "falling": "varies by {spread} between the cost pick and the performance pick: here, faster is cheaper",
    }
    return say("*Cost per {one}* " + words[flatness["verdict"]] + ".", one=one, spread=spread)


def _break_even(pays: Mapping[str, Any]) -> Mrkdwn:
    if pays["value"] <= 0:
        return say(
            "*Break-even:* {to} over {from_} pays at any value of an hour of waiting.",
            to=pays["to"],
            from_=pays["from"],
        )
    return say(
        "*Break-even:* {to} over {from_} pays once an hour of waiting is worth more than {value}.",
        to=pays["to"],
        from_=pays["from"],
        value=money(pays["value"]),
    )


def _trial(document: Mapping[str, Any]) -> Mrkdwn | None:
    trial = document["next_trial"]
    if not trial:
        return None
    return say(
        "*Next trial:* one short run on {configuration}, about {usd}; it is expected to improve the choice by {gain}.",
        configuration=configuration(trial["configuration"]),
        usd=money(trial["usd"]),
        gain=percent(trial["expected_improvement"]),
    )


def _warnings(document: Mapping[str, Any], now: str) -> list[str]:
    days = price_age_days(document["prices_as_of"], now)
    stale = days is not None and days > STALE_AFTER_DAYS
    said = [f"The prices are {age(days)}; import a newer list before you decide."] if stale and days else []
    return [*said, *map(sentence, document["warnings"])]


def _small_print(document: Mapping[str, Any], data: Mapping[str, Any]) -> list[Mrkdwn]:
    unit, search = document["unit"], document["certificate"]
    limits = ", ".join(constraint(name, limit, unit) for name, limit in document["constraints"].items())
    days = price_age_days(document["prices_as_of"], data["asked_at"])
    parts = [
        "In brackets: 90 % intervals" if document["current"] or document["recommended"] else "",
        f"Limits used: {limits}" if limits else "",
        f"Prices {age(days)}" if days is not None else "",
        f"{count(search['configurations'])} configurations searched, {count(search['feasible'])} feasible"
        if search
        else "",
    ]
    asked = (
        say("Asked by {who}, {at}", who=who(data["asked_by"]), at=moment(data["asked_at"])) if data["asked_by"] else ""
    )
    return [escaped(part) for part in [*parts, asked] if part]


def decided(data: Mapping[str, Any]) -> Mrkdwn | None:
    """Who decided what and when, from `state` and `decision`; None while the advice is open."""
    state, decision = data["state"], data["decision"]
    if state == "expired":
        return Mrkdwn("⌛ *Expired:* prices and history have moved on. Ask again for a fresh answer.")
    if state == "replaced":
        return Mrkdwn("↪ *Replaced* by a newer answer for this workload.")
    if decision is None:
        return None
    by, at = who(decision["by"]), moment(decision["at"])
    if state == "approved":
        return say("✅ *Approved:* {objective}, by {by}, {at}", objective=decision["objective"], by=by, at=at)
    if state == "snoozed":
        return say("💤 *Snoozed* until {until}, by {by}, {at}", until=moment(decision["until"]), by=by, at=at)
    return say("✖ *Dismissed* by {by}, {at}", by=by, at=at)


def _buttons(data: Mapping[str, Any], found: tuple[Choice, ...]) -> list[dict[str, str | None]]:
    advice_id = data["advice_id"]
    if not found:
        return [why_button(advice_id)]
    approvals = [approve_button(it, advice_id, is_primary=it.is_recommended) for it in found if not it.is_today]
    snooze = {"label": "Snooze", "action": "advice.snooze", "value": advice_id, "style": None, "spoken": None}
    dismiss = {"label": "Dismiss", "action": "advice.dismiss", "value": advice_id, "style": None, "spoken": None}
    return [*approvals, why_button(advice_id), snooze, dismiss]
