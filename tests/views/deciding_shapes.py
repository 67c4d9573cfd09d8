"""Any data that the views of a decision may be given."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bot.usecases.deciding.excluding import DISMISSALS
from bot.usecases.workspace.permissions import ACTIONS

__all__ = ["deciding_shapes"]

_DENIALS = (
    "deactivated", "bot", "stranger", "guest", "administrators", "spends_more", "slows_down", "own", "not_yours",
    "not_owner",
)  # fmt: skip
_REFUSALS = (
    "already_decided", "expired", "unknown_advice", "replaced", "nothing_feasible", "who_is_that", "refreshed",
    "first_word", "same_person", "not_decided", "too_late_to_undo", "no_price", "unknown_exclusion",
    "renewed", "first_word_again", "unknown_workload",
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
    price, whose = st.floats(0, 1e9), st.sampled_from(["workspace", "owner", "administrator"])
    threshold = mapping(above=st.none() | price, whose=whose)
    moved = {"by": st.lists(users, min_size=1, max_size=3), "then": price, "now": price}
    changes = st.lists(mapping(key=texts, before=texts, after=texts), max_size=5)
    names = st.sampled_from(["spending-above", "slowing-above", "two-approvers-above"])
    rules = mapping(key=names, label=texts, value=texts, whose=whose, own=texts, workspace=texts)
    return {
        "decision_refused": mapping(
            reason=st.sampled_from(_REFUSALS), decision=st.none() | decisions, workload=maybe, threshold=threshold,
            lapsed=mapping(**moved),
        ),
        "word_lapsed": mapping(workload=texts, advice_id=st.just("A-1"), choice=st.just("cost"), next=users, **moved),
        "workload_changed": mapping(workload=texts, changes=changes),
        "workload_settings": mapping(
            workload=texts, owner=st.none() | users, stage=maybe, rows=st.lists(rules, max_size=3),
            exclusions=st.lists(rows, max_size=8),
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
            threshold=st.none() | threshold,
        ),
    }  # fmt: skip
