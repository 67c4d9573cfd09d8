"""Small checks that compose: each yields one sentence for every thing wrong, with a JSON pointer to it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = [
    "Rule",
    "anything",
    "at_least_one_of",
    "choice",
    "either",
    "file_id",
    "flag",
    "many",
    "shape",
    "string",
    "text",
    "whole",
]

_FILE_ID = re.compile("^F[A-Z0-9]{8,}$")
Rule = Callable[[Any, str], Iterator[str]]


def _problem(sentence: str, where: str) -> str:
    return f"[ERROR] {sentence} [json-pointer:{where}]"


def anything(_value: Any, _where: str) -> Iterator[str]:
    """Accept whatever stands there."""
    yield from ()


def flag(value: Any, where: str) -> Iterator[str]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield _problem("must be a boolean", where)


def whole(value: Any, where: str) -> Iterator[str]:
    """Accept a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        yield _problem("must be an integer", where)


def string(most: int, least: int = 1) -> Rule:
    """Accept a string of `least` to `most` characters."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _problem("must be a string", where)
        elif len(value) > most:
            yield _problem(f"must be less than {most + 1} characters", where)
        elif len(value) < least:
            yield _problem(f"must be more than {least - 1} characters", where)

    return check


def file_id(value: Any, where: str) -> Iterator[str]:
    """Accept what looks like the id of a file."""
    if not (isinstance(value, str) and _FILE_ID.fullmatch(value)):
        yield _problem(f"must match regex pattern: {_FILE_ID.pattern}", where)


def choice(*values: str) -> Rule:
    """Accept one of these words."""

    def check(value: Any, where: str) -> Iterator[str]:
        if value not in values:
            yield _problem(f"must be one of {', '.join(values)}", where)

    return check


def text(most: int, *kinds: str) -> Rule:
    """Accept a text object of these kinds with 1 to `most` characters."""
    of_plain = shape({"type": choice(*kinds), "text": string(most)}, {"emoji": flag})
    of_mrkdwn = shape({"type": choice(*kinds), "text": string(most)}, {"verbatim": flag})

    def check(value: Any, where: str) -> Iterator[str]:
        is_mrkdwn = isinstance(value, Mapping) and value.get("type") == "mrkdwn"
        yield from (of_mrkdwn if is_mrkdwn else of_plain)(value, where)

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Accept an object with these fields and no others."""
    fields = {**required, **(optional or {})}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield _problem("must be an object", where)
            return
        for missing in required.keys() - value.keys():
            yield _problem(f"missing required field: {missing}", where)
        for extra in value.keys() - fields.keys():
            yield _problem(f"invalid additional property: {extra}", where)
        for key in fields.keys() & value.keys():
            yield from fields[key](value[key], f"{where}/{key}")

    return check


def many(rule: Rule, most: int, least: int = 1) -> Rule:
    """Accept a list of `least` to `most` things that each pass `rule`."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list | tuple):
            yield _problem("must be an array", where)
            return
        if len(value) > most:
            yield _problem(f"no more than {most} items allowed", where)
        if len(value) < least:
            yield _problem(f"must provide at least {least} items", where)
        for index, item in enumerate(value):
            yield from rule(item, f"{where}/{index}")

    return check


def either(key: str, rules: Mapping[str, Rule]) -> Rule:
    """Accept an object whose `key` names the rule it must pass."""

    def check(value: Any, where: str) -> Iterator[str]:
        kind = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(kind, str) or kind not in rules:
            yield _problem(f"unsupported {key}: {kind}", where)
        else:
            yield from rules[kind](value, where)

    return check


def at_least_one_of(rule: Rule, *keys: str) -> Rule:
    """Accept what passes `rule` and carries at least one of `keys`."""

    def check(value: Any, where: str) -> Iterator[str]:
        yield from rule(value, where)
        if isinstance(value, Mapping) and not value.keys() & set(keys):
            yield _problem(f"missing one of: {', '.join(keys)}", where)

    return check
