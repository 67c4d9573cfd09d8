"""Numbers as people read them: three significant digits, units that fit, never `nan`.

Every function takes None or a number that is not finite and answers `unknown`.
"""

# ruff: noqa: PLR2004 - the numbers here are where rounding changes over; named, they would say less

import math
from collections.abc import Callable
from typing import TypeGuard

__all__ = [
    "UNKNOWN",
    "age",
    "amount",
    "chance",
    "cost_per_unit",
    "cost_per_unit_range",
    "count",
    "duration",
    "duration_range",
    "money",
    "per_how_many",
    "percent",
    "plain",
    "plural",
    "ratio",
    "singular",
    "throughput",
    "throughput_range",
]

UNKNOWN = "unknown"
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_PER = ((1.0, ""), (1e3, "1,000 "), (1e6, "million "), (1e9, "billion "), (1e12, "trillion "))
_SMALL_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3600.0, 86400.0, 365.25 * 86400.0
_LARGEST = 1e15
_IN_WORDS = 999_500.0  # from here on `plain` counts in millions
_COMPARABLE = 1000.0  # times the lower end of an interval: beyond it no number of decimals suits both
_LONGEST_UNIT = 24  # characters


def plain(value: float | None, digits: int = 3) -> str:
    """`value` to `digits` significant digits, whole above a thousand, in words above a million."""
    if not _is_number(value):
        return UNKNOWN
    if value < 0:
        return f"−{plain(-value, digits)}"
    if value >= _LARGEST:
        return "more than 1,000 trillion"
    for scale, word in _SCALES:
        if value >= scale * 0.9995:
            return f"{_significant(value / scale, digits)} {word}"
    return _significant(value, digits)


def count(number: float) -> str:
    """A count: exact below 100,000, then `801 k`, `3.2 million`."""
    if 99_999 < number < 999_500:
        return f"{number / 1e3:.0f} k"
    return plain(number, 2 if number >= 999_500 else 5)


def money(usd: float | None) -> str:
    """US dollars: $0.049, $0.83, $24.10, $136, $1,204, $2.4 billion."""
    if not _is_number(usd):
        return UNKNOWN
    return f"−{_dollars(-usd)}" if usd < 0 else _dollars(usd)


def amount(usd: float | None) -> str:
    """What is paid once, not a price to be compared: whole cents from ten cents on."""
    return money(round(usd, 2) if _is_number(usd) and abs(usd) >= 0.1 else usd)


def _dollars(usd: float) -> str:
    """Cents where they matter: two decimals below a hundred, a third below a dollar only when it says something."""
    if 0 < usd < 0.0005:
        return "less than $0.001"
    if usd >= _LARGEST:
        return "more than $1,000 trillion"
    if not 0.1 <= usd < 99.995:
        return f"${plain(usd)}"
    has_mills = usd < 1 and not math.isclose(round(usd, 2), round(usd, 3), abs_tol=1e-9)
    return f"${usd:.{3 if has_mills else 2}f}".removesuffix(".00")


def throughput(per_hour: float | None, unit: str, like: float | None = None) -> str:
    """Units an hour; a day where an hour holds less than a tenth of one. `like`: the throughput that decides which."""
    if not _is_number(per_hour):
        return UNKNOWN
    hours, period = _period(per_hour if like is None else like)
    return f"{plain(per_hour * hours)} {plural(unit)}/{period}"


def throughput_range(low: float, high: float, middle: float | None = None, like: float | None = None) -> str:
    """A throughput interval as bare numbers, counted as `throughput(middle, unit, like)`; None: as the upper end."""
    middle = high if middle is None else middle
    hours, _ = _period(middle if like is None else like)
    scale, word = _magnitude(middle * hours)
    both = _range(low * hours / scale, high * hours / scale, plain)
    return f"{both} {word}" if word else both


def cost_per_unit(usd: float | None, unit: str, like: float | None = None) -> str:
    """`$0.049 per clip`; `$2.10 per million tokens` where one costs next to nothing.

    `like`: the cost that decides how many units are counted together, so that costs side by side compare.
    """
    if not _is_number(usd):
        return UNKNOWN
    scale, word = per_how_many(usd if like is None else like)
    return f"{money(usd * scale)} per {word}{plural(unit) if word else singular(unit)}"


def cost_per_unit_range(low: float, high: float, like: float | None = None) -> str:
    """A cost interval: beside the cost `like` in its scale and without its words, alone with the scale named."""
    scale, word = per_how_many(high if like is None else like)
    suffix = f" per {word.strip()}" if word and like is None else ""
    return _range(low * scale, high * scale, _exactly, sign="$", least=2) + suffix


def per_how_many(usd: float) -> tuple[float, str]:
    """The number of units whose cost reads as cents or more, and its word: (1e6, "million ")."""
    if not 0 < usd < math.inf:
        return _PER[0]
    return next((pair for pair in _PER if usd * pair[0] >= 0.01), _PER[-1])


def duration(seconds: float | None) -> str:
    """A length of time in at most two units: 3.4 ms, 48.3 s, 4 min 50 s, 3 h 20 min, 12 days."""
    if not _is_number(seconds):
        return UNKNOWN
    if seconds < 59.95:
        return _short(seconds)
    if seconds < 3599.5:
        return _two(seconds, _MINUTE, "min", 1.0, "s")
    if seconds < _DAY - 30:
        return _two(seconds, _HOUR, "h", _MINUTE, "min")
    if seconds < 2 * _YEAR:
        return _named(seconds / _DAY, "day")
    return _named(seconds / _YEAR, "year")


def duration_range(low: float, high: float) -> str:
    """An interval of time: 1 min 5 s–1 min 22 s."""
    return _both(duration(low), duration(high))


def age(days: float) -> str:
    """How old something is: today, 1 day old, 12 days old, 8 months old."""
    if days < 1:
        return "from today"
    if days < 100:
        return f"{_named(math.floor(days), 'day')} old"
    return f"{_named(math.floor(days / 30.44), 'month')} old"


def percent(fraction: float | None) -> str:
    """A fraction as a percentage: 6 %, 0.4 %, 97 %; never 0 % or 100 % of what is neither."""
    if not _is_number(fraction):
        return UNKNOWN
    value = 100 * fraction
    if 0 < abs(value) < 0.1:
        return "less than 0.1 %"
    if 99 < value < 100:
        return "more than 99 %"
    return f"{plain(value, 1 if abs(value) < 1 else 2)} %"


def chance(probability: float | None) -> str:
    """A probability as a percentage that is never certain: more than 99 %, 55 %, less than 1 %."""
    if not _is_number(probability):
        return UNKNOWN
    if not 0.01 <= probability <= 0.99:
        return "more than 99 %" if probability > 0.5 else "less than 1 %"
    return f"{100 * probability:.0f} %"


def ratio(factor: float | None) -> str:
    """How many times as much: 3.9×, 1.02×, 120×."""
    if not _is_number(factor):
        return UNKNOWN
    return f"{plain(factor, 3 if abs(factor - 1) < 0.1 else 2)}×"


def plural(unit: str) -> str:
    """Several units: clips, batches, queries; a plural or a word without a Latin end stays."""
    if unit.endswith(("x", "ch", "sh", "ss")):
        return _brief(f"{unit}es")
    if unit.endswith("s") or not unit[-1:].isascii() or not unit[-1:].isalpha():
        return _brief(unit)
    if unit.endswith("y") and unit[-2:-1] not in "aeiou":
        return _brief(f"{unit[:-1]}ies")
    return _brief(f"{unit}s")


def singular(unit: str) -> str:
    """One unit: `tokens` becomes token."""
    is_plural = len(unit) > 2 and unit.endswith("s") and not unit.endswith(("ss", "us", "is"))
    return _brief(unit[:-1] if is_plural else unit)


def _brief(unit: str) -> str:
    """A unit stands in every line of a card: what is longer than a word or two is cut."""
    return unit if len(unit) <= _LONGEST_UNIT else f"{unit[: _LONGEST_UNIT - 1].rstrip()}…"


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _significant(value: float, digits: int) -> str:
    """Decimal digits without an exponent and without trailing zeros; whole from a thousand on."""
    if value == 0:
        return "0"
    text = f"{value:,.{_decimals(value, digits)}f}" if value < 1000 else f"{value:,.0f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text != "0" else "less than 0.000000000000001"


def _period(per_hour: float) -> tuple[float, str]:
    return (24.0, "day") if 0 < per_hour < 0.1 else (1.0, "h")


def _magnitude(value: float) -> tuple[float, str]:
    return next(((scale, word) for scale, word in _SCALES if value >= scale * 0.9995), (1.0, ""))


def _exactly(usd: float) -> str:
    """An end of an interval: small amounts with their digits, where `money` would only call them small."""
    return f"${plain(usd)}" if 0 < usd < 0.1 else money(usd)


def _short(seconds: float) -> str:
    scale, unit = next((pair for pair in _SMALL_TIMES if seconds >= pair[0] * 0.9995), _SMALL_TIMES[-1])
    return f"{plain(seconds / scale)} {unit}" if seconds else "0 s"


def _two(seconds: float, large: float, large_name: str, small: float, small_name: str) -> str:
    whole, rest = divmod(round(seconds / small), round(large / small))
    return f"{whole} {large_name} {rest} {small_name}" if rest else f"{whole} {large_name}"


def _named(number: float, name: str) -> str:
    text = plain(number)
    return f"{text} {name}" if text == "1" else f"{text} {name}s"


def _range(low: float, high: float, said: Callable[[float], str], sign: str = "", least: int = 0) -> str:
    """Both ends with as many decimals: three digits of the upper end, two of the lower one, no zeros that both have.

    Where they are so far apart, or so large, that this reads badly, each is `said` alone. `least`: decimals of what
    has any.
    """
    if not (0 < low <= high < _COMPARABLE * low and high < _IN_WORDS):
        return _both(said(low), said(high))
    decimals = max(_decimals(high, 3), _decimals(low, 2))
    decimals = max(decimals, least) if decimals else 0
    ends = [f"{end:,.{decimals}f}" for end in (low, high)]
    while decimals > least and all(end.endswith("0") for end in ends):
        decimals, ends = decimals - 1, [end[:-1] for end in ends]
    if all(end.endswith("." + "0" * decimals) for end in ends):
        ends = [end.partition(".")[0] for end in ends]
    return _both(f"{sign}{ends[0]}", ends[1])


def _decimals(value: float, digits: int) -> int:
    """So many decimals show so many digits of it."""
    return min(max(digits - 1 - math.floor(math.log10(value)), 0), 15)


def _both(low: str, high: str) -> str:
    return low if low.removeprefix("$") == high.removeprefix("$") else f"{low}–{high.removeprefix('$')}"
