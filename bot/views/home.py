"""The Home tab: the fleet, what waits for people, and how good the bot's own predictions were."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.elements import Element, button
from bot.views.numbers import count, money, percent, plain
from bot.views.phrases import configuration, day, moment, who
from bot.views.subscriptions import finding

__all__ = ["home", "open_answers"]

_KIND_WORDS = {"ai": "AI", "traditional": "traditional"}
_SCORED = 8  # accelerators
_STAGES = ("prototyping", "validation", "production")


def home(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `home.json.j2` names."""
    if data["is_barred"]:
        return {"is_barred": True, "at": moment(data["at"])}
    return {
        "is_barred": False,
        "at": moment(data["at"]),
        "buttons": _buttons(data),
        "known": _known(data),
        "fleet": _fleet(data["fleet"]),
        "waiting": [_word(word) for word in data["waiting"]],
        "trials": _lines(map(_trial, data["trials"])),
        "receipts": _lines(map(_receipt, data["receipts"])),
        "scores": _scores(say("*After approvals and trials*"), data["scores"]),
        "hindsight": _hindsight(data.get("hindsight")),
    }


def open_answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_answers.json.j2` names: the answers that wait for a decision."""
    return {"rows": [_answer(row) for row in data["rows"]], "has_more": data["has_more"]}


def _answer(row: Mapping[str, Any]) -> dict[str, Any]:
    by = say("asked by {who}", who=who(row["asked_by"])) if row["asked_by"] else "found by a digest"
    text = say("*{workload}*\n{by}, {at}", workload=row["workload"], by=by, at=moment(row["asked_at"]))
    return {"text": text, "button": button("Show card", "digest.card", row["advice_id"])}


def _lines(lines: Iterable[str]) -> Mrkdwn:
    return join("\n", list(lines))


def _buttons(data: Mapping[str, Any]) -> list[Element]:
    seen = data["fleet"] or {}
    return [
        button("Ask", "ask.open", "home", style="primary"),
        *([button("Open answers", "answers.open", "all")] if data["open_advices"] else []),
        *([button("Last digest's findings", "digest.all", f"{seen['digest_id']}:0")] if _has_list(seen) else []),
        *([button("Settings", "settings.change", "all")] if data["is_administrator"] else []),
    ]


def _has_list(seen: Mapping[str, Any]) -> bool:
    """Whether the last digest is known, as an older release did not keep it, and has something to list."""
    return bool(seen.get("digest_id") and seen["findings"])


def _known(data: Mapping[str, Any]) -> Mrkdwn:
    workloads, advices = data["workloads"], data["open_advices"]
    if not workloads:
        return say("No workload is known yet: whoever runs the bot can import runs with `gpu-advise import runs FILE`.")
    return say(
        "{workloads} known, {answers} open for a decision.",
        workloads=f"{count(workloads)} {'workload' if workloads == 1 else 'workloads'}",
        answers=f"{count(advices)} {'answer' if advices == 1 else 'answers'}",
    )


def _fleet(seen: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Counts of the last survey, and what it is about; None before the first."""
    if seen is None:
        return None
    stages = [f"{count(seen['stages'][stage])} {stage}" for stage in _STAGES if seen["stages"].get(stage)]
    kinds = [f"{count(number)} {_KIND_WORDS.get(kind, kind)}" for kind, number in sorted(seen["kinds"].items())]
    findings = [f"{count(number)} × {finding(kind)}" for kind, number in _most_first(seen["findings"])]
    return {
        "at": moment(seen["at"]),
        "fields": [
            _field("Stages", stages or ["none known"]),
            _field("Kinds", kinds or ["none known"]),
            _field("Findings", findings or ["nothing needs anyone"]),
            _field("At stake", _stakes(seen)),
        ],
        "top": _lines(map(_found, seen["top"])),
        "silent": _silent(seen),
    }


def _silent(seen: Mapping[str, Any]) -> str | None:
    """Of which workloads nothing can be said, and why."""
    unknown, failed = seen.get("undetermined", 0), seen["unanswered"]
    parts = [
        f"{count(unknown)} {'has' if unknown == 1 else 'have'} no run yet that could be judged" if unknown else "",
        f"{count(failed)} could not be read" if failed else "",
    ]
    return ", ".join(part for part in parts if part) or None


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda it: (-it[1], it[0]))


def _stakes(seen: Mapping[str, Any]) -> list[str]:
    """What the findings are worth a week: money that could be saved, results that are not produced."""
    saved, results = seen["saved_usd_per_week"], seen["results_usd_per_week"]
    lines = [f"{money(saved)} a week could be saved"] if saved > 0 else []
    lines += [f"results worth {money(results)} a week are not produced"] if results > 0 else []
    return lines or ["nothing"]


def _field(title: str, lines: Sequence[str]) -> Mrkdwn:
    return join("\n", [say("*{title}*", title=title), *lines])


def _found(found: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "• *{workload}* – {kind}, {worth} a week",
        workload=found["workload"],
        kind=finding(found["kind"]),
        worth=money(found["worth_usd_per_week"]),
    )


def _word(word: Mapping[str, Any]) -> dict[str, Any]:
    """An advice that waits, and the button that confirms it at today's price."""
    sentence = say(
        "*{workload}* – {by} approved on {at}; one more person must.",
        workload=word["workload"],
        by=who(word["given_by"]),
        at=moment(word["given_at"]),
    )
    value = f"{word['advice_id']}:{word['choice']}"
    return {"sentence": sentence, "button": button("Look at it", "advice.approve", value)}


def _trial(trial: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "• *{workload}* on {what} – {runner}, until {until}{late}",
        workload=trial["workload"],
        what=configuration(trial["configuration"]),
        runner=who(trial["runner"]),
        until=day(trial["until"]),
        late=" (late)" if trial["is_late"] else Mrkdwn(""),
    )


def _receipt(receipt: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "• *{workload}* – predicted {predicted} an hour, measured {measured}: {verdict}, {at}",
        workload=receipt["workload"],
        predicted=plain(receipt["predicted"]["p50"]),
        measured=plain(receipt["measured"]),
        verdict="inside the interval" if receipt["is_inside"] else "outside the interval",
        at=moment(receipt["at"]),
    )


def _scores(title: Mrkdwn, rows: Sequence[Mapping[str, Any]]) -> Mrkdwn | None:
    """The accelerators that were checked most often; None where there was nothing to check."""
    rest = len(rows) - _SCORED
    more = [say("and {n} more", n=count(rest))] if rest > 0 else []
    return _lines([title, *map(_score, rows[:_SCORED]), *more]) if rows else None


def _hindsight(seen: Mapping[str, Any] | None) -> Mrkdwn | None:
    """What the model would have said of the history itself: told apart from what it said before it could know."""
    if not seen:
        return None
    number, eligible = seen["workloads"], seen["eligible"]
    some = f"{count(number)} of the {count(eligible)} workloads" if number < eligible else _workloads(number)
    title = say(
        "*On your history* – {each}, for {some} that ran on several",
        each="each configuration predicted from the others of its workload",
        some=some,
    )
    return _scores(title, seen["scores"])


def _workloads(number: int) -> str:
    return "the one workload" if number == 1 else f"the {count(number)} workloads"


def _score(score: Mapping[str, Any]) -> Mrkdwn:
    checks = f"{count(score['count'])} {'check' if score['count'] == 1 else 'checks'}"
    return say(
        "• *{accelerator}* – off by {error} at the median of {checks}, {inside} inside the 90 % interval",
        accelerator=score["accelerator"],
        error=percent(score["error"]),
        checks=checks,
        inside=f"{count(score['inside'])} of {count(score['count'])}",
    )
