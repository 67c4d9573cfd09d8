"""Templates to messages that Slack accepts; the one home of Jinja and of Slack's block models."""

import json
from collections.abc import Mapping
from typing import Any

import structlog

from bot.posts import Message
from bot.render.check import problems
from bot.render.environment import environment
from bot.render.limits import TEXT, fitted, shortened
from bot.render.mrkdwn import Mrkdwn, channel, code, escaped, join, mention, say, shown, unformatted
from bot.render.surfaces import options, surface
from bot.render.text import as_text

__all__ = [
    "Mrkdwn",
    "as_text",
    "channel",
    "code",
    "escaped",
    "join",
    "mention",
    "options",
    "rendered",
    "say",
    "shown",
    "surface",
]

_log = structlog.get_logger(__name__)


def rendered(view: str, context: Mapping[str, Any]) -> Message:
    """The message that `templates/<view>.json.j2` makes of `context`, within Slack's limits.

    A template ends its list of blocks with null, which takes the comma of the last block and is dropped here. Should
    Slack's models refuse a block all the same, the person still gets the whole text, and the log says why.

    Raises:
        TemplateNotFound: no such view.
        UndefinedError: the context lacks what the template names.
    """
    value = json.loads(environment().get_template(f"{view}.json.j2").render(context))
    text = shortened(unformatted(value["text"]), TEXT)
    blocks = fitted([block for block in value["blocks"] if block is not None])
    if refused := problems(blocks):
        _log.error("message_refused_by_block_models", view=view, problems=refused)
        blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": text}},)
    return Message(text, blocks)
