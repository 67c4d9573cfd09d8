"""What a workspace's administrators can change besides the engine's policy, and what holds until they do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from bot.store import Scope, workspaces
from engine import PricingCategory

__all__ = ["Handoff", "Preferences", "change", "preferences"]

Handoff = Literal["skypilot", "kubernetes", "terraform", "dstack"]
_KEY = "preferences"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Money in US dollars. A threshold of None never applies."""

    answers_in: Literal["private", "channel"] = "private"
    production_pricing: tuple[PricingCategory, ...] = ("standard", "committed")
    """How production may be paid unless a question or its owner says otherwise: spot is not proposed unasked."""
    administrators: tuple[str, ...] = ()
    """Slack users who may change settings, besides the workspace's own administrators."""
    budget_owners: tuple[str, ...] = ()
    spending_needs_budget_owner_above_usd_per_day: float | None = None
    slowing_needs_owner_above: float | None = None
    """Share of throughput (0.1: 10 % slower) above which the workload's owner must approve."""
    two_approvers_above_usd_per_day: float | None = None
    is_self_approval_allowed: bool = True
    price_move_refreshes_above: float = 0.02
    """Share by which a price may have moved since the card was made before an approval shows a fresh card instead."""
    handoff: tuple[Handoff, ...] = ("skypilot",)
    webhook_url: str | None = None
    webhook_secret: str | None = None
    """Encrypted; shown once when it is made."""
    mentions_owners: bool = False


def preferences(scope: Scope) -> Preferences:
    """The preferences of this workspace; what was stored under a name that is none any more is passed over."""
    stored: Mapping[str, Any] = workspaces.settings(scope).get(_KEY, {})
    known = {field.name for field in fields(Preferences)}
    return replace(Preferences(), **{name: _frozen(value) for name, value in stored.items() if name in known})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def change(scope: Scope, wanted: Preferences) -> None:
    """Make `wanted` the preferences. Only what differs from the defaults is kept, so that these can improve."""
    shipped = asdict(Preferences())
    kept = {name: value for name, value in asdict(wanted).items() if value != shipped[name]}
    workspaces.change_settings(scope, {_KEY: kept})
