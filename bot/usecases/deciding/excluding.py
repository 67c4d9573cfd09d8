"""What the reasons of dismissals exclude from a workload's future answers."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from bot import documents
from bot.store import Scope, exclusions
from bot.store.exclusions import Exclusion
from engine import Quota

__all__ = ["DISMISSALS", "Dismissal", "as_documents", "excluded_by", "quotas"]

Dismissal = Literal["no_quota", "not_validated", "residency", "provider", "too_risky", "not_now", "other"]
DISMISSALS: tuple[Dismissal, ...] = get_args(Dismissal)
_COLUMNS: Mapping[Dismissal, tuple[str, ...]] = {
    "no_quota": ("provider", "region", "accelerator"),
    "not_validated": ("accelerator",),
    "residency": ("region",),
    "provider": ("provider",),
}
"""The columns of an offer that a reason is about; a reason of the moment is about none."""
_NOWHERE = "unspecified"  # the region of a provider that names none: without the provider it would mean all of them


def excluded_by(reason: Dismissal, configuration: Mapping[str, Any]) -> dict[str, str]:
    """What dismissing `configuration` for that reason leaves out from now on: columns of an offer, or nothing."""
    named = {name: str(configuration[name]) for name in _COLUMNS.get(reason, ()) if configuration[name]}
    is_nowhere = named.keys() == {"region"} and named["region"] == _NOWHERE
    return {"provider": configuration["provider"], **named} if is_nowhere else named


def quotas(scope: Scope, workload: str) -> tuple[Quota, ...]:
    """The exclusions in force as the engine takes them: none of such accelerators."""
    return tuple(Quota(0, **each.excluded) for each in exclusions.list_standing(scope, workload))


def as_documents(scope: Scope, workload: str) -> list[documents.Exclusion]:
    """The exclusions in force as views show them."""
    return [_document(each) for each in exclusions.list_standing(scope, workload)]


def _document(exclusion: Exclusion) -> documents.Exclusion:
    return {
        "id": exclusion.id,
        "workload": exclusion.workload,
        "reason": exclusion.reason,
        "excluded": dict(exclusion.excluded),
        "by": exclusion.made_by,
        "at": exclusion.made_at.isoformat(),
    }
