"""What Slack accepts as blocks and views, with its limits: https://docs.slack.dev/reference/block-kit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.local.rules import (
    Rule,
    anything,
    at_least_one_of,
    choice,
    either,
    file_id,
    flag,
    many,
    shape,
    string,
    text,
    whole,
)

__all__ = ["completed", "message_problems", "view_problems"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

_PLAIN = ("plain_text",)
_ANY_TEXT = ("plain_text", "mrkdwn")
_ACTION: dict[str, Rule] = {"action_id": string(255)}
_TYPE: dict[str, Rule] = {"type": anything}

_CONFIRM = shape(
    {
        "title": text(100, *_PLAIN),
        "text": text(300, *_ANY_TEXT),
        "confirm": text(30, *_PLAIN),
        "deny": text(30, *_PLAIN),
    },
    {"style": choice("primary", "danger")},
)
_OPTION = shape(
    {"text": text(75, *_ANY_TEXT), "value": string(150)}, {"description": text(75, *_ANY_TEXT), "url": string(3000)}
)
_GROUP = shape({"label": text(75, *_PLAIN), "options": many(_OPTION, 100)})
_PICKER: dict[str, Rule] = {
    **_ACTION,
    "placeholder": text(150, *_PLAIN),
    "confirm": _CONFIRM,
    "focus_on_load": flag,
}
_OPTIONS: dict[str, Rule] = {"options": many(_OPTION, 100), "option_groups": many(_GROUP, 100)}
_MANY: dict[str, Rule] = {**_PICKER, "max_selected_items": whole}
_WRITTEN: dict[str, Rule] = {
    **_ACTION,
    "placeholder": text(150, *_PLAIN),
    "initial_value": string(3000, 0),
    "dispatch_action_config": anything,
    "focus_on_load": flag,
}
_IMAGE: dict[str, Rule] = {"image_url": string(3000), "slack_file": shape({}, {"id": file_id, "url": string(3000)})}


def _picker(more: Mapping[str, Rule], required: Mapping[str, Rule] | None = None) -> Rule:
    return shape({**_TYPE, **(required or {})}, {**_PICKER, **more})


def _of_people_or_places(kind: str) -> dict[str, Rule]:
    singular = {"initial_" + kind.removesuffix("s"): anything}
    plural = {"initial_" + kind: anything}
    more: dict[str, Rule] = {"response_url_enabled": flag, "filter": anything, "default_to_current_conversation": flag}
    return {
        f"{kind}_select": _picker({**singular, **more}),
        f"multi_{kind}_select": shape(_TYPE, {**_MANY, **plural, **more}),
    }


_ELEMENTS: dict[str, Rule] = {
    "button": shape(
        {**_TYPE, "text": text(75, *_PLAIN)},
        {
            **_ACTION,
            "url": string(3000),
            "value": string(2000),
            "style": choice("primary", "danger"),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": shape({**_TYPE, "options": many(_OPTION, 5)}, {**_ACTION, "confirm": _CONFIRM}),
    "image": at_least_one_of(shape({**_TYPE, "alt_text": string(2000)}, _IMAGE), *_IMAGE),
    "static_select": at_least_one_of(_picker({**_OPTIONS, "initial_option": _OPTION}), *_OPTIONS),
    "multi_static_select": at_least_one_of(
        shape(_TYPE, {**_MANY, **_OPTIONS, "initial_options": many(_OPTION, 100)}), *_OPTIONS
    ),
    "external_select": _picker({"initial_option": _OPTION, "min_query_length": whole}),
    "multi_external_select": shape(_TYPE, {**_MANY, "initial_options": many(_OPTION, 100), "min_query_length": whole}),
    **_of_people_or_places("users"),
    **_of_people_or_places("conversations"),
    **_of_people_or_places("channels"),
    "datepicker": _picker({"initial_date": string(10)}),
    "timepicker": _picker({"initial_time": string(5), "timezone": string(100)}),
    "datetimepicker": _picker({"initial_date_time": whole}),
    "checkboxes": _picker({"initial_options": many(_OPTION, 10)}, {"options": many(_OPTION, 10)}),
    "radio_buttons": _picker({"initial_option": _OPTION}, {"options": many(_OPTION, 10)}),
    "plain_text_input": shape(_TYPE, {**_WRITTEN, "multiline": flag, "min_length": whole, "max_length": whole}),
    "number_input": shape(
        {**_TYPE, "is_decimal_allowed": flag}, {**_WRITTEN, "min_value": string(100), "max_value": string(100)}
    ),
    "url_text_input": shape(_TYPE, _WRITTEN),
    "email_text_input": shape(_TYPE, _WRITTEN),
}
_ELEMENT = either("type", _ELEMENTS)
_IN_CONTEXT = either(
    "type",
    {"image": _ELEMENTS["image"], "plain_text": text(2000, *_ANY_TEXT), "mrkdwn": text(2000, *_ANY_TEXT)},
)


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return shape({**_TYPE, **required}, {"block_id": string(255), **(optional or {})})


_BLOCKS: dict[str, Rule] = {
    "header": _block({"text": text(150, *_PLAIN)}),
    "section": at_least_one_of(
        _block(
            {},
            {
                "text": text(3000, *_ANY_TEXT),
                "fields": many(text(2000, *_ANY_TEXT), 10),
                "accessory": _ELEMENT,
                "expand": flag,
            },
        ),
        "text",
        "fields",
    ),
    "context": _block({"elements": many(_IN_CONTEXT, 10)}),
    "actions": _block({"elements": many(_ELEMENT, 25)}),
    "divider": _block({}),
    "image": at_least_one_of(_block({"alt_text": string(2000)}, {**_IMAGE, "title": text(2000, *_PLAIN)}), *_IMAGE),
    "rich_text": _block({"elements": many(anything, 1000)}),
    "table": _block({"rows": many(many(anything, 20), 100)}, {"column_settings": anything}),
    "input": _block(
        {"label": text(2000, *_PLAIN), "element": _ELEMENT},
        {"hint": text(2000, *_PLAIN), "optional": flag, "dispatch_action": flag},
    ),
}
_BLOCK = either("type", _BLOCKS)
_VIEW: dict[str, Rule] = {
    "type": choice("modal", "home"),
    "blocks": many(_BLOCK, VIEW_BLOCKS, 0),
}
_VIEW_MORE: dict[str, Rule] = {
    "callback_id": string(255),
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
}
_HOME = shape(_VIEW, _VIEW_MORE)
_MODAL = shape(
    {**_VIEW, "title": text(24, *_PLAIN)},
    {
        **_VIEW_MORE,
        "submit": text(24, *_PLAIN),
        "close": text(24, *_PLAIN),
        "clear_on_close": flag,
        "notify_on_close": flag,
    },
)


def message_problems(blocks: Any) -> list[str]:
    """Return what Slack would refuse in a message's blocks, one sentence each; empty when it is accepted."""
    return [*many(_BLOCK, MESSAGE_BLOCKS, 0)(blocks, "/blocks"), *_repeated(blocks, "/blocks")]


def view_problems(view: Any) -> list[str]:
    """Return what Slack would refuse in a modal or a Home tab."""
    is_home = isinstance(view, Mapping) and view.get("type") == "home"
    problems = [*(_HOME if is_home else _MODAL)(view, "/view")]
    if problems:
        return problems
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if has_input and not is_home and "submit" not in view:
        problems.append("[ERROR] `submit` is required when there is an `input` block [json-pointer:/view]")
    return [*problems, *_repeated(view["blocks"], "/view/blocks")]


def completed(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return accepted blocks with the identifiers filled in that the bot left out, as Slack does."""
    return [_with_ids(block, f"local{index}") for index, block in enumerate(blocks)]


def _with_ids(block: Mapping[str, Any], name: str) -> dict[str, Any]:
    filled = {"block_id": name, **block}
    if block["type"] == "actions":
        filled["elements"] = [_with_action_id(e, f"{name}.{n}") for n, e in enumerate(block["elements"])]
    for key in {"accessory", "element"} & block.keys():
        filled[key] = _with_action_id(block[key], name)
    return filled


def _with_action_id(element: Mapping[str, Any], name: str) -> dict[str, Any]:
    return dict(element) if element["type"] == "image" else {"action_id": name, **element}


def _repeated(blocks: Any, where: str) -> Iterator[str]:
    if not isinstance(blocks, Sequence):
        return
    named = [block for block in blocks if isinstance(block, Mapping)]
    for block_id in _twice(block.get("block_id") for block in named):
        yield f"[ERROR] `block_id` {block_id} already exists [json-pointer:{where}]"
    for block in named:
        elements = block.get("elements") if block.get("type") == "actions" else ()
        for action_id in _twice(element.get("action_id") for element in elements or () if isinstance(element, Mapping)):
            yield f"[ERROR] `action_id` {action_id} already exists for block [json-pointer:{where}]"


def _twice(names: Iterator[Any]) -> list[str]:
    return [name for name, count in Counter(n for n in names if isinstance(n, str)).items() if count > 1]
