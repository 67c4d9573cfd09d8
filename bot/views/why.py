"""The story behind an advice: what was learned and predicted, what binds, what would flip it, what was searched."""

from collections.abc import Sequence
from typing import Any

from bot.documents import Comparison, Observed, Story
from bot.render import Mrkdwn, join, say
from bot.views.deciding import exclusion_lines
from bot.views.measure import Measure
from bot.views.numbers import chance, count, duration, money, percent, plain
from bot.views.phrases import EVIDENCE_WORDS, configuration, constraint, ended, excluded, machines, sentence
from bot.views.picks import Choice, choices
from bot.views.verdict import break_even
from engine import (
    AdviceDocument,
    CertificateDocument,
    KindDocument,
    RegimeDocument,
    StageDocument,
    UndeterminedDocument,
)

__all__ = ["why"]

_FALLBACKS = 4  # of each pick
_RUNS = 6  # configurations
_STAGE_SOURCES = {"asked": "as asked", "tagged": "as its runs are tagged", "inferred": "from its history"}
_KINDS = {"ai": "parallel (AI)", "traditional": "diminishing returns (traditional)"}
_WORTH_A_LINE = 0.05  # every workload has a few percent of it
_DOUBTS = {
    "undivided": "more accelerators make it hardly faster, like a model split over its layers",
    "host_bound": "other accelerators make it hardly faster, like work that waits for its host",
}
_KIND_SOURCES = {"asked": "as its owner said", "inferred": "from its scaling", "population": "as most work like it"}


def why(data: Story) -> dict[str, Any]:
    """What `modal_why.json.j2` names, from an advice document, the runs behind it and what was checked since."""
    document = data["document"]
    found, measure, unknown = choices(document), Measure.of(document), document["undetermined"]
    return {
        "heading": _heading(document),
        "reason": join("\n", [sentence(document["reason"]), _settled_by(unknown) if unknown else ""]),
        "parts": [
            ("What was learned", [*_learned(document), *_runs(data.get("runs") or (), measure)]),
            ("What is predicted", [_predicted(choice, measure) for choice in found]),
            ("Predicted against measured", _checked(data.get("verification"), measure)),
            ("What limits the choice", _binding(document, found)),
            ("What is left out", exclusion_lines(data.get("exclusions") or ())),
            ("What would flip it", [*(flip for choice in found for flip in _flips(choice)), *_worth(document)]),
            ("If a pick is sold out", _fallbacks(found)),
            ("What was searched", [_search(document["certificate"])] if document["certificate"] else []),
        ],
        "versions": _versions(document),
    }


def _heading(document: AdviceDocument) -> str:
    what = document["recommended"] or "no answer"
    return f"Why {what} for {document['workload']}?"


def _settled_by(unknown: UndeterminedDocument) -> Mrkdwn:
    return say("*What would settle it:* {settled}", settled=sentence(unknown["settled_by"]))


def _learned(document: AdviceDocument) -> list[Mrkdwn]:
    """Stage and its evidence, kind and its parallel fraction, today's measured speed."""
    stage, kind, current = document["stage"], document["kind"], document["current"]
    said = []
    if stage:
        said.append(_stage(stage))
    if kind:
        said.append(_kind(kind))
    said += [line for line in map(_doubt, document.get("regimes", ())) if line is not None]
    if current:
        speed = Measure.of(document).speed(current["units_per_hour"]["p50"])
        wait = duration(current["seconds_per_unit"]["p50"])
        where = configuration(current["configuration"])
        said.append(say("Measured today: {speed}, {wait} each, on {where}.", speed=speed, wait=wait, where=where))
    return said


def _stage(stage: StageDocument) -> Mrkdwn:
    drifted = stage["inferred"] not in {None, stage["value"]}
    return say(
        "Stage: {value}, {source}. {evidence} {alone}" if drifted else "Stage: {value}, {source}. {evidence}",
        value=stage["value"],
        source=_STAGE_SOURCES[stage["source"]],
        evidence=sentence(stage["evidence"]) or Mrkdwn(""),
        alone=f"The history alone looks like {stage['inferred']}.",
    )


def _kind(kind: KindDocument) -> Mrkdwn:
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


def _doubt(regime: RegimeDocument) -> Mrkdwn | None:
    """A way in which the workload may be unlike most, where it is likely enough to be said."""
    if regime["name"] == "usual" or regime["probability"] < _WORTH_A_LINE:
        return None
    return say("It may be ({chance}) that {what}.", chance=chance(regime["probability"]), what=_DOUBTS[regime["name"]])


def _runs(rows: Sequence[Observed], measure: Measure) -> list[Mrkdwn]:
    """What each configuration that it ran on taught."""
    said = [_run(row, measure) for row in rows[:_RUNS]]
    rest = len(rows) - _RUNS
    return [*said, say("• and {n} more configurations", n=count(rest))] if rest > 0 else said


def _run(row: Observed, measure: Measure) -> Mrkdwn:
    failed = f"{_counted(row['n_out_of_memory'])} out of memory" if row["n_out_of_memory"] else ""
    speed = row["units_per_hour"]
    worked = (
        f"{_counted(row['n_succeeded'])}, {measure.speed(speed)}" if row["n_succeeded"] and speed is not None else ""
    )
    taught = ", ".join(part for part in (worked, failed) if part) or "nothing succeeded"
    return say("• {where}: {taught}", where=machines(row), taught=taught)


def _counted(runs: int) -> str:
    return "one run" if runs == 1 else f"{count(runs)} runs"


def _predicted(choice: Choice, measure: Measure) -> Mrkdwn:
    pick = choice.pick
    better = pick["probability_better"]
    limits = [
        f"bound by {pick['bottleneck']}" if pick["bottleneck"] else "",
        f"{plain(pick['memory_headroom_gib'])} GiB of memory to spare"
        if pick["memory_headroom_gib"] is not None
        else "",
        _against_today(choice.objective, better) if better is not None and not choice.is_today else "",
        f"{chance(pick['constraint_probability'])} likely to keep every limit",
    ]
    return say(
        "*{title}:* {speed}, {wait}, {cost}; {evidence}; {limits}.",
        title=choice.title,
        speed=measure.speeds(pick["units_per_hour"]),
        wait=measure.waits(pick["seconds_per_unit"]),
        cost=measure.costs(pick["usd_per_unit"]),
        evidence=EVIDENCE_WORDS[pick["evidence"]],
        limits=", ".join(part for part in limits if part),
    )


def _against_today(objective: str, better: float) -> str:
    """How likely the pick is better under its own objective; a probability of nought for cost is a price no lower."""
    if objective == "cost" and not better:
        return "no lower price per hour than today"
    return f"{chance(better)} likely to {_BETTER[objective]} today"


_BETTER = {
    "cost": "be cheaper per hour and no slower than",
    "value": "give more for the money than",
    "performance": "be faster than",
}


def _checked(checked: Comparison | None, measure: Measure) -> list[Mrkdwn]:
    """What runs on a configuration measured, beside what was predicted of it."""
    if checked is None:
        return []
    predicted, measured, inside = checked["predicted"], checked["measured"], checked["is_inside"]
    speed, usd = predicted["units_per_hour"], predicted["usd_per_unit"]
    said = say(
        "{where}, {runs}: measured {measured}, predicted {predicted}: {inside}.",
        where=machines(checked["configuration"]),
        runs=_counted(measured["runs"]),
        measured=measure.speed(measured["units_per_hour"]),
        predicted=measure.speeds(speed) if speed else "nothing",
        inside=_INSIDE[inside["units_per_hour"]],
    )
    if usd is None or measured["usd_per_unit"] is None:
        return [said]
    cost = say(
        "Measured {measured}, predicted {predicted}: {inside}.",
        measured=measure.cost(measured["usd_per_unit"]),
        predicted=measure.costs(usd),
        inside=_INSIDE[inside["usd_per_unit"]],
    )
    return [said, cost]


_INSIDE = {True: "inside the 90 % interval", False: "outside the 90 % interval", None: "without an interval"}


def _binding(document: AdviceDocument, found: tuple[Choice, ...]) -> list[Mrkdwn]:
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
    when = ended((pick["flips_when"] or "").replace(" x ", " × "))
    return [join(" ", [second, say("The choice flips when {when}", when=when) if when else ""])]


def _worth(document: AdviceDocument) -> list[Mrkdwn]:
    """What an hour of waiting must be worth for each faster pick, and how sure it is that faster costs the same."""
    flatness = document["flatness"]
    likely = flatness.get("probability_flat") if flatness else None
    said = [break_even(pair) for pair in document.get("break_even_pairs") or ()]
    if likely is not None:
        one = Measure.of(document).one
        said.append(
            say("Cost per {one} is flat among them with a probability of {likely}.", one=one, likely=chance(likely))
        )
    return said


def _fallbacks(found: tuple[Choice, ...]) -> list[Mrkdwn]:
    return [
        say(
            "*{title}:* instead {where}, {usd}/h a machine",
            title=choice.title,
            where=configuration(where),
            usd=money(where["price_usd_per_hour"]),
        )
        for choice in found
        for where in choice.pick["fallbacks"][:_FALLBACKS]
    ]


def _search(certificate: CertificateDocument) -> Mrkdwn:
    left_out = excluded(certificate["excluded"])
    return say(
        "Every one of {configurations} configurations was weighed. Within every limit: {feasible}{rest}.",
        configurations=count(certificate["configurations"]),
        feasible=count(certificate["feasible"]),
        rest=f". Left out: {left_out}" if left_out else "",
    )


def _versions(document: AdviceDocument) -> Mrkdwn:
    return say(
        "Catalogue {catalog_version} · model {model_version} · history {history_digest}",
        catalog_version=document["catalog_version"],
        model_version=document["model_version"],
        history_digest=document["history_digest"],
    )
