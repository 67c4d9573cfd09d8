"""What would take the choice away from a pick: the nearest change of one price or of one speed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.advice import Configuration
from engine.outlook import Outlook
from engine.picks import Found, configuration_at
from engine.search import Limits, tests_over
from engine.strategy import Preference
from engine.units import HOURS_PER_DAY, Bools, Floats

__all__ = ["changes_of", "flips_when"]

_TIE = 5e-4  # below this, percentages would print as nothing
_FARTHEST = math.log(10.0)  # nobody plans for a price or a speed that is off by more
_MOVABLE = {"floor_units_per_hour", "max_seconds_per_unit", "max_usd_per_day", "max_usd_per_unit"}


def flips_when(found: Found, preference: Preference, outlook: Outlook) -> str | None:
    """The smallest single change that takes the choice away from the pick, in words; None: none within tenfold.

    Weighed are the pick's own price and speed, and those of everything else that size and memory allow, whether it
    keeps the other limits today or not. The ends between which a bargain was struck stand still.
    """
    size, _, words = min(changes_of(found, preference, outlook), default=(math.inf, 0, ""))
    return words if size <= _FARTHEST else None


def changes_of(found: Found, preference: Preference, outlook: Outlook) -> Iterator[tuple[float, int, str]]:
    """The nearest change of each kind: its size as a natural logarithm, which to name among equals, a sentence."""
    yield from _of_the_pick(found, outlook)
    rivals = _Rivals.of(found, preference, outlook)
    if len(rivals.faster):
        yield from _of_rivals(rivals, outlook)


@dataclass(frozen=True, eq=False, slots=True)
class _Rivals:
    """(n_shapes,) natural logarithms: how much faster or cheaper each would have to be to be chosen; infinite: never.

    `slower` and `dearer` are how much worse the pick would have to be for this one to win; infinite for those that
    do not keep the limits now, and everywhere at the pick's own machine.
    """

    faster: Floats
    cheaper: Floats
    slower: Floats
    dearer: Floats

    @classmethod
    def of(cls, found: Found, preference: Preference, outlook: Outlook) -> Self:
        """What it takes for every shape of the space."""
        prices, speeds = np.log(outlook.usd_per_hour), np.log(outlook.p50[: outlook.today])
        to_keep = _to_keep(found.limits.relaxed, found.confidence, outlook)
        to_beat = _to_beat(found, preference, speeds, prices)
        is_rival = _is_open(found, outlook)
        keeps = is_rival & (to_keep[0] <= 0.0) & (to_keep[1] <= 0.0)
        needed = [np.maximum(np.maximum(*pair), 0.0) for pair in zip(to_keep, to_beat[:2], strict=True)]
        reach = [np.where(is_rival, each, math.inf) for each in needed]
        lose = [np.where(keeps, each, math.inf) for each in to_beat[2:]]
        return cls(*reach, *lose)


def _is_open(found: Found, outlook: Outlook) -> Bools:
    """(n_shapes,) what is another machine than the pick and keeps the limits that no price or speed could change."""
    space = outlook.space
    tests = tests_over(space, outlook.speeds(None), found.limits.relaxed)
    is_open = np.broadcast_to(space.can_be_had[:, :, None], space.size)
    for name in tests.keys() - _MOVABLE:
        is_open = is_open & tests[name](space.usd_per_hour[:, :, None])
    n_ways = space.size[2]
    return np.asarray(is_open.ravel() & (np.arange(is_open.size) // n_ways != found.shape // n_ways), dtype=np.bool_)


def _to_keep(limits: Limits, confidence: float | None, outlook: Outlook) -> tuple[Floats, Floats]:
    """(n_shapes,) how much faster, and how much cheaper, each must be to keep every limit; negative: to spare."""
    usd, cautious = outlook.usd_per_hour, outlook.cautious(confidence)
    with np.errstate(divide="ignore"):  # no limit on speed at all: the logarithm of nothing
        faster = np.log(limits.least_units_per_hour(usd)) - np.log(cautious)
        cheaper = np.log(usd) - np.log(limits.most_usd_per_hour(cautious))
        too_slow = np.log(limits.least_units_per_hour(0.0)) > np.log(cautious)
    too_dear = usd * HOURS_PER_DAY > limits.max_usd_per_day
    return np.where(too_dear, math.inf, faster), np.where(too_slow, math.inf, cheaper)


def _to_beat(
    found: Found, preference: Preference, speeds: Floats, prices: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """(n_shapes,) how much faster, or cheaper, each must be, or slower, or dearer, the pick, to be worth the same."""
    speed, price = math.log(found.units_per_hour), math.log(found.usd_per_hour)
    if preference.ends is not None:
        return _to_strike(preference.ends, (speed, price), speeds, prices)
    lead = preference.utility(found.usd_per_hour, speed) - preference.utility(np.exp(prices), speeds)
    match preference.objective, preference.value_of_time_usd_per_hour:
        case "cost", _:
            helps = _other_axis(lead, speed - speeds)
            return helps, lead, helps, lead
        case "performance", _:
            helps = _other_axis(lead, prices - price)
            return lead, helps, lead, helps
        case _, None:
            return lead, lead, lead, lead
        case _, waiting:
            return lead, _price_share(lead, prices, waiting), lead, -_price_share(-lead, np.array(price), waiting)


def _other_axis(lead: Floats, behind: Floats) -> Floats:
    """What the axis that an objective does not look at can do: it decides among equals, and is otherwise for limits."""
    return np.where(lead > 0.0, math.inf, np.where(lead < 0.0, lead, behind))


def _price_share(lead: Floats, prices: Floats, waiting: float) -> Floats:
    """How far a price must fall for price + value of waiting to fall by `lead`; infinite: not even if it were free."""
    usd = np.exp(prices)
    left = np.exp(-lead) * (usd + waiting) - waiting
    return np.where(left > 0.0, -np.log(np.where(left > 0.0, left / usd, 1.0)), math.inf)


def _to_strike(
    ends: tuple[float, float], pick: tuple[float, float], speeds: Floats, prices: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """The same for the Nash product (t - slowest) (dearest - c), both ends standing still."""
    gained, left = speeds - ends[0], ends[1] - prices
    our_gain, our_left = pick[0] - ends[0], ends[1] - pick[1]
    ours, theirs = our_gain * our_left, np.maximum(gained, 0.0) * np.maximum(left, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        faster = np.where(left > 0.0, ours / left - gained, math.inf)
        cheaper = np.where(gained > 0.0, ours / gained - left, math.inf)
    return faster, cheaper, our_gain - theirs / our_left, our_left - theirs / our_gain


def _of_the_pick(found: Found, outlook: Outlook) -> Iterator[tuple[float, int, str]]:
    """How much slower, and how much dearer, the pick may be before it breaks a limit that is at stake."""
    faster, cheaper = _to_keep(found.at_stake, found.confidence, outlook)
    slower, dearer = float(-faster[found.shape]), float(-cheaper[found.shape])
    if math.isfinite(slower):
        yield _size(slower), 0, f"it is {_fall(slower)} slower than predicted: then it breaks a limit"
    if math.isfinite(dearer):
        yield _size(dearer), 5, f"its price rises by {_rise(dearer)}: then it breaks a limit"


def _of_rivals(rivals: _Rivals, outlook: Outlook) -> Iterator[tuple[float, int, str]]:
    """The nearest change of each kind that another machine would win by."""
    sentences = {
        "faster": (2, "{rival} is {rise} faster than predicted"),
        "dearer": (3, "its price rises by {rise}: then {rival} is better"),
        "cheaper": (4, "{rival} costs {fall} less"),
        "slower": (6, "it is {fall} slower than predicted: then {rival} is better"),
    }
    for name, (rank, sentence) in sentences.items():
        sizes: Floats = getattr(rivals, name)
        nearest = int(sizes.argmin())
        if math.isfinite(size := float(sizes[nearest])):
            rival = _name(outlook, nearest)
            yield _size(size), rank, sentence.format(rival=rival, rise=_rise(size), fall=_fall(size))
    if (equal := _equal(rivals)) is not None:
        yield 0.0, 1, f"anything changes: {_name(outlook, equal)} is as good"


def _equal(rivals: _Rivals) -> int | None:
    """A machine that keeps the limits and is worth as much as the pick."""
    nearest = int(rivals.dearer.argmin()), int(rivals.slower.argmin())
    sizes = float(rivals.dearer[nearest[0]]), float(rivals.slower[nearest[1]])
    return nearest[sizes.index(min(sizes))] if min(sizes) < _TIE else None


def _size(size: float) -> float:
    """Equal changes must compare as equal, whatever rounding did to them."""
    return round(max(size, 0.0), 9)


def _rise(size: float) -> str:
    return _percent(math.expm1(min(max(size, 0.0), _FARTHEST)))


def _fall(size: float) -> str:
    return _percent(-math.expm1(-max(size, 0.0)))


def _percent(share: float) -> str:
    if share < _TIE:
        return "less than 0.1 %"
    return f"{100.0 * share:.2g} %" if share < 0.1 else f"{100.0 * share:.0f} %"  # noqa: PLR2004 - two digits suffice


def _name(outlook: Outlook, shape: int) -> str:
    machine: Configuration = configuration_at(outlook, shape)
    nodes = f"{machine.node_count} x " if machine.node_count > 1 else ""
    return f"{nodes}{machine.accelerator_count} x {machine.accelerator} from {machine.provider}"
