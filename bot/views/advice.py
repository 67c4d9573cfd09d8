"""The card: the answer to `/gpu-advise WORKLOAD`, open, decided or without a recommendation."""

from typing import Any

from bot.documents import Card
from bot.render import Mrkdwn, join, say
from bot.views.buttons import TRIALS_SHOWN, actions, closed_actions
from bot.views.chart import chart_in_words
from bot.views.deciding import decided, left_out
from bot.views.infeasible import ask_again
from bot.views.measure import Measure
from bot.views.measured import verified
from bot.views.numbers import age, count, money
from bot.views.phrases import configuration, constraint, day, moment, price_age_days, sentence, who
from bot.views.picks import Choice, choices, current_field, field, infeasible_fields
from bot.views.verdict import headline, judgement, next_trial
from engine import AdviceDocument, CertificateDocument, CurrentDocument, PickDocument

__all__ = ["advice"]

_OLD_PRICES = "prices are "  # how the engine's warning about them begins


def advice(data: Card) -> dict[str, Any]:
    """What `advice.json.j2` names, from an advice document and what was decided about it."""
    document, found, is_open = data["document"], choices(data["document"]), data["state"] == "open"
    return {
        "title": _title(document),
        "headline": headline(document, found),
        "reason": _reason(document, found),
        "decided": decided(data),
        "picks": _fields(document, found),
        "chart": data.get("chart"),
        "chart_in_words": chart_in_words(document),
        "judgement": [*judgement(document, found), verified(data), *_tries(data)],
        "warnings": [sentence(warning) for warning in document["warnings"]],
        "small_print": _small_print(document, data),
        "elements": actions(data, found) if is_open else closed_actions(data, found),
        "spoken": _spoken(document, found),
    }


def _tries(data: Card) -> list[Mrkdwn | str]:
    """The trials that somebody has promised; with none, the one that would tell most, unless it was made."""
    planned = [
        say(
            "🧪 *Trial planned:* {runner} runs it on {where} by {until}.",
            runner=who(trial["runner"]),
            where=configuration(trial["configuration"]),
            until=day(trial["until"]),
        )
        for trial in (data.get("trials") or ())[:TRIALS_SHOWN]
    ]
    return [*planned] or ["" if data.get("verified") else next_trial(data["document"]) or ""]


def _title(document: AdviceDocument) -> str:
    stage = document["stage"]
    return f"{document['workload']} · {stage['value']}" if stage else document["workload"]


def _reason(document: AdviceDocument, found: tuple[Choice, ...]) -> str | Mrkdwn | None:
    """Why this objective; where it has no answer, the nearest question that has one."""
    has_answer = any(choice.is_recommended for choice in found)
    return sentence(document["reason"]) if has_answer else ask_again(document)


def _fields(document: AdviceDocument, found: tuple[Choice, ...]) -> list[Mrkdwn]:
    """Picks, then objectives without one (not where none has one: the headline says that), then today."""
    measure, current = Measure.of(document), document["current"]
    without = infeasible_fields(document) if found else []
    today = [current_field(current, measure)] if current else []
    return [*(field(choice, measure) for choice in found), *without, *today]


def _spoken(document: AdviceDocument, found: tuple[Choice, ...]) -> Mrkdwn:
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


def _told(name: str, found: PickDocument | CurrentDocument, usd_per_unit: float | None, measure: Measure) -> Mrkdwn:
    return say(
        "{name}: {where}, {speed}, {cost}, {per_day} a day.",
        name=name,
        where=configuration(found["configuration"]),
        speed=measure.speed(found["units_per_hour"]["p50"]),
        cost=measure.cost(usd_per_unit),
        per_day=money(found["usd_per_day"]),
    )


def _small_print(document: AdviceDocument, data: Card) -> Mrkdwn:
    """What the numbers rest on, and who asked."""
    measure, search = Measure.of(document), document["certificate"]
    limits = ", ".join(constraint(name, limit, measure) for name, limit in document["constraints"].items())
    sources = [
        _price_age(document, data["asked_at"]),
        _searched(search) if search else "",
        "in brackets: 90 % intervals" if document["current"] or document["recommended"] else "",
    ]
    asked = say("Asked by {who}, {at}", who=who(data["asked_by"]), at=moment(data["asked_at"]))
    parts = [f"Limits used: {limits}" if limits else "", left_out(data.get("exclusions")), join(" · ", sources)]
    return join("\n", [*parts, asked if data["asked_by"] else ""])


def _price_age(document: AdviceDocument, now: str | None) -> str:
    """Empty where a warning has said it already."""
    days = price_age_days(document["prices_as_of"], now)
    is_said = any(warning.startswith(_OLD_PRICES) for warning in document["warnings"])
    return "" if days is None or is_said else f"Prices {age(days)}"


def _searched(certificate: CertificateDocument) -> str:
    searched, kept = count(certificate["configurations"]), count(certificate["feasible"])
    return f"{searched} configurations searched, {kept} within every limit"
