"""Answers that say no, each with the next step."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.documents import Decided
from bot.render import Mrkdwn, join, say
from bot.views.numbers import count, money
from bot.views.phrases import moment, quoted, sentence, who
from bot.views.thresholds import two_people

__all__ = ["bad_request", "decision_refused", "failure", "moved", "unknown_workload"]

_DONE = {"approve": "approved {what}", "dismiss": "dismissed it", "snooze": "snoozed it"}
_PROBLEMS = 10  # somebody who made more mistakes at once wants the help


def unknown_workload(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `unknown_workload.json.j2` names: what was asked and the nearest names."""
    return {
        "asked": data["asked"],
        "closest": data["closest"][:5],
        "known": data["known"],
        "known_words": "1 workload is known" if data["known"] == 1 else f"{count(data['known'])} workloads are known",
    }


def bad_request(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `bad_request.json.j2` names: each problem with its hint."""
    problems = [{"what": sentence(found["what"]), "hint": sentence(found["hint"])} for found in data["problems"]]
    return {"asked": data["asked"], "problems": problems[:_PROBLEMS]}


def failure(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `failure.json.j2` names: the reference under which the log holds the story."""
    return {"reference": data["reference"]}


def decision_refused(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `decision_refused.json.j2` names: what happened and what to do now, for a message in one sentence."""
    title, what, next_ = _REFUSALS[data["reason"]](data)
    return {"title": title, "what": what, "next": next_, "sentence": join(" ", [what, next_])}


_Refusal: TypeAlias = tuple[str, Mrkdwn, Mrkdwn]
"""The title of a modal (24 characters at most), what happened and what it means, and the one thing to do now."""


def _already_decided(data: Mapping[str, Any]) -> _Refusal:
    decision, title = data["decision"], "Already decided"
    if decision is None:
        return title, Mrkdwn("This advice has already been decided. Nothing was changed."), _ask_again(data)
    what = say(
        "{by} was first and {done}, {at}. Nothing was changed.",
        by=who(decision["by"]),
        done=_DONE[decision["kind"]].format(what=decision["objective"] or "a fallback"),
        at=moment(decision["at"]),
    )
    return title, what, _after_a_decision(decision, data)


def _after_a_decision(decision: Decided, data: Mapping[str, Any]) -> Mrkdwn:
    if not decision.get("can_undo"):
        return _ask_again(data)
    return say("{by} or an administrator can still undo it on the card.", by=who(decision["by"]))


def _expired(data: Mapping[str, Any]) -> _Refusal:
    what = Mrkdwn("This advice has expired: prices and history have moved on, so it cannot be decided any more.")
    return "Expired", what, _ask_again(data)


def _replaced(data: Mapping[str, Any]) -> _Refusal:
    what = Mrkdwn("A newer answer has replaced this advice, so this one cannot be decided any more.")
    next_ = say("Decide on the newer card, or ask once more: `/gpu-advise {name}`.", name=_name(data))
    return "Replaced", what, next_


def _refreshed(data: Mapping[str, Any]) -> _Refusal:
    what = say(
        "Prices have moved since that answer for *{workload}* was given, so nothing was approved.",
        workload=data["workload"],
    )
    return "Answered anew", what, Mrkdwn("The card now shows a fresh answer: approve that one if it suits you.")


def _renewed(data: Mapping[str, Any]) -> _Refusal:
    what = say("The old answer for *{workload}* has been replaced; nothing was approved.", workload=data["workload"])
    return "Answered anew", what, Mrkdwn("The card now shows a fresh answer: approve that one if it suits you.")


def _first_word(data: Mapping[str, Any]) -> _Refusal:
    what = say(
        "Your approval of *{workload}* is noted. {two}, so a second person must approve it too.",
        workload=data["workload"],
        two=two_people(data.get("threshold")),
    )
    return "Noted", what, Mrkdwn("If only you see the card, share it to the channel, where others can approve it.")


def _first_word_again(data: Mapping[str, Any]) -> _Refusal:
    """Somebody's word was for another price."""
    others = join(" and ", [who(user) for user in data["lapsed"]["by"]])
    what = say(
        "Your approval of *{workload}* is noted, but it is the first one at today's price: that has moved {move} since "
        "{others} approved, and two people must approve the same price.",
        workload=data["workload"],
        others=others,
        move=moved(data["lapsed"]["then"], data["lapsed"]["now"]),
    )
    return "Noted", what, say("I have told {others}; anybody else may approve it instead.", others=others)


def moved(then: float, now: float) -> str:
    """How a price per machine and hour moved: `from $63.30 to $63.93 an hour`."""
    before, after = money(then), money(now)
    return "a little" if before == after else f"from {before} to {after} an hour"


def _same_person(data: Mapping[str, Any]) -> _Refusal:
    what = say(
        "You have approved this already. {two}, and the second must be somebody else. Nothing was changed.",
        two=two_people(data.get("threshold")),
    )
    return "Approved already", what, Mrkdwn("Ask a colleague to press Approve on the card.")


def _too_late(data: Mapping[str, Any]) -> _Refusal:
    what = Mrkdwn("A decision can be undone for 15 minutes, and this one is older. Nothing was changed.")
    return "Too late to undo", what, _ask_again(data)


def _name(data: Mapping[str, Any]) -> str:
    return quoted(data["workload"]) if data["workload"] else "WORKLOAD"


def _ask_again(data: Mapping[str, Any]) -> Mrkdwn:
    return say("Ask again with `/gpu-advise {name}`.", name=_name(data))


def _fixed(title: str, what: str, next_: str) -> Callable[[Mapping[str, Any]], _Refusal]:
    """A refusal that is the same whatever it is about, but for how to ask again."""
    return lambda data: (title, Mrkdwn(what), _ask_again(data) if next_ == _AGAIN else Mrkdwn(next_))


_AGAIN = "again"
_REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], _Refusal]] = {
    "already_decided": _already_decided,
    "expired": _expired,
    "replaced": _replaced,
    "refreshed": _refreshed,
    "renewed": _renewed,
    "first_word": _first_word,
    "first_word_again": _first_word_again,
    "same_person": _same_person,
    "too_late_to_undo": _too_late,
    "unknown_advice": _fixed("Not known any more", "This advice is not known here any more.", _AGAIN),
    "unknown_workload": _fixed(
        "Not known any more",
        "This workload is not known here any more. Nothing was changed.",
        "`/gpu-advise list` shows those that are.",
    ),
    "nothing_feasible": _fixed(
        "Nothing to approve", "Nothing feasible to approve: no configuration keeps every limit.", _AGAIN
    ),
    "who_is_that": _fixed(
        "Who are you?",
        "Slack does not say at this moment who you are, so nothing was changed.",
        "Try again in a minute.",
    ),
    "not_decided": _fixed(
        "Nothing to undo", "There is no decision to undo here any more. Nothing was changed.", _AGAIN
    ),
    "no_price": _fixed("No price", "There is no price to wait for here.", "Snooze it for a week or a month instead."),
    "unknown_exclusion": _fixed("Allowed already", "This is not left out here any more. Nothing was changed.", _AGAIN),
}
