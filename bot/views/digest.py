"""The digest of a channel: what sits in the wrong place, ranked; one line when nothing needs anyone."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, escaped, join, say
from bot.views.advice import approve_button, decided, why_button
from bot.views.numbers import count, money, plain, plural, singular
from bot.views.phrases import day, machines, sentence
from bot.views.picks import Choice, choices
from bot.views.verdict import against_today, headline

__all__ = ["digest"]

_SHOWN = 10  # two blocks a finding: far from Slack's fifty, and as much as anybody reads
_KINDS = {
    "shift_to_performance": "on cost, should shift to performance",
    "dominated": "the same speed can be had for less",
    "overbuilt_prototype": "a prototype built like production",
    "drifted_stage": "its stage has drifted",
}


def digest(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `digest.json.j2` names."""
    findings = data["findings"][:_SHOWN]
    left_off = data["more"] + len(data["findings"]) - len(findings)
    return {
        "title": f"GPU digest · {day(data['at'])}",
        "headline": _headline(data["findings"], data["workloads"]),
        "findings": [_finding(rank, found) for rank, found in enumerate(findings, start=1)],
        "more": f"{_counted(left_off, 'more finding')} not shown here" if left_off else None,
    }


def _headline(findings: Sequence[Mapping[str, Any]], workloads: int) -> Mrkdwn:
    if not findings:
        return say("✅ Nothing needs anyone: {all} where they should.", all=_all_sit(workloads))
    shifting = [found for found in findings if found["kind"] == "shift_to_performance"]
    if not shifting:
        number, every = len(findings), _counted(workloads, "workload")
        return say("*{number} of {every}* could be placed better.", number=number, every=every)
    extra = sum(found["extra_usd_per_week"] for found in shifting)
    return say(
        "*{who}* on {where} while people wait for results. Shifting {them} to performance {costs}.",
        who=_sit(len(shifting), "production workload"),
        where="a cost-optimal configuration" if len(shifting) == 1 else "cost-optimal configurations",
        them="it" if len(shifting) == 1 else "them",
        costs=_costs(extra),
    )


def _counted(number: int, noun: str) -> str:
    return f"{count(number)} {noun if number == 1 else plural(noun)}"


def _sit(number: int, noun: str) -> str:
    return f"{_counted(number, noun)} {'sits' if number == 1 else 'sit'}"


def _all_sit(workloads: int) -> str:
    return _sit(workloads, "workload") if workloads == 1 else f"all {_sit(workloads, 'workload')}"


def _costs(usd_per_week: float) -> str:
    return f"{'costs' if usd_per_week >= 0 else 'saves'} {money(abs(usd_per_week))} a week"


def _finding(rank: int, found: Mapping[str, Any]) -> dict[str, Any]:
    chosen = choices(found["document"])
    choice = next((it for it in chosen if found["objective"] in it.objectives), None)
    title = say("*{rank}. {workload}* – {kind}", rank=rank, workload=found["workload"], kind=_kind(found["kind"]))
    gain = against_today(choice, found["document"]) if choice else headline(found["document"], chosen)
    moved = [gain, _move(found["document"], choice)]
    return {
        "text": join("\n", [title, *moved, _stake(found), sentence(found["evidence"]), _decision(found) or ""]),
        "buttons": _buttons(found, None if _decision(found) else choice),
    }


def _decision(found: Mapping[str, Any]) -> Mrkdwn | None:
    """What somebody decided since; a finding fresh from a survey says nothing of it."""
    return decided({"state": found.get("state", "open"), "decision": found.get("decision")})


def _kind(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("_", " "))


def _stake(found: Mapping[str, Any]) -> Mrkdwn:
    """Results and money a week, their signs in words; money alone where the speed is not the point."""
    gain = 0.0 if found["kind"] == "dominated" else found["gain_units_per_week"]
    change = sentence(f"the change {_costs(found['extra_usd_per_week'])}")
    if not gain:
        return escaped(change)
    number = plain(abs(gain))
    noun = singular(found["unit"]) if number == "1" else plural(found["unit"])
    if gain > 0:
        return say("*{number} more {noun} a week* could be produced. {change}", number=number, noun=noun, change=change)
    return say("*{number} {noun} a week* more than anybody asks for. {change}", number=number, noun=noun, change=change)


def _move(document: Mapping[str, Any], choice: Choice | None) -> Mrkdwn | str:
    if choice is None or not document["current"]:
        return ""
    today = machines(document["current"]["configuration"])
    return say("{today} → *{then}*", today=today, then=machines(choice.pick["configuration"]))


def _buttons(found: Mapping[str, Any], choice: Choice | None) -> list[dict[str, str | None]]:
    """None on a finding that nobody can decide yet: a preview stores no advice."""
    advice_id = found["advice_id"]
    if advice_id is None:
        return []
    approve = [approve_button(choice, advice_id, is_primary=True)] if choice else []
    return [*approve, why_button(advice_id)]
