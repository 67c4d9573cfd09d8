"""Any data that the views of a decision may be given."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bot.usecases.deciding.excluding import DISMISSALS
from bot.usecases.workspace.permissions import ACTIONS

__all__ = ["deciding_shapes"]

_DENIALS = (
    "deactivated", "bot", "stranger", "guest", "administrators", "spends_more", "slows_down", "own", "not_yours"
)  # fmt: skip
_REFUSALS = (
    "already_decided", "expired", "unknown_advice", "replaced", "nothing_feasible", "who_is_that", "refreshed",
    "first_word", "same_person", "not_decided", "too_late_to_undo", "no_price", "unknown_exclusion",
)  # fmt: skip


def deciding_shapes(
    mapping: Callable[..., st.SearchStrategy[dict[str, Any]]],
    texts: st.SearchStrategy[str],
    moments: st.SearchStrategy[str],
    users: st.SearchStrategy[str],
    decisions: st.SearchStrategy[dict[str, Any]],
) -> dict[str, st.SearchStrategy[Any]]:
    """View name -> data."""
    maybe = st.none() | texts
    excluded = st.dictionaries(st.sampled_from(["provider", "region", "accelerator"]), texts, min_size=1)
    rows = mapping(
        id=texts, workload=texts, reason=st.sampled_from(DISMISSALS), excluded=excluded, by=users, at=moments
    )
    return {
        "decision_refused": mapping(
            reason=st.sampled_from(_REFUSALS), decision=st.none() | decisions, workload=maybe
        ),
        "exclusions": mapping(
            workload=texts, note=st.sampled_from([None, "made", "revoked"]), rows=st.lists(rows, max_size=8)
        ),
        "not_allowed": mapping(
            reason=st.sampled_from(_DENIALS),
            action=st.sampled_from(ACTIONS),
            is_anyone=st.booleans(),
            who_could=st.lists(users | texts, max_size=8),
            remedy=st.sampled_from([None, "budget_owners", "owner", "self_approval"]),
            workload=maybe,
        ),
    }  # fmt: skip
