"""The picks of an advice, side by side: equal configurations once, the recommended one first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.render import Mrkdwn, escaped, join, say
from bot.views.infeasible import nothing_feasible
from bot.views.numbers import (
    cost_per_unit,
    cost_per_unit_range,
    duration,
    duration_range,
    money,
    percent,
    singular,
    throughput,
    throughput_range,
)
from bot.views.phrases import CATEGORY_WORDS, EVIDENCE_WORDS, is_same, machines, running, sentence

__all__ = ["OBJECTIVES", "Choice", "choices", "current_field", "field", "infeasible_fields"]

OBJECTIVES = ("cost", "value", "performance")


@dataclass(frozen=True, slots=True)
class Choice:
    """One configuration and the objectives that it wins; `objective` is the one it is approved under."""

    objective: str
    objectives: tuple[str, ...]
    pick: Mapping[str, Any]
    is_recommended: bool
    is_today: bool

    @property
    def title(self) -> str:
        """`Performance`, or `Cost and value` when one configuration wins both."""
        return _listed(self.objectives).capitalize()


def choices(document: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The distinct feasible picks of an advice document, the recommended one first."""
    recommended = document["recommended"]
    today = (document["current"] or {}).get("configuration")
    grouped: list[list[str]] = []
    for objective in _feasible(document):
        same = next(
            (group for group in grouped if _configuration(document, group[0]) == _configuration(document, objective)),
            None,
        )
        same.append(objective) if same else grouped.append([objective])
    grouped.sort(key=lambda group: recommended not in group)
    return tuple(_choice(document, group, today) for group in grouped)


def field(choice: Choice, unit: str) -> Mrkdwn:
    """One pick as a field of a section: what, how fast, at what cost, how sure."""
    pick = choice.pick
    marks = [mark for mark, is_on in (("recommended", choice.is_recommended), ("today", choice.is_today)) if is_on]
    title = " – ".join([f"★ {choice.title}" if choice.is_recommended else choice.title, *marks])
    sure = EVIDENCE_WORDS[pick["evidence"]]
    if pick["probability_better"] is not None and not choice.is_today:
        sure = f"{sure}; {percent(pick['probability_better'])} likely to beat today"
    return join("\n", [say("*{title}*", title=title), *_numbers(pick, unit), say("_{sure}_", sure=sure)])


def current_field(current: Mapping[str, Any], unit: str) -> Mrkdwn:
    """Today's configuration, as the picks are shown."""
    return join("\n", [Mrkdwn("*Today*"), *_numbers(current, unit), Mrkdwn("_idle and failed runs included_")])


def infeasible_fields(document: Mapping[str, Any]) -> list[Mrkdwn]:
    """One field for each objective that nothing satisfies."""
    return [
        say(
            "*{objective}*\n{why}",
            objective=objective.capitalize(),
            why=sentence(nothing_feasible(found["infeasible"], document["unit"])),
        )
        for objective, found in document["objectives"].items()
        if "infeasible" in found
    ]


def _choice(document: Mapping[str, Any], group: Sequence[str], today: Mapping[str, Any] | None) -> Choice:
    recommended = document["recommended"]
    leading = recommended if recommended in group else group[0]
    return Choice(
        objective=leading,
        objectives=tuple(group),
        pick=document["objectives"][leading],
        is_recommended=recommended in group,
        is_today=is_same(today, _configuration(document, leading)),
    )


def _numbers(found: Mapping[str, Any], unit: str) -> list[Mrkdwn]:
    """The lines that a pick and today have in common; `usd_per_unit` is a number today and an interval in a pick."""
    where = found["configuration"]
    speed, wait, cost = found["units_per_hour"], found["seconds_per_unit"], found["usd_per_unit"]
    rented = [where["provider"], where["instance_type"], where["region"], _paid(where), running(where)]
    one = singular(unit)
    return [
        say("*{machines}*", machines=machines(where)),
        join(" · ", rented),
        escaped(f"{throughput(speed['p50'], unit)} ({throughput_range(speed['p05'], speed['p95'])})"),
        escaped(f"{duration(wait['p50'])} per {one} ({duration_range(wait['p05'], wait['p95'])})"),
        escaped(_cost(cost, unit)),
        escaped(_per_day(found)),
    ]


def _paid(where: Mapping[str, Any]) -> str:
    category = where["pricing_category"]
    return " ".join(word for word in (CATEGORY_WORDS.get(category, category), where["term"]) if word)


def _cost(cost: Mapping[str, float] | float | None, unit: str) -> str:
    if isinstance(cost, Mapping):
        return f"{cost_per_unit(cost['p50'], unit)} ({cost_per_unit_range(cost['p05'], cost['p95'])})"
    return cost_per_unit(cost, unit) if cost is not None else "cost per unit unknown"


def _per_day(found: Mapping[str, Any]) -> str:
    if found["usd_per_day"] is None:
        return "cost per day unknown"
    demand = found["usd_per_day_at_demand"]
    at_demand = f", {money(demand)} at your demand" if demand is not None else ""
    return f"{money(found['usd_per_day'])}/day{at_demand}"


def _feasible(document: Mapping[str, Any]) -> list[str]:
    found = document["objectives"]
    return [objective for objective in OBJECTIVES if objective in found and "infeasible" not in found[objective]]


def _configuration(document: Mapping[str, Any], objective: str) -> Mapping[str, Any]:
    configuration: Mapping[str, Any] = document["objectives"][objective]["configuration"]
    return configuration


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
