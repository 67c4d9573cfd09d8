"""Digests, the list of digests and their forms in every state worth a golden file."""

from typing import Any

from engine import FINDING_KINDS, KINDS, STAGES, Advice
from tests.views.view_samples import (
    ADVICE,
    HOSTILE,
    HUGE,
    LATER,
    LONGEST,
    NAMES,
    RTL,
    UNDETERMINED,
    decision,
    digest,
    finding,
)

SUBSCRIPTION: dict[str, Any] = {
    "id": "S-1",
    "name": "",
    "channel": "C024BE91L",
    "day": "monday,thursday",
    "time": "09:00",
    "timezone": "Europe/Berlin",
    "topic": {},
    "is_paused": False,
    "next_at": LATER,
}
TOPIC = {
    "stages": ["production", "validation"],
    "kinds": ["ai"],
    "owners": ["U024BE7LH", "team <!channel>"],  # a team among people: so an older release kept it
    "teams": ["S012AB3CD|@film-people", "S0SILENT1"],
    "findings": ["shift_to_performance", "drifted_stage"],
    "min_usd_per_week": 100.0,
}
NAMED = SUBSCRIPTION | {"id": "S-2", "name": "prod findings", "topic": TOPIC}
ENDED = {"ended": {}, "said": "", "ended_at": LATER, "undo_id": "P-1"}
UNCHANGED = {"subscription_id": "S-2", "name": "prod findings", "since": LATER, "standing": 12}
PAUSED = SUBSCRIPTION | {"id": "S-3", "name": HOSTILE[:60], "is_paused": True, "next_at": None}


def line(workload: str = "nightly", **changes: Any) -> dict[str, Any]:
    """A finding behind "Show all"."""
    found = {
        "place": 0,
        "decision": None,
        "kind": "dominated",
        "objective": "cost",
        "workload": workload,
        "unit": "clip",
        "gain_units_per_week": 0.0,
        "extra_usd_per_week": -310.0,
        "is_new": True,
    }
    return found | changes


def news(*findings: Any, **changes: Any) -> dict[str, Any]:
    """A digest as it is written today."""
    more = {"digest_id": "D-1", "name": "", "standing": 0, "settled": [], "settled_count": 0, "rest": []}
    return digest(*findings) | more | changes


def listed(*rows: dict[str, Any], is_here: bool = True) -> list[dict[str, Any]]:
    return [row | {"is_here": is_here} for row in rows]


def form(**changes: Any) -> dict[str, Any]:
    """The data of `modal_subscription`."""
    empty = {
        "metadata": '{"channel_id":"C024BE91L"}',
        "is_new": True,
        "name": "",
        "days": [0, 1, 2, 3, 4],
        "time": "09:00",
        "timezone": "Europe/Berlin",
        "all": {"stage": list(STAGES), "kind": list(KINDS), "finding": list(FINDING_KINDS)},
        "topic": {},
    }
    return empty | changes


def page(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The data of `modal_digest`."""
    one = {
        "digest_id": "0" * 32,
        "page": 0,
        "pages": 1,
        "page_size": 25,
        "total": len(rows),
        "kind": "",
        "is_mixed": False,
    }
    kinds: dict[str, int] = {}
    for place, row in enumerate(rows):
        row["place"], kinds[row["kind"]] = place, kinds.get(row["kind"], 0) + 1
    return one | {"metadata": '{"channel_id":"C024BE91L"}', "kinds": kinds, "rows": list(rows)} | changes


def unsure(answer: Advice, evidence: str, kind: str = "thin_evidence", **changes: Any) -> dict[str, Any]:
    """A finding about how little is known."""
    nothing = {"gain_units_per_week": 0.0, "extra_usd_per_week": 0.0}
    return finding(answer, kind=kind, objective="cost", evidence=evidence, **nothing, **changes)


NEVER_RAN = unsure(UNDETERMINED, "people rely on it, but none of its 3 runs succeeded: memory was too small")
ONE_RUN = unsure(ADVICE, "people rely on it, but its advice rests on one successful run: a trial tells more")
SILENT = unsure(ADVICE, "people are said to rely on it, but its last run ended 41 days ago", "stale_evidence")
COUNTS = {"shifting": 0, "shifting_usd_per_week": 0.0, "moving": 0, "unsure": 3}
DECIDED: dict[str, Any] = {"advice_id": "A-1", "workload": "video-gen", "state": "approved", "words": []}
WORD = {"by": "U024BE7LH", "at": LATER, "choice": "performance"}
CHANGED = {"by": "U024BE7LH", "advice_id": "A-1"}
WAITED_FOR = finding()["document"] | {"constraints": {"value_of_time_usd_per_hour": 40.0}}
DRIFTED_STAGE = {"value": "prototyping", "source": "tagged", "inferred": "production", "evidence": "28 of 28 days"}
DRIFTED = finding(kind="drifted_stage", evidence="tagged prototyping, but its runs look like production")

DIGEST_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "digest": {
        "news": news(
            finding(payback_days=3.4, owner="U024BE7LH"),
            finding(HUGE, workload=HOSTILE, payback_days=1e9, owner="team <!channel>"),
            more=40,
            standing=2,
            settled=["old-one", HOSTILE],
            settled_count=2,
            name="prod findings",
        ),
        "with-what-waiting-is-worth": news(finding(payback_days=0.5) | {"document": WAITED_FOR}),
        "one-is-settled-and-nothing-new": news(settled=["old-one"], settled_count=1),
        "many-are-settled": news(settled=list(NAMES.values()) * 4, settled_count=1_204),
        "nothing-new": news(standing=12),
        "nothing-of-its-topic": news(is_filtered=True),
        "one-still-stands": news(standing=1),
        "drifted-stage": news(DRIFTED | {"document": DRIFTED["document"] | {"stage": DRIFTED_STAGE}}),
        "snoozed": news(finding(state="snoozed", decision=decision("snooze", until=LATER)), standing=1),
        "preview-of-news": news(finding(advice_id=None), digest_id=None, is_preview=True, standing=1),
        "without-a-pick": news(finding(UNDETERMINED)),
        "too-little-is-known": news(
            NEVER_RAN, ONE_RUN | {"workload": HOSTILE, "owner": "U024BE7LH"}, SILENT, counts=COUNTS
        ),
        "one-is-too-little-known": news(NEVER_RAN, counts=COUNTS | {"unsure": 1}),
        "more-than-is-shown": news(finding(), more=40, counts=COUNTS | {"moving": 41, "unsure": 0}),
        "all-is-well-of-which-something-is-known": news(unknown=2),
        "nothing-can-be-said-yet": news(unknown=6),
    },
    "digest_unchanged": {
        "of-the-channel": UNCHANGED | {"subscription_id": None, "name": ""},
        "of-one-digest": UNCHANGED,
        "hostile": UNCHANGED | {"name": HOSTILE[:60], "standing": 1},
        "nothing-stands": UNCHANGED | {"standing": 0},
    },
    "finding_decided": {
        "approved": DECIDED | {"decision": decision("approve", "performance") | {"can_undo": True}},
        "snoozed": DECIDED | {"workload": HOSTILE, "state": "snoozed", "decision": decision("snooze", until=LATER)},
        "first-word": DECIDED | {"state": "open", "decision": None, "words": [WORD]},
    },
    "subscribed": {
        "weekly": SUBSCRIPTION,
        "hostile": SUBSCRIPTION | {"channel": HOSTILE, "timezone": RTL},
        "with-a-topic": NAMED,
        "paused": PAUSED,
        "in-the-zone-of-the-asker": SUBSCRIPTION | {"assumed_zone": "own"},
        "in-no-zone-that-is-known": SUBSCRIPTION | {"timezone": "UTC", "assumed_zone": "none"},
        "begun-again": NAMED | {"is_back": True},
    },
    "unsubscribed": {
        "plain": SUBSCRIPTION | ENDED,
        "named": NAMED | ENDED,
        "hostile": PAUSED | ENDED,
        "of-an-older-release": {"channel": "C024BE91L", "name": HOSTILE},
    },
    "restaged": {
        "tagged-before": {"workload": HOSTILE, "stage": "production", "before": "prototyping", **CHANGED},
        "never-tagged": {"workload": "nightly", "stage": "validation", "before": None, **CHANGED},
    },
    "subscription_list": {
        "two": {"rows": listed(SUBSCRIPTION, SUBSCRIPTION | {"day": "daily"})},
        "here-and-elsewhere": {"rows": [*listed(SUBSCRIPTION, NAMED, PAUSED), *listed(NAMED, PAUSED, is_here=False)]},
        "full": {"rows": [*listed(*[NAMED] * 40), *listed(*[PAUSED | {"name": LONGEST[:60]}] * 40, is_here=False)]},
        "which-should-end": {"rows": listed(SUBSCRIPTION, NAMED), "asks": "end"},
        "none": {"rows": []},
    },
}
"""View name -> case name -> data."""

DIGEST_SURFACE_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "modal_digest": {
        "one-page": page(
            line(),
            line(HOSTILE, kind="shift_to_performance", objective="performance", gain_units_per_week=8_685.6),
            line("quiet", kind="thin_evidence", extra_usd_per_week=0.0),
            line(RTL, decision=decision("snooze", until=LATER)),
            line("said-before", is_new=False),
            is_mixed=True,
        ),
        "second-of-three": page(
            *[line(name, is_new=False) for name in [*NAMES.values()][:5] * 5],
            page=1,
            pages=3,
            total=70,
            kinds={"dominated": 70},
        ),
        "of-one-kind-of-ten-thousand": page(
            *[line(f"job-{number:05d}") for number in range(25)],
            page=399,
            pages=400,
            total=12_500,
            kind="dominated",
            kinds={"dominated": 10_000, "drifted_stage": 2_500},
        ),
        "too-old": page(),
    },
    "modal_subscription": {
        "new": form(),
        "edit": form(is_new=False, name=HOSTILE[:60], days=[6], time="23:59", timezone="UTC", topic=TOPIC),
        "unnamed": form(is_new=False, topic={"owners": [LONGEST]}),
    },
}
"""Surface name -> case name -> data."""
