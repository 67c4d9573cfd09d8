"""Cards and modals of a decision, in every state worth a golden file."""

from dataclasses import replace
from typing import Any

from bot.usecases.deciding.excluding import DISMISSALS
from engine.advice import as_document
from tests.views.view_samples import (
    ADVICE,
    FOUR_A10G,
    H100,
    HOSTILE,
    HUGE,
    LATER,
    LONGEST,
    NAMES,
    NOW,
    RTL,
    card,
    decision,
    pick,
)

__all__ = ["DECIDED_CARDS", "DECIDING_CASES", "DECIDING_SURFACE_CASES", "REFUSALS"]

ME, OTHER = "U024BE7LH", "U0G9QF9C6"
METADATA = '{"channel_id":"C024BE91L","advice_id":"A-1","choice":"performance","digest":"0123456789abcdef"}'


def excluded(*names: str, **columns: str) -> list[dict[str, Any]]:
    """Exclusions for these reasons, each of the same columns."""
    columns = columns or {"accelerator": "H100-80GB", "provider": "aws", "region": "us-east-1"}
    return [
        {"id": f"E-{name}", "workload": "video-gen", "reason": name, "excluded": columns, "by": OTHER, "at": NOW}
        for name in names
    ]


def word(by: str = OTHER, choice: str = "performance") -> dict[str, str]:
    return {"by": by, "at": NOW, "choice": choice}


DECIDED_CARDS: dict[str, dict[str, Any]] = {
    "approved-by-two": card(state="approved", decision=decision("approve", "cost"), words=[word(ME), word()]),
    "approved-a-fallback": card(
        state="approved", decision=decision("approve") | {"configuration": as_document(H100), "can_undo": False}
    ),
    "dismissed-with-a-remark": card(state="dismissed", decision=decision("dismiss") | {"reason": f"other: {HOSTILE}"}),
    "dismissed-no-quota": card(state="dismissed", decision=decision("dismiss") | {"reason": "no_quota"}),
    "snoozed-until-the-price-moves": card(state="snoozed", decision=decision("snooze") | {"reason": "price"}),
    "snoozed-a-week": card(state="snoozed", decision=decision("snooze", until=LATER) | {"reason": "week"}),
    "waiting-between-two-wishes": card(words=[word(), word(ME, "fallback:1")]),
    "with-exclusions": card(exclusions=[*excluded("no_quota"), *excluded("residency", region="eu-central-1")]),
}


def refusal(reason: str) -> dict[str, Any]:
    return {"reason": reason, "decision": None, "workload": "video-gen"}


def threshold(above: float | None, whose: str = "workspace") -> dict[str, Any]:
    return {"above": above, "whose": whose}


REFUSALS = {
    reason.replace("_", "-"): refusal(reason)
    for reason in (
        "who_is_that", "refreshed", "first_word", "same_person", "not_decided", "too_late_to_undo", "no_price",
        "unknown_exclusion", "renewed", "unknown_workload",
    )
} | {
    "first-word-of-the-owner-s-threshold": refusal("first_word") | {"threshold": threshold(500.0, "owner")},
    "same-person-whatever-it-costs": refusal("same_person") | {"threshold": threshold(0.0)},
    "first-word-again": refusal("first_word_again") | {"lapsed": {"by": [OTHER], "then": 63.296, "now": 63.93}},
    "first-word-again-for-a-fraction": refusal("first_word_again") | {
        "lapsed": {"by": [OTHER, ME], "then": 63.296, "now": 63.2961}
    },
    "decided-and-can-be-undone": refusal("already_decided")
    | {"decision": decision("snooze", until=LATER) | {"can_undo": True}},
    "a-fallback-was-first": {"reason": "already_decided", "decision": decision("approve"), "workload": "video-gen"},
    "refreshed-hostile": refusal("refreshed") | {"workload": HOSTILE},
}  # fmt: skip


def denial(reason: str, action: str = "approve", **changes: Any) -> dict[str, Any]:
    none = {"is_anyone": False, "who_could": [], "remedy": None, "workload": "video-gen"}
    return {"reason": reason, "action": action} | none | changes


_DENIALS = {
    "guest": denial("guest", "dismiss", is_anyone=True),
    "deactivated": denial("deactivated", is_anyone=True),
    "bot": denial("bot", "settings"),
    "stranger": denial("stranger", "try", is_anyone=True),
    "administrators": denial("administrators", "settings", who_could=[ME], workload=None),
    "spends-more": denial("spends_more", who_could=[ME, OTHER]),
    "spends-more-than-the-workspace-s": denial("spends_more", who_could=[ME], threshold=threshold(200.0)),
    "spends-more-than-an-administrator-s": denial(
        "spends_more", who_could=[ME], threshold=threshold(0.0, "administrator")
    ),
    "slows-down-more-than-its-owner-s": denial("slows_down", who_could=[OTHER], threshold=threshold(0.05, "owner")),
    "not-owner": denial("not_owner", "thresholds", who_could=[OTHER]),
    "not-owner-without-owner": denial("not_owner", "thresholds", remedy="owner"),
    "spends-more-nobody-named": denial("spends_more", remedy="budget_owners"),
    "slows-down": denial("slows_down", who_could=[OTHER], workload=HOSTILE),
    "slows-down-without-owner": denial("slows_down", remedy="owner", workload=RTL),
    "own": denial("own", is_anyone=True),
    "own-and-alone": denial("own", remedy="self_approval"),
    "not-yours": denial("not_yours", "undo", who_could=[OTHER]),
    "what-is-no-id-is-shown-as-typed": denial("spends_more", who_could=["<!channel>", HOSTILE, *[ME] * 9]),
}


def lapsed(workload: str, by: list[str]) -> dict[str, Any]:
    price = {"then": 63.296, "now": 63.92896}
    return {"workload": workload, "advice_id": "A-1", "choice": "performance", "by": by, "next": ME} | price


def own_settings(workload: str, **changes: Any) -> dict[str, Any]:
    rows = [
        own_row("spending-above", "More spending that needs a budget owner", "$100/day", "administrator"),
        own_row("slowing-above", "Slowing down that needs the workload's owner", "5 %", "owner"),
        own_row("two-approvers-above", "Cost that needs two people", "never", "workspace", ""),
    ]
    return {"workload": workload, "owner": None, "stage": None, "rows": rows, "exclusions": []} | changes


def own_row(key: str, label: str, value: str, whose: str, own: str | None = None) -> dict[str, Any]:
    mine = value if own is None else own
    return {"key": key, "label": label, "value": value, "whose": whose, "own": mine, "workspace": "never"}


def own_form(workload: str, *, may_change: bool = True, **changes: Any) -> dict[str, Any]:
    rights = {
        "can_restage": True,
        "can_change": may_change,
        "stages": ["prototyping", "validation", "production"],
    }
    return own_settings(workload, **changes) | {"metadata": '{"workload":"w"}'} | rights


DECIDING_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "not_allowed": _DENIALS,
    "exclusions": {
        "made": {"workload": "video-gen", "note": "made", "rows": excluded("no_quota")},
        "revoked": {"workload": "video-gen", "note": "revoked", "rows": []},
        "listed": {"workload": HOSTILE, "note": None, "rows": excluded(*DISMISSALS)},
        "columns": {
            "workload": RTL,
            "note": None,
            "rows": [
                *excluded("not_validated", accelerator="H100-80GB"),
                *excluded("residency", region="eu-central-1"),
                *excluded("provider", provider=HOSTILE),
                *excluded("residency", provider="jarvislabs", region="unspecified"),
            ],
        },
        "many": {"workload": LONGEST, "note": None, "rows": excluded(*["no_quota"] * 60)},
    },
    "word_lapsed": {
        "dearer": lapsed("video-gen", [OTHER]),
        "hostile": lapsed(HOSTILE, [OTHER, "<!channel>"]),
    },
    "workload_settings": {
        "of-everybody": own_settings("video-gen"),
        **{f"name-{kind}": own_settings(name, owner=ME, stage="production") for kind, name in NAMES.items()},
        "with-exclusions": own_settings("video-gen", owner=OTHER, exclusions=excluded(*["no_quota"] * 60)),
    },
    "workload_changed": {
        "several": {
            "workload": "video-gen",
            "changes": [
                {"key": "stage", "before": "read from its history", "after": "production"},
                {"key": "two-approvers-above", "before": "workspace", "after": "$500/day"},
            ],
        },
        "nothing": {"workload": HOSTILE, "changes": []},
    },
}


def confirmation(**changes: Any) -> dict[str, Any]:
    document = as_document(ADVICE)
    data = {
        "metadata": METADATA,
        "workload": "video-gen",
        "document": {"unit": "clip", "current": document["current"], "then": document["objectives"]["performance"]},
        "objective": "performance",
        "price_move": 0.0,
        "words_needed": 1,
        "user": ME,
        "words": [],
    }
    return data | changes


def sides(then: Any, current: Any = ADVICE.current, unit: str = "clip") -> dict[str, Any]:
    return {"document": {"unit": unit, "current": as_document(current), "then": as_document(then)}}


DECIDING_SURFACE_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "modal_approve": {
        "dearer-and-faster": confirmation(),
        "cheaper-and-slower": confirmation(**sides(pick(replace(FOUR_A10G, price_usd_per_hour=0.5), 9.1))),
        "the-same": confirmation(**sides(pick(replace(FOUR_A10G, price_usd_per_hour=1.006), 12.4))),
        "a-fallback-dearer-than-on-the-card": confirmation(
            objective=None, price_move=0.013, **sides(as_document(pick(H100, 48.2)) | {"evidence": None})
        ),
        "cheaper-than-on-the-card": confirmation(price_move=-0.0191),
        "without-today": confirmation(**sides(pick(H100, 48.2), None)),
        "today-without-a-price": confirmation(
            **sides(pick(H100, 48.2), replace(ADVICE.current, usd_per_day=None, usd_per_unit=None))  # type: ignore[type-var]
        ),
        "first-of-two": confirmation(words_needed=2),
        "second-of-two-of-the-owner-s-threshold": confirmation(
            words_needed=2, words=[OTHER], threshold=threshold(500.0, "owner")
        ),
        "first-again-since-the-price-moved": confirmation(
            words_needed=2, threshold=threshold(0.0), lapsed={"by": [OTHER], "then": 3.9, "now": 3.95}
        ),
        "second-of-two": confirmation(words_needed=2, words=[OTHER]),
        "huge": confirmation(**sides(HUGE.objectives["performance"], HUGE.current, "tokens")),
        **{f"name-{kind}": confirmation(workload=name) for kind, name in NAMES.items()},
    },
    "modal_moved": {
        "dearer": {
            "metadata": METADATA,
            "workload": "video-gen",
            "advised": as_document(FOUR_A10G),
            "configuration": as_document(replace(FOUR_A10G, price_usd_per_hour=6.2)),
        },
        "gone": {"metadata": METADATA, "workload": HOSTILE, "advised": as_document(H100), "configuration": None},
    },
    "modal_dismiss": {
        "three-picks": {
            "metadata": METADATA,
            "workload": "video-gen",
            "reasons": list(DISMISSALS),
            "picks": [
                {"choice": name, "configuration": as_document(it)}
                for name, it in (("performance", FOUR_A10G), ("value", H100))
            ],
        },
        "nothing-feasible": {"metadata": METADATA, "workload": HOSTILE, "reasons": list(DISMISSALS), "picks": []},
        "longest": {
            "metadata": METADATA,
            "workload": LONGEST,
            "reasons": list(DISMISSALS),
            "picks": [{"choice": "cost", "configuration": as_document(replace(H100, instance_type=LONGEST))}],
        },
    },
    "modal_refused": {
        "decided": {"view": "decision_refused", "data": refusal("already_decided") | {"decision": decision("dismiss")}},
        "not-allowed": {"view": "not_allowed", "data": _DENIALS["spends-more"]},
        "expired-to-be-answered-anew": {"view": "decision_refused", "data": refusal("expired"), "metadata": METADATA},
        **{name: {"view": "decision_refused", "data": data} for name, data in REFUSALS.items()},
    },
    "modal_snooze": {
        "of-one": {"metadata": METADATA, "workload": "video-gen"},
        "without-a-pick": {"metadata": METADATA, "workload": "video-gen", "has_price": False},
        "hostile": {"metadata": METADATA, "workload": HOSTILE},
    },
    "modal_workload": {
        "of-an-administrator": own_form("video-gen"),
        "of-its-owner": own_form("video-gen", owner=ME, stage="production"),
        "of-a-member": own_form("video-gen", may_change=False),
        **{f"name-{kind}": own_form(name) for kind, name in NAMES.items()},
    },
}
