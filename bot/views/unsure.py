"""A finding about how little is known of a workload: what is missing, what would settle it, what can be done."""

from bot.documents import Found
from bot.render import Mrkdwn, join, say
from bot.views.elements import Element, button
from bot.views.numbers import money
from bot.views.phrases import ended, machines, owned_by, quoted, sentence

__all__ = ["KINDS", "demotion", "trial", "words"]

KINDS = frozenset({"thin_evidence", "stale_evidence"})


def words(found: Found) -> Mrkdwn:
    """Why it is a finding, what would settle it, and whose workload it is."""
    owner = found.get("owner")
    whose = say("Owner: {owner}", owner=owned_by(owner)) if owner else ""
    return join("\n", [sentence(found["evidence"]), _settled_by(found), whose])


def _settled_by(found: Found) -> Mrkdwn:
    """The next run to make, in one sentence."""
    return say("*What would settle it:* {what}", what=ended(_what(found)))


def _what(found: Found) -> str:
    document = found["document"]
    unknown, trial, today = document["undetermined"], document["next_trial"], document["current"]
    if unknown:
        return unknown["settled_by"]
    if found["kind"] == "stale_evidence":
        again = f"one more run on {machines(today['configuration'])}" if today else "one more run"
        return f"{again}; or another stage, if nobody relies on it any more"
    if trial:
        return f"a short run on {machines(trial['configuration'])}, about {money(trial['usd'])}"
    return f"more runs: `/gpu-advise {quoted(found['workload'])}` then says more"


def trial(found: Found, advice_id: str) -> list[Element]:
    """A run that teaches, where the answer knows one."""
    document = found["document"]
    is_known = document["next_trial"] and not document["undetermined"]
    return [button("Try first", "advice.try", advice_id)] if is_known else []


def demotion(found: Found, advice_id: str) -> list[Element]:
    """The stage of what nobody relies on, where nothing has run: then nothing is amiss any more."""
    is_idle = found["kind"] == "stale_evidence" or found["document"]["undetermined"]
    value = f"{advice_id}:prototyping"
    return [button("Change stage to prototyping", "workload.stage", value)] if is_idle else []
