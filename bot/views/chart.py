"""The chart of an answer: its words and numbers, and the sentences that stand for it where it cannot be seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.charts import Chart, Hue, Mark, Spot
from bot.render import shown
from bot.views.axes import money_axis, time_axis
from bot.views.measure import Measure
from bot.views.numbers import duration, per_how_many
from bot.views.phrases import machines
from bot.views.picks import Choice, choices
from engine import AdviceDocument, CurrentDocument

__all__ = ["chart", "chart_in_words"]

_LEAST, _MOST = 1e-18, 1e18  # beyond it no axis could say anything
_LINE, _BARS, _TICK = "line: nothing faster for less an hour", "bars: 90 % intervals", "✓ verified"
_HUES: Mapping[str, Hue] = {"cost": "cost", "value": "value", "performance": "performance"}
_SLOPES = {"flat": "Faster is nearly free", "rising": "Faster costs more", "falling": "Faster is cheaper"}


def chart(document: AdviceDocument, frontier: Sequence[Sequence[float]]) -> Chart | None:
    """The chart of an advice document; None where there is nothing to compare.

    `frontier` is (seconds, USD) per unit of what nothing beats, by rising speed.
    """
    measure, marks = Measure.of(document), tuple(_marks(document))
    if all(mark.hue == "today" for mark in marks):
        return None
    spots = [spot for mark in marks for spot in (mark.at, *(mark.interval or ()))]
    scale, word = per_how_many(measure.usd or 1.0)
    counted = f"{word}{measure.several}" if word else measure.one
    seconds, usd = [spot.seconds_per_unit for spot in spots], [spot.usd_per_unit for spot in spots]
    line = tuple(spot for spot in (Spot(seconds, usd) for seconds, usd in frontier) if _has_place(spot))
    return Chart(
        across=time_axis(f"Time per {shown(measure.one)}  (← faster)", seconds),
        up=money_axis(f"Cost per {shown(counted)}  (↓ cheaper)", usd, scale),
        frontier=line,
        marks=marks,
        note=_note(marks, has_line=len(line) > 1),
    )


def _note(marks: Sequence[Mark], *, has_line: bool) -> str:
    """What the signs in the picture stand for, those that it has."""
    is_verified = any(mark.is_verified for mark in marks)
    signs = {_LINE: has_line, _BARS: True, _TICK: is_verified}
    return " · ".join(sign for sign, is_there in signs.items() if is_there)


def chart_in_words(document: AdviceDocument) -> str:
    """What the chart says, for whoever cannot see it: where everything stands, and what faster costs."""
    measure = Measure.of(document)
    places = [
        f"{choice.title.lower()}{' (recommended)' if choice.is_recommended else ''} takes "
        f"{duration(choice.pick['seconds_per_unit']['p50'])} at {measure.cost(choice.pick['usd_per_unit']['p50'])}"
        for choice in choices(document)
    ]
    today = document["current"]
    if today:
        places.append(
            f"today takes {duration(today['seconds_per_unit']['p50'])} at {measure.cost(today['usd_per_unit'])}"
        )
    flatness = document["flatness"]
    slope = f" {_SLOPES[flatness['verdict']]}." if flatness and len(choices(document)) > 1 else ""
    return f"Chart of cost against time per {measure.one}: {'; '.join(places)}.{slope}"


def _marks(document: AdviceDocument) -> Iterator[Mark]:
    """Picks and today, where they have a place: what costs nothing, or nobody knows what, has none."""
    found, today = choices(document), document["current"]
    marks = [_pick(choice) for choice in found]
    if today and today["usd_per_unit"] and not any(choice.is_today for choice in found):
        marks.append(_today(today, today["usd_per_unit"]))
    for mark in marks:
        if _has_place(mark.at):
            is_whole = mark.interval is not None and all(map(_has_place, mark.interval))
            yield mark if is_whole else replace(mark, interval=None)


def _has_place(spot: Spot) -> bool:
    return all(_LEAST <= value <= _MOST for value in (spot.seconds_per_unit, spot.usd_per_unit))


def _pick(choice: Choice) -> Mark:
    seconds, usd = choice.pick["seconds_per_unit"], choice.pick["usd_per_unit"]
    title = f"★ {choice.title}" if choice.is_recommended else choice.title
    return Mark(
        hue=_HUES[choice.objective],
        title=f"{title} = today" if choice.is_today else title,
        subtitle=shown(machines(choice.pick["configuration"])),
        at=Spot(seconds["p50"], usd["p50"]),
        interval=(Spot(seconds["p05"], usd["p05"]), Spot(seconds["p95"], usd["p95"])),
        is_recommended=choice.is_recommended,
        is_verified=choice.pick["evidence"] == "verified",
    )


def _today(today: CurrentDocument, usd: float) -> Mark:
    """What it costs is known, not predicted: only its time has an interval."""
    seconds = today["seconds_per_unit"]
    return Mark(
        hue="today",
        title="Today",
        subtitle=shown(machines(today["configuration"])),
        at=Spot(seconds["p50"], usd),
        interval=(Spot(seconds["p05"], usd), Spot(seconds["p95"], usd)),
    )
