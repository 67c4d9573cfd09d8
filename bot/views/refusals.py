"""Answers that say no, each with the next step."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, say
from bot.views.numbers import count
from bot.views.phrases import moment, quoted, sentence, who

__all__ = ["bad_request", "decision_refused", "failure", "unknown_workload"]

_DONE = {"approve": "approved {objective}", "dismiss": "dismissed it", "snooze": "snoozed it"}
_PROBLEMS = 10  # somebody who made more mistakes at once wants the help


def unknown_workload(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `unknown_workload.json.j2` names: what was asked and the nearest names."""
    return {
        "asked": data["asked"],
        "closest": data["closest"][:5],
        "known": data["known"],
        "known_words": count(data["known"]),
    }


def bad_request(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `bad_request.json.j2` names: each problem with its hint."""
    problems = [{"what": sentence(found["what"]), "hint": sentence(found["hint"])} for found in data["problems"]]
    return {"asked": data["asked"], "problems": problems[:_PROBLEMS]}


def failure(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `failure.json.j2` names: the reference under which the log holds the story."""
    return {"reference": data["reference"]}


def decision_refused(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `decision_refused.json.j2` names: why the click changed nothing."""
    return {"sentence": _REFUSALS[data["reason"]](data)}


def _already_decided(data: Mapping[str, Any]) -> Mrkdwn:
    decision = data["decision"]
    if decision is None:
        return Mrkdwn("This advice has already been decided. Nothing was changed.")
    return say(
        "{by} was first and {done}, {at}. Nothing was changed.",
        by=who(decision["by"]),
        done=_DONE[decision["kind"]].format(objective=decision["objective"]),
        at=moment(decision["at"]),
    )


def _expired(data: Mapping[str, Any]) -> Mrkdwn:
    return say("This advice has expired: prices and history have moved on. {again}", again=_ask_again(data))


def _replaced(data: Mapping[str, Any]) -> Mrkdwn:
    return say("A newer answer has replaced this advice. Decide on that one. {again}", again=_ask_again(data))


def _unknown_advice(_data: Mapping[str, Any]) -> Mrkdwn:
    return Mrkdwn("This advice is not known here any more. Ask again with `/gpu-advise WORKLOAD`.")


def _nothing_feasible(data: Mapping[str, Any]) -> Mrkdwn:
    return say("Nothing feasible to approve: no configuration keeps every limit. {again}", again=_ask_again(data))


def _ask_again(data: Mapping[str, Any]) -> Mrkdwn:
    if not data["workload"]:
        return Mrkdwn("Ask again with `/gpu-advise WORKLOAD`.")
    return say("Ask again with `/gpu-advise {workload}`.", workload=quoted(data["workload"]))


_REFUSALS = {
    "already_decided": _already_decided,
    "expired": _expired,
    "replaced": _replaced,
    "unknown_advice": _unknown_advice,
    "nothing_feasible": _nothing_feasible,
}
