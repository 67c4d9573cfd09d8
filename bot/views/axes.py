"""The axes of a chart: from where to where, and which round numbers are written out."""

import math
from collections.abc import Callable, Sequence

from bot.charts import Axis
from bot.views.numbers import duration, money

__all__ = ["money_axis", "time_axis"]

_ROOM = 0.16  # of an axis, left free at either end
_LEAST_RATIO = 2.5  # between the ends of an axis: what is flat within a few per cent must look flat
_NARROW = 8.0  # below it, evenly spaced numbers read better than 1, 2, 5, 10
_STEPS = 3.0  # about so many evenly spaced numbers
_MOST = 5
_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3600.0, 86400.0, 365.25 * 86400.0
_SHORTEST = 9.0  # seconds: up to here people count times in tens, as they do money
_ROUND_TIMES = (
    *(10.0, 20.0, 30.0),
    *(number * _MINUTE for number in (1, 2, 5, 10, 20, 30)),
    *(number * _HOUR for number in (1, 2, 4, 8)),
    *(number * _DAY for number in (1, 2, 5, 10, 30, 100, 365.25)),
)


def time_axis(title: str, seconds: Sequence[float]) -> Axis:
    """Of times per unit, which are more than 0."""
    low, high = _ends(seconds)
    return Axis(title, low, high, _written(_thinned(_times(low, high)), duration))


def money_axis(title: str, usd: Sequence[float], scale: float) -> Axis:
    """Of costs per unit, which are more than 0, written as the cost of `scale` units."""
    low, high = _ends(usd)
    found = _evenly(low, high, scale) if high / low < _NARROW else _by_decades(low * scale, high * scale)
    ticks = [value if high / low < _NARROW else value / scale for value in found]
    return Axis(title, low, high, _written(_thinned(ticks), lambda value: money(value * scale)))


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Around `values`, with room for words at both ends, and never so near to them that noise looks like a slope."""
    low, high = math.log(min(values)), math.log(max(values))
    half = max((high - low) * (0.5 + _ROOM), math.log(_LEAST_RATIO) / 2)
    middle = (low + high) / 2
    return math.exp(middle - half), math.exp(middle + half)


def _times(low: float, high: float) -> list[float]:
    """Round times: of one unit where the axis is narrow, else whatever people call round."""
    if high / low < _NARROW:
        unit = next((unit for unit in (_YEAR, _DAY, _HOUR, _MINUTE) if math.sqrt(low * high) >= unit), 1.0)
        return _evenly(low, high, 1.0 / unit)
    short = _by_decades(low, min(high, _SHORTEST)) if low < _SHORTEST else []
    middle = [value for value in _ROUND_TIMES if low <= value <= high]
    years = [value * _YEAR for value in _by_decades(max(low / _YEAR, 2.0), high / _YEAR)] if high > 2 * _YEAR else []
    return [*short, *middle, *years]


def _evenly(low: float, high: float, scale: float) -> list[float]:
    """Values between the ends that are multiples of a round step once they are multiplied by `scale`."""
    rough = (high - low) * scale / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(number for number in (1, 2, 5, 10) if number * power >= rough * 0.7)
    first = math.ceil(low * scale / step)
    return [number * step / scale for number in range(first, math.floor(high * scale / step) + 1)]


def _by_decades(low: float, high: float) -> list[float]:
    """1, 2, 5, 10 … between the ends, 1, 3, 10 … where these are too many, else the decades alone."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for numbers in ((1, 2, 5), (1, 3), (1,)):
        found = [number * 10.0**decade for decade in decades for number in numbers]
        inside = [value for value in found if low <= value <= high]
        if len(inside) <= _MOST:
            break
    return inside


def _thinned(values: list[float]) -> list[float]:
    """Every so manieth, so that the numbers keep apart."""
    return values[:: math.ceil(len(values) / _MOST)] if values else []


def _written(values: list[float], word: Callable[[float], str]) -> tuple[tuple[float, str], ...]:
    return tuple((value, word(value)) for value in values)
