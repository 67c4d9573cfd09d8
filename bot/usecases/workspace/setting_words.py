"""Every setting of a workspace as people read and write it: `guardrail=10%`, `two-approvers-above=$500`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bot.usecases.words.keys import PRICING_ALIASES
from bot.usecases.words.problems import Unreadable
from bot.usecases.words.wording import closest
from bot.usecases.workspace.preferences import Preferences
from bot.usecases.workspace.setting_kinds import (
    PEOPLE,
    Kind,
    factor,
    flag,
    hours,
    money,
    never,
    one_of,
    or_none,
    share,
    some_of,
    whole,
)
from engine import Policy

__all__ = ["SECTIONS", "SETTINGS", "Setting", "Settings", "is_setting", "named", "read", "spelled"]


class Settings(NamedTuple):
    """What the engine assumes and what the bot does, in one workspace."""

    policy: Policy = Policy()
    preferences: Preferences = Preferences()


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


_A_DAY = money("day", "amounts are US dollars a day, such as $500; never for none")
_AN_HOUR = money("hour", "amounts are US dollars an hour, such as $100")
_PLACES = one_of({"private": "Only to whoever asks", "channel": "To the whole channel"})
_WAYS = {"on-demand": "standard", "reserved": "committed", "spot": "dynamic"}
_PRICING = some_of(
    {"on-demand": "On-demand", "reserved": "Reserved", "spot": "Spot"},
    {alias: next(word for word, value in _WAYS.items() if value == meant) for alias, meant in PRICING_ALIASES.items()},
    _WAYS,
)
_TOOLS = {"skypilot": "SkyPilot", "kubernetes": "Kubernetes", "terraform": "Terraform", "dstack": "dstack"}
_HANDOFF = or_none(some_of(_TOOLS, {}, {tool: tool for tool in _TOOLS}))

_ANSWERS, _LIMITS, _DECIDING, _AFTER = "Answers", "What an answer assumes", "Approving", "After an approval"
_WHO = "Who may change this"

SETTINGS: tuple[Setting, ...] = (
    Setting("answers", "Answers go", "They can be shared to the channel by a button.", _ANSWERS, "answers_in", _PLACES),
    Setting(
        "mentions", "Digests mention owners", "No: names are shown without notifying anybody.", _ANSWERS,
        "mentions_owners", flag(),
    ),
    Setting(
        "guardrail", "More per unit that performance may cost",
        "A share of today's cost per unit. Left empty: 10 %.", _LIMITS,
        "guardrail_factor", factor(0, 1000),
    ),
    Setting(
        "gpus", "Accelerators at most", "Unless the history used more. Left empty: 8.", _LIMITS, "max_accelerators",
        whole(1, 100_000),
    ),
    Setting("nodes", "Machines at most", "Left empty: 1.", _LIMITS, "max_nodes", whole(1, 10_000)),
    Setting(
        "flat-below", "Spread of cost per unit that counts as flat",
        "Below it, faster is called free. Left empty: 10 %.", _LIMITS,
        "flat_below", share(0, 100),
    ),
    Setting(
        "worth-moving", "Gain that is worth a move", "Below it, digests keep quiet. Left empty: 10 %.", _LIMITS,
        "worth_moving_factor", factor(0, 1000),
    ),
    Setting(
        "price-noise", "How far prices move without meaning anything",
        "From one day to the next. Left empty: 3 %.", _LIMITS,
        "price_noise", share(0, 50),
    ),
    Setting(
        "switching-hours", "Hours of an engineer that a move costs",
        "A move must pay for itself. Left empty: 4.", _LIMITS,
        "switching_hours", hours(10_000),
    ),
    Setting(
        "engineering-hour", "What an engineer's hour costs",
        "In US dollars. Left empty: $100.", _LIMITS, "usd_per_engineering_hour",
        _AN_HOUR,
    ),
    Setting(
        "stale-prices", "Days until prices are called old", "Left empty: 90.", _LIMITS,
        "stale_prices_after_days", whole(1, 3650),
    ),
    Setting(
        "look-back", "Days of history that demand is read from", "Left empty: 30.", _LIMITS,
        "lookback_days", whole(1, 3650),
    ),
    Setting(
        "production-pricing", "How production may be paid", "Spot can be interrupted: leave it out unless you mean it.",
        _LIMITS, "production_pricing", _PRICING,
    ),
    Setting(
        "spending-above", "More spending that needs a budget owner",
        "US dollars a day more than today. Left empty: never.",
        _DECIDING, "spending_needs_budget_owner_above_usd_per_day", never(_A_DAY),
    ),
    Setting(
        "budget-owners", "Budget owners", "They may approve what costs more.", _DECIDING, "budget_owners", PEOPLE,
    ),
    Setting(
        "slowing-above", "Slowing down that needs the workload's owner", "A share of today's speed. Left empty: never.",
        _DECIDING, "slowing_needs_owner_above", never(share(0, 100)),
    ),
    Setting(
        "two-approvers-above", "Cost that needs two people",
        "US dollars a day of the new configuration. Left empty: never.",
        _DECIDING, "two_approvers_above_usd_per_day", never(_A_DAY),
    ),
    Setting(
        "self-approval", "People may approve what they asked for", "No: somebody else must.", _DECIDING,
        "is_self_approval_allowed", flag(),
    ),
    Setting(
        "price-move", "Price move that shows a fresh card", "Before an approval counts. Left empty: 2 %.", _DECIDING,
        "price_move_refreshes_above", share(0, 100),
    ),
    Setting("handoff", "Patches for", "What your team deploys with.", _AFTER, "handoff", _HANDOFF),
    Setting(
        "administrators", "Also these people", "Besides the workspace's own administrators.", _WHO, "administrators",
        PEOPLE,
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
    if f"{folded}-above" in _BY_KEY:  # `two-approvers=$500` says all that there is to say
        folded = f"{folded}-above"
    if folded not in _BY_KEY:
        near = closest(folded, _BY_KEY, count=1)
        hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(_BY_KEY)}"
        raise Unreadable(f"I know no setting {key[:40]!r}", hint)
    return _BY_KEY[folded]


def is_setting(key: str) -> bool:
    """Whether some setting goes by that key."""
    try:
        return bool(named(key))
    except Unreadable:
        return False


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
