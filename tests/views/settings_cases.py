"""Settings, their forms, the webhook and the audit log."""

from typing import Any

from bot.posts import Modal
from bot.usecases.workspace.setting_words import SECTIONS, SETTINGS, Settings, read
from engine.advice import as_document
from tests.views.view_samples import ADVICE, HOSTILE, LONGEST

__all__ = ["SETTINGS_CASES", "SETTINGS_SURFACE_CASES"]

CHANGED = read(
    Settings(),
    {
        "guardrail": "12.5 %",
        "answers": "channel",
        "two-approvers-above": "$1,000,000/day",
        "budget-owners": "U024BE7LH, W012A3CDE",
        "production-pricing": "spot",
        "handoff": "none",
        "self-approval": "no",
    },
)[0]


def shown(settings: Settings = Settings(), *, url: str | None = None, **changes: Any) -> dict[str, Any]:  # noqa: B008 - frozen
    rows = [
        {
            "section": setting.section,
            "key": setting.key,
            "label": setting.label,
            "hint": setting.hint,
            "value": setting.spelled(settings),
            "shape": setting.kind.shape,
            "options": [{"label": label, "value": word} for word, label in (setting.kind.options or {}).items()],
            "is_default": setting.value(settings) == setting.value(Settings()),
        }
        for setting in SETTINGS
    ]
    hook = {"url": url, "has_secret": url is not None, "has_keys": True}
    return {"sections": list(SECTIONS), "rows": rows, "webhook": hook, "is_administrator": True} | changes


def form(settings: Settings = Settings()) -> Modal:  # noqa: B008 - frozen
    boxes = shown(settings)["rows"]
    return Modal("modal_settings", {"metadata": "{}", "boxes": boxes, "sections": list(SECTIONS)})


def entry(**changes: Any) -> dict[str, Any]:
    usual = {"id": 7, "at": "2026-11-21T09:00:00+00:00", "actor": "U024BE7LH", "action": "settings.change"}
    detail = {
        "before": {"guardrail": "10 %", "budget-owners": ""},
        "after": {"guardrail": "15 %", "budget-owners": "U1"},
    }
    return {**usual, "subject": "settings", "detail": detail, **changes}


RENTED = as_document(ADVICE.objectives["performance"])["configuration"]
DECISIONS = [
    entry(action=action, subject=subject, detail={"advice_id": "01a2"} | detail)
    for action, subject, detail in (
        ("advice.approve", "video-gen", {"choice": "performance", "configuration": RENTED, "words": ["U1", "U2"]}),
        ("advice.undo", "video-gen", {"kind": "dismiss", "decided_by": "U1"}),
        ("exclusion.make", "video-gen", {"reason": "no_quota", "excluded": {"provider": "aws", "accelerator": "H100"}}),
        ("trial.verify", "video-gen", {"measured": {"units_per_hour": 497.6791903672467, "runs": 6}}),
        ("trial.verify", "video-gen", {"measured": "in the shape of an older release"}),
        ("digest.save", "C024BE91L", {"name": "prod only", "schedule": "weekdays 09:00"}),
        ("workload.stage", "video-gen", {"before": "production", "after": None}),
    )
]

SETTINGS_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "settings": {
        "defaults": shown(),
        "changed": shown(CHANGED, url="https://example.com/gpu-advise"),
        "to-a-member": shown(is_administrator=False),
        "without-keys": shown(webhook={"url": None, "has_secret": False, "has_keys": False}),
    },
    "settings_changed": {
        "two": {
            "changes": [
                {"key": "guardrail", "before": "10 %", "after": "15 %"},
                {"key": "budget-owners", "before": "", "after": "U024BE7LH, W012A3CDE"},
            ],
            "entry_id": 7,
        },
        "nothing": {"changes": [], "entry_id": None},
    },
    "webhook_changed": {
        "new": {"url": "https://example.com/gpu-advise", "is_new_secret": True},
        "hostile": {"url": HOSTILE, "is_new_secret": False},
        "off": {"url": None, "is_new_secret": False},
    },
    "audit_log": {
        "empty": {"rows": [], "total": 0},
        "decisions": {"rows": DECISIONS, "total": len(DECISIONS)},
        "mixed": {
            "rows": [
                entry(),
                entry(action="advice.approve", subject=HOSTILE, detail={"reason": HOSTILE, "objective": "cost"}),
                entry(actor=None, action="workspace.leave", subject="T1", detail={"event_type": "app_uninstalled"}),
            ],
            "total": 1_204,
        },
        "lapsed-words-and-thresholds": {
            "rows": [
                entry(
                    actor=None,
                    action="approval.lapse",
                    subject="video-gen",
                    detail={"advice_id": "A-1", "words": ["U1"], "price": {"then": 63.296, "now": 63.93}},
                ),
                entry(
                    action="thresholds.change",
                    subject="video-gen",
                    detail={"before": {"slowing-above": "workspace"}, "after": {"slowing-above": "5 %"}},
                ),
            ],
            "total": 2,
        },
        "full": {"rows": [entry(subject=LONGEST, detail={"reason": LONGEST * 9})] * 20, "total": 20},
    },
}

SETTINGS_SURFACE_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "modal_settings": {"defaults": dict(form().data), "changed": dict(form(CHANGED).data)},
    "modal_webhook": {
        "first": {"metadata": "{}", "url": None, "secret": "whsec_a-_b__c", "has_secret": False},
        "another": {"metadata": "{}", "url": "https://example.com", "secret": "whsec_a-_b__c", "has_secret": True},
    },
}
