"""Nothing feasible, said usefully: which limit binds, what is reachable, and the question that has an answer."""

import math
from collections.abc import Callable, Mapping

from bot.render import Mrkdwn, say
from bot.views.measure import Measure
from bot.views.numbers import count, duration, money, plain
from bot.views.phrases import constraint, quoted
from engine import AdviceDocument, InfeasibleDocument

__all__ = ["ask_again", "blocking", "nothing_feasible"]

_DIGITS = 3
_SPEEDS = ("floor_units_per_hour", "max_seconds_per_unit")  # limits that a dearer configuration might meet


def nothing_feasible(infeasible: InfeasibleDocument, document: AdviceDocument) -> str:
    """Which constraint binds and what is reachable: no configuration meets this; the fastest reaches that.

    Value and performance keep to a cost per unit that the cost pick does not: where it counts, it is said.
    """
    measure = Measure.of(document)
    name, asked, reachable = infeasible["binding"], infeasible["asked"], infeasible["reachable"]
    needed = f"has the {plain(asked)} GiB per accelerator that it needs"
    unmet = needed if name == "memory" else f"meets {constraint(name, asked, measure)}"
    told, ceiling = _REACHABLE.get(name), document["constraints"].get("max_usd_per_unit")
    within = f" for {constraint('max_usd_per_unit', ceiling, measure)}" if name in _SPEEDS and ceiling else ""
    if told is None or reachable is None:
        return f"no configuration {unmet}{within}"
    return f"no configuration {unmet}{within}; {told(reachable, measure)}"


def blocking(document: AdviceDocument) -> InfeasibleDocument | None:
    """What stands in the way of the recommended objective, else of the first that has no answer."""
    found = {name: pick["infeasible"] for name, pick in document["objectives"].items() if "infeasible" in pick}
    return found.get(document["recommended"] or "") or next(iter(found.values()), None)


def ask_again(document: AdviceDocument) -> Mrkdwn | None:
    """The nearest question with an answer, ready to be typed; None where no key of the command would help."""
    blocked = blocking(document)
    if blocked is None or blocked["reachable"] is None or blocked["binding"] not in _KEYS:
        return None
    pair = _KEYS[blocked["binding"]](blocked["reachable"])
    stage = document["stage"]
    words = [quoted(document["workload"]), *([stage["value"]] if stage and stage["source"] == "asked" else []), pair]
    return say("The nearest that can be had: `/gpu-advise {words}`", words=" ".join(words))


def _rounded(value: float, towards: Callable[[float], int]) -> str:
    """`value` to three significant digits, rounded `towards` the side that stays feasible, without an exponent."""
    if value <= 0:
        return "0"
    places = _DIGITS - 1 - math.floor(math.log10(value))
    stepped = towards(round(value * 10.0**places, 6)) / 10.0**places
    return f"{stepped:.{max(places, 0)}f}".rstrip("0").rstrip(".") if places > 0 else f"{stepped:.0f}"


_REACHABLE: Mapping[str, Callable[[float, Measure], str]] = {
    "floor_units_per_hour": lambda best, measure: f"the fastest reaches {measure.speed(best)}",
    "max_seconds_per_unit": lambda best, measure: f"the fastest takes {duration(best)} per {measure.one}",
    "max_usd_per_day": lambda best, _: f"the cheapest costs {money(best)}/day",
    "max_usd_per_unit": lambda best, measure: f"the cheapest costs {measure.cost(best)}",
    "max_accelerators": lambda best, _: f"the smallest has {count(best)}",
    "max_nodes": lambda best, _: f"the smallest has {count(best)}",
    "memory": lambda best, _: f"the largest has {plain(best)} GiB",
    "memory_required_gib": lambda best, _: f"the largest has {plain(best)} GiB",
}
_KEYS: Mapping[str, Callable[[float], str]] = {
    "floor_units_per_hour": lambda best: f"floor={_rounded(best, math.floor)}/h",
    "max_usd_per_day": lambda best: f"budget=${_rounded(best, math.ceil)}/day",
    "max_usd_per_unit": lambda best: f"per-unit=${_rounded(best, math.ceil)}",
    "max_accelerators": lambda best: f"gpus={math.ceil(best)}",
    "max_nodes": lambda best: f"nodes={math.ceil(best)}",
}
