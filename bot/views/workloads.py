"""The list of workloads."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.elements import Element, button
from bot.views.numbers import count, plural
from bot.views.phrases import moment, owned_by
from bot.views.subscriptions import finding

__all__ = ["workload_list"]

_ROWS_A_SECTION = 10  # 120-character names in the widest script still fit a section's 3,000 characters


def workload_list(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `workload_list.json.j2` names: a page of workloads in chunks that fit a section, and the pages beside it."""
    rows = [_workload(row) for row in data["rows"]]
    chunks = [rows[start : start + _ROWS_A_SECTION] for start in range(0, len(rows), _ROWS_A_SECTION)]
    wanted = ", ".join(f"{key}={value}" for key, value in data["wanted"].items())
    return {
        "total": count(data["total"]),
        "known": count(data["known"]),
        "wanted": wanted,
        "is_empty": data["known"] == 0,
        "is_unseen": "finding" in data["wanted"] and not data.get("has_looked", True),
        "page": data["page"],
        "missed": data["asked_page"] if data["asked_page"] != data["page"] else None,
        "pages": data["pages"],
        "chunks": [join("\n", chunk) for chunk in chunks],
        "buttons": [_turn(name, value) for name, value in data["turns"].items()],
    }


def _workload(row: Mapping[str, Any]) -> Mrkdwn:
    """`video-gen – production · ai · 312 runs in clips · last 12 Nov 2026, 09:00 UTC · film team`."""
    runs = f"{count(row['runs'])} {'run' if row['runs'] == 1 else 'runs'} in {plural(row['unit'])}"
    last = f"last {moment(row['last_run_at'])}" if row["last_run_at"] else "never ran"
    owner = owned_by(row["owner"]) if row["owner"] else None
    found = [f"⚑ {finding(kind)}" for kind in row["findings"]]
    details = join(" · ", [part for part in (row["stage"], row["kind"], runs, last, owner, *found) if part])
    return say("*{workload}* – {details}", workload=row["workload"], details=details)


def _turn(name: str, value: str) -> Element:
    label = {"previous": "◀ Previous", "next": "Next ▶"}[name]
    return button(label, f"list.turn.{name}", value, spoken=f"{name} page")
