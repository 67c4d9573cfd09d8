"""The `KEY=VALUE` pairs of a question: each key reads its text into one wish about the workload."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.usecases.words import amounts
from bot.usecases.words.problems import Unreadable
from bot.usecases.words.wording import closest
from engine import PricingCategory, Workload

__all__ = ["KEYS", "PRICING_ALIASES", "canonical", "is_key", "read_pair", "spelled"]

PRICING_ALIASES: Mapping[str, PricingCategory] = {
    **dict.fromkeys(("on-demand", "ondemand", "on demand", "standard"), "standard"),
    **dict.fromkeys(("spot", "preemptible", "dynamic"), "dynamic"),
    **dict.fromkeys(("reserved", "reservation", "committed"), "committed"),
}
_PRICING_HINT = "pricing is on-demand, spot or reserved"


def canonical(key: str, given: Collection[str] = ()) -> str:
    """The key meant by `key`.

    Raises:
        Unreadable: no key has that name, or it is among those already `given`.
    """
    folded = _folded(key)
    if folded not in KEYS:
        near = closest(folded, KEYS, count=1)
        hint = f"did you mean {near[0]}=?" if near else f"the keys are {', '.join(KEYS)}"
        raise Unreadable(f"I know no key {key[:40]!r}", hint)
    if folded in given:
        raise Unreadable(f"{folded}= is given twice", "give each key once; lists take commas")
    return folded


def is_key(name: str) -> bool:
    """Whether some key goes by `name`."""
    return _folded(name) in KEYS


def _folded(key: str) -> str:
    folded = key.casefold().replace("_", "-")
    return _SYNONYMS.get(folded, folded)


def read_pair(workload: Workload, key: str, text: str) -> Workload:
    """`workload` with the wish that `key=text` states; `key` is canonical.

    Raises:
        Unreadable: the text is no value of that key.
    """
    if not text.strip(" ,;"):
        raise Unreadable(f"{key}= has no value", _example(key))
    return _READERS[key](workload, text)


def spelled(workload: Workload) -> dict[str, str]:
    """The wishes of `workload` as text by key, each such that `read_pair` reads the same wish again."""
    limits, filters = workload.constraints, workload.filters
    numbers = {
        "floor": limits.floor_units_per_hour,
        "budget": limits.max_usd_per_day,
        "per-unit": limits.max_usd_per_unit,
        "wait": workload.value_of_time_usd_per_hour,
        "gpus": limits.max_accelerators,
        "nodes": limits.max_nodes,
    }
    lists = {
        "region": filters.regions,
        "provider": filters.providers,
        "accelerator": filters.accelerators,
        "pricing": filters.pricing_categories,
    }
    return {
        **{key: _plain(number) for key, number in numbers.items() if number is not None},
        **{key: ",".join(words) for key, words in lists.items() if words},
    }


def _plain(number: float) -> str:
    """Every digit that matters and no exponent, which nobody types."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")


def _constraint(name: str, read: Callable[[str], Any]) -> Callable[[Workload, str], Workload]:
    def apply(workload: Workload, text: str) -> Workload:
        return replace(workload, constraints=replace(workload.constraints, **{name: read(text)}))

    return apply


def _filter(name: str, read: Callable[[str], Any]) -> Callable[[Workload, str], Workload]:
    def apply(workload: Workload, text: str) -> Workload:
        return replace(workload, filters=replace(workload.filters, **{name: read(text)}))

    return apply


def _wait(workload: Workload, text: str) -> Workload:
    return replace(workload, value_of_time_usd_per_hour=amounts.money(text, "hour", _in_dollars("wait")))


def _critical(workload: Workload, text: str) -> Workload:
    return replace(workload, is_critical=amounts.flag(text, "critical=yes or critical=no"))


def _example(key: str) -> str:
    return f"for example {KEYS[key]}"


def _in_dollars(key: str) -> str:
    return f"amounts are US dollars, such as {KEYS[key]}"


def _pricing(text: str) -> tuple[PricingCategory, ...]:
    return tuple(dict.fromkeys(_pricing_category(item) for item in amounts.items(text)))


def _pricing_category(text: str) -> PricingCategory:
    category = PRICING_ALIASES.get(text.casefold())
    if category is None:
        raise Unreadable(f"{text[:40]!r} is no way of paying that I know", _PRICING_HINT)
    return category


KEYS: Mapping[str, str] = {
    "floor": "floor=500/h",
    "budget": "budget=$200/day",
    "per-unit": "per-unit=$0.05",
    "wait": "wait=$40/h",
    "gpus": "gpus=8",
    "nodes": "nodes=2",
    "region": "region=us-east-1",
    "provider": "provider=aws",
    "accelerator": "accelerator=H100-80GB",
    "pricing": "pricing=on-demand",
    "critical": "critical=yes",
}
_SYNONYMS: Mapping[str, str] = {
    "perunit": "per-unit",
    "gpu": "gpus",
    "node": "nodes",
    "regions": "region",
    "providers": "provider",
    "accelerators": "accelerator",
    "gpu-type": "accelerator",
}
_READERS: Mapping[str, Callable[[Workload, str], Workload]] = {
    "floor": _constraint("floor_units_per_hour", amounts.rate),
    "budget": _constraint("max_usd_per_day", lambda text: amounts.money(text, "day", _in_dollars("budget"))),
    "per-unit": _constraint("max_usd_per_unit", lambda text: amounts.money(text, None, _in_dollars("per-unit"))),
    "wait": _wait,
    "gpus": _constraint("max_accelerators", lambda text: amounts.whole(text, _example("gpus"))),
    "nodes": _constraint("max_nodes", lambda text: amounts.whole(text, _example("nodes"))),
    "region": _filter("regions", amounts.items),
    "provider": _filter("providers", amounts.items),
    "accelerator": _filter("accelerators", amounts.items),
    "pricing": _filter("pricing_categories", _pricing),
    "critical": _critical,
}
