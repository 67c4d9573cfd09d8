"""The Home tab from an empty workspace to a large one, with names at their extremes."""

from typing import Any

from tests.views.view_samples import HOSTILE, LONGEST, RTL

__all__ = ["HOME_CASES"]

AT = "2026-11-21T09:00:00+00:00"
CONFIGURATION = {
    "provider": "aws",
    "region": "us-east-1",
    "instance_type": "p5.48xlarge",
    "accelerator": "H100-80GB",
    "accelerator_count": 8,
    "node_count": 1,
    "pricing_category": "standard",
    "term": None,
    "precision": "bf16",
    "batch_size": None,
    "price_usd_per_hour": 55.04,
}


def tab(**changes: Any) -> dict[str, Any]:
    known = {"is_barred": False, "at": AT, "is_administrator": False, "workloads": 3, "open_advices": 1}
    return {**known, "fleet": None, "waiting": [], "trials": [], "receipts": [], "scores": [], **changes}


def fleet(**changes: Any) -> dict[str, Any]:
    counts = {"workloads": 3, "unanswered": 0, "stages": {"production": 2, "prototyping": 1}, "kinds": {"ai": 3}}
    found = {"findings": {"shift_to_performance": 1}, "saved_usd_per_week": 0.0, "results_usd_per_week": 894.2}
    top = [{"workload": "video-gen", "kind": "shift_to_performance", "worth_usd_per_week": 894.2}]
    return {"at": AT, **counts, **found, "top": top, **changes}


def waiting(workload: str) -> dict[str, Any]:
    word = {"advice_id": "01a2", "given_by": "U024BE7LH", "given_at": AT, "choice": "performance"}
    return {**word, "workload": workload}


def answer(workload: str, **changes: Any) -> dict[str, Any]:
    return {"advice_id": "01a2", "workload": workload, "asked_by": "U024BE7LH", "asked_at": AT, **changes}


def trial(workload: str, **changes: Any) -> dict[str, Any]:
    promise = {"configuration": CONFIGURATION, "runner": "W012A3CDE", "until": AT, "is_late": False}
    return {"workload": workload, **promise, **changes}


def receipt(workload: str, **changes: Any) -> dict[str, Any]:
    predicted = {"p05": 380.0, "p50": 420.0, "p95": 466.0}
    found = {"key": "7d", "at": AT, "predicted": predicted, "measured": 431.0, "is_inside": True}
    return {"workload": workload, **found, **changes}


SCORES = [
    {"accelerator": "H100-80GB", "count": 12, "error": 0.041, "inside": 11},
    {"accelerator": "L4", "count": 1, "error": 0.31, "inside": 0},
]

SEEN = {"eligible": 3, "workloads": 3, "scores": SCORES}
MANY = [{"accelerator": f"{LONGEST[:20]}-{number}", "count": 40, "error": 0.1, "inside": 36} for number in range(30)]

HOME_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "home": {
        "empty": tab(workloads=0, open_advices=0),
        "before-the-first-digest": tab(),
        "administrator": tab(
            is_administrator=True,
            fleet=fleet(),
            waiting=[waiting("video-gen")],
            trials=[trial("video-gen")],
            receipts=[receipt("video-gen"), receipt("nightly", measured=300.0, is_inside=False)],
            scores=SCORES,
        ),
        "fresh-with-history": tab(fleet=fleet(undetermined=2, unanswered=1), hindsight=SEEN),
        "one-workload-of-history": tab(hindsight={"eligible": 1, "workloads": 1, "scores": SCORES[1:]}),
        "history-that-tells-nothing": tab(hindsight={"eligible": 0, "workloads": 0, "scores": []}),
        "quiet": tab(fleet=fleet(findings={}, results_usd_per_week=0.0, top=[])),
        "large": tab(
            workloads=10_000,
            open_advices=1_204,
            fleet=fleet(
                workloads=10_000,
                unanswered=31,
                stages={"production": 6_000, "validation": 1_000, "prototyping": 2_969},
                kinds={"ai": 9_000, "traditional": 969},
                findings={"shift_to_performance": 4_000, "dominated": 800, "drifted_stage": 12},
                saved_usd_per_week=1_234_567.8,
                results_usd_per_week=98_765_432.1,
                top=[{"workload": LONGEST, "kind": "dominated", "worth_usd_per_week": 1e6}] * 5,
            ),
            waiting=[waiting(LONGEST)] * 5,
            trials=[trial(LONGEST, is_late=True)] * 5,
            receipts=[receipt(LONGEST)] * 5,
            scores=MANY,
            hindsight={"eligible": 9_812, "workloads": 200, "scores": MANY},
        ),
        "hostile-and-right-to-left": tab(
            fleet=fleet(top=[{"workload": HOSTILE, "kind": "dominated", "worth_usd_per_week": 1.0}]),
            waiting=[waiting(HOSTILE), waiting(RTL)],
            trials=[trial(HOSTILE), trial(RTL)],
            receipts=[receipt(HOSTILE), receipt(RTL)],
        ),
        "with-a-list-of-findings": tab(fleet=fleet(digest_id="0" * 32)),
        "stranger": {"is_barred": True, "at": AT},
    },
    "modal_answers": {
        "some": {
            "rows": [answer("video-gen"), answer(HOSTILE, asked_by=None), answer(RTL), answer(LONGEST)],
            "has_more": False,
        },
        "many": {"rows": [answer(f"job-{number:05d}") for number in range(40)], "has_more": True},
        "none": {"rows": [], "has_more": False},
    },
}
