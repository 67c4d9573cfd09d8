"""Modals, Home tabs and menu options, within Slack's limits."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from bot.render.check import problems
from bot.render.environment import environment
from bot.render.limits import LABEL, VIEW_BLOCKS, fitted, shortened
from bot.render.mrkdwn import shown

__all__ = ["options", "surface"]

_TITLE = 24  # of a modal, and of the buttons at its foot
_OPTIONS = 100
_log = structlog.get_logger(__name__)


def surface(view: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The modal or Home tab that `templates/<view>.json.j2` makes of `context`.

    Should Slack's models refuse it all the same, its plain text is shown without inputs, and the log says why.

    Raises:
        TemplateNotFound: no such view.
        UndefinedError: the context lacks what the template names.
    """
    value: dict[str, Any] = json.loads(environment().get_template(f"{view}.json.j2").render(context))
    value["blocks"] = [*fitted([block for block in value["blocks"] if block is not None], VIEW_BLOCKS)]
    for name in value.keys() & {"title", "submit", "close"}:
        value[name] = value[name] | {"text": shortened(value[name]["text"], _TITLE)}
    if refused := [*problems(value["blocks"]), *_problems(value)]:
        _log.error("surface_refused_by_models", view=view, problems=refused)
        return _plain(value)
    return value


def options(found: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Menu options of (label, value), at most a hundred of them."""
    kept = list(found)[:_OPTIONS]
    return [{"text": {"type": "plain_text", "text": shortened(shown(label), LABEL)}, "value": it} for label, it in kept]


def _problems(value: Mapping[str, Any]) -> list[str]:
    try:
        View(**value).validate_json()
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        return [str(error)]
    return []


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    sorry = {"type": "section", "text": {"type": "plain_text", "text": "This cannot be shown; the log says why."}}
    kept = {name: value[name] for name in ("type", "title", "close") if name in value}
    return {**kept, "blocks": [sorry]}
