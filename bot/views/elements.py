"""What can be pressed or chosen, as the macro `element` of the templates takes it."""

from collections.abc import Iterable
from typing import Any, TypeAlias

__all__ = ["Element", "button", "menu", "option", "overflow"]

Element: TypeAlias = dict[str, Any]
"""A button or a menu."""

_MOST = 5  # options of an overflow menu, as Slack has it


def button(label: str, action: str, value: str, *, style: str | None = None, spoken: str | None = None) -> Element:
    """A button. `style` is primary or danger; `spoken` is what a screen reader says instead of the label."""
    return {"label": label, "action": action, "value": value, "style": style, "spoken": spoken}


def menu(label: str, action: str, options: Iterable[tuple[str, str]]) -> Element:
    """A menu of (label, value) that acts at once; its own label says what choosing does."""
    return {"label": label, "action": action, "options": [option(*each) for each in options]}


def overflow(options: Iterable[tuple[str, str]]) -> Element:
    """The menu behind three dots; each value begins with the action that it stands for."""
    return {"label": "More", "action": "more", "options": [option(*it) for it in options][:_MOST], "is_overflow": True}


def option(label: str, value: str) -> dict[str, str]:
    """One entry of a menu, or one box to tick."""
    return {"label": label, "value": value}
