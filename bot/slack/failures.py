"""What a person is told when the bot could not even write the request down."""

import secrets

import structlog
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.shapes import SlashCommand

__all__ = ["answer"]

_log = structlog.get_logger("bot.slack.failures")


async def answer(error: Exception, context: AsyncBoltContext) -> BoltResponse:
    """Bolt's error handler: nothing was promised yet, so a command says so and anything else is refused.

    Slack shows a person the body of a command's answer; for a button it shows its own warning; an event it repeats.
    """
    reference = secrets.token_hex(4)
    _log.error("request not taken", reference=reference, exc_info=error)
    if isinstance(context.get("shape"), SlashCommand):
        text = f"I could not take this down just now. Please ask again in a moment (reference {reference})."
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    return BoltResponse(status=503, body="")
