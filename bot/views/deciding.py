"""What was decided about an advice, and by whom; what its answers leave out; who could where somebody may not."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.documents import Decidable, Decided, Exclusion, Standing, Word
from bot.render import Mrkdwn, join, mention, say
from bot.views.elements import Element, button
from bot.views.phrases import machines, moment, who
from bot.views.refusals import moved
from bot.views.thresholds import slowing_above, spending_above
from engine import OfferedDocument

__all__ = [
    "REASONS",
    "decided",
    "exclusion_lines",
    "exclusion_rows",
    "exclusions",
    "left_out",
    "not_allowed",
    "undo_button",
    "what_is_excluded",
    "word_lapsed",
]

REASONS = {
    "no_quota": "no quota for it there",
    "not_validated": "not validated on it",
    "residency": "the data must not go there",
    "provider": "not a provider of ours",
    "too_risky": "too risky now",
    "not_now": "not now",
    "other": "another reason",
}
"""Why somebody dismissed an advice, in words."""

_NOWHERE = "unspecified"  # the region of a provider that names none
_NAMED = 5  # people that a refusal points to
_CLOSED = {
    "expired": "⌛ *Expired:* prices and history have moved on. Ask again for a fresh answer.",
    "replaced": "↪ *Replaced* by a newer answer for this workload.",
}


def decided(data: Standing) -> Mrkdwn | None:
    """Who decided what and when, from `state` and `decision`, or who gave a first word; None while nobody has."""
    state, decision = data["state"], data["decision"]
    if state in _CLOSED:
        return Mrkdwn(_CLOSED[state])
    if state == "open":
        return _waiting(data.get("words") or ())
    if state not in _DECIDED or decision is None:
        return None
    return _DECIDED[state](decision, data.get("words") or ())


def undo_button(data: Decidable) -> list[Element]:
    """The button that takes the decision back, for as long as that is possible."""
    decision = data["decision"]
    if data["state"] == "open" or decision is None or not decision.get("can_undo"):
        return []
    return [button("Undo", "advice.undo", data["advice_id"])]


def left_out(rows: Sequence[Exclusion] | None) -> Mrkdwn | str:
    """What the answer leaves out because of earlier dismissals; empty for nothing."""
    if not rows:
        return ""
    said = join(", ", [say("{what} ({why})", what=what_is_excluded(row), why=_reason(row["reason"])) for row in rows])
    return say("Left out since somebody dismissed it: {said}", said=said)


def exclusion_lines(rows: Sequence[Exclusion]) -> list[Mrkdwn]:
    """A line for each thing that the answer leaves out."""
    return [
        say(
            "{what}: {why}, said {by}, {at}",
            what=what_is_excluded(row),
            why=_reason(row["reason"]),
            by=who(row["by"]),
            at=moment(row["at"]),
        )
        for row in rows
    ]


def what_is_excluded(row: Exclusion) -> str:
    """`H100-80GB at aws in us-east-1`, from the columns that an exclusion names."""
    excluded = {name: word for name, word in row["excluded"].items() if word != _NOWHERE}
    parts = (
        excluded.get("accelerator", ""),
        f"at {excluded['provider']}" if "provider" in excluded else "",
        f"in {excluded['region']}" if "region" in excluded else "",
    )
    said = " ".join(part for part in parts if part)
    return said if "accelerator" in excluded else f"everything {said}"


def exclusions(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `exclusions.json.j2` names: what is left out of the answers for a workload, each with its way back."""
    return {
        "workload": data["workload"],
        "note": _NOTES.get(data["note"]),
        "rows": exclusion_rows(data["rows"]),
    }


def exclusion_rows(rows: Sequence[Exclusion]) -> list[dict[str, Any]]:
    """Each of the exclusions as text, with the button that revokes it."""
    return [{"text": _exclusion(row), "button": _revoke_button(row)} for row in rows]


def not_allowed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `not_allowed.json.j2` names: why this person may not, and who could."""
    threshold, workload = data.get("threshold"), data["workload"] or "this workload"
    words = {
        "what": _ACTIONS[data["action"]],
        "workload": workload,
        "spending": spending_above(threshold),
        "slowing": slowing_above(threshold, workload),
    }
    why, way_on = say(_DENIALS[data["reason"]], **words), _way_on(data)
    return {"what": why, "next": way_on, "sentence": join(" ", [why, way_on])}


def word_lapsed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `word_lapsed.json.j2` names: why a first approval does not count any more, and how to approve again."""
    by = join(" and ", [who(user) for user in data["by"]])
    what = say(
        "⏳ The price has moved {move} between two approvals of *{workload}*, and two people must approve the same "
        "one. What {by} approved does not count any more; {next_} has approved today's price.",
        move=moved(data["then"], data["now"]),
        workload=data["workload"],
        by=by,
        next_=who(data["next"]),
    )
    value = f"{data['advice_id']}:{data['choice']}"
    return {
        "what": what,
        "next": say("{by}, or anybody else, can approve it too.", by=by),
        "buttons": [button("Look at it", "advice.approve", value)],
    }


def _waiting(words: Sequence[Word]) -> Mrkdwn | None:
    if not words:
        return None
    given = [
        say("{by} approved {what}, {at}", by=who(word["by"]), what=_choice(word["choice"]), at=moment(word["at"]))
        for word in words
    ]
    return say("⏳ *Waiting for a second person:* {given}.", given=join("; ", list(given)))


def _approved(decision: Decided, words: Sequence[Word]) -> Mrkdwn:
    others = [word["by"] for word in words if word["by"] != decision["by"]]
    by = join(" and ", [who(each) for each in (*others, decision["by"])])
    what = decision["objective"] or _fallback(decision.get("configuration"))
    return say("✅ *Approved:* {what}, by {by}, {at}", what=what, by=by, at=moment(decision["at"]))


def _snoozed(decision: Decided, _words: Sequence[Word]) -> Mrkdwn:
    until = "its price moves by 5 %" if decision.get("reason") == "price" else moment(decision["until"])
    return say(
        "💤 *Snoozed* until {until}, by {by}, {at}", until=until, by=who(decision["by"]), at=moment(decision["at"])
    )


def _dismissed(decision: Decided, _words: Sequence[Word]) -> Mrkdwn:
    by, at = who(decision["by"]), moment(decision["at"])
    reason = decision.get("reason")
    if not reason:
        return say("✖ *Dismissed* by {by}, {at}", by=by, at=at)
    return say("✖ *Dismissed:* {why}, by {by}, {at}", why=_reason(reason), by=by, at=at)


_DECIDED = {"approved": _approved, "snoozed": _snoozed, "dismissed": _dismissed}


def _reason(reason: str) -> str:
    """`too risky now`, with what was remarked where somebody did: `not now (“after the launch”)`."""
    code, _, remark = reason.partition(": ")
    words = REASONS.get(code, code.replace("_", " "))
    return f"{words} (“{remark}”)" if remark else words


def _choice(choice: str) -> str:
    return "a fallback" if choice.startswith("fallback") else choice


def _fallback(found: OfferedDocument | None) -> str:
    return f"{machines(found)} from {found['provider']}" if found else "a fallback"


def _exclusion(row: Exclusion) -> Mrkdwn:
    return say(
        "*{what}*\n{why}, said {by}, {at}",
        what=what_is_excluded(row),
        why=_reason(row["reason"]).capitalize(),
        by=who(row["by"]),
        at=moment(row["at"]),
    )


def _revoke_button(row: Exclusion) -> Element:
    return button("Allow again", "exclusion.revoke", row["id"], spoken=f"Allow again: {what_is_excluded(row)}")


_NOTES = {
    "made": "From now on answers leave this out. Ask again to see what is best without it.",
    "revoked": "It may be proposed again. Ask again to see whether it is.",
}

_ACTIONS = {
    "ask": "ask",
    "share": "share an answer",
    "track": "say what digests watch",
    "digest": "subscribe a channel",
    "try": "start a trial",
    "approve": "approve",
    "snooze": "snooze",
    "dismiss": "dismiss",
    "revoke": "allow again what was left out",
    "undo": "undo a decision",
    "settings": "change settings",
    "restage": "change its stage",
    "thresholds": "change its thresholds",
}
_DENIALS = {
    "deactivated": "Your account is deactivated, so nothing was changed.",
    "bot": "Only people may {what}. Nothing was changed.",
    "stranger": "You belong to another workspace, and only members of this one may {what}. Nothing was changed.",
    "guest": "Guests may ask, but only members of this workspace may {what}. Nothing was changed.",
    "administrators": "Only administrators may {what}. Nothing was changed.",
    "spends_more": "{spending}. Nothing was changed.",
    "slows_down": "{slowing}. Nothing was changed.",
    "own": "You asked for this answer yourself, and here somebody else must approve it. Nothing was changed.",
    "not_owner": "Only the owner of {workload}, or an administrator, may {what}. Nothing was changed.",
    "not_yours": "Only whoever decided, or an administrator, may {what}. Nothing was changed.",
}
_REMEDIES = {
    "budget_owners": "No budget owner is named yet: an administrator of this workspace can approve it, or name budget "
    "owners in the settings (`/gpu-advise settings`).",
    "owner": "{workload} has no owner in Slack yet: an administrator of this workspace can do it, or name its "
    "owner (the column `owner` of `gpu-advise import workloads`, a Slack user id).",
    "self_approval": "Nobody else is named for it yet. Another administrator of this workspace can approve it, or "
    "change the settings (`/gpu-advise settings`): name somebody, or let people approve what they asked for.",
}


def _way_on(data: Mapping[str, Any]) -> Mrkdwn:
    """Who could instead; where nobody named could, what an administrator can change."""
    could = [mention(user) for user in data["who_could"][:_NAMED]]
    if data["is_anyone"]:
        return Mrkdwn("Any other member of this workspace can.")
    if could:
        return say("Ask {them}, or an administrator of this workspace.", them=join(", ", list(could)))
    if data["remedy"]:
        return say(_REMEDIES[data["remedy"]], workload=data["workload"] or "The workload")
    return Mrkdwn("Ask an administrator of this workspace.")
