"""What an answer comes to, in sentences: the recommendation, flatness, break-even, the next trial."""

from bot.render import Mrkdwn, join, say
from bot.views.infeasible import blocking, nothing_feasible
from bot.views.measure import Measure
from bot.views.numbers import amount, chance, money, percent, ratio
from bot.views.phrases import ended, machines
from bot.views.picks import Choice
from engine import AdviceDocument, BreakEvenDocument, CurrentDocument, FlatnessDocument, PickDocument

__all__ = ["against_today", "break_even", "headline", "judgement", "next_trial"]

_SAME = 0.005  # a factor this near to one reads as one
_TWICE = 2.0
_FLATNESS = {
    "flat": "stays within {spread} all the way from the cost pick to the performance pick: here, faster is nearly free",
    "rising": "varies by {spread} on the way from the cost pick to the performance pick: here, faster costs more",
    "falling": "varies by {spread} on the way from the cost pick to the performance pick: here, faster is cheaper",
}


def headline(document: AdviceDocument, found: tuple[Choice, ...]) -> Mrkdwn:
    """One sentence: the recommendation and what was measured for it, or why there is none."""
    best = next((choice for choice in found if choice.is_recommended), None)
    if best is None:
        return _out_of_reach(document, found) or _undetermined(document)
    if best.is_today:
        return say("*Stay where you are:* today's configuration is already the {title} pick.", title=best.title.lower())
    return against_today(best, document)


def against_today(choice: Choice, document: AdviceDocument) -> Mrkdwn:
    """What a pick gains and what it costs: 3.9× the clips per hour for 2 % more per clip."""
    gain = _gain(choice.pick, document["current"], Measure.of(document))
    return say("*{title}:* {gain}.", title=choice.title, gain=gain)


def judgement(document: AdviceDocument, found: tuple[Choice, ...]) -> list[Mrkdwn]:
    """Flatness and break-even in words; that picks coincide, where they do."""
    shared = [choice.title.lower() for choice in found if len(choice.objectives) > 1]
    said = [say("The same configuration wins {title}.", title=title) for title in shared]
    flatness, pays = document["flatness"], document["break_even_usd_per_hour"]
    if flatness and len(found) > 1:
        said.append(_flatness(flatness, Measure.of(document)))
    if pays and len(found) > 1:
        said.append(break_even(pays))
    return said


def break_even(pays: BreakEvenDocument) -> Mrkdwn:
    """What an hour of waiting must be worth for one pick to pay over another."""
    worth = f"worth more than {money(pays['value'])}" if pays["value"] > 0 else "worth anything at all"
    return say(
        "*Break-even:* {to} over {from_} pays once an hour of waiting is {worth}.",
        to=pays["to"],
        from_=pays["from"],
        worth=worth,
    )


def next_trial(document: AdviceDocument) -> Mrkdwn | None:
    """The one short run that would teach the most, what it costs and what it may bring."""
    trial = document["next_trial"]
    if not trial:
        return None
    better = trial["expected_improvement"]
    return say(
        "*Next trial:* a short run on {where} from {provider}, about {usd}, is expected to make the choice {much}.",
        where=machines(trial["configuration"]),
        provider=trial["configuration"]["provider"] or "anybody",
        usd=amount(trial["usd"]),
        much=f"{percent(better)} better" if better < 1 else f"{ratio(1 + better)} as good",
    )


def _gain(pick: PickDocument, current: CurrentDocument | None, measure: Measure) -> str:
    """The pick against today, as factors; absolute where there is nothing to compare with."""
    speed, cost = pick["units_per_hour"]["p50"], pick["usd_per_unit"]["p50"]
    if not current:
        return f"{measure.speed(speed)} at {measure.cost(cost)}"
    old, paid = current["units_per_hour"]["p50"], current["usd_per_unit"]
    gained = f"{_times(speed / old)} {measure.several} per hour" if old else measure.speed(speed)
    return f"{gained} for {_price(cost / paid, measure.one) if paid else measure.cost(cost)}"


def _times(factor: float) -> str:
    return "the same" if abs(factor - 1) < _SAME else f"{ratio(factor)} the"


def _price(factor: float, one: str) -> str:
    """A share more or less; from twice on a factor says it shorter."""
    if abs(factor - 1) < _SAME or factor >= _TWICE:
        return f"{_times(factor)} cost per {one}"
    return f"{percent(abs(factor - 1))} {'more' if factor > 1 else 'less'} per {one}"


def _out_of_reach(document: AdviceDocument, found: tuple[Choice, ...]) -> Mrkdwn | None:
    """Which limit stands in the way of the recommended objective; None when none does."""
    blocked = blocking(document)
    if blocked is None:
        return None
    what = f"{document['recommended']} is out of reach".capitalize() if found else "Nothing is feasible"
    return say("*{what}:* {why}.", what=what, why=nothing_feasible(blocked, document))


def _undetermined(document: AdviceDocument) -> Mrkdwn:
    unknown = document["undetermined"] or {"reason": document["reason"], "settled_by": ""}
    settled = ended(unknown["settled_by"])
    return join(
        "\n",
        [
            say("*I cannot tell yet:* {reason}", reason=ended(unknown["reason"])),
            say("*What would settle it:* {settled}", settled=settled) if settled else "",
        ],
    )


def _flatness(flatness: FlatnessDocument, measure: Measure) -> Mrkdwn:
    spread = abs(flatness["spread"])
    varied = percent(spread) if spread < 1.0 else f"a factor of {ratio(1.0 + spread).removesuffix('×')}"
    words = _FLATNESS[flatness["verdict"]].format(spread=varied)
    likely = flatness.get("probability_flat")
    sure = "" if likely is None else f" ({chance(likely)} likely to be flat)"
    return say("*Cost per {one}* {words}.", one=measure.one, words=f"{words}{sure}")
