"""Numbers as people write them: `500/h`, `$200/day`, `10k`, `1,000`, `1e-6`, `yes`."""

import re

from bot.usecases.words.problems import Unreadable

__all__ = ["flag", "items", "money", "rate", "whole"]

_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0}
_PERIODS = {
    **dict.fromkeys(("s", "sec", "second"), "second"),
    **dict.fromkeys(("m", "min", "minute"), "minute"),
    **dict.fromkeys(("h", "hr", "hour"), "hour"),
    **dict.fromkeys(("d", "day"), "day"),
    **dict.fromkeys(("w", "wk", "week"), "week"),
}
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_AMOUNT = re.compile(
    r"(?P<dollar>usd|us\$|\$)?\s*"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?P<exponent>e[+-]?[0-9]{1,4})?(?P<scale>[kmb]?)(?P<dollars>\s*(?:usd|\$))?"
    r"(?:\s+[^\W\d_][\w-]*)??"  # `500 clips/h`: the noun must stand apart, or `5kclips` would be read as 5
    r"\s*(?:(?:/|per\b)\s*(?P<period>[^\W\d_][\w-]*))?",
)
_MINUS = ("-", "−", "–")
_LARGEST = 1e12
_MOST = 100_000  # of anything that is counted
_LONGEST = 60  # characters; keeps the pattern's work small
_FLAGS = dict.fromkeys(("yes", "y", "true", "on", "1"), True) | dict.fromkeys(("no", "n", "false", "off", "0"), False)


def rate(text: str) -> float:
    """Units per hour, > 0, of `500/h`, `12k/day`, `500 clips/hour`; a bare number is per hour.

    Raises:
        Unreadable: no such number.
    """
    hint = "write units per hour, such as floor=500/h"
    number, period, is_money = _amount(text, hint)
    if is_money:
        raise Unreadable(f"{text!r} is money, not a speed", hint)
    return number / _hours(period or "hour", hint)


def money(text: str, per: str | None, hint: str) -> float:
    """US dollars, > 0; with `per` (`hour`, `day`) converted to that period, which a bare number is taken to mean.

    Raises:
        Unreadable: no such amount, or another currency.
    """
    number, period, _ = _amount(text, hint)
    if per is None:
        return number
    return number / _hours(period or per, hint) * _HOURS[per]


def whole(text: str, hint: str) -> int:
    """A whole number from 1 to 100,000.

    Raises:
        Unreadable: anything else.
    """
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= _MOST:
        raise Unreadable(f"{text[:_LONGEST]!r} is not a whole number from 1 to {_MOST:,}", hint)
    return int(text)


def flag(text: str, hint: str) -> bool:
    """Yes or no.

    Raises:
        Unreadable: neither.
    """
    if text.casefold() not in _FLAGS:
        raise Unreadable(f"{text[:_LONGEST]!r} is neither yes nor no", hint)
    return _FLAGS[text.casefold()]


def items(text: str) -> tuple[str, ...]:
    """The parts of a list separated by commas or semicolons, each once."""
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,;]", text) if part.strip()))


def _amount(text: str, hint: str) -> tuple[float, str | None, bool]:
    folded = text.strip().casefold()
    is_negative = folded[:1] in _MINUS
    found = _AMOUNT.fullmatch(folded[is_negative:]) if len(text) <= _LONGEST else None
    if found is None:
        raise Unreadable(f"{text[:_LONGEST]!r} is not a number I can read", hint)
    number = _number(found)
    if is_negative or not 0 < number <= _LARGEST:
        raise Unreadable(f"{text!r} must be above 0 and at most a million million", hint)
    return number, found["period"], bool(found["dollar"] or found["dollars"])


def _number(found: re.Match[str]) -> float:
    """What is so large that no number holds it is infinite, and refused as too large."""
    return float(found["number"].replace(",", "") + (found["exponent"] or "")) * _SCALES[found["scale"]]


def _hours(period: str, hint: str) -> float:
    name = _PERIODS.get(period.removesuffix("s") or period)
    if name is None:
        raise Unreadable(f"{period!r} is no period I know", hint)
    return _HOURS[name]
