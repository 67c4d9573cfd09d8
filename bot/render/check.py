"""Slack's own rules, offline: `slack_sdk.models` reads every block before Slack does."""

from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

__all__ = ["problems"]


def problems(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """What Slack would refuse about `blocks`, one line each; empty when it would accept all."""
    return [f"{block.get('type')}: {problem}" for block in blocks if (problem := _problem(block))]


def _problem(block: Mapping[str, Any]) -> str | None:
    try:
        parsed = Block.parse(dict(block))
        if parsed is None:
            return "unknown block"
        parsed.to_dict()  # validates the block and everything inside
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        return str(error)
    return None
