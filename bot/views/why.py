"""The story behind an advice: what was learned and predicted, what binds, what would flip it, what was searched."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.numbers import count, duration, percent, plain, throughput, throughput_range
from bot.views.phrases import EVIDENCE_WORDS, configuration, constraint, excluded, sentence
from bot.views.picks import Choice, choices

__all__ = ["why"]

_FALLBACKS = 4


def why(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `why.json.j2` names, from an advice document."""
    document = data["document"]
    found = choices(document)
    return {
        "workload": document["workload"],
        "recommended": document["recommended"],
        "reason": sentence(document["reason"]),
        "settled_by": sentence(document["undetermined"]["settled_by"]) if document["undetermined"] else "",
        "learned": _learned(document),
        "predicted": [_predicted(choice, document["unit"]) for choice in found],
        "binding": _binding(document, found),
        "flips": [flip for choice in found for flip in _flips(choice)],
        "fallbacks": _fallbacks(found),
        "search": _search(document["certificate"]),
        "versions": _versions(document),
    }


def _learned(document: Mapping[str, Any]) -> list[Mrkdwn]:
    """Stage and its evidence, kind and its parallel fraction, today's measured speed."""
    stage, kind, current, unit = document["stage"], document["kind"], document["current"], document["unit"]
    said = []
    if stage:
        said.append(say("Stage {value} ({source}). {evidence}", **stage | {"evidence": sentence(stage["evidence"])}))
        if stage["inferred"] not in {None, stage["value"]}:
            said.append(say("The history alone looks like {inferred}.", inferred=stage["inferred"]))
    if kind:
        said.append(_kind(kind))
    if current:
        speed = throughput(current["units_per_hour"]["p50"], unit)
        wait = duration(current["seconds_per_unit"]["p50"])
        where = configuration(current["configuration"])
        said.append(say("Measured today: {speed}, {wait} each, on {where}.", speed=speed, wait=wait, where=where))
    return said


def _kind(kind: Mapping[str, Any]) -> Mrkdwn:
    name = {"ai": "parallel (AI)", "traditional": "traditional, with diminishing returns"}[kind["value"]]
    parallel = kind["parallel_fraction"]
    if not parallel:
        return say("Kind {name} ({source}).", name=name, source=kind["source"])
    return say(
        "Kind {name} ({source}): {middle} of the work runs in parallel (90 % interval {low} to {high}).",
        name=name,
        source=kind["source"],
        middle=percent(parallel["p50"]),
        low=percent(parallel["p05"]),
        high=percent(parallel["p95"]),
    )


def _predicted(choice: Choice, unit: str) -> Mrkdwn:
    pick = choice.pick
    speed = pick["units_per_hour"]
    limits = [
        f"bound by {pick['bottleneck']}" if pick["bottleneck"] else "",
        f"{plain(pick['memory_headroom_gib'])} GiB of memory to spare"
        if pick["memory_headroom_gib"] is not None
        else "",
        f"{percent(pick['constraint_probability'])} likely to keep every limit",
    ]
    return say(
        "*{title}:* {speed} ({low_high}), {evidence}; {limits}.",
        title=choice.title,
        speed=throughput(speed["p50"], unit),
        low_high=throughput_range(speed["p05"], speed["p95"]),
        evidence=EVIDENCE_WORDS[pick["evidence"]],
        limits=", ".join(part for part in limits if part),
    )


def _binding(document: Mapping[str, Any], found: tuple[Choice, ...]) -> list[Mrkdwn]:
    unit = document["unit"]
    limits = [say("• {limit}", limit=constraint(name, limit, unit)) for name, limit in document["constraints"].items()]
    return limits if limits or not found else [Mrkdwn("No limit was asked for, and none bound.")]


def _flips(choice: Choice) -> list[Mrkdwn]:
    pick = choice.pick
    if not pick["runner_up"]:
        return []
    second = say("*{title}:* next is {it}.", title=choice.title, it=configuration(pick["runner_up"]))
    flips = say("It would win when {flips}.", flips=pick["flips_when"]) if pick["flips_when"] else ""
    return [join(" ", [second, flips])]


def _fallbacks(found: tuple[Choice, ...]) -> list[Mrkdwn]:
    return [
        say("*{title}:* {where}", title=choice.title, where=configuration(where))
        for choice in found
        for where in choice.pick["fallbacks"][:_FALLBACKS]
    ]


def _search(certificate: Mapping[str, Any] | None) -> Mrkdwn | None:
    if not certificate:
        return None
    left_out = excluded(certificate["excluded"])
    return say(
        "Every one of {configurations} configurations was weighed. Within every limit: {feasible}{rest}.",
        configurations=count(certificate["configurations"]),
        feasible=count(certificate["feasible"]),
        rest=f". Left out: {left_out}" if left_out else "",
    )


def _versions(document: Mapping[str, Any]) -> Mrkdwn:
    return say(
        "Catalogue {catalog_version} · model {model_version} · history {history_digest}",
        catalog_version=document["catalog_version"],
        model_version=document["model_version"],
        history_digest=document["history_digest"],
    )
