"""Slack's limits on a message: everything is shortened visibly before it would be refused.

Lengths are counted in UTF-16 units, which is never less than what Slack counts.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

__all__ = ["BLOCKS", "LABEL", "TEXT", "VIEW_BLOCKS", "fitted", "shortened"]

BLOCKS = 50
VIEW_BLOCKS = 100
TEXT = 3000  # the fallback text; Slack cuts at 40,000, a notification long before
_SECTION, _FIELDS, _FIELD, _HEADER, _CONTEXT, _CONTEXTS, _ACTIONS = 3000, 10, 2000, 150, 2000, 10, 25
LABEL = 75  # of a button or an option
_ALT = 2000
_PLACEHOLDER, _OPTIONS = 150, 100
_DIALOG_TITLE, _DIALOG_TEXT, _DIALOG_BUTTON = 100, 300, 30
_ELLIPSIS = "…"
_EMPTY = "–"
_PARTIAL = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)$")  # an entity or a mention that a cut went through
_JOINERS = {"\u200b", "\u200c", "\u200d", "\u2068"}


def fitted(blocks: list[dict[str, Any]], most: int = BLOCKS) -> tuple[Mapping[str, Any], ...]:
    """`blocks` within every limit: what is too long ends in an ellipsis, what is too many ends in a count."""
    kept = [_fitted_block(block) for block in blocks]
    if len(kept) > most:
        left_off = f"{_ELLIPSIS} and {len(kept) - most + 1} more parts, left off to stay within the limit"
        kept[most - 1 :] = [{"type": "context", "elements": [{"type": "mrkdwn", "text": left_off}]}]
    return tuple(kept)


def shortened(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of `text`, ending in an ellipsis when cut, never inside an entity or a letter."""
    if not text.strip():
        return _EMPTY
    if _length(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "replace")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    kept = _PARTIAL.sub("", kept).rstrip()
    while kept and (kept[-1] in _JOINERS or unicodedata.combining(kept[-1])):
        kept = kept[:-1]
    return kept + _ELLIPSIS


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _fitted_block(block: dict[str, Any]) -> dict[str, Any]:
    match block["type"]:
        case "header":
            return block | {"text": _fitted_text(block["text"], _HEADER)}
        case "section":
            return block | _fitted_section(block)
        case "context":
            return block | {"elements": [_fitted_text(text, _CONTEXT) for text in block["elements"][:_CONTEXTS]]}
        case "actions":
            return block | {"elements": [_fitted_element(each) for each in block["elements"][:_ACTIONS]]}
        case "image":
            return block | {"alt_text": shortened(block["alt_text"], _ALT)}
        case _:
            return block


def _fitted_section(block: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if "text" in block:
        parts["text"] = _fitted_text(block["text"], _SECTION)
    if "fields" in block:
        parts["fields"] = [_fitted_text(field, _FIELD) for field in block["fields"][:_FIELDS]]
    if "accessory" in block:
        parts["accessory"] = _fitted_element(block["accessory"])
    return parts


def _fitted_element(element: dict[str, Any]) -> dict[str, Any]:
    """Labels are cut; `action_id` and `value` are ours and a cut one would act wrongly, so they stay as they are."""
    labels: dict[str, Any] = {}
    for name, limit in (("text", LABEL), ("placeholder", _PLACEHOLDER)):
        if name in element:
            labels[name] = _fitted_text(element[name], limit)
    if "accessibility_label" in element:
        labels["accessibility_label"] = shortened(element["accessibility_label"], LABEL)
    if "confirm" in element:
        labels["confirm"] = _fitted_confirm(element["confirm"])
    if "options" in element:
        labels["options"] = [it | {"text": _fitted_text(it["text"], LABEL)} for it in element["options"][:_OPTIONS]]
    return element | labels


def _fitted_confirm(dialog: dict[str, Any]) -> dict[str, Any]:
    limits = {"title": _DIALOG_TITLE, "text": _DIALOG_TEXT, "confirm": _DIALOG_BUTTON, "deny": _DIALOG_BUTTON}
    return dialog | {name: _fitted_text(dialog[name], limit) for name, limit in limits.items() if name in dialog}


def _fitted_text(text: dict[str, Any], limit: int) -> dict[str, Any]:
    return text | {"text": shortened(text["text"], limit)}
