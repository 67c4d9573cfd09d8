"""The digest of a channel: what sits in the wrong place, ranked; one line when nothing needs anyone."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.documents import Found, Stake
from bot.render import Mrkdwn, escaped, join, say
from bot.views import unsure
from bot.views.buttons import approve_button, why_button
from bot.views.deciding import decided, undo_button
from bot.views.elements import Element, button, menu
from bot.views.measure import Measure
from bot.views.numbers import count, duration, money, plain, plural, singular
from bot.views.phrases import configuration, constraint, day, machines, moment, owned_by, sentence
from bot.views.picks import Choice, choices
from bot.views.subscriptions import finding
from bot.views.verdict import against_today, headline
from engine import AdviceDocument

__all__ = ["counted", "digest", "digest_unchanged", "stake"]

_SHIFT = "shift_to_performance"
_SHOWN = 10  # two blocks a finding: far from Slack's fifty, and as much as anybody reads
_SETTLED = 5  # names in one line
_SECONDS_PER_DAY = 86400.0
_LONGEST_PAYBACK_DAYS = 730.0  # what pays later than that is no reason
_SNOOZES = (("A week", "week"), ("A month", "month"), ("Until the price moves 5 %", "price"))


def digest(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `digest.json.j2` names."""
    findings = data["findings"][:_SHOWN]
    left_off = data["more"] + len(data["findings"]) - len(findings)
    return {
        "title": _title(data),
        "headline": _headline(data),
        "findings": [_finding(rank, found) for rank, found in enumerate(findings, start=1)],
        "more": counted(left_off, "more finding") if left_off else None,
        "settled": _settled(data),
        "standing": _standing(data) if findings else None,
        "show_all": _show_all(data, left_off),
        "is_preview": data.get("is_preview", False),
    }


def digest_unchanged(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `digest_unchanged.json.j2` names: that the last digest still says it all, and a way to send it again."""
    name = say(" *{name}*", name=data["name"]) if data["name"] else Mrkdwn("")
    stands = _standing(data) or "nothing needs anyone"
    since = moment(data["since"])
    sentence = say(
        "Nothing has changed since the digest{name} of {since}: {stands}.", name=name, since=since, stands=stands
    )
    again = button("Send all the same", "digest.again", data["subscription_id"] or "channel")
    return {"sentence": sentence, "buttons": [again]}


def _title(data: Mapping[str, Any]) -> str:
    name = data.get("name")
    return f"GPU digest · {name} · {day(data['at'])}" if name else f"GPU digest · {day(data['at'])}"


def _headline(data: Mapping[str, Any]) -> Mrkdwn:
    findings: Sequence[Found] = data["findings"]
    workloads = data["workloads"]
    if not findings and data.get("standing"):
        return say("✅ Nothing new: {standing}.", standing=_standing(data))
    if not findings and data.get("is_filtered"):
        return say("✅ Nothing needs anyone among what this digest is about.")
    if not findings:
        return _all_is_well(workloads, data.get("unknown", 0))
    return _moving(data.get("counts") or _counts(findings), workloads)


def _counts(findings: Sequence[Found]) -> dict[str, Any]:
    """What an older release did not write into a digest, as far as its findings tell."""
    kinds = [found["kind"] for found in findings]
    shifting = [found["extra_usd_per_week"] for found in findings if found["kind"] == _SHIFT]
    n_unsure = sum(kind in unsure.KINDS for kind in kinds)
    return {
        "shifting": len(shifting),
        "shifting_usd_per_week": sum(shifting),
        "moving": len(kinds) - n_unsure,
        "unsure": n_unsure,
    }


def _moving(counts: Mapping[str, Any], workloads: int) -> Mrkdwn:
    """How many sit in the wrong place, those that people wait for first; else of how many too little is known."""
    number = counts["shifting"]
    if number:
        return say(
            "*{who}* on {where} while people wait for results. Shifting {them} to performance {costs}.",
            who=_sit(number, "production workload"),
            where="a cost-optimal configuration" if number == 1 else "cost-optimal configurations",
            them="it" if number == 1 else "them",
            costs=_costs(counts["shifting_usd_per_week"]),
        )
    if counts["moving"]:
        number, every = count(counts["moving"]), counted(workloads, "workload")
        return say("*{number} of {every}* could be placed better.", number=number, every=every)
    who = f"{counted(counts['unsure'], 'workload')} that people rely on"
    return say("Nothing should move, but too little is known of *{who}*.", who=who)


def counted(number: int, noun: str) -> str:
    """`1 finding`, `12 findings`."""
    return f"{count(number)} {noun if number == 1 else plural(noun)}"


def _sit(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'sits' if number == 1 else 'sit'}"


def _all_is_well(workloads: int, unknown: int) -> Mrkdwn:
    """Nothing more is claimed than is known: of what never ran nothing is."""
    known = workloads - unknown
    if known <= 0:
        return Mrkdwn("Nothing to say yet: no workload has runs that could be judged.")
    sits = _sit(known, "workload") if known == 1 or unknown else f"all {_sit(known, 'workload')}"
    rest = say(" Of {others} nothing can be said yet.", others=counted(unknown, "other")) if unknown else Mrkdwn("")
    return join("", [say("✅ Nothing needs anyone: {sits} where they should.", sits=sits), rest])


def _costs(usd_per_week: float) -> str:
    return f"{'costs' if usd_per_week >= 0 else 'saves'} {money(abs(usd_per_week))} a week"


def _standing(data: Mapping[str, Any]) -> str | None:
    """How many findings were said before and are as they were."""
    number = data.get("standing", 0)
    return f"{counted(number, 'finding')} said before still {'stands' if number == 1 else 'stand'}" if number else None


def _settled(data: Mapping[str, Any]) -> Mrkdwn | None:
    """What needs nobody any more, in one line."""
    number = data.get("settled_count", 0)
    if not number:
        return None
    names = list(data["settled"][:_SETTLED])
    more = [f"{count(number - len(names))} more"] if number > len(names) else []
    verb = "is" if number == 1 else "are"
    return say(
        "☑ {number} {verb} settled: {names}.",
        number=counted(number, "finding"),
        verb=verb,
        names=", ".join(names + more),
    )


def _show_all(data: Mapping[str, Any], left_off: int) -> dict[str, Any] | None:
    """The button that opens the list; a preview keeps none."""
    if not data.get("digest_id") or not (left_off or data.get("standing")):
        return None
    number = len(data["findings"]) + data["more"] + data.get("standing", 0)
    return button(f"Show all {count(number)}", "digest.all", f"{data['digest_id']}:0")


def _finding(rank: int, found: Found) -> dict[str, Any]:
    title = say("*{rank}. {workload}* – {kind}", rank=rank, workload=found["workload"], kind=finding(found["kind"]))
    if found["kind"] in unsure.KINDS:
        text = join("\n", [title, unsure.words(found), _decision(found) or ""])
        return {"text": text, "buttons": _buttons(found, None)}
    chosen = choices(found["document"])
    choice = next((it for it in chosen if found["objective"] in it.objectives), None)
    if choice and choice.is_today:  # another stage may be wanted, but there is nothing to move
        choice, change = None, Mrkdwn("It would stay where it is.")
    else:
        gain = against_today(choice, found["document"]) if choice else headline(found["document"], chosen)
        change = join("\n", [gain, _move(found["document"], choice), stake(found)])
    return {
        "text": join("\n", [title, change, _because(found), _decision(found) or ""]),
        "buttons": _buttons(found, choice),
    }


def _decision(found: Found) -> Mrkdwn | None:
    """What somebody decided since; a finding fresh from a survey says nothing of it."""
    return decided({"state": found.get("state", "open"), "decision": found.get("decision")})


def _because(found: Found) -> Mrkdwn:
    """The evidence, how soon the change pays for itself, and whose workload it is."""
    payback, owner = found.get("payback_days"), found.get("owner")
    is_told = payback is not None and 0.0 < payback <= _LONGEST_PAYBACK_DAYS
    words = sentence(_payback(found, payback)) if payback and is_told else ""
    return join(
        " ", [sentence(found["evidence"]), words, say("Owner: {owner}", owner=owned_by(owner)) if owner else ""]
    )


def _payback(found: Found, days: float) -> str:
    """How soon, and what waiting was taken to be worth where that was counted."""
    pays = f"the change pays for itself in {duration(days * _SECONDS_PER_DAY)}"
    waiting = found["document"]["constraints"].get("value_of_time_usd_per_hour")
    measure = Measure.of(found["document"])
    return f"{pays}, if {constraint('value_of_time_usd_per_hour', waiting, measure)}" if waiting else pays


def stake(found: Stake) -> Mrkdwn:
    """Results and money a week, their signs in words: money alone where speed is not the point, nothing for neither."""
    gain = 0.0 if found["kind"] == "dominated" else found["gain_units_per_week"]
    change = sentence(f"the change {_costs(found['extra_usd_per_week'])}")
    if not gain:
        return escaped(change) if found["extra_usd_per_week"] else Mrkdwn("")
    number = plain(abs(gain))
    noun = singular(found["unit"]) if number == "1" else plural(found["unit"])
    if gain > 0:
        return say("*{number} more {noun} a week* could be produced. {change}", number=number, noun=noun, change=change)
    return say("*{number} {noun} a week* more than anybody asks for. {change}", number=number, noun=noun, change=change)


def _move(document: AdviceDocument, choice: Choice | None) -> Mrkdwn | str:
    if choice is None or not document["current"]:
        return ""
    today, then = document["current"]["configuration"], choice.pick["configuration"]
    if machines(today) != machines(then):
        return say("{today} → *{then}*", today=machines(today), then=machines(then))
    return say("{today} → *{then}*", today=configuration(today), then=configuration(then))


def _buttons(found: Found, choice: Choice | None) -> list[dict[str, Any]]:
    """None on a finding that nobody can decide yet: a preview stores no advice."""
    advice_id = found["advice_id"]
    if advice_id is None:
        return []
    if _decision(found):
        undo = undo_button({"advice_id": advice_id, "state": found["state"], "decision": found["decision"]})
        return [why_button(advice_id), *undo]
    snooze, why, card = _snooze(found, advice_id), why_button(advice_id), button("Show card", "digest.card", advice_id)
    if found["kind"] in unsure.KINDS:
        return [*unsure.trial(found, advice_id), snooze, why, card, *unsure.demotion(found, advice_id)]
    approve = [approve_button(choice, advice_id, is_primary=True)] if choice else []
    return [*approve, snooze, why, card, *_change_of_stage(found, advice_id)]


def _snooze(found: Found, advice_id: str) -> Element:
    """The price to wait for is that of the pick which the finding is about; without one there is none."""
    values = {until: f"{advice_id}:{until}" for _, until in _SNOOZES} | {
        "price": f"{advice_id}:price:{found['objective']}"
    }
    offered = [it for it in _SNOOZES if it[1] != "price" or found["kind"] not in unsure.KINDS]
    return menu("Snooze", "advice.snooze", [(label, values[until]) for label, until in offered])


def _change_of_stage(found: Found, advice_id: str) -> list[Element]:
    """Where the tag and the runs disagree: the stage that the runs show, in one click."""
    stage = found["document"]["stage"]
    shown = stage and stage["inferred"]
    if found["kind"] != "drifted_stage" or not shown:
        return []
    return [button(f"Change stage to {shown}", "workload.stage", f"{advice_id}:{shown}")]
