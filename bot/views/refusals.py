"""Answers that say no, each with the next step."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.render import Mrkdwn, say
from bot.views.numbers import count
from bot.views.phrases import moment, quoted, sentence, who

__all__ = ["bad_request", "decision_refused", "failure", "unknown_workload"]

_DONE = {"approve": "approved {what}", "dismiss": "dismissed it", "snooze": "snoozed it"}
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
        done=_DONE[decision["kind"]].format(what=decision["objective"] or "a fallback"),
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


def _refreshed(data: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "Prices have moved since that answer for *{workload}* was given, so nothing was approved. The card now shows a "
        "fresh answer: approve that one if it suits you.",
        workload=data["workload"],
    )


def _first_word(data: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "Your approval of *{workload}* is noted. A second person must approve it too; nothing more is needed from you.",
        workload=data["workload"],
    )


def _same_person(_data: Mapping[str, Any]) -> Mrkdwn:
    return Mrkdwn(
        "You have approved this already, and the second approval must come from somebody else. Nothing was changed."
    )


def _too_late(data: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "A decision can be undone for 15 minutes, and this one is older. Nothing was changed. {again}",
        again=_ask_again(data),
    )


def _ask_again(data: Mapping[str, Any]) -> Mrkdwn:
    if not data["workload"]:
        return Mrkdwn("Ask again with `/gpu-advise WORKLOAD`.")
    return say("Ask again with `/gpu-advise {workload}`.", workload=quoted(data["workload"]))


_REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], Mrkdwn]] = {
    "already_decided": _already_decided,
    "expired": _expired,
    "replaced": _replaced,
    "unknown_advice": _unknown_advice,
    "nothing_feasible": _nothing_feasible,
    "who_is_that": lambda _: Mrkdwn(
        "Slack does not say at this moment who you are, so nothing was changed. Try again in a minute."
    ),
    "refreshed": _refreshed,
    "first_word": _first_word,
    "same_person": _same_person,
    "not_decided": lambda _: Mrkdwn("There is no decision to undo here any more. Nothing was changed."),
    "too_late_to_undo": _too_late,
    "no_price": lambda _: Mrkdwn("There is no price to wait for here. Snooze it for a week or a month instead."),
    "unknown_exclusion": lambda _: Mrkdwn("This is not left out here any more. Nothing was changed."),
}
