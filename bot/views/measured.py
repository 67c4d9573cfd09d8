"""Predicted against measured: receipts, trials that arrived, and the line that makes a card verified."""

from collections.abc import Mapping
from typing import Any

from bot.documents import Card, Inside, Measured
from bot.render import Mrkdwn, say
from bot.views.measure import Measure
from bot.views.numbers import count
from bot.views.phrases import configuration, day, machines, quoted, who

__all__ = ["receipt", "trial_done", "verified"]

_WHEN = {"7d": "after 7 days", "14d": "after 14 days", "30d": "after 30 days"}
_MISSES = "One measurement in ten falls outside a 90 % interval."


def receipt(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `receipt.json.j2` names: the comparison, or that nothing ran yet and what to do."""
    measured = data["measured"]
    if measured is None:
        return {"heading": _heading(data, "no runs yet"), "lines": [_nothing_ran(data)], "grounds": ""}
    when = _WHEN.get(data["key"], f"after {_runs(measured)}")
    return {"heading": _heading(data, when), "lines": _comparison(data), "grounds": _grounds(data)}


def trial_done(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `trial_done.json.j2` names: the trial that somebody promised has arrived."""
    heading = say(
        "*The trial of {workload} has arrived:* {where}, run by {who}",
        workload=data["workload"],
        where=machines(data["configuration"]),
        who=who(data["runner"]),
    )
    again = say("Ask again for an answer that counts it: `/gpu-advise {name}`.", name=quoted(data["workload"]))
    return {"heading": heading, "lines": [*_comparison(data), again], "grounds": _grounds(data)}


def verified(data: Card) -> Mrkdwn | None:
    """The line of a card whose prediction was checked by a run; None while none was."""
    found = data.get("verified")
    if not found:
        return None
    measure, predicted = Measure.of(data["document"]), found["predicted"]["units_per_hour"]
    mark = "☑ *Verified* by" if _is_inside(found["is_inside"]) else "⚠️ *Checked* by"
    return say(
        mark + " {runs} on {where}: predicted {predicted}, measured {measured}.",
        runs=_runs(found["measured"]),
        where=machines(found["configuration"]),
        predicted=measure.speed(predicted["p50"]) if predicted else "nothing",
        measured=measure.speed(found["measured"]["units_per_hour"]),
    )


def _heading(data: Mapping[str, Any], when: str) -> Mrkdwn:
    return say("*Receipt for {workload}, {when}*", workload=data["workload"], when=when)


def _nothing_ran(data: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "A week ago {who} approved {where}, and no run on it has been imported since. Once the change is rolled out, "
        "import its runs (`gpu-advise import runs FILE`): the comparison appears here.",
        who=who(data["approved_by"]),
        where=configuration(data["configuration"]),
    )


def _comparison(data: Mapping[str, Any]) -> list[Mrkdwn]:
    """Throughput and cost side by side, then what it comes to."""
    predicted, measured, inside = data["predicted"], data["measured"], data["is_inside"]
    speed, cost = predicted["units_per_hour"], predicted["usd_per_unit"]
    measure = Measure(data["unit"], measured["usd_per_unit"], measured["units_per_hour"])
    lines = []
    if speed is not None:
        told = (measure.speeds(speed), measure.speed(measured["units_per_hour"]))
        lines.append(_line("Throughput", told, inside["units_per_hour"]))
    if cost is not None:
        told = (measure.costs(cost), measure.cost(measured["usd_per_unit"]))
        lines.append(_line("Cost", told, inside["usd_per_unit"]))
    return [*lines, _verdict(data)]


def _line(what: str, told: tuple[str, str], is_inside: bool | None) -> Mrkdwn:  # noqa: FBT001 - one of three values
    predicted, measured = told
    mark = {True: "inside", False: "*outside*", None: "not compared"}[is_inside]
    return say(
        "*{what}:* predicted {predicted}, measured {measured} – {mark}",
        what=what,
        predicted=predicted,
        measured=measured,
        mark=Mrkdwn(mark),
    )


def _verdict(data: Mapping[str, Any]) -> Mrkdwn:
    if _is_inside(data["is_inside"]):
        return Mrkdwn("✅ *As predicted:* inside the 90 % interval.")
    return Mrkdwn(f"⚠️ *Not as predicted:* outside the 90 % interval. {_LESSONS[data['lesson']]}{_MISSES}")


def _is_inside(inside: Inside) -> bool:
    return False not in inside.values()


def _grounds(data: Mapping[str, Any]) -> str:
    measured = data["measured"]
    first, last = day(measured["first_at"]), day(measured["last_at"])
    when = first if first == last else f"{first} to {last}"
    return f"{_runs(measured)}, {when} · {configuration(data['configuration'])}"


def _runs(measured: Measured) -> str:
    return "1 run" if measured["runs"] == 1 else f"{count(measured['runs'])} runs"


_LESSONS = {
    "not_needed": "",
    "learned_before": "The model has learned from these runs, so the next answer knows them. ",
    "refitted": "The model was fitted anew with these runs just now, so the next answer knows them. ",
}
