"""The picks of an advice, side by side: equal configurations once, the recommended one first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.configurations import could_be
from bot.render import Mrkdwn, join, say
from bot.views.infeasible import nothing_feasible
from bot.views.measure import Measure
from bot.views.numbers import chance, money, plain
from bot.views.phrases import EVIDENCE_WORDS, machines, paid, running, sentence
from engine import AdviceDocument, CurrentDocument, PickDocument, pick_of

__all__ = ["OBJECTIVES", "Choice", "choices", "current_field", "field", "infeasible_fields"]

OBJECTIVES = ("cost", "value", "performance")
_SURE = 0.5  # limits that are more likely kept than not need no word on the card


@dataclass(frozen=True, slots=True)
class Choice:
    """One configuration and the objectives that it wins; `objective` is the one it is approved under."""

    objective: str
    objectives: tuple[str, ...]
    pick: PickDocument
    is_recommended: bool
    is_today: bool

    @property
    def title(self) -> str:
        """`Performance`, or `Cost and value` when one configuration wins both."""
        return _listed(self.objectives).capitalize()


def choices(document: AdviceDocument) -> tuple[Choice, ...]:
    """The distinct feasible picks of an advice document, the recommended one first."""
    groups: dict[tuple[object, ...], dict[str, PickDocument]] = {}
    for objective in OBJECTIVES:
        if pick := pick_of(document, objective):
            groups.setdefault(tuple(pick["configuration"].items()), {})[objective] = pick
    found = [_choice(document, group) for group in groups.values()]
    return tuple(sorted(found, key=lambda choice: not choice.is_recommended))


def field(choice: Choice, measure: Measure) -> Mrkdwn:
    """One pick as a field of a section: what, how fast, at what cost, how sure; the rest of it is behind Why."""
    pick = choice.pick
    marks = [mark for mark, is_on in (("recommended", choice.is_recommended), ("today", choice.is_today)) if is_on]
    title = " – ".join([f"★ {choice.title}" if choice.is_recommended else choice.title, *marks])
    described = [say("*{title}*", title=title), *_numbers(pick, measure), measure.costs(pick["usd_per_unit"])]
    return join("\n", [*described, _per_day(pick), *(say("_{line}_", line=line) for line in _grounds(pick) if line)])


def current_field(current: CurrentDocument, measure: Measure) -> Mrkdwn:
    """Today's configuration, as the picks are shown."""
    numbers = [*_numbers(current, measure), measure.cost(current["usd_per_unit"]), _per_day(current)]
    sources = join(" · ", ["idle and failed runs included", running(current["configuration"])])
    return join("\n", [Mrkdwn("*Today*"), *numbers, say("_{sources}_", sources=sources)])


def infeasible_fields(document: AdviceDocument) -> list[Mrkdwn]:
    """One field for each objective that nothing satisfies."""
    return [
        say(
            "*{objective}*\n{why}",
            objective=objective.capitalize(),
            why=sentence(nothing_feasible(found["infeasible"], document)),
        )
        for objective, found in document["objectives"].items()
        if "infeasible" in found
    ]


def _choice(document: AdviceDocument, group: Mapping[str, PickDocument]) -> Choice:
    """Of the picks that one configuration is, by objective."""
    recommended, current = document["recommended"] or "", document["current"]
    leading = recommended if recommended in group else next(iter(group))
    pick = group[leading]
    return Choice(
        objective=leading,
        objectives=tuple(group),
        pick=pick,
        is_recommended=recommended in group,
        is_today=current is not None and could_be(current["configuration"], pick["configuration"]),
    )


def _numbers(found: PickDocument | CurrentDocument, measure: Measure) -> list[str]:
    """What a pick and today have in common: where it runs and how fast."""
    where = found["configuration"]
    return [
        join(" · ", [say("*{machines}*", machines=machines(where)), paid(where)]),
        join(" · ", [where["provider"], where["instance_type"], where["region"]]),
        measure.speeds(found["units_per_hour"]),
    ]


def _grounds(pick: PickDocument) -> list[str]:
    """What the numbers rest on and how it would run, what holds it back, and a doubt where there is one."""
    spare, likely = pick["memory_headroom_gib"], pick["constraint_probability"]
    physics = [
        f"bound by {pick['bottleneck']}" if pick["bottleneck"] else "",
        f"{plain(spare)} GiB spare" if spare is not None else "",
    ]
    return [
        " · ".join(part for part in (EVIDENCE_WORDS[pick["evidence"]], running(pick["configuration"])) if part),
        " · ".join(part for part in physics if part),
        f"only {chance(likely)} likely to keep the limits" if likely < _SURE else "",
    ]


def _per_day(found: PickDocument | CurrentDocument) -> str:
    if found["usd_per_day"] is None:
        return "cost per day unknown"
    demand = found["usd_per_day_at_demand"]
    at_demand = f", {money(demand)} at your demand" if demand is not None else ""
    return f"{money(found['usd_per_day'])}/day{at_demand}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
