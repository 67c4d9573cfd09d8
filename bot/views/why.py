"""The story behind an advice: what was learned and predicted, what binds, what would flip it, what was searched."""

from collections.abc import Mapping
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.measure import Measure
from bot.views.numbers import chance, count, duration, percent, plain
from bot.views.phrases import EVIDENCE_WORDS, configuration, constraint, excluded, sentence
from bot.views.picks import Choice, choices

__all__ = ["why"]

_FALLBACKS = 4  # of each pick
_STAGE_SOURCES = {"asked": "as asked", "tagged": "as its runs are tagged", "inferred": "from its history"}
_KINDS = {"ai": "parallel (AI)", "traditional": "diminishing returns (traditional)"}
_KIND_SOURCES = {"asked": "as its owner said", "inferred": "from its scaling", "population": "as most work like it"}


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
        "predicted": [_predicted(choice, Measure.of(document)) for choice in found],
        "binding": _binding(document, found),
        "flips": [flip for choice in found for flip in _flips(choice)],
        "fallbacks": _fallbacks(found),
        "search": _search(document["certificate"]),
        "versions": _versions(document),
    }


def _learned(document: Mapping[str, Any]) -> list[Mrkdwn]:
    """Stage and its evidence, kind and its parallel fraction, today's measured speed."""
    stage, kind, current = document["stage"], document["kind"], document["current"]
    said = []
    if stage:
        said.append(_stage(stage))
    if kind:
        said.append(_kind(kind))
    if current:
        speed = Measure.of(document).speed(current["units_per_hour"]["p50"])
        wait = duration(current["seconds_per_unit"]["p50"])
        where = configuration(current["configuration"])
        said.append(say("Measured today: {speed}, {wait} each, on {where}.", speed=speed, wait=wait, where=where))
    return said


def _stage(stage: Mapping[str, Any]) -> Mrkdwn:
    drifted = stage["inferred"] not in {None, stage["value"]}
    return say(
        "Stage: {value}, {source}. {evidence} {alone}" if drifted else "Stage: {value}, {source}. {evidence}",
        value=stage["value"],
        source=_STAGE_SOURCES[stage["source"]],
        evidence=sentence(stage["evidence"]) or Mrkdwn(""),
        alone=f"The history alone looks like {stage['inferred']}.",
    )


def _kind(kind: Mapping[str, Any]) -> Mrkdwn:
    name, source, parallel = _KINDS[kind["value"]], _KIND_SOURCES[kind["source"]], kind["parallel_fraction"]
    if not parallel:
        return say("Kind: {name}, {source}.", name=name, source=source)
    return say(
        "Kind: {name}, {source}. {middle} of the work runs in parallel (90 % interval: {low} to {high}).",
        name=name,
        source=source,
        middle=percent(parallel["p50"]).capitalize(),
        low=percent(parallel["p05"]),
        high=percent(parallel["p95"]),
    )


def _predicted(choice: Choice, measure: Measure) -> Mrkdwn:
    pick = choice.pick
    limits = [
        f"bound by {pick['bottleneck']}" if pick["bottleneck"] else "",
        f"{plain(pick['memory_headroom_gib'])} GiB of memory to spare"
        if pick["memory_headroom_gib"] is not None
        else "",
        f"{chance(pick['constraint_probability'])} likely to keep every limit",
    ]
    return say(
        "*{title}:* {speed}, {evidence}; {limits}.",
        title=choice.title,
        speed=measure.speeds(pick["units_per_hour"]),
        evidence=EVIDENCE_WORDS[pick["evidence"]],
        limits=", ".join(part for part in limits if part),
    )


def _binding(document: Mapping[str, Any], found: tuple[Choice, ...]) -> list[Mrkdwn]:
    measure = Measure.of(document)
    limits = [
        say("• {limit}", limit=constraint(name, limit, measure)) for name, limit in document["constraints"].items()
    ]
    return limits if limits or not found else [Mrkdwn("No limit was asked for, and none bound.")]


def _flips(choice: Choice) -> list[Mrkdwn]:
    pick = choice.pick
    if not pick["runner_up"]:
        return []
    second = say("*{title}:* next is {it}.", title=choice.title, it=configuration(pick["runner_up"]))
    flips = say("The choice flips when {flips}.", flips=pick["flips_when"]) if pick["flips_when"] else ""
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
