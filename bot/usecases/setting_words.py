"""Every setting of a workspace as people read and write it: `guardrail=10%`, `two-approvers-above=$500`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from bot.usecases import amounts
from bot.usecases.keys import PRICING_ALIASES
from bot.usecases.preferences import Preferences
from bot.usecases.problems import Unreadable
from bot.usecases.wording import closest
from engine import Policy

__all__ = ["NEVER", "SECTIONS", "SETTINGS", "Setting", "Settings", "named", "read", "spelled"]

NEVER = "never"
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]+)")
_MOST_PEOPLE = 50
_NONE = "none"


class Settings(NamedTuple):
    """What the engine assumes and what the bot does, in one workspace."""

    policy: Policy = Policy()
    preferences: Preferences = Preferences()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written. `read` raises Unreadable; `spell` writes what `read` reads as the same value again.

    `options` are the words to choose from; without them it is typed. `shape` says which input a form needs, and
    `empty` what it means to leave that empty; without it the default.
    """

    read: Callable[[str], Any]
    spell: Callable[[Any], str]
    shape: str = "typed"
    options: Mapping[str, str] | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key in the command, its label in the form, and the field that holds it."""

    key: str
    label: str
    hint: str
    section: str
    field: str
    kind: Kind

    @property
    def is_policy(self) -> bool:
        """Whether the engine's policy holds it, or the bot's preferences."""
        return self.field in Policy.__dataclass_fields__

    def value(self, settings: Settings) -> Any:
        """What it is set to."""
        return getattr(settings.policy if self.is_policy else settings.preferences, self.field)

    def spelled(self, settings: Settings) -> str:
        """What it is set to, as somebody would write it."""
        return self.kind.spell(self.value(settings))

    def changed(self, settings: Settings, text: str) -> Settings:
        """`settings` with what `text` says; nothing at all means the default.

        Raises:
            Unreadable: it says no value of this setting.
        """
        said = text.strip() or self.kind.empty
        value = self.kind.read(said) if said else self.value(Settings())
        if self.is_policy:
            return settings._replace(policy=replace(settings.policy, **{self.field: value}))
        return settings._replace(preferences=replace(settings.preferences, **{self.field: value}))


def _number(value: float, thousands: str = "") -> str:
    return f"{Decimal(repr(value)):{thousands}f}".removesuffix(".0")


def _share(least: float, most: float) -> Kind:
    """A share between two, written in percent with or without the sign."""
    hint = f"write a percentage from {_number(least)} to {_number(most)}, such as 10%"

    def read_share(text: str) -> float:
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%?", text)
        if found is None or not least <= float(found[1]) <= most:
            raise Unreadable(f"{text[:40]!r} is no such percentage", hint)
        return float(Decimal(found[1]) / 100)

    return Kind(read_share, lambda value: f"{_number(float(round(Decimal(repr(value)) * 100, 6).normalize()))}%")


def _factor(least: float, most: float) -> Kind:
    """One and a share: 1.1 is written 10%."""
    share = _share(least, most)
    exact = Decimal(1)
    return Kind(
        lambda text: float(exact + Decimal(repr(share.read(text)))),
        lambda value: share.spell(float(Decimal(repr(value)) - exact)),
    )


def _never(kind: Kind) -> Kind:
    """A threshold that may be out of reach."""
    return Kind(
        lambda text: None if text.casefold() == NEVER else kind.read(text),
        lambda value: NEVER if value is None else kind.spell(value),
    )


def _whole(least: int, most: int) -> Kind:
    hint = f"write a whole number from {least} to {most:,}"

    def read_whole(text: str) -> int:
        digits = text.removesuffix("days").removesuffix("day").strip()
        if not re.fullmatch(r"[0-9]{1,6}", digits) or not least <= int(digits) <= most:
            raise Unreadable(f"{text[:40]!r} is no such number", hint)
        return int(digits)

    return Kind(read_whole, str)


def _money() -> Kind:
    hint = "amounts are US dollars a day, such as $500; never for none"
    return Kind(lambda text: amounts.money(text, "day", hint), lambda value: f"${_number(value, ',')}/day")


def _one_of(options: Mapping[str, str]) -> Kind:
    hint = f"choose {' or '.join(options)}"

    def read_one(text: str) -> str:
        if text.casefold() not in options:
            raise Unreadable(f"{text[:40]!r} is none of the choices", hint)
        return text.casefold()

    return Kind(read_one, str, "one", options)


def _flag() -> Kind:
    options = {"yes": "Yes", "no": "No"}
    return Kind(
        lambda text: amounts.flag(text, "write yes or no"), lambda value: "yes" if value else "no", "one", options
    )


def _some_of(options: Mapping[str, str], aliases: Mapping[str, str], values: Mapping[str, str]) -> Kind:
    """Some of `options` (word to label); `values` are what the field holds, by word."""
    words = {value: word for word, value in values.items()}

    def read_some(text: str) -> tuple[str, ...]:
        found = [aliases.get(item.casefold(), item.casefold()) for item in amounts.items(text)]
        if unknown := [item for item in found if item not in values]:
            raise Unreadable(f"{unknown[0][:40]!r} is none of the choices", f"choose among {', '.join(options)}")
        return tuple(values[word] for word in options if word in found)

    return Kind(read_some, lambda value: ", ".join(words[each] for each in value), "some", options)


def _or_none(kind: Kind) -> Kind:
    """Some of the options, or none of them."""
    return Kind(
        lambda text: () if text.casefold() == _NONE else kind.read(text),
        lambda value: kind.spell(value) or _NONE,
        kind.shape,
        kind.options,
        _NONE,
    )


def _people(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for item in re.split(r"[,;\s]+", text):
        person = _MENTION.fullmatch(item)
        if person is None:
            raise Unreadable(f"{item[:40]!r} is nobody I can find", "choose people in the form, or write their ids")
        found.append(person[1] or person[2])
    return tuple(dict.fromkeys(found))[:_MOST_PEOPLE]


_PEOPLE = Kind(_people, ", ".join, "people")
_PLACES = _one_of({"private": "Only to whoever asks", "channel": "To the whole channel"})
_WAYS = {"on-demand": "standard", "reserved": "committed", "spot": "dynamic"}
_PRICING = _some_of(
    {"on-demand": "On demand", "reserved": "Reserved", "spot": "Spot"},
    {alias: next(word for word, value in _WAYS.items() if value == meant) for alias, meant in PRICING_ALIASES.items()},
    _WAYS,
)
_TOOLS = {"skypilot": "SkyPilot", "kubernetes": "Kubernetes", "terraform": "Terraform", "dstack": "dstack"}
_HANDOFF = _or_none(_some_of(_TOOLS, {}, {tool: tool for tool in _TOOLS}))

_ANSWERS, _LIMITS, _DECIDING, _AFTER = "Answers", "What an answer assumes", "Approving", "After an approval"
_WHO = "Who may change this"

SETTINGS: tuple[Setting, ...] = (
    Setting("answers", "Answers go", "They can be shared to the channel by a button.", _ANSWERS, "answers_in", _PLACES),
    Setting(
        "mentions", "Digests mention owners", "No: names are shown without notifying anybody.", _ANSWERS,
        "mentions_owners", _flag(),
    ),
    Setting(
        "guardrail", "More per unit that performance may cost", "Of today's cost per unit: 10%.", _LIMITS,
        "guardrail_factor", _factor(0, 1000),
    ),
    Setting(
        "gpus", "Accelerators at most", "Unless the history used more.", _LIMITS, "max_accelerators",
        _whole(1, 100_000),
    ),
    Setting("nodes", "Machines at most", "One machine unless you say more.", _LIMITS, "max_nodes", _whole(1, 10_000)),
    Setting(
        "flat-below", "Spread of cost per unit that counts as flat", "Faster is called free below it: 10%.", _LIMITS,
        "flat_below", _share(0, 100),
    ),
    Setting(
        "worth-moving", "Gain that is worth a move", "Digests keep quiet below it: 10%.", _LIMITS,
        "worth_moving_factor", _factor(0, 1000),
    ),
    Setting(
        "stale-prices", "Days until prices are called old", "90 unless you say otherwise.", _LIMITS,
        "stale_prices_after_days", _whole(1, 3650),
    ),
    Setting(
        "look-back", "Days of history that demand is read from", "30 unless you say otherwise.", _LIMITS,
        "lookback_days", _whole(1, 3650),
    ),
    Setting(
        "production-pricing", "How production may be paid", "Spot can be interrupted: leave it out unless you mean it.",
        _LIMITS, "production_pricing", _PRICING,
    ),
    Setting(
        "spending-above", "More spending that needs a budget owner", "US dollars a day more than today, or never.",
        _DECIDING, "spending_needs_budget_owner_above_usd_per_day", _never(_money()),
    ),
    Setting(
        "budget-owners", "Budget owners", "They may approve what costs more.", _DECIDING, "budget_owners", _PEOPLE,
    ),
    Setting(
        "slowing-above", "Slowing down that needs the workload's owner", "A share of today's speed: 10%, or never.",
        _DECIDING, "slowing_needs_owner_above", _never(_share(0, 100)),
    ),
    Setting(
        "two-approvers-above", "Cost that needs two people", "US dollars a day of the new configuration, or never.",
        _DECIDING, "two_approvers_above_usd_per_day", _never(_money()),
    ),
    Setting(
        "self-approval", "People may approve what they asked for", "No: somebody else must.", _DECIDING,
        "is_self_approval_allowed", _flag(),
    ),
    Setting(
        "price-move", "Price move that shows a fresh card", "Before an approval counts: 2%.", _DECIDING,
        "price_move_refreshes_above", _share(0, 100),
    ),
    Setting("handoff", "Patches for", "What your team deploys with.", _AFTER, "handoff", _HANDOFF),
    Setting(
        "administrators", "Also these people", "Besides the workspace's own administrators.", _WHO, "administrators",
        _PEOPLE,
    ),
)  # fmt: skip
"""In the order in which people meet them."""

SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(setting.section for setting in SETTINGS))
_BY_KEY = {setting.key: setting for setting in SETTINGS}


def named(key: str) -> Setting:
    """The setting with that key.

    Raises:
        Unreadable: there is none; the hint names the nearest.
    """
    folded = key.strip().casefold().replace("_", "-")
    if folded not in _BY_KEY:
        near = closest(folded, _BY_KEY, count=1)
        hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(_BY_KEY)}"
        raise Unreadable(f"I know no setting {key[:40]!r}", hint)
    return _BY_KEY[folded]


def spelled(settings: Settings, keys: Sequence[str] = tuple(_BY_KEY)) -> dict[str, str]:
    """Every setting as somebody would write it, by key."""
    return {key: _BY_KEY[key].spelled(settings) for key in keys}


def read(settings: Settings, wanted: Mapping[str, str]) -> tuple[Settings, dict[str, Unreadable]]:
    """`settings` with what is `wanted` of each key, and what is wrong with those that cannot be read."""
    wrong: dict[str, Unreadable] = {}
    for key, text in wanted.items():
        try:
            settings = named(key).changed(settings, text)
        except Unreadable as unreadable:
            wrong[key] = unreadable
    return settings, wrong
