"""Every modal and the Home tab in every state worth a golden file. Each subject adds its own."""

from typing import Any

from engine import PRICING_CATEGORIES, STAGES, as_document
from tests.views.after_cases import AFTER_SURFACE_CASES
from tests.views.deciding_cases import DECIDING_SURFACE_CASES
from tests.views.digest_cases import DIGEST_SURFACE_CASES
from tests.views.home_cases import HOME_CASES
from tests.views.settings_cases import SETTINGS_SURFACE_CASES
from tests.views.view_samples import ADVICE, HOSTILE, LONGEST
from tests.views.why_cases import WHY_CASES


def asking(**changes: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "metadata": '{"channel_id":"C024BE91L"}',
        "workload": None,
        "stage": None,
        "values": {},
        "is_empty": False,
    }
    return empty | {"stages": list(STAGES), "pricing_categories": list(PRICING_CATEGORIES)} | changes


ASK_CASES = {
    "empty": asking(),
    "nothing-known": asking(is_empty=True),
    "what-if": asking(
        metadata='{"advice_id":"a1"}',
        workload=HOSTILE,
        stage="production",
        values={
            "floor": "500",
            "budget": "200",
            "per-unit": "0.05",
            "wait": "40",
            "gpus": "8",
            "nodes": "2",
            "accelerator": "H100-80GB,A100-80GB",
            "provider": "aws",
            "region": ",".join(f"region-{number}" for number in range(20)),
            "pricing": "standard,committed",
        },
    ),
    "what-if-of-an-answer": asking(
        metadata='{"advice_id":"a1"}', workload="video-gen", stage="production", document=as_document(ADVICE)
    ),
    "longest": asking(metadata='{"advice_id":"a1"}', workload=LONGEST, values={"region": LONGEST[:75]}),
}

SURFACE_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "modal_ask": ASK_CASES,
    "modal_waiting": {"waiting": {}},
    "modal_why": WHY_CASES,
    **AFTER_SURFACE_CASES,
    **DECIDING_SURFACE_CASES,
    **DIGEST_SURFACE_CASES,
    **HOME_CASES,
    **SETTINGS_SURFACE_CASES,
}
"""Surface name -> case name -> data."""

EVERY_SURFACE_CASE = [(view, case) for view, cases in SURFACE_CASES.items() for case in cases]
