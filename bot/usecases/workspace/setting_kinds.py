"""How the value of a setting is written: percentages, money, counts, choices, people."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.usecases.words import amounts
from bot.usecases.words.problems import Unreadable

__all__ = [
    "PEOPLE",
    "Kind",
    "factor",
    "flag",
    "hours",
    "money",
    "never",
    "one_of",
    "or_none",
    "share",
    "some_of",
    "whole",
]

_NEVER = "never"
_NONE = "none"
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]+)")
_MOST_PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written. `read` raises Unreadable; `spell` writes what `read` reads as the same value again.

    `options` are the words to choose from; without them it is typed. `shape` says which input a form needs, and
    `empty` what it means to leave that empty; without it the default.
    """

    read: Callable[[str], Any]
    spell: Callable[[Any], str]
    shape: str = "typed"
    options: Mapping[str, str] | None = None
    empty: str = ""


def number(value: float, thousands: str = "") -> str:
    return f"{Decimal(repr(value)):{thousands}f}".removesuffix(".0")


def share(least: float, most: float) -> Kind:
    """A share between two, written in percent with or without the sign."""
    hint = f"write a percentage from {number(least)} to {number(most)}, such as 10 %"

    def read_share(text: str) -> float:
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%?", text)
        if found is None or not least <= float(found[1]) <= most:
            raise Unreadable(f"{text[:40]!r} is no such percentage", hint)
        return float(Decimal(found[1]) / 100)

    return Kind(read_share, lambda value: f"{number(float(round(Decimal(repr(value)) * 100, 6).normalize()))} %")


def factor(least: float, most: float) -> Kind:
    """One and a share: 1.1 is written 10 %."""
    part = share(least, most)
    exact = Decimal(1)
    return Kind(
        lambda text: float(exact + Decimal(repr(part.read(text)))),
        lambda value: part.spell(float(Decimal(repr(value)) - exact)),
    )


def never(kind: Kind) -> Kind:
    """A threshold that may be out of reach."""
    return Kind(
        lambda text: None if text.casefold() == _NEVER else kind.read(text),
        lambda value: _NEVER if value is None else kind.spell(value),
    )


def whole(least: int, most: int) -> Kind:
    """A whole number between two."""
    hint = f"write a whole number from {least} to {most:,}"

    def read_whole(text: str) -> int:
        digits = text.removesuffix("days").removesuffix("day").strip()
        if not re.fullmatch(r"[0-9]{1,6}", digits) or not least <= int(digits) <= most:
            raise Unreadable(f"{text[:40]!r} is no such number", hint)
        return int(digits)

    return Kind(read_whole, str)


def money(per: str, hint: str) -> Kind:
    """US dollars a `day` or an `hour`."""
    return Kind(lambda text: amounts.money(text, per, hint), lambda value: f"${number(value, ',')}/{per}")


def hours(most: float) -> Kind:
    """Hours, from none to so many."""
    hint = f"write a number of hours up to {number(most)}, such as 4"

    def read_hours(text: str) -> float:
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(?:h|hours?)?", text.casefold())
        if found is None or float(found[1]) > most:
            raise Unreadable(f"{text[:40]!r} is no such number of hours", hint)
        return float(found[1])

    return Kind(read_hours, number)


def one_of(options: Mapping[str, str]) -> Kind:
    """One of `options` (word to label)."""
    hint = f"choose {' or '.join(options)}"

    def read_one(text: str) -> str:
        if text.casefold() not in options:
            raise Unreadable(f"{text[:40]!r} is none of the choices", hint)
        return text.casefold()

    return Kind(read_one, str, "one", options)


def flag() -> Kind:
    """Yes or no."""
    options = {"yes": "Yes", "no": "No"}
    return Kind(
        lambda text: amounts.flag(text, "write yes or no"), lambda value: "yes" if value else "no", "one", options
    )


def some_of(options: Mapping[str, str], aliases: Mapping[str, str], values: Mapping[str, str]) -> Kind:
    """Some of `options` (word to label); `values` are what the field holds, by word."""
    words = {value: word for word, value in values.items()}

    def read_some(text: str) -> tuple[str, ...]:
        found = [aliases.get(item.casefold(), item.casefold()) for item in amounts.items(text)]
        if unknown := [item for item in found if item not in values]:
            raise Unreadable(f"{unknown[0][:40]!r} is none of the choices", f"choose among {', '.join(options)}")
        return tuple(values[word] for word in options if word in found)

    return Kind(read_some, lambda value: ", ".join(words[each] for each in value), "some", options)


def or_none(kind: Kind) -> Kind:
    """Some of the options, or none of them."""
    return Kind(
        lambda text: () if text.casefold() == _NONE else kind.read(text),
        lambda value: kind.spell(value) or _NONE,
        kind.shape,
        kind.options,
        _NONE,
    )


def _read_people(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for item in re.split(r"[,;\s]+", text):
        person = _MENTION.fullmatch(item)
        if person is None:
            raise Unreadable(f"{item[:40]!r} is nobody I can find", "choose people in the form, or write their ids")
        found.append(person[1] or person[2])
    return tuple(dict.fromkeys(found))[:_MOST_PEOPLE]


PEOPLE = Kind(_read_people, ", ".join, "people")
