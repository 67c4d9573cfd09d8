"""The digest of a channel: what sits in the wrong place, ranked; one line when nothing needs anyone."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.advice import approve_button, headline, why_button
from bot.views.numbers import count, money, plain, plural
from bot.views.phrases import machines
from bot.views.picks import Choice, choices

__all__ = ["digest"]

_SHOWN = 10  # two blocks a finding: far from Slack's fifty, and as much as anybody reads
_KINDS = {
    "shift_to_performance": "Should shift to performance",
    "dominated": "Free money: the same speed for less",
    "overbuilt_prototype": "A prototype built like production",
    "drifted_stage": "The stage has drifted",
}


def digest(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `digest.json.j2` names."""
    findings = data["findings"][:_SHOWN]
    left_off = data["more"] + len(data["findings"]) - len(findings)
    return {
        "title": f"GPU digest · {data['period']}",
        "headline": _headline(data["findings"], data["workloads"]),
        "findings": [_finding(rank, found) for rank, found in enumerate(findings, start=1)],
        "more": f"{count(left_off)} more in /gpu-advise list" if left_off else None,
        "workloads": count(data["workloads"]),
    }


def _headline(findings: Sequence[Mapping[str, Any]], workloads: int) -> Mrkdwn:
    if not findings:
        return say("Nothing needs anyone: all {workloads} workloads sit where they should.", workloads=count(workloads))
    shifting = [found for found in findings if found["kind"] == "shift_to_performance"]
    if not shifting:
        return say(
            "*{number} of {workloads} workloads* could be placed better.",
            number=len(findings),
            workloads=count(workloads),
        )
    extra = sum(found["extra_usd_per_week"] for found in shifting)
    return say(
        "*{number} production {noun}* on cost-optimal configurations while the results people wait for need "
        "performance. Shifting {them} changes the bill by {extra} a week.",
        number=len(shifting),
        noun="workload sits" if len(shifting) == 1 else "workloads sit",
        them="it" if len(shifting) == 1 else "them",
        extra=money(extra),
    )


def _finding(rank: int, found: Mapping[str, Any]) -> dict[str, Any]:
    chosen = choices(found["document"])
    objective = next((it for it in chosen if found["objective"] in it.objectives), None)
    return {
        "text": join(
            "\n",
            [
                say("*{rank}. {workload}* – {kind}", rank=rank, workload=found["workload"], kind=_kind(found["kind"])),
                headline(found["document"], chosen),
                say("{gain}. {evidence}", gain=_stake(found), evidence=found["evidence"]),
                _move(found["document"], objective),
            ],
        ),
        "buttons": _buttons(found, objective),
    }


def _kind(kind: str) -> str:
    return _KINDS.get(kind, kind.replace("_", " "))


def _stake(found: Mapping[str, Any]) -> str:
    """Results and money a week, signs in words."""
    gain, extra = found["gain_units_per_week"], found["extra_usd_per_week"]
    results = f"{plain(abs(gain))} {plural(found['unit'])} a week {'not produced' if gain >= 0 else 'more than needed'}"
    return f"{results}; {money(abs(extra))} a week {'more' if extra >= 0 else 'less'} to change"


def _move(document: Mapping[str, Any], choice: Choice | None) -> Mrkdwn | str:
    if choice is None or not document["current"]:
        return ""
    today = machines(document["current"]["configuration"])
    return say("{today} → *{then}*", today=today, then=machines(choice.pick["configuration"]))


def _buttons(found: Mapping[str, Any], choice: Choice | None) -> list[dict[str, str | None]]:
    approve = [approve_button(choice, found["advice_id"], is_primary=True)] if choice else []
    return [*approve, why_button(found["advice_id"])]
