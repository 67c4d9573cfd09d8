"""Jinja, set up so that every `{{ }}` of a template is one JSON value."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from bot.render.mrkdwn import channel, escaped, isolated, join, mention, say, shown

__all__ = ["environment", "folder"]

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Where the templates are: beside the package in a checkout, inside it once installed."""
    checkout = _PACKAGE.parent / "templates"
    return checkout if (checkout / "advice.json.j2").is_file() else _PACKAGE / "_templates"


@cache
def environment() -> Environment:
    """The environment of every template; it never changes, so one serves the whole process."""
    jinja = Environment(
        loader=FileSystemLoader(folder()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_as_json,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals.update(say=say, join=join, typed=_typed, mrkdwn=escaped, mention=mention, channel=channel)
    return jinja


def _typed(text: str) -> str:
    """Plain text as it was typed."""
    return isolated(shown(text))


# pass_eval_context also keeps Jinja from folding constants at compile time, where it would escape them as HTML and
# take the result for finished JSON: {{ "a" }} must become "a" with its quotes.
@pass_eval_context
def _as_json(_context: EvalContext, value: Any) -> Markup:
    """One JSON value; the output of a macro is JSON already. NaN and infinity are refused.

    Raises:
        UndefinedError: the template names something that the view did not give.
        ValueError: the value is not JSON.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, Undefined):
        str(value)  # a strict undefined says its name when it is used
    return Markup(json.dumps(value, allow_nan=False))  # noqa: S704 - JSON, which no browser reads as HTML
