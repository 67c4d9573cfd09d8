"""What is said after a decision: hand-offs, receipts and trials, in every state worth a golden file."""

from dataclasses import asdict
from typing import Any

from bot.handoff import TARGETS, TITLES, Order, Target, snippet
from tests.views.view_samples import FOUR_A10G, H100, HOSTILE, LATER, LONGEST, NOW, RTL, around

__all__ = ["AFTER_CASES", "AFTER_SURFACE_CASES", "compared"]

FOUR = asdict(FOUR_A10G)
SPOT = asdict(H100)
LONG = {**FOUR, "provider": LONGEST, "region": LONGEST, "instance_type": LONGEST}


def handed(workload: str = "video-gen", shown: tuple[Target, ...] = ("skypilot",), **changes: Any) -> dict[str, Any]:
    configuration = changes.pop("configuration", FOUR)
    return {
        "about": "0192a1b2c3d4e5f60718293a4b5c6d7e",
        "workload": workload,
        "configuration": configuration,
        "parts": [_part(target, workload, configuration) for target in shown],
        "others": [target for target in TARGETS if target not in shown],
        "why": "approved",
        **changes,
    }


def _part(target: Target, workload: str, configuration: Any) -> dict[str, str]:
    written = snippet(target, Order.of(workload, configuration))
    told = {"text": written.text, "filename": written.filename, "command": written.command}
    return {"target": target, "title": TITLES[target], **told}


def compared(speed: float = 61.2, usd: float | None = 0.0927, runs: int = 12, **changes: Any) -> dict[str, Any]:
    """64.1 clips an hour at $0.0885 were predicted."""
    return {
        "configuration": FOUR,
        "predicted": {"units_per_hour": asdict(around(64.1)), "usd_per_unit": asdict(around(0.0885))},
        "measured": {
            "units_per_hour": speed,
            "usd_per_unit": usd,
            "runs": runs,
            "first_at": "2026-11-24T10:00:00+00:00",
            "last_at": "2026-11-29T18:00:00+00:00",
        },
        "is_inside": {"units_per_hour": 58 < speed < 70, "usd_per_unit": None if usd is None else usd < 0.0973},
        "lesson": "not_needed",
        **changes,
    }


def receipt(key: str = "7d", workload: str = "video-gen", **changes: Any) -> dict[str, Any]:
    told = {"workload": workload, "unit": "clip", "key": key, "approved_at": NOW, "approved_by": "U024BE7LH"}
    return {**told, **compared(**changes)}


def trial(state: str = "planned", workload: str = "video-gen", **changes: Any) -> dict[str, Any]:
    return {
        **handed(workload, configuration=changes.pop("configuration", SPOT), why="trial"),
        "unit": "clip",
        "predicted": {"units_per_hour": asdict(around(48.2)), "usd_per_unit": asdict(around(0.0695))},
        "runner": "U024BE7LJ",
        "by": "U024BE7LH",
        "until": LATER,
        "state": state,
        "ended_by": None,
        **changes,
    }


def delivery(state: str, **changes: Any) -> dict[str, Any]:
    plain = {"id": "d1", "event": "decision.approved", "host": "hooks.example.com", "state": state, "attempts": 1}
    return {**plain, "status": None, "error": None, "at": NOW, "next_at": None, **changes}


AFTER_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "handoff": {
        "default-tool": handed(),
        "every-tool": handed(shown=TARGETS),
        "asked-for": handed(shown=("terraform",), others=[], why="asked"),
        "spot-on-gcp": handed(shown=("kubernetes",), configuration=SPOT),
        "hostile": handed(HOSTILE, shown=TARGETS, configuration={**FOUR, "provider": HOSTILE, "region": HOSTILE}),
        "longest": handed(LONGEST, shown=TARGETS, configuration=LONG),
        "right-to-left": handed(RTL),
        "no-tool": handed(shown=()),
    },
    "handoff_undone": {
        "plain": {"workload": "video-gen", "configuration": FOUR, "by": "U024BE7LH"},
        "hostile": {"workload": HOSTILE, "configuration": None, "by": HOSTILE},
    },
    "receipt": {
        "as-predicted": receipt(),
        "by-runs": receipt("runs", runs=5),
        "one-run": receipt("14d", runs=1),
        "a-miss-learned-before": receipt("30d", speed=41.0, usd=0.138, lesson="learned_before"),
        "a-miss-refitted": receipt(speed=41.0, usd=0.138, lesson="refitted"),
        "without-cost": receipt(usd=None),
        "nothing-ran": {**receipt(), "measured": None},
        "hostile": receipt(workload=HOSTILE, configuration={**FOUR, "provider": HOSTILE}),
        "longest": receipt(workload=LONGEST, configuration=LONG, speed=4.1e9, usd=1e-9),
    },
    "trial": {
        "planned": trial(),
        "verified": trial("verified"),
        "cancelled": trial("cancelled", ended_by="U024BE7LH"),
        "expired": trial("expired"),
        "hostile": trial(workload=HOSTILE, runner=HOSTILE),
        "longest": trial(workload=LONGEST, configuration=LONG),
    },
    "trial_due": {"reminder": trial("reminded"), "hostile": trial("reminded", workload=HOSTILE)},
    "trial_done": {
        "as-predicted": {"workload": "video-gen", "unit": "clip", "runner": "U024BE7LJ", **compared(runs=1)},
        "a-miss": {
            "workload": HOSTILE,
            "unit": "clip",
            "runner": "U024BE7LJ",
            **compared(speed=200.0, lesson="refitted"),
        },
    },
    "webhook_log": {
        "nothing": {"rows": [], "note": None},
        "every-state": {
            "rows": [
                delivery("sent", status=204),
                delivery("sending", attempts=1),
                delivery("waiting", attempts=0, next_at=LATER),
                delivery("waiting", attempts=3, status=503, error="HTTP 503", next_at=LATER),
                delivery("dead", attempts=12, error="10.0.0.1 is not a public address"),
            ],
            "note": "again",
        },
        "hostile": {"rows": [delivery("dead", host=HOSTILE, error=HOSTILE)] * 10, "note": "not_dead"},
    },
    "trial_planned": {
        "plain": {"workload": "video-gen", "runner": "U024BE7LJ"},
        "hostile": {"workload": HOSTILE, "runner": HOSTILE},
    },
    "trial_refused": {
        reason: {"reason": reason, "workload": HOSTILE, "runner": "U024BE7LJ"}
        for reason in (
            "unknown_advice",
            "unknown_trial",
            "nothing_to_try",
            "not_on_offer",
            "who_is_that",
            "tried_already",
            "not_yours",
            "over",
        )
    },
}


def trying(**changes: Any) -> dict[str, Any]:
    return {
        "metadata": '{"channel_id":"C024BE91L","advice_id":"a1"}',
        "workload": "video-gen",
        "unit": "clip",
        "configuration": SPOT,
        "predicted": {"units_per_hour": asdict(around(48.2)), "usd_per_unit": asdict(around(0.0695))},
        "usd": 1.4,
        "runner": "U024BE7LH",
        "until": "2026-11-30",
        **changes,
    }


AFTER_SURFACE_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "modal_try": {
        "next-trial": trying(),
        "recommended-pick": trying(usd=None, configuration=FOUR),
        "hostile": trying(workload=HOSTILE),
        "longest": trying(workload=LONGEST, configuration=LONG),
    },
}
