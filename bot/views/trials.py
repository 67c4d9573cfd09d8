"""Try first: the form, the promise in the thread, a reminder, and why something cannot be tried."""

from collections.abc import Mapping
from typing import Any

from bot.documents import Forecast, Tried
from bot.render import Mrkdwn, say
from bot.views.elements import Element, button
from bot.views.handoff import others_menu, patches
from bot.views.measure import Measure
from bot.views.numbers import amount, money
from bot.views.phrases import configuration, day, machines, quoted, who

__all__ = ["modal_try", "trial", "trial_due", "trial_planned", "trial_refused"]


def modal_try(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_try.json.j2` names: what would be run, what it costs, and who does it until when."""
    found = data["configuration"]
    price = (found["price_usd_per_hour"] or 0.0) * found["node_count"]
    usd = f"about {amount(data['usd'])} for a short run" if data["usd"] is not None else f"{money(price)} an hour"
    return {
        "metadata": data["metadata"],
        "what": say("*{workload}* on {where}", workload=data["workload"], where=configuration(found)),
        "grounds": say("{expected}. It costs {usd}.", expected=_expected(data["predicted"], data["unit"]), usd=usd),
        "runner": data["runner"],
        "until": data["until"],
    }


def trial(data: Tried) -> dict[str, Any]:
    """What `trial.json.j2` names: the promise, open with its patch and buttons, or how it ended."""
    is_open = data["state"] in {"planned", "reminded"}
    lines = (
        [_promise(data), say("{expected}.", expected=_expected(data["predicted"], data["unit"]))]
        if is_open
        else [_promise(data), _end(data)]
    )
    return {
        "lines": lines,
        "patches": patches(data) if is_open else [],
        "next": _next(data) if is_open else "",
        "buttons": [*others_menu(data["about"], data["others"]), _cancel(data)] if is_open else [],
    }


def trial_due(data: Tried) -> dict[str, Any]:
    """What `trial_due.json.j2` names: one private word to the runner."""
    return {
        "lines": [
            say(
                "⏰ The trial of *{workload}* on {where} that {by} asked you for was due, and no run of it has been "
                "imported. It stays open until {until}; then it is given up.",
                workload=data["workload"],
                where=configuration(data["configuration"]),
                by=who(data["by"]),
                until=day(data["until"]),
            ),
            _next(data),
        ],
        "buttons": [*others_menu(data["about"], _all(data)), _cancel(data)],
    }


def trial_planned(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `trial_planned.json.j2` names: a word beside a private card; the promise itself is with the runner."""
    return {
        "sentence": say(
            "The trial of {workload} is planned: {runner} has been sent what to run, in a direct message.",
            workload=data["workload"],
            runner=who(data["runner"]),
        )
    }


def trial_refused(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `trial_refused.json.j2` names: why nothing was planned or cancelled."""
    workload = data["workload"] or "WORKLOAD"
    runner = who(data.get("runner"))
    sentence = say(_REFUSALS[data["reason"]], workload=quoted(workload), runner=runner)
    return {"what": sentence, "next": Mrkdwn(""), "sentence": sentence}


def _promise(data: Tried) -> Mrkdwn:
    return say(
        "*Trial of {workload}:* {runner} runs it on {where} by {until}",
        workload=data["workload"],
        runner=who(data["runner"]),
        where=configuration(data["configuration"]),
        until=day(data["until"]),
    )


def _expected(predicted: Forecast, unit: str) -> str:
    measure = Measure(unit, predicted["usd_per_unit"]["p50"], predicted["units_per_hour"]["p50"])
    return f"Predicted: {measure.speeds(predicted['units_per_hour'])} at {measure.costs(predicted['usd_per_unit'])}"


def _next(data: Tried) -> Mrkdwn:
    return say(
        "When it has run, import it (`gpu-advise import runs FILE`, its column `trial` true): the card becomes "
        "*verified*, and predicted against measured appears here. The name of the workload stays {name}.",
        name=quoted(data["workload"]),
    )


def _end(data: Tried) -> Mrkdwn:
    return say(_ENDS[data["state"]], by=who(data["ended_by"]))


def _cancel(data: Tried) -> Element:
    spoken = f"Cancel the trial on {machines(data['configuration'])}"
    return button("Cancel the trial", "trial.cancel", data["about"], spoken=spoken)


def _all(data: Tried) -> list[str]:
    """The reminder shows no patch, so that every tool is in its menu."""
    return [*(part["target"] for part in data["parts"]), *data["others"]]


_ENDS = {
    "verified": "☑ *Done:* the run has arrived.",
    "cancelled": "✖ *Cancelled* by {by}.",
    "expired": "⌛ *Given up:* no run has arrived.",
}
_REFUSALS = {
    "unknown_advice": "This advice is not known here any more. Ask again with `/gpu-advise {workload}`.",
    "unknown_trial": "This trial is not known here any more. Nothing was changed.",
    "nothing_to_try": "There is nothing to try: what is recommended has been verified by runs, or nothing is.",
    "not_on_offer": "What was to be tried is not on offer any more. Ask again with `/gpu-advise {workload}`.",
    "who_is_that": "Slack does not say who you are at this moment, so nothing was changed. Try again.",
    "tried_already": "{runner} is trying this configuration of {workload} already.",
    "not_yours": "Only whoever runs the trial or planned it, or an administrator, may cancel it.",
    "over": "This trial is over. Nothing was changed.",
}
