"""The card: the answer to `/gpu-advise WORKLOAD`, open, decided or without a recommendation."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.deciding import decided, left_out, undo_button
from bot.views.infeasible import ask_again
from bot.views.measure import Measure
from bot.views.numbers import age, count, money
from bot.views.phrases import configuration, constraint, machines, moment, price_age_days, sentence, who
from bot.views.picks import Choice, choices, current_field, field, infeasible_fields
from bot.views.verdict import headline, judgement, next_trial

__all__ = ["advice", "approve_button", "decided", "why_button"]

_ALL = 3  # objectives
_OLD_PRICES = "prices are "  # how the engine's warning about them begins


def advice(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `advice.json.j2` names, from an advice document and what was decided about it."""
    document, found = data["document"], choices(data["document"])
    return {
        "title": _title(document),
        "headline": headline(document, found),
        "reason": _reason(document, found),
        "decided": decided(data),
        "picks": _fields(document, found),
        "judgement": judgement(document, found),
        "trial": next_trial(document),
        "warnings": [sentence(warning) for warning in document["warnings"]],
        "small_print": _small_print(document, data),
        "buttons": _buttons(data, found) if data["state"] == "open" else undo_button(data),
        "spoken": _spoken(document, found),
    }


def approve_button(choice: Choice, advice_id: str, *, is_primary: bool) -> dict[str, str | None]:
    """A button that approves `choice` under the first of its objectives, the recommended one if it is among them."""
    title = choice.title.lower()
    return {
        "label": "Approve" if len(choice.objectives) == _ALL else f"Approve {title}",
        "action": f"advice.approve.{choice.objective}",
        "value": advice_id,
        "style": "primary" if is_primary else None,
        "spoken": f"Approve {title}: {machines(choice.pick['configuration'])}",
    }


def why_button(advice_id: str) -> dict[str, str | None]:
    """The button that asks for the story behind an advice."""
    return _button("Why?", "advice.why", advice_id)


def _title(document: Mapping[str, Any]) -> str:
    stage = document["stage"]
    return f"{document['workload']} · {stage['value']}" if stage else document["workload"]


def _reason(document: Mapping[str, Any], found: tuple[Choice, ...]) -> str | Mrkdwn | None:
    """Why this objective; where it has no answer, the nearest question that has one."""
    has_answer = any(choice.is_recommended for choice in found)
    return sentence(document["reason"]) if has_answer else ask_again(document)


def _fields(document: Mapping[str, Any], found: tuple[Choice, ...]) -> list[Mrkdwn]:
    """Picks, then objectives without one (not where none has one: the headline says that), then today."""
    measure, current = Measure.of(document), document["current"]
    without = infeasible_fields(document, measure) if found else []
    today = [current_field(current, measure)] if current else []
    return [*(field(choice, measure) for choice in found), *without, *today]


def _spoken(document: Mapping[str, Any], found: tuple[Choice, ...]) -> Mrkdwn:
    """The card as sentences, for notifications and screen readers."""
    measure, today = Measure.of(document), document["current"]
    return join(
        " ",
        [
            say("{title}.", title=_title(document)),
            headline(document, found),
            *(_told(choice.title, choice.pick, choice.pick["usd_per_unit"]["p50"], measure) for choice in found),
            _told("Today", today, today["usd_per_unit"], measure) if today else "",
        ],
    )


def _told(name: str, found: Mapping[str, Any], usd_per_unit: float | None, measure: Measure) -> Mrkdwn:
    return say(
        "{name}: {where}, {speed}, {cost}, {per_day} a day.",
        name=name,
        where=configuration(found["configuration"]),
        speed=measure.speed(found["units_per_hour"]["p50"]),
        cost=measure.cost(usd_per_unit),
        per_day=money(found["usd_per_day"]),
    )


def _small_print(document: Mapping[str, Any], data: Mapping[str, Any]) -> Mrkdwn:
    """What the numbers rest on, and who asked."""
    measure, search = Measure.of(document), document["certificate"]
    limits = ", ".join(constraint(name, limit, measure) for name, limit in document["constraints"].items())
    parts = [
        "In brackets: 90 % intervals" if document["current"] or document["recommended"] else "",
        f"Limits used: {limits}" if limits else "",
        _price_age(document, data["asked_at"]),
        _searched(search) if search else "",
        left_out(data),
    ]
    asked = say("Asked by {who}, {at}", who=who(data["asked_by"]), at=moment(data["asked_at"]))
    return join("\n", [*parts, asked if data["asked_by"] else ""])


def _price_age(document: Mapping[str, Any], now: str | None) -> str:
    """Empty where a warning has said it already."""
    days = price_age_days(document["prices_as_of"], now)
    is_said = any(warning.startswith(_OLD_PRICES) for warning in document["warnings"])
    return "" if days is None or is_said else f"Prices {age(days)}"


def _searched(certificate: Mapping[str, Any]) -> str:
    return f"{count(certificate['configurations'])} configurations searched, {count(certificate['feasible'])} feasible"


def _buttons(data: Mapping[str, Any], found: tuple[Choice, ...]) -> list[dict[str, str | None]]:
    advice_id: str = data["advice_id"]
    what_if = _button("What if?", "advice.whatif", advice_id)
    if not found:
        return [what_if, why_button(advice_id)]
    approvals = [approve_button(it, advice_id, is_primary=it.is_recommended) for it in found if not it.is_today]
    snooze, dismiss = _button("Snooze", "advice.snooze", advice_id), _button("Dismiss", "advice.dismiss", advice_id)
    share = [_button("Share to channel", "advice.share", advice_id)] if data.get("is_private") else []
    return [*approvals, what_if, why_button(advice_id), snooze, dismiss, *share]


def _button(label: str, action: str, advice_id: str) -> dict[str, str | None]:
    return {"label": label, "action": action, "value": advice_id, "style": None, "spoken": None}
