"""What stands in the inputs around a pressed button or in a submitted modal, whichever element it was put into."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator

from bot.usecases.words.wording import tidy

__all__ = ["Inputs", "chosen", "flattened"]

_LONGEST = 3000  # characters of one input, as Slack has it
_MOST = 100  # options of one menu, and inputs of one view
_SINGLE = ("value", "selected_date", "selected_time", "selected_user", "selected_channel", "selected_conversation")
_MANY = ("selected_users", "selected_channels", "selected_conversations")


def chosen(element: Mapping[str, Any]) -> tuple[str, ...]:
    """What one element holds: the text typed, or the value of each option chosen; nothing of any other shape."""
    return tuple(tidy(text[:_LONGEST]) for text in _texts(element) if isinstance(text, str))[:_MOST]


def flattened(state: Any) -> dict[str, tuple[str, ...]]:
    """The `state` of a view or a message as block id -> what stands in its one input; odd parts are left out."""
    values = state.get("values") if isinstance(state, Mapping) else None
    if not isinstance(values, Mapping):
        return {}
    blocks = [(name, block) for name, block in values.items() if isinstance(name, str) and isinstance(block, Mapping)]
    return {
        tidy(name): tuple(
            text for element in block.values() if isinstance(element, Mapping) for text in chosen(element)
        )
        for name, block in blocks[:_MOST]
    }


def _texts(element: Mapping[str, Any]) -> Iterator[Any]:
    yield from (element.get(key) for key in _SINGLE)
    yield _value(element.get("selected_option"))
    for key in _MANY:
        yield from _listed(element.get(key))
    yield from (_value(option) for option in _listed(element.get("selected_options")))


def _value(option: Any) -> Any:
    return option.get("value") if isinstance(option, Mapping) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


Inputs: TypeAlias = Annotated[dict[str, tuple[str, ...]], BeforeValidator(flattened)]
"""A field of a payload that is read with `flattened`."""
