"""The form that asks: every limit of the command in a box, filled in where something is known."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.views.elements import option
from bot.views.measure import Measure
from bot.views.phrases import CATEGORY_WORDS, constraint
from engine import AdviceDocument

__all__ = ["form", "shared"]

_TYPED = ("floor", "budget", "per-unit", "wait", "gpus", "nodes")
_STAGES = {
    "prototyping": "Prototyping: runs are few, least cost",
    "validation": "Validation: more runs, best value",
    "production": "Production: people wait, most performance",
}


def form(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_ask.json.j2` names. `data["values"]` are texts by key, `workload` is set where it is settled."""
    values = dict.fromkeys(_TYPED) | data["values"]
    stages = [option(_STAGES[stage], stage) for stage in data["stages"]]
    pricing = [option(CATEGORY_WORDS[category].capitalize(), category) for category in data["pricing_categories"]]
    return {
        "metadata": data["metadata"],
        "is_what_if": bool(json.loads(data["metadata"]).get("advice_id")),
        "limits": _limits(data.get("document")),
        "workload": data["workload"],
        "is_empty": data["is_empty"],
        "stages": stages,
        "stage": next((option for option in stages if option["value"] == data["stage"]), None),
        "pricing": pricing,
        "values": values,
        "chosen": {
            "pricing": [option for option in pricing if option["value"] in _listed(values, "pricing")],
            **{
                key: [option(word, word) for word in _listed(values, key)]
                for key in ("accelerator", "region", "provider")
            },
        },
    }


def _limits(document: AdviceDocument | None) -> str:
    """What the answer keeps to now, its owner's and the workspace's wishes included, which the boxes do not hold."""
    if document is None:
        return ""
    measure = Measure.of(document)
    return ", ".join(constraint(name, limit, measure) for name, limit in document["constraints"].items())


def shared(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `shared.json.j2` names."""
    return {"workload": data["workload"]}


def _listed(values: Mapping[str, str | None], key: str) -> Sequence[str]:
    return [word for word in (values.get(key) or "").split(",") if word]
